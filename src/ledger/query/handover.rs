//! Hand-overs, and what one would say now.

use rusqlite::Row;

use crate::domain::handover::{HandoverContent, Listed, ROWS_MAX};
use crate::domain::ids::HandoverId;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::views::handover::HandoverView;
use crate::views::help::HelpRow;
use crate::views::signature::SignatureView;

use super::{Asked, get, id_in};

/// The most hand-overs that are listed.
const LISTED_MAX: u32 = 200;

const BEGUN: &str = "FROM traveler_row WHERE order_open AND started_ms NOT NULL
    AND finished_ms IS NULL AND ended IS NULL";
const HELD: &str = "FROM traveler_row WHERE hold_why NOT NULL AND ended IS NULL";
const UNDECIDED: &str = "FROM deviation_row WHERE NOT disposed";

impl Asked<'_> {
    /// The last hand-overs, newest first; only those that nobody accepted where so asked.
    pub(super) fn handovers(self, open: bool) -> Result<Vec<HandoverView>, LedgerError> {
        let sql = "SELECT handover FROM handover_row WHERE NOT ?1 OR NOT accepted
                   ORDER BY utc_ms DESC, handover DESC LIMIT ?2";
        let ids: Vec<HandoverId> =
            self.rows(sql, (open, LISTED_MAX), |row| id_in(row, "handover"))?;
        let views = ids.iter().map(|id| self.handover(id));
        views.filter_map(Result::transpose).collect()
    }

    /// The last one, whoever gave it.
    pub(super) fn last_handover(self) -> Result<Option<HandoverView>, LedgerError> {
        let sql = "SELECT handover FROM handover_row ORDER BY utc_ms DESC, handover DESC LIMIT 1";
        let ids: Vec<HandoverId> = self.rows(sql, (), |row| id_in(row, "handover"))?;
        ids.first().map(|id| self.handover(id)).transpose().map(Option::flatten)
    }

    pub(super) fn handover(self, id: &HandoverId) -> Result<Option<HandoverView>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Handover(id.clone()))?;
        let StreamState::Handover(state) = &folded.stream.state else { return Ok(None) };
        let Some(given) = &state.given else { return Ok(None) };
        let accepted = state.accepted.as_ref();
        // What is signed is the hand-over as given: it stands where that stands.
        let signature =
            accepted.map(|(signature, moment, _)| SignatureView::new(&given.at, moment, signature));
        Ok(Some(HandoverView {
            handover: id.clone(),
            place: given.body.place.clone(),
            shift: given.body.shift.clone(),
            by: self.name(given.by.as_ref())?,
            giver: given.by.clone(),
            at: given.moment.effective(),
            content: given.body.content.clone(),
            notes: given.body.notes.clone(),
            accepted: signature,
            note: accepted.map(|(_, _, note)| note.clone()).unwrap_or_default(),
        }))
    }

    /// What stands at this station now.
    pub(super) fn handover_content(self) -> Result<HandoverContent, LedgerError> {
        let link = self.link()?;
        let mut content = HandoverContent { waiting: link.waiting, ..HandoverContent::default() };
        let link_down = self.link_down()?;
        let mut complete_to = None;
        for place in self.places()? {
            let (last, silent) = self.contact((&place.place, &place.work_center), link_down)?;
            complete_to = match (complete_to, last) {
                (Some(one), Some(other)) => Some(std::cmp::min(one, other)),
                (one, other) => one.or(other),
            };
            if silent {
                content.silent.push(place.place);
            }
        }
        content.complete_to = complete_to;
        let sql = "order_id, unit, operation, operation_name, last_place";
        content.open = self.listed((sql, BEGUN, "last_ms DESC"), begun)?;
        let sql = "order_id, unit, hold_why, hold_deviation";
        content.holds = self.listed((sql, HELD, "subject"), held)?;
        content.deviations =
            self.listed(("deviation, traveler", UNDECIDED, "raised_ms"), |row| {
                let unit: Option<String> = get(row, "traveler")?;
                let number = get::<String>(row, "deviation")?;
                let Some(unit) = unit else { return Ok(number) };
                Ok(format!("{number} on {}", unit.trim_start_matches("traveler/")))
            })?;
        let waits = self.waits()?;
        content.waits = Listed::of(
            waits.iter().map(|wait| format!("{}: {}", wait.traveler, wait.title)).collect(),
        );
        let calls = self.calls(false)?;
        content.help = Listed::of(calls.iter().map(HelpRow::words).collect());
        let due = self.gauges_ending()?.into_iter().filter(|gauge| gauge.days <= 0);
        let due = due.map(|gauge| match gauge.days {
            0 => format!("{} due today", gauge.what),
            _ => format!("{} was due {}", gauge.what, gauge.until),
        });
        content.gauges = Listed::of(due.collect());
        Ok(content)
    }

    /// The first rows of a table, and how many there are.
    fn listed(
        self,
        (columns, from, order): (&str, &str, &str),
        words: impl FnMut(&Row<'_>) -> Result<String, LedgerError>,
    ) -> Result<Listed, LedgerError> {
        let count = self.count(&format!("SELECT count(*) {from}"), ())?;
        let sql = format!("SELECT {columns} {from} ORDER BY {order} LIMIT {ROWS_MAX}");
        let listed = Listed::of(self.rows(&sql, (), words)?);
        Ok(Listed { count: u32::try_from(count).unwrap_or(u32::MAX), ..listed })
    }
}

fn unit(row: &Row<'_>) -> Result<String, LedgerError> {
    Ok(format!("{}/{}", get::<String>(row, "order_id")?, get::<String>(row, "unit")?))
}

fn begun(row: &Row<'_>) -> Result<String, LedgerError> {
    let operation: Option<u32> = get(row, "operation")?;
    let operation = operation.map_or_else(String::new, |number| format!(" {number}"));
    let name: String = get(row, "operation_name")?;
    let at: Option<String> = get(row, "last_place")?;
    let at = at.map_or_else(String::new, |at| format!(", at {at}"));
    Ok(format!("{}{operation} {name}{at}", unit(row)?).trim_end().to_owned())
}

fn held(row: &Row<'_>) -> Result<String, LedgerError> {
    let deviation: Option<String> = get(row, "hold_deviation")?;
    let why: String = get(row, "hold_why")?;
    Ok(format!("{} {}", unit(row)?, deviation.unwrap_or(why)))
}
