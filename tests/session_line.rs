//! A session whose line takes no more frames before anybody says that it is lost.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use gemba::app::clock::Clock;
use gemba::app::config::Config;
use gemba::app::display::{Display, Screens, Turned};
use gemba::app::session::{ENDS_WITHIN, Session, Trouble};
use gemba::app::store_handle::StoreHandle;
use gemba::app::terminal::pump::SharedFocus;
use gemba::domain::decide::Command;
use gemba::domain::ids::PersonId;
use gemba::domain::people::PersonCommand;
use gemba::ledger::store::Ledger;
use gemba::ui::effect::{Effect, Pin};
use gemba::ui::input::{Input, Key};
use gemba::ui::message::{Message, Outcome, Person, Ticket};
use gemba::ui::page::Page;
use gemba::views::dots::Whole;

use crate::support::bench::id;
use crate::support::program::{OPERATOR, SamplePlant};

/// A screen with one field; a key is pressed as soon as somebody is signed in.
struct OneField {
    inbox: Sender<Message>,
    typed: String,
}

impl Screens for OneField {
    fn update(&mut self, message: Message) -> Vec<Effect> {
        if let Message::SignedIn(_, Ok(_)) = &message {
            self.inbox.send(Message::Input(Input::Key(Key::Char('7')))).unwrap();
        }
        if let Message::Input(Input::Key(Key::Char(c))) = &message {
            self.typed.push(*c);
        }
        let lost = matches!(message, Message::Input(Input::Lost));
        let keep = || Effect::KeepDraft("note".to_owned(), self.typed.clone());
        if lost { vec![keep(), Effect::Quit] } else { Vec::new() }
    }

    fn view(&mut self, _frame: &mut ratatui::Frame<'_>) -> Option<Arc<Whole>> {
        None
    }

    fn page(&mut self) -> Page {
        Page::default()
    }
}

/// A line that is dead for whatever would be shown once a key has come.
struct Dead;

impl Display for Dead {
    fn has_room(&mut self) -> bool {
        true
    }

    fn show(&mut self, _screens: &mut impl Screens, turned: Turned) -> io::Result<()> {
        if turned.inputs > 0 { Err(rustix::io::Errno::IO.into()) } else { Ok(()) }
    }

    fn has_more(&self) -> bool {
        false
    }

    fn resize(&mut self, _columns: u16, _rows: u16) -> io::Result<()> {
        Ok(())
    }

    fn beep(&mut self) {}

    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen whose value is on its way to the store when the line is lost.
struct OneValue {
    inbox: Sender<Message>,
    /// Somebody else who writes to the store, and so holds the value up.
    beside: rusqlite::Connection,
}

impl Screens for OneValue {
    fn update(&mut self, message: Message) -> Vec<Effect> {
        if let Message::SignedIn(_, Ok(_)) = &message {
            self.beside.execute_batch("BEGIN IMMEDIATE").unwrap();
            self.inbox.send(Message::Input(Input::Lost)).unwrap();
            let command = PersonCommand::Revoke { reason: "as asked".to_owned() };
            return vec![Effect::Record(Ticket(2), Command::Person(id("p-okafor"), command))];
        }
        if let Message::Input(Input::Lost) = &message {
            if !self.beside.is_autocommit() {
                self.beside.execute_batch("ROLLBACK").unwrap();
            }
            return vec![Effect::Quit];
        }
        let refused = matches!(message, Message::Recorded(Ticket(2), Outcome::Refused(_)));
        let keep = || Effect::KeepDraft("note".to_owned(), "24".to_owned());
        if refused { vec![keep(), Effect::Redraw] } else { Vec::new() }
    }

    fn view(&mut self, _frame: &mut ratatui::Frame<'_>) -> Option<Arc<Whole>> {
        None
    }

    fn page(&mut self) -> Page {
        Page::default()
    }
}

/// A screen on which somebody is let in when its session is all but over.
struct LetInLate {
    inbox: Sender<Message>,
    person: Option<Person>,
    /// How often it was told that the line is lost; after the last turn it is for the second time.
    lost: u32,
}

impl Screens for LetInLate {
    fn update(&mut self, message: Message) -> Vec<Effect> {
        if let Message::SignedIn(_, Ok(person)) = &message {
            self.person = Some(person.clone());
            self.inbox.send(Message::Input(Input::Lost)).unwrap();
        }
        if let Message::Input(Input::Lost) = &message {
            self.lost += 1;
        }
        if let Some(person) = self.person.take_if(|_| self.lost == 2) {
            self.inbox.send(Message::SignedIn(Ticket(2), Ok(person))).unwrap();
        }
        if self.lost == 0 { Vec::new() } else { vec![Effect::Quit] }
    }

    fn view(&mut self, _frame: &mut ratatui::Frame<'_>) -> Option<Arc<Whole>> {
        None
    }

    fn page(&mut self) -> Page {
        Page::default()
    }
}

/// Runs a session of somebody who signs in at once.
fn ran<S: Screens>(screens: impl FnOnce(&SamplePlant, Sender<Message>) -> S) -> SamplePlant {
    let plant = SamplePlant::new();
    let config = Config::default().moved_to(&plant.home()).unwrap();
    let (store, _wanted) = StoreHandle::open(&config, &Clock::of_machine()).unwrap();
    let (inbox, messages) = channel();
    let (badge, pin) = (OPERATOR.0.to_owned(), Pin(OPERATOR.1.to_owned()));
    let session = Session {
        screens: screens(&plant, inbox.clone()),
        begin: vec![Effect::SignIn(Ticket(1), badge, pin)],
        store,
        terminal: id("pts-3"),
        place: None,
        focus: SharedFocus::default(),
        taken: None,
        settled: None,
        ends_within: ENDS_WITHIN,
    };
    let ended = session.run((inbox, messages), Dead);
    assert!(matches!(ended.how, Err(Trouble::Line(_))), "{ended:?}");
    plant
}

/// What is left of a note of who signed in.
fn note(plant: &SamplePlant) -> Option<String> {
    let novak: PersonId = id("p-novak");
    Ledger::open(&plant.home()).unwrap().draft(&novak, "note").unwrap()
}

#[test]
fn r13_what_is_typed_is_kept_where_a_frame_meets_the_dead_line_first() {
    let plant = ran(|_, inbox| OneField { inbox, typed: String::new() });
    assert_eq!(note(&plant).as_deref(), Some("7"));
}

#[test]
fn r13_a_value_that_is_refused_after_the_line_was_lost_is_kept_as_it_was_typed() {
    let plant = ran(|plant, inbox| {
        let beside = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
        OneValue { inbox, beside }
    });
    assert_eq!(note(&plant).as_deref(), Some("24"));
}

#[test]
fn whoever_is_let_in_when_the_session_is_all_but_over_is_signed_out_again() {
    let closed = |plant: &SamplePlant| {
        let store = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
        let sql = "SELECT count(*) FROM fact WHERE kind = 'SessionClosed'";
        store.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap()
    };
    let mut before = 0;
    let plant = ran(|plant, inbox| {
        before = closed(plant);
        LetInLate { inbox, person: None, lost: 0 }
    });
    assert_eq!(closed(&plant), before + 2);
}
