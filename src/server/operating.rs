//! For whoever operates the server: whether it lives, whether it can work, its figures, its events.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::{debug, info, warn};

use super::answer::{Denied, json};
use super::judging::ELSEWHERE;
use super::metrics::Now;
use super::openapi;
use super::shared::Shared;
use super::store::Store;

type Server = State<Arc<Shared>>;
type Answer = Result<Response, Denied>;

/// The process runs and answers.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// The store answers too, and the judge can go on; else why not.
pub(super) async fn ready(State(server): Server) -> Response {
    if let Err(denied) = server.read(Store::answers).await {
        return denied.into_response();
    }
    match server.judge_trouble() {
        Some(why) if why != ELSEWHERE => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("the judge cannot go on: {why}\n"))
                .into_response()
        }
        Some(_) | None => "ready\n".into_response(),
    }
}

/// The figures as Prometheus reads them.
pub(super) async fn metrics(State(server): Server) -> Answer {
    let operations = server.read(Store::operations).await?;
    let judge_trouble = server.judge_trouble().is_some_and(|why| why != ELSEWHERE);
    let (waiting, pages_waiting) = (server.waiting(), server.pages_waiting());
    let now = Now { operations, waiting, pages_waiting, judge_trouble, utc: server.now().utc };
    let text = server.metrics().text(&now).map_err(|_| Denied::Stopping)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Every address with what it takes and gives.
pub(super) async fn description() -> Response {
    json(&openapi::document())
}

/// Counts each answer and tells it as an event: what went wrong as a warning, the rest for those who
/// want every line.
pub(super) async fn noted(State(server): Server, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let begun = server.now();
    let response = next.run(request).await;
    let ms = server.now().mono_ms.saturating_sub(begun.mono_ms).max(0);
    let status = response.status();
    let took = std::time::Duration::from_millis(ms.unsigned_abs());
    server.metrics().answered(&route, status.as_u16(), took);
    let code = status.as_u16();
    if status.is_server_error() {
        warn!(%method, route, status = code, ms, "answered");
    } else if status.is_client_error() {
        info!(%method, route, status = code, ms, "answered");
    } else {
        debug!(%method, route, status = code, ms, "answered");
    }
    response
}
