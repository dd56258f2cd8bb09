//! A line of words that goes with an act: why it is paused, what is wrong.

use std::collections::BTreeSet;

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::floor::FloorCommand;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, PlaceId};
use crate::domain::place::PlaceCommand;
use crate::domain::redline::RedlineProposed;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{StepAt, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::set::{SetAct, SetCommand};
use crate::domain::traveler::split::Split;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::told;

/// As many as there are digits for.
const OFFERED_MAX: usize = 9;

/// What the words are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteFor {
    /// Leave a step out.
    Skip(StepAt),
    /// Accept a wait that cannot be proven.
    AcceptWait(StepAt),
    /// The same for every unit of a set, as one act.
    AcceptWaits(StepAt, Vec<TravelerId>),
    /// Report pieces of which not all are good.
    Pieces(StepAt, Pieces),
    /// Let the unit go on that somebody held.
    Release(Position),
    /// Propose a change of a step.
    Redline(Box<RedlineProposed>, PlaceId),
    /// Split pieces off a lot.
    Split,
    /// Pause work.
    Pause,
    /// Let later work go on though an operation is not known to be done here.
    AcceptUpstream {
        /// The operation.
        operation: u32,
    },
    /// Finish without the newer revisions that were shown.
    Keep(BTreeSet<Hash>),
    /// Move to the newer revisions that were shown.
    Move(BTreeSet<Hash>),
    /// Hold because of a definition.
    HoldDefinition,
    /// Measure again what failed.
    Remeasure {
        /// The failing reading.
        reading: Position,
        /// The new value.
        value: ReadingValue,
        /// The gauge.
        gauge: Option<GaugeId>,
    },
    /// Note the tool that is used at a place now.
    Tool(PlaceId),
    /// Note the lot of material that is used at a place now.
    Material(PlaceId),
}

/// What a form says.
#[derive(Debug)]
struct Words {
    title: &'static str,
    about: &'static str,
    ask: &'static str,
    saved: &'static str,
}

const ACCEPT_UPSTREAM: Words = Words {
    title: "Accept earlier work",
    about: "A supervisor lets the next operation begin though this one is not known to be done \
            here. It stays open until its records arrive.",
    ask: "How do you know that it is done?",
    saved: "saved: accepted, not done; the next operation may begin",
};

const KEEP: Words = Words {
    title: "Finish by the old revision",
    about: "The unit is finished by what it was begun with; the reason stays in the \
                        record.",
    ask: "Why?",
    saved: "saved: finished by the old revision",
};

const REMEASURE: Words = Words {
    title: "Measured again",
    about: "The failing value stays in the record and is no first pass. The new value counts.",
    ask: "Why was it measured again?",
    saved: "saved: measured again",
};

const MOVE: Words = Words {
    title: "Move to the new revision",
    about: "Steps whose asks changed are done again; nothing recorded is altered.",
    ask: "Why?",
    saved: "saved: moved to the new revision",
};

const HOLD: Words = Words {
    title: "Hold the unit",
    about: "Nothing goes on until a supervisor or quality releases it.",
    ask: "Why?",
    saved: "saved: the unit is on hold",
};

const RELEASE: Words = Words {
    title: "Release the hold",
    about: "The unit goes on where it stood; your name and the reason stay in the record.",
    ask: "Why may it go on?",
    saved: "saved: released, the unit goes on",
};

const TOOL: Words = Words {
    title: "Tool changed",
    about: "Noted for this place with your name and the time. Samples begin anew.",
    ask: "Which tool? Scan or type it",
    saved: "saved: tool changed",
};

const REDLINE: Words = Words {
    title: "Propose a change",
    about: "Engineering reads and answers it; the step stays as it is until a revision changes it.",
    ask: "What should be otherwise?",
    saved: "saved: proposed to engineering",
};

const MATERIAL: Words = Words {
    title: "Material changed",
    about: "Noted for this place with your name and the time. Samples begin anew.",
    ask: "Which lot? Scan or type it",
    saved: "saved: material changed",
};

impl NoteFor {
    const fn words(&self) -> Words {
        match self {
            Self::Skip(_) => Words {
                title: "Skip this step",
                about: "The step is left out on purpose; that is not a pass, and the reason stays \
                        in the record.",
                ask: "Why is it left out?",
                saved: "saved: step skipped",
            },
            Self::AcceptWait(_) | Self::AcceptWaits(..) => Words {
                title: "Accept the wait",
                about: "A supervisor vouches for a wait that cannot be proven after a restart.",
                ask: "How do you know it was long enough?",
                saved: "saved: wait accepted",
            },
            Self::Pieces(..) => Words {
                title: "Scrap or rework",
                about: "Scrap leaves the lot. What is to be reworked stays here and is counted \
                        again.",
                ask: "Why?",
                saved: "saved: pieces reported",
            },
            Self::Redline(..) => REDLINE,
            Self::Split => Words {
                title: "Split the lot",
                about: "The pieces become a lot of their own, with a name that this station gives, \
                        and go on from this step.",
                ask: "How many, and why? Such as: 38 a rush order",
                saved: "saved: the new lot is in the queue",
            },
            Self::Pause => Words {
                title: "Pause",
                about: "The working clock stands still until work goes on. A cure goes on.",
                ask: "Why?",
                saved: "saved: paused",
            },
            Self::AcceptUpstream { .. } => ACCEPT_UPSTREAM,
            Self::Keep(_) => KEEP,
            Self::Move(_) => MOVE,
            Self::HoldDefinition => HOLD,
            Self::Release(_) => RELEASE,
            Self::Remeasure { .. } => REMEASURE,
            Self::Tool(_) => TOOL,
            Self::Material(_) => MATERIAL,
        }
    }

    fn command(&self, id: &TravelerId, text: String) -> Command {
        let traveler = |command| Command::Traveler(id.clone(), command);
        match self.clone() {
            Self::Skip(at) => traveler(TravelerCommand::SkipStep { at, reason: text }),
            Self::AcceptWait(at) | Self::AcceptWaits(at, _) => {
                traveler(TravelerCommand::AcceptWait { at, reason: text })
            }
            Self::Pause => traveler(TravelerCommand::Pause { reason: text }),
            Self::Pieces(at, pieces) => {
                traveler(TravelerCommand::ReportPieces { at, pieces, reason: text })
            }
            Self::Release(hold) => traveler(TravelerCommand::ReleaseHold { hold, reason: text }),
            Self::Redline(proposed, place) => {
                let proposed = RedlineProposed { text, ..*proposed };
                Command::Floor(place, FloorCommand::ProposeRedline(proposed))
            }
            Self::Split => {
                let (quantity, reason) =
                    text.split_once(char::is_whitespace).unwrap_or((&text, ""));
                let quantity = quantity.parse().unwrap_or(0);
                let reason = reason.trim().to_owned();
                traveler(TravelerCommand::SplitLot(Split { into: None, quantity, reason }))
            }
            Self::AcceptUpstream { operation } => {
                traveler(TravelerCommand::AcceptUpstream { operation, evidence: text })
            }
            Self::Keep(shown) => traveler(TravelerCommand::KeepRevision { shown, reason: text }),
            Self::Move(shown) => traveler(TravelerCommand::MoveToRevision { shown, reason: text }),
            Self::HoldDefinition => traveler(TravelerCommand::HoldForDefinition { reason: text }),
            Self::Remeasure { reading, value, gauge } => {
                traveler(TravelerCommand::Remeasure { reading, value, gauge, reason: text })
            }
            Self::Tool(place) => Command::Place(place, PlaceCommand::ChangeTool { tool: text }),
            Self::Material(place) => {
                Command::Place(place, PlaceCommand::ChangeMaterial { lot: text })
            }
        }
    }

    /// Has it saved: on every unit of a set as one act, else on what it is about.
    fn send(&self, id: &TravelerId, text: String, world: &mut World) -> Ticket {
        let Self::AcceptWaits(at, units) = self else {
            return world.record(self.command(id, text));
        };
        let command = SetCommand::AcceptWait { at: at.clone(), reason: text };
        world.record_set(SetAct { units: units.clone(), command })
    }

    fn draft_key(&self, id: &TravelerId) -> String {
        match self {
            Self::Skip(at) => format!("skip {id} {} {}", at.operation, at.step),
            Self::AcceptWait(at) | Self::AcceptWaits(at, _) => {
                format!("wait {id} {} {}", at.operation, at.step)
            }
            Self::Pause => format!("pause {id}"),
            Self::Pieces(at, ..) => format!("pieces {id} {} {}", at.operation, at.step),
            Self::Release(hold) => format!("release {hold}"),
            Self::Redline(proposed, _) => format!("redline {id} {}", proposed.step),
            Self::Split => format!("split {id}"),
            Self::AcceptUpstream { operation } => format!("accept {id} {operation}"),
            Self::Keep(_) => format!("keep {id}"),
            Self::Move(_) => format!("move {id}"),
            Self::HoldDefinition => format!("hold {id}"),
            Self::Remeasure { reading, .. } => format!("again {reading}"),
            Self::Tool(place) => format!("tool {place}"),
            Self::Material(place) => format!("material {place}"),
        }
    }
}

/// The form.
#[derive(Debug)]
pub struct NoteScreen {
    id: TravelerId,
    what: NoteFor,
    field: Field,
    pending: Option<Ticket>,
    done: bool,
    /// What is said most often, chosen by a digit.
    offered: Vec<String>,
}

impl NoteScreen {
    /// A form about a unit.
    pub fn new(id: TravelerId, what: NoteFor) -> Self {
        let (pending, offered) = (None, Vec::new());
        Self { id, what, field: Field::new(TEXT_MAX), pending, done: false, offered }
    }

    /// Offers texts to choose from by a digit.
    #[must_use]
    pub fn offering(mut self, texts: Vec<String>) -> Self {
        self.offered = texts;
        self.offered.truncate(OFFERED_MAX);
        self
    }

    /// The text that a digit chooses while nothing else is typed.
    fn offered_at(&self, key: Key) -> Option<&String> {
        let chosen = self.offered.iter().any(|text| *text == self.field.text());
        let free = self.field.begins_anew() || chosen;
        choices::chosen(key, &self.offered).filter(|_| free)
    }
}

impl Layer for NoteScreen {
    fn purpose(&self) -> &'static str {
        "Type a line and press Enter to save it; it stays in the record under your name. Esc goes \
         back and keeps what you typed."
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.id)
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
        open.then(|| (self.what.draft_key(&self.id), self.field.text()))
    }

    fn person_changed(&mut self) {
        self.field.clear();
    }

    fn shown(&mut self, world: &mut World) {
        if self.field.is_empty()
            && let Some(text) = world.drafts.get(&self.what.draft_key(&self.id))
        {
            self.field.keep(text);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            world.say(say!("type a few words first"), Role::Warn);
        } else {
            self.pending = Some(self.what.send(&self.id, text, world));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(text) = self.offered_at(key).cloned() {
            self.field.fill(&text);
            // Counting takes four keys: the digit of a reason answers.
            let counts = matches!(self.what, NoteFor::Pieces(..));
            return if counts { self.act(Act::Save, world) } else { Turn::Stay };
        }
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
            world.drop_draft(&self.what.draft_key(&self.id));
            world.outcome(outcome, say!(self.what.words().saved));
            return Turn::Back;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let words = self.what.words();
        canvas.put((1, 1), say!(words.title), Role::Title);
        let mut about = self.id.to_string();
        if let NoteFor::AcceptWaits(_, units) = &self.what {
            about = say!("for {units}", units = count(units.len(), "unit", "units"));
        }
        canvas.put_right(canvas.width().saturating_sub(1), 1, &about, Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(say!(words.about), cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        canvas.put((3, y + 1), say!(words.ask), Role::Title);
        let offered = self.offered.iter().map(|text| (text.as_str(), Role::Plain, ""));
        y = choices::view(offered, (y + 2, 6), canvas).saturating_sub(2);
        self.field.view(canvas, (3, y + 3), cells, true);
        if let NoteFor::Pieces(_, pieces) = &self.what {
            canvas.put((3, 3), &told::pieces(*pieces), Role::Title);
        }
    }
}
