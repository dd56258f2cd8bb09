//! What comes as text from the settings, from a device or from the store, as this terminal says it.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::people::Role;
use crate::domain::understood::{Said, understood};
use crate::ui::speech::say;
use crate::ui::speech::tell;

/// Why the store or this machine did not do what was asked, and what to do.
const FAULTS: &[Said] = &[
    ("no store in {dir} → enroll this station, set GEMBA_HOME, or try `gemba demo`", &[]),
    (
        "the store is of a newer gemba (schema {found}, this one knows {known}); nothing was \
         changed → update gemba on this station",
        &[],
    ),
    (
        "the store is damaged: {what} → keep a copy of the file, restore the last backup; what \
         is at the server is not lost",
        &[],
    ),
    (
        "the store cannot be written: {cause}; what was saved before is safe → {next}",
        &["cause", "next"],
    ),
    ("the disk is full", &[]),
    ("free space on the disk, then go on", &[]),
    ("check whether the disk is full or read-only, and the directory's owner and rights", &[]),
    (
        "the store is busy: another process has been writing for long → try again; if it stays, \
         end the process that holds it",
        &[],
    ),
    (
        "the station's key {path} {why}; the ledger can be read, not sealed → restore the key \
         from a backup, or enroll anew",
        &[],
    ),
    ("order {order} is over and is not at this station → gemba sync --order {order}", &[]),
    ("a file has {bytes} bytes, more than {most} → make it smaller", &[]),
    ("the store failed: {what} → report this with `gemba doctor`", &[]),
    ("no random number: {error}", &[]),
    ("nobody is signed in → scan your badge", &[]),
    ("no thread could be started: {error}", &[]),
];
const PLACE_BY: &[Said] = &[("address {address}", &[]), ("scanned", &[]), ("chosen", &[])];
const GAUGE_LINE: &[Said] = &[("gauge line {source}: {why}", &[])];

/// Why the store or this machine did not do what was asked, and what to do.
pub fn fault(why: &str) -> String {
    tell(&understood(why, FAULTS))
}

/// The role of somebody.
pub fn role(word: &str) -> &str {
    let ours = Role::WORDS.iter().find(|(known, _)| *known == word);
    ours.map_or(word, |(known, _)| say!(*known))
}

/// What says where a terminal stands.
pub fn place_by(by: &str) -> String {
    tell(&understood(by, PLACE_BY))
}

/// Why nothing comes from a gauge.
pub fn gauge_line(words: &str) -> String {
    tell(&understood(words, GAUGE_LINE))
}
