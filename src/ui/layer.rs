//! One screen of the stack: what every screen answers for.

use std::fmt;

use crate::domain::fact::Position;
use crate::domain::gauge_line::Shown;
use crate::domain::ids::PartId;
use crate::domain::instruction::Ask;
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::views::query::Answer;
use crate::views::scan::ScanMeaning;

use super::input::{Focus, Key, ScanEnd};
use super::keys::Act;
use super::message::{Outcome, Person, SignInTrouble, Ticket};
use super::parts::canvas::Canvas;
use super::world::World;

/// What becomes of the stack after a screen took something.
#[derive(Debug)]
pub enum Turn {
    /// Nothing.
    Stay,
    /// This screen closes.
    Back,
    /// Another opens on top.
    Open(Box<dyn Layer>),
    /// Another takes its place.
    Replace(Box<dyn Layer>),
    /// This screen closes, and the one below does something.
    Do(Act),
    /// A person signed in; before their name it says what was done.
    SignedIn(Box<Person>, &'static str),
}

/// An answer that was awaited.
#[derive(Debug)]
pub enum Reply {
    /// To a question.
    Loaded(Result<Answer, String>),
    /// To something that was to be saved.
    Recorded(Outcome),
    /// To a sign-in.
    SignedIn(Result<Person, SignInTrouble>),
}

/// A screen.
pub trait Layer: fmt::Debug {
    /// What the screen is for, in a line of help.
    fn purpose(&self) -> &'static str;

    /// Whether the screen below stays visible.
    fn overlay(&self) -> bool {
        false
    }

    /// Whether it has the whole screen but for the line of keys: nothing is drawn over it.
    fn whole(&self) -> bool {
        false
    }

    /// Whether it is set by itself in whatever room there is from a small window on, and loses nothing:
    /// not where columns stand at their places.
    fn sets_itself(&self) -> bool {
        false
    }

    /// Whether it is for whoever walks by: then it stays when whoever opened it is signed out by the idle
    /// lock.
    fn is_for_all(&self) -> bool {
        false
    }

    /// What a character does here; it chooses, where no text is typed.
    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    /// What can be done here, as the menu numbers it.
    fn acts(&self, world: &World) -> Vec<Act>;

    /// What the footer names: the keys that matter now. All that can be done, where that is little.
    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    /// What has to be done before the next key, as help says it; none where the key says all.
    fn before_key(&self, _world: &World) -> Option<&'static str> {
        None
    }

    /// Whether an answer is awaited before the next key can be taken.
    fn busy(&self) -> bool {
        false
    }

    /// Whether keys that were pressed before it could be seen are taken; not where Enter says that
    /// somebody has read it.
    fn takes_ahead(&self) -> bool {
        true
    }

    /// Whether a clock with seconds runs here.
    fn ticking(&self, _world: &World) -> bool {
        false
    }

    /// What is typed and not recorded: the draft's key and text.
    fn draft(&self) -> Option<(String, String)> {
        None
    }

    /// The unit that it is about, so that an idle lock can come back to it.
    fn traveler(&self) -> Option<&TravelerId> {
        None
    }

    /// What the page is of, where that can be found and gone back to.
    fn about(&self) -> Option<Traced> {
        self.traveler().cloned().map(Traced::Unit)
    }

    /// Whether a colon opens the palette here: not where it may be a character of a text.
    fn leaves_colon(&self, world: &World) -> bool {
        self.focus(world) == Focus::Choice
    }

    /// Whether words stand in the field that takes characters, of which the keypad's star may be one:
    /// not where digits are typed, nor in a field that is empty.
    fn has_words(&self) -> bool {
        false
    }

    /// Another person took over: what the last one typed is theirs.
    fn person_changed(&mut self) {}

    /// The screen comes up, or comes up again.
    fn shown(&mut self, world: &mut World);

    /// Something changed in the store.
    fn news(&mut self, world: &mut World) {
        self.shown(world);
    }

    /// The window has another size now.
    fn resized(&mut self, _world: &mut World) {}

    /// The clock went on, or other waits run.
    fn time_passed(&mut self, _world: &mut World) {}

    /// Does one of its acts.
    fn act(&mut self, act: Act, world: &mut World) -> Turn;

    /// Takes a key that is no act.
    fn key(&mut self, key: Key, world: &mut World) -> Turn;

    /// Takes text that neither chooses nor confirms.
    fn insert(&mut self, _text: &str) {}

    /// Takes text that was put in at once, into the field that takes characters.
    fn put_in(&mut self, text: &str, _world: &mut World) {
        self.insert(text);
    }

    /// Takes text that was put in at once and is more than a line; none where it goes into a field.
    fn pasted(&mut self, _text: &str, _world: &mut World) -> Option<Turn> {
        None
    }

    /// Takes a value that a gauge sent; none where no value is asked for.
    fn measured(&mut self, _shown: &Shown, _enters: bool, _world: &mut World) -> Option<Turn> {
        None
    }

    /// Puts back what stood before the last characters.
    fn take_back(&mut self, _characters: usize) {}

    /// The ask that takes a value of the code that is scanned, and the part that is made; none where
    /// none is open.
    fn asks_for_scan(&self) -> Option<(&Ask, &PartId)> {
        None
    }

    /// Takes what a scanner sent as it came, where the scanner itself is looked at.
    fn tries_scanner(&mut self, _code: &str, _end: &ScanEnd, _world: &mut World) -> bool {
        false
    }

    /// Takes a scan that means something here; none where the scan is not for this screen.
    fn scanned(&mut self, _code: &str, _meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        None
    }

    /// Tells whether an answer is for this screen.
    fn awaits(&self, _ticket: Ticket) -> bool {
        false
    }

    /// Takes an awaited answer.
    fn reply(&mut self, _reply: Reply, _world: &mut World) -> Turn {
        Turn::Stay
    }

    /// Draws it.
    fn view(&self, world: &World, canvas: &mut Canvas<'_>);
}

/// How many facts an outcome saved, or none where it did not save.
pub fn saved(outcome: &Outcome) -> Option<&[Position]> {
    match outcome {
        Outcome::Saved(positions) => Some(positions),
        Outcome::Refused(_) | Outcome::NotSaved(_) | Outcome::NotSigned(_) => None,
    }
}
