//! A plant on one store: people, gauges, definitions in effect, and the words to work in it.

use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::fact::{Acting, Written};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::ids::{Id, IdKind};
use gemba::domain::instruction::Instruction;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::place::{PlaceCommand, PlaceDefined, Policy};
use gemba::domain::quantity::Number;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::specification::Specification;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::unit::Unit;
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::transact::Saved;
use serde_json::{Value, json};

/// Torques that one unit of the assembly takes.
pub(crate) const BOLTS: u16 = 40;
/// Widths that each piece of a lot that comes in has.
pub(crate) const COLUMNS: u16 = 50;
/// Diameters that one lot of the inspection takes.
pub(crate) const PIECES: u16 = 2_000;

/// A station at work; A. Novak is signed in.
#[derive(Debug)]
pub(crate) struct Plant {
    pub(crate) ledger: Ledger,
    acting: Acting,
    seconds: i64,
}

pub(crate) fn id<K: IdKind>(text: &str) -> Id<K> {
    Id::parse(text).unwrap()
}

/// A moment some seconds after the plant's first.
pub(crate) fn moment(seconds: i64) -> Moment {
    let utc = jiff::Timestamp::from_second(1_795_593_600 + seconds).unwrap();
    let boot = id("boot-1");
    Moment { utc, mono_ms: seconds * 1000, boot, offset_ms: Some(0), offset_age_s: Some(5) }
}

impl Plant {
    /// A store with everything that work needs, and no work.
    pub(crate) fn found(dir: &Path) -> Self {
        let founding = Founding { station: id("ASM1"), demo: false, key: [7; 32] };
        let ledger = Ledger::create(dir, founding).unwrap();
        let acting = Acting { place: None, terminal: id("tty-1"), session: None, actor: None };
        let mut plant = Self { ledger, acting, seconds: 0 };
        plant.found_site();
        plant.admit();
        plant.register("TW-07", "torque-wrench", "N·m");
        plant.register("MI-02", "micrometer", "mm");
        plant.define();
        plant.go_to("novak", "ASM-1");
        plant
    }

    /// Another handle on the store of a plant.
    pub(crate) fn join(dir: &Path, terminal: &str) -> Self {
        let ledger = Ledger::open(dir).unwrap();
        let acting = Acting {
            place: Some(id("ASM-1")),
            terminal: id(terminal),
            session: None,
            actor: Some(id("novak")),
        };
        Self { ledger, acting, seconds: 1_000_000 }
    }

    pub(crate) fn go_to(&mut self, person: &str, place: &str) {
        self.acting.actor = Some(id(person));
        self.acting.place = Some(id(place));
    }

    fn now(&mut self) -> Moment {
        self.seconds += 1;
        moment(self.seconds)
    }

    pub(crate) fn tell(&mut self, command: Command) -> Saved {
        let now = self.now();
        self.ledger.transact(&self.acting, &now, command).unwrap()
    }

    /// Several as one act.
    pub(crate) fn tell_all(&mut self, commands: Vec<Command>) -> Saved {
        let now = self.now();
        self.ledger.transact_all(&self.acting, &now, commands).unwrap()
    }

    fn found_site(&mut self) {
        let approvals = vec![Role::Engineer, Role::Quality];
        let (name, time_zone) = ("Plant".to_owned(), "Europe/Berlin".to_owned());
        let policy = Policy::new(name, time_zone, approvals);
        let place = |name: &str, work_center: &str| PlaceDefined {
            name: name.to_owned(),
            site: id("PLANT"),
            area: id("HALL-1"),
            work_center: id(work_center),
        };
        for command in [
            Command::Site(id("PLANT"), policy.into()),
            Command::Place(id("ASM-1"), PlaceCommand::Define(place("Line 1", "ASM"))),
            Command::Place(id("INC-1"), PlaceCommand::Define(place("Incoming", "INC"))),
            admitted("admin", Role::Administrator),
        ] {
            let now = self.now();
            self.ledger.found(&self.acting, &now, command).unwrap();
        }
    }

    fn admit(&mut self) {
        self.acting.actor = Some(id("admin"));
        for (person, role) in [
            ("novak", Role::Operator),
            ("ilves", Role::Operator),
            ("engel", Role::Engineer),
            ("quade", Role::Quality),
            ("plank", Role::Planner),
        ] {
            self.tell(admitted(person, role));
        }
        let until = Some("2027-06-01".parse().unwrap());
        let trained = PersonCommand::Qualify { qualification: id("torque-1"), until };
        self.tell(Command::Person(id("novak"), trained));
    }

    /// Admits one more operator, without a qualification.
    pub(crate) fn admit_operator(&mut self, person: &str) {
        self.acting.actor = Some(id("admin"));
        self.tell(admitted(person, Role::Operator));
    }

    fn register(&mut self, gauge: &str, class: &str, unit: &str) {
        let resolution = Number::parse("0.001").ok();
        let (name, unit) = (gauge.to_owned(), Unit::parse(unit));
        let register = GaugeCommand::Register(GaugeDescription {
            name,
            class: id(class),
            unit,
            resolution,
            uncertainty: None,
            range: None,
            interval: None,
        });
        let (on, due) = ("2026-06-01".parse().unwrap(), "2027-06-01".parse().unwrap());
        let calibrate = GaugeCommand::Calibrate {
            on,
            due: Some(due),
            certificate: "C-1".to_owned(),
            as_found: None,
        };
        self.tell(Command::Gauge(id(gauge), register));
        self.tell(Command::Gauge(id(gauge), calibrate));
    }

    fn define(&mut self) {
        let submit = |hash| {
            let (revision, title) = (id("F"), "As released".to_owned());
            let effectivity = gemba::domain::effectivity::Effectivity::default();
            RevisionCommand::Submit { revision, hash, blobs: Vec::new(), title, effectivity }
        };
        let specification: Specification = serde_json::from_value(specification()).unwrap();
        let mut texts = vec![serde_json::to_vec(&specification).unwrap()];
        for instruction in [assembly(), inspection(), widths()] {
            let read: Instruction = serde_json::from_value(instruction).unwrap();
            texts.push(serde_json::to_vec(&read).unwrap());
        }
        let hashes: Vec<_> = texts.iter().map(|b| self.ledger.put_blob(b).unwrap()).collect();
        let of = [
            |command| Command::Specification(id("CP-40"), command),
            |command| Command::Instruction(id("WI-1040"), command),
            |command| Command::Instruction(id("WI-2001"), command),
            |command| Command::Instruction(id("WI-60"), command),
        ];
        for (of, hash) in of.iter().zip(hashes) {
            self.acting.actor = Some(id("engel"));
            self.tell(of(submit(hash)));
            for person in ["engel", "quade"] {
                self.acting.actor = Some(id(person));
                let (revision, by) = (id("F"), Signer::by_badge(person.to_uppercase()));
                self.tell(of(RevisionCommand::Approve { revision, shown: hash, by }));
            }
        }
        // What the server judged accepted comes back by the catalog, and is then in effect.
        self.ledger.set_feeds(&[Feed::Catalog, Feed::Site(id("PLANT"))]).unwrap();
        let own = self.ledger.outgoing((1, 0), (usize::MAX, usize::MAX)).unwrap();
        let released = own.into_iter().filter(|f| f.bytes.contains("Released\""));
        self.receive(&Feed::Catalog, released.collect());
    }

    /// Applies the next rows of a feed.
    pub(crate) fn receive(&mut self, feed: &Feed, rows: Vec<Written>) {
        let cursors = self.ledger.cursors().unwrap();
        let found = cursors.into_iter().find(|c| c.feed == feed.to_string());
        let mut cursor: Cursor = found.unwrap();
        let (from, epoch) = (cursor.position + 1, cursor.epoch);
        for row in &rows {
            cursor.advance(&row.id());
        }
        let page = FeedPage {
            feed: feed.to_string(),
            epoch,
            from,
            rows,
            named: Vec::new(),
            rolling: cursor.rolling,
            seals: Vec::new(),
        };
        self.ledger.apply(&page).unwrap();
    }

    /// Opens an order of the assembly with so many units and tells them.
    pub(crate) fn open_units(&mut self, order: &str, units: usize) -> Vec<TravelerId> {
        let serials: Vec<String> = (1..=units).map(|n| format!("{n:04}")).collect();
        let opened = assembly_order(&serials);
        let before = self.acting.actor.replace(id("plank"));
        self.tell(Command::Order(id(order), OrderCommand::Open(opened)));
        self.acting.actor = before;
        serials.iter().map(|unit| TravelerId { order: id(order), unit: id(unit) }).collect()
    }

    /// Opens an order of the inspection with one lot, and starts it.
    pub(crate) fn open_lot(&mut self, order: &str) -> TravelerId {
        let opened: OrderOpened = serde_json::from_value(json!({
            "part": "CP-40", "units": {"lot": {"lot": "L-1", "quantity": 2000}},
            "route": [{"operation": 10, "instruction": "WI-2001", "work_center": "INC"}],
            "due": "2026-12-01", "priority": 2,
        }))
        .unwrap();
        self.go_to("plank", "INC-1");
        self.tell(Command::Order(id(order), OrderCommand::Open(opened)));
        self.go_to("ilves", "INC-1");
        let lot = TravelerId { order: id(order), unit: id("L-1") };
        self.tell(Command::Traveler(lot.clone(), TravelerCommand::Start));
        lot
    }

    /// Records many diameters of a lot as one act.
    pub(crate) fn inspect(&mut self, lot: &TravelerId, count: u16) {
        let rows = (1..=count).map(|n| (n, number(&format!("74.0{:02}", n % 20), "mm")));
        let (at, gauge) = (step(10, "ring"), Some(id("MI-02")));
        let rows = TravelerCommand::RecordRows { at, ask: 1, gauge, rows: rows.collect() };
        self.tell(Command::Traveler(lot.clone(), rows));
    }

    /// Starts a unit and works it up to its torques: 26 facts.
    pub(crate) fn begin(&mut self, unit: &TravelerId) {
        let tell = |plant: &mut Self, command| plant.tell(Command::Traveler(unit.clone(), command));
        tell(self, TravelerCommand::Start);
        for n in 1..=8 {
            let at = step(20, &format!("check-{n}"));
            let entry = Entry::Answer(true);
            tell(self, TravelerCommand::Record { at: at.clone(), ask: 1, sample: 1, entry });
            tell(self, TravelerCommand::CompleteStep { at, read_in: None });
        }
        tell(self, torque(1));
    }
}

/// One torque of the assembly.
pub(crate) fn torque(bolt: u16) -> TravelerCommand {
    let value = number(&format!("25.{}", bolt % 10), "N·m");
    let entry = Entry::Reading { value, gauge: Some(id("TW-07")) };
    TravelerCommand::Record { at: step(20, "torque"), ask: 1, sample: bolt, entry }
}

/// One diameter of the inspection.
pub(crate) fn diameter(piece: u16) -> TravelerCommand {
    let value = number(&format!("74.0{:02}", piece % 20), "mm");
    let entry = Entry::Reading { value, gauge: Some(id("MI-02")) };
    TravelerCommand::Record { at: step(10, "ring"), ask: 1, sample: piece, entry }
}

pub(crate) fn number(text: &str, unit: &str) -> ReadingValue {
    let (number, unit) = (Number::parse(text).unwrap(), Unit::parse(unit).unwrap());
    ReadingValue::Number { number, unit }
}

fn step(operation: u32, step: &str) -> StepAt {
    StepAt { operation, step: id(step) }
}

fn admitted(person: &str, role: Role) -> Command {
    let identity_verified_by = "passport".to_owned();
    Command::Person(id(person), PersonCommand::Admit { roles: [role].into(), identity_verified_by })
}

/// An order of the assembly.
pub(crate) fn assembly_order(serials: &[String]) -> OrderOpened {
    serde_json::from_value(json!({
        "part": "CP-40", "units": {"serials": serials},
        "route": [{"operation": 20, "instruction": "WI-1040", "work_center": "ASM"}],
        "due": "2026-12-01", "priority": 2,
    }))
    .unwrap()
}

fn limits(lower: &str, upper: &str, unit: &str) -> Value {
    json!({"measured": {"nominal": null, "lower": lower, "upper": upper, "unit": unit}})
}

fn specification() -> Value {
    json!({
        "part": "CP-40", "revision": "F", "drawing": "D-4410 rev F",
        "characteristics": [{
            "id": "c-torque", "balloon": "4", "location": "1/B3", "requirement": "25 ±2 N·m",
            "name": "Bolt torque", "kind": limits("23", "27", "N·m"), "class": "major",
            "gauge": "torque-wrench",
        }],
    })
}

/// The assembly as compiled: eight checks, then the torques.
fn assembly() -> Value {
    let text = json!([{"paragraph": [{"text": "Wipe both faces with a lint-free cloth."}]}]);
    let mut steps: Vec<Value> = (1..=8)
        .map(|n| {
            json!({"id": format!("check-{n}"), "title": "Clean the faces", "text": text.clone(),
                "asks": [{"check": {"question": "Faces clean and dry?"}}]})
        })
        .collect();
    steps.push(json!({"id": "torque", "title": "Torque the bolts", "text": text,
        "asks": [{"measure": {
            "characteristic": "c-torque", "name": "Bolt torque", "requirement": "25 ±2 N·m",
            "kind": limits("23", "27", "N·m"), "class": "major", "balloon": "4", "count": BOLTS,
            "gauge": "torque-wrench", "on_fail": {"rework": "torque"}}}]}));
    json!({
        "id": "WI-1040", "title": "Fit and torque the pump cover", "part": "CP-40",
        "revision": "F", "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": "F", "qualification": "torque-1", "steps": steps,
    })
}

/// The inspection as compiled: the diameters of a lot.
fn inspection() -> Value {
    json!({
        "id": "WI-2001", "title": "Inspect piston rings", "part": "CP-40", "revision": "F",
        "operation": 10, "operation_name": "Incoming", "work_center": "INC",
        "specification": null, "qualification": null,
        "steps": [{"id": "ring", "title": "Measure the diameter", "text": [],
            "asks": [{"measure": {
                "characteristic": null, "name": "Diameter", "requirement": "73.980 .. 74.020 mm",
                "kind": limits("73.980", "74.020", "mm"), "class": null, "balloon": null,
                "count": PIECES, "gauge": "micrometer", "on_fail": null}}]}],
    })
}

/// The inspection of lots that come in as compiled: so many widths of each piece of a sample.
fn widths() -> Value {
    let asks: Vec<Value> = (1..=COLUMNS)
        .map(|n| {
            json!({"measure": {
                "characteristic": null, "name": format!("Width {n}"),
                "requirement": "141.90 .. 142.10 mm", "kind": limits("141.90", "142.10", "mm"),
                "class": null, "balloon": n.to_string(), "count": 1, "gauge": null,
                "on_fail": null}})
        })
        .collect();
    json!({
        "id": "WI-60", "title": "Inspect the widths", "part": "CP-40", "revision": "F",
        "operation": 5, "operation_name": "Incoming", "work_center": "INC",
        "specification": null, "qualification": null,
        "rules": {"inspect": "AQL 1.0, level II, ISO 2859-1:1999"},
        "steps": [{"id": "all", "title": "Measure the widths", "text": [], "asks": asks}],
    })
}
