//! `gemba site set`: what things are called otherwise on screens.

use clap::Args;

use super::Console;
use crate::domain::language::Language;
use crate::domain::terms::{Term, TermChange, Terms};

/// What may be said of them; what is not named stays.
#[derive(Debug, Args)]
pub struct TermArgs {
    /// Calls something otherwise on screens: language (en, de), our word, yours for one, for several;
    /// again for more. Our words: deviation, hold, instruction, lot, operation, order, permit, place,
    /// station, traveler, unit
    #[arg(long, value_name = "LANGUAGE,WORD,ONE,SEVERAL", value_parser = term)]
    term: Vec<TermChange>,
    /// Calls something by our word again: language, our word
    #[arg(long, value_name = "LANGUAGE,WORD", value_parser = no_term)]
    no_term: Vec<TermChange>,
}

impl TermArgs {
    /// The changes; what is called by our word again comes first.
    pub fn change(self) -> Vec<TermChange> {
        self.no_term.into_iter().chain(self.term).collect()
    }
}

/// One term: `en,deviation,nonconformance,nonconformances`.
fn term(text: &str) -> Result<TermChange, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [language, word, one, several] = parts.as_slice() else {
        let example = "en,deviation,nonconformance,nonconformances";
        return Err(format!(
            "a language, our word, yours for one and for several, such as {example}"
        ));
    };
    named(language, word, Some([(*one).to_owned(), (*several).to_owned()]))
}

/// One that is taken back: `en,deviation`.
fn no_term(text: &str) -> Result<TermChange, String> {
    let wrong = || "a language and our word, such as en,deviation".to_owned();
    let (language, word) = text.split_once(',').ok_or_else(wrong)?;
    named(language.trim(), word.trim(), None)
}

fn named(language: &str, word: &str, name: Option<[String; 2]>) -> Result<TermChange, String> {
    if Language::of_code(language).is_none() {
        let known = Language::ALL.map(Language::code).join(", ");
        return Err(format!("there is no language {language}: {known}"));
    }
    if Term::parse(word).is_none() {
        let known = Term::WORDS.map(|(word, _)| word).join(", ");
        return Err(format!("{word} is called as it is everywhere; our words: {known}"));
    }
    Ok(TermChange { language: language.to_owned(), word: word.to_owned(), name })
}

/// Prints these terms.
pub fn show(console: &Console, terms: &Terms) {
    for (language, word, [one, several]) in terms.iter() {
        let name = format!("called in {language}: {word}");
        console.printer.line(format!("{name:<27}{one}, {several}"));
    }
}
