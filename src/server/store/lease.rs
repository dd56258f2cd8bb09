//! Who judges: one server at a time, by a row with an end that the holder moves on.
//!
//! Time is the database's, which all servers of a plant share. The end only says when another one
//! may take over: that two never write is seen to by each write of a judge, which looks at the row
//! in its own transaction.

use std::time::Duration;

use crate::domain::hash::Hash;

use super::Store;
use super::error::StoreError;
use super::tx::Tx;

/// How long the judge may be silent before another server judges.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often it says that it is there, also where there is nothing to judge.
pub const RENEWED_EVERY: Duration = Duration::from_secs(5);

const JUDGE: &str = "judge";

/// One run of a server, by chance: the same machine that starts again is another holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    /// Makes one from random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(Hash(random).to_string())
    }
}

/// Whether this server judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Since before.
    Kept,
    /// From now on: what others judged meanwhile is not known here yet.
    Taken,
    /// Another one does.
    Elsewhere,
}

impl Store {
    /// Keeps the lease, or takes it where it has run out, or where nobody else can have it.
    pub fn judge_lease(&self, holder: &Holder, alone: bool) -> Result<Lease, StoreError> {
        self.connection.write(|tx| {
            if renewed(tx, holder)? {
                return Ok(Lease::Kept);
            }
            let now = tx.clock_ms()?;
            let sql = "SELECT until_ms FROM lease WHERE name = ?1";
            let until = tx.one(sql, &[JUDGE.into()], |row| row.number(0))?.unwrap_or(0);
            if until > now && !alone {
                return Ok(Lease::Elsewhere);
            }
            let sql = "INSERT INTO lease (name, holder, until_ms) VALUES (?1, ?2, ?3)
                       ON CONFLICT (name) DO UPDATE SET
                       holder = excluded.holder, until_ms = excluded.until_ms";
            let until = now + length_ms();
            tx.run(sql, &[JUDGE.into(), (&holder.0).into(), until.into()])?;
            Ok(Lease::Taken)
        })
    }

    /// Gives the lease back, so that another server need not wait.
    pub fn end_judge_lease(&self, holder: &Holder) -> Result<(), StoreError> {
        let sql = "DELETE FROM lease WHERE name = ?1 AND holder = ?2";
        let values = [JUDGE.into(), (&holder.0).into()];
        self.connection.write(|tx| tx.run(sql, &values).map(drop))
    }
}

fn length_ms() -> u64 {
    u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX)
}

/// Moves the end on; false where somebody else has the lease, or nobody.
fn renewed(tx: &Tx<'_>, holder: &Holder) -> Result<bool, StoreError> {
    let until = tx.clock_ms()? + length_ms();
    let sql = "UPDATE lease SET until_ms = ?3 WHERE name = ?1 AND holder = ?2";
    Ok(tx.run(sql, &[JUDGE.into(), (&holder.0).into(), until.into()])? > 0)
}

/// Goes on only as the holder.
pub(super) fn renew(tx: &Tx<'_>, holder: &Holder) -> Result<(), StoreError> {
    if renewed(tx, holder)? { Ok(()) } else { Err(StoreError::LeaseLost) }
}
