//! Bought-in material: lots and serials as goods-in noted them, until when they are good, and what is
//! blocked.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{LotId, PartId};
use super::inspection::series::OWN;
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::refusal::component::ComponentReason;
use super::refusal::inspection::InspectionReason;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;

/// The longest reason that the judge gives, in characters.
const REASON_CHARS_MAX: usize = 1_000;

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
        /// The fact of its inspection that holds it; absent where it was blocked by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inspection: Option<Position>,
    },
    /// May be built in again.
    MaterialReleased {
        /// Why.
        reason: String,
        /// The fact of its inspection that lets it go; absent where it was released by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inspection: Option<Position>,
    },
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
    /// Block it because the server did not accept that it was accepted (the judge does).
    HoldForJudge {
        /// The fact that was not accepted.
        fact: Position,
        /// Why.
        reasons: Vec<String>,
    },
}

/// A lot of material as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaterialState {
    /// As last noted; absent before it came in.
    pub received: Option<MaterialReceived>,
    /// When it first came in.
    pub came: Option<Moment>,
    /// Why it is blocked and since when.
    pub blocked: Option<MaterialBlock>,
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
    /// The fact of its inspection that holds it; absent where it was blocked by hand.
    pub inspection: Option<Position>,
}

impl MaterialState {
    /// The block that a person placed, not an inspection.
    pub fn held_by_hand(&self) -> Option<&MaterialBlock> {
        self.blocked.as_ref().filter(|block| block.inspection.is_none())
    }

    /// Whether it is blocked for a fact of its inspection.
    pub fn is_held_for(&self, fact: &Position) -> bool {
        self.blocked.as_ref().is_some_and(|block| block.inspection.as_ref() == Some(fact))
    }

    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &MaterialFact) {
        match fact {
            MaterialFact::MaterialReceived(received) => {
                self.received = Some(received.clone());
                self.came.get_or_insert_with(|| head.moment.clone());
            }
            MaterialFact::MaterialBlocked { reason, inspection } => {
                let (at, moment) = (head.position.clone(), head.moment.clone());
                let (reason, inspection) = (reason.clone(), inspection.clone());
                // What was blocked by hand, unseen by an inspection, stays so for that reason.
                if inspection.is_none() || self.held_by_hand().is_none() {
                    self.blocked = Some(MaterialBlock { at, moment, reason, inspection });
                }
            }
            // An inspection lets go what an inspection holds, and a person what a person does.
            MaterialFact::MaterialReleased { inspection, .. } => {
                let by_hand = self.held_by_hand().is_some();
                if by_hand == inspection.is_none() {
                    self.blocked = None;
                }
            }
        }
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
    let fact = match command {
        MaterialCommand::Receive(received) => {
            context.require_role(Action::KeepMaterial, &mut reasons);
            context.require_line("the supplier", &received.supplier, &mut reasons);
            if received.supplier.trim() == OWN {
                reasons.push(InspectionReason::OwnSupplier.into());
            }
            if !received.certificate.is_empty() {
                context.require_line("the certificate", &received.certificate, &mut reasons);
            }
            if received.quantity == Some(0) {
                reasons.push(ComponentReason::NothingReceived { material: id.clone() }.into());
            }
            MaterialFact::MaterialReceived(received)
        }
        MaterialCommand::Block { reason } => {
            context.require_role(Action::KeepMaterial, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            known(&mut reasons);
            // What an inspection holds may be blocked by hand besides.
            if let Some(block) = state.held_by_hand() {
                reasons.push(ComponentReason::blocked(id, block));
            }
            MaterialFact::MaterialBlocked { reason, inspection: None }
        }
        MaterialCommand::Release { reason } => {
            context.require_role(Action::ReleaseMaterial, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            known(&mut reasons);
            match &state.blocked {
                None => reasons.push(ComponentReason::NotBlocked { material: id.clone() }.into()),
                Some(block) if block.inspection.is_some() => {
                    reasons.push(InspectionReason::HeldByInspection { lot: id.lot.clone() }.into());
                }
                Some(_) => {}
            }
            MaterialFact::MaterialReleased { reason, inspection: None }
        }
        MaterialCommand::HoldForJudge { fact, reasons: why } => {
            if state.is_held_for(&fact) {
                reasons.push(InspectionReason::HeldByInspection { lot: id.lot.clone() }.into());
            }
            let reason = format!("the server did not accept it: {}", why.join("; "));
            let reason = reason.chars().take(REASON_CHARS_MAX).collect();
            MaterialFact::MaterialBlocked { reason, inspection: Some(fact) }
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Material(id.clone()), FactBody::Material(fact))])
}
