//! Reasons about revisions and specifications: effectivity, withdrawal, news, reading what changed (R1).

/// A reason about revisions and specifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinitionReason {}

impl DefinitionReason {
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

impl From<DefinitionReason> for super::Reason {
    fn from(reason: DefinitionReason) -> Self {
        Self::Definition(reason)
    }
}
