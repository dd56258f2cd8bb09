//! How a station stands with its server, as its screens are told.

use gemba::views::link::{Link, SyncView};
use gemba::views::packet::{ClockStep, InstructionLimit, Packet, PacketStanding};
use jiff::SignedDuration;

use super::shop::Shop;
use super::shop_plan::id;

/// A station that is out of contact.
pub(crate) fn offline(shop: &Shop) -> SyncView {
    let link = Link {
        connected: false,
        waiting: 12,
        last_contact: Some(shop.moment().utc - SignedDuration::from_mins(42)),
        trouble: Some("connection refused".to_owned()),
        ..Link::default()
    };
    let last_contact = link.last_contact;
    SyncView {
        link,
        station: "HP1".to_owned(),
        ledger: "0f3a9c".to_owned(),
        epoch: 1,
        server: Some("https://gemba.harbor.example:7420".to_owned()),
        last_seq: 4_312,
        at_server: 4_300,
        feeds: vec![("catalog".to_owned(), 881), ("work-center ASM".to_owned(), 20_417)],
        orphans: 1,
        blobs_missing: 2,
        not_here: 0,
        offset_ms: Some((-340, 2_520)),
        packet: Box::new(Packet {
            last_contact,
            age_s: Some(42 * 60),
            days_max: 14,
            warn_days: 4,
            good_until: Some(shop.moment().utc + SignedDuration::from_hours(24 * 13)),
            standing: PacketStanding::Good,
            instructions: vec![InstructionLimit {
                instruction: id("WI-1040"),
                revision: id("C"),
                seconds_max: 2 * 86_400,
                good_until: Some(shop.moment().utc + SignedDuration::from_hours(47)),
                good: true,
            }],
            unread: Vec::new(),
            clock_steps: Vec::new(),
        }),
    }
}

/// The same station three days before its badges count no more, and its clock was set.
pub(crate) fn ending(shop: &Shop) -> SyncView {
    let mut view = offline(shop);
    view.link.days_left = Some(3);
    let now = shop.moment().utc;
    let packet = &mut view.packet;
    packet.age_s = Some(11 * 86_400);
    packet.standing = PacketStanding::EndsSoon;
    packet.good_until = Some(now + SignedDuration::from_hours(72));
    packet.instructions[0].good = false;
    packet.instructions[0].good_until = Some(now - SignedDuration::from_hours(9 * 24));
    packet.clock_steps = vec![ClockStep {
        fact: "stn-a.1.77".to_owned(),
        at: now - SignedDuration::from_hours(1),
        by_ms: -7_200_000,
    }];
    view
}
