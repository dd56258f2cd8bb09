//! What is made of what was typed, answered or pasted at a value.

use std::collections::BTreeSet;

use crate::domain::decide::Command;
use crate::domain::gauge_line::Shown;
use crate::domain::ids::GaugeClassId;
use crate::domain::inspection::block::{self, Into, values};
use crate::domain::inspection::by_cell::{CellValue, Taken};
use crate::domain::inspection::cells::CellAt;
use crate::domain::inspection::decide::InspectionCommand;
use crate::domain::quantity::{Verdict, number_and_rest};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::record::judge;
use crate::domain::understood::{PASTED, understood};
use crate::domain::unit::Unit;
use crate::ui::effect::Effect;
use crate::ui::input::Focus;
use crate::ui::layer::Turn;
use crate::ui::parts::words::count;
use crate::ui::screens::inspection::said;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::{Asking, Block, GridScreen, Stands, Then, Way};

impl GridScreen {
    /// Records what was typed, and goes on; where nothing was, it only goes on.
    pub(super) fn enter(&mut self, way: Way, world: &mut World) -> Turn {
        let text = self.recording.text();
        if !self.takes_number() || text.is_empty() {
            self.on(way, world);
            return Turn::Stay;
        }
        let Some(ask) = self.ask().cloned() else { return Turn::Stay };
        let Some((_, number)) = self.here() else { return Turn::Stay };
        let Some(usual) = self.unit((number, &ask), world) else { return Turn::Stay };
        let (typed, named) = number_and_rest(&text);
        let unit = if named.is_empty() { Some(usual) } else { Unit::parse(named) };
        let Some(unit) = unit else {
            self.recording.field.refuse();
            world.warn(say!("not saved: {named} is no unit: write {usual}", named, usual));
            return Turn::Stay;
        };
        match self.recording.number(typed, world) {
            Ok(number) => self.record(ReadingValue::Number { number, unit }, way, world),
            Err(turn) => turn,
        }
    }

    /// Puts what a gauge sent into the focused value, and records it where it is to be.
    pub(super) fn take_measured(
        &mut self,
        shown: &Shown,
        enters: bool,
        world: &mut World,
    ) -> Option<Turn> {
        if !self.takes_number() || !matches!(self.asking, Asking::Nothing | Asking::Again(_)) {
            return None;
        }
        let ask = self.ask()?.clone();
        let usual = self.unit((self.here()?.1, &ask), world)?;
        self.recording.field.fill(&shown.text(usual));
        // Whether a failing value was a slip is for a person to say, who looks at the piece.
        let enters = enters && matches!(self.stands(self.here()?), Stands::Open);
        let (number, from) = (&shown.number, shown.channel.as_ref());
        let from = from.map_or(String::new(), |name| say!(" (line {name})", name));
        world.say(say!("the gauge sent {number}{from}; Enter saves it", number, from), Role::Plain);
        Some(if enters { self.enter(Way::Enter, world) } else { Turn::Stay })
    }

    /// Answers the focused value with yes or no.
    pub(super) fn answer(&mut self, yes: bool, world: &mut World) -> Turn {
        if !self.takes_value() {
            return Turn::Stay;
        }
        self.record(ReadingValue::Conforms(yes), Way::Enter, world)
    }

    fn record(&mut self, value: ReadingValue, way: Way, world: &mut World) -> Turn {
        let Some(at) = self.here() else { return Turn::Stay };
        if let Some(first) = self.asked_first(world)
            && first != at
        {
            self.go_to(first, world);
            let piece = first.0;
            world.warn(say!("not saved yet: piece {piece} is typed again first", piece));
            return Turn::Stay;
        }
        let gauge = match self.gauge(world) {
            Ok(gauge) => gauge,
            Err(turn) => return turn,
        };
        let Some(lot) = self.grid.as_ref().map(|grid| grid.lot.lot.clone()) else {
            return Turn::Stay;
        };
        let (piece, ask) = at;
        let saved = say!("saved {value} at piece {piece}", value = said(&value), piece);
        let value = CellValue { piece, ask, value, gauge };
        let command = match (self.stands(at), &self.asking) {
            (Stands::Again, _) => InspectionCommand::Retype { lot, value },
            (Stands::Corrected, Asking::Again(reason)) => {
                let shown = self.cell(at).map_or_else(BTreeSet::new, |cell| cell.records.clone());
                let taken = Taken::Corrects { reason: reason.clone(), shown };
                InspectionCommand::Cells { lot, values: vec![value], taken }
            }
            (Stands::Open | Stands::Corrected, _) => {
                InspectionCommand::Cells { lot, values: vec![value], taken: Taken::Typed }
            }
            (Stands::Recorded, _) => return Turn::Stay,
        };
        let ticket = world.record(Command::Series(self.series.clone(), command));
        self.recording.sent(ticket, saved, None);
        self.then = Some(Then::On(at, way));
        Turn::Stay
    }

    /// The failing value that is typed again before anything else: one's own. What another one is asked
    /// again for at another terminal is in nobody else's way.
    fn asked_first(&self, world: &World) -> Option<(u32, u16)> {
        let again = &self.grid.as_ref()?.again;
        let here = self.here().filter(|here| again.contains(here));
        let me = world.person.as_ref().map(|person| &person.person);
        let own = |at: &&CellAt| self.cell(**at).is_some_and(|cell| cell.who.as_ref() == me);
        here.or(again.iter().find(own).copied()).filter(|_| Self::asks_at_once(world))
    }

    /// Saves a comment on the focused value.
    pub(super) fn comment(&mut self, text: String, world: &mut World) {
        let Some((lot, at)) = self.grid.as_ref().map(|grid| grid.lot.lot.clone()).zip(self.here())
        else {
            return;
        };
        let command = InspectionCommand::Comment { lot, at, text };
        let ticket = world.record(Command::Series(self.series.clone(), command));
        self.recording.sent_beside(ticket, say!("saved the comment").to_owned());
        self.then = Some(Then::Stay);
    }

    /// Takes pasted lines: what they amount to is said, and a digit records it.
    pub(super) fn paste(&mut self, text: &str, world: &mut World) {
        match self.read_block(text, world) {
            Ok(values) => {
                let words = self.block_words(&values);
                self.recording.keep_draft(world);
                self.keep_block(text, world);
                self.asking = Asking::Block(Block { text: text.to_owned(), words, values });
                world.say(say!("pasted, and not saved yet"), Role::Warn);
            }
            Err(why) => world.warn(say!("not saved: {why}", why)),
        }
    }

    /// The values of pasted lines from the focus on, read on the gauges that are chosen now.
    fn read_block(&self, text: &str, world: &World) -> Result<Vec<CellValue>, String> {
        let (row, column) = self.focus;
        let pieces = self.pieces().get(row..).unwrap_or_default();
        let into = Into { asks: self.asks(), pieces, column };
        let read = values(&block::split(text), into, |number, ask| {
            let gauge = self.gauge_row((number, ask), world).map(|row| row.gauge.clone());
            (gauge, self.unit((number, ask), world))
        });
        read.map_err(|why| tell(&understood(&why, PASTED)))
    }

    /// The class of which a gauge is missing for one of these values.
    fn gauge_missing(&self, values: &[CellValue]) -> Option<GaugeClassId> {
        let mut without = values.iter().filter(|value| value.gauge.is_none());
        without.find_map(|value| {
            let rank = usize::from(value.ask).checked_sub(1)?;
            self.asks().get(rank)?.gauge.clone()
        })
    }

    /// The name of a pasted block, as drafts know it.
    fn block_slot(&self) -> String {
        format!("block {} {}", self.series, self.opened)
    }

    /// Keeps pasted lines with where they begin, so that a lock or a lost line does not lose them.
    fn keep_block(&self, text: &str, world: &mut World) {
        let Some((piece, ask)) = self.here() else { return };
        let kept = format!("{piece} {ask}\n{text}");
        world.drafts.insert(self.block_slot(), kept.clone());
        world.ask(Effect::KeepDraft(self.block_slot(), kept));
    }

    /// Asks again about lines that were pasted and neither recorded nor thrown away.
    pub(super) fn take_up_block(&mut self, world: &mut World) {
        if !self.is_open() || !matches!(self.asking, Asking::Nothing) || self.asks().is_empty() {
            return;
        }
        let Some(kept) = world.drafts.get(&self.block_slot()).cloned() else { return };
        let begins = kept.split_once('\n').and_then(|(at, text)| {
            let (piece, ask) = at.split_once(' ')?;
            Some(((piece.parse().ok()?, ask.parse().ok()?), text))
        });
        if let Some((at, text)) = begins {
            self.go_to(at, world);
            self.paste(text, world);
        }
        if !matches!(self.asking, Asking::Block(_)) {
            world.drop_draft(&self.block_slot());
        }
    }

    /// Forgets pasted lines: they are recorded, or nobody wants them.
    pub(super) fn forget_block(&self, world: &mut World) {
        world.drop_draft(&self.block_slot());
    }

    fn block_words(&self, values: &[CellValue]) -> String {
        let fails = values.iter().filter(|value| {
            let ask = self.asks().get(usize::from(value.ask).saturating_sub(1));
            let judged = ask.map(|ask| judge(&ask.kind, &value.value, None));
            matches!(judged, Some(Ok((Some(Verdict::Fail), _))))
        });
        let fails = match fails.count() {
            0 => String::new(),
            fails => say!(", {fails} outside limits", fails),
        };
        let (first, last) = (values.first(), values.last());
        let (first, last) = (first.map_or(0, |v| v.piece), last.map_or(0, |v| v.piece));
        let values = count(values.len(), "value", "values");
        say!("Record {values} of pieces {first} to {last}{fails}?", values, first, last, fails)
    }

    /// Records a pasted block, or throws it away.
    pub(super) fn record_block(&mut self, yes: bool, world: &mut World) -> Turn {
        let Asking::Block(block) = std::mem::replace(&mut self.asking, Asking::Nothing) else {
            return Turn::Stay;
        };
        if !yes {
            self.forget_block(world);
            world.say(say!("nothing of what was pasted was saved"), Role::Plain);
            return Turn::Stay;
        }
        let Some(lot) = self.grid.as_ref().map(|grid| grid.lot.lot.clone()) else {
            return Turn::Stay;
        };
        // The gauges may be chosen after the lines were pasted.
        let values = match self.read_block(&block.text, world) {
            Ok(values) => values,
            Err(why) => {
                world.warn(say!("not saved: {why}", why));
                return Turn::Stay;
            }
        };
        if let Some(class) = self.gauge_missing(&values) {
            self.asking = Asking::Block(block);
            world.warn(say!("not saved yet: scan a {class} first", class));
            return Turn::Stay;
        }
        let read = |values: &[CellValue]| -> Vec<_> {
            values.iter().map(|value| (value.piece, value.ask, value.value.clone())).collect()
        };
        if read(&values) != read(&block.values) {
            let words = self.block_words(&values);
            self.asking = Asking::Block(Block { words, values, ..block });
            world.warn(say!("not saved yet: the gauges read it otherwise now"));
            return Turn::Stay;
        }
        let saved = say!("saved {value}", value = count(values.len(), "value", "values"));
        let taken = Taken::Together;
        let command = InspectionCommand::Cells { lot, values, taken };
        let ticket = world.record(Command::Series(self.series.clone(), command));
        self.recording.sent_beside(ticket, saved);
        self.then = Some(Then::Block);
        Turn::Stay
    }

    pub(super) fn what_keys_do(&self) -> Focus {
        let words = matches!(self.asking, Asking::Comment(_) | Asking::Reason(_));
        let block = matches!(self.asking, Asking::Block(_));
        if words || (self.takes_number() && !block) { Focus::Text } else { Focus::Choice }
    }
}
