//! Scripts that press keys and say what the screen must show, a line each.

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
    /// `screen NAME`: keeps a picture of the screen.
    Screen(String),
    /// `terminal NAME`: goes to the terminal of this name; a new one starts at sign-in.
    Terminal(TerminalId),
    /// `station CODE PLACE`: goes to the first terminal of another station, which is enrolled where it
    /// is new and stands at that place. Without a code it goes back to the demo's own.
    Station(Option<(StationId, PlaceId)>),
    /// `offline`: the server's listener closes, its connections drop.
    Offline,
    /// `online`: the server listens again.
    Online,
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

/// Reads a script: each act with the number of its line; blank lines and `#` lines are remarks.
pub fn read(text: &str) -> Result<Vec<(usize, Act)>, Fault> {
    let mut acts = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let act = read_line(line).map_err(|why| {
            Fault::usage(format!("line {number} of the script is not understood"), why)
        })?;
        acts.push((number, act));
    }
    Ok(acts)
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
        "screen" => Act::Screen(text()?),
        "terminal" => Act::Terminal(TerminalId::parse(rest).map_err(|error| error.to_string())?),
        "station" if rest.is_empty() => Act::Station(None),
        "station" => Act::Station(Some(station(rest).ok_or("write it as station LINE2 ASM-2")?)),
        "offline" => Act::Offline,
        "online" => Act::Online,
        "clock" => Act::Clock(duration(rest).ok_or("write it as clock +21 min")?),
        "size" => {
            let (columns, rows) = rest.split_once('x').ok_or("write it as size 80x24")?;
            let size = |text: &str| text.trim().parse::<u16>().map_err(|error| error.to_string());
            Act::Size(size(columns)?, size(rows)?)
        }
        _ => return Err(format!("no act is called {word:?}")),
    })
}

fn station(text: &str) -> Option<(StationId, PlaceId)> {
    let (code, place) = text.split_once(' ')?;
    Some((StationId::parse(code).ok()?, PlaceId::parse(place.trim()).ok()?))
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.strip_prefix('+')?.trim().split_once(' ')?;
    let seconds = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}
