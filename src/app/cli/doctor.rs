//! `gemba doctor`: what this installation is and how it stands.

use clap::Args;
use serde_json::json;

use super::sync::{packet_value, say_clock, say_packet};
use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::app::themes;
use crate::ui::palette::{CONSOLE, XTERM};
use crate::ui::terminal_kind::ColorLevel;
use crate::ui::themes::Themes;
use crate::views::query::{Answer, Query};
use crate::views::register::EndingRow;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba doctor > report.txt\n\nNames, badges and readings are not in \
                        it. JSON: version, home, store, station, last_seq, waiting, trouble, \
                        offset_ms, offset_age_s, clock_apart_s, packet (last_contact, age_s, standing, \
                        good_until, days_max, warn_days, days_left, instructions, unread, clock_steps: as \
                        gemba sync --status), calibrations_ending and \
                        qualifications_ending (what, until, days), themes, themes_wrong"
)]
pub struct DoctorArgs {}

/// Says how the installation stands; what is wrong with the store is part of the answer.
pub fn run(console: &Console, _args: DoctorArgs) -> Result<Exit, Fault> {
    let version = env!("CARGO_PKG_VERSION");
    let home = console.config.home.display().to_string();
    console.printer.line(format!("gemba {version}"));
    console.printer.line(format!("home {home}"));
    let station = match console.reader() {
        Ok(station) => station,
        Err(fault) => {
            console.printer.line(format!("store: {fault}"));
            console.printer.value(&json!({
                "version": version, "home": home, "store": fault.to_string(),
            }));
            return Err(fault);
        }
    };
    let (themes, themes_wrong) = looks(console);
    let identity = station.ledger.identity();
    console.printer.line(format!("store: opens; station {}", identity.station));
    if let Answer::Sync(view) = station.answer(&Query::Sync)? {
        let link = &view.link;
        console.printer.line(format!("{} facts saved, {} waiting", view.last_seq, link.waiting));
        if let Some(trouble) = &link.trouble {
            console.printer.line(format!("last exchange failed: {trouble}"));
        }
        say_clock(console, link);
        say_packet(console, &view.packet);
        let (offset_ms, offset_age_s) = view.offset_ms.unzip();
        let (gauges, qualifications) = endings(&station)?;
        for ending in gauges.iter().chain(&qualifications) {
            console.printer.line(ending.words());
        }
        for wrong in &themes_wrong {
            console.printer.line(wrong);
        }
        console.printer.value(&json!({
            "version": version, "home": home, "store": "opens", "station": identity.station,
            "last_seq": view.last_seq, "waiting": link.waiting, "trouble": link.trouble,
            "packet": packet_value(&view.packet), "offset_ms": offset_ms,
            "offset_age_s": offset_age_s, "clock_apart_s": link.clock_apart_s,
            "calibrations_ending": gauges, "qualifications_ending": qualifications,
            "themes": themes, "themes_wrong": themes_wrong,
        }));
    }
    Ok(Exit::Done)
}

/// The themes that there are, and what is wrong with those of the site: files that are none, what is
/// hardly to be read, and one that is asked for and not here.
fn looks(console: &Console) -> (Vec<String>, Vec<String>) {
    let own = themes::own(&console.config.home);
    let mut wrong = own.wrong.clone();
    let looked_at = [(ColorLevel::Palette256, XTERM), (ColorLevel::Sixteen, CONSOLE)];
    for theme in &own.themes {
        let faint = looked_at.iter().flat_map(|(level, sixteen)| theme.at(*level).faint(sixteen));
        let words = faint.map(|(role, has)| {
            let (name, least) = (&theme.name, theme.contrast);
            format!("theme {name}: {role} has a contrast of {has:.1}, and {least:.1} is promised")
        });
        wrong.extend(words);
    }
    wrong.extend(themes::of(&console.config, ColorLevel::Palette256).err().map(|f| f.to_string()));
    let all = Themes::with(own.themes, ColorLevel::Palette256);
    (all.all().iter().map(|theme| theme.name.clone()).collect(), wrong)
}

/// Calibrations and qualifications that end soon or have ended; of people only their opaque ids.
fn endings(station: &Station) -> Result<(Vec<EndingRow>, Vec<EndingRow>), Fault> {
    let Answer::Endings(gauges) = station.answer(&Query::Endings)? else {
        return Err(rows::mixed_up());
    };
    let Answer::People(people) = station.answer(&Query::People)? else {
        return Err(rows::mixed_up());
    };
    let named = people.into_iter().filter(|row| !row.revoked).flat_map(|row| {
        let person = row.person;
        let of = move |ending: EndingRow| {
            let what = format!("{person} {}", ending.what);
            EndingRow { what, ..ending }
        };
        row.ending.into_iter().map(of)
    });
    Ok((gauges, named.collect()))
}
