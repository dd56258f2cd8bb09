//! How a role looks, read from a TOML file of roles.
//!
//! A theme is made for the ground that a terminal has; it fills none of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::palette::{self, Rgb, contrast};
use super::terminal_kind::ColorLevel;

/// What a piece of text means; never said by color alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Running text.
    Plain,
    /// What the screen is about.
    Title,
    /// Worth a look.
    Accent,
    /// What takes the next key.
    Focus,
    /// Around it.
    Muted,
    /// Passed, done, saved.
    Ok,
    /// Look twice.
    Warn,
    /// Failed, not saved.
    Fail,
    /// Nothing goes on.
    Hold,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Title => "title",
            Self::Accent => "accent",
            Self::Focus => "focus",
            Self::Muted => "muted",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Hold => "hold",
        })
    }
}

/// The names of the sixteen, by their numbers.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];
/// Instead of a name: the color that the terminal writes with by itself.
const NONE: &str = "none";
/// The least contrast of a theme that promises none (WCAG 2.2, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

/// The ground that a theme is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// A dark terminal.
    Black,
    /// A light terminal.
    White,
    /// Either: the theme has no colors.
    Any,
}

/// A look for every role.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// What it is called in the settings.
    pub name: String,
    /// The ground of the terminals that it is made for.
    pub ground: Ground,
    /// The contrast that each of its colors has at least to that ground.
    pub contrast: f64,
    looks: BTreeMap<Role, Look>,
    level: ColorLevel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    ground: Ground,
    contrast: Option<f64>,
    roles: BTreeMap<Role, Spanned<Written>>,
}

/// A look as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    color: Option<Ink>,
    /// What stands for a color beyond the sixteen where there are no others.
    sixteen: Option<Ink>,
    #[serde(default)]
    attributes: Vec<Attribute>,
}

/// What every terminal can do to a character.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Attribute {
    Bold,
    Dim,
    Underline,
    Reverse,
}

/// A color as it is written: a name of the sixteen, or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Number(i64),
    Name(String),
}

/// What a terminal writes with.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Named")]
enum Ink {
    /// What it writes with by itself.
    Own,
    Number(u8),
}

impl Ink {
    const fn number(self) -> Option<u8> {
        match self {
            Self::Own => None,
            Self::Number(number) => Some(number),
        }
    }
}

impl TryFrom<Named> for Ink {
    type Error = String;

    fn try_from(named: Named) -> Result<Self, String> {
        let wrong = |what: &str| {
            Err(format!("no color is {what}: {}, {NONE}, or 0 to 255", NAMES.join(", ")))
        };
        match named {
            Named::Number(number) => match u8::try_from(number) {
                Ok(number) => Ok(Self::Number(number)),
                Err(_) => wrong(&number.to_string()),
            },
            Named::Name(name) if name == NONE => Ok(Self::Own),
            Named::Name(name) => match (0..).zip(NAMES).find(|(_, known)| *known == name) {
                Some((number, _)) => Ok(Self::Number(number)),
                None => wrong(&format!("{name:?}")),
            },
        }
    }
}

/// The look of one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    color: Option<u8>,
    sixteen: Option<u8>,
    attributes: Modifier,
}

/// Why a text is not a theme, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct ThemeError {
    /// Of the file, from 1.
    pub line: usize,
    /// Of the line, in characters from 1.
    pub column: usize,
    /// What is wrong, on one line.
    pub what: String,
}

impl ThemeError {
    fn at(text: &str, span: Option<Range<usize>>, what: &str) -> Self {
        let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, what: what.lines().collect::<Vec<_>>().join(" ") }
    }
}

impl Theme {
    /// Reads a theme from its TOML text, for terminals of the whole palette.
    pub fn parse(text: &str) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(text)
            .map_err(|error| ThemeError::at(text, error.span(), error.message()))?;
        let wrong = |span, what: &str| Err(ThemeError::at(text, Some(span), what));
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let name = file.name.get_ref();
        if !(1..=24).contains(&name.len()) || !name.chars().all(named) {
            let what = "a name has 1 to 24 lower-case letters, digits and dashes";
            return wrong(file.name.span(), what);
        }
        let mut looks = BTreeMap::new();
        for (role, written) in file.roles {
            let span = written.span();
            match written.into_inner().look() {
                Ok(look) => drop(looks.insert(role, look)),
                Err(what) => return wrong(span, what),
            }
        }
        Ok(Self {
            name: file.name.into_inner(),
            ground: file.ground,
            contrast: file.contrast.unwrap_or(CONTRAST_MIN),
            looks,
            level: ColorLevel::Palette256,
        })
    }

    /// A theme that sets nothing.
    pub fn plain() -> Self {
        let (name, ground, contrast) = ("plain".to_owned(), Ground::Any, CONTRAST_MIN);
        Self { name, ground, contrast, looks: BTreeMap::new(), level: ColorLevel::Mono }
    }

    /// Whether anything has a color.
    pub fn has_colors(&self) -> bool {
        self.level != ColorLevel::Mono
    }

    /// The same on a terminal of so many colors.
    #[must_use]
    pub fn at(&self, level: ColorLevel) -> Self {
        Self { level, ..self.clone() }
    }

    /// The style of a role; a role that the file does not name is plain.
    pub fn style(&self, role: Role) -> Style {
        let Some(look) = self.looks.get(&role) else { return Style::new() };
        let style = Style::new().add_modifier(look.attributes);
        match look.ink(self.level) {
            Some(number) => style.fg(Color::Indexed(number)),
            None => style,
        }
    }

    /// Roles that are hardly to be read on the ground that the theme is made for, on a terminal whose
    /// sixteen are these: with the contrast that they have. Many terminals write what is bold in the
    /// lighter one of two colors; that is looked at as well.
    pub fn faint(&self, sixteen: &[Rgb; 16]) -> Vec<(Role, f64)> {
        let ground = match self.ground {
            Ground::Black => [0; 3],
            Ground::White => [255; 3],
            Ground::Any => return Vec::new(),
        };
        let least = |(role, look): (&Role, &Look)| {
            let number = look.ink(self.level)?;
            let bold = look.attributes.contains(Modifier::BOLD) && number < 8;
            let light = if bold { number + 8 } else { number };
            let of = |number| contrast(palette::rgb(number, sixteen), ground);
            Some((*role, of(number).min(of(light))))
        };
        self.looks.iter().filter_map(least).filter(|(_, has)| *has < self.contrast).collect()
    }
}

impl Look {
    const fn ink(self, level: ColorLevel) -> Option<u8> {
        match level {
            ColorLevel::Mono => None,
            ColorLevel::Sixteen => self.sixteen,
            ColorLevel::Palette256 => self.color,
        }
    }
}

impl Written {
    fn look(self) -> Result<Look, &'static str> {
        let color = self.color.and_then(Ink::number);
        let sixteen = self.sixteen.map_or(color, Ink::number);
        if sixteen.is_some_and(|number| number >= 16) {
            return Err(match self.sixteen {
                Some(_) => "sixteen: a color of the sixteen, or \"none\"",
                None => {
                    "a color from 16 on says what stands for it: sixteen = \"red\", or \"none\""
                }
            });
        }
        let attributes = self.attributes.into_iter().map(|attribute| match attribute {
            Attribute::Bold => Modifier::BOLD,
            Attribute::Dim => Modifier::DIM,
            Attribute::Underline => Modifier::UNDERLINED,
            Attribute::Reverse => Modifier::REVERSED,
        });
        Ok(Look { color, sixteen, attributes: attributes.collect() })
    }
}
