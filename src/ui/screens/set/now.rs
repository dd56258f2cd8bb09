//! What is to be done now on a set, told from its units' folded states.

use crate::domain::fact::Position;
use crate::domain::instruction::{Ask, EnterForm, Instruction, Step};
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::set::{Member, Membership, SetStanding};
use crate::domain::traveler::state::{Attempt, Reading, Recorded, RecordedWhat};
use crate::ui::keys::Act;
use crate::views::traveler::TravelerView;

/// The step at which a set stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) instruction: &'a Instruction,
    pub(super) step: &'a Step,
    pub(super) operation: u32,
}

impl Here<'_> {
    pub(super) fn at(self) -> StepAt {
        StepAt { operation: self.operation, step: self.step.id.clone() }
    }
}

/// What is to be done now; units are named by their row.
#[derive(Debug, Clone)]
pub(super) enum Now<'a> {
    /// Asked for and not here yet.
    Loading,
    /// Work on these was not begun.
    Start(Vec<TravelerId>),
    /// A failing reading of one unit waits to be typed again.
    Retype { row: usize, at: &'a Position, reading: &'a Reading },
    /// Something is asked for on each unit; the row that has the focus is next.
    Each { row: usize, here: Here<'a>, number: u16, sample: u16, ask: &'a Ask },
    /// Something is done once for all of these.
    All { units: Vec<TravelerId>, here: Here<'a>, number: u16, ask: &'a Ask },
    /// Nothing is open in the step.
    Complete { units: Vec<TravelerId>, here: Here<'a> },
    /// No unit can go on.
    Nobody,
}

/// The members of a set, as the rules look at them.
pub(super) fn members(views: &[TravelerView]) -> Vec<Member<'_>> {
    let mut members = Vec::with_capacity(views.len());
    for view in views {
        members.push(Member { id: &view.id, state: &view.state, known: &view.instructions });
    }
    members
}

/// The step at which the units stand, in the revision that they are made by.
pub(super) fn here<'a>(views: &'a [TravelerView], standing: &SetStanding) -> Option<Here<'a>> {
    let at = standing.at.as_ref()?;
    let stays = views.iter().zip(&standing.units).find(|(_, unit)| **unit == Membership::Stays);
    let view = stays.map(|(view, _)| view)?;
    let hash = view.state.operation(at.operation)?.hash;
    let instruction = view.instructions.get(&hash)?;
    let step = instruction.step(&at.step)?;
    Some(Here { instruction, step, operation: at.operation })
}

/// The attempt of a unit at the step.
pub(super) fn attempt<'a>(view: &'a TravelerView, here: Here<'_>) -> Option<&'a Attempt> {
    view.state.standing_attempt(here.operation, &here.step.id)
}

/// Whether an ask wants nothing of a unit, as it is sampled and this one is not.
pub(super) fn not_sampled(view: &TravelerView, here: Here<'_>, number: u16) -> bool {
    let decided = view.sample((here.operation, &here.step.id), number);
    decided.is_some_and(|decided| !decided.sampled)
}

/// The first sample of an ask that nothing is recorded for on a unit; a check answered with no is
/// open again.
fn open_sample(view: &TravelerView, here: Here<'_>, number: u16, ask: &Ask) -> Option<u16> {
    let samples = if let Ask::Measure(measure) = ask { measure.count } else { 1 };
    if not_sampled(view, here, number) {
        return None;
    }
    let Some(attempt) = attempt(view, here) else { return Some(1) };
    // A question that decides about a later step has two right answers.
    let decides = here.instruction.decides(&here.step.id, number);
    let no = |entry: &Recorded| entry.what == RecordedWhat::Answer(false);
    (1..=samples).find(|sample| match attempt.entry(number, *sample) {
        None => true,
        Some(entry) => no(entry) && !attempt.stands_as_is(entry) && !decides,
    })
}

/// Tells what is to be done now; `focus` is the row that has the marker.
pub(super) fn now_of<'a>(
    views: &'a [TravelerView],
    standing: &SetStanding,
    focus: usize,
) -> Now<'a> {
    let begins = views.iter().zip(&standing.units);
    let begins = begins.filter(|(_, unit)| **unit == Membership::NotBegun);
    let begins: Vec<TravelerId> = begins.map(|(view, _)| view.id.clone()).collect();
    if !begins.is_empty() {
        return Now::Start(begins);
    }
    let again = |row: &usize| standing.units.get(*row) == Some(&Membership::TypesAgain);
    let rows = || from_focus(focus, views.len());
    if let Some(row) = rows().find(again)
        && let Some((_, at, reading)) = views.get(row).and_then(|view| view.state.to_retype())
    {
        return Now::Retype { row, at, reading };
    }
    let Some(here) = here(views, standing) else { return Now::Nobody };
    let stays = |row: &usize| standing.units.get(*row) == Some(&Membership::Stays);
    for (number, ask) in (1_u16..).zip(&here.step.asks) {
        let open = |row: usize| {
            let sample = open_sample(views.get(row)?, here, number, ask)?;
            Some((row, sample))
        };
        let Some((row, sample)) = rows().filter(stays).find_map(open) else { continue };
        if let Ask::Wait(_) | Ask::Sign(_) = ask {
            let waiting = (0..views.len()).filter(stays).filter_map(open);
            let units = waiting.filter_map(|(row, _)| views.get(row)).map(|view| view.id.clone());
            return Now::All { units: units.collect(), here, number, ask };
        }
        return Now::Each { row, here, number, sample, ask };
    }
    let units = (0..views.len()).filter(stays).filter_map(|row| views.get(row));
    Now::Complete { units: units.map(|view| view.id.clone()).collect(), here }
}

/// The rows from the focus on, then those before it.
fn from_focus(focus: usize, rows: usize) -> impl Iterator<Item = usize> {
    (focus.min(rows)..rows).chain(0..focus.min(rows))
}

/// The units whose check is open, to answer all of them at once.
pub(super) fn open_units(
    views: &[TravelerView],
    standing: &SetStanding,
    (here, number, ask): (Here<'_>, u16, &Ask),
) -> Vec<TravelerId> {
    let stays = views.iter().zip(&standing.units).filter(|(_, u)| **u == Membership::Stays);
    let open = stays.filter(|(view, _)| open_sample(view, here, number, ask).is_some());
    open.map(|(view, _)| view.id.clone()).collect()
}

impl<'a> Now<'a> {
    /// The row that the next value belongs to.
    pub(super) fn row(&self) -> Option<usize> {
        match self {
            Self::Retype { row, .. } | Self::Each { row, .. } => Some(*row),
            Self::Loading
            | Self::Start(_)
            | Self::All { .. }
            | Self::Complete { .. }
            | Self::Nobody => None,
        }
    }

    fn kind(&self) -> Option<&CharacteristicKind> {
        match self {
            Self::Retype { reading, .. } => Some(&reading.taken.kind),
            Self::Each { ask: Ask::Measure(measure), .. } => Some(&measure.kind),
            Self::Each { .. }
            | Self::Loading
            | Self::Start(_)
            | Self::All { .. }
            | Self::Complete { .. }
            | Self::Nobody => None,
        }
    }

    /// Whether good or bad is answered.
    pub(super) fn is_attribute(&self) -> bool {
        self.kind() == Some(&CharacteristicKind::Attribute)
    }

    /// Whether characters go into the field.
    pub(super) fn takes_text(&self) -> bool {
        let number = self.kind().is_some_and(|kind| *kind != CharacteristicKind::Attribute);
        let typed = matches!(
            self,
            Self::Each { ask: Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. }, .. }
        );
        number || typed
    }

    /// The ask whose entry is a scan.
    pub(super) fn scan_ask(&self) -> Option<&'a Ask> {
        let Self::Each { ask, .. } = self else { return None };
        let scans = matches!(
            ask,
            Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { form: EnterForm::Text, .. }
        );
        scans.then_some(*ask)
    }

    /// What Enter or a digit does.
    pub(super) fn next(&self) -> &'static [Act] {
        match self {
            Self::Loading => &[],
            Self::Nobody => &[Act::NextUnit],
            Self::Start(_) => &[Act::Begin],
            Self::Retype { .. } | Self::Each { ask: Ask::Measure(_), .. }
                if self.is_attribute() =>
            {
                &[Act::Good, Act::Bad]
            }
            Self::Each { ask: Ask::Check { .. }, .. } => &[Act::Yes, Act::No],
            Self::Retype { .. } | Self::Each { .. } => &[Act::Record],
            Self::All { ask: Ask::Sign(_), .. } => &[Act::Sign],
            Self::All { .. } => &[Act::BeginWait],
            Self::Complete { .. } => &[Act::Complete],
        }
    }
}
