//! Sessions on lines over SSH: each a thread of its own, on the store of this process.

use std::io::{self, Write as _};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::app::clock::Monotonic;
use crate::app::config::{Config, PlaceTold};
use crate::app::fault::Fault;
use crate::app::printer::Printer;
use crate::app::screens;
use crate::app::session::{self, Session};
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::input::InputParser;
use crate::app::terminal::intake::{Intake, intake};
use crate::app::terminal::pump::SharedFocus;
use crate::app::terminal::tty::{ENTER, LEAVE};
use crate::domain::ids::TerminalId;
use crate::host::line::{Guest, Heard, Hearing, Line, Sending, Told};
use crate::host::run::Floor;
use crate::ui::input::Input;
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
}

impl session::Line for Sending {
    fn has_room(&self) -> bool {
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

    fn told(&self, what: &str) {
        self.printer.remark(what);
    }
}

impl Hosted {
    /// From the first frame to the last word.
    fn session(&self, guest: &Guest, line: Line) {
        let Line { hearing, sending } = line;
        let who = who(guest);
        let (mut last_words, ended) = (sending.clone(), self.runs(guest, hearing, sending));
        let how = match ended {
            Ok(Ok(())) => String::new(),
            // Nobody hears last words on a line that is lost.
            Ok(Err(error)) => format!(": {error}"),
            Err(fault) => {
                let text = format!("gemba: {fault}\n").replace('\n', "\r\n");
                last_words.write_all(text.as_bytes()).unwrap_or_default();
                format!(": {}", fault.what)
            }
        };
        self.told(&format!("{who} left{how}"));
    }

    /// Runs it; what was wrong before it began is told apart from what ended it.
    fn runs(
        &self,
        guest: &Guest,
        hearing: Hearing,
        mut sending: Sending,
    ) -> Result<io::Result<()>, Fault> {
        let by_key = guest.key.as_ref().and_then(|key| {
            let by = format!("key {}", key.name);
            Some(PlaceTold { place: key.place.clone()?, by })
        });
        let told = self.config.place_of_line(by_key, &guest.address.to_string());
        if let Some(told) = &told {
            self.store.require_place(told.clone())?;
        }
        let kind = kind(&guest.terminal, self.config.locale());
        let (sender, inbox) = mpsc::channel();
        let (intake, taken) = intake(sender.clone());
        let focus = SharedFocus::default();
        let parser = InputParser::new(self.config.input_rules());
        self.runtime.spawn(hear(hearing, parser, focus.clone(), intake));
        let place = told.as_ref().map(|told| told.place.clone());
        let at = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        self.told(&format!("{} came{at}", who(guest)));
        let (screens, begin) = screens::first(&self.config, &self.store, told, kind);
        let session = Session {
            screens,
            begin,
            store: self.store.clone(),
            terminal: terminal_name(guest.number),
            place,
            focus,
            taken: Some(taken),
            settled: None,
        };
        let mut after = sending.clone();
        let ran =
            sending.write_all(ENTER).and_then(|()| session.run((sender, inbox), sending, kind));
        after.write_all(LEAVE).unwrap_or_default();
        Ok(ran)
    }
}

/// Hears a line for a session until it is over, and says so.
async fn hear(mut hearing: Hearing, mut parser: InputParser, focus: SharedFocus, intake: Intake) {
    let clock = Monotonic::start();
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
            Some(Some(Heard::Window { columns, rows })) => {
                let (columns, rows) = window(columns, rows);
                vec![Input::Resize { columns, rows }]
            }
        };
        for input in inputs {
            if !intake.send(input).await {
                return;
            }
        }
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

/// A session as whoever runs the host reads of it.
fn who(guest: &Guest) -> String {
    let key = guest.key.as_ref().map_or("without a key", |key| key.name.as_str());
    format!("session {} from {}, {key},", guest.number, guest.address)
}

/// What facts call this terminal.
fn terminal_name(number: u64) -> TerminalId {
    let named = TerminalId::parse(&format!("ssh-{number}"));
    let Ok(named) = named else { unreachable!("a word and a number are an id") };
    named
}
