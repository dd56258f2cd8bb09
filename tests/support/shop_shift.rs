//! Shifts for tests.

use gemba::domain::context::Context;
use gemba::domain::decide::{Command, Needs};
use gemba::domain::floor::{FloorCommand, FloorNeeds, Numbers};
use gemba::domain::handover::{HandoverCommand, HandoverContent, Listed};
use gemba::domain::help::{Escalation, HelpCommand, HelpWanted};
use gemba::domain::place::PlaceCommand;
use gemba::domain::redline::{RedlineAnswer, RedlineCommand, RedlineProposed};
use gemba::domain::shift::{Days, ShiftCalendar, ShiftException, ShiftPattern};
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};

use super::shop::Shop;
use super::shop_plan::id;

/// A call for help at ASM-1.
pub(crate) fn calls(kind: &str) -> Command {
    let (traveler, step, note) = (None, None, String::new());
    let wanted = HelpWanted { kind: kind.to_owned(), traveler, step, note };
    Command::Floor(id("ASM-1"), FloorCommand::CallHelp(wanted))
}

/// Something about the first call.
pub(crate) fn of_call(command: HelpCommand) -> Command {
    Command::Help(id("HC-ASM1-0001"), command)
}

/// Somebody says that they come.
pub(crate) fn comes() -> Command {
    of_call(HelpCommand::Answer { note: String::new() })
}

/// Nothing more is needed.
pub(crate) fn clears() -> Command {
    of_call(HelpCommand::Clear { note: "belt".to_owned() })
}

/// A hand-over at ASM-1.
pub(crate) fn gives(notes: &str) -> Command {
    let notes = notes.to_owned();
    Command::Floor(id("ASM-1"), FloorCommand::GiveHandover { notes })
}

/// The first hand-over is accepted.
pub(crate) fn accepts_handover(name: &str) -> Command {
    let by = Signer::by_badge(name);
    Command::Handover(id("HO-ASM1-0001"), HandoverCommand::Accept { note: String::new(), by })
}

/// A change of a step of the assembly.
pub(crate) fn proposes(step: &str, text: &str) -> Command {
    let proposed = RedlineProposed {
        instruction: id("WI-1"),
        revision: id("C"),
        step: id(step),
        text: text.to_owned(),
        characteristic: None,
        reading: None,
        traveler: None,
    };
    Command::Floor(id("ASM-1"), FloorCommand::ProposeRedline(proposed))
}

/// The first redline is answered.
pub(crate) fn answers(accepted: bool, revision: Option<&str>, reason: &str) -> Command {
    let (revision, reason) = (revision.map(id), reason.to_owned());
    let answer = RedlineAnswer { accepted, revision, reason };
    Command::Redline(id("RL-ASM1-0001"), RedlineCommand::Answer(answer))
}

/// So many good ones are planned at ASM-1.
pub(crate) fn plans(per_hour: Option<u32>) -> Command {
    Command::Place(id("ASM-1"), PlaceCommand::SetPlan { per_hour })
}

/// Everything that a floor says of a shift, once.
pub(crate) fn whole_shift() -> Shop {
    let mut shop = Shop::reaching("torque");
    shop.site(|policy| {
        policy.rules.escalations =
            vec![Escalation { kind: None, minutes: 10, to: "lead".to_owned() }];
    });
    shop.does("plan", plans(Some(4))).does("novak", calls("quality")).later(601);
    let (row, failed) = (0, Some("no answer".to_owned()));
    shop.does("", of_call(HelpCommand::NoteEscalation { row, failed }));
    shop.does("brandt", comes()).does("novak", clears());
    shop.does("novak", gives("fixture 3 sticks")).does("ito", accepts_handover("I. Ito"));
    shop.does("novak", proposes("torque", "say which socket"));
    shop.does("lind", answers(true, Some("D"), "named"));
    shop
}

impl Shop {
    /// Numbers, what stands here, and texts of which a change is proposed.
    pub(crate) fn load_floor(&self, context: &mut Context, needs: &Needs) {
        let station = self.here();
        if needs.floor.is_some() && self.enrolled {
            let kind = |kind: &str| {
                let facts = station.all_facts();
                let own = facts.filter(|(fact, _)| {
                    fact.body.kind() == kind && fact.head.position.ledger == context.next.ledger
                });
                own.count() as u64
            };
            let counts = (kind("HelpCalled"), kind("HandoverGiven"), kind("RedlineProposed"));
            context.numbers = Numbers::after(station.name, "", counts);
        }
        if needs.floor == Some(FloorNeeds::Handover) {
            let open = Listed::of(vec!["WO-1/0001".to_owned()]);
            context.handover = Some(HandoverContent { open, ..HandoverContent::default() });
        }
        if let Some(FloorNeeds::Redline(instruction)) = &needs.floor
            && let StreamState::Instruction(known) =
                self.stream(&Subject::Instruction(instruction.clone())).state
        {
            context.instructions.clone_from(&self.instructions);
            context.instruction_states.insert(instruction.clone(), known);
        }
    }
}

/// A calendar with a holiday.
pub(crate) fn calendar() -> ShiftCalendar {
    let shift = |name: &str, starts: &str, ends: &str, days: &str| ShiftPattern {
        name: name.to_owned(),
        starts: starts.parse().unwrap(),
        ends: Some(ends.parse().unwrap()),
        days: Days::parse(days).unwrap(),
        weeks: None,
    };
    let note = "Christmas".to_owned();
    let date = "2026-12-25".parse().unwrap();
    ShiftCalendar {
        patterns: vec![
            shift("early", "06:00", "14:00", "mon-fri"),
            shift("late", "14:00", "22:00", "mon-fri"),
            shift("night", "22:00", "06:00", "sun-thu"),
        ],
        exceptions: vec![ShiftException { date, shift: None, times: None, note }],
    }
}
