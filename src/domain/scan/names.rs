//! What the values of a code name: a serial, a lot, a part, a gauge, and until when it is good.

use jiff::civil::Date;

use super::Content;
use super::gs1::Elements;
use super::iso15434::Datum;

/// What a code names, each in the order in which it stands there, once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Serial numbers.
    pub serials: Vec<String>,
    /// Lots.
    pub lots: Vec<String>,
    /// Numbers of parts, that of whoever buys it first, then of whoever makes it.
    pub parts: Vec<String>,
    /// Numbers of assets: gauges, tools, containers.
    pub assets: Vec<String>,
    /// Until when it is good: YYMMDD or YYYYMMDD.
    expires: Option<String>,
}

/// The identifiers of GS1 for each; 8003 and 8004 name an asset that is one of its kind.
const GS1_SERIALS: &[&str] = &["21", "8011"];
const GS1_LOTS: &[&str] = &["10"];
const GS1_PARTS: &[&str] = &["241", "240", "8010", "01", "02"];
const GS1_ASSETS: &[&str] = &["8004", "8003"];
const GS1_EXPIRES: &[&str] = &["17", "7003"];
/// The data and text identifiers for each.
const SERIALS: &[&str] = &["S", "SER"];
const LOTS: &[&str] = &["1T", "T", "LTN"];
const PARTS: &[&str] = &["P", "1P", "PNR"];
const ASSETS: &[&str] = &["2S"];
const EXPIRES: &[&str] = &["14D", "EXP"];

impl Names {
    /// What a code names; nothing where it is one text.
    pub fn of(content: &Content) -> Self {
        let mut names = Self::default();
        match content {
            Content::Plain(_) => {}
            Content::Article { digits, more } => {
                names.elements(more.iter());
                add(&mut names.parts, [digits.as_str()]);
            }
            Content::Gs1(elements) => names.elements([elements].into_iter()),
            Content::Envelope(envelope) => {
                names.data(&envelope.data().collect::<Vec<_>>());
                names.elements(envelope.elements());
            }
        }
        names
    }

    fn elements<'a>(&mut self, records: impl Iterator<Item = &'a Elements>) {
        for elements in records {
            let values = |ais: &'static [&str]| ais.iter().filter_map(|ai| elements.value(ai));
            add(&mut self.serials, values(GS1_SERIALS));
            add(&mut self.lots, values(GS1_LOTS));
            add(&mut self.parts, values(GS1_PARTS));
            add(&mut self.assets, values(GS1_ASSETS));
            let expires = values(GS1_EXPIRES).next().and_then(|value| value.get(..6));
            self.expires = self.expires.take().or(expires.map(str::to_owned));
        }
    }

    fn data(&mut self, data: &[&Datum]) {
        let values = |ids: &'static [&str]| {
            let of = |id: &'static &str| data.iter().filter(move |datum| datum.id == **id);
            ids.iter().flat_map(of).map(|datum| datum.value.as_str())
        };
        add(&mut self.serials, values(SERIALS));
        add(&mut self.lots, values(LOTS));
        add(&mut self.parts, values(PARTS));
        add(&mut self.assets, values(ASSETS));
        self.expires = values(EXPIRES).next().map(str::to_owned);
    }

    /// Everything by which it may be known here, what names one thing alone first.
    pub fn known_by(&self) -> Vec<String> {
        let all = [&self.assets, &self.serials, &self.lots, &self.parts];
        all.into_iter().flatten().cloned().collect()
    }

    /// The last day on which it is good, as of a day that tells the century.
    pub fn expires(&self, today: Date) -> Option<Date> {
        let text =
            self.expires.as_deref().filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
        let (year, rest) = text.split_at_checked(text.len().checked_sub(4)?)?;
        let number: i16 = year.parse().ok()?;
        let year = match year.len() {
            4 => number,
            2 => {
                let century = today.year() - today.year() % 100;
                let away = century + number - today.year();
                century
                    + number
                    + if away >= 51 {
                        -100
                    } else if away <= -50 {
                        100
                    } else {
                        0
                    }
            }
            _ => return None,
        };
        let (month, day) = rest.split_at_checked(2)?;
        let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
        // Without a day it is good for the whole month.
        let date = Date::new(year, month, day.max(1)).ok()?;
        Some(if day == 0 { date.last_of_month() } else { date })
    }
}

fn add<'a>(to: &mut Vec<String>, values: impl IntoIterator<Item = &'a str>) {
    for value in values {
        if !to.iter().any(|known| known == value) {
            to.push(value.to_owned());
        }
    }
}
