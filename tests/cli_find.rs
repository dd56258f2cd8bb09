//! `gemba find`: anything at a station by words of it.

use crate::support::program::SamplePlant;

#[test]
fn words_of_an_instruction_of_a_name_and_of_a_number_are_found_by_command() {
    let plant = SamplePlant::new();
    plant.gemba(&["find", "cross", "pattern"]).exits(0).says("instruction/WI-1040/").says("torque");
    plant.gemba(&["find", "lindqv"]).exits(0).says("J. Lindqvist");
    plant.gemba(&["find", "WO-1881", "--limit", "1", "--json"]).exits(0).says("\"behind\":0");
    plant.gemba(&["find", "d-4410"]).exits(0).says("specification/CP-40/F");
    plant.gemba(&["find", "5", "joint", "gap"]).exits(0).says("characteristic/CP-40/c-gap");
    plant.gemba(&["find", "\"NEAR(*"]).exits(1).says("nothing here has").says("leave a word out");
}
