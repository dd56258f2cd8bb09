//! What a screen shows: as text, by its cells, and for goldens in each way in which people meet it.

use std::fmt::Write as _;

use gemba::domain::language::Language;
use gemba::ui::theme::{Role, Theme};
use gemba::ui::world::Start;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::drawn::{seen, stack};
use super::screen::Screen;
use super::screen_answers::themes;

impl Screen {
    fn draw(&mut self) {
        let shell = &self.shell;
        self.terminal.draw(|frame| drop(shell.view(frame))).unwrap();
    }

    /// The screen as text, with `▌` where the cursor stands on nothing.
    pub(crate) fn text(&mut self) -> String {
        self.draw();
        let cursor = self.terminal.get_cursor_position().unwrap();
        let buffer = self.terminal.backend().buffer();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                let here = (cursor.x, cursor.y) == (x, y) && (x, y) != (0, 0);
                row.push_str(if here && symbol == " " { "▌" } else { symbol });
            }
            out.push_str(row.trim_end());
            out.push('\n');
        }
        out
    }

    /// What a cell shows, with its colors and attributes.
    pub(crate) fn cell(&mut self, at: (u16, u16)) -> Cell {
        self.draw();
        self.terminal.backend().buffer()[at].clone()
    }

    /// Where the cursor stands.
    pub(crate) fn cursor(&mut self) -> (u16, u16) {
        self.draw();
        let cursor = self.terminal.get_cursor_position().unwrap();
        (cursor.x, cursor.y)
    }

    /// How many cells a message changes.
    pub(crate) fn cells_changed(&mut self, what: impl FnOnce(&mut Self)) -> usize {
        self.draw();
        let before = self.terminal.backend().buffer().clone();
        what(self);
        self.draw();
        before.diff(self.terminal.backend().buffer()).len()
    }

    /// Whether any cell has a color or an attribute beyond those given.
    pub(crate) fn has_colors(&mut self) -> bool {
        self.draw();
        let buffer = self.terminal.backend().buffer();
        let colored = |cell: &Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
        buffer.content.iter().any(colored)
    }

    /// Whether the cell at which a text begins is bold, underlined or reversed.
    pub(crate) fn stands_out(&mut self, text: &str) -> bool {
        self.draw();
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let rows = buffer.content.chunks(width);
        rows.into_iter().any(|row| {
            let line: String = row.iter().map(Cell::symbol).collect();
            line.find(text).is_some_and(|at| {
                let column = line[..at].chars().count();
                let strong = Modifier::BOLD | Modifier::UNDERLINED | Modifier::REVERSED;
                row[column].modifier.intersects(strong)
            })
        })
    }

    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) -> &mut Self {
        let screen = self.text();
        assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
        self
    }

    #[track_caller]
    pub(crate) fn hides(&mut self, text: &str) -> &mut Self {
        let screen = self.text();
        assert!(!screen.contains(text), "{text:?} is on the screen:\n{screen}");
        self
    }

    /// For a golden: what it shows, with what stands there as a warning or worse; then what the same
    /// session shows in ASCII without colors, and in German.
    #[track_caller]
    pub(crate) fn golden(&mut self) -> String {
        let area = self.terminal.backend().buffer().area;
        let size = (area.width, area.height);
        let plain = self.again(|start| Start { themes: themes("mono"), ascii: true, ..start });
        let german = self.again(|start| Start { language: Language::German, ..start });
        assert_eq!(stack(&german), stack(&self.shell), "the same keys lead elsewhere in German");
        let german = seen(&german, size, false, Some(Language::German)).text;
        let plain = seen(&plain, size, true, Some(Language::English)).text;
        // It comes last, so that this thread speaks as it did.
        let own = seen(&self.shell, size, false, Some(Language::English)).buffer;
        let alarms = alarms(&own, self.start.themes.usual());
        let others = [("in ASCII, without colors", plain), ("in German", german)];
        let others = others.map(|(way, text)| format!("\n== {way}\n{}\n", text.trim_end()));
        format!("{}{alarms}{}", self.text(), others.concat())
    }
}

/// What is drawn as a warning, a failure or a hold, each with its row from 0.
fn alarms(buffer: &Buffer, theme: &Theme) -> String {
    let role = |cell: &Cell| {
        let looks_so = |role: &Role| {
            let style = theme.style(*role);
            (cell.fg, cell.modifier) == (style.fg.unwrap_or_default(), style.add_modifier)
        };
        [Role::Warn, Role::Fail, Role::Hold].into_iter().find(looks_so)
    };
    let mut told = String::new();
    for (y, row) in buffer.content.chunks(buffer.area.width.into()).enumerate() {
        for run in row.chunk_by(|one, next| role(one) == role(next)) {
            let text: String = run.iter().map(Cell::symbol).collect();
            if let Some(role) = role(&run[0]).filter(|_| !text.trim().is_empty()) {
                writeln!(told, "{y:>2} {role}: {}", text.trim()).unwrap();
            }
        }
    }
    if told.is_empty() { told } else { format!("\n== as a warning or worse\n{told}") }
}
