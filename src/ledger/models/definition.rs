//! Rows of definitions: their revisions, and the blobs that they name.

use rusqlite::Connection;

use crate::domain::people::Role;
use crate::domain::revision::{RevisionStanding, Revisions};
use crate::domain::stream::Subject;
use crate::ledger::error::LedgerError;

use super::tables::Models;

impl Models {
    pub(super) fn put_revisions(
        self,
        connection: &Connection,
        subject: &Subject,
        revisions: &Revisions,
    ) -> Result<(), LedgerError> {
        let subject = subject.to_string();
        self.run(connection, "DELETE FROM {revision_row} WHERE subject = ?1", [&subject])?;
        self.run(connection, "DELETE FROM {blob_named} WHERE subject = ?1", [&subject])?;
        for (rank, revision) in (1_i64..).zip(&revisions.list) {
            let submitted = &revision.submitted;
            let released = match &revision.standing {
                RevisionStanding::Released(at) => Some(at.to_string()),
                RevisionStanding::Submitted => None,
            };
            let open: Vec<&str> = revision.approvals_open().into_iter().map(Role::word).collect();
            let sql = "INSERT INTO {revision_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let (name, title) = (submitted.revision.as_str(), &submitted.title);
            let row = (&subject, rank, name, title, submitted.hash.0, released, open.join(" "));
            self.run(connection, sql, row)?;
            for hash in submitted.blobs.iter().chain([&submitted.hash]) {
                let sql = "INSERT OR IGNORE INTO {blob_named} VALUES (?1, ?2, ?3)";
                self.run(connection, sql, (&subject, rank, hash.0))?;
            }
        }
        Ok(())
    }
}
