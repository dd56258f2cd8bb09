//! Sign-in: badge, then PIN; also where another person takes over.

use crate::domain::refusal::Refusal;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::{SignInTrouble, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::link::SignInNews;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::proof::Proof;
use super::refusal;

const PURPOSE: &str = "Scan your badge or type it, then type your PIN. The PIN is never shown.";
const ASK: &str = "Scan your badge, or type it";
const ASK_CHANGE: &str = "Who takes over? Scan the badge, or type it";
const ASK_PIN: &str = "Type your PIN";
const WRONG: &str = "badge or PIN is wrong";
const TRY: &str = "To try (demo only):";

/// The sign-in screen.
#[derive(Debug)]
pub struct SignInScreen {
    proof: Proof,
    change: bool,
    news: SignInNews,
    loading: Option<Ticket>,
    asked: Option<Ticket>,
    refused: Option<Refusal>,
}

impl SignInScreen {
    /// Before anybody signed in.
    pub fn first() -> Self {
        Self {
            proof: Proof::empty(),
            change: false,
            news: SignInNews::default(),
            loading: None,
            asked: None,
            refused: None,
        }
    }

    /// Another person takes over, by a badge that was scanned or is to be given.
    pub fn change(badge: Option<&str>) -> Self {
        let mut screen = Self { change: true, ..Self::first() };
        if let Some(badge) = badge {
            screen.proof.badge(badge);
        }
        screen
    }

    fn enter(&mut self, world: &mut World) {
        self.refused = None;
        if let Some((Some(badge), pin)) = self.proof.enter() {
            world.say("checking …", Role::Muted);
            self.asked = Some(world.sign_in(badge, pin));
        }
    }

    fn trouble(&mut self, trouble: SignInTrouble, world: &mut World) {
        self.proof.again();
        match trouble {
            SignInTrouble::Wrong => world.warn(WRONG),
            SignInTrouble::Refused(refusal) => {
                world.warn("not signed in");
                self.refused = Some(refusal);
            }
            SignInTrouble::Fault(why) => world.warn(format!("not signed in: {why}")),
        }
    }

    fn view_below(&self, world: &World, canvas: &mut Canvas<'_>) {
        let cells = canvas.width().saturating_sub(10);
        let mut y = 11;
        if let Some(refused) = &self.refused {
            for line in refusal::lines(refused, cells.into(), world) {
                line.view(canvas, (8, y), cells);
                y += 1;
            }
        }
        let last = canvas.body_end();
        let people = &self.news.demo_people;
        for line in &self.news.lines {
            if y < last {
                canvas.put_in((8, y), cells, line, Role::Plain);
                y += 1;
            }
        }
        if people.is_empty() {
            return;
        }
        y += 1;
        if y >= last {
            return;
        }
        canvas.put((8, y), TRY, Role::Title);
        for (name, role, badge, pin) in people {
            y += 1;
            if y >= last {
                return;
            }
            canvas.put_in((8, y), 16, name, Role::Plain);
            canvas.put_in((25, y), 14, role, Role::Plain);
            canvas.put((40, y), "badge", Role::Muted);
            canvas.put_in((46, y), 10, badge, Role::Accent);
            canvas.put((57, y), "PIN", Role::Muted);
            canvas.put((61, y), pin, Role::Accent);
        }
    }
}

impl Layer for SignInScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![if self.proof.at_pin { Act::SignIn } else { Act::Next }]
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help]);
        if self.change || self.proof.at_pin {
            acts.push(Act::Back);
        }
        acts
    }

    fn busy(&self) -> bool {
        self.asked.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::SignInNews { place: world.place.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            if self.proof.at_pin {
                self.proof.again();
                return Turn::Stay;
            }
            return if self.change { Turn::Back } else { Turn::Stay };
        }
        self.enter(world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.proof.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.proof.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.proof.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        let ScanMeaning::Badge(..) = meaning else { return None };
        self.proof.badge(code);
        self.refused = None;
        world.said = None;
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.asked == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::SignedIn(outcome) => {
                self.asked = None;
                match outcome {
                    Ok(person) => {
                        world.badge = self.proof.badge_text();
                        world.signed = false;
                        return Turn::SignedIn(person);
                    }
                    Err(trouble) => self.trouble(trouble, world),
                }
            }
            Reply::Loaded(_) | Reply::Recorded(_) => {
                self.loading = None;
                if let Some(Answer::SignInNews(news)) = world.answer(reply) {
                    self.news = news;
                }
            }
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        if let Some(place) = &world.place {
            let x = canvas.put((8, 3), place.as_str(), Role::Title);
            canvas.put((x + 3, 3), &self.news.place, Role::Plain);
        } else {
            canvas.put((8, 3), "gemba", Role::Title);
            canvas.put((16, 3), "no place yet: scan its label, or choose it after", Role::Plain);
        }
        let ask = match (self.proof.at_pin, self.change) {
            (true, _) => ASK_PIN,
            (false, true) => ASK_CHANGE,
            (false, false) => ASK,
        };
        canvas.put((8, 5), ask, Role::Title);
        self.proof.view(canvas, (8, 7));
        self.view_below(world, canvas);
    }
}
