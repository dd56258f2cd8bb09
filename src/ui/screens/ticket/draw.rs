//! The code of a hand-off ticket, with what it says for people.

use crate::domain::stream::TravelerId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::code::{QUIET_ON_SCREEN, Squares};
use crate::ui::parts::frame;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::count;
use crate::ui::screens::refusal::RefusalScreen;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::Answer;
use crate::views::ticket::TicketView;

const PURPOSE: &str = "A code that says what is done of this unit, signed by this station. Scanned where \
    the unit goes on, it counts there as done, until the records come.";
/// The fewest columns for the words beside the code.
const WORDS_MIN: usize = 24;

/// A ticket that is drawn.
#[derive(Debug)]
pub struct DrawTicketScreen {
    unit: TravelerId,
    drawn: Option<(Box<TicketView>, Option<Squares>)>,
    loading: Option<Ticket>,
}

impl DrawTicketScreen {
    /// The ticket of a unit.
    pub fn new(unit: TravelerId) -> Self {
        Self { unit, drawn: None, loading: None }
    }

    fn words(
        &self,
        view: &TicketView,
        (world, canvas): (&World, &Canvas<'_>),
        shown: bool,
    ) -> Vec<(String, Role)> {
        let mut words = vec![(say!("Hand-off ticket").to_owned(), Role::Title)];
        words.extend(around(world, canvas));
        words.extend([
            (String::new(), Role::Plain),
            (view.traveler.to_string(), Role::Title),
            (view.part.clone(), Role::Plain),
        ]);
        if let Some(pieces) = view.pieces {
            let pieces = usize::try_from(pieces).unwrap_or(usize::MAX);
            words.push((count(pieces, "piece", "pieces"), Role::Plain));
        }
        words.extend(view.done_words().into_iter().map(|op| (say!("done {op}", op), Role::Ok)));
        let station = view.station.as_deref().unwrap_or_default();
        words.push((format!("{station}  {}", world.site_time(view.drawn)), Role::Plain));
        words.push((String::new(), Role::Plain));
        let print = format!("gemba ticket {} --png FILE", self.unit);
        if shown {
            let goes_on = say!(
                "Scan it where the unit goes on. It counts there as done until the \
                           records come; nothing ships by it."
            );
            words.push((goes_on.to_owned(), Role::Plain));
            words.push((String::new(), Role::Plain));
            words.push((say!("A picture to print: {print}", print), Role::Muted));
        } else {
            let small = say!(
                "This terminal is too small for the code, or shows ASCII alone. Make a \
                         picture of it:"
            );
            words.push((small.to_owned(), Role::Warn));
            words.push((print, Role::Accent));
        }
        words
    }
}

/// What the frame tells around other screens: calls, and what happened last. Whoever reads line by line
/// is told both besides.
fn around(world: &World, canvas: &Canvas<'_>) -> Vec<(String, Role)> {
    if canvas.is_in_lines() {
        return Vec::new();
    }
    let said = world.said.as_ref().map(|said| (said.text.clone(), said.role));
    frame::called(world, canvas).map(|text| (text, Role::Warn)).into_iter().chain(said).collect()
}

impl Layer for DrawTicketScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn whole(&self) -> bool {
        self.drawn.is_some()
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Menu, Act::Help, Act::Back]
    }

    fn busy(&self) -> bool {
        self.drawn.is_none()
    }

    /// One ticket is drawn, whatever is recorded while it is shown: it says until when it speaks.
    fn shown(&mut self, world: &mut World) {
        if self.drawn.is_none() {
            self.loading = Some(world.draw_ticket(&self.unit));
        }
    }

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, _key: Key, _world: &mut World) -> Turn {
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        match world.answer(reply) {
            Some(Answer::Drawn(Ok(view))) => {
                let code = Squares::of(&view.text, QUIET_ON_SCREEN);
                self.drawn = Some((view, code));
                Turn::Stay
            }
            Some(Answer::Drawn(Err(refusal))) => {
                world.warn(say!("no ticket was drawn"));
                Turn::Replace(Box::new(RefusalScreen::new(&refusal)))
            }
            _ => Turn::Back,
        }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let Some((view, code)) = &self.drawn else {
            canvas.put((1, 1), say!("drawing the ticket …"), Role::Muted);
            canvas.cursor = Some((1, 1));
            return;
        };
        let (width, height) = (usize::from(canvas.width()), usize::from(canvas.height()));
        let fits = |code: &&Squares| {
            let (columns, rows) = code.cells(canvas.ascii);
            !canvas.is_in_lines() && columns + WORDS_MIN < width && rows < height
        };
        let code = code.as_ref().filter(fits);
        let columns = code.map_or(0, |code| code.cells(canvas.ascii).0);
        if let Some(code) = code {
            code.view(canvas, (0, 0));
        }
        let x = u16::try_from(columns).unwrap_or(u16::MAX).saturating_add(1);
        let cells = canvas.width().saturating_sub(x + 1);
        canvas.cursor = Some((x, 1));
        let words = self.words(view, (world, &*canvas), code.is_some());
        let lines = words.iter().flat_map(|(text, role)| match text.as_str() {
            "" => vec![Line::default()],
            text => wrapped(text, cells.into(), *role),
        });
        let rows = canvas.height().saturating_sub(1);
        for (line, y) in lines.zip(1..rows) {
            line.view(canvas, (x, y), cells);
        }
    }
}
