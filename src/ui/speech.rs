//! The language in which a terminal speaks.
//!
//! Words stand in the source in English, where they are said, and are the names of their translations
//! in `locales/`. A sentence is looked up before its values are put in, so that what people or files
//! wrote is never translated. Which language it is belongs to the thread: a terminal's screens are
//! updated and drawn by one, which says so first.

use std::cell::Cell;
use std::fmt::Display;

use crate::domain::language::Language;
use crate::domain::words::{Words, filled, without_context};

use super::locales::catalog;

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// From now on this thread speaks that language.
pub fn speak(language: Language) {
    SPOKEN.set(language);
}

/// A sentence of ours as this terminal says it.
pub fn sentence(english: &'static str) -> &'static str {
    let translated = catalog(SPOKEN.get()).and_then(|catalog| catalog.get(english));
    translated.map_or_else(|| without_context(english), String::as_str)
}

/// The same with its values.
pub fn sentence_with(english: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let value =
        |name: &str| values.iter().find(|(of, _)| *of == name).map(|(_, value)| value.to_string());
    filled(sentence(english), &value)
}

/// Words that came as data, as this terminal says them.
pub fn tell(words: &Words) -> String {
    words.read_by(&sentence)
}

/// A sentence in the language of this terminal: `say!("Work here")`, or with values
/// `say!("step {step} of {steps}", step, steps = all.len())`.
#[macro_export]
macro_rules! say {
    ($sentence:expr) => { $crate::ui::speech::sentence($sentence) };
    ($sentence:literal $(, $name:ident $(= $value:expr)?)+ $(,)?) => {
        $crate::ui::speech::sentence_with(
            $sentence,
            &[$((stringify!($name), $crate::say!(@value $name $(= $value)?))),+],
        )
    };
    (@value $name:ident) => { &$name as &dyn std::fmt::Display };
    (@value $name:ident = $value:expr) => { &$value as &dyn std::fmt::Display };
}
