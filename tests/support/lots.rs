//! A lot in the shop: deburred and counted at ASM, boxed and counted again at INC.

use gemba::domain::decide::Command;
use gemba::domain::ids::UnitId;
use gemba::domain::instruction::{Ask, Instruction, QuantityRule, Step, StepRules};
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::lot::Pieces;
use gemba::domain::traveler::split::Split;
use gemba::domain::traveler::state::TravelerState;

use super::shop::Shop;
use super::shop_plan::{answer, assembly, at, complete, id, order};

pub(crate) const LOT_PIECES: u32 = 100;

fn step(name: &str, asks: Vec<Ask>, counts: bool) -> Step {
    let quantity = counts.then(|| QuantityRule { label: "Pieces".to_owned() });
    let rules = StepRules { quantity, ..StepRules::default() };
    Step { id: id(name), title: name.to_owned(), text: Vec::new(), asks, rules }
}

fn check(question: &str) -> Vec<Ask> {
    let mut ask = assembly().steps[1].asks[0].clone();
    if let Ask::Check { question: asked, .. } = &mut ask {
        question.clone_into(asked);
    }
    vec![ask]
}

/// Operation 20: deburr, then count.
pub(crate) fn deburring() -> Instruction {
    Instruction {
        id: id("WI-5"),
        title: "Deburr".to_owned(),
        operation_name: "Deburring".to_owned(),
        specification: None,
        qualification: None,
        steps: vec![step("deburr", check("Deburred?"), false), step("count", Vec::new(), true)],
        ..assembly()
    }
}

/// Operation 30: box, then count.
pub(crate) fn packing() -> Instruction {
    Instruction {
        id: id("WI-6"),
        title: "Pack".to_owned(),
        operation: 30,
        operation_name: "Packing".to_owned(),
        work_center: id("INC"),
        steps: vec![step("box", check("Boxed?"), false), step("tally", Vec::new(), true)],
        ..deburring()
    }
}

/// One lot of a hundred pieces.
pub(crate) fn lot_order() -> OrderOpened {
    let mut opened = order();
    opened.units = Units::Lot { lot: id("L-22"), quantity: LOT_PIECES };
    (opened.route[0].instruction, opened.route[1].instruction) = (id("WI-5"), id("WI-6"));
    opened
}

/// Reports pieces such as `60/2`, with a reason.
pub(crate) fn counted(step: &str, pieces: &str, reason: &str) -> TravelerCommand {
    let pieces = Pieces::parse(pieces).unwrap();
    TravelerCommand::ReportPieces { at: at(step), pieces, reason: reason.to_owned() }
}

/// Corrects the last report of the unit at hand.
pub(crate) fn recounted(shop: &Shop, pieces: &str, reason: &str) -> TravelerCommand {
    let report = shop.state().lot.reports.last().unwrap().at.clone();
    let pieces = Pieces::parse(pieces).unwrap();
    TravelerCommand::CorrectCount { report, pieces, reason: reason.to_owned() }
}

pub(crate) fn splits(quantity: u32) -> TravelerCommand {
    splits_into(None, quantity)
}

pub(crate) fn splits_into(into: Option<&str>, quantity: u32) -> TravelerCommand {
    let reason = "a rush order".to_owned();
    TravelerCommand::SplitLot(Split { into: into.map(id), quantity, reason })
}

impl Shop {
    /// The two instructions of lots are released.
    pub(crate) fn release_lots(&mut self) -> &mut Self {
        self.release(&deburring());
        self.release(&packing());
        self
    }

    /// A lot of a hundred pieces is begun, and is the traveler at hand.
    pub(crate) fn with_lot() -> Self {
        let mut shop = Self::open();
        shop.release_lots();
        shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
        shop.traveler.order = id("WO-2");
        shop.unit("L-22").does("novak", TravelerCommand::Start).share();
        shop
    }

    /// As [`Shop::with_lot`], deburred; the count is next.
    pub(crate) fn counting_lot() -> Self {
        let mut shop = Self::with_lot();
        shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr")).share();
        shop
    }

    fn state_of(&self, unit: &UnitId) -> TravelerState {
        let id = TravelerId { order: self.traveler.order.clone(), unit: unit.clone() };
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(id)).state else {
            panic!("a traveler's stream holds a traveler");
        };
        state
    }

    /// Whether earlier work was accepted on evidence, for a lot or for one that it was split off.
    fn goes_on_evidence(&self, lot: &TravelerState) -> bool {
        let mut from = lot.lot.origins.iter().map(|origin| &origin.what.from.unit);
        !lot.accepted.is_empty() || from.any(|unit| self.goes_on_evidence(&self.state_of(unit)))
    }

    /// The lots of the order at hand that are known here, from its first one on.
    pub(crate) fn lots(&self) -> Vec<UnitId> {
        let mut found = vec![id::<UnitId>("L-22")];
        let mut next = 0;
        while next < found.len() {
            for (_, split) in self.state_of(&found[next]).lot.splits {
                if !found.contains(&split.into) {
                    found.push(split.into);
                }
            }
            next += 1;
        }
        found
    }
}

/// Whatever was reported and split: the lots sum to the order, and only what came in is good.
pub(crate) fn pieces_add_up(shop: &Shop) {
    if shop.state().started.is_none_or(|started| started.pieces.is_none()) {
        return;
    }
    let mut sum = 0;
    for lot in shop.lots() {
        let state = shop.state_of(&lot);
        sum += state.pieces();
        if shop.goes_on_evidence(&state) {
            // Where earlier work was accepted on evidence, later pieces are counted before earlier
            // ones, and what is found then may contradict the evidence.
            continue;
        }
        for operation in &state.started.as_ref().unwrap().operations {
            let number = operation.operation;
            let (done, came) =
                (state.reported(number), state.pieces_into(number, &shop.instructions));
            assert!(done.good + done.scrap <= came, "{number}: {done:?} of {came}");
        }
    }
    let begun = shop.state_of(&id("L-22")).pieces_begun();
    assert_eq!(sum, begun, "the lots of an order sum to its quantity");
}
