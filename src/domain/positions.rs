//! Sets of positions, written as ranges, so that one fact can name many thousands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::fact::Position;
use super::ids::LedgerId;

/// The most positions of one set; what claims more is no set of ours.
pub const POSITIONS_MAX: u64 = 100_000;

/// A set of positions in ascending order; written `{"ledger.epoch": "3-40,52"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions {
    /// Ranges by ledger and epoch: first and last number, ascending, apart from each other.
    ranges: BTreeMap<(LedgerId, u32), Vec<(u64, u64)>>,
}

impl Positions {
    /// The set of one position.
    pub fn one(position: &Position) -> Self {
        [position].into_iter().collect()
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.ranges.values().flatten().map(|(first, last)| last - first + 1).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Tells whether a position is in the set.
    pub fn contains(&self, position: &Position) -> bool {
        let key = (position.ledger.clone(), position.epoch);
        self.ranges.get(&key).is_some_and(|ranges| {
            let after = ranges.partition_point(|(first, _)| *first <= position.seq);
            after > 0 && ranges[after - 1].1 >= position.seq
        })
    }

    /// Every position, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Position> {
        self.ranges.iter().flat_map(|((ledger, epoch), ranges)| {
            ranges.iter().flat_map(move |(first, last)| {
                (*first..=*last).map(move |seq| Position {
                    ledger: ledger.clone(),
                    epoch: *epoch,
                    seq,
                })
            })
        })
    }
}

impl<'p> FromIterator<&'p Position> for Positions {
    fn from_iter<I: IntoIterator<Item = &'p Position>>(positions: I) -> Self {
        let sorted: BTreeSet<&Position> = positions.into_iter().collect();
        let mut ranges: BTreeMap<(LedgerId, u32), Vec<(u64, u64)>> = BTreeMap::new();
        for position in sorted {
            let of_epoch = ranges.entry((position.ledger.clone(), position.epoch)).or_default();
            match of_epoch.last_mut() {
                Some((_, last)) if *last + 1 == position.seq => *last = position.seq,
                Some(_) | None => of_epoch.push((position.seq, position.seq)),
            }
        }
        Self { ranges }
    }
}

impl FromIterator<Position> for Positions {
    fn from_iter<I: IntoIterator<Item = Position>>(positions: I) -> Self {
        positions.into_iter().collect::<Vec<_>>().iter().collect()
    }
}

/// Ranges as written: `3-40,52`.
struct Ranges<'r>(&'r [(u64, u64)]);

impl fmt::Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (first, last)) in self.0.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Positions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |((ledger, epoch), ranges): (&(LedgerId, u32), &Vec<_>)| {
            (format!("{ledger}.{epoch}"), Ranges(ranges).to_string())
        };
        serializer.collect_map(self.ranges.iter().map(text))
    }
}

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, String>::deserialize(deserializer)?;
        let malformed = || de::Error::custom("positions are {\"ledger.epoch\": \"3-40,52\"}");
        let mut ranges = BTreeMap::new();
        for (key, text) in &written {
            let (ledger, epoch) = key.rsplit_once('.').ok_or_else(malformed)?;
            let ledger = LedgerId::parse(ledger).map_err(|_| malformed())?;
            let epoch = epoch.parse().map_err(|_| malformed())?;
            ranges.insert((ledger, epoch), read_ranges(text).ok_or_else(malformed)?);
        }
        let positions = Self { ranges };
        if positions.len() > POSITIONS_MAX {
            return Err(de::Error::custom(format!("at most {POSITIONS_MAX} positions")));
        }
        Ok(positions)
    }
}

/// Reads ranges in the one way they are written: ascending, apart, at least one.
fn read_ranges(text: &str) -> Option<Vec<(u64, u64)>> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        let apart = ranges.last().is_none_or(|(_, before)| first > before.saturating_add(1));
        if first > last || !apart || last - first >= POSITIONS_MAX {
            return None;
        }
        ranges.push((first, last));
    }
    (Ranges(&ranges).to_string() == text).then_some(ranges)
}
