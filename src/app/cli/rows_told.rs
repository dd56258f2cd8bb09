//! Readings of a file as the command line tells them: what they would amount to, which of them permits let
//! go on, which wait to be typed again and which went on.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::Console;
use crate::app::readings::Plan;
use crate::domain::ids::PermitId;
use crate::domain::instruction::Measure;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::RecordedWhat;
use crate::views::permit::RowPermits;
use crate::views::traveler::TravelerView;

/// A reading that waits to be typed again, or went on.
#[derive(Debug, Serialize)]
pub(super) struct RowTold {
    /// Which reading of its ask.
    sample: u16,
    /// The value.
    value: String,
    /// The permit by which it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    permit: Option<PermitId>,
}

/// Says what recording a file would do.
pub(super) fn say_plan(
    console: &Console,
    (plan, measure): (&Plan, &Measure),
    (id, by_permit): (&TravelerId, &[RowPermits]),
) {
    let Plan { rows, pass, on_limit, fail } = plan;
    let (name, required) = (&measure.name, &measure.requirement);
    console.printer.line(format!("{} readings of {name}, {required}, for {id}", rows.len()));
    console.printer.line(format!("{pass} Pass, {on_limit} of them exactly on a limit"));
    console.printer.line(format!("{} Fail", fail.len()));
    let permitted = |n: &u16| by_permit.iter().any(|row| row.sample == *n);
    let to_deviation = fail.iter().filter(|(n, _)| !permitted(n));
    let named: Vec<String> = to_deviation.map(|(n, value)| format!("{n}: {value}")).collect();
    if !named.is_empty() {
        let words = console.called("one hold, one deviation");
        console.printer.line(format!("{words}: {}", named.join(", ")));
    }
    say_by_permit(console, fail, by_permit);
    let failing = fail.iter().map(|(n, value)| json!({ "sample": n, "value": value }));
    console.printer.value(&json!({
        "rows": rows.len(), "pass": pass, "fail": fail.len(), "on_limit": on_limit,
        "failing": failing.collect::<Vec<_>>(), "by_permit": by_permit,
    }));
}

/// Says which rows permits fit, those with the same permits together.
fn say_by_permit(console: &Console, fail: &[(u16, String)], by_permit: &[RowPermits]) {
    let mut together: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (n, value) in fail {
        let Some(row) = by_permit.iter().find(|row| row.sample == *n) else { continue };
        let each = row.permits.iter().map(|offer| format!("{} ({})", offer.permit, offer.words()));
        let permits = each.collect::<Vec<_>>().join(" or ");
        together.entry(permits).or_default().push(format!("{n}: {value}"));
    }
    for (permits, rows) in together {
        console.printer.line(format!("held each for itself and typed again, {permits} fits:"));
        console.printer.line(format!("  {}", rows.join(", ")));
    }
}

/// The readings that wait to be typed again, in the order in which they do.
pub(super) fn waiting(view: &TravelerView) -> Vec<RowTold> {
    let waiting = view.state.all_to_retype();
    let each = waiting.filter_map(|(_, at, reading)| {
        let (entry, _) = view.state.reading(at)?;
        Some(RowTold { sample: entry.sample, value: shown(reading.value()), permit: None })
    });
    each.collect()
}

/// The readings of the unit that go on by a permit.
pub(super) fn permitted(view: &TravelerView) -> Vec<RowTold> {
    let each = view.state.permitted().filter_map(|(entry, by)| {
        let RecordedWhat::Reading(reading) = &entry.what else { return None };
        let permit = Some(by.what.permit.clone());
        Some(RowTold { sample: entry.sample, value: shown(reading.value()), permit })
    });
    each.collect()
}

fn named(rows: &[RowTold]) -> String {
    let each = rows.iter().map(|row| match &row.permit {
        Some(permit) => format!("{}: {} by {permit}", row.sample, row.value),
        None => format!("{}: {}", row.sample, row.value),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Says what is to be typed again, which readings wait where there are several, and what permits fit.
pub(super) fn say_to_retype(console: &Console, view: &TravelerView) {
    let (id, rows) = (&view.id, waiting(view));
    console.printer.line("the unit is on hold: type again what the gauge shows");
    if rows.len() > 1 {
        console.printer.line(format!("one after the other: {}", named(&rows)));
    }
    console.printer.line(format!("→ gemba record {id} VALUE --retype"));
    for offer in &view.permits {
        let (permit, words) = (&offer.permit, offer.words());
        console.printer.line(format!("→ or by permit {permit}: {words}"));
        console.printer.line(format!("  gemba permit use {permit} {id} VALUE"));
    }
}

/// Says which readings of the unit go on by a permit.
pub(super) fn say_permitted(console: &Console, view: &TravelerView) {
    let rows = permitted(view);
    if !rows.is_empty() {
        console.printer.line(format!("by permit: {}", named(&rows)));
    }
}
