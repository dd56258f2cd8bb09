//! The administrator's desk beside the running server: founding, enrollment codes, cards.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::domain::card::require;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::hash::Hash;
use crate::domain::ids::{PlaceId, SiteId, StationId, TerminalId, WorkCenterId};
use crate::domain::moment::Moment;
use crate::domain::people::{PersonCommand, Role};
use crate::domain::place::{PlaceCommand, PlaceDefined, Policy};
use crate::ledger::error::TransactError;
use crate::ledger::store::{Founding, Ledger};
use crate::sync::protocol::CardRow;

use super::error::ServerError;
use super::home::Home;
use super::judge::Judge;
use super::store::stations::{EnrollmentCode, Station};
use super::store::{Plant, Store};

/// The short code of the server's own ledger.
pub const SERVER_STATION: &str = "SRV";
/// How long an enrollment code may be used.
const CODE_VALID: SignedDuration = SignedDuration::from_hours(24);
/// Letters of codes: none that is taken for another when read out.
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Groups of four letters in a code; 20 bits each.
const CODE_GROUPS: usize = 5;

/// What a plant begins with.
#[derive(Debug, Clone)]
pub struct PlantFounding {
    /// The site.
    pub site: SiteId,
    /// Its rules.
    pub policy: Policy,
    /// Its places.
    pub places: Vec<(PlaceId, PlaceDefined)>,
    /// The first administrator, with the PIN's verifier.
    pub admin: CardRow,
    /// The administrator's roles; administrator is among them in any case.
    pub admin_roles: BTreeSet<Role>,
    /// How the administrator's identity was verified (21 CFR 11.100(b)).
    pub identity_verified_by: String,
    /// Whether it is a demonstration.
    pub demo: bool,
}

/// Founds a plant: the server's store, the judge's ledger, the first facts.
pub fn found_plant(
    home: impl Into<Home>,
    founding: &PlantFounding,
    now: &Moment,
) -> Result<Office, ServerError> {
    let home = home.into();
    let before = || ServerError::FoundedBefore { place: home.database.to_string() };
    if home.is_founded()? {
        return Err(before());
    }
    require(&founding.admin.name, &founding.admin.badge).map_err(TransactError::from)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| ServerError::Random(error.to_string()))?;
    let parsed = |error: crate::domain::ids::IdError| ServerError::Random(error.to_string());
    let station = StationId::parse(SERVER_STATION).map_err(parsed)?;
    let terminal = TerminalId::parse("founding").map_err(parsed)?;
    let founded = Founding { station: station.clone(), demo: founding.demo, key };
    let mut ledger = Ledger::create(&home.judge_dir(), founded)?;
    let acting = Acting { place: None, terminal, session: None, actor: None };
    for command in first_commands(founding) {
        ledger.found(&acting, now, command)?;
    }
    let identity = ledger.identity().clone();
    drop(ledger);
    let plant =
        Plant { site: founding.site.clone(), judge: identity.ledger.clone(), demo: founding.demo };
    let store = Store::found(&home.database, &plant)?;
    // Somebody else was faster.
    if store.plant().judge != plant.judge {
        return Err(before());
    }
    let judge = Station {
        ledger: identity.ledger,
        public_key: Hash(identity.public_key).to_string(),
        code: station,
        work_centers: Vec::new(),
        revoked: false,
    };
    store.admit(&judge, None)?;
    store.set_card(&founding.admin)?;
    Judge::open(&home.judge_dir(), home.open()?)?.run(now)?;
    Ok(Office { store })
}

/// The person comes last: what is founded is decided while nobody is there yet.
fn first_commands(founding: &PlantFounding) -> Vec<Command> {
    let policy = Command::Site(founding.site.clone(), founding.policy.clone().into());
    let places = founding
        .places
        .iter()
        .cloned()
        .map(|(id, place)| Command::Place(id, PlaceCommand::Define(place)));
    let mut roles = founding.admin_roles.clone();
    roles.insert(Role::Administrator);
    let identity_verified_by = founding.identity_verified_by.clone();
    let admit = PersonCommand::Admit { roles, identity_verified_by };
    let admit = Command::Person(founding.admin.person.clone(), admit);
    [policy].into_iter().chain(places).chain([admit]).collect()
}

/// What an administrator does at the server, whether it runs or not.
#[derive(Debug)]
pub struct Office {
    store: Store,
}

impl Office {
    /// Opens the store of a founded plant.
    pub fn open(home: impl Into<Home>) -> Result<Self, ServerError> {
        Ok(Self { store: home.into().open()? })
    }

    /// Makes a one-time code for a new station; it is shown once and kept as a digest only.
    pub fn new_enrollment_code(
        &self,
        station: &StationId,
        work_centers: &[WorkCenterId],
        now: Timestamp,
    ) -> Result<String, ServerError> {
        let code = code()?;
        self.store.add_code(&EnrollmentCode {
            code_sha256: digest_of_code(&code),
            station: station.clone(),
            work_centers: work_centers.to_vec(),
            expires: now + CODE_VALID,
        })?;
        Ok(code)
    }

    /// Sets a person's card with the PIN's verifier.
    pub fn set_card(&self, card: &CardRow) -> Result<(), ServerError> {
        require(&card.name, &card.badge).map_err(TransactError::from)?;
        if self.store.set_card(card)? { Ok(()) } else { Err(ServerError::BadgeTaken) }
    }

    /// Has a station serve further work centers; tells what it serves then, where it is enrolled.
    pub fn assign_station(
        &self,
        station: &StationId,
        further: &[WorkCenterId],
    ) -> Result<Option<Vec<WorkCenterId>>, ServerError> {
        Ok(self.store.assign(station, further)?)
    }

    /// Lets a station neither write nor read any more.
    pub fn revoke_station(&self, station: &StationId) -> Result<bool, ServerError> {
        Ok(self.store.revoke(station)?)
    }

    /// The store, to ask.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// A new bearer token: 256 bits, hexadecimal.
pub(super) fn secret() -> Result<String, ServerError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| ServerError::Random(error.to_string()))?;
    Ok(Hash(bytes).to_string())
}

fn code() -> Result<String, ServerError> {
    let mut bytes = [0; CODE_GROUPS * 4];
    getrandom::fill(&mut bytes).map_err(|error| ServerError::Random(error.to_string()))?;
    let letter = |byte: &u8| char::from(CODE_LETTERS[usize::from(byte % 32)]);
    let groups: Vec<String> =
        bytes.chunks(4).map(|group| group.iter().map(letter).collect()).collect();
    Ok(groups.join("-"))
}

/// The digest of a code as somebody types it: in any case, with or without dashes.
pub(super) fn digest_of_code(code: &str) -> Hash {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Hash::of(&[b"gemba-enroll-v1\n", plain.as_bytes()])
}
