//! What is around every screen: where and who on top; what happened last and the keys below.

use crate::domain::understood::understood;
use crate::ui::keys::{Act, Row};
use crate::ui::said::Said;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::{Mark, drawn};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::help::CALLED;

use super::canvas::Canvas;
use super::prose::wrapped;

/// How the link is: where something waits, and where nothing does.
const SERVER: &str = "link|server";
const AT_SERVER: &str = "link|at server";
const WAITING: &str = "link|waiting";
/// The most keys that stand in the last line.
const KEYS_MAX: usize = 6;
/// The most lines of the message above the keys.
const SAID_LINES_MAX: usize = 3;

/// Line 1: where I am, who I am, how the link is, the time.
pub fn header(world: &World, canvas: &mut Canvas<'_>) {
    let width = canvas.width();
    let (mark, words, role) = link(world);
    let mark = mark.glyph(canvas.ascii);
    let text = format!("{mark} {words} {} ", world.time.hhmm);
    let link_at = width.saturating_sub(canvas.cells(&text));
    canvas.put((link_at, 0), &text, Role::Plain);
    canvas.put((link_at, 0), &format!("{mark} {words}"), role);
    let place = match &world.place {
        Some(place) => place.to_string(),
        None => say!("no place").to_owned(),
    };
    let room = if world.person.is_some() { 21 } else { u16::MAX };
    let left = format!("{place}  {}", world.site);
    canvas.put_in((1, 0), room.min(link_at.saturating_sub(2)), &left, Role::Title);
    if let Some(person) = &world.person {
        let role = person.roles.first().map_or("", |role| say!(role.word()));
        let (both, room) = (format!("{}  {role}", person.name), link_at.saturating_sub(25));
        let text = if canvas.cells(&both) <= room { &both } else { &person.name };
        canvas.put_in((24, 0), room, text, Role::Plain);
    }
}

/// The same in a small window: where, who, how the link is in a symbol, how many facts wait, the time.
pub fn header_small(world: &World, canvas: &mut Canvas<'_>) {
    let (mark, _, role) = link(world);
    let mark = mark.glyph(canvas.ascii);
    let told = format!("{mark} {} {} ", world.link.waiting, world.time.hhmm);
    let at = canvas.width().saturating_sub(canvas.cells(&told));
    canvas.put((at, 0), &told, Role::Plain);
    canvas.put((at, 0), mark, role);
    let room = at.saturating_sub(2);
    let place = world.place.as_ref().map_or(say!("no place"), |place| place.as_str());
    let x = canvas.put_in((1, 0), room, place, Role::Title);
    let beside = world.person.as_ref().map_or(&world.site, |person| &person.name);
    canvas.put_in((x + 2, 0), at.saturating_sub(x + 3), beside, Role::Plain);
}

/// A call for help, as this terminal says it.
pub fn call(text: &str) -> String {
    tell(&understood(text, CALLED))
}

/// The first call for help that nobody answered, and how many more there are; none where nobody calls.
pub fn called(world: &World, canvas: &Canvas<'_>) -> Option<String> {
    let (first, more) = world.link.calls.split_first()?;
    let more = match more.len() {
        0 => String::new(),
        more => say!(", and {more} more", more),
    };
    let help = say!("help: {first}", first = call(first));
    Some(format!("{} {help}{more}", Mark::Warn.glyph(canvas.ascii)))
}

/// What rings or is called for, in one line.
pub fn notice(world: &World, y: u16, canvas: &mut Canvas<'_>) {
    let cells = canvas.width().saturating_sub(2);
    if let Some(text) = called(world, canvas) {
        canvas.put_in((1, y), cells, &text, Role::Warn);
    } else {
        let mark = Mark::Waiting.glyph(canvas.ascii);
        let fits = |text: &str| canvas.cells(&format!("{mark} {text}")) <= cells;
        let (text, role) = world.waits.line(&world.time.moment, fits);
        canvas.put_in((1, y), cells, &format!("{mark} {text}"), role);
    }
}

/// How many lines what happened last takes: one where nothing did.
pub fn said_lines(world: &World, columns: u16) -> usize {
    let Some(said) = &world.said else { return 1 };
    let cells = usize::from(columns.saturating_sub(2));
    if drawn(&said.text, world.ascii) <= cells {
        return 1;
    }
    wrapped(&said.text, cells, said.role).len().clamp(1, SAID_LINES_MAX)
}

/// The words keep their width, so that counting up changes the digits only.
fn link(world: &World) -> (Mark, String, Role) {
    let link = &world.link;
    let waiting = link.waiting;
    let width = say!(AT_SERVER).chars().count();
    let how = |how: &str| format!("{how:<width$} {waiting:>2} {}", say!(WAITING));
    if link.stopped {
        let words = format!("{}  {waiting} {}", say!("sync stopped"), say!(WAITING));
        (Mark::Fail, words, Role::Fail)
    } else if !link.otherwise.is_empty() {
        (Mark::Fail, how(say!("disagrees")), Role::Fail)
    } else if link.untried_s.is_some() {
        (Mark::Warn, how(say!("not tried")), Role::Fail)
    } else if let Some(days) = link.days_left.filter(|_| !link.connected) {
        let words = if days < 0 {
            say!("no server, no sign-in").to_owned()
        } else {
            say!("no server, {days} d left", days = format!("{days:>2}"))
        };
        (Mark::Warn, words, Role::Fail)
    } else if !link.connected {
        (Mark::Open, how(say!("no server")), Role::Warn)
    } else if link.not_accepted > 0 {
        let many = format!("{:>2}", link.not_accepted);
        (Mark::Warn, say!("{many} not accepted     ", many), Role::Warn)
    } else if link.clock_apart_s.is_some() {
        (Mark::Warn, how(say!("clock off")), Role::Warn)
    } else if waiting > 0 {
        (Mark::Partly, how(say!(SERVER)), Role::Plain)
    } else {
        (Mark::Dot, how(say!(AT_SERVER)), Role::Ok)
    }
}

/// How the link is, without the counts that change by themselves.
pub fn link_in_words(world: &World) -> String {
    let (_, words, _) = link(world);
    let mut words: Vec<&str> = words.split_whitespace().collect();
    if words.last() == Some(&say!(WAITING)) {
        words.truncate(words.len().saturating_sub(2));
    }
    let words = words.join(" ");
    // Whether something waits changes with every value.
    let reached = words == say!(SERVER) || words == say!(AT_SERVER);
    if reached { say!("server reached").to_owned() } else { words }
}

/// Calls for help that nobody answered, at the left end of the rule below the head.
pub fn calls(world: &World, canvas: &mut Canvas<'_>) {
    let Some(text) = called(world, canvas) else { return };
    canvas.put_in((2, 2), canvas.width() / 2, &format!(" {text} "), Role::Warn);
}

/// The waits that run at this station, at the right end of the rule below the head.
pub fn waits(world: &World, canvas: &mut Canvas<'_>) {
    let room = canvas.width().saturating_sub(4);
    waits_in(world, canvas, (2, room));
}

/// As before, beside the keys, which take so many cells: where a page has the whole screen.
pub fn waits_below(world: &World, canvas: &mut Canvas<'_>, keys: u16) {
    let (last, room) = (canvas.height().saturating_sub(1), canvas.width().saturating_sub(keys + 2));
    waits_in(world, canvas, (last, room));
}

fn waits_in(world: &World, canvas: &mut Canvas<'_>, (y, room): (u16, u16)) {
    if world.waits.is_empty() {
        return;
    }
    let mark = Mark::Waiting.glyph(canvas.ascii);
    let fits = |text: &str| canvas.cells(&format!(" {mark} {text} ")) <= room;
    let (text, role) = world.waits.line(&world.time.moment, fits);
    let text = format!(" {mark} {text} ");
    let x = canvas.width().saturating_sub(2 + canvas.cells(&text).min(room));
    canvas.put_in((x, y), room, &text, role);
}

/// The line above the keys: what happened last, in words. A message that says what to do is never
/// cut before it does: it takes the line above, too.
pub fn said(world: &World, canvas: &mut Canvas<'_>) {
    let Some(Said { text, role, .. }) = &world.said else { return };
    let cells = canvas.width().saturating_sub(2);
    let last = canvas.height().saturating_sub(2);
    if canvas.cells(text) <= cells {
        canvas.put_in((1, last), cells, text, *role);
        return;
    }
    let lines = wrapped(text, cells.into(), *role);
    let shown = lines.len().min(SAID_LINES_MAX);
    let first = last.saturating_sub(u16::try_from(shown.saturating_sub(1)).unwrap_or(0));
    canvas.clear((0, first), canvas.width(), last.saturating_sub(first));
    for (line, y) in lines.iter().take(shown).zip(first..) {
        line.view(canvas, (1, y), cells);
    }
    if lines.len() > shown {
        let rest = format!(" {} F1", Mark::More.glyph(canvas.ascii));
        canvas.put_right(canvas.width().saturating_sub(1), last, &rest, Role::Accent);
    }
}

/// What happened last, where it is more than there are lines for above the keys: help says all of it.
pub fn said_in_help(world: &World, columns: u16) -> Option<&Said> {
    let cells = usize::from(columns.saturating_sub(2));
    let said = world.said.as_ref()?;
    (wrapped(&said.text, cells, said.role).len() > SAID_LINES_MAX).then_some(said)
}

/// The last line: the keys that matter now, at most six. Gives back the cells that they take.
pub fn footer(acts: &[Act], canvas: &mut Canvas<'_>) -> u16 {
    let rows = acts.iter().filter_map(|act| act.row()).filter(|row| row.key.is_some());
    let mut rows: Vec<&Row> = rows.collect();
    // The menu leads to every other: it is not the one that is left out.
    let menu = rows.iter().position(|row| row.act == Act::Menu);
    if let Some(menu) = menu.filter(|menu| *menu >= with_room(&rows, canvas)) {
        let menu = rows.remove(menu);
        rows.insert(rows.len().min(1), menu);
    }
    let (shown, dropped) = rows.split_at(with_room(&rows, canvas));
    let (y, mut x) = (canvas.height().saturating_sub(1), 1);
    for row in shown {
        let end = canvas.put((x, y), row.printed, Role::Accent);
        x = canvas.put((end + 1, y), say!(row.short), Role::Plain) + 3;
    }
    for row in dropped {
        canvas.drops(row.printed);
    }
    x.saturating_sub(2)
}

/// How many of the keys have room in the last line.
fn with_room(rows: &[&Row], canvas: &Canvas<'_>) -> usize {
    let mut x = 1;
    let fits = |row: &&&Row| {
        let end = x + canvas.cells(row.printed) + 1 + canvas.cells(say!(row.short));
        x = end + 3;
        end < canvas.width()
    };
    rows.iter().take(KEYS_MAX).take_while(fits).count()
}
