//! The queue: what can be worked at this place, and why not the rest.
//! `columns` draws the line of a unit.
//! Invariant: a unit stands as ready only where beginning or going on would not be refused.

mod columns;

use std::collections::BTreeSet;

use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::pager::Pager;
use crate::ui::parts::words::count;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::queue::{Queue, QueueRow, QueueState};
use crate::views::scan::ScanMeaning;

use super::refusal::RefusalScreen;
use super::set::SetScreen;
use super::traveler::TravelerScreen;
use columns::{Columns, view_unit};

const PURPOSE: &str = "Units that you can work on here, most urgent first, and why not the others; \
    a unit has a line for each operation that is open. Scan a unit, or mark it and press Enter; on \
    one that is stopped Enter says why, and what to do. Type to see only what fits.";
const TITLE: &str = "Work here";
const NOT_YET: &str = "Not yet";
const NO_PLACE: &str = "This terminal is at no place. Scan the label of a place, or choose it: F9.";
const NOTHING: &str = "Nothing to do here now.";
const NO_FIT: &str = "Nothing fits the filter; Esc empties it.";
const HINT: &str = "scan a unit, an order or a part";
const FILTER_MAX: usize = 40;

/// The queue of a place.
#[derive(Debug)]
pub struct QueueScreen {
    queue: Option<Queue>,
    filter: Field,
    pager: Pager,
    loading: Option<Ticket>,
    rows: usize,
}

impl Default for QueueScreen {
    fn default() -> Self {
        Self {
            queue: None,
            filter: Field::new(FILTER_MAX),
            pager: Pager::default(),
            loading: None,
            rows: 16,
        }
    }
}

/// One line of the list.
#[derive(Debug, Clone)]
enum Line<'a> {
    Unit(&'a QueueRow),
    Gap,
    Head,
    /// What was accepted on evidence.
    Note(&'a str),
    /// Why not, or what comes first; Enter on the unit says what to do.
    Why(String),
}

impl QueueScreen {
    /// A queue that shows what fits a text.
    pub fn filtered(text: &str) -> Self {
        let mut screen = Self::default();
        screen.filter.fill(text);
        screen
    }

    fn units(&self) -> Vec<&QueueRow> {
        let Some(queue) = &self.queue else { return Vec::new() };
        let filter = self.filter.text().to_lowercase();
        let fits = |row: &&QueueRow| {
            let text = format!("{} {} {}", row.traveler, row.part, row.title).to_lowercase();
            filter.is_empty() || text.contains(&filter)
        };
        queue.here.iter().chain(&queue.not_yet).filter(fits).collect()
    }

    /// How many lines fit.
    fn room(&self, height: u16) -> usize {
        let looks = self.queue.as_ref().is_some_and(|queue| queue.looks.is_some());
        usize::from(height.saturating_sub(8 + u16::from(looks)))
    }

    /// The lines of the page on which the marked unit is; each with the unit's rank.
    fn page(&self, rows: usize) -> Vec<(usize, Line<'_>)> {
        let mut pages: Vec<Vec<(usize, Line<'_>)>> = vec![Vec::new()];
        let mut before_not_yet = true;
        let mut said = None;
        for (rank, row) in self.units().into_iter().enumerate() {
            let mut lines = Vec::new();
            let stopped = is_stopped(row);
            if stopped && before_not_yet {
                before_not_yet = false;
                if rank > 0 {
                    lines.push((rank, Line::Gap));
                }
                lines.push((rank, Line::Head));
            }
            lines.push((rank, Line::Unit(row)));
            lines.extend(row.accepted.iter().map(|text| (rank, Line::Note(text))));
            let why = why(row);
            // What stops one unit of an order mostly stops the next one as well: said once.
            if why != said
                && let Some(why) = &why
            {
                lines.push((rank, Line::Why(why.clone())));
            }
            said = why;
            match pages.last_mut() {
                Some(page) if page.len() + lines.len() <= rows || page.is_empty() => {
                    page.extend(lines);
                }
                _ => {
                    // On a new page it is said again.
                    let why =
                        said.clone().filter(|_| !matches!(lines.last(), Some((_, Line::Why(_)))));
                    lines.extend(why.map(|why| (rank, Line::Why(why))));
                    pages.push(lines);
                }
            }
        }
        let marked = |page: &Vec<(usize, Line<'_>)>| {
            page.iter().any(|(rank, _)| *rank == self.pager.selected)
        };
        pages.into_iter().find(marked).unwrap_or_default()
    }

    /// Opens the marked unit, or says first why it is stopped.
    fn open_marked(&self, (id, operation): (TravelerId, u32)) -> Turn {
        let stopped = self.units().get(self.pager.selected).map(|row| row.stopped().to_vec());
        match stopped.filter(|reasons| !reasons.is_empty()) {
            Some(reasons) => Turn::Open(Box::new(RefusalScreen::of_unit((id, operation), reasons))),
            None => Turn::Open(Box::new(TravelerScreen::at_operation(id, operation))),
        }
    }

    /// The marked unit, and its operation.
    fn open(&self) -> Option<(TravelerId, u32)> {
        let row = *self.units().get(self.pager.selected)?;
        Some((row.traveler.clone(), row.operation))
    }

    /// Turns the page by what really fits on it.
    fn turn_page(&mut self, down: bool) {
        let page = self.page(self.rows);
        let first = page.first().map_or(0, |(rank, _)| *rank);
        let last = page.last().map_or(0, |(rank, _)| *rank);
        let count = self.units().len();
        if down && last + 1 < count {
            self.pager.selected = last + 1;
        } else if !down && first > 0 {
            self.pager.selected = first - 1;
            let page = self.page(self.rows);
            self.pager.selected = page.first().map_or(0, |(rank, _)| *rank);
        }
    }
}

fn is_stopped(row: &QueueRow) -> bool {
    !row.stopped().is_empty()
}

/// Why a unit is stopped, or what is done on it first, in a line. That it is on hold or paused, and
/// why, stands in the line above.
fn why(row: &QueueRow) -> Option<String> {
    let said = |told: &&Told| !matches!(told.code, "H01" | "T15");
    let of = |told: &[Told]| {
        let first = told.iter().find(said)?;
        let more = told.iter().filter(said).count() - 1;
        let more = if more > 0 { format!("  (+{more})") } else { String::new() };
        Some(format!("{}{more}", first.what))
    };
    of(row.stopped()).or_else(|| of(&row.first).map(|first| format!("first: {first}")))
}

/// How a unit stands: symbol, role, words.
fn state(row: &QueueRow) -> (Mark, Role, String) {
    match &row.state {
        QueueState::Ready => {
            let lot = row.quantity.map_or(String::new(), |n| format!(", n = {n}"));
            (Mark::Open, Role::Plain, format!("ready{lot}"))
        }
        QueueState::Begun { paused: Some(reason), .. } => {
            (Mark::Waiting, Role::Warn, format!("paused: {reason}"))
        }
        QueueState::Begun { step, steps, paused: None } => {
            (Mark::Partly, Role::Accent, format!("step {step} of {steps}"))
        }
        QueueState::NotYet { .. } => (Mark::Unknown, Role::Warn, "not yet".to_owned()),
        QueueState::OnHold { why, deviation, .. } => {
            let what = deviation.as_ref().map_or_else(|| why.clone(), ToString::to_string);
            (Mark::Hold, Role::Hold, what)
        }
    }
}

impl Layer for QueueScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if world.marks.len() > 1 {
            acts.push(Act::Together);
        } else if self.open().is_some() {
            acts.push(Act::Open);
        }
        if self.open().is_some() {
            acts.push(Act::Mark);
        }
        acts.push(if self.filter.is_empty() { Act::Leave } else { Act::Back });
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        let last = acts.pop();
        acts.extend([Act::Menu, Act::Help]);
        acts.extend(last);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.rows = self.room(world.size.1);
        if let Some(place) = world.place.clone() {
            let person = world.person.as_ref().map(|person| person.person.clone());
            self.loading = Some(world.load(Query::Queue { place, person }));
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            self.filter.clear();
            self.pager.selected = 0;
            return Turn::Stay;
        }
        if act == Act::Together {
            return Turn::Open(Box::new(SetScreen::new(world.marks.clone())));
        }
        match self.open() {
            Some((id, _)) if act == Act::Mark => {
                world.mark(&id);
                let count = self.units().len();
                self.pager.key(Key::Down, count, self.rows);
                Turn::Stay
            }
            Some(unit) => self.open_marked(unit),
            None => Turn::Stay,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.rows = self.room(world.size.1);
        let count = self.units().len();
        match key {
            Key::PageDown => self.turn_page(true),
            Key::PageUp => self.turn_page(false),
            Key::Up | Key::Down => {
                self.pager.key(key, count, self.rows);
            }
            Key::Char(_) | Key::Backspace | Key::Delete => {
                self.filter.key(key);
                self.pager.selected = 0;
            }
            Key::Left | Key::Right | Key::Home | Key::End => {
                self.filter.key(key);
            }
            Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::F(_)
            | Key::Menu
            | Key::Redraw
            | Key::Interrupt => {}
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.filter.insert(text);
        self.pager.selected = 0;
    }

    fn take_back(&mut self, characters: usize) {
        self.filter.take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        match meaning {
            // Once a unit is marked, a scan marks one more.
            ScanMeaning::Traveler(id) if !world.marks.is_empty() => {
                if world.marks.contains(id) {
                    world.say(format!("{} is marked", id.unit), Role::Plain);
                } else {
                    world.mark(id);
                }
                Some(Turn::Stay)
            }
            ScanMeaning::Travelers(_) | ScanMeaning::Order(_) | ScanMeaning::Part(_) => {
                self.filter.fill(code);
                self.pager.selected = 0;
                Some(Turn::Stay)
            }
            ScanMeaning::Badge
            | ScanMeaning::Place(_)
            | ScanMeaning::Traveler(_)
            | ScanMeaning::Gauge(_)
            | ScanMeaning::Card(_)
            | ScanMeaning::Unknown => None,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Queue(queue)) = world.answer(reply) {
            let marked = self.open();
            self.queue = Some(queue);
            let units = self.units();
            let same = |row: &&QueueRow| marked.as_ref().is_some_and(|(id, _)| row.traveler == *id);
            let again = units.iter().position(|row| {
                same(row) && marked.as_ref().is_some_and(|(_, at)| row.operation == *at)
            });
            if let Some(rank) = again.or_else(|| units.iter().position(same)) {
                self.pager.selected = rank;
            }
            let count = self.units().len();
            self.pager.keep_within(count);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), TITLE, Role::Title);
        canvas.rule(2);
        if world.place.is_none() {
            canvas.put((1, 4), NO_PLACE, Role::Warn);
            return;
        }
        let Some(queue) = &self.queue else { return };
        canvas.put_right(canvas.width().saturating_sub(1), 1, &counts(queue), Role::Plain);
        self.view_rows((queue, &world.marks), canvas);
        let y = canvas.height().saturating_sub(3);
        canvas.put((1, y), "filter", Role::Muted);
        if self.filter.is_empty() {
            canvas.put_right(canvas.width().saturating_sub(1), y, HINT, Role::Muted);
        }
        self.filter.view(canvas, (8, y), 30, true);
    }
}

impl QueueScreen {
    fn view_rows(&self, (queue, marks): (&Queue, &[TravelerId]), canvas: &mut Canvas<'_>) {
        let mut top = 4;
        if let Some(looks) = &queue.looks {
            let text = format!("You only look: {}", looks.what);
            canvas.put_in((3, top), canvas.width().saturating_sub(4), &text, Role::Warn);
            top += 1;
        }
        let page = self.page(self.room(canvas.height()));
        if page.is_empty() {
            let text = if self.filter.is_empty() { NOTHING } else { NO_FIT };
            canvas.put((3, top + 1), text, Role::Muted);
            return;
        }
        let last = page.last().map_or(0, |(rank, _)| rank + 1);
        let units = self.units();
        let total = units.len();
        let columns = Columns::of(&units, canvas);
        columns.view_head(canvas);
        for (y, (rank, line)) in (top..).zip(&page) {
            match line {
                Line::Gap => {}
                Line::Head => {
                    canvas.put((3, y), NOT_YET, Role::Title);
                }
                Line::Note(text) => {
                    canvas.put_in((12, y), canvas.width().saturating_sub(13), text, Role::Warn);
                }
                Line::Why(why) => {
                    canvas.put_in((5, y), canvas.width().saturating_sub(6), why, Role::Warn);
                }
                Line::Unit(row) => {
                    let marked = *rank == self.pager.selected;
                    view_unit((queue, &columns), row, (y, marked), canvas);
                    if marks.contains(&row.traveler) {
                        canvas.mark((2, y), Mark::Pass, Role::Ok);
                    }
                }
            }
        }
        let y = canvas.height().saturating_sub(4);
        if last < total {
            let text = format!("{} more below: PgDn", total - last);
            canvas.put((3, y), &text, Role::Muted);
        }
    }
}

/// How many units can be worked on, and how many not; a unit counts once, for its best operation.
fn counts(queue: &Queue) -> String {
    let mut seen: BTreeSet<&TravelerId> = queue.here.iter().map(|row| &row.traveler).collect();
    let ready = seen.len();
    let (mut not_yet, mut on_hold) = (0, 0);
    for row in queue.not_yet.iter().filter(|row| seen.insert(&row.traveler)) {
        match row.state {
            QueueState::OnHold { .. } => on_hold += 1,
            QueueState::Ready | QueueState::Begun { .. } | QueueState::NotYet { .. } => {
                not_yet += 1;
            }
        }
    }
    let ready = count(ready, "unit ready", "units ready");
    format!("{ready}   {not_yet} not yet   {on_hold} on hold")
}
