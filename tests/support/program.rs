//! The program as people run it: the real binary, on the sample plant, in a folder of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use gemba::domain::decide::Command as Asked;
use gemba::domain::fact::{Acting, Position};
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::store::Ledger;
use serde_json::Value;

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

/// The program as a command, with a home.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
    command.args(arguments).env("GEMBA_HOME", home).env_remove("GEMBA_PLACE");
    command
}

fn run(home: &Path, arguments: &[&str], input: Option<&str>) -> Ran {
    let mut command = command(home, arguments);
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

/// The sample plant in a folder; nothing of it runs.
#[derive(Debug)]
pub(crate) struct SamplePlant {
    dir: tempfile::TempDir,
}

impl SamplePlant {
    pub(crate) fn new() -> Self {
        let plant = Self { dir: tempfile::tempdir().unwrap() };
        plant.play("expect Scan your badge\n").exits(0);
        plant
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("station")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file beside the plant; tells its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Plays a script in this plant.
    pub(crate) fn play(&self, script: &str) -> Ran {
        let file = self.file("script.keys", script);
        let dir = self.dir.path().to_str().unwrap();
        run(&self.home(), &["demo", "--headless", "--script", &file, "--dir", dir], None)
    }

    /// Runs a command at the station.
    pub(crate) fn gemba(&self, arguments: &[&str]) -> Ran {
        run(&self.home(), arguments, None)
    }

    /// Runs a command at the station by a badge with its PIN.
    pub(crate) fn by(&self, (badge, pin): (&str, &str), arguments: &[&str]) -> Ran {
        let mut all = arguments.to_vec();
        all.extend(["--badge", badge, "--pin-fd", "0"]);
        run(&self.home(), &all, Some(&format!("{pin}\n")))
    }

    /// Starts a command by a badge with its PIN; whoever started it ends it.
    pub(crate) fn start(&self, (badge, pin): (&str, &str), arguments: &[&str]) -> Child {
        let mut all = arguments.to_vec();
        all.extend(["--badge", badge, "--pin-fd", "0"]);
        let mut command = command(&self.home(), &all);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{pin}").unwrap();
        child
    }

    /// The station hears that the judge rejected a record of a unit.
    pub(crate) fn reject(&self, fact: &str, unit: &str) {
        let mut ledger = Ledger::open(&self.home()).unwrap();
        let (fact, station) = (Position::parse(fact).unwrap(), ledger.identity().station.clone());
        let (from, to_seq) = (fact.clone(), fact.seq);
        let reasons = vec!["not at this bench".to_owned()];
        let hold = TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: reasons.clone() };
        let exceptions = vec![Judgement { fact, verdict: JudgeVerdict::Rejected, reasons }];
        let judged = StationCommand::Judge { from, to_seq, exceptions };
        let judge = Acting { actor: None, ..acting("nobody") };
        for command in [
            Asked::Traveler(TravelerId::parse(unit).unwrap(), hold),
            Asked::Station(station, judged),
        ] {
            ledger.transact(&judge, &moment(0), command).unwrap();
        }
    }

    /// Runs the plant's server until it is dropped.
    pub(crate) fn server(&self) -> ServerProcess {
        let shown = self.gemba(&["station", "show", "--json"]).exits(0).values();
        let url = shown[0]["server"].as_str().unwrap().to_owned();
        let listen = url.strip_prefix("http://").unwrap();
        let folder = self.path("server");
        let arguments = ["serve", "--listen", listen, "--database", folder.to_str().unwrap()];
        let mut command = command(&self.home(), &arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(&url), "{line}");
        ServerProcess { child }
    }
}

/// A server that ends with its test.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
