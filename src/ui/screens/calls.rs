//! The calls for help that are not cleared; one of them, answered and cleared by a digit.

use crate::domain::decide::Command;
use crate::domain::help::HelpCommand;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::paged::{Pages, Sheet};
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::span;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::help::{HelpRow, ToldRow};
use crate::views::query::{Answer, Query};

const PURPOSE: &str = "Calls for help, those that nobody answered first. Open one to say that you \
    come, or that nothing more is needed.";
const ONE: &str = "A call for help from a place. 1 says that you come, so that nobody \
    else has to; 2 clears the call when nothing more is needed.";
const NONE: &str = "Nobody calls for help.";

/// The list of calls.
#[derive(Debug)]
pub struct CallsScreen {
    calls: List<HelpRow>,
    loading: Option<Ticket>,
}

impl Default for CallsScreen {
    fn default() -> Self {
        Self { calls: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

fn standing(row: &HelpRow) -> (Mark, Role) {
    match (&row.answered, row.told.last()) {
        (Some(_), _) => (Mark::Partly, Role::Plain),
        (None, Some(ToldRow { failed: Some(_), .. })) => (Mark::Fail, Role::Fail),
        (None, Some(_) | None) => (Mark::Warn, Role::Warn),
    }
}

/// Draws one call in two lines.
pub fn view_row(row: &HelpRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    view_head(row, y, world, canvas);
    let unit = row.unit.as_ref().map_or_else(String::new, |unit| format!("  {unit}"));
    let by = say!("by {who}", who = row.by);
    let text = format!("{}, {by}{unit}  {}", row.call, row.note);
    canvas.put_in((7, y + 1), canvas.width().saturating_sub(8), text.trim_end(), Role::Plain);
}

impl CallsScreen {
    fn open(&self) -> Turn {
        let row = self.calls.marked().cloned();
        row.map_or(Turn::Stay, |row| Turn::Open(Box::new(OneCallScreen::new(row))))
    }
}

impl Layer for CallsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.calls.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::CallHelp, Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Help { cleared: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.calls.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Help(help)) = world.answer(reply) {
            self.calls.fill(help.calls, |row, before| row.call == before.call);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Calls for help"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.calls.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}

/// One call.
#[derive(Debug)]
pub struct OneCallScreen {
    row: HelpRow,
    pages: Pages,
    pending: Option<Ticket>,
}

impl OneCallScreen {
    /// A call as it was shown.
    pub fn new(row: HelpRow) -> Self {
        Self { row, pages: Pages::default(), pending: None }
    }

    /// Who calls and why, in full, and who was told.
    fn lines(&self, world: &World) -> Vec<Line> {
        let (row, sheet) = (&self.row, Sheet::of(world));
        let unit = row.unit.as_ref().map_or_else(String::new, |unit| format!("  {unit}"));
        let by = say!("by {who}", who = row.by);
        let mut lines = sheet.text(&format!("{by}{unit}"), 5, Role::Plain);
        if !row.note.is_empty() {
            lines.extend(sheet.text(&row.note, 5, Role::Plain));
        }
        for told in &row.told {
            let did = match &told.failed {
                Some(why) => format!("{}: {why}", say!("{who} could not be told", who = told.to)),
                None => say!("{who} was told", who = told.to),
            };
            let text = format!("{} {did}", world.site_time(told.at));
            lines.extend(sheet.text(&text, 5, Role::Muted));
        }
        lines
    }
}

/// Rows of who calls and why, above what can be done.
fn call_rows(height: u16) -> u16 {
    height.saturating_sub(12).max(1)
}

/// Draws what is called for, since when, and how it stands.
fn view_head(row: &HelpRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let (mark, role) = standing(row);
    let x = canvas.mark((5, y), mark, role);
    canvas.put_in((x + 1, y), 28, &tell(&row.told_words()), Role::Title);
    let age = world.time.moment.utc.duration_since(row.at).as_secs();
    canvas.put_in((37, y), 12, &span(age), Role::Plain);
    let standing = tell(&row.standing());
    canvas.put_in((50, y), canvas.width().saturating_sub(51), &standing, role);
}

impl Layer for OneCallScreen {
    fn purpose(&self) -> &'static str {
        ONE
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let several = Pages::are_several(&self.lines(world), call_rows(world.size.1));
        several.then_some(Act::Turn).into_iter().collect()
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Turn {
            return Turn::Back;
        }
        self.pages.turn(self.lines(world), call_rows(world.size.1));
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.pages.back();
        }
        let command = match key.digit() {
            Some(1) if self.row.answered.is_none() => HelpCommand::Answer { note: String::new() },
            Some(2) => HelpCommand::Clear { note: String::new() },
            Some(_) | None => return Turn::Stay,
        };
        self.pending = Some(world.record(Command::Help(self.row.call.clone(), command)));
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        let well = saved(&outcome).is_some();
        let turn = world.outcome(outcome, say!("saved"));
        if well { Turn::Back } else { turn }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let row = &self.row;
        let title = format!("{} {}", say!("Call for help"), row.call);
        canvas.put((1, 1), &title, Role::Title);
        canvas.rule(2);
        view_head(row, 4, world, canvas);
        let (lines, rows) = (self.lines(world), call_rows(canvas.height()));
        self.pages.view(&lines, (6, rows), canvas);
        let mut y = 6 + u16::try_from(lines.len()).unwrap_or(rows).min(rows);
        canvas.cursor = Some((3, y + 1));
        let choices =
            [("1", "I come", self.row.answered.is_none()), ("2", "Nothing more is needed", true)];
        for (digit, words, offered) in choices {
            if offered {
                canvas.put((3, y + 1), digit, Role::Accent);
                canvas.put((6, y + 1), say!(words), Role::Plain);
                y += 1;
            }
        }
    }
}
