//! Opening a lot that came in: which, by what instruction, and how many pieces it has now.

use crate::domain::ids::InstructionId;
use crate::ui::effect::Opening;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::Field;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::LotToOpen;
use crate::views::query::{Answer, Query};

use super::lot::LotScreen;

const PURPOSE: &str = "Lots that came in, and lots that are made here, that nobody opened yet. Type or scan a part of the \
    label to find one, then Enter.";
const NONE: &str = "Nothing that came in or was made waits to be opened.";
const FIRST: &str = "As a first article: every characteristic has a result on every piece.";
const USUAL: &str = "As any lot; F6 opens it as a first article.";
const FORM: &str = "How the lot is inspected is resolved when it is opened, and kept: how strictly, how \
    many pieces, and which of them.";
const SIZE_MAX: usize = 10;

/// What came in and can be opened.
#[derive(Debug)]
pub struct OpenLotsScreen {
    rows: List<LotToOpen>,
    loading: Option<Ticket>,
}

fn fits(lot: &LotToOpen, text: &str) -> bool {
    lot.name().to_string().to_lowercase().contains(text)
}

fn same(lot: &LotToOpen, before: &LotToOpen) -> bool {
    (&lot.part, &lot.lot) == (&before.part, &before.lot)
}

impl Default for OpenLotsScreen {
    fn default() -> Self {
        let shape = Shape::plain(one_line, NONE).from_line(5);
        Self { rows: List::new(shape).filtered(fits), loading: None }
    }
}

fn view_row(lot: &LotToOpen, y: u16, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    canvas.put_name((3, y), 44, &tell(&lot.name()), Role::Title);
    let pieces = match lot.size {
        Some(size) => say!("{size} pcs", size),
        None => say!("not counted").to_owned(),
    };
    canvas.put_in((48, y), 12, &pieces, Role::Plain);
    let by: Vec<&str> = lot.by.iter().map(|by| by.instruction.as_str()).collect();
    let again = if lot.again { say!("again, ") } else { "" };
    let by = format!("{again}{}", by.join(", "));
    canvas.put_in((61, y), end.saturating_sub(61), &by, Role::Muted);
}

impl Layer for OpenLotsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        !self.rows.filter_text().is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Choose] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::LotsToOpen));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        let lot = self.rows.marked().filter(|_| act == Act::Choose).cloned();
        lot.map_or(Turn::Back, |lot| Turn::Replace(Box::new(OpenLotScreen::new(lot))))
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.rows.key(key, world.size.1);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.rows.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.rows.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::LotsToOpen(rows)) = world.answer(reply) {
            self.rows.fill(rows, same);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Open a lot"), Role::Title);
        canvas.rule(2);
        let x = canvas.put((1, 3), say!("Find: "), Role::Plain);
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
        self.rows.view_filter(canvas, (x, 3), 40);
    }
}

/// One lot that is opened.
#[derive(Debug)]
struct OpenLotScreen {
    lot: LotToOpen,
    /// By what, once that is chosen.
    by: Option<InstructionId>,
    size: Field,
    first_article: bool,
    pending: Option<Ticket>,
}

impl OpenLotScreen {
    fn new(lot: LotToOpen) -> Self {
        let mut size = Field::new(SIZE_MAX);
        // What came again was sorted, and has to be counted anew.
        if let Some(noted) = lot.size.filter(|_| !lot.again || lot.unit.is_some()) {
            size.fill(&noted.to_string());
            size.refuse();
        }
        let by = match &lot.by[..] {
            [only] => Some(only.instruction.clone()),
            [] | [_, _, ..] => None,
        };
        Self { lot, by, size, first_article: false, pending: None }
    }

    fn save(&mut self, world: &mut World) {
        let (Some(instruction), Some(series)) = (self.by.clone(), self.lot.series()) else {
            return;
        };
        let Ok(size) = self.size.text().trim().parse::<u32>() else {
            self.size.refuse();
            world.warn(say!("not opened: type how many pieces the lot has"));
            return;
        };
        let lot = self.lot.lot.clone();
        let unit = self.lot.unit.clone();
        let (size, first_article) = (Some(size), self.first_article);
        let opening = Opening { series, lot, unit, instruction, size, first_article };
        self.pending = Some(world.open_lot(opening));
    }
}

impl Layer for OpenLotScreen {
    fn purpose(&self) -> &'static str {
        FORM
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.by.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.by.is_some() { vec![Act::Save, Act::FirstArticle] } else { Vec::new() }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::FirstArticle {
            self.first_article = !self.first_article;
            return Turn::Stay;
        }
        if act != Act::Save {
            return Turn::Back;
        }
        self.save(world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if self.by.is_some() {
            self.size.key(key);
        } else {
            self.by = choices::chosen(key, &self.lot.by).map(|by| by.instruction.clone());
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.size.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.size.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        let opened = saved(&outcome).and_then(|facts| facts.first()).cloned();
        let lot = tell(&self.lot.name());
        let turn = world.outcome(outcome, &say!("saved: {lot} is opened", lot));
        let Some((opened, series)) = opened.zip(self.lot.series()) else {
            self.size.refuse();
            return turn;
        };
        Turn::Replace(Box::new(LotScreen::new(series, opened)))
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Open a lot"), Role::Title);
        canvas.put_right(end, 1, &tell(&self.lot.name()), Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(chosen) = &self.by else {
            canvas.put((3, 4), say!("By which instruction is it inspected?"), Role::Title);
            let offered = self.lot.by.iter();
            let offered =
                offered.map(|by| (by.instruction.as_str(), Role::Plain, by.rule.as_str()));
            choices::view(offered, (6, 24), canvas);
            return;
        };
        if let Some(by) = self.lot.by.iter().find(|by| by.instruction == *chosen) {
            let named = |name: &str, of: &str| format!("{name:<7}{of}");
            let instruction = named(say!("lot|By"), by.instruction.as_str());
            canvas.put_in((3, 4), end - 3, &instruction, Role::Plain);
            canvas.put_in((10, 5), end - 10, &by.title, Role::Muted);
            canvas.put_in((3, 6), end - 3, &named(say!("Plan"), &by.rule), Role::Plain);
        }
        let noted = match (self.lot.size, self.lot.again) {
            (Some(size), _) if self.lot.unit.is_some() => {
                say!("{size} are not scrap: Enter takes it", size)
            }
            (Some(size), true) => say!("it had {size} before it was sorted", size),
            (Some(size), false) => say!("goods-in noted {size}: Enter takes it", size),
            (None, _) => say!("goods-in did not count").to_owned(),
        };
        canvas.put((3, 8), say!("How many pieces has it now?"), Role::Title);
        canvas.put((3, 9), &noted, Role::Muted);
        self.size.view(canvas, (3, 11), 20, true);
        let (words, role) =
            if self.first_article { (FIRST, Role::Accent) } else { (USUAL, Role::Muted) };
        canvas.put_in((3, 13), end.saturating_sub(3), say!(words), role);
    }
}
