//! What somebody asks of a site or a place at random.

use gemba::domain::decide::Command;
use gemba::domain::people::Role;
use gemba::domain::place::{NewsRule, PlaceCommand, PlaceDefined, Policy};
use gemba::domain::site_change::{SiteChange, SiteCommand};

use crate::support::shop::SITE;
use crate::support::shop_plan::id;

use super::{Chance, shift};

pub(super) fn on_site(chance: &mut Chance) -> Command {
    if chance.one_in(5) {
        return shift::wild(chance);
    }
    if chance.one_in(2) {
        let (name, site, area, work_center) = ("B".to_owned(), id(SITE), id("a"), id("ASM"));
        let note = chance.pick(&["", "die 4"]).to_owned();
        let tool = chance.pick(&["", "D-4"]).to_owned();
        let define = PlaceCommand::Define(PlaceDefined { name, site, area, work_center });
        let command = chance.pick(&[
            define,
            PlaceCommand::SetUp { instruction: id("WI-9"), revision: None, note },
            PlaceCommand::ChangeTool { tool },
            PlaceCommand::ChangeMaterial { lot: "H-88".to_owned() },
            PlaceCommand::ReleaseOperation {
                instruction: id("WI-1"),
                reason: "new bit".to_owned(),
            },
        ]);
        let defines = matches!(command, PlaceCommand::Define(_));
        let acts_at = chance.pick(&["ASM-1", "ASM-1", "ASM-6"]);
        return Command::Place(id(if defines { "ASM-7" } else { acts_at }), command);
    }
    let time_zone = chance.pick(&["Europe/Berlin", "UTC", "Mars/Base"]).to_owned();
    let mut approvals = vec![Role::Engineer, Role::Quality];
    if chance.one_in(20) {
        approvals.clear();
    }
    let news = chance.pick(&[NewsRule::Warn, NewsRule::Warn, NewsRule::Hold, NewsRule::Stop]);
    let separate_submitter = chance.one_in(6);
    if time_zone == "UTC" && !approvals.is_empty() {
        let (news, separate_submitter) = (Some(news), Some(separate_submitter));
        let approvals = Some(approvals);
        let named = SiteChange { approvals, news, separate_submitter, ..SiteChange::default() };
        return Command::Site(id(SITE), SiteCommand::Change(Box::new(named)));
    }
    let mut policy = Policy::new("Harbor".to_owned(), time_zone, approvals);
    policy.rules.news = news;
    policy.rules.separate_submitter = separate_submitter;
    Command::Site(id(SITE), policy.into())
}
