//! Canonical layout of sources (`gemba fmt`): order, blanks and quotes; never words or meaning.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::asks::AskKind;
use super::cells::{Line, read_lines, write_cell};
use super::check::{SourceKind, refuse_kind};
use super::code::Code;
use super::entries::Entries;
use super::fence::{Fence, read_fence};
use super::finding::{Finding, Notes, Source, decode};
use super::front;
use super::page::split_id;
use super::prose::options;
use super::specification::{
    COLUMNS, COLUMNS_USUAL, HEAD_KEYS, head_entries, is_head, read_columns,
};
use super::standard;
use super::steps::rule_keys;

/// Lays a source out anew, by the ending of its name; formatting twice changes nothing more, and
/// the definition stays the same. Refuses only what cannot be taken apart safely.
pub fn format(source: &Source<'_>) -> Result<String, Vec<Finding>> {
    match SourceKind::of(source.file) {
        Some(SourceKind::Instruction) => format_instruction(source),
        Some(SourceKind::Specification) => format_specification(source),
        None => Err(refuse_kind(source)),
    }
}

fn format_instruction(source: &Source<'_>) -> Result<String, Vec<Finding>> {
    let text = decode(source)?;
    let mut notes = Notes::of(source.file, &text);
    let Some((from, to, page)) = front::bounds(&text) else {
        notes.add(0, Code::FrontMatter, "no front matter", "begin with a line ---");
        return Err(notes.in_order());
    };
    let mut lines = vec!["---".to_owned()];
    let head_keys: &[&str] =
        if standard::is_standard(&text) { &standard::KEYS } else { &front::KEYS };
    lines.extend(entry_lines((0, "the front matter"), &text, (from, to), head_keys, &mut notes));
    lines.push("---".to_owned());
    let mut out = lines.join("\n") + "\n";
    let head_end = out.len();
    let body = text.get(page..).unwrap_or_default();
    let mut after_heading = false;
    for block in blocks(body) {
        let laid = lay_out(&block, &text, page, &mut notes);
        if !after_heading {
            out.push('\n');
        }
        out.push_str(&laid);
        out.push('\n');
        after_heading = matches!(block.kind, BlockKind::Heading);
    }
    // What could not be laid out without another meaning stays as it was written.
    let same = meaning(body) == meaning(out.get(head_end..).unwrap_or_default());
    notes.settle(Some(if same { out } else { text.clone() })).map(|laid| laid.definition)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    Heading,
    Fence,
    Other,
}

/// A block at the margin; `from` is the beginning of its first line.
#[derive(Debug)]
struct TopBlock {
    kind: BlockKind,
    from: usize,
    to: usize,
}

/// Every block at the margin, with what stands between them.
fn blocks(body: &str) -> Vec<TopBlock> {
    let mut found: Vec<TopBlock> = Vec::new();
    let mut depth = 0_usize;
    let mut covered = 0;
    let between = |from: usize, to: usize, found: &mut Vec<TopBlock>| {
        let text = body.get(from..to).unwrap_or_default();
        if !text.trim().is_empty() {
            found.push(TopBlock { kind: BlockKind::Other, from, to });
        }
    };
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        let kind = if let Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) = event {
            BlockKind::Heading
        } else if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) = event {
            BlockKind::Fence
        } else {
            BlockKind::Other
        };
        let starts = matches!(event, Event::Start(_));
        if depth == 0 && !matches!(event, Event::End(_)) {
            let line = body.get(..range.start).and_then(|before| before.rfind('\n'));
            let from = line.map_or(0, |newline| newline + 1).max(covered);
            between(covered, from, &mut found);
            found.push(TopBlock { kind, from, to: range.end });
            covered = range.end;
        }
        if starts {
            depth += 1;
        } else if matches!(event, Event::End(_)) {
            depth -= 1;
        }
    }
    between(covered, body.len(), &mut found);
    found
}

fn lay_out(block: &TopBlock, text: &str, page: usize, notes: &mut Notes<'_>) -> String {
    let (from, to) = (page + block.from, page + block.to);
    let verbatim = text.get(from..to).unwrap_or_default();
    match block.kind {
        BlockKind::Heading => heading(verbatim).unwrap_or_else(|| trim_lines(verbatim)),
        BlockKind::Fence => {
            let fence = read_fence(text, from, to);
            fence_lines(&fence, from, text, notes).unwrap_or_else(|| trim_lines(verbatim))
        }
        BlockKind::Other => {
            // A blank at the end of a line counts inside a code span, and nowhere else.
            let trimmed = trim_lines(verbatim);
            let same = meaning(&trimmed) == meaning(verbatim);
            if same { trimmed } else { verbatim.trim_end().to_owned() }
        }
    }
}

/// A heading of one line; one that is underlined stays as it is.
fn heading(verbatim: &str) -> Option<String> {
    let line = verbatim.trim();
    let rest = line.strip_prefix("##").filter(|_| !line.contains('\n'))?.trim();
    let unclosed = rest.trim_end_matches('#');
    let rest = if unclosed.ends_with(char::is_whitespace) { unclosed.trim_end() } else { rest };
    let (title, id) = split_id(rest);
    let parts = ["##", title].into_iter().filter(|part| !part.is_empty());
    let line: Vec<&str> = parts.collect();
    let line = line.join(" ");
    Some(id.map_or_else(|| line.clone(), |id| format!("{line} {{#{id}}}")))
}

/// The lines of a block of asks; none when it is not one that is known.
fn fence_lines(fence: &Fence<'_>, at: usize, text: &str, notes: &mut Notes<'_>) -> Option<String> {
    let asks = AskKind::parse(fence.word).map(|(_, keys)| keys);
    let keys = asks.or_else(|| rule_keys(fence.word)).filter(|_| fence.closed)?;
    let block = format!("the block \"{}\"", fence.word);
    let lines = entry_lines((at, &block), text, fence.lines, keys, notes);
    if lines.iter().any(|line| line.starts_with("```")) {
        return None;
    }
    let mut out = format!("```{}\n", fence.word);
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    Some(out + "```")
}

/// Lines of `key: value` in the order of their keys; remarks go with the line below them.
fn entry_lines(
    (at, block): (usize, &str),
    text: &str,
    (from, to): (usize, usize),
    keys: &[&str],
    notes: &mut Notes<'_>,
) -> Vec<String> {
    let entries = Entries::read((at, block.to_owned()), text, (from, to), notes);
    let rank = |key: &str| keys.iter().position(|known| *known == key).unwrap_or(keys.len());
    let mut groups: Vec<(usize, Vec<String>)> = Vec::new();
    let mut remarks: Vec<String> = Vec::new();
    let mut start = from;
    let mut rest = entries.list.iter().peekable();
    for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
        start += line.len();
        if line.trim().starts_with('#') {
            remarks.push(line.trim().to_owned());
        } else if let Some(entry) = rest.next_if(|entry| entry.key_at < start) {
            let mut group = std::mem::take(&mut remarks);
            group.push(format!("{}: {}", entry.key, entry.value));
            groups.push((rank(entry.key), group));
        }
    }
    groups.sort_by_key(|(rank, _)| *rank);
    groups.into_iter().flat_map(|(_, group)| group).chain(remarks).collect()
}

/// Takes blanks off the ends of lines, but for the two that break a line on purpose, and leaves
/// one empty line where there are several.
fn trim_lines(verbatim: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut lines = verbatim.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_end();
        if trimmed.is_empty() && out.last().is_none_or(String::is_empty) {
            continue;
        }
        let broken = line.ends_with("  ") && !trimmed.is_empty();
        let goes_on = lines.peek().is_some_and(|next| !next.trim().is_empty());
        out.push(if broken && goes_on { format!("{trimmed}  ") } else { trimmed.to_owned() });
    }
    out.join("\n")
}

/// What a page says, without its asks and remarks, whose lines are laid out anew.
fn meaning(body: &str) -> Vec<Event<'_>> {
    let mut inside = false;
    let mut events = Vec::new();
    for event in Parser::new_ext(body, options()) {
        let fence = matches!(event, Event::Start(Tag::CodeBlock(_)));
        let closes = matches!(event, Event::End(TagEnd::CodeBlock));
        let remark = matches!(event, Event::Html(_) | Event::InlineHtml(_));
        inside = (inside || fence) && !closes;
        if inside || closes || remark {
            continue;
        }
        if let Event::Text(text) = event {
            let words: Vec<&str> = text.split_whitespace().collect();
            events.push(Event::Text(words.join(" ").into()));
        } else {
            events.push(event);
        }
    }
    events
}

fn format_specification(source: &Source<'_>) -> Result<String, Vec<Finding>> {
    let text = decode(source)?;
    let mut notes = Notes::of(source.file, &text);
    let lines = read_lines(&text, &mut notes);
    let mut out = String::new();
    let mut columns: Option<([Option<usize>; 16], usize)> = None;
    let mut headed = false;
    for line in &lines {
        match line {
            Line::Blank | Line::Broken => continue,
            Line::Remark(remark, at) if !headed && is_head(remark) => {
                headed = true;
                out.push_str(&head_line(remark, *at, &mut notes));
            }
            Line::Remark(remark, _) => out.push_str(remark.trim_end()),
            Line::Row(cells, at) => {
                let Some((columns, width)) = columns else {
                    let found = read_columns(cells, &mut notes);
                    let names = COLUMNS.iter().zip(&found).enumerate();
                    let written = names.filter(|(rank, (_, at))| is_written(*rank, **at));
                    let names: Vec<&str> = written.map(|(_, (name, _))| *name).collect();
                    out.push_str(&names.join(","));
                    columns = Some((found, cells.len()));
                    out.push('\n');
                    continue;
                };
                if cells.len() != width {
                    let what = format!("{} cells under {width} columns", cells.len());
                    notes.add(*at, Code::CellCount, &what, "mend the row first");
                }
                let written = columns.iter().enumerate();
                for (rank, column) in written.filter(|(rank, at)| is_written(*rank, **at)) {
                    if rank > 0 {
                        out.push(',');
                    }
                    let cell = column.and_then(|column| cells.get(column));
                    write_cell(cell.map_or("", |cell| &cell.text), &mut out);
                }
            }
        }
        out.push('\n');
    }
    notes.settle(Some(out)).map(|laid| laid.definition)
}

/// The usual columns are always written, the others where the source has them.
fn is_written(rank: usize, at: Option<usize>) -> bool {
    rank < COLUMNS_USUAL || at.is_some()
}

fn head_line(remark: &str, at: usize, notes: &mut Notes<'_>) -> String {
    let entries = head_entries(remark);
    let mut parts: Vec<(usize, String)> = Vec::new();
    let mut keys = BTreeSet::new();
    for (key, key_at, value, _) in &entries {
        if !keys.insert(key) {
            let what = format!("\"{key}\" a second time in the head line");
            notes.add(at + key_at, Code::KeyTwice, &what, "keep one of them");
        }
        let rank = HEAD_KEYS.iter().position(|known| known == key).unwrap_or(HEAD_KEYS.len());
        parts.push((rank, format!("{key}: {value}")));
    }
    parts.sort_by_key(|(rank, _)| *rank);
    let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
    format!("# {}", parts.join("   "))
}
