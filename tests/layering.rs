//! The house: who may import whom, who owns which crate, and what every file keeps to.
//!
//! The rules are in `support/house.rs`; `house_rules.rs` shows that each of them can fail.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::counts;
use crate::support::house::{self, Layer, Owner, Source};

/// A folder is a layer. One that is not here fails, and so does an arrow that is not here.
pub(crate) const LAYERS: [Layer; 11] = [
    Layer { folder: "domain", imports: &[] },
    Layer { folder: "authoring", imports: &["domain"] },
    Layer { folder: "views", imports: &["domain"] },
    Layer { folder: "ledger", imports: &["domain", "views"] },
    Layer { folder: "sync", imports: &["domain", "ledger"] },
    Layer {
        folder: "server",
        imports: &[
            "domain",
            "views",
            "ledger",
            "sync::packed",
            "sync::parcel",
            "sync::protocol",
            "sync::up",
            "sync::down",
            "sync::retry",
        ],
    },
    Layer { folder: "ui", imports: &["domain", "views"] },
    Layer { folder: "host", imports: &["domain"] },
    Layer {
        folder: "app",
        imports: &["domain", "authoring", "views", "ledger", "sync", "server", "ui", "host"],
    },
    Layer { folder: "main.rs", imports: &["app"] },
    Layer { folder: "lib.rs", imports: &[] },
];

/// Folders on the map of `src/lib.rs` that do not stand yet.
const AWAITED: [&str; 0] = [];

/// Where the disk, the network, the system and the clock are not asked.
const PURE: [&str; 8] =
    ["domain", "authoring", "views", "ui", "sync/protocol", "sync/up", "sync/down", "sync/retry"];

const ALL: &[&str] =
    &["domain", "authoring", "views", "ledger", "sync", "server", "ui", "host", "app"];

/// Every crate that gemba uses, and the only places that name it.
pub(crate) const OWNERS: [Owner; 45] = [
    // terminal
    Owner { name: "ratatui", places: &["ui", "app/terminal", "app/display"] },
    Owner { name: "termina", places: &["app"] },
    Owner { name: "unicode_width", places: &["ui", "app/terminal", "app/printer"] },
    Owner { name: "vt100", places: &["app"] },
    Owner { name: "nucleo_matcher", places: &["ui/screens/palette"] },
    Owner { name: "image", places: &["app/dots"] },
    Owner { name: "font8x8", places: &["ui/parts/big"] },
    Owner { name: "signal_hook", places: &["app"] },
    Owner { name: "qrcodegen", places: &["ui/parts/code"] },
    Owner { name: "rustix", places: &["app"] },
    Owner { name: "russh", places: &["host"] },
    // HTTP and TLS
    Owner { name: "futures_util", places: &["server/hints"] },
    Owner { name: "prometheus_client", places: &["server/metrics"] },
    Owner { name: "tracing", places: &["server"] },
    Owner { name: "tracing_subscriber", places: &["app/cli/serve"] },
    Owner { name: "zstd", places: &["sync/packed"] },
    Owner { name: "tokio", places: &["server", "sync/client", "host", "app"] },
    Owner { name: "axum", places: &["server"] },
    Owner { name: "axum_server", places: &["server"] },
    Owner { name: "reqwest", places: &["sync/client"] },
    Owner { name: "rustls", places: &["server", "sync/client", "app"] },
    Owner { name: "rcgen", places: &["server"] },
    // store
    Owner { name: "rusqlite", places: &["ledger", "server/store"] },
    Owner { name: "tokio_postgres", places: &["server/store/postgres"] },
    Owner { name: "bytes", places: &["server/store/postgres"] },
    Owner { name: "percent_encoding", places: &["server/store/postgres"] },
    Owner { name: "tokio_postgres_rustls", places: &["server/store/postgres"] },
    Owner {
        name: "tempfile",
        places: &["ledger", "sync/client", "sync/parcel", "server", "host", "app"],
    },
    // data, command line, errors
    Owner { name: "serde", places: ALL },
    Owner { name: "serde_json", places: ALL },
    Owner { name: "toml", places: &["ui", "app"] },
    Owner { name: "csv", places: &["authoring", "app"] },
    Owner { name: "png", places: &["app/picture"] },
    Owner { name: "pulldown_cmark", places: &["authoring"] },
    Owner { name: "clap", places: &["app"] },
    Owner { name: "thiserror", places: ALL },
    Owner { name: "anyhow", places: &["app", "main"] },
    Owner { name: "jiff", places: ALL },
    Owner { name: "rust_decimal", places: ALL },
    Owner { name: "directories", places: &["app"] },
    // cryptography
    Owner { name: "sha2", places: &["domain", "authoring", "ledger", "sync", "server", "app"] },
    Owner { name: "ed25519_dalek", places: &["ledger", "server/seals"] },
    Owner { name: "argon2", places: &["app"] },
    Owner { name: "rand", places: &["ledger", "sync/client", "server", "host", "app"] },
    Owner { name: "getrandom", places: &["ledger", "server", "app"] },
];

/// Words of places and tools that a reader of this repository cannot see.
///
/// Each is taken apart here, so that this file does not find itself.
const FOREIGN: [&str; 10] = [
    concat!("/wo", "rk/"),
    concat!("BRIEF", ".md"),
    concat!("DESIGN", ".md"),
    concat!("PROTOCOL", ".md"),
    concat!("STYLE", ".md"),
    concat!("SCREENS", ".md"),
    concat!("session of", " an agent"),
    concat!("coding", " agent"),
    concat!("sub", "agent"),
    concat!("AI ", "assistant"),
];

#[test]
fn every_import_follows_an_arrow_of_the_table() {
    let sources = sources_of("src");
    counts::add("source_files_checked", sources.len().try_into().unwrap());
    none(&house::arrows(&LAYERS, &sources));
}

#[test]
fn no_layer_imports_itself_by_way_of_others() {
    none(&house::loops(&LAYERS));
}

#[test]
fn every_crate_is_named_only_where_it_belongs() {
    none(&house::crates(&OWNERS, &sources_of("src")));
}

#[test]
fn every_dependency_has_an_owner_and_a_line_of_why() {
    none(&house::manifest(&OWNERS, &read("Cargo.toml")));
}

#[test]
fn pure_places_ask_neither_disk_nor_network_nor_clock() {
    none(&house::purity(&PURE, &sources_of("src")));
}

/// As a login command the terminal leads to no shell, no editor and no pager.
#[test]
fn another_program_is_started_only_where_the_site_has_named_one_to_reach_somebody() {
    let place = "app/escalation/ring";
    let sources = sources_of("src");
    none(&house::programs(place, &sources));
    assert!(!house::programs("nowhere", &sources).is_empty(), "that one is not seen");
}

/// 21 CFR 11.50: printed name, time and meaning of a signature stand together wherever it is shown,
/// because one file puts them together and nothing else outside the rules reads the name.
#[test]
fn a_printed_name_is_read_in_one_place_outside_the_rules() {
    let readers = sources_of("src").into_iter().filter(|source| {
        !source.path.starts_with("domain/") && source.text.contains("printed_name:")
            || source.text.contains(".printed_name") && !source.path.starts_with("domain/")
    });
    let readers: Vec<String> = readers.map(|source| source.path).collect();
    assert_eq!(readers, ["views/signature.rs"]);
}

#[test]
fn no_file_is_two_subjects() {
    none(&house::lengths(&sources_of("src")));
    none(&house::lengths(&sources_of("tests")));
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    none(&house::module_names(&sources_of("src")));
    none(&house::module_names(&sources_of("tests")));
}

#[test]
fn a_thing_is_imported_from_where_it_lives() {
    none(&house::reexports(&sources_of("src")));
}

#[test]
fn every_folder_says_what_lives_there() {
    none(&house::heads(&in_folders(sources_of("src"))));
}

#[test]
fn the_map_names_the_folders_that_stand() {
    let folders: Vec<String> = fs::read_dir(root().join("src"))
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    none(&house::map(&read("src/lib.rs"), &folders, &AWAITED));
    none(&house::map_arrows(&read("src/lib.rs"), &LAYERS));
}

#[test]
fn the_committed_files_speak_of_gemba_alone() {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        counts::skip("the_committed_files_speak_of_gemba_alone");
        return;
    };
    let files: Vec<Source> = String::from_utf8(listed.stdout)
        .unwrap()
        .split_terminator('\0')
        .filter_map(|path| {
            // Pictures and the fixtures that are not text on purpose have nothing to say.
            let text = fs::read_to_string(root().join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect();
    assert!(files.iter().any(|file| file.path == "Cargo.toml"), "git listed no files");
    none(&house::mentions(&FOREIGN, &files));
}

fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn in_folders(sources: Vec<Source>) -> Vec<Source> {
    sources.into_iter().filter(|source| source.path.contains('/')).collect()
}

fn sources_of(top: &str) -> Vec<Source> {
    let top = root().join(top);
    let mut waiting = vec![top.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let below_top = path.strip_prefix(&top).unwrap().to_str().unwrap();
                sources.push(Source { path: below_top.replace('\\', "/"), text });
            }
        }
    }
    sources
}
