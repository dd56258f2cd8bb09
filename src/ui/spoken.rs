//! Rows of a screen as lines that read well aloud: no borders, no columns, symbols as words.
//! Signs that people type as well are words only where a screen drew them.

use crate::ui::speech::say;

use super::symbols::{SKIPPED_ALOUD, UNKNOWN_ALOUD, UNSET_ALOUD, WARN_ALOUD};

/// What parts the columns of a row that were not words of one text.
const GAP: &str = "  ";
/// Before a row that Enter takes.
const MARKER: char = '▶';
/// Signs that are no word of their own, such as before a figure, as they are seen.
const SEEN: [(&str, &str); 4] =
    [(WARN_ALOUD, "!"), (UNKNOWN_ALOUD, "?"), (SKIPPED_ALOUD, "~"), (UNSET_ALOUD, "·")];

/// A row of the screen, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What it says.
    pub(super) text: String,
    /// Whether it is the one that Enter takes.
    pub(super) marked: bool,
}

/// A row in words; none where it says nothing.
pub(super) fn row(drawn: &str) -> Option<Row> {
    let drawn = drawn.trim();
    let marked = drawn.starts_with(MARKER);
    let mut columns: Vec<String> = Vec::new();
    for column in limits(drawn).split(GAP).map(words).filter(|words| !words.is_empty()) {
        columns.push(column);
    }
    let text = columns.join(GAP);
    (!text.is_empty()).then_some(Row { text, marked })
}

/// A bar between two limits is said as what it is between; the value stands behind it in words.
fn limits(drawn: &str) -> String {
    let (Some(from), Some(to)) = (drawn.find('├'), drawn.find('┤')) else {
        return drawn.to_owned();
    };
    let (before, after) = (drawn.get(..from).unwrap_or(""), drawn.get(to..).unwrap_or(""));
    let after = after.trim_start_matches('┤').trim_start_matches([' ', '✗']);
    let (from, to) = (before.trim_end_matches([' ', '✗']), after.trim_start());
    say!("{from} to {to}", from, to)
}

/// The words of a column; a sign whose word stands beside it already is not said twice.
fn words(column: &str) -> String {
    let tokens: Vec<&str> = column.split_whitespace().collect();
    let mut said: Vec<String> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let beside = tokens.get(at + 1..).unwrap_or_default().join(" ").to_lowercase();
        let sign = Sign { first: at == 0, beside };
        match sign.word(token) {
            Some("") => {}
            Some(word) => said.push(word.to_owned()),
            None => said.push(without_drawings(token)),
        }
    }
    said.retain(|word| !word.is_empty());
    said.join(" ")
}

/// What is left of a token without lines, blocks and marks of what is cut.
fn without_drawings(token: &str) -> String {
    let kept = token.chars().filter(|c| !matches!(c, '\u{2500}'..='\u{259f}' | '‹' | '›'));
    let kept = kept.collect::<String>().replace('…', "...");
    SEEN.iter().fold(kept, |text, (aloud, seen)| text.replace(aloud, seen))
}

/// Where a sign stands, and before what.
struct Sign {
    first: bool,
    beside: String,
}

impl Sign {
    /// The word of a token that is a sign; an empty one where what is beside it says the same.
    fn word(&self, token: &str) -> Option<&'static str> {
        // Words that say the same, one or several put together by `_`.
        let unless = |same: &'static str, word: &'static str| {
            let begins = |same: &str| {
                let rest = self.beside.strip_prefix(&*same.replace('_', " "));
                rest.is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
                })
            };
            if same.split(' ').any(begins) { "" } else { word }
        };
        Some(match token {
            "✓" if self.first => say!("done:"),
            "✓" => unless(say!("beside|pass conforms"), say!("pass")),
            "✗" if self.first => unless(say!("beside|fail sync disagrees"), say!("fail:")),
            "✗" => unless(say!("beside|fail sync disagrees"), say!("fail")),
            "■" => unless(say!("beside|hold held on this"), say!("on hold:")),
            "○" if self.first => unless(say!("beside|ready no"), say!("open:")),
            "◐" => unless(say!("beside|partly disposed closed"), say!("begun:")),
            "◷" => unless(say!("beside|paused waits"), say!("waiting:")),
            UNKNOWN_ALOUD => unless(say!("beside|not"), say!("not known:")),
            SKIPPED_ALOUD => say!("left out"),
            "✎" => say!("signature:"),
            UNSET_ALOUD => say!("not yet"),
            WARN_ALOUD | "!" if self.first => {
                unless(say!("beside|caution warning"), say!("look twice:"))
            }
            WARN_ALOUD => say!("marginal"),
            "→" if self.first => "",
            "→" => say!("sign|then"),
            "○" | "▶" | "●" | "▌" => "",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::domain::terms::Terms;
    use crate::ui::speech::speak;

    fn said(drawn: &str) -> String {
        row(drawn).map_or_else(String::new, |row| row.text)
    }

    #[test]
    fn a_sign_is_a_word_and_none_is_said_twice() {
        assert_eq!(said(" ✓ Scan the pump"), "done: Scan the pump");
        assert_eq!(
            said(&format!(" 1: 24.8 ✓    2: 142.07 {WARN_ALOUD}   3: {UNSET_ALOUD}")),
            "1: 24.8 pass  2: 142.07 marginal  3: not yet"
        );
        assert_eq!(said(&format!(" {SKIPPED_ALOUD} Clean")), "left out Clean");
        assert_eq!(said(&format!(" GOOD {UNKNOWN_ALOUD}82")), "GOOD ?82");
        assert_eq!(said(" ✗ Fail, 0.3 over"), "Fail, 0.3 over");
        assert_eq!(said(" ! WARNING"), "WARNING");
        assert_eq!(said(" ! 1 day left"), "look twice: 1 day left");
        assert_eq!(
            said(" the same value → deviation opens"),
            "the same value then deviation opens"
        );
        assert_eq!(said(" → picture: both faces"), "picture: both faces");
    }

    #[test]
    fn a_sign_that_somebody_typed_stays_as_it_was_typed() {
        for typed in ["which socket ? the long one", "hot ! or ~ 40", "a · b", "Attention !"] {
            assert_eq!(said(typed), typed);
        }
    }

    #[test]
    fn in_german_a_sign_is_left_out_only_where_its_own_words_follow() {
        speak(Language::German, &Terms::default());
        let heard = [" ■ Gesperrt: Riss", " ■ Nicht gespeichert, aus", " ■ nicht angenommen"];
        let heard = heard.map(said);
        speak(Language::English, &Terms::default());
        assert_eq!(
            heard,
            ["Gesperrt: Riss", "Nicht gespeichert, aus", "gesperrt: nicht angenommen"]
        );
    }

    #[test]
    fn a_bar_is_said_by_its_limits_and_rules_are_not_said() {
        assert_eq!(said(" 23  ├──────────●────────┤ 27  25.1 Pass"), "23 to 27  25.1 Pass");
        assert_eq!(said(" 23  ├───────────────────┤ 27   ✗  27.3"), "23 to 27  fail:  27.3");
        assert_eq!(row("───────┬─────────"), None);
        assert_eq!(row("   "), None);
    }

    #[test]
    fn the_row_that_enter_takes_is_known_by_its_marker() {
        let row = row(" ▶ WO-1881  0008  ○ ready").unwrap();
        assert!(row.marked);
        assert_eq!(row.text, "WO-1881  0008  ready");
    }
}
