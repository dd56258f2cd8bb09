//! Reasons about deviation permits (R4).

use jiff::civil::Date;

use crate::domain::ids::{CharacteristicId, PartId, PermitId, PersonId, RevisionId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::unit::Unit;

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
    pub fn what(&self) -> String {
        match self {
            Self::Unknown { permit } => format!("The permit {permit} is not known here."),
            Self::NotGranted { permit } => format!("{permit} is proposed and not granted."),
            Self::Withdrawn { permit, reason } => format!("{permit} was withdrawn: {reason}."),
            Self::NotYet { permit, from } => format!("{permit} is not good before {from}."),
            Self::Expired { permit, through } => format!("{permit} was good through {through}."),
            Self::UsedUp { permit, used, quantity, wanted } => format!(
                "{permit} is for {quantity}: {used} used it, and this would be {wanted} more."
            ),
            Self::OtherPart { permit, part } => format!("{permit} is for part {part}."),
            Self::OtherCharacteristic { permit, name } => format!("{permit} is for {name}."),
            Self::OtherRevision { permit, revision } => {
                format!("{permit} is for rev {revision} of the specification only.")
            }
            Self::OtherUnit { permit, unit } => format!("{permit} does not name {unit}."),
            Self::Beyond { permit, value, limits } => {
                format!("{value} is outside what {permit} allows as well: {limits}.")
            }
            Self::OtherValue { counts } => format!("The value that counts is {counts}."),
            Self::AfterTheFact { permit } => {
                format!("That {permit} was granted before the reading was taken is not proven.")
            }
            Self::OtherLimits { permit, given, now } => {
                format!("{permit} was given where {given} was specified; now it is {now}.")
            }
            Self::FromPast { from } => format!("{from} is over: a permit holds from now on."),
            Self::TwoUnits { named, specified } => {
                format!("One limit would be in {named}, the other stay in {specified}.")
            }
            Self::NotWider { name } => {
                format!("The limits of {name} would not be wider than they are.")
            }
            Self::Critical { name } => format!("{name} is critical: no permit is given for it."),
            Self::NotMeasured { name } => format!("{name} is not measured against limits."),
            Self::CharacteristicUnknown { characteristic, revision } => {
                format!("The specification rev {revision} has no {characteristic}.")
            }
            Self::OverBefore { through } => {
                format!("A permit through {through} would be over before it begins.")
            }
            Self::Unbounded => "Neither units nor a quantity are named.".to_owned(),
            Self::GrantedAlready { permit } => format!("{permit} is granted."),
            Self::OwnProposal { person } => format!("{person} proposed it."),
            Self::OtherRole { wanted } => {
                format!("It is granted in the role {}.", wanted.word())
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::Unknown { .. } => "check the number, or sync this station".to_owned(),
            Self::NotGranted { permit } => {
                format!(
                    "the other of engineering and quality grants it: gemba permit grant {permit}"
                )
            }
            Self::Withdrawn { .. }
            | Self::Expired { .. }
            | Self::UsedUp { .. }
            | Self::OtherLimits { .. } => {
                "raise a deviation, or have another permit granted".to_owned()
            }
            Self::NotYet { .. } => "raise a deviation, or wait for that day".to_owned(),
            Self::OtherPart { .. }
            | Self::OtherCharacteristic { .. }
            | Self::OtherRevision { .. }
            | Self::OtherUnit { .. } => {
                "name a permit that fits (gemba permit list), or raise a deviation".to_owned()
            }
            Self::Beyond { .. } | Self::AfterTheFact { .. } => "raise a deviation".to_owned(),
            Self::FromPast { .. } => "leave the first day out, or name one to come".to_owned(),
            Self::OtherValue { .. } => {
                "type what the gauge shows at the step; it is then judged anew".to_owned()
            }
            Self::TwoUnits { named, specified } => {
                format!("name both limits in {named}, or the one in {specified}")
            }
            Self::NotWider { .. } => {
                "name a lower limit below or an upper limit above the specified one".to_owned()
            }
            Self::Critical { .. } | Self::NotMeasured { .. } => {
                "raise a deviation where it fails".to_owned()
            }
            Self::CharacteristicUnknown { .. } => {
                "name one of the part's specification: gemba specification show".to_owned()
            }
            Self::OverBefore { .. } => "name a later last day".to_owned(),
            Self::Unbounded => "name units, orders, or how many".to_owned(),
            Self::GrantedAlready { .. } => "nothing more needs to be done".to_owned(),
            Self::OwnProposal { .. } => "another person grants it".to_owned(),
            Self::OtherRole { wanted } => format!("somebody of {} grants it", wanted.word()),
        }
    }
}

impl From<PermitReason> for super::Reason {
    fn from(reason: PermitReason) -> Self {
        Self::Permit(reason)
    }
}
