//! A small plant on one store, and the words of the shop to work in it.

use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Share};
use gemba::domain::fact::{Acting, Position, Written};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{DeviationId, Id, IdKind};
use gemba::domain::instruction::Instruction;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::place::{PlaceCommand, PlaceDefined, Policy};
use gemba::domain::quantity::Number;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::specification::Specification;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::state::TravelerState;
use gemba::domain::unit::Unit;
use gemba::ledger::error::TransactError;
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::transact::Saved;
use serde_json::json;

/// One unit of the order that the plant has open.
pub(crate) const UNIT: &str = "WO-1881/0007";

/// A station with its store in a directory that goes with it.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) ledger: Ledger,
    acting: Acting,
    seconds: i64,
}

pub(crate) fn id<K: IdKind>(text: &str) -> Id<K> {
    Id::parse(text).unwrap()
}

pub(crate) fn traveler(text: &str) -> TravelerId {
    TravelerId::parse(text).unwrap()
}

/// A moment some seconds after the plant's first.
pub(crate) fn moment(seconds: i64) -> Moment {
    let utc = jiff::Timestamp::from_second(1_795_593_600 + seconds).unwrap();
    let boot = id("boot-1");
    Moment { utc, mono_ms: seconds * 1000, boot, offset_ms: Some(0), offset_age_s: Some(5) }
}

/// A station without any fact.
pub(crate) fn blank(dir: &Path, station: &str, key: u8) -> Ledger {
    let founding = Founding { station: id(station), demo: false, key: [key; 32] };
    Ledger::create(dir, founding).unwrap()
}

impl Bench {
    /// An empty station.
    pub(crate) fn blank(station: &str, key: u8) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = blank(dir.path(), station, key);
        let acting = Acting { place: None, terminal: id("tty-1"), session: None, actor: None };
        Self { dir, ledger, acting, seconds: 0 }
    }

    /// A station with people, a gauge, definitions in effect and an open order; A. Novak is there.
    pub(crate) fn founded() -> Self {
        let mut bench = Self::blank("ASM1", 7);
        bench.found_site();
        bench.admit();
        bench.define();
        bench.sign_in("novak").at("ASM-1");
        bench
    }

    /// As [`Bench::founded`], with the unit's traveler started and its faces checked.
    pub(crate) fn started() -> Self {
        let mut bench = Self::founded();
        bench.start(UNIT);
        bench.check("clean");
        bench
    }

    pub(crate) fn now(&mut self) -> Moment {
        self.seconds += 1;
        moment(self.seconds)
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn sign_in(&mut self, person: &str) -> &mut Self {
        self.acting.actor = Some(id(person));
        self
    }

    /// An operator without any training signs in.
    pub(crate) fn new_operator(&mut self, person: &str) {
        let roles = [Role::Operator].into();
        let identity_verified_by = "passport".to_owned();
        self.sign_in("admin");
        self.tell(Command::Person(
            id(person),
            PersonCommand::Admit { roles, identity_verified_by },
        ));
        self.sign_in(person);
    }

    /// Nobody is signed in.
    pub(crate) fn nobody(&mut self) {
        self.acting.actor = None;
    }

    pub(crate) fn at(&mut self, place: &str) -> &mut Self {
        self.acting.place = Some(id(place));
        self
    }

    pub(crate) fn acting(&self) -> Acting {
        self.acting.clone()
    }

    pub(crate) fn ask(&mut self, command: Command) -> Result<Saved, TransactError> {
        let now = self.now();
        self.ledger.transact(&self.acting, &now, command)
    }

    #[track_caller]
    pub(crate) fn tell(&mut self, command: Command) -> Saved {
        self.ask(command).unwrap()
    }

    fn found_site(&mut self) {
        let policy = Policy::new(
            "Plant".to_owned(),
            "Europe/Berlin".to_owned(),
            vec![Role::Engineer, Role::Quality],
        );
        let place = |name: &str, work_center: &str| PlaceDefined {
            name: name.to_owned(),
            site: id("PLANT"),
            area: id("HALL-1"),
            work_center: id(work_center),
        };
        let admin = PersonCommand::Admit {
            roles: [Role::Administrator].into(),
            identity_verified_by: "passport".to_owned(),
        };
        for command in [
            Command::Site(id("PLANT"), policy.into()),
            Command::Place(id("ASM-1"), PlaceCommand::Define(place("Line 1", "ASM"))),
            Command::Place(id("INC-1"), PlaceCommand::Define(place("Incoming", "INC"))),
            Command::Person(id("admin"), admin),
        ] {
            let now = self.now();
            self.ledger.found(&self.acting, &now, command).unwrap();
        }
    }

    fn admit(&mut self) {
        self.sign_in("admin");
        for (person, role) in [
            ("novak", Role::Operator),
            ("okafor", Role::Operator),
            ("ilves", Role::Inspector),
            ("sato", Role::Supervisor),
            ("engel", Role::Engineer),
            ("quade", Role::Quality),
            ("plank", Role::Planner),
        ] {
            let command = PersonCommand::Admit {
                roles: [role].into(),
                identity_verified_by: "passport".to_owned(),
            };
            self.tell(Command::Person(id(person), command));
        }
        let trained = PersonCommand::Qualify { qualification: id("torque-1"), until: None };
        for person in ["novak", "okafor"] {
            self.tell(Command::Person(id(person), trained.clone()));
        }
        let register = GaugeCommand::Register(GaugeDescription {
            name: "Torque wrench 7".to_owned(),
            class: id("torque-wrench"),
            unit: Unit::parse("N·m"),
            resolution: Number::parse("0.1").ok(),
            uncertainty: None,
            range: None,
            interval: None,
        });
        let calibrate = GaugeCommand::Calibrate {
            on: "2026-06-01".parse().unwrap(),
            due: Some("2027-06-01".parse().unwrap()),
            certificate: "C-1".to_owned(),
            as_found: None,
        };
        self.tell(Command::Gauge(id("TW-07"), register));
        self.tell(Command::Gauge(id("TW-07"), calibrate));
    }

    fn define(&mut self) {
        let specification = self.ledger.put_blob(specification().as_bytes()).unwrap();
        let instruction = self.ledger.put_blob(instruction().as_bytes()).unwrap();
        let picture = self.ledger.put_blob(b"faces").unwrap();
        let submit = |hash, blobs| RevisionCommand::Submit {
            revision: id("F"),
            hash,
            blobs,
            title: "Fit and torque the pump cover".to_owned(),
            effectivity: gemba::domain::effectivity::Effectivity::default(),
        };
        let of_part = |command| Command::Specification(id("CP-40"), command);
        let of_work = |command| Command::Instruction(id("WI-1040"), command);
        self.sign_in("engel");
        self.tell(of_part(submit(specification, Vec::new())));
        self.tell(of_work(submit(instruction, vec![picture])));
        for person in ["engel", "quade"] {
            self.sign_in(person);
            let approve = |shown| RevisionCommand::Approve {
                revision: id("F"),
                shown,
                by: Signer::by_badge(person.to_uppercase()),
            };
            self.tell(of_part(approve(specification)));
            self.tell(of_work(approve(instruction)));
        }
        self.judge_catalog();
        self.sign_in("plank");
        let opened: OrderOpened = serde_json::from_value(json!({
            "part": "CP-40",
            "units": {"serials": ["0007", "0008", "0009"]},
            "route": [{"operation": 20, "instruction": "WI-1040", "work_center": "ASM"}],
            "due": "2026-12-01",
            "priority": 2,
        }))
        .unwrap();
        self.tell(Command::Order(id("WO-1881"), OrderCommand::Open(opened)));
    }

    /// A revision of the usual definitions is submitted and approved, and waits to be judged; tells its hash.
    pub(crate) fn revises(
        &mut self,
        (revision, text): (&str, &str),
        of: impl Fn(RevisionCommand) -> Command,
    ) -> Hash {
        let hash = self.ledger.put_blob(text.as_bytes()).unwrap();
        self.sign_in("engel").tell(of(RevisionCommand::Submit {
            revision: id(revision),
            hash,
            blobs: Vec::new(),
            title: "Fit and torque the pump cover".to_owned(),
            effectivity: gemba::domain::effectivity::Effectivity::default(),
        }));
        for person in ["engel", "quade"] {
            let by = Signer::by_badge(person.to_uppercase());
            let approve = RevisionCommand::Approve { revision: id(revision), shown: hash, by };
            self.sign_in(person).tell(of(approve));
        }
        hash
    }

    /// Sends every own fact of a definition back as the server's catalog does once it is judged.
    pub(crate) fn judge_catalog(&mut self) {
        self.ledger.set_feeds(&[Feed::Catalog]).unwrap();
        let facts = self.own_facts();
        let released = facts.into_iter().filter(|f| f.bytes.contains("Released\""));
        let page = page_after(&self.ledger, &Feed::Catalog, released.collect());
        self.ledger.apply(&page).unwrap();
    }

    /// Every own fact as written.
    pub(crate) fn own_facts(&self) -> Vec<Written> {
        self.ledger.outgoing((1, 0), (usize::MAX, usize::MAX)).unwrap()
    }

    #[track_caller]
    pub(crate) fn start(&mut self, unit: &str) -> Saved {
        self.tell(Command::Traveler(traveler(unit), TravelerCommand::Start))
    }

    pub(crate) fn on(&mut self, command: TravelerCommand) -> Result<Saved, TransactError> {
        self.ask(Command::Traveler(traveler(UNIT), command))
    }

    #[track_caller]
    pub(crate) fn check(&mut self, step: &str) -> Saved {
        let entry = Entry::Answer(true);
        let at = step_at(step);
        self.on(TravelerCommand::Record { at, ask: 1, sample: 1, entry }).unwrap();
        self.complete(step)
    }

    #[track_caller]
    pub(crate) fn complete(&mut self, step: &str) -> Saved {
        self.on(TravelerCommand::CompleteStep { at: step_at(step), read_in: None }).unwrap()
    }

    /// Records a torque at a bolt.
    pub(crate) fn record(&mut self, bolt: u16, value: &str) -> Result<Saved, TransactError> {
        self.on(torque(bolt, value))
    }

    /// Records a torque that fails, and types it again: the deviation is raised.
    #[track_caller]
    pub(crate) fn fail(&mut self, bolt: u16, value: &str) -> DeviationId {
        self.record(bolt, value).unwrap();
        let state = self.unit(UNIT);
        let (_, reading, _) = state.to_retype().unwrap();
        let retype = TravelerCommand::Retype { reading: reading.clone(), value: newton(value) };
        let saved = self.on(retype).unwrap();
        let raised = saved.facts.iter().find_map(|(_, _, subject, _)| {
            if let Subject::Deviation(id) = subject { Some(id.clone()) } else { None }
        });
        raised.unwrap()
    }

    #[track_caller]
    pub(crate) fn dispose(&mut self, deviation: &DeviationId, disposition: Disposition) -> Saved {
        let command = DeviationCommand::Dispose {
            shares: Share::all(disposition),
            reason: "looked at".to_owned(),
            by: Signer::by_badge("S. Sato"),
        };
        self.tell(Command::Deviation(deviation.clone(), command))
    }

    #[track_caller]
    pub(crate) fn sign(&mut self, person: &str, step: &str) -> Saved {
        let before = self.acting.clone();
        self.sign_in(person);
        let at = step_at(step);
        let by = Signer::by_badge(person.to_uppercase());
        let saved = self.on(TravelerCommand::Sign { at, ask: 1, by }).unwrap();
        self.acting = before;
        saved
    }

    /// A traveler as folded now.
    pub(crate) fn unit(&self, unit: &str) -> TravelerState {
        let folded = self.ledger.stream(&Subject::Traveler(traveler(unit))).unwrap();
        let StreamState::Traveler(state) = folded.stream.state else { panic!("not a traveler") };
        state
    }

    pub(crate) fn head_seq(&self) -> u64 {
        self.ledger.head().unwrap().last_seq
    }

    /// Where a fact of the own ledger stands.
    pub(crate) fn own(&self, seq: u64) -> Position {
        Position { ledger: self.ledger.identity().ledger.clone(), epoch: 1, seq }
    }
}

pub(crate) fn step_at(step: &str) -> StepAt {
    StepAt { operation: 20, step: id(step) }
}

pub(crate) fn newton(value: &str) -> ReadingValue {
    let unit = Unit::parse("N·m").unwrap();
    ReadingValue::Number { number: Number::parse(value).unwrap(), unit }
}

pub(crate) fn torque(bolt: u16, value: &str) -> TravelerCommand {
    let entry = Entry::Reading { value: newton(value), gauge: Some(id("TW-07")) };
    TravelerCommand::Record { at: step_at("torque"), ask: 1, sample: bolt, entry }
}

/// The page of a feed that follows a store's cursor.
pub(crate) fn page_after(ledger: &Ledger, feed: &Feed, rows: Vec<Written>) -> FeedPage {
    let cursors = ledger.cursors().unwrap();
    let mut cursor: Cursor = cursors.into_iter().find(|c| c.feed == feed.to_string()).unwrap();
    let from = cursor.position + 1;
    for row in &rows {
        cursor.advance(&row.id());
    }
    FeedPage {
        feed: feed.to_string(),
        epoch: cursor.epoch,
        from,
        rows,
        named: Vec::new(),
        rolling: cursor.rolling,
        seals: Vec::new(),
    }
}

fn limits() -> serde_json::Value {
    json!({"measured": {"nominal": "25", "lower": "23", "upper": "27", "unit": "N·m"}})
}

/// The specification of the part, compiled.
pub(crate) fn specification() -> String {
    let value = json!({
        "part": "CP-40", "revision": "F", "drawing": "D-4410 rev F",
        "characteristics": [{
            "id": "c-torque", "balloon": "4", "location": "1/B3", "requirement": "25 ±2 N·m",
            "name": "Bolt torque", "kind": limits(), "class": "major", "gauge": "torque-wrench",
        }],
    });
    let read: Specification = serde_json::from_value(value).unwrap();
    serde_json::to_string(&read).unwrap()
}

/// The instruction: check the faces, torque four bolts, have it verified.
pub(crate) fn instruction() -> String {
    let value = json!({
        "id": "WI-1040", "title": "Fit and torque the pump cover", "part": "CP-40",
        "revision": "F", "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": "F", "qualification": "torque-1",
        "steps": [
            {"id": "clean", "title": "Clean the faces", "text": [],
             "asks": [{"check": {"question": "Faces clean and dry?"}}]},
            {"id": "torque", "title": "Torque the bolts", "text": [],
             "asks": [{"measure": {
                "characteristic": "c-torque", "name": "Bolt torque", "requirement": "25 ±2 N·m",
                "kind": limits(), "class": "major", "balloon": "4", "count": 4,
                "gauge": "torque-wrench", "on_fail": {"rework": "torque"}}}]},
            {"id": "release", "title": "Release", "text": [],
             "asks": [{"sign": {"role": "inspector", "meaning": "verified",
                "not_same_person_as": ["torque"]}}]},
        ],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    serde_json::to_string(&read).unwrap()
}
