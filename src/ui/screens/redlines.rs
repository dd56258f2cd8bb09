//! Redlines: what the floor proposed, and engineering's answer to one of them.

use crate::domain::decide::Command;
use crate::domain::ids::{RedlineId, RevisionId};
use crate::domain::redline::{RedlineAnswer, RedlineCommand};
use crate::domain::traced::Traced;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::paged::{Pages, Sheet};
use crate::ui::parts::prose::Line;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::redline::RedlineRow;

const PURPOSE: &str = "Changes that the floor proposed and nobody answered, oldest first. Open one to \
    answer it with a reason.";
const ONE: &str = "A change that the floor proposed. 1 accepts it, for a revision \
    where that is known; 2 rejects it. Either takes a reason, which the floor reads.";
const NONE: &str = "No change is proposed.";
const UNKNOWN: &str = "Nothing is known of it here.";
const REASON_MAX: usize = 500;
const REVISION_MAX: usize = 40;
/// Rows beside those of what is proposed: the head, who proposed it, and the form of an answer.
const BESIDE: u16 = 14;

/// The inbox.
#[derive(Debug)]
pub struct RedlinesScreen {
    rows: List<RedlineRow>,
    loading: Option<Ticket>,
}

impl Default for RedlinesScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

/// Draws one redline in two lines.
pub fn view_row(row: &RedlineRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let x = canvas.mark((5, y), Mark::Sign, Role::Accent);
    canvas.put_in((x + 1, y), 28, &row.spot(), Role::Title);
    let by = format!("{}, {}", row.by, world.site_time(row.at));
    canvas.put_in((37, y), canvas.width().saturating_sub(38), &by, Role::Plain);
    canvas.put_in((7, y + 1), canvas.width().saturating_sub(8), &row.text, Role::Plain);
}

impl RedlinesScreen {
    fn open(&self) -> Turn {
        let marked = self.rows.marked().map(|row| row.redline.clone());
        marked.map_or(Turn::Stay, |id| Turn::Open(Box::new(RedlineScreen::of(id))))
    }
}

impl Layer for RedlinesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        let query = Query::Redlines { instruction: None, answered: false };
        self.loading = Some(world.load(query));
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
        if let Some(Answer::Redlines(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.redline == before.redline);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Redlines"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}

/// How far an answer is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Accept or reject.
    Choice,
    /// In which revision it is done.
    Revision,
    /// Why it is accepted, or rejected.
    Reason { accepted: bool },
}

/// One redline: with the form of an answer as long as nobody answered it, then with the answer.
#[derive(Debug)]
pub struct RedlineScreen {
    id: RedlineId,
    row: Option<Box<RedlineRow>>,
    loading: Option<Ticket>,
    pages: Pages,
    stage: Stage,
    revision: Field,
    reason: Field,
    pending: Option<Ticket>,
}

impl RedlineScreen {
    /// The page of a redline.
    pub fn of(id: RedlineId) -> Self {
        let (revision, reason) = (Field::new(REVISION_MAX), Field::new(REASON_MAX));
        let (stage, pages) = (Stage::Choice, Pages::default());
        Self { id, row: None, loading: None, pages, stage, revision, reason, pending: None }
    }

    /// Whether it waits for an answer.
    fn is_open(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.answer.is_none())
    }

    /// What is proposed, and what was answered.
    fn lines(&self, world: &World) -> Vec<Line> {
        let Some(row) = &self.row else { return Vec::new() };
        let sheet = Sheet::of(world);
        let mut lines = sheet.text(&row.text, 1, Role::Title);
        if let Some(answer) = &row.answer {
            let by = format!("{}, {}", answer.by, world.site_time(answer.at));
            lines.push(Line::default());
            lines.extend(sheet.text(&tell(&row.told()), 1, Role::Plain));
            lines.extend(sheet.text(&by, 1, Role::Muted));
        }
        lines
    }

    /// Whether all of what is proposed was shown: it is answered after that.
    fn is_read(&self, world: &World) -> bool {
        self.pages.is_read(&self.lines(world), text_rows(world.size.1))
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self.stage {
            Stage::Choice => None,
            Stage::Revision => Some(&mut self.revision),
            Stage::Reason { .. } => Some(&mut self.reason),
        }
    }

    fn enter(&mut self, world: &mut World) {
        let revision = self.revision.text();
        let revision = match revision.trim() {
            "" => None,
            text => match RevisionId::parse(text) {
                Ok(revision) => Some(revision),
                Err(error) => return world.warn(tell(&error.words())),
            },
        };
        match self.stage {
            Stage::Choice => {}
            Stage::Revision => self.stage = Stage::Reason { accepted: true },
            Stage::Reason { accepted } => {
                let reason = self.reason.text().trim().to_owned();
                if reason.is_empty() {
                    return world.say(say!("type a reason first"), Role::Warn);
                }
                let revision = revision.filter(|_| accepted);
                let answer = RedlineCommand::Answer(RedlineAnswer { accepted, revision, reason });
                let command = Command::Redline(self.id.clone(), answer);
                self.pending = Some(world.record(command));
            }
        }
    }
}

impl Layer for RedlineScreen {
    fn purpose(&self) -> &'static str {
        ONE
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.stage == Stage::Choice { Focus::Choice } else { Focus::Text }
    }

    fn has_words(&self) -> bool {
        match self.stage {
            Stage::Choice => false,
            Stage::Revision => !self.revision.is_empty(),
            Stage::Reason { .. } => !self.reason.is_empty(),
        }
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = match self.stage {
            Stage::Choice => Vec::new(),
            Stage::Revision => vec![Act::Next],
            Stage::Reason { .. } => vec![Act::Save],
        };
        let several = Pages::are_several(&self.lines(world), text_rows(world.size.1));
        acts.extend(several.then_some(Act::Turn));
        acts
    }

    fn about(&self) -> Option<Traced> {
        Some(Traced::Redline(self.id.clone()))
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.revision.clear();
        self.reason.clear();
        self.stage = Stage::Choice;
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Redline { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if matches!(act, Act::Next | Act::Save) {
            self.enter(world);
            return Turn::Stay;
        }
        if act == Act::Turn {
            self.pages.turn(self.lines(world), text_rows(world.size.1));
            return Turn::Stay;
        }
        if self.stage == Stage::Choice {
            return Turn::Back;
        }
        self.stage = Stage::Choice;
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.pages.back();
            return Turn::Stay;
        }
        if !self.is_open() {
            return Turn::Stay;
        }
        match (self.stage, key.digit()) {
            (Stage::Choice, Some(1 | 2)) if !self.is_read(world) => {
                world.say(say!("read to the last page first: PgDn turns"), Role::Warn);
            }
            (Stage::Choice, Some(1)) => self.stage = Stage::Revision,
            (Stage::Choice, Some(2)) => self.stage = Stage::Reason { accepted: false },
            (Stage::Choice, Some(_) | None) => {}
            (Stage::Revision, _) => drop(self.revision.key(key)),
            (Stage::Reason { .. }, _) => drop(self.reason.key(key)),
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(field) = self.field() {
            field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(field) = self.field() {
            field.take_back(characters);
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        [self.pending, self.loading].contains(&Some(ticket))
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            self.loading = None;
            if let Some(Answer::Redline(row)) = world.answer(reply) {
                self.row = row;
            }
            return Turn::Stay;
        };
        self.pending = None;
        let well = saved(&outcome).is_some();
        let turn = world.outcome(outcome, say!("saved: answered"));
        if well { Turn::Back } else { turn }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &say!("Redline {id}", id = self.id), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(row) = &self.row else {
            if self.loading.is_none() {
                canvas.put((3, 4), say!(UNKNOWN), Role::Plain);
            }
            return;
        };
        canvas.put_right(canvas.width().saturating_sub(1), 1, &row.spot(), Role::Plain);
        let cells = canvas.width().saturating_sub(6);
        let (lines, rows) = (self.lines(world), text_rows(canvas.height()));
        canvas.read_first = self.stage == Stage::Choice && self.is_open();
        self.pages.view(&lines, (4, rows), canvas);
        let mut y = 4 + u16::try_from(lines.len()).unwrap_or(rows).min(rows);
        let place = row.place.as_ref().map_or_else(String::new, |place| say!(" at {place}", place));
        let unit = row.unit.as_ref().map_or_else(String::new, |unit| say!(", on {unit}", unit));
        let by = format!("{}{place}, {}{unit}", row.by, world.site_time(row.at));
        canvas.put_in((3, y + 1), cells, &by, Role::Muted);
        y += 3;
        if self.is_open() {
            self.view_form((y, cells), canvas);
        }
    }
}

impl RedlineScreen {
    fn view_form(&self, (mut y, cells): (u16, u16), canvas: &mut Canvas<'_>) {
        match self.stage {
            Stage::Choice => {
                canvas.cursor = Some((3, y));
                for (number, words) in [("1", "Accept"), ("2", "Reject")] {
                    canvas.put((3, y), number, Role::Accent);
                    canvas.put((6, y), say!(words), Role::Plain);
                    y += 1;
                }
            }
            Stage::Revision => {
                let ask = say!("In which revision? Enter alone where that is not known yet");
                canvas.put((3, y), ask, Role::Title);
                self.revision.view(canvas, (3, y + 2), cells, true);
            }
            Stage::Reason { accepted } => {
                let ask = if accepted { "Accepted. Why?" } else { "Rejected. Why?" };
                canvas.put((3, y), say!(ask), Role::Title);
                self.reason.view(canvas, (3, y + 2), cells, true);
            }
        }
    }
}

/// Rows of what is proposed.
fn text_rows(height: u16) -> u16 {
    height.saturating_sub(BESIDE).max(1)
}
