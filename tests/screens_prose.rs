//! The text of a step with every look that it may have: emphasis, lists, tables. Nothing of it is cut
//! on any terminal.

use gemba::authoring::check::Definition;
use gemba::domain::instruction::{Block, Instruction};
use gemba::domain::language::Language;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::authoring_sources::define;
use crate::screens_pane::plant_of;
use crate::support::listener::Listener;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::shop::Shop;
use crate::support::shop_route::{ORDER, coating, done, says};

const TEXT: &str = "\
---
id: WI-3
title: Coat
part: CP-40
rev: A
operation: 10 Coating
work-center: ASM
---

## Look at the unit {#look}
Turn the cover *slowly*, **clockwise only**, until `READY` shows.

- Wipe the seat, then the groove in which the seal lies, and the edge of the cover above it
- The seal is **never** greased

1. Bolts 1 and 3
2. Bolts 2 and 4

| Bolt | Socket | First |
|------|--------|-------|
| M6   | **13** | yes   |
| M8   |        | no    |

```check
ask: Does the cover sit flat?
```

## Tighten the bolts {#bolts}
| Bolt | Value     | What to do where it slips |
|------|-----------|---------------------------|
| M6   | 25 ±2 N·m | Take it out, look at its thread, and put in another **with** a washer of its own |
| M8   | 40 ±3 N·m |                           |

```check
ask: Are both tight?
```
";

/// A window in which a step is whole.
const TALL: (u16, u16) = (80, 43);

fn instruction() -> Instruction {
    match define("findings/WI-3.md", TEXT) {
        Ok(Definition::Instruction(read)) => Instruction { steps: read.steps, ..coating() },
        other => panic!("{other:?}"),
    }
}

/// The unit before one of its steps.
fn reaching(step: &str) -> Shop {
    let mut shop = plant_of(&instruction(), &[ORDER], 1);
    shop.does("novak", TravelerCommand::Start);
    if step == "bolts" {
        shop.does("novak", says("look", 1, true)).does("novak", done("look"));
    }
    shop
}

fn at(step: &str, looks: Looks) -> Screen {
    let mut screen = Screen::new(reaching(step), looks);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("WO-R/0001");
    screen
}

/// What the screen shows page after page, from the first one on.
fn pages(screen: &mut Screen) -> String {
    while screen.text().contains("PgUp: more") {
        screen.key(Key::PageUp);
    }
    let mut seen = vec![screen.text()];
    for _ in 0..9 {
        let text = screen.key(Key::PageDown).text();
        if seen.contains(&text) {
            break;
        }
        seen.push(text);
    }
    seen.join("\n== PgDn\n")
}

/// Every word that stands in a table of the instruction.
fn words_of_tables() -> Vec<String> {
    let steps = instruction().steps;
    let tables = steps.iter().flat_map(|step| &step.text).filter_map(|block| match block {
        Block::Table { rows } => Some(rows.clone()),
        Block::Paragraph(_) | Block::List { .. } | Block::Callout { .. } | Block::Picture(_) => {
            None
        }
    });
    let spans = tables.flatten().flatten().flatten();
    spans.flat_map(|span| span.text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Fails where a word of a table is not among those that were seen.
#[track_caller]
fn has_every_word(seen: &str) {
    let shown: Vec<&str> = seen.split_whitespace().map(|word| word.trim_end_matches(':')).collect();
    let words = words_of_tables();
    assert!(words.len() > 30, "{words:?}");
    for word in words.iter().filter(|word| !word.is_empty()) {
        assert!(shown.contains(&word.as_str()), "{word:?} was never shown:\n{seen}");
    }
}

#[test]
fn emphasis_lists_and_tables_look_so_at_the_bench() {
    for (name, looks) in [
        ("prose", USUAL),
        ("prose_mono", Looks { theme: "mono", ascii: true, ..USUAL }),
        ("prose_german", Looks { language: Language::German, ..USUAL }),
        ("prose_small", Looks { size: (40, 12), ..USUAL }),
    ] {
        let of = |step| pages(&mut at(step, looks));
        let seen = format!("{}\n== the next step\n{}", of("look"), of("bolts"));
        if !looks.ascii {
            has_every_word(&seen);
        }
        assert_snapshot!(name, seen);
    }
}

#[test]
fn emphasis_lists_and_tables_look_so_in_the_reader() {
    for (name, looks) in [
        ("prose_reader", USUAL),
        ("prose_reader_mono", Looks { theme: "mono", ascii: true, ..USUAL }),
        ("prose_reader_german", Looks { language: Language::German, ..USUAL }),
        ("prose_reader_small", Looks { size: (40, 12), ..USUAL }),
    ] {
        let mut screen = at("look", looks);
        screen.key(Key::F(7));
        let seen = pages(&mut screen);
        if !looks.ascii {
            has_every_word(&seen);
        }
        assert_snapshot!(name, seen);
    }
}

#[test]
fn emphasis_lists_and_tables_are_read_aloud() {
    let mut listener = Listener::new(reaching("look"));
    listener.types("B-2107").types(PIN).types("/scan WO-R/0001").types("1").types("");
    let heard = listener.heard();
    has_every_word(&heard);
    assert_snapshot!("prose_plain", heard);
}

#[test]
fn what_is_strong_or_emphasized_stands_out_also_in_a_table_and_without_colors() {
    for theme in ["dark", "high-contrast", "mono"] {
        let mut screen = at("look", Looks { theme, size: TALL, ..USUAL });
        for strong in ["clockwise", "never", "Socket", "13 "] {
            assert!(screen.stands_out(strong), "{theme}: {strong}\n{}", screen.text());
        }
        for plain in ["until", "greased", "Bolts 1", "M6"] {
            assert!(!screen.stands_out(plain), "{theme}: {plain}\n{}", screen.text());
        }
    }
    let mut screen = at("look", Looks { theme: "mono", size: TALL, ..USUAL });
    assert!(screen.stands_out("slowly") && screen.stands_out("READY"));
    let mut screen = at("bolts", Looks { theme: "mono", ..USUAL });
    assert!(screen.stands_out("What to do") && !screen.stands_out("Take it out"));
}

#[test]
fn a_list_within_a_list_is_refused_before_anybody_reads_half_of_it() {
    let text = TEXT.replace("- The seal is", "  - The seal is");
    let refused = define("findings/WI-3.md", &text).unwrap_err();
    assert!(refused.contains("a list inside another block"), "{refused}");
}
