//! What the values of a code name: a serial, a lot, a part, a gauge, and until when it is good.

use jiff::civil::Date;

use super::Content;
use super::gs1::Elements;
use super::iso15434::Datum;
use crate::domain::refusal::scan::ScanReason;

/// What a code names, each in the order in which it stands there, once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Serial numbers.
    pub serials: Vec<String>,
    /// Lots.
    pub lots: Vec<String>,
    /// Numbers of parts as whoever buys them has them.
    pub bought_as: Vec<String>,
    /// Numbers of parts as whoever makes them has them.
    pub made_as: Vec<String>,
    /// Numbers of articles, the same for everybody: no plant's own.
    pub articles: Vec<String>,
    /// Numbers of assets: gauges, tools, containers.
    pub assets: Vec<String>,
    /// Until when it is good.
    expires: Vec<Until>,
}

/// A day as a label writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Until {
    text: String,
    form: Form,
}

/// In which order a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// YYMMDD, where the day may be 00 for a whole month.
    ShortYear,
    /// YYYYMMDD.
    LongYear,
    /// DDMMYYYY.
    DayFirst,
}

/// The identifiers of GS1 for each; 8003 and 8004 name an asset that is one of its kind.
const GS1_SERIALS: &[&str] = &["21", "8011"];
const GS1_LOTS: &[&str] = &["10"];
const GS1_BOUGHT_AS: &[&str] = &["241"];
const GS1_MADE_AS: &[&str] = &["240"];
const GS1_ARTICLES: &[&str] = &["8010", "01", "02"];
const GS1_ASSETS: &[&str] = &["8004", "8003"];
const GS1_EXPIRES: &[&str] = &["17", "7003"];
/// The data and text identifiers for each.
const SERIALS: &[&str] = &["S", "SER"];
const LOTS: &[&str] = &["1T", "T", "LTN"];
const BOUGHT_AS: &[&str] = &["P"];
const MADE_AS: &[&str] = &["1P", "PNR"];
const ASSETS: &[&str] = &["2S"];
const EXPIRES: &[(&str, Form)] =
    &[("14D", Form::LongYear), ("EXP", Form::LongYear), ("15D", Form::DayFirst)];

impl Names {
    /// What a code names; nothing where it is one text.
    pub fn of(content: &Content) -> Self {
        let mut names = Self::default();
        match content {
            Content::Plain(_) => {}
            Content::Article { digits, more } => {
                names.elements(more.iter());
                add(&mut names.articles, [digits.as_str()]);
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
            add(&mut self.bought_as, values(GS1_BOUGHT_AS));
            add(&mut self.made_as, values(GS1_MADE_AS));
            add(&mut self.articles, values(GS1_ARTICLES));
            add(&mut self.assets, values(GS1_ASSETS));
            // Of a day with an hour, the day.
            let days = values(GS1_EXPIRES).filter_map(|value| value.get(..6));
            let until = |day: &str| Until { text: day.to_owned(), form: Form::ShortYear };
            self.expires.extend(days.map(until));
        }
    }

    fn data(&mut self, data: &[&Datum]) {
        let of = |id: &'static str| {
            let own = data.iter().filter(move |datum| datum.id == id);
            own.map(|datum| datum.value.as_str())
        };
        let values = |ids: &'static [&str]| ids.iter().flat_map(|id| of(id));
        add(&mut self.serials, values(SERIALS));
        add(&mut self.lots, values(LOTS));
        add(&mut self.bought_as, values(BOUGHT_AS));
        add(&mut self.made_as, values(MADE_AS));
        add(&mut self.assets, values(ASSETS));
        for (id, form) in EXPIRES {
            let until = |text: &str| Until { text: text.to_owned(), form: *form };
            self.expires.extend(of(id).map(until));
        }
    }

    /// Every number of a part.
    pub fn parts(&self) -> impl Iterator<Item = &String> {
        [&self.bought_as, &self.made_as, &self.articles].into_iter().flatten()
    }

    /// Everything by which it may be known here, what names one thing alone first.
    ///
    /// A label of several things names none of them.
    pub(super) fn known_by(&self) -> Result<Vec<String>, ScanReason> {
        let kinds =
            [("asset", &self.assets), ("serial number", &self.serials), ("lot", &self.lots)];
        if let Some((what, values)) = kinds.into_iter().find(|(_, values)| values.len() > 1) {
            return Err(ScanReason::Several { what, values: values.clone() });
        }
        let one_thing = kinds.into_iter().flat_map(|(_, values)| values);
        Ok(one_thing.chain(self.parts()).cloned().collect())
    }

    /// The last day on which it is good, as of a day that tells the century.
    ///
    /// A label that says two days is of two things, or wrong: which of them counts for what is in the
    /// hand, nobody can tell from it, so neither does.
    pub fn expires(&self, today: Date) -> Result<Option<Date>, ScanReason> {
        let mut last: Option<Date> = None;
        for until in &self.expires {
            let unreadable = || ScanReason::UntilUnreadable { value: until.text.clone() };
            let day = until.day(today).ok_or_else(unreadable)?;
            if last.is_some_and(|last| last != day) {
                let values = self.expires.iter().map(|until| until.text.clone()).collect();
                return Err(ScanReason::UntilSeveral { values });
            }
            last = Some(day);
        }
        Ok(last)
    }
}

impl Until {
    /// The day; none where it is not written as it should be.
    fn day(&self, today: Date) -> Option<Date> {
        if !self.text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |from: usize, to: usize| self.text.get(from..to)?.parse::<i16>().ok();
        let small = |from, to| part(from, to).and_then(|part| i8::try_from(part).ok());
        match (self.form, self.text.len()) {
            (Form::ShortYear, 6) => {
                let (year, month, day) =
                    (in_century(part(0, 2)?, today), small(2, 4)?, small(4, 6)?);
                // Without a day it is good for the whole month.
                let date = Date::new(year, month, day.max(1)).ok()?;
                Some(if day == 0 { date.last_of_month() } else { date })
            }
            (Form::LongYear, 8) => Date::new(part(0, 4)?, small(4, 6)?, small(6, 8)?).ok(),
            (Form::DayFirst, 8) => Date::new(part(4, 8)?, small(2, 4)?, small(0, 2)?).ok(),
            (Form::ShortYear | Form::LongYear | Form::DayFirst, _) => None,
        }
    }
}

/// A year of which two digits are written: no more than 49 years ago, and no more than 50 away.
fn in_century(year: i16, today: Date) -> i16 {
    let year = today.year() - today.year() % 100 + year;
    match year - today.year() {
        51.. => year - 100,
        ..=-50 => year + 100,
        _ => year,
    }
}

fn add<'a>(to: &mut Vec<String>, values: impl IntoIterator<Item = &'a str>) {
    for value in values {
        if !to.iter().any(|known| known == value) {
            to.push(value.to_owned());
        }
    }
}
