//! The board for a wall: the few figures that a whole shop reads from far away, and nothing of persons.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::big;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::frame;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, Figures};
use crate::views::query::{Answer, Query};

use super::figures;

const PURPOSE: &str = "What was made, what stands still and what waits, to be read from far away. \
    It follows what happens; Esc goes back.";
/// Where the figures begin, right of their names.
const FIGURES: u16 = 16;

/// The board for a wall.
#[derive(Debug, Default)]
pub struct WallScreen {
    board: Option<Board>,
    /// The minute for which it was asked last.
    asked: String,
    loading: Option<Ticket>,
}

/// A figure with its name, and what is said below the name.
struct Big {
    name: &'static str,
    figure: String,
    below: String,
    role: Role,
}

impl WallScreen {
    fn load(&mut self, world: &mut World) {
        if self.loading.is_none() {
            self.asked.clone_from(&world.time.hhmm);
            self.loading = Some(world.load(Query::Board));
        }
    }
}

impl Layer for WallScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn whole(&self) -> bool {
        true
    }

    fn is_for_all(&self) -> bool {
        true
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Back]
    }

    // Who signed in, and what they did last, is for nobody who walks by.
    fn shown(&mut self, world: &mut World) {
        world.said = None;
        self.load(world);
    }

    fn news(&mut self, world: &mut World) {
        self.load(world);
    }

    // A place falls silent without any news.
    fn time_passed(&mut self, world: &mut World) {
        if self.asked != world.time.hhmm {
            self.load(world);
        }
    }

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    // Whoever presses a key wants to work.
    fn key(&mut self, _key: Key, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Board(board)) = world.answer(reply) {
            self.board = Some(*board);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.cursor = Some((0, 0));
        let Some(board) = &self.board else { return };
        let (text, role) = figures::complete_to(&board.time, &board.places, world);
        let width = canvas.width();
        let cells = width.saturating_sub(9);
        let first = wrapped(&text, cells.into(), role).into_iter().next().unwrap_or_default();
        first.view(canvas, (1, 0), cells);
        let shown: usize = first.0.iter().map(|(text, _)| text.len()).sum();
        let rest = text.get(shown..).unwrap_or_default().trim_start();
        canvas.put_in((1, 1), width.saturating_sub(2), rest, role);
        let top = if rest.is_empty() { 1 } else { 2 };
        canvas.put_right(width.saturating_sub(1), 0, &world.time.hhmm, Role::Plain);
        let all = figures_of(board);
        let longest = all.iter().map(|big| big.figure.chars().count()).max().unwrap_or(1);
        let scale = scale(canvas, (all.len(), longest), top);
        let mut y = top;
        for big in &all {
            let Some(scale) = scale else {
                let text = format!("{} {} {}", say!(big.name), big.figure, big.below);
                canvas.put_in((1, y + 1), width.saturating_sub(2), &text, big.role);
                y += 1;
                continue;
            };
            canvas.put_in((1, y + 1), FIGURES - 2, say!(big.name), Role::Title);
            canvas.put_in((1, y + 2), FIGURES - 2, &big.below, Role::Muted);
            big::put(canvas, (FIGURES, y), &big.figure, (scale, big.role));
            y += big::rows(scale) + 1;
        }
        // Who reads line by line is told both besides.
        if canvas.is_in_lines() {
            return;
        }
        let said = world.said.as_ref().map(|said| (said.text.clone(), said.role));
        let called = frame::called(world, canvas).map(|text| (text, Role::Warn));
        if let Some((text, role)) = called.or(said) {
            let below = canvas.height().saturating_sub(2);
            canvas.put_in((1, below), width.saturating_sub(2), &text, role);
        }
    }
}

/// How many times as big as the smallest so many figures of so many characters can be; none where they do
/// not fit below their head at all, or are read line by line.
fn scale(canvas: &Canvas<'_>, (figures, longest): (usize, usize), top: u16) -> Option<u16> {
    if canvas.is_in_lines() {
        return None;
    }
    let small = |many: usize| u16::try_from(many).unwrap_or(u16::MAX).max(1);
    let rows = canvas.height().saturating_sub(top + 1) / small(figures);
    let columns = canvas.width().saturating_sub(FIGURES) / small(longest);
    (1..=8).rev().find(|scale| big::rows(*scale) < rows && big::columns(*scale) <= columns)
}

fn figures_of(board: &Board) -> [Big; 4] {
    let Figures { good, scrap, finished, first_pass, on_hold, .. } = board.total;
    let on_hold = on_hold + board.held_nowhere;
    let silent = if board.is_whole() { "" } else { "?" };
    let plan = board.plan();
    // Nothing is green while a figure may lack something.
    let role = match plan {
        Some(plan) if good < plan => Role::Warn,
        Some(_) if board.is_whole() => Role::Ok,
        Some(_) | None => Role::Plain,
    };
    let of_plan = plan.map(|plan| say!("of {plan} planned", plan));
    let share = (first_pass * 100).checked_div(finished);
    let waits = board.waits();
    [
        Big {
            name: "GOOD",
            figure: format!("{silent}{good}"),
            below: of_plan.unwrap_or_default(),
            role,
        },
        Big {
            name: "FIRST PASS",
            figure: share.map_or_else(|| "-".to_owned(), |share| format!("{silent}{share}%")),
            below: say!("scrap {silent}{scrap}", silent, scrap),
            role: Role::Plain,
        },
        Big {
            name: "ON HOLD",
            figure: format!("{silent}{on_hold}"),
            below: say!("units").to_owned(),
            role: if on_hold > 0 { Role::Hold } else { Role::Plain },
        },
        Big {
            name: "WAITS",
            figure: format!("{silent}{waits}"),
            below: waits_words(board),
            role: if waits > 0 { Role::Warn } else { Role::Plain },
        },
    ]
}

fn waits_words(board: &Board) -> String {
    match board.help.len() {
        0 => say!("for somebody").to_owned(),
        calls => say!("calls: {calls}", calls),
    }
}
