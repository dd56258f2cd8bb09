//! The right side where no step is worked: not begun, typed again, on hold, paused, done.

use crate::domain::people::{self, Action};
use crate::domain::quantity::Side;
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::shipped::Release;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, Hold, Pause, Reading, Recorded};
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::{count, due, span};
use crate::ui::screens::told;
use crate::ui::speech::objection;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::judged;
use crate::views::signature::SignatureView;
use crate::views::traveler::TravelerView;

use super::asks::{Around, Row};
use super::measures;
use super::measures::is_attribute;
use super::next::{Now, measure_of};
use super::view::line;

/// Cells of a name before what is said.
const NAME_CELLS: usize = 11;
/// Lines of what somebody said, at most.
const NAMED_LINES_MAX: usize = 3;

/// Title, text and rows.
type Shown<'a> = (String, Vec<Line>, Vec<Row<'a>>);

/// The page of a unit; of one that is shipped and held since, that comes first.
pub(super) fn rows<'a>(view: &'a TravelerView, now: Now<'a>, around: Around<'_>) -> Shown<'a> {
    let (title, mut text, rows) = of_now(view, now, around);
    let release = view.state.shipped().filter(|_| !matches!(now, Now::Shipped(_)));
    if let Some(release) = release {
        let (world, cells, ascii) = around;
        let mark = Mark::Fail.glyph(ascii);
        let when = world.site_time(release.moment.effective());
        let loud =
            say!("{mark} THIS UNIT IS SHIPPED, since {when}: stop it where it is.", mark, when);
        text.splice(0..0, wrapped(&loud, cells.into(), Role::Fail));
    }
    (title, text, rows)
}

fn of_now<'a>(view: &'a TravelerView, now: Now<'a>, around: Around<'_>) -> Shown<'a> {
    let (_, cells, ascii) = around;
    let enter = |what: &str| {
        let text = format!("{} Enter: {what}", Mark::Now.glyph(ascii));
        Row::Cursor(Line::of(text, Role::Focus))
    };
    match now {
        Now::NotStarted => not_started(view, enter(say!("start work")), cells),
        Now::Missing => {
            let text =
                say!("A part of this unit's instruction is not at this station yet. Sync: F9.");
            let text = wrapped(text, cells.into(), Role::Warn);
            (say!("Instruction missing").to_owned(), text, Vec::new())
        }
        Now::Ended(how) => {
            let mark = Mark::Hold.glyph(ascii);
            let title = say!("{mark} This unit has ended: {how}", mark, how = told::becomes(how));
            (title, Vec::new(), vec![line("", Role::Plain), enter(say!("next unit"))])
        }
        Now::Shipped(release) => shipped(view, release, enter(say!("next unit")), around),
        Now::Finished => finished(view, enter(say!("next unit")), ascii),
        Now::Elsewhere(current) => elsewhere(current, enter(say!("next unit")), ascii),
        Now::Paused(pause) => paused(view, pause, around),
        Now::Held(hold) if hold.placed.deviation.is_none() && released_by(hold).is_some() => {
            let sorted = view.state.sorts_next();
            let next = match sorted {
                _ if may_release(hold, around.0) => say!("release it, with a reason").to_owned(),
                Some((_, suspected, (sample, of))) => {
                    say!(
                        "sort it: measure {name}, {sample} of {of}",
                        name = suspected.name,
                        sample,
                        of
                    )
                }
                None => say!("{who} signs in", who = in_charge(hold)),
            };
            released(view, hold, enter(&next), around)
        }
        Now::Held(hold) => held(view, hold, enter(say!("show the deviation")), around),
        Now::Retype { entry, reading, again, .. } => retype(view, (entry, reading, again), around),
        Now::Loading
        | Now::Unknown
        | Now::Ask { .. }
        | Now::Count { .. }
        | Now::Complete { .. } => (String::new(), Vec::new(), Vec::new()),
    }
}

/// Why work stands still, who said so, and since when.
fn paused<'a>(view: &TravelerView, pause: &Pause, around: Around<'_>) -> Shown<'a> {
    let (world, cells, ascii) = around;
    let (mark, reason) = (Mark::Waiting.glyph(ascii), &pause.reason);
    let title = say!("{mark} Paused: {reason}", mark, reason);
    let text = say!("The working clock stands still. F8 goes on, with what you type or without.");
    let text = wrapped(text, cells.into(), Role::Plain);
    let seconds = world.time.moment.effective().duration_since(pause.began.effective()).as_secs();
    let who = pause
        .by
        .as_ref()
        .map_or(say!("somebody"), |by| view.names.get(by).map_or(by.as_str(), String::as_str));
    let since = say!("by {who}, {time} ago", who, time = span(seconds));
    let note = format!("{} {}", Mark::Now.glyph(ascii), say!("note"));
    let blank = line("", Role::Plain);
    (title, text, vec![line(since, Role::Plain), blank, Row::Field(note, String::new())])
}

fn not_started<'a>(view: &TravelerView, enter: Row<'a>, cells: u16) -> Shown<'a> {
    let mut rows = vec![line(format!("{:<10}{}", say!("Part"), view.order.part), Role::Plain)];
    if let Some(due) = view.order.due {
        rows.push(line(format!("{:<10}{due}", say!("Due")), Role::Plain));
    }
    for (n, operation) in view.order.route.iter().enumerate() {
        let lead = if n == 0 { say!("Route") } else { "" };
        let text = say!(
            "{operation} {instruction} at {place}",
            operation = operation.operation,
            instruction = operation.instruction,
            place = operation.work_center
        );
        rows.push(line(format!("{lead:<10}{text}"), Role::Plain));
    }
    rows.push(line("", Role::Plain));
    rows.push(enter);
    let text =
        say!("Starting work pins the released instructions and the specification to this unit.");
    (say!("Not begun").to_owned(), wrapped(text, cells.into(), Role::Plain), rows)
}

fn finished<'a>(view: &TravelerView, enter: Row<'a>, ascii: bool) -> Shown<'a> {
    let mark = Mark::Pass.glyph(ascii);
    let mut rows = Vec::new();
    let first = if view.state.first_pass() {
        say!("nothing failed in first attempts")
    } else {
        say!("with rework or deviations")
    };
    rows.push(line(first, Role::Plain));
    let at_server = if view.waiting == 0 {
        say!("all of it is at the server").to_owned()
    } else {
        let facts = usize::try_from(view.waiting).unwrap_or(usize::MAX);
        say!("saved here; {facts} to go to the server", facts = count(facts, "fact", "facts"))
    };
    rows.push(line(at_server, Role::Plain));
    rows.push(line("", Role::Plain));
    rows.push(enter);
    (say!("{mark} Every operation of this unit is done", mark), Vec::new(), rows)
}

/// By whom it was released, when, and whether its certificate holds.
fn shipped<'a>(
    view: &TravelerView,
    release: &Release,
    enter: Row<'a>,
    (world, cells, ascii): Around<'_>,
) -> Shown<'a> {
    let signature = SignatureView::new(&release.at, &release.moment, &release.what.signature);
    let place = release.place.as_ref().map_or_else(String::new, |place| say!(" at {place}", place));
    let when = world.site_time(release.moment.effective());
    let exceptions = count(release.what.exceptions as usize, "exception", "exceptions");
    let mut rows = vec![
        line(format!("{:<13}{when}{place}", say!("Released")), Role::Plain),
        line(format!("{:<13}{}", say!("By"), signature.who()), Role::Plain),
        line(format!("{:<13}{exceptions}", say!("Shown")), Role::Plain),
        line(format!("{:<13}{}", say!("Certificate"), release.at), Role::Plain),
    ];
    if let Some(why) = view.state.not_valid(release) {
        let why = told::not_valid(&why);
        let mark = Mark::Fail.glyph(ascii);
        let why = say!("{mark} The certificate is not valid: {why}", mark, why);
        let lines = wrapped(&why, cells.into(), Role::Fail).into_iter();
        rows.extend(lines.map(Row::Text));
    }
    rows.push(line("", Role::Plain));
    rows.push(enter);
    (say!("{mark} This unit is shipped", mark = Mark::Pass.glyph(ascii)), Vec::new(), rows)
}

/// What is next, and where: nobody looks for it at this bench.
fn elsewhere<'a>(current: Current<'_>, enter: Row<'a>, ascii: bool) -> Shown<'a> {
    let next = current.operation;
    let text = say!(
        "next: {operation} {name} at {place}",
        operation = next.operation,
        name = next.name,
        place = next.work_center
    );
    let rows = vec![line(text, Role::Plain), line("", Role::Plain), enter];
    let mark = Mark::Pass.glyph(ascii);
    (say!("{mark} Nothing is left to do at this place", mark), Vec::new(), rows)
}

/// How many other units are held for what failed here.
fn made_suspect<'a>(view: &TravelerView, ascii: bool) -> Option<Row<'a>> {
    let held = count(view.suspects, "unit", "units");
    let mark = Mark::Hold.glyph(ascii);
    let text = say!("{mark} held too: {held} made since the last good check", mark, held);
    (view.suspects > 0).then(|| line(text, Role::Hold))
}

/// What somebody said, after its name, in a few lines; the page of the deviation has all of it.
fn named<'a>(name: &str, value: &str, (cells, ascii): (usize, bool)) -> Vec<Row<'a>> {
    if value.is_empty() {
        return Vec::new();
    }
    let mut lines = wrapped(value, cells.saturating_sub(NAME_CELLS), Role::Plain);
    let more = lines.len() > NAMED_LINES_MAX;
    lines.truncate(NAMED_LINES_MAX);
    if let Some((text, _)) = lines.last_mut().and_then(|line| line.0.last_mut()).filter(|_| more) {
        text.push_str(Mark::More.glyph(ascii));
    }
    for (n, line) in lines.iter_mut().enumerate() {
        let lead = if n == 0 { name } else { "" };
        line.0.insert(0, (format!("{lead:<NAME_CELLS$}"), Role::Plain));
    }
    lines.into_iter().map(Row::Text).collect()
}

fn held<'a>(view: &'a TravelerView, hold: &Hold, enter: Row<'a>, around: Around<'_>) -> Shown<'a> {
    let (_, cells, ascii) = around;
    let mark = Mark::Hold.glyph(ascii);
    let cells = usize::from(cells);
    let mut text = Vec::new();
    let mut rows = Vec::new();
    let title = match (&hold.placed.deviation, &hold.placed.reason) {
        (Some(deviation), _) => {
            let known = view.deviations.iter().find(|known| known.id == *deviation);
            if let Some(known) = known {
                for (name, value) in [
                    (say!("Required"), told::required(&known.required)),
                    (say!("Found"), told::found(&known.found)),
                    (say!("Note"), told::noted(&known.note)),
                    (say!("Raised by"), known.raised_by.clone()),
                ] {
                    rows.extend(named(name, &value, (cells, ascii)));
                }
                rows.extend(made_suspect(view, ascii));
                rows.push(line("", Role::Plain));
            }
            text.extend(wrapped(say!("Nothing goes on until it is disposed."), cells, Role::Plain));
            rows.push(enter);
            say!("{mark} On hold: {deviation}", mark, deviation)
        }
        (None, HoldReason::Judged { reasons, .. }) => {
            let judged = judged::of_hold(&view.state, hold);
            if let Some((operation, step)) = judged.and_then(|j| j.operation.zip(j.step)) {
                let about =
                    say!("The record is of operation {operation}, step {step}.", operation, step);
                text.extend(wrapped(&about, cells, Role::Muted));
            }
            for reason in reasons {
                text.extend(wrapped(&objection(reason), cells, Role::Plain));
            }
            text.extend(wrapped(
                say!("A supervisor answers it on the shift board."),
                cells,
                Role::Accent,
            ));
            say!("{mark} On hold: the server did not accept a record", mark)
        }
        (None, HoldReason::Inspection { .. }) => {
            text.extend(wrapped(say!("It goes on once the lot is accepted."), cells, Role::Plain));
            say!("{mark} On hold: the lot is being inspected", mark)
        }
        (
            None,
            HoldReason::OutOfLimits
            | HoldReason::Raised
            | HoldReason::Gauge { .. }
            | HoldReason::Recall { .. }
            | HoldReason::Definition { .. }
            | HoldReason::Origin { .. }
            | HoldReason::Suspect(_),
        ) => {
            text.extend(wrapped(say!("A supervisor decides how it goes on."), cells, Role::Plain));
            say!("{mark} On hold", mark)
        }
    };
    (title, text, rows)
}

fn released_by(hold: &Hold) -> Option<Action> {
    hold.placed.reason.released_by()
}

/// Whether who is signed in lets the unit go on.
pub(super) fn may_release(hold: &Hold, world: &World) -> bool {
    let roles = released_by(hold).map_or(&[][..], Action::roles);
    world.person.as_ref().is_some_and(|who| who.roles.iter().any(|role| roles.contains(role)))
}

/// Who lets the unit go on.
fn in_charge(hold: &Hold) -> String {
    let roles = released_by(hold).map_or(&[][..], Action::roles);
    let words: Vec<String> = roles.iter().map(|role| one_of(*role)).collect();
    words.join(say!(" or "))
}

/// Somebody of a role, as one speaks of them.
fn one_of(role: people::Role) -> String {
    match role {
        people::Role::Quality => say!("someone|quality").to_owned(),
        people::Role::Operator
        | people::Role::Inspector
        | people::Role::Engineer
        | people::Role::Administrator => say!("an {role}", role = say!(role.word())),
        people::Role::Supervisor | people::Role::Planner => {
            say!("a {role}", role = say!(role.word()))
        }
    }
}

/// A hold for a gauge or a definition: what it is about, and who lets the unit go on.
fn released<'a>(
    view: &'a TravelerView,
    hold: &Hold,
    enter: Row<'a>,
    around: Around<'_>,
) -> Shown<'a> {
    let (world, cells, ascii) = around;
    let title = say!("{mark} On hold", mark = Mark::Hold.glyph(ascii));
    let mut text = wrapped(&told::held(&hold.placed.reason), cells.into(), Role::Hold);
    let sorted = view.state.sorts_next();
    let who = if sorted.is_some() {
        say!("It goes on once it is measured good, or by a word of {who}.", who = in_charge(hold))
    } else {
        say!("Nothing goes on without a word of {who}.", who = in_charge(hold))
    };
    text.extend(wrapped(&who, cells.into(), Role::Plain));
    let since = say!("since {time}", time = world.site_time(hold.began.utc));
    let mut rows = vec![line(since, Role::Plain)];
    let readings = view.state.attempts.iter().flat_map(Attempt::readings);
    let doubted = readings.filter(|(entry, _)| hold.placed.readings.contains(&entry.at));
    for (_, reading) in doubted {
        let (name, sample) = (&reading.taken.name, reading.taken.sample);
        rows.push(line(format!("{name} {sample}: {}", told::value(reading.value())), Role::Plain));
    }
    if let Some((_, suspected, (sample, of))) = sorted.filter(|_| may_release(hold, world)) {
        let arrow = Mark::Arrow.glyph(ascii);
        let name = &suspected.name;
        let text =
            say!("F3 {arrow} sort it: measure {name}, {sample} of {of}", arrow, name, sample, of);
        rows.push(line(text, Role::Accent));
    }
    rows.push(line("", Role::Plain));
    rows.push(enter);
    (title, text, rows)
}

/// A failing reading: what it is, how far off, and what typing it again does (R4).
fn retype<'a>(
    view: &'a TravelerView,
    (entry, reading, again): (&'a Recorded, &'a Reading, usize),
    around: Around<'_>,
) -> Shown<'a> {
    let (world, cells, ascii) = around;
    let taken = &reading.taken;
    let gauge = taken
        .gauge
        .as_ref()
        .map(|used| (format!("{} {}", used.gauge, due(used.due, world.today())), Role::Plain));
    let mut rows: Vec<Row<'a>> = match measure_of(view, entry) {
        Some((_, measure)) => measures::head_rows(measure, gauge, (cells, ascii)),
        None => vec![line(format!("{}   {}", taken.name, taken.requirement), Role::Title)],
    };
    rows.extend(measures::bar(&taken.kind, reading));
    let fail = Mark::Fail.glyph(ascii);
    let band = taken.basis.as_ref().and_then(|basis| basis.band.as_ref());
    let off = match (excess(reading), band) {
        (Some(off), _) => format!(", {off}"),
        (None, Some(band)) => say!(", within the guard band of {band}", band),
        (None, None) => String::new(),
    };
    if measures::fails(reading) {
        let (sample, value) = (entry.sample, told::value(reading.value()));
        let text = say!("{sample}: {value} {fail} Fail{off}", sample, value, fail, off);
        rows.push(line(text, Role::Fail));
    }
    if reading.implausible() {
        rows.push(line(say!("! this looks like a slip of the finger"), Role::Warn));
    }
    rows.extend(made_suspect(view, ascii));
    rows.push(line("", Role::Plain));
    let arrow = Mark::Arrow.glyph(ascii);
    let (title, same, other) = if is_attribute(&taken.kind) {
        let text = say!("Look again:   1 conforms   2 does not");
        rows.push(Row::Cursor(Line::of(text, Role::Focus)));
        (say!("It does not conform"), "2", "1")
    } else {
        let unit = reading.unit().map_or_else(String::new, |unit| unit.to_string());
        let label = say!("Retype what the gauge shows now:").to_owned();
        rows.push(Row::Field(label, unit));
        (say!("This value is outside its limits"), say!("the same value"), say!("another value "))
    };
    rows.push(line("", Role::Plain));
    let follows = match &view.permits[..] {
        [] => say!("deviation opens, unit is held").to_owned(),
        [one] => say!("{permit} or deviation: choose", permit = one.permit),
        many => say!("{count} permits or deviation: choose", count = many.len()),
    };
    rows.push(line(format!("{same} {arrow} {follows}"), Role::Plain));
    rows.push(line(
        say!("{other} {arrow} your correction of a typing error", other, arrow),
        Role::Plain,
    ));
    if again > 0 {
        let text = say!("F3 {arrow} measured again, with why ({again} left)", arrow, again);
        rows.push(line(text, Role::Plain));
    }
    (format!("{fail} {title}"), Vec::new(), rows)
}

fn excess(reading: &Reading) -> Option<String> {
    let (excess, side) = measures::limits(&reading.taken.kind)?.excess(&reading.quantity()?)?;
    let side = match side {
        Side::Under => say!("excess|under"),
        Side::Over => say!("excess|over"),
    };
    // Beside the value its unit goes without saying.
    let of_it = reading.unit() == Some(excess.unit);
    let unit = if of_it { String::new() } else { format!(" {}", excess.unit) };
    Some(format!("{}{unit} {side}", excess.number))
}
