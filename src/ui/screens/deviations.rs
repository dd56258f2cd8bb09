//! The deviations that wait for a decision, the worst first, of those the oldest.

use crate::domain::deviation_rules::Severity;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::words::span;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::DeviationView;
use crate::views::query::{Answer, Query};

use super::deviation::{DeviationScreen, standing};
use super::told;

const PURPOSE: &str = "Deviations, open ones first, the worst first, of those the oldest. Mark one and \
    press Enter to see what was found, what was done at once, and to dispose it.";
const NONE: &str = "None is open.";

/// The list of deviations.
#[derive(Debug)]
pub struct DeviationsScreen {
    deviations: List<DeviationView>,
    loading: Option<Ticket>,
}

impl Default for DeviationsScreen {
    fn default() -> Self {
        Self { deviations: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

impl DeviationsScreen {
    fn open(&self) -> Turn {
        let Some(row) = self.deviations.marked() else { return Turn::Stay };
        Turn::Open(Box::new(DeviationScreen::raised(row.id.clone())))
    }
}

/// Draws one deviation in two lines.
pub fn view_row(row: &DeviationView, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let (mark, role, words) = standing(row);
    let x = canvas.mark((6, y), mark, role);
    canvas.put_name((x + 1, y), 14, row.id.as_str(), Role::Title);
    canvas.put_name((23, y), 16, &row.units_words(), Role::Plain);
    let age = world.time.moment.utc.duration_since(row.raised).as_secs();
    canvas.put_in((40, y), 11, &span(age), Role::Plain);
    let overdue = match row.overdue() {
        0 => String::new(),
        overdue => say!(", {overdue} overdue", overdue),
    };
    canvas.put((52, y), &format!("{}{overdue}", say!(words)), role);
    let what = match (row.found.is_empty(), row.required.is_empty()) {
        (false, false) => {
            let (required, found) = (told::required(&row.required), told::found(&row.found));
            say!("{required}, found {found}", required, found)
        }
        (false, true) => told::found(&row.found),
        (true, _) => told::noted(&row.note),
    };
    let x = view_severity(row, y + 1, canvas);
    canvas.put((x, y + 1), &what, Role::Plain);
}

/// Draws how bad it is, where somebody has said so; tells the column after it.
fn view_severity(row: &DeviationView, y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let Some(code) = &row.code else { return 8 };
    let (mark, role) = match code.severity {
        Severity::Critical => (Mark::Fail, Role::Fail),
        Severity::Major => (Mark::Warn, Role::Warn),
        Severity::Minor => (Mark::Open, Role::Muted),
    };
    let x = canvas.mark((8, y), mark, role);
    canvas.put((x + 1, y), say!(code.severity.word()), role) + 2
}

impl Layer for DeviationsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.deviations.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Deviations { closed: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.deviations.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Deviations(rows)) = world.answer(reply) {
            self.deviations.fill(rows, |row, before| row.id == before.id);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Deviations"), Role::Title);
        let count = say!("{count} open", count = self.deviations.count());
        canvas.put_right(canvas.width().saturating_sub(1), 1, &count, Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.deviations.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}
