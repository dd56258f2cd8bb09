//! The language in which a terminal speaks.
//!
//! Words stand in the source in English, where they are said, and are the names of their translations
//! in `locales/`. A sentence is looked up before its values are put in, so that no value is translated.
//! Which language it is belongs to the thread: a terminal's screens are updated and drawn by one, which
//! says so first.

use std::cell::Cell;
use std::fmt::Display;

use crate::domain::language::Language;
use crate::domain::objected::OBJECTIONS;
use crate::domain::understood::{by, values};
use crate::domain::words::{Words, filled, without_context};

use super::locales::{Catalog, catalog};

/// A sentence that says less itself, in characters, tells nothing for sure.
const SAYS_LEAST: usize = 8;

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
    words.read_by(&sentence, &objection)
}

/// What a server objected to, or several with `; ` between them: they are recorded in English.
pub fn objection(recorded: &str) -> String {
    let Some(catalog) = catalog(SPOKEN.get()) else { return recorded.to_owned() };
    let whole = objected(recorded, catalog, |sentence| sentence.contains("; "));
    whole.unwrap_or_else(|| {
        let of = |text: &str| objected(text, catalog, |_| true).unwrap_or_else(|| text.to_owned());
        recorded.split("; ").map(of).collect::<Vec<_>>().join("; ")
    })
}

/// One of them, by the sentence that says most of it itself; a refusal's full stop was left out.
fn objected(text: &str, catalog: &'static Catalog, fits: fn(&str) -> bool) -> Option<String> {
    let of = |sentence: &'static str| {
        let values = values(sentence, text).filter(|_| fits(sentence))?;
        let given: usize = values.iter().map(|(_, value)| value.len()).sum();
        (text.len() >= given + SAYS_LEAST).then_some((given, values))
    };
    let judged = OBJECTIONS.iter().filter_map(|said| Some((of(said.0)?.0, said)));
    if let Some((_, said)) = judged.min_by_key(|(given, _)| *given) {
        return by(text, std::slice::from_ref(said)).map(|words| tell(&words));
    }
    let refused = catalog.iter().filter_map(|(english, translated)| {
        let (given, values) = of(english.strip_suffix('.')?)?;
        Some(((given, english), translated.strip_suffix('.')?, values))
    });
    let (_, translated, values) = refused.min_by_key(|(order, ..)| *order)?;
    let value = |name: &str| {
        values.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned())
    };
    Some(filled(translated, &value))
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
