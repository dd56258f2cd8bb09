//! `gemba specification readings`: what was measured of a characteristic.

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::{CharacteristicId, PartId};
use crate::domain::quantity::Verdict;
use crate::views::characteristic::{By, CharacteristicView};
use crate::views::link::not_here_words;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

/// Prints the last readings of a characteristic, and how they differ by revision, place and shift.
pub fn readings(console: &Console, part: PartId, id: CharacteristicId) -> Result<Exit, Fault> {
    let query = Query::Characteristic { part: part.clone(), id: id.clone() };
    let Answer::Characteristic(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    let view = found.ok_or_else(|| {
        Fault::refused(
            format!("nothing was measured of {id} of {part} here"),
            "no reading of a unit names it",
        )
        .next(format!("gemba specification show {part} lists its characteristics"))
    })?;
    console.printer.value(&view);
    if !console.printer.is_json() {
        print(console, &view);
    }
    Ok(Exit::Done)
}

fn print(console: &Console, view: &CharacteristicView) {
    let CharacteristicView { part, characteristic, name, requirement, .. } = view;
    console.printer.line(format!("{part} {characteristic}  {name}: {requirement}"));
    if let Some(words) = not_here_words(view.not_here) {
        console.printer.line(words);
    }
    rows::say_complete(console, &view.complete);
    for by in [By::Revision, By::Place, By::Shift] {
        let mut table = Vec::new();
        for group in view.groups(by) {
            let spread = group.spread;
            table.push(vec![
                group.of.to_string(),
                group.count.to_string(),
                group.failing.to_string(),
                rows::or_dash(spread.map(|spread| spread.mean)),
                rows::or_dash(spread.map(|spread| spread.least)),
                rows::or_dash(spread.map(|spread| spread.most)),
            ]);
        }
        let head = [by.word(), "readings", "failing", "mean", "least", "most"];
        console.printer.table(&head, &table);
    }
    let table: Vec<Vec<String>> = view
        .readings
        .iter()
        .map(|row| {
            vec![
                minute(row.at),
                row.traveler.to_string(),
                row.value.clone(),
                rows::or_dash(row.verdict.map(Verdict::word)),
                rows::or_dash(row.place.as_ref()),
                rows::or_dash(row.shift.as_ref()),
                row.revision.to_string(),
                row.who.clone(),
                rows::or_dash(row.gauge.as_ref()),
            ]
        })
        .collect();
    let head =
        ["when (UTC)", "unit", "value", "verdict", "place", "shift", "revision", "who", "gauge"];
    console.printer.table(&head, &table);
    if view.older {
        console.printer.line("older readings are not told");
    }
}
