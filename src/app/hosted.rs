//! Sessions on lines over SSH: each a thread of its own, on the store of this process.

use std::io::{self, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::app::clock::Monotonic;
use crate::app::config::{Config, PlaceTold};
use crate::app::display::{self, FullScreen, Seen};
use crate::app::fault::Fault;
use crate::app::gauge_bench::GaugeBench;
use crate::app::printer::Printer;
use crate::app::screens;
use crate::app::session::{Ended, Session, Trouble};
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::input::InputParser;
use crate::app::terminal::intake::{Intake, intake};
use crate::app::terminal::lines::{Echo, Hide, Lines, LinesKind};
use crate::app::terminal::pump::SharedFocus;
use crate::app::terminal::tty::{ENTER, LEAVE};
use crate::app::terminal::typed::{LineParser, Parser, Typist};
use crate::app::watched::Watched;
use crate::domain::fact::Acting;
use crate::domain::language::Language;
use crate::domain::refusal::Reason;
use crate::domain::refusal::signing::NOT_PROVEN;
use crate::domain::text::sanitize_line;
use crate::domain::words::Words;
use crate::host::line::{
    Aside, Guest, Heard, Hearing, Line, NotProven, Proven, Sending, Shows, Told, at_address,
};
use crate::host::run::Floor;
use crate::ui::effect::Pin;
use crate::ui::input::Input;
use crate::ui::message::{PinStands, SignInTrouble};
use crate::ui::page::PAGE;
use crate::ui::speech::tell_in;
use crate::ui::terminal_kind::{TerminalKind, TerminalVariables, window};

/// The floor of this station.
#[derive(Debug, Clone)]
pub struct Hosted {
    /// What the program was told from outside.
    pub config: Config,
    /// The way to the store.
    pub store: StoreHandle,
    /// Where it is told who comes and goes.
    pub printer: Printer,
    /// On which lines are heard.
    pub runtime: Handle,
    /// Where the values of the line of the gauges go.
    pub gauges: GaugeBench,
}

impl display::Line for Sending {
    fn has_room(&mut self) -> bool {
        Self::has_room(self)
    }
}

impl Floor for Hosted {
    fn seat(&self, guest: Guest, line: Line) {
        let hosted = self.clone();
        let thread = thread::Builder::new().name(format!("session {}", guest.number));
        if let Err(error) = thread.spawn(move || hosted.session(&guest, line)) {
            // The line was dropped with what should have run, and so is closed.
            self.told(&Fault::cannot("no thread could be started", error).to_string());
        }
    }

    fn proves(&self, from: IpAddr, shows: Shows) -> oneshot::Receiver<Result<Proven, NotProven>> {
        let (says, said) = oneshot::channel();
        let place = self.config.place_of_line(None, &from.to_string()).map(|told| told.place);
        let terminal = at_address(from);
        let acting = Acting { place, terminal, session: None, actor: None };
        let Shows { badge, pin } = shows;
        let (typed, language) = (badge.clone(), self.language());
        self.store.proves((badge, Pin(pin)), acting, move |proven| {
            let proven = proven.map(|person| Proven { person, badge: typed });
            // Who went away meanwhile is not told.
            says.send(proven.map_err(|trouble| not_proven(trouble, language))).unwrap_or_default();
        });
        said
    }

    fn says(&self, words: &Words) -> String {
        tell_in(self.language(), words)
    }

    fn told(&self, what: &str) {
        self.printer.remark(sanitize_line(what));
    }
}

impl Hosted {
    /// The language of whoever is not signed in yet.
    fn language(&self) -> Language {
        self.config.settings.language.unwrap_or_default()
    }

    /// From the first frame to the last word.
    fn session(&self, guest: &Guest, line: Line) {
        let Line { hearing, sending } = line;
        let who = who(guest);
        let (mut last_words, ended) = (sending.clone(), self.runs(guest, hearing, sending));
        let how = match ended {
            Ok(ended) => ended_how(guest, &ended),
            Err(fault) => {
                let text = format!("gemba: {fault}\n").replace('\n', "\r\n");
                last_words.write_all(text.as_bytes()).unwrap_or_default();
                format!(": {}", fault.what)
            }
        };
        self.told(&format!("{who} left{how}"));
    }

    /// What is said once the screens are gone.
    fn says_last(&self, ended: &Ended) -> Vec<u8> {
        let said = |stands: PinStands| format!("gemba: {}\r\n", self.says(&stands.words()));
        ended.pin.map(said).unwrap_or_default().into_bytes()
    }

    /// Runs it; what was wrong before it began is told apart from what ended it.
    fn runs(&self, guest: &Guest, hearing: Hearing, mut sending: Sending) -> Result<Ended, Fault> {
        let by_key = guest.key.as_ref().and_then(|key| {
            let by = format!("key {}", key.name);
            Some(PlaceTold { place: key.place.clone()?, by })
        });
        let told = self.config.place_of_line(by_key, &guest.address.to_string());
        if let Some(told) = &told {
            self.store.require_place(told.clone())?;
        }
        let plain = self.config.is_plain(Some(&guest.terminal.term));
        let kind = self.config.shown(kind(&guest.terminal, self.config.locale()));
        let (sender, inbox) = mpsc::channel();
        let (intake, taken) = intake(sender.clone());
        let focus = SharedFocus::default();
        let rules = self.config.input_rules(kind);
        let echo = Echoing { to: sending.aside(), hidden: Arc::default() };
        let parser = if plain {
            Parser::Lines(LineParser::new(&rules, Typist::Bare))
        } else {
            Parser::Keys(Box::new(InputParser::new(rules)))
        };
        let ears = Ears { parser, focus: focus.clone(), echo: echo.clone() };
        self.runtime.spawn(hear(hearing, ears, intake));
        let place = told.as_ref().map(|told| told.place.clone());
        let at = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        self.told(&format!("{} came{at}", who(guest)));
        let width = kind.columns;
        let (columns, rows) = if plain { PAGE } else { (kind.columns, kind.rows) };
        let kind = TerminalKind { columns, rows, ..kind };
        let (mut screens, mut begin) = screens::first(&self.config, &self.store, told, kind)?;
        if let Some(Proven { person, badge }) = &guest.proven {
            begin.extend(screens.enters(badge, person));
        }
        let at_bench = self.gauges.sits(place.clone(), sender.clone());
        let watched = Watched { who: who(guest), printer: self.printer, at_bench };
        let screens = Seen { screens, by: watched };
        let session = Session {
            screens,
            begin,
            store: self.store.clone(),
            terminal: guest.at(),
            place,
            focus,
            taken: Some(taken),
            settled: None,
            ends_within: ends_within(&self.config),
        };
        let mut after = sending.clone();
        if plain {
            let lines = LinesKind { columns: Some(width), utf8: kind.utf8, echo: Echo::Told };
            let ended = session.run((sender, inbox), Lines::new(Bare(sending), lines, echo));
            after.write_all(&self.says_last(&ended)).unwrap_or_default();
            return Ok(ended);
        }
        let display = sending.write_all(ENTER).and_then(|()| FullScreen::new(sending, kind));
        let ended = match display {
            Ok(display) => session.run((sender, inbox), display),
            Err(error) => Ended { pin: None, how: Err(Trouble::Line(error)) },
        };
        // At once: a line that takes no more frames has room for one thing.
        after.write_all(&[LEAVE, &*self.says_last(&ended)].concat()).unwrap_or_default();
        Ok(ended)
    }
}

/// For how long a session waits for a PIN that is being changed: so that there is time to say what became of
/// it before the host has stopped.
fn ends_within(config: &Config) -> Duration {
    let stopping_s = config.settings.host.stopping_s_max.get();
    Duration::from_secs(stopping_s.into()) * 3 / 4
}

/// How a session ended, for whoever runs the host.
fn ended_how(guest: &Guest, ended: &Ended) -> String {
    let pin = match ended.pin {
        Some(PinStands::Unknown) => {
            let why = "whether a PIN is changed is not known";
            guest.writes.lost(why);
            format!(": {why}")
        }
        Some(PinStands::Changed | PinStands::AsItWas) | None => String::new(),
    };
    match &ended.how {
        Ok(()) => pin,
        // Nobody hears last words on a line that is lost.
        Err(Trouble::Line(error)) => format!("{pin}: {error}"),
        Err(Trouble::Unkept(why)) => {
            guest.writes.lost(why);
            format!("{pin}: what was typed last is not kept: {why}")
        }
    }
}

/// What a line is heard with.
struct Ears {
    parser: Parser,
    focus: SharedFocus,
    echo: Echoing,
}

/// Shows on a line what is typed there, unless it is a secret.
#[derive(Clone)]
struct Echoing {
    to: Aside,
    hidden: Arc<AtomicBool>,
}

impl Echoing {
    fn shows(&self, typed: &[u8]) {
        if !typed.is_empty() && !self.hidden.load(Ordering::Relaxed) {
            // What finds no room on a slow line is not shown; it is taken all the same.
            self.to.write(typed);
        }
    }
}

impl Hide for Echoing {
    fn hide(&mut self, secret: bool) {
        self.hidden.store(secret, Ordering::Relaxed);
    }
}

/// A line at whose end nobody knows that a new line begins at the left.
#[derive(Debug)]
struct Bare(Sending);

impl io::Write for Bare {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        self.0.write_all(&lines.join(&b"\r\n"[..]))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl display::Line for Bare {
    fn has_room(&mut self) -> bool {
        self.0.has_room()
    }
}

/// Hears a line for a session until it is over, and says so.
async fn hear(mut hearing: Hearing, ears: Ears, intake: Intake) {
    let clock = Monotonic::start();
    let Ears { mut parser, focus, echo } = ears;
    loop {
        let heard = match parser.deadline() {
            None => Some(hearing.hear().await),
            Some(at_ms) => {
                let left = Duration::from_millis(at_ms.saturating_sub(clock.ms()));
                timeout(left, hearing.hear()).await.ok()
            }
        };
        parser.attend(focus.heard());
        let inputs = match heard {
            None => parser.expire(clock.ms()),
            Some(None) => break,
            Some(Some(Heard::Bytes(bytes))) => parser.feed(&bytes, clock.ms()),
            Some(Some(Heard::Window { .. })) if parser.is_of_lines() => Vec::new(),
            Some(Some(Heard::Window { columns, rows })) => {
                let (columns, rows) = window(columns, rows);
                vec![Input::Resize { columns, rows }]
            }
        };
        echo.shows(&parser.take_echo());
        for input in inputs {
            if !intake.send(input).await {
                return;
            }
        }
    }
    for rest in parser.rest() {
        intake.send(rest).await;
    }
    intake.send(Input::Lost).await;
}

/// What the terminal at the other end can show; where the client tells no locale, the host's counts.
fn kind(told: &Told, locale: Option<&str>) -> TerminalKind {
    let variable = |name: &str| told.variables.get(name).map(String::as_str);
    let lang = variable("LANG").or(locale);
    let variables = TerminalVariables {
        term: Some(&told.term),
        no_color: variable("NO_COLOR"),
        colorterm: variable("COLORTERM"),
        lc_all: variable("LC_ALL"),
        lc_ctype: variable("LC_CTYPE"),
        lang,
    };
    let (columns, rows) = window(told.columns, told.rows);
    TerminalKind::detect(&variables, columns, rows)
}

/// Why somebody is not let in by badge and PIN, as the screen says it; a fault of the store is nothing
/// that strangers read.
fn not_proven(trouble: SignInTrouble, language: Language) -> NotProven {
    let says = |words: Words| tell_in(language, &words);
    match trouble {
        SignInTrouble::Wrong => NotProven::Refused(says(NOT_PROVEN.into())),
        SignInTrouble::Refused(refusal) => {
            let line =
                |reason: &Reason| format!("{} → {}", says(reason.what()), says(reason.next()));
            let lines: Vec<String> = refusal.reasons.iter().map(line).collect();
            NotProven::Refused(lines.join(" "))
        }
        SignInTrouble::Fault(why) => NotProven::Unchecked(why),
        SignInTrouble::Pin(stands) => NotProven::Refused(says(stands.words())),
    }
}

/// A session as whoever runs the host reads of it.
fn who(guest: &Guest) -> String {
    let by = match (&guest.key, &guest.proven) {
        (Some(key), _) => key.name.clone(),
        (None, Some(proven)) => format!("by the badge of {}", proven.person),
        (None, None) => "without a key".to_owned(),
    };
    format!("session {} from {}, {by},", guest.number, guest.address)
}
