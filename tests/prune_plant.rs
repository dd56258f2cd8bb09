//! Pruning in a plant (R14): under the receipt of a backup, whole orders go, and come back as they were.

use gemba::domain::decide::Command;
use gemba::domain::over::Open;
use gemba::domain::prune::Kept;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::prune::Pruned;
use gemba::ledger::verify::verify;
use gemba::server::backup::{backup, restore};
use gemba::server::home::Home;
use gemba::server::office::Office;
use gemba::views::query::{Answer, Query};
use gemba::views::scan::ScanMeaning;

use crate::support::counts;
use crate::support::pen::{Pen, all_written, hold, is_of, unit};
use crate::support::plant::{PlantBench, StationBench, acting, moment, settle};

const DAYS: u32 = 400;
/// Orders that are over for long.
const OVER: u64 = 6;
const UNITS: u64 = 3;

/// Two stations; one wrote orders that are over for long, and three that stay.
async fn plant() -> (PlantBench, StationBench, StationBench) {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let other = bench.enroll("ASM2", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let mut pen = Pen::of(&asm.dir);
    pen.days_ago = 500;
    for n in 1..=OVER {
        pen.order(&format!("WO-{n}"), true);
    }
    pen.order("WO-7", false);
    let last = pen.order("WO-8", true);
    pen.write(&unit("WO-8", "0003"), std::slice::from_ref(&last), hold(&last));
    pen.days_ago = 10;
    pen.order("WO-9", true);
    pen.put_into(&asm.dir);
    asm.ledger().rebuild(&mut |_| {}).unwrap();
    settle(&bench, &[&asm, &other]).await;
    (bench, asm, other)
}

fn prune(station: &StationBench, dry_run: bool) -> Pruned {
    station.ledger().prune((DAYS, &moment(0)), dry_run, &mut |_| {}).unwrap()
}

fn is_clean(station: &StationBench) {
    assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
    assert_eq!(station.ledger().check(&mut |_| {}).unwrap().models, vec![]);
}

fn backed_up(bench: &PlantBench, folder: &str) {
    backup(&Home::from(&bench.dir_of("server")), &bench.dir_of(folder), moment(0).utc).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_nothing_goes_before_a_backup_is_complete_and_then_only_what_is_over() {
    let (bench, asm, other) = plant().await;
    let before = prune(&asm, false);
    let why = |pruned: &Pruned, kept| pruned.kept.get(&kept).copied();
    assert_eq!((before.orders, why(&before, Kept::NotBackedUp)), (0, Some(OVER)));
    backed_up(&bench, "kept");
    assert_eq!(prune(&asm, false), before, "nobody told this station of the backup");
    settle(&bench, &[&asm, &other]).await;

    let (all, head) = (all_written(&asm.dir), asm.ledger().head().unwrap());
    let handed_in = asm.ledger().handed_in().unwrap();
    let stays = [unit("WO-7", "0001"), unit("WO-8", "0003"), unit("WO-9", "0002")];
    let states = stays.each_ref().map(|subject| asm.ledger().stream(subject).unwrap());
    let told = prune(&asm, true);
    assert_eq!(all_written(&asm.dir), all, "a dry run changes nothing");
    let pruned = prune(&asm, false);
    assert_eq!(told, pruned);
    assert_eq!((pruned.orders, pruned.streams), (OVER, OVER * (UNITS + 1)));
    assert_eq!(why(&pruned, Kept::Open(Open::Order)), Some(1));
    assert_eq!(why(&pruned, Kept::Open(Open::Hold)), Some(1));
    assert_eq!(why(&pruned, Kept::Recent), Some(1));

    let mut ledger = asm.ledger();
    assert_eq!(ledger.pruned().unwrap(), pruned.facts);
    assert_eq!(ledger.left_out().unwrap(), pruned.streams);
    assert_eq!(verify(&asm.dir).unwrap().pruned, pruned.facts);
    assert_eq!(ledger.head().unwrap(), head);
    assert_eq!(ledger.handed_in().unwrap(), handed_in, "what is compared at the end of a shift");
    assert_eq!(stays.each_ref().map(|subject| ledger.stream(subject).unwrap()), states);
    is_clean(&asm);
    ledger.rebuild(&mut |_| {}).unwrap();
    is_clean(&asm);
    assert_eq!(prune(&asm, false).orders, 0, "what is gone is not counted again");

    // The way up goes on, and both sides still hold the same.
    asm.beat(2);
    settle(&bench, &[&asm, &other]).await;
    let compared = asm.ledger().compared().unwrap();
    assert!(compared.is_none_or(|compared| compared.otherwise.is_empty()));
    is_clean(&asm);
    counts::add("facts_pruned", pruned.facts);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_what_was_pruned_comes_back_byte_for_byte_when_anything_touches_it() {
    let (bench, asm, other) = plant().await;
    backed_up(&bench, "kept");
    settle(&bench, &[&asm, &other]).await;
    let all = all_written(&asm.dir);
    let of = |order: &str, written: &std::collections::BTreeMap<String, _>| {
        let order = order.parse().unwrap();
        let one = |(at, fact): (&String, &(String, Vec<u8>, String))| {
            is_of(&order, &fact.0).then(|| (at.clone(), fact.clone()))
        };
        written.iter().filter_map(one).collect::<Vec<_>>()
    };
    let pruned = prune(&asm, false);
    assert_eq!(of("WO-2", &all_written(&asm.dir)), vec![]);

    // Somebody asks for one.
    let asked = "WO-2".parse().unwrap();
    assert!(asm.client().bring_order(&asked).await.unwrap().is_some_and(|facts| facts > 0));
    assert_eq!(of("WO-2", &all_written(&asm.dir)), of("WO-2", &all));
    assert_eq!(asm.ledger().left_out().unwrap(), pruned.streams - (UNITS + 1));
    is_clean(&asm);

    // Somebody scans a unit of one; whoever syncs fetches it.
    let scan = |code: &str| {
        let query = Query::Scan { code: code.to_owned() };
        let Answer::Scan(meaning) = asm.ledger().answer(&query, &moment(0)).unwrap() else {
            panic!("another answer")
        };
        meaning
    };
    assert_eq!(scan("WO-5/0002"), ScanMeaning::LeftOut("WO-5".parse().unwrap()));
    asm.ledger().want_order(&"WO-5".parse().unwrap()).unwrap();
    asm.client().sync_once().await.unwrap();
    assert_eq!(of("WO-5", &all_written(&asm.dir)), of("WO-5", &all));
    assert!(!asm.ledger().is_order_wanted().unwrap());
    assert!(matches!(scan("WO-5/0002"), ScanMeaning::Traveler(_)));

    // Nobody writes to what is not here.
    let id = TravelerId { order: "WO-4".parse().unwrap(), unit: "0001".parse().unwrap() };
    let command = Command::Traveler(id, TravelerCommand::Start);
    let refused = asm.ledger().transact(&acting("P-1"), &moment(5), command).unwrap_err();
    assert!(refused.to_string().contains("gemba sync --order WO-4"), "{refused}");

    // A fact comes late from elsewhere.
    let late = unit("WO-3", "0001");
    let mut pen = Pen::of(&other.dir);
    let last = other.ledger().stream(&late).unwrap().stream.heads.last().unwrap().clone();
    pen.write(&late, std::slice::from_ref(&last), hold(&last));
    pen.put_into(&other.dir);
    settle(&bench, &[&other, &asm]).await;
    let folded = |station: &StationBench, subject: &Subject| {
        let folded = station.ledger().stream(subject).unwrap();
        assert!(folded.waiting.is_empty(), "{subject} waits");
        folded
    };
    assert_eq!(folded(&asm, &late), folded(&other, &late));
    is_clean(&asm);

    // Everything is fetched.
    assert!(asm.ledger().begin_whole().unwrap() > 0);
    settle(&bench, &[&asm, &other]).await;
    let mut ledger = asm.ledger();
    assert_eq!((ledger.left_out().unwrap(), ledger.pruned().unwrap()), (0, 0));
    let now = all_written(&asm.dir);
    for (at, fact) in &all {
        assert_eq!(now.get(at), Some(fact), "{at}");
    }
    ledger.rebuild(&mut |_| {}).unwrap();
    is_clean(&asm);
    assert_eq!(prune(&asm, false).orders, OVER - 1, "and goes again, but for what is on hold");
    counts::add("facts_brought_back", pruned.facts);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_server_that_is_brought_back_knows_what_its_backup_holds() {
    let (bench, asm, other) = plant().await;
    assert_eq!(bench.office().store().backed_up().unwrap(), None);
    backed_up(&bench, "kept");
    let noted = bench.office().store().backed_up().unwrap().unwrap();
    assert_eq!(noted, bench.office().store().holds().unwrap());
    settle(&bench, &[&asm, &other]).await;
    assert_eq!(asm.ledger().backed_up().unwrap(), noted);
    let again = bench.dir_of("again");
    restore(&bench.dir_of("kept"), &Home::from(&again)).unwrap();
    assert_eq!(Office::open(&again).unwrap().store().backed_up().unwrap(), Some(noted));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_server_that_lost_its_backup_is_told_so_and_goes_on_once_it_is_back() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    settle(&bench, &[&asm]).await;
    backed_up(&bench, "older");
    let mut pen = Pen::of(&asm.dir);
    pen.days_ago = 500;
    pen.order("WO-1", true);
    pen.put_into(&asm.dir);
    asm.ledger().rebuild(&mut |_| {}).unwrap();
    asm.beat(3);
    settle(&bench, &[&asm]).await;
    backed_up(&bench, "newer");
    settle(&bench, &[&asm]).await;
    assert_eq!(prune(&asm, false).orders, 1);
    let from = |folder: &str| {
        let kept = bench.dir_of(folder);
        move |server: &std::path::Path| {
            std::fs::remove_dir_all(server).unwrap();
            restore(&kept, &Home::from(server)).unwrap();
        }
    };
    let (older, newer) = (from("older"), from("newer"));
    let bench = bench.stopped(older).await;
    let lost = asm.client().sync_once().await.unwrap_err().to_string();
    assert!(lost.contains("gemba serve restore"), "{lost}");
    is_clean(&asm);
    let bench = bench.stopped(newer).await;
    settle(&bench, &[&asm]).await;
    assert_eq!(asm.ledger().waiting().unwrap(), 0);
    is_clean(&asm);
    bench.running.shutdown().await;
}
