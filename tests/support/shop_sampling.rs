//! A step whose one measurement is sampled, and orders of many units that pass it.

use gemba::domain::decide::Command;
use gemba::domain::instruction::{
    Ask, Instruction, InstructionRules, Measure, MeasureRules, Step, StepRules,
};
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units};
use gemba::domain::place::{PlaceCommand, Policy};
use gemba::domain::sampling::{SampleDecided, Sampling};
use gemba::domain::specification::{CharacteristicKind, Class};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};

use super::shop::{SITE, Shop};
use super::shop_plan::{assembly, id, limits, order, reading};

/// The orders whose units pass the sampled step, twenty-five units each.
pub(crate) const ORDERS: [&str; 2] = ["WO-S", "WO-T"];

/// One step: a gap that is measured by a plan, and a note that is made on each unit.
pub(crate) fn sampled(plan: &str, revision: &str) -> Instruction {
    let sampling = Sampling::parse(plan).unwrap_or_else(|error| panic!("{plan:?}: {error}"));
    let gap = Measure {
        characteristic: Some(id("c-gap")),
        name: "Joint gap".to_owned(),
        requirement: "max 0.05".to_owned(),
        kind: CharacteristicKind::Measured(limits("", "0.05", "mm")),
        class: Some(Class::Minor),
        balloon: Some("5".to_owned()),
        count: 1,
        gauge: None,
        on_fail: None,
        rules: MeasureRules { sampling: Some(sampling), ..MeasureRules::default() },
    };
    Instruction {
        id: id("WI-5"),
        title: "Close the joint".to_owned(),
        revision: id(revision),
        operation: 10,
        operation_name: "Closing".to_owned(),
        specification: None,
        qualification: None,
        steps: vec![Step {
            id: id("gap"),
            title: "Measure the gap".to_owned(),
            text: Vec::new(),
            asks: vec![Ask::Measure(gap)],
            rules: StepRules::default(),
        }],
        rules: InstructionRules::default(),
        ..assembly()
    }
}

/// Twenty-five units that pass the sampled step.
pub(crate) fn sampling_order() -> OrderOpened {
    let units = (1..=25).map(|n| id(&format!("{n:04}")));
    let route = RouteOperation { operation: 10, instruction: id("WI-5"), work_center: id("ASM") };
    OrderOpened { units: Units::Serials(units.collect()), route: vec![route], ..order() }
}

pub(crate) fn gap_at() -> StepAt {
    StepAt { operation: 10, step: id("gap") }
}

pub(crate) fn gap(text: &str) -> TravelerCommand {
    let entry = Entry::Reading { value: reading(text, "mm"), gauge: None };
    TravelerCommand::Record { at: gap_at(), ask: 1, sample: 1, entry }
}

pub(crate) fn gap_done() -> TravelerCommand {
    TravelerCommand::CompleteStep { at: gap_at(), read_in: None }
}

pub(crate) fn set_up() -> PlaceCommand {
    PlaceCommand::SetUp { instruction: id("WI-5"), revision: None, note: String::new() }
}

impl Shop {
    /// A plant with the sampled step and two orders for it.
    pub(crate) fn sampling(plan: &str) -> Self {
        let mut shop = Self::open();
        shop.release_read(&sampled(plan, "A"));
        let many = sampling_order();
        for order in ORDERS {
            shop.does("plan", Command::Order(id(order), OrderCommand::Open(many.clone())));
        }
        shop.share();
        shop.traveler.order = id(ORDERS[0]);
        shop
    }

    /// The site changes its rules.
    pub(crate) fn site(&mut self, change: impl FnOnce(&mut Policy)) -> &mut Self {
        let StreamState::Site(known) = self.stream(&Subject::Site(id(SITE))).state else {
            panic!("a site's stream holds a site");
        };
        let mut policy = known.policy.unwrap();
        change(&mut policy);
        self.does("admin", Command::Site(id(SITE), policy.into()))
    }

    /// Something is noted about the place at hand.
    pub(crate) fn notes(&mut self, what: PlaceCommand) -> &mut Self {
        let place = self.here().place.clone().unwrap();
        self.does("novak", Command::Place(place, what))
    }

    /// A unit passes the step, measured where it is to be; tells what was decided.
    #[track_caller]
    pub(crate) fn passes(&mut self, order: &str, unit: u32) -> SampleDecided {
        self.traveler.order = id(order);
        self.unit(&format!("{unit:04}")).does("novak", TravelerCommand::Start);
        let shown = self.samples(&self.traveler.clone());
        let shown = shown.values().next().unwrap()[0].clone();
        if shown.sampled {
            self.does("novak", gap("0.02"));
        }
        self.does("novak", gap_done());
        let state = self.state();
        let decided = state.attempts[0].samples[0].clone();
        assert_eq!(decided, shown, "what is shown before is what is decided");
        assert_eq!(state.attempts[0].entries.len(), usize::from(decided.sampled));
        decided
    }

    /// Units of the first order, one after the other: the numbers of those that are measured.
    #[track_caller]
    pub(crate) fn measured(&mut self, units: std::ops::RangeInclusive<u32>) -> Vec<u32> {
        units.filter(|unit| self.passes(ORDERS[0], *unit).sampled).collect()
    }
}
