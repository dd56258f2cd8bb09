//! Sessions, clocks and contact to the server, in the shop's words.

use gemba::domain::context::Context;
use gemba::domain::decide::Command;
use gemba::domain::fact::Acting;
use gemba::domain::ids::{SessionId, TerminalId};
use gemba::domain::offset::Offset;
use gemba::domain::stream::{StreamState, Subject};

use jiff::{SignedDuration, Timestamp};

use super::shop::{MORNING, Shop};

impl Shop {
    /// The station reaches the server.
    pub(crate) fn contact(&mut self) -> &mut Self {
        let now_s = self.now_s;
        let station = self.station();
        station.contact = Some(station.moment(now_s));
        self
    }

    /// Goes on in a session; none where the name is empty.
    pub(crate) fn session(&mut self, session: &str) -> &mut Self {
        self.session = SessionId::parse(session).ok();
        self
    }

    /// Goes on at another terminal.
    pub(crate) fn terminal(&mut self, terminal: &TerminalId) -> &mut Self {
        self.terminal = terminal.clone();
        self
    }

    /// Whether the actor signed before in the session, by every fact known here.
    pub(crate) fn signed_before(&self, acting: &Acting) -> bool {
        let mut facts = self.here().all_facts();
        facts.any(|(fact, _)| {
            matches!(fact.body.kind(), "Signed" | "Dispositioned")
                && acting.session.is_some()
                && fact.head.acting.session == acting.session
                && fact.head.acting.actor == acting.actor
        })
    }

    /// The station's machine starts again; its offset is not known until it is measured.
    pub(crate) fn reboot(&mut self) -> &mut Self {
        let now_s = self.now_s;
        let clock = &mut self.station().clock;
        clock.boot += 1;
        clock.booted_at_s = now_s;
        clock.offset = None;
        self
    }

    /// Somebody sets the station's wall clock.
    pub(crate) fn set_clock(&mut self, error_s: i64) -> &mut Self {
        self.station().clock.wall_error_s = error_s;
        self
    }

    /// The station asks the server for the time.
    pub(crate) fn measure_offset(&mut self) -> &mut Self {
        let (now, server) = (self.moment(), self.server_time());
        self.station().clock.offset = Offset::measure(&now, server, &now);
        self
    }

    /// The server's clock, which is right.
    fn server_time(&self) -> Timestamp {
        MORNING.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(self.now_s)
    }

    /// What a decision about sessions, badges and contact looks at.
    pub(crate) fn load_signing(&self, context: &mut Context, command: &Command) {
        let station = self.here();
        context.proven = station.newest;
        let contact = station.contact.as_ref();
        context.contact_age_s = contact.map(|then| context.now.age_s(then, context.proven));
        context.signed_before = command.by_pin_alone() && self.signed_before(&context.acting);
        if command.shows_badge() {
            let here: gemba::domain::ids::StationId = super::shop_plan::id(station.name);
            let StreamState::Station(state) = self.stream(&Subject::Station(here.clone())).state
            else {
                panic!("a station's stream holds a station");
            };
            context.shown_at = Some((here, state));
        }
    }
}
