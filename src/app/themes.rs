//! Themes of the site, `themes/NAME.toml` in the station's home, and which one a terminal begins with.

use std::fs;
use std::io;
use std::path::Path;

use crate::app::config::Config;
use crate::app::fault::Fault;
use crate::ui::terminal_kind::ColorLevel;
use crate::ui::theme::Theme;
use crate::ui::themes::Themes;

/// More is no theme.
const BYTES_MAX: u64 = 64 * 1024;
/// More are not looked at.
const FILES_MAX: usize = 64;

/// What the site's folder has.
#[derive(Debug, Default)]
pub struct Own {
    /// Its themes, by name.
    pub themes: Vec<Theme>,
    /// Files that are none: which, where in it, and why, a line each.
    pub wrong: Vec<String>,
}

/// Reads the site's folder; none has none.
pub fn own(home: &Path) -> Own {
    let mut own = Own::default();
    let Ok(folder) = fs::read_dir(home.join("themes")) else { return own };
    let mut files: Vec<_> = folder.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    for file in files.iter().take(FILES_MAX) {
        match read(file) {
            Ok(theme) => own.themes.push(theme),
            Err(why) => own.wrong.push(format!("{}: {why}", file.display())),
        }
    }
    own
}

fn read(file: &Path) -> Result<Theme, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge).to_string());
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let theme = Theme::parse(&text).map_err(|error| error.to_string())?;
    if file.file_stem().is_none_or(|stem| *stem != *theme.name) {
        return Err(format!("it calls itself {:?}; the file is called as its theme", theme.name));
    }
    Ok(theme)
}

/// The themes of a session on a terminal of so many colors.
///
/// # Errors
/// A theme was asked for that is not here.
pub fn of(config: &Config, level: ColorLevel) -> Result<Themes, Fault> {
    let own = own(&config.home);
    let themes = Themes::with(own.themes, level);
    let Some((name, by)) = config.theme() else { return Ok(themes) };
    let names = themes.names();
    themes.beginning_with(name).ok_or_else(|| {
        let of_it = format!("{name}.toml: ");
        let wrong = own.wrong.iter().find(|wrong| wrong.contains(&of_it));
        let why = wrong.cloned().unwrap_or_else(|| format!("{by} asks for it"));
        let what = format!("there is no theme {name:?}");
        Fault::usage(what, why).next(format!("take one of these: {names}"))
    })
}
