//! The thread of one thing, back and forward; Enter goes on to the marked row, Esc back.

use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, Shown, mark_line};
use crate::ui::screens::recorded::standing;
use crate::ui::screens::traveler::TravelerScreen;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::link::said_not_listed;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::thread::{Thread, ThreadRow};

use super::ask::AskScreen;
use super::words;

const PURPOSE: &str = "What it came from and rests on, then where it went and what it touched. Enter \
    goes on to the marked row, Esc back; a scan traces what was scanned.";
const NONE: &str = "Nothing is known of it here.";
/// How many rows of each way are loaded at once.
const ROWS: usize = 200;
const TOP: u16 = 4;
/// Lines at the bottom for the marked row.
const BELOW: u16 = 3;

/// Which way a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    Forward,
}

#[derive(Debug)]
struct Step {
    way: Way,
    row: ThreadRow,
}

/// One thing with its thread.
#[derive(Debug)]
pub struct TraceScreen {
    of: Traced,
    what: String,
    rows: List<Step>,
    counts: (usize, usize),
    skipped: usize,
    age_s: Option<i64>,
    not_here: u64,
    loading: Option<Ticket>,
}

impl TraceScreen {
    /// Of a thing that is known here.
    pub fn new(of: Traced) -> Self {
        let shape = Shape::plain(lines, NONE).from_line(TOP).leaving(BELOW).marking_itself();
        let (what, rows) = (String::new(), List::new(shape));
        Self { of, what, rows, counts: (0, 0), skipped: 0, age_s: None, not_here: 0, loading: None }
    }

    fn load(&mut self, skip: usize, world: &mut World) {
        let query = Query::Thread { of: self.of.clone(), skip, limit: ROWS };
        self.loading = Some(world.load(query));
    }

    fn most(&self) -> usize {
        self.counts.0.max(self.counts.1)
    }

    fn take(&mut self, thread: Option<Box<Thread>>) {
        let Some(thread) = thread else {
            self.rows.fill(Vec::new(), |_, _| false);
            return;
        };
        let same_page = self.skipped == thread.skipped;
        (self.what, self.skipped, self.age_s) = (thread.what, thread.skipped, thread.catalog_age_s);
        self.not_here = thread.not_here;
        self.counts = (thread.back_count, thread.forward_count);
        let back = thread.back.into_iter().map(|row| Step { way: Way::Back, row });
        let forward = thread.forward.into_iter().map(|row| Step { way: Way::Forward, row });
        let same = |one: &Step, other: &Step| one.way == other.way && one.row == other.row;
        self.rows.fill(back.chain(forward).collect(), same);
        if !same_page {
            self.rows.mark(0);
        }
    }

    fn follow(&self) -> Turn {
        let Some(step) = self.rows.marked().filter(|step| step.row.traced != self.of) else {
            return Turn::Stay;
        };
        Turn::Open(super::page(step.row.traced.clone()))
    }
}

/// The first row of a way has its name above it.
fn lines(step: &Step, above: Option<&Step>) -> u16 {
    if above.is_none_or(|above| above.way != step.way) { 2 } else { 1 }
}

/// What a row says.
fn said_of(row: &ThreadRow) -> String {
    words::row(&row.relation, &row.what)
}

impl TraceScreen {
    fn view_step(&self, shown: &Shown<'_, Step>, canvas: &mut Canvas<'_>) {
        let Step { way, row } = shown.row;
        let mut y = shown.y;
        if shown.above.is_none_or(|above| above.way != *way) {
            let (name, count) = match way {
                Way::Back => (say!("came from and rests on"), self.counts.0),
                Way::Forward => (say!("went to and touched"), self.counts.1),
            };
            canvas.put((1, y), &format!("{name}: {count}"), Role::Title);
            y += 1;
        }
        if shown.marked {
            mark_line(y, canvas);
        }
        let depth = u16::try_from(row.depth.saturating_sub(1)).unwrap_or(0).min(4) * 2;
        let x = 3 + depth;
        canvas.put_in((x, y), 14, &words::relation(&row.relation), Role::Muted);
        let cells = 28_u16.saturating_sub(depth);
        canvas.put_in((x + 15, y), cells, &row.traced.to_string(), Role::Plain);
        let said = row.standing.as_deref().unwrap_or(&row.what);
        let role = if said.contains("on hold") || said.contains("not valid") {
            Role::Hold
        } else {
            Role::Muted
        };
        let said = row.standing.as_deref().map_or_else(|| said_of(row), standing);
        canvas.put_start((47, y), canvas.width().saturating_sub(48), &said, role);
    }

    /// What the marked row says, in full.
    fn view_marked(&self, world: &World, canvas: &mut Canvas<'_>) {
        let Some(Step { row, .. }) = self.rows.marked() else { return };
        let y = canvas.height().saturating_sub(3 + BELOW);
        canvas.rule(y);
        let cells = canvas.width().saturating_sub(4);
        canvas.put_in((3, y + 1), cells, &said_of(row), Role::Plain);
        let when = row.at.map(|at| format!("{}  ", world.site_time(at))).unwrap_or_default();
        let standing = row.standing.as_ref().map(|now| format!("{}  ", standing(now)));
        let standing = standing.unwrap_or_default();
        let said = format!("{when}{standing}[{}]", row.fact);
        canvas.put_in((3, y + 2), cells, &said, Role::Muted);
    }
}

impl Layer for TraceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn about(&self) -> Option<Traced> {
        Some(self.of.clone())
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.rows.marked().is_some_and(|step| step.row.traced != self.of) {
            acts.push(Act::Open);
        }
        if matches!(self.of, Traced::Unit(_)) {
            acts.push(Act::OpenUnit);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act != Act::OpenUnit);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.load(self.skipped, world);
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        match (act, &self.of) {
            (Act::Open, _) => self.follow(),
            (Act::OpenUnit, Traced::Unit(unit)) => {
                Turn::Open(Box::new(TravelerScreen::new(unit.clone())))
            }
            (_, _) => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let before = self.rows.rank();
        self.rows.key(key, world.size.1);
        let stood = self.rows.rank() == before && self.loading.is_none();
        if stood && key == Key::PageDown && self.skipped + ROWS < self.most() {
            self.load(self.skipped + ROWS, world);
        } else if stood && key == Key::PageUp && self.skipped > 0 {
            self.load(self.skipped.saturating_sub(ROWS), world);
        }
        Turn::Stay
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        if matches!(meaning, ScanMeaning::Badge | ScanMeaning::Card(_)) {
            return None;
        }
        Some(Turn::Open(Box::new(AskScreen::new(code.to_owned()))))
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Thread(thread)) = world.answer(reply) {
            self.take(thread);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let x = canvas.put((1, 1), say!("Trace"), Role::Title);
        canvas.cursor = Some((1, 1));
        let end = canvas.width().saturating_sub(1);
        let most = self.most();
        let page = if most > ROWS {
            let to = (self.skipped + ROWS).min(most);
            say!("{from} to {to} of {most}, PgDn", from = self.skipped + 1, to, most)
        } else {
            let minutes = self.age_s.map(|age_s| age_s / 60).filter(|minutes| *minutes >= 1);
            minutes.map_or_else(String::new, |n| say!("as known {minutes} min ago", minutes = n))
        };
        canvas.put_right(end, 1, &page, Role::Muted);
        let room = end.saturating_sub(x + 4 + canvas.cells(&page));
        let known_as = words::known_as(&self.of, &self.what);
        let head = format!("{}: {}", tell(&self.of.said()), known_as);
        canvas.put_in((x + 2, 1), room, &head, Role::Plain);
        canvas.rule(2);
        if let Some(words) = said_not_listed(self.not_here) {
            canvas.put_in((1, 3), end, &format!("! {}", tell(&words)), Role::Warn);
        }
        self.rows.view(canvas, |shown, canvas| self.view_step(shown, canvas));
        self.view_marked(world, canvas);
    }
}
