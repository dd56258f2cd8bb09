//! A slow line to the server: few bits a second, long ways, and connections that drop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest, Ready};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What a line is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) bits_a_second: u64,
    /// There and back.
    pub(crate) round_trip: Duration,
    /// Of so many pieces that go over the line, one ends its connection.
    pub(crate) drops_one_of: u64,
}

/// A line that is laid.
#[derive(Debug)]
pub(crate) struct SlowLine {
    pub(crate) url: String,
    carried: Arc<Carried>,
}

/// What went over it.
#[derive(Debug, Default)]
struct Carried {
    bytes: AtomicU64,
    pieces: AtomicU64,
    drops: AtomicU64,
    on_the_way: AtomicUsize,
}

/// A piece that is on the line, until it is dropped.
struct OnTheWay<'a>(&'a Carried);

impl<'a> OnTheWay<'a> {
    fn new(carried: &'a Carried) -> Self {
        carried.on_the_way.fetch_add(1, Ordering::SeqCst);
        Self(carried)
    }
}

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        self.0.on_the_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl SlowLine {
    pub(crate) async fn to(server: SocketAddr, shape: Shape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let carried = Arc::new(Carried::default());
        let counting = Arc::clone(&carried);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let carried = Arc::clone(&counting);
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    // Whichever way ends, the connection ends.
                    tokio::select! {
                        () = carry((from_client, true), to_server, shape, &carried) => {}
                        () = carry((from_server, false), to_client, shape, &carried) => {}
                    }
                });
            }
        });
        Self { url, carried }
    }

    /// Whether something is on its way now.
    pub(crate) fn is_busy(&self) -> bool {
        self.carried.on_the_way.load(Ordering::SeqCst) > 0
    }

    /// How many bytes went over it, and how many connections dropped.
    pub(crate) fn carried(&self) -> (u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::SeqCst);
        (count(&self.carried.bytes), count(&self.carried.drops))
    }
}

/// Carries one way. With who asks and goes away meanwhile goes what is still on the line; what a server
/// sent before it closed is carried to its end.
async fn carry(
    (mut from, asks): (OwnedReadHalf, bool),
    mut to: OwnedWriteHalf,
    shape: Shape,
    carried: &Carried,
) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        let number = carried.pieces.fetch_add(1, Ordering::SeqCst) + 1;
        carried.bytes.fetch_add(count as u64, Ordering::SeqCst);
        let bits = count as u64 * 8;
        let on_the_way = OnTheWay::new(carried);
        sleep(shape.round_trip / 2 + Duration::from_millis(bits * 1000 / shape.bits_a_second))
            .await;
        drop(on_the_way);
        if asks && is_gone(&from).await {
            return;
        }
        if number % shape.drops_one_of == shape.drops_one_of / 3 {
            carried.drops.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if to.write_all(&piece[..count]).await.is_err() {
            return;
        }
    }
}

/// Whether the other end was closed, though there may be more to read of it.
async fn is_gone(from: &OwnedReadHalf) -> bool {
    tokio::select! {
        biased;
        ready = from.ready(Interest::READABLE) => ready.is_ok_and(Ready::is_read_closed),
        () = std::future::ready(()) => false,
    }
}
