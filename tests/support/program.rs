//! The program as people run it: the real binary, on the sample plant, in a folder of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::Deref;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use gemba::domain::decide::Command as Asked;
use gemba::domain::fact::{Acting, Position};
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::store::Ledger;
use serde_json::Value;

use super::loopback;
use super::plant::{acting, moment};

pub(crate) const OPERATOR: (&str, &str) = ("B-2107", "482913");
pub(crate) const INSPECTOR: (&str, &str) = ("B-3052", "915274");
pub(crate) const SUPERVISOR: (&str, &str) = ("B-4011", "268401");
pub(crate) const ENGINEER: (&str, &str) = ("B-5003", "594137");
pub(crate) const QUALITY: (&str, &str) = ("B-5020", "837065");
pub(crate) const PLANNER: (&str, &str) = ("B-6001", "351790");

/// What one run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nout: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.out, self.err);
        assert!(all.contains(text), "{text:?} is not in:\n{all}");
        self
    }

    /// Refused, for these reasons exactly; each with what stands in the way and what to do.
    #[track_caller]
    pub(crate) fn refuses(self, codes: &[&str]) -> Self {
        let error: Value = serde_json::from_str(self.err.trim()).unwrap();
        let reasons = error["error"]["reasons"].as_array().unwrap_or_else(|| panic!("{error}"));
        let text = |reason: &Value, key: &str| reason[key].as_str().unwrap().to_owned();
        let found: Vec<_> = reasons.iter().map(|reason| text(reason, "code")).collect();
        assert_eq!(found, codes, "{error}");
        assert!(reasons.iter().all(|r| !text(r, "what").is_empty() && !text(r, "next").is_empty()));
        self.exits(1)
    }

    /// The JSON values printed, a line each.
    #[track_caller]
    pub(crate) fn values(&self) -> Vec<Value> {
        let read = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
        };
        self.out.lines().map(read).collect()
    }
}

/// Runs the program without a home of its own.
pub(crate) fn gemba(arguments: &[&str]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    run(home.path(), arguments, None)
}

/// Runs the program in a home.
pub(crate) fn gemba_at(home: &Path, arguments: &[&str]) -> Ran {
    run(home, arguments, None)
}

/// The program as a command, with a home.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
    command.args(arguments).env("GEMBA_HOME", home).env_remove("GEMBA_PLACE");
    command
}

fn run(home: &Path, arguments: &[&str], input: Option<&str>) -> Ran {
    fed(command(home, arguments), input)
}

fn fed(mut command: Command, input: Option<&str>) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    if let Some(input) = input {
        // A program that refuses before it asks does not read.
        stdin.write_all(input.as_bytes()).unwrap_or_default();
    }
    drop(stdin);
    Ran::of(child.wait_with_output().unwrap())
}

/// A station at which commands are run, with a folder beside its home.
#[derive(Debug)]
pub(crate) struct Post {
    dir: PathBuf,
    home: PathBuf,
}

impl Post {
    /// The station of this name in a folder; nothing is made there.
    pub(crate) fn new(dir: &Path, name: &str) -> Self {
        Self { dir: dir.to_owned(), home: dir.join(name) }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.home.clone()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file beside the home; tells its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command at the station.
    pub(crate) fn gemba(&self, arguments: &[&str]) -> Ran {
        run(&self.home, arguments, None)
    }

    /// A moment of the plant's own clocks, as programs are told it.
    pub(crate) fn utc(&self, local: &str) -> String {
        let site = self.gemba(&["site", "show", "--json"]).exits(0).values().remove(0);
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.in_tz(site["time_zone"].as_str().unwrap()).unwrap().timestamp().to_string()
    }

    /// Runs a command at the station by a badge with its PIN.
    pub(crate) fn by(&self, (badge, pin): (&str, &str), arguments: &[&str]) -> Ran {
        let mut all = arguments.to_vec();
        all.extend(["--badge", badge, "--pin-fd", "0"]);
        run(&self.home, &all, Some(&format!("{pin}\n")))
    }

    /// Runs a command with variables set, and something to read.
    pub(crate) fn gemba_with(
        &self,
        variables: &[(&str, String)],
        arguments: &[&str],
        input: Option<&str>,
    ) -> Ran {
        let mut command = command(&self.home, arguments);
        command.envs(variables.iter().map(|(name, value)| (*name, value)));
        fed(command, input)
    }

    /// Runs a command with something to read.
    pub(crate) fn gemba_told(&self, arguments: &[&str], input: &str) -> Ran {
        run(&self.home, arguments, Some(input))
    }

    /// Gives a person a card with a PIN, by a badge with its own PIN.
    pub(crate) fn give_pin(
        &self,
        by: (&str, &str),
        (person, name): (&str, &str),
        (card_badge, new_pin): (&str, &str),
    ) -> Ran {
        self.new_pin(by, &[person, "--name", name, "--card-badge", card_badge], new_pin)
    }

    /// Gives a new PIN with what is said about the card, by a badge with its own PIN.
    pub(crate) fn new_pin(&self, (badge, pin): (&str, &str), card: &[&str], new_pin: &str) -> Ran {
        let (pin, new_pin) = (format!("{pin}\n"), format!("{new_pin}\n"));
        let (pin, new_pin) = (self.file("badge.pin", pin), self.file("new.pin", new_pin));
        // Two PINs come by two descriptors, which a shell opens.
        let redirected = "pin=$1 new=$2; shift 2; exec \"$@\" 3<\"$pin\" 4<\"$new\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", redirected, "sh", &pin, &new_pin, env!("CARGO_BIN_EXE_gemba")]);
        shell.args(["person", "pin"]).args(card);
        shell.args(["--new-pin-fd", "4", "--pin-fd", "3", "--badge", badge]);
        Ran::of(shell.env("GEMBA_HOME", &self.home).output().unwrap())
    }

    /// Starts a command by a badge with its PIN; whoever started it ends it.
    pub(crate) fn start(&self, (badge, pin): (&str, &str), arguments: &[&str]) -> Child {
        let mut all = arguments.to_vec();
        all.extend(["--badge", badge, "--pin-fd", "0"]);
        let mut command = command(&self.home, &all);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // A program that refuses before it asks does not read.
        writeln!(child.stdin.take().unwrap(), "{pin}").unwrap_or_default();
        child
    }

    /// Starts a command that nobody signs in for and that asks nothing.
    pub(crate) fn start_service(&self, arguments: &[&str]) -> Service {
        let mut command = command(&self.home, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        Service::of(command.spawn().unwrap())
    }

    /// The same, with what it tells besides in a file.
    pub(crate) fn start_service_telling(&self, arguments: &[&str], told: &Path) -> Service {
        let mut command = command(&self.home, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(std::fs::File::create(told).unwrap());
        Service::of(command.spawn().unwrap())
    }
}

/// The sample plant in a folder; nothing of it runs.
#[derive(Debug)]
pub(crate) struct SamplePlant {
    post: Post,
    dir: tempfile::TempDir,
}

impl Deref for SamplePlant {
    type Target = Post;

    fn deref(&self) -> &Post {
        &self.post
    }
}

impl SamplePlant {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let plant = Self { post: Post::new(dir.path(), "station"), dir };
        let script = plant.file("script.keys", "expect Scan your badge\n");
        plant.plays(&script, &["--listen", &loopback::any_port()]).exits(0);
        // Nobody is here to learn.
        let settings = plant.home().join("gemba.toml");
        let told = std::fs::read_to_string(&settings).unwrap();
        std::fs::write(&settings, format!("tour = false\n{told}")).unwrap();
        plant
    }

    /// Plays a script in this plant.
    pub(crate) fn play(&self, script: &str) -> Ran {
        self.plays(&self.file("script.keys", script), &[])
    }

    /// Plays a script of the fixtures in this plant; it may include those beside it.
    pub(crate) fn play_fixture(&self, name: &str) -> Ran {
        self.plays(&format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR")), &[])
    }

    /// Plays a script file in this plant.
    pub(crate) fn plays(&self, file: &str, more: &[&str]) -> Ran {
        let dir = self.dir.path().to_str().unwrap();
        let play = ["demo", "--headless", "--script", file, "--dir", dir];
        run(&self.home(), &[&play[..], more].concat(), None)
    }

    /// From now on seals are inspected here, and goods-in noted these lots of them, each with its count.
    pub(crate) fn inspects_seals(&self, lots: &[(&str, &str)]) {
        let server = self.server();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
        self.by(ENGINEER, &["release", source]).exits(0);
        let approve = ["sign", "--meaning", "approved", "WI-2100", "A"];
        self.by(ENGINEER, &approve).exits(0);
        self.by(QUALITY, &approve).exits(0).says("is in effect");
        for (lot, quantity) in lots {
            let receive = ["material", "receive", "SEAL-1", lot, "--supplier", "Nordic Seals"];
            self.by(QUALITY, &[&receive[..], &["--quantity", quantity]].concat()).exits(0);
        }
        drop(server);
    }

    /// The station hears that the judge rejected a record of a unit.
    pub(crate) fn reject(&self, fact: &str, unit: &str) {
        let mut ledger = Ledger::open(&self.home()).unwrap();
        let (fact, station) = (Position::parse(fact).unwrap(), ledger.identity().station.clone());
        let (from, to_seq) = (fact.clone(), fact.seq);
        let reasons = vec!["not at this bench".to_owned()];
        let hold = TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: reasons.clone() };
        let traveler = TravelerId::parse(unit).unwrap();
        let (verdict, units) = (JudgeVerdict::Rejected, vec![traveler.clone()]);
        let exceptions = vec![Judgement { fact, verdict, reasons, units }];
        let judged = StationCommand::Judge { from, to_seq, exceptions, unread: Vec::new() };
        let judge = Acting { actor: None, ..acting("nobody") };
        for command in [Asked::Traveler(traveler, hold), Asked::Station(station, judged)] {
            ledger.transact(&judge, &moment(0), command).unwrap();
        }
    }

    /// Runs the plant's server until it is dropped.
    pub(crate) fn server(&self) -> Service {
        let shown = self.gemba(&["station", "show", "--json"]).exits(0).values();
        let url = shown[0]["server"].as_str().unwrap().to_owned();
        let listen = url.strip_prefix("http://").unwrap();
        let folder = self.path("server");
        let arguments = ["serve", "--listen", listen, "--database", folder.to_str().unwrap()];
        let mut server = self.start_service(&arguments);
        let line = server.first_line();
        assert!(line.contains(&url), "{line}");
        server
    }
}

/// A process that ends with its test.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// What it prints; open as long as it runs.
    prints: Option<BufReader<ChildStdout>>,
}

impl Service {
    fn of(mut child: Child) -> Self {
        let prints = child.stdout.take().map(BufReader::new);
        Self { child, prints }
    }

    /// The first line that it prints; waits for it.
    pub(crate) fn first_line(&mut self) -> String {
        let mut line = String::new();
        self.prints.as_mut().unwrap().read_line(&mut line).unwrap();
        line
    }

    /// The process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The memory that it takes now, in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Ends it as a power cut does; tells whether it died of that, and had not ended before.
    pub(crate) fn kill(&mut self) -> bool {
        self.child.kill().unwrap_or_default();
        self.child.wait().unwrap().signal() == Some(9)
    }

    /// Waits until it has ended; tells its exit code, none where it was killed.
    pub(crate) fn ends(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Tells it to end, as the machine does when it goes down; gives back its exit code.
    pub(crate) fn told_to_end(mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
