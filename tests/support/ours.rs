//! Words as the program says them, for doubles of its store: a picture of them proves what it looks like
//! in another language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use gemba::domain::words::{Value, Words};

/// Every sentence that is said, in English.
static SAID: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/locales/de");
    let catalogs = fs::read_dir(folder).unwrap().map(|file| {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        toml::from_str::<BTreeMap<String, String>>(&text).unwrap()
    });
    catalogs.flatten().collect()
});

/// A sentence of the program; what others wrote in it is put in with [`Words::and`].
pub(crate) fn ours(sentence: &'static str) -> Words {
    assert!(SAID.contains_key(sentence), "the program says nothing like {sentence:?}");
    Words::plain(sentence)
}

/// Such a sentence with words of ours in one of its places.
pub(crate) fn with(mut words: Words, name: &'static str, inner: impl Into<Words>) -> Words {
    words.values.push((name, Value::Words(inner.into())));
    words
}

/// One after the other.
pub(crate) fn listed<const N: usize>(all: [Words; N]) -> Words {
    Words::listed(all, "{these}, {one}")
}
