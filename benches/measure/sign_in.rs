//! A shift change: two hundred people sign in at one station within a minute.

use std::path::Path;
use std::sync::mpsc;

use argon2::{Algorithm, Argon2, Params, Version};
use gemba::app::clock::Clock;
use gemba::app::config::Config;
use gemba::app::credentials;
use gemba::app::store_handle::StoreHandle;
use gemba::domain::fact::Acting;
use gemba::domain::pin::PinRules;
use gemba::ledger::cards::Card;
use gemba::ui::effect::Pin;
use gemba::ui::message::{Message, Ticket};

use crate::plant::{Plant, id};
use crate::report::{Line, Target, Times, timed};

const PIN: &str = "482913";
/// Argon2id takes 19 MiB; two at once would take more than this beside what is there anyway.
const GROWTH_KIB_MAX: u64 = 30 * 1024;
/// At shift change they have a minute.
const MINUTE_MS: u128 = 60_000;

/// So many people sign in, all at once, against the bare cost of Argon2id one at a time. A figure
/// that takes more than a minute, or the memory of two at once, counts as failed.
pub(crate) fn shift_change(dir: &Path, people: usize) -> Line {
    let mut plant = Plant::found(dir);
    let cards: Vec<Card> = (0..people).map(|n| plant.operator(n)).collect();
    plant.ledger.put_cards(&cards).unwrap();
    drop(plant);
    let mut config = Config::default();
    dir.clone_into(&mut config.home);
    let (store, _wanted) = StoreHandle::open(&config, &Clock::of_machine()).unwrap();
    let mut floor = Times::default();
    for _ in 0..people {
        floor.add(timed(bare).0);
    }
    let before = peak_kib();
    let (answers, answered) = mpsc::channel();
    let mut ours = Times::default();
    let mut failures = 0;
    let (all, ()) = timed(|| {
        for (n, card) in (0_u64..).zip(&cards) {
            let session = Some(id(&format!("s-{n}")));
            let terminal = id(&format!("tty-{n}"));
            let acting = Acting { place: Some(id("ASM-1")), terminal, session, actor: None };
            let stay = (acting, answers.clone());
            store.sign_in(Ticket(n), card.badge.clone(), Pin(PIN.to_owned()), stay);
        }
        for _ in &cards {
            let (time, answer) = timed(|| answered.recv().unwrap());
            ours.add(time);
            failures += usize::from(!matches!(answer, Message::SignedIn(_, Ok(_))));
        }
    });
    failures += usize::from(all.as_millis() > MINUTE_MS);
    let grown = peak_kib().saturating_sub(before);
    failures += usize::from(grown > GROWTH_KIB_MAX);
    println!("{people} sign-ins took {} ms and {grown} KiB more", all.as_millis());
    let what = "200 sign-ins at once: Argon2id alone";
    Line { what, ours, floor: Some(floor), target: Target::Ratio(1.25), failures }
}

/// Argon2id as OWASP asks for at least, and nothing else.
fn bare() {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    argon2.hash_password_into(PIN.as_bytes(), b"a salt of its own", &mut out).unwrap();
}

impl Plant {
    /// Admits one more operator; gives the card.
    fn operator(&mut self, n: usize) -> Card {
        let (person, badge) = (format!("shift-{n}"), format!("S-{n}"));
        self.admit_operator(&person);
        Card {
            person: id(&person),
            name: format!("Operator {n}"),
            pin_verifier: credentials::hash(PIN, &badge, &PinRules::default()).unwrap(),
            badge,
            language: "en".to_owned(),
        }
    }
}

/// The most memory that this process held so far; nothing where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
