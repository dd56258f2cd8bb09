//! Checking sources: what `gemba check` says, and what a release starts from.

use super::code::Code;
use super::finding::{Checked, Finding, Notes, Source};
use super::pictures::{PictureFault, ReadPicture};
use super::{instruction, specification, standard};
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::specification::Specification;

/// What an instruction is read beside.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// The specifications at hand: those given too, and those in the same folder.
    pub specifications: &'a [Specification],
    /// The standard steps at hand: those given too, and those in the same folder.
    pub standards: &'a [StandardStep],
    /// Reads a picture by its name in the source.
    pub read_picture: &'a ReadPicture<'a>,
}

impl std::fmt::Debug for Beside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let specifications = &self.specifications;
        f.debug_struct("Beside").field("specifications", specifications).finish_non_exhaustive()
    }
}

/// What a source defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    /// A specification.
    Specification(Specification),
    /// An instruction.
    Instruction(Instruction),
    /// A standard step.
    StandardStep(StandardStep),
}

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Comma-separated: a specification.
    Specification,
    /// Markdown: an instruction.
    Instruction,
}

/// Languages whose code before the ending makes a file a translation.
const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "it", "pl", "cs", "nl"];

impl SourceKind {
    /// Reads the ending of a file's name.
    pub fn of(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Specification),
            "md" => Some(Self::Instruction),
            _ => None,
        }
    }
}

/// Reads a specification, or says everything that is wrong with it.
pub fn check_specification(source: &Source<'_>) -> Checked<Specification> {
    specification::read(source)
}

/// Reads an instruction, or says everything that is wrong with it.
pub fn check_instruction(source: &Source<'_>, beside: &Beside<'_>) -> Checked<Instruction> {
    instruction::read(source, beside)
}

/// Reads a source of either kind, by the ending of its name.
pub fn check(source: &Source<'_>, beside: &Beside<'_>) -> Checked<Definition> {
    match SourceKind::of(source.file) {
        Some(SourceKind::Specification) => {
            check_specification(source).map(|sound| sound.map(Definition::Specification))
        }
        Some(SourceKind::Instruction) => {
            let language = source.file.rsplit('.').nth(1).filter(|l| LANGUAGES.contains(l));
            if let Some(language) = language {
                let mut notes = Notes::of(source.file, "");
                let what = format!("a translation (.{language}.md) is not built in this version");
                let next = "leave it out until a version that has it";
                notes.add(0, Code::TranslationNotBuilt, &what, next);
                return Err(notes.in_order());
            }
            if standard::source_is_standard(source) {
                let read = standard::read(source, beside);
                return read.map(|sound| sound.map(Definition::StandardStep));
            }
            check_instruction(source, beside).map(|sound| sound.map(Definition::Instruction))
        }
        None => Err(refuse_kind(source)),
    }
}

/// What is said about a file that is neither.
pub(super) fn refuse_kind(source: &Source<'_>) -> Vec<Finding> {
    let mut notes = Notes::of(source.file, "");
    let next = "name an instruction .md and a specification .csv";
    notes.add(0, Code::FileKind, "a file of another kind", next);
    notes.in_order()
}

/// Reads a picture by the name of the source's file and its name in the source.
pub type ReadPictureOf<'a> = dyn Fn(&str, &str) -> Result<Vec<u8>, PictureFault> + 'a;

/// What stands beside several sources and is not answered for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neighbors<'a> {
    /// Other sources of their folders.
    pub sources: &'a [Source<'a>],
    /// Standard steps that are released at this station.
    pub standards: &'a [StandardStep],
}

/// Reads several sources, in their order; instructions find the specifications and standard steps
/// among them and their neighbors.
pub fn check_all(
    sources: &[Source<'_>],
    neighbors: Neighbors<'_>,
    read_picture: &ReadPictureOf<'_>,
) -> Vec<Checked<Definition>> {
    let specifications: Vec<Specification> = sources
        .iter()
        .chain(neighbors.sources)
        .filter(|source| SourceKind::of(source.file) == Some(SourceKind::Specification))
        .filter_map(|source| Some(check_specification(source).ok()?.definition))
        .collect();
    let mut standards = standard_steps(sources, neighbors.sources, read_picture);
    // What is being written comes before what is released.
    standards.extend(neighbors.standards.iter().cloned());
    sources
        .iter()
        .map(|source| {
            let read = |picture: &str| read_picture(source.file, picture);
            let (specifications, standards) = (&specifications, &standards);
            check(source, &Beside { specifications, standards, read_picture: &read })
        })
        .collect()
}

/// The standard steps among sources and their neighbors that have no findings.
fn standard_steps(
    sources: &[Source<'_>],
    neighbors: &[Source<'_>],
    read_picture: &ReadPictureOf<'_>,
) -> Vec<StandardStep> {
    let all = sources.iter().chain(neighbors);
    let standards = all.filter(|source| {
        SourceKind::of(source.file) == Some(SourceKind::Instruction)
            && standard::source_is_standard(source)
    });
    let read = standards.filter_map(|source| {
        let read = |picture: &str| read_picture(source.file, picture);
        let beside = Beside { specifications: &[], standards: &[], read_picture: &read };
        Some(standard::read(source, &beside).ok()?.definition)
    });
    read.collect()
}
