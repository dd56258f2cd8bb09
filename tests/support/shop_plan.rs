//! The plan of the shop: its part, instructions, people, gauges and places, and what is said there.

use std::str::FromStr;
use std::sync::Arc;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Raise, Share};
use gemba::domain::effectivity::Effectivity;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{DeviationId, StepId};
use gemba::domain::instruction::{
    Ask, EnterForm, InstallBy, Instruction, InstructionRules, Measure, MeasureRules, OnFail,
    ScanMatch, SignAsk, Step, StepRules, Wait, WaitClock,
};
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units};
use gemba::domain::people::{PersonCommand, RevisionRead, Role};
use gemba::domain::place::{PlaceCommand, PlaceDefined, Policy};
use gemba::domain::quantity::{DecisionRule, Limits, Number};
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Meaning;
use gemba::domain::signature::Signer;
use gemba::domain::specification::{Characteristic, CharacteristicKind, Class, Specification};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::unit::Unit;

use super::shop::{SITE, Shop};

#[track_caller]
pub(crate) fn id<T: FromStr>(text: &str) -> T {
    text.parse().ok().unwrap_or_else(|| panic!("{text:?} is no id"))
}

pub(crate) fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

pub(crate) fn unit(symbol: &str) -> Unit {
    Unit::parse(symbol).unwrap()
}

pub(crate) fn limits(lower: &str, upper: &str, symbol: &str) -> Limits {
    let side = |text: &str| (!text.is_empty()).then(|| number(text));
    Limits {
        nominal: None,
        lower: side(lower),
        upper: side(upper),
        unit: unit(symbol),
        rule: DecisionRule::default(),
    }
}

pub(crate) fn measure(name: &str, kind: CharacteristicKind, count: u16, gauge: &str) -> Measure {
    Measure {
        characteristic: Some(id(&format!("c-{name}"))),
        name: name.to_owned(),
        requirement: "as drawn".to_owned(),
        kind,
        class: Some(Class::Major),
        balloon: Some("1".to_owned()),
        count,
        gauge: (!gauge.is_empty()).then(|| id(gauge)),
        on_fail: Some(OnFail::Rework(id("torque"))),
        rules: MeasureRules::default(),
    }
}

/// What failed may be measured again once.
fn retried(measure: Measure) -> Measure {
    Measure { rules: MeasureRules { retry_max: Some(1), ..MeasureRules::default() }, ..measure }
}

pub(crate) fn step(name: &str, asks: Vec<Ask>) -> Step {
    Step {
        id: id(name),
        title: name.to_owned(),
        text: Vec::new(),
        asks,
        rules: StepRules::default(),
    }
}

fn sign(role: Role, meaning: Meaning, not_same: &[&str]) -> Ask {
    let not_same_person_as = not_same.iter().map(|step| id(step)).collect();
    Ask::Sign(SignAsk { role, meaning, not_same_person_as })
}

pub(crate) fn check(question: &str) -> Ask {
    Ask::Check { question: question.to_owned(), gauge: None, setting: None }
}

fn wait(min: Option<u32>, max: Option<u32>, clock: WaitClock) -> Ask {
    Ask::Wait(Wait { seconds_min: min, seconds_max: max, clock, ring_seconds: None })
}

/// Every kind of ask, a step each; `torque` takes four readings of 23 to 27 N·m.
pub(crate) fn assembly() -> Instruction {
    let scan = |label: &str, matches| Ask::Scan { label: label.to_owned(), matches };
    let install = |name: &str, by| Ask::Install { name: name.to_owned(), part: id(name), by };
    let enter = |label: &str, form| Ask::Enter { label: label.to_owned(), form };
    let torque = CharacteristicKind::Measured(limits("23", "27", "N·m"));
    let warmth = CharacteristicKind::Reference(limits("", "30", "°C"));
    Instruction {
        id: id("WI-1"),
        title: "Fit the cover".to_owned(),
        part: id("CP-40"),
        revision: id("C"),
        operation: 20,
        operation_name: "Assembly".to_owned(),
        work_center: id("ASM"),
        specification: Some(id("F")),
        qualification: Some(id("torque-1")),
        steps: vec![
            step(
                "scan",
                vec![
                    scan("The unit", ScanMatch::Unit),
                    install("housing", InstallBy::Serial),
                    install("cover", InstallBy::Lot),
                ],
            ),
            step("clean", vec![check("Clean?")]),
            step(
                "torque",
                vec![Ask::Measure(retried(measure("torque", torque, 4, "torque-wrench")))],
            ),
            step(
                "look",
                vec![
                    Ask::Measure(measure("look", CharacteristicKind::Attribute, 1, "")),
                    Ask::Measure(measure("warmth", warmth, 1, "")),
                    enter("Remark", EnterForm::Text),
                    enter("Count", EnterForm::Number(unit("pcs"))),
                ],
            ),
            step("cure", vec![wait(Some(1200), Some(7200), WaitClock::Cure)]),
            step("press", vec![wait(Some(300), Some(1800), WaitClock::Working)]),
            step("release", vec![sign(Role::Inspector, Meaning::Verified, &["torque"])]),
            step("pack", Vec::new()),
        ],
        rules: InstructionRules::default(),
        language: None,
        translations: Vec::new(),
        read_in: None,
    }
}

/// Two hundred diameters, then a witness without named steps.
pub(crate) fn inspection() -> Instruction {
    let diameter = CharacteristicKind::Measured(limits("73.980", "74.020", "mm"));
    Instruction {
        id: id("WI-2"),
        title: "Inspect".to_owned(),
        operation: 30,
        operation_name: "Inspection".to_owned(),
        work_center: id("INC"),
        qualification: None,
        steps: vec![
            step("diameter", vec![Ask::Measure(measure("diameter", diameter, 200, ""))]),
            step("final", vec![check("Good?"), sign(Role::Quality, Meaning::Witnessed, &[])]),
        ],
        ..assembly()
    }
}

pub(crate) fn specification() -> Specification {
    let torque = CharacteristicKind::Measured(limits("23", "27", "N·m"));
    Specification {
        part: id("CP-40"),
        revision: id("F"),
        drawing: "D-4410 rev F".to_owned(),
        characteristics: vec![Characteristic {
            id: id("c-torque"),
            balloon: "4".to_owned(),
            location: "1/B3".to_owned(),
            requirement: "25 ±2 N·m".to_owned(),
            name: "Bolt torque".to_owned(),
            kind: torque,
            class: Class::Major,
            gauge: Some(id("torque-wrench")),
            sampling: None,
        }],
    }
}

pub(crate) const PEOPLE: [(&str, Role); 10] = [
    ("admin", Role::Administrator),
    ("novak", Role::Operator),
    ("haas", Role::Operator),
    ("green", Role::Operator),
    ("okafor", Role::Inspector),
    ("ito", Role::Inspector),
    ("brandt", Role::Supervisor),
    ("lind", Role::Engineer),
    ("quell", Role::Quality),
    ("plan", Role::Planner),
];

impl Shop {
    /// A plant with its people, gauges and definitions, and an order of four units.
    pub(crate) fn open() -> Self {
        let mut shop = Self::bare(TravelerId { order: id("WO-1"), unit: id("0001") });
        shop.found();
        shop.release(&assembly());
        shop.release(&inspection());
        let bytes = serde_json::to_vec(&specification()).unwrap();
        let hash = Hash::of(&[&bytes]);
        let (submit, part) = (submission("F", hash), id("CP-40"));
        shop.does("lind", Command::Specification(part, submit));
        for who in ["lind", "quell"] {
            shop.does(who, Command::Specification(id("CP-40"), approval("F", who)));
        }
        shop.does("plan", Command::Order(id("WO-1"), OrderCommand::Open(order())));
        shop.share();
        shop
    }

    /// The unit is started and every step before the one named is done.
    pub(crate) fn reaching(name: &str) -> Self {
        let mut shop = Self::open();
        shop.does("novak", TravelerCommand::Start).reaches(name);
        shop.share();
        shop
    }

    /// Site, places, people and gauges.
    pub(crate) fn found(&mut self) {
        self.founding = true;
        let policy = Policy::new(
            "Harbor plant".to_owned(),
            "Europe/Berlin".to_owned(),
            vec![Role::Engineer, Role::Quality],
        );
        self.does("admin", Command::Site(id(SITE), policy.into()));
        for (place, work_center) in [("ASM-1", "ASM"), ("ASM-2", "ASM"), ("INC-1", "INC")] {
            let defined = PlaceDefined {
                name: place.to_owned(),
                site: id(SITE),
                area: id("line-1"),
                work_center: id(work_center),
            };
            self.does("admin", Command::Place(id(place), PlaceCommand::Define(defined)));
        }
        for (who, role) in PEOPLE {
            let identity_verified_by = "passport".to_owned();
            let admit = PersonCommand::Admit { roles: [role].into(), identity_verified_by };
            self.does("admin", Command::Person(id(who), admit));
        }
        self.founding = false;
        for (who, until) in [
            ("novak", Some("2026-12-31")),
            ("haas", Some("2026-11-01")),
            ("okafor", Some("2026-12-31")),
            ("ito", None),
        ] {
            let until = until.map(|day| day.parse().unwrap());
            let qualify = PersonCommand::Qualify { qualification: id("torque-1"), until };
            self.does("admin", Command::Person(id(who), qualify));
        }
        for (gauge, class, due) in [
            ("TW-07", "torque-wrench", Some("2026-11-30")),
            ("TW-08", "torque-wrench", Some("2026-11-22")),
            ("TW-09", "torque-wrench", None),
            ("CAL-1", "caliper", Some("2026-12-31")),
            ("CAL-2", "caliper", Some("2026-11-01")),
        ] {
            self.does("quell", gauge_registered(gauge, class));
            if let Some(due) = due {
                self.does("quell", calibrated(gauge, "2025-11-01", due));
            }
        }
    }

    /// Submits and approves an instruction.
    pub(crate) fn release(&mut self, instruction: &Instruction) -> Hash {
        let hash = Hash::of(&[&serde_json::to_vec(instruction).unwrap()]);
        self.instructions.insert(hash, Arc::new(instruction.clone()));
        let revision = instruction.revision.as_str();
        let (wi, submit) = (instruction.id.clone(), submission(revision, hash));
        self.does("lind", Command::Instruction(wi.clone(), submit));
        for who in ["lind", "quell"] {
            self.does(who, Command::Instruction(wi.clone(), approval(revision, who)));
        }
        hash
    }

    /// Releases a revision, and those who work by it have read what it changed.
    pub(crate) fn release_read(&mut self, instruction: &Instruction) -> Hash {
        let hash = self.release(instruction);
        for who in ["novak", "ito"] {
            let (of, revision) = (instruction.id.clone(), instruction.revision.clone());
            let read = RevisionRead { instruction: of, revision, hash };
            self.does(who, Command::Person(id(who), PersonCommand::ReadRevision(read)));
        }
        hash
    }

    /// Does every step before the one named, as the instruction asks.
    pub(crate) fn reaches(&mut self, name: &str) -> &mut Self {
        for step in assembly().steps.iter().map(|s| s.id.as_str().to_owned()) {
            if step == name {
                return self;
            }
            self.step_done(&step);
        }
        if name == "diameter" {
            self.place("INC-1");
        }
        self
    }

    /// Does one step of the assembly without a fault.
    pub(crate) fn step_done(&mut self, step: &str) -> &mut Self {
        let serial = format!("H-{}", self.traveler.unit);
        let unit = self.traveler.unit.to_string();
        match step {
            "scan" => self
                .does("novak", text("scan", 1, &unit))
                .does("novak", text("scan", 2, &serial))
                .does("novak", text("scan", 3, "LOT-7")),
            "clean" => self.does("novak", answer("clean", 1, true)),
            "torque" => {
                for sample in 1..=4 {
                    self.does("novak", torque(sample, "24.8"));
                }
                &mut *self
            }
            "look" => self
                .does("novak", value("look", 1, ReadingValue::Conforms(true)))
                .does("novak", value("look", 2, reading("21", "°C")))
                .does("novak", text("look", 3, "nothing"))
                .does("novak", text("look", 4, "12")),
            "cure" | "press" => self.does("novak", begin_wait(step)).later(1300),
            "release" => self.does("okafor", signs("release", 1)),
            _ => &mut *self,
        };
        self.does("novak", complete(step))
    }
}

pub(crate) fn order() -> OrderOpened {
    let route = |operation, instruction: &str, work_center: &str| RouteOperation {
        operation,
        instruction: id(instruction),
        work_center: id(work_center),
    };
    OrderOpened {
        part: id("CP-40"),
        units: Units::Serials(["0001", "0002", "0003", "0004"].map(id).to_vec()),
        route: vec![route(20, "WI-1", "ASM"), route(30, "WI-2", "INC")],
        due: Some("2026-12-01".parse().unwrap()),
        priority: 3,
    }
}

pub(crate) fn submission(revision: &str, hash: Hash) -> RevisionCommand {
    let title = "title".to_owned();
    let effectivity = Effectivity::default();
    RevisionCommand::Submit { revision: id(revision), hash, blobs: Vec::new(), title, effectivity }
}

/// Approves whatever waits; the shop fills in what that is.
pub(crate) fn approval(revision: &str, who: &str) -> RevisionCommand {
    let (revision, shown) = (id(revision), Hash::ZERO);
    RevisionCommand::Approve { revision, shown, by: Signer::by_badge(who) }
}

pub(crate) fn gauge_registered(gauge: &str, class: &str) -> Command {
    let described = GaugeDescription::new(gauge.to_owned(), id(class));
    Command::Gauge(id(gauge), GaugeCommand::Register(described))
}

pub(crate) fn calibrated(gauge: &str, on: &str, due: &str) -> Command {
    let (on, due) = (on.parse().unwrap(), Some(due.parse().unwrap()));
    let (certificate, as_found) = ("K-1".to_owned(), None);
    Command::Gauge(id(gauge), GaugeCommand::Calibrate { on, due, certificate, as_found })
}

/// A step of the assembly, or of the inspection by its name.
pub(crate) fn at(step: &str) -> StepAt {
    let inspects = ["diameter", "final", "box", "tally", "seal"].contains(&step);
    StepAt { operation: if inspects { 30 } else { 20 }, step: id(step) }
}

pub(crate) fn reading(text: &str, symbol: &str) -> ReadingValue {
    ReadingValue::Number { number: number(text), unit: unit(symbol) }
}

fn record(step: &str, ask: u16, sample: u16, entry: Entry) -> TravelerCommand {
    TravelerCommand::Record { at: at(step), ask, sample, entry }
}

pub(crate) fn measured(step: &str, sample: u16, text: &str, gauge: &str) -> TravelerCommand {
    let symbol = if step == "torque" { "N·m" } else { "mm" };
    let gauge = (!gauge.is_empty()).then(|| id(gauge));
    record(step, 1, sample, Entry::Reading { value: reading(text, symbol), gauge })
}

/// A torque with the gauge that is in date.
pub(crate) fn torque(sample: u16, text: &str) -> TravelerCommand {
    measured("torque", sample, text, "TW-07")
}

pub(crate) fn value(step: &str, ask: u16, value: ReadingValue) -> TravelerCommand {
    record(step, ask, 1, Entry::Reading { value, gauge: None })
}

pub(crate) fn text(step: &str, ask: u16, text: &str) -> TravelerCommand {
    record(step, ask, 1, Entry::Text(text.to_owned()))
}

pub(crate) fn answer(step: &str, ask: u16, yes: bool) -> TravelerCommand {
    record(step, ask, 1, Entry::Answer(yes))
}

pub(crate) fn begin_wait(step: &str) -> TravelerCommand {
    record(step, 1, 1, Entry::BeginWait)
}

pub(crate) fn complete(step: &str) -> TravelerCommand {
    TravelerCommand::CompleteStep { at: at(step), read_in: None }
}

pub(crate) fn skip(step: &str) -> TravelerCommand {
    TravelerCommand::SkipStep { at: at(step), reason: "no wrench today".to_owned() }
}

pub(crate) fn signs(step: &str, ask: u16) -> TravelerCommand {
    TravelerCommand::Sign { at: at(step), ask, by: Signer::by_badge("A. Signer") }
}

pub(crate) fn signs_by_pin(step: &str, ask: u16) -> TravelerCommand {
    TravelerCommand::Sign { at: at(step), ask, by: Signer::by_pin("A. Signer") }
}

pub(crate) fn accept_wait(step: &str) -> TravelerCommand {
    TravelerCommand::AcceptWait { at: at(step), reason: "seen on the wall clock".to_owned() }
}

pub(crate) fn raises(step: &str) -> TravelerCommand {
    TravelerCommand::RaiseDeviation { at: at(step), raise: Box::new(Raise::noted("a scratch")) }
}

pub(crate) fn pause() -> TravelerCommand {
    TravelerCommand::Pause { reason: "lunch".to_owned() }
}

pub(crate) fn disposes(deviation: &str, disposition: Disposition) -> Command {
    let (reason, by) = ("seen".to_owned(), Signer::by_badge("S. Brandt"));
    let shares = Share::all(disposition);
    let command = DeviationCommand::Dispose { shares, reason, by };
    Command::Deviation(id::<DeviationId>(deviation), command)
}

pub(crate) fn rework(step: &str) -> Disposition {
    Disposition::Rework { step: id::<StepId>(step) }
}

impl Shop {
    /// The last reading at a sample of the torque step, typed again.
    pub(crate) fn retype(&self, sample: u16, text: &str) -> TravelerCommand {
        let value = reading(text, "N·m");
        TravelerCommand::Retype { reading: self.torque_at(sample), value }
    }

    pub(crate) fn correct(&self, sample: u16, text: &str) -> TravelerCommand {
        let (value, reason) = (reading(text, "N·m"), "read it wrong".to_owned());
        TravelerCommand::Correct { reading: self.torque_at(sample), value, reason }
    }

    /// Where the last reading at a sample of the torque step stands.
    pub(crate) fn torque_at(&self, sample: u16) -> gemba::domain::fact::Position {
        let state = self.state();
        let step = id("torque");
        let attempts = state.attempts_at(20, &step);
        let entries = attempts.flat_map(|attempt| &attempt.entries);
        entries.filter(|e| e.sample == sample && e.reading().is_some()).last().unwrap().at.clone()
    }
}
