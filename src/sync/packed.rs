//! Bodies packed with zstd, and unpacked to no more than a limit: what is unpacked without one is a way
//! to fill the memory of whoever reads it.

use std::io::Read;

/// What a packed body says of itself in `Content-Encoding`.
pub const ENCODING: &str = "zstd";
/// Smaller bodies are sent as they are.
pub const PACKED_FROM: usize = 512;

/// Facts are much alike: the lightest level makes a fifth of them, and more level little less.
const LEVEL: i32 = 1;
/// The largest window that is taken, as a power of two: 8 MiB.
const WINDOW_LOG_MAX: u32 = 23;

/// Why a body was not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// More than the limit.
    #[error("unpacked, it is larger than it may be")]
    TooLarge,
    /// Not zstd, or cut off.
    #[error("it is not packed as it says")]
    Broken,
}

/// Packs a body.
pub fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::stream::encode_all(bytes, LEVEL)
}

/// Unpacks a body of at most so many bytes; never holds more.
pub fn unpack(bytes: &[u8], most: usize) -> Result<Vec<u8>, UnpackError> {
    let broken = |_| UnpackError::Broken;
    let mut decoder = zstd::stream::read::Decoder::new(bytes).map_err(broken)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(broken)?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    decoder.take(limit).read_to_end(&mut unpacked).map_err(broken)?;
    if unpacked.len() > most { Err(UnpackError::TooLarge) } else { Ok(unpacked) }
}
