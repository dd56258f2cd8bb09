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
use crate::ui::parts::list::{List, Shape, Shown, mark_line};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::queue::{Queue, QueueRow, QueueState};
use crate::views::scan::ScanMeaning;

use super::refusal::RefusalScreen;
use super::set::SetScreen;
use super::told;
use super::traveler::TravelerScreen;
use columns::{Columns, view_unit};

/// The reason that a unit is shipped.
const SHIPPED: &str = "Z10";
const PURPOSE: &str = "Units that you can work on here, most urgent first, and why not the others; \
    a unit has a line for each operation that is open. Scan a unit, or mark it and press Enter; on \
    one that is stopped Enter says why, and what to do. Type to see only what fits.";
const TITLE: &str = "Work here";
const NOT_YET: &str = "Not yet";
const NO_PLACE: &str = "This terminal is at no place. Scan the label of a place, or choose it: F9.";
const NOTHING: &str = "Nothing to do here now.";
const HINT: &str = "scan a unit, an order or a part";
/// What is ready for those who may do it, where somebody looks who may not.
const FOR_OTHERS: &str = "for others to do";

/// The queue of a place.
#[derive(Debug)]
pub struct QueueScreen {
    /// What is said beside the units; those are in the list.
    queue: Option<Queue>,
    counts: String,
    units: List<QueueRow>,
    loading: Option<Ticket>,
}

impl Default for QueueScreen {
    fn default() -> Self {
        let units = List::new(shape(false)).filtered(fits);
        Self { queue: None, counts: String::new(), units, loading: None }
    }
}

/// The units stand below the head of their columns, and below what is said to who only looks; the
/// filter below them.
const fn shape(looks: bool) -> Shape<QueueRow> {
    Shape::plain(lines, NOTHING).marking_itself().from_line(if looks { 5 } else { 4 }).leaving(1)
}

fn fits(row: &QueueRow, filter: &str) -> bool {
    format!("{} {} {}", row.traveler, row.part, row.title).to_lowercase().contains(filter)
}

/// A unit takes a line, one for what was accepted on evidence and one for why not; before the first
/// that is stopped stands that those come next.
fn lines(row: &QueueRow, above: Option<&QueueRow>) -> u16 {
    let before = if is_first_stopped(row, above) { 1 + u16::from(above.is_some()) } else { 0 };
    before + 1 + u16::from(row.accepted.is_some()) + u16::from(why_below(row, above).is_some())
}

fn is_first_stopped(row: &QueueRow, above: Option<&QueueRow>) -> bool {
    is_stopped(row) && above.is_none_or(|above| !is_stopped(above))
}

/// What stops one unit of an order mostly stops the next one as well: on a page it is said once.
fn why_below(row: &QueueRow, above: Option<&QueueRow>) -> Option<String> {
    let said = above.and_then(why);
    why(row).filter(|why| said.as_ref() != Some(why))
}

impl QueueScreen {
    /// A queue that shows what fits a text.
    pub fn filtered(text: &str) -> Self {
        let mut screen = Self::default();
        screen.units.filter_by(text);
        screen
    }

    /// Opens the marked unit, or says first why it is stopped.
    fn open_marked(&self) -> Turn {
        let Some(row) = self.units.marked() else { return Turn::Stay };
        let (id, operation) = (row.traveler.clone(), row.operation);
        match row.stopped() {
            [] => Turn::Open(Box::new(TravelerScreen::at_operation(id, operation))),
            reasons => {
                Turn::Open(Box::new(RefusalScreen::of_unit((id, operation), reasons.to_vec())))
            }
        }
    }

    /// Takes the units out of the queue, into the list.
    fn take(&mut self, mut queue: Queue) {
        self.counts = counts(&queue);
        let mut rows = std::mem::take(&mut queue.here);
        rows.append(&mut queue.not_yet);
        self.units.reshape(shape(queue.looks.is_some()));
        let marked = self.units.marked().map(|row| row.traveler.clone());
        let same = |row: &QueueRow, before: &QueueRow| {
            (&row.traveler, row.operation) == (&before.traveler, before.operation)
        };
        if !self.units.fill(rows, same)
            && let Some(marked) = marked
        {
            self.units.mark_where(|row| row.traveler == marked);
        }
        self.queue = Some(queue);
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
        Some(format!("{}{more}", tell(&first.what)))
    };
    of(row.stopped()).or_else(|| of(&row.first).map(|first| say!("first: {first}", first)))
}

/// How a unit stands: symbol, role, words; what others may begin is not ready for who only looks.
fn state(row: &QueueRow, only_looks: bool) -> (Mark, Role, String) {
    match &row.state {
        QueueState::Ready => {
            let lot = row.quantity.map_or(String::new(), |n| format!(", n = {n}"));
            let words = say!(if only_looks { FOR_OTHERS } else { "ready" });
            (Mark::Open, Role::Plain, format!("{words}{lot}"))
        }
        QueueState::Begun { paused: Some(reason), .. } => {
            (Mark::Waiting, Role::Warn, say!("paused: {reason}", reason))
        }
        QueueState::Begun { step, steps, paused: None } => {
            (Mark::Partly, Role::Accent, say!("step {step} of {steps}", step, steps))
        }
        QueueState::NotYet { reasons } if reasons.iter().any(|told| told.code == SHIPPED) => {
            (Mark::Hold, Role::Warn, say!("shipped, with work open").to_owned())
        }
        QueueState::NotYet { .. } => (Mark::Unknown, Role::Warn, say!("not yet").to_owned()),
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

    fn leaves_colon(&self, _world: &World) -> bool {
        self.units.filter_text().is_empty()
    }

    fn has_words(&self) -> bool {
        !self.units.filter_text().is_empty()
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        let some = self.units.marked().is_some();
        if world.marks.len() > 1 {
            acts.push(Act::Together);
        } else if some {
            acts.push(Act::Open);
        }
        if some {
            acts.push(Act::Mark);
        }
        acts.push(if self.units.filter_text().is_empty() { Act::Leave } else { Act::Back });
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
        if let Some(place) = world.place.clone() {
            let person = world.person.as_ref().map(|person| person.person.clone());
            self.loading = Some(world.load(Query::Queue { place, person }));
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            self.units.filter_by("");
            return Turn::Stay;
        }
        if act == Act::Together {
            return Turn::Open(Box::new(SetScreen::new(world.marks.clone())));
        }
        if act != Act::Mark {
            return self.open_marked();
        }
        if let Some(row) = self.units.marked() {
            world.mark(&row.traveler);
            self.units.key(Key::Down, world.size.1);
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.units.key(key, world.size.1);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.units.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.units.take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        match meaning {
            // Once a unit is marked, a scan marks one more.
            ScanMeaning::Traveler(id) if !world.marks.is_empty() => {
                if world.marks.contains(id) {
                    world.say(say!("{unit} is marked", unit = id.unit), Role::Plain);
                } else {
                    world.mark(id);
                }
                Some(Turn::Stay)
            }
            ScanMeaning::Travelers(_) | ScanMeaning::Order(_) | ScanMeaning::Part(_) => {
                self.units.filter_by(code);
                Some(Turn::Stay)
            }
            ScanMeaning::Badge
            | ScanMeaning::Place(_)
            | ScanMeaning::Traveler(_)
            | ScanMeaning::Gauge(_)
            | ScanMeaning::Deviation(_)
            | ScanMeaning::Permit(_)
            | ScanMeaning::Card(_)
            | ScanMeaning::LeftOut(_)
            | ScanMeaning::Unknown => None,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Queue(queue)) = world.answer(reply) {
            self.take(queue);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!(TITLE), Role::Title);
        canvas.rule(2);
        if world.place.is_none() {
            canvas.put((1, 4), say!(NO_PLACE), Role::Warn);
            return;
        }
        let Some(queue) = &self.queue else { return };
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.counts, Role::Plain);
        self.view_rows((queue, &world.marks), canvas);
        let y = canvas.height().saturating_sub(3);
        canvas.put((1, y), say!("filter"), Role::Muted);
        if self.units.filter_text().is_empty() {
            canvas.put_right(canvas.width().saturating_sub(1), y, say!(HINT), Role::Muted);
        }
        self.units.view_filter(canvas, (8, y), 30);
    }
}

impl QueueScreen {
    fn view_rows(&self, (queue, marks): (&Queue, &[TravelerId]), canvas: &mut Canvas<'_>) {
        let cells = canvas.width().saturating_sub(4);
        if let Some(looks) = &queue.looks {
            let text = say!("You only look: {why}", why = tell(&looks.what));
            canvas.put_in((3, 3), cells, &text, Role::Warn);
        }
        let columns = Columns::of(self.units.fitting(), canvas);
        if self.units.marked().is_some() {
            columns.view_head(if queue.looks.is_some() { 4 } else { 3 }, canvas);
        }
        self.units.view(canvas, |shown, canvas| view_row(shown, (queue, &columns, marks), canvas));
    }
}

fn view_row(
    shown: &Shown<'_, QueueRow>,
    (queue, columns, marks): (&Queue, &Columns, &[TravelerId]),
    canvas: &mut Canvas<'_>,
) {
    let (row, above, mut y) = (shown.row, shown.above, shown.y);
    if is_first_stopped(row, above) {
        y += u16::from(above.is_some());
        canvas.put((3, y), say!(NOT_YET), Role::Title);
        y += 1;
    }
    if shown.marked {
        mark_line(y, canvas);
    }
    view_unit((queue, columns), row, y, canvas);
    if marks.contains(&row.traveler) {
        canvas.mark((2, y), Mark::Pass, Role::Ok);
    }
    if let Some(accepted) = &row.accepted {
        y += 1;
        let (cells, accepted) = (canvas.width().saturating_sub(13), told::accepted(accepted));
        canvas.put_in((12, y), cells, &accepted, Role::Warn);
    }
    if let Some(why) = why_below(row, above) {
        canvas.put_in((5, y + 1), canvas.width().saturating_sub(6), &why, Role::Warn);
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
    let ready = match queue.looks {
        Some(_) => count(ready, "unit for others", "units for others"),
        None => count(ready, "unit ready", "units ready"),
    };
    say!("{ready}   {not_yet} not yet   {on_hold} on hold", ready, not_yet, on_hold)
}
