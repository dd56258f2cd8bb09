//! Work orders: part, units, route, due date, priority (ISA-95 job order).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::words::Words;
use crate::domain::words::words;

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{InstructionId, OrderId, PartId, UnitId, WorkCenterId};
use super::kinds::FactBody;
use super::orderable::require_known;
use super::people::Action;
use super::positions::Positions;
use super::refusal::definition::DefinitionReason;
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;

/// The most units of one order; larger orders run as lots.
pub const ORDER_UNITS_MAX: usize = 500;

/// What an order makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Units {
    /// Single units by serial number.
    Serials(Vec<UnitId>),
    /// One lot with its quantity.
    Lot {
        /// The lot's number.
        lot: UnitId,
        /// How many pieces.
        quantity: u32,
    },
}

impl Units {
    /// How many pieces a lot has; none for single units.
    pub fn pieces(&self) -> Option<u32> {
        match self {
            Self::Serials(_) => None,
            Self::Lot { quantity, .. } => Some(*quantity),
        }
    }

    /// The travelers of the order, in their order.
    pub fn ids(&self) -> &[UnitId] {
        match self {
            Self::Serials(serials) => serials,
            Self::Lot { lot, .. } => std::slice::from_ref(lot),
        }
    }
}

/// Reads serial numbers: each, or the first and the last of a row such as `0001..0020`.
pub fn serials(text: &str) -> Result<Vec<UnitId>, String> {
    let id = |text: &str| UnitId::parse(text).map_err(|error| error.to_string());
    let mut found = Vec::new();
    let parts = text.split([',', ';', '|', '/']).flat_map(str::split_whitespace);
    for part in parts {
        let Some((first, last)) = part.split_once("..") else {
            found.push(id(part)?);
            continue;
        };
        let words = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let (from, width) = (&first[words.len()..], first.len() - words.len());
        let to = last.strip_prefix(words).unwrap_or(last);
        let (Ok(from), Ok(to)) = (from.parse::<u64>(), to.parse::<u64>()) else {
            return Err(format!("{part} is no row of numbers"));
        };
        if to < from || to - from >= ORDER_UNITS_MAX as u64 {
            return Err(format!("{part} has less than one or more than {ORDER_UNITS_MAX} units"));
        }
        for number in from..=to {
            found.push(id(&format!("{words}{number:0width$}"))?);
        }
    }
    Ok(found)
}

/// One operation of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteOperation {
    /// Its number; the route runs in ascending order.
    pub operation: u32,
    /// The instruction to work by.
    pub instruction: InstructionId,
    /// Where.
    pub work_center: WorkCenterId,
}

/// What is asked for when an order is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderOpened {
    /// What is made.
    pub part: PartId,
    /// Which units.
    pub units: Units,
    /// Through which operations.
    pub route: Vec<RouteOperation>,
    /// When it is due, site time.
    pub due: Option<Date>,
    /// 1 is most urgent.
    pub priority: u8,
}

/// What happens to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum OrderFact {
    /// May be worked.
    OrderOpened(OrderOpened),
    /// Nothing more is started or performed.
    OrderClosed {
        /// Why.
        reason: String,
        /// The units that are left unfinished.
        #[serde(default, skip_serializing_if = "Unfinished::is_none")]
        left: Unfinished,
    },
    /// May be worked again.
    OrderReopened {
        /// Why.
        reason: String,
        /// The closings that are taken back; one that nobody knew of stands.
        closings: Positions,
    },
}

/// The units of an order of which not every operation is closed; what has ended is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unfinished {
    /// Begun, and not on hold.
    pub begun: Vec<UnitId>,
    /// On hold.
    pub held: Vec<UnitId>,
    /// How many were not begun.
    pub not_begun: usize,
}

impl Unfinished {
    /// Whether every unit is finished or has ended.
    pub fn is_none(&self) -> bool {
        self.begun.is_empty() && self.held.is_empty() && self.not_begun == 0
    }

    /// How many units are begun, held and not begun, and which.
    pub fn words(&self) -> Words {
        let which = |units: &[UnitId]| {
            let named: Vec<&str> = units.iter().take(UNITS_NAMED).map(UnitId::as_str).collect();
            let (named, more) = (named.join(", "), units.len().saturating_sub(UNITS_NAMED));
            match (units.len(), more) {
                (0, _) => Words::plain(""),
                (_, 0) => words!(" ({named})", named),
                (_, more) => words!(" ({named} and {more} more)", named, more),
            }
        };
        words!(
            "{begun} begun{which}, {held} on hold{those}, {open} not begun",
            begun = self.begun.len(),
            which => which(&self.begun),
            held = self.held.len(),
            those => which(&self.held),
            open = self.not_begun
        )
    }
}

/// So many units are named in words.
const UNITS_NAMED: usize = 10;

/// What is asked for about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderCommand {
    /// Open.
    Open(OrderOpened),
    /// Close.
    Close {
        /// Why.
        reason: String,
        /// Whether units that are begun or on hold may be left behind.
        with_open_units: bool,
    },
    /// Open again what was closed.
    Reopen {
        /// Why.
        reason: String,
    },
}

/// An order as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderState {
    /// As opened; absent before.
    pub opened: Option<OrderOpened>,
    /// Whether it is closed.
    pub closed: bool,
    /// The closings that stand, with the units that each left unfinished.
    pub closings: BTreeMap<Position, Unfinished>,
}

impl OrderState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &OrderFact) {
        match fact {
            OrderFact::OrderOpened(opened) => {
                // Two stations may open the same number unseen; the first in fold order stands.
                self.opened.get_or_insert_with(|| opened.clone());
            }
            OrderFact::OrderClosed { left, .. } => {
                self.closings.insert(head.position.clone(), left.clone());
            }
            OrderFact::OrderReopened { closings, .. } => {
                self.closings.retain(|closing, _| !closings.contains(closing));
            }
        }
        self.closed = !self.closings.is_empty();
    }
}

/// The instructions that a command would have units worked by.
pub fn instructions(command: &OrderCommand) -> BTreeSet<InstructionId> {
    match command {
        OrderCommand::Open(opened) => {
            opened.route.iter().map(|operation| operation.instruction.clone()).collect()
        }
        OrderCommand::Close { .. } | OrderCommand::Reopen { .. } => BTreeSet::new(),
    }
}

/// Decides what is asked for about an order.
pub fn decide(
    id: &OrderId,
    state: &OrderState,
    command: OrderCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Plan, &mut reasons);
    let fact = match command {
        OrderCommand::Open(opened) => {
            if state.opened.is_some() {
                reasons.push(Reason::OrderExists { order: id.clone() });
            }
            check_units(&opened.units, &mut reasons);
            let ascending = opened.route.windows(2).all(|w| w[0].operation < w[1].operation);
            if opened.route.is_empty() || !ascending {
                reasons.push(Reason::RouteNotAscending);
            }
            for id in &context.standard_steps {
                reasons.push(DefinitionReason::StandardStep { id: id.clone() }.into());
            }
            require_known(&opened, context, &mut reasons);
            OrderFact::OrderOpened(opened)
        }
        OrderCommand::Close { reason, with_open_units } => {
            if state.opened.is_none() {
                reasons.push(Reason::OrderUnknown { order: id.clone() });
            }
            if state.closed {
                reasons.push(Reason::OrderClosed { order: id.clone() });
            }
            context.require_text("a reason", &reason, &mut reasons);
            let left = context.unfinished.clone();
            // Units that nobody began are no work that lies about.
            if !(with_open_units || left.begun.is_empty() && left.held.is_empty()) {
                let order = id.clone();
                reasons.push(EquipmentReason::UnitsOpen { order, left: left.clone() }.into());
            }
            OrderFact::OrderClosed { reason, left }
        }
        OrderCommand::Reopen { reason } => {
            if state.opened.is_none() {
                reasons.push(Reason::OrderUnknown { order: id.clone() });
            } else if !state.closed {
                reasons.push(EquipmentReason::OrderOpen { order: id.clone() }.into());
            }
            context.require_text("a reason", &reason, &mut reasons);
            OrderFact::OrderReopened { reason, closings: state.closings.keys().collect() }
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Order(id.clone()), FactBody::Order(fact))])
}

fn check_units(units: &Units, reasons: &mut Vec<Reason>) {
    let ids = units.ids();
    if ids.is_empty() || ids.len() > ORDER_UNITS_MAX {
        reasons.push(Reason::UnitCount { found: ids.len(), most: ORDER_UNITS_MAX });
    }
    if matches!(units, Units::Lot { quantity: 0, .. }) {
        reasons.push(Reason::LotEmpty);
    }
    let mut sorted: Vec<_> = ids.iter().collect();
    sorted.sort();
    if let Some(twice) = sorted.windows(2).find(|w| w[0] == w[1]) {
        reasons.push(Reason::UnitTwice { unit: twice[0].clone() });
    }
}
