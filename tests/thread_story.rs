//! A seal is bad: it is in a rotor, that in a pump, that on a skid, and in a lot that was split.

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::instruction::Instruction;
use gemba::domain::language::Language;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::traced::Traced;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::component::Becomes;
use gemba::domain::traveler::split::Split;
use gemba::domain::words::Words;
use gemba::ui::speech::tell_in;
use gemba::views::query::{Answer, Query};
use gemba::views::thread::{Named, Recall, Span, Thread};
use serde_json::{Value, json};

use crate::support::bench::{Bench, id, moment, step_at, traveler};

/// Part, instruction, order, its units, what is built in there and by what.
const MAKES: [(&str, &str, &str, &str, &str, &str); 4] = [
    ("RT-1", "WI-RT", "WO-R", "R-1 R-2", "SEAL", "lot"),
    ("PM-1", "WI-PM", "WO-P", "P-1 P-2", "RT-1", "serial"),
    ("SK-1", "WI-SK", "WO-K", "K-1", "PM-1", "serial"),
    ("LT-1", "WI-LT", "WO-L", "", "SEAL", "lot"),
];

fn instruction((part, name, .., inside, by): (&str, &str, &str, &str, &str, &str)) -> String {
    let value = json!({
        "id": name, "title": format!("Make {part}"), "part": part, "revision": "A",
        "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": null, "qualification": null,
        "steps": [
            {"id": "fit", "title": "Fit", "text": [],
             "asks": [{"install": {"name": "inner part", "part": inside, "by": by}}]},
            {"id": "look", "title": "Look", "text": [],
             "asks": [{"check": {"question": "Clean?"}}]},
        ],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    serde_json::to_string(&read).unwrap()
}

fn releases(bench: &mut Bench) {
    for make in MAKES {
        let (part, name, order, units, ..) = make;
        let hash = bench.ledger.put_blob(instruction(make).as_bytes()).unwrap();
        let submit = RevisionCommand::Submit {
            revision: id("A"),
            hash,
            blobs: Vec::new(),
            title: format!("Make {part}"),
            effectivity: Effectivity::default(),
        };
        bench.sign_in("engel").tell(Command::Instruction(id(name), submit));
        for person in ["engel", "quade"] {
            let by = Signer::by_badge(person.to_uppercase());
            let approve = RevisionCommand::Approve { revision: id("A"), shown: hash, by };
            bench.sign_in(person).tell(Command::Instruction(id(name), approve));
        }
        bench.judge_catalog();
        let units: Vec<&str> = units.split_whitespace().collect();
        let units: Value = if units.is_empty() {
            json!({"lot": {"lot": "L-1", "quantity": 10}})
        } else {
            json!({"serials": units})
        };
        let opened: OrderOpened = serde_json::from_value(json!({
            "part": part, "units": units, "due": null, "priority": 1,
            "route": [{"operation": 20, "instruction": name, "work_center": "ASM"}],
        }))
        .unwrap();
        bench.sign_in("plank").tell(Command::Order(id(order), OrderCommand::Open(opened)));
    }
}

fn on(bench: &mut Bench, unit: &str, command: TravelerCommand) {
    bench.sign_in("novak").tell(Command::Traveler(traveler(unit), command));
}

/// Builds a number in and finishes the unit.
fn makes(bench: &mut Bench, unit: &str, number: &str) {
    fits(bench, unit, number);
    let entry = Entry::Answer(true);
    on(bench, unit, TravelerCommand::Record { at: step_at("look"), ask: 1, sample: 1, entry });
    on(bench, unit, TravelerCommand::CompleteStep { at: step_at("look"), read_in: None });
}

fn fits(bench: &mut Bench, unit: &str, number: &str) {
    on(bench, unit, TravelerCommand::Start);
    let entry = Entry::Text(number.to_owned());
    on(bench, unit, TravelerCommand::Record { at: step_at("fit"), ask: 1, sample: 1, entry });
    on(bench, unit, TravelerCommand::CompleteStep { at: step_at("fit"), read_in: None });
}

fn splits(bench: &mut Bench, into: &str) {
    let split = Split { quantity: 3, into: Some(id(into)), reason: "ahead".to_owned() };
    on(bench, "WO-L/L-1", TravelerCommand::SplitLot(split));
}

/// The whole plant: S-1 is in R-1 in P-1 on K-1, and in a lot of which a part was split off after.
fn built() -> Bench {
    let mut bench = Bench::founded();
    releases(&mut bench);
    let received = MaterialReceived {
        supplier: "Nordic".to_owned(),
        quantity: None,
        expires: None,
        certificate: "C-9".to_owned(),
        corrects: None,
    };
    let seal = MaterialId { part: id("SEAL"), lot: id("S-1") };
    let receive = Command::Material(seal, MaterialCommand::Receive(received));
    bench.sign_in("quade").tell(receive);
    bench.at("ASM-1");
    makes(&mut bench, "WO-R/R-1", "S-1");
    makes(&mut bench, "WO-R/R-2", "S-2");
    makes(&mut bench, "WO-P/P-1", "R-1");
    makes(&mut bench, "WO-P/P-2", "R-2");
    makes(&mut bench, "WO-K/K-1", "P-1");
    on(&mut bench, "WO-L/L-1", TravelerCommand::Start);
    splits(&mut bench, "L-2");
    let entry = Entry::Text("S-1".to_owned());
    let at = step_at("fit");
    on(&mut bench, "WO-L/L-1", TravelerCommand::Record { at, ask: 1, sample: 1, entry });
    on(&mut bench, "WO-L/L-1", TravelerCommand::CompleteStep { at: step_at("fit"), read_in: None });
    splits(&mut bench, "L-3");
    bench
}

fn thread(bench: &Bench, of: &str, skip: usize, limit: usize) -> Thread {
    let query = Query::Thread { of: Traced::parse(of).unwrap(), skip, limit };
    let Answer::Thread(found) = bench.ledger.answer(&query, &moment(9_000)).unwrap() else {
        panic!("another answer");
    };
    *found.unwrap_or_else(|| panic!("{of} is not known"))
}

fn recall(bench: &Bench, of: &str, span: Span) -> Recall {
    let query = Query::Recall { of: Traced::parse(of).unwrap(), span };
    let Answer::Recall(found) = bench.ledger.answer(&query, &moment(9_000)).unwrap() else {
        panic!("another answer");
    };
    *found.unwrap_or_else(|| panic!("{of} is not known"))
}

fn named(bench: &Bench, text: &str) -> Named {
    let query = Query::Named { text: text.to_owned() };
    let Answer::Named(found) = bench.ledger.answer(&query, &moment(9_000)).unwrap() else {
        panic!("another answer");
    };
    found
}

fn reached(recall: &Recall) -> Vec<(String, u32)> {
    recall.units.iter().map(|row| (row.traveler.to_string(), row.depth)).collect()
}

fn pairs(rows: &[(&str, u32)]) -> Vec<(String, u32)> {
    rows.iter().map(|(unit, depth)| ((*unit).to_owned(), *depth)).collect()
}

#[test]
fn a_bad_lot_is_found_in_every_unit_at_any_depth_and_in_the_pieces_split_off_since() {
    let bench = built();
    let list = recall(&bench, "material/SEAL/S-1", Span::default());
    let all = [("WO-L/L-1", 1), ("WO-R/R-1", 1), ("WO-L/L-3", 2), ("WO-P/P-1", 2), ("WO-K/K-1", 3)];
    // L-2 left before the seal came in, which the order of one station's acts proves.
    assert_eq!(reached(&list), pairs(&all));
    assert_eq!(list.to_hold.len(), 5);
    let skid = list.units.last().unwrap();
    assert_eq!(skid.by.as_ref().map(ToString::to_string).as_deref(), Some("unit/WO-P/P-1"));
    assert!(skid.why.to_string().contains("WO-P/P-1 built in at 20 fit"), "{skid:?}");
    assert!(skid.finished, "{skid:?}");
    let fact = bench.ledger.written(&skid.fact).unwrap().unwrap();
    assert!(fact.bytes.contains("ComponentInstalled"), "{}", fact.bytes);
    // S-2 is known by its number alone, and goes another way.
    let other = recall(&bench, "component/SEAL/S-2", Span::default());
    assert_eq!(reached(&other), pairs(&[("WO-R/R-2", 1), ("WO-P/P-2", 2)]));
}

#[test]
fn the_holds_of_a_recall_are_one_act_and_are_not_drafted_again() {
    let mut bench = built();
    let list = recall(&bench, "material/SEAL/S-1", Span::default());
    let (acting, now) = (bench.sign_in("novak").acting(), bench.now());
    let before = bench.head_seq();
    bench.ledger.transact_all(&acting, &now, list.holds("wet")).unwrap_err();
    assert_eq!(bench.head_seq(), before, "all of them or none");
    let (acting, now) = (bench.sign_in("quade").acting(), bench.now());
    bench.ledger.transact_all(&acting, &now, list.holds("wet")).unwrap();
    let list = recall(&bench, "material/SEAL/S-1", Span::default());
    assert!(list.units.iter().all(|row| row.hold.as_deref() == Some("held")), "{list:?}");
    assert!(list.units.iter().all(|row| row.standing.to_string().contains("wet")), "{list:?}");
    assert!(list.to_hold.is_empty() && list.holds("again").is_empty());
    let report = bench.ledger.check(&mut |_| {}).unwrap();
    assert_eq!(report.models, Vec::new());
}

#[test]
fn what_was_taken_out_again_is_listed_and_not_held() {
    let mut bench = Bench::founded();
    releases(&mut bench);
    bench.at("ASM-1");
    makes(&mut bench, "WO-R/R-1", "S-1");
    fits(&mut bench, "WO-P/P-1", "R-1");
    let entry = bench.unit("WO-P/P-1").components()[0].entry.at.clone();
    let (becomes, reason) = (Becomes::Reusable, "loud".to_owned());
    on(&mut bench, "WO-P/P-1", TravelerCommand::RemoveComponent { entry, becomes, reason });
    let list = recall(&bench, "component/SEAL/S-1", Span::default());
    let rows: Vec<_> = list.units.iter().map(|row| (row.depth, row.taken_out)).collect();
    assert_eq!(rows, [(1, false), (2, true)]);
    assert_eq!(list.to_hold, [traveler("WO-R/R-1")]);
    assert!(list.units[1].why.says("taken out"), "{list:?}");
}

#[test]
fn a_unit_leads_back_to_its_material_and_forward_to_what_contains_it() {
    let bench = built();
    let skid = thread(&bench, "unit/WO-K/K-1", 0, 200);
    let back = |relation: &str| -> Vec<(u32, String)> {
        let rows = skid.back.iter().filter(|row| row.relation == relation);
        rows.map(|row| (row.depth, row.traced.to_string())).collect()
    };
    let inside = [(1, "unit/WO-P/P-1"), (2, "unit/WO-R/R-1"), (3, "material/SEAL/S-1")];
    assert_eq!(back("built in"), inside.map(|(depth, of)| (depth, of.to_owned())));
    assert_eq!(back("made by"), [(1, "instruction/WI-SK/A".to_owned())]);
    assert_eq!(back("worked on by"), [(1, "person/novak".to_owned())]);
    assert_eq!(back("worked on at"), [(1, "place/ASM-1".to_owned())]);
    assert_eq!(back("ordered by"), [(1, "order/WO-K".to_owned())]);
    let rotor = thread(&bench, "unit/WO-R/R-1", 0, 200);
    let forward: Vec<_> = rotor.forward.iter().map(|r| (r.depth, r.traced.to_string())).collect();
    let went = [(1, "unit/WO-P/P-1"), (2, "unit/WO-K/K-1")];
    assert_eq!(forward, went.map(|(depth, of)| (depth, of.to_owned())));
    let lot = thread(&bench, "unit/WO-L/L-3", 0, 200);
    assert!(lot.back.iter().any(|row| row.traced.to_string() == "material/SEAL/S-1"), "{lot:?}");
    for row in rotor.back.iter().chain(&rotor.forward).chain(&skid.back).chain(&lot.back) {
        let at = gemba::domain::fact::Position::parse(&row.fact).unwrap();
        assert!(bench.ledger.written(&at).unwrap().is_some(), "{row:?}");
    }
}

#[test]
fn a_thread_is_told_in_german() {
    let bench = built();
    let is_told = |words: &Words, of: &str| {
        assert_ne!(tell_in(Language::German, words), words.to_string(), "of {of}");
    };
    for of in ["unit/WO-K/K-1", "material/SEAL/S-1", "order/WO-K"] {
        let found = thread(&bench, of, 0, 200);
        is_told(&found.what, of);
        assert!(found.back_count + found.forward_count > 0, "{found:?}");
        for row in found.back.iter().chain(&found.forward) {
            is_told(&row.relation, of);
            row.standing.iter().for_each(|standing| is_told(standing, of));
            // A person's name is nobody's word.
            if !matches!(row.traced, Traced::Person(_)) {
                is_told(&row.what, of);
            }
        }
    }
}

#[test]
fn whatever_a_record_names_leads_to_the_units_it_touched() {
    let mut bench = Bench::started();
    bench.record(1, "25").unwrap();
    let deviation = bench.fail(2, "27.5");
    for (of, relation) in [
        ("gauge/TW-07", "measured with"),
        ("characteristic/CP-40/c-torque", "measured with"),
        ("person/novak", "worked on by"),
        ("place/ASM-1", "worked on at"),
        ("instruction/WI-1040/F", "made by"),
        ("specification/CP-40/F", "made by"),
        ("order/WO-1881", "unit"),
    ] {
        let found = thread(&bench, of, 0, 200);
        let unit = found.forward.iter().find(|row| row.traced.to_string() == "unit/WO-1881/0007");
        let unit = unit.unwrap_or_else(|| panic!("{of}: {found:?}"));
        assert_eq!(unit.relation, relation, "{of}: {found:?}");
        assert!(unit.standing.as_ref().unwrap().says("on hold"), "{found:?}");
    }
    let found = thread(&bench, &format!("deviation/{deviation}"), 0, 200);
    assert!(found.back.iter().any(|row| row.traced.to_string() == "unit/WO-1881/0007"));
    let found = thread(&bench, "unit/WO-1881/0007", 0, 200);
    assert!(found.forward.iter().any(|row| row.traced == Traced::Deviation(deviation.clone())));
    let gauge = thread(&bench, "gauge/TW-07", 0, 200);
    assert_eq!(gauge.back.len(), 2, "registered and calibrated: {gauge:?}");
}

#[test]
fn a_long_thread_is_told_a_page_at_a_time_and_counted() {
    let bench = built();
    let whole = thread(&bench, "person/novak", 0, 200);
    assert!(whole.forward_count > 5 && whole.forward.len() == whole.forward_count);
    let page = thread(&bench, "person/novak", 2, 3);
    assert_eq!(page.forward, whole.forward[2..5]);
    assert_eq!((page.forward_count, page.skipped), (whole.forward_count, 2));
}

#[test]
fn a_text_that_names_several_things_lists_them_and_one_that_names_none_the_nearest() {
    let mut bench = built();
    let all = |named: &Named| -> Vec<String> {
        named.found.iter().map(|row| row.traced.to_string()).collect()
    };
    assert_eq!(all(&named(&bench, "P-1")), ["unit/WO-P/P-1"]);
    assert_eq!(all(&named(&bench, "S-1")), ["material/SEAL/S-1"]);
    assert_eq!(all(&named(&bench, "S-2")), ["component/SEAL/S-2"]);
    assert_eq!(all(&named(&bench, "WI-RT rev A")), ["instruction/WI-RT/A"]);
    assert_eq!(all(&named(&bench, "CP-40")), ["specification/CP-40"]);
    assert_eq!(all(&named(&bench, " TW-07 ")), ["gauge/TW-07"]);
    let received = MaterialReceived {
        supplier: "South".to_owned(),
        quantity: None,
        expires: None,
        certificate: String::new(),
        corrects: None,
    };
    let twin = MaterialId { part: id("COVER"), lot: id("TW-07") };
    bench.sign_in("quade").tell(Command::Material(twin, MaterialCommand::Receive(received)));
    let both = named(&bench, "TW-07");
    assert_eq!(all(&both), ["material/COVER/TW-07", "gauge/TW-07"]);
    assert_eq!(all(&named(&bench, "gauge/TW-07")), ["gauge/TW-07"]);
    let none = named(&bench, "WO-P/P-3");
    assert!(none.found.is_empty());
    assert_eq!(none.nearest.map(|near| near.to_string()).as_deref(), Some("unit/WO-P/P-1"));
    assert_eq!(named(&bench, "gauge/TW-08").nearest, Traced::parse("gauge/TW-07"));
    assert_eq!(named(&bench, "entirely else").nearest, None);
}

#[test]
fn a_place_in_a_span_of_time_reaches_what_was_worked_on_then_and_what_that_went_into() {
    let bench = built();
    let whole = recall(&bench, "place/ASM-1", Span::default());
    let pump = whole.units.iter().find(|row| row.traveler == traveler("WO-P/P-1")).unwrap();
    let span = Span { from: Some(pump.at), until: Some(pump.at), revision: None };
    let then = recall(&bench, "place/ASM-1", span);
    assert_eq!(reached(&then), pairs(&[("WO-P/P-1", 1), ("WO-K/K-1", 2)]));
    let far = Some(moment(90_000).utc);
    let span = Span { from: far, until: None, revision: None };
    assert!(recall(&bench, "place/ASM-1", span).units.is_empty());
}

#[test]
fn r10_a_gauge_is_followed_since_it_was_last_good_and_a_characteristic_by_revision() {
    let mut bench = Bench::started();
    bench.record(1, "25").unwrap();
    let list = recall(&bench, "gauge/TW-07", Span::default());
    assert_eq!(reached(&list), pairs(&[("WO-1881/0007", 1)]));
    assert!(
        list.from.is_some() && list.units[0].why.to_string().contains("25 N·m with TW-07"),
        "{list:?}"
    );
    let of = |revision: &str| Span { revision: Some(id(revision)), ..Span::default() };
    let torque = "characteristic/CP-40/c-torque";
    assert_eq!(recall(&bench, torque, of("F")).units.len(), 1);
    assert_eq!(recall(&bench, torque, of("G")).units.len(), 0);
    assert_eq!(recall(&bench, "unit/WO-1881/0007", Span::default()).units.len(), 1);
    assert_eq!(recall(&bench, "order/WO-1881", Span::default()).to_hold.len(), 1);
}

#[test]
fn a_unit_that_was_let_go_is_called_back_again_for_what_was_built_in_since() {
    let mut bench = Bench::founded();
    releases(&mut bench);
    bench.at("ASM-1");
    makes(&mut bench, "WO-R/R-1", "S-1");
    let holds = recall(&bench, "component/SEAL/S-1", Span::default()).holds("wet");
    let (acting, now) = (bench.sign_in("quade").acting(), bench.now());
    bench.ledger.transact_all(&acting, &now, holds).unwrap();
    let (hold, _) =
        bench.unit("WO-R/R-1").open_holds().next().map(|(at, h)| (at.clone(), h.clone())).unwrap();
    let reason = "another seal".to_owned();
    let release = TravelerCommand::ReleaseHold { hold, reason: reason.clone() };
    bench.sign_in("quade").tell(Command::Traveler(traveler("WO-R/R-1"), release));
    let list = recall(&bench, "component/SEAL/S-1", Span::default());
    assert_eq!((list.units[0].hold.as_deref(), list.to_hold.len()), (Some("released"), 0));
    for seal in ["S-9", "S-1"] {
        let built = bench.unit("WO-R/R-1");
        let entry = built.components().iter().find(|c| c.stands()).unwrap().entry.at.clone();
        let (becomes, reason) = (Becomes::Reusable, reason.clone());
        on(&mut bench, "WO-R/R-1", TravelerCommand::RemoveComponent { entry, becomes, reason });
        let (at, entry) = (step_at("fit"), Entry::Text(seal.to_owned()));
        on(&mut bench, "WO-R/R-1", TravelerCommand::Record { at, ask: 1, sample: 1, entry });
    }
    let list = recall(&bench, "component/SEAL/S-1", Span::default());
    assert_eq!((list.units[0].hold.as_deref(), list.to_hold.len()), (None, 1));
}

#[test]
fn r05_a_unit_of_this_plant_is_built_in_once_by_whatever_name_it_is_scanned() {
    let mut bench = Bench::founded();
    releases(&mut bench);
    bench.at("ASM-1");
    makes(&mut bench, "WO-R/R-1", "S-1");
    fits(&mut bench, "WO-P/P-1", "R-1");
    on(&mut bench, "WO-P/P-2", TravelerCommand::Start);
    for name in ["R-1", "WO-R/R-1", "r-1", "wo-r/r-1"] {
        let (at, entry) = (step_at("fit"), Entry::Text(name.to_owned()));
        let record = TravelerCommand::Record { at, ask: 1, sample: 1, entry };
        bench.sign_in("novak");
        bench.ask(Command::Traveler(traveler("WO-P/P-2"), record)).unwrap_err();
    }
    assert!(bench.unit("WO-P/P-2").components().is_empty());
}
