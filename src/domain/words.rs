//! Words that people read in their own language: a sentence of ours with its values, as data.
//! Invariant: the sentence stands in the source; what people and files wrote is only ever a value.

use std::fmt;

use serde::{Serialize, Serializer};

/// A sentence in English, with places for values such as `{unit}`, and what stands in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The sentence; it is also the name of its translations.
    pub sentence: &'static str,
    /// The values, each by the name of its place.
    pub values: Vec<(&'static str, Value)>,
}

/// What stands in a place of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// What was written by somebody else: it stays as it is.
    Given(String),
    /// Words of ours.
    Words(Words),
    /// Words of ours at the beginning of a sentence: with a capital letter.
    Begin(Words),
    /// What a server objected to, as it was recorded.
    Objection(String),
}

impl Words {
    /// A sentence without values.
    pub const fn plain(sentence: &'static str) -> Self {
        Self { sentence, values: Vec::new() }
    }

    /// What was written by somebody else: it stays as it is.
    pub fn given(text: impl fmt::Display) -> Self {
        Self { sentence: "{text}", values: vec![("text", Value::Given(text.to_string()))] }
    }

    /// What a server objected to, as it was recorded.
    pub fn objection(recorded: impl fmt::Display) -> Self {
        Self { sentence: "{text}", values: vec![("text", Value::Objection(recorded.to_string()))] }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.to_string().is_empty()
    }

    /// Whether one of our sentences in it says this, whatever others wrote.
    pub fn says(&self, part: &str) -> bool {
        let within = |value: &Value| match value {
            Value::Words(words) | Value::Begin(words) => words.says(part),
            Value::Given(_) | Value::Objection(_) => false,
        };
        self.sentence.contains(part) || self.values.iter().any(|(_, value)| within(value))
    }

    /// The same with one more value that somebody else wrote.
    #[must_use]
    pub fn and(mut self, name: &'static str, given: impl fmt::Display) -> Self {
        self.values.push((name, Value::Given(given.to_string())));
        self
    }

    /// Several, put together two by two by a sentence such as `{these}, {one}`.
    pub fn listed(all: impl IntoIterator<Item = Self>, by: &'static str) -> Self {
        let put = |these, one| Self {
            sentence: by,
            values: vec![("these", Value::Words(these)), ("one", Value::Words(one))],
        };
        all.into_iter().reduce(put).unwrap_or(Self::plain(""))
    }

    /// The same with each text that others wrote as `changed` has it.
    pub fn with_given(&mut self, changed: &dyn Fn(&str) -> String) {
        for (_, value) in &mut self.values {
            match value {
                Value::Given(text) => *text = changed(text),
                Value::Words(words) | Value::Begin(words) => words.with_given(changed),
                Value::Objection(_) => {}
            }
        }
    }

    /// What it says where each sentence of ours reads as `translated` has it.
    pub fn read_by(
        &self,
        translated: &dyn Fn(&'static str) -> &'static str,
        objection: &dyn Fn(&str) -> String,
    ) -> String {
        let value = |name: &str| {
            let (_, value) = self.values.iter().find(|(of, _)| *of == name)?;
            Some(match value {
                Value::Given(text) => text.clone(),
                Value::Words(words) => words.read_by(translated, objection),
                Value::Begin(words) => begun(&words.read_by(translated, objection)),
                Value::Objection(text) => objection(text),
            })
        };
        filled(translated(self.sentence), &value)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.read_by(&without_context, &str::to_owned))
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// With a capital letter, as sentences begin.
pub(super) fn begun(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

impl PartialEq<str> for Words {
    fn eq(&self, text: &str) -> bool {
        *self.to_string() == *text
    }
}

impl PartialEq<&str> for Words {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

impl PartialEq<String> for Words {
    fn eq(&self, text: &String) -> bool {
        self == text.as_str()
    }
}

impl From<&'static str> for Words {
    fn from(sentence: &'static str) -> Self {
        Self::plain(sentence)
    }
}

/// A word of English without what tells it from another word that is written alike: `open` for
/// `state|open`.
pub fn without_context(sentence: &str) -> &str {
    match sentence.split_once('|') {
        Some((context, word)) if is_context(context) => word,
        Some(_) | None => sentence,
    }
}

fn is_context(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// A sentence with its values in their places; a place without a value stays as it is written.
pub fn filled(sentence: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        if let Some((value, after)) = place {
            out.push_str(&value);
            rest = after;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out + rest
}

/// Words with values: `words!("step {step} of {steps}: {state}", step, steps = all.len(), state => "done")`.
/// After `=` stands what others wrote, or a number; after `=>` words of ours.
macro_rules! words {
    ($sentence:literal $(, $name:ident $(= $given:expr)? $(=> $words:expr)?)* $(,)?) => {
        $crate::domain::words::Words {
            sentence: $sentence,
            values: vec![$((stringify!($name), $crate::domain::words::words!(@value $name $(= $given)? $(=> $words)?))),*],
        }
    };
    (@value $name:ident) => { $crate::domain::words::Value::Given($name.to_string()) };
    (@value $name:ident = $given:expr) => {
        $crate::domain::words::Value::Given($given.to_string())
    };
    (@value $name:ident => $words:expr) => {
        $crate::domain::words::Value::Words($crate::domain::words::Words::from($words))
    };
}

pub(crate) use words;
