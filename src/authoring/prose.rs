//! Text of a step from Markdown to typed blocks; what no screen shows is noted.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is foreign: whatever is not named here is refused as not shown"
)]

use std::iter::Peekable;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, Event, OffsetIter, Options, Parser, Tag, TagEnd};

use super::code::Code;
use super::finding::Notes;
use super::pictures::{ReadPicture, read_picture};
use crate::domain::instruction::{Block, CalloutLevel, Look, Picture, Span};
use crate::domain::text::sanitize;

/// Which Markdown sources have: tables and call-outs beside the plain kind.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_GFM
}

/// A piece of running text.
#[derive(Debug)]
enum Piece {
    Text(Span),
    Picture(Picture),
}

/// Reads blocks from the events of a page; offsets are those of the whole source.
pub(super) struct Prose<'s, 'n> {
    events: Peekable<OffsetIter<'s>>,
    base: usize,
    pub(super) notes: &'n mut Notes<'s>,
    read: &'n ReadPicture<'n>,
}

impl std::fmt::Debug for Prose<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prose").field("base", &self.base).finish_non_exhaustive()
    }
}

impl<'s, 'n> Prose<'s, 'n> {
    /// Begins at a byte of the source.
    pub(super) fn new(
        text: &'s str,
        base: usize,
        notes: &'n mut Notes<'s>,
        read: &'n ReadPicture<'n>,
    ) -> Self {
        let body = text.get(base..).unwrap_or_default();
        let events = Parser::new_ext(body, options()).into_offset_iter().peekable();
        Self { events, base, notes, read }
    }

    /// The next event with its place in the source.
    pub(super) fn next(&mut self) -> Option<(Event<'s>, Range<usize>)> {
        let (event, range) = self.events.next()?;
        Some((event, range.start + self.base..range.end + self.base))
    }

    /// Passes everything up to the end of a block that has just begun; its plain text.
    pub(super) fn skip(&mut self) -> String {
        let mut depth = 1_usize;
        let mut text = String::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(more) | Event::Code(more) | Event::Html(more) => text.push_str(&more),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        text
    }

    /// The text of a heading, and whether it has markup in it.
    pub(super) fn heading(&mut self) -> (String, bool) {
        let mut title = String::new();
        let mut plain = true;
        while let Some((event, _)) = self.next() {
            match event {
                Event::End(TagEnd::Heading(_)) => break,
                Event::Text(text) => title.push_str(&text),
                Event::SoftBreak => title.push(' '),
                _ => plain = false,
            }
        }
        (title, plain)
    }

    /// Reads a block of text that has just begun.
    pub(super) fn block(&mut self, tag: Tag<'s>, at: usize, blocks: &mut Vec<Block>) {
        match tag {
            Tag::Paragraph => {
                let pieces = self.run(TagEnd::Paragraph);
                push_paragraph(pieces, blocks);
            }
            Tag::List(first) => {
                let items = self.items();
                blocks.push(Block::List { ordered: first.is_some(), items });
            }
            Tag::BlockQuote(kind) => self.callout(kind, at, blocks),
            Tag::Table(_) => {
                let rows = self.rows();
                blocks.push(Block::Table { rows });
            }
            Tag::HtmlBlock => {
                let html = self.skip();
                if !is_remark(&html) {
                    self.raw_html(at);
                }
            }
            _ => {
                self.skip();
                self.not_shown(at, "a block of this kind");
            }
        }
    }

    fn callout(&mut self, kind: Option<BlockQuoteKind>, at: usize, blocks: &mut Vec<Block>) {
        let pieces = self.run(TagEnd::BlockQuote(kind));
        let level = match kind {
            Some(BlockQuoteKind::Note) => CalloutLevel::Note,
            Some(BlockQuoteKind::Caution) => CalloutLevel::Caution,
            Some(BlockQuoteKind::Warning) => CalloutLevel::Warning,
            Some(BlockQuoteKind::Tip | BlockQuoteKind::Important) | None => {
                let next = "begin it with > [!NOTE], > [!CAUTION] or > [!WARNING]";
                self.notes.add(at, Code::CalloutUnknown, "a quote", next);
                return;
            }
        };
        let text = self.only_text(pieces, at);
        blocks.push(Block::Callout { level, text });
    }

    fn items(&mut self) -> Vec<Vec<Span>> {
        let mut items = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let pieces = self.run(TagEnd::Item);
                    items.push(self.only_text(pieces, range.start));
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn rows(&mut self) -> Vec<Vec<Vec<Span>>> {
        let mut rows: Vec<Vec<Vec<Span>>> = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let pieces = self.run(TagEnd::TableCell);
                    let cell = self.only_text(pieces, range.start);
                    if let Some(row) = rows.last_mut() {
                        row.push(cell);
                    }
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        rows
    }

    /// Reads running text up to the end given; paragraphs inside are parted by a newline.
    fn run(&mut self, end: TagEnd) -> Vec<Piece> {
        let mut run = Run { pieces: Vec::new(), looks: Vec::new() };
        while let Some((event, range)) = self.next() {
            match event {
                Event::End(tag) if tag == end => break,
                Event::End(TagEnd::Emphasis | TagEnd::Strong) => {
                    run.looks.pop();
                }
                Event::Start(Tag::Emphasis) => {
                    let strong = run.look() == Look::Strong;
                    run.looks.push(if strong { Look::Strong } else { Look::Emphasis });
                }
                Event::Start(Tag::Strong) => run.looks.push(Look::Strong),
                Event::Start(Tag::Paragraph) if !run.pieces.is_empty() => {
                    run.text("\n", Look::Plain);
                }
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                Event::Text(text) => run.text(&text, run.look()),
                Event::Code(text) => run.text(&text, Look::Code),
                Event::SoftBreak => run.text(" ", run.look()),
                Event::HardBreak => run.text("\n", run.look()),
                Event::InlineHtml(html) if is_remark(&html) => {}
                Event::InlineHtml(_) | Event::Html(_) => self.raw_html(range.start),
                Event::Start(Tag::Image { dest_url, title, .. }) => {
                    let alt = self.skip();
                    if !title.is_empty() {
                        self.not_shown(range.start, "the title of a picture");
                    }
                    let with = (self.read, &mut *self.notes);
                    run.pieces.extend(
                        read_picture(&dest_url, &alt, range.start, with).map(Piece::Picture),
                    );
                }
                Event::Start(Tag::Link { .. }) => self.not_shown(range.start, "a link"),
                Event::Start(Tag::CodeBlock(_)) => {
                    self.skip();
                    let next = "move it to the margin, below the text";
                    let what = "a fenced block inside a list or quote";
                    self.notes.add(range.start, Code::AskInside, what, next);
                }
                Event::Start(Tag::HtmlBlock) => {
                    if !is_remark(&self.skip()) {
                        self.raw_html(range.start);
                    }
                }
                Event::Start(Tag::List(_)) => {
                    self.skip();
                    self.not_shown(range.start, "a list inside another block");
                }
                Event::Start(_) => {
                    self.skip();
                    self.not_shown(range.start, "a block inside another");
                }
                _ => self.not_shown(range.start, "markup of this kind"),
            }
        }
        run.pieces
    }

    fn only_text(&mut self, pieces: Vec<Piece>, at: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(span) => spans.push(span),
                Piece::Picture(_) => self.not_shown(at, "a picture inside a list, quote or table"),
            }
        }
        trim(spans)
    }

    fn raw_html(&mut self, at: usize) {
        let next = "write it as Markdown, or as a comment <!-- … -->";
        self.notes.add(at, Code::RawHtml, "HTML", next);
    }

    pub(super) fn not_shown(&mut self, at: usize, what: &str) {
        let next = "write plain paragraphs, lists, tables, call-outs and pictures";
        self.notes.add(at, Code::MarkupNotShown, what, next);
    }
}

/// Running text as it grows.
#[derive(Debug)]
struct Run {
    pieces: Vec<Piece>,
    looks: Vec<Look>,
}

impl Run {
    /// The look that is open; strong wins over what is inside it.
    fn look(&self) -> Look {
        self.looks.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &str, look: Look) {
        let text = sanitize(text);
        if let Some(Piece::Text(last)) = self.pieces.last_mut()
            && last.look == look
        {
            last.text.push_str(&text);
        } else {
            self.pieces.push(Piece::Text(Span { text: text.into_owned(), look }));
        }
    }
}

/// A comment that stays in the source.
fn is_remark(html: &str) -> bool {
    let inside = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    inside.is_some_and(|inside| !inside.contains("-->"))
}

/// Pictures stand alone: they part the paragraph in which they are written.
fn push_paragraph(pieces: Vec<Piece>, blocks: &mut Vec<Block>) {
    let mut spans = Vec::new();
    let flush = |spans: &mut Vec<Span>, blocks: &mut Vec<Block>| {
        let text = trim(std::mem::take(spans));
        if !text.is_empty() {
            blocks.push(Block::Paragraph(text));
        }
    };
    for piece in pieces {
        match piece {
            Piece::Text(span) => spans.push(span),
            Piece::Picture(picture) => {
                flush(&mut spans, blocks);
                blocks.push(Block::Picture(picture));
            }
        }
    }
    flush(&mut spans, blocks);
}

/// Drops blanks at both ends, and spans that are nothing else there.
fn trim(mut spans: Vec<Span>) -> Vec<Span> {
    while let Some(first) = spans.first_mut() {
        first.text = first.text.trim_start().to_owned();
        if !first.text.is_empty() {
            break;
        }
        spans.remove(0);
    }
    while let Some(last) = spans.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            break;
        }
        spans.pop();
    }
    spans
}
