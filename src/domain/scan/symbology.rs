//! The AIM identifier that a scanner sends first (ISO/IEC 15424): what kind of code it read.

/// A kind of code, with what may stand behind its letter.
struct Kind {
    letter: char,
    name: &'static str,
    /// Where the code holds text as it stands.
    text: &'static str,
    /// Where it is sent with each backslash doubled, and character sets told by one.
    escaped: &'static str,
}

const fn kind(letter: char, name: &'static str, text: &'static str, escaped: &'static str) -> Kind {
    Kind { letter, name, text, escaped }
}

/// Where more than text is in a code, as a function character in another place than first, its
/// identifier is none of these, and the code is not read.
const KINDS: [Kind; 24] = [
    kind('A', "Code 39", "01234567", ""),
    kind('B', "Telepen", "0124", ""),
    kind('C', "Code 128", "04", ""),
    kind('D', "Code One", "0", ""),
    kind('d', "Data Matrix", "01", "4"),
    kind('E', "EAN/UPC", "", ""),
    kind('e', "GS1 DataBar", "", ""),
    kind('F', "Codabar", "0124", ""),
    kind('G', "Code 93", "0", ""),
    kind('H', "Code 11", "013", ""),
    kind('h', "Han Xin", "0", "1"),
    kind('I', "ITF", "013", ""),
    kind('J', "DotCode", "0", "3"),
    kind('K', "Code 16K", "04", ""),
    kind('L', "PDF417", "02", "1"),
    kind('M', "MSI", "01", ""),
    kind('O', "Codablock", "046", ""),
    kind('P', "Plessey", "0", ""),
    kind('Q', "QR Code", "01", "2"),
    kind('R', "Code 2 of 5", "013", ""),
    kind('S', "Code 2 of 5", "0", ""),
    kind('T', "Code 49", "0", ""),
    kind('U', "MaxiCode", "01", "23"),
    kind('z', "Aztec", "0", "3"),
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
    /// Text in which a backslash begins something that is not read here.
    Escaped,
    /// What is not read here.
    Unread,
}

/// An AIM identifier: `]`, a letter for the kind of code, and what is special about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier {
    letter: char,
    modifier: char,
}

impl Identifier {
    /// The identifier in front of a code, where there is one, known or not, and the rest.
    pub fn split(code: &str) -> (Option<Self>, &str) {
        let mut characters = code.chars();
        if let (Some(']'), Some(letter), Some(modifier)) =
            (characters.next(), characters.next(), characters.next())
            && letter.is_ascii_alphabetic()
            && modifier.is_ascii_alphanumeric()
        {
            return (Some(Self { letter, modifier }), characters.as_str());
        }
        (None, code)
    }

    /// What such a code holds.
    pub fn carrier(self) -> Carrier {
        let of = |modifiers: fn(&Kind) -> &'static str| {
            self.found().is_some_and(|kind| modifiers(kind).contains(self.modifier))
        };
        match (self.letter, self.modifier) {
            ('C' | 'J', '1') | ('e', '0'..='2') | ('d', '2') | ('Q', '3') => Carrier::Elements,
            ('E', '0') => Carrier::Article(13),
            ('E', '4') => Carrier::Article(8),
            _ if of(|kind| kind.text) => Carrier::Text,
            _ if of(|kind| kind.escaped) => Carrier::Escaped,
            _ => Carrier::Unread,
        }
    }

    fn found(self) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.letter == self.letter)
    }

    /// What the kind of code is called; nothing where none is known.
    pub fn kind(self) -> &'static str {
        self.found().map_or("", |kind| kind.name)
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "]{}{}", self.letter, self.modifier)
    }
}
