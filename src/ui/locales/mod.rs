//! The words of the screens in other languages, `LANGUAGE/AREA.toml`: English on the left, as it
//! stands in the source.
//! Invariant: what has no translation is said in English.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::domain::language::Language;

/// The sentences of a language, by their English ones.
pub(super) type Catalog = HashMap<String, String>;

const GERMAN: [&str; 6] = [
    include_str!("de/frame.toml"),
    include_str!("de/inspection.toml"),
    include_str!("de/records.toml"),
    include_str!("de/refusals.toml"),
    include_str!("de/shop.toml"),
    include_str!("de/work.toml"),
];
static IN_GERMAN: OnceLock<Catalog> = OnceLock::new();

/// The sentences of a language; English has none, for it stands in the source.
pub(super) fn catalog(language: Language) -> Option<&'static Catalog> {
    match language {
        Language::English => None,
        Language::German => Some(IN_GERMAN.get_or_init(|| read(&GERMAN))),
    }
}

/// Files that cannot be read are found by a test; English stands in their place.
fn read(files: &[&str]) -> Catalog {
    files.iter().filter_map(|text| toml::from_str::<Catalog>(text).ok()).flatten().collect()
}
