//! The table of keys: where each stands, what it means, an example.
//! Imports nothing; reading, layout, `--explain` and the README take their keys from it.
//! Invariant: a test writes each key with its example, and sees a change of it in the difference.

pub mod asks;
pub mod page;
pub mod specification;

/// One key of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The word before the colon, or the name of the column.
    pub key: &'static str,
    /// Whether its block is refused without it.
    pub must: bool,
    /// What it means, in a sentence.
    pub what: &'static str,
    /// A value as it is written.
    pub example: &'static str,
}

const fn must(key: &'static str, what: &'static str, example: &'static str) -> Key {
    Key { key, must: true, what, example }
}

const fn may(key: &'static str, what: &'static str, example: &'static str) -> Key {
    Key { key, must: false, what, example }
}

/// The keys that stand together, in the order in which they are laid out.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Where they stand, in words.
    pub stands: &'static str,
    /// The keys.
    pub keys: &'static [Key],
}

/// Every group of keys.
pub static GROUPS: &[Group] = &[
    Group { stands: "front matter", keys: &page::FRONT },
    Group { stands: "front matter of a standard step", keys: &page::STANDARD },
    Group { stands: "block step", keys: &page::STEP },
    Group { stands: "block include", keys: &page::INCLUDE },
    Group { stands: "block quantity", keys: &page::QUANTITY },
    Group { stands: "block scan", keys: &asks::SCAN },
    Group { stands: "block install", keys: &asks::INSTALL },
    Group { stands: "block check", keys: &asks::CHECK },
    Group { stands: "block measure", keys: &asks::MEASURE },
    Group { stands: "block enter", keys: &asks::ENTER },
    Group { stands: "block wait", keys: &asks::WAIT },
    Group { stands: "block sign", keys: &asks::SIGN },
    Group { stands: "head line of a specification", keys: &specification::HEAD },
    Group { stands: "column of a specification", keys: &specification::COLUMNS },
];

/// The words of a group, in its order.
pub(super) const fn words<const N: usize>(keys: &[Key; N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut rank = 0;
    while rank < N {
        words[rank] = keys[rank].key;
        rank += 1;
    }
    words
}

/// Every key with where it stands.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Key)> {
    GROUPS.iter().flat_map(|group| group.keys.iter().map(|key| (group.stands, key)))
}

/// Every place at which a key of this name stands; a block's name gives all of its keys.
pub fn named(name: &str) -> Vec<(&'static str, &'static Key)> {
    let name = name.trim().trim_end_matches(':');
    let by_key: Vec<_> = all().filter(|(_, key)| key.key == name).collect();
    let block = format!("block {name}");
    let of_block = all().filter(|(stands, _)| *stands == name || *stands == block);
    by_key.into_iter().chain(of_block).collect()
}

/// What `--explain` says of a key at one place.
pub fn explain(stands: &str, key: &Key) -> String {
    let must = if key.must { ", always" } else { "" };
    let line = match stands {
        "column of a specification" => format!("{} = {}", key.key, key.example),
        _ => format!("{}: {}", key.key, key.example),
    };
    format!("{}  ({stands}{must})\n    {}\n    {line}\n", key.key, key.what)
}
