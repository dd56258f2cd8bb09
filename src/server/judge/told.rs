//! What is told of work on a unit besides who may: each rule a function of its own, over a fact, the
//! unit as its writer knew it, and what is known of the plant.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::as_of::Pasts;
use crate::domain::context::site_zone;
use crate::domain::fact::{Fact, Position};
use crate::domain::kinds::FactBody;
use crate::domain::order::OrderFact;
use crate::domain::people::Action;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::collision::{Clash, clash, side, where_when};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::sequence::{Then, out_of_sequence};
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

use crate::server::store::Store;

use super::known::Known;
use super::pasts::Streams;
use super::{JudgeError, pieces, tickets};

/// A fact of a unit, and all that is known around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) fact: &'a Fact,
    pub(super) body: &'a TravelerFact,
    pub(super) unit: &'a TravelerId,
    /// The unit as the writer knew it.
    pub(super) then: &'a TravelerState,
    /// The unit with all that is here.
    pub(super) now: &'a TravelerState,
    /// What had come from other stations by then and the writer did not know.
    pub(super) unseen: &'a [&'a Fact],
    pub(super) texts: &'a Instructions,
    pub(super) known: &'a Known,
}

/// Where the judge remembers what it told.
const TOLD: &str = "judge.told";

/// Stories that were told already: what stopped work is told once of all that was made by who had
/// not heard of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    clashes: BTreeSet<(Position, Clash)>,
    closed: BTreeSet<(Position, TravelerId)>,
    #[serde(default)]
    records: BTreeSet<(Position, String)>,
}

impl Told {
    /// What was told before the server was started.
    pub(super) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let Some(text) = ledger.setting(TOLD)? else { return Ok(Self::default()) };
        serde_json::from_str(&text)
            .map_err(|error| LedgerError::Fault { what: format!("what the judge told: {error}") })
    }

    /// Whether what became known to be wrong with a record is told for the first time.
    pub(super) fn of_record(&mut self, record: &Position, words: &str) -> bool {
        self.records.insert((record.clone(), words.to_owned()))
    }

    /// Keeps what was told, once all of it is written.
    pub(super) fn keep(&self, ledger: &mut Ledger) -> Result<(), LedgerError> {
        let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
        ledger.put_setting(TOLD, &serde_json::to_string(self).map_err(fault)?)
    }
}

/// What the bench would have refused.
pub(super) fn sequence(work: &Work<'_>) -> Vec<String> {
    let Work { fact, body, unit, then, texts, .. } = *work;
    let then = Then { id: unit, head: &fact.head, state: then, texts };
    out_of_sequence(body, then).iter().map(ToString::to_string).collect()
}

/// What became known with a fact of it and of others: what does not go together, each told of the record
/// that it is about.
pub(super) fn of_others(
    work: &Work<'_>,
    (store, told): (&Store, &mut Told),
) -> Result<Vec<(Position, String)>, JudgeError> {
    let mut found = unseen(work, told);
    found.extend(tickets::contradicted(work, (store, &mut *told))?);
    found.extend(pieces::counted(work, (store, told))?);
    Ok(found)
}

/// What other stations did meanwhile and does not go together with it, each told of the record that
/// it is about: of this one, or of work that came before what stopped it.
fn unseen(work: &Work<'_>, told: &mut Told) -> Vec<(Position, String)> {
    let Some(here) = side(work.fact, work.then) else { return Vec::new() };
    let mut found: BTreeMap<Clash, (Position, String, usize)> = BTreeMap::new();
    let zone = site_zone(work.known.policy());
    for other in work.unseen.iter().filter_map(|other| side(other, work.now)) {
        let Some((clash, [one, two])) = clash(here, other, work.now) else { continue };
        if let Some((_, _, more)) = found.get_mut(&clash).filter(|_| clash.is_one_story()) {
            *more += 1;
            continue;
        }
        let story = (two.head.position.clone(), clash.clone());
        if !clash.is_one_story() || told.clashes.insert(story) {
            let words = clash.words((one.head, two.head), &zone);
            // Whoever worked is told, whichever came first; once of each record.
            let work_at = one.head.position.clone();
            let told_of = clash.is_one_story() && !work.now.was_held_by_judge((&work_at, &[]));
            let about = if told_of { work_at } else { work.fact.head.position.clone() };
            found.insert(clash, (about, words, 0));
        }
    }
    let words = found.into_values().map(|(about, words, more)| match more {
        0 => (about, words),
        1 => (about, format!("{words}; and one more record")),
        more => (about, format!("{words}; and {more} more records")),
    });
    words.collect()
}

/// Work on a unit whose order had been closed, of which its station had not heard; whichever of the
/// two came to the server first.
pub(super) fn closed(
    (fact, unit): (&Fact, &TravelerId),
    order: &[Fact],
    (known, told): (&Known, &mut Told),
) -> Option<String> {
    let FactBody::Traveler(body) = &fact.body else { return None };
    if !body.goes_on() {
        return None;
    }
    let when = fact.head.moment.effective();
    let by_then = |fact: &&Fact| fact.head.moment.effective() <= when;
    let taken_back = |closing: &Fact| {
        order.iter().filter(by_then).any(|fact| {
            matches!(&fact.body, FactBody::Order(OrderFact::OrderReopened { closings, .. })
                if closings.contains(&closing.head.position))
        })
    };
    let mut closings = order.iter().filter(by_then).filter(|fact| is_closing(fact));
    let closed = closings.find(|closing| !taken_back(closing))?;
    if !told.closed.insert((closed.head.position.clone(), unit.clone())) {
        return None;
    }
    let zone = site_zone(known.policy());
    let (order, there) = (&unit.order, where_when(&closed.head, &zone));
    let here = where_when(&fact.head, &zone);
    Some(format!("work {here}, after order {order} was closed {there}"))
}

/// Work that came before the closing of its order did, and was done after it. What is not judged yet is
/// told of when it is.
pub(super) fn closed_since(
    closing: &Fact,
    (store, ledger, streams): (&Store, &Ledger, &mut Streams),
    (known, told): (&Known, &mut Told),
) -> Result<Vec<(TravelerId, Position, String)>, JudgeError> {
    let Subject::Order(order) = &closing.subject else { return Ok(Vec::new()) };
    if !is_closing(closing) {
        return Ok(Vec::new());
    }
    let pasts = streams.load(ledger, &closing.subject)?;
    let closings: Vec<Fact> = closings(pasts, known).into_iter().cloned().collect();
    let since = closing.head.moment.effective();
    let after = |fact: &&Fact| fact.head.moment.effective() >= since;
    let mut found = Vec::new();
    for unit in ledger.units_of(order)? {
        let stream = streams.load(ledger, &Subject::Traveler(unit.clone()))?;
        for fact in stream.facts().filter(after) {
            if !store.is_judged(&fact.head.position)? {
                continue;
            }
            let words = closed((fact, &unit), &closings, (known, told));
            found.extend(words.map(|words| (unit.clone(), fact.head.position.clone(), words)));
        }
    }
    Ok(found)
}

/// Every closing and reopening of an order by who may, in order of arrival.
pub(super) fn closings<'a>(order: &'a Pasts, known: &Known) -> Vec<&'a Fact> {
    let reopens =
        |fact: &Fact| matches!(fact.body, FactBody::Order(OrderFact::OrderReopened { .. }));
    let closes = |fact: &&Fact| is_closing(fact) || reopens(fact);
    let may = |fact: &&Fact| {
        let actor = fact.head.acting.actor.as_ref();
        actor.is_some_and(|actor| known.may(actor, Action::Plan))
    };
    order.facts().filter(closes).filter(may).collect()
}

fn is_closing(fact: &Fact) -> bool {
    matches!(fact.body, FactBody::Order(OrderFact::OrderClosed { .. }))
}
