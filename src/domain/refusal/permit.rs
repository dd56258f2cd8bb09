//! Reasons about deviation permits (R4).

use jiff::civil::Date;

use crate::domain::ids::{CharacteristicId, PartId, PermitId, PersonId, RevisionId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::unit::Unit;
use crate::domain::words::Words;
use crate::domain::words::words;

/// A reason about a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitReason {
    /// The permit is not known here.
    Unknown {
        /// The permit.
        permit: PermitId,
    },
    /// Only one of the two has signed.
    NotGranted {
        /// The permit.
        permit: PermitId,
    },
    /// It was withdrawn.
    Withdrawn {
        /// The permit.
        permit: PermitId,
        /// Why.
        reason: String,
    },
    /// Its first day is to come.
    NotYet {
        /// The permit.
        permit: PermitId,
        /// Its first day.
        from: Date,
    },
    /// Its last day is over.
    Expired {
        /// The permit.
        permit: PermitId,
        /// Its last day.
        through: Date,
    },
    /// Fewer are left than the unit has pieces.
    UsedUp {
        /// The permit.
        permit: PermitId,
        /// How many used it.
        used: u32,
        /// How many may.
        quantity: u32,
        /// How many more would.
        wanted: u32,
    },
    /// It is for another part.
    OtherPart {
        /// The permit.
        permit: PermitId,
        /// The part that it is for.
        part: PartId,
    },
    /// It is for another characteristic.
    OtherCharacteristic {
        /// The permit.
        permit: PermitId,
        /// The characteristic that it is for, as people call it.
        name: String,
    },
    /// It is for another revision of the specification.
    OtherRevision {
        /// The permit.
        permit: PermitId,
        /// The revision that it is for.
        revision: RevisionId,
    },
    /// It names other units.
    OtherUnit {
        /// The permit.
        permit: PermitId,
        /// The unit.
        unit: TravelerId,
    },
    /// The value is outside the widened limits as well.
    Beyond {
        /// The permit.
        permit: PermitId,
        /// The value.
        value: String,
        /// The widened limits.
        limits: String,
    },
    /// The value typed again is another one.
    OtherValue {
        /// The value that counts.
        counts: String,
    },
    /// It was granted after the reading was taken, or that it was before cannot be proven.
    AfterTheFact {
        /// The permit.
        permit: PermitId,
    },
    /// The limits are others than those that it was given for.
    OtherLimits {
        /// The permit.
        permit: PermitId,
        /// As specified when it was given.
        given: String,
        /// As used.
        now: String,
    },
    /// Its first day would be over already.
    FromPast {
        /// Its first day.
        from: Date,
    },
    /// Limits that allow less than the specified ones, or nothing more.
    NotWider {
        /// What is measured.
        name: String,
    },
    /// One limit would be in another unit than the other.
    TwoUnits {
        /// The unit of the limit that is named.
        named: Unit,
        /// The unit of those specified.
        specified: Unit,
    },
    /// No permit is given for what is critical.
    Critical {
        /// What is measured.
        name: String,
    },
    /// Nothing is measured that has limits.
    NotMeasured {
        /// What it is.
        name: String,
    },
    /// The specification has no such characteristic.
    CharacteristicUnknown {
        /// As named.
        characteristic: CharacteristicId,
        /// The revision that was looked at.
        revision: RevisionId,
    },
    /// It would be over before it begins.
    OverBefore {
        /// Its last day.
        through: Date,
    },
    /// Neither units nor a quantity are named.
    Unbounded,
    /// It is granted.
    GrantedAlready {
        /// The permit.
        permit: PermitId,
    },
    /// Who proposed it does not grant it.
    OwnProposal {
        /// The person.
        person: PersonId,
    },
    /// The other of the two roles grants it.
    OtherRole {
        /// The role that is asked for.
        wanted: Role,
    },
}

impl PermitReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "V01",
            Self::NotGranted { .. } => "V02",
            Self::Withdrawn { .. } => "V03",
            Self::NotYet { .. } => "V04",
            Self::Expired { .. } => "V05",
            Self::UsedUp { .. } => "V06",
            Self::OtherPart { .. } => "V07",
            Self::OtherCharacteristic { .. } => "V08",
            Self::OtherRevision { .. } => "V09",
            Self::OtherUnit { .. } => "V10",
            Self::Beyond { .. } => "V11",
            Self::OtherValue { .. } => "V12",
            Self::AfterTheFact { .. } => "V13",
            Self::OtherLimits { .. } => "V14",
            Self::NotWider { .. } => "V20",
            Self::Critical { .. } => "V21",
            Self::NotMeasured { .. } => "V22",
            Self::CharacteristicUnknown { .. } => "V23",
            Self::OverBefore { .. } => "V24",
            Self::Unbounded => "V25",
            Self::GrantedAlready { .. } => "V26",
            Self::OwnProposal { .. } => "V27",
            Self::OtherRole { .. } => "V28",
            Self::FromPast { .. } => "V29",
            Self::TwoUnits { .. } => "V30",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::Unknown { permit } => words!("The permit {permit} is not known here.", permit),
            Self::NotGranted { permit } => words!("{permit} is proposed and not granted.", permit),
            Self::Withdrawn { permit, reason } => {
                words!("{permit} was withdrawn: {reason}.", permit, reason)
            }
            Self::NotYet { permit, from } => {
                words!("{permit} is not good before {from}.", permit, from)
            }
            Self::Expired { permit, through } => {
                words!("{permit} was good through {through}.", permit, through)
            }
            Self::UsedUp { permit, used, quantity, wanted } => words!(
                "{permit} is for {quantity}: {used} used it, and this would be {wanted} more.",
                permit,
                quantity,
                used,
                wanted
            ),
            Self::OtherPart { permit, part } => {
                words!("{permit} is for part {part}.", permit, part)
            }
            Self::OtherCharacteristic { permit, name } => {
                words!("{permit} is for {name}.", permit, name)
            }
            Self::OtherRevision { permit, revision } => {
                words!(
                    "{permit} is for rev {revision} of the specification only.",
                    permit,
                    revision
                )
            }
            Self::OtherUnit { permit, unit } => {
                words!("{permit} does not name {unit}.", permit, unit)
            }
            Self::Beyond { permit, value, limits } => {
                words!(
                    "{value} is outside what {permit} allows as well: {limits}.",
                    value,
                    permit,
                    limits
                )
            }
            Self::OtherValue { counts } => words!("The value that counts is {counts}.", counts),
            Self::AfterTheFact { permit } => {
                words!(
                    "That {permit} was granted before the reading was taken is not proven.",
                    permit
                )
            }
            Self::OtherLimits { permit, given, now } => {
                words!(
                    "{permit} was given where {given} was specified; now it is {now}.",
                    permit,
                    given,
                    now
                )
            }
            Self::FromPast { from } => words!("{from} is over: a permit holds from now on.", from),
            Self::TwoUnits { named, specified } => {
                words!(
                    "One limit would be in {named}, the other stay in {specified}.",
                    named,
                    specified
                )
            }
            Self::NotWider { name } => {
                words!("The limits of {name} would not be wider than they are.", name)
            }
            Self::Critical { name } => {
                words!("{name} is critical: no permit is given for it.", name)
            }
            Self::NotMeasured { name } => words!("{name} is not measured against limits.", name),
            Self::CharacteristicUnknown { characteristic, revision } => {
                words!(
                    "The specification rev {revision} has no {characteristic}.",
                    revision,
                    characteristic
                )
            }
            Self::OverBefore { through } => {
                words!("A permit through {through} would be over before it begins.", through)
            }
            Self::Unbounded => words!("Neither units nor a quantity are named."),
            Self::GrantedAlready { permit } => words!("{permit} is granted.", permit),
            Self::OwnProposal { person } => words!("{person} proposed it.", person),
            Self::OtherRole { wanted } => {
                words!("It is granted in the role {role}.", role => wanted.word())
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::Unknown { .. } => words!("check the number, or sync this station"),
            Self::NotGranted { permit } => {
                words!(
                    "the other of engineering and quality grants it: gemba permit grant {permit}",
                    permit
                )
            }
            Self::Withdrawn { .. }
            | Self::Expired { .. }
            | Self::UsedUp { .. }
            | Self::OtherLimits { .. } => {
                words!("raise a deviation, or have another permit granted")
            }
            Self::NotYet { .. } => words!("raise a deviation, or wait for that day"),
            Self::OtherPart { .. }
            | Self::OtherCharacteristic { .. }
            | Self::OtherRevision { .. }
            | Self::OtherUnit { .. } => {
                words!("name a permit that fits (gemba permit list), or raise a deviation")
            }
            Self::Beyond { .. } | Self::AfterTheFact { .. } => words!("raise a deviation"),
            Self::FromPast { .. } => words!("leave the first day out, or name one to come"),
            Self::OtherValue { .. } => {
                words!("type what the gauge shows at the step; it is then judged anew")
            }
            Self::TwoUnits { named, specified } => {
                words!("name both limits in {named}, or the one in {specified}", named, specified)
            }
            Self::NotWider { .. } => {
                words!("name a lower limit below or an upper limit above the specified one")
            }
            Self::Critical { .. } | Self::NotMeasured { .. } => {
                words!("raise a deviation where it fails")
            }
            Self::CharacteristicUnknown { .. } => {
                words!("name one of the part's specification: gemba specification show")
            }
            Self::OverBefore { .. } => words!("name a later last day"),
            Self::Unbounded => words!("name units, orders, or how many"),
            Self::GrantedAlready { .. } => words!("nothing more needs to be done"),
            Self::OwnProposal { .. } => words!("another person grants it"),
            Self::OtherRole { wanted } => {
                words!("somebody of {role} grants it", role => wanted.word())
            }
        }
    }
}

impl From<PermitReason> for super::Reason {
    fn from(reason: PermitReason) -> Self {
        Self::Permit(reason)
    }
}
