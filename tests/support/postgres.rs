//! A real PostgreSQL server in a temporary directory, with everything durable as in a plant.
//!
//! It speaks on a socket of its own, so that nothing else on the machine is met. A shell between
//! ends it when this process ends, however that happens, because its input ends then.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::counts;
use super::patience::{Patience, comes};
use gemba::server::store::database::Database;
use rustix::process::{Pid, Signal, geteuid, kill_process, kill_process_group};

/// Whom PostgreSQL runs as where the tests run as root, which it refuses to.
const NOBODY: u32 = 65534;

/// Sorts as people of one language do, which is not how SQLite sorts: what rests on the order of
/// the database shows.
const MAKE: &str = r#"set -e
"$BIN/initdb" -D "$DIR/data" -U gemba --auth=trust -E UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=en-US -N >/dev/null"#;

const RUN: &str = r#"
"$BIN/postgres" -D "$DIR/data" -k "$DIR" -c listen_addresses= -c max_connections=400 \
    -c lc_messages=C -c fsync=on $MORE <&- & server=$!
exec 3<&0
{ cat <&3 >/dev/null; kill -INT $server && touch "$DIR/ended"; } 2>/dev/null &
wait $server
[ -e "$DIR/ended" ] && rm -rf "$DIR""#;

/// A server with its databases.
#[derive(Debug)]
pub(crate) struct Cluster {
    dir: PathBuf,
    shell: Child,
    /// What `psql` finds its socket by.
    port: u16,
    databases: AtomicU32,
}

/// What PostgreSQL takes where nothing else is said; two may have it, each on a socket of its own.
const USUAL_PORT: u16 = 5432;

/// One for all tests that do not harm it.
pub(crate) fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

/// Where the programs of PostgreSQL are. They are needed: a test that quietly did nothing where
/// they are missing would say that a plant's database works.
#[expect(clippy::disallowed_methods, reason = "where programs are is the environment's to say")]
fn programs() -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    places.sort();
    places.reverse();
    places.extend(std::env::split_paths(&path));
    let found = places.into_iter().find(|place| place.join("initdb").exists());
    found.expect("the tests need PostgreSQL: apt-get install postgresql")
}

impl Cluster {
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// As before, with more settings as PostgreSQL takes them.
    pub(crate) fn start_with(more: &str) -> Self {
        let dir = made();
        let shell = run(&dir, more);
        Self { dir, shell, port: USUAL_PORT, databases: AtomicU32::new(0) }
    }

    /// Speaks TLS on a port of this machine as well, with this certificate and key.
    pub(crate) fn start_with_tls(certificate: &str, key: &str) -> Self {
        let dir = made();
        for (name, text) in [("server.pem", certificate), ("server.key", key)] {
            let file = dir.join("data").join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            if geteuid().is_root() {
                chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let tls = "-c ssl=on -c ssl_cert_file=server.pem -c ssl_key_file=server.key";
        let tried = || {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let shell = run_or(&dir, &format!("-p {port} -c listen_addresses=127.0.0.1 {tls}"))?;
            Ok::<_, String>((shell, port))
        };
        // Somebody else may be given the port just then.
        let (shell, port) = until_it_starts(tried);
        Self { dir, shell, port, databases: AtomicU32::new(0) }
    }

    /// The same database by a host's name and this server's port.
    pub(crate) fn over_tcp(&self, database: &Database, host: &str, parameters: &str) -> Database {
        let (name, port) = (name(database), self.port);
        Database::Postgres(format!("postgres://gemba@{host}:{port}/{name}{parameters}"))
    }

    /// Ends all its processes at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        let file = self.dir.join("data/postmaster.pid");
        let postmaster = fs::read_to_string(file).unwrap();
        let postmaster: i32 = postmaster.lines().next().unwrap().parse().unwrap();
        // Stopped, it begins no other one: what was left of that would keep it from starting again. They
        // have groups of their own.
        sent(postmaster, Signal::STOP);
        assert!(comes(|| state(postmaster).is_none_or(|state| state == "T")), "it does not stop");
        let children = children(postmaster);
        for process in [postmaster].iter().chain(&children) {
            sent(*process, Signal::KILL);
        }
        // The shell takes note of the end, so that no process of that number is left. Its input
        // stays open meanwhile: an end of that is the end of the tests.
        let input = self.shell.stdin.take();
        self.shell.wait().unwrap();
        kill_process_group(Pid::from_child(&self.shell), Signal::KILL).unwrap_or_default();
        drop(input);
        let is_running = |process: &i32| state(*process).is_some_and(|state| state != "Z");
        assert!(comes(|| !children.iter().any(is_running)), "it does not die");
    }

    /// Starts it again on what its disk has.
    pub(crate) fn start_again(&mut self) {
        self.shell = until_it_starts(|| run_or(&self.dir, ""));
    }

    /// A new database.
    pub(crate) fn database(&self) -> Database {
        let name = format!("plant{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        counts::add("databases", 1);
        Database::Postgres(self.url(&name))
    }

    pub(crate) fn url(&self, name: &str) -> String {
        let host = self.dir.to_str().unwrap().replace('/', "%2F");
        format!("postgres://gemba@{host}/{name}")
    }

    /// What the real `psql` answers, its columns apart by a bar.
    pub(crate) fn psql(&self, name: &str, sql: &str) -> String {
        let mut psql = Command::new(programs().join("psql"));
        psql.arg("-h").arg(&self.dir).args(["-p", &self.port.to_string()]);
        psql.args(["-U", "gemba", "-d", name, "-XqAt"]);
        let answer = psql.args(["-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        let said = String::from_utf8_lossy(&answer.stderr);
        assert!(answer.status.success(), "{sql}: {said}");
        String::from_utf8(answer.stdout).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be what failed.
        kill_process_group(Pid::from_child(&self.shell), Signal::KILL).unwrap_or_default();
        self.shell.wait().map(drop).unwrap_or_default();
        fs::remove_dir_all(&self.dir).unwrap_or_default();
    }
}

/// A folder with a new cluster.
fn made() -> PathBuf {
    let dir = tempfile::Builder::new().prefix("gemba-pg-").tempdir_in("/tmp").unwrap().keep();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    if geteuid().is_root() {
        chown(&dir, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let made = shell(&dir, MAKE, "").stdin(Stdio::null()).status().unwrap();
    assert!(made.success(), "initdb failed");
    dir
}

fn sent(process: i32, signal: Signal) {
    // It may have seen that its parent is gone.
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap_or_default();
}

/// The fields of a process after its name, which begin with its state and its parent.
fn fields(process: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split(' ').map(str::to_owned).collect())
}

fn state(process: i32) -> Option<String> {
    fields(process)?.into_iter().next()
}

fn children(parent: i32) -> Vec<i32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let processes = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parent = parent.to_string();
    processes.filter(|one| fields(*one).is_some_and(|fields| fields[1] == parent)).collect()
}

/// Tries until it starts; what it said last is told where it never does.
fn until_it_starts<T>(mut tried: impl FnMut() -> Result<T, String>) -> T {
    let patience = Patience::begins();
    loop {
        match tried() {
            Ok(started) => return started,
            Err(said) => assert!(patience.left().is_some(), "PostgreSQL ended:\n{said}"),
        }
    }
}

/// The name of a database by its address.
pub(crate) fn name(database: &Database) -> String {
    database.to_string().rsplit('/').next().unwrap().to_owned()
}

fn shell(dir: &Path, script: &str, more: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("BIN", programs()).env("DIR", dir).env("MORE", more);
    shell.env("LC_ALL", "C.UTF-8").current_dir("/").process_group(0);
    if geteuid().is_root() {
        shell.uid(NOBODY).gid(NOBODY);
    }
    shell
}

/// Runs it, and waits until it takes connections.
fn run(dir: &Path, more: &str) -> Child {
    run_or(dir, more).unwrap_or_else(|said| panic!("PostgreSQL ended:\n{said}"))
}

/// As before; tells what it said where it ended.
fn run_or(dir: &Path, more: &str) -> Result<Child, String> {
    let mut running = shell(dir, RUN, more);
    let mut running = running.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(running.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut heard = Vec::new();
    loop {
        let Some(line) = said.next() else {
            running.wait().unwrap();
            return Err(heard.join("\n"));
        };
        if line.contains("ready to accept connections") {
            break;
        }
        heard.push(line);
    }
    std::thread::spawn(move || said.for_each(drop));
    Ok(running)
}
