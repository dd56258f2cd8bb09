//! The addresses under `/v1`: each reads its request, asks the store, answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use tracing::{info, warn};

use crate::domain::card::require;
use crate::domain::feeds::Feed;
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, RevisionId};
use crate::domain::stream::Subject;
use crate::sync::protocol::{
    BLOB_BYTES_MAX, CODE_CHARS_MAX, CardChange, CheckRequest, CredentialsAnswer, EnrollAnswer,
    EnrollRequest, Enrolled, FeedsAnswer, MissingAnswer, MissingRequest, NewsAnswer, OfferAnswer,
    OfferRequest, PAGE_FACTS_MAX, PROTOCOL_OLDEST, PROTOCOL_VERSION, PageAnswer, PageOutcome,
    PageUp, PullAnswer, PullRequest, REQUEST_BYTES_MAX, ReceivedAnswer, TimeAnswer,
};

use super::answer::{Denied, json};
use super::blobs;
use super::first_sync;
use super::hints;
use super::office;
use super::operating;
use super::packing::packed;
use super::seals;
use super::shared::Shared;
use super::store::Store;
use super::store::keep::CardSet;
use super::store::received::Reached;
use super::store::stations::{Candidate, Enrollment, Station};

pub(super) type Server = State<Arc<Shared>>;
pub(super) type Answer = Result<Response, Denied>;
pub(super) type Received = Result<Bytes, BytesRejection>;

/// Every address of the server.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let blobs = get(blobs::blob).head(blobs::blob_size).put(blobs::put_blob);
    Router::new()
        .route("/v1/health/live", get(operating::live))
        .route("/v1/health/ready", get(operating::ready))
        .route("/v1/openapi.json", get(operating::description))
        .route("/metrics", get(operating::metrics))
        .route("/v1/time", get(time))
        .route("/v1/enroll", post(enroll))
        .route("/v1/head", get(head))
        .route("/v1/own/{epoch}/{after}/{most}", get(own))
        .route("/v1/check", post(check))
        .route("/v1/missing", post(missing))
        .route("/v1/offers", post(offers))
        .route("/v1/pages", post(pages))
        .route("/v1/feeds", get(feeds))
        .route("/v1/backed-up", get(backed_up))
        .route("/v1/pull", post(pull))
        .route("/v1/news", get(news_stream))
        .route("/v1/snapshot", get(first_sync::snapshot))
        .route("/v1/order/{order}/{after}", get(first_sync::whole_order))
        .route("/v1/news/{known}", get(news))
        .route("/v1/received/{kind}/{id}/{revision}", get(received_by))
        .route("/v1/credentials", get(credentials).put(set_card))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .route("/v1/blobs/{hash}", blobs.layer(DefaultBodyLimit::max(BLOB_BYTES_MAX)))
        .fallback(|| async { Denied::NotFound })
        .layer(middleware::from_fn(packed))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), operating::noted))
        .with_state(shared)
}

async fn time(State(server): Server) -> Response {
    json(&TimeAnswer { utc: server.now().utc, version: PROTOCOL_VERSION, oldest: PROTOCOL_OLDEST })
}

async fn enroll(State(server): Server, body: Received) -> Answer {
    let request: EnrollRequest = parse(body)?;
    speak(request.version)?;
    if request.code.chars().count() > CODE_CHARS_MAX {
        return Ok(json(&EnrollAnswer::CodeUnknown));
    }
    let own = seals::ledger_of(&request.public_key);
    if !seals::is_public_key(&request.public_key) || own.as_ref() != Some(&request.ledger) {
        return Ok(json(&EnrollAnswer::KeyUnusable));
    }
    let token = office::secret().map_err(|_| Denied::Stopping)?;
    let candidate = Candidate {
        code_sha256: office::digest_of_code(&request.code),
        ledger: request.ledger,
        public_key: request.public_key,
        token_sha256: Hash::of(&[token.as_bytes()]),
    };
    let now = server.now().utc;
    let answer = server.write(move |store| {
        if store.plant().demo != request.demo {
            return Ok(EnrollAnswer::DemoMismatch);
        }
        let site = store.plant().site.clone();
        Ok(match store.enroll(&candidate, now)? {
            Enrollment::Done(station) => EnrollAnswer::Enrolled(Enrolled {
                feeds: station.feeds().iter().map(Feed::to_string).collect(),
                station: station.code,
                site,
                token,
                work_centers: station.work_centers,
            }),
            Enrollment::CodeUnknown => EnrollAnswer::CodeUnknown,
            Enrollment::CodeUsed => EnrollAnswer::CodeUsed,
            Enrollment::CodeExpired => EnrollAnswer::CodeExpired,
            Enrollment::Taken => EnrollAnswer::LedgerTaken,
        })
    });
    let answer = answer.await?;
    server.ring();
    Ok(json(&answer))
}

async fn head(State(server): Server, headers: HeaderMap) -> Answer {
    let station = station(&server, &headers).await?;
    Ok(json(&server.read(move |store| store.head(&station.ledger)).await?))
}

/// A station's own facts back, after a number of an epoch.
async fn own(
    State(server): Server,
    headers: HeaderMap,
    Path((epoch, after, most)): Path<(u32, u64, usize)>,
) -> Answer {
    let station = station(&server, &headers).await?;
    let read = server.read(move |store| store.own(&station.ledger, (epoch, after), most));
    Ok(json(&read.await?))
}

/// What the server holds of a station's ledger and feeds, to be compared with the station's.
async fn check(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    let station = station(&server, &headers).await?;
    let mut request: CheckRequest = parse(body)?;
    let feeds: Vec<String> = station.feeds().iter().map(Feed::to_string).collect();
    request.feeds.retain(|known| feeds.contains(&known.feed));
    request.own.truncate(PAGE_FACTS_MAX);
    let read = server.read(move |store| store.compared(&station.ledger, &request));
    Ok(json(&read.await?))
}

/// Which facts that a station has the server has no more, after it was restored.
async fn missing(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    station(&server, &headers).await?;
    let request: MissingRequest = parse(body)?;
    if request.facts.len() > PAGE_FACTS_MAX {
        return Err(Denied::BadRequest("more facts than a page has".to_owned()));
    }
    let missing = server.read(move |store| store.missing(&request.facts)).await?;
    Ok(json(&MissingAnswer { missing }))
}

/// Takes back facts of whatever ledger, as far as seals prove them.
async fn offers(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    station(&server, &headers).await?;
    let request: OfferRequest = parse(body)?;
    if request.facts.len() > PAGE_FACTS_MAX {
        return Err(Denied::BadRequest("more facts than a page has".to_owned()));
    }
    let received = server.now().utc;
    let taken = server.write(move |store| store.take_offers(&request.facts, (received, false)));
    let taken = taken.await?;
    server.ring();
    Ok(json(&OfferAnswer { taken }))
}

async fn pages(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    let station = station(&server, &headers).await?;
    let page: PageUp = parse(body)?;
    speak(page.version)?;
    if page.ledger != station.ledger {
        return Err(Denied::BadRequest("the ledger is another station's".to_owned()));
    }
    let (ledger, facts) = (page.ledger.clone(), page.facts.len());
    let answer = server.ingest(page).await?;
    server.metrics().took(facts);
    tell_page(&ledger, facts, &answer);
    server.ring();
    Ok(json(&answer))
}

/// Tells what became of a page: what people have to look at as a warning.
fn tell_page(ledger: &LedgerId, facts: usize, answer: &PageAnswer) {
    let last = answer.head.last_seq;
    match &answer.outcome {
        PageOutcome::Stored => info!(%ledger, facts, last, "stored"),
        PageOutcome::Gap { .. } => info!(%ledger, facts, last, "a gap"),
        PageOutcome::Fork { seq } => warn!(%ledger, seq, "two histories"),
        PageOutcome::Fenced { epoch } => warn!(%ledger, epoch, "an older epoch"),
        PageOutcome::Refused { seq, why } => warn!(%ledger, seq, why, "refused"),
    }
}

async fn feeds(State(server): Server, headers: HeaderMap) -> Answer {
    let station = station(&server, &headers).await?;
    let read = server.read(move |store| {
        let backed_up = store.backed_up()?.filter(|receipt| !receipt.up_to.is_empty());
        let backed_up = backed_up.map(|receipt| receipt.mark());
        Ok(FeedsAnswer { feeds: store.feed_heads(&station.feeds())?, backed_up })
    });
    Ok(json(&read.await?))
}

/// What the last completed backup holds: what stations may let go of, and nothing else (R14).
async fn backed_up(State(server): Server, headers: HeaderMap) -> Answer {
    station(&server, &headers).await?;
    let receipt = server.read(Store::backed_up).await?;
    Ok(json(&receipt.unwrap_or_default()))
}

async fn pull(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    let station = station(&server, &headers).await?;
    let request: PullRequest = parse(body)?;
    let asked = request.epoch;
    let now = server.now().utc;
    let (answer, reached) = server
        .read(move |store| {
            let answer = store.pull(&station.feeds(), &request)?;
            let reached =
                Reached { ledger: station.ledger, feed: request.feed, after: request.after };
            let tells = matches!(answer, PullAnswer::Page { .. });
            let tells = tells && store.tells_more(&reached, now)?;
            Ok((answer, tells.then_some(reached)))
        })
        .await?;
    // A station that has more than there is tells that the server was restored.
    if let PullAnswer::EpochChanged { epoch } = answer
        && asked == epoch
    {
        let epoch = server.write(move |store| store.open_feeds_anew(epoch)).await?;
        server.ring();
        return Ok(json(&PullAnswer::EpochChanged { epoch }));
    }
    if let Some(reached) = reached {
        server.write(move |store| store.note_reached(&reached, now)).await?;
    }
    Ok(json(&answer))
}

/// Which stations have what was last said of a revision.
async fn received_by(
    State(server): Server,
    headers: HeaderMap,
    Path((kind, id, revision)): Path<(String, String, String)>,
) -> Answer {
    station(&server, &headers).await?;
    let unreadable = || Denied::BadRequest("no such definition".to_owned());
    let subject = Subject::parse(&format!("{kind}/{id}")).ok_or_else(unreadable)?;
    let revision = RevisionId::parse(&revision).map_err(|_| unreadable())?;
    let stations = server.read(move |store| store.received(&subject, &revision)).await?;
    Ok(json(&ReceivedAnswer { stations }))
}

/// A hint that there is something to pull, held back until there is or for ten seconds.
async fn news(State(server): Server, headers: HeaderMap, Path(known): Path<u64>) -> Answer {
    station(&server, &headers).await?;
    let number = server.news().after(known).await;
    Ok(json(&NewsAnswer { number }))
}

async fn news_stream(State(server): Server, headers: HeaderMap) -> Answer {
    let station = station(&server, &headers).await?;
    Ok(hints::stream(server, &station))
}

async fn credentials(State(server): Server, headers: HeaderMap) -> Answer {
    station(&server, &headers).await?;
    let cards = server.read(Store::cards).await?;
    Ok(json(&CredentialsAnswer { cards }))
}

/// A PIN is changed online only, and never in silence: a card is taken with a `PinChanged` of that
/// person in the asking station's own ledger, which the judge accepted (from an administrator, or
/// from the person) and which has brought no other card. So a token alone changes no PIN, and each
/// change is told in the ledger with who made it. The server has no PIN to prove who that was: a
/// station that writes in somebody else's name leaves a sealed fact behind that says so.
async fn set_card(State(server): Server, headers: HeaderMap, body: Received) -> Answer {
    let station = station(&server, &headers).await?;
    let change: CardChange = parse(body)?;
    require(&change.card.name, &change.card.badge)
        .map_err(|refusal| Denied::BadRequest(refusal.to_string()))?;
    let set = server.write(move |store| store.set_card_by_fact(&change, &station.ledger)).await?;
    match set {
        CardSet::Done => Ok(StatusCode::NO_CONTENT.into_response()),
        CardSet::NotJudged => Err(Denied::Busy),
        CardSet::NotAllowed => Err(Denied::NotAllowed(
            "no accepted fact of this station says that an administrator, or the person, changed \
             this PIN",
        )),
        CardSet::BadgeTaken => {
            Err(Denied::BadRequest("the badge belongs to another person".to_owned()))
        }
    }
}

/// The station that a request comes from, by its bearer token.
pub(super) async fn station(server: &Arc<Shared>, headers: &HeaderMap) -> Result<Station, Denied> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Denied::Unauthorized)?;
    let digest = Hash::of(&[token.as_bytes()]);
    let found = server.read(move |store| store.station_by_token(&digest)).await?;
    let station = found.ok_or(Denied::Unauthorized)?;
    if station.revoked { Err(Denied::Revoked) } else { Ok(station) }
}

fn speak(version: u16) -> Result<(), Denied> {
    if version < PROTOCOL_OLDEST {
        return Err(Denied::TooOld { version });
    }
    if version > PROTOCOL_VERSION {
        let why = format!("the server speaks version {PROTOCOL_VERSION}; update the server");
        return Err(Denied::BadRequest(why));
    }
    Ok(())
}

pub(super) fn received(body: Received, most: usize) -> Result<Bytes, Denied> {
    body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Denied::TooLarge { most }
        } else {
            Denied::BadRequest(rejection.body_text())
        }
    })
}

fn parse<T: DeserializeOwned>(body: Received) -> Result<T, Denied> {
    let bytes = received(body, REQUEST_BYTES_MAX)?;
    serde_json::from_slice(&bytes).map_err(|error| Denied::BadRequest(error.to_string()))
}
