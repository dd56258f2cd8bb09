//! What the server did not simply accept and nobody let go on.

use crate::domain::fact::{Fact, Position};
use crate::domain::ids::{LedgerId, StationId};
use crate::domain::kinds::FactBody;
use crate::domain::station::{JudgeVerdict, resting_on};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::which_counts::Way;
use crate::domain::words::Words;
use crate::ledger::append::key;
use crate::ledger::error::LedgerError;
use crate::views::board::ReviewRow;
use crate::views::quality_words::{Known, of_deviation};
use crate::views::record_words::said;

use super::{Asked, get, id_in};

impl Asked<'_> {
    pub(super) fn reviews(self) -> Result<Vec<ReviewRow>, LedgerError> {
        let damaged = |what: String| LedgerError::damaged(format!("a review: {what}"));
        // What another station's people answered does not come here.
        let sql = "SELECT * FROM review_row WHERE station = ?1 ORDER BY fact LIMIT 200";
        let own = self.ledger.identity().station.as_str();
        let mut reviews = self.rows(sql, [own], |row| {
            let (fact, reasons): (String, String) = (get(row, "fact")?, get(row, "reasons")?);
            let mut review = ReviewRow {
                station: id_in(row, "station")?,
                fact: Position::parse(&fact).ok_or_else(|| damaged(fact))?,
                subject: String::new(),
                what: Words::plain(""),
                who: String::new(),
                place: None,
                at: None,
                verdict: match get::<String>(row, "verdict")?.as_str() {
                    "held" => JudgeVerdict::Held,
                    "rejected" => JudgeVerdict::Rejected,
                    other => return Err(damaged(other.to_owned())),
                },
                reasons: serde_json::from_str(&reasons).map_err(|e| damaged(e.to_string()))?,
                units: Vec::new(),
                decisions: Vec::new(),
                not_to_follow: Vec::new(),
                with_it: 0,
            };
            self.describe(&mut review)?;
            Ok(review)
        })?;
        let open: Vec<_> = reviews
            .iter()
            .map(|r| (r.station.clone(), r.fact.clone(), r.reasons.clone()))
            .collect();
        for review in &mut reviews {
            let here = open.iter().filter(|(station, ..)| *station == review.station);
            let here = here.map(|(_, fact, reasons)| (fact, &reasons[..]));
            review.with_it = resting_on(&review.fact, here).len();
        }
        self.add_of_others(&mut reviews)?;
        // What waits longest comes first; of what is not here nobody knows.
        reviews.sort_by_key(|review| (review.at.is_none(), review.at));
        Ok(reviews)
    }

    /// Adds records of other stations for which units are held here: whoever has the unit answers,
    /// and is answered with; its own station need not be there.
    fn add_of_others(self, reviews: &mut Vec<ReviewRow>) -> Result<(), LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row WHERE hold_why NOT NULL LIMIT 200";
        let units = self.rows(sql, (), |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })?;
        for unit in units {
            let folded = self.ledger.load(self.connection, &Subject::Traveler(unit.clone()))?;
            let StreamState::Traveler(known) = &folded.stream.state else { continue };
            for fact in known.judged_records() {
                if let Some(row) = reviews.iter_mut().find(|row| row.fact == *fact) {
                    if !row.units.is_empty() {
                        row.units.push(unit.clone());
                    }
                    continue;
                }
                let mut review = ReviewRow {
                    station: self.station_of(&fact.ledger)?,
                    fact: fact.clone(),
                    subject: String::new(),
                    what: Words::plain(""),
                    who: String::new(),
                    place: None,
                    at: None,
                    verdict: JudgeVerdict::Rejected,
                    reasons: known.judged_open(fact),
                    units: vec![unit.clone()],
                    decisions: Vec::new(),
                    not_to_follow: Vec::new(),
                    with_it: 0,
                };
                self.describe(&mut review)?;
                reviews.push(review);
            }
        }
        Ok(())
    }

    /// The station that writes a ledger; this one where it is not known here.
    fn station_of(self, ledger: &LedgerId) -> Result<StationId, LedgerError> {
        let sql = "SELECT station FROM judged_row WHERE ledger = ?1 LIMIT 1";
        let known = self.rows(sql, [ledger.as_str()], |row| id_in(row, "station"))?;
        Ok(known.into_iter().next().unwrap_or_else(|| self.ledger.identity().station.clone()))
    }

    /// Adds what the record itself says, where it is here.
    fn describe(self, review: &mut ReviewRow) -> Result<(), LedgerError> {
        let sql = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let found = self.rows(sql, key(&review.fact), |row| get::<String>(row, "bytes"))?;
        let Some(bytes) = found.first() else { return Ok(()) };
        let unreadable = |error| LedgerError::damaged(format!("{}: {error}", review.fact));
        let fact = Fact::read(bytes).map_err(unreadable)?;
        review.subject = fact.subject.to_string();
        let said = match (&fact.body, &fact.subject) {
            (FactBody::Deviation(body), Subject::Deviation(id)) => {
                let state = self.ledger.deviation_state(self.connection, id)?;
                let known = state.map_or(Ok(Known::default()), |state| self.known_of(&state))?;
                Some(of_deviation(&fact, body, &known))
            }
            (_, _) => said(&fact),
        };
        review.what = said.unwrap_or_else(|| Words::given(fact.body.kind()));
        let head = &fact.head;
        review.who = self.name(head.acting.actor.as_ref())?;
        review.place.clone_from(&head.acting.place);
        review.at = Some(head.moment.effective());
        let (may, others): (Vec<Way>, Vec<Way>) =
            self.ways(&fact.subject, &review.fact)?.into_iter().partition(|way| way.may_count);
        review.decisions = may.into_iter().map(|way| way.words).collect();
        review.not_to_follow = others.into_iter().map(|way| way.words).collect();
        Ok(())
    }

    /// The decisions of which one counts; none where there is nothing to choose.
    fn ways(self, subject: &Subject, record: &Position) -> Result<Vec<Way>, LedgerError> {
        let mut units = Vec::new();
        if let Subject::Traveler(unit) = subject {
            units.push(unit.clone());
        } else if let Subject::Deviation(id) = subject {
            let state = self.ledger.deviation_state(self.connection, id)?;
            let named = state.into_iter().flat_map(|state| state.units);
            units.extend(named.map(|named| named.unit.traveler));
        }
        for unit in units {
            let folded = self.ledger.load(self.connection, &Subject::Traveler(unit))?;
            if let StreamState::Traveler(known) = &folded.stream.state {
                let ways = known.ways(record);
                if !ways.is_empty() {
                    return Ok(ways);
                }
            }
        }
        Ok(Vec::new())
    }
}
