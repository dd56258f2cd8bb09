//! A small route with rules of its own: free steps, conditions, limits on attempts, who may skip.

use gemba::domain::condition::{Comparison, Condition, SkipRule, Test};
use gemba::domain::decide::Command;
use gemba::domain::ids::StepId;
use gemba::domain::instruction::{
    Ask, EnterForm, Instruction, InstructionRules, Measure, MeasureRules, SignAsk, Step, StepRules,
};
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation};
use gemba::domain::people::Role;
use gemba::domain::quantity::Quantity;
use gemba::domain::signature::Meaning;
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::standing::StepStanding;

use super::shop::Shop;
use super::shop_plan::{assembly, id, limits, number, order, reading, unit};

/// The order whose units are coated and packed.
pub(crate) const ORDER: &str = "WO-R";

fn step(name: &str, rules: StepRules, asks: Vec<Ask>) -> Step {
    Step { id: id(name), title: name.to_owned(), text: Vec::new(), asks, rules }
}

fn check(question: &str) -> Ask {
    Ask::Check { question: question.to_owned(), gauge: None, setting: None }
}

fn when(step: &str, ask: u16, test: Test) -> StepRules {
    let condition = Condition { step: id(step), ask, sample: None, test };
    StepRules { when: Some(condition), ..StepRules::default() }
}

/// `view` decides about `polish` and `thin`, `wipe` rests on `polish`; `mask` and `tag` are free.
pub(crate) fn coating() -> Instruction {
    let plain = StepRules::default;
    let free = |skip| StepRules { free: true, skip, ..plain() };
    let enter = |label: &str, form| Ask::Enter { label: label.to_owned(), form };
    let gap = Measure {
        characteristic: None,
        name: "gap".to_owned(),
        requirement: "0 to 0.05 mm".to_owned(),
        kind: CharacteristicKind::Measured(limits("0", "0.05", "mm")),
        class: None,
        balloon: None,
        count: 1,
        gauge: None,
        on_fail: None,
        rules: MeasureRules::default(),
    };
    let more = Quantity { number: number("40"), unit: unit("µm") };
    let inspector = SignAsk {
        role: Role::Inspector,
        meaning: Meaning::Verified,
        not_same_person_as: Vec::new(),
    };
    Instruction {
        id: id("WI-3"),
        title: "Coat".to_owned(),
        revision: id("A"),
        operation: 10,
        operation_name: "Coating".to_owned(),
        specification: None,
        qualification: None,
        steps: vec![
            step(
                "view",
                StepRules { attempts_max: Some(2), ..plain() },
                vec![
                    check("Scratched?"),
                    enter("Color", EnterForm::Text),
                    Ask::Measure(gap),
                    enter("Layers", EnterForm::Number(unit("pcs"))),
                ],
            ),
            step("mask", free(SkipRule::Operator), vec![check("Masked?")]),
            step("tag", free(SkipRule::Supervisor), vec![enter("Tag", EnterForm::Text)]),
            step("polish", when("view", 1, Test::Answered(true)), vec![check("Smooth?")]),
            step("wipe", when("polish", 1, Test::Answered(true)), Vec::new()),
            step("thin", when("view", 3, Test::Compares(Comparison::More, more)), Vec::new()),
            step("dry", StepRules { skip: SkipRule::Never, ..plain() }, Vec::new()),
            step("approve", plain(), vec![Ask::Sign(inspector)]),
        ],
        rules: InstructionRules::default(),
        ..assembly()
    }
}

/// One step that asks for nothing, at another work center.
pub(crate) fn packing() -> Instruction {
    Instruction {
        id: id("WI-4"),
        title: "Pack".to_owned(),
        operation: 40,
        operation_name: "Packing".to_owned(),
        work_center: id("INC"),
        steps: vec![step("box", StepRules::default(), Vec::new())],
        ..coating()
    }
}

/// An order that is coated, then packed.
pub(crate) fn coated_order() -> OrderOpened {
    let route = |operation, instruction: &str, work_center: &str| RouteOperation {
        operation,
        instruction: id(instruction),
        work_center: id(work_center),
    };
    OrderOpened { route: vec![route(10, "WI-3", "ASM"), route(40, "WI-4", "INC")], ..order() }
}

/// A step of the coating, or of the packing.
pub(crate) fn coat(step: &str) -> StepAt {
    StepAt { operation: if step == "box" { 40 } else { 10 }, step: id(step) }
}

fn record(step: &str, ask: u16, entry: Entry) -> TravelerCommand {
    TravelerCommand::Record { at: coat(step), ask, sample: 1, entry }
}

pub(crate) fn says(step: &str, ask: u16, yes: bool) -> TravelerCommand {
    record(step, ask, Entry::Answer(yes))
}

pub(crate) fn types(step: &str, ask: u16, text: &str) -> TravelerCommand {
    record(step, ask, Entry::Text(text.to_owned()))
}

pub(crate) fn gap(text: &str) -> TravelerCommand {
    record("view", 3, Entry::Reading { value: reading(text, "mm"), gauge: None })
}

pub(crate) fn done(step: &str) -> TravelerCommand {
    TravelerCommand::CompleteStep { at: coat(step), read_in: None }
}

pub(crate) fn left_out(step: &str) -> TravelerCommand {
    TravelerCommand::SkipStep { at: coat(step), reason: "no cloth".to_owned() }
}

pub(crate) fn accepts(operation: u32) -> TravelerCommand {
    let evidence = "paper traveler, signed".to_owned();
    TravelerCommand::AcceptUpstream { operation, evidence }
}

impl Shop {
    /// A plant that coats and packs; a unit of that order is begun.
    pub(crate) fn coating() -> Self {
        let mut shop = Self::coats();
        shop.does("novak", TravelerCommand::Start);
        shop
    }

    /// A plant that coats and packs; nothing of its order is begun.
    pub(crate) fn coats() -> Self {
        let mut shop = Self::open();
        shop.release(&coating());
        shop.release(&packing());
        shop.does("plan", Command::Order(id(ORDER), OrderCommand::Open(coated_order())));
        shop.traveler.order = id(ORDER);
        shop.share();
        shop
    }

    /// Does the first step: scratched or not, and the gap in mm.
    #[track_caller]
    pub(crate) fn viewed(&mut self, scratched: bool, gap_mm: &str) -> &mut Self {
        self.does("novak", says("view", 1, scratched)).does("novak", types("view", 2, "Red"));
        self.does("novak", gap(gap_mm)).does("novak", types("view", 4, "2"));
        self.does("novak", done("view"))
    }

    /// Does both free steps.
    #[track_caller]
    pub(crate) fn masked(&mut self) -> &mut Self {
        self.does("novak", says("mask", 1, true)).does("novak", done("mask"));
        self.does("novak", types("tag", 1, "7")).does("novak", done("tag"))
    }

    /// How a step of the coating stands.
    pub(crate) fn coat_standing(&self, step: &str) -> StepStanding {
        self.state().step_standing(10, &id::<StepId>(step))
    }
}
