//! The screens of a session, with what this station says of itself.

use crate::app::config::{Config, PlaceTold};
use crate::app::fault::Fault;
use crate::app::store_handle::StoreHandle;
use crate::app::themes;
use crate::ui::effect::Effect;
use crate::ui::message::Time;
use crate::ui::shell::{IDLE_LOCK_MIN, Shell};
use crate::ui::terminal_kind::TerminalKind;
use crate::ui::world::Start;

/// The first screen of a session, and what it asks for.
///
/// # Errors
/// The settings ask for a theme that is not here.
pub fn first(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    kind: TerminalKind,
) -> Result<(Shell, Vec<Effect>), Fault> {
    let themes = themes::of(config, kind.colors)?;
    let moment = store.clock().moment();
    let hhmm = moment.utc.to_zoned(store.zone().clone()).strftime("%H:%M").to_string();
    Ok(Shell::new(Start {
        station: store.station().to_owned(),
        place_by: told.as_ref().map(|told| told.by.clone()),
        place: told.map(|told| told.place),
        site: store.site().to_owned(),
        language: config.settings.language.or(kind.language).unwrap_or_default(),
        themes,
        ascii: !kind.unicode,
        size: (kind.columns, kind.rows),
        time: Time { moment, hhmm, session_ms: 0 },
        idle_lock_min: config.settings.idle_lock_min.unwrap_or(IDLE_LOCK_MIN),
        rings: !config.settings.silent_waits,
        tours: config.settings.tour.unwrap_or(true),
        separators: config.separators(),
    }))
}
