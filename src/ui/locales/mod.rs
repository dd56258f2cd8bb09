//! The words of the screens in other languages, `LANGUAGE/AREA.toml`: English on the left, as it
//! stands in the source; and all of them as a site says them that calls things otherwise.
//! Invariant: what has no translation is said in English.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

use crate::domain::language::Language;
use crate::domain::terms::Terms;

/// The sentences of a language, by their English ones.
pub(super) type Catalog = HashMap<String, String>;

const GERMAN: [&str; 6] = [
    include_str!("de/frame.toml"),
    include_str!("de/inspection.toml"),
    include_str!("de/records.toml"),
    REFUSALS,
    include_str!("de/shop.toml"),
    include_str!("de/work.toml"),
];
const REFUSALS: &str = include_str!("de/refusals.toml");
static IN_GERMAN: OnceLock<Catalog> = OnceLock::new();
static REFUSED: OnceLock<Vec<String>> = OnceLock::new();

/// A site changes its terms a few times in its life; catalogs of more changes than these within one
/// life of the program are not made, and its sentences stand as everywhere.
const CALLED_MAX: usize = 32;
/// Made once and never let go, since sentences are lent for as long as the program lives.
static CALLED: RwLock<Vec<(Language, Terms, &'static Catalog)>> = RwLock::new(Vec::new());

/// The sentences of a language where a site calls things so. None where they stand in the source as
/// they are: in English, unless something is called otherwise.
pub(super) fn catalog(language: Language, terms: &Terms) -> Option<&'static Catalog> {
    if terms.is_empty() { usual(language) } else { called(language, terms).or(usual(language)) }
}

fn usual(language: Language) -> Option<&'static Catalog> {
    match language {
        Language::English => None,
        Language::German => Some(german()),
    }
}

fn german() -> &'static Catalog {
    IN_GERMAN.get_or_init(|| GERMAN.iter().flat_map(|text| read(text)).collect())
}

/// What a refusal may say, in English: sentences with a full stop.
pub(super) fn refused() -> &'static [String] {
    let sentences = || read(REFUSALS).into_keys().filter(|sentence| sentence.ends_with('.'));
    REFUSED.get_or_init(|| sentences().collect())
}

fn called(language: Language, terms: &Terms) -> Option<&'static Catalog> {
    let made = |all: &[(Language, Terms, &'static Catalog)]| {
        let same = all.iter().find(|(of, by, _)| *of == language && by == terms);
        same.map(|(_, _, catalog)| *catalog)
    };
    let found = made(&CALLED.read().unwrap_or_else(PoisonError::into_inner));
    if found.is_some() {
        return found;
    }
    let mut all = CALLED.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(catalog) = made(&all) {
        return Some(catalog);
    }
    if all.len() == CALLED_MAX {
        return None;
    }
    let said = |(english, german): (&String, &String)| {
        let usual = match language {
            Language::English => english,
            Language::German => german,
        };
        (english.clone(), terms.said(language, usual))
    };
    let catalog: &'static Catalog = Box::leak(Box::new(german().iter().map(said).collect()));
    all.push((language, terms.clone(), catalog));
    Some(catalog)
}

/// A file that cannot be read is found by a test; English stands in its place.
fn read(file: &str) -> Catalog {
    toml::from_str(file).unwrap_or_default()
}
