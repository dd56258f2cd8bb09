//! Whether a signature is what it says: by who acted, over facts of its own record, with the meaning
//! that was asked for (21 CFR 11.70).

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::deviation::DeviationFact;
use crate::domain::fact::{Acting, Fact, Position};
use crate::domain::fold::fold;
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::instruction::{Ask, Instruction, SignAsk};
use crate::domain::kinds::FactBody;
use crate::domain::signature::{Covers, Meaning, Signature};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::fact::{AskAt, TravelerFact};
use crate::domain::traveler::state::TravelerState;

use super::append::key;
use super::error::LedgerError;

/// The most units that are kept folded.
const UNITS_MAX: usize = 200;

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
    (own, units): (&LedgerId, &mut Units),
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
    if !says_what_was_asked(connection, units, (fact, signature))? {
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
    units: &mut Units,
    (fact, signature): (&Fact, &Signature),
) -> Result<bool, LedgerError> {
    let meaning = signature.meaning;
    Ok(match &fact.body {
        FactBody::Traveler(TravelerFact::Signed { at, .. }) => {
            asked(connection, units, (fact, at))?
                .is_none_or(|asked| (asked.meaning, asked.role) == (meaning, signature.role))
        }
        FactBody::Deviation(DeviationFact::DispositionApproved { .. }) => {
            meaning == Meaning::Approved
        }
        FactBody::Deviation(_) => meaning == Meaning::Dispositioned,
        FactBody::Instruction(_) | FactBody::Specification(_) => meaning == Meaning::Approved,
        FactBody::Traveler(_)
        | FactBody::Order(_)
        | FactBody::Gauge(_)
        | FactBody::Material(_)
        | FactBody::Person(_)
        | FactBody::Place(_)
        | FactBody::Station(_)
        | FactBody::Site(_)
        | FactBody::Help(_)
        | FactBody::Handover(_)
        | FactBody::Inspection(_)
        | FactBody::Permit(_)
        | FactBody::Redline(_)
        | FactBody::Newer { .. } => true,
    })
}

/// What the step asks for at the place of the signature, by the revision by which its attempt was
/// begun: the unit may have moved before or since.
fn asked(
    connection: &Connection,
    units: &mut Units,
    (fact, at): (&Fact, &AskAt),
) -> Result<Option<SignAsk>, LedgerError> {
    let Some(state) = units.folded(connection, &fact.subject)? else { return Ok(None) };
    let Some(attempt) = state.attempt(&at.attempt) else { return Ok(None) };
    let Some((_, pinned)) = &attempt.pinned else { return Ok(None) };
    let Some(bytes) = super::blobs::read(connection, pinned)? else { return Ok(None) };
    let Ok(instruction) = serde_json::from_slice::<Instruction>(&bytes) else { return Ok(None) };
    let index = usize::from(at.ask).saturating_sub(1);
    let ask = instruction.step(&attempt.step).and_then(|step| step.asks.get(index));
    let Some(Ask::Sign(sign)) = ask else { return Ok(None) };
    Ok(Some(sign.clone()))
}

/// Units as folded from what lies in the store, for as long as one store is looked at.
#[derive(Debug, Default)]
pub(super) struct Units {
    kept: BTreeMap<Subject, TravelerState>,
}

impl Units {
    fn folded(
        &mut self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<Option<&TravelerState>, LedgerError> {
        if !self.kept.contains_key(subject) {
            if self.kept.len() >= UNITS_MAX {
                self.kept.clear();
            }
            let sql = "SELECT bytes, id FROM fact WHERE subject = ?1 ORDER BY arrival";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([subject.to_string()])?;
            let mut facts = Vec::new();
            while let Some(row) = rows.next()? {
                // What is not readable is a finding of its own.
                let (bytes, id) = (row.get_ref(0)?.as_str(), row.get(1).map(Hash));
                if let (Ok(Ok(fact)), Ok(id)) = (bytes.map(Fact::read), id) {
                    facts.push((fact, id));
                }
            }
            let StreamState::Traveler(state) = fold(subject, &facts).stream.state else {
                return Ok(None);
            };
            self.kept.insert(subject.clone(), state);
        }
        Ok(self.kept.get(subject))
    }
}

/// Whether the actor signed anything before in the session; by an index over what was signed.
pub(super) fn signed_before(connection: &Connection, acting: &Acting) -> Result<bool, LedgerError> {
    let (Some(session), Some(actor)) = (&acting.session, &acting.actor) else { return Ok(false) };
    let sql = "SELECT 1 FROM fact WHERE kind IN ('Signed', 'Dispositioned', 'DispositionApproved')
               AND CASE WHEN json_valid(bytes) THEN json_extract(bytes, '$.session') END = ?1
               AND CASE WHEN json_valid(bytes) THEN json_extract(bytes, '$.actor') END = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.exists((session.as_str(), actor.as_str()))?)
}
