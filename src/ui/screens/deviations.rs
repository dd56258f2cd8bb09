//! The deviations that wait for a decision, oldest first.

use crate::domain::ids::DeviationId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::parts::words::span;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::DeviationView;
use crate::views::query::{Answer, Query};

use super::deviation::{DeviationScreen, standing};

const PURPOSE: &str =
    "Deviations, open ones first. Mark one and press Enter to see and dispose it.";
const NONE: &str = "No deviation is open.";

/// The list of deviations.
#[derive(Debug, Default)]
pub struct DeviationsScreen {
    rows: Option<Vec<DeviationView>>,
    pager: Pager,
    loading: Option<Ticket>,
    page: usize,
}

impl DeviationsScreen {
    fn rows(&self) -> &[DeviationView] {
        self.rows.as_deref().unwrap_or_default()
    }

    fn marked(&self) -> Option<DeviationId> {
        self.rows().get(self.pager.selected).map(|row| row.id.clone())
    }
}

/// Shows which row Enter opens.
pub fn mark_row(y: u16, canvas: &mut Canvas<'_>) {
    canvas.mark((1, y), Mark::Now, Role::Focus);
    canvas.cursor = Some((1, y));
}

/// Draws one deviation in two lines.
pub fn view_row(row: &DeviationView, at: (u16, bool), world: &World, canvas: &mut Canvas<'_>) {
    let (y, marked) = at;
    if marked {
        mark_row(y, canvas);
    }
    let (mark, role, words) = standing(row);
    let x = canvas.mark((3, y), mark, role);
    canvas.put_in((x + 1, y), 14, row.id.as_str(), Role::Title);
    canvas.put_in((20, y), 16, &row.traveler.to_string(), Role::Plain);
    let age = world.time.moment.utc.duration_since(row.raised).as_secs();
    canvas.put_in((37, y), 12, &span(age), Role::Plain);
    canvas.put((50, y), words, role);
    let what = match (row.found.is_empty(), row.required.is_empty()) {
        (false, false) => format!("{}, found {}", row.required, row.found),
        (false, true) => row.found.clone(),
        (true, _) => row.note.clone(),
    };
    canvas.put((5, y + 1), &what, Role::Plain);
}

impl Layer for DeviationsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.page = usize::from(world.size.1.saturating_sub(7) / 2);
        self.loading = Some(world.load(Query::Deviations { closed: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        match (act, self.marked()) {
            (Act::Open, Some(id)) => Turn::Open(Box::new(DeviationScreen::raised(id))),
            _ => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        let count = self.rows().len();
        if let Some(digit) = key.digit().filter(|digit| (1..=count).contains(digit)) {
            self.pager.selected = digit - 1;
        } else {
            self.pager.key(key, count, self.page);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Deviations(rows)) = world.answer(reply) {
            self.rows = Some(rows);
            let count = self.rows().len();
            self.pager.keep_within(count);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Deviations", Role::Title);
        let count = format!("{} open", self.rows().len());
        canvas.put_right(canvas.width().saturating_sub(1), 1, &count, Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        if self.rows.is_some() && self.rows().is_empty() {
            canvas.put((3, 4), NONE, Role::Plain);
        }
        let page = usize::from(canvas.height().saturating_sub(7) / 2);
        let shown = self.pager.page(self.rows().len(), page);
        for (y, (rank, row)) in
            (4..).step_by(2).zip(self.rows().iter().enumerate().skip(shown.start).take(page))
        {
            view_row(row, (y, rank == self.pager.selected), world, canvas);
        }
        if shown.end < self.rows().len() {
            let text = format!("{} more: PgDn", self.rows().len() - shown.end);
            canvas.put((3, canvas.body_end() - 1), &text, Role::Muted);
        }
    }
}
