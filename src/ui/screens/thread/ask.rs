//! What is to be traced: typed or scanned; where it may mean several things, which of them.

use crate::domain::traced::Traced;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::thread::NamedRow;

const PURPOSE: &str = "Type or scan whatever a record names: a unit, an order, a lot, a serial, a gauge, \
    a person, a place, an instruction or specification with its revision, a characteristic, a \
    deviation, a permit.";
const EXAMPLES: &str = "such as 0007, L-22, TW-07, WI-1040 rev C, NCR-ASM1-0001, DP-ASM1-0001";
const TOP: u16 = 8;

/// The question.
#[derive(Debug)]
pub struct AskScreen {
    field: Field,
    /// What the text that was asked last may mean.
    meant: List<NamedRow>,
    asked: String,
    nearest: Option<Traced>,
    pending: Option<Ticket>,
}

impl AskScreen {
    /// Nothing asked yet; with a text that is there already.
    pub fn new(text: String) -> Self {
        let mut field = Field::new(TEXT_MAX);
        field.fill(&text);
        let meant = List::new(Shape::plain(one_line, "").from_line(TOP));
        Self { field, meant, asked: String::new(), nearest: None, pending: None }
    }

    fn ask(&mut self, world: &mut World) {
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            return world.say(say!("type or scan what is to be traced"), Role::Warn);
        }
        self.pending = Some(world.load(Query::Named { text: text.clone() }));
        self.asked = text;
    }

    /// Whether the rows are of what stands in the field.
    fn is_asked(&self) -> bool {
        self.field.text().trim() == self.asked && self.meant.count() > 0
    }

    fn open(&self) -> Turn {
        let traced = self.meant.marked().map(|row| row.traced.clone());
        traced.map_or(Turn::Stay, |traced| Turn::Open(super::page(traced)))
    }
}

impl Layer for AskScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        !self.field.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![if self.is_asked() { Act::Open } else { Act::Next }]
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        if self.asked.is_empty() && !self.field.is_empty() {
            self.ask(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Open {
            return self.open();
        }
        if act == Act::Next {
            self.ask(world);
            return Turn::Stay;
        }
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let moves = matches!(key, Key::Up | Key::Down | Key::PageUp | Key::PageDown);
        if moves {
            self.meant.key(key, world.size.1);
        } else {
            self.field.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.field.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.field.take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        if matches!(meaning, ScanMeaning::Badge | ScanMeaning::Card(_)) {
            return None;
        }
        self.field.fill(code);
        self.ask(world);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Some(Answer::Named(named)) = world.answer(reply) else { return Turn::Stay };
        self.nearest = named.nearest;
        self.meant.fill(named.found, |_, _| false);
        self.meant.mark(0);
        match self.meant.count() {
            0 => {
                let near = self.nearest.as_ref().map(|near| say!("; did you mean {near}?", near));
                let (asked, near) = (&self.asked, near.unwrap_or_default());
                world.warn(say!("nothing recorded here names {asked}{near}", asked, near));
                Turn::Stay
            }
            1 => self.open(),
            _ => Turn::Stay,
        }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Trace"), Role::Title);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        canvas.put((3, 3), say!("What is to be traced?"), Role::Title);
        self.field.view(canvas, (3, 5), cells, true);
        if self.meant.count() < 2 {
            canvas.put_in((3, 7), cells, say!(EXAMPLES), Role::Muted);
            return;
        }
        let said = say!("{asked} may mean:", asked = self.asked);
        canvas.put_in((3, 7), cells, &said, Role::Title);
        let cursor = canvas.cursor;
        self.meant.view(canvas, |shown, canvas| {
            canvas.put_name((3, shown.y), 32, &shown.row.traced.to_string(), Role::Plain);
            let what = tell(&shown.row.what);
            let cells = canvas.width().saturating_sub(38);
            canvas.put_start((37, shown.y), cells, &what, Role::Muted);
        });
        canvas.cursor = cursor;
    }
}
