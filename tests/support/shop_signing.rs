//! Sessions and contact to the server, in the shop's words.

use gemba::domain::fact::Acting;
use gemba::domain::ids::SessionId;

use super::shop::Shop;

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
}
