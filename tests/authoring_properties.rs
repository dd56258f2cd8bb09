//! Whatever is written, reading it ends with a definition or findings, and layout keeps meaning.

use std::fmt::Write as _;

use gemba::authoring::check::{Neighbors, check_all};
use gemba::authoring::finding::{FINDINGS_MAX, Source};
use gemba::authoring::format::format;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::authoring_findings::read_picture;
use crate::authoring_sources::{compiled, define, real_names, real_text};

/// Lines that mean something, to be put where they do not belong.
const LINES: [&str; 28] = [
    "---",
    "```measure",
    "```check",
    "~~~wait",
    "```",
    "## Again {#again}",
    "## {#torque}",
    "# Top",
    "Title\n---",
    "> [!WARNING]",
    "> more",
    "- item",
    "  - inner",
    "1. one",
    "    indented",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<!-- remark",
    "-->",
    "<b>",
    "![x](img/faces.png)",
    "[x]: target",
    "characteristic: c-torque",
    "count: 2  ",
    "hard break  ",
    "\"quoted",
    "c-x,1,,,,,,,,,,,",
    "# part: X rev: Y",
    "**strong *both* text**",
];

fn one_of_each() -> impl Strategy<Value = &'static str> {
    prop::sample::select(real_names().collect::<Vec<_>>())
}

/// A real source with lines put in, taken out, doubled and cut.
fn mutated() -> impl Strategy<Value = (&'static str, String)> {
    let change = (any::<Index>(), prop::sample::select(LINES.to_vec()), 0..6_u8, any::<Index>());
    (one_of_each(), prop::collection::vec(change, 1..6)).prop_map(|(name, changes)| {
        let mut lines: Vec<String> = real_text(name).lines().map(str::to_owned).collect();
        for (at, line, kind, other) in changes {
            let at = at.index(lines.len());
            match kind {
                0 => lines.insert(at, line.to_owned()),
                1 => lines[at] = line.to_owned(),
                2 => lines[at] = format!("{}{line}", lines[at]),
                3 => {
                    let top = lines.len().min(9);
                    lines.swap(at, other.index(top));
                }
                4 if lines.len() > 1 => drop(lines.remove(at)),
                _ => {
                    let cut = lines[at].char_indices().map(|(at, _)| at).collect::<Vec<_>>();
                    let to = if cut.is_empty() { 0 } else { cut[other.index(cut.len())] };
                    lines[at].truncate(to);
                }
            }
        }
        (name, lines.join("\n"))
    })
}

/// Blocks of text that every screen can show, laid out with little care.
const TEXTS: [&str; 14] = [
    "Plain words.",
    "Two lines,  \nbroken on purpose.",
    "Two lines, \njoined.   ",
    "  Indented by two.\n More.",
    "- one\n- two\n  and more",
    " * one\n * two",
    "3) three\n\n4) four\n\n   still four",
    "> [!NOTE]\n> Mind *this*.\nLazy line.",
    ">[!WARNING]\n>\n> **Hot**, `very`.",
    "| a | b |\n|---|--:|\n| 1 | `2` |",
    "<!-- a remark -->\n\nBelow it.",
    "Code ` of  two` and\n`spread \nout`.",
    "A \\* star, 5 < 6 &amp; so on\\\nhere.",
    "![A picture](img/faces.png) beside words.",
];

/// The cover's instruction with more text below some headings, and other ends of lines.
fn with_more_text() -> impl Strategy<Value = String> {
    let more = (any::<Index>(), prop::sample::select(TEXTS.to_vec()), 0..3_usize);
    (prop::collection::vec(more, 1..8), any::<bool>()).prop_map(|(more, windows)| {
        let text = real_text("plant/WI-1040.md");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (at, text, blanks) in more {
            let headings = || lines.iter().enumerate().filter(|(_, line)| line.starts_with("## "));
            let (line, _) = headings().nth(at.index(headings().count())).unwrap();
            writeln!(lines[line], "{}\n{text}", "\n".repeat(blanks)).unwrap();
        }
        lines.join(if windows { "\r\n" } else { "\n" })
    })
}

fn check_never_panics(bytes: &[u8]) {
    for file in ["x.md", "x.csv"] {
        let found =
            check_all(&[Source { file, bytes }], Neighbors::default(), &read_picture).remove(0);
        if let Err(found) = found {
            assert!(!found.is_empty() && found.len() <= FINDINGS_MAX);
        }
        if let Err(found) = format(&Source { file, bytes }) {
            assert!(!found.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_definition_or_findings(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_never_panics(&bytes);
    }

    #[test]
    fn any_text_below_a_good_front_matter_does_too(body in "([#`>|~ -]{0,4}[a-z{}#:<!\"±.,0-9\\[\\]()*_ é\u{202e}]{0,30}\n){0,12}") {
        let front = "---\nid: W\ntitle: T\npart: P\nrev: A\noperation: 1 A\nwork-center: C\n---\n## T {#t}\n";
        check_never_panics(format!("{front}{body}").as_bytes());
    }

    #[test]
    fn a_real_source_that_was_meddled_with_keeps_its_meaning_when_laid_out((name, text) in mutated()) {
        let source = Source { file: name, bytes: text.as_bytes() };
        let before = define(name, &text);
        match format(&source) {
            Err(found) => prop_assert!(!found.is_empty()),
            Ok(laid) => {
                let again = format(&Source { file: name, bytes: laid.as_bytes() }).unwrap();
                prop_assert_eq!(&again, &laid);
                let after = define(name, &laid);
                prop_assert_eq!(before.as_ref().map(compiled).ok(), after.as_ref().map(compiled).ok());
            }
        }
    }

    #[test]
    fn more_text_of_any_kind_keeps_its_meaning_when_laid_out(text in with_more_text()) {
        let name = "plant/WI-1040.md";
        let before = define(name, &text);
        prop_assert!(before.is_ok(), "{:?}", before);
        let laid = format(&Source { file: name, bytes: text.as_bytes() }).unwrap();
        let after = define(name, &laid);
        prop_assert_eq!(compiled(&before.unwrap()), compiled(&after.unwrap()));
        // It was laid out, not given back as it came.
        prop_assert!(!laid.contains("\n\n\n") && !laid.contains('\r'), "{}", laid);
        prop_assert_eq!(format(&Source { file: name, bytes: laid.as_bytes() }).unwrap(), laid);
    }
}
