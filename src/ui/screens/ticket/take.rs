//! A hand-off ticket that was scanned: what it says is shown, and Enter takes it.

use crate::domain::decide::Command;
use crate::domain::ticket;
use crate::domain::traveler::command::TravelerCommand;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::count;
use crate::ui::screens::traveler::TravelerScreen;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::ticket::TicketView;

const PURPOSE: &str = "A ticket of the station where the unit comes from. Enter takes it: what it says \
    counts as done here, until the records come.";
const PROVISIONAL: &str =
    "Taken, it counts as done here until the records come. Nothing ships by it.";

/// A ticket as scanned.
#[derive(Debug)]
pub struct TakeTicketScreen {
    ticket: Box<ticket::Ticket>,
    view: Option<Box<TicketView>>,
    loading: Option<Ticket>,
    saving: Option<Ticket>,
}

impl TakeTicketScreen {
    /// What a ticket says.
    pub fn new(ticket: ticket::Ticket) -> Self {
        Self { ticket: Box::new(ticket), view: None, loading: None, saving: None }
    }

    fn may_be_taken(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.against.is_none())
    }
}

impl Layer for TakeTicketScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.may_be_taken() { vec![Act::TakeTicket] } else { Vec::new() }
    }

    fn busy(&self) -> bool {
        self.view.is_none() || self.saving.is_some()
    }

    /// Enter says that somebody has read it.
    fn takes_ahead(&self) -> bool {
        false
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Ticket { ticket: self.ticket.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::TakeTicket || !self.may_be_taken() {
            return Turn::Back;
        }
        let take = TravelerCommand::AcceptTicket(self.ticket.clone());
        let command = Command::Traveler(self.ticket.unit.clone(), take);
        self.saving = Some(world.record(command));
        Turn::Stay
    }

    fn key(&mut self, _key: Key, _world: &mut World) -> Turn {
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.saving == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::Recorded(outcome) => {
                self.saving = None;
                let taken = saved(&outcome).is_some();
                if !taken {
                    return world.outcome(outcome, "");
                }
                world.announce(say!("saved: taken; the next operation may begin"), Role::Ok);
                Turn::Replace(Box::new(TravelerScreen::new(self.ticket.unit.clone())))
            }
            Reply::Loaded(_) => {
                self.loading = None;
                match world.answer(reply) {
                    Some(Answer::Ticket(view)) => self.view = Some(view),
                    _ => return Turn::Back,
                }
                Turn::Stay
            }
            Reply::SignedIn(_) => Turn::Stay,
        }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Hand-off ticket"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(view) = &self.view else { return };
        let mut lines = vec![(view.traveler.to_string(), Role::Title)];
        lines.push((view.part.clone(), Role::Plain));
        if let Some(pieces) = view.pieces {
            let pieces = usize::try_from(pieces).unwrap_or(usize::MAX);
            lines.push((count(pieces, "piece", "pieces"), Role::Plain));
        }
        let drawn = world.site_time(view.drawn);
        lines.push(match &view.station {
            Some(station) => (say!("drawn by {station}, {drawn}", station, drawn), Role::Plain),
            None => (say!("drawn {drawn}", drawn), Role::Plain),
        });
        lines.extend(view.done_words().into_iter().map(|op| (say!("done {op}", op), Role::Ok)));
        lines.push((String::new(), Role::Plain));
        match &view.against {
            Some(told) => {
                let mark = Mark::Hold.glyph(canvas.ascii);
                lines.push((format!("{mark} {} ({})", tell(&told.what), told.code), Role::Fail));
                lines.push((say!("next: {next}", next = tell(&told.next)), Role::Plain));
            }
            None => lines.push((say!(PROVISIONAL).to_owned(), Role::Warn)),
        }
        let cells = canvas.width().saturating_sub(4);
        let wrapped = lines.iter().flat_map(|(text, role)| match text.as_str() {
            "" => vec![Line::default()],
            text => wrapped(text, cells.into(), *role),
        });
        for (line, y) in wrapped.zip(4..canvas.body_end()) {
            line.view(canvas, (2, y), cells);
        }
    }
}
