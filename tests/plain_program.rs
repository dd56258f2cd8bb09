//! The real program in lines: through a pipe, at a terminal that moves no cursor, and over SSH.

use std::fs;
use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::support::hosting::Hosting;
use crate::support::patience::Patience;
use crate::support::program::{OPERATOR, SamplePlant};

/// Nothing but text and line ends.
#[track_caller]
fn is_text(heard: &str) {
    let strange = heard.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\x07'));
    assert_eq!(strange, None, "{heard:?}");
    let drawn = heard.chars().find(|c| matches!(c, '\u{2500}'..='\u{259f}'));
    assert_eq!(drawn, None, "{heard}");
}

#[test]
fn a_unit_is_begun_through_a_pipe_in_lines_without_a_terminal() {
    let plant = SamplePlant::new();
    let lines = "B-2107\n482913\nWO-1881/0010\n\n0010\n/esc\n/menu\n0\n/esc\n";
    let ran = plant.gemba_told(&["--plain", "--place", "ASM-1"], lines).exits(0);
    is_text(&ran.out);
    for said in [
        "Scan your badge, or type it",
        "What you type here is not hidden.",
        "signed in: A. Novak",
        "Work here",
        "Pump serial > ",
        "saved 0010",
        "What now?",
        "1  Change person",
    ] {
        assert!(ran.out.contains(said), "{said:?} is not heard:\n{}", ran.out);
    }
    assert!(!ran.out.contains("> 482913"), "{}", ran.out);
    assert_eq!(ran.err, "");
}

#[test]
fn what_was_half_typed_when_the_pipe_ended_is_kept() {
    let plant = SamplePlant::new();
    let lines = "B-2107\n482913\nWO-1881/0010\n\n00";
    let ran = plant.gemba_told(&["--plain", "--place", "ASM-1"], lines).exits(0);
    assert!(ran.out.contains("Pump serial"), "{}", ran.out);
    let again =
        plant.gemba_told(&["--plain", "--place", "ASM-1"], "B-2107\n482913\nWO-1881/0010\n");
    assert!(again.out.contains("00  kept from before"), "{}", again.out);
}

#[test]
fn the_board_for_a_wall_is_heard_in_lines_without_anybody_signing_in() {
    let plant = SamplePlant::new();
    fs::write(plant.home().join("gemba.toml"), "screens = \"plain\"\n").unwrap();
    let ran = plant.gemba_told(&["board", "--wall"], "").exits(0);
    is_text(&ran.out);
    for said in ["GOOD", "FIRST PASS", "ON HOLD", "WAITS"] {
        assert!(ran.out.contains(said), "{said:?} is not heard:\n{}", ran.out);
    }
    assert!(!ran.out.contains("Badge"), "{}", ran.out);
}

#[test]
fn without_lines_a_pipe_is_still_no_terminal() {
    let plant = SamplePlant::new();
    plant.gemba_told(&["--place", "ASM-1"], "B-2107\n").exits(2).says("there is no terminal");
    plant.gemba(&["--plain", "doctor"]).exits(2).says("are for the terminal");
    plant.gemba(&["--plain", "--ascii"]).exits(2);
}

/// Somebody at a terminal that moves no cursor.
struct Dumb {
    keyboard: Box<dyn std::io::Write + Send>,
    shown: Receiver<Vec<u8>>,
    heard: String,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _line: Box<dyn portable_pty::MasterPty + Send>,
}

impl Dumb {
    fn open(mut command: CommandBuilder) -> Self {
        command.env("TERM", "dumb");
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, shown) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keyboard, shown, heard: String::new(), child, _line: pair.master }
    }

    #[track_caller]
    fn hears(&mut self, text: &str) {
        let patience = Patience::begins();
        while !self.heard.contains(text) {
            let bytes = self.shown.recv_timeout(patience.left().unwrap_or_default());
            let bytes = bytes.unwrap_or_else(|_| panic!("{text:?} is not heard:\n{}", self.heard));
            self.heard.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn types(&mut self, line: &str) {
        self.keyboard.write_all(format!("{line}\r").as_bytes()).unwrap();
    }

    /// Everything up to the end.
    fn ends(&mut self) -> u32 {
        let patience = Patience::begins();
        while let Ok(bytes) = self.shown.recv_timeout(patience.left().unwrap_or_default()) {
            self.heard.push_str(&String::from_utf8_lossy(&bytes));
        }
        self.child.wait().unwrap().exit_code()
    }
}

#[test]
fn a_dumb_terminal_hears_lines_and_sees_no_pin() {
    let plant = SamplePlant::new();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gemba"));
    command.args(["--place", "ASM-1"]);
    command.env("GEMBA_HOME", plant.home());
    let mut dumb = Dumb::open(command);
    dumb.hears("Badge > ");
    dumb.types(OPERATOR.0);
    dumb.hears("PIN > ");
    dumb.types(OPERATOR.1);
    dumb.hears("or a part > ");
    dumb.types("/quit");
    assert_eq!(dumb.ends(), 0);
    is_text(&dumb.heard);
    let typed = |text: &str| dumb.heard.contains(&format!("> {text}"));
    assert!(typed(OPERATOR.0) && !typed(OPERATOR.1), "{}", dumb.heard);
    assert!(dumb.heard.lines().all(|line| line.chars().count() <= 80), "{}", dumb.heard);
}

#[test]
fn a_dumb_terminal_over_ssh_hears_lines_and_sees_no_pin() {
    let hosting = Hosting::start(&[("a", "ASM-1")], "");
    let reached = hosting.reached();
    let client = reached.client("a", &["-tt"]);
    let mut command = CommandBuilder::new(client.get_program());
    command.args(client.get_args());
    let mut dumb = Dumb::open(command);
    dumb.hears("Badge > ");
    dumb.types(OPERATOR.0);
    dumb.hears("PIN > ");
    dumb.types(OPERATOR.1);
    dumb.hears("or a part > ");
    dumb.types("/quit");
    dumb.ends();
    is_text(&dumb.heard.replace("\x08 \x08", ""));
    let typed = |text: &str| dumb.heard.contains(&format!("> {text}"));
    assert!(typed(OPERATOR.0) && !typed(OPERATOR.1), "{}", dumb.heard);
}

#[test]
fn a_theme_that_is_not_here_is_told_with_those_that_are() {
    let plant = SamplePlant::new();
    let settings = plant.home().join("gemba.toml");
    fs::write(&settings, "theme = \"pink\"\n").unwrap();
    let names = "dark, light, high-contrast, color-blind, 16-color, mono";
    for command in [&["--place", "ASM-1"][..], &["--plain", "--place", "ASM-1"], &["host"]] {
        let ran = plant.gemba(command).exits(2).says("there is no theme \"pink\"");
        assert!(ran.err.contains(names), "{}", ran.err);
    }
    plant.gemba(&["doctor"]).exits(0).says("there is no theme \"pink\"");
    plant.gemba(&["board"]).exits(0);
}

#[test]
fn a_theme_of_the_site_is_checked_by_line_and_column_and_for_what_can_be_read() {
    let plant = SamplePlant::new();
    let folder = plant.home().join("themes");
    fs::create_dir(&folder).unwrap();
    let head = "name = \"harbor\"\nground = \"black\"\n[roles]\n";
    fs::write(folder.join("harbor.toml"), format!("{head}muted = {{ color = \"red\" }}\n"))
        .unwrap();
    fs::write(folder.join("wrong.toml"), format!("{head}ok = {{ color = \"blau\" }}\n")).unwrap();
    fs::write(folder.join("other.toml"), head).unwrap();
    let settings = plant.home().join("gemba.toml");
    fs::write(&settings, "theme = \"wrong\"\n").unwrap();
    let ran = plant.gemba(&["doctor"]).exits(0);
    for said in [
        "wrong.toml: line 4, column 16: no color is \"blau\"",
        "other.toml: it calls itself \"harbor\"",
        "theme harbor: muted has a contrast of 3.6, and 4.5 is promised",
    ] {
        assert!(ran.out.contains(said), "{said:?} is not in:\n{}", ran.out);
    }
    plant.gemba(&["--plain"]).exits(2).says("wrong.toml: line 4, column 16").says("mono, harbor");
}
