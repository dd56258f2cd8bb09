//! What the program is told from outside: its environment, and `gemba.toml` in its home.
//! The one file that reads the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::app::escalation::target::{Smtp, Target};
use crate::app::fault::Fault;
use crate::app::gauge_line::{GaugeLine, Source};
use crate::app::terminal::input::InputRules;
use crate::domain::ids::PlaceId;
use crate::domain::language::Language;
use crate::domain::scan::Separators;
use crate::ui::terminal_kind::{Pictures, TerminalKind, TerminalVariables};

/// A terminal that moves no cursor calls itself so.
const DUMB: &str = "dumb";

/// What this run of the program was told.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where the station's store is.
    pub home: PathBuf,
    /// What `gemba.toml` says.
    pub settings: Settings,
    variables: Variables,
}

/// The keys of `gemba.toml`; all may be absent, others are refused.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The place that this terminal stands at, where the station serves several.
    pub place: Option<PlaceId>,
    /// The place of a terminal by the address from which its SSH line comes: one address, or
    /// those that begin alike up to a dot or a colon, such as `10.4.1.`.
    #[serde(default)]
    pub places: BTreeMap<String, PlaceId>,
    /// The name of a theme.
    pub theme: Option<String>,
    /// What the screens are made of; unless told otherwise, by what the terminal says of itself.
    pub screens: Option<Screens>,
    /// What pictures are made of; unless told otherwise, by what the terminal says of itself.
    pub pictures: Option<Pictures>,
    /// Whether frames are announced; unless told otherwise, by what the terminal says of itself.
    pub synchronized: Option<bool>,
    /// The language of the screens; unless told otherwise, the one of the terminal's locale.
    pub language: Option<Language>,
    /// Characters that scanners were set to send first.
    #[serde(default)]
    pub scanner_prefixes: Vec<String>,
    /// Whether scanners send no end mark.
    #[serde(default)]
    pub scanner_without_end: bool,
    /// Whether every scanner here was seen to send the separators of a code (menu, Try a scanner).
    #[serde(default)]
    pub scanner_separators: bool,
    /// The line on which gauges send values: a serial port, or `tcp://HOST:PORT`.
    gauge_line: Option<Source>,
    /// The speed of that serial port, in baud.
    gauge_line_baud: Option<u32>,
    /// What becomes of a value that a gauge sent.
    #[serde(default)]
    gauge_line_values: GaugeValues,
    /// The place where those gauges are: of many terminals of one process, the one there has the line.
    pub gauge_line_place: Option<PlaceId>,
    /// Milliseconds after which a lone ESC is the Esc key.
    pub escape_ms: Option<u64>,
    /// Whether the bell is silent when a wait is about to end; it is shown all the same.
    #[serde(default)]
    pub silent_waits: bool,
    /// Whether whoever signs in here for the first time is shown around; unless told otherwise, yes.
    pub tour: Option<bool>,
    /// Minutes without a key after which the terminal goes back to sign-in.
    pub idle_lock_min: Option<NonZeroU32>,
    /// How those are reached who are told of calls for help that nobody answers, by the names that
    /// the site's table has.
    #[serde(default)]
    pub escalation: BTreeMap<String, Target>,
    /// The relay for e-mail.
    pub smtp: Option<Smtp>,
    /// Whom `gemba host` lets in, and how many.
    #[serde(default)]
    pub host: HostSettings,
}

/// The table `[host]` of `gemba.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostSettings {
    /// Whether a line without a known key is let in; who it is, badge and PIN say on the screen.
    pub without_key: bool,
    /// Whether a line without a known key is let in when badge and PIN prove who it is.
    pub badge_and_pin: bool,
    /// Sessions at once: of all, of one key, from one address.
    pub sessions_max: u32,
    /// Of these, by one key.
    pub sessions_a_key_max: u32,
    /// Of these, from one address.
    pub sessions_an_address_max: u32,
    /// Connections at once on which no session was opened yet.
    pub arriving_max: u32,
    /// Of these, from one address.
    pub arriving_an_address_max: u32,
    /// Seconds until a connection has a session, or is ended.
    pub arriving_s_max: NonZeroU32,
    /// How often in a minute connections from one address may fail.
    pub failures_a_minute_max: u32,
    /// Seconds after which a line is ended whose client reads nothing.
    pub unread_s_max: NonZeroU32,
    /// Minutes without a key after which a line is ended.
    pub idle_min_max: NonZeroU32,
    /// Seconds that sessions may take to keep what they have, when the host is told to end.
    pub stopping_s_max: NonZeroU32,
}

impl Default for HostSettings {
    fn default() -> Self {
        let some = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self {
            without_key: false,
            badge_and_pin: false,
            sessions_max: 250,
            sessions_a_key_max: 8,
            sessions_an_address_max: 64,
            arriving_max: 32,
            arriving_an_address_max: 8,
            arriving_s_max: some(30),
            failures_a_minute_max: 10,
            unread_s_max: some(60),
            idle_min_max: some(120),
            stopping_s_max: some(15),
        }
    }
}

/// What the screens are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screens {
    /// ASCII alone.
    Ascii,
    /// Lines, one after the other.
    Plain,
}

/// What becomes of a value that a gauge sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GaugeValues {
    /// It stands in the field until Enter.
    #[default]
    Fill,
    /// It is recorded as it comes.
    Record,
}

/// Variables of the environment that mean something here.
#[derive(Debug, Clone, Default)]
struct Variables {
    term: Option<String>,
    no_color: Option<String>,
    colorterm: Option<String>,
    lc_all: Option<String>,
    lc_ctype: Option<String>,
    lang: Option<String>,
    theme: Option<String>,
    place: Option<String>,
    /// Where an SSH line comes from: address, port, and more.
    ssh: Option<String>,
}

/// Where a terminal stands, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceTold {
    /// The place.
    pub place: PlaceId,
    /// What says so, for people.
    pub by: String,
}

impl Config {
    /// Whether a code is taken for one that may have lost a separator.
    pub fn separators(&self) -> Separators {
        if self.settings.scanner_separators { Separators::Proven } else { Separators::Doubted }
    }

    /// Reads the environment and the settings of the home that it names.
    pub fn read() -> Result<Self, Fault> {
        let home = match variable_os("GEMBA_HOME").filter(|home| !home.is_empty()) {
            Some(home) => PathBuf::from(home),
            None => directories::ProjectDirs::from("", "", "gemba")
                .map(|dirs| dirs.data_dir().to_owned())
                .ok_or_else(|| {
                    Fault::cannot("there is no folder for the store", "no home directory is known")
                        .next("set GEMBA_HOME to a folder")
                })?,
        };
        Ok(Self { variables: Variables::read(), ..Self::at(&home)? })
    }

    /// A configuration with another home, with its settings and the same terminal.
    pub fn moved_to(&self, home: &Path) -> Result<Self, Fault> {
        Ok(Self { variables: self.variables.clone(), ..Self::at(home)? })
    }

    fn at(home: &Path) -> Result<Self, Fault> {
        let file = home.join("gemba.toml");
        let settings: Settings = match fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|error| {
                Fault::usage(format!("{} cannot be read", file.display()), error.to_string())
                    .next("mend the line, or remove it to get what is usual")
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
            Err(error) => {
                return Err(Fault::cannot(format!("{} cannot be read", file.display()), error));
            }
        };
        Ok(Self { home: home.to_owned(), settings, variables: Variables::default() })
    }

    /// The station's store.
    pub fn store(&self) -> PathBuf {
        self.home.join("store")
    }

    /// The plant server's folder, where none is named.
    pub fn server_folder(&self) -> PathBuf {
        self.home.join("server")
    }

    /// The place that the terminal stands at, if anything says so: the command itself before the
    /// environment, the address of the SSH line before the settings. What names no place is
    /// refused: a next best one would be wrong in silence.
    pub fn place_told(&self, asked: Option<&PlaceId>) -> Result<Option<PlaceTold>, Fault> {
        let told = |place: &PlaceId, by: &str| {
            Ok(Some(PlaceTold { place: place.clone(), by: by.to_owned() }))
        };
        if let Some(place) = asked {
            return told(place, "--place");
        }
        if let Some(text) = &self.variables.place {
            let place = PlaceId::parse(text).map_err(|error| {
                Fault::usage(format!("GEMBA_PLACE names no place: {text:?}"), error)
                    .next("name a place, such as GEMBA_PLACE=ASM-1, or unset it")
            })?;
            return told(&place, "GEMBA_PLACE");
        }
        if let Some(address) = self.ssh_address()
            && let Some(place) = self.place_of(address)
        {
            return told(place, &format!("address {address}"));
        }
        match &self.settings.place {
            Some(place) => told(place, "gemba.toml"),
            None => Ok(None),
        }
    }

    /// The address from which the SSH line of this terminal comes.
    fn ssh_address(&self) -> Option<&str> {
        self.variables.ssh.as_deref()?.split_whitespace().next()
    }

    /// The place of an address: of the address itself, else of the longest beginning of it.
    fn place_of(&self, address: &str) -> Option<&PlaceId> {
        let begins = |key: &&String| {
            *key == address || key.ends_with(['.', ':']) && address.starts_with(key.as_str())
        };
        let keys = self.settings.places.keys().filter(begins);
        self.settings.places.get(keys.max_by_key(|key| key.len())?)
    }

    /// The line of the gauges, where one is set.
    pub fn gauge_line(&self) -> Option<GaugeLine> {
        let Settings { gauge_line, gauge_line_baud, gauge_line_values, .. } = &self.settings;
        let enters = *gauge_line_values == GaugeValues::Record;
        gauge_line.clone().map(|source| GaugeLine { source, baud: *gauge_line_baud, enters })
    }

    /// The name of the theme, if one is chosen, and what says so.
    pub fn theme(&self) -> Option<(&str, &str)> {
        let by_variable = self.variables.theme.as_deref().map(|name| (name, "GEMBA_THEME"));
        by_variable.or(self.settings.theme.as_deref().map(|name| (name, "gemba.toml")))
    }

    /// Whether a terminal that says so of itself gets lines instead of screens.
    pub fn is_plain(&self, term: Option<&str>) -> bool {
        self.settings.screens == Some(Screens::Plain) || term == Some(DUMB)
    }

    /// The same for the terminal of this process.
    pub fn is_plain_here(&self) -> bool {
        self.is_plain(self.variables.term.as_deref())
    }

    /// What a terminal shows, by what it can and by the settings.
    pub fn shown(&self, kind: TerminalKind) -> TerminalKind {
        let pictures = match self.settings.pictures {
            Some(Pictures::Blocks) => Pictures::Blocks,
            Some(Pictures::Auto) | None => kind.pictures,
        };
        let synchronized = self.settings.synchronized.unwrap_or(kind.synchronized);
        let kind = TerminalKind { synchronized, ..kind };
        match self.settings.screens {
            Some(Screens::Ascii) => {
                let pictures = Pictures::Blocks;
                TerminalKind { unicode: false, utf8: false, pictures, ..kind }
            }
            Some(Screens::Plain) | None => TerminalKind { pictures, ..kind },
        }
    }

    /// How the input of a terminal is read.
    pub fn input_rules(&self, kind: TerminalKind) -> InputRules {
        let asked = kind.pictures == Pictures::Auto;
        let mut rules = InputRules { asked, ..InputRules::default() };
        if let Some(escape_ms) = self.settings.escape_ms {
            rules.escape_ms = escape_ms;
        }
        rules.scan.prefixes.clone_from(&self.settings.scanner_prefixes);
        rules.scan.silence_ends = self.settings.scanner_without_end;
        rules
    }

    /// Where the terminal of a line stands that came from this address: by what its key says, else
    /// by the settings, as of a terminal of this process.
    pub fn place_of_line(&self, key: Option<PlaceTold>, address: &str) -> Option<PlaceTold> {
        let told = |place: &PlaceId, by: String| PlaceTold { place: place.clone(), by };
        let by_address = || Some(told(self.place_of(address)?, format!("address {address}")));
        let usual = || Some(told(self.settings.place.as_ref()?, "gemba.toml".to_owned()));
        key.or_else(by_address).or_else(usual)
    }

    /// The locale of this process, for lines that tell none: the value of the first variable that
    /// decides.
    pub fn locale(&self) -> Option<&str> {
        let Variables { lc_all, lc_ctype, lang, .. } = &self.variables;
        let given = |value: &&str| !value.is_empty();
        [lc_all, lc_ctype, lang].into_iter().filter_map(|v| v.as_deref()).find(given)
    }

    /// What the terminal of this process can show.
    pub fn terminal_kind(&self, columns: u16, rows: u16) -> TerminalKind {
        let Variables { term, no_color, colorterm, lc_all, lc_ctype, lang, .. } = &self.variables;
        let variables = TerminalVariables {
            term: term.as_deref(),
            no_color: no_color.as_deref(),
            colorterm: colorterm.as_deref(),
            lc_all: lc_all.as_deref(),
            lc_ctype: lc_ctype.as_deref(),
            lang: lang.as_deref(),
        };
        self.shown(TerminalKind::detect(&variables, columns, rows))
    }
}

impl Variables {
    fn read() -> Self {
        let text = |name| variable_os(name).and_then(|value| value.into_string().ok());
        Self {
            term: text("TERM"),
            no_color: text("NO_COLOR"),
            colorterm: text("COLORTERM"),
            lc_all: text("LC_ALL").filter(|value| !value.is_empty()),
            lc_ctype: text("LC_CTYPE"),
            lang: text("LANG"),
            theme: text("GEMBA_THEME").filter(|value| !value.is_empty()),
            place: text("GEMBA_PLACE").filter(|value| !value.is_empty()),
            ssh: text("SSH_CONNECTION").or_else(|| text("SSH_CLIENT")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable_os(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
