//! Two hundred sessions in one `gemba host`, fifty of them typing.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Config, Handle, Msg, connect};
use russh::keys::{Algorithm, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg};
use tokio::time::{sleep, timeout};

use crate::report::{Line, Target, Times};

/// So much memory a session may take.
const SESSION_KIB_MAX: u64 = 1536;
/// From a key to what it draws, 99 of 100.
const P99_MS: f64 = 20.0;
/// After so long Argon2id has given its memory back.
const SETTLED: Duration = Duration::from_secs(5);
/// Between two keys of one person.
const PACE: Duration = Duration::from_millis(250);
/// A screen that does not come for so long does not come at all.
const HANGS: Duration = Duration::from_mins(5);
/// A key that draws nothing for so long was not taken.
const LOST: Duration = Duration::from_secs(5);

/// So many sessions at once, of which some type for so many seconds.
pub(crate) fn sessions(dir: &Path, (all, typing): (usize, usize), seconds: usize) -> Line {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let (mut host, address) = hosting(dir, &key);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (ours, grown_kib) = runtime.block_on(async {
        // The first begins the work on the unit that the others open.
        let mut first = Seat::open(address, key.clone()).await.signed_in().await;
        first.comes_to("start work", "\r").await;
        first.shows_text("Scan the pump").await;
        sleep(SETTLED).await;
        let before = memory_kib(&host);
        let opened = (0..all).map(|_| Seat::open(address, key.clone()));
        let seats = together(opened).await;
        let shown = memory_kib(&host).saturating_sub(before) / all as u64;
        let mut seats = together(seats.into_iter().map(Seat::at_the_step)).await;
        sleep(SETTLED).await;
        let signed_in = memory_kib(&host).saturating_sub(before) / all as u64;
        println!("{all} sessions: {shown} KiB each at sign-in, {signed_in} KiB each signed in");
        let others = seats.split_off(typing);
        let mut ours = Times::default();
        for times in together(seats.into_iter().map(|seat| seat.types(seconds))).await {
            ours.extend(times);
        }
        let typed = memory_kib(&host).saturating_sub(before) / all as u64;
        println!("{typed} KiB each after {} keys", ours.len());
        drop((first, others));
        (ours, signed_in.max(typed))
    });
    host.kill().unwrap();
    host.wait().unwrap();
    let failures = usize::from(grown_kib > SESSION_KIB_MAX);
    let what = "a key in one of 200 sessions to its output";
    Line { what, ours, floor: None, target: Target::P99Ms(P99_MS), failures }
}

/// What all of them come to, each going on beside the others.
async fn together<T: Send + 'static>(
    works: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let begun: Vec<_> = works.map(tokio::spawn).collect();
    let mut done = Vec::new();
    for work in begun {
        done.push(work.await.unwrap());
    }
    done
}

/// The sample plant with a host that takes as many as come.
fn hosting(dir: &Path, key: &PrivateKey) -> (Child, SocketAddr) {
    fs::create_dir_all(dir).unwrap();
    let (script, home) = (dir.join("nothing.keys"), dir.join("station"));
    fs::write(&script, "").unwrap();
    let gemba = env!("CARGO_BIN_EXE_gemba");
    let mut demo = Command::new(gemba);
    demo.args(["demo", "--headless", "--script"]).arg(&script).arg("--dir").arg(dir);
    assert!(demo.stdout(Stdio::null()).status().unwrap().success());
    let keys = home.join("authorized_keys");
    let public = key.public_key().to_openssh().unwrap();
    fs::write(&keys, format!("place=\"ASM-1\" {public}\n")).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = "tour = false\n[host]\nsessions-max = 5000\nsessions-a-key-max = 5000\n\
                    sessions-an-address-max = 5000\narriving-max = 5000\narriving-an-address-max = 5000\n\
                    arriving-s-max = 300\n";
    fs::write(home.join("gemba.toml"), settings).unwrap();
    let mut host = Command::new(gemba);
    host.args(["host", "--listen", "127.0.0.1:0", "--json"]).env("GEMBA_HOME", &home);
    let mut host = host.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut told = String::new();
    BufReader::new(host.stdout.take().unwrap()).read_line(&mut told).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    (host, told["address"].as_str().unwrap().parse().unwrap())
}

fn memory_kib(host: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Whoever answers is believed: it is ours.
struct Trusting;

impl client::Handler for Trusting {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        _key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

/// One terminal over SSH.
struct Seat {
    channel: Channel<Msg>,
    screen: vt100::Parser,
    _line: Handle<Trusting>,
}

impl Seat {
    async fn open(address: SocketAddr, key: PrivateKey) -> Self {
        // As OpenSSH's client does for whoever types.
        let config = Config { nodelay: true, ..Config::default() };
        let mut line = connect(Arc::new(config), address, Trusting).await.unwrap();
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
        assert!(line.authenticate_publickey("bench", key).await.unwrap().success());
        let channel = line.channel_open_session().await.unwrap();
        channel.request_pty(false, "xterm-256color", 80, 24, 0, 0, &[]).await.unwrap();
        channel.request_shell(false).await.unwrap();
        let mut seat = Self { channel, screen: vt100::Parser::default(), _line: line };
        seat.shows_text("Scan your badge").await;
        seat
    }

    /// Signs in by the badge of the sample plant's operator, and scans a unit.
    async fn signed_in(mut self) -> Self {
        self.sends("B-2107\r").await;
        self.comes_to("Type your PIN", "482913").await;
        // With Enter at once it would be a scanner's.
        sleep(PACE * 2).await;
        self.sends("\r").await;
        self.comes_to("Work here", "WO-1881/0010\r").await;
        self
    }

    /// At a field of a step that was begun.
    async fn at_the_step(mut self) -> Self {
        self = self.signed_in().await;
        self.shows_text("Scan the pump").await;
        self
    }

    async fn sends(&self, text: &str) {
        self.channel.data_bytes(text.as_bytes().to_vec()).await.unwrap();
    }

    /// Waits for a text, and answers it once a person could have read it.
    async fn comes_to(&mut self, text: &str, answer: &str) {
        self.shows_text(text).await;
        sleep(PACE * 2).await;
        self.sends(answer).await;
    }

    /// Waits until the screen shows a text.
    async fn shows_text(&mut self, text: &str) {
        while !self.screen.screen().contents().contains(text) {
            assert!(self.shows(HANGS).await, "{text:?} is not shown");
        }
    }

    /// Whether anything is drawn before patience ends.
    async fn shows(&mut self, patience: Duration) -> bool {
        let drawn = async {
            while let Some(message) = self.channel.wait().await {
                if let ChannelMsg::Data { data } = message {
                    self.screen.process(&data);
                    return true;
                }
            }
            false
        };
        timeout(patience, drawn).await.unwrap_or(false)
    }

    /// Types digits and takes them back, for so many seconds; how long each took to be drawn.
    async fn types(mut self, seconds: usize) -> Vec<Duration> {
        let mut times = Vec::new();
        let keys = seconds * 1000 / usize::try_from(PACE.as_millis()).unwrap();
        // Nobody types in step with fifty others.
        sleep(PACE.mul_f64(rand::random())).await;
        for n in 0..keys {
            sleep(PACE).await;
            // What came meanwhile was not drawn for this key.
            while self.shows(Duration::ZERO).await {}
            let key = if n % 8 < 4 { "7" } else { "\x7f" };
            let begun = tokio::time::Instant::now();
            self.sends(key).await;
            assert!(self.shows(LOST).await, "a key was not drawn");
            times.push(begun.elapsed());
        }
        times
    }
}
