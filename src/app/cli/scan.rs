//! `gemba scan`: a code as the screens read it, and the test code for a scanner.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::app::picture;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::scan::ScanReason;
use crate::domain::scan::gs1::Elements;
use crate::domain::scan::link::{self, Older, Unread};
use crate::domain::scan::names::Names;
use crate::domain::scan::symbology::Identifier;
use crate::domain::scan::{self, Content, bracketed, table, test_code};
use crate::ui::parts::code::{QUIET_IN_PRINT, Squares};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba scan '(01)09520123456788(10)L-3'\n\nA code is given as it is \
                  scanned, with its AIM identifier in front (]d2…), or as people write it. Without \
                  one, --png makes the test code.\n\nJSON, one value: identifier, kind, line, \
                  values (id, title, value), serials, lots, parts, assets"
)]
pub struct ScanArgs {
    /// The code
    #[arg(required_unless_present = "png")]
    code: Option<String>,
    /// Take a link whose path spells identifiers as words, and unknown ones after its ?
    #[arg(long)]
    older: bool,
    /// Write the test code as a picture to this file
    #[arg(long, value_name = "FILE", conflicts_with = "code")]
    png: Option<PathBuf>,
}

/// Reads a code, or draws the test code.
pub fn run(console: &Console, args: &ScanArgs) -> Result<Exit, Fault> {
    if let Some(path) = &args.png {
        let too_long = || Fault::cannot("no code can be drawn", "the text is too long for one");
        let code = Squares::of(&test_code::text(), QUIET_IN_PRINT).ok_or_else(too_long)?;
        picture::write(path, &code)?;
        console.printer.remark(format!("written: {}", path.display()));
        return Ok(Exit::Done);
    }
    let code = args.code.as_deref().unwrap_or_default();
    let content = match read(console, code, args) {
        Ok(content) if content.line().trim().is_empty() => Err(ScanReason::Empty),
        other => other,
    };
    let content = content.map_err(|reason| Refusal::one(reason.into()))?;
    let (identifier, _) = Identifier::split(code);
    if console.printer.is_json() {
        console.printer.value(&told(identifier, &content));
        return Ok(Exit::Done);
    }
    for (id, title, value) in values(&content) {
        console.printer.line(format!("{id:<5} {value}  {title}").trim_end());
    }
    Ok(Exit::Done)
}

fn read(console: &Console, code: &str, args: &ScanArgs) -> Result<Content, ScanReason> {
    if code.starts_with('(') {
        return bracketed::parse(code).map(Content::Gs1);
    }
    if args.older {
        match link::read(code, Older::Taken) {
            Ok(elements) => return Ok(Content::Gs1(elements)),
            Err(Unread::Wrong(reason)) => return Err(reason),
            Err(Unread::NoLink) => {}
        }
    }
    scan::read(code, console.config.separators())
}

/// Each value with its identifier and what that is called.
fn values(content: &Content) -> Vec<(String, &'static str, String)> {
    let of = |elements: &Elements| {
        let title = |ai: &str| table::of(ai).map_or("", |row| row.title);
        let one = |ai: &str, value: &str| (ai.to_owned(), title(ai), value.to_owned());
        elements.iter().map(|element| one(&element.ai, &element.value)).collect::<Vec<_>>()
    };
    match content {
        Content::Plain(text) => vec![(String::new(), "", text.clone())],
        Content::Article { digits, more } => {
            let mut values = vec![(String::new(), "article", digits.clone())];
            values.extend(more.iter().flat_map(of));
            values
        }
        Content::Gs1(elements) => of(elements),
        Content::Envelope(envelope) => {
            let data = envelope.data().map(|datum| (datum.id.clone(), "", datum.value.clone()));
            envelope.elements().flat_map(of).chain(data).collect()
        }
    }
}

fn told(identifier: Option<Identifier>, content: &Content) -> Value {
    let names = Names::of(content);
    let values: Vec<Value> = values(content)
        .into_iter()
        .map(|(id, title, value)| json!({ "id": id, "title": title, "value": value }))
        .collect();
    json!({
        "identifier": identifier.map(|identifier| identifier.to_string()),
        "kind": identifier.map(Identifier::kind),
        "line": content.line(),
        "values": values,
        "serials": names.serials,
        "lots": names.lots,
        "parts": names.parts().collect::<Vec<_>>(),
        "assets": names.assets,
    })
}
