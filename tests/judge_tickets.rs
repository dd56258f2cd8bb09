//! Hand-off tickets of a station that was revoked: at that station, where one is taken, and at the server.

use gemba::domain::decide::Command;
use gemba::domain::fact::Acting;
use gemba::domain::ticket::{DrawnBy, Ticket};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::error::TransactError;
use gemba::sync::client::error::SyncError;
use gemba::sync::retry::Stop;

use crate::judge_pieces::{boxes, deburrs, does, lot, plant};
use crate::judge_work::{objected, said};
use crate::support::plant::{StationBench, acting, moment};

fn codes<T: std::fmt::Debug>(refused: Result<T, TransactError>) -> Vec<&'static str> {
    let Err(TransactError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    refusal.reasons.iter().map(gemba::domain::refusal::Reason::code).collect()
}

fn takes(ticket: &Ticket) -> TravelerCommand {
    TravelerCommand::AcceptTicket(Box::new(ticket.clone()))
}

fn refused_at(station: &StationBench, ticket: &Ticket) -> Vec<&'static str> {
    let acting = Acting { place: Some("INC-1".parse().unwrap()), ..acting("P-1") };
    let command = Command::Traveler(lot(), takes(ticket));
    codes(station.ledger().transact(&acting, &moment(3_000), command))
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_ticket_of_a_revoked_station_is_judged_by_the_moment_when_it_was_taken() {
    let (bench, one, two) = plant().await;
    let three = bench.enroll("ASM3", &["ASM", "INC"]).await;
    three.client().sync_once().await.unwrap();
    deburrs(&one);
    let ticket = one.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap();
    does(&two, ("INC-1", 2_000), takes(&ticket));
    boxes(&two, "97");
    assert!(bench.office().revoke_station(&one.station).unwrap());
    assert_eq!(objected(&bench, &two).await, [], "nobody had revoked it when it was taken");

    // A station that has not heard of it takes the same ticket later.
    does(&three, ("INC-1", 700_000), takes(&ticket));
    let why = said("UpstreamAccepted", "Station ASM1, which drew the ticket, was revoked");
    let told = objected(&bench, &three).await;
    assert!(told.contains(&why), "{told:?}");

    // One that has, does not take it; and the station itself, once it was told, draws none.
    assert_eq!(refused_at(&three, &ticket), ["U16"]);
    let stopped = one.client().sync_once().await;
    assert!(matches!(stopped, Err(SyncError::Stopped(Stop::Revoked))), "{stopped:?}");
    assert_eq!(codes(one.ledger().draw_ticket(&lot(), &moment(4_000))), ["U15"]);

    // Enrolled again it is one of the plant, and so are its tickets.
    let one = bench.enroll("ASM1", &["ASM", "INC"]).await;
    one.ledger().draw_ticket(&lot(), &moment(5_000)).unwrap();
    objected(&bench, &three).await;
    let by = three.ledger().drawn_by(&ticket).unwrap();
    assert!(matches!(by, DrawnBy::Station(..)), "{by:?}");
    for station in [&two, &three] {
        assert_eq!(station.ledger().check(&mut |_| {}).unwrap().models, vec![]);
    }
    bench.running.shutdown().await;
}
