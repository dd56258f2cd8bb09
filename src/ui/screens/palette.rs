//! The palette: every action that this person may do here and every place to go to, by a part of
//! its name.
//! Invariant: Enter opens something and records nothing; what a screen asks for, that screen asks.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::stream::Subject;
use crate::domain::traced::Traced;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::find::{Found, FoundRow};
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;
use crate::views::thread::NamedRow;

use super::definition::DefinitionScreen;
use super::deviation::DeviationScreen;
use super::permits::PermitScreen;
use super::redlines::RedlineScreen;
use super::traveler::TravelerScreen;

const PURPOSE: &str = "Type a part of a name: of an action, a unit, an order, a place, a deviation, an \
    instruction, a specification, a characteristic, a permit, a gauge. Enter opens the marked row. \
    Before you type, the pages that you looked at last come first and a digit opens a row; a number is \
    looked for after a space.";
const TITLE: &str = "Find or go to";
const HINT: &str = "a part of a name; a number after a space";
const NONE: &str = "Nothing here is called so.";
const TEXT_MAX: usize = 80;
/// From how many characters on texts are searched, and how many of them are told.
const WORDS_CHARS_MIN: usize = 2;
const TOLD_MAX: usize = 20;
/// The line of the field, and of the first row.
const FIELD: u16 = 3;
const TOP: u16 = 5;
/// Where names begin, where the second column does, and how long a name may be that moves it.
const NAME: u16 = 6;
const WHAT: u16 = 36;
const NAME_MAX: u16 = 44;
/// The most rows that are shown.
const ROWS_MAX: usize = 200;

/// What a row leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    /// Something to do on the screen below.
    Do(Act),
    /// A page.
    See(Traced),
}

/// One row.
#[derive(Debug, Clone)]
struct Entry {
    goal: Goal,
    name: String,
    what: String,
}

/// The palette over a screen.
#[derive(Debug)]
pub struct PaletteScreen {
    /// The page that it lies over.
    here: Option<Traced>,
    field: Field,
    acts: Vec<Entry>,
    /// Pages that were looked at in this session, the last one first.
    recent: Vec<Entry>,
    places: Vec<Entry>,
    /// What has the words that are typed, as far as the store answered.
    told: Vec<Entry>,
    rows: List<Entry>,
    loading: Option<Ticket>,
    finding: Option<Ticket>,
}

const fn numbered() -> Shape<Entry> {
    Shape::numbered(one_line, NONE).from_line(TOP)
}

const fn plain() -> Shape<Entry> {
    Shape::plain(one_line, NONE).from_line(TOP).leaving(2)
}

fn page(of: Traced, what: String, world: &World) -> Entry {
    let name = if let Traced::Deviation(id) = &of { world.deviation(id) } else { tell(&of.said()) };
    Entry { goal: Goal::See(of), name, what }
}

fn action(act: Act) -> Option<Entry> {
    let row = act.row()?;
    let (name, what) = (say!(row.menu).to_owned(), say!(row.help).to_owned());
    Some(Entry { goal: Goal::Do(act), name, what })
}

impl PaletteScreen {
    /// A palette of these actions, and of every page but the one that it lies over.
    pub fn new(acts: Vec<Act>, here: Option<&Traced>, world: &World) -> Self {
        let others = world.recent.iter().filter(|of| Some(*of) != here);
        Self {
            here: here.cloned(),
            field: Field::new(TEXT_MAX),
            acts: acts.into_iter().filter_map(action).collect(),
            recent: others.map(|of| page(of.clone(), String::new(), world)).collect(),
            places: Vec::new(),
            told: Vec::new(),
            rows: List::new(numbered()),
            loading: None,
            finding: None,
        }
    }

    fn typed(&self) -> String {
        self.field.text().trim().to_owned()
    }

    /// Lists what fits what is typed.
    fn find(&mut self) {
        self.rows.reshape(if self.field.is_empty() { numbered() } else { plain() });
        let text = self.typed();
        let all = self.recent.iter().chain(&self.acts).chain(&self.places);
        let found = if text.is_empty() { all.cloned().collect() } else { ranked(&text, all) };
        let mut rows: Vec<Entry> = Vec::new();
        for entry in found.into_iter().take(ROWS_MAX).chain(self.told.iter().cloned()) {
            if !rows.iter().any(|row| (&row.goal, &row.name) == (&entry.goal, &entry.name)) {
                rows.push(entry);
            }
        }
        self.rows.fill(rows, |row, before| (&row.goal, &row.name) == (&before.goal, &before.name));
    }

    /// Lists what fits what is typed now, and asks for the texts that have these words.
    fn typed_anew(&mut self, world: &mut World) {
        self.told.clear();
        self.find();
        self.rows.mark(0);
        let words = self.typed();
        let long = words.chars().count() >= WORDS_CHARS_MIN;
        self.finding = long.then(|| world.load(Query::Find { words, limit: TOLD_MAX }));
    }

    /// Takes what has these words, below what is called so.
    fn take_told(&mut self, found: Found, world: &World) {
        let entry = |row: FoundRow| {
            let step = row.step.map_or_else(String::new, |step| format!(" #{step}"));
            let Entry { goal, name, .. } = page(row.of, String::new(), world);
            Entry { goal, name: format!("{name}{step}"), what: row.line }
        };
        self.told = found.rows.into_iter().map(entry).collect();
        self.find();
    }

    /// Takes the pages that are here; what was looked at before is told as it is now.
    fn take(&mut self, rows: Vec<NamedRow>, world: &World) {
        let entry = |row: NamedRow| page(row.traced, tell(&row.what), world);
        self.places = rows.into_iter().map(entry).collect();
        for entry in &mut self.recent {
            if let Some(now) = self.places.iter().find(|now| now.goal == entry.goal) {
                entry.what.clone_from(&now.what);
            }
        }
        self.find();
    }

    fn open(&self, world: &mut World) -> Turn {
        match self.rows.marked().map(|row| row.goal.clone()) {
            None => Turn::Stay,
            Some(Goal::Do(act)) => Turn::Do(act),
            Some(Goal::See(Traced::Place(place))) => {
                world.bind_place(&place, "chosen");
                Turn::Back
            }
            Some(Goal::See(of)) => Turn::Replace(shown(of)),
        }
    }
}

/// The page of a thing.
fn shown(of: Traced) -> Box<dyn Layer> {
    match of {
        Traced::Unit(id) => Box::new(TravelerScreen::new(id)),
        Traced::Deviation(id) => Box::new(DeviationScreen::raised(id)),
        Traced::Permit(id) => Box::new(PermitScreen::new(id)),
        Traced::Redline(id) => Box::new(RedlineScreen::of(id)),
        Traced::Instruction(id, Some(revision)) => {
            Box::new(DefinitionScreen::new(Subject::Instruction(id), revision))
        }
        Traced::Specification(part, Some(revision)) => {
            Box::new(DefinitionScreen::new(Subject::Specification(part), revision))
        }
        other @ (Traced::Order(_)
        | Traced::Material(_)
        | Traced::Component { .. }
        | Traced::Gauge(_)
        | Traced::Person(_)
        | Traced::Place(_)
        | Traced::Instruction(_, None)
        | Traced::Specification(_, None)
        | Traced::Characteristic(..)) => super::thread::page(other),
    }
}

/// What fits a text, the best first: what is called just so, then by how well; of equals, the order
/// in which they came. What is typed is never a sign of a search language.
fn ranked<'a>(text: &str, all: impl Iterator<Item = &'a Entry>) -> Vec<Entry> {
    let pattern = Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut characters = Vec::new();
    let mut fits: Vec<(u32, &Entry)> = Vec::new();
    for entry in all {
        let words = match &entry.goal {
            Goal::Do(_) => entry.name.clone(),
            Goal::See(_) => format!("{} {}", entry.name, entry.what),
        };
        let Some(score) = pattern.score(Utf32Str::new(&words, &mut characters), &mut matcher)
        else {
            continue;
        };
        // Many characteristics are of one part, which is called so itself.
        let last = if let Goal::See(Traced::Characteristic(_, id)) = &entry.goal {
            id.as_str()
        } else {
            entry.name.rsplit(' ').next().unwrap_or_default()
        };
        let just_so = entry.name.eq_ignore_ascii_case(text) || last.eq_ignore_ascii_case(text);
        fits.push((if just_so { u32::MAX } else { score }, entry));
    }
    fits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    fits.into_iter().map(|(_, entry)| entry.clone()).collect()
}

impl Layer for PaletteScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        // As long as a digit opens a row, none may be the head of a scan.
        if self.field.is_empty() { Focus::Choice } else { Focus::Text }
    }

    fn has_words(&self) -> bool {
        !self.field.is_empty()
    }

    fn leaves_colon(&self, _world: &World) -> bool {
        false
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Open]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Open, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        self.find();
        self.loading = Some(world.load(Query::Spots { here: self.here.clone() }));
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Open { self.open(world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let numbered = self.field.is_empty() && key.digit().is_some();
        let before = self.field.text();
        if !numbered && self.field.key(key) {
            if self.field.text() != before {
                self.typed_anew(world);
            }
            return Turn::Stay;
        }
        if self.rows.key(key, world.size.1) { self.open(world) } else { Turn::Stay }
    }

    fn put_in(&mut self, text: &str, world: &mut World) {
        self.field.insert(text);
        self.typed_anew(world);
    }

    fn insert(&mut self, text: &str) {
        self.field.insert(text);
        self.told.clear();
        self.find();
    }

    fn take_back(&mut self, characters: usize) {
        self.field.take_back(characters);
        self.told.clear();
        self.find();
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        // What comes all at once and names nothing was typed on a slow line.
        let typed = *meaning == ScanMeaning::Unknown;
        typed.then(|| {
            self.field.insert(code);
            self.typed_anew(world);
            Turn::Stay
        })
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        [self.loading, self.finding].contains(&Some(ticket))
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match world.answer(reply) {
            Some(Answer::Spots(rows)) => {
                self.loading = None;
                self.take(rows, world);
            }
            Some(Answer::Found(found)) => {
                self.finding = None;
                self.take_told(found, world);
            }
            Some(_) | None => (self.loading, self.finding) = (None, None),
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!(TITLE), Role::Title);
        canvas.rule(2);
        let width = canvas.width();
        self.rows.view(canvas, |shown, canvas| view_entry(shown.row, shown.y, canvas));
        if let Some(marked) = self.rows.marked() {
            view_whole(marked, canvas);
        }
        let rows = self.rows.count();
        if !self.field.is_empty() && rows > 0 {
            let shown = say!("{n} of {all}", n = self.rows.rank() + 1, all = rows);
            canvas.put_right(width.saturating_sub(1), FIELD, &shown, Role::Muted);
        } else if self.field.is_empty() {
            canvas.put_right(width.saturating_sub(1), FIELD, say!(HINT), Role::Muted);
        }
        canvas.mark((1, FIELD), Mark::After, Role::Muted);
        self.field.view(canvas, (3, FIELD), 36, true);
    }
}

/// The key of an entry, where what it does is said, and how many cells there are for it.
fn columns(entry: &Entry, canvas: &Canvas<'_>) -> (&'static str, u16, u16) {
    let row = match entry.goal {
        Goal::Do(act) => act.row().filter(|row| row.key.is_some()),
        Goal::See(_) => None,
    };
    let key = row.map_or("", |row| row.printed);
    let at = WHAT.max(NAME + canvas.cells(&entry.name).min(NAME_MAX) + 2);
    let end = canvas.width().saturating_sub(1);
    (key, at, end.saturating_sub(at + canvas.cells(key) + 2))
}

fn view_entry(entry: &Entry, y: u16, canvas: &mut Canvas<'_>) {
    let role = match entry.goal {
        Goal::Do(_) => Role::Plain,
        Goal::See(_) => Role::Title,
    };
    let (key, what, room) = columns(entry, canvas);
    canvas.put_name((NAME, y), NAME_MAX, &entry.name, role);
    canvas.put_start((what, y), room, &entry.what, Role::Muted);
    canvas.put_right(canvas.width().saturating_sub(1), y, key, Role::Accent);
}

/// What the marked row does, where there was no room for it beside its name.
fn view_whole(entry: &Entry, canvas: &mut Canvas<'_>) {
    let (_, _, room) = columns(entry, canvas);
    if canvas.cells(&entry.what) > room {
        let (cells, y) = (canvas.width().saturating_sub(7), canvas.body_end().saturating_sub(1));
        canvas.put_in((NAME, y), cells, &entry.what, Role::Muted);
    }
}
