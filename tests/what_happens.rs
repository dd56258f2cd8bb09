//! The README says what happens when something breaks, and which test shows it. Each of them is there.

use std::fs;
use std::path::Path;

/// What the table is headed by.
const HEADING: &str = "### What happens when…";

/// What happens, with the tests that show it.
fn answers() -> Vec<(String, Vec<(String, String)>)> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.unwrap();
    let (_, after) = readme.split_once(HEADING).unwrap();
    let rows = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [what, _, _, shown] = cells[..] else { panic!("not four cells: {row}") };
        let named = shown.split('`').skip(1).step_by(2).map(|test| {
            let (module, name) = test.split_once("::").unwrap_or_else(|| panic!("{what}: {test}"));
            (module.to_owned(), name.to_owned())
        });
        (what.trim().to_owned(), named.collect())
    })
    .collect()
}

/// The source of a module of the tests, where it is one.
fn source(module: &str) -> Option<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let main = fs::read_to_string(tests.join("main.rs")).unwrap();
    main.lines().find(|line| *line == format!("mod {module};"))?;
    let files = [tests.join(format!("{module}.rs")), tests.join(module).join("mod.rs")];
    files.iter().find_map(|file| fs::read_to_string(file).ok())
}

/// Whether a source has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let named = [format!("fn {name}("), format!("async fn {name}(")];
    let at = lines.iter().position(|line| named.iter().any(|start| line.starts_with(start)));
    at.is_some_and(|at| {
        let above = lines[..at].iter().rev().take_while(|line| !line.is_empty());
        above.copied().any(|line| line == "#[test]" || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn each_answer_of_what_happens_when_names_a_test_that_is_there() {
    let answers = answers();
    assert!(answers.len() > 10, "{answers:?}");
    for (what, tests) in &answers {
        assert!(!tests.is_empty(), "no test shows it: {what}");
        for (module, name) in tests {
            let source = source(module).unwrap_or_else(|| panic!("{what}: no module {module}"));
            assert!(has_test(&source, name), "{what}: no test {module}::{name}");
        }
    }
}

#[test]
fn a_function_that_is_no_test_shows_nothing() {
    let source = "#[test]\nfn shows() {}\n\n/// Helps.\nfn helps() {}\n\n#[tokio::test]\n\
                  async fn waits() {}\n";
    assert!(has_test(source, "shows") && has_test(source, "waits"));
    assert!(!has_test(source, "helps") && !has_test(source, "is_not_there"));
    assert!(!has_test(source, "show"));
}
