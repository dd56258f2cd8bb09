//! `gemba host`: this station's terminals for many at once, over SSH, by one process.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::Console;
use super::serve::{runtime, told_to_end};
use crate::app::config::{Config, HostSettings, PlaceTold};
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::gauge_bench::GaugeBench;
use crate::app::gauge_line;
use crate::app::hosted::Hosted;
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::tty::dump_no_core;
use crate::app::themes;
use crate::host::doors::Limits;
use crate::host::error::HostError;
use crate::host::run::{Founded, Running, WithoutKey, start};
use crate::ui::input::Input;
use crate::ui::terminal_kind::ColorLevel;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba host --listen 192.0.2.7:7422, then at a bench: ssh -p 7422 192.0.2.7\n\n\
                  Whoever has a key of authorized_keys in GEMBA_HOME is let in; place=\"ASM-1\" before \
                  the key says where its terminals stand. The host's own key is made when it first \
                  starts, and kept in host-key there. [host] in gemba.toml has the limits, and \
                  badge-and-pin = true lets in who has no key and proves by badge and PIN who they are. \
                  It runs until SIGTERM or Ctrl-C; then every session keeps what is half typed.\nJSON: \
                  address, fingerprint, keys"
)]
pub struct HostArgs {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:7422")]
    listen: SocketAddr,
}

/// Runs the host until it is told to end.
pub fn run(console: &Console, args: &HostArgs) -> Result<Exit, Fault> {
    dump_no_core();
    let config = &console.config;
    themes::of(config, ColorLevel::Palette256)?;
    let founded = founded(config, args.listen)?;
    let (store, wanted) = StoreHandle::open(config, &console.clock)?;
    let gauges = gauges(config, &store)?;
    let exchange = exchange::in_background(&config.home, &console.clock, wanted)?;
    let told_further = escalation::in_background(config, &console.clock)?;
    let runtime = runtime()?;
    let ended: Result<Exit, Fault> = runtime.block_on(async {
        let hosted = Hosted {
            config: config.clone(),
            store: store.clone(),
            printer: console.printer,
            runtime: runtime.handle().clone(),
            gauges,
        };
        let ends = told_to_end()?;
        let running = start(founded, Box::new(hosted)).await?;
        announce(console, &running);
        ends.await;
        running.stop().await?;
        Ok(Exit::Done)
    });
    drop((exchange, told_further));
    let done = ended?;
    // Also of those who left before it was told to end.
    let lost = |whose: String| Fault::cannot("not everything that was typed is kept", whose);
    store.all_kept().map_err(lost)?;
    Ok(done)
}

fn founded(config: &Config, listen: SocketAddr) -> Result<Founded, Fault> {
    let settings = &config.settings.host;
    let without_key = match (settings.without_key, settings.badge_and_pin) {
        (false, false) => WithoutKey::TurnedAway,
        (false, true) => WithoutKey::ByBadge,
        (true, false) => WithoutKey::LetIn,
        (true, true) => {
            let why = "without-key lets in everybody before any badge is asked for";
            let what = "[host] in gemba.toml has both without-key and badge-and-pin";
            return Err(Fault::usage(what, why).next("remove one of the two lines"));
        }
    };
    Ok(Founded {
        listen,
        own_key: config.home.join("host-key"),
        known_keys: config.home.join("authorized_keys"),
        without_key,
        runs_as: rustix::process::geteuid().as_raw(),
        limits: limits(settings),
    })
}

/// Reads the line of the gauges, where one is set, for the terminal at its place.
fn gauges(config: &Config, store: &StoreHandle) -> Result<GaugeBench, Fault> {
    let Some(line) = config.gauge_line() else { return Ok(GaugeBench::default()) };
    let Some(place) = config.settings.gauge_line_place.clone() else {
        let why = "many terminals are served here, and a value belongs to one of them";
        return Err(Fault::usage("gauge-line in gemba.toml has no place", why)
            .next("say where those gauges are: gauge-line-place = \"ASM-1\""));
    };
    store.require_place(PlaceTold { place: place.clone(), by: "gauge-line-place".to_owned() })?;
    let bench = GaugeBench::at(place);
    let said = bench.clone();
    let send = move |input| {
        if let Input::Gauge(gauge) = input {
            said.said(gauge);
        }
        true
    };
    gauge_line::in_background(line, gauge_line::AGAIN_AFTER, send)?;
    Ok(bench)
}

fn limits(settings: &HostSettings) -> Limits {
    Limits {
        sessions: settings.sessions_max,
        sessions_a_key: settings.sessions_a_key_max,
        sessions_an_address: settings.sessions_an_address_max,
        arriving: settings.arriving_max,
        arriving_an_address: settings.arriving_an_address_max,
        arriving_for: Duration::from_secs(settings.arriving_s_max.get().into()),
        failures_a_minute: settings.failures_a_minute_max,
        unread_for: Duration::from_secs(settings.unread_s_max.get().into()),
        idle_for: Duration::from_mins(settings.idle_min_max.get().into()),
        stopping_for: Duration::from_secs(settings.stopping_s_max.get().into()),
    }
}

fn announce(console: &Console, running: &Running) {
    let Running { address, fingerprint, keys, .. } = running;
    console.printer.line(format!("terminals over SSH on {address}, {keys} keys are let in"));
    console.printer.line(format!("this host's key: {fingerprint}"));
    let HostSettings { without_key, badge_and_pin, .. } = &console.config.settings.host;
    if *keys == 0 && !without_key && !badge_and_pin {
        let file = console.config.home.join("authorized_keys");
        console.printer.line(format!("→ write a key into {}, a line each", file.display()));
    }
    console.printer.value(&json!({
        "address": address, "fingerprint": fingerprint, "keys": keys,
    }));
}

impl From<HostError> for Fault {
    fn from(error: HostError) -> Self {
        let text = error.to_string();
        let (what, next) = text.split_once(" → ").unwrap_or((&text, ""));
        let (what, why) = what.split_once(": ").unwrap_or((what, ""));
        Self::cannot(what, why).next(next)
    }
}
