//! The way of sessions to the store of their process: what waits for what, and what is kept.

use std::sync::mpsc::{self, TryRecvError};

use gemba::app::clock::Clock;
use gemba::app::config::Config;
use gemba::app::drafts::{Stay, Unkept};
use gemba::app::store_handle::StoreHandle;
use gemba::domain::fact::Acting;
use gemba::domain::ids::PersonId;
use gemba::ui::effect::Pin;
use gemba::ui::message::{Message, Ticket};

use crate::support::bench::{Bench, id};
use crate::support::program::{OPERATOR, SamplePlant};

fn opened(plant: &SamplePlant) -> StoreHandle {
    let config = Config::default().moved_to(&plant.home()).unwrap();
    StoreHandle::open(&config, &Clock::of_machine()).unwrap().0
}

fn at(terminal: &str) -> Acting {
    Acting { place: None, terminal: id(terminal), session: None, actor: None }
}

#[test]
fn a_session_that_ends_waits_for_the_act_whose_pin_is_still_checked() {
    let plant = SamplePlant::new();
    let store = opened(&plant);
    let stay = store.begins();
    let (answers, inbox) = mpsc::channel();
    let (badge, pin) = (OPERATOR.0.to_owned(), Pin(OPERATOR.1.to_owned()));
    store.sign_in(Ticket(1), badge, pin, (at("pts-3"), answers));
    store.settle(stay).unwrap();
    let answered = inbox.try_recv();
    assert!(matches!(answered, Ok(Message::SignedIn(Ticket(1), Ok(_)))), "{answered:?}");
}

#[test]
fn however_many_show_a_badge_at_the_door_few_wait_there_and_nobody_at_a_bench_waits_for_them() {
    let plant = SamplePlant::new();
    let store = opened(&plant);
    let shown = (0..10_000).map(|_| {
        let (says, said) = mpsc::channel();
        let shows = ("B-9999".to_owned(), Pin("000000".to_owned()));
        store.proves(shows, at("ssh-from-192.0.2.1"), move |proven| {
            says.send(proven.is_err()).unwrap_or_default();
        });
        said
    });
    let shown: Vec<mpsc::Receiver<bool>> = shown.collect();
    let stay = store.begins();
    let (answers, inbox) = mpsc::channel();
    let (badge, pin) = (OPERATOR.0.to_owned(), Pin(OPERATOR.1.to_owned()));
    store.sign_in(Ticket(1), badge, pin, (at("pts-3"), answers));
    store.settle(stay).unwrap();
    assert!(matches!(inbox.try_recv(), Ok(Message::SignedIn(_, Ok(_)))));
    let away = |said: &&mpsc::Receiver<bool>| said.try_recv() == Err(TryRecvError::Disconnected);
    let away = shown.iter().filter(away).count();
    assert!(away > 0, "all of them wait");
    assert!(away < shown.len(), "nobody was looked at");
}

/// Whoever writes to the same store from outside.
fn outside(bench: &Bench, sql: &str) {
    let store = rusqlite::Connection::open(bench.path().join("station.db")).unwrap();
    store.execute_batch(sql).unwrap();
}

#[test]
fn r13_a_stay_is_told_of_its_own_drafts_alone_and_all_are_tried_again() {
    let mut bench = Bench::founded();
    let (novak, okafor): (PersonId, PersonId) = (id("novak"), id("okafor"));
    outside(
        &bench,
        "CREATE TRIGGER full BEFORE INSERT ON draft WHEN NEW.person = 'novak'
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    );
    let mut unkept = Unkept::default();
    let draft = |who: &PersonId| (who.clone(), "torque".to_owned());
    let typed = |who: &PersonId, text: &str| (draft(who), Some(text.to_owned()));
    let ledger = &mut bench.ledger;
    assert!(unkept.change(ledger, typed(&novak, "24"), Stay(1)).is_err());
    assert_eq!(unkept.change(ledger, typed(&okafor, "25"), Stay(2)), Ok(()));
    assert_eq!(unkept.again(ledger, Stay(2)), Ok(()));
    assert!(unkept.again(ledger, Stay(1)).unwrap_err().contains("the disk is full"));
    outside(&bench, "DROP TRIGGER full");
    let ledger = &mut bench.ledger;
    assert_eq!(unkept.again(ledger, Stay(2)), Ok(()));
    assert_eq!(ledger.draft(&novak, "torque").unwrap().as_deref(), Some("24"));
}

#[test]
fn r13_a_draft_that_is_tried_again_leaves_a_newer_one_as_it_is() {
    let mut bench = Bench::founded();
    let novak: PersonId = id("novak");
    let full = "CREATE TRIGGER full BEFORE INSERT ON draft
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;
                CREATE TRIGGER stuck BEFORE DELETE ON draft
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    let room = "DROP TRIGGER full; DROP TRIGGER stuck";
    let mut unkept = Unkept::default();
    let changes = [(None, Some("24")), (Some("2"), Some("24")), (Some("2"), None)];
    for (before, text) in changes {
        for newer in [None, Some("25")] {
            outside(&bench, "DELETE FROM draft");
            if let Some(before) = before {
                bench.ledger.put_draft(&novak, "torque", before).unwrap();
            }
            outside(&bench, full);
            let change = ((novak.clone(), "torque".to_owned()), text.map(str::to_owned));
            assert!(unkept.change(&mut bench.ledger, change, Stay(1)).is_err());
            outside(&bench, room);
            if let Some(newer) = newer {
                let sql =
                    format!("INSERT OR REPLACE INTO draft VALUES ('novak', 'torque', '{newer}')");
                outside(&bench, &sql);
            }
            assert_eq!(unkept.again(&mut bench.ledger, Stay(1)), Ok(()));
            let kept = bench.ledger.draft(&novak, "torque").unwrap();
            assert_eq!(kept.as_deref(), newer.or(text), "{before:?} {text:?}");
        }
    }
}

#[test]
fn r13_a_draft_is_kept_later_where_it_could_not_be_read_what_the_store_had() {
    let mut bench = Bench::founded();
    let novak: PersonId = id("novak");
    let (gone, back) =
        ("ALTER TABLE draft RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO draft");
    for text in [Some("24"), None] {
        bench.ledger.put_draft(&novak, "torque", "2").unwrap();
        outside(&bench, gone);
        let mut unkept = Unkept::default();
        let change = ((novak.clone(), "torque".to_owned()), text.map(str::to_owned));
        assert!(unkept.change(&mut bench.ledger, change, Stay(1)).is_err());
        outside(&bench, back);
        assert_eq!(unkept.again(&mut bench.ledger, Stay(1)), Ok(()));
        assert_eq!(bench.ledger.draft(&novak, "torque").unwrap().as_deref(), text);
    }
}

#[test]
fn r13_a_draft_that_a_stay_could_not_keep_is_handed_out_at_the_next_and_missed_until_then() {
    let plant = SamplePlant::new();
    let store = opened(&plant);
    let disk = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON draft
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    disk.execute_batch(full).unwrap();
    let novak: PersonId = id("novak");
    let ((first, next), (answers, inbox)) = ((store.begins(), store.begins()), mpsc::channel());
    let draft = (novak.clone(), "torque".to_owned());
    store.keep_draft(draft, Some("24".to_owned()), (first, answers.clone()));
    assert!(store.kept(first).unwrap_err().contains("the disk is full"));
    assert_eq!(store.kept(next), Ok(()));
    assert_eq!(store.all_kept(), Err("torque of novak".to_owned()));
    disk.execute_batch("DROP TRIGGER full").unwrap();
    store.drafts(novak, (next, answers));
    assert_eq!(store.all_kept(), Ok(()));
    let handed = inbox.try_iter().filter_map(|message| {
        let Message::Draft(key, text) = message else { return None };
        Some((key, text))
    });
    assert_eq!(handed.collect::<Vec<_>>(), [("torque".to_owned(), "24".to_owned())]);
}
