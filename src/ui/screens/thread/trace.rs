//! The thread of one thing, back and forward; Enter goes on to the marked row, Esc back.

use crate::domain::traced::Traced;
use crate::domain::words::Words;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, Shown, mark_line};
use crate::ui::parts::paged::{Pages, Sheet};
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::screens::traveler::TravelerScreen;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::link::said_not_listed;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::thread::{Thread, ThreadRow};

use super::ask::AskScreen;

const PURPOSE: &str = "What it came from and rests on, then where it went and what it touched. Enter \
    goes on to the marked row, or shows all of a long record; Esc back; a scan traces what was scanned.";
const NONE: &str = "Nothing is known of it here.";
/// How many rows of each way are loaded at once.
const ROWS: usize = 200;
const TOP: u16 = 4;
/// Lines at the bottom for the marked row: a rule, what it says, and when and where that is recorded.
const BELOW: u16 = 5;
const SAID_LINES: u16 = BELOW - 2;

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
    what: Words,
    rows: List<Step>,
    counts: (usize, usize),
    skipped: usize,
    age_s: Option<i64>,
    not_here: u64,
    /// All of the marked row, where that is more than the list has room for.
    whole: Option<Pages>,
    loading: Option<Ticket>,
}

impl TraceScreen {
    /// Of a thing that is known here.
    pub fn new(of: Traced) -> Self {
        let shape = Shape::plain(lines, NONE).from_line(TOP).leaving(BELOW).marking_itself();
        let (what, rows) = (Words::plain(""), List::new(shape));
        let (counts, skipped, age_s, not_here) = ((0, 0), 0, None, 0);
        Self { of, what, rows, counts, skipped, age_s, not_here, whole: None, loading: None }
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
        canvas.put_in((x, y), 14, &tell(&row.relation), Role::Muted);
        let cells = 28_u16.saturating_sub(depth);
        canvas.put_name((x + 15, y), cells, &row.traced.to_string(), Role::Plain);
        let said = row.standing.as_ref().unwrap_or(&row.what);
        let in_doubt = said.says("on hold") || said.says("not valid");
        let role = if in_doubt { Role::Hold } else { Role::Muted };
        canvas.put_start((47, y), canvas.width().saturating_sub(48), &tell(said), role);
    }

    /// What the marked row says, and when and where that is recorded.
    fn view_marked(&self, world: &World, canvas: &mut Canvas<'_>) {
        let Some(Step { row, .. }) = self.rows.marked() else { return };
        let mut y = canvas.height().saturating_sub(3 + BELOW);
        canvas.rule(y);
        let cells = canvas.width().saturating_sub(4);
        let told = wrapped(&tell(&row.what), cells.into(), Role::Plain);
        for line in told.iter().take(SAID_LINES.into()) {
            y += 1;
            line.view(canvas, (3, y), cells);
        }
        if told.len() > usize::from(SAID_LINES) {
            canvas.mark((canvas.width().saturating_sub(3), y), Mark::More, Role::Accent);
        }
        canvas.put_in((3, y + 1), cells, &recorded(row, world), Role::Muted);
    }

    /// All of the marked row.
    fn told(&self, world: &World) -> Vec<Line> {
        let Some(Step { row, .. }) = self.rows.marked() else { return Vec::new() };
        let sheet = Sheet::of(world);
        let mut lines = sheet.text(&tell(&row.what), 1, Role::Plain);
        lines.extend(sheet.text(&recorded(row, world), 1, Role::Muted));
        lines
    }

    /// Whether the marked row is a record of the thing itself that is longer than the lines below the list.
    fn goes_on(&self, world: &World) -> bool {
        let record = self.rows.marked().filter(|step| step.row.traced == self.of);
        let cells = usize::from(world.size.0.saturating_sub(4));
        let lines = |step: &Step| wrapped(&tell(&step.row.what), cells, Role::Plain).len();
        record.map_or(0, lines) > usize::from(SAID_LINES)
    }
}

/// How many lines a page of a whole record has.
fn page_rows(height: u16) -> u16 {
    height.saturating_sub(TOP + 3).max(1)
}

/// When it happened, how it stands, and the fact that says so.
fn recorded(row: &ThreadRow, world: &World) -> String {
    let when = row.at.map(|at| format!("{}  ", world.site_time(at))).unwrap_or_default();
    let standing = row.standing.as_ref().map(|now| format!("{}  ", tell(now)));
    format!("{when}{}[{}]", standing.unwrap_or_default(), row.fact)
}

impl Layer for TraceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn about(&self) -> Option<Traced> {
        Some(self.of.clone())
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.whole.is_some() {
            if Pages::are_several(&self.told(world), page_rows(world.size.1)) {
                acts.push(Act::Turn);
            }
            return acts;
        }
        let leads = self.rows.marked().is_some_and(|step| step.row.traced != self.of);
        if leads || self.goes_on(world) {
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

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if let Some(mut pages) = self.whole.take() {
            if act == Act::Turn {
                pages.turn(self.told(world), page_rows(world.size.1));
                self.whole = Some(pages);
            }
            return Turn::Stay;
        }
        if act == Act::Open && self.goes_on(world) {
            self.whole = Some(Pages::default());
            return Turn::Stay;
        }
        match (act, &self.of) {
            (Act::Open, _) => self.follow(),
            (Act::OpenUnit, Traced::Unit(unit)) => {
                Turn::Open(Box::new(TravelerScreen::new(unit.clone())))
            }
            (_, _) => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(pages) = &mut self.whole {
            if key == Key::PageUp {
                pages.back();
            }
            return Turn::Stay;
        }
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
        let head = format!("{}: {}", tell(&self.of.said()), tell(&self.what));
        canvas.put_in((x + 2, 1), room, &head, Role::Plain);
        canvas.rule(2);
        if let Some(pages) = &self.whole {
            return pages.view(&self.told(world), (TOP, page_rows(canvas.height())), canvas);
        }
        if let Some(words) = said_not_listed(self.not_here) {
            canvas.put_in((1, 3), end, &format!("! {}", tell(&words)), Role::Warn);
        }
        self.rows.view(canvas, |shown, canvas| self.view_step(shown, canvas));
        self.view_marked(world, canvas);
    }
}
