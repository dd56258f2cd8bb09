//! The definitions at this station.

use crate::domain::ids::RevisionId;
use crate::domain::stream::Subject;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::DefinitionRow;
use crate::views::signature::SignatureView;

use super::definition::DefinitionScreen;

const PURPOSE: &str = "Every instruction and specification at this station. Enter shows \
    its revisions, who approved them and who uses it.";

/// The list of definitions.
#[derive(Debug, Default)]
pub struct DefinitionsScreen {
    rows: Vec<DefinitionRow>,
    pager: Pager,
    loading: Option<Ticket>,
}

impl DefinitionsScreen {
    fn marked(&self) -> Option<(Subject, RevisionId)> {
        let row = self.rows.get(self.pager.selected)?;
        let subject = Subject::parse(&format!("{}/{}", row.what, row.id))?;
        Some((subject, row.revision.clone()))
    }
}

/// Lines below the list that say who approved the marked revision.
const APPROVALS: u16 = 3;

const fn page(rows: u16) -> usize {
    rows.saturating_sub(9 + APPROVALS) as usize
}

impl Layer for DefinitionsScreen {
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
        self.loading = Some(world.load(Query::Definitions));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        match (act, self.marked()) {
            (Act::Open, Some((subject, revision))) => {
                Turn::Open(Box::new(DefinitionScreen::new(subject, revision)))
            }
            _ => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.pager.key(key, self.rows.len(), page(world.size.1));
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Definitions(rows)) = world.answer(reply) {
            self.rows = rows;
            self.pager.keep_within(self.rows.len());
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Instructions and specifications", Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let page_rows = page(canvas.height());
        let shown = self.pager.page(self.rows.len(), page_rows);
        for (y, (rank, row)) in
            (4..).zip(self.rows.iter().enumerate().skip(shown.start).take(page_rows))
        {
            if rank == self.pager.selected {
                canvas.mark((1, y), Mark::Now, Role::Focus);
                canvas.cursor = Some((1, y));
            }
            canvas.put_in((3, y), 11, &row.id, Role::Title);
            canvas.put_in((15, y), 6, &format!("rev {}", row.revision), Role::Plain);
            canvas.put_in((22, y), 32, &row.title, Role::Plain);
            let (mark, role) = match (row.standing.as_str(), row.complete) {
                (_, false) => (Mark::Warn, Role::Warn),
                ("withdrawn", true) => (Mark::Hold, Role::Hold),
                ("in effect", true) => (Mark::Pass, Role::Ok),
                (_, true) => (Mark::Open, Role::Muted),
            };
            let words = if row.complete { words_of(row) } else { "parts not here yet".to_owned() };
            let x = canvas.mark((55, y), mark, role);
            canvas.put((x + 1, y), &words, role);
        }
        let Some(row) = self.rows.get(self.pager.selected) else { return };
        let y = canvas.body_end().saturating_sub(APPROVALS);
        let open = (!row.approvals_open.is_empty())
            .then(|| format!("still to approve: {}", row.approvals_open.join(", ")));
        let signed = row.approvals.iter().map(SignatureView::words).chain(open);
        for (y, words) in (y..).zip(signed).take(APPROVALS.into()) {
            canvas.put_in((3, y), canvas.width().saturating_sub(4), &words, Role::Muted);
        }
    }
}

/// How a revision stands, and from when it is run.
fn words_of(row: &DefinitionRow) -> String {
    match (&row.withdrawn, &row.from) {
        (Some((_, true)), _) => "withdrawn, stop work".to_owned(),
        (None, Some(from)) if row.standing == "later" => from.clone(),
        (Some((_, false)) | None, _) => row.standing.clone(),
    }
}
