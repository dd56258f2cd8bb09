//! `gemba inspection open`, `record`, `accept` and the rest: a lot from its opening to its end.

use clap::Args;
use serde_json::json;

use super::fill;
use super::shown::{open_words, say_remaining};
use crate::app::chance;
use crate::app::cli::signer::SignerArgs;
use crate::app::cli::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::{DeviationId, GaugeId, InstructionId, LotId, PartId};
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::inspection::decide::{Anew, InspectionCommand as Asked};
use crate::domain::inspection::fact::{Choice, LotEnd};
use crate::domain::inspection::series::{SeriesId, means_own, own_lot};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::typed;
use crate::domain::unit::Unit;
use crate::views::inspection::{LotView, SeriesView};
use crate::views::query::{Answer, Query};

/// Which series.
#[derive(Debug, Clone, Args)]
pub struct SeriesArgs {
    /// What the lots are
    part: PartId,
    /// Who delivers them, as goods-in notes it; own for what is made here
    supplier: String,
}

/// Which lot.
#[derive(Debug, Clone, Args)]
pub struct LotArgs {
    #[command(flatten)]
    pub(super) series: SeriesArgs,
    /// The number on its label; of own production ORDER/LOT
    #[arg(value_parser = number)]
    pub(super) lot: LotName,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// The instruction by which it is inspected
    #[arg(long)]
    by: InstructionId,
    /// How many pieces it has now, where goods-in did not note it or it was sorted
    #[arg(long, value_name = "N")]
    size: Option<u32>,
    /// As a first article: every characteristic of the specification has a result on every piece, and
    /// none is nonconforming
    #[arg(long)]
    first_article: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// Its number in the lot
    #[arg(long, value_name = "N")]
    piece: u32,
    /// A value for each ask, in order: 24.8, yes, no
    #[arg(required = true, allow_negative_numbers = true)]
    values: Vec<String>,
    /// The gauge of the readings, or one for each reading that takes one, in order
    #[arg(long)]
    gauge: Vec<GaugeId>,
    /// Why an earlier record of the piece is corrected
    #[arg(long, value_name = "REASON")]
    correct: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct DecideArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// What is added
    #[arg(long, default_value = "")]
    note: String,
    /// The deviation for which it is rejected, where there is one; else one is raised
    #[arg(long, value_name = "NCR")]
    deviation: Option<DeviationId>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct DisposeArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// sort, return, scrap or use-as-is
    #[arg(value_parser = end)]
    end: LotEnd,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ChooseArgs {
    #[command(flatten)]
    series: SeriesArgs,
    /// reduce, normal or take-up
    #[arg(value_parser = choice)]
    choice: Choice,
    /// The instruction by which the lots are inspected
    #[arg(long)]
    by: InstructionId,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// A lot as somebody names it.
#[derive(Debug, Clone)]
pub(super) struct LotName {
    pub(super) lot: LotId,
    unit: Option<TravelerId>,
}

fn number(text: &str) -> Result<LotName, String> {
    if let Some(unit) = TravelerId::parse(text) {
        let lot = own_lot(&unit).ok_or_else(|| "order and lot are too long".to_owned())?;
        return Ok(LotName { lot, unit: Some(unit) });
    }
    let lot = LotId::parse(text).map_err(|error| error.to_string())?;
    Ok(LotName { lot, unit: None })
}

fn end(text: &str) -> Result<LotEnd, String> {
    LotEnd::parse(text).ok_or_else(|| "say sort, return, scrap or use-as-is".to_owned())
}

fn choice(text: &str) -> Result<Choice, String> {
    Choice::parse(text).ok_or_else(|| "say reduce, normal or take-up".to_owned())
}

impl SeriesArgs {
    pub(super) fn id(&self) -> Result<SeriesId, Fault> {
        if means_own(&self.supplier) {
            return Ok(SeriesId::own(self.part.clone()));
        }
        SeriesId::new(self.part.clone(), &self.supplier).ok_or_else(|| {
            Fault::usage("no supplier is named", "its name is one line of up to 120 bytes")
        })
    }
}

/// Opens a lot, and says what is to be inspected.
pub fn open(console: &Console, args: OpenArgs) -> Result<Exit, Fault> {
    let OpenArgs { lot: LotArgs { series, lot }, by: instruction, size, first_article, signer } =
        args;
    let LotName { lot, unit } = lot;
    let id = series.id()?;
    let mut station = console.station()?;
    let acting = signer.prove(console, &mut station)?.acting;
    let seed = chance::seed().map_err(|error| Fault::cannot("no random number", error))?;
    let number = lot.clone();
    let command = Asked::Open { lot: number, unit, instruction, size, first_article, seed };
    let saved = station.transact(&acting, Command::Series(id.clone(), command))?;
    let view = lot_of(&station, &id, &lot)?;
    let first = view.first_article.as_ref().map(|first| format!("; {}", first.words()));
    let what = format!(
        "{} is opened: {}, {}{}",
        view.name(),
        view.severity,
        view.plan(),
        first.unwrap_or_default()
    );
    acts::say_saved_with(console, &station, (&what, &saved), json!({ "lot": view }));
    say_remaining(console, &view);
    Ok(Exit::Done)
}

/// Records a piece.
pub fn record(console: &Console, args: RecordArgs) -> Result<Exit, Fault> {
    let id = args.lot.series.id()?;
    let lot = args.lot.lot.lot.clone();
    let mut station = console.station()?;
    let known = lot_of(&station, &id, &lot)?;
    let values = values_of(&station, &known, &args)?;
    let acting = args.signer.prove(console, &mut station)?.acting;
    let (piece, corrects) = (args.piece, args.correct.map(Anew::because));
    let command = Asked::Record { lot: lot.clone(), piece, values, corrects };
    let saved = station.transact(&acting, Command::Series(id.clone(), command))?;
    let view = lot_of(&station, &id, &lot)?;
    let bad = view.nonconforming.contains(&piece);
    let word = if bad { "nonconforming" } else { "conforms" };
    let what = format!("piece {piece} {word}; {}", view.found());
    acts::say_saved_with(console, &station, (&what, &saved), json!({ "lot": view }));
    Ok(Exit::Done)
}

/// The values as typed, each read by what is asked for.
fn values_of(
    station: &Station,
    lot: &LotView,
    args: &RecordArgs,
) -> Result<Vec<(ReadingValue, Option<GaugeId>)>, Fault> {
    let asks = asks(station, lot)?;
    let mut gauges = args.gauge.iter();
    let several = args.gauge.len() > 1;
    let known = fill::gauges(station, &args.gauge)?;
    let mut values = Vec::new();
    for (rank, text) in args.values.iter().enumerate() {
        let Some(ask) = asks.get(rank) else {
            let what = format!("{} values were given", args.values.len());
            let names: Vec<&str> = asks.iter().map(|ask| ask.name.as_str()).collect();
            return Err(Fault::usage(what, format!("a piece has {}", names.join(", "))));
        };
        let gauge = match (&ask.gauge, several) {
            (None, _) => None,
            (Some(_), true) => gauges.next().cloned(),
            (Some(_), false) => args.gauge.first().cloned(),
        };
        let row = gauge.as_ref().and_then(|gauge| known.iter().find(|row| row.gauge == *gauge));
        let shows = row.and_then(|row| row.unit.as_deref()).and_then(Unit::parse);
        let value = typed::value(text, &ask.kind, shows)
            .map_err(|why| Fault::usage(format!("{}: {text} is no value", ask.name), why))?;
        values.push((value, gauge));
    }
    Ok(values)
}

/// What is asked of each piece.
pub(super) fn asks(station: &Station, lot: &LotView) -> Result<Vec<PieceAsk>, Fault> {
    let missing = || {
        let what = format!("{} rev {} is not here", lot.instruction, lot.revision);
        Fault::refused(what, "its text has not come").next("gemba sync")
    };
    let series = lot.series().ok_or_else(missing)?;
    let query = Query::Grid { series, opened: lot.opened.clone() };
    let Answer::Grid(found) = station.answer(&query)? else { return Err(rows::mixed_up()) };
    found.and_then(|grid| grid.asks).ok_or_else(missing)
}

/// Accepts a lot, or not: what was found is shown first, and the signature covers that.
pub fn decide(console: &Console, args: DecideArgs, accept: bool) -> Result<Exit, Fault> {
    let DecideArgs { lot: LotArgs { series, lot }, note, deviation, signer } = args;
    let (id, lot) = (series.id()?, lot.lot);
    let word = if accept { "accepted" } else { "rejected" };
    let what = format!("{}/{lot} of {} {word}", id.part, id.supplier);
    let seen = show_signed(console, (&id, &lot), &[("meaning", word.to_owned())])?;
    acts::act(console, &signer, &what, |signer| {
        let by = signer.by();
        Command::Series(id, Asked::Decide { lot, accept, note, deviation, seen, by })
    })
}

/// Shows what a signature about a lot is about; tells how many records of pieces there are. What is
/// not known here is refused when it is signed.
fn show_signed(
    console: &Console,
    (id, lot): (&SeriesId, &LotId),
    more: &[(&str, String)],
) -> Result<Option<usize>, Fault> {
    let query = Query::Series { id: id.clone() };
    let Answer::Series(found) = rows::ask(console, &query)? else { return Err(rows::mixed_up()) };
    let lots = found.map_or_else(Vec::new, |series| series.lots);
    let Some(view) = lots.into_iter().rev().find(|view| view.lot == *lot) else { return Ok(None) };
    let by = format!("{} rev {}: {}", view.instruction, view.revision, view.rule);
    let bad: Vec<String> = view.nonconforming.iter().map(ToString::to_string).collect();
    let pieces: Vec<String> = view.remaining.iter().map(ToString::to_string).collect();
    let rows = [
        ("lot", format!("{}: {}", view.name(), view.standing)),
        ("by", by),
        ("severity", format!("{}: {}", view.severity, view.why)),
        ("plan", view.plan().to_string()),
        ("found", view.found().to_string()),
        ("bad", bad.join(", ")),
        ("to inspect", pieces.join(", ")),
    ];
    acts::show_signed(console, &rows);
    let first = view.first_article.as_ref().map(|first| ("", first.words().to_string()));
    let twice = view.recorded_twice.iter().map(|words| ("recorded twice", words.to_string()));
    let open = open_words(&view).map(|words| ("", words));
    let besides: Vec<(&str, String)> = first.into_iter().chain(open).chain(twice).collect();
    acts::show_signed(console, &besides);
    acts::show_signed(console, more);
    Ok(Some(view.records.len()))
}

/// Says what becomes of a rejected lot.
pub fn dispose(console: &Console, args: DisposeArgs) -> Result<Exit, Fault> {
    let DisposeArgs { lot: LotArgs { series, lot }, end, reason, signer } = args;
    let (id, lot) = (series.id()?, lot.lot);
    let decision = [
        ("decision", end.word().to_owned()),
        ("why", reason.clone()),
        ("meaning", "dispositioned".to_owned()),
    ];
    show_signed(console, (&id, &lot), &decision)?;
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let command = Asked::Dispose { lot: lot.clone(), end, reason, by: signer.by() };
    let saved = station.transact(&signer.acting, Command::Series(id.clone(), command))?;
    let view = lot_of(&station, &id, &lot)?;
    let waits = to_sign(&view).map_or_else(String::new, |words| format!("; {words}"));
    let what = format!("{}: {}{waits}", view.name(), end.word());
    acts::say_saved_with(console, &station, (&what, &saved), json!({ "lot": view }));
    Ok(Exit::Done)
}

/// Who is still to sign that a lot is used as it is.
pub(super) fn to_sign(view: &LotView) -> Option<String> {
    let roles: Vec<&str> = view.to_sign.iter().map(|role| role.word()).collect();
    let words = || format!("it takes effect once {} signs it, too", roles.join(" and "));
    (!roles.is_empty()).then(words)
}

/// Changes how strictly a series is inspected.
pub fn choose(console: &Console, args: ChooseArgs) -> Result<Exit, Fault> {
    let ChooseArgs { series, choice, by: instruction, reason, signer } = args;
    let id = series.id()?;
    let what = format!("{id}: {}", choice.word());
    acts::act(console, &signer, &what, |_| {
        Command::Series(id, Asked::Choose { instruction, choice, reason })
    })
}

pub(super) fn series_of(station: &Station, id: &SeriesId) -> Result<SeriesView, Fault> {
    let Answer::Series(found) = station.answer(&Query::Series { id: id.clone() })? else {
        return Err(rows::mixed_up());
    };
    let unknown = || {
        let what = format!("no lot of {} from {} was opened here", id.part, id.supplier);
        Fault::refused(what, "nothing is known of that series")
            .next("open one: gemba inspection open; or fetch what is new: gemba sync")
    };
    found.map(|view| *view).ok_or_else(unknown)
}

pub(super) fn lot_of(station: &Station, id: &SeriesId, lot: &LotId) -> Result<LotView, Fault> {
    let lots = series_of(station, id)?.lots;
    lots.into_iter().rev().find(|view| view.lot == *lot).ok_or_else(|| {
        let what = format!("lot {lot} was not opened");
        Fault::refused(what, "nothing is known of it").next("gemba inspection open")
    })
}
