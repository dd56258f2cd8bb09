//! Plays a script against a demo, and says in one JSON line what came of it.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::found::Demo;
use super::headless::{Ends, Line, PATIENCE, Rig};
use super::script::Act;
use crate::app::cli::Console;
use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::display::FullScreen;
use crate::app::exchange::{self, Background};
use crate::app::fault::{Exit, Fault};
use crate::app::screens;
use crate::app::session::{ENDS_WITHIN, Session, Trouble};
use crate::app::station::Station;
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::pump::SharedFocus;
use crate::domain::ids::{StationId, TerminalId};
use crate::ui::message::Time;
use crate::ui::terminal_kind::{TerminalKind, TerminalVariables};
use crate::views::query::{Answer, Query};

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// What a terminal of a script can show, by what it is called.
fn kind_of(term: &str) -> TerminalKind {
    let lang = Some("en_US.UTF-8");
    let variables = TerminalVariables { term: Some(term), lang, ..TerminalVariables::default() };
    TerminalKind::detect(&variables, COLUMNS, ROWS)
}

/// What a script came to so far.
#[derive(Debug, Default)]
struct Played {
    expected: u64,
    /// How long the last expectation took to come true.
    last_ms: u64,
    /// How long one may take from here on.
    patience: Duration,
    screens: u64,
}

/// A station of the script: the demo's own, or one that was enrolled beside it.
struct Here {
    /// None for the demo's own.
    code: Option<StationId>,
    config: Config,
    store: StoreHandle,
    _exchange: Background,
}

/// A terminal of the script, with the session that runs there.
struct Seat {
    station: Option<StationId>,
    terminal: TerminalId,
    rig: Rig,
    session: JoinHandle<Result<(), Trouble>>,
}

/// Plays a script to its end or to the first expectation that fails.
pub fn run(
    console: &Console,
    mut demo: Demo,
    acts: &[(usize, Act)],
    (term, pictures): (&str, Option<PathBuf>),
) -> Result<Exit, Fault> {
    let kind = kind_of(term);
    let mut stations = vec![Here::at(None, demo.config.clone(), &demo.clock)?];
    let first = TerminalId::parse("script").map_err(|e| Fault::cannot("no terminal", e))?;
    let mut seats = vec![Seat::connect(first.clone(), &stations[0], kind)?];
    let mut played = Played { patience: PATIENCE, ..Played::default() };
    let mut failed = None;
    for (line, act) in acts {
        if let Act::Terminal(terminal) = act {
            let here = seats[0].station.clone();
            go_to(terminal, &mut seats, here_of(&stations, here.as_ref()), kind)?;
            continue;
        }
        if let Act::Station(station) = act {
            let code = station.as_ref().map(|(code, _)| code);
            if let Some((code, place)) = station
                && stations.iter().all(|here| here.code.as_ref() != Some(code))
            {
                let config = demo.enroll(code, place)?;
                stations.push(Here::at(Some(code.clone()), config, &demo.clock)?);
            }
            go_to(&first, &mut seats, here_of(&stations, code), kind)?;
            continue;
        }
        let mut stage =
            Stage { console, demo: &mut demo, stations: &stations, pictures: &pictures };
        if let Err(why) = stage.perform(&mut seats, act, &mut played)? {
            failed = Some((*line, why));
            break;
        }
    }
    if let Some((line, why)) = &failed {
        console.printer.remark(format!("line {line} of the script: {why}"));
        console.printer.remark(seats[0].rig.picture());
    }
    let ended: Vec<_> = seats.into_iter().map(Seat::leave).collect();
    let mut homes: Vec<PathBuf> = stations.iter().map(|here| here.config.home.clone()).collect();
    drop(stations);
    // The demo's own once more, to get what the others sent.
    homes.rotate_left(1);
    for home in &homes {
        demo.send_the_rest(home)?;
    }
    let mut summary = summary(&demo, &played)?;
    summary["failed_line"] = json!(failed.as_ref().map(|(line, _)| line));
    console.printer.value_always(&summary);
    if failed.is_some() {
        return Ok(Exit::Refused);
    }
    for ended in ended {
        ended
            .map_err(|_| Fault::cannot("the session ended in a panic", ""))?
            .map_err(|error| Fault::cannot("the session failed", error))?;
    }
    Ok(Exit::Done)
}

/// The station of this code; the first is the demo's own.
fn here_of<'a>(stations: &'a [Here], code: Option<&StationId>) -> &'a Here {
    stations.iter().find(|here| here.code.as_ref() == code).unwrap_or(&stations[0])
}

/// Brings the terminal of this name to the front; those of one station work on the same store.
fn go_to(
    terminal: &TerminalId,
    seats: &mut Vec<Seat>,
    here: &Here,
    kind: TerminalKind,
) -> Result<(), Fault> {
    let is = |seat: &Seat| seat.station == here.code && seat.terminal == *terminal;
    match seats.iter().position(is) {
        Some(at) => seats.swap(0, at),
        None => seats.insert(0, Seat::connect(terminal.clone(), here, kind)?),
    }
    Ok(())
}

impl Here {
    fn at(code: Option<StationId>, config: Config, clock: &Clock) -> Result<Self, Fault> {
        let (store, wanted) = StoreHandle::open(&config, clock)?;
        let exchange = exchange::in_background(&config.home, clock, wanted)?;
        Ok(Self { code, config, store, _exchange: exchange })
    }
}

impl Seat {
    fn connect(terminal: TerminalId, here: &Here, kind: TerminalKind) -> Result<Self, Fault> {
        let (sender, inbox) = mpsc::channel();
        let (settles, settled) = mpsc::channel();
        let (bytes, output) = mpsc::channel();
        let focus = SharedFocus::default();
        let ends = Ends { inbox: sender.clone(), settled, output, focus: focus.clone() };
        let (mut config, store) = (here.config.clone(), here.store.clone());
        // A script says what it presses, whoever signed in there before.
        config.settings.tour = Some(false);
        let name = terminal.clone();
        let told = config.place_told(None)?;
        let display = FullScreen::new(Line(bytes), kind)
            .map_err(|error| Fault::cannot("the terminal cannot be used", error))?;
        let run = move || {
            let place = told.as_ref().map(|told| told.place.clone());
            let first = screens::first(&config, &store, told, kind);
            let (screens, begin) = first.map_err(io::Error::other)?;
            let (taken, settled) = (None, Some(settles));
            let session = Session {
                screens,
                begin,
                store,
                terminal: name,
                place,
                focus,
                taken,
                settled,
                ends_within: ENDS_WITHIN,
            };
            session.run((sender, inbox), display).how
        };
        let session = thread::Builder::new()
            .name("session".to_owned())
            .spawn(run)
            .map_err(|error| Fault::cannot("no thread could be started", error))?;
        Ok(Self {
            station: here.code.clone(),
            terminal,
            rig: Rig::new(ends, (COLUMNS, ROWS)),
            session,
        })
    }

    /// Hangs up; gives back what the session came to.
    fn leave(mut self) -> thread::Result<Result<(), Trouble>> {
        self.rig.hang_up();
        self.session.join()
    }
}

struct Stage<'a> {
    console: &'a Console,
    demo: &'a mut Demo,
    stations: &'a [Here],
    pictures: &'a Option<PathBuf>,
}

impl Stage<'_> {
    /// Performs one line at the terminal in front; the inner error says why the script fails there.
    fn perform(
        &mut self,
        seats: &mut [Seat],
        act: &Act,
        played: &mut Played,
    ) -> Result<Result<(), String>, Fault> {
        if let Act::Clock(by) = act {
            self.demo.clock.advance(*by);
            let moment = self.demo.clock.moment();
            let time = Time { moment, hhmm: String::new(), session_ms: 0 };
            let settled = seats.iter_mut().all(|seat| seat.rig.tick(time.clone()));
            return Ok(answered(settled));
        }
        let Some(Seat { rig, .. }) = seats.first_mut() else { return Ok(Ok(())) };
        let settled = match act {
            Act::Key(bytes) => rig.press(bytes),
            Act::Type(text) => rig.type_text(text),
            Act::Scan(code) => rig.scan(code),
            Act::Size(columns, rows) => rig.resize(*columns, *rows),
            // Done above, and before.
            Act::Clock(_) | Act::Terminal(_) | Act::Station(_) => true,
            Act::Network { there, of } => {
                if let Some(code) = self.connect(of.as_ref(), *there)? {
                    return Ok(Err(format!("no station {code} was enrolled by this script")));
                }
                true
            }
            Act::Expect(text) => {
                played.expected += 1;
                let Some(ms) = rig.comes_to(text, true, played.patience) else {
                    return Ok(Err(format!("the screen does not come to show {text:?}")));
                };
                played.last_ms = ms;
                true
            }
            Act::Absent(text) => {
                played.expected += 1;
                let Some(ms) = rig.comes_to(text, false, played.patience) else {
                    return Ok(Err(format!("the screen goes on showing {text:?}")));
                };
                played.last_ms = ms;
                true
            }
            Act::Patience(patience) => {
                played.patience = *patience;
                true
            }
            Act::Screen(name) => {
                played.screens += 1;
                self.keep(name, &rig.picture())?;
                true
            }
        };
        Ok(answered(settled))
    }

    /// Brings the network of a station, or of all, there or away; gives back a station that is none.
    fn connect(&mut self, of: Option<&StationId>, there: bool) -> Result<Option<StationId>, Fault> {
        match of {
            Some(code) if !self.demo.plug(code, there)? => return Ok(Some(code.clone())),
            Some(_) => {}
            None if there => self.demo.online()?,
            None => self.demo.offline(),
        }
        self.sync_now();
        Ok(None)
    }

    fn sync_now(&self) {
        self.stations.iter().for_each(|here| here.store.sync_now());
    }

    fn keep(&self, name: &str, picture: &str) -> Result<(), Fault> {
        let Some(folder) = self.pictures else {
            self.console.printer.text(format!("── {name}\n{picture}\n"));
            return Ok(());
        };
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let name: String = name.chars().map(|c| if safe(c) { c } else { '-' }).collect();
        let file = folder.join(format!("{name}.txt"));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, format!("{picture}\n")))
            .map_err(|error| Fault::cannot(format!("{} cannot be written", file.display()), error))
    }
}

fn answered(settled: bool) -> Result<(), String> {
    if settled { Ok(()) } else { Err("the session does not answer".to_owned()) }
}

fn summary(demo: &Demo, played: &Played) -> Result<Value, Fault> {
    let mixed_up = || Fault::cannot("the demo failed", "an answer to another question");
    let station = Station::reader(&demo.config, &demo.clock)?;
    let Answer::Board(board) = station.answer(&Query::Board)? else { return Err(mixed_up()) };
    let Answer::Sync(sync) = station.answer(&Query::Sync)? else { return Err(mixed_up()) };
    let Answer::Deviations(deviations) = station.answer(&Query::Deviations { closed: true })?
    else {
        return Err(mixed_up());
    };
    let total = board.total;
    Ok(json!({
        "facts": sync.last_seq,
        "readings": total.readings,
        "failing": total.failing,
        "deviations": deviations.len(),
        "at_server": sync.at_server,
        "waiting": sync.link.waiting,
        "units_finished": total.finished,
        "first_pass": total.first_pass,
        "on_hold": total.on_hold,
        "screens": played.screens,
        "expected": played.expected,
        "last_ms": played.last_ms,
    }))
}
