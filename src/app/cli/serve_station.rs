//! `gemba serve code|assign|revoke`: which stations a plant has, and what they serve.

use serde_json::json;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::{StationId, WorkCenterId};
use crate::server::error::ServerError;
use crate::server::home::Home;
use crate::server::office::{Office, SERVER_STATION};

/// Makes a code that enrolls one station.
pub(super) fn code(
    console: &Console,
    home: Home,
    (station, work_centers): (&StationId, &[WorkCenterId]),
) -> Result<Exit, Fault> {
    let office = Office::open(home)?;
    let code = office.new_enrollment_code(station, work_centers, console.clock.now())?;
    console.printer.line(format!("{code} enrolls {station} once, within 24 hours"));
    console.printer.value(&json!({ "code": code, "station": station }));
    Ok(Exit::Done)
}

/// Has a station serve further work centers.
pub(super) fn assign(
    console: &Console,
    home: Home,
    (station, work_centers): (&StationId, &[WorkCenterId]),
) -> Result<Exit, Fault> {
    let office = Office::open(home)?;
    if let Some(center) =
        office.store().without_place(work_centers).map_err(ServerError::from)?.first()
    {
        let what = format!("no place of this plant belongs to work center {center}");
        return Err(Fault::refused(what, "").next("gemba place list tells which there are"));
    }
    if station.as_str() == SERVER_STATION {
        return Err(not_enrolled(station));
    }
    let Some(serves) = office.assign_station(station, work_centers)? else {
        return Err(not_enrolled(station));
    };
    let centers: Vec<&str> = serves.iter().map(WorkCenterId::as_str).collect();
    console.printer.line(format!("{station} serves {}", centers.join(", ")));
    console.printer.value(&json!({ "station": station, "work_centers": serves }));
    Ok(Exit::Done)
}

/// Lets a station neither write nor read any more.
pub(super) fn revoke(console: &Console, home: Home, station: &StationId) -> Result<Exit, Fault> {
    let office = Office::open(home)?;
    // The judge writes under a name of its own, and nobody enrolled it.
    if station.as_str() == SERVER_STATION || !office.revoke_station(station)? {
        return Err(not_enrolled(station));
    }
    console.printer.line(format!("{station} writes and reads nothing more"));
    console.printer.value(&json!({ "station": station }));
    Ok(Exit::Done)
}

fn not_enrolled(station: &StationId) -> Fault {
    let what = format!("no station {station} is enrolled here");
    Fault::refused(what, "").next("gemba serve code, for a new one")
}
