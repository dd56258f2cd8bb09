//! The station itself: its sync, and what is worth knowing at sign-in.

use crate::domain::ids::PlaceId;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::terms::Terms;
use crate::ledger::append::head_of;
use crate::ledger::desk::SYNC_STOPPED;
use crate::ledger::error::LedgerError;
use crate::ledger::seals::{at_server, waiting};
use crate::views::handover::summary;
use crate::views::link::{Link, SignInNews, SyncView};

use super::{Asked, get};

/// What is said at sign-in of what the server did not accept.
const NOT_ACCEPTED: &str = "not accepted by the server: see the shift board";

/// Twice the longest pause between two tries.
const UNTRIED_S: i64 = 600;

/// So many are named in one line.
const NAMED_MAX: usize = 5;

impl Asked<'_> {
    /// How the station stands with its server, as every screen shows it.
    pub(super) fn link(self) -> Result<Link, LedgerError> {
        let identity = &self.ledger.identity;
        let noted = self.ledger.noted_sync()?;
        let stopped = self.ledger.setting(SYNC_STOPPED)?.filter(|why| !why.is_empty());
        let waiting = waiting(self.connection, (&identity.ledger, identity.epoch))?;
        let untried_s = self.untried_s(waiting)?;
        let policy = self.ledger.site_policy(self.connection, None)?;
        let offset = self.ledger.server_offset()?;
        let connected = noted.last_contact.is_some() && noted.trouble.is_none();
        Ok(Link {
            connected: connected && stopped.is_none(),
            waiting,
            untried_s,
            otherwise: self
                .ledger
                .compared()?
                .map(|compared| compared.otherwise)
                .unwrap_or_default(),
            last_contact: noted.last_contact,
            stopped: stopped.is_some(),
            trouble: stopped.or(noted.trouble),
            days_left: self.packet_head()?.days_left(),
            not_accepted: self.not_accepted()?,
            calls: self.open_calls()?,
            terms: policy.map(|policy| Terms::of(&policy.rules)).unwrap_or_default(),
            clock_apart_s: offset.as_ref().and_then(|offset| offset.apart_s(self.now)),
            offset,
        })
    }

    /// For how long nobody has tried to reach the server, where that is longer than any pause.
    fn untried_s(self, waiting: u64) -> Result<Option<i64>, LedgerError> {
        if waiting == 0 || self.ledger.identity.server.is_none() {
            return Ok(None);
        }
        let proven = self.ledger.proven()?;
        let last = self.ledger.last_attempt()?;
        let age = last.map_or(i64::MAX, |last| self.now.age_s(&last, proven));
        Ok(Some(age).filter(|age| *age > UNTRIED_S))
    }

    /// How many own records the server did not accept and nobody let go on.
    fn not_accepted(self) -> Result<u64, LedgerError> {
        let station = self.ledger.identity.station.as_str();
        self.count("SELECT count(*) FROM review_row WHERE station = ?1", [station])
    }

    pub(super) fn sync(self) -> Result<SyncView, LedgerError> {
        let identity = &self.ledger.identity;
        let head = head_of(self.connection, &identity.ledger, identity.epoch)?;
        let cursors = self.ledger.cursors()?;
        Ok(SyncView {
            link: self.link()?,
            station: identity.station.to_string(),
            ledger: identity.ledger.to_string(),
            epoch: identity.epoch,
            server: identity.server.clone(),
            last_seq: head.last_seq,
            at_server: at_server(self.connection, identity.epoch)?,
            feeds: cursors.into_iter().map(|cursor| (cursor.feed, cursor.position)).collect(),
            orphans: self.count("SELECT coalesce(sum(facts), 0) FROM orphan_row", ())?,
            not_here: self.ledger.left_out()?,
            blobs_missing: self.ledger.missing_blobs()?.len() as u64,
            offset_ms: self.offset(),
            packet: Box::new(self.packet()?),
        })
    }

    fn open_calls(self) -> Result<Vec<String>, LedgerError> {
        let calls = self.calls(false)?.into_iter().filter(|call| call.answered.is_none());
        Ok(calls.map(|call| call.words()).collect())
    }

    /// What this moment knows of the server's clock.
    fn offset(self) -> Option<(i64, i64)> {
        self.now.offset_ms.zip(self.now.offset_age_s)
    }

    pub(super) fn news(self, place: Option<&PlaceId>) -> Result<SignInNews, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        let mut news = SignInNews {
            site: policy.map_or_else(String::new, |policy| policy.name),
            ..SignInNews::default()
        };
        if let Some(place) = place {
            let folded = self.ledger.load(self.connection, &Subject::Place(place.clone()))?;
            if let StreamState::Place(state) = &folded.stream.state {
                let defined = state.defined.as_ref();
                news.place = defined.map_or_else(String::new, |defined| defined.name.clone());
            }
        }
        news.lines.extend(self.packet_head()?.warning());
        let held = "SELECT count(*) FROM traveler_row WHERE hold_why NOT NULL AND ended IS NULL";
        match self.not_accepted()? {
            0 => {}
            1 => news.lines.push(format!("1 record of this station was {NOT_ACCEPTED}")),
            many => news.lines.push(format!("{many} records of this station were {NOT_ACCEPTED}")),
        }
        news.lines.extend(self.last_handed_over()?);
        match self.count(held, ())? {
            0 => {}
            1 => news.lines.push("1 unit is on hold".to_owned()),
            held => news.lines.push(format!("{held} units are on hold")),
        }
        let (overdue, soon): (Vec<_>, Vec<_>) =
            self.gauges_ending()?.into_iter().partition(|gauge| gauge.days < 0);
        let never = "SELECT gauge FROM gauge_row WHERE due IS NULL ORDER BY gauge";
        let never = self.rows(never, (), |row| get::<String>(row, "gauge"))?;
        let overdue = overdue.into_iter().map(|gauge| gauge.what).chain(never).collect();
        news.lines.extend(some_of("! calibration overdue", overdue));
        let soon = soon.into_iter().map(|gauge| match gauge.days {
            0 => format!("{} today", gauge.what),
            days => format!("{} in {days} d", gauge.what),
        });
        news.lines.extend(some_of("! calibration ends", soon.collect()));
        Ok(news)
    }
}

impl Asked<'_> {
    /// Who handed over last, what stood there, and that nobody accepted it yet.
    fn last_handed_over(self) -> Result<Vec<String>, LedgerError> {
        let Some(last) = self.last_handover()? else { return Ok(Vec::new()) };
        let at = last.at.to_zoned(self.zone()?);
        let today = at.date() == self.today()?;
        let at = at.strftime(if today { "%H:%M" } else { "%m-%d %H:%M" });
        let open = if last.accepted.is_none() { ", not accepted yet" } else { "" };
        let mut lines = vec![
            format!("Last shift handed over {at} by {} at {}{open}:", last.by, last.place),
            summary(&last.content).to_string(),
        ];
        lines.extend(last.notes.lines().next().map(|first| format!("\"{first}\"")));
        Ok(lines)
    }
}

/// A line that names the first few; none where there is nothing to name.
fn some_of(what: &str, names: Vec<String>) -> Option<String> {
    let more = names.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let first: Vec<String> = names.into_iter().take(NAMED_MAX).collect();
    (!first.is_empty()).then(|| format!("{what}: {}{more}", first.join(", ")))
}
