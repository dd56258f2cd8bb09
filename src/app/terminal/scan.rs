//! Tells a barcode scanner, which types like a keyboard, from a person.
//!
//! The first character of a burst is shown at once: typing must not wait. (A star does, which may be the
//! keypad's and open a menu.) What follows it at a pace that no finger has is kept back until the burst
//! ends, and a burst that proves to be a scan takes back what was shown. A burst is a scan
//! - when it carries a mark: STX, an AIM identifier such as `]C1`, or a prefix from the settings; or
//! - by speed: at least four characters, ended by CR, LF or Tab at the same pace. Four to seven
//!   characters must come at 25 ms a piece on average, which with the end is faster than anybody
//!   types; from eight on, 50 ms between any two will do.
//!
//! A burst with a mark whose end does not come, or within which a key comes, is told as cut (or
//! taken, by a setting, for scanners without an end mark). What comes late of it, up to its end, is
//! told to nobody: it would pass for another code. The same goes for two bursts at machine pace
//! of which only the second ends: a slow line parted them. A function key within a burst came from the
//! scanner, which sends it for a separator: it acts nowhere, and is told with the code.
//!
//! What ends by silence is waited for longer. Of a code that has a mark, what comes later without one is
//! the rest, and told as cut; where no code has a mark, two that come after one another may be two.
//!
//! Silence ends a scan by speed only where no text is typed (or by a setting, for scanners without
//! an end mark): in a field the characters stay, as if typed, and nothing is lost. A key that
//! repeats is no scan, and in a field neither is a decimal number: gauges with a cable type
//! `24.81` and Enter just as fast, and mean it.

use crate::ui::input::{Focus, Input, Key, ScanEnd};

/// Codes are shorter; what is longer ends in U+FFFD, so that nobody takes the part for the whole.
const SCAN_CHARACTERS_MAX: usize = 8192;

/// For so long after a scan was cut, what comes may be the rest of it.
const REST_MS: u64 = 2_000;

/// Where it is typed into a field it may act all the same: the keypad's star opens the menu.
const MAY_ACT: char = '*';

/// How scans are recognized; times in milliseconds.
#[derive(Debug, Clone)]
pub struct ScanRules {
    /// Characters that a scanner was set to send first, beside STX and AIM identifiers.
    pub prefixes: Vec<String>,
    /// Whether silence ends a scan by speed in a field too.
    pub silence_ends: bool,
    pub length_min: usize,
    /// From this length on, speed alone suffices without a pace.
    pub long_length_min: usize,
    /// Between two characters of one burst.
    pub gap_ms_max: u64,
    /// Between two characters of a burst with a mark, which may stall on a slow line.
    pub marked_gap_ms_max: u64,
    /// Between the last character of a burst at machine pace and the end mark.
    pub end_ms_max: u64,
    /// Average a character in a short scan.
    pub pace_ms_max: u64,
    /// Between two characters of what ends by silence: a line may stall, and nothing tells the end.
    pub silence_ms_max: u64,
    /// A second character this soon is kept back; a finger takes longer.
    pub machine_ms_max: u64,
}

impl Default for ScanRules {
    fn default() -> Self {
        Self {
            prefixes: Vec::new(),
            silence_ends: false,
            length_min: 4,
            long_length_min: 8,
            gap_ms_max: 50,
            marked_gap_ms_max: 200,
            end_ms_max: 40,
            pace_ms_max: 25,
            silence_ms_max: 400,
            machine_ms_max: 15,
        }
    }
}

/// What shows that a burst is a scan, whatever its speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    /// STX came before; ETX ends it, and every control inside is data.
    Framed,
    Aim,
    /// A prefix from the settings, so many characters long.
    Prefix(usize),
}

/// What came before, and may be the front of a code that a slow line parted.
#[derive(Debug, Clone, Copy, Default)]
struct Front {
    /// How many of its characters went out as keys.
    shown: usize,
    /// Until when the next may be the rest of it.
    until_ms: u64,
    /// Whether it was a scan with a mark: what follows without one is its rest.
    marked: bool,
}

/// Characters that came close together; the first `shown` of them went out as keys.
#[derive(Debug)]
pub(super) struct Burst {
    characters: Vec<char>,
    shown: usize,
    mark: Mark,
    first_ms: u64,
    last_ms: u64,
    /// Between the last two characters; `u64::MAX` for the first.
    last_gap_ms: u64,
    /// Characters that came in the read under way.
    fresh: usize,
    /// Until when what comes is the rest of a scan that was cut.
    rest_until_ms: u64,
    front: Front,
}

impl Burst {
    pub(super) const fn new() -> Self {
        Self {
            characters: Vec::new(),
            shown: 0,
            mark: Mark::None,
            first_ms: 0,
            last_ms: 0,
            last_gap_ms: u64::MAX,
            fresh: 0,
            rest_until_ms: 0,
            front: Front { shown: 0, until_ms: 0, marked: false },
        }
    }

    pub(super) fn is_framed(&self) -> bool {
        self.mark == Mark::Framed
    }

    pub(super) fn is_open(&self, rules: &ScanRules, focus: Focus, at_ms: u64) -> bool {
        !self.is_closed() && at_ms.saturating_sub(self.last_ms) <= self.gap_ms_max(rules, focus)
    }

    fn is_closed(&self) -> bool {
        self.characters.is_empty() && self.mark == Mark::None
    }

    fn gap_ms_max(&self, rules: &ScanRules, focus: Focus) -> u64 {
        if self.is_scanned(rules, focus) && self.silence_ends(rules, focus) {
            rules.silence_ms_max
        } else if self.mark == Mark::None || self.characters.is_empty() {
            rules.gap_ms_max
        } else {
            rules.marked_gap_ms_max
        }
    }

    /// Whether it is a scan once nothing more comes.
    fn silence_ends(&self, rules: &ScanRules, focus: Focus) -> bool {
        rules.silence_ends || (focus == Focus::Choice && self.mark == Mark::None)
    }

    /// Whether no hand typed it, as far as it came.
    fn is_scanned(&self, rules: &ScanRules, focus: Focus) -> bool {
        if self.mark == Mark::None {
            self.pace_within(rules.machine_ms_max) && self.looks_scanned(rules, focus)
        } else {
            !self.characters.is_empty()
        }
    }

    /// When silence ends it; none if nothing is kept back.
    pub(super) fn deadline(&self, rules: &ScanRules, focus: Focus) -> Option<u64> {
        let waits = self.mark != Mark::None || self.shown < self.characters.len();
        let gap_ms_max = self.gap_ms_max(rules, focus);
        waits.then(|| self.last_ms.saturating_add(gap_ms_max).saturating_add(1))
    }

    /// STX: whatever follows is a scan.
    pub(super) fn frame(&mut self, at_ms: u64, out: &mut Vec<Input>) {
        self.cut_short(out);
        self.rest_until_ms = 0;
        self.mark = Mark::Framed;
        self.first_ms = at_ms;
        self.last_ms = at_ms;
    }

    /// Takes one more character; the burst before must have been ended by [`Self::silence`].
    pub(super) fn push(&mut self, c: char, rules: &ScanRules, at_ms: u64, out: &mut Vec<Input>) {
        if self.is_in_rest(at_ms) {
            self.last_ms = at_ms;
            return;
        }
        if self.characters.len() == SCAN_CHARACTERS_MAX {
            if self.mark == Mark::None {
                self.release(out);
            } else {
                self.characters.pop();
                self.characters.push('\u{fffd}');
                self.last_ms = at_ms;
                return;
            }
        }
        if self.characters.is_empty() {
            self.first_ms = at_ms;
            self.last_gap_ms = u64::MAX;
        } else {
            self.last_gap_ms = at_ms.saturating_sub(self.last_ms);
            // A line that stalls changes nobody's pace.
            if self.last_gap_ms > rules.gap_ms_max {
                self.first_ms = self.first_ms.saturating_add(self.last_gap_ms);
            }
        }
        self.characters.push(c);
        self.last_ms = at_ms;
        self.fresh += 1;
        if self.mark == Mark::None {
            self.mark = mark_of(&self.characters, rules);
        }
    }

    /// Shows a character that came alone and at a person's pace.
    pub(super) fn end_read(&mut self, rules: &ScanRules, focus: Focus, out: &mut Vec<Input>) {
        let alone = self.fresh == 1 && self.shown + 1 == self.characters.len();
        self.fresh = 0;
        let shows = alone
            && focus == Focus::Text
            && self.mark == Mark::None
            && self.last_gap_ms > rules.machine_ms_max
            && !self.characters.ends_with(&[MAY_ACT])
            && !may_get_mark(&self.characters, rules);
        if shows {
            out.extend(self.characters.iter().skip(self.shown).filter_map(|&c| key_of(c)));
            self.shown = self.characters.len();
        }
    }

    fn is_in_rest(&self, at_ms: u64) -> bool {
        self.is_closed() && at_ms < self.rest_until_ms
    }

    /// Whether an end mark belongs to a scan that was cut; its rest is over then.
    pub(super) fn ends_rest(&mut self, at_ms: u64) -> bool {
        let ends = self.is_in_rest(at_ms);
        if ends {
            self.rest_until_ms = 0;
        }
        ends
    }

    /// CR, LF, Tab or ETX: takes the burst as a scan and answers true, or releases it as keys.
    pub(super) fn end(
        &mut self,
        rules: &ScanRules,
        focus: Focus,
        (end, at_ms): (ScanEnd, u64),
        out: &mut Vec<Input>,
    ) -> bool {
        if self.ends_rest(at_ms) {
            return true;
        }
        let marked = self.mark != Mark::None;
        // A scanner that waits after each character also waits before its end mark.
        let machine = self.pace_within(rules.machine_ms_max);
        let end_ms_max = if machine { rules.end_ms_max } else { rules.gap_ms_max };
        let soon = at_ms.saturating_sub(self.last_ms) <= end_ms_max;
        if marked || self.is_rest(rules) || (soon && self.looks_scanned(rules, focus)) {
            let parted = !marked && self.first_ms < self.front.until_ms;
            if parted {
                self.shown += self.front.shown;
            }
            self.take(if parted { ScanEnd::Cut } else { end }, out);
            return true;
        }
        self.release(out);
        self.front = Front::default();
        false
    }

    /// Whether it follows a scan that ended by silence and had a mark, as this has none.
    fn is_rest(&self, rules: &ScanRules) -> bool {
        let follows = self.front.marked && self.first_ms < self.front.until_ms;
        let several = self.characters.len() > 1;
        self.mark == Mark::None && follows && several && self.pace_within(rules.machine_ms_max)
    }

    /// Nothing more came in time.
    pub(super) fn silence(&mut self, rules: &ScanRules, focus: Focus, out: &mut Vec<Input>) {
        if self.is_rest(rules) {
            self.take(ScanEnd::Cut, out);
            return;
        }
        let (scanned, marked) = (self.is_scanned(rules, focus), self.mark != Mark::None);
        let until_ms = self.last_ms.saturating_add(REST_MS);
        if scanned && self.silence_ends(rules, focus) {
            self.take(ScanEnd::Nothing, out);
            self.front = Front { shown: 0, until_ms, marked };
            return;
        }
        let shown = self.characters.len();
        self.cut_short(out);
        if scanned && !marked {
            self.front = Front { shown, until_ms, marked };
        }
    }

    /// Whether a function key that comes now is of a scan: within it, or within the rest of one.
    pub(super) fn takes_key(&self, rules: &ScanRules, focus: Focus, at_ms: u64) -> bool {
        let soon = at_ms.saturating_sub(self.last_ms) <= rules.marked_gap_ms_max;
        soon && (self.is_scanned(rules, focus) || self.is_in_rest(at_ms))
    }

    /// A key came that is of the scan: there is no telling what it stands for.
    pub(super) fn cut_by(&mut self, key: String, at_ms: u64, out: &mut Vec<Input>) {
        if self.is_in_rest(at_ms) {
            self.last_ms = at_ms;
        } else {
            self.take(ScanEnd::Key(key), out);
        }
    }

    /// A key came, which is nobody's front or rest.
    pub(super) fn interrupt(&mut self, out: &mut Vec<Input>) {
        self.cut_short(out);
        self.front = Front::default();
    }

    fn looks_scanned(&self, rules: &ScanRules, focus: Focus) -> bool {
        let count = self.characters.len();
        let repeats = self.characters.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        let paced = count >= rules.long_length_min || self.pace_within(rules.pace_ms_max);
        let measured = focus == Focus::Text && is_decimal(&self.characters);
        count >= rules.length_min && !repeats && paced && !measured
    }

    fn pace_within(&self, ms_max: u64) -> bool {
        let gaps = u64::try_from(self.characters.len().saturating_sub(1)).unwrap_or(u64::MAX);
        self.last_ms.saturating_sub(self.first_ms) <= ms_max.saturating_mul(gaps)
    }

    fn take(&mut self, end: ScanEnd, out: &mut Vec<Input>) {
        if self.shown > 0 {
            out.push(Input::TakeBack(self.shown));
        }
        let skipped = match self.mark {
            Mark::Prefix(length) => length,
            Mark::None | Mark::Framed | Mark::Aim => 0,
        };
        let code: String = self.characters.iter().skip(skipped).collect();
        let cut = matches!(end, ScanEnd::Cut | ScanEnd::Key(_)) && !self.characters.is_empty();
        let rest_until_ms = if cut { self.last_ms.saturating_add(REST_MS) } else { 0 };
        if !code.is_empty() {
            if end != ScanEnd::Enter {
                out.push(Input::ScanEnd(end));
            }
            out.push(Input::Scan(code));
        }
        *self = Self { rest_until_ms, last_ms: self.last_ms, ..Self::new() };
    }

    /// Ends it because something else came, or for want of more.
    pub(super) fn cut_short(&mut self, out: &mut Vec<Input>) {
        if self.mark == Mark::None {
            self.release(out);
        } else {
            self.take(ScanEnd::Cut, out);
        }
    }

    /// Gives out as keys what was kept back.
    fn release(&mut self, out: &mut Vec<Input>) {
        out.extend(self.characters.iter().skip(self.shown).filter_map(|&c| key_of(c)));
        let (last_ms, rest_until_ms, front) = (self.last_ms, self.rest_until_ms, self.front);
        *self = Self { last_ms, rest_until_ms, front, ..Self::new() };
    }
}

/// Controls and bytes that were no text are part of a scan, but nobody types them.
fn key_of(c: char) -> Option<Input> {
    (!c.is_control() && c != '\u{fffd}').then_some(Input::Key(Key::Char(c)))
}

fn mark_of(characters: &[char], rules: &ScanRules) -> Mark {
    if let [']', letter, modifier] = characters
        && letter.is_ascii_alphabetic()
        && modifier.is_ascii_alphanumeric()
    {
        return Mark::Aim;
    }
    let begins_with = |prefix: &&String| prefix.chars().eq(characters.iter().copied());
    rules.prefixes.iter().find(begins_with).map_or(Mark::None, |_| Mark::Prefix(characters.len()))
}

/// Whether more characters could make it a mark.
fn may_get_mark(characters: &[char], rules: &ScanRules) -> bool {
    let aim = matches!(characters, [']'])
        || matches!(characters, [']', letter] if letter.is_ascii_alphabetic());
    let begun = |prefix: &String| {
        let mut expected = prefix.chars();
        characters.iter().all(|&c| expected.next() == Some(c)) && expected.next().is_some()
    };
    aim || rules.prefixes.iter().any(begun)
}

/// Whether it reads as a number with decimals, as typed or as a gauge sends it.
fn is_decimal(characters: &[char]) -> bool {
    let unsigned = match characters {
        ['+' | '-', rest @ ..] => rest,
        all => all,
    };
    let Some(point) = unsigned.iter().position(|c| matches!(c, '.' | ',')) else { return false };
    let (whole, fraction) = unsigned.split_at(point);
    let digits = |part: &[char]| !part.is_empty() && part.iter().all(char::is_ascii_digit);
    digits(whole) && fraction.get(1..).is_some_and(digits) && unsigned.len() <= 12
}
