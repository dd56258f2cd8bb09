//! Each rule of the house, broken by a small made-up source: a test that cannot fail is a defect.

use crate::layering::{LAYERS, OWNERS};
use crate::support::house::{
    self, FILE_LINES_MAX, Layer, Owner, Source, arrows, crates, heads, lengths, loops, manifest,
    mentions, module_names, programs, purity, reexports,
};
use crate::support::rust_paths::names;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[track_caller]
fn arrow_is_wrong(path: &str, text: &str, finding: &str) {
    assert_eq!(arrows(&LAYERS, &[source(path, text)]), [finding], "{text}");
}

#[track_caller]
fn arrow_is_right(path: &str, text: &str) {
    assert_eq!(arrows(&LAYERS, &[source(path, text)]), [""; 0], "{text}");
}

#[test]
fn an_import_against_the_arrows_is_found_however_it_is_written() {
    let wrong = "ui/queue.rs:1: ui may not import ledger::Store";
    for text in [
        "use crate::ledger::Store;",
        "use crate::{domain::Unit, ledger::{Store}};",
        "fn f(s: &crate::ledger::Store) {}",
        "fn f() { let s = crate::ledger::Store; }",
        "use super::super::ledger::Store;",
        "use self::super::super::ledger::Store;",
        "#[serde(with = \"crate::ledger::Store\")] struct A;",
        "#[derive(crate::ledger::Store)] struct A;",
        "type A = Vec<crate::ledger::Store>;",
        "use crate::ledger::Store as S;",
    ] {
        arrow_is_wrong("ui/queue.rs", text, wrong);
    }
    arrow_is_wrong("ui/mod.rs", "use super::ledger;", "ui/mod.rs:1: ui may not import ledger");
    arrow_is_wrong(
        "ui/screens/queue.rs",
        "\n\nuse super::super::super::ledger;",
        "ui/screens/queue.rs:3: ui may not import ledger",
    );
    arrow_is_wrong(
        "domain/unit.rs",
        "use crate::views::Row;",
        "domain/unit.rs:1: domain may not import views::Row",
    );
    arrow_is_wrong(
        "main.rs",
        "use gemba::ledger::Store;",
        "main.rs:1: main.rs may not import ledger::Store",
    );
    arrow_is_wrong("ui/a.rs", "use crate::app::run;", "ui/a.rs:1: ui may not import app::run");
}

#[test]
fn an_import_along_the_arrows_is_no_finding() {
    arrow_is_right("ui/queue.rs", "use crate::{domain::Unit, views::Row};");
    arrow_is_right(
        "ui/queue.rs",
        "use crate::ui::theme::Theme; use super::theme; use super::super::ui;",
    );
    arrow_is_right("app/mod.rs", "use crate::{ledger, server, sync, ui};");
    arrow_is_right("main.rs", "fn main() { gemba::app::main() }");
    arrow_is_right("domain/mod.rs", "mod tests { use super::Unit; }");
}

#[test]
fn what_only_looks_like_an_import_is_no_finding() {
    for text in [
        "// use crate::ledger::Store;",
        "/* use /* nested */ crate::ledger::Store; */",
        "//! See crate::ledger::Store.",
        "const A: &str = \"crate::ledger::Store\";",
        "const A: &str = r#\"use \"crate::ledger::Store\"\"#;",
        "const A: [&str; 1] = [\"crate::ledger::Store\"]; let b = vec![\"crate::ledger::Store\"];",
        "const A: &[u8] = b\"use crate::ledger::Store\";",
        "const A: char = '\"'; // crate::ledger::Store",
        "const A: char = '\\''; // crate::ledger::Store",
        "fn f<'a>(a: &'a str) {} // crate::ledger::Store",
        "#[expect(dead_code, reason = \"crate::ledger::Store is not ready\")] struct A;",
        "fn f() -> impl Sized + use<'_> {}",
    ] {
        arrow_is_right("ui/queue.rs", text);
    }
}

#[test]
fn one_module_of_a_layer_can_be_allowed_alone() {
    arrow_is_right("server/ingest.rs", "use crate::sync::protocol::Page;");
    arrow_is_right("server/ingest.rs", "use crate::sync::{protocol::{Page, Answer}};");
    arrow_is_wrong(
        "server/ingest.rs",
        "use crate::sync::{protocol::Page, client::Client};",
        "server/ingest.rs:1: server may not import sync::client::Client",
    );
    arrow_is_wrong(
        "server/ingest.rs",
        "use crate::sync;",
        "server/ingest.rs:1: server may not import sync",
    );
}

#[test]
fn the_crates_root_is_no_back_door() {
    arrow_is_wrong(
        "ui/a.rs",
        "use crate::*;",
        "ui/a.rs:1: imports the whole crate; name the layer",
    );
    arrow_is_wrong(
        "ui/a.rs",
        "use crate as all;",
        "ui/a.rs:1: imports the whole crate; name the layer",
    );
    arrow_is_wrong(
        "ui/a.rs",
        "use crate::Store;",
        "ui/a.rs:1: crate::Store is not a layer; name the folder it lives in",
    );
}

#[test]
fn a_folder_that_nobody_planned_is_found() {
    arrow_is_wrong("extras/a.rs", "", "extras/a.rs: its folder is not in the table of layers");
    arrow_is_wrong("extras.rs", "", "extras.rs: its folder is not in the table of layers");
}

#[test]
fn layers_in_a_circle_are_found() {
    let circle = [
        Layer { folder: "a", imports: &["b"] },
        Layer { folder: "b", imports: &["c::part"] },
        Layer { folder: "c", imports: &["a"] },
        Layer { folder: "d", imports: &["a"] },
    ];
    let found = loops(&circle);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|finding| !finding.starts_with('d')), "{found:?}");
}

#[test]
fn a_crate_away_from_its_owner_is_found_however_it_is_named() {
    for text in [
        "use rusqlite::Connection;",
        "use ::rusqlite::Connection;",
        "use {rusqlite::Connection};",
        "use rusqlite as sql;",
        "extern crate rusqlite;",
        "fn f(c: &rusqlite::Connection) {}",
        "fn f() { ::rusqlite::Connection::open(p) }",
        "fn f() { rusqlite::params![1]; }",
        "#[from(rusqlite::Error)] struct A;",
    ] {
        let found = crates(&OWNERS, &[source("ui/a.rs", text)]);
        assert_eq!(found, ["ui/a.rs:1: rusqlite belongs to ledger, server/store"], "{text}");
    }
}

#[test]
fn a_crate_at_its_owner_is_no_finding() {
    let text = "use rusqlite::Connection;";
    for path in ["ledger/mod.rs", "ledger/schema.rs", "server/store.rs", "server/store/sqlite.rs"] {
        assert_eq!(crates(&OWNERS, &[source(path, text)]), [""; 0], "{path}");
    }
    for path in ["server/ingest.rs", "server/stores.rs", "ledgers/a.rs", "main.rs"] {
        assert_eq!(crates(&OWNERS, &[source(path, text)]).len(), 1, "{path}");
    }
    let local =
        source("ui/a.rs", "use crate::ui::csv::Row; fn f(rand: u8) { self::csv::go(rand) }");
    assert_eq!(crates(&OWNERS, &[local]), [""; 0]);
}

#[test]
fn the_domain_names_six_crates() {
    let named: Vec<&str> = OWNERS
        .iter()
        .filter(|owner| owner.places.contains(&"domain"))
        .map(|owner| owner.name)
        .collect();
    assert_eq!(named, ["serde", "serde_json", "thiserror", "jiff", "rust_decimal", "sha2"]);
}

#[test]
fn a_dependency_without_owner_or_reason_is_found_and_so_is_an_owner_without_dependency() {
    let owners =
        [Owner { name: "two_words", places: &["app"] }, Owner { name: "gone", places: &[] }];
    let text = "[package]\nname = \"x\"\n[dependencies]\n# --- a = b ---\n\
                two-words = \"1\" # reads words\nthree = \"3\"\n\n[dev-dependencies]\nfour = \"4\"\n";
    assert_eq!(
        manifest(&owners, text),
        [
            "Cargo.toml: three has no line of why",
            "Cargo.toml: three has no owner in the table of crates",
            "the table of crates names gone, which is not used",
        ]
    );
}

#[test]
fn a_pure_place_that_looks_outside_is_found() {
    for text in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "fn f() { std::env::args(); }",
        "fn f() { std::thread::spawn(g); }",
        "fn f() { jiff::Timestamp::now(); }",
        "fn f() { Zoned::now(); }",
    ] {
        assert_eq!(purity(&["sync/up"], &[source("sync/up.rs", text)]).len(), 1, "{text}");
        assert_eq!(purity(&["sync/up"], &[source("sync/client.rs", text)]).len(), 0, "{text}");
    }
    let quiet = source("sync/up.rs", "use std::time::Duration; fn f(now: T) { now.wait() }");
    assert_eq!(purity(&["sync/up"], &[quiet]), [""; 0]);
}

#[test]
fn a_program_that_is_started_elsewhere_is_found() {
    for text in [
        "use std::process::Command;",
        "use std::process::{Child, Command};",
        "use std::process;",
        "use std::process::*;",
        "fn f() { std::process::Command::new(x); }",
        "use tokio::process::Command;",
        "use std::os::unix::process::CommandExt as _;",
    ] {
        assert_eq!(programs("app/ring", &[source("app/ring.rs", text)]), [""; 0]);
        assert_eq!(programs("app/ring", &[source("app/pager.rs", text)]).len(), 1, "{text}");
    }
    let quiet = "use std::process::ExitCode; use crate::domain::decide::Command;";
    assert_eq!(programs("app/ring", &[source("main.rs", quiet)]), [""; 0]);
}

#[test]
fn a_long_file_is_found() {
    let at_the_limit = source("ui/a.rs", &"x\n".repeat(FILE_LINES_MAX));
    let over_it = source("ui/b.rs", &"x\n".repeat(FILE_LINES_MAX + 1));
    assert_eq!(lengths(&[at_the_limit, over_it]), ["ui/b.rs: over 500 lines is two subjects"]);
}

#[test]
fn a_name_that_says_nothing_is_found() {
    for (path, text) in [
        ("ui/utils.rs", ""),
        ("ui/helpers/mod.rs", ""),
        ("ui/mod.rs", "mod common;"),
        ("ui/mod.rs", "pub(crate) mod types { }"),
        ("ui/mod.rs", "pub mod misc;"),
    ] {
        assert_eq!(module_names(&[source(path, text)]).len(), 1, "{path} {text}");
    }
    assert_eq!(module_names(&[source("ui/prototypes.rs", "mod commons;")]), [""; 0]);
}

#[test]
fn a_macro_has_its_place_where_it_is_written() {
    assert_eq!(reexports(&[source("ui/speech.rs", "pub(crate) use say;")]), [""; 0]);
}

#[test]
fn a_re_export_beside_lib_is_found() {
    for text in ["pub use a::B;", "pub(crate) use a::B;", "pub(in crate::ui) use a::B;"] {
        assert_eq!(reexports(&[source("ui/mod.rs", text)]), ["ui/mod.rs:1: re-exports a::B"]);
        assert_eq!(reexports(&[source("lib.rs", text)]), [""; 0]);
    }
    assert_eq!(reexports(&[source("ui/mod.rs", "pub fn f() {} use a::B;")]), [""; 0]);
    assert_eq!(reexports(&[source("ui/mod.rs", "pub fn f(a: A) { use a::B; }")]), [""; 0]);
}

#[test]
fn a_folder_that_does_not_say_what_lives_there_is_found() {
    let short = source("ui/mod.rs", "//! Screens.\n//!\n//! And keys.\nmod a;");
    assert_eq!(heads(&[short]), ["ui/mod.rs: says what lives there in under 3 lines"]);
    let late = source("ui/mod.rs", "mod a;\n//! One.\n//! Two.\n//! Three.\n");
    assert_eq!(heads(&[late]).len(), 1);
    assert_eq!(heads(&[source("ui/parts/a.rs", "")]), ["ui/parts/mod.rs: is missing"]);
    assert_eq!(heads(&[source("ui/mod.rs", "//! One.\n//! Two.\n//! Three.\n")]), [""; 0]);
}

#[test]
fn a_map_that_does_not_match_the_land_is_found() {
    let text = "//! | `ui/` | screens |\n//! | `sea/` | water |\n//! | `soon/` | later |\n";
    let folders = ["ui".to_owned(), "extras".to_owned()];
    assert_eq!(
        house::map(text, &folders, &["soon"]),
        [
            "extras/ is not on the map in src/lib.rs",
            "the map in src/lib.rs names sea/, which does not exist",
        ]
    );
}

#[test]
fn a_map_that_draws_other_arrows_than_the_table_is_found() {
    let layers =
        [Layer { folder: "a", imports: &[] }, Layer { folder: "b", imports: &["a", "c::d"] }];
    let map =
        |a: &str, b: &str| format!("//! | `a/` | one, two |{a} |\n//! | `b/` | three | {b} |\n");
    assert_eq!(house::map_arrows(&map("", "a, `c::d`"), &layers), [""; 0]);
    let about_b = "the map in src/lib.rs and the table disagree about b/";
    assert_eq!(house::map_arrows(&map("", "a"), &layers), [about_b]);
    assert_eq!(house::map_arrows(&map(" b", "a, c::d"), &layers).len(), 1);
    assert_eq!(house::map_arrows("//! | `c/` | four | |\n", &layers).len(), 1);
}

#[test]
fn a_foreign_word_is_found_with_its_line() {
    let page = source("README.md", "one\ntwo far/away three\n");
    assert_eq!(mentions(&["far/away"], &[page]), ["README.md:2: speaks of far/away"]);
}

#[test]
fn the_reader_of_paths_keeps_its_place_after_odd_tokens() {
    for odd in [
        "let a = '\\u{1F600}';",
        "let a = b'\\\\';",
        "let a = r##\"x\"#y\"##;",
        "let a = 1_000.0e5;",
        "let r#type = 1;",
        "let a = <A as B>::c::d();",
        "let a = x::<Y>::z();",
        "let a = \"\\\\\";",
        "let a = 'x: loop { break 'x; };",
        "#![doc = \"a\"]",
        "use {};",
    ] {
        let text = format!("{odd}\nuse after::it;");
        let paths = names(&text).paths;
        let last = paths.last().map(|path| (path.segments.join("::"), path.line));
        assert_eq!(last, Some(("after::it".to_owned(), 2)), "{odd}");
    }
}
