//! What was made by place and hour, as the board draws it.

use std::ops::Range;

use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::complete;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, BoardRow, BoardTime, Complete, Figures, HourRow};

/// Columns of the figures, by where each ends.
const COLUMNS: [(u16, &str); 6] = [
    (17, "good"),
    (23, "column|scrap"),
    (29, "column|hold"),
    (35, "plan"),
    (58, "1st pass"),
    (65, "column|begun"),
];
/// Where the hours begin, and how many of them are drawn: the last ones.
const HOURS: u16 = 38;
const HOURS_MAX: usize = 12;
const LAST_SEEN: u16 = 68;
/// Nothing, then from little to much: symbols, and their ASCII.
const LEVELS: [&str; 9] = ["·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const PLAIN: [&str; 9] = [".", "_", "-", "~", "=", "+", "*", "%", "#"];

/// The hours as a row of bars, against the most of any hour and what is planned of one.
pub(super) fn bars(hours: &[HourRow], most: u32, ascii: bool) -> String {
    let levels = if ascii { &PLAIN } else { &LEVELS };
    let level = |hour: &HourRow| {
        let steps = u32::try_from(levels.len() - 1).unwrap_or(8);
        let level = (hour.good * steps).div_ceil(most.max(1)).min(steps);
        levels.get(level as usize).copied().unwrap_or_default()
    };
    let first = hours.len().saturating_sub(HOURS_MAX);
    hours.iter().skip(first).map(level).collect()
}

/// Draws a row a place of a page of them, and the whole; tells the row below.
pub(super) fn view(
    board: &Board,
    (page, y): (Range<usize>, u16),
    world: &World,
    canvas: &mut Canvas<'_>,
) -> u16 {
    let places = board.places.get(page.clone()).unwrap_or_default();
    let y = rows(places, y, world, canvas);
    canvas.put((3, y), say!("all"), Role::Title);
    let silent = board.places.iter().any(|row| row.silent);
    figures((&board.total, board.plan()), (y, silent, Role::Title), canvas);
    if places.len() < board.places.len() {
        let (from, to, all) = (page.start + 1, page.end, board.places.len());
        canvas.put((LAST_SEEN, y), &say!("{from}-{to} of {all}", from, to, all), Role::Warn);
    }
    y + 1
}

/// Draws the head and a row a place; tells the row below.
pub(super) fn rows(rows: &[BoardRow], mut y: u16, world: &World, canvas: &mut Canvas<'_>) -> u16 {
    canvas.put_in((3, y), 9, say!("place"), Role::Muted);
    for (end, name) in COLUMNS {
        canvas.put_right(end, y, say!(name), Role::Muted);
    }
    canvas.put((HOURS, y), say!("by the hour"), Role::Muted);
    canvas.put((LAST_SEEN, y), say!("last seen"), Role::Muted);
    y += 1;
    for row in rows {
        let role = if row.silent { Role::Warn } else { Role::Plain };
        canvas.put_name((3, y), 9, row.place.as_str(), role);
        figures((&row.figures, row.plan), (y, row.silent, role), canvas);
        let most = row.hours.iter().map(|hour| hour.good).chain(row.per_hour).max();
        let text = bars(&row.hours, most.unwrap_or(0), canvas.ascii);
        canvas.put((HOURS, y), &text, role);
        let last = match row.last_contact {
            Some(at) => super::age(at, world),
            None if row.silent => say!("never").to_owned(),
            // Nobody is waited for.
            None => "-".to_owned(),
        };
        canvas.put((LAST_SEEN, y), &last, role);
        y += 1;
    }
    y
}

/// A figure of a silent place is marked: there may be more.
fn figures(
    (figures, plan): (&Figures, Option<u32>),
    (y, silent, role): (u16, bool, Role),
    canvas: &mut Canvas<'_>,
) {
    let mark = if silent { Mark::Unknown.glyph(canvas.ascii) } else { "" };
    let Figures { good, scrap, on_hold, finished, first_pass, begun, .. } = *figures;
    let share = (first_pass * 100).checked_div(finished);
    let share = share.map_or_else(|| "-".to_owned(), |share| format!("{mark}{share} %"));
    let counted = |count: u32| format!("{mark}{count}");
    let texts = [
        counted(good),
        counted(scrap),
        counted(on_hold),
        plan.map_or_else(|| "-".to_owned(), |plan| plan.to_string()),
        share,
        counted(begun),
    ];
    for ((end, name), text) in COLUMNS.into_iter().zip(texts) {
        let role = if name == "column|hold" && on_hold > 0 { Role::Hold } else { role };
        canvas.put_right(end, y, &text, role);
    }
}

/// What the figures of these places are of and up to when they are complete, with every place that is
/// silent.
pub(super) fn complete_to(time: &BoardTime, rows: &[BoardRow], world: &World) -> (String, Role) {
    let of = match &time.shift {
        Some(shift) => say!("{shift} shift, {date}", shift = shift.name, date = shift.date),
        None => say!("Since midnight").to_owned(),
    };
    let complete = Complete::of(rows, time.link_down);
    let (text, role) = complete::words(&complete, Role::Title, world);
    (format!("{of}{text}"), role)
}
