//! What holds of every way through a route, whatever people do.

use gemba::domain::deviation::Raise;
use gemba::domain::fact::Position;
use gemba::domain::instruction::{Ask, Instruction, Step};
use gemba::domain::traveler::command::{StepAt, TravelerCommand};
use gemba::domain::traveler::route::Decision;
use gemba::domain::traveler::standing::StepStanding;
use gemba::domain::traveler::state::{Attempt, TravelerState};

use super::Chance;
use super::sensible::value;
use crate::support::shop::Shop;
use crate::support::shop_plan::{at, id};
use crate::support::shop_route::{accepts, coat};

/// A step of whichever instruction has one of this name.
pub(super) fn anywhere(step: &str) -> StepAt {
    let coats = ["view", "mask", "tag", "polish", "dry", "approve", "box", "gap"];
    if coats.contains(&step) { coat(step) } else { at(step) }
}

/// Anything recorded is corrected, whatever it is.
pub(super) fn wild_correction(
    state: &TravelerState,
    other: Position,
    word: String,
    chance: &mut Chance,
) -> TravelerCommand {
    let entries: Vec<_> = state.attempts.iter().flat_map(|attempt| &attempt.entries).collect();
    let at = if entries.is_empty() { other } else { chance.pick(&entries).at.clone() };
    let reason = chance.pick(&["", "misread", "misread"]).to_owned();
    if chance.one_in(3) {
        return TravelerCommand::CorrectAnswer { answer: at, yes: chance.one_in(2), reason };
    }
    TravelerCommand::CorrectEntry { entry: at, text: word, reason }
}

pub(super) fn wild_accept(evidence: String, chance: &mut Chance) -> TravelerCommand {
    TravelerCommand::AcceptUpstream { operation: chance.pick(&[10, 20, 30, 40]), evidence }
}

/// The first ask of a step that nothing is recorded for.
pub(super) fn open_ask(attempt: Option<&Attempt>, step: &Step) -> Option<(u16, u16, Ask)> {
    match attempt {
        Some(attempt) => attempt.open_ask(step).map(|(n, s, ask)| (n, s, ask.clone())),
        None => step.asks.first().map(|ask| (1, 1, ask.clone())),
    }
}

/// What somebody sensible does besides the step that is next: corrects, accepts what is not known
/// here, asks for what is not needed.
pub(super) fn sensible_aside(
    state: &TravelerState,
    operation: u32,
    chance: &mut Chance,
) -> Option<(&'static str, TravelerCommand)> {
    if chance.one_in(2)
        && let Some((reading_at, _)) = state.correctable(&id("novak"), &[]).first()
    {
        let (value, reason) = (value(chance, "torque"), "misread".to_owned());
        let reading = (*reading_at).clone();
        return Some(("novak", TravelerCommand::Correct { reading, value, reason }));
    }
    if let Some((_, entry, was)) =
        state.answers_of(&id("novak")).first().filter(|_| chance.one_in(6))
    {
        let (answer, yes, reason) = (entry.at.clone(), !*was, "wrong key".to_owned());
        return Some(("novak", TravelerCommand::CorrectAnswer { answer, yes, reason }));
    }
    if chance.one_in(8)
        && let Some((_, entry, was)) = state.entries_of(&id("novak"), &[]).first()
    {
        let (text, reason) = (format!("{was}0"), "misread".to_owned());
        let entry = entry.at.clone();
        return Some(("novak", TravelerCommand::CorrectEntry { entry, text, reason }));
    }
    match chance.below(30) {
        0 => Some(("brandt", accepts(operation))),
        1 => {
            let decided = |d: &&Decision| !d.decided.applies && d.decided.operation == operation;
            let decision = state.decisions.values().find(decided)?;
            let at = StepAt { operation, step: decision.decided.step.clone() };
            Some(("novak", TravelerCommand::CompleteStep { at, read_in: None }))
        }
        2 if operation == 10 => {
            let (at, reason) = (coat("dry"), "no hook".to_owned());
            Some(("brandt", TravelerCommand::SkipStep { at, reason }))
        }
        3 | 4 if operation == 10 => {
            let (at, note) = (coat("mask"), "again".to_owned());
            Some((
                "novak",
                TravelerCommand::RaiseDeviation { at, raise: Box::new(Raise::noted(note)) },
            ))
        }
        _ => None,
    }
}

/// Asserts what must hold of the way of a unit after an act.
pub(crate) fn way_holds(before: &TravelerState, after: &TravelerState, shop: &Shop) {
    for pinned in after.started.iter().flat_map(|started| &started.operations) {
        let instruction = &shop.instructions[&pinned.hash];
        for step in after.workable(pinned.operation, instruction) {
            let standing = after.step_standing(pinned.operation, &step.id);
            assert!(matches!(standing, StepStanding::Open | StepStanding::Begun), "{step:?}");
        }
    }
    for attempt in &after.attempts {
        let step = instruction_of(after, attempt, shop).step(&attempt.step).unwrap();
        let most = step.rules.attempts_max.unwrap_or(u32::MAX);
        assert!(attempt.rank <= most, "attempt {} of {most} at {:?}", attempt.rank, step.id);
        if before.attempt(&attempt.at).is_none() {
            begun_in_its_turn(before, attempt, shop);
        }
    }
}

fn instruction_of<'a>(state: &TravelerState, attempt: &Attempt, shop: &'a Shop) -> &'a Instruction {
    &shop.instructions[&state.operation(attempt.operation).unwrap().hash]
}

/// Every step before one that is begun is closed, but for free ones right before a free one; and
/// every operation before is closed or accepted.
fn begun_in_its_turn(before: &TravelerState, attempt: &Attempt, shop: &Shop) {
    let instruction = instruction_of(before, attempt, shop);
    let rank = instruction.rank(&attempt.step).unwrap();
    let steps = &instruction.steps[..=rank];
    let mine = steps.iter().rev().take_while(|step| step.rules.free).count().max(1);
    for step in &steps[..steps.len() - mine] {
        assert!(before.step_closed(attempt.operation, &step.id), "{:?} is open", step.id);
    }
    let standing = before.step_standing(attempt.operation, &attempt.step);
    assert_ne!(standing, StepStanding::NotNeeded, "{:?}", attempt.step);
    for pinned in before.started.iter().flat_map(|started| &started.operations) {
        let passed = before.operation_passed(pinned, &shop.instructions);
        assert!(passed || pinned.operation >= attempt.operation, "{pinned:?} is open");
    }
}
