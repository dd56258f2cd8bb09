//! A line of the queue: its columns are as wide as the names in them need.

use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::words::day;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::views::queue::{Queue, QueueRow};

use super::{is_stopped, state};

/// Where the columns stand: names get what they need, as far as there is room.
#[derive(Debug)]
pub(super) struct Columns {
    unit: u16,
    part: u16,
    operation: u16,
    due: u16,
    state: u16,
}

/// The column of the order.
const ORDER: u16 = 3;
/// What stands behind the names: due day and state.
const DUE_CELLS: u16 = 7;
const STATE_CELLS: u16 = 26;
/// Orders and units are never wider, so that the operation can be read.
const NAMES_MAX: u16 = 29;
const OPERATION_MIN: u16 = 9;

impl Columns {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a QueueRow>, canvas: &Canvas<'_>) -> Self {
        let rows: Vec<&QueueRow> = rows.collect();
        let widest = |text: &dyn Fn(&QueueRow) -> String, head: u16| {
            rows.iter().map(|row| canvas.cells(&text(row))).max().unwrap_or(0).max(head)
        };
        let order = widest(&|row| row.traveler.order.to_string(), 8);
        let unit = widest(&|row| row.traveler.unit.to_string(), 5);
        let left = canvas.width().saturating_sub(ORDER + DUE_CELLS + STATE_CELLS);
        let most = left.saturating_sub(OPERATION_MIN + 3).max(NAMES_MAX);
        // Where both are long, each gets half of what there is.
        let half = most / 2;
        let order = order.min(most.saturating_sub(unit.min(half)));
        let unit = unit.min(most.saturating_sub(order));
        let left = left.saturating_sub(order + unit + 2);
        let operation = widest(&operation, 15).min(left);
        let part = widest(&|row| row.part.to_string(), 11).min(left.saturating_sub(operation + 1));
        let unit_at = ORDER + order + 1;
        let part_at = unit_at + unit + 1;
        let part_cells = if part < 4 { 0 } else { part + 1 };
        let operation_at = part_at + part_cells;
        let due = canvas.width().saturating_sub(DUE_CELLS + STATE_CELLS);
        let due = due.min(operation_at + operation + 3);
        Self { unit: unit_at, part: part_at, operation: operation_at, due, state: due + DUE_CELLS }
    }

    pub(super) fn view_head(&self, y: u16, canvas: &mut Canvas<'_>) {
        let to = |from: u16, to: u16| to.saturating_sub(from + 1);
        canvas.put_in((ORDER, y), to(ORDER, self.unit), say!("order"), Role::Muted);
        canvas.put((self.unit, y), say!("column|unit"), Role::Muted);
        if self.part < self.operation {
            canvas.put((self.part, y), say!("part"), Role::Muted);
        }
        let cells = to(self.operation, self.due);
        let operation = say!("operation");
        let fits = operation.chars().count() <= usize::from(cells);
        let head = if fits { operation } else { say!("op") };
        canvas.put_in((self.operation, y), cells, head, Role::Muted);
        canvas.put((self.due, y), say!("due"), Role::Muted);
        canvas.put((self.state, y), say!("state"), Role::Muted);
    }
}

fn operation(row: &QueueRow) -> String {
    format!("{} {}", row.operation, row.operation_name)
}

/// Draws the line of a unit.
pub(super) fn view_unit(
    (queue, columns): (&Queue, &Columns),
    row: &QueueRow,
    y: u16,
    canvas: &mut Canvas<'_>,
) {
    let role = if is_stopped(row) { Role::Muted } else { Role::Plain };
    let to = |from: u16, to: u16| to.saturating_sub(from + 1);
    canvas.put_name((ORDER, y), to(ORDER, columns.unit), row.traveler.order.as_str(), role);
    let cells = to(columns.unit, columns.part);
    canvas.put_name((columns.unit, y), cells, row.traveler.unit.as_str(), role);
    let cells = to(columns.part, columns.operation);
    canvas.put_name((columns.part, y), cells, row.part.as_str(), role);
    let cells = to(columns.operation, columns.due);
    canvas.put_in((columns.operation, y), cells, &operation(row), role);
    if let Some(due) = row.due {
        let late = queue.today.is_some_and(|today| due < today);
        let role = if late { Role::Warn } else { role };
        canvas.put_in((columns.due, y), DUE_CELLS - 1, &day(due, queue.today), role);
    }
    let (mark, role, words) = state(row, queue.looks.is_some());
    let x = canvas.mark((columns.state, y), mark, role);
    canvas.put((x + 1, y), &words, role);
}
