//! Handing a definition in: compiled, with its pictures, as blobs and one fact.

use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::authoring::check::Definition;
use crate::authoring::compile;
use crate::domain::decide::Command;
use crate::domain::effectivity::Effectivity;
use crate::domain::fact::{Acting, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::RevisionId;
use crate::domain::instruction::Picture;
use crate::domain::revision::RevisionCommand;
use crate::ui::effect::Signing;

/// A definition with everything that goes into the store.
#[derive(Debug)]
pub struct HandedIn {
    /// `instruction WI-1040`, for people.
    pub what: String,
    /// The id of the instruction or the part.
    pub id: String,
    /// The revision.
    pub revision: RevisionId,
    /// SHA-256 over the compiled text.
    pub hash: Hash,
    /// What is signed to approve it.
    pub approval: Signing,
    blobs: Vec<Vec<u8>>,
    command: Command,
}

impl HandedIn {
    /// Compiles a definition; pictures are read anew, and must be those that were checked.
    pub fn compile(
        definition: Definition,
        effectivity: &Effectivity,
        read_picture: impl Fn(&Picture) -> Result<Vec<u8>, Fault>,
    ) -> Result<Self, Fault> {
        let too_large = |error| Fault::refused("the definition cannot be compiled", error);
        match definition {
            Definition::Specification(specification) => {
                let compiled = compile::compile_specification(&specification).map_err(too_large)?;
                let (part, revision) = (specification.part, specification.revision);
                let submit = RevisionCommand::Submit {
                    revision: revision.clone(),
                    hash: compiled.hash,
                    blobs: Vec::new(),
                    title: specification.drawing,
                    effectivity: effectivity.clone(),
                };
                Ok(Self {
                    what: format!("specification {part}"),
                    id: part.to_string(),
                    approval: Signing::Specification(part.clone(), revision.clone(), compiled.hash),
                    hash: compiled.hash,
                    revision,
                    blobs: vec![compiled.bytes],
                    command: Command::Specification(part, submit),
                })
            }
            Definition::StandardStep(standard) => {
                let compiled = compile::compile_standard_step(&standard).map_err(too_large)?;
                let (mut blobs, hashes) = pictures(standard.pictures(), &read_picture)?;
                blobs.push(compiled.bytes);
                let (id, revision) = (standard.id, standard.revision);
                let submit = RevisionCommand::Submit {
                    revision: revision.clone(),
                    hash: compiled.hash,
                    blobs: hashes,
                    title: standard.title,
                    effectivity: effectivity.clone(),
                };
                Ok(Self {
                    what: format!("standard step {id}"),
                    id: id.to_string(),
                    approval: Signing::Instruction(id.clone(), revision.clone(), compiled.hash),
                    revision,
                    hash: compiled.hash,
                    blobs,
                    command: Command::Instruction(id, submit),
                })
            }
            Definition::Instruction(instruction) => {
                let compiled = compile::compile_instruction(&instruction).map_err(too_large)?;
                let (mut blobs, hashes) = pictures(instruction.pictures(), &read_picture)?;
                blobs.push(compiled.bytes);
                let submit = RevisionCommand::Submit {
                    revision: instruction.revision.clone(),
                    hash: compiled.hash,
                    blobs: hashes,
                    title: instruction.title.clone(),
                    effectivity: effectivity.clone(),
                };
                Ok(Self {
                    what: format!("instruction {}", instruction.id),
                    id: instruction.id.to_string(),
                    approval: Signing::Instruction(
                        instruction.id.clone(),
                        instruction.revision.clone(),
                        compiled.hash,
                    ),
                    revision: instruction.revision,
                    hash: compiled.hash,
                    blobs,
                    command: Command::Instruction(instruction.id, submit),
                })
            }
        }
    }

    /// Keeps the blobs, then saves the fact that names them.
    pub fn submit(self, station: &mut Station, acting: &Acting) -> Result<Vec<Position>, Fault> {
        for blob in &self.blobs {
            station.ledger.put_blob(blob)?;
        }
        Ok(station.transact(acting, self.command)?)
    }
}

/// The pictures of a text, read once more, with their hashes.
fn pictures<'a>(
    shown: impl Iterator<Item = &'a Picture>,
    read_picture: &impl Fn(&Picture) -> Result<Vec<u8>, Fault>,
) -> Result<(Vec<Vec<u8>>, Vec<Hash>), Fault> {
    let (mut blobs, mut hashes) = (Vec::new(), Vec::new());
    for picture in shown {
        let bytes = read_picture(picture)?;
        if Hash::of(&[&bytes]) != picture.blob {
            let what = format!("{} changed while it was read", picture.file);
            return Err(Fault::refused(what, "nothing was handed in").next("try again"));
        }
        hashes.push(picture.blob);
        blobs.push(bytes);
    }
    Ok((blobs, hashes))
}
