//! The codes that the official engine of GS1 takes and refuses, and what it makes of them.

use std::fs;

use gemba::domain::scan::gs1::{self, Elements};
use gemba::domain::scan::link::{self, Older};
use gemba::domain::scan::{Content, Separators, bracketed, read};
use serde_json::Value;

use crate::support::counts;

/// How the vectors write the function character.
const FNC1: char = '^';

fn fnc1(elements: &Elements) -> String {
    let text = elements.text(FNC1);
    if text.is_empty() { text } else { format!("{FNC1}{text}") }
}

/// What the engine writes for a scan: plain text is told from elements by a backslash.
fn as_data(content: &Content) -> String {
    match content {
        Content::Plain(text) if text.trim_start_matches('\\').starts_with(FNC1) => {
            format!("\\{text}")
        }
        Content::Plain(text) => text.clone(),
        Content::Article { digits, more: None } => digits.clone(),
        Content::Article { digits, more: Some(more) } => format!("{digits}|{}", fnc1(more)),
        Content::Gs1(elements) => fnc1(elements),
        Content::Envelope(envelope) => envelope.text(),
    }
}

/// What gemba makes of a vector: its text, or none where it is refused.
fn made(kind: &str, input: &str, older: Older) -> Option<String> {
    match kind {
        // The engine takes nothing without an identifier, and hands links on as they stand.
        "scan_to_data" if !input.starts_with(']') => None,
        "scan_to_data" if input.get(3..).is_some_and(is_address) => {
            input.get(3..).map(str::to_owned)
        }
        "scan_to_data" => read(input, Separators::Proven).ok().map(|content| as_data(&content)),
        "bracketed_to_fnc1" => bracketed::parse(input).ok().map(|elements| fnc1(&elements)),
        "fnc1_element_string_valid" => {
            let text = input.strip_prefix(FNC1)?;
            gs1::parse(text, FNC1).ok().map(|_| String::new())
        }
        "digital_link_to_fnc1" => link::read(input, older).ok().map(|elements| fnc1(&elements)),
        other => panic!("vectors of a kind that is not known: {other}"),
    }
}

fn is_address(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("http")
}

#[test]
fn every_official_vector_agrees_rejected_ones_too() {
    let Some(path) = counts::sample("gs1/gs1_syntax_engine_vectors.jsonl") else { return };
    let text = fs::read_to_string(path).unwrap();
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut wrong = Vec::new();
    for vector in &vectors {
        let (kind, input) = (vector["kind"].as_str().unwrap(), vector["input"].as_str().unwrap());
        let ok = vector["ok"].as_bool().unwrap();
        // In one of them a remark of the engine's source, "+", got in front of the text.
        let text = vector["expect"].as_str().unwrap_or_default().trim_start_matches('+');
        let expected = ok.then(|| text.to_owned());
        // Some links stand among the vectors twice: as the standard has them, and as older ones.
        let both = |other: &Value| other["input"] == vector["input"] && other["ok"] != vector["ok"];
        let spelled = ["/gtin/", "/sscc/"].iter().any(|word| input.contains(word));
        let older = ok && (spelled || vectors.iter().any(both));
        let made = made(kind, input, if older { Older::Taken } else { Older::Refused });
        if made != expected {
            wrong.push(format!("{kind} {input:?}: {made:?}, not {expected:?}"));
        }
        counts::add("gs1_vectors", 1);
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), vectors.len());
}
