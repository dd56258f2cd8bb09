//! What is not at a station because it was over: every list that may lack something says so, until it came.

use crate::cli_gauge::measured;
use crate::support::program::{QUALITY, Ran, SamplePlant};

/// The station began without an order of which somebody may ask.
fn without_an_order() -> SamplePlant {
    let plant = measured();
    let store = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
    let sql = "INSERT INTO left_out (subject, order_id) VALUES ('order/WO-0001', 'WO-0001')";
    store.execute(sql, ()).unwrap();
    plant
}

fn warns(ran: Ran) -> Ran {
    ran.says("1 stream of an order that is over is not at this station").says("gemba sync --whole")
}

#[test]
fn a_list_that_may_lack_something_says_so_and_is_no_success() {
    let plant = without_an_order();
    warns(plant.gemba(&["recall", "L-0815"]).exits(1));
    warns(plant.gemba(&["recall", "L-0815", "--csv"]).exits(1));
    let json = plant.gemba(&["recall", "L-0815", "--json"]).exits(1).values();
    assert_eq!(json[0]["not_here"], 1);
    let hold = ["recall", "L-0815", "--hold", "--reason", "wrong hardness"];
    let placed = warns(plant.by(QUALITY, &hold).exits(1)).says("on hold: ");
    assert!(placed.out.contains("saved"), "{}", placed.out);
    warns(plant.by(QUALITY, &hold).exits(1)).says("nothing to hold");
    warns(plant.gemba(&["trace", "TW-07"]).exits(0));
    warns(plant.gemba(&["trace", "TW-77"]).exits(1));
    warns(plant.gemba(&["gauge", "trace", "TW-07"]).exits(1));
    let failed = ["gauge", "failed", "TW-07", "--found", "+4 %", "--reason", "dropped"];
    warns(plant.by(QUALITY, &failed).exits(1));
    warns(plant.by(QUALITY, &["gauge", "hold", "TW-07"]).exits(1));
    warns(plant.gemba(&["sync", "--status"]).exits(0));
    let status = plant.gemba(&["sync", "--status", "--json"]).exits(0).values();
    assert_eq!(status[0]["not_here"], 1);
}

#[test]
fn lists_say_what_they_may_lack_and_of_a_unit_that_is_not_here_nothing_false_is_said() {
    let plant = without_an_order();
    for list in [
        &["order", "list", "--closed"][..],
        &["ship", "list"],
        &["deviation", "list", "--closed"],
        &["material", "list"],
        &["instruction", "users", "STD-1"],
        &["board"],
    ] {
        warns(plant.gemba(list).exits(0));
        let rows = plant.gemba(&[list, &["--json"]].concat()).exits(0);
        assert!(!rows.out.contains("not at this station"), "{}", rows.out);
    }
    for asked in [
        &["certificate", "WO-0001/0001"][..],
        &["ship", "review", "WO-0001/0001"],
        &["traveler", "show", "WO-0001/0001"],
        &["ticket", "WO-0001/0001"],
    ] {
        let said = plant.gemba(asked).exits(1);
        assert!(said.err.contains("gemba sync --order WO-0001"), "{asked:?}: {}", said.err);
    }
}

#[test]
fn a_list_that_could_not_be_written_whole_is_no_success() {
    let plant = without_an_order();
    let list = ["-c", "exec \"$0\" recall L-0815 > /dev/full", env!("CARGO_BIN_EXE_gemba")];
    let mut shell = std::process::Command::new("sh");
    let done = shell.args(list).env("GEMBA_HOME", plant.home()).output().unwrap();
    assert_eq!(done.status.code(), Some(5));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("not everything was told"), "{said}");
}

#[test]
fn everything_is_fetched_when_asked_and_the_warning_stays_until_it_is_here() {
    let plant = without_an_order();
    plant.gemba(&["sync", "--whole"]).exits(3);
    warns(plant.gemba(&["recall", "L-0815"]).exits(1));
    let mut server = plant.server();
    let whole = plant.gemba(&["sync", "--whole", "--json"]).exits(0).values();
    assert_eq!(whole[0]["not_here"], 0);
    plant.gemba(&["sync", "--whole"]).exits(0).says("nothing was left out");
    plant.gemba(&["recall", "L-0815"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    plant.gemba(&["audit", "verify"]).exits(0);
    server.kill();
}
