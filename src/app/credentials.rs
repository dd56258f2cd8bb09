//! PINs: hashed with Argon2id (RFC 9106) and checked.
//!
//! Whoever checks them does so on one thread of its own: each takes 19 MiB while it runs.

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher as _, Version};

use crate::domain::pin::PinRules;
use crate::domain::refusal::Refusal;

/// OWASP's least for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// 40 MiB of blocks of 1 KiB.
const BLOCKS_RESERVED: usize = 40 * 1024;
/// Stands in where no verifier is known.
const NOBODY_SALT: [u8; 16] = *b"nobody-has-this!";

/// Why a PIN cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// It breaks the site's rule, or is among the first that a thief tries.
    #[error("{}", .0.to_string())]
    Weak(Refusal),
    /// The hash could not be made.
    #[error("the PIN could not be hashed")]
    Hash,
}

/// Makes the verifier of a new PIN, as a PHC string; one that breaks the rules is refused.
pub fn hash(pin: &str, badge: &str, rules: &PinRules) -> Result<String, PinError> {
    Refusal::unless_empty(rules.weaknesses(pin, badge)).map_err(PinError::Weak)?;
    let argon2 = argon2().ok_or(PinError::Hash)?;
    let hashed = argon2.hash_password(pin.as_bytes()).map_err(|_| PinError::Hash)?;
    Ok(hashed.to_string())
}

/// Tells whether a PIN fits a verifier. Without one it is refused after the same time, so that
/// nobody learns from the clock which badges exist.
pub fn verify(pin: &str, verifier: Option<&str>) -> bool {
    let known = verifier.and_then(|text| PasswordHash::new(text).ok());
    let known = known.as_ref().and_then(|k| Some((argon2_of(k)?, k.salt.as_deref()?, k.hash?)));
    let Some(unknown) = argon2() else { return false };
    let (argon2, salt, wanted) = match known {
        Some((argon2, salt, hash)) => (argon2, salt, Some(hash)),
        None => (unknown, &NOBODY_SALT[..], None),
    };
    let derived = derive(&argon2, pin, salt).and_then(|out| Output::new(&out).ok());
    // Outputs are compared in constant time.
    wanted.is_some() && derived == wanted
}

/// Argon2id over a buffer that is larger than the allocator ever keeps for later (32 MiB), so that
/// the memory goes back when it is done; only the blocks in use are touched.
fn derive(argon2: &Argon2<'_>, pin: &str, salt: &[u8]) -> Option<[u8; Params::DEFAULT_OUTPUT_LEN]> {
    let mut blocks: Vec<Block> = Vec::with_capacity(BLOCKS_RESERVED);
    blocks.resize(argon2.params().block_count(), Block::new());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2.hash_password_into_with_memory(pin.as_bytes(), salt, &mut out, &mut blocks).ok()?;
    Some(out)
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// As a verifier was made; one that asks for more memory than is reserved is not ours.
fn argon2_of(verifier: &PasswordHash) -> Option<Argon2<'static>> {
    let params = Params::try_from(verifier).ok()?;
    let ours = params.block_count() <= BLOCKS_RESERVED;
    ours.then(|| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
