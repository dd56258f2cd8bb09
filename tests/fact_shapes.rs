//! Every kind of fact has a file that this version and all later ones read and write alike.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition};
use gemba::domain::fact::{Fact, FactError};
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::ids::WorkCenterId;
use gemba::domain::inspection::fact::InspectionFact;
use gemba::domain::kinds::{FactBody, KINDS};
use gemba::domain::material::{
    ByInspection, MaterialCommand, MaterialFact, MaterialId, MaterialReceived,
};
use gemba::domain::order::{OrderCommand, OrderFact, Unfinished};
use gemba::domain::people::{PersonCommand, Purpose, RevisionRead};
use gemba::domain::place::{NewsRule, PlaceCommand};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand, StationFact};
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::translation::LanguageCode;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::component::Becomes;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::set::{SetAct, SetCommand};

use crate::support::lots::{counted, recounted, splits};
use crate::support::shapes::shape_of;
use crate::support::shipping::{finished, ships, takes_back};
use crate::support::shop::{SITE, Sent, Shop};
use crate::support::shop_plan::{
    accept_wait, assembly, begin_wait, disposes, id, pause, raises, rework, skip, text as text_of,
    torque,
};
use crate::support::shop_route::{accepts, says, types};
use crate::support::shop_sampling::ORDERS;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/facts")
}

#[expect(clippy::disallowed_methods, reason = "says that new shapes are to be written down")]
fn blessed() -> bool {
    std::env::var_os("GEMBA_BLESS").is_some()
}

/// A day on which everything happens once.
fn eventful() -> Shop {
    let mut shop = Shop::reaching("torque");
    // What is worked next there is something else, which ends the setup.
    for command in place_commands() {
        shop.does("ito", Command::Place(id("ASM-1"), command));
    }
    shop.measure_offset().does("novak", torque(1, "27.3"));
    let again = shop.retype(1, "25.3");
    shop.does("novak", again).does("novak", torque(2, "22"));
    let again = shop.retype(2, "22");
    shop.does("novak", again);
    let on = |command| Command::Deviation(id("NCR-ASM1-0001"), command);
    shop.does(
        "novak",
        on(DeviationCommand::Contain { action: "set aside".to_owned(), to_do: None }),
    );
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    shop.does("quell", on(DeviationCommand::Close { note: "seen".to_owned() }));
    shop.step_done("torque").step_done("look");
    shop.does("novak", pause()).does("novak", TravelerCommand::Resume { note: None });
    shop.does("novak", begin_wait("cure")).reboot().does("brandt", accept_wait("cure"));
    shop.does("novak", crate::support::shop_plan::complete("cure")).does("brandt", skip("press"));
    crate::support::shop_deviations::deviated(&mut shop);
    shop.step_done("release").does("novak", raises("pack"));
    shop.does("brandt", disposes("NCR-ASM1-0003", Disposition::Scrap));
    let person = |command| Command::Person(id("novak"), command);
    let sign_in =
        |pin_right| person(PersonCommand::SignIn { pin_right, purpose: Purpose::Session });
    shop.does("novak", sign_in(true));
    for _ in 0..5 {
        shop.does("novak", sign_in(false));
    }
    shop.does("admin", person(PersonCommand::NotePinChanged));
    shop.does("admin", person(PersonCommand::ReplaceBadge { reason: "lost".to_owned() }));
    shop.does("novak", person(PersonCommand::SignOut { how: "idle".to_owned() }));
    let (qualification, reason) = (id("torque-1"), "retrained".to_owned());
    shop.does("admin", person(PersonCommand::Unqualify { qualification, reason }));
    shop.does("admin", person(PersonCommand::Revoke { reason: "left".to_owned() }));
    for _ in 0..15 {
        let tried = StationCommand::NoteWrongTry;
        shop.does("", Command::Station(id("ASM1"), tried));
    }
    let brandt = PersonCommand::SignIn { pin_right: true, purpose: Purpose::Session };
    shop.does("brandt", Command::Person(id("brandt"), brandt));
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
    revisions_come_and_go(&mut shop);
    let change = SiteChange { news: Some(NewsRule::Hold), ..SiteChange::default() };
    let change = SiteCommand::Change(Box::new(change));
    shop.does("admin", Command::Site(id(SITE), change));
    let calendar = crate::support::shop_shift::calendar();
    shop.does("plan", Command::Site(id(SITE), SiteCommand::SetShifts(Box::new(calendar))));
    let close =
        |with_open_units| OrderCommand::Close { reason: "done".to_owned(), with_open_units };
    let reopen = OrderCommand::Reopen { reason: "two more".to_owned() };
    shop.does("plan", Command::Order(id("WO-1"), close(true)));
    shop.does("plan", Command::Order(id("WO-1"), reopen));
    for command in station_commands(&shop) {
        let who =
            if matches!(command, StationCommand::AnswerReview { .. }) { "brandt" } else { "" };
        shop.does(who, Command::Station(id("ASM1"), command));
    }
    shop
}

/// A unit that is shipped and comes back.
fn shipped_unit() -> Shop {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release).does("quell", takes_back("returned"));
    shop
}

/// A lot that is counted and split.
fn split_lot() -> Shop {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60/2", "dent"));
    shop.does("novak", recounted(&shop, "60/1", "one is good after all"));
    shop.does("novak", splits(38));
    shop
}

fn place_commands() -> Vec<PlaceCommand> {
    let (instruction, revision, note) = (id("WI-9"), Some(id("A")), "die 4".to_owned());
    vec![
        PlaceCommand::SetUp { instruction, revision, note },
        PlaceCommand::ChangeTool { tool: "D-4".to_owned() },
        PlaceCommand::ChangeMaterial { lot: "H-88".to_owned() },
    ]
}

/// A newer revision: one unit is finished without it, another moved; the old one is withdrawn.
fn revisions_come_and_go(shop: &mut Shop) {
    for unit in ["0004", "0003"] {
        shop.unit(unit).does("ito", TravelerCommand::Start);
    }
    let mut newer = assembly();
    newer.revision = id("D");
    newer.steps[2].rules.free = true;
    let hash = shop.release(&newer);
    let (shown, reason) = (shop.newer(), "nearly done".to_owned());
    shop.does("brandt", TravelerCommand::MoveToRevision { shown: shown.clone(), reason });
    let reason = "nearly done".to_owned();
    shop.unit("0004").does("ito", TravelerCommand::KeepRevision { shown, reason });
    let read = RevisionRead { instruction: id("WI-1"), revision: id("D"), hash };
    shop.does("ito", Command::Person(id("ito"), PersonCommand::ReadRevision(read)));
    let (revision, reason) = (id("C"), "wrong torque".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work: true };
    shop.does("lind", Command::Instruction(id("WI-1"), RevisionCommand::Withdraw(withdrawn)));
    shop.unit("0001");
}

/// What happens on a route with conditions, and where a station is silent.
fn routed() -> Vec<Sent> {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("brandt", accepts(10));
    shop.station().written.clone()
}

fn station_commands(shop: &Shop) -> Vec<StationCommand> {
    let fact = shop.torque_at(1);
    let (verdict, reasons) = (JudgeVerdict::Held, vec!["revoked".to_owned()]);
    let exceptions = vec![Judgement { fact: fact.clone(), verdict, reasons, units: Vec::new() }];
    vec![
        StationCommand::Enroll {
            ledger: id("ledger-ASM1"),
            key: "00".repeat(32),
            work_centers: vec![id::<WorkCenterId>("ASM")],
        },
        StationCommand::Revoke { ledger: id("ledger-ASM1") },
        StationCommand::NoteClockStep { by_ms: -60_000 },
        StationCommand::Beat,
        StationCommand::Judge {
            from: fact.clone(),
            to_seq: fact.seq,
            exceptions,
            unread: Vec::new(),
        },
        StationCommand::AnswerReview {
            fact,
            accepted: true,
            counts: None,
            units: Vec::new(),
            reason: "was there".to_owned(),
        },
    ]
}

/// Two units that cure and are signed together.
fn oven_load() -> Vec<Sent> {
    let mut shop = Shop::open();
    for unit in ["0001", "0002"] {
        shop.unit(unit).does("novak", TravelerCommand::Start).reaches("cure");
    }
    let units = ["0001", "0002"].map(|unit| TravelerId { order: id("WO-1"), unit: id(unit) });
    let at = crate::support::shop_plan::at;
    let by = Signer::by_badge("M. Okafor");
    let mut act = |who: &str, command| {
        shop.later(1_300);
        shop.tries_set(who, &SetAct { units: units.to_vec(), command }).unwrap();
    };
    act("novak", SetCommand::BeginWait { at: at("cure"), ask: 1 });
    act("novak", SetCommand::Complete { at: at("cure"), read_in: None });
    act("novak", SetCommand::BeginWait { at: at("press"), ask: 1 });
    act("novak", SetCommand::Complete { at: at("press"), read_in: None });
    act("okafor", SetCommand::Sign { at: at("release"), ask: 1, by });
    shop.station().written.clone()
}

/// An answer that is taken back, and a text and a component that are put right.
fn taken_back() -> Vec<Sent> {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, true)).does("novak", types("view", 2, "Red"));
    let last = |shop: &Shop, ask: usize| shop.state().attempts[0].entries[ask - 1].at.clone();
    let (answer, entry, reason) = (last(&shop, 1), last(&shop, 2), "wrong key".to_owned());
    shop.does("novak", TravelerCommand::CorrectAnswer { answer, yes: false, reason });
    let (text, reason) = ("Blue".to_owned(), "in the other light".to_owned());
    shop.does("novak", TravelerCommand::CorrectEntry { entry, text, reason });
    let mut parts = Shop::reaching("scan");
    parts.does("novak", text_of("scan", 1, "0001")).does("novak", text_of("scan", 2, "H-1"));
    let (entry, text, reason) = (last(&parts, 2), "H-2".to_owned(), "the label beside".to_owned());
    parts.does("novak", TravelerCommand::CorrectEntry { entry, text, reason });
    [shop.station().written.clone(), parts.station().written.clone()].concat()
}

/// Material comes in and is blocked, and a component is taken out.
fn taken_out() -> Vec<Sent> {
    let mut shop = Shop::reaching("scan");
    let lot = |command| {
        let material = MaterialId { part: id("cover"), lot: id("L-1") };
        Command::Material(material, command)
    };
    let expires = Some("2027-03-31".parse().unwrap());
    let (supplier, certificate) = ("Nordic".to_owned(), "C-77".to_owned());
    let received =
        MaterialReceived { supplier, quantity: Some(200), expires, certificate, corrects: None };
    shop.does("quell", lot(MaterialCommand::Receive(received)));
    shop.does("quell", lot(MaterialCommand::Block { reason: "wet".to_owned() }));
    shop.does("quell", lot(MaterialCommand::Release { reason: "dry again".to_owned() }));
    shop.does("novak", text_of("scan", 3, "L-1"));
    let (entry, becomes) = (shop.state().components()[0].entry.at.clone(), Becomes::Scrap);
    let reason = "torn".to_owned();
    shop.does("novak", TravelerCommand::RemoveComponent { entry, becomes, reason });
    shop.station().written.clone()
}

/// A lot is rejected and sorted, inspection discontinued and taken up again, and a lot accepted.
fn inspected() -> Vec<Sent> {
    let mut shop = crate::support::inspections::discontinued();
    shop.whole_lot("L-8", (150, 0));
    shop.station().written.clone()
}

/// A unit that is measured by a sample.
fn sampled_unit() -> Vec<Sent> {
    let mut shop = Shop::sampling("first, then 1 in 3 per order");
    shop.passes(ORDERS[0], 1);
    shop.station().written.clone()
}

/// Three units in a row fail, and somebody lets the operation go on.
fn held_operation() -> Vec<Sent> {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=3);
    let (instruction, reason) = (id("WI-5"), "bit replaced".to_owned());
    let release = PlaceCommand::ReleaseOperation { instruction, reason };
    shop.does("brandt", Command::Place(id("ASM-1"), release));
    shop.station().written.clone()
}

/// One fact of each shape, as written.
fn shapes() -> BTreeMap<String, String> {
    let mut shop = eventful();
    let mut written = shop.station().written.clone();
    written.extend(split_lot().station().written.clone());
    written.extend(shipped_unit().station().written.clone());
    let mut shapes = BTreeMap::new();
    written.extend(crate::support::shop_shift::whole_shift().station().written.clone());
    written.extend(crate::support::shop_permits::whole_permit().station().written.clone());
    let mut suspects = crate::rules_sorting::sorted_lot().station().written.clone();
    suspects.extend(crate::rules_inspection_own::rejected().station().written.clone());
    let mut more = vec![routed(), oven_load(), taken_back(), sampled_unit(), taken_out()];
    more.push(crate::rules_lines::locked_and_unlocked().station().written.clone());
    more.extend([inspected(), held_operation(), crate::rules_inspection_cells::by_value()]);
    more.extend([crate::rules_first_article::opened(), crate::rules_first_article::doubted_lot()]);
    more.extend([crate::rules_inspection_cells::corrected(), crate::rules_inspection_own::named()]);
    more.push(crate::rules_tickets_lots::closed_by_records());
    let more = more.concat();
    for sent in written.iter().chain(&more).chain(&suspects) {
        let fact = Fact::read(&sent.written.bytes).unwrap();
        shapes.entry(shape_of(&fact)).or_insert(sent.written.bytes.clone());
    }
    // An order of which every unit is finished leaves none.
    let mut fact = Fact::read(&shapes["OrderClosed-left"]).unwrap();
    let (reason, left) = ("done".to_owned(), Unfinished::default());
    fact.body = FactBody::Order(OrderFact::OrderClosed { reason, left });
    shapes.insert("OrderClosed".to_owned(), fact.write().unwrap());
    // Stations have facts of the time before a release named what it ends.
    for (now, then) in [("-ends", ""), ("-decided", "-inspection")] {
        let mut fact = Fact::read(&shapes[&format!("MaterialReleased{now}")]).unwrap();
        if let FactBody::Material(MaterialFact::MaterialReleased { inspection, ends, .. }) =
            &mut fact.body
        {
            ends.clear();
            *inspection = inspection.take().map(|by| ByInspection {
                opened: by.at.clone(),
                at: by.at,
                as_is: false,
            });
        }
        shapes.insert(format!("MaterialReleased{then}"), fact.write().unwrap());
    }
    // And of the time before an acceptance named the deviations that were open.
    let mut fact = Fact::read(&shapes["LotDecided-open"]).unwrap();
    if let FactBody::Inspection(InspectionFact::LotDecided(decided)) = &mut fact.body {
        decided.open = None;
    }
    shapes.insert("LotDecided".to_owned(), fact.write().unwrap());
    // A step that was read in another language than that in which it is written.
    let mut fact = Fact::read(&shapes["StepCompleted"]).unwrap();
    if let FactBody::Traveler(TravelerFact::StepCompleted { read_in, .. }) = &mut fact.body {
        *read_in = LanguageCode::parse("de");
    }
    shapes.insert("StepCompleted-translated".to_owned(), fact.write().unwrap());
    // Nobody can ask for a new epoch yet; its shape is agreed.
    let mut fact = Fact::read(&written.last().unwrap().written.bytes).unwrap();
    (fact.head.position.epoch, fact.head.position.seq) = (2, 1);
    fact.subject = Subject::Station(id("ASM1"));
    fact.head.after.clear();
    let last_known = gemba::domain::fact::Position::parse("ledger-ASM1.1.40");
    let reason = "restored from a copy".to_owned();
    fact.body = FactBody::Station(StationFact::EpochOpened { last_known, reason, carried: None });
    shapes.insert("EpochOpened".to_owned(), fact.write().unwrap());
    shapes
}

#[test]
fn every_kind_has_a_file_that_reads_and_writes_back_byte_for_byte() {
    let found = shapes();
    if blessed() {
        fs::create_dir_all(folder()).unwrap();
        for (kind, bytes) in &found {
            let path = folder().join(format!("{kind}.json"));
            // What was written down once is never written again: stations have such facts.
            if !path.exists() {
                fs::write(path, format!("{bytes}\n")).unwrap();
            }
        }
    }
    for kind in KINDS {
        assert!(found.contains_key(*kind), "{kind} happens in the shop");
    }
    for shape in found.keys() {
        let path = folder().join(format!("{shape}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{shape}: {error}"));
        let bytes = text.trim_end_matches('\n');
        let fact = Fact::read(bytes).unwrap_or_else(|error| panic!("{shape}: {error}"));
        assert!(!matches!(fact.body, FactBody::Newer { .. }), "{shape}");
        assert_eq!(shape_of(&fact), *shape);
        assert_eq!(fact.write().unwrap(), bytes, "{shape}");
    }
    let files = fs::read_dir(folder()).unwrap().count();
    assert_eq!(files, found.len(), "a file for each shape and none besides");
    crate::support::counts::add("fact_shapes_read", files as u64);
}

pub(crate) fn heartbeat() -> String {
    shapes().remove("Heartbeat").unwrap()
}

#[test]
fn an_unknown_kind_is_kept_as_it_came_and_stops_writing_to_its_stream() {
    let text = heartbeat()
        .replace("Heartbeat", "WarpEngaged")
        .replace("\"body\":{}", r#""body":{"factor":9.0,"x":[null]}"#);
    let fact = Fact::read(&text).unwrap();
    assert!(matches!(fact.body, FactBody::Newer { .. }));
    assert_eq!(fact.body.kind(), "WarpEngaged");
    assert_eq!(fact.write().unwrap(), text);
    let mut shop = eventful();
    let prev = shop.station().written.last().unwrap().written.id();
    let text = text.replace("ledger-ASM1", "ledger-ASM9");
    let head = Fact::read(&text).unwrap().head.after;
    let text = text.replace(&serde_json::to_string(&head).unwrap(), "[]");
    shop.station().take(&gemba::domain::fact::Written { prev, bytes: text });
    assert_eq!(shop.codes("", Command::Station(id("ASM1"), StationCommand::Beat)), ["S02"]);
}

#[test]
fn a_fact_of_an_unknown_stream_is_kept_as_it_came_and_a_malformed_name_is_an_error() {
    let of = |subject: &str| heartbeat().replace("station/ASM1", subject);
    let text = of("cup/C 7/left");
    let fact = Fact::read(&text).unwrap();
    assert!(matches!(fact.subject, Subject::Newer(_)), "{:?}", fact.subject);
    assert!(matches!(fact.body, FactBody::Newer { .. }), "a known kind of it is not known either");
    assert_eq!(fact.write().unwrap(), text);
    let long = format!("cup/{}", "7".repeat(257));
    for malformed in ["cup", "cup/", "Cup/7", "7/cup", "/7", "cup/\\u001b[2J", "order/", &long] {
        assert!(Fact::read(&of(malformed)).is_err(), "{malformed}");
    }
}

#[test]
fn a_known_kind_with_a_malformed_body_is_an_error() {
    for (kind, text) in shapes() {
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for body in [serde_json::json!(7), serde_json::json!(["x"]), serde_json::Value::Null] {
            value["body"] = body.clone();
            let read = Fact::read(&value.to_string());
            assert!(matches!(read, Err(FactError::Malformed(_))), "{kind} with {body}");
        }
    }
    let misplaced = heartbeat().replace("station/ASM1", "gauge/TW-07");
    assert!(matches!(Fact::read(&misplaced), Err(FactError::Malformed(_))));
    let unnamed = heartbeat().replace("Heartbeat", "");
    assert!(matches!(Fact::read(&unnamed), Err(FactError::Malformed(_))));
}
