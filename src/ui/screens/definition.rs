//! One definition: its revisions, who approved them, who uses it, who has not received a withdrawal.

use crate::domain::ids::RevisionId;
use crate::domain::people::Role as PersonRole;
use crate::domain::specification::Specification;
use crate::domain::stream::Subject;
use crate::domain::traced::Traced;
use crate::domain::understood::{EFFECT, Said, understood};
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::parts::paged;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::definition::{
    DefinitionKind, DefinitionUserRow, DefinitionView, ReceivedRow, RevisionRow,
    characteristic_words, languages_words, users_words,
};
use crate::views::query::{Answer, Query};
use crate::views::redline::RedlineRow;

use super::characteristic::list::CharacteristicsScreen;
use super::compared::ComparedScreen;
use super::reader::ReaderScreen;

const PURPOSE: &str = "One definition with its revisions: who approved the marked one, what it says \
    where it is a specification, who uses it, and which stations have it. Enter shows what it \
    changed, F7 reads an instruction.";
/// How a revision may stand, and an instruction that uses it.
const STANDINGS: &[Said] = &[
    ("submitted", &[]),
    ("released", &[]),
    ("in effect", &[]),
    ("later", &[]),
    ("superseded", &[]),
    ("withdrawn", &[]),
    ("unknown", &[]),
    ("not known here", &[]),
];
/// Rows of the list of revisions.
const LISTED: usize = 4;
/// The row below the list of revisions.
const DETAILS: u16 = 8;

/// The page of one definition.
#[derive(Debug)]
pub struct DefinitionScreen {
    subject: Subject,
    /// The revision to be marked first.
    first: Option<RevisionId>,
    found: Option<Box<DefinitionView>>,
    revisions: List<RevisionRow>,
    page: usize,
    loading: Option<Ticket>,
    asking: Option<(Ticket, RevisionId)>,
    received: Vec<(RevisionId, Received)>,
}

/// What the server said of a revision.
#[derive(Debug)]
enum Received {
    /// Nothing: it did not answer.
    NoAnswer,
    /// Which station has it; none where it has accepted nothing about it.
    Known(Option<Vec<ReceivedRow>>),
}

impl DefinitionScreen {
    /// The page of a definition, with a revision marked.
    pub fn new(subject: Subject, first: RevisionId) -> Self {
        Self {
            subject,
            first: Some(first),
            found: None,
            revisions: List::new(Shape::plain(one_line, "").from_line(3).at_most(LISTED)),
            page: 0,
            loading: None,
            asking: None,
            received: Vec::new(),
        }
    }

    fn marked(&self) -> Option<&RevisionRow> {
        self.revisions.marked()
    }

    /// Whether the marked revision has steps to read.
    fn readable(&self) -> bool {
        let kind = self.found.as_ref().map(|found| found.kind);
        matches!(kind, Some(DefinitionKind::Instruction | DefinitionKind::StandardStep))
    }

    fn read(&self) -> Turn {
        let (Some(found), Some(row)) = (&self.found, self.marked()) else { return Turn::Stay };
        let reader = match found.kind {
            DefinitionKind::StandardStep => ReaderScreen::of_standard_step(row.hash),
            DefinitionKind::Instruction => ReaderScreen::of_blob(row.hash),
            DefinitionKind::Specification | DefinitionKind::Unknown => return Turn::Stay,
        };
        Turn::Open(Box::new(reader))
    }

    fn compare(&self) -> Turn {
        let (Some(found), Some(row)) = (&self.found, self.marked()) else { return Turn::Stay };
        let Some(before) = row.before.clone() else { return Turn::Stay };
        let new = (row.revision.clone(), row.hash);
        Turn::Open(Box::new(ComparedScreen::new(found.id.clone(), before, new)))
    }

    fn characteristics(&self) -> Turn {
        let marked = self.marked().and_then(|row| row.specification.as_ref());
        marked.map_or(Turn::Stay, |specification| {
            Turn::Open(Box::new(CharacteristicsScreen::new(specification.clone())))
        })
    }

    /// Asks the server who has the marked revision; only what was released can be received.
    fn ask(&mut self, world: &mut World) {
        let Some(row) = self.marked().filter(|row| row.standing != "submitted") else { return };
        let revision = row.revision.clone();
        let known = self.received.iter().any(|(known, _)| *known == revision);
        let asking = self.asking.as_ref().is_some_and(|(_, asked)| *asked == revision);
        if !known && !asking {
            let ticket = world.ask_received(self.subject.clone(), revision.clone());
            self.asking = Some((ticket, revision));
        }
    }

    fn lines(&self, cells: usize, world: &World) -> Vec<Line> {
        let (Some(found), Some(row)) = (&self.found, self.marked()) else { return Vec::new() };
        let mut lines = Vec::new();
        let mut say = |text: &str, role| lines.extend(wrapped(text, cells, role));
        if let Some(withdrawn) = &row.withdrawn {
            let stops = if withdrawn.stop_work { say!("; work by it stops") } else { "" };
            let (at, reason) = (world.site_time(withdrawn.at), &withdrawn.reason);
            say(&say!("withdrawn {at}: {reason}{stops}", at, reason, stops), Role::Hold);
        }
        if let Some(by) = &row.handed_in_by {
            say(&say!("handed in by {by}", by), Role::Plain);
        }
        if let Some(languages) = languages_words(&row.languages) {
            say(&tell(&languages), Role::Plain);
        }
        for approval in &row.approvals {
            say(&tell(&approval.told()), Role::Plain);
        }
        if !row.approvals_open.is_empty() {
            say(&still_to_approve(&row.approvals_open), Role::Warn);
        }
        if row.standing != "submitted" {
            let (text, role) = self.who_received(&row.revision, world);
            say(&text, role);
        }
        if let Some(specification) = &row.specification {
            lines.extend(text(specification, cells));
        }
        lines.push(Line::default());
        let users = tell(&users_words(&found.users));
        lines.push(Line::of(say!("Used by {users}", users), Role::Title));
        lines.extend(found.users.iter().map(user));
        lines.extend(redlines(&found.redlines, cells));
        lines
    }

    fn who_received(&self, revision: &RevisionId, world: &World) -> (String, Role) {
        let known = self.received.iter().find(|(known, _)| known == revision);
        match known {
            None => (say!("asking the server which stations have it …").to_owned(), Role::Muted),
            Some((_, Received::NoAnswer)) => {
                let text = say!("the server does not answer: which stations have it is not known");
                (text.to_owned(), Role::Warn)
            }
            Some((_, Received::Known(None))) => {
                (say!("the server has not accepted it yet").to_owned(), Role::Warn)
            }
            Some((_, Received::Known(Some(rows)))) => {
                let without: Vec<String> =
                    rows.iter().filter(|row| !row.received).map(|row| silent(row, world)).collect();
                if without.is_empty() {
                    let all = count(rows.len(), "station", "stations");
                    return (say!("received by every station ({all})", all), Role::Ok);
                }
                (say!("not received by {those}", those = without.join(", ")), Role::Fail)
            }
        }
    }
}

/// What the floor proposed to change, with what became of it.
fn redlines(rows: &[RedlineRow], cells: usize) -> Vec<Line> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default()];
    lines.push(Line::of(count(rows.len(), "redline", "redlines"), Role::Title));
    for row in rows {
        let due = row.answer.is_none() || row.waits_for_text();
        let RedlineRow { redline, revision, step, text, .. } = row;
        let head = say!("{redline}  rev {revision} #{step}: {text}", redline, revision, step, text);
        lines.extend(wrapped(&head, cells, if due { Role::Warn } else { Role::Plain }));
        lines.extend(wrapped(&format!("   {}", tell(&row.told())), cells, Role::Muted));
    }
    lines
}

/// What a revision of a specification says: its drawing, then each characteristic.
fn text(specification: &Specification, cells: usize) -> Vec<Line> {
    let drawing = say!("Drawing {drawing}", drawing = specification.drawing);
    let mut lines = vec![Line::default(), Line::of(drawing, Role::Title)];
    for characteristic in &specification.characteristics {
        let (head, more) = characteristic_words(characteristic);
        lines.extend(wrapped(&tell(&head), cells, Role::Plain));
        lines.extend(wrapped(&format!("   {}", tell(&more)), cells, Role::Muted));
    }
    lines
}

/// Whose approval is missing.
pub(super) fn still_to_approve(roles: &[String]) -> String {
    let said = |text: &str| PersonRole::parse(text).map(|role| say!(role.word()).to_owned());
    let roles = roles.iter().map(|text| said(text).unwrap_or_else(|| text.clone()));
    let roles: Vec<String> = roles.collect();
    say!("still to approve: {roles}", roles = roles.join(", "))
}

/// How a revision stands in words: that it is superseded, and by which.
pub(super) fn standing_words(standing: &str, superseded_by: Option<&RevisionId>) -> String {
    match superseded_by {
        Some(by) => say!("superseded by {by}", by),
        None => tell(&understood(standing, STANDINGS)),
    }
}

fn silent(row: &ReceivedRow, world: &World) -> String {
    let since = match row.last_contact {
        Some(at) => say!("heard at {time}", time = world.site_time(at)),
        None => say!("never heard").to_owned(),
    };
    format!("{} ({since})", row.station)
}

fn user(user: &DefinitionUserRow) -> Line {
    let own = user.revision.as_ref().map_or_else(String::new, |own| say!(" rev {own}", own));
    let id = format!("{}{own}", user.id);
    let newer = if user.outdated { "!" } else { " " };
    let role = if user.outdated { Role::Warn } else { Role::Plain };
    let by = say!("by rev {revision}", revision = format!("{:<4}", user.uses));
    Line::of(
        format!("{newer} {id:<22} {by} {}", tell(&understood(&user.standing, STANDINGS))),
        role,
    )
}

impl Layer for DefinitionScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn about(&self) -> Option<Traced> {
        let marked = self.marked().map(|row| row.revision.clone()).or_else(|| self.first.clone());
        if let Subject::Instruction(id) = &self.subject {
            return Some(Traced::Instruction(id.clone(), marked));
        }
        let Subject::Specification(part) = &self.subject else { return None };
        Some(Traced::Specification(part.clone(), marked))
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.marked().is_some_and(|row| row.before.is_some()) {
            acts.push(Act::Compare);
        }
        if self.readable() {
            acts.push(Act::Steps);
        }
        if self.marked().is_some_and(|row| row.specification.is_some()) {
            acts.push(Act::Characteristics);
        }
        acts.push(Act::Turn);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act != Act::Turn);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        let subject = self.subject.clone();
        self.loading = Some(world.load(Query::Definition { subject }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Compare {
            return self.compare();
        }
        if act == Act::Steps {
            return self.read();
        }
        if act == Act::Characteristics {
            return self.characteristics();
        }
        if act != Act::Turn {
            return Turn::Back;
        }
        self.page += 1;
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
            return Turn::Stay;
        }
        let before = self.revisions.rank();
        self.revisions.key(key, world.size.1);
        if self.revisions.rank() != before {
            self.page = 0;
            self.ask(world);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        let asked = self.asking.as_ref().is_some_and(|(asked, _)| *asked == ticket);
        self.loading == Some(ticket) || asked
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        // A server that does not answer is no trouble of the page.
        if let Reply::Loaded(Err(_)) = &reply
            && self.loading.is_none()
        {
            if let Some((_, revision)) = self.asking.take() {
                self.received.push((revision, Received::NoAnswer));
            }
            return Turn::Stay;
        }
        match world.answer(reply) {
            Some(Answer::Definition(found)) => {
                self.loading = None;
                let rows = found.as_ref().map_or(Vec::new(), |found| found.revisions.clone());
                self.revisions.fill(rows, |row, before| {
                    (&row.revision, row.hash) == (&before.revision, before.hash)
                });
                self.found = found;
                if let Some(first) = self.first.take() {
                    self.revisions.mark_where(|row| row.revision == first);
                }
                self.ask(world);
            }
            Some(Answer::Received(rows)) => {
                if let Some((_, revision)) = self.asking.take() {
                    self.received.push((revision, Received::Known(rows)));
                }
            }
            Some(_) | None => self.loading = None,
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(found) = &self.found else {
            canvas.put((1, 1), &self.subject.to_string(), Role::Title);
            return;
        };
        let width = canvas.width().saturating_sub(1);
        let kind = say!(found.kind.words());
        let room = width.saturating_sub(canvas.cells(kind) + 2);
        canvas.put_in((1, 1), room, &format!("{}  {}", found.id, found.title), Role::Title);
        canvas.put_right(width, 1, kind, Role::Plain);
        self.revisions.view(canvas, |shown, canvas| view_revision(shown.row, shown.y, canvas));
        canvas.rule(DETAILS - 1);
        let cells = canvas.width().saturating_sub(4);
        let rows = canvas.height().saturating_sub(DETAILS + 3);
        paged::view(&self.lines(cells.into(), world), self.page, (DETAILS, rows), canvas);
    }
}

fn view_revision(row: &RevisionRow, y: u16, canvas: &mut Canvas<'_>) {
    canvas.put_in((3, y), 10, &say!("rev {revision}", revision = row.revision), Role::Title);
    let (mark, role) = match (row.standing.as_str(), row.complete) {
        (_, false) => (Mark::Warn, Role::Warn),
        ("withdrawn", true) => (Mark::Hold, Role::Hold),
        ("in effect", true) => (Mark::Pass, Role::Ok),
        (_, true) => (Mark::Open, Role::Muted),
    };
    let stops = row.withdrawn.as_ref().is_some_and(|withdrawn| withdrawn.stop_work);
    let standing = match (row.standing.as_str(), stops) {
        ("submitted", _) => say!("waits for approval").to_owned(),
        ("released", _) => say!("released, not judged yet").to_owned(),
        ("withdrawn", true) => say!("withdrawn, stop work").to_owned(),
        (other, _) => standing_words(other, row.superseded_by.as_ref()),
    };
    let x = canvas.mark((13, y), mark, role);
    let x = canvas.put((x + 1, y), &standing, role);
    let mut more =
        row.from.as_ref().map(|from| tell(&understood(from, EFFECT))).unwrap_or_default();
    if !row.complete {
        more = format!("{more}  {}", say!("parts not here yet"));
    }
    let room = canvas.width().saturating_sub(x + 18);
    canvas.put_in((x + 2, y), room, more.trim(), Role::Plain);
}
