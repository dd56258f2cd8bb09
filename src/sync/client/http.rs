//! Requests to the server, and what their failures mean.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Certificate, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::domain::backed_up::BackedUp;
use crate::domain::ids::{OrderId, RevisionId};
use crate::domain::snapshot::{Snapshot, WholeOrder};
use crate::domain::stream::Subject;
use crate::sync::packed::{ENCODING, PACKED_FROM, pack, unpack};
use crate::sync::protocol::{
    ANSWER_BYTES_MAX, CardChange, CheckAnswer, CheckRequest, CredentialsAnswer, EnrollAnswer,
    EnrollRequest, Fault, FaultCode, FeedsAnswer, HeadAnswer, MissingAnswer, MissingRequest,
    NewsAnswer, OfferAnswer, OfferRequest, OwnAnswer, PROTOCOL_OLDEST, PageAnswer, PageUp,
    PullAnswer, PullRequest, ReceivedAnswer, SILENCE_MAX, SnapshotAnswer, TimeAnswer,
};
use crate::sync::retry::{Failure, Stop, retry_after};

use super::access::Access;
use super::error::SyncError;

/// The first version whose servers read packed bodies.
const PACKED_SINCE: u16 = 2;
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long an answer may take to begin, with the way of the request, and then to go on: what takes
/// longer to send is sent smaller the next time. There is no limit on a whole answer.
pub(super) const ANSWER_MAX: Duration = Duration::from_secs(15);

/// How long a server may make a snapshot.
const SNAPSHOT_MAX: Duration = Duration::from_mins(5);

/// The server as a station sees it.
#[derive(Debug, Clone)]
pub(super) struct Http {
    /// Without a time-out of its own but for the connection: [`answered`] has one for each question.
    client: reqwest::Client,
    access: Access,
    /// The version that both speak; known once the server told the time.
    version: Arc<AtomicU16>,
}

impl Http {
    pub(super) fn new(access: &Access) -> Result<Self, SyncError> {
        // A second provider is not installed over the first; that one will do as well.
        rustls::crypto::ring::default_provider().install_default().unwrap_or_default();
        let address = |error: reqwest::Error| SyncError::Address(error.to_string());
        let mut authorities = Vec::new();
        if let Some(pem) = &access.ca_pem {
            authorities = Certificate::from_pem_bundle(pem.as_bytes()).map_err(address)?;
        }
        let secure = access.url.starts_with("https://");
        if secure && authorities.is_empty() {
            let why = "https needs the plant's authority (ca.pem)".to_owned();
            return Err(SyncError::Address(why));
        }
        if !secure && !is_loopback(&access.url) {
            let why = "http is for this machine alone; use https".to_owned();
            return Err(SyncError::Address(why));
        }
        let client = reqwest::Client::builder()
            .tls_certs_only(authorities)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .build()
            .map_err(address)?;
        let version = Arc::new(AtomicU16::new(PROTOCOL_OLDEST));
        Ok(Self { client, access: access.clone(), version })
    }

    /// By what the server is reached.
    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// The version that both speak.
    pub(super) fn version(&self) -> u16 {
        self.version.load(Ordering::Relaxed)
    }

    /// Agrees on a version: the newest that both know.
    fn agree(&self, answer: &TimeAnswer) -> Result<(), Failure> {
        let version = answer.agreed().map_err(Failure::Stopped)?;
        self.version.store(version, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn enroll(&self, request: &EnrollRequest) -> Result<EnrollAnswer, Failure> {
        read(send(self.request(Method::POST, "/v1/enroll"), request).await?).await
    }

    pub(super) async fn head(&self) -> Result<HeadAnswer, Failure> {
        self.ask("/v1/head").await
    }

    pub(super) async fn own(
        &self,
        (epoch, after): (u32, u64),
        most: usize,
    ) -> Result<OwnAnswer, Failure> {
        self.ask(&format!("/v1/own/{epoch}/{after}/{most}")).await
    }

    pub(super) async fn missing(&self, request: &MissingRequest) -> Result<MissingAnswer, Failure> {
        read(send(self.request(Method::POST, "/v1/missing"), request).await?).await
    }

    pub(super) async fn offer(&self, request: &OfferRequest) -> Result<OfferAnswer, Failure> {
        read(send(self.request(Method::POST, "/v1/offers"), request).await?).await
    }

    pub(super) async fn page(&self, page: &PageUp) -> Result<PageAnswer, Failure> {
        let request = self.request(Method::POST, "/v1/pages");
        read(self.send_packed(request, page).await?).await
    }

    pub(super) async fn feeds(&self) -> Result<FeedsAnswer, Failure> {
        self.ask("/v1/feeds").await
    }

    pub(super) async fn backed_up(&self) -> Result<BackedUp, Failure> {
        self.ask("/v1/backed-up").await
    }

    pub(super) async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, Failure> {
        read(send(self.request(Method::POST, "/v1/pull"), request).await?).await
    }

    /// What a new station begins with; none where the server has none, or knows of none.
    pub(super) async fn snapshot(&self) -> Result<Option<Snapshot>, Failure> {
        // It is made while this waits.
        let request = self.request(Method::GET, "/v1/snapshot");
        let response = answered(request, SNAPSHOT_MAX).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(read::<SnapshotAnswer>(response).await?.snapshot)
    }

    /// A part of an order, where the server has it for this station.
    pub(super) async fn whole_order(
        &self,
        order: &OrderId,
        after: u64,
    ) -> Result<Option<WholeOrder>, Failure> {
        let request = self.request(Method::GET, &format!("/v1/order/{order}/{after}"));
        let response = answered(request, ANSWER_MAX).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(response).await.map(Some)
    }

    pub(super) async fn credentials(&self) -> Result<CredentialsAnswer, Failure> {
        self.ask("/v1/credentials").await
    }

    pub(super) async fn set_card(&self, change: &CardChange) -> Result<(), Failure> {
        let response = send(self.request(Method::PUT, "/v1/credentials"), change).await?;
        accept(response).await.map(drop)
    }

    pub(super) async fn received(
        &self,
        subject: &Subject,
        revision: &RevisionId,
    ) -> Result<ReceivedAnswer, Failure> {
        self.ask(&format!("/v1/received/{subject}/{revision}")).await
    }

    pub(super) async fn time(&self) -> Result<TimeAnswer, Failure> {
        let answer = self.ask("/v1/time").await?;
        self.agree(&answer)?;
        Ok(answer)
    }

    pub(super) async fn check(&self, request: &CheckRequest) -> Result<CheckAnswer, Failure> {
        read(send(self.request(Method::POST, "/v1/check"), request).await?).await
    }

    pub(super) async fn news(&self, known: u64) -> Result<NewsAnswer, Failure> {
        self.ask(&format!("/v1/news/{known}")).await
    }

    /// News as a stream; each piece is a hint or a sign of life.
    pub(super) async fn news_stream(&self) -> Result<Response, Failure> {
        let url = format!("{}/v1/news", self.access.url.trim_end_matches('/'));
        let request = self.client.get(url).bearer_auth(&self.access.token);
        accept(answered(request, SILENCE_MAX).await?).await
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.access.url.trim_end_matches('/'));
        let request = self.client.request(method, url).bearer_auth(&self.access.token);
        request.header(header::ACCEPT_ENCODING, ENCODING)
    }

    /// As [`send`], packed where the server can read that and it is worth it.
    async fn send_packed<T: Serialize>(
        &self,
        request: RequestBuilder,
        body: &T,
    ) -> Result<Response, Failure> {
        if self.version() < PACKED_SINCE {
            return send(request, body).await;
        }
        let plain = serde_json::to_vec(body).map_err(|error| nonsense(&error.to_string()))?;
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let request = match pack(&plain) {
            Ok(packed) if plain.len() >= PACKED_FROM => {
                request.header(header::CONTENT_ENCODING, ENCODING).body(packed)
            }
            Ok(_) | Err(_) => request.body(plain),
        };
        answered(request, ANSWER_MAX).await
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        read(answered(self.request(Method::GET, path), ANSWER_MAX).await?).await
    }
}

fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn send<T: Serialize>(request: RequestBuilder, body: &T) -> Result<Response, Failure> {
    let body = serde_json::to_vec(body).map_err(|error| nonsense(&error.to_string()))?;
    let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
    answered(request, ANSWER_MAX).await
}

/// The beginning of an answer, which may take so long from when the question sets out.
pub(super) async fn answered(request: RequestBuilder, most: Duration) -> Result<Response, Failure> {
    let sent = timeout(most, request.send()).await.map_err(|_| Failure::TimedOut)?;
    sent.map_err(|error| failure(&error))
}

/// What comes next of an answer; nothing at its end.
pub(super) async fn piece(
    response: &mut Response,
    most: Duration,
) -> Result<Option<Vec<u8>>, Failure> {
    let piece = timeout(most, response.chunk()).await.map_err(|_| Failure::TimedOut)?;
    Ok(piece.map_err(|error| failure(&error))?.map(|piece| piece.to_vec()))
}

pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    let response = accept(response).await?;
    let is_packed =
        response.headers().get(header::CONTENT_ENCODING).is_some_and(|name| name == ENCODING);
    let mut bytes = bytes(response, ANSWER_BYTES_MAX).await?;
    if is_packed {
        bytes = unpack(&bytes, ANSWER_BYTES_MAX).map_err(|error| nonsense(&error.to_string()))?;
    }
    serde_json::from_slice(&bytes).map_err(|error| nonsense(&error.to_string()))
}

async fn bytes(mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = piece(&mut response, ANSWER_MAX).await? {
        if bytes.len() + chunk.len() > most {
            return Err(nonsense("the answer is larger than any answer may be"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What the status of an answer means for going on.
pub(super) async fn accept(response: Response) -> Result<Response, Failure> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = wished(response.headers());
    if status == StatusCode::REQUEST_TIMEOUT {
        return Err(Failure::TimedOut);
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(Failure::Busy { retry_after });
    }
    let told = bytes(response, ANSWER_BYTES_MAX).await.ok();
    let fault = told.and_then(|bytes| serde_json::from_slice::<Fault>(&bytes).ok());
    let code = fault.as_ref().map(|fault| fault.code);
    let message = fault.map_or_else(|| status.to_string(), |fault| fault.message);
    Err(Failure::Stopped(match status {
        StatusCode::FORBIDDEN if code == Some(FaultCode::Revoked) => Stop::Revoked,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Stop::NotAccepted(message),
        StatusCode::UPGRADE_REQUIRED => Stop::TooOld,
        _ => Stop::Nonsense(message),
    }))
}

/// How long the server asks to wait.
fn wished(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    retry_after(text(header::RETRY_AFTER)?, text(header::DATE))
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() { Failure::TimedOut } else { Failure::Unreachable }
}

pub(super) fn nonsense(what: &str) -> Failure {
    Failure::Stopped(Stop::Nonsense(what.to_owned()))
}
