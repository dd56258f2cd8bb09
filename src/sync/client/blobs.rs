//! Blobs over the line: a large one goes up in parts, and one that broke off on its way down goes on
//! where it stopped.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode, header};

use crate::domain::hash::Hash;
use crate::sync::protocol::{BLOB_BYTES_MAX, BlobHad};
use crate::sync::retry::{Failure, Stop};

use super::http::{ANSWER_MAX, Http, accept, answered, nonsense, piece, read};

/// The first version whose servers take parts.
const PARTS_SINCE: u16 = 2;
/// The slowest line that a server without parts is waited for, which gets a blob as one request.
const WHOLE_BYTES_S: u64 = 1024;
/// How often a server may tell, of one blob, that it has no more of it than before.
const STILL_MAX: u32 = 3;

impl Http {
    pub(super) async fn has_blob(&self, hash: &Hash) -> Result<bool, Failure> {
        let request = self.request(Method::HEAD, &address(hash));
        let response = answered(request, ANSWER_MAX).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        accept(response).await.map(|_| true)
    }

    /// Sends a blob in requests of so many bytes; what the server has of it from before the line broke
    /// is not sent again.
    pub(super) async fn send_blob(
        &self,
        hash: &Hash,
        bytes: &[u8],
        most: usize,
    ) -> Result<(), Failure> {
        let takes_parts = self.version() >= PARTS_SINCE;
        if takes_parts && bytes.len() <= most {
            return self.send_whole(hash, bytes, ANSWER_MAX).await;
        }
        let slow = ANSWER_MAX + Duration::from_secs(bytes.len() as u64 / WHOLE_BYTES_S);
        if !takes_parts {
            return self.send_whole(hash, bytes, slow).await;
        }
        let mut had = match self.send_part(hash, bytes, 0..0).await {
            // Not every server of that version takes parts: to others no bytes are a wrong blob.
            Err(Failure::Stopped(Stop::Nonsense(_))) => {
                return self.send_whole(hash, bytes, slow).await;
            }
            asked => asked?,
        };
        let mut still = 0;
        while had < bytes.len() {
            let part = had..bytes.len().min(had + most);
            let before = std::mem::replace(&mut had, self.send_part(hash, bytes, part).await?);
            // It let go of what came, or another process of this station sends as well.
            still += u32::from(had <= before);
            if still > STILL_MAX {
                return Err(Failure::Busy { retry_after: None });
            }
        }
        Ok(())
    }

    async fn send_whole(&self, hash: &Hash, bytes: &[u8], most: Duration) -> Result<(), Failure> {
        let request = self.request(Method::PUT, &address(hash)).body(bytes.to_vec());
        let response = answered(request, most).await?;
        accept(response).await.map(drop)
    }

    /// Sends a part, or with none asks only; tells how much of the blob the server has.
    async fn send_part(
        &self,
        hash: &Hash,
        bytes: &[u8],
        part: Range<usize>,
    ) -> Result<usize, Failure> {
        let total = bytes.len();
        let which = match part.end.checked_sub(1) {
            None => format!("bytes */{total}"),
            Some(last) => format!("bytes {}-{last}/{total}", part.start),
        };
        let request = self.request(Method::PUT, &address(hash));
        let request = request.header(header::CONTENT_RANGE, which);
        let body = bytes.get(part).unwrap_or_default().to_vec();
        let BlobHad { had } = read(answered(request.body(body), ANSWER_MAX).await?).await?;
        Ok(had)
    }

    /// A blob, where the server has it; its bytes are checked against the hash. As much of it as came
    /// waits in the folder for the next time where the line breaks.
    pub(super) async fn blob(
        &self,
        hash: &Hash,
        folder: &Path,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let file = folder.join(format!("{hash}.part"));
        let before = fs::read(&file).unwrap_or_default();
        let goes_on = !before.is_empty();
        let is_it = |bytes: &[u8]| Hash::of(&[bytes]) == *hash;
        let mut came = self.rest_of(hash, before, &file).await?;
        // What was here from before may have been torn by a loss of power: once more, and whole.
        if goes_on && came.as_ref().is_some_and(|bytes| !is_it(bytes)) {
            came = self.rest_of(hash, Vec::new(), &file).await?;
        }
        let Some(bytes) = came else { return Ok(None) };
        // What is left there would only be in the way.
        fs::remove_file(&file).unwrap_or_default();
        if is_it(&bytes) {
            return Ok(Some(bytes));
        }
        Err(nonsense("the bytes of a blob do not have its hash"))
    }

    /// What is here of a blob with what follows; each piece is kept as it comes, where that can be.
    async fn rest_of(
        &self,
        hash: &Hash,
        mut bytes: Vec<u8>,
        file: &Path,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut request = self.request(Method::GET, &address(hash));
        if !bytes.is_empty() {
            request = request.header(header::RANGE, format!("bytes={}-", bytes.len()));
        }
        let response = answered(request, ANSWER_MAX).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let mut response = accept(response).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            bytes.clear();
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).unwrap_or_default();
        }
        let goes_on = !bytes.is_empty();
        let mut kept = OpenOptions::new()
            .create(true)
            .write(true)
            .append(goes_on)
            .truncate(!goes_on)
            .open(file);
        while let Some(piece) = piece(&mut response, ANSWER_MAX).await? {
            if bytes.len() + piece.len() > BLOB_BYTES_MAX {
                return Err(nonsense("the blob is larger than any blob may be"));
            }
            bytes.extend_from_slice(&piece);
            if let Ok(kept) = &mut kept {
                kept.write_all(&piece).unwrap_or_default();
            }
        }
        Ok(Some(bytes))
    }
}

fn address(hash: &Hash) -> String {
    format!("/v1/blobs/{hash}")
}
