//! What the judge checks of the inspection of lots: who may, and that plan, severity and verdict are
//! what follows from what the writer knew.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, InstructionId, LotId, PartId};
use crate::domain::inspection::asks::{PieceAsk, trained_for};
use crate::domain::inspection::cells::StandingReading;
use crate::domain::inspection::fact::{
    Choice, InspectionFact, LotDecided, LotDisposed, LotEnd, LotOpened, PieceConfirmed,
    PieceInspected, PieceNoted,
};
use crate::domain::inspection::first_article::{asks_for, lack, plan_for};
use crate::domain::inspection::held::{held_by_others, is_to_dispose};
use crate::domain::inspection::plan::Outcome;
use crate::domain::inspection::rests::corrects;
use crate::domain::inspection::series::{Lot, SeriesState, own_lot};
use crate::domain::instruction::Instruction;
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialState;
use crate::domain::people::Action;
use crate::domain::signature::{Covers, Meaning, Signature};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::record::judge;
use crate::domain::who_may;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

use super::deviations::of_deviations;
use super::known::Known;
use super::rules::{Case, is_released};
use super::work::Texts;

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
                self.accounts_for(opened);
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
            InspectionFact::PieceConfirmed(what) => {
                self.require(&[Action::InspectLot]);
                self.inspector_trained(&what.opened, [what.ask]);
            }
            InspectionFact::PieceNoted(what) => {
                self.require(&[Action::InspectLot]);
                self.inspector_trained(&what.opened, [what.ask]);
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
        self.inspector_trained(&what.opened, what.by_ask().map(|(ask, _)| ask));
        let Some((_, asks)) = self.asked_of_pieces(&what.opened) else { return };
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
    }

    /// The text of an opening and what it asks of a piece, as far as text and specification are at hand.
    fn asked_of_pieces(&self, opened: &Position) -> Option<(&Instruction, Vec<PieceAsk>)> {
        let lot = self.known.series(&self.fact.subject)?.opened(opened)?;
        let text = self.texts.get(&lot.opened.hash)?;
        let first = lot.opened.first_article.as_ref();
        let specification = first.and_then(|first| self.specifications.get(&first.hash));
        Some((text, asks_for(&lot.opened, text, specification.map(|known| &**known))?))
    }

    /// Whoever says something of these values was trained for it that day (R5).
    fn inspector_trained(&mut self, opened: &Position, asks: impl IntoIterator<Item = u16>) {
        let Some(actor) = self.fact.head.acting.actor.clone() else { return };
        let Some((text, all)) = self.asked_of_pieces(opened) else { return };
        let rank = |ask: u16| usize::from(ask).checked_sub(1);
        let asked = asks.into_iter().filter_map(|ask| all.get(rank(ask)?));
        let wanted = trained_for(text, asked);
        let reasons: Vec<String> =
            wanted.into_iter().filter_map(|wanted| self.untrained(&actor, wanted)).collect();
        for reason in reasons {
            self.reject(reason);
        }
    }

    /// A first article accounts for a specification of the part that was released.
    fn accounts_for(&mut self, opened: &LotOpened) {
        let Subject::Series(id) = &self.fact.subject else { return };
        let Some(first) = &opened.first_article else { return };
        let revisions = self.known.specification(&id.part);
        if !is_released(revisions, &first.revision, first.hash) {
            let (part, revision) = (&id.part, &first.revision);
            self.reject(format!("specification {part} rev {revision} is not released"));
        }
    }
}

/// How the lot of a fact was opened.
fn opening<'a>(fact: &'a Fact, known: &'a Known) -> Option<&'a LotOpened> {
    let FactBody::Inspection(body) = &fact.body else { return None };
    let opened = match body {
        InspectionFact::LotOpened(opened) => return Some(opened),
        InspectionFact::PieceInspected(what) => &what.opened,
        InspectionFact::PieceConfirmed(what) => &what.opened,
        InspectionFact::PieceNoted(what) => &what.opened,
        InspectionFact::LotDecided(decided) => &decided.opened,
        InspectionFact::LotDisposed(_) | InspectionFact::SeverityChosen(_) => return None,
    };
    known.series(&fact.subject)?.opened(opened).map(|lot| &lot.opened)
}

/// The text that a fact of a series is judged by: the one that its lot was opened by.
pub(super) fn named(fact: &Fact, known: &Known) -> BTreeMap<Hash, InstructionId> {
    let named = |opened: &LotOpened| (opened.hash, opened.by.instruction.clone());
    opening(fact, known).map(named).into_iter().collect()
}

/// The specification that a fact of a first article is judged by.
pub(super) fn specified(fact: &Fact, known: &Known) -> Option<(Hash, PartId)> {
    let Subject::Series(id) = &fact.subject else { return None };
    let first = opening(fact, known)?.first_article.as_ref()?;
    Some((first.hash, id.part.clone()))
}

/// What is known around a fact of a series.
pub(super) struct Around<'a> {
    pub(super) known: &'a Known,
    pub(super) texts: &'a Texts,
    /// The deviations that it names, and those of the pieces that it accepts.
    pub(super) deviations: BTreeMap<DeviationId, DeviationState>,
}

/// The deviations that a fact names or rests on, as far as they are here.
pub(super) fn deviations(
    fact: &Fact,
    then: &SeriesState,
    ledger: &Ledger,
) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
    let FactBody::Inspection(body) = &fact.body else { return Ok(BTreeMap::new()) };
    let named: BTreeSet<&DeviationId> = match body {
        InspectionFact::PieceInspected(what) => named_by(what).into_iter().collect(),
        InspectionFact::PieceConfirmed(what) => BTreeSet::from([&what.deviation]),
        InspectionFact::LotDecided(decided) => {
            let lot = then.opened(&decided.opened);
            let of_pieces = lot.into_iter().flat_map(|lot| lot.deviations_of_pieces());
            of_pieces.chain(&decided.deviation).collect()
        }
        InspectionFact::LotOpened(_)
        | InspectionFact::PieceNoted(_)
        | InspectionFact::LotDisposed(_)
        | InspectionFact::SeverityChosen(_) => BTreeSet::new(),
    };
    let mut found = BTreeMap::new();
    for id in named {
        let folded = ledger.stream(&Subject::Deviation(id.clone()))?;
        let StreamState::Deviation(state) = folded.stream.state else { continue };
        if state.raised.is_some() {
            found.insert(id.clone(), state);
        }
    }
    Ok(found)
}

fn named_by(what: &PieceInspected) -> Option<&DeviationId> {
    what.cells.as_ref()?.deviation.as_ref()
}

impl Around<'_> {
    /// Why a deviation that is named does not count: nobody raised it.
    fn unknown(&self, named: Option<&DeviationId>) -> Option<String> {
        let missing = named.filter(|id| !self.deviations.contains_key(*id))?;
        Some(format!("nobody raised the deviation {missing} that it names"))
    }
}

/// Every reason why a fact does not follow from the series as its writer knew it.
pub(super) fn sequence(fact: &Fact, then: &SeriesState, around: &Around<'_>) -> Vec<String> {
    let FactBody::Inspection(body) = &fact.body else { return Vec::new() };
    match body {
        InspectionFact::LotOpened(opened) => of_opening(fact, opened, then, around),
        InspectionFact::PieceInspected(what) => of_piece(fact, what, then, around),
        InspectionFact::PieceConfirmed(what) => of_confirmation(what, then, around),
        InspectionFact::PieceNoted(what) => of_note(what, then),
        InspectionFact::LotDecided(decided) => of_decision(decided, then, around),
        InspectionFact::LotDisposed(disposed) => of_disposition(fact, disposed, then, around.known),
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
    Around { known, texts, .. }: &Around<'_>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    let (severity, _) = then.severity_for(&opened.by, opened.resubmits.is_some());
    if opened.severity > severity {
        reasons
            .push(format!("inspection was {} by what was known, not {severity}", opened.severity));
    }
    let first = opened.first_article.is_some();
    if plan_for(opened.by.rule, (opened.size, opened.severity), first) != opened.plan {
        reasons.push("the plan is not that of the lot's size, level and AQL".to_owned());
    }
    if texts.read.get(&opened.hash).is_some_and(|text| text.rules.inspect != Some(opened.by.rule)) {
        reasons.push("the instruction states another plan".to_owned());
    }
    if then.next(&opened.by).discontinued {
        reasons.push("inspection of the series was discontinued".to_owned());
    }
    let before = then.lot(&opened.lot).map(|lot| &lot.at);
    let nothing = MaterialState::default();
    let held = known.material_of(&fact.subject, &opened.lot).unwrap_or(&nothing);
    if !first && then.lot(&opened.lot).is_some_and(Lot::is_first_article) {
        reasons.push(format!("lot {} was a first article, and comes again as one", opened.lot));
    }
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

fn of_piece(
    fact: &Fact,
    what: &PieceInspected,
    then: &SeriesState,
    around: &Around<'_>,
) -> Vec<String> {
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
    reasons.extend(around.unknown(named_by(what)));
    let whole = what.cells.is_none();
    let recorded: BTreeSet<u16> = what.by_ask().map(|(ask, _)| ask).collect();
    let before = lot.standing_readings().filter(|standing| {
        standing.record.what.piece == what.piece && (whole || recorded.contains(&standing.ask))
    });
    let before: Vec<StandingReading<'_>> = before.collect();
    let Some(named) = &what.corrects else {
        if !before.is_empty() {
            reasons.push(format!("piece {} was recorded before", what.piece));
        }
        return reasons;
    };
    let of_it = |record: &Position| before.iter().any(|value| value.record.at == *record);
    if !named.records().all(of_it) {
        reasons.push("what it corrects is no record of that piece".to_owned());
    }
    let actor = fact.head.acting.actor.as_ref();
    let replaced = before.iter().filter(|value| named.records().any(|at| *at == value.record.at));
    if let (Some(action), Some(who)) = (corrects(actor, replaced), actor)
        && !around.known.may(who, action)
    {
        reasons.push(format!("{who} may not {}", action.words()));
    }
    reasons
}

fn of_confirmation(what: &PieceConfirmed, then: &SeriesState, around: &Around<'_>) -> Vec<String> {
    let Some(lot) = then.opened(&what.opened) else {
        return vec!["its lot was not opened".to_owned()];
    };
    let mut open = lot.unconfirmed().into_iter();
    let asked =
        open.any(|open| open.at() == (what.piece, what.ask) && open.record.at == what.record);
    let unasked = (!asked).then(|| "no failing value was asked for again there".to_owned());
    unasked.into_iter().chain(around.unknown(Some(&what.deviation))).collect()
}

fn of_note(what: &PieceNoted, then: &SeriesState) -> Vec<String> {
    let chosen = |lot: &Lot| lot.chosen().contains(&what.piece);
    match then.opened(&what.opened) {
        None => vec!["its lot was not opened".to_owned()],
        Some(lot) if !chosen(lot) => vec![format!("piece {} is not of the sample", what.piece)],
        Some(_) => Vec::new(),
    }
}

fn of_decision(decided: &LotDecided, then: &SeriesState, around: &Around<'_>) -> Vec<String> {
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
    let first = lot.opened.first_article.as_ref();
    let specification = first.and_then(|first| around.texts.specifications.get(&first.hash));
    let lacks = lack(lot, specification.map(|known| &**known));
    // Where its specification is not at hand, what it lacks is not known.
    let unfinished = lacks.is_some() || first.is_some() && specification.is_none();
    let fits = match lot.outcome() {
        None => !decided.accepted && unfinished,
        Some(Outcome::NotAccepted) => !decided.accepted,
        Some(Outcome::Accepted | Outcome::AcceptedInGap) => decided.accepted || unfinished,
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
    reasons.extend(around.unknown(decided.deviation.as_ref()));
    if decided.accepted {
        reasons.extend(of_acceptance(decided, lot, around));
        reasons.extend(lacks);
    }
    reasons
}

/// What an acceptance rests on besides the plan: records that were accepted themselves, deviations that
/// are decided and named (R8).
fn of_acceptance(decided: &LotDecided, lot: &Lot, around: &Around<'_>) -> Vec<String> {
    let Around { known, deviations, .. } = around;
    let mut reasons = Vec::new();
    // What was written before an acceptance named what is open was asked for none of this.
    if let Some(named) = &decided.open {
        let covered = lot.found_to_cover().map(|(at, _)| at);
        let doubtful = covered.filter(|at| !known.was_accepted(at));
        reasons.extend(doubtful.map(|at| format!("it rests on {at}, which was not accepted")));
        reasons.extend(of_deviations(named, lot, deviations));
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
