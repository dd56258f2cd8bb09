//! Reasons about calling units back and releasing them to ship (R17).

use crate::domain::traced::Traced;

use super::Reason;

/// A reason about a recall or a release to ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShipReason {
    /// The unit is held for this recall, or was let go.
    RecalledAlready {
        /// What is called back.
        of: Traced,
    },
}

impl ShipReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecalledAlready { .. } => "Z01",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::RecalledAlready { of } => {
                format!("The unit is held for the recall of {}, or was let go.", of.words())
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::RecalledAlready { of } => {
                format!("look at what is not held yet: gemba recall {of}")
            }
        }
    }
}

impl From<ShipReason> for Reason {
    fn from(reason: ShipReason) -> Self {
        Self::Ship(reason)
    }
}
