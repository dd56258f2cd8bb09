//! What waits for the signature of a person: each act is asked whether it would take it from them now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::decide::Command;
use crate::domain::deviation::DeviationCommand;
use crate::domain::fact::Acting;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, OrderId, PartId, PermitId, PersonId, PlaceId, RevisionId};
use crate::domain::inspection::decide::InspectionCommand;
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::LotStanding;
use crate::domain::people::{Action, Role};
use crate::domain::permit::PermitCommand;
use crate::domain::revision::RevisionCommand;
use crate::domain::signature::Signer;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::to_sign::StepToSign;
use crate::domain::words::Words;
use crate::ledger::error::LedgerError;
use crate::views::deviation::DisposedView;
use crate::views::for_me::{ForMe, ForMeRow, ToSign};
use crate::views::inspection::LotView;

use super::deviation::BY_SEVERITY;
use super::{Asked, get, id_in, moment_in};

/// How many of a kind are looked at.
const LOOKED_AT: u32 = 100;
/// How many units are looked at that may go out: all around each of them is read.
const SHIPS_LOOKED_AT: u32 = 40;

/// Steps that ask for a signature of a role at a work center of this station, and that nothing stops.
const STEPS: &str = "SELECT order_id, unit, part, to_sign, last_ms FROM traveler_row
    WHERE to_sign NOT NULL AND order_open AND hold_why IS NULL AND ended IS NULL AND paused IS NULL
        AND EXISTS (SELECT 1 FROM json_each(to_sign) s
            WHERE json_extract(s.value, '$.role') IN (SELECT value FROM json_each(?1))
                AND (?2 = '[]' OR json_extract(s.value, '$.work_center')
                    IN (SELECT value FROM json_each(?2))))
    ORDER BY last_ms, subject LIMIT ?3";

/// Revisions that were handed in and want the approval of a role.
const REVISIONS: &str = "SELECT subject, revision, title, hash FROM revision_row
    WHERE released IS NULL AND EXISTS (SELECT 1 FROM json_each(?1) r
        WHERE instr(' ' || approvals_open || ' ', ' ' || r.value || ' ') > 0)
    ORDER BY subject, rank LIMIT ?2";

/// Units that are finished and on no hold; what is built into another one goes out with that.
const SHIPS: &str = "SELECT order_id, unit, part, finished_ms FROM traveler_row t
    WHERE finished_ms NOT NULL AND shipped_ms IS NULL AND ended IS NULL AND hold_why IS NULL
        AND NOT EXISTS (SELECT 1 FROM component_row c
            WHERE c.made = t.subject AND c.removed_ms IS NULL)
    ORDER BY finished_ms, subject LIMIT ?1";

/// The questions of one person.
#[derive(Debug)]
struct Mine<'a> {
    asked: Asked<'a>,
    acting: Acting,
    roles: BTreeSet<Role>,
    found: ForMe,
}

impl Asked<'_> {
    /// What a person could sign now; last what they could not sign at the place where they stand.
    pub(super) fn for_me(
        self,
        person: &PersonId,
        place: Option<&PlaceId>,
    ) -> Result<ForMe, LedgerError> {
        let stream = self.ledger.load(self.connection, &Subject::Person(person.clone()))?;
        let StreamState::Person(state) = &stream.stream.state else { return Ok(ForMe::default()) };
        let acting = Acting { actor: Some(person.clone()), ..self.nobody()?.acting };
        let roles = if state.revoked.is_some() { BTreeSet::new() } else { state.roles.clone() };
        let mut mine = Mine { asked: self, acting, roles, found: ForMe::default() };
        mine.dispositions()?;
        mine.steps(place)?;
        mine.lots()?;
        mine.permits()?;
        mine.revisions()?;
        mine.ships()?;
        mine.found.rows.sort_by_key(|row| row.elsewhere);
        Ok(mine.found)
    }
}

impl Mine<'_> {
    /// Whether their roles allow one of these; what they do not is not looked for.
    fn may(&self, actions: &[Action]) -> bool {
        actions.iter().flat_map(|action| action.roles()).any(|role| self.roles.contains(role))
    }

    /// Whether an act would be done if they signed it now, at a place.
    fn would(&self, place: Option<PlaceId>, command: Command) -> Result<bool, LedgerError> {
        let acting = Acting { place, ..self.acting.clone() };
        match self.asked.ledger.refused(&acting, self.asked.now, command) {
            Ok(refusal) => Ok(refusal.is_none()),
            // Of what is not here nothing is said.
            Err(LedgerError::NotHere { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn push(&mut self, what: ToSign, details: Words, since: Option<Timestamp>) {
        self.found.rows.push(ForMeRow { what, details, since, elsewhere: false });
    }

    /// The rows that are looked at, of those that were found: one more than that says that more wait.
    fn bounded<T>(&mut self, mut rows: Vec<T>, most: u32) -> Vec<T> {
        let most = most as usize;
        self.found.more |= rows.len() > most;
        rows.truncate(most);
        rows
    }

    /// The words of their roles, as JSON.
    fn role_words(&self) -> Result<String, LedgerError> {
        as_json(&self.roles.iter().map(|role| role.word()).collect::<Vec<_>>())
    }

    fn dispositions(&mut self) -> Result<(), LedgerError> {
        if !self.may(&[Action::UseAsIs]) {
            return Ok(());
        }
        let sql = format!(
            "SELECT deviation FROM deviation_row WHERE NOT disposed ORDER BY {BY_SEVERITY} LIMIT ?1"
        );
        let ids = self.asked.rows(&sql, [LOOKED_AT + 1], |row| id_in(row, "deviation"))?;
        let ids: Vec<DeviationId> = self.bounded(ids, LOOKED_AT);
        for id in ids {
            let ledger = self.asked.ledger;
            let Some(state) = ledger.deviation_state(self.asked.connection, &id)? else { continue };
            for waits in state.all_waiting() {
                let (disposition, by) = (waits.at.clone(), signer());
                let approve = DeviationCommand::Approve { disposition, by };
                if !self.would(None, Command::Deviation(id.clone(), approve))? {
                    continue;
                }
                let Some(view) = self.asked.deviation(&id)? else { continue };
                let decided = view.dispositions.iter().find(|decided| decided.fact == waits.at);
                let details = decided.map_or(Words::plain(""), DisposedView::words);
                let (deviation, units) = (id.clone(), view.units_words());
                let since = Some(waits.moment.effective());
                self.push(ToSign::Disposition { deviation, units }, details, since);
                break;
            }
        }
        Ok(())
    }

    fn steps(&mut self, here: Option<&PlaceId>) -> Result<(), LedgerError> {
        let served = as_json(&self.asked.served()?)?;
        let key = (self.role_words()?, served, LOOKED_AT + 1);
        let rows = self.asked.rows(STEPS, key, |row| {
            let text: String = get(row, "to_sign")?;
            let wrong = |error| LedgerError::damaged(format!("to_sign: {error}"));
            let steps: Vec<StepToSign> = serde_json::from_str(&text).map_err(wrong)?;
            Ok((unit_in(row)?, steps, moment_in(row, "last_ms")?))
        })?;
        for ((traveler, part), steps, since) in self.bounded(rows, LOOKED_AT) {
            for step in steps {
                if !self.roles.contains(&step.role) {
                    continue;
                }
                let place = self.place_of(&step)?;
                let sign = TravelerCommand::Sign { at: step.at(), ask: step.ask, by: signer() };
                let sign = Command::Traveler(traveler.clone(), sign);
                let elsewhere = match here {
                    Some(here) => !self.would(Some(here.clone()), sign.clone())?,
                    None => false,
                };
                if here.is_some() && !elsewhere || self.would(place, sign)? {
                    let unit = (traveler.clone(), part.clone());
                    let row = ForMeRow::step(unit, step, since);
                    self.found.rows.push(ForMeRow { elsewhere, ..row });
                }
            }
        }
        Ok(())
    }

    /// A place at which a step may be signed; of its work center each is as good.
    fn place_of(&self, step: &StepToSign) -> Result<Option<PlaceId>, LedgerError> {
        let sql = "SELECT place FROM place_row WHERE work_center = ?1 ORDER BY place LIMIT 1";
        let found = self.asked.rows(sql, [step.work_center.as_str()], |row| id_in(row, "place"))?;
        Ok(found.into_iter().next())
    }

    fn lots(&mut self) -> Result<(), LedgerError> {
        if !self.may(&[Action::DecideLot, Action::UseAsIs]) {
            return Ok(());
        }
        let lots = self.asked.inspections(false)?;
        for lot in self.bounded(lots, LOOKED_AT) {
            let Some(series) = lot.series() else { continue };
            let accepts = lot.by_plan();
            let (command, details) = if lot.stands == LotStanding::Open
                && let Some(accept) = accepts
            {
                (decides(&lot, accept), lot.found())
            } else if lot.to_sign.is_empty() {
                continue;
            } else {
                let signed = lot.disposed.last().cloned();
                (uses_as_is(&lot), signed.unwrap_or(Words::plain("")))
            };
            if !self.would(None, Command::Series(series.clone(), command))? {
                continue;
            }
            let since = lot.records.iter().map(|record| record.at).max().unwrap_or(lot.at);
            let (accepts, lot) = (accepts.filter(|_| lot.to_sign.is_empty()), Box::new(lot));
            let what = match accepts {
                Some(accept) => ToSign::Lot { series, lot, accept },
                None => ToSign::LotAsIs { series, lot },
            };
            self.push(what, details, Some(since));
        }
        Ok(())
    }

    fn permits(&mut self) -> Result<(), LedgerError> {
        if !self.may(&[Action::Permit]) {
            return Ok(());
        }
        // One that is proposed is among the newest.
        let sql = "SELECT permit FROM permit_row WHERE open AND through >= ?1
                   ORDER BY utc_ms DESC, permit DESC LIMIT ?2";
        let key = (self.asked.today()?.to_string(), LOOKED_AT + 1);
        let ids = self.asked.rows(sql, key, |row| id_in(row, "permit"))?;
        let ids: Vec<PermitId> = self.bounded(ids, LOOKED_AT);
        for id in ids.into_iter().rev() {
            let grant = PermitCommand::Grant { by: signer() };
            if self.would(None, Command::Permit(id.clone(), grant))?
                && let Some(row) = self.asked.permit(&id)?
            {
                self.found.rows.push(ForMeRow::permit(row));
            }
        }
        Ok(())
    }

    fn revisions(&mut self) -> Result<(), LedgerError> {
        let key = (self.role_words()?, LOOKED_AT + 1);
        let rows = self.asked.rows(REVISIONS, key, |row| {
            let (subject, title): (String, String) = (get(row, "subject")?, get(row, "title")?);
            let revision: RevisionId = id_in(row, "revision")?;
            Ok((subject, revision, title, Hash(get(row, "hash")?)))
        })?;
        for (subject, revision, title, shown) in self.bounded(rows, LOOKED_AT) {
            let approve =
                RevisionCommand::Approve { revision: revision.clone(), shown, by: signer() };
            let Some(definition) = Subject::parse(&subject) else { continue };
            let (id, command) = if let Subject::Instruction(id) = &definition {
                (id.to_string(), Command::Instruction(id.clone(), approve))
            } else if let Subject::Specification(part) = &definition {
                (part.to_string(), Command::Specification(part.clone(), approve))
            } else {
                continue;
            };
            if self.would(None, command)? {
                let what = ToSign::Revision { definition, id, revision };
                self.push(what, Words::given(title), None);
            }
        }
        Ok(())
    }

    fn ships(&mut self) -> Result<(), LedgerError> {
        if !self.may(&[Action::ReleaseProduct]) {
            return Ok(());
        }
        let found = self.asked.rows(SHIPS, [SHIPS_LOOKED_AT + 1], |row| {
            Ok((unit_in(row)?, moment_in(row, "finished_ms")?))
        })?;
        let mut orders: Vec<OfOrder> = Vec::new();
        for ((unit, part), finished) in self.bounded(found, SHIPS_LOOKED_AT) {
            let Some(review) = self.asked.ship_review(&unit)?.filter(|review| review.ready) else {
                continue;
            };
            let (shown, set, by) = (review.digest, Vec::new(), signer());
            let release = TravelerCommand::Ship { shown, set, by };
            if !self.would(None, Command::Traveler(unit.clone(), release))? {
                continue;
            }
            let exceptions = review.exceptions.len();
            if let Some(of) = orders.iter_mut().find(|of| of.order == unit.order) {
                of.units.push(unit);
                of.exceptions += exceptions;
            } else {
                let (order, units) = (unit.order.clone(), vec![unit]);
                orders.push(OfOrder { order, part, units, exceptions, finished });
            }
        }
        for OfOrder { order, part, units, exceptions, finished } in orders {
            let row = ForMeRow::ship((order, part), (units, exceptions), finished);
            self.found.rows.push(row);
        }
        Ok(())
    }
}

/// The units of an order that may go out.
#[derive(Debug)]
struct OfOrder {
    order: OrderId,
    part: PartId,
    units: Vec<TravelerId>,
    exceptions: usize,
    finished: Option<Timestamp>,
}

/// One whose name is not printed anywhere: nothing is signed.
fn signer() -> Signer {
    Signer::by_badge("-")
}

fn decides(lot: &LotView, accept: bool) -> InspectionCommand {
    let (lot, note, by) = (lot.lot.clone(), String::new(), signer());
    InspectionCommand::Decide { lot, accept, note, deviation: None, seen: None, by }
}

fn uses_as_is(lot: &LotView) -> InspectionCommand {
    let (lot, reason, by) = (lot.lot.clone(), "-".to_owned(), signer());
    InspectionCommand::Dispose { lot, end: LotEnd::UseAsIs, reason, by }
}

fn unit_in(row: &Row<'_>) -> Result<(TravelerId, PartId), LedgerError> {
    let unit = TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? };
    Ok((unit, id_in(row, "part")?))
}

fn as_json(values: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(values).map_err(|error| LedgerError::Fault { what: error.to_string() })
}
