//! Starts the server on a runtime of the caller, and takes it off the network and back.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;

use crate::domain::moment::Moment;

use super::error::ServerError;
use super::judge::Judge;
use super::shared::{News, Shared};
use super::store::Store;
use super::{authority, office, routes};

/// Tells the moment; the server never asks a clock itself.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// How often the judge looks without being told; a hint that got lost costs no more than this.
const JUDGE_IDLE: Duration = Duration::from_secs(30);
/// How long the judge waits after a failure.
const JUDGE_RETRY: Duration = Duration::from_secs(2);

/// Where and how to serve.
#[derive(Clone)]
pub struct Listening {
    /// The address; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Names, beside the address, by which stations reach the server.
    pub names: Vec<String>,
    /// Tells the moment.
    pub clock: Clock,
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// The server of a plant.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts serving the plant of a directory: plain HTTP on loopback, TLS everywhere else.
    pub async fn start(dir: &Path, listening: Listening) -> Result<Running, ServerError> {
        let file = office::store_file(dir);
        if !file.exists() {
            return Err(ServerError::NotFounded { dir: dir.to_owned() });
        }
        let stores = (Store::open(&file)?, Store::open(&file)?);
        let judge = Judge::open(&office::judge_dir(dir), Store::open(&file)?)?;
        let (bell, rung) = sync_channel(1);
        let clock = Arc::clone(&listening.clock);
        let news = News::default();
        let shared = Shared::new(stores, Arc::clone(&clock), (bell, news.clone()));
        let trouble = Arc::new(Mutex::new(None));
        let judging = start_judge(judge, (clock, rung, news), Arc::clone(&trouble));
        shared.ring();
        let tls = if listening.addr.ip().is_loopback() {
            None
        } else {
            Some(authority::config(dir, listening.addr, &listening.names).await?)
        };
        let mut running = Running {
            addr: listening.addr,
            ca_file: tls.is_some().then(|| dir.join(authority::CA_FILE)),
            tls,
            shared: Some(shared),
            serving: None,
            judging: Some(judging),
            trouble,
        };
        running.online()?;
        Ok(running)
    }
}

/// A server that was started.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    ca_file: Option<PathBuf>,
    tls: Option<RustlsConfig>,
    shared: Option<Arc<Shared>>,
    serving: Option<(Handle<SocketAddr>, JoinHandle<std::io::Result<()>>)>,
    judging: Option<std::thread::JoinHandle<()>>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Running {
    /// The address, with the port that was taken.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as stations write it.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.addr)
    }

    /// The certificate that stations pin, where TLS is spoken.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// Why the judge cannot go on, where it cannot.
    pub fn judge_trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the listener and drops every connection; the judge goes on.
    pub async fn offline(&mut self) {
        if let Some((handle, task)) = self.serving.take() {
            handle.shutdown();
            // Whether it ended well or not, it has ended.
            task.await.map(drop).unwrap_or_default();
        }
    }

    /// Listens again on the same port.
    pub fn online(&mut self) -> Result<(), ServerError> {
        let (None, Some(shared)) = (&self.serving, &self.shared) else { return Ok(()) };
        let addr = self.addr;
        let failed = |error: std::io::Error| ServerError::Listen { addr, why: error.to_string() };
        let listener = TcpListener::bind(addr).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        self.addr = listener.local_addr().map_err(failed)?;
        let service = routes::router(Arc::clone(shared)).into_make_service();
        let handle = Handle::new();
        let task = match &self.tls {
            None => {
                let server = axum_server::from_tcp(listener).map_err(failed)?;
                tokio::spawn(server.handle(handle.clone()).serve(service))
            }
            Some(tls) => {
                let server = axum_server::from_tcp_rustls(listener, tls.clone()).map_err(failed)?;
                tokio::spawn(server.handle(handle.clone()).serve(service))
            }
        };
        self.serving = Some((handle, task));
        Ok(())
    }

    /// Stops serving and judging.
    pub async fn shutdown(mut self) {
        self.offline().await;
        // With the last one who could ring gone, the judge ends after what it is at.
        self.shared = None;
        if let Some(judging) = self.judging.take() {
            let ended = tokio::task::spawn_blocking(move || judging.join().is_ok());
            ended.await.unwrap_or_default();
        }
    }
}

fn start_judge(
    mut judge: Judge,
    (clock, rung, news): (Clock, Receiver<()>, News),
    trouble: Arc<Mutex<Option<String>>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut wait = JUDGE_IDLE;
        loop {
            match rung.recv_timeout(wait) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let failed = match judge.run(&clock()) {
                Ok(judged) if judged.facts > 0 => {
                    news.tell();
                    None
                }
                Ok(_) => None,
                Err(error) => Some(error.to_string()),
            };
            wait = if failed.is_some() { JUDGE_RETRY } else { JUDGE_IDLE };
            *trouble.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        }
    })
}
