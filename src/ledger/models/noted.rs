//! What is noted of facts of whatever stream: what they name, whence they were heard, what they judge.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::fact::Fact;
use crate::domain::stream::Subject;
use crate::ledger::error::LedgerError;

use super::link::named_by;
use super::tables::Models;

/// What several facts amount to, so that each row is written once.
#[derive(Debug, Default)]
pub(in crate::ledger) struct Noted {
    /// By kind, id and subject: when and by which fact it was named first.
    links: BTreeMap<(&'static str, String, String), (i64, String)>,
    /// By place and ledger: when something was heard last.
    contacts: BTreeMap<(String, String), i64>,
}

impl Noted {
    /// Takes a fact in.
    pub(in crate::ledger) fn add(&mut self, fact: &Fact) {
        let (place, ledger, ms) = Models::contact(fact);
        let last = self.contacts.entry((place, ledger)).or_insert(ms);
        *last = ms.max(*last);
        if matches!(fact.subject, Subject::Person(_) | Subject::Station(_) | Subject::Site(_)) {
            return;
        }
        let first = (fact.head.moment.effective().as_millisecond(), fact.head.position.to_string());
        let subject = fact.subject.to_string();
        for (kind, id) in named_by(fact) {
            let link = self.links.entry((kind, id, subject.clone()));
            let known = link.or_insert_with(|| first.clone());
            if first < *known {
                known.clone_from(&first);
            }
        }
    }

    /// Writes the rows.
    pub(in crate::ledger) fn put(
        &self,
        connection: &Connection,
        models: Models,
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO {link_row} (kind, id, subject, utc_ms, position)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO UPDATE SET utc_ms = excluded.utc_ms, position = excluded.position
                   WHERE (excluded.utc_ms, excluded.position) < (utc_ms, position)";
        for ((kind, id, subject), (ms, position)) in &self.links {
            models.run(connection, sql, (kind, id, subject, ms, position))?;
        }
        let sql = "INSERT INTO {contact_row} (place, ledger, utc_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET utc_ms = excluded.utc_ms
                   WHERE excluded.utc_ms > utc_ms";
        for ((place, ledger), ms) in &self.contacts {
            models.run(connection, sql, (place, ledger, ms))?;
        }
        Ok(())
    }
}
