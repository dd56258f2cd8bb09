//! Calling for help: a digit says what for, and it is called at once.

use crate::domain::decide::Command;
use crate::domain::floor::FloorCommand;
use crate::domain::help::HelpWanted;
use crate::domain::stream::TravelerId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::frame::call;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};

const PURPOSE: &str = "A digit calls for help to this place. Whoever comes says so, and the call is \
    cleared when nothing more is needed.";

/// The kinds of help, by digit.
#[derive(Debug)]
pub struct CallScreen {
    traveler: Option<TravelerId>,
    kinds: Vec<String>,
    loading: Option<Ticket>,
    pending: Option<(Ticket, String)>,
}

impl CallScreen {
    /// Calls from where a unit may be worked on.
    pub fn new(traveler: Option<TravelerId>) -> Self {
        Self { traveler, kinds: Vec::new(), loading: None, pending: None }
    }

    fn call(&mut self, kind: String, world: &mut World) -> Turn {
        let Some(place) = world.place.clone() else {
            world.warn(say!("help is called to a place: choose yours first"));
            return Turn::Back;
        };
        let wanted = HelpWanted {
            kind: kind.clone(),
            traveler: self.traveler.clone(),
            step: None,
            note: String::new(),
        };
        let ticket = world.record(Command::Floor(place, FloorCommand::CallHelp(wanted)));
        self.pending = Some((ticket, kind));
        Turn::Stay
    }
}

impl Layer for CallScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Calls]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Menu, Act::Help, Act::Back]
    }

    fn busy(&self) -> bool {
        self.loading.is_some() || self.pending.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Help { cleared: false }));
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let digit = key.digit().and_then(|digit| digit.checked_sub(1));
        match digit.and_then(|at| self.kinds.get(at)).cloned() {
            Some(kind) => self.call(kind, world),
            None => Turn::Stay,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
            || self.pending.as_ref().is_some_and(|(pending, _)| *pending == ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::Recorded(outcome) => {
                let kind = self.pending.take().map(|(_, kind)| kind).unwrap_or_default();
                let well = saved(&outcome).is_some();
                let turn =
                    world.outcome(outcome, &say!("saved: {kind} called", kind = call(&kind)));
                if well { Turn::Back } else { turn }
            }
            Reply::Loaded(_) | Reply::SignedIn(_) => {
                self.loading = None;
                if let Some(Answer::Help(help)) = world.answer(reply) {
                    self.kinds = help.kinds;
                }
                Turn::Stay
            }
        }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Call for help"), Role::Title);
        let place = world.place.as_ref().map_or(say!("no place"), |place| place.as_str());
        canvas.put_right(canvas.width().saturating_sub(1), 1, place, Role::Plain);
        canvas.rule(2);
        canvas.put((3, 4), say!("What for? A digit calls at once"), Role::Title);
        canvas.cursor = Some((3, 4));
        for ((y, number), kind) in (6..).zip(1_u16..).zip(&self.kinds) {
            canvas.put((3, y), &number.to_string(), Role::Accent);
            canvas.put_in((6, y), canvas.width().saturating_sub(8), &call(kind), Role::Plain);
        }
    }
}
