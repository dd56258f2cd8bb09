//! Bodies that are packed on the line: taken within the limits of what they unpack to, and given to
//! whoever says that they can read them.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::sync::packed::{ENCODING, PACKED_FROM, UnpackError, pack, unpack};
use crate::sync::protocol::{ANSWER_BYTES_MAX, REQUEST_BYTES_MAX};

use super::answer::Denied;

/// Unpacks what comes and packs what goes; any other encoding is refused.
pub(super) async fn packed(request: Request, next: Next) -> Response {
    let answer_packed = accepts(request.headers());
    let request = match unpacked(request).await {
        Ok(request) => request,
        Err(denied) => return denied.into_response(),
    };
    let response = next.run(request).await;
    if answer_packed && is_json(response.headers()) { smaller(response).await } else { response }
}

fn accepts(headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    wanted.is_some_and(|list| list.split(',').any(|one| one.trim() == ENCODING))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
}

async fn unpacked(request: Request) -> Result<Request, Denied> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    let Some(encoding) = encoding.filter(|encoding| *encoding != "identity") else {
        return Ok(request);
    };
    if encoding != ENCODING {
        return Err(Denied::Encoding);
    }
    let (mut parts, body) = request.into_parts();
    let too_large = || Denied::TooLarge { most: REQUEST_BYTES_MAX };
    let bytes = to_bytes(body, REQUEST_BYTES_MAX).await.map_err(|_| too_large())?;
    let bytes = unpack(&bytes, REQUEST_BYTES_MAX).map_err(|error| match error {
        UnpackError::TooLarge => too_large(),
        UnpackError::Broken => Denied::BadRequest(error.to_string()),
    })?;
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn smaller(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        return Denied::Stopping.into_response();
    };
    match pack(&bytes) {
        Ok(packed) if bytes.len() >= PACKED_FROM && packed.len() < bytes.len() => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(ENCODING));
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(packed.len()));
            Response::from_parts(parts, Body::from(packed))
        }
        Ok(_) | Err(_) => Response::from_parts(parts, Body::from(bytes)),
    }
}
