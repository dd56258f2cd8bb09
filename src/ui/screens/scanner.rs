//! What a scanner sends, byte by byte, and what to set at it.

use crate::domain::scan::symbology::Identifier;
use crate::domain::scan::test_code::{self, Finding};
use crate::domain::scan::{self, EOT, GS, RS, Separators};
use crate::domain::text::sanitize_line;
use crate::ui::input::{Key, ScanEnd};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::code::{QUIET_ON_SCREEN, Squares};
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Scan the test code, or any other: every byte that comes is shown, and what \
    to set at the scanner. Nothing is recorded.";
const PROVEN: &str = "Codes are read as they stand until this session ends; for good by \
    scanner-separators = true in gemba.toml, once every scanner here does so.";
const NOBODY: &str = "Sign in and scan it once more: codes are read as they stand then, until the \
    session ends.";
/// How many bytes are shown.
const BYTES_MAX: usize = 60;
/// How many typed characters are shown.
const TYPED_MAX: usize = 40;
/// The fewest columns for the words beside the code.
const WORDS_MIN: u16 = 36;

/// The scanner's own screen.
#[derive(Debug, Default)]
pub struct ScannerScreen {
    came: Option<(String, ScanEnd)>,
    typed: String,
    /// A function key that came by itself.
    key: Option<u8>,
}

/// A line of what is told.
type Told = (String, Role);

impl ScannerScreen {
    fn words(&self, world: &World, ascii: bool, drawn: bool) -> Vec<Told> {
        let mut words = Vec::new();
        match &self.came {
            None if drawn => words.push(plain(say!("Scan the code beside this, or any other."))),
            None => {
                words.push(plain(say!("Scan the test code, or any other.")));
                let picture = say!("gemba scan --png FILE makes a picture of it.");
                words.push((picture.to_owned(), Role::Muted));
            }
            Some((code, end)) => {
                words.extend(bytes(code));
                words.extend(end_words(end, ascii));
                words.push(plain(""));
                words.extend(verdict((code, end), world, ascii));
            }
        }
        if let Some(key) = self.key {
            words.extend(key_words(&key_name(key), ascii));
        }
        if !self.typed.is_empty() {
            words.push(plain(""));
            let typed = sanitize_line(&self.typed).into_owned();
            let slow = say!(
                "{typed} came as if typed, too slow for a scan: set no pause between characters, \
                 and CR at the end",
                typed
            );
            words.push((format!("{} {slow}", Mark::Warn.glyph(ascii)), Role::Warn));
        }
        words
    }
}

fn plain(text: &str) -> Told {
    (text.to_owned(), Role::Plain)
}

/// The characters that came, those that nobody sees by their names, and every byte.
fn bytes(code: &str) -> Vec<Told> {
    let kind = match Identifier::split(code).0 {
        Some(identifier) if identifier.kind().is_empty() => {
            (say!("{identifier}, which no kind of code has", identifier), Role::Title)
        }
        Some(identifier) => (format!("{identifier} {}", identifier.kind()), Role::Title),
        None => (say!("no AIM identifier").to_owned(), Role::Title),
    };
    let shown: String = code.chars().take(BYTES_MAX).map(named).collect();
    let hex: Vec<String> = code.bytes().take(BYTES_MAX).map(|byte| format!("{byte:02x}")).collect();
    let count = code.len();
    vec![
        kind,
        (shown, Role::Accent),
        (hex.join(" "), Role::Muted),
        plain(&say!("{count} bytes", count)),
    ]
}

fn named(c: char) -> String {
    match c {
        GS => "<GS>".to_owned(),
        RS => "<RS>".to_owned(),
        EOT => "<EOT>".to_owned(),
        other => sanitize_line(&other.to_string()).into_owned(),
    }
}

fn key_name(number: u8) -> String {
    format!("F{number}")
}

/// What a key says of a scanner, and what to set; a terminal may turn characters into keys as well.
fn key_words(key: &str, ascii: bool) -> Vec<Told> {
    let came = say!("{key} came as a key, as for a separator", key);
    let came = format!("{} {came}", Mark::Fail.glyph(ascii));
    let next = if key.starts_with("Ctrl-") {
        say!(
            "the terminal turns control characters into keys: turn its modifyOtherKeys (or CSI u) \
             off, or let the scanner send GS as ASCII 29 over a serial line"
        )
    } else {
        say!(
            "set the scanner to send control characters as they are (GS is ASCII 29, Ctrl-]): turn \
             its function-key mapping off"
        )
    };
    vec![(came, Role::Fail), plain(next)]
}

fn end_words(end: &ScanEnd, ascii: bool) -> Vec<Told> {
    let well = |what: &str| {
        let ended = say!("ended with {what}", what);
        vec![(format!("{} {ended}", Mark::Pass.glyph(ascii)), Role::Ok)]
    };
    match end {
        ScanEnd::Enter => well(say!("Enter (CR or LF)")),
        ScanEnd::Tab => well(say!("Tab; CR serves as well")),
        ScanEnd::Etx => well("ETX"),
        ScanEnd::Nothing | ScanEnd::Cut => {
            let next =
                say!("no end mark: set its suffix to CR, or scanner-without-end in gemba.toml");
            vec![(format!("{} {next}", Mark::Warn.glyph(ascii)), Role::Warn)]
        }
        ScanEnd::Key(key) => key_words(key, ascii),
    }
}

/// What the test code became, or how another code reads; of a part of one, neither.
fn verdict((code, end): (&str, &ScanEnd), world: &World, ascii: bool) -> Vec<Told> {
    let part = vec![plain(say!("This is a part of the code: nothing is read of it."))];
    let findings = test_code::findings(code);
    if findings == [Finding::Whole] {
        let mut words = told(&Finding::Whole, ascii);
        words.push(plain(say!(if world.person.is_some() { PROVEN } else { NOBODY })));
        return words;
    }
    if findings != [Finding::OtherCode] {
        return findings.iter().flat_map(|finding| told(finding, ascii)).collect();
    }
    match scan::read(code, world.separators) {
        _ if matches!(end, ScanEnd::Cut | ScanEnd::Key(_)) => part,
        Ok(content) => {
            let line = sanitize_line(&content.line()).into_owned();
            let reads = say!("reads as {line}", line);
            vec![(format!("{} {reads}", Mark::Pass.glyph(ascii)), Role::Ok)]
        }
        Err(reason) => vec![
            (
                format!("{} {} {}", Mark::Fail.glyph(ascii), reason.code(), tell(&reason.what())),
                Role::Fail,
            ),
            plain(&tell(&reason.next())),
        ],
    }
}

fn told(finding: &Finding, ascii: bool) -> Vec<Told> {
    let (mark, role) =
        if finding.is_well() { (Mark::Pass, Role::Ok) } else { (Mark::Warn, Role::Warn) };
    let mut words = vec![(format!("{} {}", mark.glyph(ascii), tell(&finding.what())), role)];
    if !finding.next().is_empty() {
        words.push(plain(say!(finding.next())));
    }
    words
}

impl Layer for ScannerScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    /// Characters are kept back here, so that a code without an end mark is seen for what it is.
    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if let Key::Char(c) = key
            && self.typed.chars().count() < TYPED_MAX
        {
            self.came = None;
            self.typed.push(c);
        }
        if let Key::F(number) = key {
            self.key = Some(number);
        }
        Turn::Stay
    }

    fn tries_scanner(&mut self, code: &str, end: &ScanEnd, world: &mut World) -> bool {
        // Seen to arrive, separators are believed to until the session ends, or until they are lost.
        let findings = test_code::findings(code);
        if world.person.is_some() && findings == [Finding::Whole] {
            world.separators = Separators::Proven;
        } else if findings != [Finding::OtherCode] || matches!(end, ScanEnd::Key(_)) {
            world.separators = world.separators_set;
        }
        self.came = Some((code.to_owned(), end.clone()));
        self.typed.clear();
        self.key = None;
        true
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Try a scanner"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let code = Squares::of(&test_code::text(), QUIET_ON_SCREEN);
        let fits = |code: &Squares| {
            let (columns, rows) = code.cells(canvas.ascii);
            let below = usize::from(canvas.body_end().saturating_sub(3));
            !canvas.is_in_lines()
                && rows <= below
                && columns + usize::from(WORDS_MIN) < usize::from(canvas.width())
        };
        let code = code.filter(fits);
        let mut x = 1;
        if let Some(code) = &code {
            code.view(canvas, (1, 3));
            x = u16::try_from(code.cells(canvas.ascii).0).unwrap_or(0).saturating_add(3);
        }
        let room = canvas.width().saturating_sub(x + 1);
        let mut y = 3;
        for (text, role) in self.words(world, canvas.ascii, code.is_some()) {
            for line in wrapped(&text, room.into(), role) {
                if y >= canvas.body_end() {
                    return;
                }
                line.view(canvas, (x, y), room);
                y += 1;
            }
        }
    }
}
