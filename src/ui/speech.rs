//! The language in which a terminal speaks.
//!
//! Words stand in the source in English, where they are said, and are the names of their translations
//! in `locales/`. A sentence is looked up before its values are put in, so that no value is translated,
//! and none has a word of the site put in the place of one of ours.
//! Which language it is belongs to the thread: a terminal's screens are updated and drawn by one, which
//! says so first.

use std::cell::Cell;
use std::fmt::Display;

use crate::domain::language::Language;
use crate::domain::objected::objected;
use crate::domain::terms::Terms;
use crate::domain::words::{Words, filled, without_context};

use super::locales::{Catalog, catalog, refused};

thread_local! {
    static SPOKEN: Cell<Option<&'static Catalog>> = const { Cell::new(None) };
}

/// From now on this thread speaks that language, where a site calls things so.
pub fn speak(language: Language, terms: &Terms) {
    SPOKEN.set(catalog(language, terms));
}

/// A sentence of ours as this terminal says it.
pub fn sentence(english: &'static str) -> &'static str {
    let said = SPOKEN.get().and_then(|catalog| catalog.get(english));
    said.map_or_else(|| without_context(english), String::as_str)
}

/// The same with its values.
pub fn sentence_with(english: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let value =
        |name: &str| values.iter().find(|(of, _)| *of == name).map(|(_, value)| value.to_string());
    filled(sentence(english), &value)
}

/// Words that came as data, as this terminal says them.
pub fn tell(words: &Words) -> String {
    words.read_by(&sentence, &objection)
}

/// The same in a language, whichever this thread speaks: for what no screen says.
pub fn tell_in(language: Language, words: &Words) -> String {
    let before = SPOKEN.replace(catalog(language, &Terms::default()));
    let told = tell(words);
    SPOKEN.set(before);
    told
}

/// What a server objected to, or several with `; ` between them. They are recorded in English, and
/// stay so where any of it is not understood.
pub fn objection(recorded: &str) -> String {
    let pieces = SPOKEN.get().and_then(|_| objected(recorded, refused()));
    let Some(pieces) = pieces else { return recorded.to_owned() };
    let said = pieces.iter().map(|(words, stops)| {
        let said = tell(words);
        let bare = said.strip_suffix('.').unwrap_or(&said);
        if *stops { format!("{bare}.") } else { bare.to_owned() }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// A sentence in the language of this terminal: `say!("Work here")`, or with values
/// `say!("step {step} of {steps}", step, steps = all.len())`.
macro_rules! say {
    ($sentence:expr) => { $crate::ui::speech::sentence($sentence) };
    ($sentence:literal $(, $name:ident $(= $value:expr)?)+ $(,)?) => {
        $crate::ui::speech::sentence_with(
            $sentence,
            &[$((stringify!($name), $crate::ui::speech::say!(@value $name $(= $value)?))),+],
        )
    };
    (@value $name:ident) => { &$name as &dyn std::fmt::Display };
    (@value $name:ident = $value:expr) => { &$value as &dyn std::fmt::Display };
}

pub(crate) use say;
