//! Registers: orders, gauges, people, places, definitions.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::Row;

use crate::domain::effectivity::Use;
use crate::domain::expiry;
use crate::domain::hash::Hash;
use crate::domain::ids::GaugeClassId;
use crate::domain::natural::natural;
use crate::domain::place::SiteRules;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::effective::note_effective;
use crate::ledger::error::LedgerError;
use crate::views::definition::{Seen, standing, superseded_by};
use crate::views::order::OrderRow;
use crate::views::register::{
    DefinitionRow, EndingRow, GaugeRow, HeldOperation, LastUse, PersonRow, PlaceRow,
};
use crate::views::signature::SignatureView;

use super::{Asked, get, id_in, moment_in, parsed, some_id};

impl Asked<'_> {
    pub(super) fn orders(self, closed: bool) -> Result<Vec<OrderRow>, LedgerError> {
        let sql = "SELECT o.*,
                (SELECT count(*) FROM traveler_row t WHERE t.order_id = o.order_id
                    AND started_ms NOT NULL AND finished_ms IS NULL AND ended IS NULL) AS begun,
                (SELECT count(*) FROM traveler_row t WHERE t.order_id = o.order_id
                    AND finished_ms NOT NULL) AS finished,
                (SELECT count(*) FROM traveler_row t WHERE t.order_id = o.order_id
                    AND hold_why NOT NULL AND ended IS NULL) AS on_hold,
                (SELECT count(*) FROM traveler_row t WHERE t.order_id = o.order_id
                    AND finished_ms NOT NULL AND shipped_ms IS NULL AND hold_why IS NULL
                    AND ended IS NULL) AS to_ship,
                (SELECT count(*) FROM traveler_row t WHERE t.order_id = o.order_id
                    AND shipped_ms NOT NULL) AS shipped
            FROM order_row o WHERE ?1 OR NOT closed
            ORDER BY closed, priority, due IS NULL, due, order_id";
        let mut found = self.rows(sql, [closed], |row| {
            let order = id_in(row, "order_id")?;
            Ok(OrderRow {
                pieces: self.pieces_of(&order)?,
                order,
                part: id_in(row, "part")?,
                units: get(row, "units")?,
                begun: get(row, "begun")?,
                finished: get(row, "finished")?,
                on_hold: get(row, "on_hold")?,
                to_ship: get(row, "to_ship")?,
                shipped: get(row, "shipped")?,
                due: parsed(row, "due")?,
                priority: get(row, "priority")?,
                closed: get(row, "closed")?,
            })
        })?;
        let key = |row: &OrderRow| (row.closed, row.priority, row.due.is_none(), row.due);
        found.sort_by(|one, other| {
            key(one)
                .cmp(&key(other))
                .then_with(|| natural(one.order.as_str(), other.order.as_str()))
        });
        Ok(found)
    }

    pub(super) fn gauges(self, class: Option<&GaugeClassId>) -> Result<Vec<GaugeRow>, LedgerError> {
        let (today, warn_days) = (self.today()?, self.warn_days()?);
        // One row of the index tells the last use of each.
        let sql = "SELECT g.*, t.order_id || '/' || t.unit AS used_on, r.place AS used_at, r.utc_ms
            FROM gauge_row g
            LEFT JOIN reading_row r ON (r.subject, r.position) = (
                SELECT subject, position FROM reading_row
                WHERE gauge = g.gauge ORDER BY utc_ms DESC LIMIT 1)
            LEFT JOIN traveler_row t ON t.subject = r.subject
            WHERE ?1 IS NULL OR g.class = ?1 ORDER BY g.gauge";
        self.rows(sql, [class.map(ToString::to_string)], |row| {
            let due: Option<Date> = parsed(row, "due")?;
            Ok(GaugeRow {
                gauge: id_in(row, "gauge")?,
                name: get(row, "name")?,
                class: get(row, "class")?,
                unit: get(row, "unit")?,
                resolution: get(row, "resolution")?,
                due,
                overdue: due.is_none_or(|due| due < today),
                range: get(row, "range")?,
                interval: get(row, "interval")?,
                calibrated: parsed(row, "calibrated")?,
                failed: get(row, "failed")?,
                soon_days: expiry::soon(due, today, warn_days),
                last_used: last_use(row)?,
            })
        })
    }

    /// Gauges whose calibration ends soon or has ended, what ended first first.
    pub(super) fn gauges_ending(self) -> Result<Vec<EndingRow>, LedgerError> {
        let (today, warn_days) = (self.today()?, self.warn_days()?);
        let last = today.checked_add(jiff::Span::new().days(i64::from(warn_days)));
        let last = last.unwrap_or(today).to_string();
        let sql = "SELECT gauge, due FROM gauge_row WHERE due <= ?1 ORDER BY due, gauge";
        let found = self.rows(sql, [last], |row| {
            let until: Option<Date> = parsed(row, "due")?;
            let what: String = get(row, "gauge")?;
            let ending = until.map(|until| (until, expiry::days_left(until, today)));
            Ok(ending.map(|(until, days)| EndingRow { what, until, days }))
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    /// How many days before its end something is warned of.
    fn warn_days(self) -> Result<u16, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        Ok(policy.map_or_else(SiteRules::default, |policy| policy.rules).warn_days())
    }

    pub(super) fn people(self) -> Result<Vec<PersonRow>, LedgerError> {
        let sql = "SELECT p.*, c.name, c.badge FROM person_row p LEFT JOIN card c USING (person)
                   ORDER BY person";
        let wrong = |error: serde_json::Error| LedgerError::damaged(error.to_string());
        let (today, warn_days) = (self.today()?, self.warn_days()?);
        let ending = |(what, until): &(String, Option<Date>)| {
            let days = expiry::near_or_over(*until, today, warn_days)?;
            Some(EndingRow { what: what.clone(), until: (*until)?, days })
        };
        self.rows(sql, (), |row| {
            let (roles, trained): (String, String) =
                (get(row, "roles")?, get(row, "qualifications")?);
            let trained: Vec<(String, Option<Date>)> =
                serde_json::from_str(&trained).map_err(wrong)?;
            Ok(PersonRow {
                ending: trained.iter().filter_map(ending).collect(),
                person: id_in(row, "person")?,
                name: get(row, "name")?,
                badge: get(row, "badge")?,
                roles: serde_json::from_str(&roles).map_err(wrong)?,
                qualifications: trained,
                revoked: get(row, "revoked")?,
            })
        })
    }

    pub(super) fn places(self) -> Result<Vec<PlaceRow>, LedgerError> {
        self.rows("SELECT * FROM place_row ORDER BY place", (), |row| {
            Ok(PlaceRow {
                place: id_in(row, "place")?,
                name: get(row, "name")?,
                site: id_in(row, "site")?,
                area: id_in(row, "area")?,
                work_center: id_in(row, "work_center")?,
                per_hour: get(row, "per_hour")?,
                held: held_operations(row)?,
            })
        })
    }

    pub(super) fn definitions(self) -> Result<Vec<DefinitionRow>, LedgerError> {
        let sql = "SELECT r.*, NOT EXISTS (SELECT 1 FROM blob_named n
                    WHERE n.subject = r.subject AND n.rank = r.rank
                        AND n.hash NOT IN (SELECT hash FROM blob)) AS complete
                FROM revision_row r ORDER BY subject, rank";
        let mut found = self.rows(sql, (), |row| {
            let subject: String = get(row, "subject")?;
            let (what, id) = subject.split_once('/').unwrap_or(("", &subject));
            let open: String = get(row, "approvals_open")?;
            Ok(DefinitionRow {
                what: what.to_owned(),
                id: id.to_owned(),
                revision: id_in(row, "revision")?,
                title: get(row, "title")?,
                hash: Hash(get(row, "hash")?),
                standing: String::new(),
                superseded_by: None,
                from: None,
                withdrawn: None,
                approvals_open: open.split_whitespace().map(str::to_owned).collect(),
                approvals: Vec::new(),
                complete: get(row, "complete")?,
            })
        })?;
        for row in &mut found {
            self.note_use(row)?;
        }
        Ok(found)
    }

    /// How a revision stands today, from when it is run, and whether it was withdrawn, as its stream
    /// says.
    fn note_use(self, row: &mut DefinitionRow) -> Result<(), LedgerError> {
        let subject = Subject::parse(&format!("{}/{}", row.what, row.id));
        let Some(subject) = subject else { return Ok(()) };
        let folded = self.ledger.load(self.connection, &subject)?;
        let revisions = match &folded.stream.state {
            StreamState::Instruction(state) => &state.revisions,
            StreamState::Specification(state) => &state.revisions,
            StreamState::Traveler(_)
            | StreamState::Order(_)
            | StreamState::Gauge(_)
            | StreamState::Material(_)
            | StreamState::Person(_)
            | StreamState::Deviation(_)
            | StreamState::Place(_)
            | StreamState::Station(_)
            | StreamState::Site(_)
            | StreamState::Help(_)
            | StreamState::Handover(_)
            | StreamState::Series(_)
            | StreamState::Permit(_)
            | StreamState::Redline(_)
            | StreamState::Newer => return Ok(()),
        };
        let rank = revisions.list.iter().position(|r| r.submitted.revision == row.revision);
        let Some((rank, known)) = rank.and_then(|rank| Some((rank, revisions.list.get(rank)?)))
        else {
            return Ok(());
        };
        let (mut judged, missing) = (BTreeSet::new(), BTreeSet::new());
        note_effective(self.connection, revisions, &mut judged)?;
        let wanted = Use { today: self.today()?, traveler: None };
        let seen = Seen { wanted: &wanted, judged: &judged, missing: &missing };
        standing(revisions, rank, seen).clone_into(&mut row.standing);
        row.superseded_by = superseded_by(revisions, rank, seen).cloned();
        let approvals = known.approvals.iter();
        let shown = approvals.map(|a| SignatureView::new(&a.at, &a.moment, &a.signature));
        row.approvals = shown.collect();
        let effectivity = &known.submitted.effectivity;
        row.from = (!effectivity.is_at_once()).then(|| effectivity.words());
        if let Some(withdrawal) = &known.withdrawn {
            let withdrawn = &withdrawal.what;
            row.withdrawn = Some((withdrawn.reason.clone(), withdrawn.stop_work));
        }
        Ok(())
    }
}

/// The operations that are held at a place.
fn held_operations(row: &Row<'_>) -> Result<Vec<HeldOperation>, LedgerError> {
    let Some(text) = get::<Option<String>>(row, "held")? else { return Ok(Vec::new()) };
    let wrong = |error| LedgerError::damaged(format!("what is held at a place: {error}"));
    serde_json::from_str(&text).map_err(wrong)
}

/// The last reading that was taken with a gauge.
fn last_use(row: &Row<'_>) -> Result<Option<LastUse>, LedgerError> {
    let Some(traveler) = get(row, "used_on")? else { return Ok(None) };
    let wrong = || LedgerError::damaged("a reading has no time");
    let at = moment_in(row, "utc_ms")?.ok_or_else(wrong)?;
    Ok(Some(LastUse { traveler, place: some_id(row, "used_at")?, at }))
}
