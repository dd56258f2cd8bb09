//! How a session leaves: what is under way is done first, what was typed is kept, and whoever is there is
//! signed out.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::app::card::Claim;
use crate::app::display::{Display, Screens};
use crate::app::session::{Session, Turn};
use crate::app::store_handle::CLOSED;
use crate::domain::ids::PersonId;
use crate::ui::effect::Effect;
use crate::ui::input::Input;
use crate::ui::message::{Message, PinStands, Ticket};

/// A PIN that is being changed.
pub(super) struct Changing {
    pub(super) ticket: Ticket,
    pub(super) claim: Claim,
}

impl Changing {
    /// How it stands where nobody waits for it any longer: what has not begun is called off.
    fn given_up(&self) -> PinStands {
        if self.claim.take() { PinStands::AsItWas } else { PinStands::Unknown }
    }
}

impl<S: Screens> Session<S> {
    /// Lets what is under way be done first: a signature is taken only while its session lasts, and whoever
    /// changes a PIN is told which one holds. What it leaves typed is kept, and whoever is let in by it is
    /// here. Tells what became of such a PIN.
    pub(super) fn finish(
        &mut self,
        turn: &mut Turn,
        inbox: &Receiver<Message>,
        display: &mut impl Display,
    ) -> Option<PinStands> {
        let done = if turn.proving.is_empty() {
            self.store.kept(turn.stay)
        } else {
            self.store.settle(turn.stay)
        };
        // What is not kept is asked once more when everybody has left.
        done.unwrap_or_default();
        let (changing, since_ms) = (turn.changing.take(), turn.monotonic.ms());
        let (mut came, mut stands) = (Vec::new(), None);
        loop {
            let waits = changing.as_ref().filter(|_| stands.is_none());
            let passed = Duration::from_millis(turn.monotonic.ms().saturating_sub(since_ms));
            // Everything but a PIN is answered by now.
            let left = waits.map_or(Duration::ZERO, |_| self.ends_within.saturating_sub(passed));
            let Ok(message) = inbox.recv_timeout(left) else { break };
            if let (Some(changing), Message::SignedIn(ticket, answer)) = (waits, &message)
                && *ticket == changing.ticket
            {
                stands = Some(match answer {
                    Ok(_) => PinStands::Changed,
                    Err(trouble) => PinStands::after(trouble),
                });
            }
            if matches!(message, Message::Recorded(..)) {
                self.keep(turn, message, display);
            } else {
                came.extend(let_in(message));
            }
        }
        self.keep(turn, Message::Input(Input::Lost), display);
        for person in came {
            self.comes(turn, person);
        }
        stands.or_else(|| changing.as_ref().map(Changing::given_up))
    }

    /// Folds a message into screens that nobody sees any more: what is typed there is kept or forgotten,
    /// and nothing else is done.
    fn keep(&mut self, turn: &mut Turn, message: Message, display: &mut impl Display) {
        for effect in self.screens.update(message) {
            if matches!(effect, Effect::KeepDraft(..) | Effect::DropDraft(_)) {
                self.perform(turn, effect, display).unwrap_or_default();
            }
        }
    }

    /// Signs out whoever is here, and whoever is let in meanwhile, as by a new PIN. A draft that was kept
    /// in the last turn is on disk before the terminal is given back.
    pub(super) fn leave(&self, turn: &mut Turn, inbox: &Receiver<Message>) -> Result<(), String> {
        loop {
            if turn.acting.actor.is_some() {
                self.store.sign_out(turn.acting.clone(), CLOSED);
                turn.acting.actor = None;
            }
            let kept = self.store.kept(turn.stay);
            let Some(person) = inbox.try_iter().find_map(let_in) else { return kept };
            self.comes(turn, person);
        }
    }
}

/// Whoever is let in by an answer.
fn let_in(answer: Message) -> Option<PersonId> {
    if let Message::SignedIn(_, Ok(person)) = answer { Some(person.person) } else { None }
}
