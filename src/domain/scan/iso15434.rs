//! ISO/IEC 15434 envelopes: records of values with data identifiers (ANSI MH10.8.2), with GS1
//! identifiers, or with the text identifiers of aviation.

use super::gs1::{self, Elements};
use super::{EOT, GS, RS};
use crate::domain::refusal::scan::ScanReason;

/// How every envelope begins.
const HEAD: &str = "[)>";

/// A value with its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// The identifier: up to three digits and a capital, or three capitals.
    pub id: String,
    /// The value.
    pub value: String,
}

/// A record of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Format 05: GS1 elements.
    Gs1(Elements),
    /// Format 06: values with data identifiers.
    Data(Vec<Datum>),
    /// Format 12: values with text identifiers, a blank behind each.
    Texts(Vec<Datum>),
}

/// An envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its records.
    pub records: Vec<Record>,
}

/// Whether a text is meant as one, whole or not.
pub fn is_meant(text: &str) -> bool {
    text.starts_with(HEAD)
}

fn broken(wrong: &'static str) -> ScanReason {
    ScanReason::Envelope { wrong }
}

impl Envelope {
    /// Reads an envelope that came whole.
    ///
    /// Whatever swallows separators swallows all of one kind, so that its head or its end tells.
    pub fn parse(text: &str) -> Result<Self, ScanReason> {
        let rest = text.strip_prefix(HEAD).unwrap_or_default();
        let rest = rest.strip_prefix(RS).ok_or(broken("its record separators are lost"))?;
        let rest = rest.strip_suffix(EOT).ok_or(broken("its end is lost"))?;
        let rest = rest.strip_suffix(RS).ok_or(broken("its record separators are lost"))?;
        let records: Result<Vec<Record>, ScanReason> = rest.split(RS).map(record).collect();
        Ok(Self { records: records? })
    }

    /// Every value with its identifier; those of GS1 are none of them.
    pub fn data(&self) -> impl Iterator<Item = &Datum> {
        self.records.iter().flat_map(|record| match record {
            Record::Gs1(_) => [].iter(),
            Record::Data(data) | Record::Texts(data) => data.iter(),
        })
    }

    /// The records of GS1 elements.
    pub fn elements(&self) -> impl Iterator<Item = &Elements> {
        self.records.iter().filter_map(|record| match record {
            Record::Gs1(elements) => Some(elements),
            Record::Data(_) | Record::Texts(_) => None,
        })
    }

    /// The text of a code.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}{RS}");
        for record in &self.records {
            let (format, data, between) = match record {
                Record::Gs1(elements) => {
                    text.extend(["05", &GS.to_string(), &elements.text(GS), &RS.to_string()]);
                    continue;
                }
                Record::Data(data) => ("06", data, ""),
                Record::Texts(data) => ("12", data, " "),
            };
            text.push_str(format);
            for Datum { id, value } in data {
                text.push(GS);
                text.extend([id, between, value]);
            }
            text.push(RS);
        }
        text.push(EOT);
        text
    }

    /// All of it in one line, each identifier in brackets.
    pub fn line(&self) -> String {
        let gs1 = self.elements().map(super::bracketed::write);
        gs1.chain(self.data().map(|datum| format!("({}){}", datum.id, datum.value))).collect()
    }
}

fn record(text: &str) -> Result<Record, ScanReason> {
    let (format, rest) = text.split_once(GS).ok_or(broken("its group separators are lost"))?;
    match format {
        "05" => gs1::parse(rest, GS).map(Record::Gs1),
        "06" => rest.split(GS).map(identified).collect::<Result<_, _>>().map(Record::Data),
        "12" => rest.split(GS).map(texted).collect::<Result<_, _>>().map(Record::Texts),
        _ => Err(broken("its format is none of 05, 06 and 12")),
    }
}

fn identified(text: &str) -> Result<Datum, ScanReason> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let capital = text.as_bytes().get(digits).is_some_and(u8::is_ascii_uppercase);
    let split = text.split_at_checked(digits + 1).filter(|_| digits <= 3 && capital);
    datum(split, "a value has no data identifier")
}

fn texted(text: &str) -> Result<Datum, ScanReason> {
    let capitals = |id: &str| id.len() == 3 && id.bytes().all(|b| b.is_ascii_uppercase());
    datum(text.split_once(' ').filter(|(id, _)| capitals(id)), "a value has no text identifier")
}

fn datum(split: Option<(&str, &str)>, without: &'static str) -> Result<Datum, ScanReason> {
    let (id, value) = split.ok_or(broken(without))?;
    if value.is_empty() || !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(broken("a value is empty or has characters that none may have"));
    }
    Ok(Datum { id: id.to_owned(), value: value.to_owned() })
}
