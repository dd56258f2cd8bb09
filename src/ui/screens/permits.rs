//! Deviation permits: those in force or to be granted, and the page of one, where the other of
//! engineering and quality grants it by signature.

use crate::domain::decide::Command;
use crate::domain::ids::PermitId;
use crate::domain::permit::PermitCommand;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::words::count;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::permit::PermitRow;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::proof::{ASK, Proof};

const PURPOSE: &str = "Limits that were widened before the fact: those that may be used, and those \
    that wait to be granted. Open one to read it, with every use.";
const ONE: &str = "What is permitted, for which units and until when, and every use. One that is \
    proposed is granted here, by the signature of the other of engineering and quality; either withdraws \
    it with a reason.";
const NONE: &str = "No permit is in force, and none waits to be granted.";

/// The list.
#[derive(Debug)]
pub struct PermitsScreen {
    rows: List<PermitRow>,
    loading: Option<Ticket>,
}

impl Default for PermitsScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

fn mark_of(row: &PermitRow) -> (Mark, Role) {
    match (row.standing.as_str(), row.ends_in_days) {
        ("valid", None) => (Mark::Pass, Role::Ok),
        ("valid", Some(_)) => (Mark::Warn, Role::Warn),
        ("proposed", _) => (Mark::Sign, Role::Accent),
        (_, _) => (Mark::Skipped, Role::Muted),
    }
}

fn view_row(row: &PermitRow, y: u16, canvas: &mut Canvas<'_>) {
    let (mark, role) = mark_of(row);
    let x = canvas.mark((5, y), mark, role);
    canvas.put_in((x + 1, y), 14, row.permit.as_str(), Role::Title);
    canvas.put_in((22, y), 30, &format!("{} {}", row.part, row.name), Role::Plain);
    canvas.put_in((53, y), canvas.width().saturating_sub(54), &row.standing_words(), role);
    let text = format!(
        "{} instead of {}, {} used, through {}",
        row.limits,
        row.specified,
        row.used_words(),
        row.through
    );
    canvas.put_in((7, y + 1), canvas.width().saturating_sub(8), &text, Role::Plain);
}

impl PermitsScreen {
    fn open(&self) -> Turn {
        let row = self.rows.marked().map(|row| row.permit.clone());
        row.map_or(Turn::Stay, |id| Turn::Open(Box::new(PermitScreen::new(id))))
    }
}

impl Layer for PermitsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Permits { all: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
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
        if let Some(Answer::Permits(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.permit == before.permit);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Permits", Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
    }
}

/// One permit.
#[derive(Debug)]
pub struct PermitScreen {
    id: PermitId,
    row: Option<Box<PermitRow>>,
    loading: Option<Ticket>,
    /// Whether it is signed now.
    signing: bool,
    /// Why it is withdrawn, while that is typed.
    reason: Option<Field>,
    proof: Proof,
    pending: Option<Ticket>,
}

impl PermitScreen {
    /// The page of a permit.
    pub fn new(id: PermitId) -> Self {
        let proof = Proof::empty();
        let (row, loading, reason, pending) = (None, None, None, None);
        Self { id, row, loading, signing: false, reason, proof, pending }
    }

    fn to_grant(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.standing == "proposed")
    }

    /// Whether it is granted, or may be, and nobody withdrew it.
    fn to_withdraw(&self) -> bool {
        let stands = |row: &PermitRow| row.withdrawn.is_none() && row.standing != "expired";
        self.row.as_ref().is_some_and(|row| stands(row))
    }

    fn withdraw(&mut self, world: &mut World) {
        let Some(field) = &mut self.reason else { return };
        let reason = field.text().trim().to_owned();
        if reason.is_empty() {
            return world.say("type a few words first", Role::Warn);
        }
        let command = Command::Permit(self.id.clone(), PermitCommand::Withdraw { reason });
        self.pending = Some(world.record(command));
    }

    fn enter(&mut self, world: &mut World) {
        if !self.signing {
            self.signing = self.to_grant();
            self.proof.again_by_pin(world);
        } else if let Some((badge, pin)) = self.proof.enter() {
            self.pending = Some(world.sign(badge, pin, Signing::GrantPermit(self.id.clone())));
        }
    }
}

impl Layer for PermitScreen {
    fn purpose(&self) -> &'static str {
        ONE
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.signing || self.reason.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        if self.reason.is_some() {
            return vec![Act::Save];
        }
        let mut acts = match (self.signing, self.proof.at_pin) {
            (true, false) => return vec![Act::Next],
            (true, true) => return vec![Act::Sign],
            (false, _) if self.to_grant() => vec![Act::Sign],
            (false, _) => Vec::new(),
        };
        if self.to_withdraw() && may::refused(may::takes(Act::Withdraw), world).is_none() {
            acts.push(Act::Withdraw);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.proof = Proof::empty();
        self.signing = false;
        self.reason = None;
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Permit { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Withdraw {
            self.reason = Some(Field::new(TEXT_MAX));
        } else if act == Act::Save {
            self.withdraw(world);
        } else if act != Act::Back {
            self.enter(world);
        } else if self.reason.take().is_none() {
            if !self.signing {
                return Turn::Back;
            }
            self.signing = false;
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if let Some(reason) = &mut self.reason {
            reason.key(key);
        } else if self.signing {
            self.proof.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(reason) = &mut self.reason {
            reason.insert(text);
        } else if self.signing {
            self.proof.field().insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(reason) = &mut self.reason {
            reason.take_back(characters);
        } else if self.signing {
            self.proof.field().take_back(characters);
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        if *meaning == ScanMeaning::Badge && self.to_grant() && self.reason.is_none() {
            self.signing = true;
            self.proof.badge(code);
            return Some(Turn::Stay);
        }
        None
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket) || self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            self.loading = None;
            if let Some(Answer::Permit(row)) = world.answer(reply) {
                self.row = row;
            }
            return Turn::Stay;
        };
        self.pending = None;
        if self.reason.is_some() {
            let done = saved(&outcome).is_some();
            let turn = world.outcome(outcome, &format!("saved: {} withdrawn", self.id));
            return if done { Turn::Back } else { turn };
        }
        if saved(&outcome).is_some() {
            world.has_signed(&self.proof.badge_text());
            let said = format!("saved: {} granted", self.id);
            world.outcome(outcome, &said);
            return Turn::Back;
        }
        self.proof.again();
        self.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &format!("Permit {}", self.id), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(row) = &self.row else { return };
        let right = canvas.width().saturating_sub(1);
        let (_, role) = mark_of(row);
        canvas.put_right(right, 1, &row.standing_words(), role);
        let y = view_permit(row, (world, canvas));
        if let Some(reason) = &self.reason {
            canvas.put((3, y + 1), "Why is it withdrawn?", Role::Title);
            let cells = canvas.width().saturating_sub(6);
            reason.view(canvas, (3, y + 3), cells, true);
        } else if self.signing {
            canvas.put((3, y + 1), "Meaning   approved", Role::Plain);
            canvas.put((3, y + 2), ASK, Role::Title);
            self.proof.view(canvas, (3, y + 4));
        } else {
            view_uses(row, y + 1, canvas);
        }
    }
}

/// What is permitted and who signed; tells the row below.
fn view_permit(row: &PermitRow, (world, canvas): (&World, &mut Canvas<'_>)) -> u16 {
    let cells = canvas.width().saturating_sub(16);
    let reference = row.reference.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let mut lines = vec![
        ("Part", format!("{} {}", row.part, row.revision_words())),
        ("Limits", format!("{} {} instead of {}", row.name, row.limits, row.specified)),
        ("For", format!("{}; {} used", row.for_whom, row.used_words())),
        ("Good", format!("{} through {}", row.from, row.through)),
        ("Why", format!("{}{reference}", row.reason)),
        ("Proposed", row.proposed.words()),
    ];
    lines.extend(row.granted.as_ref().map(|granted| ("Granted", granted.words())));
    lines.extend(row.withdrawn.as_ref().map(|withdrawn| {
        let words =
            format!("{}, {}: {}", withdrawn.by, world.site_time(withdrawn.at), withdrawn.reason);
        ("Withdrawn", words)
    }));
    let mut y = 4;
    for (name, text) in lines {
        canvas.put((3, y), name, Role::Muted);
        canvas.put_in((14, y), cells, &text, Role::Plain);
        y += 1;
    }
    y
}

/// The last uses, as many as there is room for.
fn view_uses(row: &PermitRow, mut y: u16, canvas: &mut Canvas<'_>) {
    let room = usize::from(canvas.height().saturating_sub(y + 2));
    let cells = canvas.width().saturating_sub(4);
    let (all, left_out) = (row.uses.len(), row.uses.len().saturating_sub(room));
    if all > 0 {
        let more = if left_out > 0 { format!(", the last {room}") } else { String::new() };
        canvas.put(
            (3, y),
            &format!("Used by {}{more}", count(all, "reading", "readings")),
            Role::Title,
        );
    }
    for used in row.uses.iter().skip(left_out) {
        y += 1;
        let place = used.place.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
        let (unit, value, who) = (&used.traveler, &used.value, used.signature.words());
        canvas.put_in((3, y), cells, &format!("{unit} {value}{place}, {who}"), Role::Plain);
    }
}
