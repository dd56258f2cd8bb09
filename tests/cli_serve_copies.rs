//! A whole server set aside, brought back and copied into PostgreSQL, by commands at the server: what
//! stations sent is there again, each fact under its id.

use std::path::Path;

use gemba::server::home::Home;
use rusqlite::Connection;

use crate::plant_from_nothing::until;
use crate::support::counts;
use crate::support::postgres;
use crate::support::program::{Post, Ran, gemba};
use crate::support::read_back::sent_by;
use crate::support::works::{ADMINISTRATOR, Works};

/// Admits somebody at a station, and sends that; the server may want more than this.
fn admit_and_send(post: &Post, person: &str) {
    let add = ["person", "add", person, "--role", "operator", "--verified-by", "passport"];
    post.by(ADMINISTRATOR, &add).exits(0);
    until(|| {
        let sent = post.gemba(&["sync", "--json"]).exits(0).values();
        sent[0]["waiting"] == 0
    });
}

#[test]
fn a_server_is_set_aside_and_brought_back_by_commands_and_stations_give_the_rest() {
    let mut works = Works::founded();
    let (first, second) = (works.enrolled("HP1"), works.enrolled("HP2"));
    Works::admit_everybody(&first);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let monday = works.path("mnt/monday");
    let nowhere = works.path("nowhere");
    let mistaken = ["serve", "backup", &monday, "--database", &nowhere];
    gemba(&mistaken).exits(5).says("no plant was founded in").says("gemba serve init");
    assert!(!Path::new(&monday).exists() && !Path::new(&nowhere).exists(), "nothing was made");
    works.at_server(&["backup"]).exits(2);
    let made = works.at_server(&["backup", &monday, "--json"]).exits(0).values().remove(0);
    assert!(made["facts"].as_u64() > Some(0) && made["rows"].as_u64() > made["facts"].as_u64());
    works.at_server(&["backup", &monday]).exits(5).says("is not empty");
    let inside = works.path("server/monday");
    works.at_server(&["backup", &inside]).exits(5).says("lies in the server's own folder");

    // Then more comes, a station is revoked, and the server's disk dies.
    admit_and_send(&first, "p-late");
    works.at_server(&["revoke", "HP2"]).exits(0);
    works.kill_server();
    works.at_server(&["restore", &monday]).exits(5).says("a plant was founded there already");
    let other = works.path("other");
    works.moves_to(&["--database", &other]);
    let restored = works.at_server(&["restore", &monday, "--json"]).exits(0).values().remove(0);
    assert_eq!(restored["facts"], made["facts"]);
    assert!(restored["made"].is_string(), "{restored}");
    assert_eq!(restored["stations"], serde_json::json!(["HP1", "HP2"]));
    let again = works.path("again");
    works.moves_to(&["--database", &again]);
    works.at_server(&["restore", &nowhere]).exits(5).says("no plant was founded in");
    assert!(!Path::new(&again).exists(), "nothing was made");
    let told = works.at_server(&["restore", &monday]).exits(0).says("facts brought back into");
    let told = told.says("stations that may write and read: HP1, HP2");
    told.says("gemba serve revoke STATION, again for each that was revoked after that");

    works.serves_again();
    second.gemba(&["sync"]).exits(0);
    works.at_server(&["revoke", "HP2"]).exits(0);
    second.gemba(&["sync"]).exits(1).says("the server revoked this station");
    admit_and_send(&first, "p-later");
    let there = sent_by(&first.home(), Path::new(&again));
    assert!(there.iter().any(|fact| fact.bytes.contains("p-late\"")), "what came after the backup");
    counts::add("values_saved", saved_by(&first));
    counts::add("values_found", there.len() as u64);
    first.gemba(&["audit", "verify"]).exits(0);
}

/// How many facts a station says that it saved.
fn saved_by(post: &Post) -> u64 {
    post.gemba(&["station", "show", "--json"]).exits(0).values()[0]["saved"].as_u64().unwrap()
}

/// Which facts a store has, each by its place and its id, in the order of the ledgers.
const IDS: &str = "SELECT ledger || '.' || epoch || '.' || seq || ' ' || id FROM fact
                   ORDER BY ledger, epoch, seq";

fn ids_in_file(folder: &str) -> Vec<String> {
    let store = Connection::open(Path::new(folder).join("server.db")).unwrap();
    let mut statement = store.prepare(IDS).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_server_moves_to_postgresql_by_one_command_with_the_same_ids() {
    let mut works = Works::founded();
    let first = works.enrolled("HP1");
    Works::admit_everybody(&first);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    works.kill_server();
    let folder = works.path("server");
    let database = postgres::shared().database();
    let name = postgres::name(&database);
    let url = postgres::shared().url(&name);
    let copy = |from: &str, to: &str| -> Ran {
        gemba(&["serve", "copy", "--from", from, "--to", to, "--json"])
    };
    gemba(&["serve", "copy", "--from", &folder]).exits(2).says("--to");
    let nowhere = works.path("nowhere");
    copy(&nowhere, &url).exits(5).says("gemba serve init");
    assert!(!Path::new(&nowhere).exists(), "nothing was made");
    copy(&folder, "mysql://db/gemba").exits(1).says("X01");
    let copied = copy(&folder, &url).exits(0).values();
    copy(&folder, &url).exits(5).says("name an empty database");
    let ids = ids_in_file(&folder);
    let there = postgres::shared().psql(&name, IDS);
    assert!(!ids.is_empty() && there.lines().eq(ids.iter().map(String::as_str)), "{there}");
    assert_eq!(copied[0]["facts"], ids.len());

    // Stations go on with the server on its new database, by the address that they know.
    works.moves_to(&["--database", &url, "--folder", &folder]);
    works.serves_again();
    admit_and_send(&first, "p-later");
    sent_by(&first.home(), Home::new(Path::new(&folder), database));
    first.gemba(&["audit", "verify"]).exits(0);

    // And back into a folder, as text for people.
    works.kill_server();
    let back = works.path("back");
    let told = gemba(&["serve", "copy", "--from", &url, "--to", &back]).exits(0);
    told.says(&format!("copied to {back}, the same"));
    let there = postgres::shared().psql(&name, IDS);
    assert!(there.lines().eq(ids_in_file(&back).iter().map(String::as_str)), "{there}");
}
