//! The shift board: what was made, what stands still, what waits for a decision. `figures` draws what
//! was made, `for_me` what waits for a signature of whoever looks, `place` and `order` say where the figures
//! of a place come from, `wall` is for many to read.
//! Invariants: no figure stands without up to when it is complete; however many places there are, what
//! waits is seen.

mod figures;
mod for_me;
mod order;
pub mod place;
mod waits;
pub mod wall;

use std::ops::Range;

use jiff::Timestamp;

use crate::domain::ids::PlaceId;
use crate::domain::traveler::lot::Pieces;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, mark_line, moved, page_of, two_lines};
use crate::ui::parts::words::{count, span};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, BoardRow, Figures, PiecesRow};
use crate::views::for_me::ForMe;
use crate::views::query::{Answer, Query};

use super::told;
use place::PlaceScreen;
use waits::Waits;
use wall::WallScreen;

const PURPOSE: &str = "What was made in the shift by place and hour, and what waits for somebody: first what \
    you could sign now. Figures are complete up to the time that stands beside them; a silent place makes \
    them incomplete.";
/// The shift board.
#[derive(Debug)]
pub struct BoardScreen {
    board: Option<Board>,
    waits: List<Waits>,
    /// Whether more waits for a signature of whoever looks than is listed.
    more_for_me: bool,
    /// The place that Enter opens, while the places have the focus.
    place: Option<PlaceId>,
    /// The rank of a place on the page of them that is shown.
    turned_to: usize,
    /// How many units are held because they are suspect.
    suspect: usize,
    loading: Option<Ticket>,
    asking: Option<Ticket>,
    /// The minute in which it was asked last what could be signed, and whether something was saved since.
    asked: (String, bool),
}

impl Default for BoardScreen {
    fn default() -> Self {
        Self {
            board: None,
            waits: List::new(shape(0)),
            more_for_me: false,
            place: None,
            turned_to: 0,
            suspect: 0,
            loading: None,
            asking: None,
            asked: (String::new(), false),
        }
    }
}

/// The line of the first place.
const FIRST_PLACE: u16 = 4;
/// The first line of what waits, where there is no figure but the sum.
const WAITS: u16 = 7;
/// The lines below what waits: that there is more of it, what happened last, and the keys.
const BELOW: u16 = 3;
/// As many lines what waits has at least.
const WAITS_MIN: u16 = 4;

/// What waits stands below so many lines of figures.
const fn shape(figures: u16) -> Shape<Waits> {
    Shape::numbered(two_lines, "").from_line(WAITS + figures)
}

/// How many lines are taken by what was counted besides: of lots, of what goes out, of causes.
fn more_lines(board: &Board) -> u16 {
    let more = [!board.pieces.is_empty(), board.ships.words().is_some(), !board.causes.is_empty()];
    more.into_iter().map(u16::from).sum()
}

/// How many places a page has on a screen of a height, so that what waits is seen.
fn places_max(board: &Board, height: u16) -> u16 {
    let taken = WAITS + more_lines(board) + WAITS_MIN + BELOW;
    height.saturating_sub(taken).max(1)
}

/// How many lines the figures take: a row a place of a page, and what was counted besides.
fn figures_lines(board: &Board, height: u16) -> u16 {
    let places = u16::try_from(board.places.len()).unwrap_or(u16::MAX);
    places.min(places_max(board, height)).saturating_add(more_lines(board))
}

impl BoardScreen {
    fn open(&self) -> Turn {
        match &self.place {
            Some(place) => Turn::Open(Box::new(PlaceScreen::new(place.clone()))),
            None => self.waits.marked().map_or(Turn::Stay, |waits| Turn::Open(waits.open())),
        }
    }

    fn places(&self) -> &[BoardRow] {
        self.board.as_ref().map_or(&[], |board| &board.places)
    }

    /// Goes between the places and what waits.
    fn other_half(&mut self) {
        self.place = match self.place {
            None => self.places().first().map(|row| row.place.clone()),
            Some(_) => None,
        };
    }

    /// The rank of the place that Enter opens.
    fn marked_rank(&self) -> Option<usize> {
        let marked = self.place.as_ref()?;
        self.places().iter().position(|row| row.place == *marked)
    }

    /// The ranks of the places that are shown.
    fn page(&self, height: u16) -> Range<usize> {
        let Some(board) = &self.board else { return 0..0 };
        let (rank, most) =
            (self.marked_rank().unwrap_or(self.turned_to), places_max(board, height));
        page_of(rank, most.into(), board.places.len())
    }

    /// Puts what is new in the place of what waited for whoever looks, or of everything else.
    fn fill(&mut self, fresh: impl Iterator<Item = Waits>, mine: bool) {
        let kept = self.waits.rows().iter().filter(|row| row.is_mine() != mine).cloned();
        let kept: Vec<Waits> = kept.collect();
        let rows = if mine {
            fresh.chain(kept).collect()
        } else {
            kept.into_iter().chain(fresh).collect()
        };
        self.waits.fill(rows, Waits::same);
    }

    fn ask_for_me(&mut self, world: &mut World) {
        let person = world.person.as_ref().map(|person| person.person.clone());
        let place = world.place.clone();
        self.asking = person.map(|person| world.load(Query::ForMe { person, place }));
        self.asked = (world.time.hhmm.clone(), false);
    }

    fn take_mine(&mut self, mine: ForMe) {
        self.more_for_me = mine.more;
        self.fill(mine.rows.into_iter().map(|row| Waits::Mine(Box::new(row))), true);
    }

    /// Takes what waits for a decision out of the board, into the list.
    fn take(&mut self, mut board: Board, height: u16) {
        let deviations = std::mem::take(&mut board.deviations).into_iter();
        let deviations = deviations.map(|row| Waits::Deviation(Box::new(row)));
        let reviews =
            std::mem::take(&mut board.reviews).into_iter().map(|row| Waits::Review(Box::new(row)));
        let held = board
            .places
            .iter()
            .flat_map(|row| row.held.iter().map(|held| (row.place.clone(), held.clone())));
        let held: Vec<Waits> = held.map(|row| Waits::Operation(Box::new(row))).collect();
        self.waits.reshape(shape(figures_lines(&board, height)));
        let calls = std::mem::take(&mut board.help).into_iter();
        let calls = calls.map(|row| Waits::Call(Box::new(row)));
        let handovers = std::mem::take(&mut board.handovers).into_iter();
        let handovers = handovers.map(|row| Waits::Handover(Box::new(row)));
        let redlines = std::mem::take(&mut board.redlines).into_iter();
        let redlines = redlines.map(|row| Waits::Redline(Box::new(row)));
        self.suspect = board.suspect();
        let suspects = std::mem::take(&mut board.suspects).into_iter();
        let suspects = suspects.map(|row| Waits::Suspects(Box::new(row)));
        let waits = calls.chain(held).chain(deviations).chain(suspects).chain(reviews);
        self.fill(waits.chain(handovers).chain(redlines), false);
        self.turned_to = self.turned_to.min(board.places.len().saturating_sub(1));
        self.board = Some(board);
        if self.marked_rank().is_none() {
            self.place = None;
        }
    }
}

impl Layer for BoardScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.waits.marked().is_some() || self.place.is_some() {
            acts.push(Act::Open);
        }
        if !self.places().is_empty() {
            acts.push(if self.place.is_some() { Act::WhatWaits } else { Act::PlacesHere });
        }
        acts.extend([Act::Wall, Act::Stations]);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| !matches!(act, Act::Wall | Act::Stations));
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn person_changed(&mut self) {
        self.take_mine(ForMe::default());
    }

    fn shown(&mut self, world: &mut World) {
        self.ask_for_me(world);
        self.loading = Some(world.load(Query::Board));
    }

    fn news(&mut self, world: &mut World) {
        self.asked.1 = true;
        self.time_passed(world);
        self.loading = Some(world.load(Query::Board));
    }

    // Every act is asked what it would take: once a minute is soon enough.
    fn time_passed(&mut self, world: &mut World) {
        if self.asked.1 && self.asked.0 != world.time.hhmm {
            self.ask_for_me(world);
        }
    }

    fn resized(&mut self, world: &mut World) {
        if let Some(board) = &self.board {
            self.waits.reshape(shape(figures_lines(board, world.size.1)));
        }
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open {
            return self.open();
        }
        if act == Act::Wall {
            return Turn::Open(Box::new(WallScreen::default()));
        }
        if matches!(act, Act::PlacesHere | Act::WhatWaits) {
            self.other_half();
            return Turn::Stay;
        }
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(rank) = self.marked_rank()
            && key.digit().is_none()
        {
            let page = self.page(world.size.1);
            let to = moved(key, (rank, self.places().len()), &page).unwrap_or(rank);
            self.place = self.places().get(to).map(|row| row.place.clone());
            self.turned_to = to;
            return Turn::Stay;
        }
        self.place = None;
        if self.waits.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.asking == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match world.answer(reply) {
            Some(Answer::Board(board)) => {
                self.loading = None;
                self.take(*board, world.size.1);
            }
            Some(Answer::ForMe(mine)) => {
                self.asking = None;
                self.take_mine(mine);
            }
            Some(_) | None => {}
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(board) = &self.board else { return };
        let (text, role) = figures::complete_to(&board.time, &board.places, world);
        canvas.put_in((1, 1), canvas.width().saturating_sub(2), &text, role);
        let page = self.page(canvas.height());
        let mut y = figures::view(board, (page.clone(), FIRST_PLACE - 1), world, canvas) - 1;
        y += u16::from(view_pieces(board, y + 1, canvas));
        y += u16::from(view_ships(board, y + 1, canvas));
        if !board.causes.is_empty() {
            place::view_causes(&board.causes, y + 1, canvas);
            y += 1;
        }
        let mut lines = Vec::new();
        if board.held_nowhere > 0 {
            lines.push(say!("{count} more on hold, at no place", count = board.held_nowhere));
        }
        if let Some(words) = board.deviation_counts.words() {
            lines.push(format!("{}: {}", say!("Deviations open"), tell(&words)));
        }
        if let Some((unit, what)) = board.accepted.first() {
            let more = board.accepted.len() - 1;
            let more = if more > 0 { say!(" and {more} more", more) } else { String::new() };
            lines.push(format!("{unit} {}{more}", told::accepted(what)));
        }
        let cells = canvas.width().saturating_sub(4);
        canvas.put_in((3, y + 1), cells, &lines.join("; "), Role::Warn);
        self.view_waits(board, (y + 2, world), canvas);
        if let Some(rank) = self.marked_rank() {
            // The marker of what waits is not the one that Enter takes now.
            for row in y + 2..canvas.body_end() {
                canvas.put((1, row), " ", Role::Plain);
            }
            mark_line(FIRST_PLACE + u16::try_from(rank - page.start).unwrap_or(0), canvas);
        }
    }
}

pub(super) fn age(at: Timestamp, world: &World) -> String {
    let seconds = world.time.moment.utc.duration_since(at).as_secs();
    if seconds < 60 { say!("now").to_owned() } else { say!("{span} ago", span = span(seconds)) }
}

/// What was counted of lots, by place and operation; tells whether there is any.
fn view_pieces(board: &Board, y: u16, canvas: &mut Canvas<'_>) -> bool {
    let counted = |row: &PiecesRow| {
        let place = row.place.as_ref().map_or("-", |place| place.as_str());
        let pieces = Pieces { good: row.good, scrap: row.scrap, rework: row.rework };
        say!(
            "{place} op {operation}: {pieces}",
            place,
            operation = row.operation,
            pieces = told::pieces(pieces)
        )
    };
    let counted: Vec<String> = board.pieces.iter().map(counted).collect();
    if counted.is_empty() {
        return false;
    }
    let cells = canvas.width().saturating_sub(4);
    canvas.put_in(
        (3, y),
        cells,
        &say!("pieces  {counted}", counted = counted.join("; ")),
        Role::Plain,
    );
    true
}

/// How units stand that go out; tells whether there is any.
fn view_ships(board: &Board, y: u16, canvas: &mut Canvas<'_>) -> bool {
    let Some((words, held)) = board.ships.words() else { return false };
    let x = canvas.put((3, y), &tell(&words), Role::Plain);
    if let Some(held) = held {
        let x = canvas.mark((x + 2, y), Mark::Hold, Role::Fail);
        canvas.put((x + 1, y), &tell(&held), Role::Fail);
    }
    true
}

impl BoardScreen {
    /// How much waits, and how much of it for whoever looks.
    fn title(&self) -> String {
        let things = |many| count(many, "thing", "things");
        let mine = self.waits.rows().iter().filter(|row| row.is_signed_here()).count();
        match (mine, self.waits.count() - mine) {
            (0, 0) => say!("Nothing waits").to_owned(),
            (0, others) => say!("Waits for somebody: {things}", things = things(others)),
            (mine, 0) if !self.more_for_me => {
                say!("Waits for you: {things}", things = things(mine))
            }
            (mine, others) => {
                let more = if self.more_for_me { say!(" and more") } else { "" };
                say!("Waits: {mine}{more} for you, {others} for others", mine, more, others)
            }
        }
    }

    fn view_waits(&self, board: &Board, (y, world): (u16, &World), canvas: &mut Canvas<'_>) {
        let title = self.title();
        let title = match self.suspect {
            0 => title,
            suspect => say!("{title}, {suspect} suspect", title, suspect),
        };
        let x = canvas.put((3, y), &title, Role::Title);
        let (end, texts) = (canvas.width().saturating_sub(1), readings(&board.total));
        let room = end.saturating_sub(x + 2);
        if let Some(text) = texts.iter().find(|text| canvas.cells(text) <= room) {
            canvas.put_right(end, y, text, Role::Muted);
        }
        self.waits.view(canvas, |shown, canvas| shown.row.view(shown.y, world, canvas));
    }
}

/// What was measured, with what of it is not good, and without that where there is little room.
fn readings(total: &Figures) -> Vec<String> {
    let Figures { readings, failing, marginal, corrected, .. } = *total;
    if readings == 0 {
        return Vec::new();
    }
    let parts = [(failing, "failing"), (marginal, "marginal"), (corrected, "corrected")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {}", say!(what))).collect();
    let said = |parts: &str| say!("{readings} readings{parts}", readings, parts);
    if parts.is_empty() {
        return vec![said("")];
    }
    vec![said(&format!(": {}", parts.join(", "))), said("")]
}
