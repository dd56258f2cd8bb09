//! A PIN that is being changed when its session ends: it is waited for, whoever asked is told which one
//! holds, and that one does.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gemba::app::clock::Clock;
use gemba::app::config::Config;
use gemba::app::display::{Display, Screens, Turned};
use gemba::app::session::{Ended, Session};
use gemba::app::store_handle::StoreHandle;
use gemba::app::terminal::pump::SharedFocus;
use gemba::domain::fact::Acting;
use gemba::sync::client::access::Access;
use gemba::ui::effect::{Effect, NewPin, Pin};
use gemba::ui::input::Input;
use gemba::ui::message::{Message, PinStands, SignInTrouble, Ticket};
use gemba::ui::page::Page;
use gemba::views::dots::Whole;
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::Notify;

use crate::support::bench::id;
use crate::support::front::{Asked, Front, Says};
use crate::support::hosting::Hosting;
use crate::support::patience::comes;
use crate::support::program::{OPERATOR, SamplePlant};
use crate::support::seat::Seat;

const NEW: &str = "604713";
const START: [&str; 5] = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1"];
/// The first question of a change, before anything is written, and the last.
const FIRST: &str = "GET /v1/time";
const LAST: &str = "PUT /v1/credentials";

/// A question of a station to its server that is held back until it is let go.
#[derive(Clone)]
struct Held {
    came: Arc<Notify>,
    goes: Arc<Notify>,
    is_free: Arc<AtomicBool>,
}

impl Held {
    /// From now on what the station asks goes by way of here.
    async fn at(plant: &SamplePlant, line: &'static str) -> Self {
        let (came, goes) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let held = Self { came, goes, is_free: Arc::default() };
        let Self { came, goes, is_free } = held.clone();
        let access = Access::read(&plant.home()).unwrap();
        let front = Front::of(access.url.clone(), move |asked: &Asked| {
            if !asked.is(line) || is_free.load(Ordering::SeqCst) {
                return Says::GoOn;
            }
            came.notify_one();
            Says::Once(Arc::clone(&goes))
        });
        Access { url: front.await.url, ..access }.write(&plant.home()).unwrap();
        held
    }

    /// Waits until it is asked.
    async fn comes(&self) {
        self.came.notified().await;
    }

    /// It goes on to the server, as does whatever is asked from now on.
    fn lets_go(&self) {
        self.is_free.store(true, Ordering::SeqCst);
        self.goes.notify_waiters();
        // Also who is about to wait.
        self.goes.notify_one();
    }
}

/// Screens that ask for nothing.
struct Nothing;

impl Screens for Nothing {
    fn update(&mut self, _message: Message) -> Vec<Effect> {
        Vec::new()
    }

    fn view(&mut self, _frame: &mut ratatui::Frame<'_>) -> Option<Arc<Whole>> {
        None
    }

    fn page(&mut self) -> Page {
        Page::default()
    }
}

/// A line that takes everything, and says when the last of it was shown.
struct Blank(Sender<()>);

impl Display for Blank {
    fn has_room(&mut self) -> bool {
        true
    }

    fn show(&mut self, _screens: &mut impl Screens, turned: Turned) -> io::Result<()> {
        if turned.ended {
            self.0.send(()).unwrap();
        }
        Ok(())
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

/// Somebody who changes their PIN at a terminal, and does nothing else.
struct Changing {
    line: Sender<Message>,
    last_shown: Receiver<()>,
    session: JoinHandle<Ended>,
}

impl Changing {
    fn at(plant: &SamplePlant, ends_within: Duration) -> Self {
        let store = opened(plant);
        let (inbox, messages) = channel();
        let (shows, last_shown) = channel();
        let line = inbox.clone();
        let session = thread::spawn(move || {
            let new = NewPin { before: pin(OPERATOR.1), new: pin(NEW) };
            let session = Session {
                screens: Nothing,
                begin: vec![Effect::ChangePin(Ticket(1), OPERATOR.0.to_owned(), new)],
                store,
                terminal: id("pts-3"),
                place: None,
                focus: SharedFocus::default(),
                taken: None,
                settled: None,
                ends_within,
            };
            session.run((inbox, messages), Blank(shows))
        });
        Self { line, last_shown, session }
    }

    /// The terminal is lost, and nothing more is shown there.
    fn is_lost(&self) {
        self.line.send(Message::Input(Input::Lost)).unwrap();
        self.last_shown.recv().unwrap();
    }

    fn ends(self) -> Option<PinStands> {
        let ended = self.session.join().unwrap();
        assert!(ended.how.is_ok(), "{ended:?}");
        ended.pin
    }
}

fn opened(plant: &SamplePlant) -> StoreHandle {
    let config = Config::default().moved_to(&plant.home()).unwrap();
    StoreHandle::open(&config, &Clock::of_machine()).unwrap().0
}

fn pin(text: &str) -> Pin {
    Pin(text.to_owned())
}

/// How many facts say that a PIN was changed.
fn changed(plant: &SamplePlant) -> u32 {
    let store = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
    let sql = "SELECT count(*) FROM fact WHERE kind = 'PinChanged'";
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_while_its_pin_is_changed_ends_once_the_server_has_the_new_one() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let held = Held::at(&plant, LAST).await;
    let changing = Changing::at(&plant, Duration::from_hours(1));
    held.comes().await;
    changing.is_lost();
    held.lets_go();
    assert_eq!(changing.ends(), Some(PinStands::Changed));
    plant.by((OPERATOR.0, NEW), &START).exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_has_not_begun_when_nobody_waits_any_longer_leaves_the_pin_as_it_was() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let held = Held::at(&plant, FIRST).await;
    let changing = Changing::at(&plant, Duration::ZERO);
    held.comes().await;
    changing.is_lost();
    assert_eq!(changing.ends(), Some(PinStands::AsItWas));
    plant.by(OPERATOR, &START).exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_server_was_asked_and_nobody_waits_for_its_answer_either_pin_may_hold() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let (before, held) = (changed(&plant), Held::at(&plant, LAST).await);
    let changing = Changing::at(&plant, Duration::ZERO);
    held.comes().await;
    changing.is_lost();
    assert_eq!(changing.ends(), Some(PinStands::Unknown));
    assert_eq!(changed(&plant), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_called_off_is_not_written_later() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let (before, held) = (changed(&plant), Held::at(&plant, FIRST).await);
    let (store, (answers, inbox)) = (opened(&plant), channel());
    let acting = Acting { place: None, terminal: id("pts-3"), session: None, actor: None };
    let pins = (pin(OPERATOR.1), pin(NEW));
    let claim = store.change_pin(Ticket(1), OPERATOR.0.to_owned(), pins, (acting, answers));
    held.comes().await;
    assert!(claim.take(), "nothing is written yet");
    held.lets_go();
    let answer = inbox.recv().unwrap();
    let Message::SignedIn(Ticket(1), Err(SignInTrouble::Fault(why))) = &answer else {
        panic!("{answer:?}")
    };
    assert!(why.contains("nobody waits for it any more"), "{why}");
    assert_eq!(changed(&plant), before, "no fact says that a PIN was changed");
    plant.by(OPERATOR, &START).exits(0);
}

/// Changes their own PIN, from the menu on to the last Enter.
fn changes_pin(seat: &mut Seat) {
    const ASKED: &str = "  Change my PIN";
    seat.shows("at server");
    seat.press("\x1b[20~");
    seat.shows("What now?");
    let digit = (0..9).find_map(|_| {
        let shown = seat.screen();
        let digit = shown.split_once(ASKED).and_then(|(before, _)| before.chars().next_back());
        if digit.is_none() {
            seat.types_no_further("9");
        }
        digit
    });
    seat.press(&digit.expect("it is not in the menu").to_string());
    seat.shows("Type the PIN that you have now");
    seat.types(OPERATOR.1);
    seat.shows("Type the new PIN twice");
    seat.types(NEW);
    seat.types(NEW);
    seat.shows("changing your PIN at the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_told_to_end_while_a_pin_is_changed_says_on_the_line_which_one_holds() {
    let hosting = Hosting::start(&[("bench", "ASM-1")], "");
    let _server = hosting.plant.server();
    let held = Held::at(&hosting.plant, LAST).await;
    let mut seat = hosting.reached().seat("bench");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    changes_pin(&mut seat);
    held.comes().await;
    let process = i32::try_from(hosting.service.process()).unwrap();
    kill_process(Pid::from_raw(process).unwrap(), Signal::TERM).unwrap();
    // It takes nobody any more, and waits for those who are there.
    assert!(comes(|| TcpStream::connect(hosting.address).is_err()));
    held.lets_go();
    seat.shows("gemba: saved: your PIN is changed; sign in with it");
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.ends(), Some(0));
    plant.by((OPERATOR.0, NEW), &START).exits(0);
    drop(keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_told_to_end_while_a_pin_is_changed_says_at_last_that_either_may_hold() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let held = Held::at(&plant, LAST).await;
    let mut seat = Seat::open(&plant, "ASM-1");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    changes_pin(&mut seat);
    held.comes().await;
    seat.signal(Signal::TERM);
    seat.shows("your PIN may be changed: try the new one, then the one before");
    assert_eq!(seat.ends_when_told(), 0);
}
