//! A stranger at one hosted terminal keeps nobody from work at another, and is told of.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use gemba::app::clock::Monotonic;

use crate::support::hosting::{Hosting, write_keys};
use crate::support::patience::comes;
use crate::support::program::{INSPECTOR, OPERATOR, PLANNER, SUPERVISOR};
use crate::support::seat::Seat;

const TWO: [(&str, &str); 2] = [("bench", "ASM-1"), ("clean", "INC-1")];

/// Locks a terminal by a badge that nobody has.
fn locks(hosting: &Hosting, seat: &mut Seat) {
    seat.shows("Scan your badge");
    seat.scans("B-9999");
    seat.shows("Type your PIN");
    for n in 1..=5 {
        seat.types("000000");
        hosting.tells_times("a badge and a PIN proved nobody", n);
    }
}

#[test]
fn r05_a_stranger_locks_the_terminal_at_hand_and_no_other_and_no_new_line_helps() {
    let hosting = Hosting::start(&TWO, "");
    hosting.by(PLANNER, &["site", "set", "--station-tries", "5"]).exits(0);
    let reached = hosting.reached();
    let (mut bench, mut clean) = (reached.seat("bench"), reached.seat("clean"));
    locks(&hosting, &mut bench);
    let told = hosting.tells("a badge and a PIN proved nobody");
    assert!(told.contains("from 127.0.0.1, bench, a badge"), "{told}");
    bench.kill();
    let mut again = reached.seat("bench");
    again.sign_in(OPERATOR);
    again.shows("wrong tries at this terminal");
    let shown = hosting.gemba(&["station", "show"]).exits(0);
    shown.says("terminal ssh-key-").says("takes no badge for");
    clean.sign_in(INSPECTOR);
    clean.shows("Work here");
    again.scans(SUPERVISOR.0);
    again.types(SUPERVISOR.1);
    again.shows("Work here");
    hosting.tells("signed in");
    let shown = hosting.gemba(&["station", "show", "--json"]).exits(0);
    assert_eq!(shown.values()[0]["locked"], serde_json::json!([]));
}

#[test]
fn whoever_is_turned_away_is_told_with_key_and_address_and_not_without_end() {
    let since = Monotonic::start();
    let settings = "[host]\nfailures-a-minute-max = 1000\narriving-an-address-max = 100\n";
    let hosting = Hosting::start(&TWO, settings);
    hosting.keys.key("stranger");
    let reached = hosting.reached();
    let public = hosting.keys.path("stranger.pub");
    let shown = Command::new("ssh-keygen").arg("-lf").arg(public).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let fingerprint = shown.split(' ').nth(1).unwrap();
    let started = [(); 8].map(|()| {
        let mut client = reached.client("stranger", &["-tt"]);
        client.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    });
    for mut client in started {
        assert!(!client.wait().unwrap().success());
    }
    let line = format!("127.0.0.1 was turned away: the key {fingerprint} is not known");
    // Five a minute, however many minutes it took.
    let is_bounded = |told: &str| {
        let minutes = usize::try_from(since.ms() / 60_000).unwrap() + 1;
        assert!(told.matches(&line).count() <= 5 * minutes, "{told}");
    };
    is_bounded(&hosting.tells(&line));
    let mut bench = reached.seat("bench");
    bench.shows("Scan your badge");
    is_bounded(&hosting.tells("bench, came at ASM-1"));
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
    hosting.tells("novak signed in");
    bench.kill();
    hosting.tells("bench, left");
}

#[test]
fn what_is_wrong_with_the_file_of_keys_is_told_however_many_are_turned_away() {
    let hosting = Hosting::start(&TWO, "[host]\nfailures-a-minute-max = 1000\n");
    hosting.keys.key("stranger");
    let reached = hosting.reached();
    for _ in 0..6 {
        assert!(!reached.runs("stranger", &["-tt"], &[]).status.success());
    }
    hosting.tells_times("127.0.0.1 was turned away", 5);
    let known = fs::read_to_string(hosting.home().join("authorized_keys")).unwrap();
    write_keys(&hosting.plant, &format!("nonsense\n{known}"));
    hosting.tells("authorized_keys line 1");
}

#[test]
fn r13_a_hosted_terminal_locks_when_nobody_types_and_a_window_that_changes_is_nobody() {
    let hosting = Hosting::start(&TWO, "idle-lock-min = 1\n");
    let mut bench = hosting.reached().seat("bench");
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
    bench.scans("WO-1881/0010");
    bench.shows("start work");
    bench.types("");
    bench.shows("Scan the pump");
    bench.types_no_further("00");
    // It ticks once a minute: locked at the second tick at the latest, whatever the window does.
    let mut columns = 80;
    let locked = comes(|| {
        columns = 161 - columns;
        bench.resizes(columns, 24);
        bench.shows_within("locked after 1 minute", Duration::from_secs(3))
    });
    assert!(locked, "{}", bench.screen());
    bench.sign_in(OPERATOR);
    bench.shows("00  kept");
}
