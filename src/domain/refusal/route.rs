//! Reasons about the way through the operations: order, conditions, attempts, quantities, splits,
//! sets (R9, R11).

/// A reason about the way of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteReason {
    /// A disposition or an answer to the review ends this hold, nothing else does.
    HoldNotReleasable,
}

impl RouteReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HoldNotReleasable => "H05",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::HoldNotReleasable => "This hold waits for a disposition or a review.".to_owned(),
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::HoldNotReleasable => {
                "dispose its deviation, or answer what the server did not accept".to_owned()
            }
        }
    }
}

impl From<RouteReason> for super::Reason {
    fn from(reason: RouteReason) -> Self {
        Self::Route(reason)
    }
}
