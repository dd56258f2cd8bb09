//! What a revision changed against the one before it, from its first change on.

use crate::domain::difference::{Change, told};
use crate::domain::hash::Hash;
use crate::domain::ids::RevisionId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};

const PURPOSE: &str = "What a revision changed against the one before it, step by step \
    and limit by limit. Nothing is recorded here; who works by it reads it again at the bench.";

/// The page of what changed between two revisions of a definition.
#[derive(Debug)]
pub struct ComparedScreen {
    id: String,
    old: (RevisionId, Hash),
    new: (RevisionId, Hash),
    /// None where a text is not at this station.
    changes: Option<Vec<Change>>,
    known: bool,
    loading: Option<Ticket>,
    page: usize,
}

impl ComparedScreen {
    /// What changed from one revision of a definition to another.
    pub fn new(id: String, old: (RevisionId, Hash), new: (RevisionId, Hash)) -> Self {
        Self { id, old, new, changes: None, known: false, loading: None, page: 0 }
    }

    fn lines(&self, cells: usize) -> Vec<Line> {
        if !self.known {
            return Vec::new();
        }
        of_changes(self.changes.as_deref(), cells)
    }
}

/// Changes as they are told, in lines of a width; none where a text is not at this station.
pub(super) fn of_changes(changes: Option<&[Change]>, cells: usize) -> Vec<Line> {
    let Some(changes) = changes else {
        let words = say!("Its text is not at this station yet. Sync: F9.");
        return vec![Line::of(words, Role::Warn)];
    };
    let lines: Vec<Line> = told(changes)
        .into_iter()
        .flat_map(|change| {
            let fails = change.recorded.is_some_and(|recorded| recorded.would_fail > 0);
            let role = if fails { Role::Fail } else { Role::Plain };
            wrapped(&tell(&change.said()), cells, role)
        })
        .collect();
    if lines.is_empty() {
        return vec![Line::of(say!("Only its number changed."), Role::Plain)];
    }
    lines
}

impl Layer for ComparedScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Turn]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Turn, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        if !self.known {
            let (old, new) = (self.old.1, self.new.1);
            self.loading = Some(world.load(Query::Compared { old, new }));
        }
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act != Act::Turn {
            return Turn::Back;
        }
        self.page += 1;
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Compared(changes)) = world.answer(reply) {
            self.changes = changes;
            self.known = true;
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let (old, new) = (&self.old.0, &self.new.0);
        let title = say!("{id} rev {old} → rev {new}", id = self.id, old, new);
        canvas.put((1, 1), &title, Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, say!("what changed"), Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let cells = canvas.width().saturating_sub(4);
        let rows = canvas.height().saturating_sub(7);
        paged::view(&self.lines(cells.into()), self.page, (4, rows), canvas);
    }
}
