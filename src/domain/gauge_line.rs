//! What gauges send over a serial or network line: the protocol of `gauge-line`.
//!
//! A line of text is one value. It ends with CR, LF or both, has at most 80 bytes of ASCII, and is
//! written in one of two ways:
//!
//! - `[CHANNEL:] [SIGN]DIGITS[.DIGITS] [UNIT]`, such as `24.8`, `-0.012 mm` or `2: 24.80 mm`;
//! - as converters from Digimatic to serial send it: two digits of the channel, `A`, a sign and the
//!   digits, such as `01A+00012.345`; `911`, `912` and `913` say that the gauge sent nothing.
//!
//! Anything else is told and changes nothing; an empty line is nothing at all.

use super::quantity::{Number, NumberError, number_and_rest};
use super::text::sanitize_line;
use super::unit::Unit;

/// The longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 80;
/// How much of a line that is no value is shown.
const SHOWN_MAX: usize = 24;

/// A value that a gauge sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which of several gauges on the line.
    pub channel: Option<String>,
    /// The value, without zeros before it.
    pub number: Number,
    /// Its unit, where the line says it.
    pub unit: Option<Unit>,
}

/// Why a line is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// It is longer than any value.
    #[error("the gauge line sent more than {LINE_BYTES_MAX} bytes without an end: left out")]
    TooLong,
    /// The converter says that the gauge sent nothing.
    #[error("the gauge sent no value (converter says {code}): is it on?")]
    NoValue {
        /// The converter's code.
        code: String,
    },
    /// It is something else.
    #[error("the gauge line sent no value: {shown}")]
    NoNumber {
        /// What it sent.
        shown: String,
    },
    /// Its unit is not known here.
    #[error("the gauge line sent an unknown unit: {unit}")]
    UnknownUnit {
        /// The unit.
        unit: String,
    },
}

impl Shown {
    /// Reads a line without its end.
    pub fn parse(line: &str) -> Result<Self, LineFault> {
        let line = line.trim();
        let shown = || sanitize_line(line).chars().take(SHOWN_MAX).collect();
        if let "911" | "912" | "913" = line {
            return Err(LineFault::NoValue { code: line.to_owned() });
        }
        let (channel, rest) = converted(line).or_else(|| named(line)).unwrap_or((None, line));
        let (number, unit) = number_and_rest(rest);
        let number = without_zeros(number).map_err(|_| LineFault::NoNumber { shown: shown() })?;
        let unit = match unit {
            "" => None,
            unit => Some(Unit::parse(unit).ok_or_else(|| LineFault::UnknownUnit {
                unit: sanitize_line(unit).chars().take(SHOWN_MAX).collect(),
            })?),
        };
        Ok(Self { channel, number, unit })
    }

    /// As it is typed into a field that takes this unit without saying so.
    pub fn text(&self, usual: Unit) -> String {
        match self.unit.filter(|unit| *unit != usual) {
            Some(unit) => format!("{} {unit}", self.number),
            None => self.number.to_string(),
        }
    }
}

/// `01A+00012.345`: a channel, and what it sent.
fn converted(line: &str) -> Option<(Option<String>, &str)> {
    let (channel, rest) = line.split_at_checked(2)?;
    let rest = rest.strip_prefix('A')?;
    let signed = rest.starts_with(['+', '-']);
    let digits = channel.bytes().all(|byte| byte.is_ascii_digit());
    (signed && digits).then(|| (Some(channel.to_owned()), rest))
}

/// `2: 24.8`: a channel by a name of letters and digits, and what it sent.
fn named(line: &str) -> Option<(Option<String>, &str)> {
    let (channel, rest) = line.split_once(':')?;
    let channel = channel.trim();
    let plain = channel.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && !channel.is_empty()).then(|| (Some(channel.to_owned()), rest.trim()))
}

/// A number without the zeros that fill it up; a comma is none of this protocol.
fn without_zeros(text: &str) -> Result<Number, NumberError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.contains(',') {
        return Err(NumberError::NotANumber);
    }
    let short = digits.trim_start_matches('0');
    let zero = if short.is_empty() || short.starts_with('.') { "0" } else { "" };
    // Zeros alone are a value; nothing at all is none.
    let zero = if digits.is_empty() { "" } else { zero };
    Number::parse(&format!("{sign}{zero}{short}"))
}

/// Takes lines out of bytes as they come, in pieces of any size.
#[derive(Debug, Default)]
pub struct Lines {
    line: Vec<u8>,
    /// What comes until the next end belongs to a line that is too long.
    left_out: bool,
}

impl Lines {
    /// Takes some bytes; tells every line that ended in them.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Result<Shown, LineFault>> {
        bytes.iter().filter_map(|byte| self.byte(*byte)).collect()
    }

    fn byte(&mut self, byte: u8) -> Option<Result<Shown, LineFault>> {
        if !matches!(byte, b'\r' | b'\n') {
            if self.left_out {
                return None;
            }
            self.line.push(byte);
            if self.line.len() <= LINE_BYTES_MAX {
                return None;
            }
            self.left_out = true;
            self.line.clear();
            return Some(Err(LineFault::TooLong));
        }
        self.left_out = false;
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        (!text.trim().is_empty()).then(|| Shown::parse(&text))
    }
}
