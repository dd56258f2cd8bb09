//! The station itself: its sync, and what is worth knowing at sign-in.

use crate::domain::ids::PlaceId;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::terms::Terms;
use crate::domain::words::{Words, words};
use crate::ledger::append::head_of;
use crate::ledger::desk::SYNC_STOPPED;
use crate::ledger::error::LedgerError;
use crate::ledger::seals::{at_server, waiting};
use crate::views::handover::summary;
use crate::views::link::{Link, SignInNews, SyncView};

use super::{Asked, get};

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
            1 => news.lines.push(words!(
                "1 record of this station was not accepted by the server: see the shift board"
            )),
            many => news.lines.push(words!(
                "{many} records of this station were not accepted by the server: see the shift board",
                many
            )),
        }
        news.lines.extend(self.last_handed_over()?);
        match self.count(held, ())? {
            0 => {}
            1 => news.lines.push(words!("1 unit is on hold")),
            held => news.lines.push(words!("{held} units are on hold", held)),
        }
        let (overdue, soon): (Vec<_>, Vec<_>) =
            self.gauges_ending()?.into_iter().partition(|gauge| gauge.days < 0);
        let never = "SELECT gauge FROM gauge_row WHERE due IS NULL ORDER BY gauge";
        let never = self.rows(never, (), |row| get::<String>(row, "gauge"))?;
        let overdue = overdue.into_iter().map(|gauge| gauge.what).chain(never);
        let overdue = some_of(overdue.map(Words::given).collect());
        news.lines
            .extend(overdue.map(|all| words!("! calibration overdue: {names}", names => all)));
        let soon = soon.into_iter().map(|gauge| match gauge.days {
            0 => words!("{name} today", name = gauge.what),
            days => words!("{name} in {days} d", name = gauge.what, days),
        });
        let soon = some_of(soon.collect());
        news.lines.extend(soon.map(|all| words!("! calibration ends: {names}", names => all)));
        Ok(news)
    }
}

impl Asked<'_> {
    /// Who handed over last, what stood there, and that nobody accepted it yet.
    fn last_handed_over(self) -> Result<Vec<Words>, LedgerError> {
        let Some(last) = self.last_handover()? else { return Ok(Vec::new()) };
        let at = last.at.to_zoned(self.zone()?);
        let today = at.date() == self.today()?;
        let at = at.strftime(if today { "%H:%M" } else { "%m-%d %H:%M" });
        let (by, place) = (&last.by, &last.place);
        let given = if last.accepted.is_none() {
            words!(
                "Last shift handed over {at} by {by} at {place}, not accepted yet:",
                at,
                by,
                place
            )
        } else {
            words!("Last shift handed over {at} by {by} at {place}:", at, by, place)
        };
        let said = last.notes.lines().next();
        let said = said.map(|first| Words::given(format_args!("\"{first}\"")));
        Ok([given, summary(&last.content)].into_iter().chain(said).collect())
    }
}

/// The first few by name; none where there is nothing to name.
fn some_of(names: Vec<Words>) -> Option<Words> {
    let more = names.len().saturating_sub(NAMED_MAX);
    let first = Words::listed(names.into_iter().take(NAMED_MAX), "{these}, {one}");
    if more > 0 {
        return Some(words!("{names}, and {more} more", names => first, more));
    }
    Some(first).filter(|first| !first.is_empty())
}
