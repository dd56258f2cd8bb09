//! The traveler: steps at the left, what to do and what to record at the right.
//! `next` tells what is next, `entry` makes commands of what was typed, `view` and `asks` draw.
//! Invariant: what is shown as recorded comes from the store, never from what was typed.

mod asks;
mod changes;
mod choice;
mod count;
mod entry;
mod helped;
mod measures;
mod next;
mod pane;
mod place;
mod raise;
mod redline;
mod special;
mod view;

use crate::domain::condition::SkipRule;
use crate::domain::ids::PartId;
use crate::domain::instruction::Ask;
use crate::domain::people::Action;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use crate::domain::traveler::standing::Current;
use crate::domain::who_may;
use crate::ui::effect::Effect;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::may;
use crate::ui::message::{Outcome, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::traveler::TravelerView;

use super::correct::CorrectScreen;
use super::deviation::DeviationScreen;
use super::difference::{DifferenceScreen, asks_to_look};
use super::follow::FollowScreen;
use super::gauge::GaugeScreen;
use super::note::{NoteFor, NoteScreen};
use super::picture::PictureScreen;
use super::reader::ReaderScreen;
use super::recording::{Recording, warn_of_finer};
use super::sign::SignScreen;
use super::sign_in::SignInScreen;
use changes::Changes;
use next::{Chosen, Now, current_of, now_of, open_deviations, step_at, waits_to_be_retyped};

const PURPOSE: &str = "One unit, step by step: read what to do, record what is asked for with \
    Enter; when nothing is open, Enter finishes the step.";

/// The screen of one unit or lot.
#[derive(Debug)]
pub struct TravelerScreen {
    id: TravelerId,
    view: Option<Box<TravelerView>>,
    unknown: bool,
    recording: Recording,
    page: usize,
    /// What was chosen where several operations or steps may be worked on.
    chosen: Option<Chosen>,
    changes: Changes,
    /// The step at which a reading is taken though the unit is not sampled.
    anyway: Option<StepAt>,
    /// Whether the unit is suspect and measured for that.
    sorting: bool,
}

impl TravelerScreen {
    /// The screen of a unit.
    pub fn new(id: TravelerId) -> Self {
        Self {
            id,
            view: None,
            unknown: false,
            recording: Recording::new(),
            page: 0,
            chosen: None,
            changes: Changes::default(),
            anyway: None,
            sorting: false,
        }
    }

    /// The screen of a unit, at one of its open operations.
    pub fn at_operation(id: TravelerId, operation: u32) -> Self {
        Self { chosen: Some(Chosen { operation, step: None }), ..Self::new(id) }
    }

    fn now(&self) -> Now<'_> {
        match &self.view {
            Some(view) => {
                let now = now_of(view, self.chosen.as_ref());
                if let Some(sorted) = next::sorting(view).filter(|_| self.sorting) {
                    return sorted;
                }
                let wanted = self.anyway.is_some() && self.anyway == self.at();
                next::anyway(view, now).filter(|_| wanted).unwrap_or(now)
            }
            None if self.unknown => Now::Unknown,
            None => Now::Loading,
        }
    }

    fn current(&self) -> Option<Current<'_>> {
        self.view.as_ref().and_then(|view| current_of(view, self.chosen.as_ref()))
    }

    /// The step that is shown, as commands name it.
    fn at(&self) -> Option<StepAt> {
        self.view.as_ref().and_then(|view| step_at(view, self.chosen.as_ref()))
    }

    /// Makes the field ready for what is asked now.
    fn take_slot(&mut self, world: &World) {
        let slot = self.slot_now();
        if self.recording.ready_for(slot, world) {
            self.page = 0;
        }
    }

    fn load(&mut self, world: &mut World) {
        let (id, place) = (self.id.clone(), world.place.clone());
        self.recording.load(Query::Traveler { id, place }, world);
    }

    /// Takes over what the store says, and makes the field ready for what is asked now.
    fn loaded(&mut self, view: Option<Box<TravelerView>>, world: &mut World) -> Turn {
        let before = self.view.as_ref().map(|view| waits_to_be_retyped(view));
        let known = self.view.as_ref().map(|view| open_deviations(view));
        if let (Some(before), Some(now)) = (&self.view, &view) {
            warn_of_finer(&before.state, &now.state, world);
        }
        self.unknown = view.is_none();
        self.view = view;
        self.recording.settled();
        self.take_slot(world);
        self.note_changes(world);
        let Some(view) = &self.view else { return Turn::Stay };
        if before == Some(false) && waits_to_be_retyped(view) {
            world.ask(Effect::Beep);
        }
        let raised = known.and_then(|known| {
            open_deviations(view).into_iter().find(|deviation| !known.contains(deviation))
        });
        raised.map_or(Turn::Stay, |id| Turn::Open(Box::new(DeviationScreen::raised(id))))
    }

    /// The name of what is typed now, as drafts know it.
    fn slot_now(&self) -> Option<String> {
        match self.now() {
            Now::Retype { at, .. } => Some(format!("retype {} {at}", self.id)),
            Now::Paused(_) => Some(format!("resume {}", self.id)),
            Now::Ask { current, number, sample, .. } => {
                let (operation, step) = (current.operation.operation, &current.step.id);
                Some(format!("ask {} {operation} {step} {number} {sample}", self.id))
            }
            Now::Count { current, missing } => {
                let (operation, step) = (current.operation.operation, &current.step.id);
                Some(format!("count {} {operation} {step} {missing}", self.id))
            }
            Now::Loading
            | Now::Unknown
            | Now::NotStarted
            | Now::Missing
            | Now::Ended(_)
            | Now::Shipped(_)
            | Now::Finished
            | Now::Elsewhere(_)
            | Now::Held(_)
            | Now::Complete { .. } => None,
        }
    }

    fn open_held(&self) -> Turn {
        let Now::Held(hold) = self.now() else { return Turn::Stay };
        let raised = hold.placed.deviation.clone().map(DeviationScreen::raised);
        raised.map_or(Turn::Stay, |screen| Turn::Open(Box::new(screen)))
    }

    /// The form that releases the unit; before it whoever may do so signs in.
    fn release(&self, world: &World) -> Turn {
        let hold = self.view.as_ref().and_then(|view| view.state.hold_told());
        let Some((at, hold)) = hold else { return Turn::Stay };
        if special::may_release(hold, world) {
            self.open_note(NoteFor::Release(at.clone()))
        } else {
            Turn::Open(Box::new(SignInScreen::change(None)))
        }
    }

    fn open_note(&self, what: NoteFor) -> Turn {
        Turn::Open(Box::new(NoteScreen::new(self.id.clone(), what)))
    }

    /// A form, for who may do what it says; whoever may not is told at once.
    fn form_for(&self, actions: &[Action], what: NoteFor, world: &mut World) -> Turn {
        match may::refused(actions, world) {
            Some(refusal) => world.not_for_role(&refusal, None),
            None => self.open_note(what),
        }
    }

    fn open_sub(&mut self, act: Act, world: &mut World) -> Turn {
        let Some(view) = &self.view else { return Turn::Stay };
        let at = self.at();
        match (act, at) {
            (Act::Steps, at) => ReaderScreen::of_traveler(view, at.as_ref())
                .map_or(Turn::Stay, |reader| Turn::Open(Box::new(reader))),
            (Act::Picture, _) => PictureScreen::open(self.current().map(|at| at.step), world),
            (Act::Correct, _) => Turn::Open(Box::new(CorrectScreen::new(self.id.clone()))),
            (Act::Deviation, _) if matches!(self.now(), Now::Held(_)) => self.open_held(),
            (Act::Deviation, Some(at)) => self.raise(at, world),
            (Act::Contained, _) => self.to_do().map_or(Turn::Stay, |deviation| {
                Turn::Open(Box::new(FollowScreen::at_bench(Box::new(deviation.clone()))))
            }),
            (Act::Open, _) => self.open_held(),
            (Act::ReleaseHold, _) => self.release(world),
            (Act::SkipStep, Some(at)) => {
                let rule = self.current().map_or(SkipRule::Never, |at| at.step.rules.skip);
                self.form_for(who_may::skips(rule), NoteFor::Skip(at), world)
            }
            (Act::AcceptWait, Some(at)) => self.open_note(NoteFor::AcceptWait(at)),
            (Act::Difference, _) => Turn::Open(Box::new(DifferenceScreen::new(self.id.clone()))),
            (Act::ShipUnit | Act::Components | Act::HandOff, _) => self.open_parts(act),
            (Act::Split, _) => self.open_note(NoteFor::Split),
            (Act::Redline, Some(at)) => self.propose(&at, world),
            (Act::ProposePermit, _) => self.propose_permit(world),
            (Act::Pause, _) => {
                let reasons = view.pause_reasons.clone();
                let note = NoteScreen::new(self.id.clone(), NoteFor::Pause).offering(reasons);
                Turn::Open(Box::new(note))
            }
            (Act::AcceptUpstream, at) => {
                let first = view.order.route.first().map(|route| route.operation);
                let operation = at.map(|at| at.operation).or(first);
                operation.map_or(Turn::Stay, |operation| {
                    self.open_note(NoteFor::AcceptUpstream { operation })
                })
            }
            (Act::Gauge, _) => {
                if let Some(class) = self.now().gauge_class().cloned() {
                    return Turn::Open(Box::new(GaugeScreen::new(class)));
                }
                world.say(say!("no gauge is asked for here"), Role::Muted);
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }
}

impl Layer for TravelerScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.id)
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.now().takes_text() { Focus::Text } else { Focus::Choice }
    }

    fn has_words(&self) -> bool {
        self.now().takes_words() && !self.recording.field.is_empty()
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = self.now().acts();
        let lot =
            self.view.as_ref().and_then(|view| view.pieces()).is_some_and(|pieces| pieces > 1);
        if lot && let Some(at) = acts.iter().position(|act| *act == Act::Turn) {
            acts.insert(at, Act::Split);
        }
        if let Some(view) = &self.view
            && next::anyway(view, now_of(view, self.chosen.as_ref())).is_some()
        {
            acts.push(Act::MeasureAnyway);
        }
        self.offer_sorting(&mut acts, world);
        if self.has_choice() {
            acts.push(Act::OtherStep);
        }
        acts.extend(self.place_acts());
        if self.to_do().is_some() {
            acts.push(Act::Contained);
        }
        self.offer_changes(&mut acts);
        self.offer_ship(&mut acts);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        self.keys(world)
    }

    fn sets_itself(&self) -> bool {
        true
    }

    fn before_key(&self, world: &World) -> Option<&'static str> {
        self.before(world)
    }

    fn busy(&self) -> bool {
        self.recording.busy() || self.changes.busy()
    }

    fn ticking(&self, _world: &World) -> bool {
        next::runs(self.now())
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
        let at = self.at();
        match (act, at) {
            (Act::Back | Act::NextUnit, _) => return Turn::Back,
            (Act::Begin, _) => {
                self.record(TravelerCommand::Start, say!("saved: work begun"), world);
            }
            (Act::Resume, _) => {
                let note = Some(self.recording.text()).filter(|note| !note.is_empty());
                self.record(TravelerCommand::Resume { note }, say!("saved: work goes on"), world);
            }
            (Act::Complete, Some(at)) => {
                let saved = say!("saved: {step} done", step = self.rank_words());
                self.record(self.completion(at), saved, world);
            }
            (Act::BeginWait, _) => {
                return self.enter(Entry::BeginWait, say!("saved: the clock runs"), world);
            }
            (Act::Yes | Act::No, _) => {
                let given = self.asked().answered(act == Act::Yes, world);
                return self.give(given, world);
            }
            (Act::Good | Act::Bad, _) => {
                let given = self.asked().conforms(act == Act::Good, world);
                return self.give(given, world);
            }
            (Act::Remeasure, _) => return self.again(world),
            (Act::Record, _) => return self.record_field(world),
            (Act::Report, _) => return self.report(world),
            (Act::Sign, Some(at)) => {
                if let (Some(view), Now::Ask { number, ask: Ask::Sign(sign), .. }) =
                    (&self.view, self.now())
                {
                    let screen = SignScreen::step(view, at, number, sign);
                    return Turn::Open(Box::new(screen));
                }
            }
            (Act::Sort | Act::SortNow, _) => {
                self.sorting = !self.sorting;
                self.take_slot(world);
            }
            (Act::Turn, _) => self.page += 1,
            (Act::OtherStep, _) => self.other_step(world),
            (Act::MeasureAnyway, at) => {
                self.anyway = if self.anyway == at { None } else { at };
                self.take_slot(world);
            }
            (act @ (Act::SetupDone | Act::ToolChanged | Act::MaterialChanged), _) => {
                return self.act_on_place(act, world);
            }
            (other, _) => return self.open_sub(other, world),
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
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
        self.now().scan_ask().zip(self.view.as_ref().map(|view| &view.order.part))
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        if matches!(meaning, ScanMeaning::Badge | ScanMeaning::Card(_)) {
            return None;
        }
        if self.now().scan_ask().is_some() {
            self.recording.field.fill(code);
            return Some(self.record_field(world));
        }
        match meaning {
            ScanMeaning::Gauge(gauge) => {
                self.recording.scanned_gauge(gauge, world);
                Some(Turn::Stay)
            }
            ScanMeaning::Traveler(_) | ScanMeaning::Travelers(_) if meaning.names(&self.id) => {
                world.say(say!("this is the unit that is open"), Role::Muted);
                Some(Turn::Stay)
            }
            ScanMeaning::Badge
            | ScanMeaning::Card(_)
            | ScanMeaning::Place(_)
            | ScanMeaning::Deviation(_)
            | ScanMeaning::Permit(_)
            | ScanMeaning::Traveler(_)
            | ScanMeaning::Travelers(_)
            | ScanMeaning::Order(_)
            | ScanMeaning::Part(_)
            | ScanMeaning::LeftOut(_)
            | ScanMeaning::Unknown => None,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.recording.awaits(ticket) || self.changes.awaits(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::Recorded(outcome) => {
                let Some(pending) = self.recording.answered(&outcome, world) else {
                    return Turn::Stay;
                };
                if self.recording.looks_after(&outcome) {
                    self.load(world);
                }
                if let Outcome::Refused(refusal) = &outcome
                    && asks_to_look(refusal)
                {
                    world.say(say!("not saved yet: look at what changed first"), Role::Warn);
                    return Turn::Open(Box::new(DifferenceScreen::new(self.id.clone())));
                }
                world.outcome(outcome, &pending.saved)
            }
            Reply::Loaded(_) => match world.answer(reply) {
                Some(Answer::Traveler(view)) => {
                    if self.recording.loaded() {
                        self.load(world);
                        return Turn::Stay;
                    }
                    self.loaded(view, world)
                }
                Some(Answer::Gauges(rows)) => {
                    let asked = self.asked();
                    self.recording.take_gauge(rows, asked.gauge_class(), world);
                    Turn::Stay
                }
                Some(Answer::Differences(found)) => self.looked(found, world),
                _ => {
                    self.changes.nothing_came();
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
