//! Handing a definition in: compiled, with its pictures, as blobs and one fact.

use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::authoring::check::Definition;
use crate::authoring::compile::{self, Compiled};
use crate::domain::decide::Command;
use crate::domain::effectivity::Effectivity;
use crate::domain::fact::{Acting, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, PartId, RedlineId, RevisionId};
use crate::domain::instruction::{Instruction, Picture, StandardStep};
use crate::domain::revision::RevisionCommand;
use crate::domain::specification::Specification;
use crate::domain::translation::{LanguageCode, Translation};
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
    /// The redlines that its text says it does.
    pub answers: Vec<RedlineId>,
    /// The languages into which it is translated.
    pub languages: Vec<LanguageCode>,
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
                let Specification { part, revision, drawing, .. } = specification;
                let submission = Submission::new(revision, drawing, compiled, Pictures::default());
                Ok(submission.of_specification(part, effectivity))
            }
            Definition::Translation(words) => {
                let what = format!("words in {} alone cannot be handed in", words.language);
                Err(Fault::refused(what, "they are released with what they translate")
                    .next("name that source; what stands beside it goes along"))
            }
            Definition::StandardStep(standard) => {
                let compiled = compile::compile_standard_step(&standard).map_err(too_large)?;
                let pictures = pictures(standard.pictures(), &read_picture)?;
                let StandardStep { id, revision, title, translations, .. } = standard;
                let submission = Submission::new(revision, title, compiled, pictures);
                let handed_in = submission.of_instruction(("standard step", id), effectivity);
                Ok(Self { languages: languages(&translations), ..handed_in })
            }
            Definition::Instruction(instruction) => {
                let compiled = compile::compile_instruction(&instruction).map_err(too_large)?;
                let pictures = pictures(instruction.pictures(), &read_picture)?;
                let Instruction { id, revision, title, rules, translations, .. } = instruction;
                let submission = Submission::new(revision, title, compiled, pictures);
                let handed_in = submission.of_instruction(("instruction", id), effectivity);
                let languages = languages(&translations);
                Ok(Self { answers: rules.answers, languages, ..handed_in })
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

/// What a definition of any kind is handed in as.
#[derive(Debug)]
struct Submission {
    revision: RevisionId,
    title: String,
    compiled: Compiled,
    pictures: Pictures,
}

impl Submission {
    fn new(revision: RevisionId, title: String, compiled: Compiled, pictures: Pictures) -> Self {
        Self { revision, title, compiled, pictures }
    }

    fn command(&self, effectivity: &Effectivity) -> RevisionCommand {
        RevisionCommand::Submit {
            revision: self.revision.clone(),
            hash: self.compiled.hash,
            blobs: self.pictures.hashes.clone(),
            title: self.title.clone(),
            effectivity: effectivity.clone(),
        }
    }

    fn of_specification(self, part: PartId, effectivity: &Effectivity) -> HandedIn {
        let command = Command::Specification(part.clone(), self.command(effectivity));
        let revision = self.revision.clone();
        let approval = Signing::Specification(part.clone(), revision, self.compiled.hash);
        self.handed_in(("specification", part.to_string()), approval, command)
    }

    fn of_instruction(
        self,
        (kind, id): (&str, InstructionId),
        effectivity: &Effectivity,
    ) -> HandedIn {
        let command = Command::Instruction(id.clone(), self.command(effectivity));
        let revision = self.revision.clone();
        let approval = Signing::Instruction(id.clone(), revision, self.compiled.hash);
        self.handed_in((kind, id.to_string()), approval, command)
    }

    fn handed_in(
        self,
        (kind, id): (&str, String),
        approval: Signing,
        command: Command,
    ) -> HandedIn {
        let Self { revision, compiled, pictures, .. } = self;
        let mut blobs = pictures.blobs;
        blobs.push(compiled.bytes);
        let (what, hash) = (format!("{kind} {id}"), compiled.hash);
        let (answers, languages) = (Vec::new(), Vec::new());
        HandedIn { what, id, revision, hash, approval, answers, languages, blobs, command }
    }
}

fn languages(translations: &[Translation]) -> Vec<LanguageCode> {
    translations.iter().map(|translation| translation.language).collect()
}

/// The pictures of a text with their hashes.
#[derive(Debug, Default)]
struct Pictures {
    blobs: Vec<Vec<u8>>,
    hashes: Vec<Hash>,
}

/// Reads the pictures of a text once more.
fn pictures<'a>(
    shown: impl Iterator<Item = &'a Picture>,
    read_picture: &impl Fn(&Picture) -> Result<Vec<u8>, Fault>,
) -> Result<Pictures, Fault> {
    let mut found = Pictures::default();
    for picture in shown {
        let bytes = read_picture(picture)?;
        if Hash::of(&[&bytes]) != picture.blob {
            let what = format!("{} changed while it was read", picture.file);
            return Err(Fault::refused(what, "nothing was handed in").next("try again"));
        }
        found.hashes.push(picture.blob);
        found.blobs.push(bytes);
    }
    Ok(found)
}
