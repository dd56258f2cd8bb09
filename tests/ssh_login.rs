//! gemba as the login command of OpenSSH's own server, as the README configures it: the line opens the
//! terminal and nothing else, and a line that drops loses nothing (R13).

use std::fs;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use rusqlite::Connection;

use crate::support::open_ssh::{KeyRing, OpenSshServer, Reached, begins, user};
use crate::support::patience::comes;
use crate::support::program::{OPERATOR, SamplePlant};

/// The lines for `sshd_config` that the README has, with this machine's names.
fn configuration(plant: &SamplePlant) -> String {
    let readme = fs::read_to_string(format!("{}/README.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (_, after) = readme.split_once("```sshd_config\n").unwrap();
    let (block, _) = after.split_once("```").unwrap();
    let told = |text: &str, name: &str, here: &str| {
        assert!(text.contains(name), "{name} is not in the README's lines");
        text.replace(name, here)
    };
    let block = told(block, "Match User gemba", &format!("Match User {}", user()));
    let block = told(&block, "/usr/local/bin/gemba", env!("CARGO_BIN_EXE_gemba"));
    told(&block, "/var/lib/gemba", plant.home().to_str().unwrap())
}

/// A server that lets one key in, at ASM-1.
fn server(plant: &SamplePlant, keys: &KeyRing) -> OpenSshServer {
    let authorized = format!("restrict,pty,environment=\"GEMBA_PLACE=ASM-1\" {}\n", keys.key("a"));
    OpenSshServer::start(keys, &configuration(plant), &authorized)
}

fn reached<'a>(keys: &'a KeyRing, server: &OpenSshServer) -> Reached<'a> {
    Reached::new(keys, (&user(), server.address), &server.host_key)
}

/// Whether the station keeps what was typed and not recorded.
fn keeps(plant: &SamplePlant, typed: &str) -> bool {
    let store = Connection::open(plant.home().join("station.db")).unwrap();
    let sql = "SELECT count(*) FROM draft WHERE text = ?1";
    store.query_row(sql, [typed], |row| row.get::<_, u32>(0)).unwrap() > 0
}

#[test]
fn r13_a_line_of_openssh_that_drops_in_a_step_is_taken_up_where_it_was() {
    let (plant, keys) = (SamplePlant::new(), KeyRing::new());
    let server = server(&plant, &keys);
    let reached = reached(&keys, &server);
    let mut seat = reached.seat("a");
    seat.shows("ASM-1");
    seat.comes_to_the_first_step();
    seat.types_no_further("00");
    seat.kill();
    assert!(comes(|| keeps(&plant, "00")), "it is lost");
    let mut again = reached.seat("a");
    again.sign_in(OPERATOR);
    again.shows("Work here");
    again.scans("WO-1881/0010");
    again.shows("00  kept");
    again.types("0010");
    again.shows("saved 0010");
    again.shows("ASM-1");
}

#[test]
fn a_line_of_openssh_leads_to_the_terminal_and_to_no_shell() {
    let (plant, keys) = (SamplePlant::new(), KeyRing::new());
    let server = server(&plant, &keys);
    let reached = reached(&keys, &server);
    let trace = keys.path("a-shell-was-here");
    let command = format!("touch {}", trace.display());

    let ran = reached.runs("a", &[], &["sh", "-c", &command]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains("there is no terminal"), "{said}");
    assert_eq!(ran.status.code(), Some(2));
    let mut seat = reached.seat_with("a", &[], &[&command]);
    seat.shows("Scan your badge");
    // Neither a stop nor a quit by key leaves it.
    seat.types_no_further("\x1a\x1c");
    seat.shows("Scan your badge");
    seat.kill();
    let (copied, host) = (keys.path("copied"), server.address.ip().to_string());
    let from = format!("{host}:{}", plant.home().join("gemba.toml").display());
    let ran = reached.copies("scp", "a", &[&from, copied.to_str().unwrap()]);
    assert!(!ran.status.success() && !copied.exists());
    assert!(!reached.copies("sftp", "a", &[&host]).status.success());
    assert!(!trace.exists(), "a shell ran");
}

#[test]
fn a_line_of_openssh_forwards_nothing() {
    let (plant, keys) = (SamplePlant::new(), KeyRing::new());
    let server = server(&plant, &keys);
    let reached = reached(&keys, &server);
    let back = format!("0:{}", server.address);
    let ran = reached.runs("a", &["-N", "-oExitOnForwardFailure=yes", "-R", &back], &[]);
    assert!(!ran.status.success(), "a port was forwarded back");
    let socket = keys.path("forwarded");
    let there = format!("{}:{}", socket.display(), server.address);
    let mut client = reached.client("a", &["-tt", "-L", &there]);
    let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    begins(&mut client);
    let mut through = UnixStream::connect(socket).unwrap();
    assert_eq!(std::io::copy(&mut through, &mut std::io::sink()).unwrap(), 0, "it leads on");
    client.kill().unwrap();
    client.wait().unwrap();
}
