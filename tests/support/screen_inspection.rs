//! Lots that are inspected, as a store would tell it.

use gemba::domain::inspection::first_article::asks_for;
use gemba::domain::inspection::series::SeriesState;
use gemba::domain::stream::{StreamState, Subject};
use gemba::views::first_article::FirstArticleView;
use gemba::views::grid::GridView;
use gemba::views::inspection::{InspectingView, LotToOpen, LotView, Names, NextView, SeriesView};
use gemba::views::query::{Answer, Query};

use super::inspections::covers;
use super::screen_answers::BADGES;
use super::shop::Shop;
use super::shop_plan::id;

pub(crate) fn names() -> Names {
    BADGES.iter().map(|(_, who, name, _)| (Some(id(who)), (*name).to_owned())).collect()
}

/// What is asked about lots, answered from the shop's facts.
pub(crate) fn inspections(query: &Query, shop: &Shop) -> Answer {
    let StreamState::Series(state) = shop.stream(&Subject::Series(covers())).state else {
        panic!("a series' stream holds a series");
    };
    let lots = || {
        state.lots.iter().map(|lot| {
            let material = shop.covers_in(lot.opened.lot.as_str());
            let specification = shop.specifications.values().next().map(|known| &**known);
            LotView::of((&covers(), &state), lot, (Some(&material), None), &names())
                .accounted(lot, specification)
        })
    };
    if let Query::Lot { opened, .. } = query {
        return Answer::Lot(lots().find(|lot| lot.opened == *opened).map(Box::new));
    }
    if let Query::Grid { opened, .. } = query {
        let lot = state.opened(opened).zip(lots().find(|lot| lot.opened == *opened));
        let grid = lot.map(|(lot, view)| {
            let text = shop.instructions.get(&lot.opened.hash);
            let specification = shop.specifications.values().next().map(|known| &**known);
            let asks = text.and_then(|text| asks_for(&lot.opened, text, specification));
            GridView::of(lot, view, asks, &names())
        });
        return Answer::Grid(grid.map(Box::new));
    }
    if let Query::FirstArticle { opened, .. } = query {
        let lot = state.opened(opened).zip(lots().find(|lot| lot.opened == *opened));
        let specification = shop.specifications.values().next();
        let form = lot.zip(specification).map(|((lot, view), known)| {
            Box::new(FirstArticleView::of(lot, view.accounted(lot, Some(known)), known))
        });
        return Answer::FirstArticle(form);
    }
    if *query == Query::LotsToOpen {
        return Answer::LotsToOpen(to_open(&state, shop));
    }
    if let Query::Inspections { decided } = query {
        return Answer::Inspections(lots().filter(|lot| *decided || lot.waits).collect());
    }
    let (part, supplier) = (covers().part, covers().supplier);
    let (next, lots) = (NextView::all_of(&state), lots().collect());
    Answer::Series(Some(Box::new(SeriesView { part, supplier, next, lots })))
}

/// The lots that the tests have come in, as far as they were not opened.
fn to_open(state: &SeriesState, shop: &Shop) -> Vec<LotToOpen> {
    let lots = ["L-1", "L-2", "L-3", "L-4"].into_iter().map(id);
    let came = lots.filter_map(|lot| {
        let before = state.lot(&lot);
        let received = shop.covers_in(lot.as_str()).received?;
        let waits = before.is_none_or(|before| before.standing().words().ends_with("sorted"));
        let by = InspectingView {
            instruction: id("WI-60"),
            title: "Inspect covers".to_owned(),
            rule: "AQL 0.65, level II, ISO 2859-1:1999".to_owned(),
        };
        waits.then(|| LotToOpen {
            part: covers().part,
            lot,
            unit: None,
            supplier: received.supplier,
            size: before.map(|before| before.opened.size).or(received.quantity),
            again: before.is_some(),
            by: vec![by],
        })
    });
    came.collect()
}
