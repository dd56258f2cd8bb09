//! Whether a signature is what it says: by who acted, over facts of its own record, with the meaning
//! that was asked for (21 CFR 11.70).

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::instruction::{Ask, Instruction, SignAsk};
use crate::domain::kinds::FactBody;
use crate::domain::signature::{Covers, Meaning, Signature};
use crate::domain::traveler::fact::{AskAt, TravelerFact, TravelerStarted};

use super::append::key;
use super::error::LedgerError;

/// What became of a check.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Whether every covered fact is here.
    pub(super) whole: bool,
    /// What does not hold.
    pub(super) findings: Vec<String>,
}

/// Checks a signature against the store that it lies in.
pub(super) fn check(
    connection: &Connection,
    own: &LedgerId,
    (fact, signature): (&Fact, &Signature),
) -> Result<Checked, LedgerError> {
    let mut checked = Checked { whole: true, findings: Vec::new() };
    let mut find = |what: &str| checked.findings.push(what.to_owned());
    if fact.head.acting.actor.as_ref() != Some(&signature.signer) {
        find("its signature is not by the person who acted");
    }
    if signature.covers.facts.is_empty() {
        find("its signature covers nothing");
    }
    let at = &fact.head.position;
    let mut facts: Vec<(Position, Hash)> = Vec::new();
    for position in signature.covers.facts.iter() {
        if position.ledger == at.ledger && position.epoch == at.epoch && position.seq >= at.seq {
            find("its signature covers what came after it");
        }
        match covered(connection, &position)? {
            Some((subject, id)) => {
                if subject != fact.subject.to_string() {
                    find("its signature belongs to another record");
                }
                facts.push((position, id));
            }
            None if position.ledger == *own => {
                checked.whole = false;
                find("a fact that its signature covers is missing");
            }
            // Of another station's facts a part is here.
            None => checked.whole = false,
        }
    }
    let digest = Covers::over(facts.iter().map(|(position, id)| (position, id)));
    if checked.whole && digest != signature.covers {
        find("its signature does not cover the facts that it names");
    }
    if !says_what_was_asked(connection, fact, signature)? {
        find("its signature says something else than was asked for");
    }
    checked.findings.dedup();
    Ok(checked)
}

/// The record and the id of a fact, where it is here.
fn covered(
    connection: &Connection,
    position: &Position,
) -> Result<Option<(String, Hash)>, LedgerError> {
    let sql = "SELECT subject, id FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(key(position), |row| Ok((row.get(0)?, Hash(row.get(1)?))));
    Ok(found.optional()?)
}

/// Whether meaning and role are those that the record asks for, as far as that is known here.
fn says_what_was_asked(
    connection: &Connection,
    fact: &Fact,
    signature: &Signature,
) -> Result<bool, LedgerError> {
    let meaning = signature.meaning;
    Ok(match &fact.body {
        FactBody::Traveler(TravelerFact::Signed { at, .. }) => asked(connection, fact, at)?
            .is_none_or(|asked| (asked.meaning, asked.role) == (meaning, signature.role)),
        FactBody::Deviation(_) => meaning == Meaning::Dispositioned,
        FactBody::Instruction(_) | FactBody::Specification(_) => meaning == Meaning::Approved,
        FactBody::Traveler(_)
        | FactBody::Order(_)
        | FactBody::Gauge(_)
        | FactBody::Person(_)
        | FactBody::Place(_)
        | FactBody::Station(_)
        | FactBody::Site(_)
        | FactBody::Newer { .. } => true,
    })
}

/// What the step of the pinned revision asks for at the place of the signature.
fn asked(connection: &Connection, fact: &Fact, at: &AskAt) -> Result<Option<SignAsk>, LedgerError> {
    let sql = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let attempt = statement.query_row(key(&at.attempt), |row| row.get(0)).optional()?;
    let Some(FactBody::Traveler(TravelerFact::StepStarted(step))) = body(attempt) else {
        return Ok(None);
    };
    let sql = "SELECT bytes FROM fact WHERE subject = ?1 AND kind = 'TravelerStarted'
               ORDER BY arrival LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let subject = fact.subject.to_string();
    let started = statement.query_row([subject], |row| row.get(0)).optional()?;
    let Some(FactBody::Traveler(TravelerFact::TravelerStarted(TravelerStarted {
        operations, ..
    }))) = body(started)
    else {
        return Ok(None);
    };
    let pinned = operations.iter().find(|pinned| pinned.operation == step.operation);
    let Some(pinned) = pinned else { return Ok(None) };
    let Some(bytes) = super::blobs::read(connection, &pinned.hash)? else { return Ok(None) };
    let Ok(instruction) = serde_json::from_slice::<Instruction>(&bytes) else { return Ok(None) };
    let index = usize::from(at.ask).saturating_sub(1);
    let ask = instruction.step(&step.step).and_then(|step| step.asks.get(index));
    let Some(Ask::Sign(sign)) = ask else { return Ok(None) };
    Ok(Some(sign.clone()))
}

fn body(bytes: Option<String>) -> Option<FactBody> {
    bytes.and_then(|bytes| Fact::read(&bytes).ok()).map(|fact| fact.body)
}
