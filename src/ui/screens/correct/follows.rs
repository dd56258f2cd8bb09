//! What follows from a correction, told before it is saved.

use crate::domain::fact::Position;
use crate::domain::quantity::Verdict;
use crate::domain::traveler::correction::{Consequences, Uncovered, consequences, uncovered_with};
use crate::domain::traveler::entry::entry_consequences;
use crate::domain::traveler::lot::{Pieces, Reported};
use crate::ui::parts::words::verdict_mark;
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::views::traveler::TravelerView;

use super::rows::What;

/// What follows, a line each; none where it cannot be corrected, with why.
pub(super) fn told(
    view: &TravelerView,
    at: &Position,
    value: &What,
) -> Result<Vec<(String, Role)>, String> {
    match value {
        What::Reading(value) => {
            let judged = (value, &view.instructions);
            let told = consequences(&view.state, at, judged);
            told.map(|told| words(&told)).map_err(|reason| tell(&reason.what()))
        }
        What::Count(pieces) => Ok(recounted(view, at, *pieces)),
        What::Text(text) => {
            let told = entry_consequences(&view.state, at, (text, &view.instructions));
            told.map(|told| or_nothing(beside_the_verdict(&told)))
                .map_err(|reason| tell(&reason.what()))
        }
        What::Answer(_) => Ok(or_nothing(signed_again(&uncovered_with(&view.state, at)))),
    }
}

/// What follows from another count.
fn recounted(view: &TravelerView, at: &Position, pieces: Pieces) -> Vec<(String, Role)> {
    let state = &view.state;
    let report = state.lot.reports.iter().find(|report| report.at == *at);
    let before = report.map(Reported::pieces).unwrap_or_default();
    let mut lines = Vec::new();
    let scrapped = state.scrapped().saturating_sub(before.scrap).saturating_add(pieces.scrap);
    if scrapped >= state.pieces() {
        lines.push((say!("Every piece is scrap: the lot ends.").to_owned(), Role::Fail));
    } else if pieces.scrap != before.scrap {
        let before = state.scrapped();
        let text = say!("Scrap of this lot: {before} before, {now} now.", before, now = scrapped);
        lines.push((text, Role::Plain));
    }
    if let Some(report) = report {
        let counted = |pieces: Pieces| pieces.good.saturating_add(pieces.scrap);
        let missing = state.pieces_missing(report.what.operation, &view.instructions);
        let left = missing.saturating_add(counted(before)).saturating_sub(counted(pieces));
        if left > 0 {
            lines.push((say!("{left} are still to be counted here.", left), Role::Warn));
        }
    }
    lines.extend(signed_again(&uncovered_with(state, at)));
    or_nothing(lines)
}

/// What follows from a correction, a line each.
fn words(told: &Consequences) -> Vec<(String, Role)> {
    let verdict =
        |verdict: Option<Verdict>| say!(verdict.map_or("not judged", |v| verdict_mark(v).2));
    let (before, now) = (verdict(told.from), verdict(told.to));
    let judged = say!("The verdict: {before} before, {now} now.", before, now);
    let mut lines = vec![(judged, Role::Plain)];
    if told.holds() {
        let held = say!("The unit is held: type it again, or the deviation opens.");
        lines.push((held.to_owned(), Role::Fail));
    }
    lines.extend(beside_the_verdict(told));
    if lines.len() == 1 {
        lines.extend(or_nothing(Vec::new()));
    }
    lines
}

/// What follows for signatures, later operations and conditional steps, a line each.
fn beside_the_verdict(told: &Consequences) -> Vec<(String, Role)> {
    let mut lines = signed_again(&told.uncovered);
    for next in &told.downstream {
        let (operation, name) = (next.operation, &next.name);
        let text = say!("{operation} {name} was done on the old value.", operation, name);
        lines.push((text, Role::Warn));
    }
    for turned in &told.turned {
        lines.push((format!("{}.", told::turned(turned)), Role::Warn));
    }
    lines
}

/// The signatures that are given again.
fn signed_again(uncovered: &[Uncovered]) -> Vec<(String, Role)> {
    let line = |signed: &Uncovered| {
        let (given, at) =
            (told::uncovered(signed), format!("{} {}", signed.operation, signed.step));
        (say!("No longer covers: {given}. {at} is signed again.", given, at), Role::Warn)
    };
    uncovered.iter().map(line).collect()
}

fn or_nothing(mut lines: Vec<(String, Role)>) -> Vec<(String, Role)> {
    if lines.is_empty() {
        lines.push((say!("Nothing else changes.").into(), Role::Muted));
    }
    lines
}
