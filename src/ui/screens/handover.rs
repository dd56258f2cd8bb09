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
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::handover::{HandoverView, lines, summary};
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::proof::{ASK, Proof};

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
        Some(by) => (Mark::Pass, Role::Ok, format!("accepted by {}", by.who())),
        None => (Mark::Open, Role::Warn, "nobody has accepted it".to_owned()),
    };
    let x = canvas.mark((5, y), mark, role);
    canvas.put_in((x + 1, y), 14, row.handover.as_str(), Role::Title);
    canvas.put_in((22, y), 27, &format!("{} {}", world.site_time(row.at), row.by), Role::Plain);
    canvas.put_in((50, y), canvas.width().saturating_sub(51), &words, role);
    let text = summary(&row.content);
    canvas.put_in((7, y + 1), canvas.width().saturating_sub(8), &text, Role::Plain);
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

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = vec![Act::HandOver];
        if self.rows.marked().is_some() {
            acts.insert(0, Act::Open);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
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
        canvas.put((1, 1), "Hand-overs", Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}

/// Draws what stands somewhere, a line a list; tells the row below.
fn view_content(content: &HandoverContent, mut y: u16, canvas: &mut Canvas<'_>) -> u16 {
    let cells = canvas.width().saturating_sub(23);
    for (name, listed) in lines(content) {
        let role = if listed.count == 0 { Role::Muted } else { Role::Plain };
        canvas.put((3, y), name, Role::Muted);
        canvas.put_right(20, y, &listed.count.to_string(), role);
        canvas.put_in((22, y), cells, &listed.first.join("; "), role);
        y += 1;
    }
    canvas.put((3, y), "not at server", Role::Muted);
    canvas.put_right(20, y, &content.waiting.to_string(), Role::Plain);
    let silent: Vec<&str> = content.silent.iter().map(PlaceId::as_str).collect();
    if !silent.is_empty() {
        canvas.put_in((22, y), cells, &format!("silent: {}", silent.join(", ")), Role::Warn);
    }
    y + 1
}

/// One hand-over, to read and to accept.
#[derive(Debug)]
pub struct HandoverScreen {
    view: HandoverView,
    proof: Proof,
    pending: Option<Ticket>,
}

impl HandoverScreen {
    /// A hand-over as it was listed.
    pub fn new(view: HandoverView) -> Self {
        Self { view, proof: Proof::empty(), pending: None }
    }

    fn is_open(&self) -> bool {
        self.view.accepted.is_none()
    }
}

impl Layer for HandoverScreen {
    fn purpose(&self) -> &'static str {
        ACCEPT
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.is_open() { Focus::Text } else { Focus::Choice }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        match (self.is_open(), self.proof.at_pin) {
            (false, _) => Vec::new(),
            (true, true) => vec![Act::Sign],
            (true, false) => vec![Act::Next],
        }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        let giver = world.person.as_ref().map(|person| &person.person);
        if self.view.giver.as_ref() != giver {
            self.proof.again_by_pin(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if !matches!(act, Act::Sign | Act::Next) {
            return Turn::Back;
        }
        if let Some((badge, pin)) = self.proof.enter() {
            let signing = Signing::Handover(self.view.handover.clone());
            self.pending = Some(world.sign(badge, pin, signing));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.proof.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.proof.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.proof.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        let (ScanMeaning::Badge | ScanMeaning::Unknown) = meaning else { return None };
        self.proof.badge(code);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            world.has_signed(&self.proof.badge_text());
            world.outcome(outcome, "saved: accepted");
            return Turn::Back;
        }
        self.proof.again();
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let view = &self.view;
        canvas.put((1, 1), &format!("Hand-over {}", view.handover), Role::Title);
        let shift = view.shift.as_ref().map_or_else(String::new, |shift| format!("{shift}, "));
        let by = format!("{shift}by {} at {}, {}", view.by, view.place, world.site_time(view.at));
        canvas.put_right(canvas.width().saturating_sub(1), 1, &by, Role::Plain);
        canvas.rule(2);
        let mut y = view_content(&view.content, 3, canvas);
        let cells = canvas.width().saturating_sub(23);
        if !view.notes.is_empty() {
            canvas.put((3, y), "notes", Role::Muted);
            canvas.put_in((22, y), cells, &view.notes, Role::Title);
            y += 1;
        }
        if let Some(signature) = &view.accepted {
            canvas.put_in((3, y + 1), cells + 18, &signature.words_in_full(), Role::Ok);
            canvas.cursor = Some((1, 1));
        } else {
            canvas.put((3, y + 1), ASK, Role::Title);
            self.proof.view(canvas, (3, y + 2));
        }
    }
}

/// The form to hand over.
#[derive(Debug)]
pub struct GiveScreen {
    content: Option<Box<HandoverContent>>,
    notes: Field,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
    done: bool,
}

impl GiveScreen {
    fn new() -> Self {
        let notes = Field::new(NOTES_MAX);
        Self { content: None, notes, loading: None, pending: None, done: false }
    }
}

impl Layer for GiveScreen {
    fn purpose(&self) -> &'static str {
        GIVE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save, Act::Menu, Act::Help, Act::Back]
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
        if act != Act::Save {
            return Turn::Back;
        }
        let Some(place) = world.place.clone() else {
            world.warn("a shift is handed over at a place: choose yours first");
            return Turn::Stay;
        };
        let notes = self.notes.text().trim().to_owned();
        let command = Command::Floor(place, FloorCommand::GiveHandover { notes });
        self.pending = Some(world.record(command));
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.notes.key(key);
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
            world.outcome(outcome, "saved: handed over; another person accepts it");
            return Turn::Back;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Hand over the shift", Role::Title);
        let place = world.place.as_ref().map_or("no place", |place| place.as_str());
        canvas.put_right(canvas.width().saturating_sub(1), 1, place, Role::Plain);
        canvas.rule(2);
        let mut y = 4;
        if let Some(content) = &self.content {
            y = view_content(content, y, canvas);
        }
        canvas.put((3, y + 1), "What should the next shift know besides?", Role::Title);
        let cells = canvas.width().saturating_sub(6);
        self.notes.view(canvas, (3, y + 3), cells, true);
    }
}
