//! What a host takes on has a limit: connections, sessions, failures, and what is sent or not read.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::thread;

use crate::support::hosting::Hosting;
use crate::support::open_ssh::begins;
use crate::support::patience::comes;
use crate::support::program::OPERATOR;

const BENCH: [(&str, &str); 1] = [("bench", "ASM-1")];

/// What the host says to a connection until it ends it, or has said who it is.
fn first_words(mut knock: &TcpStream) -> String {
    let mut said = Vec::new();
    let mut byte = [0];
    while knock.read(&mut byte).unwrap_or(0) == 1 && byte != [b'\n'] {
        said.push(byte[0]);
    }
    String::from_utf8(said).unwrap()
}

#[test]
fn who_says_nothing_takes_no_place_of_those_who_work() {
    let hosting = Hosting::start(&BENCH, "[host]\narriving-an-address-max = 3\n");
    let mut working = hosting.reached().seat("bench");
    working.shows("Scan your badge");
    let waiting: Vec<TcpStream> = (0..3).map(|_| hosting.knocks()).collect();
    assert!(waiting.iter().all(|knock| first_words(knock).starts_with("SSH-2.0-gemba")));
    let crowd: Vec<TcpStream> = (0..100).map(|_| hosting.knocks()).collect();
    assert!(crowd.iter().all(|knock| first_words(knock).contains("too many connections")));
    working.sign_in(OPERATOR);
    working.shows("Work here");
    drop((waiting, crowd));
    hosting.reached().seat_once_free("bench");
}

#[test]
fn where_no_more_may_wait_at_the_door_one_of_the_address_with_the_most_gives_way() {
    let settings = "[host]\narriving-max = 3\nfailures-a-minute-max = 1\n";
    let hosting = Hosting::start(&BENCH, settings);
    let mut waiting: Vec<TcpStream> = (0..3).map(|_| hosting.knocks()).collect();
    assert!(waiting.iter().all(|knock| first_words(knock).starts_with("SSH-2.0-gemba")));
    assert!(first_words(&hosting.knocks()).contains("too many connections from this address"));
    let mut other = hosting.reached().seat_with("bench", &["-oBindAddress=127.0.0.2"], &[]);
    other.shows("Scan your badge");
    // It is the one that waited longest.
    let mut rest = Vec::new();
    waiting.remove(0).read_to_end(&mut rest).unwrap();
    hosting.tells("127.0.0.1 was turned away: it made room for another");
    // That is no failure of whoever else comes from there.
    let said = first_words(&hosting.knocks());
    assert!(said.starts_with("SSH-2.0-gemba"), "{said}");
    other.sign_in(OPERATOR);
    other.shows("Work here");
    drop(waiting);
}

#[test]
fn a_connection_that_comes_to_nothing_is_ended() {
    let hosting = Hosting::start(&BENCH, "[host]\narriving-s-max = 1\n");
    let mut knock = hosting.knocks();
    let mut said = Vec::new();
    knock.read_to_end(&mut said).unwrap();
    assert!(said.starts_with(b"SSH-2.0-gemba"));
}

#[test]
fn who_fails_too_often_is_turned_away_before_any_key_is_looked_at() {
    let hosting = Hosting::start(&BENCH, "[host]\nfailures-a-minute-max = 2\n");
    hosting.keys.key("stranger");
    let reached = hosting.reached();
    // Both at once: what counts is how many fail within a minute.
    let started = [0, 1].map(|_| {
        let mut client = reached.client("stranger", &["-tt"]);
        client.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    });
    for mut client in started {
        assert!(!client.wait().unwrap().success());
    }
    // A failure counts once the host has seen its connection end.
    let turned = "failed → try again in a minute";
    assert!(comes(|| first_words(&hosting.knocks()).contains(turned)));
    assert!(!reached.runs("bench", &["-tt"], &[]).status.success());
}

#[test]
fn more_sessions_than_the_host_or_a_key_may_have_are_refused_with_the_reason() {
    let hosting = Hosting::start(&BENCH, "[host]\nsessions-a-key-max = 1\n");
    let reached = hosting.reached();
    let mut first = reached.seat("bench");
    first.shows("Scan your badge");
    let mut second = reached.seat("bench");
    second.shows("all sessions of this key are taken");
    assert_eq!(second.ends(), 1);
    first.kill();
    // The place is free as soon as the host knows that the line is lost.
    reached.seat_once_free("bench");
}

#[test]
fn who_reads_nothing_is_hung_up_on() {
    let hosting = Hosting::start(&BENCH, "[host]\nsessions-a-key-max = 1\nunread-s-max = 1\n");
    let reached = hosting.reached();
    let mut client = reached.client("bench", &["-tt"]);
    let client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut client = client.spawn().unwrap();
    begins(&mut client);
    let mut stdin = client.stdin.take().unwrap();
    // Each piece has the screen drawn anew, until nobody takes any more.
    let draws = thread::spawn(move || while stdin.write_all(b"\x0c").is_ok() {});
    reached.seat_once_free("bench");
    client.kill().unwrap();
    client.wait().unwrap();
    draws.join().unwrap();
}

/// Bytes that mean nothing to anybody; none of them is a key that leaves the screen.
fn garbage(bytes: usize) -> Vec<u8> {
    let letters = b"\x1b[OPabcXYZ;~\xff\xc3\x80\x02";
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        letters[state as usize % letters.len()]
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn endless_garbage_from_who_reads_nothing_takes_no_memory() {
    let hosting = Hosting::start(&BENCH, "");
    let reached = hosting.reached();
    let mut working = reached.seat("bench");
    working.shows("Scan your badge");
    let mut client = reached.client("bench", &["-tt"]);
    let client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut client = client.spawn().unwrap();
    begins(&mut client);
    // Nobody ever reads what more it prints.
    let mut stdin = client.stdin.take().unwrap();
    let piece = garbage(1 << 20);
    stdin.write_all(&piece).unwrap();
    let before = hosting.service.memory_kib();
    for _ in 0..24 {
        stdin.write_all(&piece).unwrap();
    }
    let grown = hosting.service.memory_kib().saturating_sub(before);
    println!("24 MiB of garbage: {before} KiB before, {grown} KiB more after");
    assert!(grown < 8 * 1024, "{grown} KiB");
    working.sign_in(OPERATOR);
    working.shows("Work here");
    client.kill().unwrap();
    client.wait().unwrap();
}
