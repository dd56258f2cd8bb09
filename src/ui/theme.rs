//! How a role looks, read from a TOML file of roles.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

const DARK: &str = include_str!("../../themes/dark.toml");
const MONO: &str = include_str!("../../themes/mono.toml");

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

/// A look for every role.
#[derive(Debug, Clone)]
pub struct Theme {
    /// What it is called in the settings.
    pub name: String,
    styles: BTreeMap<Role, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    roles: BTreeMap<Role, Look>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    color: Option<String>,
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

/// Why a text is not a theme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Not the TOML that a theme is.
    #[error("not a theme: {0}")]
    Malformed(String),
    /// A color that has no name here.
    #[error("unknown color {0:?}: use a name of the sixteen, such as light-red, or 0 to 255")]
    Color(String),
}

impl Theme {
    /// Reads a theme from its TOML text.
    pub fn parse(text: &str) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(text).map_err(|e| ThemeError::Malformed(e.to_string()))?;
        let mut styles = BTreeMap::new();
        for (role, look) in file.roles {
            styles.insert(role, look.style()?);
        }
        Ok(Self { name: file.name, styles })
    }

    /// An embedded theme by its name; an unknown name gets `dark`.
    pub fn named(name: &str) -> Self {
        let text = if name == "mono" { MONO } else { DARK };
        // The embedded files are held by a test; without styles everything is still legible.
        Self::parse(text).unwrap_or(Self { name: name.to_owned(), styles: BTreeMap::new() })
    }

    /// Whether anything has a color.
    pub fn has_colors(&self) -> bool {
        self.styles.values().any(|style| style.fg.is_some())
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

impl Look {
    fn style(&self) -> Result<Style, ThemeError> {
        let mut style = Style::new();
        if let Some(color) = &self.color {
            let spelled = color.replace('-', "");
            style =
                style.fg(spelled.parse::<Color>().map_err(|_| ThemeError::Color(color.clone()))?);
        }
        for attribute in &self.attributes {
            style = style.add_modifier(match attribute {
                Attribute::Bold => Modifier::BOLD,
                Attribute::Dim => Modifier::DIM,
                Attribute::Underline => Modifier::UNDERLINED,
                Attribute::Reverse => Modifier::REVERSED,
            });
        }
        Ok(style)
    }
}
