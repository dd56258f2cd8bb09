//! A set: several units that are taken through one step together, a row each.
//! `now` tells what is next, `entry` makes commands of what was typed, `view` draws.
//! Invariant: what is shown as recorded comes from the store, never from what was typed.

mod entry;
mod layout;
mod now;
mod view;

use crate::domain::ids::PartId;
use crate::domain::instruction::Ask;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::set::{Membership, SetAct, SetCommand, SetStanding};
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::{Outcome, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{moved, page_of};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::traveler::TravelerView;

use super::difference::{DifferenceScreen, asks_to_look};
use super::note::{NoteFor, NoteScreen};
use super::raise::raise;
use super::recording::{Recording, gauge_of, warn_of_finer};
use super::sign::SignScreen;
use super::traveler::TravelerScreen;
use now::{Now, members, now_of};

const PURPOSE: &str = "Several units through one step together: scan a unit or go to its row, type \
    its value and press Enter; waits and signatures are for all of them.";

/// The screen of a set.
#[derive(Debug)]
pub struct SetScreen {
    units: Vec<TravelerId>,
    views: Vec<TravelerView>,
    standing: Option<SetStanding>,
    recording: Recording,
    /// The row that has the focus.
    row: usize,
}

impl SetScreen {
    /// The screen of these units.
    pub fn new(units: Vec<TravelerId>) -> Self {
        Self { units, views: Vec::new(), standing: None, recording: Recording::new(), row: 0 }
    }

    fn now(&self) -> Now<'_> {
        match &self.standing {
            Some(standing) => now_of(&self.views, standing, self.row),
            None => Now::Loading,
        }
    }

    fn load(&mut self, world: &mut World) {
        let (ids, place) = (self.units.clone(), world.place.clone());
        self.recording.load(Query::Travelers { ids, place }, world);
    }

    fn record_all(
        &mut self,
        (units, command): (Vec<TravelerId>, SetCommand),
        saved: &str,
        world: &mut World,
    ) {
        let saved = format!("{saved}: {}", count(units.len(), "unit", "units"));
        let ticket = world.record_set(SetAct { units, command });
        self.recording.sent(ticket, saved, None);
    }

    /// Takes over what the store says, and makes the field ready for what is asked now.
    fn loaded(&mut self, views: Vec<TravelerView>, world: &mut World) {
        let standing = SetStanding::of(&members(&views));
        let gone = self.gone(&views, &standing);
        for (before, now) in self.views.iter().zip(&views).filter(|(b, n)| b.id == n.id) {
            warn_of_finer(&before.state, &now.state, world);
        }
        self.views = views;
        self.standing = Some(standing);
        self.recording.settled();
        self.row = self.row.min(self.views.len().saturating_sub(1));
        if let Some(row) = self.now().row() {
            self.row = row;
        }
        self.fill(world);
        if let Some(words) = gone {
            world.warn(words);
        }
    }

    /// Who left the set since it was last shown, and why: that is never silent.
    fn gone(&self, views: &[TravelerView], standing: &SetStanding) -> Option<String> {
        let before = self.standing.as_ref()?;
        let left = |unit: &Membership| matches!(unit, Membership::Left(_));
        let was_in = |id: &TravelerId| {
            let row = self.views.iter().position(|view| view.id == *id);
            row.and_then(|row| before.units.get(row)).is_some_and(|unit| !left(unit))
        };
        let all_moved = standing.at != before.at;
        let gone = views.iter().zip(&standing.units).find(|(view, unit)| {
            left(unit) && was_in(&view.id) && !(all_moved && standing.at.is_none())
        });
        let (view, Membership::Left(reason)) = gone? else { return None };
        Some(say!("{unit} left the set: {why}", unit = view.id.unit, why = tell(&reason.what())))
    }

    /// Makes the field ready for what is asked now.
    fn fill(&mut self, world: &World) {
        let slot = self.slot_now();
        self.recording.ready_for(slot, world);
    }

    /// The name of what is typed now; the same as on the screen of the unit, so that a draft is
    /// found on both.
    fn slot_now(&self) -> Option<String> {
        match self.now() {
            Now::Retype { row, at, .. } => Some(format!("retype {} {at}", self.views.get(row)?.id)),
            Now::Each { row, here, number, sample, .. } => {
                let (id, step) = (&self.views.get(row)?.id, &here.step.id);
                Some(format!("ask {id} {} {step} {number} {sample}", here.operation))
            }
            Now::Loading | Now::Start(_) | Now::All { .. } | Now::Complete { .. } | Now::Nobody => {
                None
            }
        }
    }

    fn focus_row(&mut self, row: usize, world: &mut World) {
        // What was typed for the row that is left stays with it.
        self.recording.keep_draft(world);
        self.row = row;
        self.fill(world);
    }

    fn focused(&self) -> Option<&TravelerView> {
        self.views.get(self.row)
    }

    /// Acts for all, and those on the unit that has the focus.
    fn act_for(&mut self, act: Act, world: &mut World) -> Turn {
        match (act, self.now()) {
            (Act::Begin, Now::Start(units)) => {
                self.record_all((units, SetCommand::Start), say!("saved: work begun"), world);
            }
            (Act::Complete, Now::Complete { units, here }) => {
                let read_in = here.instruction.translated_into();
                let act = (units, SetCommand::Complete { at: here.at(), read_in });
                self.record_all(act, say!("saved: step done"), world);
            }
            (Act::BeginWait, Now::All { units, here, number, .. }) => {
                let act = (units, SetCommand::BeginWait { at: here.at(), ask: number });
                self.record_all(act, say!("saved: the clock runs"), world);
            }
            (Act::Sign, Now::All { units, here, number, ask: Ask::Sign(sign) }) => {
                let views = self.views.iter().filter(|view| units.contains(&view.id));
                let views: Vec<&TravelerView> = views.collect();
                let screen = SignScreen::set(&views, (here.at(), here.step), number, sign);
                return Turn::Open(Box::new(screen));
            }
            (Act::Yes, Now::Each { here, number, ask, .. }) => {
                let Some(standing) = &self.standing else { return Turn::Stay };
                let gauge = match gauge_of(self.asked().gauge_class(), world) {
                    Ok(gauge) => gauge,
                    Err(turn) => return turn,
                };
                let units = now::open_units(&self.views, standing, (here, number, ask));
                let command = SetCommand::Answer { at: here.at(), ask: number, yes: true, gauge };
                self.record_all((units, command), say!("saved yes"), world);
            }
            (Act::AcceptWait, Now::Complete { units, here }) => {
                let Some(first) = units.first().cloned() else { return Turn::Stay };
                let what = NoteFor::AcceptWaits(here.at(), units);
                return Turn::Open(Box::new(NoteScreen::new(first, what)));
            }
            (Act::Deviation, _) => {
                let Some(view) = self.focused() else { return Turn::Stay };
                if let Some(current) = view.state.current(&view.instructions) {
                    let (operation, step) = (current.operation.operation, current.step.id.clone());
                    let about = if let Now::Each { ask: Ask::Measure(measure), .. } = self.now() {
                        measure.characteristic.as_ref()
                    } else {
                        None
                    };
                    let at = StepAt { operation, step };
                    return raise(view, (at, Some(current.step)), about, world);
                }
            }
            (Act::OpenUnit, _) => {
                if let Some(view) = self.focused() {
                    return Turn::Open(Box::new(TravelerScreen::new(view.id.clone())));
                }
            }
            (Act::Gauge, _) => return self.choose_gauge(world),
            (other, _) => return self.enter(other, world),
        }
        Turn::Stay
    }
}

impl Layer for SetScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn sets_itself(&self) -> bool {
        true
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.focused().map(|view| &view.id)
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.now().takes_text() { Focus::Text } else { Focus::Choice }
    }

    fn has_words(&self) -> bool {
        self.now().scan_ask().is_some() && !self.recording.field.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = self.now().next().to_vec();
        if self.standing.is_some() {
            acts.extend([Act::Deviation, Act::Gauge, Act::OpenUnit]);
        }
        if view::running(&self.now(), &self.views).is_some() {
            acts.push(Act::AcceptWait);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.now().next().to_vec();
        if view::too_short(&self.now(), &self.views, &world.time.moment) {
            acts.clear();
        }
        if self.asked().gauge_class().is_some() {
            acts.push(Act::Gauge);
        }
        acts.extend([Act::Menu, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.recording.busy()
    }

    fn ticking(&self, world: &World) -> bool {
        view::last_minute(&self.now(), &self.views, &world.time.moment)
    }

    fn draft(&self) -> Option<(String, String)> {
        self.recording.draft()
    }

    fn person_changed(&mut self) {
        self.recording.person_changed();
    }

    fn shown(&mut self, world: &mut World) {
        self.load(world);
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if matches!(act, Act::Back | Act::NextUnit) {
            return Turn::Back;
        }
        self.act_for(act, world)
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let (on_page, units) = (self.layout(&self.now(), world.size, false).rows, self.views.len());
        let page = page_of(self.row, on_page, units);
        if let Some(row) = moved(key, (self.row, units), &page) {
            let first = page_of(row, on_page, units).start;
            self.focus_row(if key == Key::PageUp { first } else { row }, world);
        } else if self.now().takes_text() {
            self.recording.field.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.now().takes_text() {
            self.recording.field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        self.recording.field.take_back(characters);
    }

    fn asks_for_scan(&self) -> Option<(&Ask, &PartId)> {
        let now = self.now();
        let view = now.row().and_then(|row| self.views.get(row));
        now.scan_ask().zip(view.map(|view| &view.order.part))
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        if matches!(meaning, ScanMeaning::Badge | ScanMeaning::Card(_)) {
            return None;
        }
        let named: Vec<TravelerId> = match meaning {
            ScanMeaning::Traveler(id) => vec![id.clone()],
            ScanMeaning::Travelers(ids) => ids.clone(),
            ScanMeaning::Badge
            | ScanMeaning::Card(_)
            | ScanMeaning::Place(_)
            | ScanMeaning::Gauge(_)
            | ScanMeaning::Deviation(_)
            | ScanMeaning::Permit(_)
            | ScanMeaning::Order(_)
            | ScanMeaning::Part(_)
            | ScanMeaning::LeftOut(_)
            | ScanMeaning::Unknown => Vec::new(),
        };
        if let Some(row) = self.views.iter().position(|view| named.contains(&view.id)) {
            self.focus_row(row, world);
            // The label of a unit is also what its step may ask for.
            let asked = matches!(self.now(), Now::Each { row: now, ask: Ask::Scan { .. }, .. } if now == row);
            if asked {
                self.recording.field.fill(code);
                return Some(self.enter(Act::Record, world));
            }
            world.say(say!("{unit} is next", unit = self.views[row].id.unit), Role::Plain);
            return Some(Turn::Stay);
        }
        if let ScanMeaning::Gauge(gauge) = meaning {
            self.recording.scanned_gauge(gauge, world);
            return Some(Turn::Stay);
        }
        if self.now().scan_ask().is_some() && named.is_empty() {
            self.recording.field.fill(code);
            return Some(self.enter(Act::Record, world));
        }
        if let Some(other) = named.first() {
            world.warn(say!("{other} is not of this set", other));
            return Some(Turn::Stay);
        }
        None
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.recording.awaits(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::Recorded(outcome) => {
                let Some(pending) = self.recording.answered(&outcome, world) else {
                    return Turn::Stay;
                };
                // The focus goes on to the next row.
                if let (Some(_), Some(row)) = (saved(&outcome), pending.row) {
                    self.row = (row + 1) % self.views.len().max(1);
                }
                if self.recording.looks_after(&outcome) {
                    self.load(world);
                }
                if let (Outcome::Refused(refusal), Some(first)) = (&outcome, self.units.first())
                    && asks_to_look(refusal)
                {
                    world.say(say!("not saved yet: look at what changed first"), Role::Warn);
                    return Turn::Open(Box::new(DifferenceScreen::new(first.clone())));
                }
                world.outcome(outcome, &pending.saved)
            }
            Reply::Loaded(_) => match world.answer(reply) {
                Some(Answer::Travelers(views)) => {
                    if self.recording.loaded() {
                        self.load(world);
                    } else {
                        self.loaded(views, world);
                    }
                    Turn::Stay
                }
                Some(Answer::Gauges(rows)) => {
                    let asked = self.asked();
                    self.recording.take_gauge(rows, asked.gauge_class(), world);
                    Turn::Stay
                }
                _ => {
                    let slot = self.slot_now();
                    self.recording.nothing_came(slot);
                    Turn::Stay
                }
            },
            Reply::SignedIn(_) => Turn::Stay,
        }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        self.draw(world, canvas);
    }
}
