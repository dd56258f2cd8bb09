//! News as a stream: which feeds of a station have grown, and to where. Only hints: who misses one, or
//! hears none at all behind a proxy that holds back, pulls later. Whose it is, and what the station
//! serves, is asked each time: a stream lasts for weeks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::timeout;

use crate::domain::ids::LedgerId;
use crate::sync::protocol::{FeedHead, HEARTBEAT};

use super::shared::{Shared, Told};
use super::store::stations::Station;

/// What of a station's feeds it was told.
struct Telling {
    server: Arc<Shared>,
    ledger: LedgerId,
    told: Told,
    heads: BTreeMap<String, u64>,
}

/// The news of a station, until the server ends or the station is one of the plant no more.
pub(super) fn stream(server: Arc<Shared>, station: &Station) -> Response {
    let told = server.news().told();
    let ledger = station.ledger.clone();
    let telling = Telling { server, ledger, told, heads: BTreeMap::new() };
    let pieces = stream::unfold(telling, |mut telling| async move {
        let piece = telling.next().await?;
        Some((Ok::<_, Infallible>(piece), telling))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let fresh = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    response
}

impl Telling {
    /// What is sent next: the feeds that have grown, or a sign of life; none once it ends.
    async fn next(&mut self) -> Option<String> {
        let mut silent = false;
        loop {
            let grown = self.grown().await?;
            if !grown.is_empty() {
                return Some(grown);
            }
            if silent {
                return Some(": alive\n\n".to_owned());
            }
            match timeout(HEARTBEAT, self.told.changed()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => silent = true,
            }
        }
    }

    /// The feeds that have grown since it was told last, as events; none of a station that may read
    /// nothing any more.
    async fn grown(&mut self) -> Option<String> {
        let ledger = self.ledger.clone();
        let heads = self.server.read(move |store| {
            let station = store.station_of(&ledger)?.filter(|station| !station.revoked);
            station.map(|station| store.feed_heads(&station.feeds())).transpose()
        });
        // A store that is busy is asked again with the next news.
        let heads: Vec<FeedHead> = heads.await.unwrap_or_else(|_| Some(Vec::new()))?;
        let mut events = String::new();
        for head in heads {
            let known = self.heads.insert(head.feed.clone(), head.position);
            if known != Some(head.position) {
                let hint = serde_json::json!({ "feed": head.feed, "head": head.position });
                // Writing to a String cannot fail.
                let _ = write!(events, "event: head\ndata: {hint}\n\n");
            }
        }
        Some(events)
    }
}
