//! Where a command or a terminal stands: told by itself, the environment, an address or the settings;
//! what names no place, or one that is not known here, is refused.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::program::{OPERATOR, SamplePlant};

/// Starts a unit as an operator, told these variables; gives back the exit code and what was said.
fn starts(plant: &SamplePlant, unit: &str, told: &[(&str, &str)], more: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
    command.args(["traveler", "start", unit, "--badge", OPERATOR.0, "--pin-fd", "0"]);
    command.args(more).env("GEMBA_HOME", plant.home());
    for name in ["GEMBA_PLACE", "SSH_CONNECTION", "SSH_CLIENT"] {
        command.env_remove(name);
    }
    command.envs(told.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", OPERATOR.1).unwrap_or_default();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn r05_a_place_is_told_by_the_nearest_source_and_never_guessed() {
    let plant = SamplePlant::new();
    let settings = "place = \"ASM-1\"\n[places]\n\"10.4.1.\" = \"INC-1\"\n\
        \"10.4.1.17\" = \"ASM-2\"\n\"10.4.2.9\" = \"NOWHERE\"\n";
    fs::write(plant.home().join("gemba.toml"), settings).unwrap();
    let from = |address: &'static str| -> [(&str, &str); 1] { [("SSH_CONNECTION", address)] };

    // The settings' own place; pumps are assembled at ASM.
    assert_eq!(starts(&plant, "WO-1881/0007", &[], &[]).0, 0);
    // Another bench by the beginning of the address: incoming inspection assembles nothing.
    let (code, said) = starts(&plant, "WO-1881/0008", &from("10.4.1.5 50022 10.0.0.1 22"), &[]);
    assert!(code == 1 && said.contains("L03"), "{said}");
    // The whole address is nearer than its beginning; the command itself is nearest.
    let line = from("10.4.1.17 50022 10.0.0.1 22");
    assert_eq!(starts(&plant, "WO-1881/0008", &line, &[]).0, 0);
    let (code, said) = starts(&plant, "WO-1881/0009", &line, &["--place", "INC-1"]);
    assert!(code == 1 && said.contains("L03"), "{said}");

    // What is told wrong is not passed over in favor of the next source.
    let (code, said) = starts(&plant, "WO-1881/0009", &[("GEMBA_PLACE", "no place!")], &[]);
    assert!(code == 2 && said.contains("GEMBA_PLACE names no place"), "{said}");
    let (code, said) = starts(&plant, "WO-1881/0009", &[("GEMBA_PLACE", "ASM-9")], &[]);
    assert!(code == 1 && said.contains("GEMBA_PLACE says ASM-9") && said.contains("L02"), "{said}");
    assert!(said.contains("known here: ASM-1, ASM-2, INC-1"), "{said}");
    let (code, said) = starts(&plant, "WO-1881/0009", &from("10.4.2.9 50022 10.0.0.1 22"), &[]);
    assert!(code == 1 && said.contains("address 10.4.2.9 says NOWHERE"), "{said}");
    plant.gemba(&["traveler", "list", "--place", "ASM-9", "--json"]).refuses(&["L02"]);

    plant.gemba(&["--place", "ASM-9"]).exits(1).says("--place says ASM-9");
    plant.gemba(&["--place", "ASM-1"]).exits(2).says("there is no terminal");
    plant.gemba(&["--place", "ASM-1", "doctor"]).exits(2).says("behind the command");
}
