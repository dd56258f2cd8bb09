//! What the server keeps beside facts: blobs, and people's cards with their PIN verifiers.

use crate::domain::feeds::Feed;
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, PersonId};
use crate::domain::kinds::FactBody;
use crate::domain::people::PersonFact;
use crate::domain::stream::Subject;
use crate::sync::protocol::{CardChange, CardRow};

use super::error::StoreError;
use super::tx::{Tx, place};
use super::value::Row;
use super::{Store, judged};

const CARD_COLUMNS: &str = "SELECT person, name, badge, language, pin_verifier FROM card";

fn card(row: &mut Row) -> Result<CardRow, StoreError> {
    let person = PersonId::parse(&row.text(0)?).map_err(|e| StoreError::damaged(e.to_string()))?;
    let (name, badge, language) = (row.text(1)?, row.text(2)?, row.text(3)?);
    Ok(CardRow { person, name, badge, language, pin_verifier: row.text(4)? })
}

/// What became of a card that a station asked to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardSet {
    /// It is set.
    Done,
    /// The judge has not come to the fact yet; later again.
    NotJudged,
    /// No accepted fact stands behind it, or the fact brought another card before.
    NotAllowed,
    /// The badge is another person's.
    BadgeTaken,
}

fn card_of(tx: &Tx<'_>, person: &PersonId) -> Result<Option<CardRow>, StoreError> {
    let sql = format!("{CARD_COLUMNS} WHERE person = ?1");
    tx.one(&sql, &[person.as_str().into()], card)
}

fn put_card(tx: &Tx<'_>, card: &CardRow) -> Result<bool, StoreError> {
    let CardRow { person, name, badge, language, pin_verifier } = card;
    let sql = "SELECT 1 FROM card WHERE badge = ?1 AND person <> ?2";
    if tx.any(sql, &[badge.into(), person.as_str().into()])? {
        return Ok(false);
    }
    let sql = "INSERT INTO card (person, name, badge, language, pin_verifier)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (person) DO UPDATE SET
               name = excluded.name, badge = excluded.badge,
               language = excluded.language, pin_verifier = excluded.pin_verifier";
    let person = person.as_str().into();
    tx.run(sql, &[person, name.into(), badge.into(), language.into(), pin_verifier.into()])?;
    Ok(true)
}

impl Store {
    /// Keeps a blob under the hash of its bytes; one that is there stays.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hash = Hash::of(&[bytes]);
        let sql = "INSERT INTO blob (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING";
        self.write(|tx| tx.run(sql, &[(&hash).into(), bytes.into()]))?;
        Ok(hash)
    }

    /// A blob.
    pub fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM blob WHERE hash = ?1";
        self.read(|tx| tx.one(sql, &[hash.into()], |row| row.bytes(0)))
    }

    /// The size of a blob, where it is here.
    pub fn blob_size(&self, hash: &Hash) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT length(bytes) FROM blob WHERE hash = ?1";
        self.read(|tx| tx.one(sql, &[hash.into()], |row| row.number(0)))
    }

    /// Sets a person's card; another person's badge is not taken away.
    pub fn set_card(&self, card: &CardRow) -> Result<bool, StoreError> {
        self.write(|tx| put_card(tx, card))
    }

    /// Sets a card for a station, where an accepted `PinChanged` of that person stands in the
    /// station's own ledger and has brought no card before. The judge accepts such a fact from an
    /// administrator, and from the person.
    pub fn set_card_by_fact(
        &self,
        change: &CardChange,
        station: &LedgerId,
    ) -> Result<CardSet, StoreError> {
        let CardChange { card, fact: at } = change;
        self.write(|tx| {
            let is_change = judged::stored(tx, at)?.is_some_and(|(_, fact)| {
                fact.subject == Subject::Person(card.person.clone())
                    && matches!(
                        fact.body,
                        FactBody::Person(
                            PersonFact::PinChanged {} | PersonFact::BadgeReplaced { .. }
                        )
                    )
            });
            if at.ledger != *station || !is_change {
                return Ok(CardSet::NotAllowed);
            }
            if !tx.feed_has(&Feed::Catalog.to_string(), at)? {
                let judged = judged::is_judged(tx, at)?;
                return Ok(if judged { CardSet::NotAllowed } else { CardSet::NotJudged });
            }
            let key = place(at);
            let sql = "SELECT 1 FROM card_fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
            if tx.any(sql, &key)? {
                // The same again, after an answer that was lost.
                let same = card_of(tx, &card.person)?.as_ref() == Some(card);
                return Ok(if same { CardSet::Done } else { CardSet::NotAllowed });
            }
            if !put_card(tx, card)? {
                return Ok(CardSet::BadgeTaken);
            }
            tx.run("INSERT INTO card_fact (ledger, epoch, seq) VALUES (?1, ?2, ?3)", &key)?;
            Ok(CardSet::Done)
        })
    }

    /// A person's card.
    pub fn card(&self, person: &PersonId) -> Result<Option<CardRow>, StoreError> {
        self.read(|tx| card_of(tx, person))
    }

    /// Every card.
    pub fn cards(&self) -> Result<Vec<CardRow>, StoreError> {
        let sql = format!("{CARD_COLUMNS} ORDER BY person");
        self.read(|tx| tx.all(&sql, &[], card))
    }

    /// Erases a card; the opaque id stays in facts.
    pub fn erase_card(&self, person: &PersonId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM card WHERE person = ?1";
        let gone = self.write(|tx| tx.run(sql, &[person.as_str().into()]))?;
        self.connection.empty_log()?;
        Ok(gone > 0)
    }
}
