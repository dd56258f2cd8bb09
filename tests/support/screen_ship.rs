//! What is finished and what went out, as a store would tell it.

use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::moment::Moment;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::exceptions::digest;
use gemba::domain::traveler::shipped::why_not_shipped;
use gemba::domain::traveler::state::TravelerState;
use gemba::views::ship::{ExceptionRow, ShipReview, ShipRow, ShipStands};
use gemba::views::signature::SignatureView;

use super::shop::Shop;

/// Every unit that is finished or went out.
pub(crate) fn ships(shop: &Shop) -> Vec<ShipRow> {
    let units = shop.units().into_iter();
    let mut rows: Vec<ShipRow> = units.filter_map(|(id, state)| row(id, &state, shop)).collect();
    rows.sort_by_key(|row| (row.stands, row.traveler.clone()));
    rows
}

fn row(traveler: TravelerId, state: &TravelerState, shop: &Shop) -> Option<ShipRow> {
    let started = state.started.as_ref()?;
    let (finished, release) = (state.finished(&shop.instructions), state.shipped());
    if !finished && release.is_none() {
        return None;
    }
    let held = state.open_holds().next();
    let held = held.map(|(_, hold)| hold.placed.reason.words().to_string());
    let why = release.map_or(held, |release| state.not_valid(release));
    let stands = match (release.is_some(), why.is_some()) {
        (true, true) => ShipStands::ShippedInDoubt,
        (true, false) => ShipStands::Shipped,
        (false, true) => ShipStands::OnHold,
        (false, false) => ShipStands::ToShip,
    };
    Some(ShipRow {
        traveler,
        part: started.part.clone(),
        stands,
        finished: state.last.as_ref().map(Moment::effective),
        shipped: release.map(|release| release.moment.effective()),
        why,
    })
}

/// A unit as it is reviewed.
pub(crate) fn ship_review(id: &TravelerId, shop: &Shop) -> Option<ShipReview> {
    let (_, state) = shop.units().into_iter().find(|(unit, _)| unit == id)?;
    let (set, by) = (Vec::new(), Signer::by_badge("R. Tanaka"));
    let command = TravelerCommand::Ship { shown: Hash::ZERO, set, by };
    let context = shop.context("quell", &Command::Traveler(id.clone(), command));
    let reasons = gemba::domain::refusal::Refusal::of(why_not_shipped(&state, &context)).told();
    let (list, _) = state.shown_to_ship(&context);
    let exception = |one: &gemba::domain::traveler::exceptions::Exception| ExceptionRow {
        kind: one.kind.to_owned(),
        what: one.what.clone(),
        fact: one.fact.clone(),
    };
    let release = state.shipped();
    Some(ShipReview {
        traveler: id.clone(),
        part: state.started.as_ref().map_or_else(String::new, |s| s.part.to_string()),
        ready: reasons.is_empty(),
        reasons,
        exceptions: list.iter().map(exception).collect(),
        digest: digest(&list),
        facts: state.facts.len(),
        released: release.map(|r| SignatureView::new(&r.at, &r.moment, &r.what.signature)),
        not_valid: release.and_then(|release| state.not_valid(release)),
    })
}
