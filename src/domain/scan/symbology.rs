//! The AIM identifier that a scanner sends first (ISO/IEC 15424): what kind of code it read.

/// The kinds of codes by their letter.
const KINDS: [(char, &str); 24] = [
    ('A', "Code 39"),
    ('B', "Telepen"),
    ('C', "Code 128"),
    ('D', "Code One"),
    ('d', "Data Matrix"),
    ('E', "EAN/UPC"),
    ('e', "GS1 DataBar"),
    ('F', "Codabar"),
    ('G', "Code 93"),
    ('H', "Code 11"),
    ('h', "Han Xin"),
    ('I', "ITF"),
    ('J', "DotCode"),
    ('K', "Code 16K"),
    ('L', "PDF417"),
    ('M', "MSI"),
    ('O', "Codablock"),
    ('P', "Plessey"),
    ('Q', "QR Code"),
    ('R', "Code 2 of 5"),
    ('S', "Code 2 of 5"),
    ('T', "Code 49"),
    ('U', "MaxiCode"),
    ('z', "Aztec"),
];

/// What a kind of code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// GS1 elements.
    Elements,
    /// An article number of so many digits.
    Article(usize),
    /// Text.
    Text,
}

/// An AIM identifier: `]`, a letter for the kind of code, and what is special about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier {
    letter: char,
    modifier: char,
}

impl Identifier {
    /// The identifier in front of a code, where there is one of a kind that is known, and the rest.
    pub fn split(code: &str) -> (Option<Self>, &str) {
        let mut characters = code.chars();
        if let (Some(']'), Some(letter), Some(modifier)) =
            (characters.next(), characters.next(), characters.next())
            && modifier.is_ascii_alphanumeric()
            && KINDS.iter().any(|(known, _)| *known == letter)
        {
            return (Some(Self { letter, modifier }), characters.as_str());
        }
        (None, code)
    }

    /// What such a code holds.
    pub fn carrier(self) -> Carrier {
        match (self.letter, self.modifier) {
            ('C' | 'J', '1') | ('e', '0'..='2') | ('d', '2') | ('Q', '3') => Carrier::Elements,
            ('E', '0') => Carrier::Article(13),
            ('E', '4') => Carrier::Article(8),
            _ => Carrier::Text,
        }
    }

    /// What the kind of code is called.
    pub fn kind(self) -> &'static str {
        let found = KINDS.iter().find(|(letter, _)| *letter == self.letter);
        found.map_or("", |(_, name)| name)
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "]{}{}", self.letter, self.modifier)
    }
}
