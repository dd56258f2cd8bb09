//! What all screens of a session know: who, where, when, how the link is, what was said last.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::decide::Command;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, GaugeClassId, PersonId, PlaceId, RevisionId};
use crate::domain::instruction::Instruction;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::signing::NOT_PROVEN;
use crate::domain::scan::Separators;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traced::Traced;
use crate::domain::traveler::set::SetAct;
use crate::ui::speech::say;
use crate::views::dots::{Cell, Room, Wanted};
use crate::views::link::Link;
use crate::views::query::Query;
use crate::views::register::GaugeRow;

use super::effect::{Effect, NewPin, Opening, Pin, Signing};
use super::layer::{Layer, Reply, Turn};
use super::message::{Outcome, Person, SignInTrouble, Ticket, Time};
use super::parts::heard::fault;
use super::parts::placeholder;
use super::parts::words::count;
use super::said::Said;
use super::screens::language::LANGUAGE;
use super::screens::refusal::RefusalScreen;
use super::speech::{speak, tell};
use super::theme::{Role, Theme};
use super::themes::Themes;
use super::waits::Waits;

/// How many pages are remembered that somebody looked at.
pub const RECENT_MAX: usize = 10;

/// What all screens know.
#[derive(Debug)]
pub struct World {
    /// The station's code.
    pub station: String,
    /// The site's name.
    pub site: String,
    /// The language that the screens speak now.
    pub language: Language,
    /// The one that they speak to who chose none.
    usual_language: Language,
    /// How roles look now.
    pub theme: Theme,
    /// How they may look here.
    pub themes: Themes,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The size of the cells of a terminal that shows pictures.
    pub pictures: Option<Cell>,
    /// The time.
    pub time: Time,
    /// Minutes without a key after which the terminal goes back to sign-in.
    pub idle_lock_min: NonZeroU32,
    /// Whether whoever is here for the first time is shown around.
    pub tours: bool,
    /// How the station stands with its server.
    pub link: Link,
    /// Whether scanners here are said to send separators, by the settings.
    pub separators_set: Separators,
    /// Whether scanners here were seen to send separators, since somebody signed in.
    pub separators: Separators,
    /// The waits that run at this station, and which of their rings were heard here.
    pub waits: Waits,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The badge with which they did.
    pub badge: String,
    /// Whether they signed in this session: then their PIN alone is enough for the next signature.
    pub signed: bool,
    /// Where.
    pub place: Option<PlaceId>,
    /// What says so, as long as no label was scanned and none was chosen.
    pub place_by: Option<String>,
    /// The gauges chosen in this session.
    pub gauges: BTreeMap<GaugeClassId, GaugeRow>,
    /// Units marked to be taken together, in the order in which they were.
    pub marks: Vec<TravelerId>,
    /// The pages that this person looked at in this session, the last one first.
    pub recent: Vec<Traced>,
    /// What is kept of what was typed.
    pub drafts: BTreeMap<String, String>,
    /// What happened last.
    pub said: Option<Said>,
    /// Where the person who was locked out by the idle lock goes on.
    pub resume: Option<(PersonId, TravelerId)>,
    /// How often something was said: what is said again is told again.
    pub sayings: u64,
    effects: Vec<Effect>,
    tickets: u64,
}

/// What a session's screens start with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The station's code.
    pub station: String,
    /// The place that the session is bound to.
    pub place: Option<PlaceId>,
    /// What says so.
    pub place_by: Option<String>,
    /// The site's name.
    pub site: String,
    /// The language of the screens before anybody signs in.
    pub language: Language,
    /// How roles may look here.
    pub themes: Themes,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The time.
    pub time: Time,
    /// Minutes without a key after which the terminal goes back to sign-in.
    pub idle_lock_min: NonZeroU32,
    /// Whether waits ring with the terminal's bell.
    pub rings: bool,
    /// Whether whoever is here for the first time is shown around.
    pub tours: bool,
    /// Whether scanners here were seen to send separators.
    pub separators: Separators,
}

impl World {
    /// A session before anybody signed in.
    pub fn new(start: Start) -> Self {
        Self {
            station: start.station,
            site: start.site,
            language: start.language,
            usual_language: start.language,
            theme: start.themes.usual().clone(),
            themes: start.themes,
            ascii: start.ascii,
            size: start.size,
            pictures: None,
            time: start.time,
            idle_lock_min: start.idle_lock_min,
            tours: start.tours,
            link: Link::default(),
            separators_set: start.separators,
            separators: start.separators,
            waits: Waits::new(start.rings),
            person: None,
            badge: String::new(),
            signed: false,
            place: start.place,
            place_by: start.place_by,
            gauges: BTreeMap::new(),
            marks: Vec::new(),
            recent: Vec::new(),
            drafts: BTreeMap::new(),
            said: None,
            resume: None,
            sayings: 0,
            effects: Vec::new(),
            tickets: 0,
        }
    }

    /// Binds the session to a place that was scanned or chosen.
    pub fn bind_place(&mut self, place: &PlaceId, by: &str) {
        self.place = Some(place.clone());
        self.place_by = Some(by.to_owned());
        self.ask(Effect::BindPlace(place.clone()));
        self.say(say!("you work at {place}", place), Role::Ok);
    }

    /// Has the screen look as somebody chose, else as is usual here; tells whether what they chose is
    /// not here.
    pub fn look(&mut self, chosen: Option<&str>) -> bool {
        let found = chosen.map(|name| self.themes.chosen(name).cloned());
        let missing = matches!(found, Some(None));
        self.theme = found.flatten().unwrap_or_else(|| self.themes.usual().clone());
        missing
    }

    /// Has the screens speak as somebody chose, else as is usual here.
    pub fn speak(&mut self, chosen: Option<Language>) {
        self.language = chosen.unwrap_or(self.usual_language);
        self.speaks();
    }

    /// Has this thread say what these screens do: their language, by the site's terms.
    pub fn speaks(&self) {
        speak(self.language, &self.link.terms);
    }

    /// Has the screens speak what was just chosen, and keeps it for the person; where nobody signed
    /// in, for this terminal.
    pub fn choose_language(&mut self, language: Language) {
        if let Some(person) = &mut self.person {
            person.language = Some(language);
            self.ask(Effect::KeepDraft(LANGUAGE.to_owned(), language.code().to_owned()));
        } else {
            self.usual_language = language;
        }
        self.speak(Some(language));
    }

    /// Asks the program for something.
    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// How many answers are asked of the store since what was asked for was taken.
    pub fn loads(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Load(..))).count()
    }

    /// Takes what was asked for.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Looks something up.
    pub fn load(&mut self, query: Query) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::Load(ticket, query));
        ticket
    }

    /// Asks the server which stations have what was last said of a revision.
    pub fn ask_received(&mut self, subject: Subject, revision: RevisionId) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::AskReceived(ticket, subject, revision));
        ticket
    }

    /// Has a hand-off ticket drawn.
    pub fn draw_ticket(&mut self, unit: &TravelerId) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::DrawTicket(ticket, unit.clone()));
        ticket
    }

    /// Has a picture made to fit into so many columns and rows.
    pub fn draw_picture(&mut self, picture: Hash, (columns, rows): (u16, u16)) -> Ticket {
        let ticket = self.ticket();
        // The terminal finds it by a color.
        let in_color = self.theme.has_colors() && !self.ascii;
        let name = placeholder::name(ticket.0);
        let whole = self.pictures.filter(|_| in_color).map(|cell| Wanted { name, cell });
        self.ask(Effect::DrawPicture(ticket, picture, Room { columns, rows, whole }));
        ticket
    }

    /// Has something saved.
    pub fn record(&mut self, command: Command) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("saving …"), Role::Muted);
        self.ask(Effect::Record(ticket, command));
        ticket
    }

    /// Has a lot opened for inspection.
    pub fn open_lot(&mut self, opening: Opening) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("saving …"), Role::Muted);
        self.ask(Effect::OpenLot(ticket, Box::new(opening)));
        ticket
    }

    /// Has several commands saved as one act: all of them or none.
    pub fn record_all(&mut self, commands: Vec<Command>) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("saving …"), Role::Muted);
        self.ask(Effect::RecordAll(ticket, commands));
        ticket
    }

    /// Has something saved on every unit of a set, or on none.
    pub fn record_set(&mut self, act: SetAct) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("saving …"), Role::Muted);
        self.ask(Effect::RecordSet(ticket, act));
        ticket
    }

    /// Has something signed.
    pub fn sign(&mut self, badge: Option<String>, pin: Pin, signing: Signing) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("signing …"), Role::Muted);
        self.ask(Effect::Sign(ticket, badge, pin, signing));
        ticket
    }

    /// Has something signed once for every unit of a set.
    pub fn sign_set(&mut self, badge: Option<String>, pin: Pin, act: SetAct) -> Ticket {
        let ticket = self.ticket();
        self.say(say!("signing …"), Role::Muted);
        self.ask(Effect::SignSet(ticket, badge, pin, act));
        ticket
    }

    /// Has a person signed in.
    pub fn sign_in(&mut self, badge: String, pin: Pin) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::SignIn(ticket, badge, pin));
        ticket
    }

    /// Has somebody let in who proved who they are before the terminal began.
    pub fn enter(&mut self, person: PersonId) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::Enter(ticket, person));
        ticket
    }

    /// How far site time is ahead of UTC, as the clock on the screen says.
    fn ahead(&self) -> SignedDuration {
        let minute_of = |hhmm: &str| {
            let (hours, minutes) = hhmm.split_once(':')?;
            Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
        };
        let now = self.time.moment.utc;
        let utc = minute_of(&now.strftime("%H:%M").to_string()).unwrap_or(0);
        let here = minute_of(&self.time.hhmm).unwrap_or(utc);
        // Zones are from twelve hours behind to fourteen ahead.
        let ahead = (here - utc + 600).rem_euclid(1_440) - 600;
        SignedDuration::from_mins(ahead)
    }

    /// Today at the site.
    pub fn today(&self) -> Option<Date> {
        let local = self.time.moment.utc.checked_add(self.ahead()).ok()?;
        Some(local.to_zoned(TimeZone::UTC).date())
    }

    /// A moment in site time: the hour and minute, with the day where it was another one.
    pub fn site_time(&self, at: Timestamp) -> String {
        let (now, shift) = (self.time.moment.utc, self.ahead());
        let local = |at: Timestamp| at.checked_add(shift).unwrap_or(at);
        let (at, now) = (local(at), local(now));
        let same_day = at.strftime("%F").to_string() == now.strftime("%F").to_string();
        at.strftime(if same_day { "%H:%M" } else { say!("%m-%d %H:%M") }).to_string()
    }

    /// Has a person's PIN changed, and the person signed in.
    pub fn change_pin(&mut self, badge: String, pin: NewPin) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::ChangePin(ticket, badge, pin));
        ticket
    }

    /// That an instruction is not in the person's language, in a word or two behind what it is.
    pub fn only_in(&self, instruction: &Instruction) -> Option<String> {
        let code = instruction.language_read();
        (code != self.language.into()).then(|| say!(", only {code}", code))
    }

    /// Remembers that a signature by this badge was saved; none is the session's own.
    pub fn has_signed(&mut self, badge: &str) {
        self.signed = self.signed || badge.is_empty() || badge == self.badge;
    }

    /// Marks a unit to be taken together with others, or takes its mark away.
    pub fn mark(&mut self, unit: &TravelerId) {
        match self.marks.iter().position(|marked| marked == unit) {
            Some(at) => drop(self.marks.remove(at)),
            None => self.marks.push(unit.clone()),
        }
        let words = count(self.marks.len(), "unit is marked", "units are marked");
        self.say(words, Role::Plain);
    }

    /// Notes what the person looks at now.
    pub fn visit(&mut self, of: Traced) {
        self.recent.retain(|before| *before != of);
        self.recent.insert(0, of);
        self.recent.truncate(RECENT_MAX);
    }

    /// A deviation by its number, with what it is called where the number does not say so.
    pub fn deviation(&self, id: &DeviationId) -> String {
        let called = say!("Deviation");
        if id.as_str().starts_with(called) { id.to_string() } else { format!("{called} {id}") }
    }

    /// Says what happened.
    pub fn say(&mut self, text: impl Into<String>, role: Role) {
        self.sayings += 1;
        self.said = Some(Said::on_page(text.into(), role));
    }

    /// Says what goes along when the page turns.
    pub fn announce(&mut self, text: impl Into<String>, role: Role) {
        self.sayings += 1;
        self.said = Some(Said::beside(text.into(), role));
    }

    /// Says what did not go, and sounds the bell.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.say(text, Role::Fail);
        self.ask(Effect::Beep);
    }

    /// Forgets a draft that was recorded or thrown away.
    pub fn drop_draft(&mut self, key: &str) {
        if self.drafts.remove(key).is_some() {
            self.ask(Effect::DropDraft(key.to_owned()));
        }
    }

    /// Says what became of something that was to be saved; a refusal opens with all its reasons.
    pub fn outcome(&mut self, outcome: Outcome, saved: &str) -> Turn {
        match outcome {
            Outcome::Saved(_) => {
                self.say(saved, Role::Ok);
                Turn::Stay
            }
            Outcome::Refused(refusal) => self.refuse(&refusal),
            Outcome::NotSaved(why) => {
                self.warn(say!("not saved: {why}", why = fault(&why)));
                Turn::Stay
            }
            Outcome::NotSigned(trouble) => self.not_signed(trouble),
        }
    }

    /// Opens a refusal.
    pub fn refuse(&mut self, refusal: &Refusal) -> Turn {
        self.warn(say!("not saved: refused"));
        Turn::Open(Box::new(RefusalScreen::new(refusal)))
    }

    /// Opens why a code is not taken; whether anything was to be saved, a scan alone does not tell.
    pub fn refuse_scan(&mut self, refusal: &Refusal) -> Turn {
        self.warn(say!("scan not taken: refused"));
        Turn::Open(Box::new(RefusalScreen::of_scan(refusal)))
    }

    /// Tells at once that an act is none for who is signed in; where somebody else may do it at this
    /// terminal, what it opens comes after.
    pub fn not_for_role(&mut self, refusal: &Refusal, then: Option<Box<dyn Layer>>) -> Turn {
        self.warn(say!("nothing was done: not for your role"));
        Turn::Open(Box::new(RefusalScreen::of_act(refusal, then)))
    }

    /// Opens a refusal in the place of the screen that is refused.
    pub fn refuse_instead(&mut self, refusal: Refusal) -> Turn {
        self.warn(say!("not saved: refused"));
        Turn::Replace(Box::new(RefusalScreen::new(&refusal)))
    }

    fn not_signed(&mut self, trouble: SignInTrouble) -> Turn {
        match trouble {
            SignInTrouble::Wrong => {
                self.warn(say!("not signed: {why}", why = say!(NOT_PROVEN)));
                Turn::Stay
            }
            SignInTrouble::Refused(refusal) => self.refuse(&refusal),
            SignInTrouble::Fault(why) => {
                self.warn(say!("not signed: {why}", why = fault(&why)));
                Turn::Stay
            }
            SignInTrouble::Pin(stands) => {
                self.warn(tell(&stands.words()));
                Turn::Stay
            }
        }
    }

    /// Takes an answer to a question apart, in the person's language; an error is said.
    pub fn answer(&mut self, reply: Reply) -> Option<crate::views::query::Answer> {
        match reply {
            Reply::Loaded(Ok(answer)) => Some(answer.read_by(self.language.into())),
            Reply::Loaded(Err(why)) => {
                self.warn(fault(&why));
                None
            }
            Reply::Recorded(_) | Reply::SignedIn(_) => None,
        }
    }
}
