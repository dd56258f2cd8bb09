//! Lots whose acceptance does not stand: they are blocked again until a person answers (R12).

use crate::domain::decide::Command;
use crate::domain::fact::{Fact, Position};
use crate::domain::inspection::fact::InspectionFact;
use crate::domain::inspection::series::{Lot, SeriesId};
use crate::domain::kinds::FactBody;
use crate::domain::material::{MaterialCommand, MaterialId};
use crate::domain::moment::Moment;
use crate::domain::station::{JudgeVerdict, Judgement, StationCommand};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::ledger::error::TransactError;

use super::{Judge, JudgeError};

impl Judge {
    /// Blocks a lot that was accepted by a fact that is not; tells nothing of other facts.
    pub(super) fn block_lot(
        &mut self,
        fact: &Fact,
        reasons: &[String],
        now: &Moment,
    ) -> Result<Option<Judgement>, JudgeError> {
        let (Subject::Series(id), FactBody::Inspection(InspectionFact::LotDecided(decided))) =
            (&fact.subject, &fact.body)
        else {
            return Ok(None);
        };
        if !decided.accepted {
            return Ok(None);
        }
        let state = self.ledger.stream(&fact.subject)?.stream.state;
        let StreamState::Series(state) = state else { return Ok(None) };
        let Some(lot) = state.opened(&decided.opened) else { return Ok(None) };
        let at = fact.head.position.clone();
        self.block((id, lot), (&at, reasons), now).map(Some)
    }

    /// A piece that was recorded unseen by who accepted its lot, with which the plan does not accept
    /// it; tells how many decisions do not stand any more.
    pub(super) fn contradicted(&mut self, fact: &Fact, now: &Moment) -> Result<usize, JudgeError> {
        let (Subject::Series(id), FactBody::Inspection(InspectionFact::PieceInspected(what))) =
            (&fact.subject, &fact.body)
        else {
            return Ok(0);
        };
        let lot = self.known.series(&fact.subject).and_then(|series| series.opened(&what.opened));
        let Some(lot) = lot.filter(|lot| lot.is_contradicted()).cloned() else { return Ok(0) };
        let (found, reject) = (lot.found(), lot.opened.plan.single.reject);
        let reasons = vec![format!(
            "{found} pieces are nonconforming by now; from {reject} on the lot is not accepted"
        )];
        let mut count = 0;
        for (at, ..) in &lot.decided {
            let Some(station) = self.store.station_of(&at.ledger)? else { continue };
            let exceptions = vec![self.block((id, &lot), (at, &reasons), now)?];
            let (from, to_seq) = (at.clone(), at.seq);
            let judged = StationCommand::Judge { from, to_seq, exceptions, unread: Vec::new() };
            self.write(&station, judged, now)?;
            count += 1;
        }
        Ok(count)
    }

    fn block(
        &mut self,
        (id, lot): (&SeriesId, &Lot),
        (at, reasons): (&Position, &[String]),
        now: &Moment,
    ) -> Result<Judgement, JudgeError> {
        let said = |held: bool, unit: Option<&TravelerId>| {
            let verdict = if held { JudgeVerdict::Rejected } else { JudgeVerdict::Held };
            let units = unit.filter(|_| held).cloned().into_iter().collect();
            Judgement { fact: at.clone(), verdict, reasons: reasons.to_vec(), units }
        };
        if let Some(unit) = &lot.opened.unit {
            let held = self.hold_unit((at.clone(), unit), reasons, now)?;
            return Ok(said(held, Some(unit)));
        }
        let material = MaterialId { part: id.part.clone(), lot: lot.opened.lot.clone() };
        let hold = MaterialCommand::HoldForJudge { fact: at.clone(), reasons: reasons.to_vec() };
        match self.ledger.transact(&self.acting, now, Command::Material(material, hold)) {
            Ok(_) => Ok(said(true, None)),
            Err(TransactError::Refused(_)) => Ok(said(false, None)),
            Err(error @ TransactError::Ledger(_)) => Err(error.into()),
        }
    }
}
