//! Lots that come in: which wait, the page of one, its decision, its end, and its series.
//! Imports what the other screens import.
//! Invariant: what a page says of a plan is what the domain made of the facts, as it was loaded.

use crate::domain::inspection::series::LotStanding;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::ui::parts::canvas::Canvas;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::views::inspection::LotView;

pub mod correct;
pub mod decide;
pub mod dispose;
pub mod first_article;
pub mod grid;
pub mod lot;
pub mod lots;
mod noted;
pub mod open;
pub mod series;
mod view;

/// How a lot stands: symbol, role, words. What was accepted and is contradicted by now is no pass.
fn standing(lot: &LotView) -> (Mark, Role, String) {
    let words = say!(lot.stands.words());
    match (lot.stands, lot.accepts) {
        (LotStanding::Open, Some(true)) => {
            (Mark::Sign, Role::Accent, say!("waits: accept it").to_owned())
        }
        (LotStanding::Open, Some(false)) => {
            (Mark::Sign, Role::Fail, say!("waits: reject it").to_owned())
        }
        (LotStanding::Open, None) => (Mark::Open, Role::Plain, say!("state|open").to_owned()),
        (LotStanding::Contradicted, _) => (Mark::Warn, Role::Fail, words.to_owned()),
        (LotStanding::Accepted | LotStanding::Disposed(_), _)
            if lot.to_dispose || lot.waits && lot.unit.is_some() =>
        {
            (Mark::Warn, Role::Fail, say!("{words}, and held since", words))
        }
        // What is known by now was not known when it was signed.
        (LotStanding::Accepted, _) if !lot.unseen.is_empty() => {
            (Mark::Warn, Role::Warn, say!("{words}, more found since", words))
        }
        (LotStanding::Accepted, _) => (Mark::Pass, Role::Ok, words.to_owned()),
        (LotStanding::Rejected, _) => (Mark::Fail, Role::Fail, words.to_owned()),
        (LotStanding::Disposed(_), _) => (Mark::Hold, Role::Muted, words.to_owned()),
    }
}

/// A value as people read it.
fn said(value: &ReadingValue) -> String {
    match value {
        ReadingValue::Conforms(true) => say!("conforms").to_owned(),
        ReadingValue::Conforms(false) => say!("does not conform").to_owned(),
        ReadingValue::Number { .. } => shown(value),
    }
}

/// A lot in two lines: what it is and how it stands; then its plan and what was found.
fn view_row(lot: &LotView, y: u16, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    let (mark, role, words) = standing(lot);
    let at = end.saturating_sub(canvas.cells(&words) + 2);
    canvas.put_name((6, y), at.saturating_sub(8), &tell(&lot.name()), Role::Title);
    let x = canvas.mark((at, y), mark, role);
    canvas.put((x + 1, y), &words, role);
    let (found, left) = (lot.nonconforming.len(), lot.remaining.len());
    let again = if lot.again { say!("again, ") } else { "" };
    let first = if lot.first_article.is_some() { say!("first article, ") } else { "" };
    let left = match left {
        0 => say!("none remain").to_owned(),
        1 => say!("1 remains").to_owned(),
        _ => say!("{left} remain", left),
    };
    let inspected = lot.inspected;
    let progress = say!("found {found} of {inspected}, {left}", found, inspected, left);
    let severity = say!(lot.severity.word());
    let plan = format!("{again}{first}{severity}: {}", tell(&lot.plan()));
    canvas.put_right(end, y + 1, &progress, Role::Muted);
    let room = end.saturating_sub(10 + canvas.cells(&progress));
    canvas.put_start((8, y + 1), room, &plan, Role::Muted);
}
