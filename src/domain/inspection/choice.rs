//! Which pieces of a lot are inspected: by chance, and the same ones for whoever asks again.

use std::collections::BTreeSet;

use crate::domain::hash::Hash;

/// So many different pieces of a lot, numbered from 1, in ascending order.
///
/// Each set of that size is equally likely (Floyd's method), and the seed that is kept in the record
/// alone says which one it is.
pub fn pieces(seed: &Hash, lot: u32, size: u32) -> BTreeSet<u32> {
    let size = size.min(lot);
    let mut chosen = BTreeSet::new();
    for last in lot - size + 1..=lot {
        let piece = up_to(seed, last);
        if !chosen.insert(piece) {
            chosen.insert(last);
        }
    }
    chosen
}

/// A number from 1 to `last`, each equally likely: what would make some likelier is drawn again.
fn up_to(seed: &Hash, last: u32) -> u32 {
    let range = u64::from(last);
    let fair = u64::MAX - u64::MAX % range;
    let mut again = 0_u32;
    loop {
        let drawn = Hash::of(&[&seed.0, &last.to_be_bytes(), &again.to_be_bytes()]);
        let mut first = [0; 8];
        first.copy_from_slice(&drawn.0[..8]);
        let number = u64::from_be_bytes(first);
        if number < fair {
            return u32::try_from(number % range).unwrap_or(0) + 1;
        }
        again += 1;
    }
}
