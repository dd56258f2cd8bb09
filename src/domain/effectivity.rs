//! From when a released revision is run: from a date, from an order, from a serial (R1).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ids::{OrderId, UnitId};
use super::stream::TravelerId;

/// From when a revision is run; each part that is given must hold. At once where none is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Effectivity {
    /// From the beginning of this day, site time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_date: Option<Date>,
    /// From this order on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_order: Option<OrderId>,
    /// From this serial or lot on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_serial: Option<UnitId>,
}

/// What a revision is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Today at the site.
    pub today: Date,
    /// The unit; none where a list asks what is in effect in general.
    pub traveler: Option<TravelerId>,
}

impl Effectivity {
    /// Whether it says nothing.
    pub fn is_at_once(&self) -> bool {
        *self == Self::default()
    }

    /// Tells whether a revision is run for a use.
    pub fn holds(&self, wanted: &Use) -> bool {
        let order = wanted.traveler.as_ref().map(|traveler| traveler.order.as_str());
        let unit = wanted.traveler.as_ref().map(|traveler| traveler.unit.as_str());
        self.from_date.is_none_or(|from| wanted.today >= from)
            && self.from_order.as_ref().is_none_or(|from| reaches(from.as_str(), order))
            && self.from_serial.as_ref().is_none_or(|from| reaches(from.as_str(), unit))
    }

    /// From when, in words.
    pub fn words(&self) -> String {
        let date = self.from_date.map(|date| date.to_string());
        let order = self.from_order.as_ref().map(|order| format!("order {order}"));
        let serial = self.from_serial.as_ref().map(|serial| format!("serial {serial}"));
        let parts: Vec<String> = date.into_iter().chain(order).chain(serial).collect();
        if parts.is_empty() { "at once".to_owned() } else { format!("from {}", parts.join(", ")) }
    }
}

/// Whether an id comes at or after the first, of which it must have the shape: the same words before
/// its number. What has another shape does not come after it, it is something else.
fn reaches(first: &str, id: Option<&str>) -> bool {
    let Some(id) = id else { return false };
    let ((words, from), (others, number)) = (split(first), split(id));
    // Compared as digits, so that no number is too long.
    let later = (number.len(), number) >= (from.len(), from);
    id == first || words == others && !from.is_empty() && later
}

/// The words and the number at the end of an id, without leading zeros; `0` stays.
fn split(id: &str) -> (&str, &str) {
    let words = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &id[words.len()..];
    let number = digits.trim_start_matches('0');
    let zero = &digits[digits.len().saturating_sub(1)..];
    (words, if number.is_empty() { zero } else { number })
}
