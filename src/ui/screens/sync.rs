//! How the station stands with its server.

use crate::domain::understood::understood;
use crate::ui::effect::Effect;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::parts::words::{count, span};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::link::{OTHERWISE, SyncView, said_not_listed};
use crate::views::packet::{Packet, PacketStanding, told_span};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

const PURPOSE: &str = "What of this station's record is at the server, and what is not \
    yet. Work goes on for weeks without it; F5 tries to reach it now.";

/// Where values stand.
const VALUES_AT: u16 = 22;

/// Instructions with a limit of their own that are shown; gemba sync --status tells all.
const LIMITS_MAX: usize = 3;

/// The sync screen.
#[derive(Debug, Default)]
pub struct SyncScreen {
    view: Option<SyncView>,
    loading: Option<Ticket>,
}

impl Layer for SyncScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::SyncNow, Act::Stations]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::SyncNow, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Sync));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::SyncNow {
            return Turn::Back;
        }
        world.ask(Effect::SyncNow);
        world.say(say!("trying to reach the server"), Role::Muted);
        Turn::Stay
    }

    fn key(&mut self, _key: Key, _world: &mut World) -> Turn {
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Sync(view)) = world.answer(reply) {
            self.view = Some(*view);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Sync state"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(view) = &self.view else { return };
        let mut y = 4;
        let room = canvas.width().saturating_sub(VALUES_AT + 1);
        for (name, value, role) in rows(view, world) {
            canvas.put_in((3, y), VALUES_AT - 4, say!(name), Role::Muted);
            // What to do stands at the end of what is wrong: it is never cut off.
            for line in wrapped(&value, room.into(), role) {
                line.view(canvas, (VALUES_AT, y), room);
                y += 1;
            }
        }
        y += 1;
        for (feed, position) in &view.feeds {
            if y >= canvas.body_end() {
                return;
            }
            canvas.put((3, y), say!("Feed"), Role::Muted);
            canvas.put_in((22, y), 30, feed, Role::Plain);
            canvas.put((54, y), &say!("up to {position}", position), Role::Plain);
            y += 1;
        }
    }
}

fn rows(view: &SyncView, world: &World) -> Vec<(&'static str, String, Role)> {
    let link = &view.link;
    let state = match (link.stopped, link.connected) {
        (true, _) => (say!("stopped until a person acts"), Role::Fail),
        (false, true) => (say!("connected"), Role::Ok),
        (false, false) => (say!("no server; everything is saved here"), Role::Warn),
    };
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let (station, ledger, epoch) = (&view.station, &view.ledger, view.epoch);
    let station = say!("{station}, ledger {ledger}, epoch {epoch}", station, ledger, epoch);
    let server = view.server.clone().unwrap_or_else(|| say!("not enrolled").to_owned());
    let mut rows = vec![
        ("Station", station, Role::Plain),
        ("Server", server, Role::Plain),
        ("State", state.0.to_owned(), state.1),
    ];
    if let Some(trouble) = &link.trouble {
        rows.push(("Trouble", trouble.clone(), Role::Warn));
    }
    for words in link.otherwise.iter().take(LIMITS_MAX) {
        rows.push(("Not the same", tell(&understood(words, OTHERWISE)), Role::Fail));
    }
    if link.untried_s.is_some() {
        rows.push((
            "Nobody tries",
            say!("start the exchange: gemba sync --watch").to_owned(),
            Role::Warn,
        ));
    }
    let last = link.last_contact.map_or(say!("never").to_owned(), |at| {
        let age = world.time.moment.utc.duration_since(at).as_secs();
        say!("{time} ago", time = span(age))
    });
    rows.push(("Last contact", last, Role::Plain));
    let waiting = count(number(link.waiting), "fact", "facts");
    let (here, there) = (view.last_seq, view.at_server);
    rows.push(("Saved here", say!("up to {position}", position = here), Role::Plain));
    let there = say!("up to {position}, {waiting} waiting", position = there, waiting);
    rows.push(("At server", there, Role::Plain));
    if link.not_accepted > 0 {
        let text = count(number(link.not_accepted), "count|record", "count|records");
        rows.push((
            "Not accepted",
            say!("{records} of this station: see the shift board", records = text),
            Role::Warn,
        ));
    }
    if view.orphans > 0 {
        rows.push(("Wait for others", count(number(view.orphans), "fact", "facts"), Role::Warn));
    }
    if let Some(words) = said_not_listed(view.not_here) {
        rows.push(("Orders not here", tell(&words), Role::Warn));
    }
    if view.blobs_missing > 0 {
        let text = count(number(view.blobs_missing), "picture or text", "pictures or texts");
        rows.push(("Not here yet", text, Role::Warn));
    }
    if let Some((offset, age)) = view.offset_ms {
        let (off, age) = (format!("{:.1}", seconds(offset)), span(age));
        let text = say!("{off} s off the server's, measured {age} ago", off, age);
        rows.push(("Clock", text, Role::Plain));
    }
    if let Some(apart) = link.clock_apart_s {
        let apart = span(apart.saturating_abs());
        let text = say!("{apart} from the server's → set the clock that is wrong", apart);
        rows.push(("Clock off", text, Role::Warn));
    }
    packet_rows(&view.packet, &mut rows);
    rows
}

/// How old what is known here is, and until when work goes on by it.
fn packet_rows(packet: &Packet, rows: &mut Vec<(&'static str, String, Role)>) {
    let age = packet.age_s.map(|age| say!("heard {age} ago", age = tell(&told_span(age))));
    let age = age.unwrap_or_else(|| say!("never heard from the server").to_owned());
    rows.push(("Known here", age, Role::Plain));
    if let Some(until) = packet.good_until {
        let (words, role) = match packet.standing {
            PacketStanding::Ended => ("count no more, ended", Role::Fail),
            PacketStanding::EndsSoon => ("good until", Role::Warn),
            PacketStanding::Good | PacketStanding::NeverReached => ("good until", Role::Plain),
        };
        rows.push(("Badges and PINs", format!("{} {}", say!(words), minute(until)), role));
    }
    for limit in packet.instructions.iter().take(LIMITS_MAX) {
        let text = match (limit.good_until, limit.good) {
            (Some(until), true) => say!("begun until {time}", time = minute(until)),
            (Some(until), false) => say!("not begun since {time}", time = minute(until)),
            (None, _) => say!("not begun before the server is reached").to_owned(),
        };
        let (id, revision) = (&limit.instruction, &limit.revision);
        let text = format!("{} {text}", say!("{id} rev {revision}", id, revision));
        rows.push(("Instruction", text, if limit.good { Role::Plain } else { Role::Warn }));
    }
    if let Some(first) = packet.unread.first() {
        let more = packet.unread.len() - 1;
        let more = if more > 0 { say!(" and {more} more", more) } else { String::new() };
        let text = format!("{}{more}", say!("the text of {text}", text = first.text));
        rows.push(("Judged without", text, Role::Warn));
        let next = say!("the station that handed it in syncs: gemba sync");
        rows.push(("", next.to_owned(), Role::Warn));
    }
    if let Some(step) = packet.clock_steps.last() {
        let text = say!("{what}, at {time}", what = tell(&step.words()), time = minute(step.at));
        rows.push(("Wall clock", text, Role::Warn));
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown to a tenth of a second")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
