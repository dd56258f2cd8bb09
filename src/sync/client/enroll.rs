//! Enrolling a station: once, with a code; again with the same code where the answer got lost.

use std::path::Path;

use crate::domain::hash::Hash;
use crate::domain::ids::StationId;
use crate::ledger::store::{Founding, Ledger};
use crate::sync::protocol::{EnrollAnswer, EnrollRequest, Enrolled};

use super::access::Access;
use super::error::SyncError;
use super::http::Http;

/// What the station is called before the server gives it its short code.
const UNNAMED: &str = "NEW";

/// Where to enroll, with what.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The server's address.
    pub url: String,
    /// The one-time code.
    pub code: String,
    /// The plant's certificate authority, where TLS is spoken.
    pub ca_pem: Option<String>,
    /// Whether the store is for a demonstration.
    pub demo: bool,
}

/// Enrolls a station. Its store is made first where there is none, so that a second try, after an
/// answer that got lost, comes with the same key.
pub async fn enroll(dir: &Path, invitation: &Invitation) -> Result<Enrolled, SyncError> {
    let mut ledger = open_or_create(dir, invitation.demo)?;
    let identity = ledger.identity().clone();
    let (url, ca_pem) = (invitation.url.clone(), invitation.ca_pem.clone());
    let access = Access { url, token: String::new(), ca_pem };
    let http = Http::new(&access)?;
    // Asked for the version that it speaks, as before each exchange.
    http.time().await?;
    let request = EnrollRequest {
        version: http.version(),
        code: invitation.code.clone(),
        ledger: identity.ledger,
        public_key: Hash(identity.public_key).to_string(),
        demo: identity.demo,
    };
    let enrolled = match http.enroll(&request).await? {
        EnrollAnswer::Enrolled(enrolled) => enrolled,
        denied @ (EnrollAnswer::CodeUnknown
        | EnrollAnswer::CodeUsed
        | EnrollAnswer::CodeExpired
        | EnrollAnswer::LedgerTaken
        | EnrollAnswer::DemoMismatch
        | EnrollAnswer::KeyUnusable) => return Err(SyncError::Denied(denied)),
    };
    Access { token: enrolled.token.clone(), ..access }.write(dir)?;
    ledger.set_enrolled(&enrolled.station, &enrolled.site, &invitation.url)?;
    Ok(enrolled)
}

fn open_or_create(dir: &Path, demo: bool) -> Result<Ledger, SyncError> {
    if dir.join("station.key").exists() {
        return Ok(Ledger::open(dir)?);
    }
    let mut key = [0; 32];
    rand::fill(&mut key[..]);
    let station = StationId::parse(UNNAMED).map_err(|e| SyncError::Address(e.to_string()))?;
    Ok(Ledger::create(dir, Founding { station, demo, key })?)
}
