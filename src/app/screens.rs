//! The screens of a session, with what this station says of itself.

use crate::app::config::{Config, PlaceTold};
use crate::app::store_handle::StoreHandle;
use crate::ui::effect::Effect;
use crate::ui::message::Time;
use crate::ui::shell::{IDLE_LOCK_MIN, Shell};
use crate::ui::terminal_kind::{ColorLevel, TerminalKind};
use crate::ui::theme::Theme;
use crate::ui::world::Start;

/// The first screen of a session, and what it asks for.
pub fn first(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    kind: TerminalKind,
) -> (Shell, Vec<Effect>) {
    let usual = if kind.colors == ColorLevel::Mono { "mono" } else { "dark" };
    let theme = if kind.colors == ColorLevel::Mono { None } else { config.theme() };
    let moment = store.clock().moment();
    let hhmm = moment.utc.to_zoned(store.zone().clone()).strftime("%H:%M").to_string();
    Shell::new(Start {
        station: store.station().to_owned(),
        place_by: told.as_ref().map(|told| told.by.clone()),
        place: told.map(|told| told.place),
        site: store.site().to_owned(),
        theme: Theme::named(theme.unwrap_or(usual)),
        ascii: !kind.unicode,
        size: (kind.columns, kind.rows),
        time: Time { moment, hhmm, session_ms: 0 },
        idle_lock_min: config.settings.idle_lock_min.unwrap_or(IDLE_LOCK_MIN),
        rings: !config.settings.silent_waits,
        tours: config.settings.tour.unwrap_or(true),
        separators: config.separators(),
    })
}
