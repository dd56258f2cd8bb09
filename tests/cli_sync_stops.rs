//! Where the exchange cannot go on by itself, or station and server hold something otherwise: what
//! people are told, and how what is here gets out all the same.

use std::sync::mpsc::{Receiver, channel};
use std::thread;

use gemba::domain::fact::{FACT_BYTES_MAX, Fact, Head, Position, Written};
use gemba::domain::kinds::FactBody;
use gemba::domain::people::PersonFact;
use gemba::domain::stream::Subject;
use gemba::ledger::store::Ledger;
use gemba::sync::client::access::Access;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cli_record::order_rings;
use crate::support::counts;
use crate::support::loopback;
use crate::support::plant::{acting, moment};
use crate::support::program::{INSPECTOR, Post};
use crate::support::read_back::{of_kind, sent_by};
use crate::support::rings::{record, value_of};
use crate::support::seat::Seat;
use crate::support::stored;
use crate::support::works::{ADMINISTRATOR, Works};

/// How many values are recorded while nothing is answered.
const VALUES: u32 = 5;

fn status(post: &Post) -> Value {
    post.gemba(&["sync", "--status", "--json"]).exits(0).values().remove(0)
}

/// The inspector at a terminal of the station; nobody is here to learn.
fn seated(post: &Post) -> Seat {
    std::fs::write(post.home().join("gemba.toml"), "tour = false\n").unwrap();
    let mut seat = Seat::open(post, "INC-1");
    seat.sign_in(INSPECTOR);
    seat.shows("Work here");
    seat
}

/// Writes past all rules a fact that no server stores, because it is larger than a fact may be; tells
/// its number.
fn write_too_large(post: &Post) -> u64 {
    let ledger = Ledger::open(&post.home()).unwrap();
    let (last, own) = (ledger.head().unwrap(), ledger.identity().ledger.clone());
    drop(ledger);
    let position = Position { ledger: own, epoch: last.epoch, seq: last.last_seq + 1 };
    let seq = position.seq;
    let (moment, acting) = (moment(0), acting("p-moreau"));
    let head = Head { position, after: Vec::new(), moment, catalog_age_s: None, acting };
    let subject = Subject::Person("p-ghost".parse().unwrap());
    let fact = Fact { head, subject, body: FactBody::Person(PersonFact::PinChanged {}) };
    let bytes = fact.write().unwrap() + &" ".repeat(FACT_BYTES_MAX);
    let store = Connection::open(post.home().join("station.db")).unwrap();
    stored::put(&store, &fact, &Written { prev: last.last_id, bytes });
    seq
}

#[test]
fn a_fact_that_the_server_cannot_store_is_named_and_what_waits_behind_it_gets_out_by_file() {
    let works = Works::founded();
    let post = works.enrolled("HP1");
    Works::admit_everybody(&post);
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    let seq = write_too_large(&post);
    let behind = ["person", "add", "p-late", "--role", "operator", "--verified-by", "passport"];
    post.by(ADMINISTRATOR, &behind).exits(0);

    let why =
        format!("the server cannot store fact {seq}: a fact has at most {FACT_BYTES_MAX} bytes");
    post.gemba(&["sync"]).exits(1).says(&why);
    let told = post.gemba(&["sync", "--status"]).exits(0).says("stopped until a person acts");
    told.says(&why);
    let waiting = status(&post)["waiting"].clone();
    assert!(waiting.as_u64() >= Some(2), "what was saved behind it waits: {waiting}");
    let mut seat = seated(&post);
    seat.shows("sync stopped");
    drop(seat);

    // All of it is in the file, the one that cannot be stored as well, and the answer says so again.
    let (out, answer) = (works.path("hp1.parcel"), works.path("hp1.answer"));
    let waiting = status(&post)["waiting"].clone();
    let written = post.gemba(&["sync", "--to", &out, "--json"]).exits(0).values();
    assert_eq!((&written[0]["facts"], &written[0]["waiting"]), (&waiting, &waiting));
    let taken = works.at_server(&["take", &out, "--answer", &answer]).exits(1);
    taken.says("not all of it was stored").says(&format!("fact {seq}: a fact has at most"));
    post.gemba(&["sync", "--from", &answer]).exits(1).says(&why);
    assert_eq!(status(&post)["waiting"], waiting, "nothing counts as there that is not");
}

#[test]
fn what_the_server_lost_of_a_stations_own_facts_is_told_when_a_shift_is_handed_over() {
    let mut works = Works::founded();
    let post = works.enrolled("HP1");
    Works::admit_everybody(&post);
    order_rings(&post);
    for ring in 0..2 {
        let arguments = record(ring);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        post.by(INSPECTOR, &arguments).exits(0);
    }
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    assert_eq!(status(&post)["otherwise"], json!([]));

    // A row goes from the server's store that no exchange would look at again.
    works.kill_server();
    let ledger = Ledger::open_reader(&post.home()).unwrap().identity().ledger.clone();
    let store = Connection::open(works.path("server/server.db")).unwrap();
    store.execute_batch("DROP TRIGGER fact_never_goes").unwrap();
    let sql = "DELETE FROM fact WHERE ledger = ?1 AND epoch = 1 AND seq = (
                   SELECT min(seq) FROM fact WHERE ledger = ?1 AND kind = 'ReadingTaken')";
    assert_eq!(store.execute(sql, [ledger.as_str()]).unwrap(), 1);
    drop(store);
    works.serves_again();
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    assert_eq!(status(&post)["otherwise"], json!([]), "both compared a moment ago");

    let give = ["handover", "give", "--notes", "fixture 3 sticks", "--place", "INC-1"];
    post.by(INSPECTOR, &give).exits(0);
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    let told = status(&post)["otherwise"].clone();
    let told: Vec<&str> =
        told.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let saved = post.gemba(&["station", "show", "--json"]).exits(0).values()[0]["saved"].clone();
    let there = saved.as_u64().unwrap() - 1;
    let wanted = format!("own facts of epoch 1 up to {saved}: {saved} here, {there} at the server");
    assert_eq!(told, [wanted]);
    let text = post.gemba(&["sync", "--status"]).exits(0);
    text.says("station and server do not hold the same: own facts of epoch 1");
}

/// A server that takes connections and says nothing; tells of each.
fn silent() -> (String, Receiver<()>) {
    let listener = loopback::listener();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tells, asked) = channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        for connection in listener.incoming().flatten() {
            held.push(connection);
            if tells.send(()).is_err() {
                return;
            }
        }
    });
    (url, asked)
}

#[test]
fn a_terminal_saves_and_shows_while_the_server_answers_nothing() {
    let works = Works::founded();
    let post = works.enrolled("HP1");
    Works::admit_everybody(&post);
    order_rings(&post);
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    let (url, asked) = silent();
    let access = Access::read(&post.home()).unwrap();
    Access { url, ..access.clone() }.write(&post.home()).unwrap();

    let mut seat = seated(&post);
    // The exchange waits for an answer from here on; nobody at the screen does.
    asked.recv().unwrap();
    seat.scans("WO-9/L-1");
    seat.shows("Inside diameter");
    seat.scans("BG-1");
    seat.shows("gauge BG-1");
    for ring in 0..VALUES {
        let value = value_of(ring);
        seat.types(&value);
        seat.shows(&format!("saved {value}"));
    }
    drop(seat);
    counts::add("values_saved", u64::from(VALUES));
    access.write(&post.home()).unwrap();
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    let there = sent_by(&post.home(), &works.path("server"));
    let found = of_kind(&there, "ReadingTaken");
    assert_eq!(found, u64::from(VALUES));
    counts::add("values_found", found);
}
