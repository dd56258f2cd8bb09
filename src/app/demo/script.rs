//! Scripts that press keys and say what the screen must show, a line each.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::app::fault::Fault;
use crate::domain::ids::{PlaceId, StationId, TerminalId};

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// `key NAME`: the bytes that a terminal sends for a key.
    Key(&'static [u8]),
    /// `type TEXT`: characters at a person's pace.
    Type(String),
    /// `scan TEXT`: characters at a scanner's pace, and Enter.
    Scan(String),
    /// `expect TEXT`: the screen comes to show it.
    Expect(String),
    /// `absent TEXT`: the screen comes not to show it.
    Absent(String),
    /// `patience 45 s`: what is expected may take so long, from here on.
    Patience(Duration),
    /// `screen NAME`: keeps a picture of the screen.
    Screen(String),
    /// `terminal NAME`: goes to the terminal of this name; a new one starts at sign-in.
    Terminal(TerminalId),
    /// `station CODE PLACE`: goes to the first terminal of another station, which is enrolled where it
    /// is new and stands at that place. Without a code it goes back to the demo's own.
    Station(Option<(StationId, PlaceId)>),
    /// `offline`: the server's listener closes, its connections drop; `online`: it listens again.
    /// With a code, to one station alone.
    Network {
        /// Whether it is there from now on.
        there: bool,
        /// For whom; for all where nobody is named.
        of: Option<StationId>,
    },
    /// `clock +21 min`: time moves on.
    Clock(Duration),
    /// `size 80x24`: the window changes.
    Size(u16, u16),
}

/// The bytes of each key that a script can name.
const KEYS: [(&str, &[u8]); 34] = [
    ("enter", b"\r"),
    ("esc", b"\x1b"),
    ("tab", b"\t"),
    ("backtab", b"\x1b[Z"),
    ("backspace", b"\x7f"),
    ("delete", b"\x1b[3~"),
    ("up", b"\x1b[A"),
    ("down", b"\x1b[B"),
    ("right", b"\x1b[C"),
    ("left", b"\x1b[D"),
    ("home", b"\x1b[H"),
    ("end", b"\x1b[F"),
    ("pageup", b"\x1b[5~"),
    ("pagedown", b"\x1b[6~"),
    ("f1", b"\x1bOP"),
    ("f2", b"\x1bOQ"),
    ("f3", b"\x1bOR"),
    ("f4", b"\x1bOS"),
    ("f5", b"\x1b[15~"),
    ("f6", b"\x1b[17~"),
    ("f7", b"\x1b[18~"),
    ("f8", b"\x1b[19~"),
    ("f9", b"\x1b[20~"),
    ("menu", b"\x1b[20~"),
    ("f10", b"\x1b[21~"),
    ("f11", b"\x1b[23~"),
    ("f12", b"\x1b[24~"),
    ("keypad-star", b"\x1bOj"),
    ("keypad-enter", b"\x1bOM"),
    ("interrupt", b"\x03"),
    ("redraw", b"\x0c"),
    ("space", b" "),
    ("star", b"*"),
    ("colon", b":"),
];

/// How deep a script may take in others.
const DEPTH_MAX: usize = 4;

/// Reads a script: each act with the number of its line; blank lines and `#` lines are remarks.
/// `include FILE NAME=VALUE …` stands for the lines of a file beside it, with values for its `$NAME`s;
/// they count as the line that includes them.
pub fn read(file: &Path) -> Result<Vec<(usize, Act)>, Fault> {
    let mut acts = Vec::new();
    for (number, line) in lines(file, DEPTH_MAX)? {
        let act = read_line(&line).map_err(|why| {
            Fault::usage(format!("line {number} of the script is not understood"), why)
        })?;
        acts.push((number, act));
    }
    Ok(acts)
}

fn lines(file: &Path, depth: usize) -> Result<Vec<(usize, String)>, Fault> {
    let text = fs::read_to_string(file).map_err(|error| {
        Fault::usage(format!("{} cannot be read", file.display()), error).next("name a script")
    })?;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(included) = line.strip_prefix("include ") else {
            found.push((number, line.to_owned()));
            continue;
        };
        if depth == 0 {
            let what = format!("line {number} of {} includes too deep", file.display());
            return Err(Fault::usage(what, format!("scripts include {DEPTH_MAX} deep at most")));
        }
        let mut words = included.split_whitespace();
        let beside = file.with_file_name(words.next().unwrap_or_default());
        let values: Vec<(&str, &str)> = words.filter_map(|word| word.split_once('=')).collect();
        for (_, mut line) in lines(&beside, depth - 1)? {
            for (name, value) in &values {
                line = line.replace(&format!("${name}"), value);
            }
            found.push((number, line));
        }
    }
    Ok(found)
}

fn read_line(line: &str) -> Result<Act, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let text = || {
        if rest.is_empty() { Err(format!("{word} needs a text")) } else { Ok(rest.to_owned()) }
    };
    Ok(match word {
        "key" => {
            let name = rest.to_ascii_lowercase();
            let found = KEYS.iter().find(|(known, _)| *known == name);
            Act::Key(found.ok_or_else(|| format!("no key is called {rest:?}"))?.1)
        }
        "type" => Act::Type(text()?),
        "scan" => Act::Scan(text()?),
        "expect" => Act::Expect(text()?),
        "absent" => Act::Absent(text()?),
        "patience" => Act::Patience(span(rest).ok_or("write it as patience 45 s")?),
        "screen" => Act::Screen(text()?),
        "terminal" => Act::Terminal(TerminalId::parse(rest).map_err(|error| error.to_string())?),
        "station" if rest.is_empty() => Act::Station(None),
        "station" => Act::Station(Some(station(rest).ok_or("write it as station LINE2 ASM-2")?)),
        "offline" => Act::Network { there: false, of: code(rest)? },
        "online" => Act::Network { there: true, of: code(rest)? },
        "clock" => {
            let by = rest.strip_prefix('+').and_then(span);
            Act::Clock(by.ok_or("write it as clock +21 min")?)
        }
        "size" => {
            let (columns, rows) = rest.split_once('x').ok_or("write it as size 80x24")?;
            let size = |text: &str| text.trim().parse::<u16>().map_err(|error| error.to_string());
            Act::Size(size(columns)?, size(rows)?)
        }
        _ => return Err(format!("no act is called {word:?}")),
    })
}

/// A station's code, where one is named.
fn code(text: &str) -> Result<Option<StationId>, String> {
    let code = Some(text).filter(|text| !text.is_empty()).map(StationId::parse);
    code.transpose().map_err(|error| error.to_string())
}

fn station(text: &str) -> Option<(StationId, PlaceId)> {
    let (code, place) = text.split_once(' ')?;
    Some((StationId::parse(code).ok()?, PlaceId::parse(place.trim()).ok()?))
}

fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.trim().split_once(' ')?;
    let seconds = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}
