//! What was measured of a characteristic, as a store would tell it.

use gemba::domain::ids::{CharacteristicId, PartId};
use gemba::domain::quantity::{DecisionRule, Limits, Number, Verdict};
use gemba::domain::stream::TravelerId;
use gemba::domain::unit::Unit;
use gemba::views::board::{Complete, SilentPlace};
use gemba::views::characteristic::{CharacteristicView, Measured};

use super::ours::ours;
use super::shop_plan::id;

/// Of one place what happened is known up to a moment, of another one nothing came for long.
pub(crate) fn half_heard() -> Complete {
    let at = |time: &str| format!("2026-11-23T{time}:00Z").parse().ok();
    let silent = vec![SilentPlace { place: id("LEAK-1"), last_contact: at("06:19") }];
    Complete { complete_to: at("06:58"), silent, link_down: false }
}

/// Twelve values, of which one is marginal and one fails; by two revisions at two places in two shifts.
pub(crate) fn characteristic(part: &PartId, what: &CharacteristicId) -> CharacteristicView {
    let number = |text: &str| Number::parse(text).unwrap();
    let unit = Unit::parse("mm").unwrap();
    let limits = Limits {
        nominal: Some(number("0.15")),
        lower: Some(number("0.10")),
        upper: Some(number("0.20")),
        unit,
        rule: DecisionRule::default(),
    };
    let values = [
        "0.14", "0.15", "0.13", "0.15", "0.16", "0.15", "0.17", "0.16", "0.18", "0.20", "0.21",
        "0.10",
    ];
    let measured = |(n, value): (usize, &&str)| Measured {
        traveler: TravelerId { order: id("WO-1881"), unit: id(&format!("{:04}", n + 1)) },
        reading: format!("stn-a.1.{}", 100 + n),
        sample: 1,
        value: format!("{value} mm"),
        number: Some(number(value).value()),
        verdict: Some(match *value {
            "0.20" => Verdict::Marginal,
            "0.21" => Verdict::Fail,
            _ => Verdict::Pass,
        }),
        at: format!("2026-11-23T{:02}:10:00Z", 4 + n).parse().unwrap(),
        who: if n < 6 { "A. Novak" } else { "M. Okafor" }.to_owned(),
        place: Some(id(if n % 2 == 0 { "ASM-1" } else { "ASM-2" })),
        shift: Some(if n < 8 { "early" } else { "late" }.to_owned()),
        revision: ours("{id} rev {revision}")
            .and("id", "WI-1040")
            .and("revision", if n < 7 { "B" } else { "C" }),
        gauge: Some("FG-03".to_owned()),
    };
    CharacteristicView {
        part: part.clone(),
        characteristic: what.clone(),
        name: "Joint gap".to_owned(),
        requirement: "0.15 ±0.05 mm".to_owned(),
        limits: Some(limits),
        readings: values.iter().enumerate().map(measured).collect(),
        older: false,
        not_here: 0,
        complete: half_heard(),
    }
}
