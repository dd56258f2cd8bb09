//! What a site calls things otherwise: its words for ours, put into a sentence before its values are.
//! Invariant: values, commands and what means something else are left as they stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::deviation_rules::DEVIATION;
use super::language::Language;
use super::place::SiteRules;
use super::refusal::Reason;
use super::refusal::signing::SigningReason;
use super::text::is_deceptive;
use super::words::{begun, without_context};

/// The list of what may be called otherwise, as people call it.
pub const TERMS: &str = "words that a site may call otherwise";
/// One of them, as people call it.
const TERM: &str = "a term of the site";
/// The longest, in characters.
const CHARACTERS_MAX: usize = 40;
/// What begins a command; what follows it is typed, up to one of the marks.
const COMMAND: &str = "gemba";
const COMMAND_ENDS: [char; 5] = [')', ';', ':', ',', '.'];

/// What shops have words of their own for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// What departs from what is asked for.
    Deviation,
    /// What stops a unit, as a noun: what holds and is held keeps its verb.
    Hold,
    /// What says how something is made.
    Instruction,
    /// Pieces that go together.
    Lot,
    /// A part of a route.
    Operation,
    /// What asks for units.
    Order,
    /// What lets a value outside its limits pass, granted before.
    Permit,
    /// A bench, an oven, a fixture.
    Place,
    /// An installation of this program.
    Station,
    /// The record that goes with a unit.
    Traveler,
    /// One thing that is made; units of measure keep their name.
    Unit,
}

impl Term {
    /// Every term with its word.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("deviation", Self::Deviation),
        ("hold", Self::Hold),
        ("instruction", Self::Instruction),
        ("lot", Self::Lot),
        ("operation", Self::Operation),
        ("order", Self::Order),
        ("permit", Self::Permit),
        ("place", Self::Place),
        ("station", Self::Station),
        ("traveler", Self::Traveler),
        ("unit", Self::Unit),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, term)| *term)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, term)| *term == self).map_or("", |(word, _)| word)
    }

    /// Of one and of several, as German says them in all its cases.
    const fn german(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Deviation => (&["Abweichung"], &["Abweichungen"]),
            Self::Hold => (&["Sperre"], &["Sperren"]),
            Self::Instruction => (&["Anweisung"], &["Anweisungen"]),
            Self::Lot => (&["Los", "Loses"], &["Lose", "Losen"]),
            Self::Operation => {
                (&["Arbeitsgang", "Arbeitsgangs"], &["Arbeitsgänge", "Arbeitsgängen"])
            }
            Self::Order => (&["Auftrag", "Auftrags"], &["Aufträge", "Aufträgen"]),
            Self::Permit => (&["Sonderfreigabe"], &["Sonderfreigaben"]),
            Self::Place => (&["Platz", "Platzes"], &["Plätze", "Plätzen"]),
            Self::Station => (&["Station"], &["Stationen"]),
            Self::Traveler => (&["Laufkarte"], &["Laufkarten"]),
            Self::Unit => (&["Einheit"], &["Einheiten"]),
        }
    }

    /// The term that a word of a sentence is, and whether of several.
    fn of(language: Language, word: &str) -> Option<(Self, bool)> {
        match language {
            Language::English => {
                let word = word.to_lowercase();
                let one = |word: &str| {
                    Self::WORDS.iter().find(|(term, _)| *term == word).map(|(_, term)| *term)
                };
                let many = || Some((one(word.strip_suffix('s')?)?, true));
                one(&word).map(|term| (term, false)).or_else(many)
            }
            Language::German => {
                let upper = is_upper(word);
                let same = |form: &&str| *form == word || (upper && form.to_uppercase() == word);
                Self::WORDS.iter().find_map(|(_, term)| {
                    let (one, many) = term.german();
                    let found = one.iter().any(same);
                    (found || many.iter().any(same)).then_some((*term, !found))
                })
            }
        }
    }

    /// Whether an English word stands for it, by what stands before and behind.
    fn meant(self, before: &str, after: &str) -> bool {
        let before = before.to_lowercase();
        let behind = |words: &[&str]| {
            let rest = words.iter().find_map(|word| before.strip_suffix(word));
            rest.is_some_and(|rest| !rest.ends_with(char::is_alphabetic))
        };
        let ahead = |words: &[&str]| words.iter().any(|word| after.starts_with(word));
        match self {
            Self::Deviation => !behind(&["standard "]) && !ahead(&[" permit"]),
            Self::Hold => {
                behind(&["on ", "the ", "a ", "this ", "its ", "one ", "no ", "open ", "server's "])
                    || (before.is_empty() && ahead(&[" lifted", " released"]))
            }
            Self::Order => {
                let sequence = behind(&["in the "]) && ahead(&[" of"]);
                !sequence && !behind(&["in ", "in this ", "change|"]) && !ahead(&[" of steps"])
            }
            Self::Permit => !behind(&["deviation "]),
            Self::Place => {
                let instead = behind(&["in "]) && ahead(&[" of"]);
                !instead && !ahead(&[" in a count", " this hold"])
            }
            Self::Unit => {
                !behind(&["gauge's ", "unknown ", "right ", "column|", "in two ", "is no "])
                    && !ahead(&[" of {expected}"])
            }
            Self::Instruction | Self::Lot | Self::Operation | Self::Station | Self::Traveler => {
                true
            }
        }
    }
}

/// Of one and of several, as within a sentence.
pub type Name = [String; 2];

/// What a site calls things otherwise, by language (ISO 639-1) and by our word. What a later version
/// may name besides is kept, and changes nothing here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Terms(BTreeMap<String, BTreeMap<String, Name>>);

/// What something is called from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermChange {
    /// The language.
    pub language: String,
    /// Our word.
    pub word: String,
    /// What it is called; absent for our word again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

impl Terms {
    /// What a site calls things; a word that it set for a deviation alone counts in each language in
    /// which no term says otherwise.
    pub fn of(rules: &SiteRules) -> Self {
        let mut terms = rules.terms.clone();
        let Some(word) = rules.deviations.word.as_deref().filter(|word| *word != DEVIATION) else {
            return terms;
        };
        let short = !word.chars().any(char::is_lowercase);
        for language in Language::ALL {
            let name = match language {
                Language::English => {
                    let one = if short { word.to_owned() } else { word.to_lowercase() };
                    [one.clone(), one + "s"]
                }
                Language::German => [word.to_owned(), word.to_owned()],
            };
            let of = terms.0.entry(language.code().to_owned()).or_default();
            of.entry(Term::Deviation.word().to_owned()).or_insert(name);
        }
        terms
    }

    /// Whether nothing is called otherwise.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }

    /// Every one: language, our word, what it is called.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Name)> {
        self.0.iter().flat_map(|(language, names)| {
            names.iter().map(|(word, name)| (language.as_str(), word.as_str(), name))
        })
    }

    /// With what is called otherwise from now on.
    pub(super) fn change(&mut self, change: &TermChange) {
        let names = self.0.entry(change.language.clone()).or_default();
        match &change.name {
            Some(name) => drop(names.insert(change.word.clone(), name.clone())),
            None => drop(names.remove(&change.word)),
        }
        self.0.retain(|_, names| !names.is_empty());
    }

    /// A sentence of ours as this site says it, with its places, and without what tells it from
    /// another one that is written alike.
    pub fn said(&self, language: Language, sentence: &str) -> String {
        let mut at = sentence.len() - without_context(sentence).len();
        let Some(names) = self.0.get(language.code()) else { return sentence[at..].to_owned() };
        let mut said = String::with_capacity(sentence.len() + 16);
        while let Some(first) = sentence[at..].chars().next() {
            let end = at + token(&sentence[at..], first);
            let (before, text, after) = (&sentence[..at], &sentence[at..end], &sentence[end..]);
            let whole = !before.ends_with('-') && !after.starts_with('-');
            let found = Term::of(language, text).filter(|(term, _)| {
                whole && (language != Language::English || term.meant(before, after))
            });
            let name = found.and_then(|(term, many)| {
                let [one, several] = names.get(term.word()).filter(|name| fits(name))?;
                Some(as_case(text, if many { several } else { one }))
            });
            if let Some(name) = &name
                && language == Language::English
            {
                put_article(&mut said, name);
            }
            said.push_str(name.as_deref().unwrap_or(text));
            at = end;
        }
        said
    }
}

/// How long what begins a text is: a place, a command, a word, or one other character.
fn token(text: &str, first: char) -> usize {
    let up_to = |end: Option<usize>| end.unwrap_or(text.len());
    if first == '{' {
        return up_to(text.find('}').map(|end| end + 1));
    }
    if !first.is_alphabetic() {
        return first.len_utf8();
    }
    let word = up_to(text.find(|c: char| !c.is_alphanumeric() && c != '_'));
    if &text[..word] == COMMAND { up_to(text.find(COMMAND_ENDS)) } else { word }
}

/// A name with the case of the word in whose place it stands.
fn as_case(found: &str, name: &str) -> String {
    if is_upper(found) {
        name.to_uppercase()
    } else if found.starts_with(char::is_uppercase) {
        begun(name)
    } else {
        name.to_owned()
    }
}

fn is_upper(word: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase)
}

/// Has the article before a name fit it: `a lot`, `an NCR`.
fn put_article(said: &mut String, name: &str) {
    let Some(before) = said.strip_suffix(' ') else { return };
    let begins = before.rfind(|c: char| !c.is_alphabetic()).map_or(0, |at| at + 1);
    let Some(before) = before.get(begins..) else { return };
    if !["a", "an", "A", "An"].contains(&before) {
        return;
    }
    let capital = before.starts_with('A');
    said.truncate(begins);
    said.push(if capital { 'A' } else { 'a' });
    said.push_str(if sounds_open(name) { "n " } else { " " });
}

/// Whether a name begins with a vowel as it is spoken: `order`, `NCR`, and neither `unit` nor `one-off`.
fn sounds_open(name: &str) -> bool {
    let first = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(name);
    let spelled = first.chars().all(|c| !c.is_lowercase());
    let first = first.to_lowercase();
    if spelled {
        return first.starts_with(|c| "aefhilmnorsx8".contains(c));
    }
    let as_you = ["uni", "use", "usa", "eu", "one"].iter().any(|begin| first.starts_with(begin));
    first.starts_with(|c| "aeiou".contains(c)) && !as_you
}

/// Whether a name can stand in a sentence.
fn fits(name: &Name) -> bool {
    name.iter().all(|text| {
        let odd = |c: char| c.is_control() || is_deceptive(c) || matches!(c, '{' | '}');
        (1..=CHARACTERS_MAX).contains(&text.chars().count())
            && !text.contains(odd)
            && text.trim() == text
    })
}

/// Adds a reason for each term that no site may have.
pub(super) fn require(terms: &Terms, context: &Context, reasons: &mut Vec<Reason>) {
    for (language, word, name) in terms.iter() {
        if Language::of_code(language).is_none() || Term::parse(word).is_none() {
            let (list, text) = (TERMS, format!("{language}, {word}"));
            reasons.push(SigningReason::NotOnList { list, text }.into());
        }
        for text in name {
            context.require_line(TERM, text, reasons);
            if text.chars().count() > CHARACTERS_MAX {
                let most = u32::try_from(CHARACTERS_MAX).unwrap_or(u32::MAX);
                let rule = "characters of a term of the site";
                reasons.push(SigningReason::RuleOutOfRange { rule, least: 1, most }.into());
            }
        }
        let unreadable = Reason::TextUnreadable { what: TERM };
        let odd = |text: &String| text.contains(['{', '}']) || text.trim() != text;
        if name.iter().any(odd) && !reasons.contains(&unreadable) {
            reasons.push(unreadable);
        }
    }
}
