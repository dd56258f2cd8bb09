//! What the server did not simply accept and nobody let go on.

use crate::domain::fact::{Fact, Position};
use crate::domain::station::JudgeVerdict;
use crate::ledger::append::key;
use crate::ledger::error::LedgerError;
use crate::views::board::ReviewRow;

use super::trace_words::what;
use super::{Asked, get, id_in};

impl Asked<'_> {
    pub(super) fn reviews(self) -> Result<Vec<ReviewRow>, LedgerError> {
        let damaged = |what: String| LedgerError::damaged(format!("a review: {what}"));
        let sql = "SELECT * FROM review_row ORDER BY station, fact LIMIT 200";
        let mut reviews = self.rows(sql, (), |row| {
            let (fact, reasons): (String, String) = (get(row, "fact")?, get(row, "reasons")?);
            let mut review = ReviewRow {
                station: id_in(row, "station")?,
                fact: Position::parse(&fact).ok_or_else(|| damaged(fact))?,
                subject: String::new(),
                what: String::new(),
                who: String::new(),
                place: None,
                at: None,
                verdict: match get::<String>(row, "verdict")?.as_str() {
                    "held" => JudgeVerdict::Held,
                    "rejected" => JudgeVerdict::Rejected,
                    other => return Err(damaged(other.to_owned())),
                },
                reasons: serde_json::from_str(&reasons).map_err(|e| damaged(e.to_string()))?,
            };
            self.describe(&mut review)?;
            Ok(review)
        })?;
        // What waits longest comes first; of what is not here nobody knows.
        reviews.sort_by_key(|review| (review.at.is_none(), review.at));
        Ok(reviews)
    }

    /// Adds what the record itself says, where it is here.
    fn describe(self, review: &mut ReviewRow) -> Result<(), LedgerError> {
        let sql = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let found = self.rows(sql, key(&review.fact), |row| get::<String>(row, "bytes"))?;
        let Some(bytes) = found.first() else { return Ok(()) };
        let unreadable = |error| LedgerError::damaged(format!("{}: {error}", review.fact));
        let fact = Fact::read(bytes).map_err(unreadable)?;
        review.subject = fact.subject.to_string();
        review.what = match what(&fact) {
            words if words.is_empty() => fact.body.kind().to_owned(),
            words => words,
        };
        let head = &fact.head;
        review.who = self.name(head.acting.actor.as_ref())?;
        review.place.clone_from(&head.acting.place);
        review.at = Some(head.moment.effective());
        Ok(())
    }
}
