//! `gemba host`: this station's terminals for many at once, over SSH, by one process.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::Console;
use super::serve::{runtime, told_to_end};
use crate::app::config::{Config, HostSettings};
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::hosted::Hosted;
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::tty::dump_no_core;
use crate::app::themes;
use crate::host::doors::Limits;
use crate::host::error::HostError;
use crate::host::run::{Founded, Running, start};
use crate::ui::terminal_kind::ColorLevel;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba host --listen 192.0.2.7:7422, then at a bench: ssh -p 7422 192.0.2.7\n\n\
                  Whoever has a key of authorized_keys in GEMBA_HOME is let in; place=\"ASM-1\" before \
                  the key says where its terminals stand. The host's own key is made when it first \
                  starts, and kept in host-key there. [host] in gemba.toml has the limits, and \
                  without-key = true lets in who has no key: badge and PIN are asked for all the same. \
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
    let (store, wanted) = StoreHandle::open(config, &console.clock)?;
    let exchange = exchange::in_background(&config.home, &console.clock, wanted)?;
    let told_further = escalation::in_background(config, &console.clock)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let hosted = Hosted {
            config: config.clone(),
            store,
            printer: console.printer,
            runtime: runtime.handle().clone(),
        };
        let running = start(founded(config, args.listen), Box::new(hosted)).await?;
        announce(console, &running);
        told_to_end().await?;
        running.stop().await;
        Ok(Exit::Done)
    });
    drop((exchange, told_further));
    ended
}

fn founded(config: &Config, listen: SocketAddr) -> Founded {
    let settings = &config.settings.host;
    Founded {
        listen,
        own_key: config.home.join("host-key"),
        known_keys: config.home.join("authorized_keys"),
        without_key: settings.without_key,
        limits: limits(settings),
    }
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
    }
}

fn announce(console: &Console, running: &Running) {
    let Running { address, fingerprint, keys, .. } = running;
    console.printer.line(format!("terminals over SSH on {address}, {keys} keys are let in"));
    console.printer.line(format!("this host's key: {fingerprint}"));
    if *keys == 0 && !console.config.settings.host.without_key {
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
