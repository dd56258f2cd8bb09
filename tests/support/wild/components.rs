//! What is built in and taken out at random, and what goods-in notes of it.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::ids::PartId;
use gemba::domain::instruction::InstallBy;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traced::Traced;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::component::Becomes;
use gemba::domain::traveler::state::TravelerState;

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_plan::id;

/// Numbers that people scan again and again: bought in, blocked, past their date, used up.
const NUMBERS: [&str; 5] = ["N-1", "N-2", "N-3", "N-4", "0001"];

/// Goods-in notes, quality blocks and releases.
pub(super) fn on_material(chance: &mut Chance) -> Command {
    let part: PartId =
        id(chance.pick(&["cover", "cover", "cover", "cover", "cover", "housing", "seal"]));
    let lot = id(chance.pick(&NUMBERS[..2]));
    let expires = chance.pick(&[None, Some("2026-11-20"), Some("2027-03-01")]);
    let word = chance.pick(&["", "wet", "wet"]).to_owned();
    let received = MaterialReceived {
        supplier: chance.pick(&["Nordic", "Nordic", "Nordic", ""]).to_owned(),
        quantity: chance.pick(&[None, Some(0), Some(2), Some(200)]),
        expires: expires.map(|day| day.parse().unwrap()),
        certificate: chance.pick(&["", "C-1"]).to_owned(),
        corrects: chance.pick(&[None, None, Some("counted again")]).map(str::to_owned),
    };
    let command = match chance.below(6) {
        0 | 1 => MaterialCommand::Receive(received),
        2 | 3 => MaterialCommand::Block { reason: word },
        _ => MaterialCommand::Release { reason: word },
    };
    Command::Material(MaterialId { part, lot }, command)
}

/// A number as somebody scans it: mostly a new one, now and then one that is known, or in use.
pub(super) fn some_number(
    shop: &Shop,
    (name, part, by): (&str, &PartId, InstallBy),
    chance: &mut Chance,
) -> String {
    if by == InstallBy::Lot && !chance.one_in(3) {
        return chance.pick(&NUMBERS).to_owned();
    }
    match chance.below(6) {
        0 => chance.pick(&NUMBERS).to_owned(),
        1 => in_use(shop, part, chance).unwrap_or_else(|| format!("{name}-1")),
        2 => shop.traveler.to_string(),
        _ => format!("{name}-{}", chance.next()),
    }
}

/// A number of a part that is or was built in somewhere.
fn in_use(shop: &Shop, part: &PartId, chance: &mut Chance) -> Option<String> {
    let facts = shop.stations[0].written.iter().map(|sent| &sent.subject);
    let mut units: Vec<&Subject> =
        facts.filter(|subject| matches!(subject, Subject::Traveler(_))).collect();
    units.dedup();
    if units.is_empty() {
        return None;
    }
    let unit = chance.pick(&units);
    let StreamState::Traveler(state) = shop.stream(unit).state else { return None };
    state.components().iter().find(|b| b.part == part).map(|b| b.identity.to_owned())
}

/// A component is taken out, as somebody might who repairs the unit.
pub(super) fn takes_out(state: &TravelerState, chance: &mut Chance) -> Option<TravelerCommand> {
    let components = state.components();
    let built = components.iter().find(|built| built.stands())?;
    let deviation = state.deviations().into_iter().next().cloned();
    let other = deviation.map_or(Becomes::Reusable, Becomes::Deviation);
    let becomes = chance.pick(&[Becomes::Reusable, Becomes::Scrap, other]);
    let (entry, reason) = (built.entry.at.clone(), "cracked".to_owned());
    Some(TravelerCommand::RemoveComponent { entry, becomes, reason })
}

/// Any component, or none, is taken out for any reason.
pub(super) fn wild_removal(
    state: &TravelerState,
    other: Position,
    reason: String,
    chance: &mut Chance,
) -> TravelerCommand {
    let first = state.components().first().map(|built| built.entry.at.clone());
    let entry = first.filter(|_| !chance.one_in(4)).unwrap_or(other);
    let becomes = chance.pick(&[Becomes::Scrap, Becomes::Deviation(id("NCR-9"))]);
    TravelerCommand::RemoveComponent { entry, becomes, reason }
}

/// Something is called back that may never have reached the unit: who holds says so.
pub(super) fn wild_recall(fact: Position, reason: String, chance: &mut Chance) -> TravelerCommand {
    let of = chance.pick(&["gauge/TW-07", "material/cover/L-1", "place/ASM-1"]);
    TravelerCommand::HoldForRecall { of: Traced::parse(of).unwrap(), fact, reason }
}

/// Now and then something is called back that reached the unit by its last fact.
pub(super) fn called_back(state: &TravelerState, chance: &mut Chance) -> Option<TravelerCommand> {
    let fact = state.facts.keys().next_back().filter(|_| chance.one_in(60))?.clone();
    Some(wild_recall(fact, "wet".to_owned(), chance))
}
