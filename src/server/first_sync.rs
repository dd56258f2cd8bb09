//! The addresses of a new station: what it begins with, and orders that were left out of that.

use axum::extract::{Path, State};
use axum::http::HeaderMap;

use crate::domain::ids::OrderId;
use crate::sync::protocol::{SNAPSHOT_FACTS_MIN, SnapshotAnswer};

use super::answer::{Denied, json};
use super::routes::{Answer, Server, station};

/// What a new station of these feeds begins with. It takes a while to make, so that it is made over a
/// connection of its own, beside everybody else's requests.
pub(super) async fn snapshot(State(server): Server, headers: HeaderMap) -> Answer {
    let feeds = station(&server, &headers).await?.feeds();
    let asked = feeds.clone();
    let (heads, own) =
        server.read(move |store| Ok((store.feed_heads(&asked)?, store.another()?))).await?;
    let facts: u64 = heads.iter().map(|head| head.position).sum();
    let Some(own) = own.filter(|_| facts >= SNAPSHOT_FACTS_MIN) else {
        return Ok(json(&SnapshotAnswer { snapshot: None }));
    };
    let making = tokio::task::spawn_blocking(move || own.snapshot(&feeds));
    let snapshot = making.await.map_err(|_| Denied::Stopping)??;
    Ok(json(&SnapshotAnswer { snapshot: Some(snapshot) }))
}

/// The whole of an order, where the station may read any feed of it.
pub(super) async fn whole_order(
    State(server): Server,
    headers: HeaderMap,
    Path((order, after)): Path<(String, u64)>,
) -> Answer {
    let feeds = station(&server, &headers).await?.feeds();
    let order = OrderId::parse(&order).map_err(|_| Denied::NotFound)?;
    let read = server.read(move |store| store.whole_order(&feeds, (&order, after)));
    Ok(json(&read.await?.ok_or(Denied::NotFound)?))
}
