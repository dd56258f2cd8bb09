//! Why an exchange did not go through, in words for a status line.

use std::path::PathBuf;
use std::time::Duration;

use crate::ledger::error::{ApplyError, LedgerError};
use crate::sync::parcel::ParcelError;
use crate::sync::protocol::EnrollAnswer;
use crate::sync::retry::{Failure, Pause, Stop};

/// An exchange, or an enrollment, that did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Not enrolled.
    #[error("this station is not enrolled → `gemba station enroll URL --code CODE`")]
    NotEnrolled,
    /// Another process exchanges for this store.
    #[error("another process of this station is exchanging facts already")]
    Locked,
    /// A file beside the store.
    #[error("{} cannot be used: {why}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// The address or the certificate cannot be used.
    #[error("the server's address or certificate cannot be used: {0}")]
    Address(String),
    /// No usable answer; later again.
    #[error("{}", unreachable(failure))]
    Later {
        /// What happened.
        failure: Failure,
        /// When to try again.
        pause: Pause,
    },
    /// A person has to look.
    #[error(transparent)]
    Stopped(#[from] Stop),
    /// The server did not enroll the station.
    #[error("{}", not_enrolled(.0))]
    Denied(EnrollAnswer),
    /// A page of a feed could not be applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A parcel that was not taken, or could not be written.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// The station's store.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The exchange was ended from outside.
    #[error("the exchange was ended")]
    Ended,
}

impl From<Failure> for SyncError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Stopped(stop) => Self::Stopped(stop),
            Failure::Unreachable | Failure::TimedOut | Failure::Busy { .. } => {
                let pause = Pause { failures: 1, retry_after: failure.retry_after() };
                Self::Later { failure, pause }
            }
        }
    }
}

fn unreachable(failure: &Failure) -> String {
    match failure {
        Failure::Unreachable => "the server cannot be reached".to_owned(),
        Failure::TimedOut => "the server did not answer in time".to_owned(),
        Failure::Busy { retry_after } => match retry_after.map(|after| Duration::as_secs(&after)) {
            Some(seconds) => format!("the server is busy; it asks for {seconds} s"),
            None => "the server is busy".to_owned(),
        },
        Failure::Stopped(stop) => stop.to_string(),
    }
}

fn not_enrolled(answer: &EnrollAnswer) -> &'static str {
    match answer {
        EnrollAnswer::Enrolled(_) => "enrolled",
        EnrollAnswer::CodeUnknown => "the server does not know this code → ask for a new one",
        EnrollAnswer::CodeUsed => "the code enrolled another station already → ask for a new one",
        EnrollAnswer::CodeExpired => "the code is too old → ask for a new one",
        EnrollAnswer::LedgerTaken => {
            "the station's name or ledger belongs to another station → ask for a code of another name"
        }
        EnrollAnswer::DemoMismatch => {
            "a demonstration and a real plant never mix → enroll a new store"
        }
        EnrollAnswer::KeyUnusable => "the server does not take this station's key",
    }
}
