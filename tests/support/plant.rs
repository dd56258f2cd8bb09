//! A plant over real HTTP on loopback: its server, its stations, and a line that can be cut.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use gemba::domain::decide::Command;
use gemba::domain::fact::{Acting, Fact, Head, Position, Written};
use gemba::domain::ids::{BootId, PersonId, PlaceId, StationId, TerminalId, WorkCenterId};
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderFact, OrderOpened, RouteOperation, Units};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::place::{PlaceDefined, Policy};
use gemba::domain::stream::Subject;
use gemba::ledger::store::Ledger;
use gemba::server::home::Home;
use gemba::server::office::{Office, PlantFounding, found_plant};
use gemba::server::run::{Listening, Running, Server};
use gemba::server::store::database::Database;
use gemba::sync::client::Client;
use gemba::sync::client::enroll::{Invitation, enroll};
use gemba::sync::protocol::CardRow;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::loopback::any_port;
use super::patience::Patience;
use super::stored;
use super::waiting;

/// A clock that goes on by one millisecond each time it is read.
pub(crate) fn clock() -> Arc<dyn Fn() -> Moment + Send + Sync> {
    clock_from(0)
}

/// The server's clock: ahead of everything that a test lets stations do, for nothing happens after
/// it was received.
fn server_clock() -> Arc<dyn Fn() -> Moment + Send + Sync> {
    clock_from(SERVER_AHEAD_MS)
}

/// By how much the server's clock is ahead of the stations' in a test.
const SERVER_AHEAD_MS: i64 = 600_000;

fn clock_from(ms: i64) -> Arc<dyn Fn() -> Moment + Send + Sync> {
    let ticks = AtomicI64::new(ms);
    Arc::new(move || moment(ticks.fetch_add(1, Ordering::Relaxed)))
}

/// The moment so many milliseconds after the start of the shift.
pub(crate) fn moment(ms: i64) -> Moment {
    let start: jiff::Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    Moment {
        utc: start + jiff::SignedDuration::from_millis(ms),
        mono_ms: ms,
        boot: BootId::parse("boot-1").unwrap(),
        offset_ms: None,
        offset_age_s: None,
    }
}

/// A person at a keyboard.
pub(crate) fn acting(person: &str) -> Acting {
    Acting {
        place: None,
        terminal: TerminalId::parse("t1").unwrap(),
        session: None,
        actor: Some(PersonId::parse(person).unwrap()),
    }
}

pub(crate) fn centers(names: &[&str]) -> Vec<WorkCenterId> {
    names.iter().map(|name| WorkCenterId::parse(name).unwrap()).collect()
}

/// A founded plant and its running server, with the directories of everybody.
#[derive(Debug)]
pub(crate) struct PlantBench {
    pub(crate) running: Running,
    home: Home,
    dir: TempDir,
}

impl PlantBench {
    /// A plant with two work centers and the administrator `P-1`, who may do everything else too.
    pub(crate) async fn start() -> Self {
        Self::start_at(&any_port()).await
    }

    pub(crate) async fn start_at(addr: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let home = Home::from(&dir.path().join("server"));
        Self::start_in(dir, home, addr).await
    }

    /// With its store in a database; the judge's ledger is this server's.
    pub(crate) async fn start_on(database: Database) -> Self {
        let dir = TempDir::new().unwrap();
        let home = Home::new(&dir.path().join("server"), database);
        Self::start_in(dir, home, &any_port()).await
    }

    /// Another server of the same plant, with a folder of its own.
    pub(crate) async fn another_server(&self) -> Running {
        let home = Home::new(&self.dir_of("another"), self.home.database.clone());
        serve(&home, &any_port()).await
    }

    async fn start_in(dir: TempDir, home: Home, addr: &str) -> Self {
        let place = |name: &str, center: &str| {
            let defined = PlaceDefined {
                name: name.to_owned(),
                site: "S1".parse().unwrap(),
                area: "A1".parse().unwrap(),
                work_center: center.parse().unwrap(),
            };
            (PlaceId::parse(name).unwrap(), defined)
        };
        let founding = PlantFounding {
            site: "S1".parse().unwrap(),
            policy: Policy::new(
                "Test works".to_owned(),
                "Europe/Berlin".to_owned(),
                vec![Role::Engineer, Role::Quality],
            ),
            places: vec![place("ASM-1", "ASM"), place("INC-1", "INC")],
            admin: card("P-1", "B-1"),
            admin_roles: Role::WORDS.iter().map(|(_, role)| *role).collect::<BTreeSet<_>>(),
            identity_verified_by: "passport".to_owned(),
            demo: true,
        };
        found_plant(home.clone(), &founding, &moment(0)).unwrap();
        let running = serve(&home, addr).await;
        Self { running, home, dir }
    }

    /// Stops the server and starts another one on the same store and port.
    pub(crate) async fn restart(self) -> Self {
        self.restart_at(SERVER_AHEAD_MS).await
    }

    /// As [`Self::restart`], at another time.
    pub(crate) async fn restart_at(self, ms: i64) -> Self {
        let Self { running, home, dir } = self;
        let addr = running.addr().to_string();
        running.shutdown().await;
        let running = serve_again(&home, &addr, clock_from(ms)).await;
        Self { running, home, dir }
    }

    /// Stops the server, does something to its directory, and starts it again.
    pub(crate) async fn stopped(self, work: impl FnOnce(&std::path::Path)) -> Self {
        let Self { running, dir, home } = self;
        let addr = running.addr().to_string();
        running.shutdown().await;
        let server = dir.path().join("server");
        work(&server);
        let running = serve_again(&home, &addr, server_clock()).await;
        Self { running, home, dir }
    }

    /// The server listens again where it did.
    pub(crate) async fn online(&mut self) {
        is_let_go(&self.running.addr()).await;
        self.running.online().unwrap();
    }

    /// Whether everything is judged and the judge is at rest: what it says of what it looked at is stored,
    /// and every station is announced.
    pub(crate) fn is_judged(&self) -> bool {
        let judge = Ledger::open_reader(&self.dir_of("server").join("judge")).unwrap();
        let looked = judge.setting("judge.looked").unwrap();
        let looked = looked.map_or(0, |looked| looked.parse().unwrap());
        let office = self.office();
        let store = office.store();
        store.to_judge(looked, 1).unwrap().1 == looked
            && store.unannounced().unwrap().is_empty()
            && store.to_judge(0, 5_000).unwrap().0.is_empty()
    }

    pub(crate) fn office(&self) -> Office {
        Office::open(self.home.clone()).unwrap()
    }

    pub(crate) fn dir_of(&self, station: &str) -> PathBuf {
        self.dir.path().join(station)
    }

    pub(crate) fn code(&self, station: &str, work_centers: &[&str]) -> String {
        let station = StationId::parse(station).unwrap();
        let centers = centers(work_centers);
        self.office().new_enrollment_code(&station, &centers, moment(0).utc).unwrap()
    }

    /// Enrolls a station by way of an address, which may be a line that can be cut.
    pub(crate) async fn enroll_at(
        &self,
        url: &str,
        station: &str,
        work_centers: &[&str],
    ) -> StationBench {
        let code = self.code(station, work_centers);
        let dir = self.dir_of(station);
        let invitation = Invitation { url: url.to_owned(), code, ca_pem: None, demo: true };
        enroll(&dir, &invitation).await.unwrap();
        StationBench { dir, station: StationId::parse(station).unwrap() }
    }

    pub(crate) async fn enroll(&self, station: &str, work_centers: &[&str]) -> StationBench {
        self.enroll_at(&self.running.url(), station, work_centers).await
    }
}

async fn serve(home: &Home, addr: &str) -> Running {
    serve_by(home, addr, server_clock()).await
}

/// As one whose server ended a moment ago.
async fn serve_again(
    home: &Home,
    addr: &str,
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
) -> Running {
    is_let_go(&addr.parse().unwrap()).await;
    serve_by(home, addr, clock).await
}

/// A program that another test is just starting has what listened here for a moment longer.
async fn is_let_go(addr: &SocketAddr) {
    waiting::until(|| std::net::TcpStream::connect(addr).is_err(), || addr).await;
}

async fn serve_by(
    home: &Home,
    addr: &str,
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
) -> Running {
    let addr = addr.parse().unwrap();
    Server::start(home.clone(), Listening { addr, names: Vec::new(), clock }).await.unwrap()
}

pub(crate) fn card(person: &str, badge: &str) -> CardRow {
    CardRow {
        person: PersonId::parse(person).unwrap(),
        name: format!("Name of {person}"),
        badge: badge.to_owned(),
        language: "en".to_owned(),
        pin_verifier: "$argon2id$not-looked-at-here".to_owned(),
    }
}

/// A station's store.
#[derive(Debug)]
pub(crate) struct StationBench {
    pub(crate) dir: PathBuf,
    pub(crate) station: StationId,
}

impl StationBench {
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::open(&self.dir).unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(&self.dir, clock()).unwrap()
    }

    /// Writes so many signs of life; each is one fact.
    pub(crate) fn beat(&self, count: u64) {
        let mut ledger = self.ledger();
        for n in 0..count {
            let beat = gemba::domain::station::StationCommand::Beat;
            let command = Command::Station(self.station.clone(), beat);
            ledger.transact(&acting("P-1"), &moment(n.try_into().unwrap()), command).unwrap();
        }
    }

    /// Writes that an order over both work centers was opened, though nothing that it names is
    /// known here: the judge says so.
    pub(crate) fn open_order(&self, order: &str) -> Position {
        let operation = |operation, center: &str| RouteOperation {
            operation,
            instruction: "WI-1".parse().unwrap(),
            work_center: center.parse().unwrap(),
        };
        let opened = OrderOpened {
            part: "CP-40".parse().unwrap(),
            units: Units::Serials(vec!["0001".parse().unwrap()]),
            route: vec![operation(10, "INC"), operation(20, "ASM")],
            due: None,
            priority: 3,
        };
        let subject = Subject::Order(order.parse().unwrap());
        self.writes(subject, FactBody::Order(OrderFact::OrderOpened(opened)), 1)
    }

    /// Writes a fact that nothing decided, at ASM-1; tells where it stands.
    pub(crate) fn writes(&self, subject: Subject, body: FactBody, ms: i64) -> Position {
        self.writes_as("P-1", subject, body, ms)
    }

    /// Writes a fact that nothing decided, in somebody's name.
    pub(crate) fn writes_as(
        &self,
        person: &str,
        subject: Subject,
        body: FactBody,
        ms: i64,
    ) -> Position {
        self.writes_after(person, (subject, Vec::new()), body, ms)
    }

    /// As before, knowing what was written in the stream.
    pub(crate) fn writes_after(
        &self,
        person: &str,
        (subject, after): (Subject, Vec<Position>),
        body: FactBody,
        ms: i64,
    ) -> Position {
        let ledger = self.ledger();
        let (last, own) = (ledger.head().unwrap(), ledger.identity().ledger.clone());
        drop(ledger);
        let position = Position { ledger: own, epoch: last.epoch, seq: last.last_seq + 1 };
        let place = PlaceId::parse("ASM-1").ok();
        let (moment, acting) = (moment(ms), Acting { place, ..acting(person) });
        let head = Head { position, after, moment, catalog_age_s: None, acting };
        let fact = Fact { head, subject, body };
        let written = Written { prev: last.last_id, bytes: fact.write().unwrap() };
        let store = rusqlite::Connection::open(self.dir.join("station.db")).unwrap();
        stored::put(&store, &fact, &written);
        fact.head.position
    }

    /// Admits a person, on behalf of the administrator.
    pub(crate) fn admit(&self, person: &str, role: Role) {
        let admit = PersonCommand::Admit {
            roles: BTreeSet::from([role]),
            identity_verified_by: "badge office".to_owned(),
        };
        let command = Command::Person(person.parse().unwrap(), admit);
        self.ledger().transact(&acting("P-1"), &moment(2), command).unwrap();
    }
}

/// Exchanges until everything is judged and nothing moves any more.
pub(crate) async fn settle(bench: &PlantBench, stations: &[&StationBench]) {
    let (patience, mut quiet) = (Patience::begins(), 0);
    while quiet < 3 {
        let mut moved = 0;
        for station in stations {
            let done = station.client().sync_once().await.unwrap();
            moved += done.sent + done.received + done.waiting;
        }
        quiet = if moved == 0 && bench.is_judged() { quiet + 1 } else { 0 };
        waiting::waits(&patience, || bench.running.judge_trouble()).await;
    }
}

/// A line to the server that cuts the next answer to a request whose text contains a word.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) url: String,
    cut: Arc<AtomicBool>,
    heard: Arc<Heard>,
}

/// What went over a line.
#[derive(Debug, Default)]
struct Heard {
    asked: std::sync::Mutex<Vec<String>>,
    always_cut: AtomicBool,
}

impl Line {
    /// Lays a line to an address.
    pub(crate) async fn to(server: SocketAddr, word: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let cut = Arc::new(AtomicBool::new(false));
        let cutting = Arc::clone(&cut);
        let heard = Arc::new(Heard::default());
        let hearing = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (cut, heard) = (Arc::clone(&cutting), Arc::clone(&hearing));
                tokio::spawn(carry(client, server, word, (cut, heard)));
            }
        });
        Self { url, cut, heard }
    }

    /// Every answer to such a request is lost.
    pub(crate) fn cut_every_answer(&self) {
        self.heard.always_cut.store(true, Ordering::SeqCst);
    }

    /// How often something was asked for.
    pub(crate) fn asked(&self, address: &str) -> usize {
        let asked = self.heard.asked.lock().unwrap();
        asked.iter().filter(|line| line.contains(address)).count()
    }

    /// The next answer to such a request is lost after the server gave it.
    pub(crate) fn cut_next_answer(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }
}

async fn carry(
    mut client: TcpStream,
    server: SocketAddr,
    word: &str,
    (cut, heard): (Arc<AtomicBool>, Arc<Heard>),
) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut asked, mut up, mut down) = (false, [0; 8192], [0; 8192]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                let text = String::from_utf8_lossy(&up[..count]);
                asked = asked || text.contains(word);
                heard.asked.lock().unwrap().extend(text.lines().next().map(str::to_owned));
                if server.write_all(&up[..count]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                let always = heard.always_cut.load(Ordering::SeqCst);
                if asked && (always || cut.swap(false, Ordering::SeqCst)) {
                    return;
                }
                asked = false;
                if client.write_all(&down[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
