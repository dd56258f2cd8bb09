//! People who do whatever comes to their mind: random commands on random histories, by a seed.

mod components;
mod deviations;
mod inspections;
mod lots;
mod news;
mod permits;
mod pointed;
pub(crate) mod route;
pub(crate) mod samples;
pub(crate) mod sensible;
pub(crate) mod shift;
mod ship;
mod site;
pub(crate) mod situations;

use std::collections::BTreeMap;

use gemba::domain::decide::Command;
use gemba::domain::deviation::DeviationCommand;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription, GaugeRange};
use gemba::domain::hash::Hash;
use gemba::domain::help::HelpCommand;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::order::{OrderCommand, Units};
use gemba::domain::people::{PersonCommand, Purpose, Role};
use gemba::domain::place::PlaceCommand;
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::site_change::SiteCommand;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::state::{Attempt, TravelerState};

use self::sensible::{failures, reviews, value};
use super::shop::Shop;
use super::shop_plan::{
    PEOPLE, accept_wait, approval, begin_wait, calibrated, gauge_registered, id, limits, number,
    order, pause, raises, reading, signs, signs_by_pin, submission, unit,
};

/// Chance by a seed (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap();
        from[at].clone()
    }
}

/// What a command is called in the counts.
pub(crate) fn name(command: &Command) -> String {
    let debug = match command {
        Command::Traveler(_, command) => format!("{command:?}"),
        Command::Order(_, command) => format!("Order{command:?}"),
        Command::Instruction(_, command) => format!("Instruction{command:?}"),
        Command::Specification(_, command) => format!("Specification{command:?}"),
        Command::Gauge(_, command) => format!("Gauge{command:?}"),
        Command::Material(_, command) => format!("Material{command:?}"),
        Command::Person(_, command) => format!("Person{command:?}"),
        Command::Deviation(_, command) => format!("Deviation{command:?}"),
        Command::Place(_, command) => format!("Place{command:?}"),
        Command::Station(_, command) => format!("Station{command:?}"),
        Command::Site(_, SiteCommand::SetShifts(_)) => "SiteSetShifts".to_owned(),
        Command::Site(..) => "Site".to_owned(),
        Command::Floor(_, command) => format!("{command:?}"),
        Command::Help(_, command) => format!("Help{command:?}"),
        Command::Handover(_, command) => format!("Handover{command:?}"),
        Command::Redline(_, command) => format!("Redline{command:?}"),
        Command::Series(_, command) => format!("Lot{command:?}"),
        Command::ProposePermit(..) => "ProposePermit".to_owned(),
        Command::Permit(_, command) => format!("Permit{command:?}"),
    };
    let end = debug.find(|c: char| !c.is_alphanumeric()).unwrap_or(debug.len());
    debug[..end].to_owned()
}

/// Anything at all, by anybody, anywhere.
pub(crate) fn wild(shop: &mut Shop, chance: &mut Chance) -> (&'static str, Command) {
    let mut people: Vec<&str> = PEOPLE.iter().map(|(who, _)| *who).collect();
    people.extend(["novak", "okafor", "brandt", "quell", "lind", "admin", "plan", "", "nobody"]);
    let who = chance.pick(&people);
    if chance.one_in(3) {
        shop.place(chance.pick(&["ASM-1", "ASM-1", "INC-1", "ASM-9", ""]));
    }
    shop.later(i64::try_from(chance.below(200)).unwrap());
    // Now and then in a session, mostly somebody else's.
    let session = if chance.one_in(24) { "s1" } else { "" };
    shop.session(session);
    let command = match chance.below(39) {
        0..=8 => Command::Traveler(shop.traveler.clone(), on_traveler(shop, chance)),
        9..=11 | 36..=38 => deviations::on_deviation(shop, chance),
        12 | 13 => on_order(shop, chance),
        14..=18 => on_definition(chance),
        19 => on_gauge(chance),
        20 if chance.one_in(2) => on_gauge(chance),
        20 => components::on_material(chance),
        21..=25 => on_person(chance),
        26 | 27 => on_station(shop, chance),
        28 | 29 => shift::on_floor(chance),
        30 => permits::on_permit(chance),
        _ => site::on_site(chance),
    };
    let who = if chance.one_in(4) { who } else { rightful(&command, chance) };
    (who, command)
}

/// Something that the situation leans to.
pub(crate) fn leaning(
    (shop, chance): (&mut Shop, &mut Chance),
    leans: fn(&Shop, &mut Chance) -> Command,
) -> (&'static str, Command) {
    shop.later(i64::try_from(chance.below(30)).unwrap()).session("");
    let command = leans(shop, chance);
    (rightful(&command, chance), command)
}

/// Somebody whose role allows the command.
fn rightful(command: &Command, chance: &mut Chance) -> &'static str {
    match command {
        Command::Traveler(
            _,
            TravelerCommand::SkipStep { .. }
            | TravelerCommand::AcceptWait { .. }
            | TravelerCommand::MoveToRevision { .. }
            | TravelerCommand::AcceptUpstream { .. }
            | TravelerCommand::ReleaseHold { .. }
            | TravelerCommand::HoldForGauge { .. }
            | TravelerCommand::HoldForRecall { .. },
        )
        | Command::Station(..)
        | Command::Place(_, PlaceCommand::ReleaseOperation { .. }) => "brandt",
        Command::Permit(..) | Command::ProposePermit(..) => chance.pick(&["lind", "quell"]),
        Command::Traveler(_, TravelerCommand::Sign { .. }) => "okafor",
        Command::Traveler(_, TravelerCommand::Ship { .. } | TravelerCommand::TakeBack { .. })
        | Command::Series(
            _,
            InspectionCommand::Dispose { .. } | InspectionCommand::Choose { .. },
        )
        | Command::Gauge(..)
        | Command::Material(..) => "quell",
        Command::Traveler(..) => "novak",
        Command::Order(..) | Command::Place(_, PlaceCommand::SetPlan { .. }) => "plan",
        Command::Instruction(_, RevisionCommand::Approve { .. })
        | Command::Specification(_, RevisionCommand::Approve { .. }) => {
            chance.pick(&["lind", "quell"])
        }
        Command::Instruction(..) | Command::Specification(..) | Command::Redline(..) => "lind",
        Command::Series(..) => "okafor",
        Command::Deviation(
            _,
            DeviationCommand::Confirm { .. } | DeviationCommand::NoteDone { .. },
        ) => chance.pick(&["novak", "ito", "brandt"]),
        Command::Deviation(_, DeviationCommand::Check { .. }) => chance.pick(&["quell", "brandt"]),
        Command::Deviation(..) => chance.pick(&["quell", "quell", "lind"]),
        Command::Place(
            _,
            PlaceCommand::SetUp { .. }
            | PlaceCommand::ChangeTool { .. }
            | PlaceCommand::ChangeMaterial { .. },
        ) => "ito",
        Command::Help(_, HelpCommand::NoteEscalation { .. }) => "",
        Command::Floor(..) | Command::Help(..) | Command::Handover(..) => {
            chance.pick(&["novak", "ito", "brandt"])
        }
        Command::Person(..) | Command::Place(..) | Command::Site(..) => "admin",
    }
}

const STEPS: [&str; 21] = [
    "scan", "clean", "torque", "look", "cure", "press", "release", "pack", "diameter", "final",
    "x", "count", "tally", "view", "mask", "tag", "polish", "dry", "approve", "box", "gap",
];

const GAUGES: [&str; 5] = ["TW-07", "TW-08", "TW-09", "CAL-1", "X"];

/// The step that is next, or any.
fn some_step(shop: &Shop, state: &TravelerState, chance: &mut Chance) -> &'static str {
    let next = state.current(&shop.instructions).map(|current| current.step.id.clone());
    let next = STEPS.iter().find(|step| next.as_ref().is_some_and(|next| next.as_str() == **step));
    next.filter(|_| chance.one_in(2)).copied().unwrap_or_else(|| chance.pick(&STEPS))
}

/// A reading of the unit, where it has any.
fn some_reading(state: &TravelerState, chance: &mut Chance) -> gemba::domain::fact::Position {
    let readings: Vec<_> = state.attempts.iter().flat_map(Attempt::readings).collect();
    if readings.is_empty() {
        return gemba::domain::fact::Position::parse("ledger-ASM1.1.1").unwrap();
    }
    chance.pick(&readings).0.at.clone()
}

fn on_traveler(shop: &mut Shop, chance: &mut Chance) -> TravelerCommand {
    let state = shop.state();
    let step = some_step(shop, &state, chance);
    let mut here = route::anywhere(step);
    if chance.one_in(30) {
        here.operation = 40;
    }
    let ask = if chance.one_in(2) { 1 } else { u16::try_from(chance.below(5)).unwrap() };
    let sample = u16::try_from(chance.below(5)).unwrap();
    let some_reading = some_reading(&state, chance);
    let word = chance.pick(&["", "why", "a\0", "\u{1b}", "0002", "12"]).to_owned();
    let word = if chance.one_in(20) { "long".repeat(1_000) } else { word };
    let anything = |chance: &mut Chance| match chance.below(3) {
        0 => ReadingValue::Conforms(chance.one_in(2)),
        1 => reading("25", chance.pick(&["N·m", "in"])),
        _ => value(chance, "torque"),
    };
    let gauge = chance.pick(&GAUGES);
    match chance.below(22) {
        0 => TravelerCommand::Start,
        1 | 2 => {
            let entry = match chance.below(4) {
                0 => Entry::Answer(chance.one_in(2)),
                1 => Entry::BeginWait,
                2 => Entry::Text(word),
                _ => {
                    let gauge = (!chance.one_in(4)).then(|| id(gauge));
                    Entry::Reading { value: anything(chance), gauge }
                }
            };
            TravelerCommand::Record { at: here, ask, sample, entry }
        }
        3 => {
            let rows = (0..sample).map(|n| (n, anything(chance))).collect();
            TravelerCommand::RecordRows { at: here, ask, gauge: Some(id(gauge)), rows }
        }
        4 => retyped(some_reading, anything(chance), (gauge, word), chance),
        5 => {
            let value = anything(chance);
            TravelerCommand::Correct { reading: some_reading, value, reason: word }
        }
        6 => route::wild_correction(&state, some_reading, word, chance),
        7 => TravelerCommand::CompleteStep { at: here, read_in: None },
        8 => TravelerCommand::SkipStep { at: here, reason: word },
        9 => accept_wait(step),
        10 => chance.pick(&[pause(), TravelerCommand::Pause { reason: word }]),
        12 | 18 | 19 => chance.pick(&[
            raises(step),
            signs(step, ask),
            signs_by_pin(step, ask),
            begin_wait(step),
        ]),
        11 => TravelerCommand::Resume { note: chance.pick(&[None, Some(word)]) },
        13 if chance.one_in(3) => {
            let failures = failures(shop);
            let failed = failures.last().map_or(some_reading, |failure| failure.at.clone());
            TravelerCommand::HoldForGauge { gauge: id("TW-07"), failed }
        }
        14 if chance.one_in(3) => ship::wild_ship(shop, word, chance),
        13 if chance.one_in(3) => components::wild_recall(some_reading, word, chance),
        20 | 21 => news::chooses(shop, chance, word),
        13 if chance.one_in(2) => samples::wild_sort(&state, some_reading, chance),
        13 => releases(&state, some_reading, word),
        15 if chance.one_in(3) => lots::wild_recount(&state, chance),
        15 => lots::wild_report(here, chance),
        16 => lots::wild_split(chance),
        17 => route::wild_accept(word, chance),
        14 => components::wild_removal(&state, some_reading, word, chance),
        _ => TravelerCommand::HoldForJudge { fact: some_reading, reasons: vec!["odd".to_owned()] },
    }
}

/// The first open hold, else any fact, is let go.
fn releases(
    state: &TravelerState,
    other: gemba::domain::fact::Position,
    reason: String,
) -> TravelerCommand {
    let hold = state.open_holds().next().map_or(other, |(at, _)| at.clone());
    TravelerCommand::ReleaseHold { hold, reason }
}

/// A value typed or measured again.
fn retyped(
    reading: gemba::domain::fact::Position,
    value: ReadingValue,
    (gauge, reason): (&str, String),
    chance: &mut Chance,
) -> TravelerCommand {
    if chance.one_in(2) {
        return TravelerCommand::Retype { reading, value };
    }
    TravelerCommand::Remeasure { reading, value, gauge: Some(id(gauge)), reason }
}

fn on_order(shop: &Shop, chance: &mut Chance) -> Command {
    let mut opened = order();
    match chance.below(8) {
        0 => opened.units = Units::Serials(Vec::new()),
        1 => opened.units = Units::Serials(vec![id("1"), id("1")]),
        2 => opened.units = Units::Lot { lot: id("L"), quantity: 0 },
        3 => opened.route.reverse(),
        4 => opened.part = id("CP-99"),
        5 => {
            opened.route[0].instruction = id("WI-99");
            opened.route[1].work_center = id("PACK");
            opened.part = id("CP-99");
        }
        _ => {}
    }
    let last = shop.stations[0].written.iter().rev().map(|sent| &sent.subject);
    let last = last.filter(|at| matches!(at, Subject::Order(id) if *id != shop.traveler.order));
    let opened_last = last.map(|at| at.to_string().replace("order/", "")).next();
    let number = format!("WO-{}", chance.below(1_000) + 100);
    let closes = opened_last.unwrap_or_else(|| number.clone());
    let own = shop.traveler.order.clone();
    let reason = chance.pick(&["", "done", "done"]).to_owned();
    let reopen = OrderCommand::Reopen { reason: reason.clone() };
    let close = OrderCommand::Close { reason, with_open_units: chance.one_in(2) };
    match chance.below(8) {
        0 => Command::Order(own, OrderCommand::Open(opened)),
        1 if chance.one_in(40) => Command::Order(own, close),
        2 => Command::Order(id(&number), close),
        3 | 4 => Command::Order(id(&closes), close),
        5 => Command::Order(chance.pick(&[own, id(&closes)]), reopen),
        _ => Command::Order(id(&number), OrderCommand::Open(opened)),
    }
}

fn on_definition(chance: &mut Chance) -> Command {
    let revision = chance.pick(&["C", "F", "K1", "K1", "K1", "K1", "K1", "K2"]);
    let hash = chance.pick(&[Hash::ZERO, Hash([1; 32])]);
    let command = match chance.below(6) {
        0 if chance.one_in(2) => {
            let (revision, stop_work) = (id(revision), chance.one_in(2));
            let reason = chance.pick(&["", "wrong", "wrong"]).to_owned();
            RevisionCommand::Withdraw(RevisionWithdrawn { revision, reason, stop_work })
        }
        0 | 1 => submission(revision, hash),
        _ => approval(revision, chance.pick(&["A. Name", "A. Name", "A. Name", "A. Name", ""])),
    };
    if chance.one_in(2) {
        Command::Instruction(id(chance.pick(&["WI-1", "WI-50", "WI-50", "WI-50"])), command)
    } else {
        Command::Specification(id(chance.pick(&["CP-40", "CP-50", "CP-50", "CP-50"])), command)
    }
}

/// Definitions, and again and again the assembly's first revision is withdrawn.
pub(crate) fn on_withdrawal(chance: &mut Chance) -> Command {
    if !chance.one_in(3) {
        return on_definition(chance);
    }
    let (revision, reason, stop_work) = (id("C"), "wrong".to_owned(), chance.one_in(2));
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work };
    Command::Instruction(id("WI-1"), RevisionCommand::Withdraw(withdrawn))
}

fn on_gauge(chance: &mut Chance) -> Command {
    let gauge = chance.pick(&["M-1", "M-2", "CAL-1"]);
    let command = |command| Command::Gauge(id(gauge), command);
    match chance.below(8) {
        0 | 1 => gauge_registered(gauge, "caliper"),
        2 => calibrated(gauge, "2026-11-02", "2026-11-01"),
        3 => command(GaugeCommand::Fail {
            found: "+4 %".to_owned(),
            reason: chance.pick(&["", "dropped"]).to_owned(),
        }),
        4 => command(GaugeCommand::Register(GaugeDescription {
            name: "odd".to_owned(),
            class: id("caliper"),
            unit: None,
            resolution: Some(number("0")),
            uncertainty: None,
            range: Some(GaugeRange { lower: number("5"), upper: number("1"), unit: unit("mm") }),
            interval: None,
        })),
        5 => command(GaugeCommand::Calibrate {
            on: "2026-11-01".parse().unwrap(),
            due: None,
            certificate: "K-2".to_owned(),
            as_found: None,
        }),
        _ => calibrated(gauge, "2026-11-23", "2027-11-01"),
    }
}

fn on_person(chance: &mut Chance) -> Command {
    let who = chance.pick(&["guest1", "guest1", "guest1", "guest1", "guest2", "x"]);
    let word = chance.pick(&["", "why", "why"]).to_owned();
    let roles = if chance.one_in(5) { [].into() } else { [Role::Operator].into() };
    let command = match chance.below(30) {
        0 | 1 => PersonCommand::Admit { roles, identity_verified_by: word },
        2 | 19 => PersonCommand::Revoke { reason: word },
        16..=18 | 21 | 22 => {
            let reason = "retrained".to_owned();
            PersonCommand::Unqualify { qualification: id("torque-1"), reason }
        }
        3 | 14 | 15 | 20 => PersonCommand::Qualify { qualification: id("torque-1"), until: None },
        4 => PersonCommand::NotePinChanged,
        5 => PersonCommand::SignOut { how: word },
        6 | 7 => PersonCommand::ReplaceBadge { reason: word },
        _ => {
            let purpose = chance.pick(&[Purpose::Session, Purpose::Act, Purpose::ChangePin]);
            PersonCommand::SignIn { pin_right: chance.one_in(6), purpose }
        }
    };
    Command::Person(id(who), command)
}

fn on_station(shop: &mut Shop, chance: &mut Chance) -> Command {
    let reviews = reviews(shop);
    let fact = gemba::domain::fact::Position::parse("ledger-ASM1.1.9").unwrap();
    let known = reviews.first().map_or(fact.clone(), |review| review.fact.clone());
    let command = match chance.below(8) {
        0 => StationCommand::Enroll { ledger: id("l"), key: String::new(), work_centers: vec![] },
        1 => StationCommand::NoteClockStep { by_ms: 1 },
        2 => StationCommand::Beat,
        3 => StationCommand::NoteWrongTry,
        4 => {
            let (verdict, reasons) = (JudgeVerdict::Rejected, vec![]);
            let exceptions =
                vec![Judgement { fact: fact.clone(), verdict, reasons, units: vec![] }];
            StationCommand::Judge { to_seq: fact.seq, from: fact, exceptions, unread: Vec::new() }
        }
        _ => {
            let reason = chance.pick(&["", "seen", "seen"]).to_owned();
            let fact = chance.pick(&[fact, known]);
            StationCommand::AnswerReview {
                fact,
                accepted: !chance.one_in(3),
                counts: None,
                units: Vec::new(),
                reason,
            }
        }
    };
    Command::Station(id("ASM1"), command)
}

/// How often what was accepted, and which reasons were met.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) accepted: BTreeMap<String, u32>,
    pub(crate) reasons: BTreeMap<&'static str, u32>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        for (name, n) in other.accepted {
            *self.accepted.entry(name).or_default() += n;
        }
        for (code, n) in other.reasons {
            *self.reasons.entry(code).or_default() += n;
        }
    }
}

/// Limits as a property wants them: any two numbers, the lesser first.
pub(crate) fn any_limits(chance: &mut Chance) -> (i64, i64, gemba::domain::quantity::Limits) {
    let (a, b) = (chance.below(2_000), chance.below(2_000));
    let (lower, upper) = (a.min(b), a.max(b));
    let mm = unit("mm").symbol();
    let made = limits(&lower.to_string(), &upper.to_string(), mm);
    (i64::try_from(lower).unwrap(), i64::try_from(upper).unwrap(), made)
}
