//! Checks stations' seals: that a ledger up to its head was written with the station's key.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::domain::fact::{LedgerHead, Seal};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

/// Tells whether a text is an Ed25519 public key that a seal can be checked with.
pub fn is_public_key(hex: &str) -> bool {
    key(hex).is_some()
}

/// The ledger that a public key writes: the first 32 digits of its SHA-256.
pub fn ledger_of(public_key: &str) -> Option<LedgerId> {
    let bytes = bytes::<32>(public_key)?;
    LedgerId::parse(&Hash::of(&[&bytes]).to_string()[..32]).ok()
}

/// Tells whether a seal was made with the key; strict, so that nobody else can make another
/// signature out of one.
pub fn is_genuine(public_key: &str, seal: &Seal) -> bool {
    let (Some(key), Some(signature)) = (key(public_key), bytes::<64>(&seal.signature)) else {
        return false;
    };
    let head = LedgerHead { epoch: seal.epoch, last_seq: seal.last_seq, last_id: seal.head };
    let message = Seal::message(&seal.ledger, &head);
    key.verify_strict(&message, &Signature::from_bytes(&signature)).is_ok()
}

fn key(hex: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes::<32>(hex)?).ok().filter(|key| !key.is_weak())
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let hex = hex.as_bytes();
    if hex.len() != N * 2 {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(pair[0])? * 16 + digit(pair[1])?;
    }
    Some(bytes)
}
