//! The definitions at this station.

use crate::domain::stream::Subject;
use crate::domain::understood::{EFFECT, understood};
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::DefinitionRow;

use super::definition::{DefinitionScreen, standing_words, still_to_approve};

const PURPOSE: &str = "Every instruction and specification at this station. Enter shows \
    its revisions, who approved them and who uses it.";

const NONE: &str = "No instruction and no specification is here yet.";
/// Lines below the list that say who approved the marked revision.
const APPROVALS: u16 = 3;

/// The list of definitions.
#[derive(Debug)]
pub struct DefinitionsScreen {
    rows: List<DefinitionRow>,
    loading: Option<Ticket>,
}

impl Default for DefinitionsScreen {
    fn default() -> Self {
        let shape = Shape::numbered(one_line, NONE).leaving(APPROVALS + 1);
        Self { rows: List::new(shape), loading: None }
    }
}

fn same(row: &DefinitionRow, before: &DefinitionRow) -> bool {
    (&row.what, &row.id, &row.revision) == (&before.what, &before.id, &before.revision)
}

impl DefinitionsScreen {
    fn open(&self) -> Turn {
        let Some(row) = self.rows.marked() else { return Turn::Stay };
        let Some(subject) = Subject::parse(&format!("{}/{}", row.what, row.id)) else {
            return Turn::Stay;
        };
        Turn::Open(Box::new(DefinitionScreen::new(subject, row.revision.clone())))
    }
}

impl Layer for DefinitionsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Definitions));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Definitions(rows)) = world.answer(reply) {
            self.rows.fill(rows, same);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Instructions and specifications"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
        let Some(row) = self.rows.marked() else { return };
        let y = canvas.body_end().saturating_sub(APPROVALS);
        let open = (!row.approvals_open.is_empty()).then(|| still_to_approve(&row.approvals_open));
        let signed = row.approvals.iter().map(|signed| tell(&signed.told())).chain(open);
        for (y, words) in (y..).zip(signed).take(APPROVALS.into()) {
            canvas.put_in((3, y), canvas.width().saturating_sub(4), &words, Role::Muted);
        }
    }
}

fn view_row(row: &DefinitionRow, y: u16, canvas: &mut Canvas<'_>) {
    canvas.put_name((6, y), 11, &row.id, Role::Title);
    canvas.put_in((18, y), 6, &say!("rev {revision}", revision = row.revision), Role::Plain);
    canvas.put_in((25, y), 29, &row.title, Role::Plain);
    let (mark, role) = match (row.standing.as_str(), row.complete) {
        (_, false) => (Mark::Warn, Role::Warn),
        ("withdrawn", true) => (Mark::Hold, Role::Hold),
        ("in effect", true) => (Mark::Pass, Role::Ok),
        (_, true) => (Mark::Open, Role::Muted),
    };
    let words = if row.complete { words_of(row) } else { say!("parts not here yet").to_owned() };
    let x = canvas.mark((55, y), mark, role);
    canvas.put((x + 1, y), &words, role);
}

/// How a revision stands, and from when it is run.
fn words_of(row: &DefinitionRow) -> String {
    match (&row.withdrawn, &row.from) {
        (Some((_, true)), _) => say!("withdrawn, stop work").to_owned(),
        (None, Some(from)) if row.standing == "later" => tell(&understood(from, EFFECT)),
        (Some((_, false)) | None, _) => standing_words(&row.standing, row.superseded_by.as_ref()),
    }
}
