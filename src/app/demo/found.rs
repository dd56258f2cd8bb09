//! Sets the sample plant up: a server, an enrolled station, and what people there would have done.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::cable::Cable;
use super::history;
use super::plant::{self, PersonRow, Plant};
use crate::app::cli::serve::{listening, runtime};
use crate::app::clock::{Clock, Monotonic};
use crate::app::config::Config;
use crate::app::credentials;
use crate::app::exchange;
use crate::app::fault::Fault;
use crate::app::identity;
use crate::app::release::HandedIn;
use crate::app::station::Station;
use crate::authoring::check::{self, Definition, Neighbors};
use crate::authoring::finding::Source;
use crate::authoring::pictures::PictureFault;
use crate::domain::decide::Command;
use crate::domain::effectivity::Effectivity;
use crate::domain::fact::Acting;
use crate::domain::gauge::{GaugeCommand, GaugeDescription};
use crate::domain::ids::{PlaceId, StationId, TerminalId};
use crate::domain::instruction::Picture;
use crate::domain::order::OrderCommand;
use crate::domain::people::{PersonCommand, Role};
use crate::domain::pin::PinRules;
use crate::domain::signature::Signer;
use crate::server::office::{Office, PlantFounding, found_plant};
use crate::server::run::{Running, Server};
use crate::sync::protocol::CardRow;
use crate::views::definition::is_released;
use crate::views::query::{Answer, Query};

/// How far back the plant's history begins.
const HISTORY_MS: i64 = 45 * 60 * 1000;
/// How long the server may take to judge the releases, and to take what is left to send.
const JUDGED_MS_MAX: u64 = 120_000;

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    /// The station's configuration.
    pub config: Config,
    /// The clock of station and server.
    pub clock: Clock,
    server: Option<Running>,
    online: bool,
    /// What connects the stations of a script that were enrolled beside the demo's own.
    cables: BTreeMap<StationId, Cable>,
    runtime: Runtime,
    dir: PathBuf,
    /// The folder goes with the demo, unless it is kept.
    _folder: Option<TempDir>,
}

impl Demo {
    /// Opens the demo of a folder, or sets one up there or in a folder of its own, whose server listens
    /// where it is told.
    pub fn open(
        config: &Config,
        clock: &Clock,
        dir: Option<PathBuf>,
        listen: SocketAddr,
    ) -> Result<Self, Fault> {
        let (folder, dir) = folder_of(dir)?;
        let (station, server) = (dir.join("station"), dir.join("server"));
        let runtime = runtime()?;
        let founded = Office::open(&server).is_ok();
        let addr = if founded { address(&station)? } else { listen };
        if !founded {
            clock.shift_to(-HISTORY_MS);
            found_server(&server, clock)?;
        }
        let running = runtime
            .block_on(async { Server::start(&server, listening(addr, Vec::new(), clock)).await })?;
        let mut demo = Self {
            config: config.moved_to(&station)?,
            clock: clock.clone(),
            server: Some(running),
            online: true,
            cables: BTreeMap::new(),
            runtime,
            dir,
            _folder: folder,
        };
        if !founded {
            demo.set_up(&server)?;
            demo.config = config.moved_to(&station)?;
        }
        Ok(demo)
    }

    /// The server's address.
    pub fn url(&self) -> String {
        self.server.as_ref().map(Running::url).unwrap_or_default()
    }

    /// Closes the server's listener and drops its connections.
    pub fn offline(&mut self) {
        self.online = false;
        if let Some(server) = &mut self.server {
            self.runtime.block_on(server.offline());
        }
    }

    /// Listens again.
    pub fn online(&mut self) -> Result<(), Fault> {
        let _entered = self.runtime.enter();
        match &mut self.server {
            Some(server) => server.online()?,
            None => return Ok(()),
        }
        self.online = true;
        Ok(())
    }

    /// Sends what the end of the last session wrote, where the server listens.
    pub fn send_the_rest(&self, home: &Path) -> Result<(), Fault> {
        let since = Monotonic::start();
        while self.online && since.ms() < JUDGED_MS_MAX {
            // Whoever exchanged beside the session lets go of the lock in a moment.
            match exchange::once(home, &self.clock)? {
                Some(exchanged) if exchanged.waiting == 0 => return Ok(()),
                Some(_) | None => thread::sleep(Duration::from_millis(20)),
            }
        }
        Ok(())
    }

    /// Enrolls one more station of the plant, which stands at a place, and fetches what is in effect;
    /// tells its configuration.
    pub fn enroll(&mut self, code: &StationId, place: &PlaceId) -> Result<Config, Fault> {
        let home = self.dir.join(code.as_str());
        let is_new = !home.join("gemba.toml").exists();
        let end = if is_new { None } else { Some(address(&home)?) };
        let cable = self.lay_cable(end)?;
        let url = cable.url();
        self.cables.insert(code.clone(), cable);
        if is_new {
            self.enroll_at(&home, (code, place.as_str()), &url)?;
            let station = Station::open(&self.config.moved_to(&home)?, &self.clock)?;
            self.until_in_effect(&home, &station)?;
        }
        self.config.moved_to(&home)
    }

    /// A cable whose end is there, or beside the server at whichever port is free.
    fn lay_cable(&self, end: Option<SocketAddr>) -> Result<Cable, Fault> {
        let no_cable = |why: String| Fault::cannot("no cable to the demo's server", why);
        let server = address_in(&self.url()).ok_or_else(|| no_cable(self.url()))?;
        let end = end.unwrap_or(SocketAddr::new(server.ip(), 0));
        Cable::lay(&self.runtime, end, server).map_err(|error| no_cable(error.to_string()))
    }

    /// Pulls the cable of one station out, or puts it back; tells whether it has one.
    pub fn plug(&mut self, code: &StationId, in_again: bool) -> Result<bool, Fault> {
        let Some(cable) = self.cables.get_mut(code) else { return Ok(false) };
        if in_again {
            let no_cable = |error| Fault::cannot("the cable cannot be plugged in", error);
            cable.plug_in(&self.runtime).map_err(no_cable)?;
        } else {
            cable.pull(&self.runtime);
        }
        Ok(true)
    }

    fn enroll_at(
        &self,
        home: &Path,
        (code, place): (&StationId, &str),
        url: &str,
    ) -> Result<(), Fault> {
        let centers: Vec<_> =
            Plant::read()?.work_center.into_iter().map(|center| center.id).collect();
        let office = Office::open(&self.dir.join("server"))?;
        let invitation = office.new_enrollment_code(code, &centers, self.clock.now())?;
        exchange::enroll(home, (url, &invitation), None, true)?;
        // The terminal stands somewhere; a scanned label moves it.
        fs::write(home.join("gemba.toml"), format!("place = \"{place}\"\n"))
            .map_err(|error| Fault::cannot("the demo's settings cannot be written", error))?;
        exchange::once(home, &self.clock)?;
        Ok(())
    }

    fn set_up(&self, server: &Path) -> Result<(), Fault> {
        let plant = Plant::read()?;
        let office = Office::open(server)?;
        for person in &plant.person {
            office.set_card(&card(person)?)?;
        }
        self.enroll_at(&self.config.home, (&plant.station.code, history::PLACE), &self.url())?;
        let mut station = Station::open(&self.config, &self.clock)?;
        admit(&mut station, &plant)?;
        release(&mut station, &plant)?;
        self.until_in_effect(&self.config.home, &station)?;
        open_orders(&mut station, &plant)?;
        history::make(&mut station, &self.clock, &plant)?;
        self.clock.shift_to(0);
        exchange::once(&self.config.home, &self.clock)?;
        Ok(())
    }

    /// Exchanges until every definition is in effect here.
    fn until_in_effect(&self, home: &Path, station: &Station) -> Result<(), Fault> {
        let since = Monotonic::start();
        loop {
            exchange::once(home, &self.clock)?;
            let Answer::Definitions(rows) = station.answer(&Query::Definitions)? else {
                return Err(Fault::cannot("the demo failed", "an answer to another question"));
            };
            if !rows.is_empty() && rows.iter().all(|row| is_released(&row.standing)) {
                return Ok(());
            }
            if since.ms() > JUDGED_MS_MAX {
                let judge = self.server.as_ref().and_then(Running::judge_trouble);
                return Err(Fault::cannot(
                    "the demo's server did not judge its releases in time",
                    judge.unwrap_or_default(),
                ));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.shutdown());
        }
    }
}

/// The folder named, or one of the demo's own that goes with it.
fn folder_of(dir: Option<PathBuf>) -> Result<(Option<TempDir>, PathBuf), Fault> {
    if let Some(dir) = dir {
        return Ok((None, dir));
    }
    let folder = tempfile::Builder::new()
        .prefix("gemba-demo-")
        .tempdir()
        .map_err(|error| Fault::cannot("no folder for the demo", error))?;
    let dir = folder.path().to_owned();
    Ok((Some(folder), dir))
}

/// Where the server of an earlier run listened; the station knows no other address.
fn address(station: &Path) -> Result<SocketAddr, Fault> {
    let ledger = crate::ledger::store::Ledger::open_reader(station)?;
    let url = ledger.identity().server.clone().unwrap_or_default();
    let addr = address_in(&url);
    addr.ok_or_else(|| Fault::cannot("this is no demo that can go on", format!("server {url:?}")))
}

fn address_in(url: &str) -> Option<SocketAddr> {
    url.strip_prefix("http://").and_then(|addr| addr.parse().ok())
}

fn found_server(dir: &Path, clock: &Clock) -> Result<(), Fault> {
    let plant = Plant::read()?;
    let admin = plant.holder(Role::Administrator);
    let admin = admin.ok_or_else(|| Fault::cannot("the sample plant has no administrator", ""))?;
    let founding = PlantFounding {
        site: plant.site.id.clone(),
        policy: plant.policy(clock.now()),
        places: plant.places()?,
        admin: card(admin)?,
        admin_roles: admin.roles.clone(),
        identity_verified_by: "made up for the demo".to_owned(),
        demo: true,
    };
    found_plant(dir, &founding, &clock.moment())?;
    Ok(())
}

fn card(person: &PersonRow) -> Result<CardRow, Fault> {
    Ok(CardRow {
        person: person.id.clone(),
        name: person.name.clone(),
        badge: person.badge.clone(),
        language: person.language.clone(),
        pin_verifier: credentials::hash(&person.pin, &person.badge, &PinRules::default())
            .map_err(crate::app::cli::serve::refused_pin)?,
    })
}

/// Who acts in the demo's history, where.
pub(super) fn acting(person: &PersonRow, place: Option<&str>) -> Result<Acting, Fault> {
    let no_id = |error| Fault::cannot("the sample plant cannot be set up", error);
    Ok(Acting {
        place: place.map(PlaceId::parse).transpose().map_err(no_id)?,
        terminal: TerminalId::parse("demo").map_err(no_id)?,
        session: None,
        actor: Some(person.id.clone()),
    })
}

/// The person of a role, who must be there.
pub(super) fn holder(plant: &Plant, role: Role) -> Result<&PersonRow, Fault> {
    let missing = || Fault::cannot(format!("the sample plant has no {}", role.word()), "");
    plant.holder(role).ok_or_else(missing)
}

/// People and gauges, by the administrator.
fn admit(station: &mut Station, plant: &Plant) -> Result<(), Fault> {
    let admin = acting(holder(plant, Role::Administrator)?, None)?;
    let today = station.today();
    let mut commands = Vec::new();
    for person in &plant.person {
        let asked = PersonCommand::Admit {
            roles: person.roles.clone(),
            identity_verified_by: "made up for the demo".to_owned(),
        };
        commands.push(Command::Person(person.id.clone(), asked));
        for (qualification, until) in person.qualifications(today) {
            let asked = PersonCommand::Qualify { qualification, until: Some(until) };
            commands.push(Command::Person(person.id.clone(), asked));
        }
    }
    for gauge in &plant.gauge {
        let (name, class) = (gauge.name.clone(), gauge.class.clone());
        let (unit, resolution) = (gauge.unit, gauge.resolution.clone());
        let uncertainty = gauge.uncertainty.clone();
        let asked = GaugeCommand::Register(GaugeDescription {
            name,
            class,
            unit,
            resolution,
            uncertainty,
            range: None,
            interval: None,
        });
        commands.push(Command::Gauge(gauge.id.clone(), asked));
        let due = gauge.due(today);
        let on = due.checked_sub(jiff::Span::new().days(180)).unwrap_or(due);
        let certificate = format!("C-{}", gauge.id);
        commands.push(Command::Gauge(
            gauge.id.clone(),
            GaugeCommand::Calibrate { on, due: Some(due), certificate, as_found: None },
        ));
    }
    for command in commands {
        station.transact(&admin, command)?;
    }
    Ok(())
}

/// Orders, once what they name is in effect here.
fn open_orders(station: &mut Station, plant: &Plant) -> Result<(), Fault> {
    let planner = acting(holder(plant, Role::Planner)?, None)?;
    let today = station.today();
    for order in &plant.order {
        let opened = OrderCommand::Open(order.opened(today)?);
        station.transact(&planner, Command::Order(order.id.clone(), opened))?;
    }
    Ok(())
}

/// Definitions, handed in by an engineer, approved by the engineer and by quality.
fn release(station: &mut Station, plant: &Plant) -> Result<(), Fault> {
    let engineer = holder(plant, Role::Engineer)?;
    let quality = holder(plant, Role::Quality)?;
    for definition in definitions(plant)? {
        let read = |picture: &Picture| {
            let name = &picture.file;
            let missing = || Fault::cannot(format!("the sample plant lacks {name}"), "");
            plant::file(name).map(<[u8]>::to_vec).ok_or_else(missing)
        };
        let handed_in = HandedIn::compile(definition, &Effectivity::default(), read)?;
        let signing = handed_in.approval.clone();
        handed_in.submit(station, &acting(engineer, None)?)?;
        for signer in [engineer, quality] {
            let command = identity::command(signing.clone(), Signer::by_badge(&signer.name));
            station.transact(&acting(signer, None)?, command)?;
        }
    }
    Ok(())
}

fn definitions(plant: &Plant) -> Result<Vec<Definition>, Fault> {
    let names = || plant.release.iter().flat_map(|r| [&r.specification, &r.instruction]);
    let sources: Vec<Source<'_>> =
        names().filter_map(|name| Some(Source { file: name, bytes: plant::file(name)? })).collect();
    let picture = |_: &str, name: &str| {
        let missing = || PictureFault::Unreadable("not in the sample plant".to_owned());
        plant::file(name).map(<[u8]>::to_vec).ok_or_else(missing)
    };
    let mut definitions = Vec::new();
    let beside: Vec<Source<'_>> = plant::translations().collect();
    let neighbors = Neighbors { sources: &beside, standards: &[] };
    for checked in check::check_all(&sources, neighbors, &picture) {
        let sound = checked.map_err(|findings| {
            let first = findings.first().map(ToString::to_string).unwrap_or_default();
            Fault::cannot("the sample plant's sources have findings", first)
        })?;
        definitions.push(sound.definition);
    }
    Ok(definitions)
}
