//! Servers on PostgreSQL that really die: the database is killed under a server while values are
//! recorded and sent, and one of two servers is killed while it judges.

use std::path::Path;

use gemba::app::clock::Monotonic;
use gemba::server::home::Home;

use crate::cli_record::order_rings;
use crate::kills::{answer, kills, patience};
use crate::plant_from_nothing::until;
use crate::support::counts;
use crate::support::postgres::{self, Cluster};
use crate::support::program::INSPECTOR;
use crate::support::read_back::{of_kind, sent_by};
use crate::support::rings::{RINGS, each_is_there_once, record};
use crate::support::works::{ADMINISTRATOR, Works};

/// How many kills of a database there are for each hundred of `GEMBA_KILLS`: it takes seconds to stand again.
const DATABASES: u64 = 2;

#[test]
fn what_was_saved_is_at_the_server_once_after_kill_9_of_its_database_at_any_moment() {
    let kills = kills(DATABASES).clamp(1, RINGS);
    let mut cluster = Cluster::start();
    let database = cluster.database();
    let name = postgres::name(&database);
    let works = Works::founded_on(&cluster.url(&name));
    let post = works.enrolled("HP1");
    Works::admit_everybody(&post);
    order_rings(&post);
    let told = post.path("sync.told");
    let mut cut = 0;
    for ring in 0..kills {
        let arguments = record(ring);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let exchange = post.start_service_telling(&["sync"], &told);
        let mut recording = post.start(INSPECTOR, &arguments);
        let answered = answer(&mut recording);
        let in_time = answered.recv_timeout(patience(ring, 300));
        cluster.kill();
        match exchange.ends() {
            Some(0) => {}
            Some(3) => cut += 1,
            code => panic!("{code:?}: {}", std::fs::read_to_string(&told).unwrap()),
        }
        let said = in_time.ok().or_else(|| answered.recv().ok()).unwrap_or_default();
        assert!(said.contains("saved"), "a dead database keeps nobody from recording: {said}");
        recording.wait().unwrap();
        cluster.start_again();
    }
    println!("the database was killed {kills} times, {cut} exchanges were cut off");
    counts::add("database_kills", u64::from(kills));
    counts::add("values_saved", u64::from(kills));
    assert!(cut > 0, "every exchange was done before");
    // The same server goes on with the database that came back.
    until(|| post.gemba(&["sync"]).code == 0);
    let all: Vec<u32> = (0..kills).collect();
    each_is_there_once(&post, kills, &all);
    let there = sent_by(&post.home(), Home::new(Path::new(&works.path("server")), database));
    counts::add("values_found", of_kind(&there, "ReadingTaken"));
    let rows = cluster.psql(&name, "SELECT count(*) FROM reading");
    assert_eq!(rows.trim(), kills.to_string());
    post.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn another_server_judges_when_the_one_that_judged_is_killed() {
    let cluster = postgres::shared();
    let name = postgres::name(&cluster.database());
    let url = cluster.url(&name);
    let mut works = Works::founded_on(&url);
    let first = works.enrolled("HP1");
    Works::admit_everybody(&first);
    let (_other, at_other) = works.another_server(&url);
    let second = works.post("HP2");
    let enroll = ["station", "enroll", &at_other, "--code", &works.code("HP2")];
    second.gemba(&enroll).exits(0).says("enrolled as HP2");
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    // The database's own pause between two looks at who judges.
    let holder = || cluster.psql(&name, "SELECT holder FROM lease, pg_sleep(0.1)");
    let epochs = || {
        let sql = "SELECT count(*) FROM ledger_epoch
                   WHERE ledger = (SELECT value FROM setting WHERE key = 'judge')";
        cluster.psql(&name, sql).trim().parse::<u32>().unwrap()
    };
    let (judged, before) = (holder(), epochs());

    let since = Monotonic::start();
    works.kill_server();
    first.gemba(&["sync"]).exits(3);
    let late = ["person", "add", "p-late", "--role", "operator", "--verified-by", "passport"];
    second.by(ADMINISTRATOR, &late).exits(0);
    // The other one takes what comes, also while nobody judges.
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    until(|| holder() != judged);
    println!("another server judges {} ms after the kill", since.ms());
    counts::add("judge_moved_ms", since.ms());
    second.give_pin(ADMINISTRATOR, ("p-late", "L. Late"), ("B-2199", "604713")).exits(0);
    assert!(epochs() > before, "it had no ledger of the judge and made one");

    // The one that was killed comes back as one that does not judge, and tells the same.
    works.serves_again();
    until(|| {
        first.gemba(&["sync"]).exits(0);
        first.gemba(&["person", "list"]).exits(0).out.contains("L. Late")
    });
    for post in [&first, &second] {
        post.gemba(&["audit", "verify"]).exits(0);
    }
    counts::add("kills", 1);
}
