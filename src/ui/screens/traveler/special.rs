//! The right side where no step is worked: not begun, typed again, on hold, paused, done.

use crate::domain::people::{self, Action};
use crate::domain::quantity::Side;
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::shipped::Release;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, Hold, Pause, Reading, Recorded};
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::{count, due, span};
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
        let loud = format!("{mark} THIS UNIT IS SHIPPED, since {when}: stop it where it is.");
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
        Now::NotStarted => not_started(view, enter("start work"), cells),
        Now::Missing => {
            let text = "A part of this unit's instruction is not at this station yet. Sync: F9.";
            let text = wrapped(text, cells.into(), Role::Warn);
            ("Instruction missing".to_owned(), text, Vec::new())
        }
        Now::Ended(how) => {
            let title = format!("{} This unit has ended: {how}", Mark::Hold.glyph(ascii));
            (title, Vec::new(), vec![line("", Role::Plain), enter("next unit")])
        }
        Now::Shipped(release) => shipped(view, release, enter("next unit"), around),
        Now::Finished => finished(view, enter("next unit"), ascii),
        Now::Elsewhere(current) => elsewhere(current, enter("next unit"), ascii),
        Now::Paused(pause) => paused(view, pause, around),
        Now::Held(hold) if hold.placed.deviation.is_none() && released_by(hold).is_some() => {
            let sorted = view.state.sorts_next();
            let next = match sorted {
                _ if may_release(hold, around.0) => "release it, with a reason".to_owned(),
                Some((_, suspected, (sample, of))) => {
                    format!("sort it: measure {}, {sample} of {of}", suspected.name)
                }
                None => format!("{} signs in", in_charge(hold)),
            };
            released(view, hold, enter(&next), around)
        }
        Now::Held(hold) => held(view, hold, enter(&around.0.called("show the deviation")), around),
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
    let title = format!("{} Paused: {}", Mark::Waiting.glyph(ascii), pause.reason);
    let text = "The working clock stands still. F8 goes on, with what you type or without.";
    let text = wrapped(text, cells.into(), Role::Plain);
    let seconds = world.time.moment.effective().duration_since(pause.began.effective()).as_secs();
    let who = pause
        .by
        .as_ref()
        .map_or("somebody", |by| view.names.get(by).map_or(by.as_str(), String::as_str));
    let since = format!("by {who}, {} ago", span(seconds));
    let note = format!("{} note", Mark::Now.glyph(ascii));
    let blank = line("", Role::Plain);
    (title, text, vec![line(since, Role::Plain), blank, Row::Field(note, String::new())])
}

fn not_started<'a>(view: &TravelerView, enter: Row<'a>, cells: u16) -> Shown<'a> {
    let mut rows = vec![line(format!("Part      {}", view.order.part), Role::Plain)];
    if let Some(due) = view.order.due {
        rows.push(line(format!("Due       {due}"), Role::Plain));
    }
    for (n, operation) in view.order.route.iter().enumerate() {
        let lead = if n == 0 { "Route     " } else { "          " };
        let text = format!(
            "{lead}{} {} at {}",
            operation.operation, operation.instruction, operation.work_center
        );
        rows.push(line(text, Role::Plain));
    }
    rows.push(line("", Role::Plain));
    rows.push(enter);
    let text = "Starting work pins the released instructions and the specification to this unit.";
    ("Not begun".to_owned(), wrapped(text, cells.into(), Role::Plain), rows)
}

fn finished<'a>(view: &TravelerView, enter: Row<'a>, ascii: bool) -> Shown<'a> {
    let mark = Mark::Pass.glyph(ascii);
    let mut rows = Vec::new();
    let first = if view.state.first_pass() {
        "nothing failed in first attempts"
    } else {
        "with rework or deviations"
    };
    rows.push(line(first, Role::Plain));
    let at_server = if view.waiting == 0 {
        "all of it is at the server".to_owned()
    } else {
        let facts = usize::try_from(view.waiting).unwrap_or(usize::MAX);
        format!("saved here; {} to go to the server", count(facts, "fact", "facts"))
    };
    rows.push(line(at_server, Role::Plain));
    rows.push(line("", Role::Plain));
    rows.push(enter);
    (format!("{mark} Every operation of this unit is done"), Vec::new(), rows)
}

/// By whom it was released, when, and whether its certificate holds.
fn shipped<'a>(
    view: &TravelerView,
    release: &Release,
    enter: Row<'a>,
    (world, cells, ascii): Around<'_>,
) -> Shown<'a> {
    let signature = SignatureView::new(&release.at, &release.moment, &release.what.signature);
    let place = release.place.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    let when = world.site_time(release.moment.effective());
    let exceptions = count(release.what.exceptions as usize, "exception", "exceptions");
    let mut rows = vec![
        line(format!("Released     {when}{place}"), Role::Plain),
        line(format!("By           {}", signature.who()), Role::Plain),
        line(format!("Shown        {exceptions}"), Role::Plain),
        line(format!("Certificate  {}", release.at), Role::Plain),
    ];
    if let Some(why) = view.state.not_valid(release) {
        let why = format!("{} The certificate is not valid: {why}", Mark::Fail.glyph(ascii));
        let lines = wrapped(&why, cells.into(), Role::Fail).into_iter();
        rows.extend(lines.map(Row::Text));
    }
    rows.push(line("", Role::Plain));
    rows.push(enter);
    (format!("{} This unit is shipped", Mark::Pass.glyph(ascii)), Vec::new(), rows)
}

/// What is next, and where: nobody looks for it at this bench.
fn elsewhere<'a>(current: Current<'_>, enter: Row<'a>, ascii: bool) -> Shown<'a> {
    let next = current.operation;
    let text = format!("next: {} {} at {}", next.operation, next.name, next.work_center);
    let rows = vec![line(text, Role::Plain), line("", Role::Plain), enter];
    (format!("{} Nothing is left to do at this place", Mark::Pass.glyph(ascii)), Vec::new(), rows)
}

/// How many other units are held for what failed here.
fn made_suspect<'a>(view: &TravelerView, ascii: bool) -> Option<Row<'a>> {
    let held = count(view.suspects, "unit", "units");
    let text =
        format!("{} held too: {held} made since the last good check", Mark::Hold.glyph(ascii));
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
                    ("Required", &known.required),
                    ("Found", &known.found),
                    ("Note", &known.note),
                    ("Raised by", &known.raised_by),
                ] {
                    rows.extend(named(name, value, (cells, ascii)));
                }
                rows.extend(made_suspect(view, ascii));
                rows.push(line("", Role::Plain));
            }
            text.extend(wrapped("Nothing goes on until it is disposed.", cells, Role::Plain));
            rows.push(enter);
            format!("{mark} On hold: {deviation}")
        }
        (None, HoldReason::Judged { reasons, .. }) => {
            let judged = judged::of_hold(&view.state, hold);
            if let Some((operation, step)) = judged.and_then(|j| j.operation.zip(j.step)) {
                let about = format!("The record is of operation {operation}, step {step}.");
                text.extend(wrapped(&about, cells, Role::Muted));
            }
            for reason in reasons {
                text.extend(wrapped(reason, cells, Role::Plain));
            }
            text.extend(wrapped(
                "A supervisor answers it on the shift board.",
                cells,
                Role::Accent,
            ));
            format!("{mark} On hold: the server did not accept a record")
        }
        (None, HoldReason::Inspection { .. }) => {
            text.extend(wrapped("It goes on once the lot is accepted.", cells, Role::Plain));
            format!("{mark} On hold: the lot is being inspected")
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
            text.extend(wrapped("A supervisor decides how it goes on.", cells, Role::Plain));
            format!("{mark} On hold")
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
    words.join(" or ")
}

/// Somebody of a role, as one speaks of them.
fn one_of(role: people::Role) -> String {
    match role {
        people::Role::Quality => "quality".to_owned(),
        people::Role::Operator
        | people::Role::Inspector
        | people::Role::Engineer
        | people::Role::Administrator => format!("an {}", role.word()),
        people::Role::Supervisor | people::Role::Planner => format!("a {}", role.word()),
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
    let title = format!("{} On hold", Mark::Hold.glyph(ascii));
    let mut text = wrapped(&hold.placed.reason.words(), cells.into(), Role::Hold);
    let sorted = view.state.sorts_next();
    let who = if sorted.is_some() {
        format!("It goes on once it is measured good, or by a word of {}.", in_charge(hold))
    } else {
        format!("Nothing goes on without a word of {}.", in_charge(hold))
    };
    text.extend(wrapped(&who, cells.into(), Role::Plain));
    let mut rows = vec![line(format!("since {}", world.site_time(hold.began.utc)), Role::Plain)];
    let readings = view.state.attempts.iter().flat_map(Attempt::readings);
    let doubted = readings.filter(|(entry, _)| hold.placed.readings.contains(&entry.at));
    for (_, reading) in doubted {
        let (name, sample) = (&reading.taken.name, reading.taken.sample);
        rows.push(line(format!("{name} {sample}: {}", shown(reading.value())), Role::Plain));
    }
    if let Some((_, suspected, (sample, of))) = sorted.filter(|_| may_release(hold, world)) {
        let arrow = Mark::Arrow.glyph(ascii);
        let text = format!("F3 {arrow} sort it: measure {}, {sample} of {of}", suspected.name);
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
        (None, Some(band)) => format!(", within the guard band of {band}"),
        (None, None) => String::new(),
    };
    if measures::fails(reading) {
        let text = format!("{}: {} {fail} Fail{off}", entry.sample, shown(reading.value()));
        rows.push(line(text, Role::Fail));
    }
    if reading.implausible() {
        rows.push(line("! this looks like a slip of the finger", Role::Warn));
    }
    rows.extend(made_suspect(view, ascii));
    rows.push(line("", Role::Plain));
    let arrow = Mark::Arrow.glyph(ascii);
    let (title, same, other) = if is_attribute(&taken.kind) {
        let text = "Look again:   1 conforms   2 does not";
        rows.push(Row::Cursor(Line::of(text, Role::Focus)));
        ("It does not conform", "2", "1")
    } else {
        let unit = reading.unit().map_or_else(String::new, |unit| unit.to_string());
        let label = "Retype what the gauge shows now:".to_owned();
        rows.push(Row::Field(label, unit));
        ("This value is outside its limits", "the same value", "another value ")
    };
    rows.push(line("", Role::Plain));
    let follows = match &view.permits[..] {
        [] => "deviation opens, unit is held".to_owned(),
        [one] => format!("{} or deviation: choose", one.permit),
        many => format!("{} permits or deviation: choose", many.len()),
    };
    let follows = world.called(&follows);
    rows.push(line(format!("{same} {arrow} {follows}"), Role::Plain));
    rows.push(line(format!("{other} {arrow} your correction of a typing error"), Role::Plain));
    if again > 0 {
        let text = format!("F3 {arrow} measured again, with why ({again} left)");
        rows.push(line(text, Role::Plain));
    }
    (format!("{fail} {title}"), Vec::new(), rows)
}

fn excess(reading: &Reading) -> Option<String> {
    let (excess, side) = measures::limits(&reading.taken.kind)?.excess(&reading.quantity()?)?;
    let side = match side {
        Side::Under => "under",
        Side::Over => "over",
    };
    // Beside the value its unit goes without saying.
    let of_it = reading.unit() == Some(excess.unit);
    let unit = if of_it { String::new() } else { format!(" {}", excess.unit) };
    Some(format!("{}{unit} {side}", excess.number))
}
