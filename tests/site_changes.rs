//! What a site decides for itself, changed by several people: each change is of what it names alone.

use gemba::domain::decide::Command;
use gemba::domain::fact::Fact;
use gemba::domain::ids::SiteId;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Role;
use gemba::domain::place::{NewsRule, Policy, SiteFact};
use gemba::domain::site_change::{ListChange, SiteChange, SiteCommand};
use gemba::domain::stream::{StreamState, Subject};

use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::id;
use crate::sync_judge::judged;

fn site() -> SiteId {
    SiteId::parse("S1").unwrap()
}

fn changes(station: &StationBench, change: SiteChange) {
    let command = Command::Site(site(), SiteCommand::Change(Box::new(change)));
    station.ledger().transact(&acting("P-1"), &moment(2_000), command).unwrap();
}

fn policy(station: &StationBench) -> Policy {
    let folded = station.ledger().stream(&Subject::Site(site())).unwrap();
    let StreamState::Site(state) = folded.stream.state else { panic!("no site") };
    state.policy.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stations_without_a_network_change_different_settings_and_lose_none() {
    let bench = PlantBench::start().await;
    let (one, two) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("ASM2", &["ASM"]).await);
    one.client().sync_once().await.unwrap();
    two.client().sync_once().await.unwrap();
    let before = policy(&one);
    // Neither knows of the other.
    let add = |text: &str| ListChange { add: vec![text.to_owned()], ..ListChange::default() };
    changes(
        &one,
        SiteChange {
            news: Some(NewsRule::Hold),
            scrap_reasons: add("burr"),
            ..SiteChange::default()
        },
    );
    changes(
        &two,
        SiteChange { pin_digits: Some(8), scrap_reasons: add("dent"), ..SiteChange::default() },
    );
    for station in [&one, &two, &one, &two] {
        judged(&bench, station).await;
    }
    let (first, second) = (policy(&one), policy(&two));
    assert_eq!(first, second);
    assert_eq!((first.rules.news, first.rules.pin.digits_min), (NewsRule::Hold, 8));
    let mut reasons = first.rules.scrap_reasons.clone();
    reasons.sort();
    assert_eq!(reasons, ["burr", "dent"]);
    assert_eq!(first.approvals, before.approvals);
    bench.running.shutdown().await;
}

#[test]
fn a_change_says_what_it_changes_and_what_came_of_it() {
    let mut shop = Shop::open();
    let approvals = Some(vec![Role::Quality]);
    let change = SiteChange { approvals: approvals.clone(), ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change.clone()))));
    let last = shop.station().written.last().unwrap();
    let fact = Fact::read(&last.written.bytes).unwrap();
    let FactBody::Site(SiteFact::PolicySet(set)) = fact.body else { panic!("{fact:?}") };
    assert_eq!(set.change.as_deref(), Some(&change));
    assert_eq!(Some(set.policy.approvals), approvals);
    // An operator changes nothing, and a list loses only what is on it.
    let nothing = || SiteCommand::Change(Box::default());
    assert_eq!(shop.codes("novak", Command::Site(id(SITE), nothing())), ["P04"]);
    let remove = ListChange { remove: vec!["rust".to_owned()], ..ListChange::default() };
    let change = SiteChange { pause_reasons: remove, ..SiteChange::default() };
    let command = Command::Site(id(SITE), SiteCommand::Change(Box::new(change)));
    assert_eq!(shop.codes("admin", command), ["P33"]);
    let other = Command::Site(id("OTHER"), nothing());
    assert_eq!(shop.codes("admin", other), ["D34"]);
}
