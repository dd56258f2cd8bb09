//! The address of blobs: whole, from a byte on, and in parts that go on where the line broke.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;

use crate::domain::hash::Hash;
use crate::sync::protocol::{BLOB_BYTES_MAX, BlobHad, PAGE_BYTES_MIN};

use super::answer::{Denied, json};
use super::routes::{Answer, Received, Server, received, station};
use super::store::parts::Part;

/// A blob; from a byte on where `Range` says `bytes=N-`. Any other range is answered with all of it.
pub(super) async fn blob(
    State(server): Server,
    headers: HeaderMap,
    Path(hash): Path<String>,
) -> Answer {
    station(&server, &headers).await?;
    let hash = hash_of(&hash)?;
    let mut bytes = server.read(move |store| store.blob(&hash)).await?.ok_or(Denied::NotFound)?;
    let kind = (header::CONTENT_TYPE, "application/octet-stream");
    let (from, total) = (headers.get(header::RANGE).and_then(from_byte), bytes.len());
    let Some(from) = from.filter(|from| (1..total).contains(from)) else {
        return Ok(([kind], Body::from(bytes)).into_response());
    };
    let bytes = bytes.split_off(from);
    let which = (header::CONTENT_RANGE, format!("bytes {from}-{}/{total}", total - 1));
    Ok((StatusCode::PARTIAL_CONTENT, [kind], [which], Body::from(bytes)).into_response())
}

fn from_byte(range: &HeaderValue) -> Option<usize> {
    range.to_str().ok()?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

pub(super) async fn blob_size(
    State(server): Server,
    headers: HeaderMap,
    Path(hash): Path<String>,
) -> Answer {
    station(&server, &headers).await?;
    let hash = hash_of(&hash)?;
    let size = server.read(move |store| store.blob_size(&hash)).await?;
    let size = size.ok_or(Denied::NotFound)?;
    Ok(([(header::CONTENT_LENGTH, size.to_string())], ()).into_response())
}

/// Keeps a blob, or with `Content-Range` a part of one; to a part it tells how much of the blob is
/// here, which is also what a station asks that sends none.
pub(super) async fn put_blob(
    State(server): Server,
    headers: HeaderMap,
    Path(hash): Path<String>,
    body: Received,
) -> Answer {
    let station = station(&server, &headers).await?;
    let hash = hash_of(&hash)?;
    let bytes = received(body, BLOB_BYTES_MAX)?;
    if let Some(range) = headers.get(header::CONTENT_RANGE) {
        let (from, total) = place(range, bytes.len())?;
        let take = server.write(move |store| {
            let (ledger, hash, bytes) = (&station.ledger, &hash, &bytes);
            store.take_part(Part { ledger, hash, from, total, bytes })
        });
        return Ok(json(&BlobHad { had: take.await? }));
    }
    if Hash::of(&[&bytes]) != hash {
        return Err(Denied::BadRequest("the bytes do not have this hash".to_owned()));
    }
    server.write(move |store| store.put_blob(&bytes)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where so many bytes stand: the first of them, and the size of the whole. `bytes */TOTAL` has none.
fn place(range: &HeaderValue, count: usize) -> Result<(usize, usize), Denied> {
    let wrong = || Denied::BadRequest("the range is not that of the bytes".to_owned());
    let text = range.to_str().ok().and_then(|text| text.strip_prefix("bytes "));
    let (part, total) = text.and_then(|text| text.split_once('/')).ok_or_else(wrong)?;
    let total: usize = total.parse().map_err(|_| wrong())?;
    if total > BLOB_BYTES_MAX {
        return Err(Denied::TooLarge { most: BLOB_BYTES_MAX });
    }
    if part == "*" {
        return if count == 0 { Ok((0, total)) } else { Err(wrong()) };
    }
    let (first, last) = part.split_once('-').ok_or_else(wrong)?;
    let (first, last): (usize, usize) =
        first.parse().ok().zip(last.parse().ok()).ok_or_else(wrong)?;
    let fits = last < total && last.checked_sub(first).is_some_and(|rest| rest + 1 == count);
    // Each is a row and a transaction, and no station sends smaller ones.
    if fits && count < PAGE_BYTES_MIN && last + 1 < total {
        let why = format!("a part that is not the last has at least {PAGE_BYTES_MIN} bytes");
        return Err(Denied::BadRequest(why));
    }
    if fits { Ok((first, total)) } else { Err(wrong()) }
}

fn hash_of(text: &str) -> Result<Hash, Denied> {
    Hash::parse(text).ok_or_else(|| Denied::BadRequest("no SHA-256 in the address".to_owned()))
}
