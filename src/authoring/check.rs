//! Checking sources: what `gemba check` says, and what a release starts from.

use super::code::Code;
use super::finding::{Finding, Notes, Source};
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
pub fn check_specification(source: &Source<'_>) -> Result<Specification, Vec<Finding>> {
    specification::read(source)
}

/// Reads an instruction, or says everything that is wrong with it.
pub fn check_instruction(
    source: &Source<'_>,
    beside: &Beside<'_>,
) -> Result<Instruction, Vec<Finding>> {
    instruction::read(source, beside)
}

/// Reads a source of either kind, by the ending of its name.
pub fn check(source: &Source<'_>, beside: &Beside<'_>) -> Result<Definition, Vec<Finding>> {
    match SourceKind::of(source.file) {
        Some(SourceKind::Specification) => {
            check_specification(source).map(Definition::Specification)
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
                return standard::read(source, beside).map(Definition::StandardStep);
            }
            check_instruction(source, beside).map(Definition::Instruction)
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

/// Reads several sources, in their order; instructions find the specifications among them, and
/// those of `neighbors`, which are not answered for.
pub fn check_all(
    sources: &[Source<'_>],
    neighbors: &[Source<'_>],
    read_picture: &ReadPictureOf<'_>,
) -> Vec<Result<Definition, Vec<Finding>>> {
    let specifications: Vec<Specification> = sources
        .iter()
        .chain(neighbors)
        .filter(|source| SourceKind::of(source.file) == Some(SourceKind::Specification))
        .filter_map(|source| check_specification(source).ok())
        .collect();
    let standards = standard_steps(sources, neighbors, read_picture);
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
        standard::read(source, &beside).ok()
    });
    read.collect()
}
