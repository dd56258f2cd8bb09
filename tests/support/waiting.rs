//! Waiting among the tasks of a runtime for what must come.

use std::fmt::Debug;

use tokio::task::yield_now;

use super::patience::Patience;

/// Looks until it is so; where it never is, what is told says why.
pub(crate) async fn until<T: Debug>(is_so: impl Fn() -> bool, told: impl Fn() -> T) {
    let patience = Patience::begins();
    while !is_so() {
        waits(&patience, &told).await;
    }
}

/// Lets the others go on; where that was to no end for too long, what is told says why.
pub(crate) async fn waits<T: Debug>(patience: &Patience, told: impl FnOnce() -> T) {
    assert!(patience.left().is_some(), "it does not come: {:?}", told());
    yield_now().await;
}
