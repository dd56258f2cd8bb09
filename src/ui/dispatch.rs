//! Where keys, scans and acts go: to the screen on top, or to what every screen can do.

use crate::ui::speech::say;

use super::effect::{Effect, Leaving};
use super::input::Key;
use super::keys::{Act, act_of};
use super::layer::{Layer, Turn};
use super::may;
use super::parts::frame;
use super::screens::board::BoardScreen;
use super::screens::call::CallScreen;
use super::screens::calls::CallsScreen;
use super::screens::change_pin::ChangePinScreen;
use super::screens::definitions::DefinitionsScreen;
use super::screens::deviations::DeviationsScreen;
use super::screens::gauges::GaugesScreen;
use super::screens::handover::HandoversScreen;
use super::screens::help::HelpScreen;
use super::screens::inspection::lots::LotsScreen;
use super::screens::language::LanguageScreen;
use super::screens::look::LookScreen;
use super::screens::menu::MenuScreen;
use super::screens::permits::PermitsScreen;
use super::screens::places::PlacesScreen;
use super::screens::redlines::RedlinesScreen;
use super::screens::scanner::ScannerScreen;
use super::screens::ship::list::ShipsScreen;
use super::screens::sign_in::SignInScreen;
use super::screens::stations::StationsScreen;
use super::screens::suspect::SuspectsScreen;
use super::screens::sync::SyncScreen;
use super::screens::thread;
use super::screens::tour::TourScreen;
use super::screens::waits::WaitsScreen;
use super::shell::Shell;
use super::theme::Role;

impl Shell {
    pub(super) fn key(&mut self, key: Key) {
        if matches!(key, Key::Redraw) {
            self.world.ask(Effect::Redraw);
            return;
        }
        let Some(top) = self.layers.last() else { return };
        if self.opens_palette(key) {
            return self.act(Act::Palette);
        }
        let key = self.meant(key);
        let mut offered = top.acts(&self.world);
        offered.extend([Act::Help, Act::Menu, Act::Back]);
        if self.world.person.is_some() {
            offered.push(Act::CallHelp);
        }
        match act_of(key, &offered) {
            Some(act) => self.act(act),
            None if key == Key::Interrupt => {
                self.world.say(say!("Ctrl-C ends nothing here; F9 opens the menu"), Role::Muted);
            }
            None if key == Key::Ring => {
                self.world.warn(say!("a call bears a name: scan your badge first"));
            }
            None => {
                if let Some(turn) = self.on_top(|top, world| top.key(key, world)) {
                    self.turn(turn);
                }
            }
        }
    }

    /// What is said of a shift, from every screen.
    fn floor(&self, act: Act) -> Option<Box<dyn Layer>> {
        let open: Box<dyn Layer> = if act == Act::CallHelp {
            Box::new(CallScreen::new(self.traveler()))
        } else if act == Act::Calls {
            Box::new(CallsScreen::default())
        } else if act == Act::Handovers {
            Box::new(HandoversScreen::default())
        } else if act == Act::Redlines {
            Box::new(RedlinesScreen::default())
        } else if act == Act::Permits {
            Box::new(PermitsScreen::default())
        } else {
            return None;
        };
        Some(open)
    }

    pub(super) fn act(&mut self, act: Act) {
        if let Some(refusal) = may::refused(may::takes(act), &self.world) {
            let turn = self.world.not_for_role(&refusal, None);
            return self.turn(turn);
        }
        self.perform(act);
    }

    #[expect(clippy::too_many_lines, reason = "one table, a line an act")]
    fn perform(&mut self, act: Act) {
        if let Some(open) = self.floor(act) {
            return self.turn(Turn::Open(open));
        }
        let open: Box<dyn Layer> = match act {
            Act::Menu => Box::new(MenuScreen::new(self.menu_acts())),
            Act::Help => Box::new(self.help()),
            Act::Palette => Box::new(self.palette()),
            Act::Tour => Box::new(TourScreen::default()),
            Act::Look => Box::new(LookScreen::default()),
            Act::Language => Box::new(LanguageScreen::default()),
            Act::ChangePerson => Box::new(SignInScreen::change(None)),
            Act::ChangePin => Box::new(ChangePinScreen::new(&self.world)),
            Act::Board => Box::new(BoardScreen::default()),
            Act::Waits => Box::new(WaitsScreen::default()),
            Act::Deviations => Box::new(DeviationsScreen::default()),
            Act::Suspects => Box::new(SuspectsScreen::default()),
            Act::Inspections => Box::new(LotsScreen::default()),
            Act::Ships => Box::new(ShipsScreen::default()),
            Act::Trace => thread::begin(self.traveler()),
            Act::Instructions => Box::new(DefinitionsScreen::default()),
            Act::Gauges => Box::new(GaugesScreen::default()),
            Act::Places => Box::new(PlacesScreen::default()),
            Act::Sync => Box::new(SyncScreen::default()),
            Act::Stations => Box::new(StationsScreen::default()),
            Act::Scanner => Box::new(ScannerScreen::default()),
            Act::SignOut | Act::Leave => return self.sign_out(Leaving::ByHand),
            Act::Quit => return self.quit(),
            Act::SignIn
            | Act::Open
            | Act::Begin
            | Act::Picture
            | Act::BeginWait
            | Act::Record
            | Act::Complete
            | Act::Report
            | Act::Split
            | Act::Compare
            | Act::Difference
            | Act::Read
            | Act::Keep
            | Act::Move
            | Act::HoldUnit
            | Act::ReleaseHold
            | Act::Sign
            | Act::NextUnit
            | Act::Choose
            | Act::Save
            | Act::Next
            | Act::Yes
            | Act::No
            | Act::Good
            | Act::Bad
            | Act::Deviation
            | Act::Gauge
            | Act::Correct
            | Act::Remeasure
            | Act::MeasureAnyway
            | Act::Sort
            | Act::SortNow
            | Act::Steps
            | Act::Pause
            | Act::Resume
            | Act::Dispose
            | Act::DisposeAnew
            | Act::Approve
            | Act::Contain
            | Act::Follow
            | Act::Contained
            | Act::CloseDeviation
            | Act::SetupDone
            | Act::ToolChanged
            | Act::MaterialChanged
            | Act::GaugeFailed
            | Act::HoldAll
            | Act::ReleaseAll
            | Act::SyncNow
            | Act::OpenLot
            | Act::ShipUnit
            | Act::TakeBack
            | Act::HandOff
            | Act::TakeTicket
            | Act::Components
            | Act::TakeOut
            | Act::DecideLot
            | Act::Series
            | Act::PlacesHere
            | Act::WhatWaits
            | Act::Wall
            | Act::Characteristics
            | Act::Thread
            | Act::Apart
            | Act::ReadIn
            | Act::Grid
            | Act::FirstArticle
            | Act::EnterGoes
            | Act::AskWhen
            | Act::NextFailing
            | Act::Comment
            | Act::Turn
            | Act::SkipStep
            | Act::AcceptWait
            | Act::AcceptUpstream
            | Act::OtherStep
            | Act::Mark
            | Act::Together
            | Act::OpenUnit
            | Act::CallHelp
            | Act::Calls
            | Act::Handovers
            | Act::HandOver
            | Act::Redline
            | Act::Redlines
            | Act::Permits
            | Act::ProposePermit
            | Act::Withdraw
            | Act::Back => return self.act_on_top(act),
        };
        self.turn(Turn::Open(open));
    }

    /// What can be done on the screen on top.
    fn help(&self) -> HelpScreen {
        let top = self.layers.last();
        let mut acts = top.map_or_else(Vec::new, |top| top.acts(&self.world));
        acts.extend([Act::Back, Act::Menu]);
        let footer = top.map_or_else(Vec::new, |top| top.footer(&self.world));
        let mut next: Vec<Act> = footer.into_iter().filter(|act| leads_on(*act)).collect();
        // Of two answers help takes neither's side.
        let answers = matches!(next.first(), Some(Act::Yes | Act::Good));
        next.truncate(if answers { 2 } else { 1 });
        let before = top.and_then(|top| top.before_key(&self.world));
        let said = frame::said_in_help(&self.world, self.size.0).cloned();
        HelpScreen::new(top.map_or("", |top| top.purpose()), (before, next), acts).telling(said)
    }

    fn act_on_top(&mut self, act: Act) {
        if let Some(turn) = self.on_top(|top, world| top.act(act, world)) {
            self.turn(turn);
        }
    }

    pub(super) fn quit(&mut self) {
        self.keep_draft();
        self.world.ask(Effect::Quit);
    }
}

/// Whether a key does what is next on a screen, and not something beside it.
fn leads_on(act: Act) -> bool {
    let around = [Act::Menu, Act::Help, Act::Back, Act::Leave];
    let beside = [Act::Deviation, Act::Gauge, Act::Picture, Act::Steps, Act::Correct];
    act.has_key() && !around.contains(&act) && !beside.contains(&act)
}
