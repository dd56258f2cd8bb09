//! The addresses of a new station: what it begins with, and orders that were left out of that.

use axum::extract::{Path, State};
use axum::http::HeaderMap;

use crate::domain::ids::OrderId;
use crate::sync::protocol::{SNAPSHOT_FACTS_MIN, SnapshotAnswer};

use super::answer::{Denied, json};
use super::routes::{Answer, Server, station};
use super::store::Store;

/// What a new station of these feeds begins with. It takes a while to make, so that it is made over a
/// connection of its own, beside everybody else's requests, and one at a time: a station that does not
/// wait asks again, and finds it made.
pub(super) async fn snapshot(State(server): Server, headers: HeaderMap) -> Answer {
    let feeds = station(&server, &headers).await?.feeds();
    let asked = feeds.clone();
    let heads = server.read(move |store| store.feed_heads(&asked)).await?;
    let facts: u64 = heads.iter().map(|head| head.position).sum();
    let none = SnapshotAnswer { snapshot: None };
    if facts < SNAPSHOT_FACTS_MIN {
        return Ok(json(&none));
    }
    // Who waits for the turn holds no connection.
    let turn = server.snapshot_turn().await;
    let Some(own) = server.read(Store::another).await? else { return Ok(json(&none)) };
    let making = tokio::task::spawn_blocking(move || {
        let made = own.snapshot(&feeds);
        // Held to the end of the work, also where nobody waits for the answer any more.
        drop(turn);
        made
    });
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
