//! What holds a lot of material that an inspection said something of that is not so: the judge writes
//! that itself, for what it does not accept stays at the station that wrote it (R12).

use jiff::tz::TimeZone;

use crate::domain::context::site_zone;
use crate::domain::decide::Command;
use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::LotId;
use crate::domain::inspection::cells::StandingReading;
use crate::domain::inspection::fact::{InspectionFact, LotEnd};
use crate::domain::inspection::follows::found_of;
use crate::domain::inspection::series::{Lot, LotStanding};
use crate::domain::kinds::FactBody;
use crate::domain::material::{
    ByInspection, MaterialCommand, MaterialFact, MaterialId, MaterialState,
};
use crate::domain::moment::Moment;
use crate::domain::station::{JudgeVerdict, Judgement, StationCommand};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::{HoldOutcome, TravelerFact};
use crate::domain::traveler::kin::{KinWanted, gather, split_off_inspected};
use crate::domain::traveler::state::{Hold, TravelerState};
use crate::ledger::error::LedgerError;

use super::known::Known;
use super::page::cut;
use super::told::Told;
use super::{Judge, JudgeError};

/// What a lot is to be held for, and whose record is told of it.
pub(super) struct Held {
    pub(super) material: MaterialId,
    pub(super) inspection: Option<ByInspection>,
    pub(super) reason: String,
    pub(super) told: Vec<Position>,
}

impl Judge {
    /// Holds the lot that a fact lets go or says something of, where that was not accepted or does not
    /// go together with what else is known; tells of how many decisions that is told.
    pub(super) fn follow_lot(
        &mut self,
        (fact, id): (&Fact, Hash),
        rejected: &[String],
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        if let Subject::Series(series) = &fact.subject
            && series.is_own()
        {
            if !rejected.is_empty() {
                return Ok(0);
            }
            let told = self.tell_unseen(fact, now)? + self.hold_beside(fact, now)?;
            return Ok(told + self.follow_own(fact, now)?);
        }
        let mut count = 0;
        if rejected.is_empty() {
            count += self.tell_unseen(fact, now)? + self.hold_beside(fact, now)?;
        }
        let held = if let Some(why) = rejected.first() {
            self.known.not_let_go(fact, why)
        } else {
            let (apart, told) = self.noted((fact, id), now)?;
            count += told;
            apart.or_else(|| self.known.contradicted(fact))
        };
        let Some(held) = held else { return Ok(count) };
        Ok(count + self.hold_lot(held, now)?)
    }

    /// Holds a lot of material and tells of the records by which that is; tells of how many.
    fn hold_lot(&mut self, held: Held, now: &Moment) -> Result<usize, JudgeError> {
        let Held { material, inspection, reason, told } = held;
        let placing = MaterialCommand::HoldForJudge { reason: reason.clone(), inspection };
        let command = Command::Material(material, placing);
        let saved = self.ledger.transact(&self.acting, now, command)?;
        if saved.facts.is_empty() {
            return Ok(0);
        }
        for fact in &told {
            self.tell(fact, &reason, now)?;
        }
        Ok(told.len())
    }

    /// Tells, once, of a lot that was accepted without a failing value which another station had recorded,
    /// where the plan accepts it all the same.
    fn tell_unseen(&mut self, fact: &Fact, now: &Moment) -> Result<usize, JudgeError> {
        let Self { known, told, .. } = self;
        let Some((accepted, words)) = known.accepted_without(fact, told) else { return Ok(0) };
        for at in &accepted {
            self.tell(at, &words, now)?;
        }
        Ok(accepted.len())
    }

    /// Follows what people let through since: by that a lot may be contradicted like by any other fact.
    pub(super) fn follow_let_through(
        &mut self,
        let_through: Vec<(Fact, Hash)>,
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        let mut count = 0;
        for (fact, id) in let_through {
            count += self.follow_lot((&fact, id), &[], now)?;
        }
        Ok(count)
    }

    /// Holds a lot that a fact accepts beside records which it does not name and which were not accepted
    /// themselves: in whichever order they came, somebody looks at them.
    fn hold_beside(&mut self, fact: &Fact, now: &Moment) -> Result<usize, JudgeError> {
        let (FactBody::Inspection(InspectionFact::LotDecided(decided)), Subject::Series(series)) =
            (&fact.body, &fact.subject)
        else {
            return Ok(0);
        };
        let StreamState::Series(state) = self.ledger.stream(&fact.subject)?.stream.state else {
            return Ok(0);
        };
        let Some(lot) = state.opened(&decided.opened).filter(|_| decided.accepted) else {
            return Ok(0);
        };
        let mut doubtful = None;
        for (at, _) in lot.found_to_cover() {
            let seen = decided.signature.covers.facts.contains(at) || self.known.was_accepted(at);
            // What is not judged yet is followed when it is.
            if !seen && self.store.is_judged(at)? {
                doubtful = Some(at);
                break;
            }
        }
        let Some(beside) = doubtful else { return Ok(0) };
        let (at, number) = (fact.head.position.clone(), &lot.opened.lot);
        let reason = format!("lot {number} was accepted beside {beside}, which was not accepted");
        if let Some(unit) = &lot.opened.unit {
            let units = self.with_split_off(unit, &lot.at)?;
            return self.judge_units(&units, vec![(at, reason)], now);
        }
        let material = MaterialId { part: series.part.clone(), lot: number.clone() };
        let told = vec![at.clone()];
        let inspection = Some(ByInspection { opened: lot.at.clone(), at, as_is: false });
        self.hold_lot(Held { material, inspection, reason, told }, now)
    }

    /// Tells of a record that holds no unit.
    pub(super) fn tell(
        &mut self,
        fact: &Position,
        reason: &str,
        now: &Moment,
    ) -> Result<(), JudgeError> {
        let Some(station) = self.store.station_of(&fact.ledger)? else { return Ok(()) };
        let (reasons, units) = (cut(vec![reason.to_owned()]), Vec::new());
        let (from, to_seq, verdict) = (fact.clone(), fact.seq, JudgeVerdict::Held);
        let exceptions = vec![Judgement { fact: fact.clone(), verdict, reasons, units }];
        let judged = StationCommand::Judge { from, to_seq, exceptions, unread: Vec::new() };
        self.write(&station, judged, now)
    }
}

impl Judge {
    /// Holds a lot of own production that was accepted although what came since says otherwise.
    fn follow_own(&mut self, fact: &Fact, now: &Moment) -> Result<usize, JudgeError> {
        let Some((lot, reason)) = self.known.against(fact) else { return Ok(0) };
        let Some(unit) = lot.opened.unit.clone() else { return Ok(0) };
        let told = accepting(lot).into_iter().map(|at| (at, reason.clone())).collect();
        let units = self.with_split_off(&unit, &lot.at)?;
        self.judge_units(&units, told, now)
    }

    /// A lot of own production and what was split off it since its inspection was opened, or not provably
    /// before.
    fn with_split_off(
        &self,
        unit: &TravelerId,
        opened: &Position,
    ) -> Result<Vec<TravelerId>, JudgeError> {
        let load = |lot: &TravelerId| -> Result<Option<TravelerState>, LedgerError> {
            let stream = self.ledger.stream(&Subject::Traveler(lot.clone()))?.stream;
            let StreamState::Traveler(state) = stream.state else { return Ok(None) };
            Ok(Some(state))
        };
        let mut units = vec![unit.clone()];
        if let Some(state) = load(unit)? {
            let kin = gather((unit, &state), KinWanted::SplitOff, load)?;
            units.extend(split_off_inspected((unit, &state), opened, &kin).into_iter().cloned());
        }
        Ok(units)
    }

    /// The pieces of own production that a fact accepts, or says something of although they were
    /// accepted: the lot, and what was split off it; or that go on by what it accepts of earlier work.
    pub(super) fn own_pieces(&self, fact: &Fact) -> Result<Vec<TravelerId>, JudgeError> {
        if let (
            Subject::Traveler(unit),
            FactBody::Traveler(TravelerFact::UpstreamAccepted { .. }),
        ) = (&fact.subject, &fact.body)
        {
            return self.with_what_goes_on(unit, &fact.head.position);
        }
        let own = self.own_accepted(fact)?;
        own.map_or(Ok(Vec::new()), |(unit, opened)| self.with_split_off(&unit, &opened))
    }

    /// Why a lot of own production is not accepted: its unit had ended, and who accepted knew that.
    pub(super) fn accepts_ended(&self, fact: &Fact) -> Result<Option<String>, JudgeError> {
        let FactBody::Inspection(InspectionFact::LotDecided(decided)) = &fact.body else {
            return Ok(None);
        };
        // What was written before an acceptance named what is open was not asked for this.
        let asked = decided.accepted && decided.open.is_some();
        let own = self.own_accepted(fact)?.filter(|_| asked);
        let Some((unit, _)) = own else { return Ok(None) };
        let folded = self.ledger.stream(&Subject::Traveler(unit.clone()))?;
        let StreamState::Traveler(state) = folded.stream.state else { return Ok(None) };
        let known = fact.head.after.iter().chain([&fact.head.position]);
        let ends = |hold: &Hold| match &hold.released {
            Some((HoldOutcome::Ended { .. }, _)) => hold.released_at.clone(),
            Some(_) | None => None,
        };
        let ended = state.holds.iter().find_map(|(_, hold)| {
            let at = ends(hold)?;
            let knew = |after: &Position| {
                after.ledger == at.ledger && (at.epoch, at.seq) < (after.epoch, after.seq)
            };
            known.clone().any(knew).then_some(at)
        });
        Ok(ended.map(|at| format!("{unit} had ended: {at}")))
    }

    /// The unit of a lot of own production that a fact accepts, or says something of a piece of although
    /// it was accepted, with its opening.
    fn own_accepted(&self, fact: &Fact) -> Result<Option<(TravelerId, Position)>, JudgeError> {
        let FactBody::Inspection(body) = &fact.body else { return Ok(None) };
        let (opened, accepts) = match body {
            InspectionFact::LotDecided(decided) => (&decided.opened, decided.accepted),
            InspectionFact::PieceInspected(what) => (&what.opened, false),
            InspectionFact::PieceConfirmed(what) => (&what.opened, false),
            InspectionFact::LotOpened(_)
            | InspectionFact::PieceNoted(_)
            | InspectionFact::LotDisposed(_)
            | InspectionFact::SeverityChosen(_) => return Ok(None),
        };
        let state = self.ledger.stream(&fact.subject)?.stream.state;
        let StreamState::Series(state) = state else { return Ok(None) };
        let lot = state.opened(opened).filter(|lot| accepts || !accepting(lot).is_empty());
        Ok(lot.and_then(|lot| Some((lot.opened.unit.clone()?, lot.at.clone()))))
    }
}

/// The decisions by which a lot was accepted.
fn accepting(lot: &Lot) -> Vec<Position> {
    let accepted = lot.decided.iter().filter(|(.., decided)| decided.accepted);
    accepted.map(|(at, ..)| at.clone()).collect()
}

impl Known {
    /// The lot of a fact, where what is known of it does not go together, with why.
    fn against(&self, fact: &Fact) -> Option<(&Lot, String)> {
        let lot = self.lot_of(fact)?;
        Some((lot, contradiction(lot, &site_zone(self.policy()))?))
    }

    /// The lot of a fact that says what was found or decided.
    fn lot_of(&self, fact: &Fact) -> Option<&Lot> {
        let FactBody::Inspection(body) = &fact.body else { return None };
        let opened = match body {
            InspectionFact::PieceInspected(what) => &what.opened,
            InspectionFact::LotDecided(decided) => &decided.opened,
            InspectionFact::PieceConfirmed(what) => &what.opened,
            InspectionFact::LotOpened(_)
            | InspectionFact::PieceNoted(_)
            | InspectionFact::LotDisposed(_)
            | InspectionFact::SeverityChosen(_) => return None,
        };
        self.series(&fact.subject)?.opened(opened)
    }

    /// The decisions by which a lot was accepted without a failing value that was not told before, in
    /// words; what the plan does not accept any more is told as that.
    fn accepted_without(&self, fact: &Fact, told: &mut Told) -> Option<(Vec<Position>, String)> {
        let lot = self.lot_of(fact).filter(|lot| lot.standing() == LotStanding::Accepted)?;
        let unseen = lot.unseen_by_acceptance().into_iter();
        let new: Vec<StandingReading<'_>> = unseen
            .filter(|value| told.of_record(&value.record.at, &format!("late {}", value.ask)))
            .collect();
        if new.is_empty() {
            return None;
        }
        let found = found_of(new.iter().map(|value| (value.at().0, value.reading)));
        let words = format!(
            "lot {} was accepted without what was not seen then, and the plan accepts it all the same: \
             {found}",
            lot.opened.lot
        );
        Some((accepting(lot), words))
    }

    /// What would let a lot go, or says how it stands, and was not accepted.
    fn not_let_go(&self, fact: &Fact, why: &str) -> Option<Held> {
        let material = match (&fact.subject, &fact.body) {
            (Subject::Series(series), FactBody::Inspection(body)) => {
                let lot = match body {
                    InspectionFact::LotOpened(opened) => &opened.lot,
                    InspectionFact::LotDecided(decided) => &decided.lot,
                    InspectionFact::LotDisposed(disposed) => &disposed.lot,
                    // While it is open, its opening holds it.
                    InspectionFact::PieceInspected(_) | InspectionFact::PieceConfirmed(_) => {
                        let lot = self.lot_of(fact).filter(|lot| !accepting(lot).is_empty())?;
                        &lot.opened.lot
                    }
                    InspectionFact::PieceNoted(_) | InspectionFact::SeverityChosen(_) => {
                        return None;
                    }
                };
                MaterialId { part: series.part.clone(), lot: lot.clone() }
            }
            (Subject::Material(id), FactBody::Material(MaterialFact::MaterialReleased { .. })) => {
                id.clone()
            }
            (_, _) => return None,
        };
        let by_hand = matches!(
            fact.body,
            FactBody::Material(MaterialFact::MaterialReleased { inspection: None, .. })
        );
        let at = fact.head.position.clone();
        let opened = self.opening_of(&material).filter(|_| !by_hand);
        let inspection = opened.map(|opened| ByInspection {
            opened: opened.clone(),
            at: at.clone(),
            as_is: false,
        });
        let reason = format!("the server did not accept what was said of it: {why}");
        Some(Held { material, inspection, reason, told: Vec::new() })
    }

    /// The last opening of a lot that was accepted, of whichever supplier.
    fn opening_of(&self, material: &MaterialId) -> Option<&Position> {
        let series = self.all_series().filter(|(series, _)| series.part == material.part);
        series.filter_map(|(_, state)| state.lot(&material.lot)).map(|lot| &lot.at).last()
    }

    /// A lot that was accepted although what came since says otherwise, or that others rejected unseen.
    fn contradicted(&self, fact: &Fact) -> Option<Held> {
        let (lot, reason) = self.against(fact)?;
        let Subject::Series(series) = &fact.subject else { return None };
        let material = MaterialId { part: series.part.clone(), lot: lot.opened.lot.clone() };
        let at = fact.head.position.clone();
        let inspection = Some(ByInspection { opened: lot.at.clone(), at, as_is: false });
        let told = accepting(lot);
        Some(Held { material, inspection, reason, told })
    }

    /// A lot of material by the series that it is inspected in.
    pub(super) fn material_of(&self, series: &Subject, lot: &LotId) -> Option<&MaterialState> {
        let Subject::Series(series) = series else { return None };
        self.material(&MaterialId { part: series.part.clone(), lot: lot.clone() })
    }

    /// Why an inspection does not let a lot go as is said, or ends what it may not end; none where it
    /// does.
    pub(super) fn lets_go(
        &self,
        material: &Subject,
        (by, ends): (&ByInspection, &[Position]),
    ) -> Option<String> {
        let at = &by.at;
        let nothing = || Some(format!("no inspection lets it go at {at}"));
        let Subject::Material(id) = material else { return nothing() };
        let mut series = self.all_series().filter(|(series, _)| series.part == id.part);
        let lot = series.find_map(|(_, state)| state.opened(&by.opened));
        let Some(lot) = lot.filter(|lot| lot.opened.lot == id.lot) else { return nothing() };
        if by.as_is {
            let ended = lot.ended().filter(|ended| ended.what.end == LotEnd::UseAsIs);
            return if ended.is_some_and(|ended| ended.at == *at) { None } else { nothing() };
        }
        if !lot.decided.iter().any(|(decision, _, _, decided)| decision == at && decided.accepted) {
            return nothing();
        }
        let held = self.material(id)?;
        let more = held
            .held_by_inspection()
            .find(|block| ends.contains(&block.at) && !block.is_of_opening(&by.opened));
        more.map(|block| format!("it ends what others hold: {}", block.reason))
    }
}

/// How the decisions about a lot do not go together with each other or with what was found.
fn contradiction(lot: &Lot, zone: &TimeZone) -> Option<String> {
    match lot.standing() {
        LotStanding::Contradicted => {
            let (found, reject) = (lot.found(), lot.opened.plan.single.reject);
            Some(format!(
                "lot {} was accepted, and {found} pieces are nonconforming by what was not seen then; \
                 from {reject} on it is not accepted",
                lot.opened.lot
            ))
        }
        LotStanding::Rejected if lot.decided.iter().any(|(.., decided)| decided.accepted) => {
            let said = lot.decided.iter().map(|(_, _, moment, decided)| {
                let word = if decided.accepted { "accepted" } else { "rejected" };
                let when = moment.effective().to_zoned(zone.clone()).strftime("%m-%d %H:%M");
                format!("{word} by {} {when}", decided.signature.signer)
            });
            let said: Vec<String> = said.collect();
            Some(format!("lot {} was {}, unseen", lot.opened.lot, said.join(" and ")))
        }
        LotStanding::Rejected
        | LotStanding::Open
        | LotStanding::Accepted
        | LotStanding::Disposed(_) => None,
    }
}
