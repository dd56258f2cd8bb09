//! Bodies packed with zstd, and unpacked to no more than a limit: what is unpacked without one is a way
//! to fill the memory of whoever reads it.

use std::fmt;
use std::io::{BufReader, Read, Write};

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

/// Packs what is written to it.
pub struct Packer<W: Write>(zstd::stream::write::Encoder<'static, W>);

impl<W: Write> Packer<W> {
    /// Begins.
    pub fn new(to: W) -> std::io::Result<Self> {
        zstd::stream::write::Encoder::new(to, LEVEL).map(Self)
    }

    /// Ends; without it, what was written is cut off.
    pub fn finish(self) -> std::io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write> fmt::Debug for Packer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

/// Unpacks what it reads, as much as is asked for.
pub struct Unpacker<R: Read>(zstd::stream::read::Decoder<'static, BufReader<R>>);

impl<R: Read> Unpacker<R> {
    /// Begins.
    pub fn new(from: R) -> std::io::Result<Self> {
        let mut decoder = zstd::stream::read::Decoder::new(from)?;
        decoder.window_log_max(WINDOW_LOG_MAX)?;
        Ok(Self(decoder))
    }
}

impl<R: Read> Read for Unpacker<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

impl<R: Read> fmt::Debug for Unpacker<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").finish_non_exhaustive()
    }
}
