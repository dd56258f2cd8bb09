//! Values of a piece that wait for the others: one record has all of them. Each is kept as a draft
//! the moment it is typed, with the gauge that it was read on, so that none is typed again (R13).

use crate::domain::ids::GaugeId;
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::quantity::number_and_unit;
use crate::domain::traveler::fact::ReadingValue;
use crate::ui::speech::say;

use super::said;

/// What stands between a value and its gauge; no gauge's name has a blank.
const BY: &str = " by ";

/// One value, and the gauge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) value: ReadingValue,
    pub(super) gauge: Option<GaugeId>,
}

impl Noted {
    /// As it is kept.
    pub(super) fn kept(&self) -> String {
        let value = match &self.value {
            ReadingValue::Number { number, unit } => format!("{number} {unit}"),
            ReadingValue::Conforms(true) => "yes".to_owned(),
            ReadingValue::Conforms(false) => "no".to_owned(),
        };
        let by = self.gauge.as_ref().map_or_else(String::new, |gauge| format!("{BY}{gauge}"));
        format!("{value}{by}")
    }

    /// Reads what was kept; none where it is no value for what is asked.
    pub(super) fn read(text: &str, ask: &PieceAsk) -> Option<Self> {
        let (value, gauge) = match text.split_once(BY) {
            Some((value, gauge)) => (value, Some(GaugeId::parse(gauge).ok()?)),
            None => (text, None),
        };
        let value = match (ask.kind.limits(), value) {
            (None, "yes") => ReadingValue::Conforms(true),
            (None, "no") => ReadingValue::Conforms(false),
            (None, _) => return None,
            (Some(_), text) => {
                let (number, unit) = number_and_unit(text).ok()?;
                ReadingValue::Number { number, unit: unit? }
            }
        };
        Some(Self { value, gauge })
    }

    /// For people.
    pub(super) fn words(&self, ask: &PieceAsk) -> String {
        let value = match (&self.value, ask.is_check()) {
            (ReadingValue::Conforms(true), true) => say!("yes").to_owned(),
            (ReadingValue::Conforms(false), true) => say!("no").to_owned(),
            (value, _) => said(value),
        };
        let by = self.gauge.as_ref().map_or_else(String::new, |gauge| format!(", {gauge}"));
        format!("{value}{by}")
    }
}
