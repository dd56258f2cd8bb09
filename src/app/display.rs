//! What a session shows its screens on: frames of a whole screen, or lines that are written on.

use std::io::{self, Write};
use std::sync::Arc;

use ratatui::{Frame, Terminal};

use crate::app::terminal::output::Output;
use crate::ui::effect::Effect;
use crate::ui::message::Message;
use crate::ui::page::Page;
use crate::ui::shell::Shell;
use crate::ui::terminal_kind::TerminalKind;
use crate::views::dots::Whole;

/// Where frames go out.
pub trait Line: Write {
    /// Whether it takes a frame now, once as much as can be of those before has gone out. Where it does
    /// not, what would be drawn waits and keys do not: the frame after is of everything since.
    fn has_room(&mut self) -> bool;
}

/// What is shown and asked at a terminal: folds messages, and draws what it has.
pub trait Screens {
    /// Takes one message.
    fn update(&mut self, message: Message) -> Vec<Effect>;
    /// Draws the whole screen; tells which picture the terminal has to have for it.
    fn view(&mut self, frame: &mut Frame<'_>) -> Option<Arc<Whole>>;
    /// What stands on it, in lines.
    fn page(&mut self) -> Page;
}

impl Screens for Shell {
    fn update(&mut self, message: Message) -> Vec<Effect> {
        Self::update(self, message)
    }

    fn view(&mut self, frame: &mut Frame<'_>) -> Option<Arc<Whole>> {
        Self::view(self, frame)
    }

    fn page(&mut self) -> Page {
        Self::page(self)
    }
}

/// Somebody who notes what screens are told, and what they ask for.
pub trait Watcher {
    /// They are told this.
    fn hears(&mut self, message: &Message);
    /// They ask for this.
    fn sees(&mut self, effects: &[Effect]);
}

/// Screens, and who watches them.
#[derive(Debug)]
pub struct Seen<S, W> {
    /// What is shown.
    pub screens: S,
    /// Who watches.
    pub by: W,
}

impl<S: Screens, W: Watcher> Screens for Seen<S, W> {
    fn update(&mut self, message: Message) -> Vec<Effect> {
        self.by.hears(&message);
        let effects = self.screens.update(message);
        self.by.sees(&effects);
        effects
    }

    fn view(&mut self, frame: &mut Frame<'_>) -> Option<Arc<Whole>> {
        self.screens.view(frame)
    }

    fn page(&mut self) -> Page {
        self.screens.page()
    }
}

/// How far a session is when it shows something.
#[derive(Debug, Clone, Copy)]
pub struct Turned {
    /// Whether everything that was asked is answered.
    pub settled: bool,
    /// How many inputs it has taken.
    pub inputs: u64,
    /// Whether it is over.
    pub ended: bool,
}

/// What a session shows its screens on.
pub trait Display {
    /// Whether something can be shown now.
    fn has_room(&mut self) -> bool;
    /// Shows what stands on the screens.
    fn show(&mut self, screens: &mut impl Screens, turned: Turned) -> io::Result<()>;
    /// Whether some of what was shown is still to be sent, so that it is to be shown again whatever comes.
    fn has_more(&self) -> bool;
    /// Takes over a new size of the window.
    fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()>;
    /// Sounds the bell.
    fn beep(&mut self);
    /// Shows everything anew the next time.
    fn redraw(&mut self) -> io::Result<()>;
}

/// A whole screen, drawn frame by frame.
#[derive(Debug)]
pub struct FullScreen<W: Line> {
    terminal: Terminal<Output<W>>,
    /// The picture of the last frame.
    picture: Option<Arc<Whole>>,
}

impl<W: Line> FullScreen<W> {
    /// Of a terminal of this kind, whose bytes go out there.
    pub fn new(output: W, kind: TerminalKind) -> io::Result<Self> {
        Ok(Self { terminal: Terminal::new(Output::new(output, kind))?, picture: None })
    }
}

impl<W: Line> Display for FullScreen<W> {
    fn has_room(&mut self) -> bool {
        self.terminal.backend_mut().writer().has_room()
    }

    // What a picture is made of goes along with frames, a piece with each: all of it at once would keep
    // keys waiting on a slow line.
    fn show(&mut self, screens: &mut impl Screens, turned: Turned) -> io::Result<()> {
        let wanted = self.picture.as_ref().filter(|_| !turned.ended);
        self.terminal.backend_mut().picture(wanted);
        let mut picture = None;
        self.terminal.draw(|frame| picture = screens.view(frame))?;
        self.picture = picture;
        Ok(())
    }

    fn has_more(&self) -> bool {
        self.terminal.backend().lacks(self.picture.as_ref())
    }

    fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.picture = None;
        self.terminal.backend_mut().resize(columns, rows);
        self.terminal.autoresize()?;
        self.terminal.clear()
    }

    fn beep(&mut self) {
        self.terminal.backend_mut().beep();
    }

    // A picture may be gone from the terminal as well: it is taken away, and sent anew if it is wanted.
    fn redraw(&mut self) -> io::Result<()> {
        self.picture = None;
        self.terminal.clear()
    }
}
