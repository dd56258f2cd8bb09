//! The station itself: its sync, and what is worth knowing at sign-in.

use jiff::Timestamp;

use crate::domain::ids::PlaceId;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::append::head_of;
use crate::ledger::desk::{SERVER_OFFSET, SYNC_STOPPED};
use crate::ledger::error::LedgerError;
use crate::ledger::seals::at_server;
use crate::views::link::{Link, SignInNews, SyncView};

use super::Asked;

impl Asked<'_> {
    pub(super) fn sync(self) -> Result<SyncView, LedgerError> {
        let identity = &self.ledger.identity;
        let head = head_of(self.connection, &identity.ledger, identity.epoch)?;
        let at_server = at_server(self.connection, identity.epoch)?;
        let noted = self.ledger.noted_sync()?;
        let stopped = self.ledger.setting(SYNC_STOPPED)?.filter(|why| !why.is_empty());
        let connected = noted.last_contact.is_some() && noted.trouble.is_none();
        let cursors = self.ledger.cursors()?;
        let cards = self.ledger.cards()?;
        Ok(SyncView {
            link: Link {
                connected: connected && stopped.is_none(),
                waiting: head.last_seq.saturating_sub(at_server),
                last_contact: noted.last_contact,
                stopped: stopped.is_some(),
                trouble: stopped.or(noted.trouble),
            },
            station: identity.station.to_string(),
            ledger: identity.ledger.to_string(),
            epoch: identity.epoch,
            server: identity.server.clone(),
            last_seq: head.last_seq,
            at_server,
            feeds: cursors.into_iter().map(|cursor| (cursor.feed, cursor.position)).collect(),
            orphans: self.count("SELECT coalesce(sum(facts), 0) FROM orphan_row", ())?,
            blobs_missing: self.ledger.missing_blobs()?.len() as u64,
            offset_ms: self.offset()?,
            cards_expire: cards.iter().map(|card| card.expires).min(),
        })
    }

    fn offset(self) -> Result<Option<(i64, i64)>, LedgerError> {
        let Some(text) = self.ledger.setting(SERVER_OFFSET)? else { return Ok(None) };
        let measured = text
            .split_once(' ')
            .and_then(|(ms, at)| Some((ms.parse::<i64>().ok()?, at.parse::<Timestamp>().ok()?)));
        Ok(measured.map(|(ms, at)| (ms, self.now.utc.duration_since(at).as_secs().max(0))))
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
        let held = "SELECT count(*) FROM traveler_row WHERE hold_why NOT NULL AND ended IS NULL";
        match self.count(held, ())? {
            0 => {}
            1 => news.lines.push("1 unit is on hold".to_owned()),
            held => news.lines.push(format!("{held} units are on hold")),
        }
        let overdue = self.gauges(None)?.into_iter().filter(|gauge| gauge.overdue);
        let overdue: Vec<String> = overdue.map(|gauge| gauge.gauge.to_string()).collect();
        if !overdue.is_empty() {
            news.lines.push(format!("calibration overdue: {}", overdue.join(", ")));
        }
        Ok(news)
    }
}
