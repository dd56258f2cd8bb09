//! OpenSSH as people have it: keys, its client in a terminal, and its server on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portable_pty::CommandBuilder;

use super::seat::Seat;

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
    pub(crate) port: u16,
}

impl<'a> Reached<'a> {
    /// A server that shows this public key as its own.
    pub(crate) fn new(keys: &'a KeyRing, (user, port): (&str, u16), host_key: &str) -> Self {
        let known = format!("[127.0.0.1]:{port} {host_key}\n");
        fs::write(keys.path(&format!("known-{port}")), known).unwrap();
        Self { keys, user: user.to_owned(), port }
    }

    /// What the client is told, options before the rest.
    fn arguments(&self, key: &str, options: &[&str]) -> Vec<String> {
        let known = self.keys.path(&format!("known-{}", self.port));
        let identity = self.keys.path(key);
        let told = [
            format!("Port={}", self.port),
            format!("User={}", self.user),
            format!("UserKnownHostsFile={}", known.display()),
            format!("IdentityFile={}", identity.display()),
            "StrictHostKeyChecking=yes".to_owned(),
            "IdentitiesOnly=yes".to_owned(),
            "IdentityAgent=none".to_owned(),
            "PreferredAuthentications=publickey,keyboard-interactive".to_owned(),
            "ConnectTimeout=20".to_owned(),
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

    fn at_terminal(&self, key: &str, options: &[&str], command: &[&str]) -> CommandBuilder {
        let mut client = CommandBuilder::new("ssh");
        client.args(self.arguments(key, &[&["-tt"], options].concat()));
        client.arg("127.0.0.1");
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
        client.args(self.arguments(key, options)).arg("127.0.0.1");
        client
    }

    /// Asks for a file by one of the clients that copy files.
    pub(crate) fn copies(&self, program: &str, key: &str, what: &[&str]) -> Output {
        let mut client = Command::new(program);
        client.args(self.arguments(key, &[])).args(what).stdin(Stdio::null());
        client.output().unwrap()
    }
}

/// OpenSSH's own server on loopback, run by whoever runs the tests, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenSshServer {
    child: Child,
    pub(crate) port: u16,
    pub(crate) host_key: String,
}

impl OpenSshServer {
    /// With these lines in its configuration, and these keys let in.
    pub(crate) fn start(keys: &KeyRing, configuration: &str, authorized: &str) -> Self {
        let host_key = keys.key("host");
        let authorized_keys = keys.path("authorized_keys");
        fs::write(&authorized_keys, authorized).unwrap();
        let port = free_port();
        let own = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n\
             KbdInteractiveAuthentication no\nAcceptEnv LANG LC_*\n",
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
        Self { child, port, host_key }
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

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Who runs the tests.
pub(crate) fn user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}
