//! The cable between one station of a script and the server: it can be pulled out and put back.

use std::io;
use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

/// One cable.
#[derive(Debug)]
pub(super) struct Cable {
    /// Where the station finds the server.
    end: SocketAddr,
    server: SocketAddr,
    carrying: Option<JoinHandle<()>>,
}

impl Cable {
    /// Lays a cable that is plugged in; with port 0, its end is wherever there is room.
    pub(super) fn lay(runtime: &Runtime, end: SocketAddr, server: SocketAddr) -> io::Result<Self> {
        let mut cable = Self { end, server, carrying: None };
        cable.plug_in(runtime)?;
        Ok(cable)
    }

    /// The server's address at the station's end.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.end)
    }

    /// Pulls the cable out: every connection drops, and no other one comes about.
    pub(super) fn pull(&mut self, runtime: &Runtime) {
        if let Some(carrying) = self.carrying.take() {
            carrying.abort();
            // It ended, one way or the other, and its end is free.
            runtime.block_on(carrying).unwrap_or_default();
        }
    }

    /// Puts it back.
    pub(super) fn plug_in(&mut self, runtime: &Runtime) -> io::Result<()> {
        if self.carrying.is_none() {
            let listener = runtime.block_on(TcpListener::bind(self.end))?;
            self.end = listener.local_addr()?;
            self.carrying = Some(runtime.spawn(carry(listener, self.server)));
        }
        Ok(())
    }
}

/// Carries what comes until it is aborted, and with it everything that is under way.
async fn carry(listener: TcpListener, server: SocketAddr) {
    let mut under_way = JoinSet::new();
    while let Ok((station, _)) = listener.accept().await {
        under_way.spawn(through(station, server));
        while under_way.try_join_next().is_some() {}
    }
}

/// A server that does not listen is a connection that ends.
async fn through(mut station: TcpStream, server: SocketAddr) {
    if let Ok(mut server) = TcpStream::connect(server).await {
        copy_bidirectional(&mut station, &mut server).await.map(drop).unwrap_or_default();
    }
}
