//! What somebody sensible would do next, so that random histories get far.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{Disposition, Raise};
use gemba::domain::gauge::{GaugeCommand, GaugeFailure};
use gemba::domain::instruction::Ask;
use gemba::domain::order::OrderCommand;
use gemba::domain::signature::Signer;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::{HoldReason, ReadingValue};
use gemba::domain::traveler::state::TravelerState;

use super::components;
use super::deviations;
use super::lots::sensible_lot;
use super::news::on_news;
use super::permits;
use super::pointed::pointed;
use super::route::{open_ask, sensible_aside};
use super::ship;
use super::situations::units_of;
use super::{Chance, GAUGES};
use crate::support::lots::lot_order;
use crate::support::shop::Shop;
use crate::support::shop_plan::{PEOPLE, accept_wait, id, order, pause, reading};
use crate::support::shop_route::coated_order;

/// What somebody sensible would do next, so that histories get far.
pub(crate) fn sensible(shop: &mut Shop, chance: &mut Chance) -> (&'static str, Command) {
    let state = shop.state();
    let aimed = |shop: &Shop, command| Command::Traveler(shop.traveler.clone(), command);
    if state.started.is_none() {
        shop.place("ASM-1");
        return ("novak", aimed(shop, TravelerCommand::Start));
    }
    if chance.one_in(12)
        && let Some((who, command)) = pointed(shop, &state, chance)
    {
        return (who, aimed(shop, command));
    }
    if let Some((who, command)) = permits::uses(shop, chance).or_else(|| on_retype(&state, chance))
    {
        return (who, aimed(shop, command));
    }
    let failed = if chance.one_in(3) { None } else { on_gauge_failed(shop, &state) };
    let answer = failed.or_else(|| on_hold(shop, &state, chance));
    if let Some(answer) = answer.or_else(|| on_news(shop, &state, chance)) {
        return answer;
    }
    if chance.one_in(40)
        && let Some(command) = components::takes_out(&state, chance)
    {
        return ("novak", aimed(shop, command));
    }
    if let Some(by_quality) = components::called_back(&state, chance)
        .or_else(|| ship::sensible_ship(shop, &state, chance))
    {
        return ("quell", aimed(shop, by_quality));
    }
    if let Some(order) = on_order(shop, chance) {
        return ("plan", Command::Order(shop.traveler.order.clone(), order));
    }
    if state.paused().is_some() {
        return ("novak", aimed(shop, TravelerCommand::Resume { note: None }));
    }
    let known = &shop.instructions;
    let Some(current) = state.current(known).filter(|_| state.ended.is_none()) else {
        next_unit(shop, chance);
        return ("novak", aimed(shop, TravelerCommand::Start));
    };
    let operation = current.operation.operation;
    let workable: Vec<_> = state.workable(operation, current.instruction).cloned().collect();
    let step = chance.pick(&workable);
    let here = StepAt { operation, step: step.id.clone() };
    let attempt = state.standing_attempt(operation, &step.id);
    let open = open_ask(attempt, &step);
    shop.place(if operation >= 30 { "INC-1" } else { "ASM-1" });
    if let Some((who, command)) = sensible_aside(&state, operation, chance) {
        return (who, aimed(shop, command));
    }
    if let Some(other) = now_and_then(shop, &state, &here, chance) {
        return other;
    }
    if open.is_none()
        && let Some((who, command)) = sensible_lot(shop, &state, (&here, &step), chance)
    {
        return (who, aimed(shop, command));
    }
    let Some((ask, sample, wanted)) = open else {
        let waits = step.asks.iter().any(|ask| matches!(ask, Ask::Wait(_)));
        if waits && chance.one_in(2) && attempt.is_some_and(|a| a.wait_accepted.is_none()) {
            shop.reboot();
            return ("brandt", aimed(shop, accept_wait(step.id.as_str())));
        }
        shop.later(if waits { 1_300 } else { 5 });
        return ("ito", aimed(shop, TravelerCommand::CompleteStep { at: here, read_in: None }));
    };
    let (who, command) = fills(shop, chance, here, (ask, sample), &wanted);
    (who, aimed(shop, command))
}

/// What somebody does now and then instead of what is next.
fn now_and_then(
    shop: &Shop,
    state: &TravelerState,
    here: &StepAt,
    chance: &mut Chance,
) -> Option<(&'static str, Command)> {
    let aimed = |command| Command::Traveler(shop.traveler.clone(), command);
    Some(match chance.below(60) {
        0 | 1 => ("brandt", aimed(skip_at(here.clone()))),
        2 | 3 => ("novak", aimed(raise_at(here.clone()))),
        4 | 5 => ("novak", aimed(pause())),
        8 | 9 if state.attempts.iter().any(|a| a.readings().next().is_some()) => {
            let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
            ("novak", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }))
        }
        6 | 7 => {
            let fact = state.facts.keys().next_back().cloned().unwrap();
            let reasons = vec!["odd".to_owned()];
            ("", aimed(TravelerCommand::HoldForJudge { fact, reasons }))
        }
        _ => return None,
    })
}

/// The order is closed too early now and then, and opened again.
fn on_order(shop: &Shop, chance: &mut Chance) -> Option<OrderCommand> {
    let stream = shop.stream(&Subject::Order(shop.traveler.order.clone()));
    let StreamState::Order(known) = stream.state else { return None };
    let reason = "two more".to_owned();
    if known.closed && chance.one_in(2) {
        return Some(OrderCommand::Reopen { reason });
    }
    let with_open_units = chance.one_in(2);
    chance.one_in(40).then_some(OrderCommand::Close { reason, with_open_units })
}

/// A failing value waits to be typed again.
fn on_retype(
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<(&'static str, TravelerCommand)> {
    let (_, reading_at, found) = state.to_retype()?;
    let same = found.value().clone();
    let again = if found.taken.name == "torque" { !chance.one_in(4) } else { chance.one_in(4) };
    if again {
        let (reading, gauge) = (reading_at.clone(), Some(id("TW-07")));
        let (value, reason) = (value(chance, &found.taken.name), "it slipped".to_owned());
        return Some(("novak", TravelerCommand::Remeasure { reading, value, gauge, reason }));
    }
    let value = if chance.one_in(2) { same } else { good(&same) };
    let by = state.reading(reading_at).and_then(|(e, _)| e.by.clone());
    let who = PEOPLE.iter().find(|(who, _)| by.as_ref().is_some_and(|b| b.as_str() == *who));
    let command = TravelerCommand::Retype { reading: reading_at.clone(), value };
    Some((who.map_or("novak", |(who, _)| who), command))
}

fn skip_at(at: StepAt) -> TravelerCommand {
    TravelerCommand::SkipStep { at, reason: "no wrench".to_owned() }
}

fn raise_at(at: StepAt) -> TravelerCommand {
    TravelerCommand::RaiseDeviation { at, raise: Box::new(Raise::noted("a scratch")) }
}

fn fills(
    shop: &Shop,
    chance: &mut Chance,
    here: StepAt,
    (ask, sample): (u16, u16),
    wanted: &Ask,
) -> (&'static str, TravelerCommand) {
    let entry = match wanted {
        Ask::Scan { .. } if chance.one_in(9) => Entry::Text("0009".to_owned()),
        Ask::Scan { .. } => Entry::Text(shop.traveler.unit.to_string()),
        Ask::Install { name, part, by } => {
            Entry::Text(components::some_number(shop, (name, part, *by), chance))
        }
        Ask::Check { .. } => Entry::Answer(!chance.one_in(4)),
        Ask::Enter { .. } => Entry::Text(chance.pick(&["12", "12,5", "1,250"]).to_owned()),
        Ask::Wait(_) => Entry::BeginWait,
        Ask::Sign(_) => {
            let inspector = chance.pick(&["okafor", "okafor", "ito"]);
            let who = if here.operation == 30 { "quell" } else { inspector };
            let by = Signer::by_badge(who);
            return (who, TravelerCommand::Sign { at: here, ask, by });
        }
        Ask::Measure(measure) if measure.count > 1 && chance.one_in(3) => {
            let gauge = measure.gauge.as_ref().map(|_| id("TW-07"));
            let rows = (sample..=measure.count).map(|n| (n, value(chance, &measure.name)));
            let rows = rows.collect();
            return ("ito", TravelerCommand::RecordRows { at: here, ask, gauge, rows });
        }
        Ask::Measure(measure) => {
            let some = if chance.one_in(8) { chance.pick(&GAUGES) } else { "TW-07" };
            let gauge = measure.gauge.as_ref().filter(|_| !chance.one_in(30)).map(|_| id(some));
            Entry::Reading { value: value(chance, &measure.name), gauge }
        }
    };
    (chance.pick(&["novak", "ito"]), TravelerCommand::Record { at: here, ask, sample, entry })
}

pub(super) fn value(chance: &mut Chance, name: &str) -> ReadingValue {
    match name {
        "torque" => reading(chance.pick(&["23", "24.8", "25", "27", "26", "27.1", "27.3"]), "N·m"),
        "look" => ReadingValue::Conforms(!chance.one_in(8)),
        "warmth" => reading("21", "°C"),
        "Joint gap" => reading(chance.pick(&["0.02", "0.03", "0.02", "0.06"]), "mm"),
        "gap" if chance.one_in(12) => reading("0.06", "mm"),
        "gap" => reading(chance.pick(&["0.03", "0.045"]), "mm"),
        _ if chance.one_in(400) => reading("74.1", "mm"),
        _ => reading(chance.pick(&["73.980", "74", "74.020"]), "mm"),
    }
}

fn good(value: &ReadingValue) -> ReadingValue {
    match value {
        ReadingValue::Conforms(_) => ReadingValue::Conforms(true),
        ReadingValue::Number { .. } => reading("25", "N·m"),
    }
}

fn on_hold(
    shop: &mut Shop,
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<(&'static str, Command)> {
    if state.ended.is_some() {
        return None;
    }
    let (at, hold) = state.open_holds().next()?;
    if let HoldReason::Gauge { .. } | HoldReason::Recall { .. } = &hold.placed.reason {
        let recalled = matches!(hold.placed.reason, HoldReason::Recall { .. });
        let (hold, reason) = (at.clone(), "measured again".to_owned());
        let release = TravelerCommand::ReleaseHold { hold, reason };
        let who = if recalled { "quell" } else { "brandt" };
        return Some((who, Command::Traveler(shop.traveler.clone(), release)));
    }
    if let HoldReason::Judged { fact, reasons } = &hold.placed.reason {
        let (fact, accepted, reason) = (fact.clone(), true, "seen".to_owned());
        let answer = StationCommand::AnswerReview {
            fact: fact.clone(),
            accepted,
            counts: None,
            units: Vec::new(),
            reason,
        };
        let listed = reviews(shop).iter().any(|r| r.fact == fact);
        let (verdict, units) = (JudgeVerdict::Rejected, vec![shop.traveler.clone()]);
        let (at, reasons) = (fact.clone(), reasons.clone());
        let judged = Judgement { fact: at, verdict, reasons, units };
        let judge = StationCommand::Judge {
            to_seq: fact.seq,
            from: fact,
            exceptions: vec![judged],
            unread: Vec::new(),
        };
        let command = if listed { answer } else { judge };
        return Some(("brandt", Command::Station(id("ASM1"), command)));
    }
    if let Some(answer) = on_suspect(shop, state, chance) {
        return Some(answer);
    }
    if let HoldReason::Definition { .. } = hold.placed.reason {
        let (hold, reason) = (state.open_holds().next()?.0.clone(), "go on".to_owned());
        let release = TravelerCommand::ReleaseHold { hold, reason };
        return Some(("brandt", Command::Traveler(shop.traveler.clone(), release)));
    }
    let deviation = hold.placed.deviation.clone()?;
    let coats = state.operation(10).is_some();
    let steps = ["clean", "torque", "scan", "diameter", "deburr"];
    let step = if coats { "view" } else { chance.pick(&steps) };
    let disposition = match chance.below(8) {
        0 => Disposition::Scrap,
        1 => Disposition::Void,
        2 | 3 => Disposition::UseAsIs,
        4 => Disposition::Repair { step: id(step) },
        _ => Disposition::Rework { step: id(step) },
    };
    Some(deviations::decides(shop, state, (&deviation, disposition), chance))
}

/// A suspect unit is measured where it stands, by piece; now and then quality lets it go.
fn on_suspect(
    shop: &mut Shop,
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<(&'static str, Command)> {
    let (hold, suspected, (sample, _)) = state.sorts_next()?;
    let (hold, name) = (hold.clone(), suspected.name.clone());
    let (who, command) = if chance.one_in(9) {
        ("quell", TravelerCommand::ReleaseHold { hold, reason: "fits".to_owned() })
    } else {
        shop.place("ASM-1");
        let (value, gauge) = (value(chance, &name), None);
        ("ito", TravelerCommand::Sort { hold, sample, value, gauge })
    };
    Some((who, Command::Traveler(shop.traveler.clone(), command)))
}

/// The wrench failed: the unit is held, then the wrench is calibrated again.
fn on_gauge_failed(shop: &Shop, state: &TravelerState) -> Option<(&'static str, Command)> {
    let failures = failures(shop);
    let failure = failures.iter().find(|failure| failure.answered.is_none())?;
    let (gauge, failed) = (id("TW-07"), failure.at.clone());
    let hold = TravelerCommand::HoldForGauge { gauge, failed: failed.clone() };
    let command = Command::Traveler(shop.traveler.clone(), hold);
    let context = shop.context("brandt", &command);
    let wrench = id("TW-07");
    let doubted = state.doubted(&wrench, failure, &context);
    if state.ended.is_none() && doubted.iter().any(|at| !state.held_for_gauge(&failed, at)) {
        return Some(("brandt", command));
    }
    let (on, due) = (failure.on, failure.on.saturating_add(jiff::Span::new().days(30)));
    let (certificate, as_found) = ("K-3".to_owned(), None);
    let good = GaugeCommand::Calibrate { on, due: Some(due), certificate, as_found };
    Some(("quell", Command::Gauge(id("TW-07"), good)))
}

/// Every time the wrench failed.
pub(super) fn failures(shop: &Shop) -> Vec<GaugeFailure> {
    let stream = shop.stream(&Subject::Gauge(id("TW-07")));
    let StreamState::Gauge(wrench) = stream.state else { return Vec::new() };
    wrench.failures
}

pub(super) fn reviews(shop: &Shop) -> Vec<Judgement> {
    let state = shop.stream(&Subject::Station(id("ASM1"))).state;
    let StreamState::Station(state) = state else { return Vec::new() };
    state.open_reviews
}

/// Another unit of the order, or the first of the next order.
fn next_unit(shop: &mut Shop, chance: &mut Chance) {
    if chance.one_in(if units_of(shop) > 4 { 12 } else { 3 }) {
        let number = format!("WO-{}", chance.next());
        let opens = Command::Order(id(&number), OrderCommand::Open(lot_order()));
        if shop.tries("plan", opens).is_ok() {
            shop.traveler.order = id(&number);
            shop.unit("L-22");
            return;
        }
    }
    if shop.traveler.unit.as_str().starts_with("L-") {
        shop.traveler.order = id("WO-1");
    }
    let unit = format!("{:04}", chance.below(units_of(shop)) + 1);
    if chance.one_in(if units_of(shop) > 4 { 12 } else { 3 }) {
        let number = format!("WO-{}", chance.next());
        let opened = if chance.one_in(5) { coated_order() } else { order() };
        let opens = Command::Order(id(&number), OrderCommand::Open(opened));
        if shop.tries("plan", opens).is_ok() {
            shop.traveler.order = id(&number);
            shop.unit(&format!("{:04}", chance.below(4) + 1));
            return;
        }
    }
    shop.unit(&unit);
}
