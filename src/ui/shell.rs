//! The stack of screens: takes a message, gives effects, draws what is on top.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::ui::speech::say;
use crate::views::dots::Whole;
use crate::views::query::Answer;

use super::effect::Effect;
use super::input::{Focus, GaugeSaid, Input, Key, ScanEnd};
use super::layer::{Layer, Reply, Turn};
use super::message::{Message, Ticket, Time};
use super::parts::canvas::{Canvas, Drawn};
use super::parts::frame;
use super::parts::heard;
use super::parts::prose::wrapped;
use super::screens::queue::QueueScreen;
use super::screens::sign_in::SignInScreen;
use super::screens::tour::TourScreen;
use super::screens::traveler::TravelerScreen;
use super::speech::tell;
use super::theme::Role;
use super::window::{Window, laid_out};
use super::world::{Start, World};

/// Keys and scans that are kept while an answer is awaited.
const QUEUED_MAX: usize = 256;
/// After so many minutes without a key the terminal goes back to sign-in, unless told otherwise.
pub const IDLE_LOCK_MIN: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// The smallest terminal that shows anything of use.
const COLUMNS_MIN: u16 = 40;
const ROWS_MIN: u16 = 12;

/// What is said once the server does not accept what was recorded here.
const NOT_ACCEPTED: &str =
    "the server did not accept a record of this station: see the shift board";

/// Every screen of one session.
#[derive(Debug)]
pub struct Shell {
    pub(super) world: World,
    pub(super) layers: Vec<Box<dyn Layer>>,
    queued: VecDeque<Input>,
    /// Answers without which the page that came up last shows nothing yet.
    coming: usize,
    /// A scan that is looked up, by the first of these texts that names anything.
    pub(super) scan: Option<(Ticket, VecDeque<String>)>,
    scan_end: ScanEnd,
    focus: Focus,
    seconds: bool,
    idle_since_ms: Option<u64>,
    typed_since_tick: bool,
    /// Why what is typed is not kept, as it was told.
    pub(super) unkept: Option<String>,
    /// Whether it shows the board to whoever walks by.
    pub(super) wall: bool,
    /// Columns and rows of the window; screens may be laid out in more.
    pub(super) size: (u16, u16),
    pub(super) window: Window,
}

impl Shell {
    /// The sign-in screen of a session.
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let size = start.size;
        let start = Start { size: laid_out(size, false), ..start };
        let mut shell = Self {
            world: World::new(start),
            layers: Vec::new(),
            queued: VecDeque::new(),
            coming: 0,
            scan: None,
            scan_end: ScanEnd::default(),
            focus: Focus::Text,
            seconds: false,
            idle_since_ms: None,
            typed_since_tick: false,
            unkept: None,
            wall: false,
            size,
            window: Window::default(),
        };
        shell.world.ask(Effect::Focus(Focus::Text));
        shell.push(Box::new(SignInScreen::first()));
        let effects = shell.finish();
        (shell, effects)
    }

    /// Folds one message into the screens; tells what is to be done.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        self.world.speaks();
        if let Some(said) = &mut self.world.said {
            said.grows_old();
        }
        match message {
            Message::Input(input) => self.input(input),
            Message::Loaded(ticket, answer) => self.loaded(ticket, answer),
            Message::Recorded(ticket, outcome) => self.reply(ticket, Reply::Recorded(outcome)),
            Message::SignedIn(ticket, who) => self.reply(ticket, Reply::SignedIn(who)),
            Message::Draft(key, text) => {
                let empty = Some((key.clone(), String::new()));
                let wanted = self.layers.last().and_then(|top| top.draft()) == empty;
                self.world.drafts.insert(key, text);
                if wanted {
                    self.refresh();
                }
            }
            Message::DraftsKept(kept) => self.drafts_kept(kept),
            Message::Clock(time) => self.tick(time),
            Message::Link(link) => {
                if link.not_accepted > self.world.link.not_accepted {
                    self.world.say(say!(NOT_ACCEPTED), Role::Warn);
                }
                self.world.link = link;
                self.world.speaks();
            }
            Message::Waits(running) => {
                self.world.waits.take(running, &self.world.time.moment);
                self.on_top(|top, world| top.time_passed(world));
                self.ring();
            }
            Message::News => self.refresh(),
        }
        self.replay();
        self.finish()
    }

    /// Draws what is on top; tells which picture the terminal has to have for it.
    pub fn view(&self, frame: &mut Frame<'_>) -> Option<Arc<Whole>> {
        let drawn = self.draw(frame.buffer_mut());
        if let Some(cursor) = drawn.cursor {
            frame.set_cursor_position(cursor);
        }
        drawn.picture
    }

    /// The same into any buffer.
    pub fn draw(&self, buffer: &mut Buffer) -> Drawn {
        self.world.speaks();
        let area = buffer.area;
        let mut canvas = Canvas::new(buffer, &self.world.theme, self.world.ascii);
        if area.width < COLUMNS_MIN || area.height < ROWS_MIN {
            let (columns, rows) = (COLUMNS_MIN, ROWS_MIN);
            let text = say!("too small: {columns} x {rows} needed; nothing is lost", columns, rows);
            let lines = wrapped(&text, area.width.into(), Role::Warn);
            for (line, y) in lines.iter().zip(0..area.height) {
                line.view(&mut canvas, (0, y), area.width);
            }
            return canvas.drawn();
        }
        if self.shows_part((area.width, area.height)) {
            return self.draw_part(canvas);
        }
        let base = self.layers.iter().rposition(|layer| !layer.overlay()).unwrap_or(0);
        let whole = self.layers.get(base).is_some_and(|layer| layer.whole());
        if !whole {
            frame::header(&self.world, &mut canvas);
        }
        for layer in self.layers.iter().skip(base) {
            canvas.cursor = None;
            layer.view(&self.world, &mut canvas);
        }
        if !whole {
            frame::calls(&self.world, &mut canvas);
            frame::waits(&self.world, &mut canvas);
            frame::said(&self.world, &mut canvas);
        }
        let acts = self.layers.last().map(|top| top.footer(&self.world)).unwrap_or_default();
        let keys = frame::footer(&acts, &mut canvas);
        if whole {
            frame::waits_below(&self.world, &mut canvas, keys);
        }
        canvas.drawn()
    }

    pub(super) fn input(&mut self, input: Input) {
        // A gauge that sends on and on is nobody at the terminal, nor is a window that changes its size,
        // nor what the terminal says of itself.
        if !matches!(input, Input::Gauge(_) | Input::Resize { .. } | Input::Pictures(_)) {
            self.idle_since_ms = None;
            self.typed_since_tick = true;
        }
        match input {
            Input::Resize { columns, rows } => {
                self.size = (columns, rows);
                self.on_top(|top, world| top.resized(world));
            }
            Input::Pictures(cell) => self.world.pictures = Some(cell),
            Input::Lost => {
                // Nothing more is begun, nor does it take the place of what is refused now.
                self.queued.clear();
                self.keep_draft();
                self.world.ask(Effect::Quit);
            }
            Input::Key(_)
            | Input::Line(_)
            | Input::Scan(_)
            | Input::ScanEnd(_)
            | Input::TakeBack(_)
            | Input::Paste(_)
            | Input::Gauge(GaugeSaid::Value { .. })
                if self.busy() =>
            {
                // To draw again says nothing that somebody must have read.
                let waits = matches!(input, Input::Key(Key::Redraw))
                    || self.layers.last().is_none_or(|top| top.takes_ahead());
                if waits && self.queued.len() < QUEUED_MAX {
                    self.queued.push_back(input);
                } else {
                    self.world.ask(Effect::Beep);
                }
            }
            Input::Key(key) if self.window_takes(self.meant(key)) => {}
            Input::Key(key) => self.key(key),
            Input::Line(line) => self.line(&line),
            Input::Scan(code) => {
                let end = std::mem::take(&mut self.scan_end);
                self.scan(code, end);
            }
            Input::ScanEnd(end) => self.scan_end = end,
            Input::Gauge(said) => self.gauge_said(said),
            Input::TakeBack(characters) => {
                self.on_top(|top, _| top.take_back(characters));
            }
            Input::Paste(text) => {
                if !self.takes_block(&text) {
                    self.on_top(|top, world| top.put_in(&text, world));
                }
            }
        }
    }

    /// Whether the screen takes what was put in at once, which is more than a line.
    pub(super) fn takes_block(&mut self, text: &str) -> bool {
        let Some(turn) = self.on_top(|top, world| top.pasted(text, world)).flatten() else {
            return false;
        };
        self.turn(turn);
        true
    }

    /// A value goes where one is asked for, and nowhere else.
    fn gauge_said(&mut self, said: GaugeSaid) {
        let (shown, enters) = match said {
            GaugeSaid::Value { shown, enters } => (shown, enters),
            GaugeSaid::Trouble(words) => return self.world.warn(heard::gauge_line(&words)),
            GaugeSaid::Back(source) => {
                return self.world.say(say!("gauge line {source} is back", source), Role::Ok);
            }
            GaugeSaid::Nobodys { number, work } => {
                return self.world.warn(say!(
                    "not taken: the gauge sent {number}, {work} are signed in at its place",
                    number,
                    work,
                ));
            }
        };
        if self.world.person.is_none() {
            return;
        }
        let taken = self.on_top(|top, world| top.measured(&shown, enters, world)).flatten();
        if let Some(turn) = taken {
            return self.turn(turn);
        }
        let number = &shown.number;
        self.world.warn(say!("not taken: the gauge sent {number}, no value is asked", number));
    }

    /// Whether the next key waits for an answer: of a page that is not there yet, nobody has seen what a key
    /// means.
    pub(super) fn busy(&self) -> bool {
        self.coming > 0 || self.scan.is_some() || self.layers.last().is_some_and(|top| top.busy())
    }

    fn replay(&mut self) {
        while !self.busy() {
            let Some(input) = self.queued.pop_front() else { return };
            if let Some(said) = &mut self.world.said {
                said.grows_old();
            }
            self.input(input);
        }
    }

    fn loaded(&mut self, ticket: Ticket, answer: Result<Answer, String>) {
        if self.scan.as_ref().is_some_and(|(asked, _)| *asked == ticket) {
            self.scan_answered(answer);
        } else {
            self.reply(ticket, Reply::Loaded(answer));
        }
    }

    fn reply(&mut self, ticket: Ticket, reply: Reply) {
        let Some(index) = self.layers.iter().rposition(|layer| layer.awaits(ticket)) else {
            return;
        };
        let on_top = index + 1 == self.layers.len();
        let comes = on_top && self.coming > 0 && matches!(reply, Reply::Loaded(_));
        let before = self.world.loads();
        let turn = self.layers[index].reply(reply, &mut self.world);
        if comes {
            // A page may have to see one answer before it asks for the next.
            self.coming = self.coming + self.world.loads() - before - 1;
        }
        if on_top {
            self.turn(turn);
        }
    }

    pub(super) fn on_top<T>(
        &mut self,
        what: impl FnOnce(&mut dyn Layer, &mut World) -> T,
    ) -> Option<T> {
        self.lay_out();
        let world = &mut self.world;
        self.layers.last_mut().map(|top| what(top.as_mut(), world))
    }

    fn refresh(&mut self) {
        self.on_top(|top, world| top.news(world));
    }

    pub(super) fn push(&mut self, layer: Box<dyn Layer>) {
        if !layer.takes_ahead() && !self.queued.is_empty() {
            self.queued.clear();
            self.world.ask(Effect::Beep);
        }
        if let Some(of) = layer.about().filter(|_| self.world.person.is_some()) {
            self.world.visit(of);
        }
        self.layers.push(layer);
        let before = self.world.loads();
        self.on_top(|top, world| top.shown(world));
        self.coming = self.world.loads() - before;
    }

    /// Does what a screen wants done with the stack.
    pub(super) fn turn(&mut self, turn: Turn) {
        if !matches!(turn, Turn::Stay) {
            self.keep_draft();
            self.page_turns(&turn);
        }
        match turn {
            Turn::Stay => {}
            Turn::Back => self.back(),
            Turn::Open(layer) => self.push(layer),
            Turn::Replace(layer) => {
                self.layers.pop();
                self.push(layer);
            }
            Turn::Do(act) => {
                self.layers.pop();
                self.act(act);
            }
            Turn::SignedIn(person, words) => self.signed_in(*person, words),
        }
    }

    /// What was said about the page that goes is not said on the next one. What only lies over a
    /// page, such as the menu, turns none.
    fn page_turns(&mut self, turn: &Turn) {
        let lies_over = |layer: &dyn Layer| layer.overlay();
        let over = match turn {
            Turn::Open(layer) => lies_over(layer.as_ref()),
            Turn::Stay | Turn::Back | Turn::Replace(_) | Turn::Do(_) | Turn::SignedIn(..) => {
                self.layers.last().is_some_and(|layer| lies_over(layer.as_ref()))
            }
        };
        if !over {
            self.world.said.take_if(|said| !said.outlives_page());
        }
    }

    fn back(&mut self) {
        if self.layers.len() > 1 {
            self.layers.pop();
            self.coming = 0;
            self.on_top(|top, world| top.shown(world));
        }
    }

    fn signed_in(&mut self, person: super::message::Person, words: &'static str) {
        if person.place.is_some() {
            self.world.place.clone_from(&person.place);
        }
        self.world.speak(person.language);
        let signed_in = format!("{}{}", say!(words), person.name);
        let ending = person.ending.iter().map(|row| tell(&row.words()));
        let ending = ending.chain(person.permits.iter().map(tell));
        let missing = self.world.look(person.look.as_deref());
        let gone = person.look.iter().filter(|_| missing);
        let gone = gone.map(|name| say!("your theme {name} is not here", name));
        let ending = ending.chain(gone).collect::<Vec<_>>().join(", ");
        if ending.is_empty() {
            self.world.say(signed_in, Role::Ok);
        } else {
            self.world.announce(format!("{signed_in}   {ending}"), Role::Warn);
        }
        let before = self.world.person.as_ref().map(|before| &before.person);
        // What is left of somebody who has gone may have come after them.
        if before.is_none_or(|before| *before != person.person) {
            self.world.drafts.clear();
            self.unkept = None;
        }
        if before.is_some_and(|before| *before != person.person) {
            self.world.marks.clear();
            self.world.recent.clear();
            self.world.gauges.clear();
            for layer in &mut self.layers {
                layer.person_changed();
            }
        }
        let toured = person.toured || !self.world.tours;
        let resume = self.world.resume.take().filter(|(who, _)| *who == person.person);
        let takes_over = self.world.person.replace(person).is_some();
        if takes_over && self.layers.len() > 1 {
            self.back();
            return;
        }
        self.layers.clear();
        self.push(Box::new(QueueScreen::default()));
        if let Some((_, traveler)) = resume {
            self.push(Box::new(TravelerScreen::new(traveler)));
        }
        if !toured {
            self.push(Box::new(TourScreen::default()));
        }
    }

    fn tick(&mut self, time: Time) {
        self.world.time = time;
        self.on_top(|top, world| top.time_passed(world));
        self.ring();
        if self.typed_since_tick {
            self.typed_since_tick = false;
        } else {
            self.keep_draft();
        }
        let now = self.world.time.session_ms;
        let since = *self.idle_since_ms.get_or_insert(now);
        let most = u64::from(self.world.idle_lock_min.get()) * 60_000;
        if now.saturating_sub(since) >= most && self.world.person.is_some() {
            self.idle_since_ms = None;
            self.lock();
        } else if now.saturating_sub(since) >= most && self.wall {
            self.idle_since_ms = None;
            self.begin();
        }
    }

    /// Sounds the bell once for whatever rings now, and says which wait it is.
    fn ring(&mut self) {
        let Some(words) = self.world.waits.ring(&self.world.time.moment) else { return };
        self.world.announce(words, Role::Warn);
        if self.world.waits.aloud {
            self.world.ask(Effect::Beep);
        }
    }

    pub(super) fn finish(&mut self) -> Vec<Effect> {
        let Some(top) = self.layers.last() else { return self.world.take_effects() };
        let focus = top.focus(&self.world);
        let near = self.world.waits.change_is_near(&self.world.time.moment);
        let seconds = near || top.ticking(&self.world) || self.not_kept().is_some();
        if focus != self.focus {
            self.focus = focus;
            self.world.ask(Effect::Focus(focus));
        }
        if seconds != self.seconds {
            self.seconds = seconds;
            self.world.ask(Effect::Seconds(seconds));
        }
        self.world.take_effects()
    }
}
