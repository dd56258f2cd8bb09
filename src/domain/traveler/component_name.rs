//! How the number of a component is spelled: as it is known here, whatever the scanner or a hand made
//! of it. One thing must not have two names, or what is held under one is built in under the other.

use std::collections::BTreeSet;

/// Printable ASCII has its full-width forms this far up.
const FULL_WIDTH: u32 = 0xfee0;

/// A number as scanners write it: dashes, blanks and full-width forms that only look like ASCII become
/// it.
pub fn plain(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - FULL_WIDTH).unwrap_or(c),
        other => other,
    };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

/// The number that a text means: what goods-in noted or this plant makes under it, exactly or but for
/// capitals where that is one; else what was built in under it; else the text itself.
pub fn spelled(text: &str, noted: &BTreeSet<String>, used: &BTreeSet<String>) -> String {
    let only = |known: &BTreeSet<String>| {
        let mut like = known.iter().filter(|one| one.eq_ignore_ascii_case(text));
        like.next().filter(|_| like.next().is_none()).cloned()
    };
    let exact = |known: &BTreeSet<String>| known.get(text).cloned();
    let found = exact(noted).or_else(|| only(noted)).or_else(|| exact(used)).or_else(|| only(used));
    found.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(known: &[&str]) -> BTreeSet<String> {
        known.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn what_only_looks_like_a_number_becomes_it() {
        for text in ["L\u{2011}3", "\u{ff2c}-3", "L-\u{ff13}", " L\u{2212}3\u{a0}"] {
            assert_eq!(plain(text), "L-3", "{text}");
        }
        assert_eq!(plain("Größe 7"), "Größe 7");
    }

    #[test]
    fn a_number_is_spelled_as_it_is_known_unless_two_are_known() {
        assert_eq!(spelled("l-3", &set(&["L-3"]), &set(&["l-3"])), "L-3");
        assert_eq!(spelled("l-3", &set(&["L-3", "l-3"]), &set(&[])), "l-3");
        assert_eq!(spelled("l-A", &set(&["L-A", "L-a"]), &set(&[])), "l-A");
        assert_eq!(spelled("h-7", &set(&[]), &set(&["H-7"])), "H-7");
        assert_eq!(spelled("new", &set(&["L-3"]), &set(&["H-7"])), "new");
    }
}
