//! People's cards with their PIN verifiers: never facts, never in a bundle or an export.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::PersonId;

use super::error::LedgerError;
use super::schema;
use super::store::Ledger;

/// A person as the station may know them for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The opaque id.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The badge's code.
    pub badge: String,
    /// The language preferred, such as `de`.
    pub language: String,
    /// The PIN's Argon2 verifier as PHC text.
    pub pin_verifier: String,
    /// Until when it counts without contact to the server.
    pub expires: Timestamp,
}

const COLUMNS: &str = "SELECT person, name, badge, language, pin_verifier, expires FROM card";

impl Ledger {
    /// Replaces every card by these.
    pub fn put_cards(&mut self, cards: &[Card]) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        transaction.execute("DELETE FROM card", ())?;
        let sql = "INSERT INTO card (person, name, badge, language, pin_verifier, expires)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO NOTHING";
        for card in cards {
            let (person, expires) = (card.person.as_str(), card.expires.to_string());
            let Card { name, badge, language, pin_verifier, .. } = card;
            let row = (person, name, badge, language, pin_verifier, expires);
            transaction.prepare_cached(sql)?.execute(row)?;
        }
        Ok(transaction.commit()?)
    }

    /// Gives a card that is here another badge and PIN, as the server has done.
    pub fn change_card(
        &mut self,
        person: &PersonId,
        badge: &str,
        pin_verifier: &str,
    ) -> Result<(), LedgerError> {
        let sql = "UPDATE card SET badge = ?2, pin_verifier = ?3 WHERE person = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute((person.as_str(), badge, pin_verifier))?;
        Ok(())
    }

    /// The card of a badge.
    pub fn card_by_badge(&self, badge: &str) -> Result<Option<Card>, LedgerError> {
        self.card_where("badge", badge)
    }

    /// The card of a person.
    pub fn card_of(&self, person: &PersonId) -> Result<Option<Card>, LedgerError> {
        self.card_where("person", person.as_str())
    }

    /// Every card.
    pub fn cards(&self) -> Result<Vec<Card>, LedgerError> {
        let mut statement =
            self.connection.prepare_cached(&format!("{COLUMNS} ORDER BY person"))?;
        let rows = statement.query_map((), card)?;
        rows.map(|row| row.map_err(Into::into)).collect()
    }

    fn card_where(&self, column: &str, value: &str) -> Result<Option<Card>, LedgerError> {
        let sql = format!("{COLUMNS} WHERE {column} = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([value], card).optional()?)
    }
}

fn card(row: &Row<'_>) -> Result<Card, rusqlite::Error> {
    let text = |n: usize| row.get::<_, String>(n);
    let wrong = |n: usize, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(n, rusqlite::types::Type::Text, error)
    };
    Ok(Card {
        person: PersonId::parse(&text(0)?).map_err(|e| wrong(0, e.into()))?,
        name: text(1)?,
        badge: text(2)?,
        language: text(3)?,
        pin_verifier: text(4)?,
        expires: text(5)?.parse::<Timestamp>().map_err(|e| wrong(5, e.into()))?,
    })
}
