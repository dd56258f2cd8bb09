//! Reasons about building in: what may be installed and taken out, and what is built in against plan.

use jiff::civil::Date;

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, LotId, PartId};
use crate::domain::material::{MaterialBlock, MaterialId};
use crate::domain::stream::TravelerId;
use crate::domain::understood::{BECOMES, GAPS, HELD, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::Reason;

/// A reason about a component or the material that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentReason {
    /// The number is that of another part.
    OtherPart {
        /// The serial or lot.
        identity: String,
        /// What it is.
        is: PartId,
        /// What is asked for.
        wanted: PartId,
    },
    /// Nothing is known here of the number, and the site builds in only what is known.
    ComponentUnknown {
        /// The serial or lot.
        identity: String,
        /// What is asked for.
        part: PartId,
    },
    /// The serial is in another unit, or in another place of this one.
    BuiltInElsewhere {
        /// The serial.
        identity: String,
        /// The unit.
        unit: TravelerId,
    },
    /// Another component is in that place.
    PlaceTaken {
        /// What is there.
        identity: String,
    },
    /// It was taken out to be scrapped.
    Scrapped {
        /// The serial.
        identity: String,
        /// The unit that it was taken out of.
        unit: TravelerId,
    },
    /// It was taken out and waits for a deviation.
    Quarantined {
        /// The serial.
        identity: String,
        /// The deviation.
        deviation: DeviationId,
    },
    /// The lot has fewer pieces left.
    LotUsedUp {
        /// The lot.
        identity: String,
        /// How many it has.
        quantity: u32,
        /// How many are used.
        used: u32,
        /// How many are needed now.
        needed: u32,
    },
    /// The lot is past its date.
    Expired {
        /// The lot or serial.
        identity: String,
        /// The last good day.
        expires: Date,
    },
    /// The lot is blocked.
    Blocked {
        /// The lot.
        material: MaterialId,
        /// Why.
        reason: String,
    },
    /// This plant makes it, and it is not finished.
    NotFinished {
        /// The unit.
        unit: TravelerId,
    },
    /// This plant made it, and it is on hold.
    MadeHeld {
        /// The unit.
        unit: TravelerId,
        /// Why.
        why: String,
    },
    /// This plant made it, and it was scrapped or returned.
    MadeEnded {
        /// The unit.
        unit: TravelerId,
        /// How it ended.
        how: String,
    },
    /// Several orders made one of this number.
    /// It is shipped.
    MadeShipped {
        /// The unit.
        unit: TravelerId,
        /// The release.
        release: Position,
    },
    SeveralMade {
        /// The number.
        identity: String,
        /// The units.
        units: Vec<TravelerId>,
    },
    /// A unit would be built into itself, or into what is in it.
    IntoItself {
        /// The unit.
        unit: TravelerId,
    },
    /// No such component is built in.
    NotBuiltIn {
        /// The serial or lot.
        identity: String,
    },
    /// The deviation that a component is taken out for is not known here.
    DeviationMissing,
    /// Something planned is not built in, or something is built in that is not planned.
    AsBuiltGap {
        /// Which, in words.
        gap: String,
    },
    /// Its lot waits to be inspected.
    NotInspected {
        /// The number.
        identity: String,
    },
    /// Nothing is noted of the lot.
    MaterialUnknown {
        /// The lot.
        material: MaterialId,
    },
    /// A lot of no pieces came in.
    NothingReceived {
        /// The lot.
        material: MaterialId,
    },
    /// A lot is noted already whose number differs by capitals alone.
    AlikeNoted {
        /// The lot that came in.
        material: MaterialId,
        /// The one that is noted.
        noted: LotId,
    },
    /// The lot is not blocked.
    NotBlocked {
        /// The lot.
        material: MaterialId,
    },
}

impl ComponentReason {
    /// That a lot is blocked.
    pub fn blocked(material: &MaterialId, block: &MaterialBlock) -> Reason {
        Self::Blocked { material: material.clone(), reason: block.reason.clone() }.into()
    }

    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherPart { .. } => "B01",
            Self::ComponentUnknown { .. } => "B02",
            Self::BuiltInElsewhere { .. } => "B03",
            Self::PlaceTaken { .. } => "B04",
            Self::Scrapped { .. } => "B05",
            Self::Quarantined { .. } => "B06",
            Self::LotUsedUp { .. } => "B07",
            Self::Expired { .. } => "B08",
            Self::Blocked { .. } => "B09",
            Self::NotFinished { .. } => "B10",
            Self::MadeHeld { .. } => "B11",
            Self::MadeEnded { .. } => "B12",
            Self::SeveralMade { .. } => "B13",
            Self::MadeShipped { .. } => "B18",
            Self::IntoItself { .. } => "B14",
            Self::NotBuiltIn { .. } => "B15",
            Self::DeviationMissing => "B16",
            Self::AsBuiltGap { .. } => "B17",
            Self::NotInspected { .. } => "B19",
            Self::MaterialUnknown { .. } => "B20",
            Self::NothingReceived { .. } => "B21",
            Self::NotBlocked { .. } => "B22",
            Self::AlikeNoted { .. } => "B23",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> Words {
        match self {
            Self::OtherPart { identity, is, wanted } => {
                words!("{identity} is {is}, and {wanted} is built in here.", identity, is, wanted)
            }
            Self::ComponentUnknown { identity, part } => {
                words!("Nothing is known at this station of {part} {identity}.", part, identity)
            }
            Self::BuiltInElsewhere { identity, unit } => {
                words!("{identity} is built into {unit}.", identity, unit)
            }
            Self::PlaceTaken { identity } => words!("{identity} is still built in here.", identity),
            Self::Scrapped { identity, unit } => {
                words!("{identity} was taken out of {unit} to be scrapped.", identity, unit)
            }
            Self::Quarantined { identity, deviation } => {
                words!("{identity} was taken out and waits for {deviation}.", identity, deviation)
            }
            Self::LotUsedUp { identity, quantity, used, needed } => words!(
                "The lot {identity} has {quantity} pieces, {used} are used, {needed} are needed.",
                identity,
                quantity,
                used,
                needed
            ),
            Self::Expired { identity, expires } => {
                words!("{identity} was good until {expires}.", identity, expires)
            }
            Self::Blocked { material, reason } => {
                words!("{material} is blocked: {reason}.", material, reason)
            }
            Self::NotFinished { unit } => words!("{unit} is not finished.", unit),
            Self::MadeHeld { unit, why } => {
                words!("{unit} is on hold: {why}.", unit, why => understood(why, HELD))
            }
            Self::MadeEnded { unit, how } => {
                words!("{unit} ended: {how}.", unit, how => understood(how, BECOMES))
            }
            Self::MadeShipped { unit, release } => {
                words!("{unit} is shipped, by {release}.", unit, release)
            }
            Self::SeveralMade { identity, units } => several(identity, units),
            Self::IntoItself { unit } => words!("{unit} cannot be built into itself.", unit),
            Self::NotBuiltIn { identity } => words!("{identity} is not built in here.", identity),
            Self::DeviationMissing => {
                words!("The deviation that it is taken out for is not known at this station.")
            }
            Self::AsBuiltGap { gap } => {
                words!("As built is not as planned: {gap}.", gap => understood(gap, GAPS))
            }
            Self::NotInspected { identity } => {
                words!("The lot {identity} was not inspected.", identity)
            }
            Self::MaterialUnknown { material } => {
                words!("Nothing is noted at this station of {material}.", material)
            }
            Self::NothingReceived { material } => {
                words!("{material} would have no pieces.", material)
            }
            Self::NotBlocked { material } => words!("{material} is not blocked.", material),
            Self::AlikeNoted { material, noted } => {
                words!(
                    "{material} would be told from {noted}, which is noted, by capitals alone.",
                    material,
                    noted
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::OtherPart { wanted, .. } => words!(
                "scan one of {wanted}; where the label is right, goods-in notes it (gemba material \
                 receive)",
                wanted
            ),
            Self::ComponentUnknown { part, .. } => {
                words!("goods-in notes it (gemba material receive {part}); fetch what is new", part)
            }
            Self::BuiltInElsewhere { unit, .. } => words!(
                "check the label; where it was taken out of {unit}, say so: gemba component remove",
                unit
            ),
            Self::PlaceTaken { .. } => {
                words!(
                    "scan the same one; where it was taken out, say so first: gemba component remove"
                )
            }
            Self::Quarantined { deviation, .. } => {
                words!("scan another one, or wait for the decision about {deviation}", deviation)
            }
            Self::LotUsedUp { .. } => {
                words!(
                    "scan another lot; where more came in, goods-in corrects it (gemba material \
                 receive)"
                )
            }
            Self::Expired { .. } => words!("scan another one that is in date"),
            Self::Blocked { .. } => {
                words!("scan another one; quality releases it (gemba material release)")
            }
            Self::NotFinished { .. } => words!("finish it first, or scan another one"),
            Self::MadeHeld { unit, .. } => {
                words!("scan another one, or look at {unit}: gemba traveler show", unit)
            }
            Self::Scrapped { .. } | Self::MadeEnded { .. } | Self::IntoItself { .. } => {
                words!("scan another one")
            }
            Self::MadeShipped { unit, .. } => {
                words!(
                    "scan another one; where it is here again, say so: gemba ship back {unit}",
                    unit
                )
            }
            Self::SeveralMade { .. } => words!("scan or type it as ORDER/UNIT"),
            Self::NotBuiltIn { .. } => {
                words!("look at what is built in: gemba component list ORDER/UNIT")
            }
            Self::DeviationMissing => {
                words!("raise it first, then name it: gemba deviation raise")
            }
            Self::AsBuiltGap { .. } => {
                words!("build in what is missing; say what was taken out: gemba component remove")
            }
            Self::NotInspected { .. } => {
                words!("open it for inspection (gemba inspection open), or scan another")
            }
            Self::MaterialUnknown { .. } => words!("note it first: gemba material receive"),
            Self::NothingReceived { .. } => {
                words!("say how many pieces came, or leave the number out")
            }
            Self::NotBlocked { .. } => words!("nothing needs to be done"),
            Self::AlikeNoted { noted, .. } => {
                words!(
                    "where it is that one, note it as {noted}; else give it another number",
                    noted
                )
            }
        }
    }
}

fn several(identity: &str, units: &[TravelerId]) -> Words {
    let units: Vec<String> = units.iter().map(ToString::to_string).collect();
    let units = units.join(", ");
    words!("Several units have the number {identity}: {units}.", identity, units)
}

impl From<ComponentReason> for Reason {
    fn from(reason: ComponentReason) -> Self {
        Self::Component(reason)
    }
}
