//! Lots of which every piece has several values, recorded one by one.

use gemba::domain::decide::Command;
use gemba::domain::inspection::asks::asks_of;
use gemba::domain::inspection::by_cell::{CellValue, Taken};
use gemba::domain::inspection::cells::CellAt;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::rule::InspectRule;
use gemba::domain::instruction::{Ask, Instruction, Measure};
use gemba::domain::quantity::Limits;
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::traveler::fact::ReadingValue;

use super::inspections::{about, by_piece};
use super::shop::Shop;
use super::shop_plan::{
    calibrated, check, gauge_registered, id, limits, measure, number, reading, step,
};

fn column((name, balloon): (&str, &str), kind: CharacteristicKind, gauge: &str) -> Ask {
    let requirement = match kind.limits() {
        Some(Limits { lower: Some(lower), upper: Some(upper), unit, .. }) => {
            format!("{lower} .. {upper} {unit}")
        }
        Some(Limits { upper: Some(upper), unit, .. }) => format!("max {upper} {unit}"),
        Some(_) | None => "M6 6H".to_owned(),
    };
    let balloon = Some(balloon.to_owned());
    let plain = measure(name, kind, 1, gauge);
    Ask::Measure(Measure { requirement, balloon, on_fail: None, ..plain })
}

fn around(nominal: &str, lower: &str, upper: &str) -> CharacteristicKind {
    let limits = limits(lower, upper, "mm");
    CharacteristicKind::Measured(Limits { nominal: Some(number(nominal)), ..limits })
}

/// A shaft as an inspector looks at it: six values of each piece.
pub(crate) fn shaft(rule: &str) -> Instruction {
    let mut text = by_piece("AQL 0.65, level II, ISO 2859-1:1999", "A");
    let most = |upper| CharacteristicKind::Measured(limits("", upper, "mm"));
    text.steps = vec![
        step(
            "bore",
            vec![
                column(("bore", "1"), around("20.000", "19.987", "20.000"), "micrometer"),
                column(("length", "2"), around("142.00", "141.90", "142.10"), "micrometer"),
                column(("runout", "3"), most("0.02"), ""),
            ],
        ),
        step(
            "look",
            vec![
                column(("finish", "4"), most("0.80"), ""),
                column(("thread", "5"), CharacteristicKind::Attribute, ""),
                check("no burrs?"),
            ],
        ),
    ];
    text.rules.inspect = Some(InspectRule::parse(rule).unwrap());
    text
}

/// As many values of each piece.
pub(crate) fn wide(columns: usize) -> Instruction {
    let mut text = shaft("AQL 1.0, level II, ISO 2859-1:1999");
    let name = |n: usize| (format!("width {n}"), n.to_string());
    let asks = (1..=columns).map(name).map(|(name, balloon)| {
        column((&name.replace(' ', "-"), &balloon), around("142.00", "141.90", "142.10"), "")
    });
    text.steps = vec![step("all", asks.collect())];
    text
}

/// One value of each piece, between these limits.
pub(crate) fn single((nominal, lower, upper): (&str, &str, &str)) -> Instruction {
    let mut text = shaft("AQL 1.0, level II, ISO 2859-1:1999");
    text.steps = vec![step("one", vec![column(("bore", "1"), around(nominal, lower, upper), "")])];
    text
}

/// A lot of shafts that is being inspected.
pub(crate) fn shafts(rule: &str, pieces: u32) -> Shop {
    let mut shop = Shop::open();
    for (gauge, due) in [("MIC-4", "2027-03-01"), ("MIC-9", "2026-11-01")] {
        shop.does("quell", gauge_registered(gauge, "micrometer"));
        shop.does("quell", calibrated(gauge, "2025-11-01", due));
    }
    shop.release(&shaft(rule));
    shop.comes_in("L-22", pieces);
    shop
}

pub(crate) fn value(text: &str) -> ReadingValue {
    match text {
        "yes" => ReadingValue::Conforms(true),
        "no" => ReadingValue::Conforms(false),
        number => reading(number, "mm"),
    }
}

pub(crate) fn cell((piece, ask): CellAt, text: &str) -> CellValue {
    let gauge = (ask < 3).then(|| id("MIC-4"));
    CellValue { piece, ask, value: value(text), gauge }
}

pub(crate) fn cells(values: Vec<CellValue>, taken: Taken) -> Command {
    about(InspectionCommand::Cells { lot: id("L-22"), values, taken })
}

pub(crate) fn types(at: CellAt, text: &str) -> Command {
    cells(vec![cell(at, text)], Taken::Typed)
}

/// Corrects a value by who was shown so many of the values that stand there.
pub(crate) fn corrects_seen(
    shop: &Shop,
    (at, seen): (CellAt, usize),
    (text, why): (&str, &str),
) -> Command {
    let lot = shop.lot("L-22");
    let shown = lot.standing_at(at).into_iter().take(seen).map(|value| value.record.at.clone());
    let (reason, shown) = (why.to_owned(), shown.collect());
    cells(vec![cell(at, text)], Taken::Corrects { reason, shown })
}

pub(crate) fn corrects(shop: &Shop, at: CellAt, text: &str, why: &str) -> Command {
    corrects_seen(shop, (at, 1), (text, why))
}

pub(crate) fn retypes(at: CellAt, text: &str) -> Command {
    about(InspectionCommand::Retype { lot: id("L-22"), value: cell(at, text) })
}

pub(crate) fn remarks(at: CellAt, text: &str) -> Command {
    about(InspectionCommand::Comment { lot: id("L-22"), at, text: text.to_owned() })
}

/// Good values of a whole piece.
pub(crate) fn good(piece: u32) -> Vec<CellValue> {
    let values = ["19.995", "142.02", "0.008", "0.62", "yes", "yes"];
    (1..).zip(values).map(|(ask, text)| cell((piece, ask), text)).collect()
}

/// How many values are asked of a piece.
pub(crate) fn values_of(text: &Instruction) -> usize {
    asks_of(text).len()
}
