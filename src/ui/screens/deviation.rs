//! One deviation with everything known: opened by the failing reading, or from the list.

use crate::domain::deviation::DeviationKind;
use crate::domain::ids::DeviationId;
use crate::domain::people::Action;
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::domain::understood::{BECOMES, understood};
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged::{Pages, Sheet};
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::span;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::{ConcernedView, DeviationStanding, DeviationView, DisposedStanding};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

use super::approve::{ApproveScreen, roles};
use super::dispose::{DisposeScreen, disposition};
use super::follow::FollowScreen;
use super::line::{LineFor, LineScreen};
use super::propose::{Known, propose};
use super::told;

const PURPOSE: &str = "A deviation: what was required, what was found, what was done at once and \
    what becomes of the unit. The unit is held until it is disposed.";

/// Before what was asked for in error.
const WITHDRAWN: &str = "Withdrawn";
/// Before a cause in whose place another one was found.
const CAUSE_BEFORE: &str = "Cause before";

/// The screen of one deviation.
#[derive(Debug)]
pub struct DeviationScreen {
    id: DeviationId,
    view: Option<Box<DeviationView>>,
    pages: Pages,
    unknown: bool,
    loading: Option<Ticket>,
}

impl DeviationScreen {
    /// A deviation by its number.
    pub fn raised(id: DeviationId) -> Self {
        Self { id, view: None, pages: Pages::default(), unknown: false, loading: None }
    }

    fn lines(&self, world: &World) -> Vec<Line> {
        let Some(view) = &self.view else { return Vec::new() };
        let sheet = Sheet::of(world);
        let row = |(name, value): (&'static str, String)| {
            let strong = matches!(name, "Required" | "Found" | "Disposition");
            let role = if strong { Role::Title } else { Role::Muted };
            // What counts no more steps back.
            let past = matches!(name, WITHDRAWN | CAUSE_BEFORE | "Replaced" | "No effect");
            let said = if past { Role::Muted } else { Role::Plain };
            sheet.named((say!(name), role), 15, (&value, said))
        };
        rows(view, world).into_iter().flat_map(row).collect()
    }
}

fn open_line(what: LineFor) -> Turn {
    Turn::Open(Box::new(LineScreen::new(what)))
}

/// How a deviation stands: symbol, role, words.
pub fn standing(view: &DeviationView) -> (Mark, Role, &'static str) {
    match view.standing {
        DeviationStanding::Closed => (Mark::Pass, Role::Ok, "closed"),
        DeviationStanding::ToCheck => (Mark::Partly, Role::Plain, "closed, to be checked"),
        DeviationStanding::Disposed => (Mark::Partly, Role::Plain, "disposed"),
        DeviationStanding::Approval => (Mark::Hold, Role::Hold, "waits for a signature"),
        DeviationStanding::Open => (Mark::Hold, Role::Hold, "waits for disposition"),
    }
}

impl Layer for DeviationScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn about(&self) -> Option<Traced> {
        Some(Traced::Deviation(self.id.clone()))
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.view.as_ref()?.unit().map(|unit| &unit.traveler)
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let Some(view) = &self.view else { return Vec::new() };
        let mut acts = Vec::new();
        match view.standing {
            DeviationStanding::Open => acts.extend([Act::Dispose, Act::Contain]),
            DeviationStanding::Approval => {
                acts.extend([Act::Approve, Act::DisposeAnew, Act::Contain]);
            }
            DeviationStanding::Disposed => acts.extend([Act::Contain, Act::CloseDeviation]),
            DeviationStanding::ToCheck | DeviationStanding::Closed => {}
        }
        if view.standing != DeviationStanding::Closed {
            acts.push(Act::Follow);
        }
        let measured = view.unit().is_some_and(|unit| unit.characteristic.is_some());
        acts.extend(measured.then_some(Act::ProposePermit));
        acts.extend(Pages::are_several(&self.lines(world), rows_of(world)).then_some(Act::Turn));
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Deviation { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        match (act, &self.view) {
            (Act::Turn, _) => {
                self.pages.turn(self.lines(world), rows_of(world));
                Turn::Stay
            }
            (Act::Approve, Some(view)) => {
                let Some(waits) = view.waits() else { return Turn::Stay };
                let form = Box::new(ApproveScreen::new(view.clone(), Box::new(waits.clone())));
                match may::refused(&[Action::UseAsIs], world) {
                    Some(refusal) => world.not_for_role(&refusal, Some(form)),
                    None => Turn::Open(form),
                }
            }
            (Act::Dispose | Act::DisposeAnew, Some(view)) => {
                let form = Box::new(DisposeScreen::new(view.clone()));
                // Whoever may comes here and signs with their own badge.
                match may::refused(&[Action::Dispose, Action::UseAsIs], world) {
                    Some(refusal) => world.not_for_role(&refusal, Some(form)),
                    None => Turn::Open(form),
                }
            }
            (Act::Follow, Some(view)) => Turn::Open(Box::new(FollowScreen::new(view.clone()))),
            (Act::ProposePermit, Some(view)) => propose(Known::of(view), world),
            (Act::Contain, _) => open_line(LineFor::Contain(self.id.clone())),
            (Act::CloseDeviation, _) => open_line(LineFor::Close(self.id.clone())),
            _ => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.pages.back();
        }
        // Enter disposes where that is open; where nothing is left to decide it goes back.
        if key == Key::Enter { Turn::Back } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Deviation(view)) = world.answer(reply) {
            self.unknown = view.is_none();
            self.view = view;
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &world.deviation(&self.id), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(view) = &self.view else {
            if self.unknown {
                let text = say!("This deviation is not known at this station.");
                canvas.put((3, 4), text, Role::Warn);
            }
            return;
        };
        let (mark, role, words) = standing(view);
        let text = format!("{} {}", mark.glyph(canvas.ascii), say!(words));
        canvas.put_right(canvas.width().saturating_sub(1), 1, &text, role);
        self.pages.view(&self.lines(world), (4, rows_of(world)), canvas);
    }
}

/// Rows of a page.
fn rows_of(world: &World) -> u16 {
    world.size.1.saturating_sub(7)
}

fn rows(view: &DeviationView, world: &World) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let several = view.units.len() > 1;
    for unit in &view.units {
        rows.extend(of_unit(unit, several));
    }
    let mut push = |name, value: String| {
        if !value.is_empty() {
            rows.push((name, value));
        }
    };
    if view.kind == DeviationKind::Process {
        push("Kind", say!(view.kind.word()).to_owned());
    }
    if let Some(code) = &view.code {
        push("Code", format!("{}  {}, {}", code.code, code.text, say!(code.severity.word())));
    }
    push("Required", told::required(&view.required));
    let readings: u64 = view.units.iter().map(|unit| unit.readings).sum();
    let more = if readings > 1 { say!("  ({readings} readings)", readings) } else { String::new() };
    if !view.found.is_empty() {
        push("Found", format!("{}{more}", told::found(&view.found)));
    }
    push("Note", told::noted(&view.note));
    if let Some(at) = &view.close_by {
        push(
            "Close by",
            say!("op {operation} step {step}", operation = at.operation, step = at.step),
        );
    }
    let place = view.place.as_ref().map_or(String::new(), |place| say!(" at {place}", place));
    let when = ago(view.raised, world);
    push("Raised", say!("{when} by {who}{place}", when, who = view.raised_by, place));
    for review in &view.reviews {
        push("Review", review.clone());
    }
    for containment in &view.containments {
        let name = if containment.withdrawn.is_some() { WITHDRAWN } else { "At once" };
        push(name, tell(&containment.words()));
    }
    let first = view.unit();
    if let Some(suggested) = first.and_then(|unit| unit.suggested.as_ref()) {
        push("Suggested", disposition(suggested, first));
    }
    decisions(view, &mut push);
    if let Some(cause) = &view.cause {
        push("Cause", cause.words());
    }
    for before in &view.causes_before {
        push(CAUSE_BEFORE, before.words());
    }
    for action in &view.actions {
        let name = if action.withdrawn.is_some() { WITHDRAWN } else { "Action" };
        push(name, tell(&action.words()));
    }
    for closing in &view.closings {
        push("Closed", tell(&closing.words()));
    }
    let saved =
        if view.at_server { say!("at server") } else { say!("saved here, not at the server yet") };
    push("Record", saved.to_owned());
    rows
}

/// A unit, and what becomes of it where there are several.
fn of_unit(unit: &ConcernedView, several: bool) -> Vec<(&'static str, String)> {
    let part = unit.part.as_ref().map_or(String::new(), |part| format!(", {part}"));
    let pieces = if unit.pieces > 1 {
        say!(", {pieces} pieces", pieces = unit.pieces)
    } else {
        String::new()
    };
    let named = format!("{}{part}{pieces}", unit.traveler);
    let step = unit.operation.zip(unit.step.as_ref()).map(|(operation, step)| {
        let title = unit.steps_before.iter().find(|(id, _)| id == step);
        let title = title.map_or(step.as_str(), |(_, title)| title);
        say!("op {operation} {title}", operation, title)
    });
    let begun = step.clone().unwrap_or_else(|| say!("not begun").to_owned());
    if !several {
        return vec![("Unit", named), ("Step", begun)];
    }
    let stands = match (&unit.disposed, unit.held) {
        (Some(disposed), _) => tell(&understood(disposed, BECOMES)),
        (None, true) => say!("held").to_owned(),
        (None, false) => say!("not held").to_owned(),
    };
    vec![("Unit", format!("{named}, {begun}: {stands}"))]
}

/// Everything that was decided: what the units follow first.
fn decisions(view: &DeviationView, push: &mut impl FnMut(&'static str, String)) {
    for decided in &view.dispositions {
        let signed: Vec<String> =
            decided.signatures.iter().map(|signed| tell(&signed.told())).collect();
        let words = match decided.decisions.as_slice() {
            [one] if one.pieces.is_none() => {
                let unit = view.units.iter().find(|unit| unit.traveler == one.unit);
                let words = disposition(&one.disposition, unit);
                if view.units.len() > 1 { format!("{} {words}", one.unit) } else { words }
            }
            _ => tell(&decided.words()),
        };
        match decided.standing {
            DisposedStanding::InEffect | DisposedStanding::Waits => {
                push("Disposition", words);
                push("Why", decided.reason.clone());
                for signature in signed {
                    push("Signed", signature);
                }
                if decided.standing == DisposedStanding::Waits {
                    push("Not signed", roles(&decided.open));
                }
            }
            DisposedStanding::Replaced => {
                push("Replaced", format!("{words}: {}", signed.join("; ")));
            }
            DisposedStanding::WithoutEffect => {
                push("No effect", format!("{words}: {}", signed.join("; ")));
            }
        }
    }
}

/// How long ago within a day, else the moment.
fn ago(at: jiff::Timestamp, world: &World) -> String {
    let seconds = world.time.moment.utc.duration_since(at).as_secs();
    match seconds {
        ..60 => say!("now").to_owned(),
        60..86_400 => say!("{span} ago", span = span(seconds)),
        _ => minute(at),
    }
}
