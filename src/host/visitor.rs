//! One connection as russh tells of it: a key is shown, a terminal is asked for, and nothing else is
//! granted.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::keys::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Response, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, Pty};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::domain::words::{Words, words};
use crate::host::doors::{Arriving, Seated, Writes};
use crate::host::keys::{KnownKey, fingerprint};
use crate::host::line::{
    FRAMES_MAX, Guest, HEARD_MAX, Heard, Hearing, Line, NotProven, Proven, Sending, Shows, Told,
};
use crate::host::run::{WithoutKey, World};
use crate::host::shown::Shown;

/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Variables that a client may tell, each of so many bytes.
const VARIABLES: [&str; 5] = ["LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "COLORTERM"];
const VARIABLE_BYTES_MAX: usize = 64;

/// The most of a badge or a PIN.
const SHOWN_CHARS_MAX: usize = 200;
/// A badge and a PIN.
const ASKED: usize = 2;

/// The far end of one connection.
pub(super) struct Visitor {
    pub(super) world: Arc<World>,
    pub(super) from: IpAddr,
    /// Held until a session is opened.
    pub(super) arriving: Option<Arriving>,
    /// Told when a session is opened; carries what tells when it is over.
    pub(super) opened: Option<oneshot::Sender<oneshot::Receiver<()>>>,
    /// What became of what it showed.
    pub(super) shown: Arc<Shown>,
    key: Option<KnownKey>,
    proven: Option<Proven>,
    /// What was said to the badge and PIN before.
    said: String,
    terminal: Told,
    has_terminal: bool,
    /// Something that is not given was asked for once.
    refused: bool,
    channel: Option<ChannelWriteHalf<Msg>>,
    heard: Option<mpsc::Sender<Heard>>,
}

impl Visitor {
    pub(super) fn new(
        world: Arc<World>,
        arriving: Arriving,
        opened: oneshot::Sender<oneshot::Receiver<()>>,
        shown: Arc<Shown>,
    ) -> Self {
        Self {
            world,
            from: arriving.from(),
            arriving: Some(arriving),
            opened: Some(opened),
            shown,
            key: None,
            proven: None,
            said: String::new(),
            terminal: Told::default(),
            has_terminal: false,
            refused: false,
            channel: None,
            heard: None,
        }
    }

    fn known(&self, key: &PublicKey) -> Option<KnownKey> {
        self.world.renews_keys();
        self.world.keys.find(key)
    }

    fn lets_in(&self) -> Auth {
        self.shown.let_in.store(true, Ordering::SeqCst);
        Auth::Accept
    }

    fn rejects(&self, what: String) -> Auth {
        self.shown.rejects(what);
        Auth::reject()
    }

    fn rejects_guess(&self) -> Auth {
        self.shown.guesses("badge and PIN prove nobody".to_owned());
        Auth::reject()
    }

    fn rejects_key(&self, key: &PublicKey) -> Auth {
        self.rejects(format!("the key {} is not known", fingerprint(key)))
    }

    /// Asks for badge and PIN; says what was wrong with those before.
    fn asks(&mut self) -> Auth {
        let prompt = |what: &Words, is_shown: bool| {
            (Cow::Owned(format!("{}: ", self.world.floor.says(what))), is_shown)
        };
        let prompts = vec![prompt(&words!("Badge"), true), prompt(&words!("PIN"), false)];
        Auth::Partial {
            name: Cow::Borrowed(""),
            instructions: Cow::Owned(std::mem::take(&mut self.said)),
            prompts: Cow::Owned(prompts),
        }
    }

    /// Lets in whoever proves who they are; words and time are the same for a badge that nobody has.
    async fn lets_in_by(&mut self, said: Vec<String>) -> Auth {
        let Ok([badge, pin]) = <[String; ASKED]>::try_from(said) else {
            return self.rejects_guess();
        };
        let shows = Shows { badge: badge.trim().to_owned(), pin };
        let before = self.shown.looks();
        let says = |words: Words| self.world.floor.says(&words);
        let (said, why) = match self.world.floor.proves(self.from, shows).await {
            Ok(Ok(proven)) => {
                self.proven = Some(proven);
                return self.lets_in();
            }
            Ok(Err(NotProven::Refused(said))) => {
                self.said = format!("gemba: {said}");
                return self.rejects_guess();
            }
            Ok(Err(NotProven::Unchecked(why))) => {
                self.world.could_not_check(self.from, &why);
                let said =
                    says(words!("badges cannot be checked just now → try again in a minute"));
                (said, "badge and PIN could not be checked".to_owned())
            }
            Err(_) => {
                let said = says(words!("too many show a badge at once → try again in a minute"));
                (said, "too many showed a badge at once".to_owned())
            }
        };
        self.said = format!("gemba: {said}");
        self.shown.did_not_look(before);
        self.shown.excuses(why);
        Auth::reject()
    }

    /// Says why not, and ends the channel. Who asks for such a thing again on the same connection only
    /// means to fill what waits for it; who works here meanwhile is not disturbed.
    fn refuse(
        &mut self,
        channel: ChannelId,
        why: &Words,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.world.turns_away(self.from, &format!("{}: {why}", self.who()));
        if self.heard.is_some() {
            return session.channel_failure(channel);
        }
        if std::mem::replace(&mut self.refused, true) {
            return Err(russh::Error::Disconnect);
        }
        session.channel_success(channel)?;
        let said = self.world.floor.says(why);
        session.extended_data(channel, 1, format!("gemba: {said}\r\n").into_bytes())?;
        session.exit_status_request(channel, 1)?;
        session.eof(channel)?;
        session.close(channel)
    }

    /// Who it is, for whoever runs the host.
    fn who(&self) -> String {
        match (&self.key, &self.proven) {
            (Some(known), _) => format!("key {} {}", known.name, fingerprint(&known.key)),
            (None, Some(proven)) => format!("the badge of {}", proven.person),
            (None, None) => "without a key".to_owned(),
        }
    }

    /// Sits down at what stands behind the line.
    fn sits(&mut self, channel: ChannelWriteHalf<Msg>, (number, seat): (u64, Arc<Seated>)) {
        let (says, heard) = mpsc::channel(HEARD_MAX);
        let (frames, sends) = mpsc::channel(FRAMES_MAX);
        let why = Arc::new(OnceLock::new());
        let idle_for = self.world.doors.limits().idle_for;
        let hearing = Hearing {
            heard,
            stops: self.world.stops.subscribe(),
            key: self.key.as_ref().map(|known| fingerprint(&known.key)),
            gone: self.world.gone.subscribe(),
            idle_for,
            idle_at: Instant::now() + idle_for,
            why: why.clone(),
        };
        let (done, over) = oneshot::channel();
        self.heard = Some(says);
        self.arriving = None;
        if let Some(opened) = self.opened.take() {
            // If nobody waits for it any more, the connection is being cut.
            opened.send(over).map(drop).unwrap_or_default();
        }
        let guest = Guest {
            number,
            address: self.from,
            key: self.key.clone(),
            proven: self.proven.clone(),
            terminal: self.terminal.clone(),
            writes: Writes::at(seat.clone()),
        };
        self.world.floor.seat(guest, Line { hearing, sending: Sending { frames } });
        let world = self.world.clone();
        tokio::spawn(async move {
            carry(sends, channel, (&*world, &*why)).await;
            drop((seat, done));
        });
    }
}

/// Carries frames to the client until the session is over or the client takes no more.
async fn carry(
    mut frames: mpsc::Receiver<Vec<u8>>,
    channel: ChannelWriteHalf<Msg>,
    (world, why): (&World, &OnceLock<Words>),
) {
    let unread_for = world.doors.limits().unread_for;
    let mut writer = channel.make_writer();
    while let Some(frame) = frames.recv().await {
        if !matches!(timeout(unread_for, writer.write_all(&frame)).await, Ok(Ok(()))) {
            return;
        }
    }
    let last = async {
        if let Some(why) = why.get() {
            let said = world.floor.says(why);
            writer.write_all(format!("gemba: {said}\r\n").as_bytes()).await.ok()?;
        }
        channel.exit_status(0).await.ok()?;
        channel.eof().await.ok()?;
        channel.close().await.ok()
    };
    // Who does not hear the last words is cut off.
    timeout(LAST_WORDS, last).await.unwrap_or_default();
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        _user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        if self.known(offer.public_key).is_some() {
            return Ok(Auth::Accept);
        }
        Ok(self.rejects_key(offer.public_key))
    }

    async fn auth_publickey(
        &mut self,
        _user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        self.key = self.known(key.public_key);
        if self.key.is_none() {
            return Ok(self.rejects_key(key.public_key));
        }
        Ok(self.lets_in())
    }

    /// What a client without a key comes to last.
    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        match (self.world.without_key, response) {
            (WithoutKey::TurnedAway, _) => Ok(self.rejects("no key was shown".to_owned())),
            (WithoutKey::LetIn, _) => Ok(self.lets_in()),
            (WithoutKey::ByBadge, None) => Ok(self.asks()),
            (WithoutKey::ByBadge, Some(response)) => {
                let said = response.take(ASKED + 1).map(|said| {
                    String::from_utf8_lossy(&said).chars().take(SHOWN_CHARS_MAX).collect()
                });
                let said = said.collect();
                Ok(self.lets_in_by(said).await)
            }
        }
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        // A connection has one session, and none after it.
        let is_used = self.channel.is_some() || self.heard.is_some() || self.opened.is_none();
        if is_used {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        let (_, writes) = channel.split();
        self.channel = Some(writes);
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _pixels_wide: u32,
        _pixels_high: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let term: String = term.chars().take(VARIABLE_BYTES_MAX).collect();
        self.terminal = Told { term, columns, rows, ..std::mem::take(&mut self.terminal) };
        self.has_terminal = true;
        session.channel_success(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if !VARIABLES.contains(&name) || value.len() > VARIABLE_BYTES_MAX {
            return session.channel_failure(channel);
        }
        self.terminal.variables.insert(name.to_owned(), value.to_owned());
        session.channel_success(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if !self.has_terminal {
            return self.refuse(channel, &words!("there is no terminal → ssh -t"), session);
        }
        let Some(writes) = self.channel.take() else { return session.channel_failure(channel) };
        let key = self.key.as_ref().map(|known| fingerprint(&known.key));
        let number = self.world.counted();
        let who = format!("session {number} from {}, {}", self.from, self.who());
        match self.world.doors.seats(self.from, key.as_deref(), (number, who)) {
            Ok(seated) => {
                session.channel_success(channel)?;
                self.sits(writes, (number, Arc::new(seated)));
                Ok(())
            }
            Err(turned) => self.refuse(channel, &turned.words(), session),
        }
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let why =
            words!("this line leads to the terminal, no command is run → leave the command out");
        self.refuse(channel, &why, session)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let why = words!(
            "this line leads to the terminal, no file is copied → gemba has commands for it"
        );
        self.refuse(channel, &why, session)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _single: bool,
        _protocol: &str,
        _cookie: &str,
        _screen: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn agent_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<bool, Self::Error> {
        session.channel_failure(channel)?;
        Ok(false)
    }

    async fn window_change_request(
        &mut self,
        _channel: ChannelId,
        columns: u32,
        rows: u32,
        _pixels_wide: u32,
        _pixels_high: u32,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.hears(Heard::Window { columns, rows }).await;
        Ok(())
    }

    async fn data(
        &mut self,
        _channel: ChannelId,
        bytes: &[u8],
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.hears(Heard::Bytes(bytes.to_vec())).await;
        Ok(())
    }

    async fn channel_eof(
        &mut self,
        _channel: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.heard = None;
        Ok(())
    }

    async fn channel_close(
        &mut self,
        _channel: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.heard = None;
        Ok(())
    }
}

impl Visitor {
    /// Waits until it is taken: the client waits then, too.
    async fn hears(&mut self, heard: Heard) {
        if let Some(hears) = &self.heard
            && hears.send(heard).await.is_err()
        {
            self.heard = None;
        }
    }
}
