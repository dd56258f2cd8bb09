//! People's cards with their PIN verifiers: never facts, never in a bundle or an export.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::ids::PersonId;
use crate::domain::refusal::{Reason, Refusal};

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
}

/// Name and badge of a person who has no PIN yet, kept until one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name as it will be printed.
    pub name: String,
    /// What the badge says when scanned.
    pub badge: String,
}

const COLUMNS: &str = "SELECT person, name, badge, language, pin_verifier FROM card";

/// Whoever was given a PIN elsewhere, or revoked, since they were admitted last waits for no card.
/// A PIN of this station is on its way yet, and a card comes with it.
const OVER: &str = "DELETE FROM card_wanted WHERE person IN (
    SELECT w.person FROM card_wanted w JOIN fact f ON f.subject = 'person/' || w.person
    WHERE (f.kind = 'PersonRevoked' OR f.kind = 'PinChanged' AND f.ledger <> ?1)
    AND f.arrival > (SELECT coalesce(max(a.arrival), 0) FROM fact a
        WHERE a.subject = f.subject AND a.kind = 'PersonAdmitted'))";

impl Ledger {
    /// Replaces every card by these; the ones that went are overwritten in the file.
    pub fn put_cards(&mut self, cards: &[Card]) -> Result<(), LedgerError> {
        let overwriting =
            |how| self.connection.pragma_update_and_check(None, "secure_delete", how, |_| Ok(()));
        overwriting("ON")?;
        let transaction = schema::begin(&self.connection)?;
        transaction.execute("DELETE FROM card", ())?;
        let sql = "INSERT INTO card (person, name, badge, language, pin_verifier)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO NOTHING";
        for card in cards {
            let Card { person, name, badge, language, pin_verifier } = card;
            let row = (person.as_str(), name, badge, language, pin_verifier);
            transaction.prepare_cached(sql)?.execute(row)?;
        }
        // Who has a card waits for none: a name that was imported here goes with the card some day. Nor
        // does who had one that went before this station saw it, or who may not act any more.
        let sql = "DELETE FROM card_wanted WHERE person IN (SELECT person FROM card)";
        transaction.execute(sql, ())?;
        transaction.execute(OVER, [self.identity.ledger.as_str()])?;
        transaction.commit()?;
        Ok(overwriting("FAST")?)
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

    /// A refusal with what the persons in it are called: printed name and badge.
    pub fn with_names(&self, mut refusal: Refusal) -> Result<Refusal, LedgerError> {
        for person in refusal.reasons.iter().filter_map(Reason::person) {
            if let Some(card) = self.card_of(person)? {
                refusal.names.insert(person.clone(), format!("{} ({})", card.name, card.badge));
            }
        }
        Ok(refusal)
    }

    /// Every card.
    pub fn cards(&self) -> Result<Vec<Card>, LedgerError> {
        let mut statement =
            self.connection.prepare_cached(&format!("{COLUMNS} ORDER BY person"))?;
        let rows = statement.query_map((), card)?;
        rows.map(|row| row.map_err(Into::into)).collect()
    }

    /// Who has a badge, or is to get it with a first PIN.
    pub fn badge_holder(&self, badge: &str) -> Result<Option<PersonId>, LedgerError> {
        let sql = "SELECT person FROM card WHERE badge = ?1
                   UNION ALL SELECT person FROM card_wanted WHERE badge = ?1 LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found: Option<String> = statement.query_row([badge], |row| row.get(0)).optional()?;
        Ok(found.and_then(|person| PersonId::parse(&person).ok()))
    }

    /// Name and badge of a person who has no PIN yet.
    pub fn wanted_card(&self, person: &PersonId) -> Result<Option<Wanted>, LedgerError> {
        let sql = "SELECT name, badge FROM card_wanted WHERE person = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row([person.as_str()], |row| {
            Ok(Wanted { name: row.get(0)?, badge: row.get(1)? })
        });
        Ok(found.optional()?)
    }

    /// A person has a card now, so nothing waits for a PIN any more.
    pub fn drop_wanted_card(&mut self, person: &PersonId) -> Result<(), LedgerError> {
        let sql = "DELETE FROM card_wanted WHERE person = ?1";
        self.connection.prepare_cached(sql)?.execute([person.as_str()])?;
        Ok(())
    }

    fn card_where(&self, column: &str, value: &str) -> Result<Option<Card>, LedgerError> {
        let sql = format!("{COLUMNS} WHERE {column} = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([value], card).optional()?)
    }
}

/// Keeps name and badge of a person until a PIN is given; a later one replaces it.
pub(super) fn put_wanted(
    transaction: &Connection,
    person: &PersonId,
    wanted: &Wanted,
) -> Result<(), LedgerError> {
    let sql = "INSERT OR REPLACE INTO card_wanted (person, name, badge) VALUES (?1, ?2, ?3)";
    let row = (person.as_str(), &wanted.name, &wanted.badge);
    transaction.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

fn card(row: &Row<'_>) -> Result<Card, rusqlite::Error> {
    let text = |n: usize| row.get::<_, String>(n);
    Ok(Card {
        person: PersonId::parse(&text(0)?).map_err(|error| {
            let text = rusqlite::types::Type::Text;
            rusqlite::Error::FromSqlConversionFailure(0, text, error.into())
        })?,
        name: text(1)?,
        badge: text(2)?,
        language: text(3)?,
        pin_verifier: text(4)?,
    })
}
