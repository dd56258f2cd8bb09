//! Sign-in: badge, then PIN; also where another person takes over.

use crate::domain::refusal::signing::{NOT_PROVEN, SigningReason};
use crate::domain::refusal::{Reason, Refusal};
use crate::ui::effect::Pin;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::{SignInTrouble, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::heard;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::link::SignInNews;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::new_pin::{CHANGED, DIFFER, Entered, NewPinForm};
use super::proof::Proof;
use super::refusal;

const PURPOSE: &str = "Scan your badge or type it, then type your PIN. The PIN is never \
    shown. What you record from then on bears your name, until you sign out.";
const ASK: &str = "Scan your badge, or type it";
const ASK_CHANGE: &str = "Who takes over? Scan the badge, or type it";
const ASK_PIN: &str = "Type your PIN";
const ASK_NEW: &str = "Choose a new PIN, and type it twice";
const NEW_PIN: &str = "type the new PIN";
const SIGNED_IN: &str = "signed in: ";
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
    /// What was typed and is being checked, in case that a new PIN is asked for.
    typed: Option<Pin>,
    new_pin: Option<NewPinForm>,
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
            typed: None,
            new_pin: None,
        }
    }

    /// Somebody is let in who proved who they are before the terminal began.
    pub fn entering(badge: &str, asked: Ticket) -> Self {
        let mut screen = Self { asked: Some(asked), ..Self::first() };
        screen.proof.badge(badge);
        screen
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
        if let Some(form) = &mut self.new_pin {
            match form.enter() {
                Entered::NotYet => {}
                Entered::Differ => world.warn(say!(DIFFER)),
                Entered::Twice(pin) => {
                    world.say(say!("changing your PIN at the server …"), Role::Muted);
                    self.asked = Some(world.change_pin(self.proof.badge_text(), pin));
                }
            }
        } else if let Some((Some(badge), pin)) = self.proof.enter() {
            world.say(say!("checking …"), Role::Muted);
            self.typed = Some(pin.clone());
            self.asked = Some(world.sign_in(badge, pin));
        }
    }

    fn field(&mut self) -> &mut Field {
        match &mut self.new_pin {
            Some(form) => form.field(),
            None => self.proof.field(),
        }
    }

    /// The PIN has grown too old, as whoever typed it right is told: a new one is chosen here.
    fn asks_new_pin(&mut self, refusal: &Refusal, typed: Option<Pin>) -> bool {
        let aged =
            |reason: &Reason| matches!(reason, Reason::Signing(SigningReason::PinAged { .. }));
        let [only] = refusal.reasons.as_slice() else { return false };
        let Some(before) = typed.filter(|_| aged(only)) else { return false };
        self.new_pin = Some(NewPinForm::new(before, tell(&only.what())));
        true
    }

    fn trouble(&mut self, trouble: SignInTrouble, world: &mut World) {
        self.proof.again();
        let typed = self.typed.take();
        if let Some(form) = &mut self.new_pin {
            form.anew();
        }
        match trouble {
            SignInTrouble::Refused(refusal) if self.asks_new_pin(&refusal, typed) => {
                world.say(say!("your PIN is too old"), Role::Warn);
            }
            SignInTrouble::Wrong => world.warn(say!(NOT_PROVEN)),
            SignInTrouble::Refused(refusal) => {
                world.warn(say!("not signed in"));
                self.refused = Some(refusal);
            }
            SignInTrouble::Fault(why) => {
                world.warn(say!("not signed in: {why}", why = heard::fault(&why)));
            }
            SignInTrouble::Pin(stands) => {
                self.new_pin = None;
                world.warn(tell(&stands.words()));
            }
        }
    }

    fn view_below(&self, world: &World, canvas: &mut Canvas<'_>) {
        let cells = canvas.width().saturating_sub(10);
        let mut y = if self.new_pin.is_some() { 12 } else { 11 };
        if let Some(refused) = &self.refused {
            for line in refusal::lines(&refused.told(), cells.into(), world.ascii) {
                line.view(canvas, (8, y), cells);
                y += 1;
            }
        }
        let last = canvas.body_end();
        let people = &self.news.demo_people;
        for line in &self.news.lines {
            if y < last {
                canvas.put_in((8, y), cells, &tell(line), Role::Plain);
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
        canvas.put((8, y), say!(TRY), Role::Title);
        for (name, role, badge, pin) in people {
            y += 1;
            if y >= last {
                return;
            }
            canvas.put_in((8, y), 16, name, Role::Plain);
            canvas.put_in((25, y), 14, heard::role(role), Role::Plain);
            canvas.put((40, y), say!("column|badge"), Role::Muted);
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
        let act = match &self.new_pin {
            Some(form) if form.at_again => Act::Save,
            None if self.proof.at_pin => Act::SignIn,
            Some(_) | None => Act::Next,
        };
        vec![act]
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help]);
        if self.change || self.proof.at_pin {
            acts.push(Act::Back);
        }
        acts
    }

    fn before_key(&self, _world: &World) -> Option<&'static str> {
        Some(self.new_pin.as_ref().map_or_else(|| self.proof.before_key(), |_| NEW_PIN))
    }

    fn busy(&self) -> bool {
        self.asked.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::SignInNews { place: world.place.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            if self.new_pin.take().is_some() || self.proof.at_pin {
                self.proof.again();
                return Turn::Stay;
            }
            return if self.change { Turn::Back } else { Turn::Stay };
        }
        self.enter(world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        match &mut self.new_pin {
            Some(form) => drop(form.field().key(key)),
            None => self.proof.key(key),
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        // A badge that nobody has is taken like any other: its scan tells nobody which exist.
        let (ScanMeaning::Badge | ScanMeaning::Unknown) = meaning else { return None };
        self.proof.badge(code);
        self.new_pin = None;
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
                        self.typed = None;
                        world.badge = self.proof.badge_text();
                        world.signed = false;
                        let words = self.new_pin.take().map_or(SIGNED_IN, |_| CHANGED);
                        return Turn::SignedIn(Box::new(person), words);
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
            let x = canvas.put((x + 3, 3), &self.news.place, Role::Plain);
            if let Some(by) = &world.place_by {
                canvas.put((x + 3, 3), &format!("({})", heard::place_by(by)), Role::Muted);
            }
        } else {
            canvas.put((8, 3), "gemba", Role::Title);
            let text = say!("no place yet: scan its label, or choose it after");
            canvas.put((16, 3), text, Role::Plain);
        }
        let ask = match (self.proof.at_pin, self.change) {
            (true, _) => ASK_PIN,
            (false, true) => ASK_CHANGE,
            (false, false) => ASK,
        };
        if let Some(form) = &self.new_pin {
            canvas.put((8, 5), say!(ASK_NEW), Role::Title);
            form.view(canvas, (8, 7));
        } else {
            canvas.put((8, 5), say!(ask), Role::Title);
            self.proof.view(canvas, (8, 7));
        }
        self.view_below(world, canvas);
    }
}
