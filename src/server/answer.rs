//! Turns every failure into an HTTP answer, in one place.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::sync::protocol::{Fault, FaultCode, PROTOCOL_VERSION};

use super::store::error::StoreError;

/// Why a request gets no answer of its own kind.
#[derive(Debug)]
pub(super) enum Denied {
    BadRequest(String),
    Unauthorized,
    Revoked,
    NotAllowed(&'static str),
    NotFound,
    TooLarge { most: usize },
    Encoding,
    TooOld { version: u16 },
    Busy,
    Stopping,
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Seconds after which a busy server wants to be asked again.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let unauthorized = "no valid token; enroll this station (again)".to_owned();
        let busy = "the server is busy; try again".to_owned();
        let (status, code, message) = match self {
            Self::BadRequest(why) => (StatusCode::BAD_REQUEST, FaultCode::BadRequest, why),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, FaultCode::Unauthorized, unauthorized),
            Self::Revoked => {
                let message = "this station was revoked; ask an administrator".to_owned();
                (StatusCode::FORBIDDEN, FaultCode::Revoked, message)
            }
            Self::NotAllowed(why) => (StatusCode::FORBIDDEN, FaultCode::NotAllowed, why.to_owned()),
            Self::NotFound => {
                (StatusCode::NOT_FOUND, FaultCode::NotFound, "nothing is there".to_owned())
            }
            Self::TooLarge { most } => {
                let message = format!("at most {most} bytes are taken here");
                (StatusCode::PAYLOAD_TOO_LARGE, FaultCode::TooLarge, message)
            }
            Self::Encoding => {
                let message = "of content encodings only zstd is taken".to_owned();
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, FaultCode::Encoding, message)
            }
            Self::TooOld { version } => {
                let message =
                    format!("the server speaks version {PROTOCOL_VERSION}, not {version}");
                (StatusCode::UPGRADE_REQUIRED, FaultCode::TooOld, message)
            }
            Self::Busy | Self::Store(StoreError::Busy) => {
                (StatusCode::TOO_MANY_REQUESTS, FaultCode::Busy, busy)
            }
            // Also where a commit was asked for and its answer did not come: what was stored comes
            // again as what is known.
            Self::Stopping | Self::Store(StoreError::Unreachable { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, FaultCode::Busy, busy)
            }
            // Nobody at a station can act on this; the details are for the server's operator.
            Self::Store(
                StoreError::Damaged { .. }
                | StoreError::Newer { .. }
                | StoreError::Failed { .. }
                | StoreError::Unsafe { .. }
                | StoreError::LeaseLost
                | StoreError::Empty,
            ) => {
                let message = "the server could not do this; look at the server".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, FaultCode::Internal, message)
            }
        };
        let mut response = (status, json(&Fault { code, message })).into_response();
        if code == FaultCode::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S);
        }
        response
    }
}

/// An answer as JSON.
pub(super) fn json<T: Serialize>(answer: &T) -> Response {
    axum::Json(answer).into_response()
}
