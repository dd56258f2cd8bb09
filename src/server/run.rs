//! Starts the server on a runtime of the caller, and takes it off the network and back.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;

use crate::domain::moment::Moment;

use super::error::ServerError;
use super::home::Home;
use super::judging::{Judging, Trouble};
use super::limits::FINISH_MAX;
use super::metrics::Verdicts;
use super::shared::{News, Shared};
use super::watching::watch;
use super::way::Way;
use super::{authority, routes};

/// Tells the moment; the server never asks a clock itself.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

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
    /// Starts serving a plant: plain HTTP on loopback, TLS everywhere else.
    pub async fn start(
        home: impl Into<Home>,
        listening: Listening,
    ) -> Result<Running, ServerError> {
        let home = home.into();
        let clock = Arc::clone(&listening.clock);
        let (bell, rung) = sync_channel(1);
        let (wake, awake) = sync_channel(1);
        let wake = Arc::new(wake);
        let news = News::default();
        let trouble = Trouble::default();
        let way = Way::default();
        let judging = Judging::begin(&home, &clock, &trouble)?;
        let watching =
            watch(home.open()?, (bell.clone(), awake, Arc::downgrade(&wake)), news.clone())?;
        let stores = (home.open()?, home.open()?);
        let (verdicts, told) = (Verdicts::default(), (news, trouble.clone(), way.clone()));
        let shared = Shared::new(stores, clock, (bell, wake), told, verdicts.clone())?;
        let judges = judging.is_some();
        let judging = judging.map(|judging| judging.giving(way).counting(verdicts).go_on(rung));
        let judging = judging.transpose()?;
        shared.ring();
        let dir = &home.dir;
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
            threads: judging.into_iter().chain([watching]).collect(),
            judges,
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
    threads: Vec<std::thread::JoinHandle<()>>,
    judges: bool,
    trouble: Trouble,
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
        self.trouble.told()
    }

    /// Whether this server has the judge's ledger, and judges when no other one does.
    pub fn may_judge(&self) -> bool {
        self.judges
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

    /// Takes no new connection, lets what is asked be answered, and then stops serving and judging.
    pub async fn finish(mut self) {
        if let (Some((handle, _)), Some(shared)) = (&self.serving, &self.shared) {
            shared.news().end();
            handle.graceful_shutdown(Some(FINISH_MAX));
        }
        if let Some((_, task)) = self.serving.take() {
            // Whether it ended well or not, it has ended.
            task.await.map(drop).unwrap_or_default();
        }
        self.shutdown().await;
    }

    /// Stops serving and judging.
    pub async fn shutdown(mut self) {
        self.offline().await;
        // With the last one who could ring gone, the judge ends after what it is at.
        self.shared = None;
        for thread in self.threads.drain(..) {
            let ended = tokio::task::spawn_blocking(move || thread.join().is_ok());
            ended.await.unwrap_or_default();
        }
    }
}
