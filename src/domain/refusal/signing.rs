//! Reasons about signing, PINs, credentials and the limits of working offline (R5, R6).

use crate::domain::ids::{InstructionId, PersonId, StepId};
use crate::domain::pin::PinWeakness;
use crate::domain::stream::TravelerId;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::Refusal;

const DAY_S: i64 = 86_400;
/// What a screen says where badge and PIN prove nobody.
pub const NOT_PROVEN: &str = "The badge or PIN is wrong, or locked after wrong tries.";

/// A reason about signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningReason {
    /// The first signature of a session takes badge and PIN (21 CFR 11.200(a)(1)(i)).
    BadgeNeeded {
        /// The signer.
        person: PersonId,
    },
    /// Who verified or witnessed at an operation records nothing there (R6).
    VerifiedHere {
        /// Who.
        person: PersonId,
        /// The step that was signed.
        step: StepId,
    },
    /// Something was recorded on the unit after its page was shown to the signer (21 CFR 11.70).
    NotSeen {
        /// The unit.
        unit: TravelerId,
        /// How many facts.
        since: usize,
    },
    /// The session belongs to somebody else (21 CFR 11.200(a)(2)).
    SessionOfAnother {
        /// The signer.
        person: PersonId,
    },
    /// The PIN has too few or too many digits, or something else than digits.
    PinDigits {
        /// The fewest digits.
        least: u8,
        /// The most digits.
        most: u8,
    },
    /// The PIN is among the first that a thief tries.
    PinEasy {
        /// Why it is easy.
        weakness: PinWeakness,
    },
    /// The PIN is older than the site allows (21 CFR 11.300(b)).
    PinAged {
        /// The person.
        person: PersonId,
        /// Its age.
        days: i64,
        /// The oldest that the site allows.
        most: u32,
    },
    /// Too many wrong tries at this station, whoever's.
    StationLocked {
        /// In seconds.
        seconds: i64,
    },
    /// Too many wrong tries at this terminal, which alone is locked.
    TerminalLocked {
        /// In seconds.
        seconds: i64,
    },
    /// What is known here is older than the instruction allows.
    KnownTooLongAgo {
        /// The instruction.
        instruction: InstructionId,
        /// The age; none where the server was never reached.
        age_s: Option<i64>,
        /// The oldest that the instruction allows.
        most_s: u32,
    },
    /// Badge and PIN do not prove anybody: unknown, wrong or locked, in the same words for all, so
    /// that nobody learns which badges exist.
    NotProven,
    /// A rule of the site would be outside of what any site may decide.
    RuleOutOfRange {
        /// Which rule.
        rule: &'static str,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// What is to be taken off a list of the site is not on it.
    NotOnList {
        /// Which list.
        list: &'static str,
        /// What.
        text: String,
    },
    /// A list of the site would have the same words twice.
    ListedTwice {
        /// Which list.
        list: &'static str,
        /// What.
        text: String,
    },
    /// The new PIN is the one before.
    PinSame,
    /// The person is admitted, and no card of theirs is here.
    CardMissing {
        /// The person.
        person: PersonId,
    },
    /// The badge with which a session was opened counts no more.
    BadgeReplaced {
        /// The person.
        person: PersonId,
    },
    /// The people known here were not confirmed by the server for too long.
    CredentialsExpired {
        /// The age.
        age_s: i64,
        /// The oldest that the site allows.
        most_days: u32,
    },
}

impl SigningReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadgeNeeded { .. } => "P20",
            Self::VerifiedHere { .. } => "P40",
            Self::NotSeen { .. } => "P41",
            Self::SessionOfAnother { .. } => "P21",
            Self::PinDigits { .. } => "P22",
            Self::PinEasy { .. } => "P23",
            Self::PinAged { .. } => "P24",
            Self::StationLocked { .. } => "P25",
            Self::TerminalLocked { .. } => "P26",
            Self::NotProven => "P31",
            Self::RuleOutOfRange { .. } => "P32",
            Self::NotOnList { .. } => "P33",
            Self::ListedTwice { .. } => "P34",
            Self::PinSame => "P35",
            Self::CardMissing { .. } => "P36",
            Self::BadgeReplaced { .. } => "P37",
            Self::KnownTooLongAgo { .. } => "K01",
            Self::CredentialsExpired { .. } => "K02",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::BadgeNeeded { .. } => {
                words!("The first signature of a session takes badge and PIN.")
            }
            Self::VerifiedHere { person, step } => {
                words!("{person} verified this operation at {step}.", person, step)
            }
            Self::NotSeen { unit, since: 1 } => {
                words!("1 fact was recorded on {unit} after its page was shown to you.", unit)
            }
            Self::NotSeen { unit, since } => words!(
                "{since} facts were recorded on {unit} after its page was shown to you.",
                since,
                unit
            ),
            Self::SessionOfAnother { person } => {
                words!("The session at this terminal is not {person}'s.", person)
            }
            Self::PinDigits { least, most } => {
                words!("A PIN has {least} to {most} digits and nothing else.", least, most)
            }
            Self::PinEasy { weakness } => {
                words!("This PIN is easy to guess: {weakness}.", weakness => weakness.words())
            }
            Self::PinAged { days, most, .. } => {
                words!("Your PIN is {days} days old; this site allows {most}.", days, most)
            }
            Self::StationLocked { seconds } => {
                words!(
                    "Too many wrong tries at this station; it is locked for {seconds} s.",
                    seconds
                )
            }
            Self::TerminalLocked { seconds } => {
                words!(
                    "Too many wrong tries at this terminal; it is locked for {seconds} s.",
                    seconds
                )
            }
            Self::NotProven => NOT_PROVEN.into(),
            Self::RuleOutOfRange { rule, least, most } => {
                words!("The rule \"{rule}\" is from {least} to {most}.", rule => *rule, least, most)
            }
            Self::NotOnList { list, text } => {
                words!("\"{text}\" is not among the {list}.", text, list => *list)
            }
            Self::ListedTwice { list, text } => {
                words!("\"{text}\" is among the {list} twice.", text, list => *list)
            }
            Self::PinSame => words!("The new PIN is the one before."),
            Self::CardMissing { person } => {
                words!("{person} is admitted, and the card is not at this station yet.", person)
            }
            Self::BadgeReplaced { person } => {
                words!("The session of {person} has ended: its badge was replaced.", person)
            }
            Self::KnownTooLongAgo { instruction, age_s: None, .. } => {
                words!(
                    "{instruction} needs the server, which was never reached from here.",
                    instruction
                )
            }
            Self::KnownTooLongAgo { instruction, age_s: Some(age_s), most_s } => words!(
                "{instruction} may be begun up to {most} without the server; it has been {age}.",
                instruction,
                most => span(i64::from(*most_s)),
                age => span(*age_s)
            ),
            Self::CredentialsExpired { age_s, most_days } => words!(
                "Badges and PINs count {most_days} days without the server; it has been {age}.",
                most_days,
                age => span(*age_s)
            ),
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::BadgeNeeded { .. } => words!("scan your badge, then type your PIN"),
            Self::VerifiedHere { .. } => words!("another person goes on"),
            Self::NotSeen { .. } => words!("look at what came to it, then sign"),
            Self::SessionOfAnother { .. } => words!("scan your own badge, then type your PIN"),
            Self::CardMissing { person } => words!(
                "the card comes from the server with the next sync: gemba sync; where none was given \
                 yet: gemba person pin {person}",
                person
            ),
            Self::BadgeReplaced { .. } => {
                words!("open one with the new badge: gemba session open --badge BADGE")
            }
            Self::PinDigits { .. } | Self::PinSame => words!("choose another one"),
            Self::PinEasy { .. } => words!("choose one without a row or a pattern"),
            Self::PinAged { person, .. } => {
                words!(
                    "change it at the sign-in screen, with the server reachable, or by gemba \
                     person pin {person}",
                    person
                )
            }
            Self::StationLocked { .. } | Self::TerminalLocked { .. } => {
                words!("wait, or a supervisor signs in here, which unlocks it")
            }
            Self::NotProven => {
                words!(
                    "try again; after wrong PINs in a row a badge is locked for a while: wait, or an \
                 administrator gives a new PIN"
                )
            }
            Self::RuleOutOfRange { .. } => words!("choose a number between"),
            Self::NotOnList { .. } => words!("see what is: gemba site show"),
            Self::ListedTwice { .. } => words!("name it once"),
            Self::KnownTooLongAgo { .. } => {
                words!("finish what is begun; connect this station (gemba sync) to begin more")
            }
            Self::CredentialsExpired { .. } => {
                words!("connect this station to the server (gemba sync), then sign in")
            }
        }
    }
}

/// A span in the largest unit that tells enough.
fn span(seconds: i64) -> Words {
    match seconds {
        s if s >= 2 * DAY_S => words!("{n} days", n = s / DAY_S),
        s if s >= 7_200 => words!("{n} hours", n = s / 3_600),
        s => words!("{n} min", n = s / 60),
    }
}

impl Refusal {
    /// Whether the signer did not see all that would be signed, of whichever unit of a set.
    pub fn is_not_seen(&self) -> bool {
        self.reasons.iter().any(|reason| reason.code() == "P41")
    }

    /// Whether it is for that alone: then it can be looked at and signed.
    pub fn is_only_not_seen(&self) -> bool {
        self.reasons.iter().all(|reason| reason.code() == "P41")
    }
}

impl From<SigningReason> for super::Reason {
    fn from(reason: SigningReason) -> Self {
        Self::Signing(reason)
    }
}
