//! What the judge checks of the inspection of lots: who may, and that plan, severity and verdict are
//! what follows from what the writer knew.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::Fact;
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, LotId};
use crate::domain::inspection::asks::asks_of;
use crate::domain::inspection::fact::{
    Choice, InspectionFact, LotDecided, LotDisposed, LotEnd, LotOpened, PieceConfirmed,
    PieceInspected, PieceNoted,
};
use crate::domain::inspection::held::{held_by_others, is_to_dispose};
use crate::domain::inspection::plan::Outcome;
use crate::domain::inspection::series::{Lot, SeriesState, own_lot};
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialState;
use crate::domain::people::Action;
use crate::domain::signature::{Covers, Meaning, Signature};
use crate::domain::stream::Subject;
use crate::domain::traveler::record::judge;
use crate::domain::traveler::standing::Instructions;
use crate::domain::who_may;

use super::known::Known;
use super::rules::{Case, is_released};

impl Case<'_> {
    /// Who may, and by which revision.
    pub(super) fn inspection(&mut self, body: &InspectionFact) {
        match body {
            InspectionFact::LotOpened(opened) => {
                self.require(&[Action::InspectLot]);
                self.named(opened);
                let revisions = self.known.instruction(&opened.by.instruction);
                if !is_released(revisions, &opened.by.revision, opened.hash) {
                    let by = &opened.by;
                    self.reject(format!("{} rev {} is not released", by.instruction, by.revision));
                }
            }
            InspectionFact::PieceInspected(what) => {
                self.require(&[Action::InspectLot]);
                self.piece(what);
                for reading in &what.readings {
                    let judged = judge(&reading.kind, &reading.value, reading.gauge.as_ref());
                    if judged.ok().map(|(verdict, _)| verdict) != Some(reading.verdict) {
                        self.reject(format!("{} is judged otherwise by its limits", reading.name));
                    }
                }
            }
            InspectionFact::PieceConfirmed(_) | InspectionFact::PieceNoted(_) => {
                self.require(&[Action::InspectLot]);
            }
            InspectionFact::LotDecided(decided) => {
                self.require(&[Action::DecideLot]);
                self.signature(&decided.signature);
                let meaning = if decided.accepted { Meaning::Accepted } else { Meaning::Rejected };
                if decided.signature.meaning != meaning {
                    self.reject("the signature says something else");
                }
                if !decided.accepted && decided.deviation.is_none() {
                    self.reject("no deviation was raised for it");
                }
            }
            InspectionFact::LotDisposed(disposed) => {
                self.require(&[who_may::disposes_lot(disposed.end)]);
                self.signature(&disposed.signature);
                if disposed.signature.meaning != Meaning::Dispositioned {
                    self.reject("the signature says something else");
                }
            }
            InspectionFact::SeverityChosen(_) => self.require(&[Action::ChooseSeverity]),
        }
    }
}

impl Case<'_> {
    /// A lot of own production is named by its unit, and no other one is.
    fn named(&mut self, opened: &LotOpened) {
        let Subject::Series(id) = &self.fact.subject else { return };
        match &opened.unit {
            Some(unit) if id.is_own() && own_lot(unit).as_ref() == Some(&opened.lot) => {}
            None if !id.is_own() => {}
            Some(_) | None => self.reject(format!("{} is no lot of {id}", opened.lot)),
        }
    }

    /// A piece was asked what the text of its lot asks, with gauges that were good on the day, by
    /// somebody who was trained for it (R5, R10).
    fn piece(&mut self, what: &PieceInspected) {
        for reading in &what.readings {
            if let Some(used) = &reading.gauge {
                self.gauge_was_good(used, reading.kind.limits().map(|limits| limits.unit));
            }
        }
        let lot = self.known.series(&self.fact.subject).and_then(|s| s.opened(&what.opened));
        let Some(text) = lot.and_then(|lot| self.texts.get(&lot.opened.hash)) else { return };
        let asks = asks_of(text);
        let wanted = asks.len();
        let given = match &what.cells {
            None => what.readings.len(),
            Some(cells) => usize::from(cells.of),
        };
        if wanted != given {
            self.reject(format!("a piece has {wanted} values, and {given} were recorded"));
        }
        if what.cells.as_ref().is_some_and(|cells| cells.asks.len() != what.readings.len()) {
            self.reject("which values they are is not said");
        }
        for (number, reading) in what.by_ask() {
            let ask = usize::from(number).checked_sub(1).and_then(|rank| asks.get(rank));
            let Some(ask) = ask else {
                self.reject(format!("nothing is asked of a piece by the number {number}"));
                continue;
            };
            if (&ask.characteristic, &ask.name, &ask.kind)
                != (&reading.characteristic, &reading.name, &reading.kind)
            {
                self.reject(format!("the text asks {} of a piece, by its limits", ask.name));
            }
            let used = reading.gauge.as_ref().map(|used| &used.class);
            if let Some(class) = ask.gauge.as_ref().filter(|class| used != Some(*class)) {
                self.reject(format!("{} was not read on a {class}", ask.name));
            }
        }
        let actor = self.fact.head.acting.actor.as_ref();
        let untrained = actor.zip(text.qualification.as_ref());
        if let Some(reason) = untrained.and_then(|(who, wanted)| self.untrained(who, wanted)) {
            self.reject(reason);
        }
    }
}

/// The text that a fact of a series is judged by: the one that its lot was opened by.
pub(super) fn named(fact: &Fact, known: &Known) -> BTreeMap<Hash, InstructionId> {
    let FactBody::Inspection(body) = &fact.body else { return BTreeMap::new() };
    let opened = match body {
        InspectionFact::LotOpened(opened) => Some(&**opened),
        InspectionFact::PieceInspected(what) => {
            let lot = known.series(&fact.subject).and_then(|series| series.opened(&what.opened));
            lot.map(|lot| &lot.opened)
        }
        InspectionFact::PieceConfirmed(_)
        | InspectionFact::PieceNoted(_)
        | InspectionFact::LotDecided(_)
        | InspectionFact::LotDisposed(_)
        | InspectionFact::SeverityChosen(_) => None,
    };
    opened.map(|opened| (opened.hash, opened.by.instruction.clone())).into_iter().collect()
}

/// Every reason why a fact does not follow from the series as its writer knew it.
pub(super) fn sequence(
    fact: &Fact,
    then: &SeriesState,
    (known, texts): (&Known, &Instructions),
) -> Vec<String> {
    let FactBody::Inspection(body) = &fact.body else { return Vec::new() };
    match body {
        InspectionFact::LotOpened(opened) => of_opening(fact, opened, then, (known, texts)),
        InspectionFact::PieceInspected(what) => of_piece(what, then),
        InspectionFact::PieceConfirmed(what) => of_confirmation(what, then),
        InspectionFact::PieceNoted(what) => of_note(what, then),
        InspectionFact::LotDecided(decided) => of_decision(decided, then),
        InspectionFact::LotDisposed(disposed) => of_disposition(fact, disposed, then, known),
        InspectionFact::SeverityChosen(chosen) => {
            let series = then.next(&chosen.by);
            let earned = chosen.choice != Choice::Reduce || series.may_be_reduced();
            if earned { Vec::new() } else { vec!["reduced inspection was not earned".to_owned()] }
        }
    }
}

fn of_opening(
    fact: &Fact,
    opened: &LotOpened,
    then: &SeriesState,
    (known, texts): (&Known, &Instructions),
) -> Vec<String> {
    let mut reasons = Vec::new();
    let (severity, _) = then.severity_for(&opened.by, opened.resubmits.is_some());
    if opened.severity > severity {
        reasons
            .push(format!("inspection was {} by what was known, not {severity}", opened.severity));
    }
    if opened.by.rule.for_lot(opened.size, opened.severity) != opened.plan {
        reasons.push("the plan is not that of the lot's size, level and AQL".to_owned());
    }
    if texts.get(&opened.hash).is_some_and(|text| text.rules.inspect != Some(opened.by.rule)) {
        reasons.push("the instruction states another plan".to_owned());
    }
    if then.next(&opened.by).discontinued {
        reasons.push("inspection of the series was discontinued".to_owned());
    }
    let before = then.lot(&opened.lot).map(|lot| &lot.at);
    let nothing = MaterialState::default();
    let held = known.material_of(&fact.subject, &opened.lot).unwrap_or(&nothing);
    if let Some(block) = held_by_others(then, &opened.lot, held).next() {
        reasons.push(format!("another inspection holds lot {}: {}", opened.lot, block.reason));
    }
    if before != opened.resubmits.as_ref() {
        reasons.push(format!("lot {} was opened before", opened.lot));
    }
    // What another station opened unseen by this one is no fault of its writer; that both stand is
    // told to people, who answer.
    if let Some(other) = known.opened_unseen(fact, &opened.lot, then) {
        reasons.push(format!("lot {} was opened at {other} too, unseen", opened.lot));
    }
    reasons
}

fn of_piece(what: &PieceInspected, then: &SeriesState) -> Vec<String> {
    let Some(lot) = then.opened(&what.opened) else {
        return vec!["its lot was not opened".to_owned()];
    };
    let mut reasons = Vec::new();
    if !lot.chosen().contains(&what.piece) {
        reasons.push(format!("piece {} is not of the sample", what.piece));
    }
    if !lot.decided.is_empty() {
        reasons.push("the lot was decided before".to_owned());
    }
    let corrects = what.corrects.as_ref().map(|corrects| &corrects.record);
    let whole = what.cells.is_none();
    let recorded: BTreeSet<u16> = what.by_ask().map(|(ask, _)| ask).collect();
    let before = lot.standing_readings().filter(|standing| {
        standing.record.what.piece == what.piece && (whole || recorded.contains(&standing.ask))
    });
    let before: Vec<_> = before.map(|standing| &standing.record.at).collect();
    if corrects.is_none() && !before.is_empty() {
        reasons.push(format!("piece {} was recorded before", what.piece));
    }
    if corrects.is_some_and(|record| !before.contains(&record)) {
        reasons.push("what it corrects is no record of that piece".to_owned());
    }
    reasons
}

fn of_confirmation(what: &PieceConfirmed, then: &SeriesState) -> Vec<String> {
    let Some(lot) = then.opened(&what.opened) else {
        return vec!["its lot was not opened".to_owned()];
    };
    let mut open = lot.unconfirmed().into_iter();
    let asked =
        open.any(|open| open.at() == (what.piece, what.ask) && open.record.at == what.record);
    if asked { Vec::new() } else { vec!["no failing value was asked for again there".to_owned()] }
}

fn of_note(what: &PieceNoted, then: &SeriesState) -> Vec<String> {
    let chosen = |lot: &Lot| lot.chosen().contains(&what.piece);
    match then.opened(&what.opened) {
        None => vec!["its lot was not opened".to_owned()],
        Some(lot) if !chosen(lot) => vec![format!("piece {} is not of the sample", what.piece)],
        Some(_) => Vec::new(),
    }
}

fn of_decision(decided: &LotDecided, then: &SeriesState) -> Vec<String> {
    let Some(lot) = then.opened(&decided.opened).filter(|lot| lot.opened.lot == decided.lot) else {
        return vec!["its lot was not opened".to_owned()];
    };
    let mut reasons = Vec::new();
    if !lot.decided.is_empty() {
        reasons.push("the lot was decided before".to_owned());
    }
    let found: Vec<u32> = lot.nonconforming().into_iter().collect();
    if found != decided.nonconforming {
        reasons.push(format!("{} pieces were nonconforming", found.len()));
    }
    let fits = match lot.outcome() {
        None => false,
        Some(Outcome::NotAccepted) => !decided.accepted,
        Some(Outcome::Accepted | Outcome::AcceptedInGap) => decided.accepted,
    };
    if !fits {
        reasons.push("the plan says otherwise of what was found".to_owned());
    }
    if !lot.unconfirmed().is_empty() {
        reasons.push("values outside their limits were not typed again".to_owned());
    }
    if decided.signature.covers != Covers::over(lot.found_to_cover()) {
        reasons.push("the signature does not cover what was found".to_owned());
    }
    reasons
}

fn of_disposition(
    fact: &Fact,
    disposed: &LotDisposed,
    then: &SeriesState,
    known: &Known,
) -> Vec<String> {
    let lot = then.opened(&disposed.opened).filter(|lot| lot.opened.lot == disposed.lot);
    let Some(lot) = lot else { return vec!["its lot was not opened".to_owned()] };
    let mut reasons = Vec::new();
    // What holds the lot besides is in a stream of its own, and is looked at as it is known here.
    let held = known.material_of(&fact.subject, &disposed.lot);
    if !is_to_dispose(then, lot, held.unwrap_or(&MaterialState::default())) {
        reasons.push("the lot was not rejected".to_owned());
    }
    if disposed.signature.covers != Covers::over(lot.to_cover()) {
        reasons.push("the signature does not cover what was decided".to_owned());
    }
    if disposed.end != LotEnd::UseAsIs {
        return reasons;
    }
    let rule = known.policy().map(|policy| policy.rules.deviations.use_as_is).unwrap_or_default();
    let Signature { signer, role, .. } = &disposed.signature;
    if disposed.needs.is_empty() && !rule.needs().is_empty() {
        reasons.push("quality and engineering each sign that it is used as it is".to_owned());
    }
    if disposed.needs.is_empty() && lot.inspectors().any(|who| who == signer) {
        reasons.push(format!("{signer} inspected the lot"));
    }
    if !disposed.needs.is_empty() && !disposed.needs.contains(role) {
        reasons.push(format!("it is not for {} to sign", role.word()));
    }
    reasons
}

impl Known {
    /// Where the same lot was opened by a station that this fact's writer had not heard of.
    fn opened_unseen(&self, fact: &Fact, lot: &LotId, then: &SeriesState) -> Option<String> {
        let series = self.series(&fact.subject)?;
        let other = series.lots.iter().find(|known| {
            known.opened.lot == *lot
                && known.at != fact.head.position
                && then.opened(&known.at).is_none()
        })?;
        Some(other.at.to_string())
    }
}
