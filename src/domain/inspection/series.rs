//! A series: the lots of one part from one supplier, or of own production, in the order in which they
//! were decided.

use std::collections::BTreeSet;
use std::fmt;

use super::fact::{
    Choice, InspectedBy, InspectionFact, LotDecided, LotDisposed, LotEnd, LotOpened,
    PieceConfirmed, PieceInspected, PieceNoted, SeverityChosen, still_open,
};
use super::plan::Outcome;
use super::scheme::Severity;
use super::switching::{DISCONTINUE_AFTER, Inspected, Series, Why};
use crate::domain::fact::{Head, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, InstructionId, LotId, PartId, PersonId, PlaceId};
use crate::domain::moment::Moment;
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;

/// The longest name of a supplier, in bytes.
const SUPPLIER_BYTES_MAX: usize = 120;

/// Stands for a supplier where the lots are made here.
pub const OWN: &str = "own production";

/// The lots of one part from one supplier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId {
    /// What they are.
    pub part: PartId,
    /// Who delivers them, as goods-in notes it.
    pub supplier: String,
}

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.supplier)
    }
}

impl SeriesId {
    /// Reads `PART/SUPPLIER`; whatever follows the first stroke is the supplier.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, supplier) = text.split_once('/')?;
        Self::new(PartId::parse(part).ok()?, supplier)
    }

    /// Names a series; a supplier's name is one line.
    pub fn new(part: PartId, supplier: &str) -> Option<Self> {
        let named = !supplier.trim().is_empty() && supplier.trim() == supplier;
        let fits = supplier.len() <= SUPPLIER_BYTES_MAX && !supplier.contains(char::is_control);
        (named && fits).then(|| Self { part, supplier: supplier.to_owned() })
    }

    /// The lots of a part that are made here.
    pub fn own(part: PartId) -> Self {
        Self { part, supplier: OWN.to_owned() }
    }

    /// Whether its lots are made here.
    pub fn is_own(&self) -> bool {
        self.supplier == OWN
    }
}

/// What a lot of own production is called in its series: `WO-2.L-22`; none where that is too long. Dots
/// of its own are doubled, so that no two lots have one name.
pub fn own_lot(unit: &TravelerId) -> Option<LotId> {
    let doubled = |text: &str| text.replace('.', "..");
    let (order, lot) = (doubled(unit.order.as_str()), doubled(unit.unit.as_str()));
    LotId::parse(&format!("{order}.{lot}")).ok()
}

/// Whether a supplier's name means the plant itself, however it is written.
pub fn means_own(supplier: &str) -> bool {
    let words: Vec<&str> = supplier.split_whitespace().collect();
    let name = words.join(" ");
    name.eq_ignore_ascii_case(OWN) || name.eq_ignore_ascii_case("own")
}

/// A series as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesState {
    /// Every opening of a lot, in fold order.
    pub lots: Vec<Lot>,
    /// What counts for switching, in fold order.
    events: Vec<Event>,
    /// Openings of lots that had been opened unseen, which the authority has answered.
    answered: BTreeSet<Position>,
}

/// What counts for switching.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    /// The lot at this rank was decided.
    Decided(usize),
    /// The authority said something.
    Chosen(SeverityChosen),
}

/// One opening of a lot, with all that followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Who opened it.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// How it is inspected.
    pub opened: LotOpened,
    /// Every record of a piece, in fold order.
    pub records: Vec<PieceRecord>,
    /// Every failing value that was typed again and is the same, in fold order.
    pub confirmed: Vec<(Position, Hash, PieceConfirmed)>,
    /// What was said about values, in fold order, with who said it.
    pub notes: Vec<(Option<PersonId>, PieceNoted)>,
    /// Every decision, in fold order; several only where stations decided unseen by each other.
    pub decided: Vec<(Position, Hash, Moment, LotDecided)>,
    /// Everything that was signed of what becomes of it, in fold order.
    pub disposed: Vec<Disposed>,
}

/// What somebody signed of what becomes of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposed {
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// When.
    pub moment: Moment,
    /// What.
    pub what: LotDisposed,
}

/// What was found on a piece, as it stands in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceRecord {
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Who.
    pub by: Option<PersonId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
    /// What.
    pub what: PieceInspected,
}

/// How a lot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotStanding {
    /// It is being inspected.
    Open,
    /// It was accepted.
    Accepted,
    /// It was, and what is known by now says otherwise; it waits like a rejected one.
    Contradicted,
    /// It was not, and waits for what becomes of it.
    Rejected,
    /// It was not, and this becomes of it.
    Disposed(LotEnd),
}

impl LotStanding {
    /// Whether somebody has to do something.
    pub fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Contradicted | Self::Rejected)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Contradicted => "accepted, and contradicted since",
            Self::Rejected => "rejected",
            Self::Disposed(LotEnd::Sort) => "rejected, to be sorted",
            Self::Disposed(LotEnd::Return) => "rejected, goes back",
            Self::Disposed(LotEnd::Scrap) => "rejected, scrap",
            Self::Disposed(LotEnd::UseAsIs) => "rejected, used as is",
        }
    }
}

impl Lot {
    /// What the plan says of what was found so far: accepted only once all were looked at.
    pub fn outcome(&self) -> Option<Outcome> {
        let outcome = self.opened.plan.single.outcome(count(self.nonconforming().len()));
        let open = outcome != Outcome::NotAccepted && !self.remaining().is_empty();
        (!open).then_some(outcome)
    }

    /// How many nonconforming pieces count for the series: never fewer than its decision named,
    /// and what was recorded unseen by that counts too.
    pub fn found(&self) -> u32 {
        let named = self.decided.iter().map(|(.., decided)| decided.nonconforming.len());
        count(named.max().unwrap_or(0).max(self.nonconforming().len()))
    }

    /// How it stands. Of decisions that were made unseen by each other a rejection wins.
    pub fn standing(&self) -> LotStanding {
        match (self.ended(), self.decided.is_empty()) {
            (Some(disposed), _) => LotStanding::Disposed(disposed.what.end),
            (None, true) => LotStanding::Open,
            (None, false) if !self.is_accepted() => LotStanding::Rejected,
            (None, false) if self.is_contradicted() => LotStanding::Contradicted,
            (None, false) => LotStanding::Accepted,
        }
    }

    fn is_accepted(&self) -> bool {
        !self.decided.is_empty() && self.decided.iter().all(|(.., decided)| decided.accepted)
    }

    /// Whether somebody has to do something about it; what becomes of own pieces waits for their
    /// deviation, which is listed as one.
    pub fn waits(&self) -> bool {
        let standing = self.standing();
        standing == LotStanding::Open || standing.waits() && self.opened.unit.is_none()
    }

    /// The deviation for which it was not accepted.
    pub fn deviation(&self) -> Option<&DeviationId> {
        self.decided.iter().find_map(|(.., decided)| decided.deviation.as_ref())
    }

    /// Whether it was accepted although what is known by now says otherwise.
    pub fn is_contradicted(&self) -> bool {
        let found = self.opened.plan.single.outcome(self.found());
        self.is_accepted() && found == Outcome::NotAccepted
    }

    /// What becomes of it by the last word that has every signature it needs.
    pub fn ended(&self) -> Option<&Disposed> {
        self.words_of_end().0
    }

    /// Signatures to use it as it is that wait for others.
    pub fn signed_as_is(&self) -> impl Iterator<Item = &LotDisposed> {
        self.words_of_end().1.into_iter().map(|disposed| &disposed.what)
    }

    /// The roles whose signatures are missing until it may be used as it is.
    pub fn to_sign(&self) -> Vec<Role> {
        let signed = || self.signed_as_is();
        let needs = signed().last().map_or(&[][..], |disposed| &disposed.needs);
        still_open(needs, signed().map(|disposed| &disposed.signature))
    }

    /// Whether what becomes of it takes effect with one more signature.
    pub fn is_complete_with(&self, more: &LotDisposed) -> bool {
        let signed = self.signed_as_is().chain([more]).map(|disposed| &disposed.signature);
        more.end != LotEnd::UseAsIs || still_open(&more.needs, signed).is_empty()
    }

    fn words_of_end(&self) -> (Option<&Disposed>, Vec<&Disposed>) {
        let (mut ended, mut waiting) = (None, Vec::new());
        for disposed in &self.disposed {
            waiting.push(disposed);
            let signed = waiting.iter().map(|disposed| &disposed.what.signature);
            let whole = still_open(&disposed.what.needs, signed).is_empty();
            if disposed.what.end != LotEnd::UseAsIs || whole {
                ended = Some(disposed);
                waiting.clear();
            }
        }
        (ended, waiting)
    }

    /// Whoever recorded a piece of it or decided about it.
    pub fn inspectors(&self) -> impl Iterator<Item = &PersonId> {
        let recorded = self.records.iter().filter_map(|record| record.by.as_ref());
        recorded.chain(self.decided.iter().map(|(.., decided)| &decided.signature.signer))
    }

    /// What a signature on what becomes of it covers: every decision, and what was signed before.
    pub fn to_cover(&self) -> impl Iterator<Item = (&Position, &Hash)> {
        let decided = self.decided.iter().map(|(at, id, ..)| (at, id));
        let contradicts = self.standing_records().map(|record| (&record.at, &record.id));
        let contradicts = contradicts.filter(|_| self.is_contradicted());
        decided.chain(contradicts).chain(self.disposed.iter().map(|d| (&d.at, &d.id)))
    }
}

fn count(pieces: usize) -> u32 {
    u32::try_from(pieces).unwrap_or(u32::MAX)
}

/// A lot that one of two stations rejected counts as not accepted.
fn counted(lot: &Lot) -> u32 {
    let rejected = lot.decided.iter().any(|(.., decided)| !decided.accepted);
    if rejected { lot.found().max(lot.opened.plan.single.reject) } else { lot.found() }
}

impl SeriesState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &InspectionFact) {
        let (at, by, moment) =
            (head.position.clone(), head.acting.actor.clone(), head.moment.clone());
        match fact {
            InspectionFact::LotOpened(opened) => self.lots.push(Lot {
                at,
                id,
                by,
                moment,
                opened: (**opened).clone(),
                records: Vec::new(),
                confirmed: Vec::new(),
                notes: Vec::new(),
                decided: Vec::new(),
                disposed: Vec::new(),
            }),
            InspectionFact::PieceInspected(what) => {
                if let Some(lot) = self.lot_mut(&what.opened) {
                    let (place, what) = (head.acting.place.clone(), what.clone());
                    lot.records.push(PieceRecord { at, id, by, place, moment, what });
                }
            }
            InspectionFact::PieceConfirmed(what) => {
                if let Some(lot) = self.lot_mut(&what.opened) {
                    lot.confirmed.push((at, id, what.clone()));
                }
            }
            InspectionFact::PieceNoted(what) => {
                if let Some(lot) = self.lot_mut(&what.opened) {
                    lot.notes.push((by, what.clone()));
                }
            }
            InspectionFact::LotDecided(decided) => {
                let rank = self.lots.iter().position(|lot| lot.at == decided.opened);
                if let Some(rank) = rank
                    && let Some(lot) = self.lots.get_mut(rank)
                {
                    // Decided twice, it counts once, where it was decided first.
                    if lot.decided.is_empty() {
                        self.events.push(Event::Decided(rank));
                    }
                    lot.decided.push((at, id, moment, (**decided).clone()));
                }
            }
            InspectionFact::LotDisposed(disposed) => {
                if let Some(lot) = self.lot_mut(&disposed.opened) {
                    lot.disposed.push(Disposed { at, id, moment, what: (**disposed).clone() });
                }
            }
            InspectionFact::SeverityChosen(chosen) => {
                if chosen.choice == Choice::TakeUp {
                    let twice = self.opened_twice().into_iter().map(|lot| lot.at.clone());
                    self.answered = self.answered.iter().cloned().chain(twice).collect();
                }
                self.events.push(Event::Chosen(chosen.clone()));
            }
        }
    }

    fn lot_mut(&mut self, opened: &Position) -> Option<&mut Lot> {
        self.lots.iter_mut().find(|lot| lot.at == *opened)
    }

    /// The lot of an opening.
    pub fn opened(&self, opened: &Position) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.at == *opened)
    }

    /// The last opening of a lot by its number.
    pub fn lot(&self, lot: &LotId) -> Option<&Lot> {
        self.lots.iter().rev().find(|known| known.opened.lot == *lot)
    }

    /// Openings of a lot that had been opened at another station, unseen, and that nobody answered.
    pub fn opened_twice(&self) -> Vec<&Lot> {
        let again = self.lots.iter().enumerate().filter(|(rank, lot)| {
            let mut before = self.lots.iter().take(*rank);
            let unseen = |known: &Lot| {
                known.opened.lot == lot.opened.lot && known.opened.resubmits == lot.opened.resubmits
            };
            before.any(unseen) && !self.answered.contains(&lot.at)
        });
        again.map(|(_, lot)| lot).collect()
    }

    /// By what lots were opened last by an instruction.
    pub fn by_last(&self, instruction: &InstructionId) -> Option<&InspectedBy> {
        let by = self.lots.iter().rev().map(|lot| &lot.opened.by);
        by.into_iter().find(|by| by.instruction == *instruction)
    }

    /// How the next lot that is inspected by something is inspected. Lots inspected by another
    /// revision or plan are of another count.
    pub fn next(&self, by: &InspectedBy) -> Series {
        let mut series = Series::new(DISCONTINUE_AFTER);
        if !by.rule.switches() {
            series.why = Why::OneSeverity;
            return series;
        }
        for event in &self.events {
            match event {
                Event::Decided(rank) => {
                    let Some(lot) = self.lots.get(*rank).filter(|lot| lot.opened.by == *by) else {
                        continue;
                    };
                    series.add(&Inspected {
                        plan: lot.opened.plan.single,
                        severity: lot.opened.severity,
                        nonconforming: counted(lot),
                        resubmitted: lot.opened.resubmits.is_some(),
                    });
                }
                Event::Chosen(chosen) if chosen.by == *by => match chosen.choice {
                    Choice::Reduce => series.approve_reduced(),
                    Choice::Normal => series.end_reduced(),
                    Choice::TakeUp => series.take_up_again(),
                },
                Event::Chosen(_) => {}
            }
        }
        series
    }

    /// How strictly the next opening of a lot is inspected, and why. What comes again is inspected
    /// no less than tightened.
    pub fn severity_for(&self, by: &InspectedBy, resubmits: bool) -> (Severity, Why) {
        let series = self.next(by);
        if resubmits && by.rule.switches() && series.severity != Severity::Tightened {
            return (Severity::Tightened, Why::Resubmitted);
        }
        (series.severity, series.why)
    }
}
