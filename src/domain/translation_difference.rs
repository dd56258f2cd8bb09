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
        let (Some(was), Some(is)) = (was, is) else { continue };
        let operation = |said: &Translation| said.operation_name.clone();
        changes.compare(words!("{language} operation", language), operation(was), operation(is));
        for words in &is.steps {
            let before = was.steps.iter().find(|before| before.id == words.id);
            // Words of a new step are told with the step.
            let Some(before) = before else { continue };
            changes.step = Some(words.id.clone());
            diff_words(language, (before, words), changes);
        }
        changes.step = None;
    }
}

fn diff_words(language: LanguageCode, (old, new): (&StepWords, &StepWords), changes: &mut Changes) {
    changes.both(words!("{language} title", language), &old.title, &new.title);
    changes.compare(
        words!("{language} counts", language),
        old.counted.clone(),
        new.counted.clone(),
    );
    for rank in 0..old.text.len().max(new.text.len()) {
        let words = |said: &StepWords| said.text.get(rank).map(words_of_block);
        changes.compare(words!("{language} text", language), words(old), words(new));
    }
    let numbers: BTreeSet<u16> = old.asks.keys().chain(new.asks.keys()).copied().collect();
    for number in numbers {
        let words = |said: &StepWords| said.asks.get(&number).cloned();
        changes.compare(
            words!("{language} ask {number}", language, number),
            words(old),
            words(new),
        );
    }
}
