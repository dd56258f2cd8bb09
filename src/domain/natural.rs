//! The order in which people read numbers off a list: 2 stands before 10.

use std::cmp::Ordering;

/// Compares two texts with the digits in them by their value; what is equal then, letter by letter.
pub fn natural(one: &str, other: &str) -> Ordering {
    let (mut a, mut b) = (one, other);
    loop {
        let (digits_a, digits_b) = (leading(a, true), leading(b, true));
        let by_value = value(a, digits_a).cmp(&value(b, digits_b));
        a = &a[digits_a.len()..];
        b = &b[digits_b.len()..];
        let (words_a, words_b) = (leading(a, false), leading(b, false));
        match by_value.then_with(|| words_a.cmp(words_b)) {
            Ordering::Equal if a.is_empty() && b.is_empty() => return one.cmp(other),
            Ordering::Equal => {}
            decided @ (Ordering::Less | Ordering::Greater) => return decided,
        }
        a = &a[words_a.len()..];
        b = &b[words_b.len()..];
    }
}

/// The digits at the beginning, or what stands before the next digit.
fn leading(text: &str, digits: bool) -> &str {
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    &text[..end]
}

/// Nothing stands before a number, and that before words; of two numbers of any length, the one with
/// more digits is the greater.
fn value<'a>(text: &str, digits: &'a str) -> (u8, usize, &'a str) {
    let rank = match (digits, text) {
        ("", "") => 0,
        ("", _) => 2,
        (_, _) => 1,
    };
    let significant = digits.trim_start_matches('0');
    (rank, significant.len(), significant)
}
