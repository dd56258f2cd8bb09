//! Deviation permits: those in force or to be granted, and the page of one, where the other of
//! engineering and quality grants it by signature.

use crate::domain::ids::PermitId;
use crate::domain::traced::Traced;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::permit::PermitRow;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::line::{LineFor, LineScreen};
use super::propose::{Known, propose};
use super::to_sign::ToSign;

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
    canvas.put_name((x + 1, y), 14, row.permit.as_str(), Role::Title);
    canvas.put_in((22, y), 30, &format!("{} {}", row.part, row.name), Role::Plain);
    canvas.put_in((53, y), canvas.width().saturating_sub(54), &tell(&row.standing_words()), role);
    let text = say!(
        "{limits} instead of {specified}, {used} used, through {day}",
        limits = row.limits,
        specified = row.specified,
        used = tell(&row.used_words()),
        day = row.through
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

    fn acts(&self, _world: &World) -> Vec<Act> {
        let open = self.rows.marked().map(|_| Act::Open);
        open.into_iter().chain([Act::ProposePermit]).collect()
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Permits { all: false }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::ProposePermit {
            return propose(Known::default(), world);
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
        if let Some(Answer::Permits(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.permit == before.permit);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Permits"), Role::Title);
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
    signs: ToSign,
    pending: Option<Ticket>,
}

impl PermitScreen {
    /// The page of a permit.
    pub fn new(id: PermitId) -> Self {
        let (row, loading, pending) = (None, None, None);
        Self { id, row, loading, signing: false, signs: ToSign::new(), pending }
    }

    fn to_grant(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.standing == "proposed")
    }

    /// Whether it is granted, or may be, and nobody withdrew it.
    fn to_withdraw(&self) -> bool {
        let stands = |row: &PermitRow| row.withdrawn.is_none() && row.standing != "expired";
        self.row.as_ref().is_some_and(|row| stands(row))
    }

    fn lines(&self, world: &World) -> Vec<Line> {
        let Some(row) = &self.row else { return Vec::new() };
        let sheet = Sheet::of(world);
        let mut lines = lines_of(row, world);
        if self.signing {
            let meaning = (say!("Meaning"), say!("approved").to_owned());
            lines.extend(sheet.rows(12, &[meaning]));
        } else {
            lines.extend(uses(row, sheet));
        }
        lines
    }

    fn enter(&mut self, act: Act, world: &mut World) {
        if !self.signing && act != Act::Turn {
            self.signing = self.to_grant();
            self.signs.proof.again_by_pin(world);
        } else if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
            self.pending = Some(world.sign(badge, pin, Signing::GrantPermit(self.id.clone())));
        }
    }
}

impl Layer for PermitScreen {
    fn purpose(&self) -> &'static str {
        ONE
    }

    fn about(&self) -> Option<Traced> {
        Some(Traced::Permit(self.id.clone()))
    }

    fn focus(&self, world: &World) -> Focus {
        if self.signing { self.signs.focus(&self.lines(world), world) } else { Focus::Choice }
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = self.signs.acts(&self.lines(world), world);
        if !self.signing {
            acts.retain(|act| *act == Act::Turn);
            acts.extend(self.to_grant().then_some(Act::Sign));
            let may = may::refused(may::takes(Act::Withdraw), world).is_none();
            acts.extend((may && self.to_withdraw()).then_some(Act::Withdraw));
        }
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    /// Enter says that somebody has read it.
    fn takes_ahead(&self) -> bool {
        false
    }

    fn person_changed(&mut self) {
        self.signs = ToSign::new();
        self.signing = false;
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Permit { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Withdraw {
            let what = LineFor::WithdrawPermit(self.id.clone());
            return Turn::Open(Box::new(LineScreen::new(what)));
        }
        if act != Act::Back {
            self.enter(act, world);
        } else if self.signing {
            self.signing = false;
        } else {
            return Turn::Back;
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let lines = self.lines(world);
        if self.signing || key == Key::PageUp {
            self.signs.key(key, &lines, world);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.signing {
            self.signs.proof.field().insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if self.signing {
            self.signs.proof.field().take_back(characters);
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        if *meaning == ScanMeaning::Badge && self.to_grant() {
            self.signing = true;
            self.signs.proof.badge(code);
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
        if saved(&outcome).is_some() {
            world.has_signed(&self.signs.proof.badge_text());
            let said = say!("saved: {id} granted", id = self.id);
            world.outcome(outcome, &said);
            return Turn::Back;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &say!("Permit {id}", id = self.id), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(row) = &self.row else { return };
        let right = canvas.width().saturating_sub(1);
        let (_, role) = mark_of(row);
        canvas.put_right(right, 1, &tell(&row.standing_words()), role);
        let lines = self.lines(world);
        if self.signing {
            self.signs.view(&lines, world, canvas);
        } else {
            self.signs.view_all(&lines, canvas);
        }
    }
}

/// What is permitted and who signed.
fn lines_of(row: &PermitRow, world: &World) -> Vec<Line> {
    let sheet = Sheet::of(world);
    let reference = row.reference.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let used = tell(&row.used_words());
    let limits = say!(
        "{name} {limits} instead of {specified}",
        name = row.name,
        limits = row.limits,
        specified = row.specified
    );
    let mut rows = vec![
        (say!("Part"), format!("{} {}", row.part, tell(&row.revision_words()))),
        (say!("Limits"), limits),
        (say!("For"), say!("{whom}; {used} used", whom = tell(&row.for_whom), used)),
        (say!("permit|Good"), say!("{from} through {to}", from = row.from, to = row.through)),
        (say!("Why"), format!("{}{reference}", row.reason)),
        (say!("Proposed"), tell(&row.proposed.told())),
    ];
    rows.extend(row.granted.as_ref().map(|granted| (say!("Granted"), tell(&granted.told()))));
    rows.extend(row.withdrawn.as_ref().map(|withdrawn| {
        let words =
            format!("{}, {}: {}", withdrawn.by, world.site_time(withdrawn.at), withdrawn.reason);
        (say!("permit|Withdrawn"), words)
    }));
    sheet.rows(12, &rows)
}

/// Every use.
fn uses(row: &PermitRow, sheet: Sheet) -> Vec<Line> {
    if row.uses.is_empty() {
        return Vec::new();
    }
    let head = say!("Used by {readings}", readings = count(row.uses.len(), "reading", "readings"));
    let mut lines = vec![Line::default()];
    lines.extend(sheet.text(&head, 1, Role::Title));
    for used in &row.uses {
        let place =
            used.place.as_ref().map_or_else(String::new, |place| say!(" at {place}", place));
        let (unit, value, who) = (&used.traveler, &used.value, tell(&used.signature.told()));
        lines.extend(sheet.text(&format!("{unit} {value}{place}, {who}"), 1, Role::Plain));
    }
    lines
}
