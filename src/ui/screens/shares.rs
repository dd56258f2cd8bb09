//! Shares of a disposition as they are typed, and why there is no step that is done again: told before
//! anybody signs.

use crate::domain::deviation::{Disposition, Share};
use crate::domain::refusal::Reason;
use crate::domain::refusal::deviation::DeviationReason;
use crate::domain::stream::TravelerId;
use crate::domain::understood::{SHARED, understood};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::views::deviation::ConcernedView;

/// Why no step is done again, and how to go on.
const NOT_BEGUN: (&str, &str) = (
    "It is not begun yet, so nothing of it was done that could be done again.",
    "Esc, then 1 or 6 where it may begin as ordered, 4 or 5 where it may not, or 7 where other units \
     go another way.",
);
const NO_TEXT: (&str, &str) = (
    "The instruction that it is made by is not here, so its steps are not known.",
    "Esc, sync this station, then dispose it; or decide otherwise.",
);

/// What was typed as shares of the units that are open, or why it cannot be.
pub fn read(text: &str, open: &[&ConcernedView]) -> Result<Vec<Share>, String> {
    let there: Vec<(&TravelerId, u32)> =
        open.iter().map(|unit| (&unit.traveler, unit.pieces)).collect();
    let units: Vec<TravelerId> = there.iter().map(|(unit, _)| (*unit).clone()).collect();
    let shares = Share::of_each(said_of(text)?, &units);
    let mut reasons = Share::refused(&shares, &there);
    reasons.extend(shares.iter().filter_map(|share| no_such_step(share, open)));
    match reasons.first() {
        Some(first) => Err(said(first, &tell(&first.next()))),
        None => Ok(shares),
    }
}

/// Why not every unit that is open can be done again from the step of the first, where one of them
/// cannot.
pub fn not_alike(chosen: &[Share], open: &[&ConcernedView]) -> Option<String> {
    let units: Vec<TravelerId> = open.iter().map(|unit| unit.traveler.clone()).collect();
    let each = Share::of_each(chosen.to_vec(), &units);
    each.iter().find_map(|share| {
        let (reason, unit) = (no_such_step(share, open)?, share.unit.as_ref()?);
        Some(format!("{unit}: {}", said(&reason, say!("share out by unit with 7"))))
    })
}

/// The shares that a text says.
fn said_of(text: &str) -> Result<Vec<Share>, String> {
    Share::read(text).map_err(|why| tell(&understood(&why, SHARED)))
}

/// A reason in a line.
fn said(reason: &Reason, next: &str) -> String {
    say!("{code} {what} Next: {next}", code = reason.code(), what = tell(&reason.what()), next)
}

/// Why a share cannot be done again from the step that it names.
fn no_such_step(share: &Share, open: &[&ConcernedView]) -> Option<Reason> {
    let (Disposition::Rework { step } | Disposition::Repair { step }) = &share.disposition else {
        return None;
    };
    let unit = open.iter().find(|unit| share.unit.as_ref() == Some(&unit.traveler))?;
    if unit.operation.is_none() {
        return Some(DeviationReason::NothingToDoAgain.into());
    }
    let known = unit.steps_before.iter().any(|(id, _)| id == step);
    (!known).then(|| Reason::ReworkStepUnknown { step: step.clone() })
}

/// Draws what there is to share out, and how that is typed.
pub fn view(field: &Field, open: &[&ConcernedView], canvas: &mut Canvas<'_>) {
    let width = canvas.width().saturating_sub(6);
    canvas.put((3, 6), say!("How is it shared out?"), Role::Title);
    field.view(canvas, (3, 8), width, true);
    let cursor = canvas.cursor;
    let how = say!("such as  36 use as is, 2 scrap, 2 rework STEP  or  UNIT=scrap, use as is");
    canvas.put_in((3, 10), width, how, Role::Muted);
    for (unit, y) in open.iter().zip(12..) {
        if y >= canvas.body_end() {
            break;
        }
        let steps: Vec<&str> = unit.steps_before.iter().map(|(id, _)| id.as_str()).collect();
        let steps = match unit.operation {
            None => say!("not begun").to_owned(),
            Some(_) => say!("steps: {steps}", steps = steps.join(", ")),
        };
        let pieces = if unit.pieces > 1 {
            say!("  {pieces} pieces", pieces = unit.pieces)
        } else {
            String::new()
        };
        let text = format!("{}{pieces}  {steps}", unit.traveler);
        canvas.put_in((3, y), width, &text, Role::Plain);
    }
    canvas.cursor = cursor;
}

/// Draws why there is no step to go back to, and how to go on.
pub fn view_no_steps(unit: Option<&ConcernedView>, canvas: &mut Canvas<'_>) {
    let named = unit.map_or_else(String::new, |unit| unit.traveler.to_string());
    let begun = unit.is_some_and(|unit| unit.operation.is_some());
    let (why, how) = if begun { NO_TEXT } else { NOT_BEGUN };
    canvas.put((3, 6), &say!("{unit}: no step is done again.", unit = named), Role::Title);
    canvas.cursor = Some((3, 6));
    let cells = canvas.width().saturating_sub(6);
    let mut y = 8;
    for (text, role) in [(why, Role::Warn), (how, Role::Plain)] {
        for line in wrapped(say!(text), cells.into(), role) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
    }
}
