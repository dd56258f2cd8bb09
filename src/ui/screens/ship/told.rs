//! What did not go as planned and why a unit does not go out, in the language of the terminal: it comes
//! from the store as text.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::understood::{GAPS, HELD, Said, understood};
use crate::ui::screens::told::not_valid;
use crate::ui::speech::say;
use crate::ui::speech::tell;

const KINDS: &[Said] = &[
    ("accepted", &[]),
    ("as-built", &[]),
    ("as-is", &[]),
    ("corrected", &[]),
    ("deviation", &[]),
    ("failing", &[]),
    ("fast", &[]),
    ("held", &[]),
    ("judged", &[]),
    ("marginal", &[]),
    ("moved", &[]),
    ("permit", &[]),
    ("retried", &[]),
    ("returned", &[]),
    ("skipped", &[]),
    ("stale", &[]),
    ("taken-out", &[]),
    ("uncovered", &[]),
    ("unknown", &[]),
    ("unseen", &[]),
    ("wait-accepted", &[]),
    ("withdrawn", &[]),
];
const WORKED: &[Said] = &[
    ("{at}: attempt {rank}", &[]),
    ("{at}: done elsewhere too, unseen", &[]),
    ("{at}: {answers} answers in {seconds} s, under {least} s each", &[]),
    ("{at}: {was} became {now}: {reason}", &[]),
    ("{at}: a signature that covers no more", &[]),
    ("{at}: {value}, permit {permit}", &[]),
    ("{component}: its lot was rejected, used as is", &[]),
    ("{component}: nothing was known of it", &[]),
    ("was shipped, and came back: {reason}", &[]),
    ("{hours} h after the last contact with the server", &[]),
    ("{what}; work by it stops", &[]),
    ("{what}; work by it goes on", &[]),
];
/// How a hold ended.
const ENDED: [&str; 10] = [
    "put right by its author",
    "measured again",
    "used as it is",
    "void",
    "done again",
    "permitted",
    "answered by a person",
    "the check that failed is good after all",
    "measured one by one",
    "inspected",
];
/// What kind of exception it is.
pub(super) fn kind(text: &str) -> String {
    tell(&understood(text, KINDS))
}

/// What did not simply go as planned.
pub(super) fn exception(kind: &str, text: &str) -> String {
    match kind {
        "deviation" => match text.split_once(": ") {
            Some((deviation, hold)) => format!("{deviation}: {}", hold_of(hold)),
            None => text.to_owned(),
        },
        "judged" | "held" => hold_of(text),
        "as-built" => tell(&understood(text, GAPS)),
        // What people typed stays as it was.
        "skipped" | "accepted" | "taken-out" | "wait-accepted" | "marginal" | "failing" => {
            text.to_owned()
        }
        _ => tell(&understood(text, WORKED)),
    }
}

/// A hold that was ended: why it was placed, and how it ended.
fn hold_of(text: &str) -> String {
    let ended = ENDED.into_iter().find_map(|how| {
        let why = text.strip_suffix(how)?.strip_suffix(": ")?;
        Some((why, how))
    });
    let Some((why, how)) = ended else { return text.to_owned() };
    format!("{}: {}", tell(&understood(why, HELD)), say!(how))
}

/// Why a unit is held, or its certificate is not valid.
pub(super) fn in_doubt(why: &str) -> String {
    match why.strip_prefix("certificate not valid: ") {
        Some(why) => say!("certificate not valid: {why}", why = not_valid(why)),
        None => tell(&understood(why, HELD)),
    }
}
