//! A line of words about something: what was done at once, a closing word, why something goes on.

use crate::domain::decide::Command;
use crate::domain::deviation::DeviationCommand;
use crate::domain::fact::Position;
use crate::domain::failures::OperationHeld;
use crate::domain::ids::{DeviationId, PermitId, PlaceId};
use crate::domain::permit::PermitCommand;
use crate::domain::place::PlaceCommand;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::suspect::{SuspectRange, SuspectUnit};

/// What the words are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineFor {
    /// Note what was done at once.
    Contain(DeviationId),
    /// Close a deviation.
    Close(DeviationId),
    /// Confirm that something is done that was asked for at once.
    Confirm(DeviationId, Position, String),
    /// Say that an action is done.
    Done(DeviationId, Position, String),
    /// Say that an action was seen to be done.
    Verify(DeviationId, Position, String),
    /// Take back what was asked for in error.
    Withdraw(DeviationId, Position, String),
    /// Let an operation go on that is held at a place.
    ReleaseOperation(PlaceId, Box<OperationHeld>),
    /// Let every suspect unit of a range go on that is still held.
    ReleaseSuspects(Box<SuspectRange>),
    /// A shipped unit is here again.
    TakeBack(TravelerId),
    /// Nobody goes on by a permit any more.
    WithdrawPermit(PermitId),
}

/// What a form says.
struct Words {
    title: &'static str,
    about: String,
    ask: &'static str,
    saved: String,
}

fn withdraw_words(action: &str) -> Words {
    Words {
        title: "Withdraw",
        about: say!("{action}. It stays in the record, and nobody has to do it.", action),
        ask: "Why is it withdrawn?",
        saved: say!("saved: withdrawn, nobody has to do it").to_owned(),
    }
}

fn take_back_words(unit: &TravelerId) -> Words {
    let about = "Its certificate ends, and the unit can be worked on, held and released again.";
    Words {
        title: "It is here again",
        about: say!(about).to_owned(),
        ask: "Why is it here again?",
        saved: say!("saved: {unit} is here again", unit),
    }
}

impl LineFor {
    fn words(&self) -> Words {
        match self {
            Self::Contain(_) => Words {
                title: "Containment",
                about: say!("Noted with your name and the time.").to_owned(),
                ask: "What was done at once?",
                saved: say!("saved: containment noted").to_owned(),
            },
            Self::Close(_) => Words {
                title: "Close the deviation",
                about: say!("Nothing more is to be done about it.").to_owned(),
                ask: "A closing word",
                saved: say!("saved: deviation closed").to_owned(),
            },
            Self::Confirm(_, _, action) => Words {
                title: "Confirm",
                about: action.clone(),
                ask: "It is done. What is to be said about it? Enter alone where nothing is",
                saved: say!("saved: confirmed").to_owned(),
            },
            Self::Done(_, _, action) => Words {
                title: "Done",
                about: action.clone(),
                ask: "What was done?",
                saved: say!("saved: done; another person verifies it").to_owned(),
            },
            Self::Verify(_, _, action) => Words {
                title: "Verify",
                about: action.clone(),
                ask: "What did you see?",
                saved: say!("saved: verified").to_owned(),
            },
            Self::Withdraw(_, _, action) => withdraw_words(action),
            Self::ReleaseOperation(_, held) => Words {
                title: "Let the operation go on",
                about: say!(
                    "{instruction}: {why}. No unit begins it here.",
                    instruction = held.measured.instruction,
                    why = tell(&held.words())
                ),
                ask: "Why may it go on?",
                saved: say!("saved: the operation goes on").to_owned(),
            },
            Self::ReleaseSuspects(range) => Words {
                title: "Release all",
                about: say!(
                    "Every unit of this range that is still held goes on without being measured. \
                     The reason stays in the record of each."
                )
                .to_owned(),
                ask: "Why may they go on?",
                saved: say!(
                    "saved: {units} go on",
                    units = count(range.held().count(), "unit may", "units may")
                ),
            },
            Self::WithdrawPermit(id) => Words {
                title: "Withdraw the permit",
                about: say!(
                    "Nobody goes on by it from then on; what went on by it stays as it is."
                )
                .to_owned(),
                ask: "Why is it withdrawn?",
                saved: say!("saved: {id} withdrawn", id),
            },
            Self::TakeBack(unit) => take_back_words(unit),
        }
    }

    /// What is saved, as one act.
    fn commands(&self, text: String) -> Vec<Command> {
        let on = |id: &DeviationId, command| vec![Command::Deviation(id.clone(), command)];
        match self {
            Self::Confirm(id, at, _) => {
                on(id, DeviationCommand::Confirm { containment: at.clone(), note: text })
            }
            Self::Done(id, at, _) => {
                on(id, DeviationCommand::NoteDone { action: at.clone(), note: text })
            }
            Self::Verify(id, at, _) => {
                on(id, DeviationCommand::Verify { action: at.clone(), note: text })
            }
            Self::Withdraw(id, at, _) => {
                on(id, DeviationCommand::Withdraw { asked: at.clone(), reason: text })
            }
            Self::Contain(id) => on(id, DeviationCommand::Contain { action: text, to_do: None }),
            Self::Close(id) => on(id, DeviationCommand::Close { note: text }),
            Self::ReleaseOperation(place, held) => {
                let instruction = held.measured.instruction.clone();
                let command = PlaceCommand::ReleaseOperation { instruction, reason: text };
                vec![Command::Place(place.clone(), command)]
            }
            Self::ReleaseSuspects(range) => {
                let release = |unit: &SuspectUnit| {
                    let (hold, reason) = (unit.hold.clone(), text.clone());
                    let release = TravelerCommand::ReleaseHold { hold, reason };
                    Command::Traveler(unit.traveler.clone(), release)
                };
                range.held().map(release).collect()
            }
            Self::WithdrawPermit(id) => {
                let withdraw = PermitCommand::Withdraw { reason: text };
                vec![Command::Permit(id.clone(), withdraw)]
            }
            Self::TakeBack(unit) => {
                let back = TravelerCommand::TakeBack { reason: text };
                vec![Command::Traveler(unit.clone(), back)]
            }
        }
    }

    /// What it is about.
    fn of(&self) -> String {
        match self {
            Self::Contain(id)
            | Self::Close(id)
            | Self::Confirm(id, ..)
            | Self::Done(id, ..)
            | Self::Verify(id, ..)
            | Self::Withdraw(id, ..) => id.to_string(),
            Self::ReleaseOperation(place, _) => place.to_string(),
            Self::ReleaseSuspects(range) => count(range.held().count(), "unit", "units"),
            Self::TakeBack(unit) => unit.to_string(),
            Self::WithdrawPermit(id) => id.to_string(),
        }
    }

    fn draft_key(&self) -> String {
        let what = match self {
            Self::Contain(_) => "contain",
            Self::Close(_) => "close",
            Self::Confirm(_, at, _) => return format!("confirm {at}"),
            Self::Done(_, at, _) => return format!("done {at}"),
            Self::Verify(_, at, _) => return format!("verify {at}"),
            Self::Withdraw(_, at, _) => return format!("withdraw {at}"),
            Self::ReleaseOperation(..) => "release",
            Self::ReleaseSuspects(range) => return format!("suspects {}", range.failed),
            Self::TakeBack(_) => "back",
            Self::WithdrawPermit(_) => "withdraw",
        };
        format!("{what} {}", self.of())
    }
}

/// The form.
#[derive(Debug)]
pub struct LineScreen {
    what: LineFor,
    field: Field,
    pending: Option<Ticket>,
    done: bool,
}

impl LineScreen {
    /// A form.
    pub fn new(what: LineFor) -> Self {
        Self { what, field: Field::new(TEXT_MAX), pending: None, done: false }
    }
}

impl Layer for LineScreen {
    fn purpose(&self) -> &'static str {
        "Type a line and press Enter to save it; it stays in the record under your name. Esc goes \
         back and keeps what you typed."
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        !self.field.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save, Act::Menu, Act::Help, Act::Back]
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let open = self.pending.is_none() && !self.done;
        open.then(|| (self.what.draft_key(), self.field.text()))
    }

    fn person_changed(&mut self) {
        self.field.clear();
    }

    fn shown(&mut self, world: &mut World) {
        if self.field.is_empty()
            && let Some(text) = world.drafts.get(&self.what.draft_key())
        {
            self.field.keep(text);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        let text = self.field.text().trim().to_owned();
        if text.is_empty() && !matches!(self.what, LineFor::Confirm(..)) {
            world.say(say!("type a few words first"), Role::Warn);
        } else {
            let commands = self.what.commands(text);
            let ticket = if let [command] = commands.as_slice() {
                world.record(command.clone())
            } else {
                world.record_all(commands)
            };
            self.pending = Some(ticket);
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.field.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.field.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.field.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            self.done = true;
            world.drop_draft(&self.what.draft_key());
            world.outcome(outcome, &self.what.words().saved);
            return Turn::Back;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let words = self.what.words();
        canvas.put((1, 1), say!(words.title), Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.what.of(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(&words.about, cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        canvas.put((3, y + 1), say!(words.ask), Role::Title);
        self.field.view(canvas, (3, y + 3), cells, true);
    }
}
