//! The host while it runs: takes connections, and ends all of them when it is told to.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream as Socket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::server::{Config, run_stream};
use russh::{MethodKind, MethodSet, SshId};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use crate::domain::words::Words;
use crate::host::doors::{Arriving, Doors, GivesWay, Limits, Turned};
use crate::host::error::HostError;
use crate::host::keys::{self, KnownKeys, Missed, fingerprint};
use crate::host::line::{Guest, Line, NotProven, Proven, Shows, stopped};
use crate::host::shown::Shown;
use crate::host::told::Turnings;
use crate::host::visitor::Visitor;

/// A client that is not heard of is asked so often, and then given up.
const ASKED_EVERY: Duration = Duration::from_secs(15);
const ASKED_MAX: usize = 3;
/// What is sent may wait so long for a client that does not read.
const STUCK: Duration = Duration::from_mins(1);
/// A wrong key is answered after so long.
const REJECTED_AFTER: Duration = Duration::from_millis(500);
const TRIES_MAX: usize = 6;
/// What a client may send before it waits for us.
const WINDOW_BYTES: u32 = 64 * 1024;
const PACKET_BYTES_MAX: u32 = 32 * 1024;
/// After a session is over, the client may take so long to hang up.
const PARTING: Duration = Duration::from_secs(3);
/// Where the system cannot take another connection just now.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How often the keys are looked at; a session ends whose key was taken out by the second look.
const KEYS_AGAIN: Duration = Duration::from_secs(2);

/// What stands behind the lines.
pub trait Floor: Send + Sync + 'static {
    /// Begins a session on a line; returns at once.
    fn seat(&self, guest: Guest, line: Line);
    /// Says whose badge it is, if the PIN proves it, or why nobody is let in; the same and after the same
    /// time whether the badge is known or not. Nothing is said where too many show theirs at once.
    fn proves(&self, from: IpAddr, shows: Shows) -> oneshot::Receiver<Result<Proven, NotProven>>;
    /// How words read for whoever comes.
    fn says(&self, words: &Words) -> String;
    /// Something that whoever runs the host should know.
    fn told(&self, what: &str);
}

/// What becomes of a line on which no known key is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutKey {
    /// It is turned away.
    TurnedAway,
    /// Whoever proves by badge and PIN who they are is let in.
    ByBadge,
    /// It is let in; who it is, the screen asks.
    LetIn,
}

/// What a host is made of.
#[derive(Debug)]
pub struct Founded {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the host's own key is, or will be.
    pub own_key: PathBuf,
    /// Where the keys are that are let in.
    pub known_keys: PathBuf,
    /// What becomes of lines without a key.
    pub without_key: WithoutKey,
    /// The number of the user that the host runs as.
    pub runs_as: u32,
    /// How much it takes on.
    pub limits: Limits,
}

/// What all connections share.
pub(super) struct World {
    pub(super) floor: Box<dyn Floor>,
    pub(super) keys: KnownKeys,
    pub(super) without_key: WithoutKey,
    pub(super) doors: Doors,
    pub(super) stops: watch::Sender<bool>,
    /// The keys of sessions that are let in no longer.
    pub(super) gone: watch::Sender<BTreeSet<String>>,
    config: Arc<Config>,
    since: Instant,
    sessions: AtomicU64,
    turnings: Turnings,
    troubles: Turnings,
}

impl World {
    pub(super) fn counted(&self) -> u64 {
        self.sessions.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Tells that somebody was turned away, unless much was told of that lately.
    pub(super) fn turns_away(&self, from: IpAddr, why: &str) {
        let line = format!("{from} was turned away: {why}");
        for line in self.turnings.lines(from, line, self.now_ms()) {
            self.floor.told(&line);
        }
    }

    /// Tells why it could not be seen who comes, unless much was told of that lately; however many were
    /// turned away meanwhile.
    pub(super) fn could_not_check(&self, from: IpAddr, why: &str) {
        let line = format!("badge and PIN from {from} could not be checked: {why}");
        for line in self.troubles.lines(from, line, self.now_ms()) {
            self.floor.told(&line);
        }
    }

    /// Reads the keys again if their file was changed; tells which of those of sessions it has no more.
    pub(super) fn renews_keys(&self) -> BTreeSet<String> {
        for trouble in self.keys.renew() {
            self.floor.told(&trouble.to_string());
        }
        let missing = self.keys.gone(self.doors.keys());
        // Who is let in again is not sent away for what was before.
        self.gone.send_if_modified(|gone| {
            let before = gone.len();
            gone.retain(|key| missing.contains(key));
            gone.len() != before
        });
        missing
    }

    /// Ends the sessions of those keys that the file has no more, at this look and the one before.
    fn ends_gone(&self, missed: &mut Missed) {
        let gone = missed.again(self.renews_keys());
        self.gone.send_if_modified(|before| {
            let is_new = *before != gone;
            *before = gone;
            is_new
        });
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A host that takes connections.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What people compare when they reach it for the first time.
    pub fingerprint: String,
    /// How many keys are let in.
    pub keys: usize,
    doors: Doors,
    stops: watch::Sender<bool>,
    accepting: JoinHandle<Vec<String>>,
}

impl Running {
    /// Takes nobody any more, lets every session keep what it has, and waits for that.
    ///
    /// # Errors
    /// Some session did not keep everything, or not in time.
    pub async fn stop(self) -> Result<(), HostError> {
        // What a session notes from here on may be because of this.
        self.doors.begins_to_stop();
        self.stops.send_replace(true);
        // Whatever panicked has said so already.
        let who = self.accepting.await.unwrap_or_default();
        if who.is_empty() { Ok(()) } else { Err(HostError::Unfinished { who }) }
    }
}

/// Begins to take connections.
pub async fn start(founded: Founded, floor: Box<dyn Floor>) -> Result<Running, HostError> {
    let own = keys::own(&founded.own_key, founded.runs_as)?;
    let known = KnownKeys::open(&founded.known_keys, founded.runs_as)?;
    let listen = founded.listen;
    let no_listener = |why| HostError::Listen { address: listen, why };
    let listener = TcpListener::bind(listen).await.map_err(no_listener)?;
    let address = listener.local_addr().map_err(no_listener)?;
    let (stops, _) = watch::channel(false);
    let (fingerprint, keys) = (fingerprint(own.public_key()), known.count());
    let doors = Doors::new(founded.limits);
    let world = Arc::new(World {
        floor,
        keys: known,
        without_key: founded.without_key,
        doors: doors.clone(),
        stops: stops.clone(),
        gone: watch::channel(BTreeSet::new()).0,
        config: Arc::new(config(own, founded.without_key)),
        since: Instant::now(),
        sessions: AtomicU64::new(0),
        turnings: Turnings::default(),
        troubles: Turnings::default(),
    });
    let accepting = tokio::spawn(accept(world, listener));
    Ok(Running { address, fingerprint, keys, doors, stops, accepting })
}

fn config(own: PrivateKey, without_key: WithoutKey) -> Config {
    let mut methods = MethodSet::empty();
    methods.push(MethodKind::PublicKey);
    if without_key != WithoutKey::TurnedAway {
        methods.push(MethodKind::KeyboardInteractive);
    }
    Config {
        server_id: SshId::Standard("SSH-2.0-gemba".into()),
        methods,
        auth_rejection_time: REJECTED_AFTER,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![own],
        window_size: WINDOW_BYTES,
        maximum_packet_size: PACKET_BYTES_MAX,
        channel_buffer_size: 1,
        event_buffer_size: 2,
        max_auth_attempts: TRIES_MAX,
        inactivity_timeout: Some(STUCK),
        keepalive_interval: Some(ASKED_EVERY),
        keepalive_max: ASKED_MAX,
        ..Config::default()
    }
}

/// Takes connections until the host stops; then tells of whom not everything is kept.
async fn accept(world: Arc<World>, listener: TcpListener) -> Vec<String> {
    let mut stops = world.stops.subscribe();
    let mut connections = JoinSet::new();
    let (mut looks, mut missed) = (interval(KEYS_AGAIN), Missed::default());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped(&mut stops) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    let from = from.ip().to_canonical();
                    // Here, so that whoever came first is the first.
                    let arrived = world.doors.arrives(from, world.now_ms());
                    connections.spawn(receive(world.clone(), stream, (from, arrived)));
                }
                Err(error) => {
                    world.floor.told(&format!("a connection could not be taken: {error}"));
                    sleep(ACCEPT_AGAIN).await;
                }
            },
            Some(_) = connections.join_next() => {}
            _ = looks.tick() => world.ends_gone(&mut missed),
        }
    }
    drop(listener);
    let all_over = async {
        world.doors.all_written().await;
        while connections.join_next().await.is_some() {}
    };
    // A client that does not hang up in time keeps nothing of its session from being written.
    timeout(world.doors.limits().stopping_for, all_over).await.unwrap_or_default();
    world.doors.unfinished()
}

/// One connection, from the door to its end.
async fn receive(
    world: Arc<World>,
    mut stream: TcpStream,
    (from, arrived): (IpAddr, Result<(Arriving, GivesWay), Turned>),
) {
    match arrived {
        Ok(arriving) => {
            if let Err(error) = serve(&world, stream, arriving).await {
                world.floor.told(&format!("{from}: {error}"));
            }
        }
        Err(turned) => {
            world.turns_away(from, &turned.why().to_string());
            let said = world.floor.says(&turned.words());
            // Whoever looks closer reads why; an SSH client shows it with -v.
            timeout(PARTING, stream.write_all(format!("gemba: {said}\r\n").as_bytes()))
                .await
                .map(drop)
                .unwrap_or_default();
        }
    }
}

async fn serve(
    world: &Arc<World>,
    stream: TcpStream,
    (arriving, gives_way): (Arriving, GivesWay),
) -> io::Result<()> {
    let from = arriving.from();
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let cut = Cut(stream.try_clone()?);
    let stream = TcpStream::from_std(stream)?;
    let (opens, opened) = oneshot::channel();
    let shown = Arc::new(Shown::default());
    let visitor = Visitor::new(world.clone(), arriving, opens, shown.clone());
    let mut stops = world.stops.subscribe();
    let come_in = async {
        let running = run_stream(world.config.clone(), stream, visitor).await.ok()?;
        Some((running, opened.await.ok()?))
    };
    let come_in = tokio::select! {
        () = stopped(&mut stops) => return Ok(()),
        () = gives_way.told() => {
            shown.excuses("it made room for another".to_owned());
            None
        }
        came = timeout(world.doors.limits().arriving_for, come_in) => came.ok(),
    };
    // Who only looks whether somebody listens has not failed.
    let late_or_wrong = come_in.is_none() || shown.is_rejected();
    if late_or_wrong && !shown.let_in.load(Ordering::SeqCst) {
        if shown.counts() {
            world.doors.failed(from, world.now_ms());
        }
        world.turns_away(from, &shown.why());
    }
    if let Some(Some((mut running, over))) = come_in {
        tokio::select! {
            _ = &mut running => {}
            _ = over => {
                timeout(PARTING, running).await.map(drop).unwrap_or_default();
            }
        }
    }
    drop(cut);
    Ok(())
}

/// Ends a connection for good when it is dropped, whatever else holds it.
struct Cut(Socket);

impl Drop for Cut {
    fn drop(&mut self) {
        // One that has ended already cannot be ended.
        self.0.shutdown(Shutdown::Both).unwrap_or_default();
    }
}
