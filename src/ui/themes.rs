//! The themes that there are at a station, and which of them a terminal begins with.

use super::terminal_kind::ColorLevel;
use super::theme::Theme;

const EMBEDDED: [&str; 6] = [
    include_str!("../../themes/dark.toml"),
    include_str!("../../themes/light.toml"),
    include_str!("../../themes/high-contrast.toml"),
    include_str!("../../themes/color-blind.toml"),
    include_str!("../../themes/16-color.toml"),
    include_str!("../../themes/mono.toml"),
];
/// What a terminal with colors looks like unless told otherwise.
const USUAL: &str = "dark";
/// What a terminal without colors looks like, whatever anybody chose.
const WITHOUT_COLORS: &str = "mono";

/// The themes of a session.
#[derive(Debug, Clone)]
pub struct Themes {
    all: Vec<Theme>,
    usual: Theme,
    level: ColorLevel,
}

impl Themes {
    /// Those of the program and those that the site has, which come before one of the same name;
    /// on a terminal that begins as it is usual.
    pub fn with(own: Vec<Theme>, level: ColorLevel) -> Self {
        let embedded = EMBEDDED.iter().filter_map(|text| Theme::parse(text).ok());
        let mut all: Vec<Theme> = embedded.collect();
        for theme in own {
            match all.iter_mut().find(|known| known.name == theme.name) {
                Some(known) => *known = theme,
                None => all.push(theme),
            }
        }
        let all: Vec<Theme> = all.iter().map(|theme| theme.at(level)).collect();
        let usual = if level == ColorLevel::Mono { WITHOUT_COLORS } else { USUAL };
        let usual = all.iter().find(|theme| theme.name == usual);
        // Embedded files are held by a test; a look without colors can be read all the same.
        let usual = usual.or(all.first()).cloned().unwrap_or_else(Theme::plain);
        Self { all, usual, level }
    }

    /// What a terminal begins with that was told so; none where no theme is called so.
    pub fn beginning_with(mut self, name: &str) -> Option<Self> {
        let theme = self.named(name)?.clone();
        if self.level != ColorLevel::Mono {
            self.usual = theme;
        }
        Some(self)
    }

    /// Every theme, as it looks here.
    pub fn all(&self) -> &[Theme] {
        &self.all
    }

    /// A theme by its name.
    pub fn named(&self, name: &str) -> Option<&Theme> {
        self.all.iter().find(|theme| theme.name == name)
    }

    /// What this terminal begins with.
    pub const fn usual(&self) -> &Theme {
        &self.usual
    }

    /// What somebody sees who chose a theme: theirs, where the terminal has colors.
    pub fn chosen(&self, name: &str) -> Option<&Theme> {
        if self.level == ColorLevel::Mono { Some(&self.usual) } else { self.named(name) }
    }

    /// Whether this terminal shows no colors, whatever is chosen.
    pub fn are_without_colors(&self) -> bool {
        self.level == ColorLevel::Mono
    }

    /// The names that there are.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.all.iter().map(|theme| theme.name.as_str()).collect();
        names.join(", ")
    }
}
