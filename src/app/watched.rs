//! What is noted of a hosted session: who signs in and out there, and where it stands.

use crate::app::display::Watcher;
use crate::app::gauge_bench::AtBench;
use crate::app::printer::Printer;
use crate::domain::text::sanitize_line;
use crate::ui::effect::Effect;
use crate::ui::message::{Message, SignInTrouble};

/// What is noted of a session.
#[derive(Debug)]
pub struct Watched {
    /// The session, in words.
    pub who: String,
    /// Where it is told.
    pub printer: Printer,
    /// Where it stands, for the line of the gauges.
    pub at_bench: AtBench,
}

impl Watcher for Watched {
    fn hears(&mut self, message: &Message) {
        match message {
            Message::SignedIn(_, Ok(person)) => {
                self.at_bench.works(true);
                self.tells(&format!("{} signed in", person.person));
            }
            // What is locked says so until the lock is over, and is told no further.
            Message::SignedIn(_, Err(SignInTrouble::Wrong)) => {
                self.tells("a badge and a PIN proved nobody");
            }
            Message::DraftsKept(Err(why)) => self.tells(&format!("a draft is not kept: {why}")),
            Message::SignedIn(_, Err(_))
            | Message::Input(_)
            | Message::Loaded(..)
            | Message::Recorded(..)
            | Message::Draft(..)
            | Message::DraftsKept(Ok(()))
            | Message::Clock(_)
            | Message::Link(_)
            | Message::Waits(_)
            | Message::News => {}
        }
    }

    fn sees(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::SignOut(how) = effect {
                self.at_bench.works(false);
                self.tells(&format!("signed out, {}", how.word()));
            }
            if let Effect::BindPlace(place) = effect {
                self.at_bench.moves(place.clone());
            }
        }
    }
}

impl Watched {
    fn tells(&self, what: &str) {
        self.printer.remark(sanitize_line(&format!("{} {what}", self.who)));
    }
}
