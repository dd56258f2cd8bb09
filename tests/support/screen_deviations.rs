//! Deviations as screens are shown them, from what the shop knows.

use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::state::TravelerState;
use gemba::views::deviation::DeviationView;
use gemba::views::deviation_of::{Around, view};

use super::shop::Shop;
use super::shop_plan::id;

/// Every deviation of the first station.
pub(crate) fn deviations(shop: &Shop) -> Vec<DeviationView> {
    let here = &shop.stations[0];
    let unit = |traveler| -> TravelerState {
        let StreamState::Traveler(state) = here.stream(&Subject::Traveler(traveler)).state else {
            panic!("a traveler's stream holds a traveler");
        };
        state
    };
    let views = (1..=9).filter_map(|n| {
        let number = id(&format!("NCR-ASM1-{n:04}"));
        let StreamState::Deviation(state) =
            here.stream(&Subject::Deviation(id(&format!("NCR-ASM1-{n:04}")))).state
        else {
            return None;
        };
        let units = state.units.iter().map(|named| named.unit.traveler.clone());
        let units = units.map(|traveler| (traveler.clone(), unit(traveler)));
        let around = Around {
            units: units.collect(),
            texts: shop.instructions.clone(),
            raised_by: "A. Novak".to_owned(),
            reviewers: vec!["R. Quell".to_owned(); state.reviews.len()],
            at_server: false,
        };
        view(&number, &state, around)
    });
    views.map(|view| DeviationView { place: Some(id("ASM-2")), ..view }).collect()
}
