//! A person's own PIN, changed at any time: the one before, then the new one, typed twice.

use crate::domain::refusal::Refusal;
use crate::domain::refusal::signing::SigningReason;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::{PinStands, SignInTrouble, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::Field;
use crate::ui::parts::heard;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;

use super::new_pin::{CHANGED, DIFFER, Entered, NewPinForm};
use super::proof::Proof;
use super::refusal;

const PURPOSE: &str = "Change your own PIN: type the one you have, then the new one twice. The \
    server keeps it, so it must be reached. No PIN is ever shown.";
const ASK_NOW: &str = "Type the PIN that you have now";
const ASK_BADGE: &str = "Scan your badge or type it, then type the PIN that you have now";
const ASK_NEW: &str = "Type the new PIN twice";
const ONLINE: &str = "A PIN is changed online only: the server has to answer.";
const NO_SERVER: &str = "A PIN is changed online only, and the server is not reached now. Your PIN \
    stays as it is; come back once the line at the top says that the server is there.";
const OWN_ONLY: &str = "only your own PIN is changed here: sign out first, to change another";

/// The form.
#[derive(Debug)]
pub struct ChangePinScreen {
    proof: Proof,
    /// The badge of the session; none where nobody is signed in.
    own: Option<String>,
    form: Option<NewPinForm>,
    asked: Option<Ticket>,
    refused: Option<Refusal>,
}

impl ChangePinScreen {
    /// For whoever is signed in; where nobody is, for whose badge is given.
    pub fn new(world: &World) -> Self {
        let own = world.person.is_some().then(|| world.badge.clone());
        let proof = if own.is_some() { Proof::of_session() } else { Proof::empty() };
        Self { proof, own, form: None, asked: None, refused: None }
    }

    fn badge(&self) -> String {
        self.own.clone().unwrap_or_else(|| self.proof.badge_text())
    }

    fn field(&mut self) -> &mut Field {
        match &mut self.form {
            Some(form) => form.field(),
            None => self.proof.field(),
        }
    }

    fn enter(&mut self, world: &mut World) {
        self.refused = None;
        let Some(form) = &mut self.form else {
            if let Some((_, pin)) = self.proof.enter() {
                self.form = Some(NewPinForm::new(pin, String::new()));
            }
            return;
        };
        match form.enter() {
            Entered::NotYet => {}
            Entered::Differ => world.warn(say!(DIFFER)),
            Entered::Twice(pin) => {
                world.say(say!("changing your PIN at the server …"), Role::Muted);
                self.asked = Some(world.change_pin(self.badge(), pin));
            }
        }
    }

    /// Nobody is let in by a new PIN: the one that holds is typed again, since it may have been that one.
    fn trouble(&mut self, trouble: SignInTrouble, world: &mut World) {
        self.form = None;
        self.proof.again();
        world.warn(tell(&PinStands::after(&trouble).words()));
        match trouble {
            SignInTrouble::Wrong => {
                self.refused = Some(Refusal::one(SigningReason::NotProven.into()));
            }
            SignInTrouble::Refused(refusal) => self.refused = Some(refusal),
            SignInTrouble::Fault(why) => {
                let why = heard::fault(&why);
                world.warn(say!("not saved: your PIN is as it was: {why}", why));
            }
            SignInTrouble::Pin(_) => {}
        }
    }
}

impl Layer for ChangePinScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let last = self.form.as_ref().is_some_and(|form| form.at_again);
        vec![if last { Act::Save } else { Act::Next }]
    }

    fn busy(&self) -> bool {
        self.asked.is_some()
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Back {
            self.enter(world);
            return Turn::Stay;
        }
        if self.form.take().is_none() {
            return Turn::Back;
        }
        self.proof.again();
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        match &mut self.form {
            Some(form) => drop(form.field().key(key)),
            None if self.own.is_some() => drop(self.proof.field().key(key)),
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
        match &self.own {
            Some(own) if own.trim() == code.trim() => {}
            Some(_) => world.warn(say!(OWN_ONLY)),
            None => {
                self.form = None;
                self.refused = None;
                self.proof.badge(code);
            }
        }
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.asked == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.asked = None;
        match reply {
            Reply::SignedIn(Ok(person)) => {
                world.badge = self.badge();
                world.signed = false;
                Turn::SignedIn(Box::new(person), CHANGED)
            }
            Reply::SignedIn(Err(trouble)) => {
                self.trouble(trouble, world);
                Turn::Stay
            }
            Reply::Loaded(_) | Reply::Recorded(_) => Turn::Stay,
        }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Change my PIN"), Role::Title);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(12);
        let mut y = 4;
        let (text, role) =
            if world.link.connected { (ONLINE, Role::Muted) } else { (NO_SERVER, Role::Warn) };
        for line in wrapped(say!(text), cells.into(), role) {
            line.view(canvas, (8, y), cells);
            y += 1;
        }
        y += 1;
        if let Some(form) = &self.form {
            canvas.put((8, y), say!(ASK_NEW), Role::Title);
            form.view(canvas, (8, y + 2));
        } else {
            let ask = if self.own.is_some() { ASK_NOW } else { ASK_BADGE };
            canvas.put((8, y), say!(ask), Role::Title);
            self.proof.view(canvas, (8, y + 2));
        }
        let Some(refused) = &self.refused else { return };
        for (y, line) in (y + 5..).zip(refusal::lines(&refused.told(), cells.into(), world.ascii)) {
            line.view(canvas, (8, y), cells);
        }
    }
}
