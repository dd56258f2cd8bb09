//! `gemba sync`: exchange facts with the server, once or as a service.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::{Console, by_file, rows};
use crate::app::clock::Monotonic;
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::ids::{OrderId, RevisionId};
use crate::domain::stream::Subject;
use crate::sync::protocol::ReceivedRow;
use crate::views::link::Link;
use crate::views::packet::{Packet, PacketStanding, UNREAD_NEXT, span};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

/// How long a release may take to come into effect: longer than it takes until another server judges.
const EFFECT_MS_MAX: u64 = 60_000;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gemba sync\n  gemba sync --watch\n  gemba sync --to /media/stick/hp1.parcel\n\nWith --watch it runs as a \
                        service until SIGTERM, with nobody signed in. Without it, exit code 3 \
                        means that the server did not answer.\nJSON: waiting\n\nA file that \
                        --to writes, and the answer that --from takes, hold facts and no PINs; either may come twice.\nJSON of \
                        --order: order, received; of --whole: received (null where another process of the \
                        station fetches), not_here; of --to: facts, blobs, waiting; of --from: at_server, received, passed_over, blobs, waiting, \
                        other_state, wanted_from\n\nWith --status \
                        nothing is exchanged.\nJSON: station, connected, stopped, trouble, \
                        waiting, untried_s, clock_apart_s, otherwise, not_here, last_contact, age_s, standing (never-reached, good, ends-soon, \
                        ended), good_until, days_max, warn_days, days_left, instructions \
                        (instruction, revision, seconds_max, good_until, good), offset_ms, \
                        offset_age_s, unread (text, at), clock_steps (fact, at, \
                        by_ms)"
)]
pub struct SyncArgs {
    /// Keep on exchanging until the program is told to end
    #[arg(long, group = "how")]
    watch: bool,
    /// Say how old what is known here is and until when it is good; nothing is exchanged
    #[arg(long, group = "how")]
    status: bool,
    /// Fetch the whole of an order that was over when this station began
    #[arg(long, value_name = "ORDER", group = "how")]
    order: Option<OrderId>,
    /// Fetch every order that was over when this station began, or was pruned since
    #[arg(long, group = "how")]
    whole: bool,
    /// Without a line: write what is not at the server into a file, for `gemba serve take`
    #[arg(long, value_name = "FILE", group = "how")]
    to: Option<PathBuf>,
    /// Without a line: take what `gemba serve take` answered
    #[arg(long, value_name = "FILE", group = "how")]
    from: Option<PathBuf>,
}

/// Exchanges facts with the server.
pub fn run(console: &Console, args: SyncArgs) -> Result<Exit, Fault> {
    if args.status {
        return status(console);
    }
    if let Some(order) = args.order {
        let new = exchange::bring_order(&console.config.home, &console.clock, &order)?;
        console.printer.line(format!("{new} facts of {order} received"));
        console.printer.value(&json!({ "order": order, "received": new }));
        return Ok(Exit::Done);
    }
    if let Some(file) = args.to {
        return by_file::to(console, &file);
    }
    if let Some(file) = args.from {
        return by_file::from(console, &file);
    }
    if args.watch {
        let _told_further = escalation::in_background(&console.config, &console.clock)?;
        exchange::watch(&console.config.home, &console.clock)?;
        return Ok(Exit::Done);
    }
    if args.whole {
        return whole(console);
    }
    let exchanged = exchange::once(&console.config.home, &console.clock)?;
    if exchanged.is_none() {
        console.printer.line("another process of this station exchanges facts all the time");
    }
    let waiting = console.reader()?.ledger.waiting()?;
    console.printer.line(format!("{waiting} waiting"));
    console.printer.value(&json!({ "waiting": waiting }));
    Ok(Exit::Done)
}

/// Follows the feeds of orders from their beginning once more; what is cut off goes on next time.
fn whole(console: &Console) -> Result<Exit, Fault> {
    let wanted = console.station()?.ledger.begin_whole()?;
    let exchanged = exchange::once(&console.config.home, &console.clock)?;
    let not_here = console.reader()?.ledger.left_out()?;
    let received = exchanged.as_ref().map(|exchanged| exchanged.received);
    match (exchanged, not_here) {
        (None, _) => console.printer.line("another process of this station fetches them now"),
        (Some(_), 0) if wanted == 0 => console.printer.line("nothing was left out at this station"),
        (Some(exchanged), 0) => {
            let facts = exchanged.received;
            console.printer.line(format!("{facts} facts received: nothing is left out any more"));
        }
        (Some(_), _) => rows::say_not_here(console, not_here),
    }
    console.printer.value(&json!({ "received": received, "not_here": not_here }));
    Ok(rows::whole_or_not(not_here))
}

fn status(console: &Console) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let Answer::Sync(view) = station.answer(&Query::Sync)? else { return Err(rows::mixed_up()) };
    let (link, packet) = (&view.link, &view.packet);
    let state = match (link.stopped, link.connected) {
        (true, _) => "stopped until a person acts",
        (false, true) => "connected",
        (false, false) => "no server; everything is saved here",
    };
    let printer = &console.printer;
    printer.line(format!("{}: {state}, {} waiting", view.station, link.waiting));
    if let Some(trouble) = &link.trouble {
        printer.line(format!("last exchange failed: {trouble}"));
    }
    for words in &link.otherwise {
        printer.line(format!("station and server do not hold the same: {words}"));
    }
    rows::say_not_here(console, view.not_here);
    if let Some(seconds) = link.untried_s {
        let since =
            if seconds == i64::MAX { "ever".to_owned() } else { format!("for {}", span(seconds)) };
        printer.line(format!("nobody has tried to reach the server {since}"));
        printer.line("→ gemba sync --watch");
    }
    say_clock(console, link);
    say_packet(console, packet);
    let (offset_ms, offset_age_s) = view.offset_ms.unzip();
    let mut value = packet_value(packet);
    value["station"] = json!(view.station);
    value["connected"] = json!(link.connected);
    value["stopped"] = json!(link.stopped);
    value["trouble"] = json!(link.trouble);
    value["waiting"] = json!(link.waiting);
    value["untried_s"] = json!(link.untried_s);
    value["clock_apart_s"] = json!(link.clock_apart_s);
    value["otherwise"] = json!(link.otherwise);
    value["not_here"] = json!(view.not_here);
    value["offset_ms"] = json!(offset_ms);
    value["offset_age_s"] = json!(offset_age_s);
    printer.value(&value);
    Ok(Exit::Done)
}

/// Says that this machine's clock and the server's are far apart, where they are.
pub fn say_clock(console: &Console, link: &Link) {
    let Some(apart) = link.clock_apart_s else { return };
    let apart = span(apart.saturating_abs());
    console.printer.line(format!("this machine's clock is {apart} from the server's"));
    console.printer.line("→ set the clock that is wrong");
}

/// Says how old what is known here is, and until when it is good.
pub fn say_packet(console: &Console, packet: &Packet) {
    let printer = &console.printer;
    match packet.age_s {
        Some(age_s) => printer.line(format!("heard from the server {} ago", span(age_s))),
        None => printer.line("never heard from the server"),
    }
    if let Some(until) = packet.good_until {
        let ended = packet.standing == PacketStanding::Ended;
        let words = if ended { "count no more, ended" } else { "are good until" };
        printer.line(format!("badges and PINs {words} {}", minute(until)));
    }
    if let Some(warning) = packet.warning() {
        printer.line(warning);
    }
    for limit in &packet.instructions {
        let until = limit.good_until.map_or_else(|| "-".to_owned(), minute);
        let words = if limit.good { "may be begun until" } else { "is not begun any more since" };
        printer.line(format!("{} rev {} {words} {until}", limit.instruction, limit.revision));
    }
    for unread in &packet.unread {
        let (text, at) = (&unread.text, minute(unread.at));
        printer.line(format!("the server judged without the text of {text}, last at {at}"));
    }
    if !packet.unread.is_empty() {
        printer.line(format!("→ {UNREAD_NEXT}"));
    }
    for step in &packet.clock_steps {
        let (words, at) = (step.words(), minute(step.at));
        printer.line(format!("the wall clock was {words}, at {at}, fact {}", step.fact));
    }
}

/// The same as JSON.
pub fn packet_value(packet: &Packet) -> Value {
    json!({
        "last_contact": packet.last_contact, "age_s": packet.age_s, "standing": packet.standing,
        "good_until": packet.good_until, "days_max": packet.days_max,
        "warn_days": packet.warn_days, "days_left": packet.days_left(),
        "instructions": packet.instructions, "unread": packet.unread,
        "clock_steps": packet.clock_steps,
    })
}

/// Asks which stations have what was last said of a revision.
pub fn received(
    console: &Console,
    subject: &Subject,
    revision: &RevisionId,
) -> Result<Vec<ReceivedRow>, Fault> {
    let asked = (subject, revision);
    exchange::received(&console.config.home, &console.clock, asked)?.ok_or_else(|| {
        Fault::refused(
            format!("the server has accepted nothing about {subject} rev {revision}"),
            "it was not released, or was not judged yet",
        )
        .next("gemba sync, then ask again")
    })
}

/// Exchanges facts until something has come into effect here.
pub fn until(
    console: &Console,
    reached: impl Fn(&Station) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let since = Monotonic::start();
    loop {
        exchange::once(&console.config.home, &console.clock).map_err(|fault| {
            fault.next("the approval is saved; it takes effect once the server has judged it")
        })?;
        if reached(&console.reader()?)? {
            return Ok(());
        }
        if since.ms() > EFFECT_MS_MAX {
            return Err(Fault::no_answer(
                "the server has not judged the release yet",
                "it is saved",
            )
            .next("gemba sync, later"));
        }
        thread::sleep(Duration::from_millis(100));
    }
}
