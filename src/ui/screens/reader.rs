//! Reads an instruction, a step a page.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::hash::Hash;
use crate::domain::ids::StepId;
use crate::domain::instruction::{Ask, Instruction, StandardStep, Step};
use crate::domain::language::Language;
use crate::domain::translation::{LanguageCode, read_by};
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::state::{Recorded, RecordedWhat};
use crate::domain::traveler::step::ask_name;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, lines, wrapped};
use crate::ui::parts::words::verdict_mark;
use crate::ui::speech::say;
use crate::ui::symbols::{Mark, drawn};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::traveler::TravelerView;

use super::told;

const PURPOSE: &str = "Reads an instruction step by step. Down and up turn to the next and the \
    last step, Tab to another language in which it was released. Nothing is recorded here.";

/// What is read.
#[derive(Debug)]
enum Text {
    /// An instruction.
    Instruction(Arc<Instruction>),
    /// A standard step, which is one step, as released and as it is read in a language.
    Standard { released: Box<StandardStep>, read: Box<StandardStep>, language: LanguageCode },
}

impl Text {
    fn steps(&self) -> &[Step] {
        match self {
            Self::Instruction(instruction) => &instruction.steps,
            Self::Standard { read, .. } => std::slice::from_ref(&read.step),
        }
    }

    fn head(&self) -> String {
        let (id, revision, title) = match self {
            Self::Instruction(i) => (&i.id, &i.revision, &i.title),
            Self::Standard { read, .. } => (&read.id, &read.revision, &read.title),
        };
        say!("{id} rev {revision}  {title}", id, revision, title)
    }

    /// Title and operation in full, where they were released in several languages: whoever approves
    /// them reads every word here.
    fn opening(&self, cells: usize) -> Vec<Line> {
        if self.languages().len() < 2 {
            return Vec::new();
        }
        let (title, operation) = match self {
            Self::Instruction(i) => (&i.title, Some((i.operation, &i.operation_name))),
            Self::Standard { read, .. } => (&read.title, None),
        };
        let mut lines = wrapped(title, cells, Role::Plain);
        if let Some((operation, name)) = operation {
            let line = format!("{}  {name}", say!("op {operation}", operation));
            lines.extend(wrapped(&line, cells, Role::Plain));
        }
        lines.push(Line::default());
        lines
    }

    /// A standard step, in a language where it was released in it.
    fn standard(released: Box<StandardStep>, language: LanguageCode) -> Self {
        let found = released.read_in(language);
        let language = if found.is_some() { language } else { LanguageCode::ENGLISH };
        let read = Box::new(found.unwrap_or_else(|| (*released).clone()));
        Self::Standard { released, read, language }
    }

    /// In which language it is read.
    fn language(&self) -> LanguageCode {
        match self {
            Self::Instruction(instruction) => instruction.language_read(),
            Self::Standard { language, .. } => *language,
        }
    }

    /// The languages in which it was released.
    fn languages(&self) -> Vec<LanguageCode> {
        match self {
            Self::Instruction(instruction) => instruction.languages().collect(),
            Self::Standard { released, .. } => {
                let others = released.translations.iter().map(|said| said.language);
                std::iter::once(LanguageCode::ENGLISH).chain(others).collect()
            }
        }
    }

    /// The same in another language.
    fn read_in(self, language: LanguageCode) -> Self {
        match self {
            Self::Instruction(instruction) => Self::Instruction(read_by(&instruction, language)),
            Self::Standard { released, .. } => Self::standard(released, language),
        }
    }

    /// In which language it is read, where there is another one or it is not the person's.
    fn note(&self, spoken: LanguageCode) -> Option<(String, Role)> {
        let (code, mut others) = (self.language(), self.languages());
        others.retain(|other| *other != code);
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        if !others.is_empty() {
            let others = others.join(", ");
            let text = say!("read in {code}, also released in {others}", code, others);
            return Some((text, Role::Muted));
        }
        let text = || say!("read in {code}: it was not released in your language", code);
        (code != spoken).then(|| (text(), Role::Warn))
    }
}

/// The reader.
#[derive(Debug)]
pub struct ReaderScreen {
    asked: Option<Query>,
    text: Option<Text>,
    /// What stands recorded on the unit that is worked on, by step.
    recorded: BTreeMap<StepId, Vec<Recorded>>,
    step: usize,
    page: usize,
    missing: bool,
    loading: Option<Ticket>,
    /// The language of the screens when it was shown last.
    spoken: Option<Language>,
}

impl ReaderScreen {
    /// The instruction of a unit, at a step of it; where none is open, that of the last operation.
    pub fn of_traveler(view: &TravelerView, at: Option<&StepAt>) -> Option<Self> {
        let started = view.state.started.as_ref()?;
        let operation = match at {
            Some(at) => view.state.operation(at.operation)?,
            None => started.operations.last()?,
        };
        let instruction = view.instructions.get(&operation.hash)?.clone();
        let step = at.and_then(|at| instruction.rank(&at.step)).unwrap_or(0);
        let entries = |step: &Step| {
            let attempt = view.state.standing_attempt(operation.operation, &step.id)?;
            Some((step.id.clone(), attempt.entries.clone()))
        };
        let recorded = instruction.steps.iter().filter_map(entries).collect();
        let text = Some(Text::Instruction(instruction));
        Some(Self { text, recorded, step, ..Self::asking(None) })
    }

    /// A compiled instruction by its blob.
    pub fn of_blob(hash: Hash) -> Self {
        Self::asking(Some(Query::Instruction { hash }))
    }

    /// A compiled standard step by its blob.
    pub fn of_standard_step(hash: Hash) -> Self {
        Self::asking(Some(Query::StandardStep { hash }))
    }

    fn asking(asked: Option<Query>) -> Self {
        Self {
            asked,
            text: None,
            recorded: BTreeMap::new(),
            step: 0,
            page: 0,
            missing: false,
            loading: None,
            spoken: None,
        }
    }

    /// Turns to the next language in which it was released.
    fn turn_language(&mut self) {
        let Some(text) = self.text.take() else { return };
        let (now, all) = (text.language(), text.languages());
        let at = all.iter().position(|language| *language == now).map_or(0, |at| at + 1);
        let next = all.get(at % all.len().max(1)).copied().unwrap_or(now);
        self.text = Some(text.read_in(next));
        self.page = 0;
    }

    fn turn_to(&mut self, step: usize) {
        let last = self.text.as_ref().map_or(0, |text| text.steps().len().saturating_sub(1));
        self.step = step.min(last);
        self.page = 0;
    }
}

impl Layer for ReaderScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let several = self.text.as_ref().is_some_and(|text| text.languages().len() > 1);
        std::iter::once(Act::Turn).chain(several.then_some(Act::ReadIn)).collect()
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let own = self.acts(world).into_iter();
        own.chain([Act::Menu, Act::Help, Act::Back]).collect()
    }

    fn shown(&mut self, world: &mut World) {
        if let (None, Some(query)) = (&self.text, &self.asked) {
            self.loading = Some(world.load(query.clone()));
        }
        // Whoever chose another language meanwhile reads in that one.
        let before = self.spoken.replace(world.language);
        if before.is_some_and(|before| before != world.language) {
            self.text = self.text.take().map(|text| text.read_in(world.language.into()));
        }
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::ReadIn {
            self.turn_language();
            return Turn::Stay;
        }
        if act != Act::Turn {
            return Turn::Back;
        }
        let rows = usize::from(world.size.1.saturating_sub(8)).max(1);
        let text = self.lines(usize::from(world.size.0.saturating_sub(4)), world.ascii).len();
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
            | Key::Ring
            | Key::Wipe
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
        match world.answer(reply) {
            Some(Answer::Instruction(found)) => self.text = found.map(Text::Instruction),
            Some(Answer::StandardStep(found)) => {
                let language = world.language.into();
                self.text = found.map(|released| Text::standard(released, language));
            }
            Some(_) | None => return Turn::Stay,
        }
        self.missing = self.text.is_none();
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(text) = &self.text else {
            canvas.put((1, 1), say!("Instruction"), Role::Title);
            if self.missing {
                let words = say!("This instruction is not at this station yet. Sync: F9.");
                canvas.put((2, 4), words, Role::Warn);
            }
            return;
        };
        let (step, steps) = (self.step + 1, text.steps().len());
        let right = say!("step {step} of {steps}", step, steps);
        let width = canvas.width().saturating_sub(1);
        let room = width.saturating_sub(canvas.cells(&right) + 2);
        canvas.put_in((1, 1), room, &text.head(), Role::Title);
        canvas.put_right(width, 1, &right, Role::Plain);
        if let Some((note, role)) = text.note(world.language.into()) {
            canvas.put_right(width, 3, &note, role);
        }
        if let Some(step) = text.steps().get(self.step) {
            canvas.put((2, 4), &step.title, Role::Title);
        }
        let cells = canvas.width().saturating_sub(4);
        let rows = usize::from(canvas.height().saturating_sub(8)).max(1);
        let text = self.lines(cells.into(), canvas.ascii);
        for (y, line) in (5..).zip(text.iter().skip(self.page * rows).take(rows)) {
            line.view(canvas, (2, y), cells);
        }
    }
}

impl ReaderScreen {
    /// The text of the step and what it asks.
    fn lines(&self, cells: usize, ascii: bool) -> Vec<Line> {
        let step = self.text.as_ref().and_then(|text| text.steps().get(self.step));
        let Some(step) = step else { return Vec::new() };
        let opening = self.text.as_ref().filter(|_| self.step == 0);
        let mut text = opening.map_or(Vec::new(), |opening| opening.opening(cells));
        if drawn(&step.title, ascii) > cells {
            text.extend(wrapped(&step.title, cells, Role::Title));
        }
        text.extend(lines(&step.text, cells, ascii));
        let counted = step.rules.quantity.as_ref();
        if !step.asks.is_empty() || counted.is_some() {
            text.push(Line::default());
            text.push(Line::of(say!("Asks"), Role::Title));
        }
        for (number, ask) in (1_u16..).zip(&step.asks) {
            let more = if let Ask::Measure(measure) = ask {
                let times = say!("{times} times", times = measure.count);
                format!("   {}   {times}", measure.requirement)
            } else {
                String::new()
            };
            let mark = Mark::Open.glyph(ascii);
            text.extend(whole(format!("{mark} {}{more}", ask_name(ask)), cells, ascii));
            if let Some(values) = self.recorded_at((&step.id, number), ascii) {
                let mut lines = wrapped(&values, cells.saturating_sub(2), Role::Accent);
                for line in &mut lines {
                    line.0.insert(0, ("  ".to_owned(), Role::Plain));
                }
                text.extend(lines);
            }
        }
        if let Some(counted) = counted {
            let (mark, label) = (Mark::Open.glyph(ascii), &counted.label);
            let line = format!("{mark} {label}   {}", say!("count of pieces"));
            text.extend(whole(line, cells, ascii));
        }
        text
    }

    /// What stands recorded at an ask, with the verdict of each value.
    fn recorded_at(&self, (step, number): (&StepId, u16), ascii: bool) -> Option<String> {
        let entries = self.recorded.get(step)?.iter().filter(|entry| entry.ask == number);
        let value = |entry: &Recorded| {
            let verdict = match &entry.what {
                RecordedWhat::Reading(reading) => reading.verdict(),
                RecordedWhat::Answer(_)
                | RecordedWhat::Text(_)
                | RecordedWhat::Component { .. }
                | RecordedWhat::WaitBegan
                | RecordedWhat::Signature(_) => None,
            };
            let value = told::recorded(entry);
            match verdict {
                Some(verdict) => format!("{value} {}", verdict_mark(verdict).0.glyph(ascii)),
                None => value,
            }
        };
        let values: Vec<String> = entries.map(value).collect();
        let values = values.join(", ");
        (!values.is_empty()).then(|| say!("recorded: {values}", values))
    }
}

/// A line, or as many as it needs.
fn whole(line: String, cells: usize, ascii: bool) -> Vec<Line> {
    if drawn(&line, ascii) > cells {
        return wrapped(&line, cells, Role::Plain);
    }
    vec![Line::of(line, Role::Plain)]
}
