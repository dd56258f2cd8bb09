//! Proving a store from itself: ids, chains, seals, signatures, blobs; nothing else is read.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::{Signature as Ed25519, VerifyingKey};
use rusqlite::{Connection, Row};

use crate::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::kinds::FactBody;
use crate::domain::signature::Signature;
use crate::domain::station::StationFact;

use super::append::{epochs, from_sql, id_at, key, whole_id_at};
use super::error::LedgerError;
use super::seals::at_server;
use super::signed::Units;
use super::{schema, station_key, store};

/// What a verification covered and what it found; without findings the store is whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Facts whose ids were recomputed.
    pub facts: u64,
    /// Each ledger's epochs, the own ones first.
    pub chains: Vec<Chain>,
    /// Of those, the ones that only a newer version understands: what they sign is not checked.
    pub newer: u64,
    /// Seals whose signature was checked.
    pub seals: u64,
    /// Seals of ledgers whose key is not known here.
    pub seals_without_key: u64,
    /// Signatures whose covered facts are all here and were recomputed.
    pub signatures: u64,
    /// Signatures that cover a fact which is not here.
    pub signatures_partly_here: u64,
    /// Facts that were pruned: their ids stand in the chain, and their bytes lie at the server.
    pub pruned: u64,
    /// Facts that were set aside when the store was brought back, and are said again elsewhere.
    pub set_aside: u64,
    /// Blobs whose hash was recomputed.
    pub blobs: u64,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

/// One epoch of one ledger as far as it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The ledger.
    pub ledger: String,
    /// The epoch.
    pub epoch: u32,
    /// Whether it is this station's; then no number may be missing.
    pub own: bool,
    /// Facts here.
    pub facts: u64,
    /// The last number here.
    pub last_seq: u64,
    /// Runs of numbers without a gap; within one, each id was checked against the next.
    pub runs: u64,
    /// The last number under a good seal; what comes after is not sealed yet.
    pub sealed_to: Option<u64>,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The fact, seal or blob.
    pub at: String,
    /// What is wrong with it.
    pub what: String,
}

/// Verifies the store in a directory, or a store file.
pub fn verify(path: &Path) -> Result<VerifyReport, LedgerError> {
    let connection = store::connect_to_read(path)?;
    let found = schema::check(&connection)?;
    let snapshot = connection.unchecked_transaction()?;
    let mut audit = Audit::new(&snapshot)?;
    audit.knows_aside = found >= schema::WITH_SET_ASIDE;
    audit.knows_stubs = found >= schema::WITH_STUBS;
    audit.facts()?;
    audit.seals()?;
    audit.handed_over()?;
    if audit.knows_aside {
        audit.set_aside()?;
    }
    if audit.knows_stubs {
        audit.stubs()?;
    }
    audit.blobs()?;
    Ok(audit.report)
}

struct Audit<'a> {
    connection: &'a Connection,
    own: LedgerId,
    /// Of the own ledger, the epochs that are here whole.
    epochs: Vec<u32>,
    keys: BTreeMap<LedgerId, [u8; 32]>,
    units: Units,
    report: VerifyReport,
    /// Whether the store is of a schema that can set facts aside.
    knows_aside: bool,
    /// Whether it is of one that can prune.
    knows_stubs: bool,
}

/// A row of the table of facts, as it lies there.
struct Lying {
    ledger: String,
    epoch: u32,
    seq: u64,
    prev: Vec<u8>,
    bytes: Vec<u8>,
    id: Vec<u8>,
    kind: String,
    subject: String,
    pruned: bool,
}

impl Lying {
    fn read(row: &Row<'_>) -> Result<Self, LedgerError> {
        // Bytes that are no text any more are a finding, not a failure.
        let raw = |n: usize| -> Result<Vec<u8>, rusqlite::Error> {
            Ok(row.get_ref(n)?.as_bytes().map(<[u8]>::to_vec).unwrap_or_default())
        };
        let text = |n| raw(n).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Self {
            ledger: text(0)?,
            epoch: row.get(1)?,
            seq: from_sql(row.get(2)?)?,
            prev: raw(3)?,
            bytes: raw(4)?,
            id: raw(5)?,
            kind: text(6)?,
            subject: text(7)?,
            pruned: row.get(8)?,
        })
    }

    fn name(&self) -> String {
        format!("{}.{}.{}", self.ledger, self.epoch, self.seq)
    }
}

impl<'a> Audit<'a> {
    fn new(connection: &'a Connection) -> Result<Self, LedgerError> {
        let identity = store::identity(connection)?;
        let mut audit = Self {
            connection,
            own: identity.ledger.clone(),
            epochs: epochs(connection, identity.epoch)?,
            keys: BTreeMap::new(),
            units: Units::default(),
            report: VerifyReport::default(),
            knows_aside: false,
            knows_stubs: false,
        };
        audit.know("the station's own key", &identity.ledger, identity.public_key);
        Ok(audit)
    }

    fn find(&mut self, at: impl Into<String>, what: impl Into<String>) {
        self.report.findings.push(Finding { at: at.into(), what: what.into() });
    }

    /// A ledger's name is made from its key, so a key proves itself.
    fn know(&mut self, at: &str, ledger: &LedgerId, key: [u8; 32]) {
        if station_key::ledger_of(&key).as_ref() == Some(ledger) {
            self.keys.insert(ledger.clone(), key);
        } else {
            self.find(at, format!("is not the key of ledger {ledger}"));
        }
    }

    fn facts(&mut self) -> Result<(), LedgerError> {
        let whole = "SELECT ledger, epoch, seq, prev, bytes, id, kind, subject, 0 FROM fact";
        let pruned =
            "UNION ALL SELECT ledger, epoch, seq, NULL, NULL, id, kind, subject, 1 FROM stub";
        let pruned = if self.knows_stubs { pruned } else { "" };
        let sql = format!("{whole} {pruned} ORDER BY 1, 2, 3");
        let connection = self.connection;
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(())?;
        let mut before: Option<Lying> = None;
        while let Some(row) = rows.next()? {
            let lying = Lying::read(row)?;
            self.chain(before.as_ref(), &lying);
            if lying.pruned {
                self.report.pruned += 1;
            } else {
                self.fact(&lying)?;
            }
            before = Some(lying);
        }
        self.report.chains.sort_by_key(|chain| (!chain.own, chain.ledger.clone(), chain.epoch));
        Ok(())
    }

    /// What went leaves its stream marked as one that is not here; a stub alone hides a fact.
    fn stubs(&mut self) -> Result<(), LedgerError> {
        let sql = "SELECT subject, count(*) FROM stub WHERE subject NOT IN
                   (SELECT subject FROM left_out) GROUP BY subject ORDER BY subject";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let (subject, hidden): (String, i64) = (row.get(0)?, row.get(1)?);
            self.find(subject, format!("{hidden} of its facts were taken out and nothing says so"));
        }
        Ok(())
    }

    /// Numbers without a gap, each `prev` the id before.
    fn chain(&mut self, before: Option<&Lying>, lying: &Lying) {
        let own = lying.ledger == self.own.as_str() && self.epochs.contains(&lying.epoch);
        let same = before.filter(|b| (&b.ledger, b.epoch) == (&lying.ledger, lying.epoch));
        if same.is_none() {
            self.report.chains.push(Chain {
                ledger: lying.ledger.clone(),
                epoch: lying.epoch,
                own,
                facts: 0,
                last_seq: 0,
                runs: 0,
                sealed_to: None,
            });
        }
        let last = same.map_or(0, |before| before.seq);
        let follows = lying.seq == last + 1;
        if let Some(chain) = self.report.chains.last_mut() {
            chain.facts += 1;
            chain.last_seq = lying.seq;
            chain.runs += u64::from(!follows || same.is_none());
        }
        if follows {
            let id = same.map_or(&Hash::ZERO.0[..], |before| &before.id);
            // Of what was pruned the next fact proves the id.
            if !lying.pruned && lying.prev != id {
                self.find(lying.name(), "does not follow from the fact before it");
            }
        } else if own {
            self.find(
                lying.name(),
                format!("numbers {} to {} are missing", last + 1, lying.seq - 1),
            );
        }
    }

    fn fact(&mut self, lying: &Lying) -> Result<(), LedgerError> {
        self.report.facts += 1;
        let name = lying.name();
        let Ok(bytes) = String::from_utf8(lying.bytes.clone()) else {
            self.find(name, "its bytes are no text");
            return Ok(());
        };
        let Ok(prev) = <[u8; 32]>::try_from(lying.prev.as_slice()) else {
            self.find(name, "the id before it is no SHA-256");
            return Ok(());
        };
        let written = Written { prev: Hash(prev), bytes };
        if written.id().0[..] != lying.id[..] {
            self.find(&name, "its bytes do not give its id");
        }
        let fact = match Fact::read(&written.bytes) {
            Ok(fact) => fact,
            Err(error) => {
                self.find(name, error.to_string());
                return Ok(());
            }
        };
        for (column, says, bytes_say) in [
            ("position", &name, fact.head.position.to_string()),
            ("kind", &lying.kind, fact.body.kind().to_owned()),
            ("subject", &lying.subject, fact.subject.to_string()),
        ] {
            if *says != bytes_say {
                self.find(
                    &name,
                    format!("its {column} is {says} beside its bytes, {bytes_say} in them"),
                );
            }
        }
        if let FactBody::Station(StationFact::StationEnrolled { ledger, key, .. }) = &fact.body {
            match station_key::unhex(key) {
                Some(key) => self.know(&name, ledger, key),
                None => self.find(&name, "the key it enrolls is not readable"),
            }
        }
        self.report.newer += u64::from(matches!(fact.body, FactBody::Newer { .. }));
        match fact.body.signature() {
            Some(signature) => self.signature(&fact, signature),
            None => Ok(()),
        }
    }

    fn signature(&mut self, fact: &Fact, signature: &Signature) -> Result<(), LedgerError> {
        let checked = {
            let around = (&self.own, &mut self.units);
            super::signed::check(self.connection, around, (fact, signature))?
        };
        if checked.whole {
            self.report.signatures += 1;
        } else {
            self.report.signatures_partly_here += 1;
        }
        for what in checked.findings {
            self.find(fact.head.position.to_string(), what);
        }
        Ok(())
    }

    fn seals(&mut self) -> Result<(), LedgerError> {
        let sql = "SELECT ledger, epoch, last_seq, head, signature FROM seal
                   ORDER BY ledger, epoch, last_seq";
        let connection = self.connection;
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let ledger: String = row.get(0)?;
            let (epoch, last_seq): (u32, u64) = (row.get(1)?, from_sql(row.get(2)?)?);
            let name = format!("the seal at {ledger}.{epoch}.{last_seq}");
            let (Ok(ledger), Ok(head)) = (LedgerId::parse(&ledger), row.get(3).map(Hash)) else {
                self.find(name, "is not readable");
                continue;
            };
            let signature: String = row.get(4)?;
            self.seal(&name, Seal { ledger, epoch, last_seq, head, signature })?;
        }
        Ok(())
    }

    fn seal(&mut self, name: &str, seal: Seal) -> Result<(), LedgerError> {
        let Some(key) = self.keys.get(&seal.ledger) else {
            self.report.seals_without_key += 1;
            return Ok(());
        };
        self.report.seals += 1;
        if !is_good(&seal, key) {
            self.find(name, "its signature is not the station's");
            return Ok(());
        }
        let Seal { ledger, epoch, last_seq, head, .. } = seal;
        let position = Position { ledger, epoch, seq: last_seq };
        match self.id_at(&position)? {
            Some(id) if id == head => {
                let of = |c: &&mut Chain| c.ledger == position.ledger.as_str() && c.epoch == epoch;
                if let Some(chain) = self.report.chains.iter_mut().find(of) {
                    chain.sealed_to = chain.sealed_to.max(Some(last_seq));
                }
            }
            Some(_) | None if self.knows_aside && self.is_set_aside(&position, &head)? => {}
            Some(_) => self.find(position.to_string(), "is not the fact that was sealed"),
            // Of a foreign chain a part is here; a seal over another part proves nothing here.
            None if position.ledger != self.own => {}
            None => self.find(position.to_string(), "was sealed and is missing"),
        }
        Ok(())
    }

    /// What was handed to the server, always under a seal, is still here and still sealed.
    fn handed_over(&mut self) -> Result<(), LedgerError> {
        let mut own: Vec<(u32, u64, u64)> = Vec::new();
        for chain in self.report.chains.iter().filter(|chain| chain.own) {
            own.push((chain.epoch, chain.last_seq, chain.sealed_to.unwrap_or(0)));
        }
        if own.is_empty() {
            own.push((1, 0, 0));
        }
        for (epoch, last_seq, sealed_to) in own {
            let noted = at_server(self.connection, epoch)?;
            let last = format!("{}.{epoch}.{noted}", self.own);
            if noted > last_seq {
                self.find(last, "is at the server and missing here");
            } else if noted > sealed_to {
                self.find(last, "was handed to the server under a seal that is missing here");
            }
        }
        Ok(())
    }

    fn id_at(&self, at: &Position) -> Result<Option<Hash>, LedgerError> {
        if self.knows_stubs { id_at(self.connection, at) } else { whole_id_at(self.connection, at) }
    }

    fn is_set_aside(&self, at: &Position, id: &Hash) -> Result<bool, LedgerError> {
        let sql =
            "SELECT 1 FROM set_aside WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND id = ?4";
        let (ledger, epoch, seq) = key(at);
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.exists((ledger, epoch, seq, id.0))?)
    }

    /// What was set aside is as it was written, and is said again.
    fn set_aside(&mut self) -> Result<(), LedgerError> {
        // What was said again may have been set aside once more.
        let sql = "SELECT s.ledger, s.epoch, s.seq, s.prev, s.bytes, s.id,
                   f.seq IS NOT NULL OR EXISTS (
                       SELECT 1 FROM set_aside a WHERE a.ledger = s.now_ledger
                       AND a.epoch = s.now_epoch AND a.seq = s.now_seq)
                   FROM set_aside s LEFT JOIN fact f ON f.ledger = s.now_ledger
                   AND f.epoch = s.now_epoch AND f.seq = s.now_seq
                   ORDER BY s.ledger, s.epoch, s.seq";
        let connection = self.connection;
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let (ledger, epoch, seq): (String, u32, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let name = format!("{ledger}.{epoch}.{seq}, set aside,");
            let written = Written { prev: Hash(row.get(3)?), bytes: row.get(4)? };
            self.report.set_aside += 1;
            if written.id() != Hash(row.get(5)?) {
                self.find(&name, "its bytes do not give its id");
            }
            if !row.get::<_, bool>(6)? {
                self.find(name, "is said nowhere else");
            }
        }
        Ok(())
    }

    fn blobs(&mut self) -> Result<(), LedgerError> {
        let connection = self.connection;
        let mut statement = connection.prepare("SELECT hash, bytes FROM blob")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let hash = Hash(row.get(0)?);
            let bytes = row.get_ref(1)?.as_bytes().unwrap_or_default();
            self.report.blobs += 1;
            if Hash::of(&[bytes]) != hash {
                self.find(format!("blob {hash}"), "its bytes do not give its hash");
            }
        }
        Ok(())
    }
}

/// Whether a seal's signature is good under a key.
fn is_good(seal: &Seal, key: &[u8; 32]) -> bool {
    let head = LedgerHead { epoch: seal.epoch, last_seq: seal.last_seq, last_id: seal.head };
    let message = Seal::message(&seal.ledger, &head);
    let signature = station_key::unhex::<64>(&seal.signature);
    let key = VerifyingKey::from_bytes(key).ok();
    signature.zip(key).is_some_and(|(signature, key)| {
        key.verify_strict(&message, &Ed25519::from_bytes(&signature)).is_ok()
    })
}
