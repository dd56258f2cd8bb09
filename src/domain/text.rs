//! Makes untrusted text safe to show: what a terminal would obey or hide becomes visible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Stands in a cell for a piece of a picture that the terminal has (kitty graphics protocol).
pub const PLACEHOLDER: char = '\u{10eeee}';

/// Whether a terminal or a reader could be deceived by this character: a control, a change of
/// writing direction, something that takes no room, or what a picture is put in the place of.
///
/// Accents that combine with a letter are text and stay.
pub const fn is_deceptive(c: char) -> bool {
    matches!(c,
        // Controls: C0, DEL, C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Soft hyphen, grapheme joiner, Arabic letter mark, fillers, Mongolian separators.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}'
        // Zero width, direction marks, line and paragraph separators, overrides, isolates.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Variation selectors, byte order mark, annotations, tags.
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}'
        // What some terminals put a piece of a picture in the place of.
        | PLACEHOLDER)
}

/// Makes text of several lines safe to show: every deceptive character but the newline becomes a
/// visible escape such as `\u{202e}`, and a tab becomes a space.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    escape(text, |c| if c == '\t' { Some(' ') } else { (c == '\n').then_some(c) })
}

/// Makes text safe to show where one line is meant: as [`sanitize`], and a newline (CR, LF or both)
/// becomes one space.
pub fn sanitize_line(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        return Cow::Owned(sanitize_line(&text.replace("\r\n", "\n")).into_owned());
    }
    escape(text, |c| matches!(c, '\t' | '\n' | '\r').then_some(' '))
}

/// Escapes deceptive characters, except those for which `stand_in` has something better.
fn escape(text: &str, stand_in: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match stand_in(c) {
            Some(other) => safe.push(other),
            None if is_deceptive(c) => {
                // Writing to a String cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            None => safe.push(c),
        }
    }
    Cow::Owned(safe)
}
