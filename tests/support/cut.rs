//! Which words of ours a screen had no room for. What people and files say may be cut.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use gemba::domain::language::Language;
use gemba::ui::parts::canvas::Cut;
use gemba::ui::speech::sentence;
use gemba::ui::symbols::spelled_out;

/// Every sentence that is said, in English.
static SAID: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/locales/de");
    let mut said = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let catalog: BTreeMap<String, String> = toml::from_str(&text).unwrap();
        said.extend(catalog.into_keys().map(|key| &*key.leak()));
    }
    said
});

/// What a sentence says between its values.
fn pieces(said: &str) -> impl Iterator<Item = &str> {
    let parts = said.split('{').enumerate();
    let beside = parts.map(|(n, part)| match part.split_once('}') {
        Some((_, after)) if n > 0 => after,
        Some(_) | None => part,
    });
    beside.map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether nobody but us says so: the data of these tests are English, where a single word may be theirs.
fn is_ours(piece: &str, language: Language) -> bool {
    match language {
        Language::English => piece.split_whitespace().count() > 1,
        Language::German => piece.chars().count() > 3,
    }
}

/// The words of ours that a cut text lost, whole or in part, with the text; none where only data were cut.
pub(crate) fn lost_of_ours(cut: &Cut, language: Language) -> Option<String> {
    let kept = cut.shown.trim_end_matches('…').trim_end_matches("..").len();
    let within = |at: usize, length: usize| {
        let before = cut.text[..at].chars().next_back();
        let after = cut.text[at + length..].chars().next();
        let whole = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        whole(before) && whole(after)
    };
    for said in SAID.iter().copied().map(sentence) {
        for piece in pieces(said).filter(|piece| is_ours(piece, language)) {
            let spelled = cut.text.is_ascii() && !piece.is_ascii();
            let piece = if spelled { Cow::Owned(spelled_out(piece)) } else { Cow::Borrowed(piece) };
            let mut places = cut.text.match_indices(&*piece);
            if places.any(|(at, _)| at + piece.len() > kept && within(at, piece.len())) {
                return Some(format!("{piece:?} of {:?}", cut.text));
            }
        }
    }
    None
}
