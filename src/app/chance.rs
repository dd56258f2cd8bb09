//! Chance, of which the domain has none of its own.

use crate::domain::hash::Hash;

/// Thirty-two bytes of the system's chance, by which the pieces of a lot are chosen.
pub fn seed() -> Result<Hash, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(Hash(seed))
}
