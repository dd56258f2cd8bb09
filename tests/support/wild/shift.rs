//! Whatever comes to mind about shifts.

use gemba::domain::decide::Command;
use gemba::domain::handover::HandoverCommand;
use gemba::domain::help::HelpCommand;
use gemba::domain::redline::{RedlineAnswer, RedlineCommand};
use gemba::domain::shift::Rotation;
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};

use super::Chance;
use crate::support::shop::SITE;
use crate::support::shop_plan::id;
use crate::support::shop_shift::{calendar, calls, gives, plans, proposes};

/// A calendar, or beginnings of shifts beside one.
pub(crate) fn wild(chance: &mut Chance) -> Command {
    let mut calendar = calendar();
    match chance.below(10) {
        0 => calendar.patterns.clear(),
        1 => calendar.patterns[0].ends = Some(calendar.patterns[0].starts),
        2 => {
            let from = "2026-01-01".parse().unwrap();
            calendar.patterns[1].weeks = Some(Rotation { from, every: 1 });
        }
        3 => calendar.patterns.push(calendar.patterns[0].clone()),
        4 => {
            calendar.exceptions.push(calendar.exceptions[0].clone());
            calendar.exceptions[0].times = calendar.patterns[0].ends.map(|end| (end, end));
        }
        5 => calendar.exceptions[0].shift = Some("evening".to_owned()),
        6 => {
            let shift_starts = Some(vec!["06:00".parse().unwrap()]);
            let named = SiteChange { shift_starts, ..SiteChange::default() };
            return Command::Site(id(SITE), SiteCommand::Change(Box::new(named)));
        }
        _ => {}
    }
    Command::Site(id(SITE), SiteCommand::SetShifts(Box::new(calendar)))
}

/// Calls, hand-overs and redlines, and what is said of the first few of them.
pub(crate) fn on_floor(chance: &mut Chance) -> Command {
    let word = chance.pick(&["", "why", "why", "why"]).to_owned();
    let number = chance.below(4) + 1;
    let of_call = |command| Command::Help(id(&format!("HC-ASM1-{number:04}")), command);
    match chance.below(15) {
        0 if chance.one_in(4) => super::deviations::raises_here(chance),
        0 | 1 => calls(chance.pick(&["quality", "quality", "material", "tea"])),
        2 | 3 => of_call(HelpCommand::Answer { note: String::new() }),
        4 => of_call(HelpCommand::Clear { note: word }),
        5 => of_call(HelpCommand::NoteEscalation { row: 0, failed: None }),
        6 | 7 => gives(&word),
        8 | 9 => {
            let by = Signer::by_badge(chance.pick(&["A. Name", "A. Name", ""]));
            let accept = HandoverCommand::Accept { note: String::new(), by };
            Command::Handover(id(&format!("HO-ASM1-{number:04}")), accept)
        }
        10 | 13 => proposes(chance.pick(&["torque", "torque", "look", "x"]), &word),
        11 | 12 => {
            let revision = chance.pick(&[None, Some("D")]).map(id);
            let answer = RedlineAnswer { accepted: chance.one_in(2), revision, reason: word };
            let redline = id(&format!("RL-ASM1-{number:04}"));
            Command::Redline(redline, RedlineCommand::Answer(answer))
        }
        _ => plans(chance.pick(&[None, Some(4)])),
    }
}
