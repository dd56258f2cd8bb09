//! One deviation with everything known: opened by the failing reading, or from the list.

use crate::domain::ids::DeviationId;
use crate::domain::people::Action;
use crate::domain::stream::TravelerId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::parts::words::span;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::DeviationView;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

use super::dispose::{DisposeScreen, disposition};
use super::note::{NoteFor, NoteScreen};

const PURPOSE: &str = "A deviation: what was required, what was found, what was done at once and \
    what becomes of the unit. The unit is held until it is disposed.";

/// The screen of one deviation.
#[derive(Debug)]
pub struct DeviationScreen {
    id: DeviationId,
    view: Option<Box<DeviationView>>,
    unknown: bool,
    loading: Option<Ticket>,
}

impl DeviationScreen {
    /// A deviation by its number.
    pub fn raised(id: DeviationId) -> Self {
        Self { id, view: None, unknown: false, loading: None }
    }

    fn note(&self, what: NoteFor) -> Turn {
        match &self.view {
            Some(view) => Turn::Open(Box::new(NoteScreen::new(view.traveler.clone(), what))),
            None => Turn::Stay,
        }
    }
}

/// How a deviation stands: symbol, role, words.
pub fn standing(view: &DeviationView) -> (Mark, Role, &'static str) {
    match (&view.disposed, view.closed) {
        (_, true) => (Mark::Pass, Role::Ok, "closed"),
        (Some(_), false) => (Mark::Partly, Role::Plain, "disposed"),
        (None, false) => (Mark::Hold, Role::Hold, "waits for disposition"),
    }
}

impl Layer for DeviationScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.view.as_ref().map(|view| &view.traveler)
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let Some(view) = &self.view else { return Vec::new() };
        let mut acts = Vec::new();
        if view.disposed.is_none() {
            acts.extend([Act::Dispose, Act::Contain]);
        } else if !view.closed {
            acts.extend([Act::Contain, Act::CloseDeviation]);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Deviation { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        match (act, &self.view) {
            (Act::Dispose, Some(view)) => {
                let form = Box::new(DisposeScreen::new(view.clone()));
                // Whoever may comes here and signs with their own badge.
                match may::refused(&[Action::Dispose, Action::UseAsIs], world) {
                    Some(refusal) => world.not_for_role(&refusal, Some(form)),
                    None => Turn::Open(form),
                }
            }
            (Act::Contain, _) => self.note(NoteFor::Contain(self.id.clone())),
            (Act::CloseDeviation, _) => self.note(NoteFor::Close(self.id.clone())),
            _ => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
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
        let x = canvas.put((1, 1), "Deviation ", Role::Title);
        canvas.put((x, 1), self.id.as_str(), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(view) = &self.view else {
            if self.unknown {
                canvas.put((3, 4), "This deviation is not known at this station.", Role::Warn);
            }
            return;
        };
        let (mark, role, words) = standing(view);
        let text = format!("{} {words}", mark.glyph(canvas.ascii));
        canvas.put_right(canvas.width().saturating_sub(1), 1, &text, role);
        let cells = canvas.width().saturating_sub(19);
        let mut y = 4;
        for (name, value) in rows(view, world) {
            let lines = wrapped(&value, cells.into(), Role::Plain);
            let strong = matches!(name, "Required" | "Found" | "Disposition");
            canvas.put((3, y), name, if strong { Role::Title } else { Role::Muted });
            for line in lines {
                if y >= canvas.body_end() {
                    return;
                }
                line.view(canvas, (17, y), cells);
                y += 1;
            }
        }
    }
}

fn rows(view: &DeviationView, world: &World) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let part = view.part.as_ref().map_or(String::new(), |part| format!("  {part}"));
    rows.push(("Unit", format!("{}{part}", view.traveler)));
    let title = view.steps_before.iter().find(|(id, _)| *id == view.step);
    let title = title.map_or(view.step.as_str(), |(_, title)| title);
    rows.push(("Step", format!("op {}  {title}", view.operation)));
    let mut push = |name, value: String| {
        if !value.is_empty() {
            rows.push((name, value));
        }
    };
    push("Required", view.required.clone());
    let more =
        if view.readings > 1 { format!("  ({} readings)", view.readings) } else { String::new() };
    if !view.found.is_empty() {
        push("Found", format!("{}{more}", view.found));
    }
    push("Note", view.note.clone());
    let place = view.place.as_ref().map_or(String::new(), |place| format!(" at {place}"));
    push("Raised", format!("{} by {}{place}", ago(view.raised, world), view.raised_by));
    for containment in &view.containments {
        push("At once", containment.clone());
    }
    if let Some(suggested) = &view.suggested {
        push("Suggested", disposition(suggested, view));
    }
    if let Some(disposed) = &view.disposed {
        push("Disposition", disposition(&disposed.disposition, view));
        push("Why", disposed.reason.clone());
        push("Signed", disposed.signature.words());
    }
    for other in &view.without_effect {
        let (what, signed) = (disposition(&other.disposition, view), other.signature.words());
        push("No effect", format!("{what}: {signed}"));
    }
    let saved = if view.at_server { "at server" } else { "saved here, not at the server yet" };
    push("Record", saved.to_owned());
    rows
}

/// How long ago within a day, else the moment.
fn ago(at: jiff::Timestamp, world: &World) -> String {
    let seconds = world.time.moment.utc.duration_since(at).as_secs();
    match seconds {
        ..60 => "now".to_owned(),
        60..86_400 => format!("{} ago", span(seconds)),
        _ => minute(at),
    }
}
