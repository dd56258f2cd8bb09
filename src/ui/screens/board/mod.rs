//! The shift board: what was made, what stands still, what waits for a decision. `figures` draws what
//! was made, `place` and `order` say where the figures of a place come from, `wall` is for many to read.
//! Invariant: no figure stands without up to when it is complete.

mod figures;
mod order;
pub mod place;
pub mod wall;

use jiff::Timestamp;

use crate::domain::ids::PlaceId;
use crate::domain::traveler::lot::Pieces;
use crate::domain::understood::{HELD, understood};
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, mark_line, moved, two_lines};
use crate::ui::parts::words::{count, span};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, BoardRow, Figures, PiecesRow, ReviewRow};
use crate::views::deviation::DeviationView;
use crate::views::handover::HandoverView;
use crate::views::help::HelpRow;
use crate::views::query::{Answer, Query};
use crate::views::redline::RedlineRow;
use crate::views::register::HeldOperation;
use crate::views::suspect::SuspectRange;

use super::calls::{self, OneCallScreen};
use super::deviation::DeviationScreen;
use super::deviations;
use super::handover::{self, HandoverScreen};
use super::line::{LineFor, LineScreen};
use super::redlines::{self, RedlineScreen};
use super::review::{self, ReviewScreen};
use super::suspect::{self, SuspectScreen};
use super::told;
use place::PlaceScreen;
use wall::WallScreen;

const PURPOSE: &str = "What was made in the shift by place and hour, and what waits for somebody. Figures are complete \
    up to the time that stands beside them; a silent place makes them incomplete.";
/// What waits for a decision.
#[derive(Debug)]
enum Waits {
    Call(Box<HelpRow>),
    Operation(Box<(PlaceId, HeldOperation)>),
    Deviation(Box<DeviationView>),
    Review(Box<ReviewRow>),
    Handover(Box<HandoverView>),
    Redline(Box<RedlineRow>),
    Suspects(Box<SuspectRange>),
}

impl Waits {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Deviation(one), Self::Deviation(other)) => one.id == other.id,
            (Self::Review(one), Self::Review(other)) => one.fact == other.fact,
            (Self::Operation(one), Self::Operation(other)) => one.1.hold == other.1.hold,
            (Self::Call(one), Self::Call(other)) => one.call == other.call,
            (Self::Handover(one), Self::Handover(other)) => one.handover == other.handover,
            (Self::Redline(one), Self::Redline(other)) => one.redline == other.redline,
            (Self::Suspects(one), Self::Suspects(other)) => one.failed == other.failed,
            (
                Self::Call(_)
                | Self::Operation(_)
                | Self::Deviation(_)
                | Self::Review(_)
                | Self::Handover(_)
                | Self::Redline(_)
                | Self::Suspects(_),
                _,
            ) => false,
        }
    }

    fn open(&self) -> Box<dyn Layer> {
        match self {
            Self::Deviation(row) => Box::new(DeviationScreen::raised(row.id.clone())),
            Self::Review(row) => Box::new(ReviewScreen::new((**row).clone())),
            Self::Operation(row) => {
                let held = Box::new(row.1.held.clone());
                Box::new(LineScreen::new(LineFor::ReleaseOperation(row.0.clone(), held)))
            }
            Self::Call(row) => Box::new(OneCallScreen::new((**row).clone())),
            Self::Handover(row) => Box::new(HandoverScreen::new((**row).clone())),
            Self::Redline(row) => Box::new(RedlineScreen::new((**row).clone())),
            Self::Suspects(row) => Box::new(SuspectScreen::new((**row).clone())),
        }
    }
}

/// The shift board.
#[derive(Debug)]
pub struct BoardScreen {
    board: Option<Board>,
    waits: List<Waits>,
    /// The place that Enter opens, while the places have the focus.
    place: Option<PlaceId>,
    /// How many units are held because they are suspect.
    suspect: usize,
    loading: Option<Ticket>,
}

impl Default for BoardScreen {
    fn default() -> Self {
        Self { board: None, waits: List::new(shape(0)), place: None, suspect: 0, loading: None }
    }
}

/// The line of the first place.
const FIRST_PLACE: u16 = 4;

/// What waits stands below so many lines of figures.
const fn shape(figures: u16) -> Shape<Waits> {
    Shape::numbered(two_lines, "").from_line(7 + figures)
}

/// How many lines the figures take: a row a place, and what was counted of lots.
fn figures_lines(board: &Board) -> u16 {
    let places = u16::try_from(board.places.len()).unwrap_or(u16::MAX);
    let more = [!board.pieces.is_empty(), board.ships.words().is_some(), !board.causes.is_empty()];
    let more: u16 = more.into_iter().map(u16::from).sum();
    places.saturating_add(more)
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

    /// Takes what waits for a decision out of the board, into the list.
    fn take(&mut self, mut board: Board) {
        let deviations = std::mem::take(&mut board.deviations).into_iter();
        let deviations = deviations.map(|row| Waits::Deviation(Box::new(row)));
        let reviews =
            std::mem::take(&mut board.reviews).into_iter().map(|row| Waits::Review(Box::new(row)));
        let held = board
            .places
            .iter()
            .flat_map(|row| row.held.iter().map(|held| (row.place.clone(), held.clone())));
        let held: Vec<Waits> = held.map(|row| Waits::Operation(Box::new(row))).collect();
        self.waits.reshape(shape(figures_lines(&board)));
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
        let waits = waits.chain(handovers).chain(redlines);
        self.waits.fill(waits.collect(), Waits::same);
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
        acts.push(Act::Wall);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act != Act::Wall);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Board));
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
            let places = self.places().len();
            let to = moved(key, (rank, places), &(0..places)).unwrap_or(rank);
            self.place = self.places().get(to).map(|row| row.place.clone());
            return Turn::Stay;
        }
        self.place = None;
        if self.waits.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Board(board)) = world.answer(reply) {
            self.take(*board);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(board) = &self.board else { return };
        let (text, role) = figures::complete_to(&board.time, &board.places, world);
        canvas.put_in((1, 1), canvas.width().saturating_sub(2), &text, role);
        let mut y = figures::view(board, 3, world, canvas) - 1;
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
            lines.push(format!("{}: {}", world.called(say!("Deviations open")), tell(&words)));
        }
        if let Some((unit, what)) = board.accepted.first() {
            let more = board.accepted.len() - 1;
            let more = if more > 0 { say!(" and {more} more", more) } else { String::new() };
            lines.push(format!("{unit} {}{more}", told::accepted(what)));
        }
        let cells = canvas.width().saturating_sub(4);
        canvas.put_in((3, y + 1), cells, &lines.join("; "), Role::Warn);
        self.view_waits(board, (y + 2, world), canvas);
    }
}

/// Draws an operation that is held, in two lines.
fn view_held(
    (place, row): &(PlaceId, HeldOperation),
    y: u16,
    world: &World,
    canvas: &mut Canvas<'_>,
) {
    let x = canvas.mark((6, y), Mark::Hold, Role::Hold);
    let instruction = &row.held.measured.instruction;
    canvas.put_in(
        (x + 1, y),
        30,
        &say!("{instruction} at {place}", instruction, place),
        Role::Title,
    );
    canvas.put_in((40, y), 11, &age(row.since, world), Role::Plain);
    canvas.put((52, y), say!("held: not begun here"), Role::Hold);
    canvas.put((8, y + 1), &tell(&understood(&row.held.words(), HELD)), Role::Plain);
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
    fn view_waits(&self, board: &Board, (y, world): (u16, &World), canvas: &mut Canvas<'_>) {
        let title = match self.waits.count() {
            0 => say!("Nothing waits").to_owned(),
            waits => {
                say!("Waits for somebody: {things}", things = count(waits, "thing", "things"))
            }
        };
        let title = match self.suspect {
            0 => title,
            suspect => say!("{title}, {suspect} suspect", title, suspect),
        };
        canvas.put((3, y), &title, Role::Title);
        let Figures { readings, failing, marginal, corrected, .. } = board.total;
        if readings > 0 {
            let parts = [(failing, "failing"), (marginal, "marginal"), (corrected, "corrected")];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let parts: Vec<String> =
                parts.map(|(count, what)| format!("{count} {}", say!(what))).collect();
            let parts =
                if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
            let text = say!("{readings} readings{parts}", readings, parts);
            canvas.put_right(canvas.width().saturating_sub(1), y, &text, Role::Muted);
        }
        self.waits.view(canvas, |shown, canvas| match shown.row {
            Waits::Operation(row) => view_held(row, shown.y, world, canvas),
            Waits::Deviation(row) => deviations::view_row(row, shown.y, world, canvas),
            Waits::Review(row) => review::view_row(row, shown.y, world, canvas),
            Waits::Call(row) => calls::view_row(row, shown.y, world, canvas),
            Waits::Handover(row) => handover::view_row(row, shown.y, world, canvas),
            Waits::Redline(row) => redlines::view_row(row, shown.y, world, canvas),
            Waits::Suspects(row) => suspect::view_range(row, shown.y, canvas),
        });
        if let Some(rank) = self.marked_rank() {
            // The marker of what waits is not the one that Enter takes now.
            for row in y..canvas.body_end() {
                canvas.put((1, row), " ", Role::Plain);
            }
            mark_line(FIRST_PLACE + u16::try_from(rank).unwrap_or(0), canvas);
        }
    }
}
