//! What holds for the parts of a value beyond their characters: check digits, dates, lists of codes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::coupon;
use super::table::Alphabet;

/// The lists that values are taken from: a name and its codes, a line each.
const CODES: &str = include_str!("../../../fixtures/gs1/codes.txt");
/// The letters and digits of a pair of check characters, five bits each.
const PAIR: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// The characters of a text in the order of their weights.
const TEXT: &str =
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The shortest prefix of a company.
const COMPANY_DIGITS_MIN: usize = 4;

static LISTS: LazyLock<BTreeSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = CODES.lines().filter(|line| !line.starts_with('#'));
    let codes = |line: &'static str| {
        let (name, codes) = line.split_once(' ').unwrap_or_default();
        codes.split(' ').map(move |code| (name, code))
    };
    lines.flat_map(codes).collect()
});

/// Something that holds for a part of a value.
#[derive(Debug)]
pub struct Check {
    /// What the table calls it.
    pub name: &'static str,
    /// Whether it holds.
    pub holds: fn(&str) -> bool,
    /// What is wrong where it does not, after the name of the element.
    pub wrong: &'static str,
}

const fn check(name: &'static str, holds: fn(&str) -> bool, wrong: &'static str) -> Check {
    Check { name, holds, wrong }
}

/// Every check that the table names.
pub(super) static CHECKS: [Check; 35] = [
    check("check-digit", check_digit, "has a wrong check digit"),
    check("check-pair", check_pair, "has wrong check characters"),
    check("company-first", company, "does not begin with the number of a company"),
    check("company-second", |v| v.get(1..).is_some_and(company), "has no number of a company"),
    check("day-or-month", |v| short_date(v, true), "is no date"),
    check("day", |v| short_date(v, false), "is no date"),
    check("day-of-year", long_date, "is no date"),
    check("country-number", |v| listed("country-number", v), "is no country"),
    check("country-number-or-999", |v| v == "999" || listed("country-number", v), "is no country"),
    check("country-letters", |v| listed("country-letters", v), "is no country"),
    check("currency", |v| listed("currency", v), "is no currency"),
    check("package", |v| listed("package", v), "is no kind of package"),
    check("percent", percent, "has a % without two hexadecimal digits"),
    check("hyphens", |v| v.bytes().all(|b| b == b'-'), "ends in something else than -"),
    check("hour", |v| below(v, 24), "is no time of day"),
    check("minute", |v| below(v, 60), "is no time of day"),
    check("second", |v| below(v, 60), "is no time of day"),
    check("hour-minute", hour_minute, "is no time of day"),
    check("zero-or-one", |v| matches!(v, "0" | "1"), "is neither 0 nor 1"),
    check("zeros", |v| v.bytes().all(|b| b == b'0'), "does not begin with 0"),
    check("not-zero", |v| v.bytes().any(|b| b != b'0'), "is zero"),
    check("no-leading-zero", |v| !v.starts_with('0'), "begins with 0"),
    check("winding", |v| matches!(v, "0" | "1" | "9"), "is no winding direction"),
    check("piece-of-total", piece_of_total, "is no piece of so many"),
    check("iban", iban, "is no account number"),
    check("importer", |v| v.len() == 1 && v.chars().all(importer), "has no importer's character"),
    check("medium", medium, "is no kind of medium"),
    check("sex", |v| matches!(v, "0" | "1" | "2" | "9"), "is no code of a sex"),
    check("place-of-count", place_of_count, "is no place in a count"),
    check("latitude", |v| at_most(v, 1_800_000_000), "is no latitude"),
    check("longitude", |v| at_most(v, 3_600_000_000), "is no longitude"),
    check("not-digits-alone", |v| v.bytes().any(|b| !b.is_ascii_digit()), "has digits alone"),
    check("coupon", coupon::is_coupon, "is no coupon"),
    check("coupon-offer", coupon::is_offer, "is no coupon"),
    check("padding", padding, "is filled up in a wrong way"),
];

fn listed(name: &'static str, value: &str) -> bool {
    LISTS.contains(&(name, value))
}

fn digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

/// A number of any digits that fit; none where it is none.
fn number(value: &str) -> Option<u64> {
    if digits(value) { value.parse().ok() } else { None }
}

/// Whether the last digit is that of the others: weights of 3 and 1 from the right, modulo 10.
pub(super) fn check_digit(value: &str) -> bool {
    let weighted = value.bytes().rev().zip([1_u32, 3].into_iter().cycle());
    digits(value) && weighted.map(|(b, weight)| u32::from(b - b'0') * weight).sum::<u32>() % 10 == 0
}

/// Whether the last two characters are those of the others: weighted by primes, modulo 1021.
fn check_pair(value: &str) -> bool {
    let Some((said, pair)) = value.len().checked_sub(2).and_then(|at| value.split_at_checked(at))
    else {
        return false;
    };
    let primes = (2_u32..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    let weights: Option<Vec<usize>> = said.chars().rev().map(|c| TEXT.find(c)).collect();
    let Some(weights) = weights else { return false };
    let terms = weights.iter().zip(primes).map(|(weight, prime)| *weight as u64 * u64::from(prime));
    let sum = usize::try_from(terms.sum::<u64>() % 1021).unwrap_or_default();
    pair.bytes().eq([PAIR[sum >> 5 & 31], PAIR[sum & 31]])
}

/// Whether it begins with as many digits as the shortest number of a company has.
pub(super) fn company(value: &str) -> bool {
    value.get(..COMPANY_DIGITS_MIN).is_some_and(digits)
}

/// YYMMDD, where the day may be 00 for a whole month.
pub(super) fn short_date(value: &str, month: bool) -> bool {
    value.len() == 6 && date(&format!("20{value}"), month)
}

fn long_date(value: &str) -> bool {
    date(value, false)
}

fn date(value: &str, month: bool) -> bool {
    let part = |from: usize, to: usize| value.get(from..to).and_then(number);
    let (Some(year), Some(m), Some(d), 8) = (part(0, 4), part(4, 6), part(6, 8), value.len())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match m {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    d <= days && (d > 0 || month)
}

fn below(value: &str, end: u64) -> bool {
    value.len() == 2 && number(value).is_some_and(|n| n < end)
}

fn hour_minute(value: &str) -> bool {
    value.split_at_checked(2).is_some_and(|(hour, minute)| below(hour, 24) && below(minute, 60))
}

fn at_most(value: &str, most: u64) -> bool {
    value.len() == 10 && number(value).is_some_and(|n| n <= most)
}

fn percent(value: &str) -> bool {
    value.split('%').skip(1).all(|after| {
        after.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Two numbers of as many digits each, neither of them zero, the first not above the second.
fn piece_of_total(value: &str) -> bool {
    let halves = value.split_at_checked(value.len() / 2);
    let numbers = halves.filter(|(a, b)| a.len() == b.len() && digits(a) && digits(b));
    numbers.is_some_and(|(a, b)| a <= b && a.bytes().any(|d| d != b'0'))
}

/// `N/M` without leading zeros, the first not above the second.
fn place_of_count(value: &str) -> bool {
    let formed = |text: &&str| digits(text) && !text.starts_with('0');
    let numbers = value.split_once('/').filter(|(place, of)| formed(place) && formed(of));
    numbers.is_some_and(|(place, of)| (place.len(), place) <= (of.len(), of))
}

fn importer(c: char) -> bool {
    Alphabet::Base64.has(c) && c != '='
}

fn medium(value: &str) -> bool {
    value.len() == 2 && number(value).is_some_and(|n| matches!(n, 1..=10 | 80..=99))
}

/// Base64 may be filled up with one or two `=`, to a multiple of three characters.
fn padding(value: &str) -> bool {
    let text = value.trim_end_matches('=');
    let filled = value.len() - text.len();
    !text.contains('=') && filled <= 2 && (filled == 0 || value.len().is_multiple_of(3))
}

/// An international bank account number: its country, then 97 divides it with 1 left over.
fn iban(value: &str) -> bool {
    if !(11..=34).contains(&value.len()) || !value.is_ascii() {
        return false;
    }
    let (head, body) = value.split_at(4);
    if !head.get(..2).is_some_and(|country| listed("country-letters", country)) {
        return false;
    }
    let left = body.chars().chain(head.chars()).try_fold(0, |left, c| match c {
        '0'..='9' => c.to_digit(10).map(|digit| (left * 10 + digit) % 97),
        'A'..='Z' => c.to_digit(36).map(|letter| (left * 100 + letter) % 97),
        _ => None,
    });
    left == Some(1)
}
