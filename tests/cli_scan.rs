//! Codes on the command line: read, refused, and taken for the unit that they name.

use crate::cli_sampling::by_operator;
use crate::support::program::SamplePlant;

#[test]
fn a_code_that_holds_nothing_is_refused() {
    let plant = SamplePlant::new();
    for nothing in ["", "]d2", "]C0"] {
        plant.gemba(&["scan", nothing, "--json"]).refuses(&["Y08"]);
    }
    plant.gemba(&["scan", "]D2010952", "--json"]).refuses(&["Y18"]);
    plant.gemba(&["scan", "(01)09520123456788(10)L-3"]).exits(0).says("L-3");
}

#[test]
fn a_unit_is_named_by_its_label_as_on_the_screens() {
    let plant = SamplePlant::new();
    let label = "]d20109520123456788210007";
    plant.gemba(&["traveler", "show", label]).exits(0).says("WO-1881/0007");
    plant.gemba(&["traveler", "show", "0007"]).exits(0).says("WO-1881/0007");
    by_operator(&plant, &["traveler", "start", "(01)09520123456788(21)0007"]).exits(0);
    by_operator(&plant, &["record", label, label]).exits(0);
    plant.gemba(&["traveler", "show", "WO-1881/0007"]).exits(0).says("0007");
}

#[test]
fn a_label_that_names_no_unit_is_refused_and_says_what_it_holds() {
    let plant = SamplePlant::new();
    let refused = plant.gemba(&["traveler", "show", "(01)09520123456788(21)9999"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("(21)9999 names no unit that is known here"), "{}", refused.err);
    plant.gemba(&["traveler", "show", "]d2010952012345678810L-321S-7", "--json"]).refuses(&["Y06"]);
    let wrong = plant.gemba(&["traveler", "show", "nonsense"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.err.contains("write it as ORDER/UNIT"), "{}", wrong.err);
}
