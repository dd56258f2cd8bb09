//! A machine whose wall clock is set, run as people run it: a shim stands between program and clock.

use std::process::Command;

use crate::support::counts;
use crate::support::program::{OPERATOR, Ran, SamplePlant};

const DAY_S: i64 = 86_400;
const UNIT: &str = "WO-1881/0008";

/// Sets the wall clock by so many seconds and gives the start of the machine another number; every
/// other clock stays as it is.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int clock_gettime(clockid_t which, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(which, at);
    const char *by = getenv("GEMBA_TEST_CLOCK_S");
    if (which == CLOCK_REALTIME && by) at->tv_sec += atol(by);
    return done;
}
int open64(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    va_list rest;
    va_start(rest, flags);
    int mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;
    va_end(rest);
    const char *boot = getenv("GEMBA_TEST_BOOT");
    if (boot && !strcmp(path, "/proc/sys/kernel/random/boot_id")) path = boot;
    return real(path, flags, mode);
}
"#;

/// The sample plant on a machine whose clock can be set.
struct Set {
    plant: SamplePlant,
    shim: String,
    other_start: String,
}

impl Set {
    /// None where the shim cannot be made or does not take: then nothing would be shown.
    fn new(test: &str) -> Option<Self> {
        let plant = SamplePlant::new();
        let source = plant.file("shim.c", SHIM);
        let shim = plant.path("shim.so").to_str().unwrap().to_owned();
        let other_start = plant.file("boot", "11111111-2222-3333-4444-555555555555\n");
        let arguments = ["-shared", "-fPIC", "-o", &shim, &source, "-ldl"];
        let made = Command::new("cc").args(arguments).status();
        let set = Self { plant, shim, other_start };
        let took = made.is_ok_and(|status| status.success()) && set.takes();
        if !took {
            counts::skip(test);
        }
        took.then_some(set)
    }

    /// Whether the program's wall clock is the one that the shim shows.
    fn takes(&self) -> bool {
        let far = self.run((400 * DAY_S, true), &["gauge", "list", "--json"], None).exits(0);
        far.values().iter().any(|row| row["gauge"] == "TW-09" && row["overdue"] == true)
    }

    /// Runs a command with the clock set, after the same start of the machine or another one.
    fn run(
        &self,
        (clock_s, other_start): (i64, bool),
        arguments: &[&str],
        pin: Option<&str>,
    ) -> Ran {
        let mut variables = vec![("LD_PRELOAD", self.shim.clone())];
        variables.push(("GEMBA_TEST_CLOCK_S", clock_s.to_string()));
        if other_start {
            variables.push(("GEMBA_TEST_BOOT", self.other_start.clone()));
        }
        self.plant.gemba_with(&variables, arguments, pin)
    }

    fn records(&self, at: (i64, bool), (value, gauge): (&str, &str), pin: &str) -> Ran {
        let record = ["record", UNIT, value, "--step", "torque", "--gauge", gauge, "--place"];
        let by = ["ASM-1", "--json", "--badge", OPERATOR.0, "--pin-fd", "0"];
        self.run(at, &[&record[..], &by].concat(), Some(pin))
    }

    /// The unit stands at the step that measures.
    fn reaches_torque(&self) {
        let by = |arguments: &[&str]| {
            self.plant.by(OPERATOR, &[arguments, &["--place", "ASM-1"]].concat()).exits(0);
        };
        by(&["traveler", "start", UNIT]);
        for value in ["0008", "", "H-1", "L-1", "", "yes", "", "yes", ""] {
            match value {
                "" => by(&["traveler", "complete", UNIT]),
                value => by(&["record", UNIT, value]),
            }
        }
    }
}

#[test]
fn r05_a_gauge_that_was_overdue_yesterday_is_overdue_after_the_clock_was_set_back() {
    let Some(set) = Set::new("clock_back_gauge") else { return };
    set.reaches_torque();
    // The sample plant's third wrench ended yesterday.
    for clock_s in [0, -7 * DAY_S, -400 * DAY_S, 7 * DAY_S] {
        for other_start in [false, true] {
            let said = set.records((clock_s, other_start), ("24.8", "TW-03"), OPERATOR.1);
            said.refuses(&["G04"]);
        }
    }
    set.records((-7 * DAY_S, false), ("24.8", "TW-09"), OPERATOR.1).exits(0);
    let doctor = set.run((-7 * DAY_S, false), &["doctor"], None).exits(0);
    doctor.says("! TW-03 ended");
}

#[test]
fn a_badge_locked_after_wrong_pins_is_locked_whatever_the_clock_is_set_to() {
    let Some(set) = Set::new("clock_back_pin") else { return };
    set.reaches_torque();
    for _ in 0..5 {
        set.records((0, false), ("24.8", "TW-09"), "000000").exits(1);
    }
    for clock_s in [3_600, -7 * DAY_S, 7 * DAY_S] {
        set.records((clock_s, false), ("24.8", "TW-09"), OPERATOR.1).refuses(&["P31"]);
    }
}

#[test]
fn r05_badges_do_not_count_longer_because_the_clock_was_set_back_after_a_restart() {
    let Some(set) = Set::new("clock_back_badges") else { return };
    set.reaches_torque();
    let tried = |clock_s| set.records((clock_s, true), ("24.8", "TW-09"), OPERATOR.1);
    // After a restart only the wall clock tells how long the server was not heard: fifteen days.
    tried(15 * DAY_S).refuses(&["K02"]);
    // It was told so once, so setting it back a week does not make it eight days.
    tried(8 * DAY_S).refuses(&["K02"]);
}
