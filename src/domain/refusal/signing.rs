//! Reasons about signing, PINs, credentials and the limits of working offline (R5, R6).

/// A reason about signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningReason {}

impl SigningReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match *self {}
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match *self {}
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match *self {}
    }
}

impl From<SigningReason> for super::Reason {
    fn from(reason: SigningReason) -> Self {
        Self::Signing(reason)
    }
}
