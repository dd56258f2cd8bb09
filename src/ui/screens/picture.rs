//! The pictures of a step: in words first, which every terminal shows, and below them as well as the
//! terminal can.

use crate::domain::instruction::{Block, Picture, Step};
use crate::domain::words::Words;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::dots::Shown;
use crate::views::query::Answer;

const PURPOSE: &str = "The picture of this step, with what it shows in words. PgDn shows the next one, \
    Esc goes back to the step; what you typed there stays.";
/// What stands for the dots where a picture would be read line by line.
const IN_WORDS: &str = "The picture itself needs a screen of 60 columns and 20 rows.";
/// Where the words begin, and how many lines they take at most.
const TOP: u16 = 3;
const WORDS_MAX: u16 = 3;

/// Pictures, one at a time.
#[derive(Debug)]
pub struct PictureScreen {
    pictures: Vec<Picture>,
    /// The rank of the one that is shown.
    shown: usize,
    /// It for a size of the screen, or why not; none before that is known.
    drawn: Option<Result<Box<Shown>, Words>>,
    /// For which size of the screen it was asked.
    size: (u16, u16),
    loading: Option<Ticket>,
}

impl PictureScreen {
    fn of(step: &Step) -> Option<Self> {
        let pictures = step.text.iter().filter_map(|block| match block {
            Block::Picture(picture) => Some(picture.clone()),
            Block::Paragraph(_)
            | Block::List { .. }
            | Block::Callout { .. }
            | Block::Table { .. } => None,
        });
        let pictures: Vec<Picture> = pictures.collect();
        let some = !pictures.is_empty();
        some.then_some(Self { pictures, shown: 0, drawn: None, size: (0, 0), loading: None })
    }

    /// Opens the pictures of a step, or says that it has none.
    pub fn open(step: Option<&Step>, world: &mut World) -> Turn {
        if let Some(pictures) = step.and_then(Self::of) {
            return Turn::Open(Box::new(pictures));
        }
        world.say(say!("this step has no picture"), Role::Plain);
        Turn::Stay
    }

    fn picture(&self) -> Option<&Picture> {
        self.pictures.get(self.shown)
    }

    fn load(&mut self, world: &mut World) {
        let Some(hash) = self.picture().map(|picture| picture.blob) else { return };
        (self.drawn, self.size) = (None, world.size);
        let (columns, rows) = world.size;
        // Above are the words, below the message and the keys.
        let rows = rows.saturating_sub(TOP + WORDS_MAX + 4);
        self.loading = Some(world.draw_picture(hash, (columns.saturating_sub(4), rows)));
    }

    fn turn(&mut self, shown: usize, world: &mut World) {
        self.shown = shown;
        self.load(world);
    }
}

impl Layer for PictureScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn sets_itself(&self) -> bool {
        true
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.pictures.len() > 1 { vec![Act::Turn] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        if self.loading.is_none() && (self.drawn.is_none() || self.size != world.size) {
            self.load(world);
        }
    }

    // A picture does not change; one that was not here may have come.
    fn news(&mut self, world: &mut World) {
        if matches!(self.drawn, Some(Err(_))) {
            self.load(world);
        }
    }

    fn resized(&mut self, world: &mut World) {
        if self.loading.is_none() {
            self.load(world);
        }
    }

    // One at a time: a large one takes a while and memory.
    fn busy(&self) -> bool {
        self.loading.is_some()
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Turn {
            return Turn::Back;
        }
        self.turn((self.shown + 1) % self.pictures.len().max(1), world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if key == Key::PageUp && self.shown > 0 {
            self.turn(self.shown - 1, world);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Picture(drawn)) = world.answer(reply) {
            self.drawn = Some(drawn);
        }
        if self.size != world.size {
            self.load(world);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(picture) = self.picture() else { return };
        let of = match self.pictures.len() {
            1 => String::new(),
            several => format!("  {}", say!("{n} of {all}", n = self.shown + 1, all = several)),
        };
        canvas.put((1, 1), &format!("{}{of}", say!("Picture")), Role::Title);
        let cells = canvas.width().saturating_sub(2);
        let words = wrapped(&picture.alt, cells.into(), Role::Plain);
        let mut y = TOP;
        for line in words.iter().take(WORDS_MAX.into()) {
            line.view(canvas, (1, y), cells);
            y += 1;
        }
        match &self.drawn {
            None => {}
            Some(Ok(_)) if canvas.is_in_lines() => {
                canvas.put_in((1, y + 1), cells, say!(IN_WORDS), Role::Muted);
            }
            Some(Ok(shown)) => match shown.as_ref() {
                Shown::Dots(dots) => canvas.picture((2, y + 1), dots),
                Shown::Whole(picture) => canvas.whole((2, y + 1), picture),
            },
            Some(Err(why)) => {
                let why = tell(why);
                let text = say!("{file} cannot be shown: {why}", file = picture.file, why);
                for line in wrapped(&text, cells.into(), Role::Warn) {
                    y += 1;
                    line.view(canvas, (1, y), cells);
                }
            }
        }
    }
}
