//! `gemba host`: one process, many terminals over SSH, reached by OpenSSH's own client.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::process::{Command, Output};

use gemba::host::keys::{KnownKeys, Missed, fingerprint};

use crate::support::hosting::{Hosting, prepared, write_keys};
use crate::support::program::{INSPECTOR, OPERATOR};
use crate::support::seat::Seat;

const TWO: [(&str, &str); 2] = [("bench", "ASM-1"), ("clean", "INC-1")];

/// Begins the first step of a unit and types half of what it asks.
fn half_fills(seat: &mut Seat) {
    seat.comes_to_the_first_step();
    seat.types_no_further("00");
}

/// Comes back to it and ends it.
fn takes_it_up(seat: &mut Seat) {
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    seat.scans("WO-1881/0010");
    seat.shows("00  kept");
    seat.types("0010");
    seat.shows("saved 0010");
}

fn told(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

#[test]
fn r13_two_work_at_once_where_their_keys_say_and_a_dropped_line_is_taken_up() {
    let hosting = Hosting::start(&TWO, "");
    let reached = hosting.reached();
    let (mut bench, mut clean) = (reached.seat("bench"), reached.seat("clean"));
    bench.shows("(key bench)");
    clean.shows("INC-1");
    half_fills(&mut bench);
    clean.sign_in(INSPECTOR);
    clean.shows("Work here");
    bench.kill();
    hosting.tells(", bench, left");
    let mut again = reached.seat("bench");
    takes_it_up(&mut again);
    // Neither the lost line nor the new one was noticed beside them.
    clean.settles();
    clean.shows("INC-1");
    let traced = hosting.gemba(&["trace", "WO-1881/0010", "--json"]).exits(0);
    assert!(traced.out.contains("\"ASM-1\""), "{}", traced.out);
}

#[test]
fn a_window_that_changes_its_size_is_drawn_anew() {
    let hosting = Hosting::start(&TWO, "");
    let mut seat = hosting.reached().seat("bench");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    seat.resizes(30, 10);
    seat.shows("too small");
    seat.resizes(120, 40);
    seat.shows("Work here");
}

#[test]
fn a_key_that_is_not_known_is_turned_away_until_it_is_written_down() {
    let hosting = Hosting::start(&TWO, "");
    let reached = hosting.reached();
    let line = hosting.keys.key("stranger");
    let ran = reached.runs("stranger", &["-tt"], &[]);
    assert!(told(&ran).contains("Permission denied (publickey)"), "{}", told(&ran));
    let file = hosting.home().join("authorized_keys");
    let known = fs::read_to_string(file).unwrap();
    // A broken line lets nobody in, and keeps nobody out; a name is not needed.
    let unnamed = line.strip_suffix(" stranger").unwrap();
    write_keys(&hosting.plant, &format!("nonsense\n{known}pty,place=\"ASM-2\" {unnamed}\n"));
    let mut seat = reached.seat("stranger");
    seat.shows("ASM-2");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    write_keys(&hosting.plant, &known);
    assert!(told(&reached.runs("stranger", &["-tt"], &[])).contains("Permission denied"));
}

#[test]
fn r13_a_key_that_is_taken_out_of_the_file_ends_its_sessions_and_what_was_typed_is_kept() {
    let hosting = Hosting::start(&TWO, "");
    let reached = hosting.reached();
    let (mut bench, mut clean) = (reached.seat("bench"), reached.seat("clean"));
    clean.shows("INC-1");
    half_fills(&mut bench);
    let known = fs::read_to_string(hosting.home().join("authorized_keys")).unwrap();
    let others = known.lines().filter(|line| !line.ends_with(" bench"));
    let others: Vec<&str> = others.chain([""]).collect();
    write_keys(&hosting.plant, &others.join("\n"));
    bench.shows("the key of this terminal is let in no longer");
    assert_eq!(bench.ends(), 0);
    hosting.tells(", bench, left");
    clean.sign_in(INSPECTOR);
    clean.shows("Work here");
    write_keys(&hosting.plant, &known);
    let mut again = reached.seat("bench");
    takes_it_up(&mut again);
}

#[test]
fn keys_are_compared_by_what_the_file_has_and_a_file_that_cannot_be_trusted_ends_no_session() {
    let (plant, keys) = prepared(&TWO, "");
    let file = plant.home().join("authorized_keys");
    let me = fs::metadata(&file).unwrap().uid();
    let (one, two) = (keys.key("one"), keys.key("two"));
    let shown = Command::new("ssh-keygen").arg("-lf").arg(keys.path("one.pub")).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let of_one = BTreeSet::from([shown.split(' ').nth(1).unwrap().to_owned()]);
    write_keys(&plant, &format!("{one}\n"));
    let known = KnownKeys::open(&file, me).unwrap();
    assert!(known.gone(of_one.clone()).is_empty());
    // As long as before, and as old.
    let before = fs::metadata(&file).unwrap();
    write_keys(&plant, &format!("{two}\n"));
    let written = fs::File::options().write(true).open(&file).unwrap();
    written.set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), before.len());
    assert!(known.renew().is_empty());
    assert_eq!(known.gone(of_one.clone()), of_one);
    // What is wrong is told once.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!((known.renew().len(), known.renew().len()), (1, 0));
    assert!(known.gone(of_one.clone()).is_empty(), "nothing is known of any");
    fs::remove_file(&file).unwrap();
    assert!(known.renew().is_empty());
    assert_eq!(known.gone(of_one.clone()), of_one);
}

#[test]
fn r13_a_file_that_is_read_while_it_is_saved_ends_no_session_of_a_key_that_it_has() {
    let (plant, keys) = prepared(&TWO, "");
    let file = plant.home().join("authorized_keys");
    let line = keys.key("one");
    write_keys(&plant, &format!("{line}\n"));
    let known = KnownKeys::open(&file, fs::metadata(&file).unwrap().uid()).unwrap();
    let fingerprint = fingerprint(&known.find(&line.parse().unwrap()).unwrap().key);
    let of_one = BTreeSet::from([fingerprint]);
    let mut missed = Missed::default();
    let mut looks = |lines: &str| {
        write_keys(&plant, lines);
        known.renew();
        missed.again(known.gone(of_one.clone()))
    };
    // It was emptied, is then written, and is half there when it is saved once more.
    let half = &line[..line.len() / 2];
    for lines in ["", &line, half, &line, ""] {
        assert_eq!(looks(lines), BTreeSet::new(), "{lines:?}");
    }
    assert_eq!(looks(""), of_one, "it is missing for good");
}

#[test]
fn a_line_without_a_key_is_let_in_only_where_the_station_says_so() {
    let hosting = Hosting::start(&TWO, "place = \"ASM-2\"\n[host]\nwithout-key = true\n");
    let mut seat = hosting.reached().seat("no-such-key");
    seat.shows("(gemba.toml)");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    let mut seat = hosting.reached().seat("clean");
    seat.shows("(key clean)");
}

#[test]
fn a_line_leads_to_the_terminal_and_to_nothing_else() {
    let hosting = Hosting::start(&TWO, "");
    let reached = hosting.reached();
    let ran = reached.runs("bench", &[], &["sh", "-c", "id"]);
    assert!(told(&ran).contains("no command is run"), "{}", told(&ran));
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(1), 0));
    let ran = reached.runs("bench", &["-T"], &[]);
    assert!(told(&ran).contains("there is no terminal"), "{}", told(&ran));
    let copied = hosting.keys.path("copied");
    let ran = reached.copies("scp", "bench", &["127.0.0.1:/etc/hosts", copied.to_str().unwrap()]);
    assert!(!ran.status.success() && !copied.exists());
    let ran = reached.copies("sftp", "bench", &["127.0.0.1"]);
    assert!(told(&ran).contains("no file is copied"), "{}", told(&ran));
    let back = format!("0:127.0.0.1:{}", hosting.address.port());
    let ran = reached.runs("bench", &["-N", "-oExitOnForwardFailure=yes", "-R", &back], &[]);
    assert!(!ran.status.success(), "a port was forwarded back");
    let there = format!("127.0.0.1:{}", hosting.address.port());
    let ran = reached.runs("bench", &["-W", &there], &[]);
    assert!(told(&ran).contains("forwarding failed"), "{}", told(&ran));
}

#[test]
fn a_host_that_is_told_to_end_lets_everybody_keep_what_is_half_typed() {
    let hosting = Hosting::start(&TWO, "");
    let mut seat = hosting.reached().seat("bench");
    half_fills(&mut seat);
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.told_to_end(), 0);
    seat.shows("this host stops");
    assert_eq!(seat.ends(), 0);
    drop(keys);
    let mut seat = Seat::open(&plant, "ASM-1");
    takes_it_up(&mut seat);
}

#[test]
fn a_host_does_not_begin_with_keys_that_are_wrong_or_open_to_others() {
    let (plant, keys) = prepared(&TWO, "");
    let host = || plant.gemba(&["host", "--listen", "127.0.0.1:0"]);
    let line = keys.key("third");
    write_keys(&plant, &format!("# a remark\n\nfrom=\"10.0.0.1\" {line}\n"));
    host().exits(5).says("authorized_keys line 3").says("from=").says("→ mend the line");
    write_keys(&plant, &format!("place=\"no place\" {line}\n"));
    host().exits(5).says("line 1");
    write_keys(&plant, &format!("place=\"ASM-1\",place=\"INC-1\" {line}\n"));
    host().exits(5).says("line 1").says("two places");
    write_keys(&plant, &format!("{line}\n"));
    let file = plant.home().join("authorized_keys");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    host().exits(5).says("open to others").says("chmod 600");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    plant.gemba(&["host", "--listen", "192.0.2.1:22"]).exits(5).says("listen on 192.0.2.1:22");
    let own = plant.home().join("host-key");
    assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&own, "nonsense").unwrap();
    host().exits(5).says("host-key cannot be used");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o640)).unwrap();
    host().exits(5).says("host-key is open to others");
}

#[test]
fn a_host_does_not_begin_where_others_could_put_a_key_of_theirs() {
    let (plant, _keys) = prepared(&TWO, "");
    let host = || plant.gemba(&["host", "--listen", "127.0.0.1:0"]);
    let mode = |mode| fs::set_permissions(plant.home(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o775);
    host().exits(5).says("open to others: mode 775").says("→ chmod 755");
    mode(0o755);
    let file = plant.home().join("authorized_keys");
    let me = fs::metadata(&file).unwrap().uid();
    // As another user it would be read by, the file is that of somebody else.
    let known = KnownKeys::open(&file, me + 1).map(|known| known.count());
    match known {
        // What is root's, root alone has written.
        Ok(count) => assert_eq!((me, count), (0, 2)),
        Err(error) => assert!(error.to_string().contains("belongs to another user"), "{error}"),
    }
    if me == 0 {
        chown(&file, Some(me + 1), None).unwrap();
        host().exits(5).says("belongs to another user: 1").says("→ let it belong");
        chown(&file, Some(me), None).unwrap();
    }
    assert!(KnownKeys::open(&file, me).is_ok());
}

#[test]
fn keys_that_were_open_to_others_are_read_again_once_they_are_not_and_a_bad_byte_harms_its_line() {
    let (plant, keys) = prepared(&TWO, "");
    let file = plant.home().join("authorized_keys");
    let me = fs::metadata(&file).unwrap().uid();
    let line = keys.key("third");
    let mut bytes = format!("{line}\n").into_bytes();
    bytes.extend_from_slice(b"# M\xfcller\n");
    fs::write(&file, bytes).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let known = KnownKeys::open(&file, me);
    assert!(known.is_err(), "it is open to others");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let known = KnownKeys::open(&file, me).unwrap();
    assert_eq!(known.count(), 1);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    fs::write(&file, format!("{}\n{}\n", line, keys.key("fourth"))).unwrap();
    assert_eq!((known.renew().len(), known.count()), (1, 0));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!((known.renew().len(), known.count()), (0, 2));
}

#[test]
fn a_key_at_a_place_that_nobody_knows_is_told_so_and_goes_no_further() {
    let hosting = Hosting::start(&[("bench", "ASM-9")], "");
    let mut seat = hosting.reached().seat("bench");
    seat.shows("key bench says ASM-9");
    seat.shows("known here");
    assert_eq!(seat.ends(), 0);
}
