//! What a fact of a deviation, a permit, a redline or a lot of material says, in a line, as words that
//! screens and commands say.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deviation::{
    CodeChosen, DeviationFact, DeviationKind, DeviationRaised, Dispositioned,
};
use crate::domain::deviation_actions::{ActionAsked, ToDo};
use crate::domain::deviation_rules::CauseCode;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::{Fact, Position};
use crate::domain::ids::PersonId;
use crate::domain::material::{MaterialFact, MaterialReceived};
use crate::domain::permit::{Permit, PermitFact, PermitUsed};
use crate::domain::redline::{RedlineAnswer, RedlineFact, RedlineProposed};
use crate::domain::traveler::command::StepAt;
use crate::domain::understood::{Said, by, understood, values as values_of};
use crate::domain::words::{Words, words};

use super::material::{corrected_words, received_words};
use super::record_words::signed;

/// What was noted of a deviation where nobody did: of which lot it is.
const NOTED: &[Said] = &[("lot {lot} of {part} from {supplier}", &[])];
/// What was found.
const VALUES: &[Said] = &[
    ("conforms", &[]),
    ("does not conform", &[]),
    ("piece {piece}: {name} does not conform", &[]),
    ("piece {piece}: {value}", &[]),
];

/// What is known of a deviation besides the fact: what was asked for, which causes no longer count, and
/// what people are called.
#[derive(Debug, Default)]
pub struct Known {
    asked: BTreeMap<Position, String>,
    replaced: BTreeSet<Position>,
    names: BTreeMap<PersonId, String>,
}

impl Known {
    /// Of a deviation as it stands, and the names of the people in it.
    pub fn of(state: &DeviationState, names: BTreeMap<PersonId, String>) -> Self {
        let contained = state.containments.iter().map(|c| (c.at.clone(), c.action.clone()));
        let actions = state.actions.iter().map(|a| (a.at.clone(), a.asked.action.clone()));
        let before = state.causes.iter().rev().skip(1);
        Self {
            asked: contained.chain(actions).collect(),
            replaced: before.map(|cause| cause.found.at.clone()).collect(),
            names,
        }
    }

    fn asked(&self, at: &Position) -> String {
        self.asked.get(at).cloned().unwrap_or_else(|| at.to_string())
    }

    fn name(&self, person: &PersonId) -> String {
        self.names.get(person).cloned().unwrap_or_else(|| person.to_string())
    }
}

/// What a fact of a deviation says.
pub fn of_deviation(fact: &Fact, body: &DeviationFact, known: &Known) -> Words {
    match body {
        DeviationFact::DeviationRaised(raised) => of_raised(raised),
        DeviationFact::UnitAdded(unit) => match &unit.hold {
            Some(_) => words!("concerns {unit}, held", unit = unit.traveler),
            None => words!("concerns {unit}", unit = unit.traveler),
        },
        DeviationFact::DeviationReviewed { as_kind, code, close_by, note } => {
            let what = reviewed_as(*as_kind, code.as_ref(), close_by.as_ref());
            words!("reviewed: {what}: {note}", what => what, note)
        }
        DeviationFact::ContainmentTaken { action } => words!("done at once: {action}", action),
        DeviationFact::Dispositioned(disposed) => of_decisions(fact, disposed),
        DeviationFact::DispositionApproved { signature, .. } => {
            signed(fact, signature).told_in_full()
        }
        DeviationFact::DeviationClosed { note, check_due: None } => words!("closed: {note}", note),
        DeviationFact::DeviationClosed { note, check_due: Some(due) } => {
            words!("closed: {note}; whether it helped is looked at by {due}", note, due)
        }
        DeviationFact::ContainmentAsked { action, to_do } => of_containment(action, to_do, known),
        DeviationFact::ContainmentConfirmed { containment, note } => {
            noting(words!("contained: {action}", action = known.asked(containment)), note)
        }
        DeviationFact::CauseFound { code, text } => {
            of_cause(code.as_ref(), text, known.replaced.contains(&fact.head.position))
        }
        DeviationFact::ActionAsked(ActionAsked { action, owner, due }) => {
            let who = known.name(owner);
            words!("to be done by {who} by {due}: {action}", who, due, action)
        }
        DeviationFact::ActionDone { action, note } => {
            noting(words!("done: {action}", action = known.asked(action)), note)
        }
        DeviationFact::ActionVerified { action, note } => {
            noting(words!("verified: {action}", action = known.asked(action)), note)
        }
        DeviationFact::AskedWithdrawn { asked, reason } => {
            noting(words!("withdrawn: {action}", action = known.asked(asked)), reason)
        }
        DeviationFact::EffectivenessChecked { effective: true, note, .. } => {
            words!("effective: {note}", note)
        }
        DeviationFact::EffectivenessChecked { effective: false, note, .. } => {
            words!("not effective, open again: {note}", note)
        }
    }
}

fn of_raised(raised: &DeviationRaised) -> Words {
    let kind = raised.kind.word();
    let text = if raised.found.is_empty() { noted(&raised.note) } else { found(&raised.found) };
    match &raised.code {
        Some(code) => words!(
            "{kind} deviation {code}: {text}",
            kind => kind,
            code = code.code,
            text => text
        ),
        None => words!("{kind} deviation: {text}", kind => kind, text => text),
    }
}

/// As what somebody sees it who may decide, and by when it is to be closed.
fn reviewed_as(kind: DeviationKind, code: Option<&CodeChosen>, close_by: Option<&StepAt>) -> Words {
    let kind = kind.word();
    let what = match code {
        Some(CodeChosen { code, severity, .. }) => {
            words!("{kind} {code}, {severity}", kind => kind, code, severity => severity.word())
        }
        None => Words::plain(kind),
    };
    match close_by {
        Some(StepAt { operation, step }) => {
            words!("{what}, to be closed by {operation} {step}", what => what, operation, step)
        }
        None => what,
    }
}

fn of_decisions(fact: &Fact, disposed: &Dispositioned) -> Words {
    let units: BTreeSet<_> = disposed.decisions.iter().map(|decided| &decided.unit).collect();
    let decided = disposed.decisions.iter().map(|decided| {
        let (unit, words) = (&decided.unit, decided.words());
        if units.len() > 1 { words!("{unit} {decided}", unit, decided => words) } else { words }
    });
    words!(
        "{decided}: {signed}",
        decided => Words::listed(decided, "{these}, {one}"),
        signed => signed(fact, &disposed.signature).told_in_full()
    )
}

fn of_containment(action: &str, to_do: &ToDo, known: &Known) -> Words {
    let who = to_do.by.as_ref().map(|by| known.name(by));
    match (who, &to_do.place) {
        (None, None) => words!("to be done at once: {action}", action),
        (Some(who), None) => words!("to be done at once by {who}: {action}", who, action),
        (None, Some(place)) => words!("to be done at once at {place}: {action}", place, action),
        (Some(who), Some(place)) => {
            words!("to be done at once by {who} at {place}: {action}", who, place, action)
        }
    }
}

fn of_cause(code: Option<&CauseCode>, text: &str, replaced: bool) -> Words {
    let text = code.map_or_else(|| text.to_owned(), |code| format!("{}, {text}", code.code));
    if replaced {
        return words!("cause: {text}; replaced since", text);
    }
    words!("cause: {text}", text)
}

/// Something with what is said about it.
fn noting(what: Words, note: &str) -> Words {
    if note.is_empty() { what } else { words!("{what}: {note}", what => what, note) }
}

/// What was noted of a deviation, as it was recorded.
pub fn noted(text: &str) -> Words {
    understood(text, NOTED)
}

/// What was found where something departs from what was required, as it was recorded: values, or what
/// somebody typed, which stays as it is.
pub fn found(text: &str) -> Words {
    let value = |one: &str| {
        let number = one.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        by(one, VALUES).or_else(|| number.then(|| Words::given(one)))
    };
    let all = |text: &str, between: &str, put: &'static str| -> Option<Words> {
        let values = text.split(between).map(value).collect::<Option<Vec<_>>>()?;
        Some(Words::listed(values, put))
    };
    let (of, values) = match values_of("{count} of {all} nonconforming: {values}", text).as_deref()
    {
        Some([(_, count), (_, all), (_, values)]) => (Some((*count, *all)), *values),
        Some(_) | None => (None, text),
    };
    let (values, more) = match values_of("{values} and {more} more", values).as_deref() {
        Some([(_, values), (_, more)]) => (*values, Some(*more)),
        Some(_) | None => (values, None),
    };
    let each = all(values, "; ", "{these}; {one}");
    let Some(values) = each.or_else(|| all(values, ", ", "{these}, {one}")) else {
        return Words::given(text);
    };
    let values = match more {
        Some(more) => words!("{values} and {more} more", values => values, more),
        None => values,
    };
    match of {
        Some((count, all)) => {
            words!("{count} of {all} nonconforming: {values}", count, all, values => values)
        }
        None => values,
    }
}

/// What a fact of a permit says: limits, for whom, why, who signed, each use.
pub(super) fn of_permit(fact: &Fact, body: &PermitFact) -> Words {
    match body {
        PermitFact::PermitProposed { permit, signature } => {
            let Permit { name, part, reason, through, .. } = &**permit;
            words!(
                "{name} of {part}, {limits}, through {through}: {reason}; {signed}",
                name,
                part,
                limits => permit.limits_words(),
                through,
                reason,
                signed => signed(fact, signature).told_in_full()
            )
        }
        PermitFact::PermitGranted { signature } => signed(fact, signature).told_in_full(),
        PermitFact::PermitWithdrawn { reason } => Words::given(reason),
        PermitFact::PermitUsed(used) => {
            let PermitUsed { traveler: unit, value, pieces, signature, .. } = &**used;
            let (value, signed) = (value.words(), signed(fact, signature).told_in_full());
            let mut used = words!("{value} of {unit}", value => value, unit);
            if *pieces > 1 {
                used = words!("{used}, {pieces} pieces", used => used, pieces);
            }
            Words::listed([used, signed], "{these}; {one}")
        }
    }
}

/// What a fact of a redline says.
pub(super) fn of_redline(body: &RedlineFact) -> Words {
    match body {
        RedlineFact::RedlineProposed(proposed) => {
            let RedlineProposed { instruction, revision, step, text, .. } = proposed;
            words!(
                "{instruction} rev {revision} #{step}: {text}",
                instruction,
                revision,
                step,
                text
            )
        }
        RedlineFact::RedlineAnswered(RedlineAnswer { accepted, revision, reason }) => {
            match (accepted, revision) {
                (true, Some(revision)) => {
                    words!("accepted for rev {revision}: {reason}", revision, reason)
                }
                (true, None) => words!("accepted: {reason}", reason),
                (false, Some(revision)) => {
                    words!("rejected for rev {revision}: {reason}", revision, reason)
                }
                (false, None) => words!("rejected: {reason}", reason),
            }
        }
    }
}

/// What a fact of a lot of material says: of a correction, what it was corrected from.
pub fn of_material(body: &MaterialFact, before: Option<&MaterialReceived>) -> Words {
    match body {
        MaterialFact::MaterialReceived(received) => match &received.corrects {
            Some(reason) => {
                let after = || received_words(received);
                let what = before.map_or_else(after, |before| corrected_words(before, received));
                words!("corrected: {what}: {reason}", what => what, reason)
            }
            None => received_words(received),
        },
        MaterialFact::MaterialBlocked { reason, .. }
        | MaterialFact::MaterialReleased { reason, .. } => Words::given(reason),
    }
}
