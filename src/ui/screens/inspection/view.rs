//! How the page of a lot is drawn.

use crate::domain::inspection::asks::PieceAsk;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::verdict_mark;
use crate::ui::screens::recording::{gauge_words, reading_unit};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::{LotView, PieceView};

use super::lot::{LotScreen, Now};
use super::standing;

/// The line of what is to be done.
const TOP: u16 = 8;
/// Lines kept for what was found, where there are many asks.
const FOUND_MIN: u16 = 4;
const NO_TEXT: &str = "The instruction has not come to this station yet. Sync: F9.";

pub(super) fn view(screen: &LotScreen, world: &World, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    canvas.cursor = Some((1, 1));
    let Some(lot) = &screen.lot else {
        canvas.put((1, 1), say!("Lot"), Role::Title);
        canvas.rule(2);
        if screen.unknown {
            canvas.put((3, 4), say!("This lot is not known at this station."), Role::Warn);
        }
        return;
    };
    let (mark, role, words) = standing(lot);
    let words = format!("{} {words}", mark.glyph(canvas.ascii));
    let at = end.saturating_sub(canvas.cells(&words));
    canvas.put_name((1, 1), at.saturating_sub(2), &tell(&lot.name()), Role::Title);
    canvas.put((at, 1), &words, role);
    canvas.rule(2);
    view_plan(lot, canvas);
    let y = view_now(screen, lot, world, canvas);
    view_found(lot, y, canvas);
}

/// By what, how strictly and why, how many, and what was found.
fn view_plan(lot: &LotView, canvas: &mut Canvas<'_>) {
    let cells = canvas.width().saturating_sub(2);
    let LotView { instruction, revision, rule, .. } = lot;
    let by = say!("{instruction} rev {revision}: {rule}", instruction, revision, rule);
    canvas.put_in((1, 3), cells, &by, Role::Muted);
    let again = if lot.again { say!("; it comes again") } else { "" };
    let severity = format!("{}: {}{again}", say!(lot.severity.word()), tell(&lot.why));
    canvas.put_in((1, 4), cells, &severity, Role::Plain);
    let first = lot.first_article.as_ref().map(|first| format!("; {}", tell(&first.words())));
    let plan = format!("{}{}", tell(&lot.plan()), first.unwrap_or_default());
    canvas.put_in((1, 5), cells, &plan, Role::Plain);
    let pieces: Vec<String> = lot.remaining.iter().map(ToString::to_string).collect();
    let which = if pieces.is_empty() { String::new() } else { format!(": {}", pieces.join(", ")) };
    let role = match (lot.accepts, lot.nonconforming.is_empty()) {
        (Some(false), _) => Role::Fail,
        (_, false) => Role::Warn,
        (_, true) => Role::Plain,
    };
    canvas.put_in((1, 6), cells, &format!("{}{which}", tell(&lot.found())), role);
    if let Some((words, role)) = besides(lot) {
        canvas.put_in((1, 7), cells, &words, role);
    }
}

/// What was recorded unseen, by the acceptance or by each other.
fn besides(lot: &LotView) -> Option<(String, Role)> {
    if !lot.unseen.is_empty() {
        let unseen: Vec<String> = lot.unseen.iter().map(tell).collect();
        let unseen = unseen.join("; ");
        return Some((say!("! recorded unseen by the acceptance: {unseen}", unseen), Role::Fail));
    }
    let twice = tell(lot.recorded_twice.first()?);
    Some((say!("! recorded more than once, unseen: {twice}", twice), Role::Warn))
}

/// What is to be done now; tells the line after it.
fn view_now(screen: &LotScreen, lot: &LotView, world: &World, canvas: &mut Canvas<'_>) -> u16 {
    let cells = canvas.width().saturating_sub(6);
    let mut lines = Vec::new();
    match screen.now() {
        Now::Loading => {}
        Now::NoText => lines.extend(wrapped(say!(NO_TEXT), cells.into(), Role::Warn)),
        Now::Ask(piece, ask) => return view_piece(screen, lot, (piece, ask), (world, canvas)),
        Now::InGrid(piece) => {
            let text = say!("Piece {piece} is recorded value by value, in the grid.", piece);
            lines.extend(wrapped(&text, cells.into(), Role::Plain));
            lines.push(enter(say!("open the grid"), canvas.ascii));
        }
        Now::Decide(accept) => {
            let text = say!("Every piece of the sample was looked at.");
            lines.extend(wrapped(text, cells.into(), Role::Plain));
            let (does, signs, role) = if accept {
                ("The plan accepts the lot.", "sign that it is accepted", Role::Ok)
            } else {
                ("The plan does not accept the lot.", "sign that it is rejected", Role::Fail)
            };
            lines.extend(wrapped(say!(does), cells.into(), role));
            lines.push(enter(say!(signs), canvas.ascii));
        }
        Now::Dispose => {
            lines.extend(signed(lot, cells));
            lines.push(enter(say!("say what becomes of it"), canvas.ascii));
        }
        Now::Nothing => {
            lines.extend(signed(lot, cells));
            if lot.contradicted {
                let text = "What was recorded unseen by the decision contradicts it: the lot is \
                    not to be used.";
                lines.extend(wrapped(say!(text), cells.into(), Role::Fail));
            }
        }
    }
    let mut y = TOP;
    for line in &lines {
        line.view(canvas, (3, y), cells);
        y += 1;
    }
    if !lines.is_empty() {
        canvas.cursor = Some((3, y - 1));
    }
    y + 1
}

fn enter(what: &str, ascii: bool) -> Line {
    Line::of(format!("{} Enter: {what}", Mark::Now.glyph(ascii)), Role::Focus)
}

fn signed(lot: &LotView, cells: u16) -> Vec<Line> {
    let deviation = lot.deviation.as_ref();
    let deviation = deviation.map(|deviation| say!("held for {deviation}", deviation));
    let (decided, disposed) = (lot.decided.iter().map(tell), lot.disposed.iter().map(tell));
    let said = decided.chain(deviation).chain(disposed);
    said.flat_map(|words| wrapped(&words, cells.into(), Role::Plain)).collect()
}

/// The piece with everything asked of it; tells the line after it.
fn view_piece(
    screen: &LotScreen,
    lot: &LotView,
    (piece, _): (u32, &PieceAsk),
    (world, canvas): (&World, &mut Canvas<'_>),
) -> u16 {
    let end = canvas.width().saturating_sub(1);
    let x =
        canvas.put((1, TOP), &say!("Piece {piece} of {size}", piece, size = lot.size), Role::Title);
    if let Some(reason) = screen.reason() {
        canvas.put_in((x + 2, TOP), end - x - 2, &say!("again: {reason}", reason), Role::Warn);
    } else if lot.accepts == Some(false) {
        let words = say!("the plan rejects the lot: F3 signs it");
        canvas.put_in((x + 2, TOP), end - x - 2, words, Role::Fail);
    } else {
        let (number, sample) = (lot.inspected + 1, lot.sample);
        let place = say!("{number} of {sample} to inspect", number, sample);
        canvas.put_right(end, TOP, &place, Role::Muted);
    }
    let asks = screen.asks.as_deref().unwrap_or_default();
    let now = screen.noted.len();
    // The one that is asked now takes two lines.
    let room = usize::from(canvas.body_end().saturating_sub(TOP + FOUND_MIN + 2)).max(1);
    let from = (now + 2).min(asks.len()).saturating_sub(room);
    let mut y = TOP + 1;
    for (rank, ask) in asks.iter().enumerate().skip(from).take(room) {
        let name = ask_words(ask);
        if rank == now {
            let x = canvas.mark((3, y), Mark::Now, Role::Focus);
            canvas.put_in((x + 1, y), end.saturating_sub(x + 1), &name, Role::Title);
            y += 1;
            view_field(screen, ask, y, (world, canvas));
        } else if let Some(noted) = screen.noted.get(rank) {
            let x = canvas.mark((3, y), Mark::Dot, Role::Muted);
            canvas.put_in((x + 1, y), 44, &name, Role::Plain);
            canvas.put_right(
                end,
                y,
                &say!("{value}, noted", value = noted.words(ask)),
                Role::Plain,
            );
        } else {
            let x = canvas.mark((3, y), Mark::Open, Role::Muted);
            canvas.put_in((x + 1, y), end.saturating_sub(x + 1), &name, Role::Muted);
        }
        y += 1;
    }
    y + 1
}

fn ask_words(ask: &PieceAsk) -> String {
    if ask.is_check() && ask.requirement == "yes" {
        return ask.name.clone();
    }
    format!("{}   {}", ask.name, ask.requirement)
}

/// Where the answer goes, and with what it is read.
fn view_field(
    screen: &LotScreen,
    ask: &PieceAsk,
    y: u16,
    (world, canvas): (&World, &mut Canvas<'_>),
) {
    let end = canvas.width().saturating_sub(1);
    if let Some((words, role)) = gauge_words(ask.gauge.as_ref(), world) {
        canvas.put_right(end, y, &words, role);
    }
    let Some(limits) = ask.kind.limits() else {
        let words = if ask.is_check() { "1 yes   2 no" } else { "1 conforms   2 does not" };
        canvas.put((5, y), say!(words), Role::Focus);
        canvas.cursor = Some((5, y));
        return;
    };
    let unit = reading_unit(ask.gauge.as_ref(), limits.unit, world).to_string();
    let x = canvas.put((23, y), &unit, Role::Muted);
    screen.recording.field.view(canvas, (5, y), 17, true);
    if let Some(read) = screen.recording.read_back() {
        canvas.put_in((x + 2, y), end.saturating_sub(x + 2), &read, Role::Accent);
    }
}

/// What was found, the last first, as far as there is room.
fn view_found(lot: &LotView, y: u16, canvas: &mut Canvas<'_>) {
    for (y, record) in (y..canvas.body_end()).zip(lot.records.iter().rev()) {
        view_record(record, y, canvas);
    }
}

fn view_record(record: &PieceView, y: u16, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    let plain = if record.corrected { Role::Muted } else { Role::Plain };
    canvas.put_right(6, y, &record.piece.to_string(), plain);
    let (mark, role) = match (record.corrected, record.nonconforming) {
        (true, _) => (Mark::Skipped, Role::Muted),
        (false, true) => (Mark::Fail, Role::Fail),
        (false, false) => (Mark::Pass, Role::Ok),
    };
    canvas.mark((7, y), mark, role);
    let mut x = 9;
    for value in &record.values {
        let (symbol, role) = match value.verdict.map(verdict_mark) {
            Some((mark, Role::Ok, _)) => (mark.glyph(canvas.ascii), plain),
            Some((mark, role, _)) => (mark.glyph(canvas.ascii), role),
            None => ("", plain),
        };
        let role = if record.corrected { Role::Muted } else { role };
        let words = format!("{} {} {symbol}", value.name, tell(&value.value));
        x = canvas.put_in((x, y), end.saturating_sub(x), &words, role) + 2;
        if x >= end {
            return;
        }
    }
    let note = match (&record.reason, record.corrected) {
        (_, true) => say!("corrected since").to_owned(),
        (Some(reason), false) => say!("corrects: {reason}", reason),
        (None, false) => record.by.clone(),
    };
    canvas.put_in((x, y), end.saturating_sub(x), &note, Role::Muted);
}
