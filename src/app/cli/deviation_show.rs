//! `gemba deviation show` and `list`: one deviation with everything known, and a line of each.

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::DeviationId;
use crate::ui::parts::canvas::fit;
use crate::views::deviation::{DeviationStanding, DeviationView, DisposedStanding, DisposedView};
use crate::views::query::{Answer, Query};
use crate::views::signature::{SignatureView, minute};

/// Cells of a text in the list; the whole of it is shown by `gemba deviation show`.
const CELLS_MAX: usize = 48;

/// Shows it.
pub fn run(console: &Console, id: DeviationId) -> Result<Exit, Fault> {
    let view = known(console, &id)?;
    console.printer.value(&view);
    let line = |name: &str, value: String| {
        if !value.is_empty() {
            console.printer.line(format!("{name:<13}{value}"));
        }
    };
    line(&console.called("deviation"), format!("{}, {}", view.id, view.kind.word()));
    if let Some(code) = &view.code {
        line("code", format!("{} {}, {}", code.code, code.text, code.severity.word()));
    }
    for (name, value) in unit_rows(&view) {
        line(name, value);
    }
    line("required", view.required.clone());
    line("found", view.found.clone());
    line("note", view.note.clone());
    line("raised", format!("{} by {}", minute(view.raised), view.raised_by));
    for review in &view.reviews {
        line("review", review.clone());
    }
    if let Some(at) = &view.close_by {
        line("close by", format!("operation {}, step {}", at.operation, at.step));
    }
    for containment in &view.containments {
        line("at once", format!("{}  {}", containment.number, containment.words()));
    }
    for decided in &view.dispositions {
        line("disposition", words(&view, decided));
    }
    if let Some(cause) = &view.cause {
        line("cause", cause.words());
    }
    for before in &view.causes_before {
        line("cause before", before.words());
    }
    for action in &view.actions {
        line("action", format!("{}  {}", action.number, action.words()));
    }
    for closing in &view.closings {
        line("closed", closing.words().to_string());
    }
    Ok(Exit::Done)
}

/// A deviation by its number.
pub fn known(console: &Console, id: &DeviationId) -> Result<Box<DeviationView>, Fault> {
    find(console, id)?.ok_or_else(|| {
        Fault::refused(format!("{id} is not known here"), "nothing was recorded about it")
            .next("check the number, or sync this station")
    })
}

/// The same, where it is known.
pub fn find(console: &Console, id: &DeviationId) -> Result<Option<Box<DeviationView>>, Fault> {
    let query = Query::Deviation { id: id.clone() };
    let Answer::Deviation(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    Ok(found)
}

/// What whoever signs about it is shown: every unit, what was required and found.
pub fn signed_rows(view: &DeviationView) -> Vec<(&'static str, String)> {
    let mut rows = vec![("deviation", format!("{}, {}", view.id, view.kind.word()))];
    rows.extend(unit_rows(view));
    rows.extend([
        ("required", view.required.clone()),
        ("found", view.found.clone()),
        ("note", view.note.clone()),
    ]);
    rows
}

fn unit_rows(view: &DeviationView) -> impl Iterator<Item = (&'static str, String)> {
    view.units.iter().map(|unit| {
        let step = unit.step.as_ref().map_or_else(String::new, |step| format!(" step {step}"));
        let held = if unit.held { "held" } else { "not held" };
        let stands = unit.disposed.as_deref().unwrap_or(held);
        ("unit", format!("{}{step}: {stands}", unit.traveler))
    })
}

/// What was decided, who signed, how that stands.
fn words(view: &DeviationView, decided: &DisposedView) -> String {
    let signed = decided.signatures.iter().map(SignatureView::words_in_full);
    let signed = signed.collect::<Vec<_>>().join("; ");
    let open = decided.open.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
    let stands = match decided.standing {
        DisposedStanding::InEffect => String::new(),
        DisposedStanding::Waits => format!("; waits for {open}"),
        DisposedStanding::Replaced | DisposedStanding::WithoutEffect => {
            format!("; {}", decided.standing.words())
        }
    };
    // Of several units it is said which one, also where one alone was decided.
    let unit = match decided.decisions.as_slice() {
        [one] if view.units.len() > 1 => format!("{} ", one.unit),
        _ => String::new(),
    };
    format!("{unit}{}: {signed}{stands}", decided.words())
}

/// How a deviation stands, and what of it is overdue, in a line.
pub fn stands(view: &DeviationView) -> String {
    let stands = match view.standing {
        DeviationStanding::ToCheck => "closed; to be looked at whether it helped".to_owned(),
        DeviationStanding::Closed => "closed".to_owned(),
        DeviationStanding::Open | DeviationStanding::Approval | DeviationStanding::Disposed => {
            decided(view)
        }
    };
    match view.overdue() {
        0 => stands,
        overdue => format!("{stands}; {overdue} overdue"),
    }
}

/// What was decided of a deviation in a line, and of what nothing is.
fn decided(view: &DeviationView) -> String {
    let shown = view.dispositions.iter().filter(|d| d.standing != DisposedStanding::Replaced);
    let mut shown: Vec<String> = shown.map(|decided| words(view, decided)).collect();
    let open: Vec<String> = view.open().map(|unit| unit.traveler.to_string()).collect();
    if shown.is_empty() {
        return if open.is_empty() { "nothing is held".to_owned() } else { "open".to_owned() };
    }
    if !open.is_empty() {
        shown.push(format!("open: {}", open.join(", ")));
    }
    shown.join("; ")
}

/// Lists them, open ones first.
pub fn list(console: &Console, closed: bool) -> Result<Exit, Fault> {
    let Answer::Deviations(found) = rows::ask(console, &Query::Deviations { closed })? else {
        return Err(rows::mixed_up());
    };
    let called = console.called("deviation");
    let head = [called.as_str(), "unit", "step", "required", "found", "raised by", "disposition"];
    let short = |text: &str| fit(text, CELLS_MAX, "...").into_owned();
    rows::print(console, &head, &found, |row: &DeviationView| {
        let step = row.unit().and_then(|unit| unit.step.as_ref());
        vec![
            row.id.to_string(),
            row.units_words(),
            rows::or_dash(step),
            short(&row.required),
            // Where nothing was measured, what was noted is what was found.
            short(if row.found.is_empty() { &row.note } else { &row.found }),
            row.raised_by.clone(),
            // With who signed, as what and when: that is never cut.
            stands(row),
        ]
    });
    if closed {
        rows::say_what_is_not_here(console)?;
    }
    Ok(Exit::Done)
}
