//! What went wrong, for the person at the command line: what happened, why, what to do, exit code.

use std::fmt;

use crate::domain::refusal::Refusal;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; offline too, when it is saved.
    Done,
    /// Refused, or something was found.
    Refused,
    /// The command was not understood.
    Usage,
    /// The server did not answer where it was needed.
    NoAnswer,
    /// The store is damaged.
    Damaged,
    /// Cannot go on or cannot judge.
    Cannot,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::NoAnswer => 3,
            Self::Damaged => 4,
            Self::Cannot => 5,
        }
    }
}

/// Why a command ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// How the program ends.
    pub exit: Exit,
    /// What happened.
    pub what: String,
    /// Why; empty where `what` says it.
    pub why: String,
    /// What to do; empty where nothing helps.
    pub next: String,
    /// The refusal by the rules of the shop, where that is what went wrong.
    pub refusal: Option<Box<Refusal>>,
}

impl Fault {
    fn new(exit: Exit, what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self {
            exit,
            what: what.to_string(),
            why: why.to_string(),
            next: String::new(),
            refusal: None,
        }
    }

    /// Refused: exit code 1.
    pub fn refused(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Exit::Refused, what, why)
    }

    /// Wrong usage: exit code 2.
    pub fn usage(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, what, why)
    }

    /// No answer from the server: exit code 3.
    pub fn no_answer(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Exit::NoAnswer, what, why)
    }

    /// The store is damaged: exit code 4.
    pub fn damaged(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Exit::Damaged, what, why)
    }

    /// Cannot go on: exit code 5.
    pub fn cannot(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Exit::Cannot, what, why)
    }

    /// Says what to do.
    #[must_use]
    pub fn next(self, next: impl Into<String>) -> Self {
        Self { next: next.into(), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.why.is_empty() {
            write!(f, ": {}", self.why)?;
        }
        if !self.next.is_empty() {
            write!(f, "\n→ {}", self.next)?;
        }
        Ok(())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let count = refusal.reasons.len();
        let what =
            if count == 1 { "refused".to_owned() } else { format!("refused, for {count} reasons") };
        let fault = Self::refused(what, format!("\n{refusal}"));
        Self { refusal: Some(Box::new(refusal)), ..fault }
    }
}
