//! Reasons about revisions and specifications: effectivity, withdrawal, news, reading what changed (R1).

use crate::domain::ids::{InstructionId, PersonId, RevisionId};

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
    pub fn what(&self) -> String {
        match self {
            Self::NotYetInEffect { what, revision, from } => {
                format!("{what} rev {revision} takes effect {from}.")
            }
            Self::Withdrawn { what, revision, reason } => {
                format!("{what} rev {revision} was withdrawn: {}.", unstopped(reason))
            }
            Self::StopWork { what, revision, reason } => {
                format!("{what} rev {revision} was withdrawn, work stops: {}.", unstopped(reason))
            }
            Self::NotReleased { what, revision } => {
                format!("{what} rev {revision} is not released.")
            }
            Self::WithdrawnAlready { what, revision } => {
                format!("{what} rev {revision} is withdrawn already.")
            }
            Self::SubmitterApproves { person } => {
                format!("{person} handed this in and may not approve it here.")
            }
            Self::NewsUnanswered { what, revision } | Self::NewsStops { what, revision } => {
                format!("{what} rev {revision} is in effect, this unit was begun by an older one.")
            }
            Self::NoNews => "Nothing newer is in effect for this unit.".to_owned(),
            Self::NewsChanged => "Something newer came since the changes were shown.".to_owned(),
            Self::Unread { instruction, revision, before } => {
                format!(
                    "You have not read what changed in {instruction} from {before} to {revision}."
                )
            }
            Self::ReadByAnother { person } => {
                format!("Only {person} can say that {person} read it.")
            }
            Self::NotToRead { instruction, revision, why } => {
                format!("{instruction} rev {revision} {why}: it is not read now.")
            }
            Self::SiteUnknown => "The site's rules are not known here.".to_owned(),
            Self::NotMovable => {
                "Only the specification is newer, no instruction for it.".to_owned()
            }
            Self::LeftBehind { instruction, revision } => format!(
                "{instruction} measures by another revision than specification rev {revision}."
            ),
            Self::StandardStep { id } => {
                format!("{id} is a standard step, and no instruction to work by.")
            }
            Self::OtherWaits { what, revision } => {
                format!("What waits as {what} rev {revision} is not what was shown.")
            }
            Self::IncludedNotReleased { id, revision } => {
                format!("The standard step {id} rev {revision} is not released here as included.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::NotYetInEffect { .. } => {
                "start what it is in effect for, or ask engineering for a revision for this"
                    .to_owned()
            }
            Self::Withdrawn { .. } => "wait until engineering releases another revision".to_owned(),
            Self::StopWork { .. } => {
                "leave the unit as it is; a supervisor moves it once another revision is released"
                    .to_owned()
            }
            Self::NotReleased { .. } => {
                "hand it in anew; what is not released is not run".to_owned()
            }
            Self::WithdrawnAlready { .. } => {
                "nothing; see who has not received it: gemba instruction received".to_owned()
            }
            Self::SubmitterApproves { .. } => "another person with the role approves".to_owned(),
            Self::NewsUnanswered { .. } => {
                "look at what changed and choose: finish, move or hold".to_owned()
            }
            Self::NewsStops { .. } => {
                "call a supervisor, who looks at what changed and chooses".to_owned()
            }
            Self::NoNews => "go on; where work was stopped, wait for another revision".to_owned(),
            Self::NewsChanged => "look at what changed once more, then choose".to_owned(),
            Self::Unread { instruction, .. } => {
                format!("read it and press Enter, or: gemba instruction read {instruction}")
            }
            Self::ReadByAnother { .. } => "sign in in person and read it".to_owned(),
            Self::NotToRead { instruction, .. } => {
                format!(
                    "read the one in effect: gemba instruction read {instruction}; this one once it \
                     is: gemba instruction show {instruction}"
                )
            }
            Self::SiteUnknown => "fetch what is new: gemba sync".to_owned(),
            Self::NotMovable => {
                "finish or hold; engineering releases an instruction that measures against it"
                    .to_owned()
            }
            Self::LeftBehind { .. } => {
                "finish or hold; engineering releases that instruction for the new specification"
                    .to_owned()
            }
            Self::StandardStep { id } => {
                format!(
                    "the planner names an instruction that includes it: gemba instruction users {id}"
                )
            }
            Self::OtherWaits { .. } => {
                "it was handed in again: look at it once more, then approve".to_owned()
            }
            Self::IncludedNotReleased { .. } => {
                "release the standard step first, then hand in what includes it again".to_owned()
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
