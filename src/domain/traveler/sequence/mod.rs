//! What the bench would have refused of a record, judged once more by the unit as its writer knew it:
//! the order of steps, holds and ends, what is done already, signatures, pieces (R4, R5, R8, R9, R11).
//!
//! The rules are those of `decide`: what a station that runs this program writes is never objected
//! to, whatever others did meanwhile. Who may is not looked at here, nor are definitions.

mod acts;
mod work;

use crate::domain::context::Context;
use crate::domain::fact::Head;
use crate::domain::refusal::Reason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::second_look::Objection;
use crate::domain::stream::TravelerId;

use super::eligibility::Found;
use super::fact::TravelerFact;
use super::standing::Instructions;
use super::state::TravelerState;

/// A fact of a unit, the unit as its writer knew it, and the texts that are at hand; what rests on a
/// text that is not is not judged.
#[derive(Debug, Clone, Copy)]
pub struct Then<'a> {
    /// The unit.
    pub id: &'a TravelerId,
    /// When, by whom, where.
    pub head: &'a Head,
    /// The unit as known.
    pub state: &'a TravelerState,
    /// The texts.
    pub texts: &'a Instructions,
}

/// Every objection to a fact of a unit.
pub fn out_of_sequence(fact: &TravelerFact, then: Then<'_>) -> Vec<Objection> {
    let context = context(then);
    let mut look = Look { then, context: &context, found: Vec::new() };
    let begins = matches!(fact, TravelerFact::TravelerStarted(_) | TravelerFact::SplitOff(_));
    let holds = matches!(fact, TravelerFact::HoldPlaced(_) | TravelerFact::HoldReleased { .. });
    if then.state.started.is_none() && !begins && !holds {
        return vec![Objection::refused(Reason::TravelerNotStarted)];
    }
    look.at(fact);
    look.found
}

/// What a decision would have looked at, of what is looked at here.
fn context(then: Then<'_>) -> Context {
    let Head { moment, acting, position, .. } = then.head;
    let mut context = Context::new(moment.clone(), acting.clone(), position.clone());
    let pinned = then.state.started.iter().flat_map(|started| &started.operations);
    let texts = pinned.filter_map(|op| Some((op.hash, then.texts.get(&op.hash)?.clone())));
    context.instructions.extend(texts);
    context
}

struct Look<'a> {
    then: Then<'a>,
    context: &'a Context,
    found: Vec<Objection>,
}

impl<'a> Look<'a> {
    fn object(&mut self, objection: Objection) {
        self.found.push(objection);
    }

    fn refuse(&mut self, reasons: impl IntoIterator<Item = Reason>) {
        self.found.extend(reasons.into_iter().map(Objection::refused));
    }

    fn at(&mut self, fact: &TravelerFact) {
        if let Some(release) = self.then.state.shipped().filter(|_| fact.handles()) {
            self.refuse([ShipReason::Shipped { release: release.at.clone() }.into()]);
        }
        match fact {
            TravelerFact::TravelerStarted(_) => self.started(),
            TravelerFact::StepStarted(started) => self.begun(started),
            TravelerFact::Checked { corrects: Some(corrected), .. } => {
                self.answer_corrected(&corrected.entry);
            }
            TravelerFact::EntryMade { corrects: Some(corrected), .. }
            | TravelerFact::ComponentInstalled { corrects: Some(corrected), .. } => {
                self.corrected(&corrected.entry);
            }
            TravelerFact::Checked { at, .. }
            | TravelerFact::EntryMade { at, .. }
            | TravelerFact::ComponentInstalled { at, .. }
            | TravelerFact::WaitStarted { at, .. } => self.recorded((at, 1), fact),
            TravelerFact::ReadingTaken(taken) => self.taken(taken, fact),
            TravelerFact::ReadingCorrected { reading, .. } => self.reading_corrected(reading),
            TravelerFact::ReadingConfirmed { reading, .. } => self.waits_to_be_typed(reading),
            TravelerFact::StepCompleted { attempt, .. } => self.completed(attempt),
            TravelerFact::QuantityReported(report) => self.reported(report),
            TravelerFact::QuantityCorrected(corrected) => self.recounted(corrected),
            TravelerFact::Signed { at, signature, .. } => self.signed(at, signature),
            TravelerFact::StepSkipped { operation, step, .. } => self.skipped(*operation, step),
            TravelerFact::ConditionDecided(decided) => self.decided(decided),
            TravelerFact::WaitAccepted { attempt, .. } => self.wait_accepted(attempt),
            TravelerFact::UpstreamAccepted { operation, closed, .. } => {
                self.upstream(*operation, !closed.is_empty());
            }
            TravelerFact::Paused { .. } => self.at_work(),
            TravelerFact::Resumed { .. } => {
                if self.then.state.paused().is_none() {
                    self.refuse([Reason::NotPaused]);
                }
            }
            TravelerFact::LotSplit(split) => self.split(split),
            TravelerFact::ComponentRemoved(removed) => self.taken_out(removed),
            TravelerFact::RevisionKept(_) => self.not_ended(),
            TravelerFact::MovedToRevision(moved) => self.moved(moved),
            TravelerFact::HoldReleased { hold, outcome, .. } => self.let_go(hold, outcome),
            // A hold may be placed on anything, and a lot begins as the other one says.
            TravelerFact::HoldPlaced(_) | TravelerFact::SplitOff(_) => {}
            TravelerFact::ProductReleased(released) => self.shipped(released),
            TravelerFact::ProductTakenBack(back) => self.taken_back(back),
        }
    }

    fn at_work(&mut self) {
        let mut reasons = Vec::new();
        self.then.state.require_at_work(&mut reasons);
        self.refuse(reasons);
    }

    fn not_ended(&mut self) {
        let ended = self.then.state.ended.clone();
        self.refuse(ended.map(|how| Reason::TravelerEnded { how }));
    }

    /// The order of steps, as far as the texts of what comes before are at hand.
    fn in_order(&mut self, found: Found<'a>) {
        let mut reasons = Vec::new();
        self.then.state.require_order_of_steps(found, self.context, &mut reasons);
        let unread = |reason: &Reason| {
            let Reason::UpstreamOpen { operation, .. } = reason else { return false };
            !self.is_read(*operation)
        };
        reasons.retain(|reason| !unread(reason));
        self.refuse(reasons);
    }

    fn is_read(&self, operation: u32) -> bool {
        let pinned = self.then.state.operation(operation);
        pinned.is_some_and(|pinned| self.context.instructions.contains_key(&pinned.hash))
    }

    /// Whether the texts of an operation and of all before it are at hand.
    fn is_read_up_to(&self, operation: u32) -> bool {
        let pinned = self.then.state.started.iter().flat_map(|started| &started.operations);
        pinned.filter(|op| op.operation <= operation).all(|op| self.is_read(op.operation))
    }
}
