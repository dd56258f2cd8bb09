//! Reads an instruction, a step a page.

use std::sync::Arc;

use crate::domain::hash::Hash;
use crate::domain::instruction::{Ask, Instruction};
use crate::domain::traveler::step::ask_name;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, lines};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::traveler::TravelerView;

const PURPOSE: &str = "Reads an instruction step by step. Down and up turn to the next and the \
    last step. Nothing is recorded here.";

/// The reader.
#[derive(Debug)]
pub struct ReaderScreen {
    hash: Option<Hash>,
    instruction: Option<Arc<Instruction>>,
    step: usize,
    page: usize,
    missing: bool,
    loading: Option<Ticket>,
}

impl ReaderScreen {
    /// The instruction of a unit, at the step that is next.
    pub fn of_traveler(view: &TravelerView) -> Option<Self> {
        let started = view.state.started.as_ref()?;
        let current = view.state.current(&view.instructions);
        let hash = match current {
            Some(current) => current.operation.hash,
            None => started.operations.last()?.hash,
        };
        let instruction = view.instructions.get(&hash)?.clone();
        let step = current.and_then(|c| instruction.rank(&c.step.id)).unwrap_or(0);
        Some(Self { step, instruction: Some(instruction), ..Self::of_blob(None) })
    }

    /// A compiled instruction by its blob.
    pub fn of_blob(hash: Option<Hash>) -> Self {
        Self { hash, instruction: None, step: 0, page: 0, missing: false, loading: None }
    }

    fn turn_to(&mut self, step: usize) {
        let last = self.instruction.as_ref().map_or(0, |i| i.steps.len().saturating_sub(1));
        self.step = step.min(last);
        self.page = 0;
    }
}

impl Layer for ReaderScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Turn]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Turn, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        if self.instruction.is_none()
            && let Some(hash) = self.hash
        {
            self.loading = Some(world.load(Query::Instruction { hash }));
        }
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Turn {
            return Turn::Back;
        }
        let rows = usize::from(world.size.1.saturating_sub(8)).max(1);
        let text = self.text(usize::from(world.size.0.saturating_sub(4)), world.ascii).len();
        if (self.page + 1) * rows < text {
            self.page += 1;
        } else {
            self.turn_to(self.step + 1);
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        match key {
            Key::Down | Key::Right | Key::Enter => self.turn_to(self.step + 1),
            Key::PageUp if self.page > 0 => self.page -= 1,
            Key::PageUp | Key::Up | Key::Left => self.turn_to(self.step.saturating_sub(1)),
            Key::Char(' ') => return self.act(Act::Turn, world),
            Key::Char(_)
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Backspace
            | Key::Delete
            | Key::Home
            | Key::End
            | Key::PageDown
            | Key::F(_)
            | Key::Menu
            | Key::Redraw
            | Key::Interrupt => {}
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Instruction(instruction)) = world.answer(reply) {
            self.missing = instruction.is_none();
            self.instruction = instruction;
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(instruction) = &self.instruction else {
            canvas.put((1, 1), "Instruction", Role::Title);
            if self.missing {
                canvas.put(
                    (2, 4),
                    "This instruction is not at this station yet. Sync: F9.",
                    Role::Warn,
                );
            }
            return;
        };
        let right = format!("step {} of {}", self.step + 1, instruction.steps.len());
        let width = canvas.width().saturating_sub(1);
        let room = width.saturating_sub(canvas.cells(&right) + 2);
        let head =
            format!("{} rev {}  {}", instruction.id, instruction.revision, instruction.title);
        canvas.put_in((1, 1), room, &head, Role::Title);
        canvas.put_right(width, 1, &right, Role::Plain);
        if let Some(step) = instruction.steps.get(self.step) {
            canvas.put((2, 4), &step.title, Role::Title);
        }
        let cells = canvas.width().saturating_sub(4);
        let rows = usize::from(canvas.height().saturating_sub(8)).max(1);
        let text = self.text(cells.into(), canvas.ascii);
        for (y, line) in (5..).zip(text.iter().skip(self.page * rows).take(rows)) {
            line.view(canvas, (2, y), cells);
        }
    }
}

impl ReaderScreen {
    /// The text of the step and what it asks.
    fn text(&self, cells: usize, ascii: bool) -> Vec<Line> {
        let step = self.instruction.as_ref().and_then(|i| i.steps.get(self.step));
        let Some(step) = step else { return Vec::new() };
        let mut text = lines(&step.text, cells, ascii);
        if !step.asks.is_empty() {
            text.push(Line::default());
            text.push(Line::of("Asks", Role::Title));
        }
        for ask in &step.asks {
            let more = if let Ask::Measure(measure) = ask {
                format!("   {}   {} times", measure.requirement, measure.count)
            } else {
                String::new()
            };
            let mark = Mark::Open.glyph(ascii);
            text.push(Line::of(format!("{mark} {}{more}", ask_name(ask)), Role::Plain));
        }
        text
    }
}
