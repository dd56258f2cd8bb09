//! News as a stream: which feeds of a station have grown, and to where. Only hints: who misses one, or
//! hears none at all behind a proxy that holds back, pulls later.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::timeout;

use crate::domain::feeds::Feed;
use crate::sync::protocol::HEARTBEAT;

use super::shared::{Shared, Told};
use super::store::stations::Station;

/// What of a station's feeds it was told.
struct Telling {
    server: Arc<Shared>,
    feeds: Vec<Feed>,
    told: Told,
    heads: BTreeMap<String, u64>,
}

/// The news of a station, until the server ends.
pub(super) fn stream(server: Arc<Shared>, station: &Station) -> Response {
    let told = server.news().told();
    let telling = Telling { server, feeds: station.feeds(), told, heads: BTreeMap::new() };
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
    /// What is sent next: the feeds that have grown, or a sign of life; none once the server ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            let grown = self.grown().await;
            if !grown.is_empty() {
                return Some(grown);
            }
            match timeout(HEARTBEAT, self.told.changed()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => return Some(": alive\n\n".to_owned()),
            }
        }
    }

    /// The feeds that have grown since it was told last, as events.
    async fn grown(&mut self) -> String {
        let feeds = self.feeds.clone();
        // A store that is busy is asked again with the next news.
        let heads = self.server.read(move |store| store.feed_heads(&feeds)).await;
        let mut events = String::new();
        for head in heads.unwrap_or_default() {
            let known = self.heads.insert(head.feed.clone(), head.position);
            if known != Some(head.position) {
                let hint = serde_json::json!({ "feed": head.feed, "head": head.position });
                // Writing to a String cannot fail.
                let _ = write!(events, "event: head\ndata: {hint}\n\n");
            }
        }
        events
    }
}
