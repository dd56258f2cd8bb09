//! The inspector's page of a lot: its plan and why so strictly, which piece is next, what is asked of
//! it, and what was found so far.

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::GaugeClassId;
use crate::domain::inspection::asks::{PieceAsk, asks_of};
use crate::domain::inspection::decide::{Anew, InspectionCommand};
use crate::domain::inspection::series::{LotStanding, SeriesId};
use crate::domain::people::Action;
use crate::domain::traveler::fact::ReadingValue;
use crate::ui::effect::Effect;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::gauge::GaugeScreen;
use crate::ui::screens::recording::{Recording, gauge_of, reading_unit};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::LotView;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::correct::CorrectPieceScreen;
use super::decide::DecideLotScreen;
use super::dispose::DisposeLotScreen;
use super::first_article::FirstArticleScreen;
use super::grid::GridScreen;
use super::noted::Noted;
use super::series::SeriesScreen;
use super::view;

const PURPOSE: &str = "A lot that is inspected: take the piece that is named and answer what is asked of \
    it; its last answer saves the piece. Up goes back to the answer before. Once the plan has its \
    answer, Enter signs it.";

/// A piece that was recorded wrongly, and why it is recorded again.
#[derive(Debug)]
struct Correcting {
    piece: u32,
    reason: String,
}

/// What is to be done on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now<'a> {
    /// It is not known yet.
    Loading,
    /// The text that it goes by has not come.
    NoText,
    /// A piece is looked at: its number, and the ask.
    Ask(u32, &'a PieceAsk),
    /// A piece is recorded value by value, in the grid.
    InGrid(u32),
    /// Every piece was looked at; the plan accepts it, or not.
    Decide(bool),
    /// It was not accepted, and waits for what becomes of it.
    Dispose,
    /// Nothing is to be done.
    Nothing,
}

/// The page of one opening of a lot.
#[derive(Debug)]
pub struct LotScreen {
    series: SeriesId,
    opened: Position,
    pub(super) lot: Option<Box<LotView>>,
    pub(super) unknown: bool,
    /// What is asked of each piece, once the text is here.
    pub(super) asks: Option<Vec<PieceAsk>>,
    /// What was answered of the piece that is looked at.
    pub(super) noted: Vec<Noted>,
    pub(super) recording: Recording,
    correcting: Option<Correcting>,
    /// The piece that was saved last and is not shown yet.
    last: Option<u32>,
}

impl LotScreen {
    /// The page of an opening.
    pub fn new(series: SeriesId, opened: Position) -> Self {
        Self {
            series,
            opened,
            lot: None,
            unknown: false,
            asks: None,
            noted: Vec::new(),
            recording: Recording::new(),
            correcting: None,
            last: None,
        }
    }

    /// The page of a piece that is recorded again, with why.
    pub(super) fn correcting(
        lot: &LotView,
        series: SeriesId,
        (piece, reason): (u32, String),
    ) -> Self {
        let correcting = Some(Correcting { piece, reason });
        Self { correcting, ..Self::new(series, lot.opened.clone()) }
    }

    /// Why the piece is recorded again, where it is.
    pub(super) fn reason(&self) -> Option<&str> {
        self.correcting.as_ref().map(|correcting| correcting.reason.as_str())
    }

    /// The piece that is looked at.
    fn piece(&self) -> Option<u32> {
        let lot = self.lot.as_ref().filter(|lot| lot.stands == LotStanding::Open)?;
        match &self.correcting {
            Some(correcting) => Some(correcting.piece),
            None => lot.remaining.first().copied(),
        }
    }

    pub(super) fn now(&self) -> Now<'_> {
        let Some(lot) = &self.lot else { return Now::Loading };
        if lot.to_dispose {
            return Now::Dispose;
        }
        if lot.stands != LotStanding::Open {
            return Now::Nothing;
        }
        let Some(piece) = self.piece() else {
            return lot.accepts.map_or(Now::Nothing, Now::Decide);
        };
        let Some(asks) = &self.asks else { return Now::NoText };
        if lot.begun.contains(&piece) || lot.first_article.is_some() {
            return Now::InGrid(piece);
        }
        asks.get(self.noted.len()).map_or(Now::NoText, |ask| Now::Ask(piece, ask))
    }

    fn class(&self) -> Option<GaugeClassId> {
        let Now::Ask(_, ask) = self.now() else { return None };
        ask.gauge.clone()
    }

    /// The name of an answer's draft.
    fn slot(&self, rank: usize) -> Option<String> {
        let again = if self.correcting.is_some() { " again" } else { "" };
        let piece = self.piece()?;
        Some(format!("inspect {} {} {piece}{again} {rank}", self.series, self.opened))
    }

    fn noted_slot(&self, rank: usize) -> Option<String> {
        self.slot(rank).map(|slot| format!("{slot} noted"))
    }

    /// Takes up what was noted of the piece, and makes the field ready for what is asked next.
    fn ready(&mut self, world: &World) {
        let asks = self.asks.as_deref().unwrap_or_default();
        // The last answer is never noted: it saves the piece.
        let before = asks.iter().take(asks.len().saturating_sub(1));
        let kept = before
            .enumerate()
            .map_while(|(rank, ask)| Noted::read(world.drafts.get(&self.noted_slot(rank)?)?, ask));
        self.noted = kept.collect();
        let slot = matches!(self.now(), Now::Ask(..)).then(|| self.slot(self.noted.len()));
        self.recording.ready_for(slot.flatten(), world);
    }

    fn load(&mut self, world: &mut World) {
        let (series, opened) = (self.series.clone(), self.opened.clone());
        self.recording.load(Query::Lot { series, opened }, world);
    }

    /// What was typed, as a value with its gauge.
    fn typed(&mut self, world: &mut World) -> Result<Noted, Turn> {
        let text = self.recording.text();
        let Now::Ask(_, ask) = self.now() else { return Err(Turn::Stay) };
        let (Some(limits), false) = (ask.kind.limits(), text.is_empty()) else {
            return Err(Turn::Stay);
        };
        let (class, limits) = (ask.gauge.clone(), limits.unit);
        let number = self.recording.number(&text, world)?;
        // Where the gauge is asked for first, what is typed afterwards is the value anew.
        let gauge = gauge_of(class.as_ref(), world);
        let gauge = gauge.inspect_err(|_| self.recording.field.refuse())?;
        let unit = reading_unit(class.as_ref(), limits, world);
        Ok(Noted { value: ReadingValue::Number { number, unit }, gauge })
    }

    fn answered(&self, yes: bool, world: &mut World) -> Result<Noted, Turn> {
        let gauge = gauge_of(self.class().as_ref(), world)?;
        Ok(Noted { value: ReadingValue::Conforms(yes), gauge })
    }

    /// Notes an answer; the last one of a piece saves it.
    fn take(&mut self, answer: Result<Noted, Turn>, world: &mut World) -> Turn {
        let answer = match answer {
            Ok(answer) => answer,
            Err(turn) => return turn,
        };
        let (Some(piece), Some(asks)) = (self.piece(), &self.asks) else { return Turn::Stay };
        let rank = self.noted.len();
        if rank + 1 < asks.len() {
            if let Some(slot) = self.slot(rank) {
                world.drop_draft(&slot);
            }
            if let Some(slot) = self.noted_slot(rank) {
                world.drafts.insert(slot.clone(), answer.kept());
                world.ask(Effect::KeepDraft(slot, answer.kept()));
            }
            let words = asks.get(rank).map_or_else(String::new, |ask| answer.words(ask));
            let words =
                say!("noted {words}; piece {piece} is saved with its last answer", words, piece);
            world.say(words, Role::Plain);
            self.ready(world);
            return Turn::Stay;
        }
        let mut values: Vec<_> =
            self.noted.iter().map(|noted| (noted.value.clone(), noted.gauge.clone())).collect();
        values.push((answer.value, answer.gauge));
        let corrects = self.reason().map(str::to_owned).map(|reason| {
            let records = self.lot.iter().flat_map(|lot| &lot.records);
            let shown = records.filter(|shown| shown.piece == piece && !shown.corrected);
            Anew { reason, shown: Some(shown.map(|shown| shown.record.clone()).collect()) }
        });
        let Some(lot) = self.lot.as_ref().map(|lot| lot.lot.clone()) else { return Turn::Stay };
        let record = InspectionCommand::Record { lot, piece, values, corrects };
        let ticket = world.record(Command::Series(self.series.clone(), record));
        self.recording.sent(ticket, say!("saved piece {piece}", piece), None);
        self.last = Some(piece);
        Turn::Stay
    }

    /// Back to the answer before, which stands in the field again.
    fn back_to_last(&mut self, world: &mut World) {
        let Some(last) = self.noted.last().cloned() else { return };
        if let Some(slot) = self.noted_slot(self.noted.len() - 1) {
            world.drop_draft(&slot);
        }
        self.ready(world);
        if let ReadingValue::Number { number, .. } = &last.value {
            self.recording.field.fill(number.text());
        }
    }

    /// The piece is saved: what was noted of it is no draft any more.
    fn forget_noted(&mut self, world: &mut World) {
        for rank in 0..self.noted.len() {
            if let Some(slot) = self.noted_slot(rank) {
                world.drop_draft(&slot);
            }
        }
        self.noted.clear();
    }

    /// Says what came of the piece that was saved last.
    fn tell_last(&mut self, world: &mut World) {
        let (Some(piece), Some(lot)) = (self.last.take(), &self.lot) else { return };
        if lot.nonconforming.contains(&piece) {
            let words =
                say!("! saved, but piece {piece} does not conform; F5 corrects a slip", piece);
            world.announce(words, Role::Fail);
        }
    }

    fn form(&self, act: Act, world: &mut World) -> Turn {
        let (Some(lot), series) = (self.lot.clone(), self.series.clone()) else {
            return Turn::Stay;
        };
        if matches!(act, Act::Sign | Act::DecideLot) {
            let says = if act == Act::Sign { lot.accepts } else { lot.to_decide() };
            let Some(accept) = says else { return Turn::Stay };
            return Turn::Open(Box::new(DecideLotScreen::new(lot, series, accept)));
        }
        if matches!(act, Act::Grid | Act::Open) {
            return Turn::Open(Box::new(GridScreen::new(series, self.opened.clone())));
        }
        if act == Act::Correct {
            return Turn::Open(Box::new(CorrectPieceScreen::new(lot, series)));
        }
        if act == Act::FirstArticle {
            let (series, opened) = (series, self.opened.clone());
            return Turn::Open(Box::new(FirstArticleScreen::new(series, opened)));
        }
        if act == Act::Series {
            return Turn::Open(Box::new(SeriesScreen::new(series)));
        }
        let form = Box::new(DisposeLotScreen::new(lot, series));
        // Whoever may comes here and signs with their own badge.
        match may::refused(&[Action::Dispose, Action::UseAsIs], world) {
            Some(refusal) => world.not_for_role(&refusal, Some(form)),
            None => Turn::Open(form),
        }
    }
}

impl Layer for LotScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        match self.now() {
            Now::Ask(_, ask) if ask.kind.limits().is_some() => Focus::Text,
            Now::Ask(..)
            | Now::Loading
            | Now::NoText
            | Now::InGrid(_)
            | Now::Decide(_)
            | Now::Dispose
            | Now::Nothing => Focus::Choice,
        }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let Some(lot) = &self.lot else { return Vec::new() };
        let mut acts = match self.now() {
            Now::Ask(_, ask) if ask.kind.limits().is_some() => vec![Act::Record],
            Now::Ask(_, ask) if ask.is_check() => vec![Act::Yes, Act::No],
            Now::Ask(..) => vec![Act::Good, Act::Bad],
            Now::Decide(_) => vec![Act::Sign],
            Now::Dispose => vec![Act::Dispose],
            Now::InGrid(_) => vec![Act::Open],
            Now::Loading | Now::NoText | Now::Nothing => Vec::new(),
        };
        if self.class().is_some() {
            acts.push(Act::Gauge);
        }
        if self.correcting.is_some() {
            return acts;
        }
        let open = lot.stands == LotStanding::Open;
        let early = lot.accepts == Some(false) && !lot.remaining.is_empty();
        let ends = lot.accepts != Some(false) && lot.lacks_results();
        if open && (early || ends) {
            acts.push(Act::DecideLot);
        }
        if open && lot.records.iter().any(|record| !record.by_value) {
            acts.push(Act::Correct);
        }
        if lot.first_article.is_some() {
            acts.push(Act::FirstArticle);
        }
        acts.extend([Act::Series, Act::Grid]);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        // Who records a first article is not asked at every piece whether it is to be ended.
        let early = self.lot.as_ref().is_some_and(|lot| lot.accepts == Some(false));
        acts.retain(|act| *act != Act::Series && (*act != Act::DecideLot || early));
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
        self.noted.clear();
    }

    fn shown(&mut self, world: &mut World) {
        self.ready(world);
        self.load(world);
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Record {
            let typed = self.typed(world);
            return self.take(typed, world);
        }
        if matches!(act, Act::Yes | Act::Good | Act::No | Act::Bad) {
            let answer = self.answered(matches!(act, Act::Yes | Act::Good), world);
            return self.take(answer, world);
        }
        if act == Act::Gauge {
            let class = self.class();
            return class.map_or(Turn::Stay, |class| Turn::Open(Box::new(GaugeScreen::new(class))));
        }
        self.recording.keep_draft(world);
        if act == Act::Back { Turn::Back } else { self.form(act, world) }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if matches!(key, Key::Up | Key::BackTab) {
            self.back_to_last(world);
        } else if self.focus(world) == Focus::Text {
            self.recording.field.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.recording.field.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.recording.field.take_back(characters);
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
            let done = saved(&outcome).is_some();
            if done {
                self.forget_noted(world);
            } else {
                self.last = None;
            }
            if self.recording.looks_after(&outcome) {
                self.load(world);
            }
            let turn = world.outcome(outcome, &pending.saved);
            return if done && self.correcting.is_some() { Turn::Back } else { turn };
        }
        match world.answer(reply) {
            Some(Answer::Lot(found)) => {
                if self.recording.loaded() {
                    self.load(world);
                    return Turn::Stay;
                }
                self.recording.settled();
                self.unknown = found.is_none();
                self.lot = found;
                self.tell_last(world);
                let hash = self.lot.as_ref().map(|lot| lot.hash);
                if let (Some(hash), None) = (hash, &self.asks) {
                    self.recording.load(Query::Instruction { hash }, world);
                }
            }
            Some(Answer::Instruction(found)) => {
                self.asks = found.map(|text| asks_of(&text));
                if self.recording.loaded() {
                    self.load(world);
                }
            }
            Some(Answer::Gauges(rows)) => {
                let class = self.class();
                self.recording.take_gauge(rows, class.as_ref(), world);
            }
            Some(_) | None => self.recording.nothing_came(None),
        }
        self.ready(world);
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        view::view(self, world, canvas);
    }
}
