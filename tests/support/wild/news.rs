//! Newer revisions come and go: whoever sees one chooses, and reads before going on.

use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::instruction::Ask;
use gemba::domain::people::{PersonCommand, RevisionRead};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::PinnedOperation;
use gemba::domain::traveler::state::TravelerState;

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_plan::{approval, assembly, id, submission};

/// Another revision of the assembly comes; whoever sees it chooses, and reads before going on.
pub(super) fn on_news(
    shop: &mut Shop,
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<(&'static str, Command)> {
    let on_unit = |shop: &Shop, command| Command::Traveler(shop.traveler.clone(), command);
    if chance.one_in(40) {
        release_another(shop, chance);
    }
    if chance.one_in(50) {
        return Some(("quell", takes_back(shop, chance)));
    }
    let who = chance.pick(&["novak", "ito"]);
    let subject = Subject::Person(id(who));
    if let StreamState::Person(person) = shop.stream(&subject).state
        && let Some(current) = state.current(&shop.instructions)
        && !person.read.contains(&current.operation.hash)
        && !chance.one_in(20)
    {
        let PinnedOperation { instruction, revision, hash, .. } = current.operation.clone();
        let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
        return Some((who, Command::Person(id(who), read)));
    }
    let shown = shop.newer();
    if shown.is_empty() || !chance.one_in(3) {
        return None;
    }
    let reason = "seen".to_owned();
    let command = match chance.below(4) {
        0 => TravelerCommand::HoldForDefinition { reason },
        1 | 2 => TravelerCommand::KeepRevision { shown, reason },
        _ => TravelerCommand::MoveToRevision { shown, reason },
    };
    Some(("brandt", on_unit(shop, command)))
}

/// Something that nobody works by is released and taken back.
fn takes_back(shop: &mut Shop, chance: &mut Chance) -> Command {
    let instruction = chance.one_in(2);
    let about = |command| {
        if instruction {
            Command::Instruction(id("WI-60"), command)
        } else {
            Command::Specification(id("CP-60"), command)
        }
    };
    let revision = format!("R{}", chance.below(1_000_000));
    drop(shop.tries("lind", about(submission(&revision, Hash::ZERO))));
    for who in ["lind", "quell"] {
        drop(shop.tries(who, about(approval(&revision, who))));
    }
    let (revision, reason, stop_work) = (id(&revision), "wrong".to_owned(), chance.one_in(2));
    about(RevisionCommand::Withdraw(RevisionWithdrawn { revision, reason, stop_work }))
}

pub(super) fn release_another(shop: &mut Shop, chance: &mut Chance) {
    let mut newer = assembly();
    let StreamState::Instruction(known) = shop.stream(&Subject::Instruction(id("WI-1"))).state
    else {
        return;
    };
    newer.revision = id(&format!("N{}", known.revisions.list.len()));
    let changed = chance.pick(&["torque", "clean", "press"]);
    for step in newer.steps.iter_mut().filter(|step| step.id.as_str() == changed) {
        step.rules.free = chance.one_in(2);
        if let Some(Ask::Measure(measure)) = step.asks.first_mut() {
            measure.requirement = newer.revision.to_string();
        }
    }
    let hash = Hash::of(&[&serde_json::to_vec(&newer).unwrap()]);
    shop.instructions.insert(hash, newer.clone().into());
    let revision = newer.revision.as_str();
    let about = |command| Command::Instruction(id("WI-1"), command);
    drop(shop.tries("lind", about(submission(revision, hash))));
    for who in ["lind", "quell"] {
        drop(shop.tries(who, about(approval(revision, who))));
    }
}

/// A choice about newer revisions, sometimes about others than were shown.
pub(super) fn chooses(shop: &Shop, chance: &mut Chance, reason: String) -> TravelerCommand {
    let shown = if chance.one_in(4) { [Hash::ZERO].into() } else { shop.newer() };
    match chance.below(3) {
        0 => TravelerCommand::KeepRevision { shown, reason },
        1 => TravelerCommand::MoveToRevision { shown, reason },
        _ => TravelerCommand::HoldForDefinition { reason },
    }
}
