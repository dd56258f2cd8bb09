//! Permits, as a store would tell them.

use gemba::domain::ids::{PermitId, PersonId};
use gemba::domain::people::{Action, Role};
use gemba::domain::permit::PermitState;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::words::Words;
use gemba::views::permit::{PermitOffer, PermitRow};
use gemba::views::query::{Answer, Query};
use jiff::civil::Date;

use super::shop::Shop;

/// The answer to a question about permits.
pub(crate) fn permits(query: &Query, shop: &Shop) -> Option<Answer> {
    let row = |(id, state): (&PermitId, &PermitState)| {
        let name = |by: Option<&PersonId>| by.map_or_else(String::new, ToString::to_string);
        PermitRow::of(id, state, (today(shop), 7), name)
    };
    if let Query::Permit { id } = query {
        let found = known(shop).find(|(known, _)| *known == id);
        return Some(Answer::Permit(found.and_then(row).map(Box::new)));
    }
    let all = matches!(query, Query::Permits { .. });
    all.then(|| Answer::Permits(known(shop).filter_map(row).collect()))
}

/// What is told at sign-in of permits that end soon or are almost used, to who works by them.
pub(crate) fn soon(roles: &[Role], shop: &Shop) -> Vec<Words> {
    let performs = roles.iter().any(|role| Action::Perform.roles().contains(role));
    let rows = permits(&Query::Permits { all: false }, shop).filter(|_| performs);
    let Some(Answer::Permits(rows)) = rows else { return Vec::new() };
    rows.iter().filter_map(PermitRow::soon_words).collect()
}

fn known(shop: &Shop) -> impl Iterator<Item = (&PermitId, &PermitState)> {
    shop.here().streams().filter_map(|(subject, stream)| match (subject, &stream.state) {
        (Subject::Permit(id), StreamState::Permit(state)) => Some((id, state)),
        _ => None,
    })
}

fn today(shop: &Shop) -> Date {
    let zone = gemba::domain::context::time_zone("Europe/Berlin").unwrap();
    shop.moment().day(None, zone)
}

/// The permits by which what waits to be typed again may go on.
pub(crate) fn offers(wanted: &TravelerId, shop: &Shop) -> Vec<PermitOffer> {
    let StreamState::Traveler(state) = shop.stream(&Subject::Traveler(wanted.clone())).state else {
        panic!("a traveler's stream holds a traveler");
    };
    let fitting = state.permits_for(wanted, known(shop), (today(shop), &shop.instructions));
    fitting.into_iter().filter_map(|(id, permit)| PermitOffer::of(id, permit)).collect()
}
