//! What can be gone to by name, as the palette lists it.

use rusqlite::Row;

use crate::domain::deviation_rules::Severity;
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traced::Traced;
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::views::thread::NamedRow;

use super::{Asked, get};

/// The most units that are listed: of open orders, those that were worked on last.
const UNITS_MAX: u32 = 2_000;
/// The most of anything else.
const OTHERS_MAX: u32 = 1_000;

/// What is listed: by which name, how many at most, and what is said of each.
type List = (&'static str, u32, fn(&Row<'_>) -> Result<Words, LedgerError>);
const LISTS: [List; 6] = [
    (
        "SELECT 'unit/' || order_id || '/' || unit AS name, part, hold_why NOT NULL AS held,
            finished_ms NOT NULL AS finished, iif(started_ms NOT NULL, operation_name, NULL) AS at
         FROM traveler_row WHERE order_open AND ended IS NULL
         ORDER BY last_ms DESC, subject LIMIT ?1",
        UNITS_MAX,
        unit,
    ),
    (
        "SELECT 'order/' || order_id AS name, part, units FROM order_row WHERE NOT closed
         ORDER BY priority, due IS NULL, due LIMIT ?1",
        OTHERS_MAX,
        order,
    ),
    (
        "SELECT 'deviation/' || deviation AS name, traveler, severity
         FROM deviation_row WHERE NOT closed ORDER BY raised_ms DESC LIMIT ?1",
        OTHERS_MAX,
        deviation,
    ),
    (
        "SELECT subject || '/' || revision AS name, title AS what FROM revision_row r
         WHERE rank = coalesce(
             (SELECT max(rank) FROM revision_row b
                 WHERE b.subject = r.subject AND b.released NOT NULL),
             (SELECT max(rank) FROM revision_row b WHERE b.subject = r.subject))
         ORDER BY subject LIMIT ?1",
        OTHERS_MAX,
        called,
    ),
    (
        "SELECT 'gauge/' || gauge AS name, name AS what FROM gauge_row ORDER BY gauge LIMIT ?1",
        OTHERS_MAX,
        called,
    ),
    (
        "SELECT 'place/' || place AS name, name AS what FROM place_row ORDER BY place LIMIT ?1",
        OTHERS_MAX,
        called,
    ),
];

/// Its part and how it stands.
fn unit(row: &Row<'_>) -> Result<Words, LedgerError> {
    let stands = if get(row, "held")? {
        Some(words!("on hold"))
    } else if get(row, "finished")? {
        Some(words!("finished"))
    } else {
        get::<Option<String>>(row, "at")?.map(Words::given)
    };
    let part = Words::given(get::<String>(row, "part")?);
    Ok(Words::listed([part].into_iter().chain(stands), "{these}, {one}"))
}

fn order(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (part, units): (String, u32) = (get(row, "part")?, get(row, "units")?);
    Ok(words!("{part}, {units} units", part, units))
}

/// Its unit and how bad it is.
fn deviation(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (unit, severity): (Option<String>, Option<String>) =
        (get(row, "traveler")?, get(row, "severity")?);
    let unit = unit.map(|unit| words!("on {unit}", unit = unit.trim_start_matches("traveler/")));
    let severity = severity.as_deref().and_then(Severity::parse);
    let severity = severity.map(|severity| Words::plain(severity.word()));
    Ok(Words::listed(unit.into_iter().chain(severity), "{these}, {one}"))
}

/// What people call it.
fn called(row: &Row<'_>) -> Result<Words, LedgerError> {
    Ok(Words::given(get::<String>(row, "what")?))
}

impl Asked<'_> {
    /// Units and orders that are open, open deviations, definitions, gauges and places, and what is
    /// measured by the specification at hand.
    pub(super) fn spots(self, here: Option<&Traced>) -> Result<Vec<NamedRow>, LedgerError> {
        let mut found = Vec::new();
        for (sql, most, what) in LISTS {
            let rows = self.rows(sql, [most], |row| {
                let Some(traced) = Traced::parse(&get::<String>(row, "name")?) else {
                    return Ok(None);
                };
                Ok(Some(NamedRow { traced, what: what(row)? }))
            })?;
            found.extend(rows.into_iter().flatten());
        }
        let at_hand = here.map_or(Ok(None), |here| self.specification_at(here))?;
        if let Some(Specification { part, characteristics, .. }) = at_hand {
            found.extend(characteristics.into_iter().map(|asked| NamedRow {
                traced: Traced::Characteristic(part.clone(), asked.id),
                what: Words::given(format_args!(
                    "{} {}, {}",
                    asked.balloon, asked.name, asked.requirement
                )),
            }));
        }
        Ok(found)
    }

    /// The specification that somebody has before them: the one of a page, or that of a unit.
    fn specification_at(self, here: &Traced) -> Result<Option<Specification>, LedgerError> {
        match here {
            Traced::Unit(id) => {
                let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
                let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
                let started = state.started.as_ref();
                let pinned = started.and_then(|started| started.specification.as_ref());
                pinned.map_or(Ok(None), |pinned| self.compiled(&pinned.hash))
            }
            Traced::Specification(part, revision) => {
                let subject = Subject::Specification(part.clone());
                let hash = self.hashes(&subject, revision.as_ref())?.pop();
                hash.map_or(Ok(None), |hash| self.compiled(&hash))
            }
            Traced::Characteristic(part, _) => self.specification_now(part),
            Traced::Order(_)
            | Traced::Material(_)
            | Traced::Component { .. }
            | Traced::Gauge(_)
            | Traced::Person(_)
            | Traced::Place(_)
            | Traced::Instruction(..)
            | Traced::Deviation(_)
            | Traced::Permit(_)
            | Traced::Redline(_) => Ok(None),
        }
    }
}
