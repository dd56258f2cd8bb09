//! Canonical text of definitions: what is hashed, released and run.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::pictures::PICTURE_BYTES_MAX;
use crate::domain::hash::Hash;
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::specification::Specification;

/// The largest compiled definition, in bytes, as for any blob.
pub const COMPILED_BYTES_MAX: usize = PICTURE_BYTES_MAX;

/// A definition as released: canonical JSON, and SHA-256 over it. The hashes of its pictures are in
/// the text, so the hash covers them too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The text: keys in fixed order, no blanks, UTF-8.
    pub bytes: Vec<u8>,
    /// SHA-256 over it.
    pub hash: Hash,
}

/// Why a definition was not compiled or read back.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// It is over the limit.
    #[error("the compiled definition is over 16 MiB: split it")]
    TooLarge,
    /// The bytes are no such definition.
    #[error("not a compiled definition: {0}")]
    NotADefinition(#[from] serde_json::Error),
    /// The bytes are one, but not as this program writes it.
    #[error("the compiled definition is not in canonical form")]
    NotCanonical,
}

/// Compiles an instruction.
pub fn compile_instruction(instruction: &Instruction) -> Result<Compiled, CompileError> {
    compile(instruction)
}

/// Compiles a standard step.
pub fn compile_standard_step(standard: &StandardStep) -> Result<Compiled, CompileError> {
    compile(standard)
}

/// Compiles a specification.
pub fn compile_specification(specification: &Specification) -> Result<Compiled, CompileError> {
    compile(specification)
}

/// Reads an instruction back from a blob.
pub fn read_instruction(bytes: &[u8]) -> Result<Instruction, CompileError> {
    read(bytes)
}

/// Reads a standard step back from a blob.
pub fn read_standard_step(bytes: &[u8]) -> Result<StandardStep, CompileError> {
    read(bytes)
}

/// Reads a specification back from a blob.
pub fn read_specification(bytes: &[u8]) -> Result<Specification, CompileError> {
    read(bytes)
}

fn compile<T: Serialize>(definition: &T) -> Result<Compiled, CompileError> {
    let bytes = serde_json::to_vec(definition)?;
    if bytes.len() > COMPILED_BYTES_MAX {
        return Err(CompileError::TooLarge);
    }
    let hash = Hash::of(&[&bytes]);
    Ok(Compiled { bytes, hash })
}

fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CompileError> {
    if bytes.len() > COMPILED_BYTES_MAX {
        return Err(CompileError::TooLarge);
    }
    let definition: T = serde_json::from_slice(bytes)?;
    // What was left out or written otherwise would have another hash than what it says.
    if serde_json::to_vec(&definition)? != bytes {
        return Err(CompileError::NotCanonical);
    }
    Ok(definition)
}
