//! Checking sources: what `gemba check` says, and what a release starts from.

use super::code::Code;
use super::finding::{Checked, Finding, Notes, Sound, Source};
use super::pictures::{PictureFault, ReadPicture};
use super::translation::{self, Named, Original, same_file};
use super::{instruction, specification, standard};
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::specification::Specification;
use crate::domain::translation::{LanguageCode, Translation};

/// What an instruction is read beside.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// The specifications at hand: those given too, and those in the same folder.
    pub specifications: &'a [Specification],
    /// The standard steps at hand: those given too, and those in the same folder.
    pub standards: &'a [StandardStep],
    /// Every source at hand, among which its translations are, and what it is a translation of.
    pub sources: &'a [Source<'a>],
    /// Those among them that are answered for one by one; what is found in others is told here.
    pub named: &'a [Source<'a>],
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
    /// The words of one of these in another language, which are released with it.
    Translation(Translation),
}

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Comma-separated: a specification.
    Specification,
    /// Markdown: an instruction.
    Instruction,
}

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

/// Whether a file's name is that of a translation of another, such as `WI-1040.de.md`.
pub fn translates(file: &str, original: &str) -> bool {
    Named::of(file).is_some_and(|named| named.translates(original))
}

/// Whether a file's name is that of a translation.
pub fn is_translation(file: &str) -> bool {
    Named::of(file).is_some()
}

/// Reads a source of any kind, by its name; an instruction with its translations.
pub fn check(source: &Source<'_>, beside: &Beside<'_>) -> Checked<Definition> {
    match SourceKind::of(source.file) {
        Some(SourceKind::Specification) => {
            check_specification(source).map(|sound| sound.map(Definition::Specification))
        }
        Some(SourceKind::Instruction) => {
            match Named::of(source.file) {
                Some(named) => check_translation((source, named), beside)
                    .map(|sound| sound.map(Definition::Translation)),
                None if standard::source_is_standard(source) => check_standard_step(source, beside)
                    .map(|sound| sound.map(Definition::StandardStep)),
                None => check_instruction(source, beside)
                    .map(|sound| sound.map(Definition::Instruction)),
            }
        }
        None => Err(refuse_kind(source)),
    }
}

fn check_instruction(source: &Source<'_>, beside: &Beside<'_>) -> Checked<Instruction> {
    let Sound { definition, warnings } = instruction::read(source, beside)?;
    let original = Original::Instruction(&definition);
    let translated = translations((source, original), warnings, beside)?;
    Ok(translated.map(|translations| Instruction { translations, ..definition }))
}

fn check_standard_step(source: &Source<'_>, beside: &Beside<'_>) -> Checked<StandardStep> {
    let Sound { definition, warnings } = standard::read(source, beside)?;
    let translated = translations((source, Original::Standard(&definition)), warnings, beside)?;
    Ok(translated.map(|translations| StandardStep { translations, ..definition }))
}

/// The translations of a source, by language. One that has findings leaves the original undefined:
/// nothing is released without the words that stand beside it.
fn translations(
    (source, original): (&Source<'_>, Original<'_>),
    mut warnings: Vec<Finding>,
    beside: &Beside<'_>,
) -> Checked<Vec<Translation>> {
    let mut found: Vec<(LanguageCode, &Source<'_>)> = Vec::new();
    let mut findings = None;
    let is_named = |file: &str| beside.named.iter().any(|named| same_file(named.file, file));
    for other in beside.sources {
        let Some(named) = Named::of(other.file).filter(|named| named.translates(source.file))
        else {
            continue;
        };
        match named.language(other.file) {
            Ok(_) if found.iter().any(|(_, known)| same_file(known.file, other.file)) => {}
            Ok(language) => found.push((language, other)),
            Err(told) => {
                let told = told.into_iter().filter(|_| !is_named(other.file));
                findings.get_or_insert_with(Vec::new).extend(told);
            }
        }
    }
    found.sort_by_key(|(language, _)| *language);
    let mut translations: Vec<Translation> = Vec::new();
    for (language, other) in found {
        if translations.last().is_some_and(|before| before.language == language) {
            let mut notes = Notes::of(other.file, "");
            let what = format!("a second translation into {language} of {}", source.file);
            notes.add(0, Code::TranslationLanguage, &what, "keep one file of each language");
            findings.get_or_insert_with(Vec::new).extend(notes.in_order());
            continue;
        }
        let named = is_named(other.file);
        match translation::read((other, language), (source, original), beside) {
            Ok(sound) => {
                translations.push(sound.definition);
                warnings.extend(sound.warnings.into_iter().filter(|_| !named));
            }
            Err(found) => {
                let told = findings.get_or_insert_with(Vec::new);
                told.extend(found.into_iter().filter(|_| !named));
            }
        }
    }
    match findings {
        Some(findings) => Err(warnings.into_iter().chain(findings).collect()),
        None => Ok(Sound { definition: translations, warnings }),
    }
}

/// Reads a translation beside its original; what is found in that is told of it.
fn check_translation(
    (source, named): (&Source<'_>, Named<'_>),
    beside: &Beside<'_>,
) -> Checked<Translation> {
    let language = named.language(source.file)?;
    let original = named.original();
    let refuse = |what: String, next: String| {
        let mut notes = Notes::of(source.file, "");
        notes.add(0, Code::TranslationAlone, &what, &next);
        Err(notes.in_order())
    };
    let Some(written) = beside.sources.iter().find(|other| named.translates(other.file)) else {
        let next = format!("put {original} beside it, or leave it out");
        return refuse(format!("no {original}"), next);
    };
    let read = if standard::source_is_standard(written) {
        let read = standard::read(written, beside).ok();
        read.map(|s| {
            translation::read(
                (source, language),
                (written, Original::Standard(&s.definition)),
                beside,
            )
        })
    } else {
        let read = instruction::read(written, beside).ok();
        read.map(|i| {
            translation::read(
                (source, language),
                (written, Original::Instruction(&i.definition)),
                beside,
            )
        })
    };
    read.unwrap_or_else(|| {
        refuse(format!("{original} has findings"), format!("mend {original} first"))
    })
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
    let all: Vec<Source<'_>> = sources.iter().chain(neighbors.sources).copied().collect();
    let mut standards = standard_steps(&all, sources, read_picture);
    // What is being written comes before what is released.
    standards.extend(neighbors.standards.iter().cloned());
    sources
        .iter()
        .map(|source| {
            let beside = Beside {
                specifications: &specifications,
                standards: &standards,
                sources: &all,
                named: sources,
                read_picture: &|picture: &str| read_picture(source.file, picture),
            };
            check(source, &beside)
        })
        .collect()
}

/// The standard steps among sources that have no findings.
fn standard_steps(
    all: &[Source<'_>],
    named: &[Source<'_>],
    read_picture: &ReadPictureOf<'_>,
) -> Vec<StandardStep> {
    let standards = all.iter().filter(|source| {
        SourceKind::of(source.file) == Some(SourceKind::Instruction)
            && standard::source_is_standard(source)
    });
    let read = standards.filter_map(|source| {
        let beside = Beside {
            specifications: &[],
            standards: &[],
            sources: all,
            named,
            read_picture: &|picture: &str| read_picture(source.file, picture),
        };
        Some(check_standard_step(source, &beside).ok()?.definition)
    });
    read.collect()
}
