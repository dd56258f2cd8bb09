//! Handing a shift over: the last hand-overs, one of them to accept, and the form to give one.

use crate::domain::decide::Command;
use crate::domain::floor::FloorCommand;
use crate::domain::handover::HandoverContent;
use crate::domain::ids::PlaceId;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::paged::{Pages, Sheet};
use crate::ui::parts::prose::Line;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::handover::{HandoverView, lines, row, summary};
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::to_sign::ToSign;

const PURPOSE: &str = "The last hand-overs, newest first. Open one to read and accept it; F5 hands \
    over what stands here now.";
const GIVE: &str = "What stands here is filled in. Type what the next shift should know besides, and \
    press Enter. Another person accepts it.";
const ACCEPT: &str = "What stood there when it was handed over. Another person than who gave it \
    accepts it with badge and PIN.";
const NONE: &str = "Nothing was handed over yet.";
const NOTES_MAX: usize = 500;
const DRAFT: &str = "handover";

/// The list of hand-overs.
#[derive(Debug)]
pub struct HandoversScreen {
    rows: List<HandoverView>,
    loading: Option<Ticket>,
}

impl Default for HandoversScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

/// Draws one hand-over in two lines.
pub fn view_row(row: &HandoverView, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let (mark, role, words) = match &row.accepted {
        Some(by) => (Mark::Pass, Role::Ok, say!("accepted by {who}", who = by.who())),
        None => (Mark::Open, Role::Warn, say!("nobody has accepted it").to_owned()),
    };
    let x = canvas.mark((5, y), mark, role);
    canvas.put_name((x + 1, y), 14, row.handover.as_str(), Role::Title);
    canvas.put_in((22, y), 27, &format!("{} {}", world.site_time(row.at), row.by), Role::Plain);
    canvas.put_in((50, y), canvas.width().saturating_sub(51), &words, role);
    let text = tell(&summary(&row.content));
    canvas.put_start((7, y + 1), canvas.width().saturating_sub(8), &text, Role::Plain);
}

impl HandoversScreen {
    fn open(&self) -> Turn {
        let row = self.rows.marked().cloned();
        row.map_or(Turn::Stay, |row| Turn::Open(Box::new(HandoverScreen::new(row))))
    }
}

impl Layer for HandoversScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = vec![Act::HandOver];
        if self.rows.marked().is_some() {
            acts.insert(0, Act::Open);
        }
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Handovers { open: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::HandOver {
            return Turn::Open(Box::new(GiveScreen::new()));
        }
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Handovers(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.handover == before.handover);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Hand-overs"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}

/// What stands somewhere, list by list, with everything that is listed.
fn content_lines(content: &HandoverContent, sheet: Sheet) -> Vec<Line> {
    let mut out = Vec::new();
    let mut say = |name: &'static str, count: u64, text: &str, role: Role| {
        let name = format!("{:<15}{count:>3}", say!(name));
        out.extend(sheet.named((&name, Role::Muted), 20, (text, role)));
    };
    for (name, listed) in lines(content) {
        let rows = listed.first.iter().map(|text| tell(&row(name, text)));
        let mut text = rows.collect::<Vec<_>>().join("; ");
        let shown = u32::try_from(listed.first.len()).unwrap_or(u32::MAX);
        if listed.count > shown && shown > 0 {
            text = say!("{text}; and {more} more", text, more = listed.count - shown);
        }
        say(name, listed.count.into(), &text, Role::Plain);
    }
    let silent: Vec<&str> = content.silent.iter().map(PlaceId::as_str).collect();
    let silent = if silent.is_empty() {
        String::new()
    } else {
        say!("silent: {places}", places = silent.join(", "))
    };
    say("not at server", content.waiting, &silent, Role::Warn);
    out
}

/// One hand-over, to read and to accept.
#[derive(Debug)]
pub struct HandoverScreen {
    view: HandoverView,
    signs: ToSign,
    pending: Option<Ticket>,
}

impl HandoverScreen {
    /// A hand-over as it was listed.
    pub fn new(view: HandoverView) -> Self {
        Self { view, signs: ToSign::new(), pending: None }
    }

    fn is_open(&self) -> bool {
        self.view.accepted.is_none()
    }

    fn lines(&self, world: &World) -> Vec<Line> {
        let (view, sheet) = (&self.view, Sheet::of(world));
        let mut lines = content_lines(&view.content, sheet);
        if !view.notes.is_empty() {
            let name = (say!("notes"), Role::Muted);
            lines.extend(sheet.named(name, 20, (&view.notes, Role::Title)));
        }
        if let Some(signature) = &view.accepted {
            lines.push(Line::default());
            lines.extend(sheet.text(&tell(&signature.told_in_full()), 1, Role::Ok));
        }
        lines
    }
}

impl Layer for HandoverScreen {
    fn purpose(&self) -> &'static str {
        ACCEPT
    }

    fn focus(&self, world: &World) -> Focus {
        if self.is_open() { self.signs.focus(&self.lines(world), world) } else { Focus::Choice }
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = self.signs.acts(&self.lines(world), world);
        acts.retain(|act| self.is_open() || *act == Act::Turn);
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        let giver = world.person.as_ref().map(|person| &person.person);
        if self.view.giver.as_ref() != giver {
            self.signs.proof.again_by_pin(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if !matches!(act, Act::Sign | Act::Next | Act::Turn) {
            return Turn::Back;
        }
        if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
            let signing = Signing::Handover(self.view.handover.clone());
            self.pending = Some(world.sign(badge, pin, signing));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let lines = self.lines(world);
        if self.is_open() || key == Key::PageUp {
            self.signs.key(key, &lines, world);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.signs.proof.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.signs.proof.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        let (ScanMeaning::Badge | ScanMeaning::Unknown) = meaning else { return None };
        self.signs.proof.badge(code);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            world.has_signed(&self.signs.proof.badge_text());
            world.outcome(outcome, say!("saved: accepted"));
            return Turn::Back;
        }
        self.signs.proof.again();
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let view = &self.view;
        canvas.put((1, 1), &say!("Hand-over {id}", id = view.handover), Role::Title);
        let shift = view.shift_words();
        let shift = shift.map_or_else(String::new, |shift| format!("{}, ", tell(&shift)));
        let by = say!(
            "{shift}by {who} at {place}, {time}",
            shift,
            who = view.by,
            place = view.place,
            time = world.site_time(view.at)
        );
        canvas.put_right(canvas.width().saturating_sub(1), 1, &by, Role::Plain);
        canvas.rule(2);
        let lines = self.lines(world);
        if self.is_open() {
            self.signs.view(&lines, world, canvas);
        } else {
            canvas.cursor = Some((1, 1));
            self.signs.view_all(&lines, canvas);
        }
    }
}

/// The form to hand over.
#[derive(Debug)]
pub struct GiveScreen {
    content: Option<Box<HandoverContent>>,
    pages: Pages,
    notes: Field,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
    done: bool,
}

impl GiveScreen {
    fn new() -> Self {
        let notes = Field::new(NOTES_MAX);
        let pages = Pages::default();
        Self { content: None, pages, notes, loading: None, pending: None, done: false }
    }

    fn lines(&self, world: &World) -> Vec<Line> {
        let content = self.content.as_ref();
        content.map_or_else(Vec::new, |content| content_lines(content, Sheet::of(world)))
    }
}

impl Layer for GiveScreen {
    fn purpose(&self) -> &'static str {
        GIVE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        !self.notes.is_empty()
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let several = Pages::are_several(&self.lines(world), given_rows(world.size.1));
        std::iter::once(Act::Save).chain(several.then_some(Act::Turn)).collect()
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let open = self.pending.is_none() && !self.done;
        open.then(|| (DRAFT.to_owned(), self.notes.text()))
    }

    fn person_changed(&mut self) {
        self.notes.clear();
    }

    fn shown(&mut self, world: &mut World) {
        if self.notes.is_empty()
            && let Some(text) = world.drafts.get(DRAFT)
        {
            self.notes.insert(text);
        }
        self.loading = Some(world.load(Query::HandoverContent));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Turn {
            self.pages.turn(self.lines(world), given_rows(world.size.1));
            return Turn::Stay;
        }
        if act != Act::Save {
            return Turn::Back;
        }
        let Some(place) = world.place.clone() else {
            world.warn(say!("a shift is handed over at a place: choose yours first"));
            return Turn::Stay;
        };
        let notes = self.notes.text().trim().to_owned();
        let command = Command::Floor(place, FloorCommand::GiveHandover { notes });
        self.pending = Some(world.record(command));
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.pages.back();
        } else {
            self.notes.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.notes.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.notes.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            self.loading = None;
            if let Some(Answer::HandoverContent(content)) = world.answer(reply) {
                self.content = Some(content);
            }
            return Turn::Stay;
        };
        self.pending = None;
        if saved(&outcome).is_some() {
            self.done = true;
            world.drop_draft(DRAFT);
            world.outcome(outcome, say!("saved: handed over; another person accepts it"));
            return Turn::Back;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Hand over the shift"), Role::Title);
        let place = world.place.as_ref().map_or(say!("no place"), |place| place.as_str());
        canvas.put_right(canvas.width().saturating_sub(1), 1, place, Role::Plain);
        canvas.rule(2);
        let (lines, rows) = (self.lines(world), given_rows(canvas.height()));
        self.pages.view(&lines, (4, rows), canvas);
        let y = 4 + u16::try_from(lines.len()).unwrap_or(rows).min(rows);
        let ask = say!("What should the next shift know besides?");
        canvas.put((3, y + 1), ask, Role::Title);
        let cells = canvas.width().saturating_sub(6);
        self.notes.view(canvas, (3, y + 3), cells, true);
    }
}

/// Rows of what stands there, above the question and its field.
fn given_rows(height: u16) -> u16 {
    height.saturating_sub(12).max(1)
}
