//! OpenSSH as people have it: keys, its client in a terminal, and its server on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portable_pty::CommandBuilder;

use super::loopback;
use super::patience::{HANGS, comes};
use super::seat::Seat;

/// Where a server listens that has an address of its own.
const PORT: u16 = 2222;

/// Keys, and what is known of servers, in a folder of its own.
#[derive(Debug)]
pub(crate) struct KeyRing {
    dir: tempfile::TempDir,
}

impl KeyRing {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Makes a key of this name; its public half as a line of `authorized_keys`.
    pub(crate) fn key(&self, name: &str) -> String {
        let file = self.path(name);
        let mut make = Command::new("ssh-keygen");
        make.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&file);
        let ran = make.status().expect("ssh-keygen is missing: install openssh-client");
        assert!(ran.success());
        fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap().trim().to_owned()
    }
}

/// A server that can be reached, with the keys by which it is.
#[derive(Debug)]
pub(crate) struct Reached<'a> {
    pub(crate) keys: &'a KeyRing,
    pub(crate) user: String,
    pub(crate) address: SocketAddr,
}

impl<'a> Reached<'a> {
    /// A server that shows this public key as its own.
    pub(crate) fn new(
        keys: &'a KeyRing,
        (user, address): (&str, SocketAddr),
        host_key: &str,
    ) -> Self {
        let (host, port) = (address.ip(), address.port());
        let known = format!("[{host}]:{port} {host_key}\n");
        fs::write(keys.path(&format!("known-{port}")), known).unwrap();
        Self { keys, user: user.to_owned(), address }
    }

    fn host(&self) -> String {
        self.address.ip().to_string()
    }

    /// What the client is told, options before the rest.
    fn arguments(&self, key: &str, options: &[&str]) -> Vec<String> {
        let port = self.address.port();
        let known = self.keys.path(&format!("known-{port}"));
        let identity = self.keys.path(key);
        let told = [
            format!("Port={port}"),
            format!("User={}", self.user),
            format!("UserKnownHostsFile={}", known.display()),
            format!("IdentityFile={}", identity.display()),
            "StrictHostKeyChecking=yes".to_owned(),
            "IdentitiesOnly=yes".to_owned(),
            "IdentityAgent=none".to_owned(),
            "PreferredAuthentications=publickey,keyboard-interactive".to_owned(),
            format!("ConnectTimeout={}", HANGS.as_secs()),
            "SendEnv=LANG".to_owned(),
            "LogLevel=ERROR".to_owned(),
        ];
        let mut arguments = vec!["-F".to_owned(), "none".to_owned()];
        // Of what is told twice, the client takes the first.
        arguments.extend(options.iter().map(|&option| option.to_owned()));
        for option in told {
            arguments.extend(["-o".to_owned(), option]);
        }
        arguments
    }

    /// Somebody at a terminal from which the client goes there.
    pub(crate) fn seat(&self, key: &str) -> Seat {
        self.seat_with(key, &[], &[])
    }

    pub(crate) fn seat_with(&self, key: &str, options: &[&str], command: &[&str]) -> Seat {
        Seat::with(self.at_terminal(key, options, command))
    }

    /// The same at a terminal of this kind.
    pub(crate) fn seat_at(&self, term: &str, key: &str) -> Seat {
        Seat::at(term, self.at_terminal(key, &[], &[]))
    }

    /// Somebody at a terminal who tries again until a place is free.
    #[track_caller]
    pub(crate) fn seat_once_free(&self, key: &str) -> Seat {
        let mut seat = self.seat(key);
        let free = comes(|| {
            let is_in = seat.comes_to("Scan your badge");
            if !is_in {
                seat = self.seat(key);
            }
            is_in
        });
        assert!(free, "no place is free:\n{}", seat.screen());
        seat
    }

    fn at_terminal(&self, key: &str, options: &[&str], command: &[&str]) -> CommandBuilder {
        let mut client = CommandBuilder::new("ssh");
        client.args(self.arguments(key, &[&["-tt"], options].concat()));
        client.arg(self.host());
        client.args(command);
        client.env("LANG", "C.UTF-8");
        client
    }

    /// Runs the client without a terminal.
    pub(crate) fn runs(&self, key: &str, options: &[&str], command: &[&str]) -> Output {
        let mut client = self.client(key, options);
        client.args(command).stdin(Stdio::null()).output().unwrap()
    }

    /// The client, ready to be started.
    pub(crate) fn client(&self, key: &str, options: &[&str]) -> Command {
        let mut client = Command::new("ssh");
        client.args(self.arguments(key, options)).arg(self.host());
        client
    }

    /// Asks for a file by one of the clients that copy files.
    pub(crate) fn copies(&self, program: &str, key: &str, what: &[&str]) -> Output {
        let mut client = Command::new(program);
        client.args(self.arguments(key, &[])).args(what).stdin(Stdio::null());
        client.output().unwrap()
    }
}

/// Waits until a session has begun to draw; what comes after its first byte nobody has read.
pub(crate) fn begins(client: &mut Child) {
    client.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
}

/// OpenSSH's own server on loopback, run by whoever runs the tests, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenSshServer {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) host_key: String,
}

impl OpenSshServer {
    /// With these lines in its configuration, and these keys let in.
    pub(crate) fn start(keys: &KeyRing, configuration: &str, authorized: &str) -> Self {
        let host_key = keys.key("host");
        let authorized_keys = keys.path("authorized_keys");
        fs::write(&authorized_keys, authorized).unwrap();
        let address = SocketAddr::from((loopback::own(), PORT));
        let own = format!(
            "ListenAddress {address}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n\
             KbdInteractiveAuthentication no\nAcceptEnv LANG LC_*\nLoginGraceTime 0\n",
            keys.path("host").display(),
            authorized_keys.display(),
        );
        let file = keys.path("sshd_config");
        fs::write(&file, own + configuration).unwrap();
        // Where root runs it, it wants the folder that its package makes when it is started.
        fs::create_dir_all("/run/sshd").unwrap_or_default();
        let mut child = Command::new(program());
        child.args(["-D", "-e", "-f"]).arg(&file).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let listens = said.by_ref().map(Result::unwrap).find(|line| line.contains("listening on"));
        assert!(listens.is_some(), "the server of OpenSSH does not start");
        // It goes on only while somebody listens to what it says.
        std::thread::spawn(move || said.for_each(drop));
        Self { child, address, host_key }
    }
}

impl Drop for OpenSshServer {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

fn program() -> &'static Path {
    let places = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"].map(Path::new);
    let found = places.into_iter().find(|place| place.exists());
    found.expect("sshd is missing: install openssh-server, or run tests/run.sh")
}

/// Who runs the tests.
pub(crate) fn user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}
