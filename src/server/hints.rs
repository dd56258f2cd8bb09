//! News as a stream: which feeds of a station have grown, and to where. Only hints: who misses one, or
//! hears none at all behind a proxy that holds back, pulls later. Whose it is, and what the station
//! serves, comes with the news and is asked where there are none: a stream lasts for weeks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{sleep, timeout};

use crate::domain::ids::LedgerId;
use crate::sync::protocol::HEARTBEAT;

use super::shared::{Shared, Told};
use super::store::stations::Station;

/// How long a stream that just told something is silent: what comes meanwhile is told together. A thousand
/// stations hear of a thousand facts a second, and a board may take two.
const REST: Duration = Duration::from_millis(100);

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
        if self.heads.is_empty() {
            let heads = self.asked().await?;
            let all = self.grown(heads);
            if !all.is_empty() {
                return Some(all);
            }
        } else {
            sleep(REST).await;
        }
        loop {
            let (heads, alive) = match timeout(HEARTBEAT, self.told.changed()).await {
                Ok(spread) => (spread?.of(&self.ledger)?, ""),
                Err(_) => (self.asked().await?, ": alive\n\n"),
            };
            let said = self.grown(heads) + alive;
            if !said.is_empty() {
                return Some(said);
            }
        }
    }

    /// How far the station's feeds reach, as the store says; none where it may read nothing any more.
    async fn asked(&self) -> Option<Vec<(String, u64)>> {
        let ledger = self.ledger.clone();
        let heads = self.server.read(move |store| {
            let station = store.station_of(&ledger)?.filter(|station| !station.revoked);
            station.map(|station| store.feed_heads(&station.feeds())).transpose()
        });
        // A store that is busy is asked again with the next news.
        let heads = heads.await.unwrap_or_else(|_| Some(Vec::new()))?;
        Some(heads.into_iter().map(|head| (head.feed, head.position)).collect())
    }

    /// The feeds that have grown since it was told last, as events.
    fn grown(&mut self, heads: Vec<(String, u64)>) -> String {
        let mut events = String::new();
        for (feed, head) in heads {
            if self.heads.get(&feed) == Some(&head) {
                continue;
            }
            let hint = serde_json::json!({ "feed": feed, "head": head });
            // Writing to a String cannot fail.
            let _ = write!(events, "event: head\ndata: {hint}\n\n");
            self.heads.insert(feed, head);
        }
        events
    }
}
