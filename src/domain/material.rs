//! Bought-in material: lots and serials as goods-in noted them, until when they are good, and what is
//! blocked.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{GaugeId, LotId, PartId};
use super::inspection::series::means_own;
use super::kinds::FactBody;
use super::material_doubt;
use super::moment::Moment;
use super::people::Action;
use super::positions::Positions;
use super::refusal::component::ComponentReason;
use super::refusal::inspection::InspectionReason;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;

/// One lot, or one serial, of a part; two suppliers may use the same number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaterialId {
    /// What it is.
    pub part: PartId,
    /// The number on its label.
    pub lot: LotId,
}

impl fmt::Display for MaterialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.lot)
    }
}

impl MaterialId {
    /// Reads `PART/LOT`.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, lot) = text.trim().split_once('/')?;
        Some(Self { part: PartId::parse(part).ok()?, lot: LotId::parse(lot).ok()? })
    }
}

/// What happens to a lot of material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum MaterialFact {
    /// Came in; again to correct what was noted of it.
    MaterialReceived(MaterialReceived),
    /// Nothing of it is built in until it is released.
    MaterialBlocked {
        /// Why.
        reason: String,
        /// What of its inspection holds it; absent where it was blocked by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inspection: Option<ByInspection>,
        /// The gauge that was found out of tolerance, where it was blocked for that (R10).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubted: Option<Box<ReadWith>>,
        /// The blocks that it takes the place of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ends: Vec<Position>,
    },
    /// The blocks that it names hold it no more.
    MaterialReleased {
        /// Why.
        reason: String,
        /// What of its inspection lets it go; absent where it was released by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inspection: Option<ByInspection>,
        /// The blocks that it ends: those that were known. What was blocked unseen stays so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ends: Vec<Position>,
    },
}

/// Which inspection holds a lot or lets it go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub struct ByInspection {
    /// The opening of the lot.
    pub opened: Position,
    /// The fact that says so: the opening, a decision, or what becomes of the lot.
    pub at: Position,
    /// It was not accepted and is used as it is.
    pub as_is: bool,
}

/// A gauge that was found out of tolerance, and what was read with it on pieces of the lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadWith {
    /// The gauge.
    pub gauge: GaugeId,
    /// The fact that says so.
    pub failed: Position,
    /// The records of pieces that are in doubt.
    pub records: Positions,
}

/// How an inspection is named in a fact: an opening is its own.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    At(Position),
    Of {
        opened: Position,
        at: Position,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        as_is: bool,
    },
}

impl From<Said> for ByInspection {
    fn from(said: Said) -> Self {
        match said {
            Said::At(at) => Self { opened: at.clone(), at, as_is: false },
            Said::Of { opened, at, as_is } => Self { opened, at, as_is },
        }
    }
}

impl From<ByInspection> for Said {
    fn from(by: ByInspection) -> Self {
        let ByInspection { opened, at, as_is } = by;
        if opened == at && !as_is { Self::At(at) } else { Self::Of { opened, at, as_is } }
    }
}

/// What goods-in notes of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialReceived {
    /// Who delivered it.
    pub supplier: String,
    /// The certificate that came with it; may be blank.
    pub certificate: String,
    /// How many pieces; absent where nobody counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Good through the end of this day, site time; without an end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// Why it corrects what was noted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}

/// What is asked for about a lot of material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaterialCommand {
    /// Note that it came in, or correct what was noted.
    Receive(MaterialReceived),
    /// Block it.
    Block {
        /// Why.
        reason: String,
    },
    /// Let it be built in again.
    Release {
        /// Why.
        reason: String,
    },
    /// Hold it for what was read on its pieces with a gauge that was found out of tolerance (R10).
    HoldForGauge {
        /// The gauge.
        gauge: GaugeId,
        /// The fact that says so.
        failed: Position,
    },
    /// Let it be built in again that was held for a gauge.
    ReleaseForGauge {
        /// The fact that says that the gauge failed.
        failed: Position,
        /// Why.
        reason: String,
    },
    /// Hold it for what an inspection said and what is not so (the judge does).
    HoldForJudge {
        /// Why.
        reason: String,
        /// The inspection, where it is known everywhere; it is told by it what becomes of the lot.
        inspection: Option<ByInspection>,
    },
}

/// A lot of material as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaterialState {
    /// As last noted; absent before it came in.
    pub received: Option<MaterialReceived>,
    /// When it first came in.
    pub came: Option<Moment>,
    /// Every block that stands, in fold order: of persons, and of inspections.
    pub blocks: Vec<MaterialBlock>,
    /// What of its inspection let it go last.
    pub let_go: Option<ByInspection>,
    /// Every block for a gauge that was ever placed, with the fact that did.
    pub doubts: Vec<(Position, ReadWith)>,
}

/// A block that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialBlock {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: String,
    /// What of its inspection holds it; absent where it was blocked by hand.
    pub inspection: Option<ByInspection>,
    /// The failure of a gauge for which a person blocked it.
    pub doubted: Option<Position>,
}

impl MaterialBlock {
    /// Whether an opening holds the lot for being inspected, and nothing else.
    pub fn is_of_opening(&self, opened: &Position) -> bool {
        self.inspection.as_ref().is_some_and(|by| by.opened == *opened && by.at == *opened)
    }
}

impl MaterialState {
    /// Why it is not built in, and since when: what a person blocked, else what an inspection holds.
    pub fn blocked(&self) -> Option<&MaterialBlock> {
        self.held_by_hand().next().or_else(|| self.held_by_inspection().last())
    }

    /// The blocks that a person placed.
    pub fn held_by_hand(&self) -> impl Iterator<Item = &MaterialBlock> {
        self.blocks.iter().filter(|block| block.inspection.is_none())
    }

    /// The blocks that inspections placed.
    pub fn held_by_inspection(&self) -> impl DoubleEndedIterator<Item = &MaterialBlock> {
        self.blocks.iter().filter(|block| block.inspection.is_some())
    }

    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &MaterialFact) {
        match fact {
            MaterialFact::MaterialReceived(received) => {
                self.received = Some(received.clone());
                self.came.get_or_insert_with(|| head.moment.clone());
            }
            MaterialFact::MaterialBlocked { reason, inspection, doubted, ends } => {
                self.end(inspection.is_some(), ends);
                let (at, moment) = (head.position.clone(), head.moment.clone());
                if let Some(read) = doubted {
                    self.doubts.push((at.clone(), (**read).clone()));
                }
                let (reason, inspection) = (reason.clone(), inspection.clone());
                let doubted = doubted.as_ref().map(|read| read.failed.clone());
                self.blocks.push(MaterialBlock { at, moment, reason, inspection, doubted });
            }
            MaterialFact::MaterialReleased { inspection, ends, .. } => {
                // Before releases named what they end, each let go what its like had blocked.
                let before = inspection.as_ref().is_none_or(|by| by.opened == by.at);
                if before && ends.is_empty() {
                    self.blocks.retain(|block| block.inspection.is_some() != inspection.is_some());
                }
                self.end(inspection.is_some(), ends);
                if inspection.is_some() {
                    self.let_go.clone_from(inspection);
                }
            }
        }
    }

    /// An inspection ends what an inspection holds, and a person what a person does.
    fn end(&mut self, by_inspection: bool, ends: &[Position]) {
        let ended = |block: &MaterialBlock| {
            block.inspection.is_some() == by_inspection && ends.contains(&block.at)
        };
        self.blocks.retain(|block| !ended(block));
    }
}

fn at_of<'a>(blocks: impl Iterator<Item = &'a MaterialBlock>) -> Vec<Position> {
    blocks.map(|block| block.at.clone()).collect()
}

impl MaterialState {
    /// What an opening holds for being inspected: its decision says more of it. What was said of it
    /// besides stays.
    pub fn ends_of(&self, opened: &Position) -> Vec<Position> {
        at_of(self.held_by_inspection().filter(|block| block.is_of_opening(opened)))
    }

    /// What a person lets go: what persons blocked, and what is blocked for a gauge only where nothing
    /// else is, so that nobody ends with one reason what was held for another.
    fn ends_by_hand(&self) -> Vec<Position> {
        let others = at_of(self.held_by_hand().filter(|block| block.doubted.is_none()));
        if others.is_empty() { at_of(self.held_by_hand()) } else { others }
    }

    /// The blocks of every inspection, to be ended by what settles them.
    pub fn ends_of_all(&self) -> Vec<Position> {
        at_of(self.held_by_inspection())
    }
}

/// Decides what is asked for about a lot of material.
pub fn decide(
    id: &MaterialId,
    state: &MaterialState,
    command: MaterialCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    let known = |reasons: &mut Vec<Reason>| {
        if state.received.is_none() {
            reasons.push(ComponentReason::MaterialUnknown { material: id.clone() }.into());
        }
    };
    let facts = match command {
        MaterialCommand::Receive(received) => receive(id, state, received, (context, &mut reasons)),
        MaterialCommand::Block { reason } => {
            context.require_role(Action::KeepMaterial, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            known(&mut reasons);
            // What an inspection or a gauge holds may be blocked by hand besides.
            if let Some(block) = state.held_by_hand().find(|block| block.doubted.is_none()) {
                reasons.push(ComponentReason::blocked(id, block));
            }
            vec![by_hand(reason)]
        }
        MaterialCommand::Release { reason } => {
            context.require_role(Action::ReleaseMaterial, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            known(&mut reasons);
            let ends = state.ends_by_hand();
            match (ends.is_empty(), state.held_by_inspection().next()) {
                (true, None) => {
                    reasons.push(ComponentReason::NotBlocked { material: id.clone() }.into());
                }
                (true, Some(_)) => {
                    reasons.push(InspectionReason::HeldByInspection { lot: id.lot.clone() }.into());
                }
                (false, _) => {}
            }
            // Each failure of a gauge is answered for itself.
            let doubts = state.held_by_hand().filter(|block| ends.contains(&block.at));
            let doubts: Vec<&MaterialBlock> = doubts.filter(|b| b.doubted.is_some()).collect();
            let failures: BTreeSet<&Position> =
                doubts.iter().filter_map(|block| block.doubted.as_ref()).collect();
            if failures.len() > 1 {
                reasons.extend(doubts.iter().map(|b| ComponentReason::blocked(id, b)));
            }
            vec![MaterialFact::MaterialReleased { reason, inspection: None, ends }]
        }
        MaterialCommand::HoldForGauge { gauge, failed } => {
            vec![material_doubt::hold(id, state, (gauge, failed), context)?]
        }
        MaterialCommand::ReleaseForGauge { failed, reason } => {
            vec![material_doubt::release(state, (&failed, reason), context)?]
        }
        MaterialCommand::HoldForJudge { reason, inspection } => {
            let placed = |block: &MaterialBlock| {
                (&block.reason, &block.inspection) == (&reason, &inspection)
            };
            if state.blocks.iter().any(placed) {
                return Ok(Vec::new());
            }
            let (doubted, ends) = (None, Vec::new());
            vec![MaterialFact::MaterialBlocked { reason, inspection, doubted, ends }]
        }
    };
    Refusal::unless_empty(reasons)?;
    let of_it = |fact| (Subject::Material(id.clone()), FactBody::Material(fact));
    Ok(facts.into_iter().map(of_it).collect())
}

fn by_hand(reason: String) -> MaterialFact {
    let (inspection, doubted, ends) = (None, None, Vec::new());
    MaterialFact::MaterialBlocked { reason, inspection, doubted, ends }
}

/// Notes what came in, or corrects it; what an inspection rests on stays as it is meanwhile, and is
/// looked at again where it is corrected afterwards.
fn receive(
    id: &MaterialId,
    state: &MaterialState,
    wanted: MaterialReceived,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> Vec<MaterialFact> {
    context.require_role(Action::KeepMaterial, reasons);
    context.require_line("the supplier", &wanted.supplier, reasons);
    if means_own(&wanted.supplier) {
        reasons.push(InspectionReason::OwnSupplier.into());
    }
    if !wanted.certificate.is_empty() {
        context.require_line("the certificate", &wanted.certificate, reasons);
    }
    if wanted.quantity == Some(0) {
        reasons.push(ComponentReason::NothingReceived { material: id.clone() }.into());
    }
    let supplier = context.suppliers.as_known(&wanted.supplier);
    let mut received = MaterialReceived { supplier, ..wanted };
    let Some(before) = &state.received else {
        if received.corrects.is_some() {
            reasons.push(ComponentReason::MaterialUnknown { material: id.clone() }.into());
        }
        // What is held under one number would be free under the other.
        if let Some(noted) = context.lot_alike.clone() {
            reasons.push(ComponentReason::AlikeNoted { material: id.clone(), noted }.into());
        }
        return vec![MaterialFact::MaterialReceived(received)];
    };
    let found = before.differences(&received);
    if found.is_empty() {
        received.corrects = None;
    } else {
        let why = received.corrects.get_or_insert_default();
        context.require_text("a reason", why, reasons);
    }
    let mut facts = vec![MaterialFact::MaterialReceived(received)];
    // A date or a certificate says nothing of which pieces were looked at.
    let inspected = found.iter().filter(|(what, ..)| matches!(*what, "supplier" | "quantity"));
    let changed: Vec<String> = inspected
        .map(|(what, before, after)| format!("{what} corrected from {before} to {after}"))
        .collect();
    if !changed.is_empty() {
        if state.held_by_inspection().next().is_some() {
            reasons.push(InspectionReason::NotedWhileHeld { lot: id.lot.clone() }.into());
        } else if state.let_go.is_some() {
            facts.push(by_hand(format!("{} after it was inspected", changed.join(", "))));
        }
    }
    facts
}

impl MaterialReceived {
    /// What others noted otherwise: what, before and after.
    pub fn differences(&self, after: &Self) -> Vec<(&'static str, String, String)> {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
        let shown = |noted: &Self| {
            let certificate = Some(noted.certificate.clone()).filter(|text| !text.is_empty());
            [
                ("supplier", noted.supplier.clone()),
                ("quantity", or_none(noted.quantity.map(|pieces| pieces.to_string()))),
                ("certificate", or_none(certificate)),
                ("date", or_none(noted.expires.map(|day| day.to_string()))),
            ]
        };
        let both = shown(self).into_iter().zip(shown(after));
        both.filter(|(before, after)| before != after)
            .map(|((what, before), (_, after))| (what, before, after))
            .collect()
    }
}

/// The suppliers that are known here: two ways to write one name are one supplier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suppliers(pub Vec<String>);

impl Suppliers {
    /// A supplier's name as it was written first, whatever its spaces and capitals.
    pub fn as_known(&self, name: &str) -> String {
        let told_apart = |name: &str| one_spaced(name).to_lowercase();
        let wanted = told_apart(name);
        let known = self.0.iter().find(|known| told_apart(known) == wanted);
        known.cloned().unwrap_or_else(|| one_spaced(name))
    }
}

fn one_spaced(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
