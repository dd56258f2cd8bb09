//! What can go wrong with the server's store.

/// The store did not do what was asked; nothing of it was done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process keeps it locked.
    #[error("the server's store is busy; another process has been writing for long")]
    Busy,
    /// Not a store of a server, or no longer a whole one.
    #[error("the server's store is damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// A newer version wrote it.
    #[error("the server's store is of a newer gemba (schema {found}, this one knows {known})")]
    Newer {
        /// The schema found.
        found: i64,
        /// The last one known.
        known: i64,
    },
    /// The database does not answer; it is asked again.
    #[error("the database does not answer: {what}")]
    Unreachable {
        /// What was said.
        what: String,
    },
    /// The database is set so that it would lose or change what it acknowledged.
    #[error("the database is not safe to keep facts in: {what}")]
    Unsafe {
        /// The setting, and what it would do.
        what: String,
    },
    /// Another server judges now.
    #[error("another server judges now")]
    LeaseLost,
    /// It is a store, and no plant was founded in it.
    #[error("no plant was founded in it")]
    Empty,
    /// The disk does not take it, or a fault of ours.
    #[error("the server's store failed: {what}")]
    Failed {
        /// What was said.
        what: String,
    },
}

impl StoreError {
    /// A store that says something which cannot be.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
