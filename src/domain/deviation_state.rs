//! What the stream of a deviation amounts to.

use std::collections::{BTreeMap, BTreeSet};

use super::deviation::{
    CodeChosen, Decision, DeviationFact, DeviationKind, DeviationRaised, Dispositioned,
    UnitConcerned,
};
use super::deviation_actions::{Cause, Closing, Containment, Corrective};
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{PersonId, PlaceId};
use super::moment::Moment;
use super::people::Role;
use super::signature::{Covers, Signature};
use super::stream::TravelerId;
use super::traveler::command::StepAt;
use super::traveler::state::TravelerState;

/// A deviation as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviationState {
    /// As raised; absent before it is known here.
    pub raised: Option<Raised>,
    /// What departed, as raised or as last reviewed.
    pub kind: DeviationKind,
    /// The code, as chosen last.
    pub code: Option<CodeChosen>,
    /// The step by which it is to be closed, as said last.
    pub close_by: Option<StepAt>,
    /// Every unit that it concerns, in fold order.
    pub units: Vec<Concerned>,
    /// Every review, in fold order.
    pub reviews: Vec<Reviewed>,
    /// What was done at once, or is to be, in fold order.
    pub containments: Vec<Containment>,
    /// Why it happened, as found over time.
    pub causes: Vec<Cause>,
    /// What is done so that it does not happen again.
    pub actions: Vec<Corrective>,
    /// How many of these there were when it was found that they did not help.
    pub failed_actions: usize,
    /// Every time that it was closed.
    pub closings: Vec<Closing>,
    /// Every step by which it was said to be closed, with the fact that says so.
    pub gates: Vec<(Position, StepAt)>,
    /// Everything that was decided, in fold order.
    pub dispositions: Vec<Disposed>,
    /// Whether it is closed.
    pub(super) closed: bool,
}

/// How a deviation was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// What was known.
    pub body: DeviationRaised,
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Who raised it.
    pub by: Option<PersonId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
}

/// A unit that a deviation concerns, and the fact that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// The unit.
    pub unit: UnitConcerned,
}

/// That somebody looked at a deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What they said.
    pub note: String,
}

/// How a deviation was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposed {
    /// What was decided.
    pub body: Dispositioned,
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
    /// Who agreed besides, in fold order.
    pub approvals: Vec<Approval>,
    /// Whether another decision stands in its place.
    pub replaced: bool,
}

/// A signature under what somebody else decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// The signature.
    pub signature: Signature,
}

impl Disposed {
    /// Everyone who signed, the one who decided first.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        let others = self.approvals.iter().map(|approval| &approval.signature);
        std::iter::once(&self.body.signature).chain(others)
    }

    /// The roles of which nobody has signed yet; a person signs for one role only.
    pub fn open(&self) -> Vec<Role> {
        let (mut open, mut people) = (self.body.needs.clone(), BTreeSet::new());
        for signature in self.signatures() {
            if people.insert(&signature.signer) {
                open.retain(|role| *role != signature.role);
            }
        }
        open
    }

    /// Whether every signature that it needs is there.
    pub fn is_complete(&self) -> bool {
        self.open().is_empty()
    }

    /// Whether it says what becomes of a unit.
    pub fn decides(&self, unit: &TravelerId) -> bool {
        self.body.decisions.iter().any(|decision| decision.unit == *unit)
    }

    /// What becomes of a unit, or of each part of it.
    pub fn words_for(&self, unit: &TravelerId) -> String {
        let here = self.body.decisions.iter().filter(|decision| decision.unit == *unit);
        here.map(|decision| decision.words().to_string()).collect::<Vec<_>>().join(", ")
    }
}

impl DeviationState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &DeviationFact) {
        match fact {
            DeviationFact::DeviationRaised(body) => self.raise(head, id, body),
            DeviationFact::UnitAdded(unit) => self.concern(head, id, unit),
            DeviationFact::DeviationReviewed { as_kind, code, close_by, note } => {
                self.kind = *as_kind;
                self.code = code.clone().or_else(|| self.code.take());
                self.close_by_step(head, close_by.as_ref());
                let (by, moment) = (head.acting.actor.clone(), head.moment.clone());
                self.reviews.push(Reviewed { by, moment, note: note.clone() });
            }
            DeviationFact::Dispositioned(body) => {
                for other in &mut self.dispositions {
                    other.replaced |= body.replaces.contains(&other.at);
                }
                self.dispositions.push(Disposed {
                    body: (**body).clone(),
                    at: head.position.clone(),
                    id,
                    place: head.acting.place.clone(),
                    moment: head.moment.clone(),
                    approvals: Vec::new(),
                    replaced: false,
                });
            }
            DeviationFact::DispositionApproved { disposition, signature } => {
                let decided = self.dispositions.iter_mut().find(|d| d.at == *disposition);
                if let Some(decided) = decided {
                    let (at, moment) = (head.position.clone(), head.moment.clone());
                    decided.approvals.push(Approval { at, moment, signature: signature.clone() });
                }
            }
            DeviationFact::ContainmentTaken { .. }
            | DeviationFact::ContainmentAsked { .. }
            | DeviationFact::ContainmentConfirmed { .. }
            | DeviationFact::CauseFound { .. }
            | DeviationFact::ActionAsked(_)
            | DeviationFact::ActionDone { .. }
            | DeviationFact::ActionVerified { .. }
            | DeviationFact::AskedWithdrawn { .. }
            | DeviationFact::DeviationClosed { .. }
            | DeviationFact::EffectivenessChecked { .. } => self.act_on(head, fact),
        }
    }

    fn close_by_step(&mut self, head: &Head, by: Option<&StepAt>) {
        if let Some(by) = by {
            self.close_by = Some(by.clone());
            self.gates.push((head.position.clone(), by.clone()));
        }
    }

    fn raise(&mut self, head: &Head, id: Hash, body: &DeviationRaised) {
        if self.raised.is_some() {
            return;
        }
        self.kind = body.kind;
        self.code = body.code.clone().or_else(|| self.code.take());
        self.close_by_step(head, body.close_by.as_ref());
        if let Some(unit) = &body.unit {
            self.concern(head, id, unit);
        }
        self.raised = Some(Raised {
            body: body.clone(),
            at: head.position.clone(),
            id,
            by: head.acting.actor.clone(),
            place: head.acting.place.clone(),
            moment: head.moment.clone(),
        });
    }

    fn concern(&mut self, head: &Head, id: Hash, unit: &UnitConcerned) {
        // Added twice unseen: both hold it, and both holds end with what is decided of it.
        let at = head.position.clone();
        self.units.push(Concerned { at, id, unit: unit.clone() });
    }

    /// The unit as it was named first.
    pub fn concerned(&self, traveler: &TravelerId) -> Option<&UnitConcerned> {
        self.units.iter().map(|named| &named.unit).find(|unit| unit.traveler == *traveler)
    }

    /// Every unit that it concerns, each once.
    pub fn travelers(&self) -> BTreeSet<&TravelerId> {
        self.units.iter().map(|named| &named.unit.traveler).collect()
    }

    /// The units that it holds, each once.
    pub fn held(&self) -> BTreeSet<&TravelerId> {
        let held = self.units.iter().filter(|named| named.unit.hold.is_some());
        held.map(|named| &named.unit.traveler).collect()
    }

    /// The holds of a unit that it keeps up.
    pub fn holds_of(&self, traveler: &TravelerId) -> impl Iterator<Item = &UnitConcerned> {
        let named = self.units.iter().map(|named| &named.unit);
        named.filter(move |unit| unit.traveler == *traveler && unit.hold.is_some())
    }

    /// Whether a reading of a unit is outside its limits.
    pub fn is_failing(&self, traveler: &TravelerId) -> bool {
        self.holds_of(traveler).any(|unit| !unit.readings.is_empty())
    }

    /// What was decided of a unit with every signature that it needs.
    pub fn decided(&self, unit: &TravelerId) -> Option<&Disposed> {
        let mut decided = self.dispositions.iter().filter(|d| d.decides(unit) && !d.replaced);
        decided.find(|disposed| disposed.is_complete())
    }

    /// What was decided of a unit and waits for a signature.
    pub fn waiting(&self, unit: &TravelerId) -> Option<&Disposed> {
        let mut decided = self.dispositions.iter().filter(|d| d.decides(unit) && !d.replaced);
        decided.find(|disposed| !disposed.is_complete())
    }

    /// The units that are held and of which nothing is decided with every signature.
    pub fn undecided(&self) -> BTreeSet<&TravelerId> {
        self.held().into_iter().filter(|unit| self.decided(unit).is_none()).collect()
    }

    /// Whether it is over: closed, and no unit joined it unseen of which nothing is decided.
    pub fn is_closed(&self) -> bool {
        self.closed && self.undecided().is_empty()
    }

    /// The decisions that wait for a signature.
    pub fn all_waiting(&self) -> impl Iterator<Item = &Disposed> {
        self.dispositions.iter().filter(|disposed| {
            let open = |decision: &Decision| self.decided(&decision.unit).is_none();
            !disposed.replaced
                && !disposed.is_complete()
                && disposed.body.decisions.iter().any(open)
        })
    }

    /// What a signature about some units covers: what was raised, and that it concerns them.
    pub fn covers(&self, units: &BTreeSet<&TravelerId>) -> Vec<(&Position, &Hash)> {
        let named = self.units.iter().filter(|named| units.contains(&named.unit.traveler));
        let named = named.map(|named| (&named.at, &named.id));
        self.raised.iter().map(|raised| (&raised.at, &raised.id)).chain(named).collect()
    }

    /// Whether a signature covers these facts of the deviation, and nothing but facts of it.
    pub fn is_covered(&self, covers: &Covers, facts: &[&Position]) -> bool {
        let raised = self.raised.iter().map(|raised| (&raised.at, &raised.id));
        let named = self.units.iter().map(|named| (&named.at, &named.id));
        let decided = self.dispositions.iter().map(|disposed| (&disposed.at, &disposed.id));
        let known = raised.chain(named).chain(decided);
        let here = known.filter(|(at, _)| covers.facts.contains(at));
        facts.iter().all(|at| covers.facts.contains(at)) && Covers::over(here) == *covers
    }

    /// What the signature of who agrees with a decision covers.
    pub fn covered_by_approval(&self, disposed: &Disposed) -> Covers {
        let units = disposed.body.decisions.iter().map(|decision| &decision.unit).collect();
        let mut covers = self.covers(&units);
        covers.push((&disposed.at, &disposed.id));
        Covers::over(covers)
    }

    /// What was decided of a unit, the decision that counts first. Where stations decided unseen by
    /// each other, the unit follows one of them, and so does this.
    pub fn dispositions_of(&self, id: &TravelerId, unit: &TravelerState) -> Vec<&Disposed> {
        let holds = self.holds_of(id).filter_map(|held| unit.holds.get(held.hold.as_ref()?));
        let ended: BTreeSet<&Position> = holds.filter_map(|hold| hold.decision.as_ref()).collect();
        let mut all: Vec<&Disposed> = self.dispositions.iter().filter(|d| d.decides(id)).collect();
        all.retain(|disposed| !disposed.replaced || ended.contains(&disposed.at));
        let chosen = unit.chosen_decisions();
        all.sort_by_key(|disposed| {
            let is_of = |positions: &BTreeSet<&Position>| positions.contains(&disposed.at);
            (!is_of(&chosen), !is_of(&ended), !disposed.is_complete())
        });
        all
    }

    /// Two decisions about one unit of which neither stands in the place of the other: made unseen
    /// by each other.
    pub fn decided_unseen(&self, at: &Position) -> Option<(&Disposed, &Disposed)> {
        let one = self.dispositions.iter().find(|disposed| disposed.at == *at)?;
        let by_unit: BTreeMap<&TravelerId, String> = one
            .body
            .decisions
            .iter()
            .map(|decision| (&decision.unit, one.words_for(&decision.unit)))
            .collect();
        let other = self.dispositions.iter().find(|other| {
            let replaces = one.body.replaces.contains(&other.at);
            let other_way = by_unit
                .iter()
                .any(|(unit, words)| other.decides(unit) && other.words_for(unit) != *words);
            other.at != *at && !replaces && !other.body.replaces.contains(at) && other_way
        })?;
        Some((one, other))
    }
}
