//! What changed between two revisions in the words of other languages.

use std::collections::BTreeSet;

use super::difference::{Changes, words_of_block};
use super::translation::{LanguageCode, StepWords, Translation};
use super::words::words;

/// What changed in the words of other languages.
pub(super) fn diff_translations(old: &[Translation], new: &[Translation], changes: &mut Changes) {
    let languages: BTreeSet<LanguageCode> =
        old.iter().chain(new).map(|said| said.language).collect();
    for language in languages {
        let of = |all: &'_ [Translation]| all.iter().position(|said| said.language == language);
        let (was, is) = (of(old).and_then(|n| old.get(n)), of(new).and_then(|n| new.get(n)));
        let title = |said: Option<&Translation>| said.map(|said| said.title.clone());
        changes.compare(words!("translation {language}", language), title(was), title(is));
        // Where a language is gone, so are its words; where it is new, all of them are.
        let Some(is) = is else { continue };
        let operation =
            |said: Option<&Translation>| said.and_then(|said| said.operation_name.clone());
        let what = words!("{language} operation", language);
        changes.compare(what, operation(was), operation(Some(is)));
        for words in &is.steps {
            let before = was.and_then(|was| was.steps.iter().find(|said| said.id == words.id));
            changes.step = Some(words.id.clone());
            diff_words(language, (before, words), changes);
        }
        changes.step = None;
    }
}

fn diff_words(
    language: LanguageCode,
    (old, new): (Option<&StepWords>, &StepWords),
    changes: &mut Changes,
) {
    let title = old.map(|old| old.title.clone());
    changes.compare(words!("{language} title", language), title, Some(new.title.clone()));
    let counted = old.and_then(|old| old.counted.clone());
    changes.compare(words!("{language} counts", language), counted, new.counted.clone());
    for rank in 0..old.map_or(0, |old| old.text.len()).max(new.text.len()) {
        let words = |said: &StepWords| said.text.get(rank).map(words_of_block);
        changes.compare(words!("{language} text", language), old.and_then(words), words(new));
    }
    let numbers: BTreeSet<u16> =
        old.into_iter().chain([new]).flat_map(|said| said.asks.keys()).copied().collect();
    for number in numbers {
        let words = |said: &StepWords| said.asks.get(&number).cloned();
        let what = words!("{language} ask {number}", language, number);
        changes.compare(what, old.and_then(words), words(new));
    }
}
