//! What the store behind the screens answers: units from the shop's facts, the rest made up.

use std::collections::BTreeMap;

use gemba::domain::difference::diff_instructions;
use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::ids::{GaugeId, PlaceId};
use gemba::domain::instruction::Instruction;
use gemba::domain::people::Role;
use gemba::domain::refusal::{Reason, Refusal};
use gemba::domain::signature::{Components, Covers, Meaning, Signature};
use gemba::domain::station::JudgeVerdict;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::words::Words;
use gemba::ui::message::Outcome;
use gemba::ui::terminal_kind::ColorLevel;
use gemba::ui::themes::Themes;
use gemba::views::board::{Board, ReviewRow};
use gemba::views::definition::ReceivedRow;
use gemba::views::deviation::DeviationView;
use gemba::views::for_me::ForMe;
use gemba::views::gauge::GaugeTrace;
use gemba::views::link::{SignInNews, SyncView};
use gemba::views::query::{Answer, Query};
use gemba::views::queue::{Queue, QueueRow, QueueState};
use gemba::views::register::{DefinitionRow, EndingRow, GaugeRow, PlaceRow};
use gemba::views::scan::ScanMeaning;
use gemba::views::signature::SignatureView;
use gemba::views::traveler::{Lately, TravelerView};
use jiff::Timestamp;

use super::lots::lot_order;
use super::plant::moment;
use super::screen_board::{board, place_board};
use super::screen_characteristic::characteristic;
use super::screen_deviations::{self, deviations};
use super::screen_differences::{definition, differences, news_of};
use super::screen_floor::floor;
use super::screen_inspection::inspections;
use super::screen_permits::{offers, permits};
use super::screen_plant::orders;
use super::screen_ship::{ship_review, ships};
use super::screen_suspect::{made_suspect, suspects};
use super::screen_thread::{named, spots, thread, told};
use super::screen_trace::trace;
use super::shop::Shop;
use super::shop_deviations::FIRST;
use super::shop_plan::{id, order};
use super::shop_route::{ORDER, coated_order};
use super::shop_sampling::{ORDERS, sampling_order};

/// Badge, person, name, role.
pub(crate) type Badge = (&'static str, &'static str, &'static str, Role);

/// Who is known.
pub(crate) const BADGES: [Badge; 6] = [
    ("B-2107", "novak", "A. Novak", Role::Operator),
    ("B-2114", "haas", "L. Haas", Role::Operator),
    ("B-3052", "okafor", "M. Okafor", Role::Inspector),
    ("B-4011", "brandt", "S. Brandt", Role::Supervisor),
    ("B-5020", "quell", "R. Tanaka", Role::Quality),
    ("B-5003", "lind", "J. Lindqvist", Role::Engineer),
];

/// What is made up, and can be changed by a test.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) queue: Option<Queue>,
    pub(crate) board: Option<Board>,
    /// What waits for the signature of whoever asks.
    pub(crate) for_me: ForMe,
    /// The deviations, where they are others than the shop's.
    pub(crate) deviations: Option<Vec<DeviationView>>,
    /// What was measured lately, by ask.
    pub(crate) lately: BTreeMap<u16, Vec<Lately>>,
    pub(crate) sync: Option<SyncView>,
    pub(crate) news: SignInNews,
    pub(crate) new_pin_refused: Option<Refusal>,
    pub(crate) sign_in_refused: Option<Refusal>,
    pub(crate) trouble: Option<String>,
    /// What the server says about who has received a definition; none where it does not answer.
    pub(crate) received: Option<Vec<ReceivedRow>>,
    /// The qualifications of whoever signs in that end soon.
    pub(crate) ending: Vec<EndingRow>,
    /// The gauges, where they are others than usual.
    pub(crate) gauges: Option<Vec<GaugeRow>>,
    /// What was measured with a gauge.
    pub(crate) trace: Option<Box<GaugeTrace>>,
    /// The bytes of every picture; none where they are not here yet.
    pub(crate) picture: Option<Vec<u8>>,
}

/// The gauges of the plant: in date, overdue, never calibrated.
pub(crate) fn gauges() -> Vec<GaugeRow> {
    let row =
        |gauge: &str, name: &str, class: &str, unit: &str, due: Option<&str>, overdue| GaugeRow {
            gauge: id(gauge),
            name: name.to_owned(),
            class: class.to_owned(),
            unit: Some(unit.to_owned()),
            resolution: Some("0.1".to_owned()),
            due: due.map(|day| day.parse().unwrap()),
            overdue,
            range: None,
            interval: None,
            calibrated: None,
            failed: None,
            soon_days: None,
            last_used: None,
        };
    vec![
        row("TW-07", "Torque wrench 5-50", "torque-wrench", "N·m", Some("2026-11-30"), false),
        row("TW-08", "Torque wrench 5-50", "torque-wrench", "N·m", Some("2026-11-22"), true),
        row("TW-09", "Torque wrench 20-200", "torque-wrench", "N·m", None, true),
        row("FG-02", "Feeler gauges", "feeler", "mm", Some("2026-12-31"), false),
        row("MIC-4", "Micrometer 0-25", "micrometer", "mm", Some("2027-03-01"), false),
    ]
}

/// A unit as it is looked at from a place.
fn looked_at(id: &TravelerId, place: Option<&PlaceId>, shop: &Shop) -> Option<Box<TravelerView>> {
    let place = place.and_then(|at| places().into_iter().find(|row| row.place == *at));
    let here = place.map(|row| row.work_center);
    traveler(id, shop).map(|view| Box::new(TravelerView { here, ..view }))
}

impl Answers {
    #[expect(clippy::too_many_lines, reason = "one table, a line a question")]
    pub(crate) fn answer(&self, query: &Query, shop: &Shop) -> Result<Answer, String> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        if let Some(answer) = floor(query, shop).or_else(|| permits(query, shop)) {
            return Ok(answer);
        }
        Ok(match query {
            Query::Series { .. }
            | Query::Inspections { .. }
            | Query::Lot { .. }
            | Query::Grid { .. }
            | Query::FirstArticle { .. }
            | Query::LotsToOpen => inspections(query, shop),
            Query::Materials { .. } => Answer::Materials(Vec::new()),
            Query::Queue { .. } => Answer::Queue(self.queue.clone().unwrap_or_else(queue)),
            Query::Traveler { id, place } => {
                let found = looked_at(id, place.as_ref(), shop);
                let lately = self.lately.clone();
                Answer::Traveler(found.map(|view| Box::new(TravelerView { lately, ..*view })))
            }
            Query::ForMe { .. } => Answer::ForMe(self.for_me.clone()),
            Query::Differences { id, person } => {
                let found = differences(id, person.as_ref(), shop);
                Answer::Differences(Some(Box::new(found)))
            }
            Query::Board => {
                let mut board = self.board.clone().unwrap_or_else(|| board(shop));
                board.deviations = self.deviations.clone().unwrap_or_else(|| deviations(shop));
                Answer::Board(Box::new(board))
            }
            Query::PlaceBoard { place, .. } => {
                let board = self.board.clone().unwrap_or_else(|| board(shop));
                Answer::PlaceBoard(place_board(place, board).map(Box::new))
            }
            Query::Deviations { .. } => {
                let known = self.deviations.clone();
                Answer::Deviations(known.unwrap_or_else(|| deviations(shop)))
            }
            Query::Deviation { id } => {
                let known = deviations(shop).into_iter().find(|view| view.id == *id);
                Answer::Deviation(known.map(Box::new))
            }
            Query::Instruction { hash } => {
                Answer::Instruction(shop.instructions.get(hash).cloned())
            }
            Query::Definitions => Answer::Definitions(definitions(shop)),
            Query::StandardStep { .. } => Answer::StandardStep(None),
            Query::Definition { subject } => {
                Answer::Definition(definition(subject, shop).map(Box::new))
            }
            Query::Compared { old, new } => {
                let both = shop.instructions.get(old).zip(shop.instructions.get(new));
                Answer::Compared(both.map(|(old, new)| diff_instructions(old, new)))
            }
            Query::Gauges { class } => {
                let wanted =
                    |row: &GaugeRow| class.as_ref().is_none_or(|c| c.as_str() == row.class);
                let known = self.gauges.clone().unwrap_or_else(gauges);
                Answer::Gauges(known.into_iter().filter(wanted).collect())
            }
            Query::GaugeTrace { .. } => Answer::GaugeTrace(self.trace.clone()),
            Query::Places => Answer::Places(places()),
            Query::People => Answer::People(screen_deviations::people()),
            Query::Sync => Answer::Sync(Box::new(self.sync.clone().unwrap_or_default())),
            Query::Link => Answer::Link(self.sync.clone().unwrap_or_default().link),
            Query::SignInNews { place } => {
                let mut news = self.news.clone();
                if place.is_some() {
                    news.place = "Torque and sealing bench".to_owned();
                }
                Answer::SignInNews(news)
            }
            Query::Scan { code } => Answer::Scan(meaning(code)),
            Query::Suspects { all } => Answer::Suspects(suspects(*all, shop)),
            Query::SuspectRange { failed } => {
                let mut ranges = suspects(true, shop);
                ranges.retain(|range| range.failed == *failed);
                Answer::Suspects(ranges)
            }
            Query::Trace { id } => Answer::Trace(Some(Box::new(trace(id, shop)))),
            Query::Ticket { ticket } => Answer::Ticket(Box::new(shop.ticket_view(ticket))),
            Query::Travelers { ids, .. } => {
                Answer::Travelers(ids.iter().filter_map(|id| traveler(id, shop)).collect())
            }
            Query::Ships => Answer::Ships(ships(shop)),
            Query::ShipReview { id } => Answer::ShipReview(ship_review(id, shop).map(Box::new)),
            Query::Find { words, .. } => Answer::Found(told(words)),
            Query::Spots { here } => Answer::Spots(spots(here.as_ref())),
            Query::Named { text } => Answer::Named(named(text)),
            Query::Thread { of, skip, limit } => {
                Answer::Thread(Some(Box::new(thread(of, (*skip, *limit)))))
            }
            Query::Characteristic { part, id } => {
                Answer::Characteristic(Some(Box::new(characteristic(part, id))))
            }
            Query::BoardOf { .. }
            | Query::ToShip { .. }
            | Query::Certificate { .. }
            | Query::Recall { .. }
            | Query::Help { .. }
            | Query::HelpDue
            | Query::Handovers { .. }
            | Query::HandoverContent
            | Query::Redline { .. }
            | Query::Redlines { .. }
            | Query::Permits { .. }
            | Query::Permit { .. }
            | Query::Blob { .. }
            | Query::Endings
            | Query::Orders { .. }
            | Query::Waits
            | Query::Users { .. }
            | Query::SpecificationUsers { .. } => {
                panic!("no screen asks for {query:?} yet")
            }
        })
    }
}

fn meaning(code: &str) -> ScanMeaning {
    if BADGES.iter().any(|(badge, ..)| *badge == code) {
        return ScanMeaning::Badge;
    }
    let gauge: Option<GaugeId> = GaugeId::parse(code).ok();
    if let Some(gauge) = gauge.filter(|gauge| gauges().iter().any(|row| row.gauge == *gauge)) {
        return ScanMeaning::Gauge(gauge);
    }
    match code {
        FIRST => ScanMeaning::Deviation(id(code)),
        "ASM-1" | "ASM-2" | "INC-1" => ScanMeaning::Place(id(code)),
        "WO-1881" | "WO-1884" => ScanMeaning::Order(id(code)),
        "0007" => ScanMeaning::Traveler(unit("WO-1881/0007")),
        "0008" => ScanMeaning::Traveler(unit("WO-1881/0008")),
        lot if lot.starts_with("WO-2/") => ScanMeaning::Traveler(unit(lot)),
        unit_of if unit_of.starts_with("WO-1/") => ScanMeaning::Traveler(unit(unit_of)),
        unit_of if unit_of.starts_with("WO-S/") => ScanMeaning::Traveler(unit(unit_of)),
        "WO-R/0001" => ScanMeaning::Traveler(unit("WO-R/0001")),
        _ => ScanMeaning::Unknown,
    }
}

pub(crate) fn unit(text: &str) -> TravelerId {
    TravelerId::parse(text).unwrap()
}

/// A unit as the store would tell it, from its facts.
pub(crate) fn traveler(wanted: &TravelerId, shop: &Shop) -> Option<TravelerView> {
    let known = orders().into_iter().chain([
        ("WO-1", order()),
        ("WO-2", lot_order()),
        (ORDER, coated_order()),
    ]);
    let known = known.chain(ORDERS.map(|order| (order, sampling_order())));
    let (_, order) = known.into_iter().find(|(name, _)| *name == wanted.order.as_str())?;
    let StreamState::Traveler(state) = shop.stream(&Subject::Traveler(wanted.clone())).state else {
        panic!("a traveler's stream holds a traveler");
    };
    let names = BADGES.iter().map(|(_, person, name, _)| (id(person), (*name).to_owned()));
    Some(TravelerView {
        id: wanted.clone(),
        order,
        order_closed: false,
        here: None,
        state,
        instructions: shop.instructions.clone(),
        news: news_of(wanted, shop),
        samples: shop.samples(wanted),
        deviations: deviations(shop)
            .into_iter()
            .filter(|d| d.units.iter().any(|unit| unit.traveler == *wanted))
            .collect(),
        permits: offers(wanted, shop),
        names: names.collect::<BTreeMap<_, _>>(),
        offers: screen_deviations::offers(shop),
        scrap_reasons: vec!["dent".to_owned(), "burr".to_owned()],
        pause_reasons: ["break", "waiting for parts"].map(str::to_owned).to_vec(),
        suspects: made_suspect(wanted, shop),
        lately: BTreeMap::new(),
        waiting: 3,
    })
}

fn row(traveler: &str, state: QueueState) -> QueueRow {
    let lot = traveler.contains("L-");
    QueueRow {
        traveler: unit(traveler),
        part: id(if lot { "CP-41" } else { "CP-40" }),
        title: if lot { "Incoming inspection of shafts" } else { "Fit and torque the pump cover" }
            .to_owned(),
        quantity: lot.then_some(50),
        operation: if lot { 10 } else { 20 },
        operation_name: if lot { "Incoming" } else { "Assembly" }.to_owned(),
        work_center: id(if lot { "INC" } else { "ASM" }),
        due: Some(if lot { "2026-11-25" } else { "2026-11-23" }.parse().unwrap()),
        priority: 2,
        accepted: None,
        first: Vec::new(),
        state,
    }
}

/// A queue with every state in it.
pub(crate) fn queue() -> Queue {
    let told = |reason: Reason| reason.told(&BTreeMap::new());
    let held = Reason::OnHold {
        why: "a reading is outside its limits".to_owned(),
        deviation: Some(id("NCR-ASM2-0042")),
        next: "a supervisor disposes NCR-ASM2-0042 (use as is: quality or engineer)".to_owned(),
    };
    let (name, at) = ("Leak test".to_owned(), "LEAK-1".to_owned());
    let open = Reason::UpstreamOpen { operation: 10, name, at };
    let closed = Reason::OrderClosed { order: id("WO-1883") };
    Queue {
        here: vec![
            row("WO-1881/0007", QueueState::Begun { step: 5, steps: 8, paused: None }),
            row("WO-1881/0008", QueueState::Ready),
            row(
                "WO-1881/0009",
                QueueState::Begun { step: 2, steps: 8, paused: Some("lunch".to_owned()) },
            ),
            row("WO-1884/L-22", QueueState::Ready),
        ],
        not_yet: vec![
            row(
                "WO-1879/0003",
                QueueState::OnHold {
                    reasons: vec![told(held)],
                    why: "a reading is outside its limits".to_owned(),
                    deviation: Some(id("NCR-ASM2-0042")),
                },
            ),
            row("WO-1883/0001", QueueState::NotYet { reasons: vec![told(open), told(closed)] }),
        ],
        today: Some("2026-11-23".parse().unwrap()),
        looks: None,
    }
}

/// A record of somebody who was revoked.
pub(super) fn not_accepted(at: Option<Timestamp>) -> ReviewRow {
    ReviewRow {
        station: id("HP2"),
        fact: Position::parse("ledger-x.1.7").unwrap(),
        subject: "traveler/WO-1870/0002".to_owned(),
        what: Words::given("Bolt torque 2: 25.1 N·m (25 ±2 N·m)"),
        who: "L. Haas".to_owned(),
        place: Some(id("ASM-2")),
        at,
        verdict: JudgeVerdict::Rejected,
        units: Vec::new(),
        decisions: Vec::new(),
        not_to_follow: Vec::new(),
        with_it: 0,
        reasons: vec![
            "haas was revoked".to_owned(),
            "the training of haas for torque-1 had ended on 2026-11-01".to_owned(),
        ],
    }
}

fn definitions(shop: &Shop) -> Vec<DefinitionRow> {
    let newer = |than: &Instruction| {
        let others = shop.instructions.values().filter(|other| other.id == than.id);
        let newest = others.map(|other| other.revision.clone()).max();
        newest.filter(|newest| *newest > than.revision)
    };
    let known = shop.instructions.iter().map(|(hash, instruction)| DefinitionRow {
        what: "instruction".to_owned(),
        id: instruction.id.to_string(),
        revision: instruction.revision.clone(),
        title: instruction.title.clone(),
        hash: *hash,
        standing: newer(instruction).map_or("in effect", |_| "superseded").to_owned(),
        superseded_by: newer(instruction),
        from: None,
        withdrawn: None,
        approvals_open: Vec::new(),
        approvals: vec![approval(instruction)],
        complete: instruction.id.as_str() != "WI-2001",
    });
    let mut rows: Vec<_> = known.collect();
    rows.sort_by(|a, b| (&a.id, &a.revision).cmp(&(&b.id, &b.revision)));
    rows.push(DefinitionRow {
        what: "specification".to_owned(),
        id: "CP-40".to_owned(),
        revision: id("F"),
        title: "Coolant pump".to_owned(),
        hash: Hash::of(&[b"CP-40"]),
        standing: "in effect".to_owned(),
        superseded_by: None,
        from: None,
        withdrawn: None,
        approvals_open: Vec::new(),
        approvals: Vec::new(),
        complete: true,
    });
    rows
}

/// As quality approved it, a day before the shift.
fn approval(instruction: &Instruction) -> SignatureView {
    let covered = Position::parse("stn-a.1.7").unwrap();
    let signature = Signature {
        signer: id("quell"),
        printed_name: "L. Quell".to_owned(),
        role: Role::Quality,
        meaning: Meaning::Approved,
        components: Components::BadgeAndPin,
        covers: Covers::over([(&covered, &Hash::of(&[instruction.id.as_str().as_bytes()]))]),
    };
    SignatureView::new(&covered.plus(1), &moment(3_600_000), &signature)
}

fn places() -> Vec<PlaceRow> {
    let row = |place: &str, name: &str, work_center: &str| PlaceRow {
        place: id(place),
        name: name.to_owned(),
        site: id("harbor"),
        area: id("line-1"),
        work_center: id(work_center),
        per_hour: None,
        held: Vec::new(),
    };
    vec![
        row("ASM-1", "Press and torque bench", "ASM"),
        row("ASM-2", "Torque and sealing bench", "ASM"),
        row("INC-1", "Measuring table", "INC"),
    ]
}

/// The themes of a terminal that begins with one of them; with `mono` it has no colors.
pub(crate) fn themes(name: &str) -> Themes {
    let mono = name == "mono";
    let level = if mono { ColorLevel::Mono } else { ColorLevel::Palette256 };
    Themes::with(Vec::new(), level).beginning_with(name).unwrap()
}

/// What became of a command, as the store tells it; people by their printed names.
pub(crate) fn outcome(result: Result<Vec<Position>, Refusal>) -> Outcome {
    match result {
        Ok(positions) => Outcome::Saved(positions),
        Err(mut refusal) => {
            for (badge, person, name, _) in BADGES {
                refusal.names.insert(id(person), format!("{name} ({badge})"));
            }
            Outcome::Refused(refusal)
        }
    }
}
