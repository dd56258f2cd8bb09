//! PINs: hashed with Argon2id (RFC 9106) and checked; which PINs are too easy.
//!
//! Whoever checks them does so on one thread of its own: each takes 19 MiB while it runs.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

/// OWASP's least for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The fewest digits of a PIN.
pub const PIN_DIGITS_MIN: usize = 6;
/// The most digits of a PIN.
pub const PIN_DIGITS_MAX: usize = 12;

/// PINs that are tried first by whoever finds a badge.
const DENIED: [&str; 8] =
    ["121212", "112233", "123123", "123321", "101010", "147258", "159753", "202020"];

/// Why a PIN cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Too short, too long, or not digits.
    #[error("a PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits and nothing else")]
    Digits,
    /// Among the first that a thief tries.
    #[error("this PIN is too easy to guess: choose one without a row or a pattern")]
    Easy,
    /// The hash could not be made.
    #[error("the PIN could not be hashed")]
    Hash,
}

/// Refuses a PIN that is too short or too easy.
pub fn check(pin: &str) -> Result<(), PinError> {
    let digits = pin.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&pin.len()) {
        return Err(PinError::Digits);
    }
    let step_by = |step: i16| {
        pin.as_bytes()
            .windows(2)
            .all(|w| (i16::from(w[1]) - i16::from(w[0])).rem_euclid(10) == step)
    };
    let few = pin.bytes().collect::<std::collections::BTreeSet<u8>>().len() < 3;
    if DENIED.contains(&pin) || few || step_by(1) || step_by(9) {
        return Err(PinError::Easy);
    }
    Ok(())
}

/// Makes the verifier of a PIN, as a PHC string.
pub fn hash(pin: &str) -> Result<String, PinError> {
    check(pin)?;
    let argon2 = argon2().ok_or(PinError::Hash)?;
    let hashed = argon2.hash_password(pin.as_bytes()).map_err(|_| PinError::Hash)?;
    Ok(hashed.to_string())
}

/// Tells whether a PIN fits a verifier. Without one it is refused after the same time, so that
/// nobody learns from the clock which badges exist.
pub fn verify(pin: &str, verifier: Option<&str>) -> bool {
    let parsed = verifier.and_then(|text| PasswordHash::new(text).ok());
    let Some(argon2) = argon2() else { return false };
    let Some(known) = parsed else {
        let spent = argon2.hash_password_with_salt(pin.as_bytes(), b"nobody has this badge");
        // Only the time it took matters.
        drop(spent);
        return false;
    };
    argon2.verify_password(pin.as_bytes(), &known).is_ok()
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
