//! What people say about deviations, in their minds and sensibly.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, DeviationKind, Disposition, Raise, Share};
use gemba::domain::deviation_actions::{ActionAsked, ToDo};
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::floor::FloorCommand;
use gemba::domain::ids::{DeviationId, StepId};
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::state::TravelerState;

use super::{Chance, STEPS};
use crate::support::shop::Shop;
use crate::support::shop_deviations::unit_of;
use crate::support::shop_plan::{disposes, id};

/// Anything about any deviation.
pub(super) fn on_deviation(shop: &Shop, chance: &mut Chance) -> Command {
    let state = shop.state();
    let mut known: Vec<DeviationId> = state.deviations().into_iter().cloned().collect();
    known.push(id("NCR-ASM1-0001"));
    if chance.one_in(9) {
        known = vec![id("NCR-9")];
    }
    let deviation = chance.pick(&known);
    let word = chance.pick(&["", "seen", "done", "well"]).to_owned();
    let step: StepId = id(chance.pick(&STEPS));
    let disposition = chance.pick(&[
        Disposition::UseAsIs,
        Disposition::Return,
        Disposition::Void,
        Disposition::Rework { step },
    ]);
    let units = vec![unit_of(chance.pick(&["0001", "0002", "0003", "0004", "0099"]))];
    let command = match chance.below(14) {
        0 | 1 => DeviationCommand::Contain { action: word, to_do: None },
        2 | 3 | 9 | 10 | 13 => DeviationCommand::Close { note: word },
        4 | 11 => DeviationCommand::AddUnits { units },
        5 | 12 => {
            let kind = chance.pick(&[None, Some(DeviationKind::Process)]);
            DeviationCommand::Review { kind, code: None, close_by: None, note: word }
        }
        6 => return approves(shop, &deviation, &word),
        7 => {
            let (pieces, half) = (Some(50), Share::all(disposition));
            let half = half.into_iter().map(|share| Share { pieces, ..share });
            let scrap = Share { unit: None, pieces, disposition: Disposition::Scrap };
            let shares = half.chain([scrap]).collect();
            DeviationCommand::Dispose { shares, reason: word.clone(), by: Signer::by_badge(word) }
        }
        _ => DeviationCommand::Dispose {
            shares: Share::all(disposition),
            reason: word.clone(),
            by: Signer::by_badge(word),
        },
    };
    Command::Deviation(deviation, command)
}

/// Agrees with what was decided last, or with what nobody decided.
fn approves(shop: &Shop, deviation: &DeviationId, name: &str) -> Command {
    let state = shop.stream(&Subject::Deviation(deviation.clone())).state;
    let StreamState::Deviation(state) = state else { panic!("{state:?}") };
    let decided = state.dispositions.last().map(|decided| decided.at.clone());
    let nothing = || gemba::domain::fact::Position::parse("ledger-ASM1.1.1").unwrap();
    let (disposition, by) = (decided.unwrap_or_else(nothing), Signer::by_badge(name));
    Command::Deviation(deviation.clone(), DeviationCommand::Approve { disposition, by })
}

/// What is next about a deviation.
fn apt(state: &DeviationState, note: &str) -> DeviationCommand {
    let note = note.to_owned();
    if state.to_check().is_some() {
        return DeviationCommand::Check { effective: note == "well", note };
    }
    if let Some(open) = state.open_containments().next() {
        return DeviationCommand::Confirm { containment: open.at.clone(), note };
    }
    if let Some(open) = state.open_actions().next() {
        let action = open.at.clone();
        return match open.done {
            Some(_) => DeviationCommand::Verify { action, note },
            None => DeviationCommand::NoteDone { action, note },
        };
    }
    if !state.is_something_new_done() {
        let due = "2026-12-14".parse().unwrap();
        let asked = ActionAsked { action: note, owner: id("brandt"), due };
        return DeviationCommand::AskAction(asked);
    }
    DeviationCommand::Close { note }
}

/// What follows from a deviation, of the unit at hand or of the first one.
pub(super) fn on_followed(shop: &Shop, chance: &mut Chance) -> Command {
    let number = chance.pick(&["NCR-ASM1-0001", "NCR-ASM1-0001", "NCR-ASM1-0002", "NCR-9"]);
    let deviation: DeviationId = id(number);
    let state = shop.stream(&Subject::Deviation(deviation.clone())).state;
    let StreamState::Deviation(state) = state else { panic!("{state:?}") };
    let nothing = || gemba::domain::fact::Position::parse("ledger-ASM1.1.1").unwrap();
    let mut actions: Vec<_> = state.actions.iter().map(|action| action.at.clone()).collect();
    let mut contained: Vec<_> = state.containments.iter().map(|c| c.at.clone()).collect();
    actions.push(nothing());
    contained.push(nothing());
    let note = chance.pick(&["", "seen", "done", "well"]).to_owned();
    let who = chance.pick(&["novak", "brandt", "lind", "nobody"]);
    let due = chance.pick(&["2026-12-14", "2026-12-14", "2026-11-01"]).parse().unwrap();
    let place = chance.pick(&[None, None, Some("ASM-2"), Some("ASM-1")]).map(id);
    let by = chance.pick(&[None, Some("ito"), Some(who)]).map(id);
    let asked = ActionAsked { action: note.clone(), owner: id(who), due };
    let cause = chance.pick(&[None, None, None, Some("XX".to_owned())]);
    if chance.one_in(2) {
        return Command::Deviation(deviation, apt(&state, &note));
    }
    if chance.one_in(6) {
        let open = state.open_containments().map(|open| open.at.clone());
        let open = open.chain(state.open_actions().map(|open| open.at.clone()));
        let mut asked: Vec<_> = open.collect();
        asked.push(nothing());
        let (asked, reason) = (chance.pick(&asked), note);
        return Command::Deviation(deviation, DeviationCommand::Withdraw { asked, reason });
    }
    let command = match chance.below(12) {
        0..=2 => DeviationCommand::Contain { action: note, to_do: Some(ToDo { by, place }) },
        3 => DeviationCommand::Confirm { containment: chance.pick(&contained), note },
        4..=6 => DeviationCommand::FindCause { code: cause, text: note },
        7 => DeviationCommand::AskAction(asked),
        8 => DeviationCommand::NoteDone { action: chance.pick(&actions), note },
        9 => DeviationCommand::Verify { action: chance.pick(&actions), note },
        10 => DeviationCommand::Close { note },
        _ => DeviationCommand::Check { effective: chance.one_in(2), note },
    };
    Command::Deviation(deviation, command)
}

/// Raises what was found on no unit, or on others.
pub(super) fn raises_here(chance: &mut Chance) -> Command {
    let kind = chance.pick(&[DeviationKind::Process, DeviationKind::Product]);
    let units = chance.pick(&[vec![], vec![unit_of("0003")], vec![unit_of("0099")]]);
    let note = chance.pick(&["", "oven chart out", "dust"]);
    let raise = Raise { kind, units, ..Raise::noted(note) };
    Command::Floor(id("ASM-1"), FloorCommand::RaiseDeviation(Box::new(raise)))
}

/// What somebody sensible decides of a unit that a deviation holds: what waits is signed; a lot goes
/// different ways now and then.
pub(super) fn decides(
    shop: &Shop,
    state: &TravelerState,
    (deviation, disposition): (&DeviationId, Disposition),
    chance: &mut Chance,
) -> (&'static str, Command) {
    let known = shop.stream(&Subject::Deviation(deviation.clone())).state;
    let StreamState::Deviation(known) = known else { panic!("{known:?}") };
    let who = chance.pick(&["brandt", "quell", "lind"]);
    let on = |command| Command::Deviation(deviation.clone(), command);
    if chance.one_in(5) {
        let units = vec![unit_of(chance.pick(&["0001", "0002", "0003", "0004"]))];
        return (who, on(DeviationCommand::AddUnits { units }));
    }
    if chance.one_in(8) {
        let (kind, note) = (Some(DeviationKind::Product), "looked at".to_owned());
        return (who, on(DeviationCommand::Review { kind, code: None, close_by: None, note }));
    }
    if known.all_waiting().next().is_some() && !chance.one_in(4) {
        return (chance.pick(&["quell", "lind"]), approves(shop, deviation, "J. Lind"));
    }
    let left = state.pieces_left();
    if left > 2 && chance.one_in(2) {
        let some = 1 + u32::try_from(chance.below(u64::from(left - 1))).unwrap();
        let unit = Some(shop.traveler.clone());
        let share = |pieces, disposition| {
            let pieces = Some(pieces);
            Share { unit: unit.clone(), pieces, disposition }
        };
        let shares = vec![share(left - some, disposition), share(some, Disposition::Scrap)];
        let (reason, by) = ("burrs".to_owned(), Signer::by_badge("S. Brandt"));
        let command = DeviationCommand::Dispose { shares, reason, by };
        return (who, Command::Deviation(deviation.clone(), command));
    }
    (who, disposes(deviation.as_str(), disposition))
}
