//! How a person's stay at a terminal begins and ends, and what is kept of what they typed.

use crate::domain::ids::PersonId;

use super::effect::{Effect, Leaving};
use super::parts::words::count;
use super::screens::board::wall::WallScreen;
use super::screens::sign_in::SignInScreen;
use super::shell::Shell;
use super::speech::say;
use super::theme::Role;

const UNKEPT: &str = "what you type is not kept yet and tried again; what was saved is safe";
/// The same of who has left, to whoever comes back.
const LEFT_UNKEPT: &str =
    "what was typed last is not kept yet and tried again; what was saved is safe";
const KEPT: &str = "what you typed is kept again";

impl Shell {
    /// Lets somebody in who proved who they are before the terminal began.
    pub fn enters(&mut self, badge: &str, person: &PersonId) -> Vec<Effect> {
        let asked = self.world.enter(person.clone());
        self.layers.clear();
        self.push(Box::new(SignInScreen::entering(badge, asked)));
        self.finish()
    }

    /// Shows the board for a wall, until somebody wants to sign in.
    pub fn show_wall(&mut self) -> Vec<Effect> {
        self.wall = true;
        self.push(Box::new(WallScreen::default()));
        self.finish()
    }

    /// Goes back to the first screen of this terminal.
    pub(super) fn begin(&mut self) {
        self.layers.clear();
        self.push(Box::new(SignInScreen::first()));
        if self.wall {
            self.push(Box::new(WallScreen::default()));
        }
    }

    /// Says once that what is typed, or was typed last where nobody is signed in, is not kept, and once that
    /// it is again.
    pub(super) fn drafts_kept(&mut self, kept: Result<(), String>) {
        let before = std::mem::replace(&mut self.unkept, kept.err());
        match (&self.unkept, before) {
            (Some(_), None) => {
                let is_here = self.world.person.is_some();
                let said = if is_here { say!(UNKEPT) } else { say!(LEFT_UNKEPT) };
                self.world.announce(said, Role::Fail);
                self.world.ask(Effect::Beep);
            }
            (None, Some(_)) => self.world.announce(say!(KEPT), Role::Ok),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    /// Ends the session of the person; what was typed is kept.
    pub(super) fn sign_out(&mut self, how: Leaving) {
        self.keep_draft();
        self.world.ask(Effect::SignOut(how));
        self.world.person = None;
        self.world.look(None);
        self.world.speak(None);
        self.world.badge.clear();
        self.world.signed = false;
        self.world.recent.clear();
        self.world.separators = self.world.separators_set;
        self.world.gauges.clear();
        self.world.drafts.clear();
        self.world.said = None;
        self.unkept = None;
        self.begin();
    }

    pub(super) fn lock(&mut self) {
        let who = self.world.person.as_ref().map(|person| person.person.clone());
        let traveler = self.layers.iter().find_map(|layer| layer.traveler().cloned());
        let is_kept = self.unkept.is_none();
        let stays = self.layers.last().is_some_and(|top| top.is_for_all());
        self.sign_out(Leaving::Idle);
        let minutes = usize::try_from(self.world.idle_lock_min.get()).unwrap_or(usize::MAX);
        let minutes = count(minutes, "minute", "minutes");
        let said = if is_kept {
            say!("locked after {minutes} without a key; what you typed is kept", minutes)
        } else {
            say!("locked after {minutes} without a key; what you typed is not kept yet", minutes)
        };
        self.world.announce(said, Role::Warn);
        self.world.resume = who.zip(traveler);
        // What is shown to whoever walks by needs nobody who is signed in.
        if stays && is_kept && !self.wall {
            self.push(Box::new(WallScreen::default()));
        }
    }

    /// What is typed on top and not kept yet.
    pub(super) fn not_kept(&self) -> Option<(String, String)> {
        self.world.person.as_ref()?;
        let (key, text) = self.layers.last()?.draft()?;
        let kept = self.world.drafts.get(&key).map_or("", String::as_str);
        (kept != text).then_some((key, text))
    }

    pub(super) fn keep_draft(&mut self) {
        let Some((key, text)) = self.not_kept() else { return };
        if text.is_empty() {
            self.world.drop_draft(&key);
        } else {
            self.world.drafts.insert(key.clone(), text.clone());
            self.world.ask(Effect::KeepDraft(key, text));
        }
    }
}
