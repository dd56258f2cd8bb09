//! Reasons about revisions and specifications: effectivity, withdrawal, news, reading what changed (R1).

use crate::domain::ids::{InstructionId, PersonId, RevisionId};
use crate::domain::understood::{EFFECT, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

/// A reason about revisions and specifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinitionReason {
    /// Released, but for later dates, orders or serials.
    NotYetInEffect {
        /// The definition.
        what: String,
        /// The revision.
        revision: RevisionId,
        /// From when.
        from: String,
    },
    /// Taken back, and nothing before it is in effect.
    Withdrawn {
        /// The definition.
        what: String,
        /// The revision.
        revision: RevisionId,
        /// Why.
        reason: String,
    },
    /// Taken back, and work by it stops.
    StopWork {
        /// The definition.
        what: String,
        /// The revision.
        revision: RevisionId,
        /// Why.
        reason: String,
    },
    /// Only what is released can be taken back.
    NotReleased {
        /// The definition.
        what: String,
        /// The revision.
        revision: RevisionId,
    },
    /// Taken back before.
    WithdrawnAlready {
        /// The definition.
        what: String,
        /// The revision.
        revision: RevisionId,
    },
    /// The site wants others to approve than who handed in.
    SubmitterApproves {
        /// Who handed it in.
        person: PersonId,
    },
    /// A newer definition is in effect and nobody chose.
    NewsUnanswered {
        /// The definition.
        what: String,
        /// Its new revision.
        revision: RevisionId,
    },
    /// A newer definition is in effect and no supervisor chose.
    NewsStops {
        /// The definition.
        what: String,
        /// Its new revision.
        revision: RevisionId,
    },
    /// There is nothing to choose.
    NoNews,
    /// Something newer came since the difference was shown.
    NewsChanged,
    /// The person has not read what changed.
    Unread {
        /// The instruction.
        instruction: InstructionId,
        /// Its revision.
        revision: RevisionId,
        /// The revision before it.
        before: RevisionId,
    },
    /// What is not in effect, or not any more, is not read as news.
    NotToRead {
        /// The instruction.
        instruction: InstructionId,
        /// Its revision.
        revision: RevisionId,
        /// Why not, behind the name.
        why: String,
    },
    /// Nothing is known here of what the site decides for itself.
    SiteUnknown,
    /// Nobody reads for another.
    ReadByAnother {
        /// Who would have to read.
        person: PersonId,
    },
    /// Only the specification is newer, no instruction that measures against it.
    NotMovable,
    /// An operation would be left behind, measured by the specification before.
    LeftBehind {
        /// Its instruction.
        instruction: InstructionId,
        /// The specification's new revision.
        revision: RevisionId,
    },
    /// An order names a standard step, which is only included.
    StandardStep {
        /// The standard step.
        id: InstructionId,
    },
    /// What waits for approval is not what was shown.
    OtherWaits {
        /// The definition.
        what: String,
        /// Its revision.
        revision: RevisionId,
    },
    /// A standard step is included that is not released like this.
    IncludedNotReleased {
        /// The standard step.
        id: InstructionId,
        /// Its revision.
        revision: RevisionId,
    },
}

impl DefinitionReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYetInEffect { .. } => "D10",
            Self::Withdrawn { .. } => "D11",
            Self::StopWork { .. } => "D12",
            Self::NotReleased { .. } => "D13",
            Self::WithdrawnAlready { .. } => "D14",
            Self::SubmitterApproves { .. } => "D15",
            Self::NewsUnanswered { .. } => "D16",
            Self::NewsStops { .. } => "D17",
            Self::NoNews => "D18",
            Self::NewsChanged => "D19",
            Self::Unread { .. } => "D20",
            Self::ReadByAnother { .. } => "D21",
            Self::NotMovable => "D22",
            Self::IncludedNotReleased { .. } => "D30",
            Self::StandardStep { .. } => "D31",
            Self::LeftBehind { .. } => "D40",
            Self::OtherWaits { .. } => "D32",
            Self::NotToRead { .. } => "D33",
            Self::SiteUnknown => "D34",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::NotYetInEffect { what, revision, from } => {
                words!(
                    "{what} rev {revision} takes effect {from}.",
                    what,
                    revision,
                    from => understood(from, EFFECT)
                )
            }
            Self::Withdrawn { what, revision, reason } => {
                words!(
                    "{what} rev {revision} was withdrawn: {reason}.",
                    what,
                    revision,
                    reason = unstopped(reason)
                )
            }
            Self::StopWork { what, revision, reason } => {
                words!(
                    "{what} rev {revision} was withdrawn, work stops: {reason}.",
                    what,
                    revision,
                    reason = unstopped(reason)
                )
            }
            Self::NotReleased { what, revision } => {
                words!("{what} rev {revision} is not released.", what, revision)
            }
            Self::WithdrawnAlready { what, revision } => {
                words!("{what} rev {revision} is withdrawn already.", what, revision)
            }
            Self::SubmitterApproves { person } => {
                words!("{person} handed this in and may not approve it here.", person)
            }
            Self::NewsUnanswered { what, revision } | Self::NewsStops { what, revision } => {
                words!(
                    "{what} rev {revision} is in effect, this unit was begun by an older one.",
                    what,
                    revision
                )
            }
            Self::NoNews => words!("Nothing newer is in effect for this unit."),
            Self::NewsChanged => words!("Something newer came since the changes were shown."),
            Self::Unread { instruction, revision, before } => {
                words!(
                    "You have not read what changed in {instruction} from {before} to {revision}.",
                    instruction,
                    before,
                    revision
                )
            }
            Self::ReadByAnother { person } => {
                words!("Only {person} can say that {person} read it.", person)
            }
            Self::NotToRead { instruction, revision, why } => {
                words!(
                    "{instruction} rev {revision} {why}: it is not read now.",
                    instruction,
                    revision,
                    why => understood(why, EFFECT)
                )
            }
            Self::SiteUnknown => words!("The site's rules are not known here."),
            Self::NotMovable => {
                words!("Only the specification is newer, no instruction for it.")
            }
            Self::LeftBehind { instruction, revision } => words!(
                "{instruction} measures by another revision than specification rev {revision}.",
                instruction,
                revision
            ),
            Self::StandardStep { id } => {
                words!("{id} is a standard step, and no instruction to work by.", id)
            }
            Self::OtherWaits { what, revision } => {
                words!("What waits as {what} rev {revision} is not what was shown.", what, revision)
            }
            Self::IncludedNotReleased { id, revision } => {
                words!(
                    "The standard step {id} rev {revision} is not released here as included.",
                    id,
                    revision
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::NotYetInEffect { .. } => {
                words!("start what it is in effect for, or ask engineering for a revision for this")
            }
            Self::Withdrawn { .. } => words!("wait until engineering releases another revision"),
            Self::StopWork { .. } => {
                words!(
                    "leave the unit as it is; a supervisor moves it once another revision is released"
                )
            }
            Self::NotReleased { .. } => {
                words!("hand it in anew; what is not released is not run")
            }
            Self::WithdrawnAlready { .. } => {
                words!("nothing; see who has not received it: gemba instruction received")
            }
            Self::SubmitterApproves { .. } => words!("another person with the role approves"),
            Self::NewsUnanswered { .. } => {
                words!("look at what changed and choose: finish, move or hold")
            }
            Self::NewsStops { .. } => {
                words!("call a supervisor, who looks at what changed and chooses")
            }
            Self::NoNews => words!("go on; where work was stopped, wait for another revision"),
            Self::NewsChanged => words!("look at what changed once more, then choose"),
            Self::Unread { instruction, .. } => {
                words!(
                    "read it and press Enter, or: gemba instruction read {instruction}",
                    instruction
                )
            }
            Self::ReadByAnother { .. } => words!("sign in in person and read it"),
            Self::NotToRead { instruction, .. } => {
                words!(
                    "read the one in effect: gemba instruction read {instruction}; this one once it \
                     is: gemba instruction show {instruction}",
                    instruction
                )
            }
            Self::SiteUnknown => words!("fetch what is new: gemba sync"),
            Self::NotMovable => {
                words!(
                    "finish or hold; engineering releases an instruction that measures against it"
                )
            }
            Self::LeftBehind { .. } => {
                words!(
                    "finish or hold; engineering releases that instruction for the new specification"
                )
            }
            Self::StandardStep { id } => {
                words!(
                    "the planner names an instruction that includes it: gemba instruction users {id}",
                    id
                )
            }
            Self::OtherWaits { .. } => {
                words!("it was handed in again: look at it once more, then approve")
            }
            Self::IncludedNotReleased { .. } => {
                words!("release the standard step first, then hand in what includes it again")
            }
        }
    }
}

/// A text that a full stop follows.
fn unstopped(text: &str) -> &str {
    text.trim_end_matches(['.', ' '])
}

impl From<DefinitionReason> for super::Reason {
    fn from(reason: DefinitionReason) -> Self {
        Self::Definition(reason)
    }
}
