//! The rules of the house as functions over sources, so that they can be tried on made-up ones.
//!
//! Each function answers with what it found wrong, in words; an empty answer is a pass. The tables
//! that say what holds for gemba are in `tests/layering.rs`.

use super::rust_paths::{Names, PathKind, PathUse, names};

pub(crate) const FILE_LINES_MAX: usize = 500;
const HEAD_LINES_MIN: usize = 3;
const BANNED_MODULES: [&str; 5] = ["utils", "helpers", "common", "types", "misc"];
const OUTSIDE_WORLD: [&str; 5] = ["fs", "net", "process", "env", "thread"];

/// One file; `path` is relative to `src/`, with forward slashes.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The layer that the file belongs to; `main.rs` and `lib.rs` are layers of their own.
    fn layer(&self) -> &str {
        self.path.split_once('/').map_or(&*self.path, |(folder, _)| folder)
    }

    /// How many modules lie between the crate's root and the inside of this file.
    fn depth(&self) -> usize {
        let named = self.path.trim_end_matches(".rs");
        match named.trim_end_matches("/mod") {
            "lib" | "main" => 0,
            module => module.split('/').count(),
        }
    }

    /// Whether the file is `place` or lies in it; a place is a folder, or a file without its ending.
    fn is_in(&self, place: &str) -> bool {
        self.path
            .strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
    }

    fn names(&self) -> Names {
        names(&self.text)
    }
}

/// A folder of `src/` and the folders that it may name; `sync::protocol` allows that module only.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) folder: &'static str,
    pub(crate) imports: &'static [&'static str],
}

/// A crate of ours or of others and the places that may name it.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) name: &'static str,
    pub(crate) places: &'static [&'static str],
}

/// Finds imports that the table does not allow, and folders that it does not know.
pub(crate) fn arrows(layers: &[Layer], sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let Some(own) = layers.iter().find(|layer| layer.folder == source.layer()) else {
            findings.push(format!("{}: its folder is not in the table of layers", source.path));
            continue;
        };
        for path in source.names().paths {
            let wrong = root_path(source, &path, layers)
                .and_then(|rest| arrow_finding(own, &path, rest, layers));
            findings.extend(wrong.map(|what| format!("{}:{}: {what}", source.path, path.line)));
        }
    }
    findings
}

/// The part of a path after the crate's root, where the path goes there at all.
fn root_path<'a>(source: &Source, path: &'a PathUse, layers: &[Layer]) -> Option<&'a [String]> {
    let segments = path.segments.as_slice();
    if matches!(segments[0].as_str(), "crate" | "gemba") {
        return Some(&segments[1..]);
    }
    let inner = if segments[0] == "self" { &segments[1..] } else { segments };
    let ups = inner.iter().take_while(|segment| *segment == "super").count();
    let rest = &inner[ups..];
    // Inside an inline module `super` climbs less far, so only a name that is a layer counts.
    let reaches_root = ups > 0 && ups >= source.depth();
    let names_a_layer =
        rest.first().is_some_and(|name| layers.iter().any(|layer| layer.folder == name));
    (reaches_root && names_a_layer).then_some(rest)
}

fn arrow_finding(own: &Layer, path: &PathUse, rest: &[String], layers: &[Layer]) -> Option<String> {
    let Some(target) = rest.first().filter(|name| *name != "*") else {
        return (path.kind != PathKind::Mention)
            .then(|| "imports the whole crate; name the layer".to_owned());
    };
    if target == own.folder {
        return None;
    }
    if !layers.iter().any(|layer| layer.folder == target) {
        return Some(format!("crate::{target} is not a layer; name the folder it lives in"));
    }
    let allowed = own.imports.iter().any(|import| match import.split_once("::") {
        None => import == target,
        Some((layer, module)) => {
            layer == target && rest.get(1).is_some_and(|segment| segment == module)
        }
    });
    (!allowed).then(|| format!("{} may not import {}", own.folder, rest.join("::")))
}

/// Finds layers that import each other, directly or by way of others.
pub(crate) fn loops(layers: &[Layer]) -> Vec<String> {
    let below = |folder: &str| {
        let layer = layers.iter().find(|layer| layer.folder == folder);
        layer
            .map_or(&[][..], |layer| layer.imports)
            .iter()
            .map(|name| name.split_once("::").map_or(*name, |(layer, _)| layer))
    };
    let mut findings = Vec::new();
    for layer in layers {
        let mut reached: Vec<&str> = below(layer.folder).collect();
        let mut at = 0;
        while at < reached.len() {
            let next: Vec<&str> =
                below(reached[at]).filter(|name| !reached.contains(name)).collect();
            reached.extend(next);
            at += 1;
        }
        if reached.contains(&layer.folder) {
            findings.push(format!("{} imports itself by way of others", layer.folder));
        }
    }
    findings
}

/// Finds crates named outside the places that own them.
pub(crate) fn crates(owners: &[Owner], sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        for path in source.names().paths {
            let Some(owner) = owners.iter().find(|owner| owner.name == path.segments[0]) else {
                continue;
            };
            if !owner.places.iter().any(|place| source.is_in(place)) {
                findings.push(format!(
                    "{}:{}: {} belongs to {}",
                    source.path,
                    path.line,
                    owner.name,
                    owner.places.join(", ")
                ));
            }
        }
    }
    findings
}

/// Finds dependencies without an owner or a line of why, and owners without a dependency.
pub(crate) fn manifest(owners: &[Owner], cargo_toml: &str) -> Vec<String> {
    let dependencies: Vec<(String, &str)> = cargo_toml
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').filter(|_| !line.starts_with('#')))
        .map(|(name, rest)| (name.trim().replace('-', "_"), rest))
        .collect();
    let mut findings = Vec::new();
    for (name, rest) in &dependencies {
        if !rest.contains(" # ") {
            findings.push(format!("Cargo.toml: {name} has no line of why"));
        }
        if !owners.iter().any(|owner| owner.name == name) {
            findings.push(format!("Cargo.toml: {name} has no owner in the table of crates"));
        }
    }
    for owner in owners {
        if !dependencies.iter().any(|(name, _)| name == owner.name) {
            findings.push(format!("the table of crates names {}, which is not used", owner.name));
        }
    }
    findings
}

/// Finds code that asks the disk, the network, the system or the clock in a place that may not.
pub(crate) fn purity(pure_places: &[&str], sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| pure_places.iter().any(|p| source.is_in(p))) {
        for path in source.names().paths {
            let words: Vec<&str> = path.segments.iter().map(String::as_str).collect();
            let outside =
                matches!(words.as_slice(), ["std", module, ..] if OUTSIDE_WORLD.contains(module));
            let clock = words.len() > 1 && words.last() == Some(&"now");
            if outside || clock {
                let what = words.join("::");
                findings.push(format!("{}:{}: {what} has no place here", source.path, path.line));
            }
        }
    }
    findings
}

/// Finds code that may start another program, anywhere but in this place.
pub(crate) fn programs(place: &str, sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !source.is_in(place)) {
        for path in source.names().paths {
            let words: Vec<&str> = path.segments.iter().map(String::as_str).collect();
            let all = matches!(words.as_slice(), ["std" | "tokio", "process"]);
            let one = |pair: &[&str]| matches!(pair, ["process", "Command" | "*"]);
            if all || words.windows(2).any(one) || words.contains(&"CommandExt") {
                let what = words.join("::");
                findings.push(format!("{}:{}: {what} starts a program", source.path, path.line));
            }
        }
    }
    findings
}

/// Finds files over the limit.
pub(crate) fn lengths(sources: &[Source]) -> Vec<String> {
    let too_long = |source: &&Source| source.text.lines().count() > FILE_LINES_MAX;
    sources
        .iter()
        .filter(too_long)
        .map(|source| format!("{}: over {FILE_LINES_MAX} lines is two subjects", source.path))
        .collect()
}

/// Finds modules, files and folders whose name says nothing.
pub(crate) fn module_names(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let named = source.path.trim_end_matches(".rs");
        for part in named.split('/').filter(|part| BANNED_MODULES.contains(part)) {
            findings.push(format!("{}: nothing is called {part} here", source.path));
        }
        for (module, line) in source.names().modules {
            if BANNED_MODULES.contains(&module.as_str()) {
                findings.push(format!("{}:{line}: nothing is called {module} here", source.path));
            }
        }
    }
    findings
}

/// Finds re-exports beside `lib.rs`; a macro is given its place by one of its own name.
pub(crate) fn reexports(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path != "lib.rs") {
        for path in source.names().paths {
            if path.kind == PathKind::Reexport && path.segments.len() > 1 {
                let what = path.segments.join("::");
                findings.push(format!("{}:{}: re-exports {what}", source.path, path.line));
            }
        }
    }
    findings
}

/// Finds folders whose `mod.rs` is missing or does not say what lives there.
pub(crate) fn heads(sources: &[Source]) -> Vec<String> {
    let mut folders: Vec<&str> =
        sources.iter().filter_map(|s| s.path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut findings = Vec::new();
    for folder in folders {
        let path = format!("{folder}/mod.rs");
        let Some(source) = sources.iter().find(|source| source.path == path) else {
            findings.push(format!("{path}: is missing"));
            continue;
        };
        let says = |line: &&str| line.trim_start_matches("//!").trim() != "";
        let head = source.text.lines().take_while(|line| line.starts_with("//!"));
        if head.filter(says).count() < HEAD_LINES_MIN {
            findings.push(format!("{path}: says what lives there in under {HEAD_LINES_MIN} lines"));
        }
    }
    findings
}

/// The rows of the map in `lib.rs`: folder, and the folders that it says are imported.
fn map_rows(lib_text: &str) -> Vec<(&str, Vec<&str>)> {
    lib_text
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split_once("/` |"))
        .map(|(folder, rest)| {
            let imports = rest.trim_end_matches('|').rsplit('|').next().unwrap_or("");
            (
                folder,
                imports
                    .split(',')
                    .map(|name| name.trim_matches([' ', '`']))
                    .filter(|name| !name.is_empty())
                    .collect(),
            )
        })
        .collect()
}

/// Finds folders that the map in `lib.rs` does not name, and names on it without a folder.
///
/// `awaited` are folders that are on the map before they stand.
pub(crate) fn map(lib_text: &str, folders: &[String], awaited: &[&str]) -> Vec<String> {
    let mapped: Vec<&str> = map_rows(lib_text).into_iter().map(|(folder, _)| folder).collect();
    let mut findings = Vec::new();
    for folder in folders.iter().filter(|folder| !mapped.contains(&folder.as_str())) {
        findings.push(format!("{folder}/ is not on the map in src/lib.rs"));
    }
    for name in mapped.iter().filter(|name| !awaited.contains(name)) {
        if !folders.iter().any(|folder| folder == name) {
            findings.push(format!("the map in src/lib.rs names {name}/, which does not exist"));
        }
    }
    findings
}

/// Finds arrows on the map that are not those of the table.
pub(crate) fn map_arrows(lib_text: &str, layers: &[Layer]) -> Vec<String> {
    let mut findings = Vec::new();
    for (folder, imports) in map_rows(lib_text) {
        let told = layers.iter().find(|layer| layer.folder == folder);
        if told.is_none_or(|layer| layer.imports != imports) {
            findings.push(format!("the map in src/lib.rs and the table disagree about {folder}/"));
        }
    }
    findings
}

/// Finds texts that speak of anything but gemba.
pub(crate) fn mentions(foreign: &[&str], files: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        for (at, line) in file.text.lines().enumerate() {
            for word in foreign.iter().filter(|word| line.contains(**word)) {
                findings.push(format!("{}:{}: speaks of {word}", file.path, at + 1));
            }
        }
    }
    findings
}
