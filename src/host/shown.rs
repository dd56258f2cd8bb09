//! What a connection showed to be let in, and what became of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of so much that was shown and not enough it is remembered what it was.
const REJECTED_MAX: usize = 8;

/// What became of what a connection showed to be let in.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// It was enough.
    pub(super) let_in: AtomicBool,
    /// A badge and a PIN were shown that prove nobody.
    guessed: AtomicBool,
    /// It was turned away for what is not its doing.
    excused: AtomicBool,
    /// What of it was not.
    rejected: Mutex<Vec<String>>,
}

impl Shown {
    fn rejected(&self) -> MutexGuard<'_, Vec<String>> {
        self.rejected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn rejects(&self, what: String) {
        let mut rejected = self.rejected();
        if rejected.len() < REJECTED_MAX && !rejected.contains(&what) {
            rejected.push(what);
        }
    }

    /// What was shown is a badge and a PIN, and proves nobody.
    pub(super) fn guesses(&self, what: String) {
        self.guessed.store(true, Ordering::SeqCst);
        self.rejects(what);
    }

    /// A badge and a PIN are looked at, and prove nobody until that is done: whoever is cut off meanwhile has
    /// guessed. Tells whether others were shown before.
    pub(super) fn looks(&self) -> bool {
        self.guessed.swap(true, Ordering::SeqCst)
    }

    /// They were not looked at after all; `before` says whether others were.
    pub(super) fn did_not_look(&self, before: bool) {
        self.guessed.store(before, Ordering::SeqCst);
    }

    /// It is turned away for what is not its doing.
    pub(super) fn excuses(&self, why: String) {
        self.excused.store(true, Ordering::SeqCst);
        self.rejects(why);
    }

    /// Whether having been turned away counts against where it comes from. Who guesses is excused by
    /// nothing: else a crowd of others at the door would be a way to go on guessing.
    pub(super) fn counts(&self) -> bool {
        self.guessed.load(Ordering::SeqCst) || !self.excused.load(Ordering::SeqCst)
    }

    /// Whether something of it was not enough.
    pub(super) fn is_rejected(&self) -> bool {
        !self.rejected().is_empty()
    }

    /// Why nobody was let in.
    pub(super) fn why(&self) -> String {
        let rejected = self.rejected();
        if rejected.is_empty() {
            "it came to nothing in time".to_owned()
        } else {
            rejected.join(", ")
        }
    }
}
