//! The server's own threads, by names that the system shows.

use std::thread::{Builder, JoinHandle};

use super::error::ServerError;

pub(super) fn start(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, ServerError> {
    let thread = Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|error| ServerError::Thread(error.to_string()))
}
