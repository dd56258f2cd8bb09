//! Where histories begin: amid what is rare, so that it happens often and is not waited for.

use std::sync::OnceLock;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Raise};
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::hash::Hash;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::traveler::command::TravelerCommand;

use super::components::on_material;
use super::deviations::on_followed;
use super::inspections::{self, on_lots};
use super::news::release_another;
use super::permits::on_permit;
use super::shift::on_floor;
use super::{Chance, on_definition, on_person, on_withdrawal};
use crate::support::lots::{counted, lot_order};
use crate::support::shop::Shop;
use crate::support::shop_deviations::raises_with;
use crate::support::shop_permits::{PERMIT, grants, proposes_permit, wanted};
use crate::support::shop_plan::{
    answer, approval, begin_wait, complete, disposes, id, inspection, raises, signs, submission,
    torque,
};
use crate::support::shop_sampling::sampled;

/// The order whose units are measured by a sample.
const SAMPLED: &str = "WO-S";
const SAMPLED_UNITS: u64 = 25;

/// Where histories begin, how many there are, and how many acts each has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation {
    pub(crate) name: &'static str,
    pub(crate) histories: u64,
    pub(crate) acts: u64,
    /// Whether two stations work on the same units, unseen by each other for a while.
    pub(crate) two_stations: bool,
    /// What people do there more often than anything else.
    pub(crate) leans: Option<fn(&Shop, &mut Chance) -> Command>,
    begin: fn(&mut Shop),
}

const fn some(name: &'static str, histories: u64, acts: u64, begin: fn(&mut Shop)) -> Situation {
    Situation { name, histories, acts, two_stations: false, leans: None, begin }
}

fn nothing(_: &mut Shop) {}

/// Every situation.
pub(crate) const SITUATIONS: [Situation; 22] = [
    some("an order is open", 100, 150, nothing),
    Situation { two_stations: true, ..some("two stations have it", 40, 100, nothing) },
    Situation {
        leans: Some(|_, chance| on_person(chance)),
        ..some("people come and go", 70, 60, nothing)
    },
    Situation {
        leans: Some(|_, chance| on_definition(chance)),
        ..some("much is handed in", 60, 60, nothing)
    },
    Situation {
        leans: Some(|_, chance| on_material(chance)),
        ..some("material comes in", 80, 90, nothing)
    },
    Situation {
        leans: Some(|_, chance| on_floor(chance)),
        ..some("a shift is worked", 200, 80, nothing)
    },
    Situation {
        leans: Some(|_, chance| on_lots(chance)),
        ..some("lots come in", 160, 90, inspections::begin)
    },
    some("a unit is coated", 60, 60, coated),
    some("a lot is begun", 60, 80, lot_begun),
    some("a lot is counted", 50, 50, lot_counted),
    some("a lot is packed", 120, 40, lot_packed),
    some("units are measured by a sample", 180, 80, measured_by_sample),
    some("a unit is measured", 60, 60, measured),
    Situation {
        leans: Some(|_, chance| on_permit(chance)),
        ..some("a permit is at hand", 300, 30, permitted)
    },
    Situation { leans: Some(on_followed), ..some("a deviation is followed", 380, 80, followed) },
    some("a unit waits", 110, 40, waiting),
    some("a unit is signed", 60, 50, signed),
    some("a unit is reworked", 40, 50, reworked),
    some("a gauge has failed", 50, 50, gauge_failed),
    some("a newer revision is in effect", 60, 50, newer),
    some("a newer specification is in effect", 40, 40, redrawn),
    Situation {
        leans: Some(|_, chance| on_withdrawal(chance)),
        ..some("work stops", 40, 40, withdrawn)
    },
];

/// A value outside its limits, and a permit for it.
fn permitted(shop: &mut Shop) {
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    shop.does("lind", proposes_permit(wanted())).does("quell", grants(PERMIT)).share();
    shop.does("novak", torque(1, "27.3"));
}

impl Situation {
    /// A shop in this situation.
    pub(crate) fn begin(&self) -> Shop {
        let mut shop = plant();
        (self.begin)(&mut shop);
        shop
    }
}

/// A plant with short inspections, coats, lots and samples is founded once; each history begins
/// with a copy of it.
pub(crate) fn plant() -> Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    let open = || {
        let mut shop = Shop::coats();
        shop.traveler.order = id("WO-1");
        let mut short = inspection();
        shop.release_lots();
        short.revision = id("D");
        let Ask::Measure(diameter) = &mut short.steps[0].asks[0] else { panic!("{short:?}") };
        diameter.count = 4;
        shop.release(&short);
        shop.release(&by_sample());
        shop.share();
        shop
    };
    SHOP.get_or_init(open).clone()
}

/// A step whose one measurement is sampled.
fn by_sample() -> Instruction {
    Instruction { id: id("WI-8"), ..sampled("first, then 1 in 3 per setup", "A") }
}

/// An order of units that pass the sampled step.
pub(super) fn sampled_order() -> OrderOpened {
    let units = (1..=SAMPLED_UNITS).map(|n| id(&format!("{n:04}")));
    let route = RouteOperation { operation: 10, instruction: id("WI-8"), work_center: id("ASM") };
    let order = crate::support::shop_plan::order();
    OrderOpened { units: Units::Serials(units.collect()), route: vec![route], ..order }
}

/// How many units the order at hand may have.
pub(super) fn units_of(shop: &Shop) -> u64 {
    if shop.traveler.order.as_str() == SAMPLED { SAMPLED_UNITS } else { 4 }
}

fn opens(shop: &mut Shop, order: &str, opened: OrderOpened) {
    shop.does("plan", Command::Order(id(order), OrderCommand::Open(opened)));
    shop.traveler.order = id(order);
}

fn coated(shop: &mut Shop) {
    shop.traveler.order = id(crate::support::shop_route::ORDER);
    shop.does("novak", TravelerCommand::Start);
}

fn lot_begun(shop: &mut Shop) {
    opens(shop, "WO-2", lot_order());
    shop.unit("L-22").does("novak", TravelerCommand::Start);
}

fn lot_counted(shop: &mut Shop) {
    lot_begun(shop);
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "60/2", "dent"));
}

/// A deviation that is disposed, of a site that looks later whether what was done helped.
fn followed(shop: &mut Shop) {
    measured(shop);
    crate::support::shop_deviations::looks_later(shop);
    let raise = Raise { code: Some("DIM".to_owned()), ..Raise::noted("a scratch") };
    shop.does("novak", raises_with("torque", raise));
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Rework { step: id("clean") }));
    let cause = DeviationCommand::FindCause { code: None, text: "pawl worn".to_owned() };
    shop.does("lind", Command::Deviation(id("NCR-ASM1-0001"), cause));
}

fn lot_packed(shop: &mut Shop) {
    lot_begun(shop);
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "100", "")).does("novak", complete("count"));
}

fn measured_by_sample(shop: &mut Shop) {
    opens(shop, SAMPLED, sampled_order());
}

fn measured(shop: &mut Shop) {
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", torque(2, "25"));
}

fn signed(shop: &mut Shop) {
    shop.does("novak", TravelerCommand::Start).reaches("release");
    shop.does("ito", signs("release", 1));
}

fn reworked(shop: &mut Shop) {
    signed(shop);
    shop.does("novak", complete("release")).does("novak", raises("pack"));
    let torque = Disposition::Rework { step: id("torque") };
    shop.does("brandt", disposes("NCR-ASM1-0001", torque));
}

fn waiting(shop: &mut Shop) {
    shop.does("novak", TravelerCommand::Start).reaches("cure");
    shop.does("novak", begin_wait("cure")).reboot();
}

fn newer(shop: &mut Shop) {
    measured(shop);
    release_another(shop, &mut Chance(1));
}

/// A specification that no instruction asks for yet.
fn redrawn(shop: &mut Shop) {
    measured(shop);
    let about = |command| Command::Specification(id("CP-40"), command);
    shop.does("lind", about(submission("G", Hash::of(&[b"redrawn"]))));
    for who in ["lind", "quell"] {
        shop.does(who, about(approval("G", who)));
    }
}

fn withdrawn(shop: &mut Shop) {
    measured(shop);
    let (revision, reason) = (id("C"), "wrong torque".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work: true };
    shop.does("lind", Command::Instruction(id("WI-1"), RevisionCommand::Withdraw(withdrawn)));
}

fn gauge_failed(shop: &mut Shop) {
    measured(shop);
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
}
