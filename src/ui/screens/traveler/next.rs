//! What is to be done now on a unit, told from its folded state.

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, GaugeClassId, StepId};
use crate::domain::instruction::{Ask, Block, EnterForm, Measure, Step, Wait};
use crate::domain::moment::{Elapsed, Moment};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::shipped::Release;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, Hold, Pause, Reading, Recorded, RecordedWhat};
use crate::ui::keys::Act;
use crate::views::traveler::TravelerView;

use super::measures::is_attribute;

/// What is to be done now.
#[derive(Debug, Clone, Copy)]
pub(super) enum Now<'a> {
    /// Asked for and not here yet.
    Loading,
    /// Not known at this station.
    Unknown,
    /// Work has not begun.
    NotStarted,
    /// The pinned instruction is not here.
    Missing,
    /// Scrapped or returned.
    Ended(&'a str),
    /// Released to ship, and gone.
    Shipped(&'a Release),
    /// Every operation is done.
    Finished,
    /// Nothing is left to do at this place; what is next is done somewhere else.
    Elsewhere(Current<'a>),
    /// A failing reading waits to be typed again.
    Retype {
        at: &'a Position,
        entry: &'a Recorded,
        reading: &'a Reading,
        /// How often it may be measured again.
        again: usize,
    },
    /// On hold.
    Held(&'a Hold),
    /// Paused: why, since when, by whom.
    Paused(&'a Pause),
    /// Something is asked for.
    Ask { current: Current<'a>, number: u16, sample: u16, ask: &'a Ask },
    /// Pieces are to be counted, so many.
    Count { current: Current<'a>, missing: u32 },
    /// Nothing is open in the step.
    Complete { current: Current<'a>, attempt: Option<&'a Attempt> },
}

/// What was chosen where several operations or steps may be worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) operation: u32,
    /// The step; none for whichever of the operation is next.
    pub(super) step: Option<StepId>,
}

/// The step that is shown: the one that was chosen where it may be done now, else the next of its
/// operation, else the next that is done at this place, else the one that is next.
pub(super) fn current_of<'a>(
    view: &'a TravelerView,
    chosen: Option<&Chosen>,
) -> Option<Current<'a>> {
    let at_hand = view.state.at_hand(&view.instructions);
    let find = |fits: &dyn Fn(&Current<'_>) -> bool| at_hand.iter().find(|c| fits(c));
    let of = |c: &Current<'_>| chosen.is_some_and(|at| at.operation == c.operation.operation);
    let step = |c: &Current<'_>| chosen.is_some_and(|at| at.step.as_ref() == Some(&c.step.id));
    let here = |c: &Current<'_>| view.here.as_ref() == Some(&c.operation.work_center);
    let shown = find(&|c| of(c) && step(c)).or_else(|| find(&of)).or_else(|| find(&here));
    shown.or_else(|| at_hand.first()).copied()
}

/// Tells what is to be done now.
pub(super) fn now_of<'a>(view: &'a TravelerView, chosen: Option<&Chosen>) -> Now<'a> {
    let state = &view.state;
    if state.started.is_none() {
        return Now::NotStarted;
    }
    if let Some(how) = &state.ended {
        return Now::Ended(how);
    }
    if let Some((_, at, reading)) = state.to_retype()
        && let Some((entry, _)) = state.reading(at)
    {
        let again = measure_of(view, entry).map_or(0, |(attempt, measure)| {
            let most = measure.rules.retry_max.map_or(0, usize::from);
            most.saturating_sub(attempt.retries(entry))
        });
        return Now::Retype { at, entry, reading, again };
    }
    if let Some((_, hold)) = state.hold_told() {
        return Now::Held(hold);
    }
    if let Some(release) = state.shipped() {
        return Now::Shipped(release);
    }
    if state.finished(&view.instructions) {
        return Now::Finished;
    }
    if let Some(pause) = state.paused() {
        return Now::Paused(pause);
    }
    let Some(current) = current_of(view, chosen) else { return Now::Missing };
    let elsewhere = view.here.as_ref().is_some_and(|here| *here != current.operation.work_center);
    if elsewhere && chosen.is_none_or(|at| at.operation != current.operation.operation) {
        return Now::Elsewhere(current);
    }
    let attempt = state.standing_attempt(current.operation.operation, &current.step.id);
    let open = view
        .open_ask(current.operation.operation, current.step)
        .or_else(|| said_no(attempt?, current));
    match open {
        Some((number, sample, ask)) => Now::Ask { current, number, sample, ask },
        None => match count_of(view, current) {
            Some(missing) => Now::Count { current, missing },
            None => Now::Complete { current, attempt },
        },
    }
}

/// A reading that is not asked for on this unit, as it is taken anyway; none where there is none.
pub(super) fn anyway<'a>(view: &TravelerView, now: Now<'a>) -> Option<Now<'a>> {
    let Now::Complete { current, attempt } = now else { return None };
    let step = (current.operation.operation, &current.step.id);
    (1_u16..).zip(&current.step.asks).find_map(|(number, ask)| {
        let Ask::Measure(measure) = ask else { return None };
        let left_out = view.sample(step, number).is_some_and(|decided| !decided.sampled);
        let open = |sample: &u16| attempt.is_none_or(|a| a.entry(number, *sample).is_none());
        let sample = (1..=measure.count).find(open).filter(|_| left_out)?;
        Some(Now::Ask { current, number, sample, ask })
    })
}

/// The measurement of a unit that is held because it is suspect; none where nothing is to be sorted.
pub(super) fn sorting(view: &TravelerView) -> Option<Now<'_>> {
    let state = &view.state;
    if state.ended.is_some() || state.to_retype().is_some() {
        return None;
    }
    let (_, suspected, (sample, _)) = state.sorts_next()?;
    let operation = state.operation(suspected.operation)?;
    let instruction = &**view.instructions.get(&operation.hash)?;
    let step = instruction.step(&suspected.step)?;
    let ask = step.asks.get(usize::from(suspected.ask).checked_sub(1)?)?;
    let current = Current { operation, instruction, step };
    Some(Now::Ask { current, number: suspected.ask, sample, ask })
}

/// How many pieces are still to be counted at a step; none where it counts none, or has all.
fn count_of(view: &TravelerView, current: Current<'_>) -> Option<u32> {
    current.step.rules.quantity.as_ref()?;
    let operation = current.operation.operation;
    let missing = view.state.pieces_missing(operation, &view.instructions);
    (missing > 0).then_some(missing)
}

/// The measure that an entry belongs to, with its attempt.
pub(super) fn measure_of<'a>(
    view: &'a TravelerView,
    entry: &Recorded,
) -> Option<(&'a Attempt, &'a Measure)> {
    let attempt = view.state.attempt_of(&entry.at)?;
    let operation = view.state.operation(attempt.operation)?;
    let step = view.instructions.get(&operation.hash)?.step(&attempt.step)?;
    match step.asks.get(usize::from(entry.ask).checked_sub(1)?)? {
        Ask::Measure(measure) => Some((attempt, measure)),
        Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Enter { .. }
        | Ask::Wait(_)
        | Ask::Sign(_) => None,
    }
}

/// A check that was answered with no is asked again.
fn said_no<'a>(attempt: &Attempt, current: Current<'a>) -> Option<(u16, u16, &'a Ask)> {
    let no = |number: u16| {
        let entry = attempt.entry(number, 1);
        let said_no = entry.is_some_and(|entry| entry.what == RecordedWhat::Answer(false));
        said_no && !current.instruction.decides(&current.step.id, number)
    };
    (1_u16..).zip(&current.step.asks).find(|(number, _)| no(*number)).map(|(n, ask)| (n, 1, ask))
}

/// The step that is shown, as commands name it.
pub(super) fn step_at(view: &TravelerView, chosen: Option<&Chosen>) -> Option<StepAt> {
    let current = current_of(view, chosen)?;
    Some(StepAt { operation: current.operation.operation, step: current.step.id.clone() })
}

/// The wait of a step that runs: the ask, since when, and how long it has run.
pub(super) fn wait_of<'a>(
    view: &'a TravelerView,
    current: Current<'a>,
    moment: &Moment,
) -> Option<(&'a Wait, Elapsed)> {
    let attempt = view.state.standing_attempt(current.operation.operation, &current.step.id)?;
    (1_u16..).zip(&current.step.asks).find_map(|(number, ask)| match ask {
        Ask::Wait(wait) => {
            let began = attempt.wait_began(number)?;
            Some((wait, view.state.waited(began, moment, wait.clock)))
        }
        Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Enter { .. }
        | Ask::Sign(_) => None,
    })
}

/// Whether a wait runs that is known to be too short yet.
pub(super) fn too_short(view: &TravelerView, current: Current<'_>, moment: &Moment) -> bool {
    wait_of(view, current, moment).is_some_and(|(wait, elapsed)| {
        let min_ms = wait.seconds_min.map_or(0, |seconds| i64::from(seconds) * 1000);
        elapsed.at_most_ms.is_some_and(|most| most < min_ms)
    })
}

/// Whether a wait runs that the screen shows by the second.
pub(super) fn runs(now: Now<'_>) -> bool {
    match now {
        Now::Complete { current, attempt: Some(attempt) } => (1_u16..)
            .zip(&current.step.asks)
            .any(|(n, ask)| matches!(ask, Ask::Wait(_)) && attempt.wait_began(n).is_some()),
        Now::Complete { attempt: None, .. }
        | Now::Loading
        | Now::Unknown
        | Now::NotStarted
        | Now::Missing
        | Now::Ended(_)
        | Now::Shipped(_)
        | Now::Finished
        | Now::Elsewhere(_)
        | Now::Retype { .. }
        | Now::Held(_)
        | Now::Paused(_)
        | Now::Count { .. }
        | Now::Ask { .. } => false,
    }
}

/// What an ask that is open lets a person do.
fn act_of_ask(ask: &Ask) -> &'static [Act] {
    match ask {
        Ask::Check { .. } => &[Act::Yes, Act::No],
        Ask::Measure(measure) if is_attribute(&measure.kind) => &[Act::Good, Act::Bad],
        Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. } | Ask::Measure(_) => {
            &[Act::Record]
        }
        Ask::Wait(_) => &[Act::BeginWait],
        Ask::Sign(_) => &[Act::Sign],
    }
}

impl<'a> Now<'a> {
    /// The measure that is asked for.
    pub(super) fn measure(self) -> Option<&'a Measure> {
        match self {
            Self::Ask { ask: Ask::Measure(measure), .. } => Some(measure),
            Self::Ask { .. }
            | Self::Loading
            | Self::Unknown
            | Self::NotStarted
            | Self::Missing
            | Self::Ended(_)
            | Self::Shipped(_)
            | Self::Finished
            | Self::Elsewhere(_)
            | Self::Retype { .. }
            | Self::Held(_)
            | Self::Paused(_)
            | Self::Count { .. }
            | Self::Complete { .. } => None,
        }
    }

    /// The class of gauge that the entry asked for is made with.
    pub(super) fn gauge_class(self) -> Option<&'a GaugeClassId> {
        if let Self::Ask { ask: Ask::Check { gauge, .. }, .. } = self {
            return gauge.as_ref();
        }
        self.measure().and_then(|measure| measure.gauge.as_ref())
    }

    /// The kind of characteristic that is read or read again.
    fn kind(self) -> Option<&'a CharacteristicKind> {
        if let Self::Retype { reading, .. } = self {
            return Some(&reading.taken.kind);
        }
        self.measure().map(|measure| &measure.kind)
    }

    /// Whether characters go into the field.
    pub(super) fn takes_text(self) -> bool {
        let number = self.kind().is_some_and(|kind| !is_attribute(kind));
        let typed = matches!(
            self,
            Self::Ask { ask: Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. }, .. }
        );
        number || typed || matches!(self, Self::Count { .. } | Self::Paused(_))
    }

    /// Whether those are words or a code, and not digits.
    pub(super) fn takes_words(self) -> bool {
        self.scan_ask().is_some() || matches!(self, Self::Paused(_))
    }

    /// The ask whose entry is a scan.
    pub(super) fn scan_ask(self) -> Option<&'a Ask> {
        let Self::Ask { ask, .. } = self else { return None };
        let scans = matches!(
            ask,
            Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { form: EnterForm::Text, .. }
        );
        scans.then_some(ask)
    }

    fn next(self) -> &'static [Act] {
        match self {
            Self::NotStarted => &[Act::Begin],
            Self::Ended(_) | Self::Shipped(_) | Self::Finished | Self::Elsewhere(_) => {
                &[Act::NextUnit]
            }
            Self::Retype { reading, again, .. } => {
                match (is_attribute(&reading.taken.kind), again > 0) {
                    (true, true) => &[Act::Good, Act::Bad, Act::Remeasure],
                    (true, false) => &[Act::Good, Act::Bad],
                    (false, true) => &[Act::Record, Act::Remeasure],
                    (false, false) => &[Act::Record],
                }
            }
            Self::Held(hold) if hold.placed.deviation.is_some() => &[Act::Open],
            Self::Held(hold) if hold.placed.reason.released_by().is_some() => &[Act::ReleaseHold],
            Self::Loading | Self::Unknown | Self::Missing | Self::Held(_) => &[],
            Self::Paused(_) => &[Act::Resume],
            Self::Count { .. } => &[Act::Report],
            Self::Ask { ask, .. } => act_of_ask(ask),
            Self::Complete { .. } => &[Act::Complete],
        }
    }

    /// Everything that can be done, as the menu numbers it: a number means the same at every step.
    pub(super) fn acts(self) -> Vec<Act> {
        let mut acts = self.next().to_vec();
        let pause = if matches!(self, Self::Paused(_)) { Act::Resume } else { Act::Pause };
        match self {
            Self::Loading | Self::Unknown => {}
            Self::NotStarted => acts.push(Act::AcceptUpstream),
            Self::Finished | Self::Shipped(_) | Self::Ended(_) => {
                acts.extend([Act::Steps, Act::Correct]);
            }
            Self::Missing => acts.push(Act::Steps),
            Self::Retype { .. }
            | Self::Elsewhere(_)
            | Self::Held(_)
            | Self::Paused(_)
            | Self::Ask { .. }
            | Self::Count { .. }
            | Self::Complete { .. } => {
                acts.extend([Act::Deviation, Act::Gauge, Act::Picture]);
                acts.extend([Act::ChangePerson, Act::CallHelp, Act::Steps, Act::Correct]);
                acts.extend([pause, Act::SkipStep, Act::AcceptWait, Act::Turn]);
                acts.extend([Act::AcceptUpstream, Act::Redline]);
            }
        }
        if let Self::Retype { reading, .. } = self
            && reading.taken.characteristic.is_some()
        {
            acts.push(Act::ProposePermit);
        }
        let mut seen = Vec::with_capacity(acts.len());
        for act in acts {
            if !seen.contains(&act) {
                seen.push(act);
            }
        }
        seen
    }

    /// The keys that matter now.
    pub(super) fn footer(self) -> Vec<Act> {
        let mut acts = self.next().to_vec();
        match self {
            Self::Ask { current, .. } => {
                acts.push(Act::Deviation);
                if self.gauge_class().is_some() {
                    acts.push(Act::Gauge);
                }
                if is_pictured(current.step) && acts.len() < 4 {
                    acts.push(Act::Picture);
                }
            }
            Self::Complete { current, .. } if is_pictured(current.step) => {
                acts.extend([Act::Deviation, Act::Picture]);
            }
            Self::Count { .. } | Self::Complete { .. } => {
                acts.extend([Act::Deviation, Act::Steps]);
            }
            Self::Held(_) | Self::Shipped(_) | Self::Finished | Self::Ended(_) => {
                acts.extend([Act::Steps, Act::Correct]);
            }
            Self::Paused(_) | Self::Elsewhere(_) => acts.push(Act::Steps),
            Self::Loading
            | Self::Unknown
            | Self::NotStarted
            | Self::Missing
            | Self::Retype { .. } => {}
        }
        acts
    }
}

/// Whether a failing value waits to be typed again.
pub(super) fn waits_to_be_retyped(view: &TravelerView) -> bool {
    view.state.to_retype().is_some()
}

/// The deviations that hold the unit.
pub(super) fn open_deviations(view: &TravelerView) -> Vec<DeviationId> {
    view.state.open_holds().filter_map(|(_, hold)| hold.placed.deviation.clone()).collect()
}

/// Whether the text of a step has a picture.
fn is_pictured(step: &Step) -> bool {
    step.text.iter().any(|block| matches!(block, Block::Picture(_)))
}
