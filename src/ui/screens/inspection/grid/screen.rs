//! The grid as a screen: what can be done, and where keys and answers go.

use crate::domain::gauge_line::Shown;
use crate::domain::inspection::block;
use crate::ui::effect::Effect;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::inspection::decide::DecideLotScreen;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::{ASK_LATER, Asking, ENTER_RIGHT, GridScreen, Then, Way, empty_field};

const PURPOSE: &str = "The sample as a table: type a value and press Enter, and it is saved; Tab goes \
    right. What is not saved stands there with a circle. Paste a block where it begins. F9 says which way \
    Enter goes, and whether what fails is asked for again at once or at the end.";

impl GridScreen {
    fn load(&mut self, world: &mut World) {
        let (series, opened) = (self.series.clone(), self.opened.clone());
        self.recording.load(Query::Grid { series, opened }, world);
    }

    /// The acts on the value that has the focus.
    fn entry_acts(&self) -> Vec<Act> {
        match &self.asking {
            Asking::Comment(_) => return vec![Act::Save],
            Asking::Reason(_) => return vec![Act::Next],
            Asking::Block(_) => return vec![Act::Yes, Act::No],
            Asking::Nothing | Asking::Again(_) => {}
        }
        let Some(ask) = self.ask().filter(|_| self.takes_value()) else { return Vec::new() };
        if ask.kind.limits().is_some() {
            vec![Act::Record]
        } else if ask.is_check() {
            vec![Act::Yes, Act::No]
        } else {
            vec![Act::Good, Act::Bad]
        }
    }

    /// What can be signed of the lot: nothing as long as a value waits to be typed again.
    fn decides(&self) -> Option<bool> {
        let grid = self.grid.as_ref().filter(|grid| grid.again.is_empty() && self.is_open())?;
        grid.lot.to_decide()
    }

    /// Whether the plan has its answer, and it can be signed.
    fn is_answered(&self) -> bool {
        let answered = self.grid.as_ref().is_some_and(|grid| grid.lot.accepts.is_some());
        answered && self.decides().is_some()
    }

    /// Takes the words that were asked for.
    fn take_words(&mut self, world: &mut World) {
        let text = self.words().map_or_else(String::new, |field| field.text().trim().to_owned());
        if text.is_empty() {
            return world.say(say!("type it first, or Esc"), Role::Warn);
        }
        match std::mem::replace(&mut self.asking, Asking::Nothing) {
            Asking::Comment(_) => self.comment(text, world),
            Asking::Reason(_) => {
                self.asking = Asking::Again(text);
                world.say(say!("type the value anew"), Role::Plain);
            }
            other @ (Asking::Nothing | Asking::Again(_) | Asking::Block(_)) => self.asking = other,
        }
        self.ready(world);
    }

    /// Whether the focus is on a value that can be corrected.
    fn is_recorded(&self) -> bool {
        let cell = self.here().and_then(|at| self.cell(at));
        self.is_open() && cell.is_some_and(|cell| !cell.again)
    }

    fn decide(&mut self, world: &mut World) -> Turn {
        self.recording.keep_draft(world);
        let Some(accept) = self.decides() else { return Turn::Stay };
        let Some(lot) = self.grid.as_ref().map(|grid| grid.lot.clone()) else { return Turn::Stay };
        Turn::Open(Box::new(DecideLotScreen::new(lot, self.series.clone(), accept)))
    }

    fn back(&mut self, world: &mut World) -> Turn {
        match std::mem::replace(&mut self.asking, Asking::Nothing) {
            Asking::Nothing => {
                self.recording.keep_draft(world);
                Turn::Back
            }
            Asking::Comment(_) | Asking::Reason(_) | Asking::Again(_) => {
                self.ready(world);
                Turn::Stay
            }
            Asking::Block(block) => {
                self.asking = Asking::Block(block);
                self.record_block(false, world)
            }
        }
    }

    fn took(&mut self, answer: Answer, world: &mut World) {
        if let Answer::Grid(found) = answer {
            if self.recording.loaded() {
                return self.load(world);
            }
            self.recording.settled();
            let first = self.grid.is_none();
            self.unknown = found.is_none();
            self.grid = found;
            if first {
                self.begin();
            }
            self.ready(world);
            self.then(world);
            self.take_up_block(world);
        } else if let Answer::Gauges(rows) = answer {
            let class = self.ask().and_then(|ask| ask.gauge.clone());
            self.chooses(world);
            self.recording.take_gauge(rows, class.as_ref(), world);
            self.chosen(world);
        }
    }

    /// The first value that is not recorded has the focus.
    fn begin(&mut self) {
        let rows = self.pieces().len();
        let places = (0..rows).flat_map(|row| (0..self.asks().len()).map(move |ask| (row, ask)));
        let mut open = places.filter(|at| self.at(*at).is_some_and(|at| self.cell(at).is_none()));
        self.focus = open.next().unwrap_or((0, 0));
    }
}

/// Turns a setting of the person around; it is kept like a draft.
fn turn_around(setting: &str, (on, off): (&'static str, &'static str), world: &mut World) {
    if world.drafts.contains_key(setting) {
        world.drop_draft(setting);
        world.say(say!(off), Role::Plain);
    } else {
        world.drafts.insert(setting.to_owned(), "on".to_owned());
        world.ask(Effect::KeepDraft(setting.to_owned(), "on".to_owned()));
        world.say(say!(on), Role::Plain);
    }
}

impl Layer for GridScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn sets_itself(&self) -> bool {
        true
    }

    fn focus(&self, _world: &World) -> Focus {
        self.what_keys_do()
    }

    fn has_words(&self) -> bool {
        let (Asking::Comment(field) | Asking::Reason(field)) = &self.asking else { return false };
        !field.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = self.entry_acts();
        if !matches!(self.asking, Asking::Nothing | Asking::Again(_)) {
            return acts;
        }
        if self.ask().is_some_and(|ask| ask.gauge.is_some()) {
            acts.push(Act::Gauge);
        }
        if self.is_recorded() {
            acts.push(Act::Correct);
        }
        if self.is_open() && self.here().is_some() {
            acts.push(Act::Comment);
        }
        if self.is_open() && self.grid.as_ref().is_some_and(|grid| !grid.again.is_empty()) {
            acts.push(Act::NextFailing);
        }
        if self.decides().is_some() {
            acts.push(Act::DecideLot);
        }
        acts.extend([Act::EnterGoes, Act::AskWhen]);
        acts
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        let mut acts = self.entry_acts();
        if matches!(self.asking, Asking::Nothing | Asking::Again(_)) {
            if self.is_answered() {
                acts.push(Act::DecideLot);
            }
            if self.ask().is_some_and(|ask| ask.gauge.is_some()) && self.takes_value() {
                acts.push(Act::Gauge);
            } else if self.is_recorded() {
                acts.push(Act::Correct);
            }
        }
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.recording.busy()
    }

    fn draft(&self) -> Option<(String, String)> {
        self.recording.draft()
    }

    fn person_changed(&mut self) {
        self.recording.person_changed();
        self.asking = Asking::Nothing;
        self.gauges.clear();
    }

    fn shown(&mut self, world: &mut World) {
        self.chosen(world);
        self.ready(world);
        self.load(world);
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        let block = matches!(self.asking, Asking::Block(_));
        if act == Act::Record {
            return self.enter(Way::Enter, world);
        }
        if matches!(act, Act::Yes | Act::No) && block {
            return self.record_block(act == Act::Yes, world);
        }
        if matches!(act, Act::Yes | Act::Good | Act::No | Act::Bad) {
            return self.answer(matches!(act, Act::Yes | Act::Good), world);
        }
        if act == Act::Gauge {
            return self.choose_gauge(world);
        }
        if act == Act::DecideLot {
            return self.decide(world);
        }
        if matches!(act, Act::Save | Act::Next) {
            self.take_words(world);
        } else if act == Act::Correct {
            self.asking = Asking::Reason(empty_field());
        } else if act == Act::Comment {
            self.recording.keep_draft(world);
            self.asking = Asking::Comment(empty_field());
        } else if act == Act::NextFailing {
            self.go_to_failing(world);
        } else if act == Act::EnterGoes {
            let words = ("Enter goes right from now on", "Enter goes down from now on");
            turn_around(ENTER_RIGHT, words, world);
        } else if act == Act::AskWhen {
            let later = "what fails is asked for again at the end, F2 goes there";
            turn_around(ASK_LATER, (later, "what fails is asked for again at once"), world);
        } else {
            return self.back(world);
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(field) = self.words() {
            field.key(key);
            return Turn::Stay;
        }
        if matches!(self.asking, Asking::Block(_)) || self.walk(key, world) {
            return Turn::Stay;
        }
        if matches!(key, Key::Tab | Key::Enter) {
            let way = if key == Key::Tab { Way::Tab } else { Way::Enter };
            return self.enter(way, world);
        }
        if self.takes_number() {
            self.recording.field.key(key);
        } else if matches!(key, Key::Char(_)) && self.is_recorded() {
            world.say(say!("it is recorded: F5 corrects it, with a reason"), Role::Warn);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        let number = self.takes_number();
        match self.words() {
            Some(field) => field.insert(text),
            None if number => self.recording.field.insert(text),
            None => {}
        }
    }

    fn pasted(&mut self, text: &str, world: &mut World) -> Option<Turn> {
        if !self.is_open() || !block::is_block(text) {
            return None;
        }
        match &self.asking {
            Asking::Nothing | Asking::Again(_) => self.paste(text, world),
            // A slow line brings a block in parts.
            Asking::Block(block) => {
                let whole = format!("{}\n{text}", block.text.trim_end_matches(['\n', '\r']));
                self.paste(&whole, world);
            }
            Asking::Comment(_) | Asking::Reason(_) => return None,
        }
        Some(Turn::Stay)
    }

    fn measured(&mut self, shown: &Shown, enters: bool, world: &mut World) -> Option<Turn> {
        self.take_measured(shown, enters, world)
    }

    fn take_back(&mut self, characters: usize) {
        match self.words() {
            Some(field) => field.take_back(characters),
            None => self.recording.field.take_back(characters),
        }
    }

    fn scanned(&mut self, _code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        let ScanMeaning::Gauge(gauge) = meaning else { return None };
        self.recording.scanned_gauge(gauge, world);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.recording.awaits(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        if let Reply::Recorded(outcome) = reply {
            let Some(pending) = self.recording.answered(&outcome, world) else {
                return Turn::Stay;
            };
            if saved(&outcome).is_some() {
                if self.then == Some(Then::Block) {
                    self.forget_block(world);
                }
                if matches!(self.asking, Asking::Again(_)) {
                    self.asking = Asking::Nothing;
                }
            } else {
                self.then = None;
            }
            if self.recording.looks_after(&outcome) {
                self.load(world);
            }
            return world.outcome(outcome, &pending.saved);
        }
        if let Some(answer) = world.answer(reply) {
            self.took(answer, world);
        } else {
            self.then = None;
            self.recording.nothing_came(None);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        self.draw(world, canvas);
    }
}
