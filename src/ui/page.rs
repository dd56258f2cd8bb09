//! What stands on the screen as lines of text, for terminals that only write on.
//! Invariant: nothing here is drawn for the eye alone, and no line has a control.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::speech::say;

use super::keys::{Act, Row};
use super::parts::canvas::Canvas;
use super::parts::frame;
use super::shell::Shell;
use super::spoken::{self, Row as Line};
use super::symbols::{self, Mark};
use super::world::World;

/// Columns and rows of the screen that pages in lines are read off: wide enough that nothing is cut, and
/// no longer than somebody listens.
pub const PAGE: (u16, u16) = (200, 60);

/// The row in which screens say what they are about.
const TITLE: u16 = 1;

/// A page in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Where, who, and how the line to the server is.
    pub head: String,
    /// What the page is about: of another one everything is said.
    pub title: String,
    /// What the page says, without the line that has the focus.
    pub body: Vec<String>,
    /// The row that Enter takes, where it is not the one that has the focus.
    pub marked: Option<String>,
    /// Calls for help.
    pub notices: Vec<String>,
    /// What waits at this station, and for how long still. It goes on by itself, so that it is said with
    /// another page only, and what rings is said when it does.
    pub waits: Option<String>,
    /// What happened last, and the how manieth saying it is.
    pub said: Option<(u64, String)>,
    /// What can be done, and by which word.
    pub keys: String,
    /// What has the focus: said last, before what is typed.
    pub prompt: String,
    /// Whether what is typed is a secret.
    pub secret: bool,
}

impl Shell {
    /// What stands on the screen now, in lines.
    pub fn page(&self) -> Page {
        let world = &self.world;
        world.speaks();
        let Some(top) = self.layers.last() else { return Page::default() };
        let mut buffer = Buffer::empty(Rect::new(0, 0, world.size.0, world.size.1));
        let mut canvas = Canvas::in_lines(&mut buffer, &world.theme, false);
        symbols::aloud(|| top.view(world, &mut canvas));
        let (cursor, secret) = (canvas.cursor, canvas.secret);
        let mut page = Page { head: head(world), secret, ..Page::default() };
        for y in 0..world.size.1 {
            let focused = cursor.is_some_and(|(_, row)| row == y);
            let drawn: String = (0..world.size.0).map(|x| buffer[(x, y)].symbol()).collect();
            let Some(Line { text, marked }) = spoken::row(&drawn) else {
                if focused {
                    page.prompt = question(&mut page.body);
                }
                continue;
            };
            if y == TITLE {
                page.title.clone_from(&text);
            }
            if focused {
                page.prompt = text;
            } else if marked && page.marked.is_none() {
                page.marked = Some(text);
            } else {
                page.body.push(text);
            }
        }
        page.notices = notices(world);
        page.waits = waits(world);
        page.said = world
            .said
            .as_ref()
            .and_then(|said| spoken::row(&said.text))
            .map(|row| (world.sayings, row.text));
        page.keys = keys(&top.footer(world));
        page
    }
}

/// What a field is asked for that stands on a line of its own: the words above it, and above what a digit
/// chooses for it.
fn question(body: &mut Vec<String>) -> String {
    let choice = |line: &String| {
        line.split_once("  ").is_some_and(|(number, _)| number.parse::<u8>().is_ok())
    };
    let at = body.iter().rposition(|line| !choice(line));
    at.map_or_else(String::new, |at| body.remove(at))
}

/// Line 1 of a screen but for what changes by itself: clock and counts.
fn head(world: &World) -> String {
    let place = world.place.as_ref().map_or(say!("no place"), |place| place.as_str());
    let mut parts = vec![place.to_owned(), world.site.clone()];
    if let Some(person) = &world.person {
        parts.push(person.name.clone());
        parts.extend(person.roles.first().map(|role| say!(role.word()).to_owned()));
    }
    parts.push(frame::link_in_words(world));
    parts
        .iter()
        .filter_map(|part| spoken::row(part))
        .map(|row| row.text)
        .collect::<Vec<_>>()
        .join(", ")
}

fn notices(world: &World) -> Vec<String> {
    let calls = world.link.calls.iter().map(|call| frame::call(call));
    let calls = calls.map(|call| say!("help is called: {call}", call));
    calls.filter_map(|call| spoken::row(&call)).map(|row| row.text).collect()
}

/// What waits at this station, as screens say it on their rule.
fn waits(world: &World) -> Option<String> {
    if world.waits.is_empty() {
        return None;
    }
    let (words, _) = world.waits.line(&world.time.moment, |_| true);
    let mark = Mark::Waiting.glyph(false);
    spoken::row(&format!("{mark} {}", words.replace(" | ", ", "))).map(|row| row.text)
}

fn keys(acts: &[Act]) -> String {
    let rows = acts.iter().filter_map(|act| act.row()).filter(|row| row.key.is_some());
    rows.map(|row| format!("{} {}", named(row), say!(row.short))).collect::<Vec<_>>().join(", ")
}

/// How a key is pressed by a line: Enter and digits as they are, others by their name behind a slash.
fn named(row: &Row) -> String {
    let printed = row.printed;
    let itself = printed == "Enter" || printed.chars().count() == 1;
    if itself { printed.to_owned() } else { format!("/{}", printed.to_lowercase()) }
}
