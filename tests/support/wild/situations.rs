//! Where histories begin: amid what is rare, so that it happens often and is not waited for.

use std::sync::OnceLock;

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units};
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::lots::{counted, lot_order};
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    answer, assembly, complete, disposes, id, inspection, raises, signs, torque,
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
    begin: fn(&mut Shop),
}

const fn alone(name: &'static str, histories: u64, acts: u64, begin: fn(&mut Shop)) -> Situation {
    Situation { name, histories, acts, two_stations: false, begin }
}

/// Every situation.
pub(crate) const SITUATIONS: [Situation; 10] = [
    alone("an order is open", 120, 160, |_| {}),
    Situation {
        two_stations: true,
        ..alone("two stations have an order", 40, 100, |shop| drop(shop.share()))
    },
    alone("a unit is coated", 60, 60, coated),
    alone("a lot is begun", 60, 80, lot_begun),
    alone("a lot is counted", 60, 60, lot_counted),
    alone("units are measured by a sample", 60, 80, measured_by_sample),
    alone("a unit is measured", 60, 60, measured),
    alone("a unit is signed", 60, 60, signed),
    alone("a unit is reworked", 60, 60, reworked),
    alone("a gauge has failed", 60, 50, gauge_failed),
];

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
    assert!(assembly().step(&id("torque")).is_some());
}

fn gauge_failed(shop: &mut Shop) {
    measured(shop);
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
}
