//! A page as lines that are written on: what is new since the last one, and what has the focus last.
//! Invariant: nothing is written but text, line ends and, at a terminal, the bell.

use std::collections::BTreeMap;
use std::io;

use crate::app::display::{Display, Line, Screens, Turned};
use crate::domain::text::is_deceptive;
use crate::ui::page::Page;
use crate::ui::symbols::spelled_out;

/// What stands before what is typed.
const PROMPT: &str = "> ";
/// What is said once, at the beginning.
const GREETING: &str = "gemba in lines. Type and press Enter. A slash and a name press a key: /menu, /help, \
    /esc goes back. /again says the page again.";
/// What is said before a secret that is seen as it is typed.
const SEEN: &str = "What you type here is not hidden.";

/// What a terminal of lines can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinesKind {
    /// Its width, where a longer line is to be broken between words.
    pub columns: Option<u16>,
    /// Whether letters beyond ASCII may be sent.
    pub utf8: bool,
    /// Who keeps a secret from being seen while it is typed.
    pub echo: Echo,
}

/// Who shows what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// A terminal that can be told not to.
    Told,
    /// Nobody here: a pipe, or something beyond it.
    Unknown,
}

/// What keeps a secret from being seen.
pub trait Hide {
    /// From now on what is typed is, or is not, shown.
    fn hide(&mut self, secret: bool);
}

/// Lines that are written on.
#[derive(Debug)]
pub struct Lines<W, H> {
    writer: W,
    kind: LinesKind,
    hide: H,
    /// What was said last; none at the beginning.
    last: Option<Page>,
    /// How many inputs were taken when the prompt was written.
    answered: u64,
    hidden: bool,
    bell: bool,
}

impl<W: Line, H: Hide> Lines<W, H> {
    /// Of a terminal of this kind.
    pub fn new(writer: W, kind: LinesKind, hide: H) -> Self {
        Self { writer, kind, hide, last: None, answered: 0, hidden: false, bell: false }
    }

    fn write(&mut self, said: &[String], page: &Page) -> io::Result<()> {
        let mut out = String::new();
        // What is typed in hiding, or where nobody shows it, ends without its line end.
        if self.hidden || self.kind.echo == Echo::Unknown && self.last.is_some() {
            out.push('\n');
        }
        for line in said {
            for part in self.broken(line) {
                out.push_str(&part);
                out.push('\n');
            }
        }
        if page.secret && self.kind.echo == Echo::Unknown && !self.hidden_before(page) {
            out.push_str(SEEN);
            out.push('\n');
        }
        if !page.prompt.is_empty() {
            out.push_str(&self.text(&page.prompt));
            out.push(' ');
        }
        out.push_str(PROMPT);
        if std::mem::take(&mut self.bell) && self.kind.echo == Echo::Told {
            out.push('\x07');
        }
        self.hidden = page.secret && self.kind.echo == Echo::Told;
        self.hide.hide(self.hidden);
        self.writer.write_all(out.as_bytes())?;
        self.writer.flush()
    }

    /// Whether the page before asked for the same secret.
    fn hidden_before(&self, page: &Page) -> bool {
        self.last.as_ref().is_some_and(|last| last.secret && last.prompt == page.prompt)
    }

    /// A text as this terminal may be sent it.
    fn text(&self, text: &str) -> String {
        let text = if self.kind.utf8 { text.to_owned() } else { spelled_out(text) };
        let shown = |c: char| {
            let hard = is_deceptive(c) || (!self.kind.utf8 && !c.is_ascii());
            if hard { '?' } else { c }
        };
        text.chars().map(shown).collect()
    }

    /// A line, broken between words where the terminal would break it within one.
    fn broken(&self, line: &str) -> Vec<String> {
        let line = self.text(line);
        let Some(columns) = self.kind.columns.map(usize::from) else { return vec![line] };
        let mut parts = Vec::new();
        let mut part = String::new();
        for word in line.split(' ') {
            if !part.is_empty() && part.chars().count() + 1 + word.chars().count() >= columns {
                parts.push(std::mem::take(&mut part).trim_end().to_owned());
                if word.is_empty() {
                    continue;
                }
            }
            if !part.is_empty() || word.is_empty() {
                part.push(' ');
            }
            part.push_str(word);
        }
        parts.push(part.trim_end().to_owned());
        parts
    }
}

impl<W: Line, H: Hide> Display for Lines<W, H> {
    fn has_room(&mut self) -> bool {
        self.writer.has_room()
    }

    fn show(&mut self, screens: &mut impl Screens, turned: Turned) -> io::Result<()> {
        if turned.ended {
            // What comes after stands on a line of its own.
            return self.writer.write_all(b"\n");
        }
        if !turned.settled {
            return Ok(());
        }
        let page = screens.page();
        let answers = turned.inputs != self.answered;
        let said = match &self.last {
            None => [vec![GREETING.to_owned()], whole(&page)].concat(),
            Some(last) if answers => news(last, &page),
            Some(last) => by_itself(last, &page),
        };
        if self.last.is_some() && !answers && said.is_empty() {
            // Nobody asked: what else changed is said with the next answer.
            return Ok(());
        }
        let between = self.last.is_some() && !answers;
        let said = if between { [vec![String::new()], said].concat() } else { said };
        self.write(&said, &page)?;
        self.answered = turned.inputs;
        self.last = Some(match self.last.take() {
            // Of what came by itself only this was said.
            Some(last) if between => Page { said: page.said, notices: page.notices, ..last },
            Some(_) | None => page,
        });
        Ok(())
    }

    fn has_more(&self) -> bool {
        false
    }

    fn resize(&mut self, columns: u16, _rows: u16) -> io::Result<()> {
        self.kind.columns = self.kind.columns.map(|_| columns);
        Ok(())
    }

    fn beep(&mut self) {
        self.bell = true;
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.last = self.last.take().map(|_| Page::default());
        Ok(())
    }
}

/// Everything that a page says but for what has the focus.
fn whole(page: &Page) -> Vec<String> {
    news(&Page::default(), page)
}

/// What a page says that the one before did not.
fn news(last: &Page, page: &Page) -> Vec<String> {
    let mut said = Vec::new();
    said.extend((page.head != last.head).then(|| page.head.clone()));
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    let same = page.title == last.title;
    for line in last.body.iter().chain(&last.marked).filter(|_| same) {
        *before.entry(line).or_default() += 1;
    }
    for line in &page.body {
        match before.get_mut(line.as_str()) {
            Some(left @ 1..) => *left -= 1,
            Some(_) | None => said.push(line.clone()),
        }
    }
    let marked = page.marked.iter().filter(|_| page.marked != last.marked);
    said.extend(marked.map(|row| format!("here: {row}")));
    said.extend(page.notices.iter().filter(|notice| !last.notices.contains(notice)).cloned());
    said.extend(page.waits.clone().filter(|_| !same || last.waits.is_none()));
    let outcome = page.said.as_ref().filter(|_| page.said != last.said);
    said.extend(outcome.map(|(_, text)| text.clone()));
    // Where nothing came of it, what would do something.
    if page.keys != last.keys || said.is_empty() && page.prompt == last.prompt {
        said.push(format!("Keys: {}", page.keys));
    }
    said
}

/// What is said though nobody asked.
fn by_itself(last: &Page, page: &Page) -> Vec<String> {
    let notices = page.notices.iter().filter(|notice| !last.notices.contains(notice)).cloned();
    let said = page.said.iter().filter(|_| page.said != last.said).map(|(_, text)| text.clone());
    notices.chain(said).collect()
}
