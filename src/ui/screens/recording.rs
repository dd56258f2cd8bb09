//! What the screens that record at a step share: the field with its draft, what is on its way to
//! the store, the gauge that was scanned, and the command that is made of what was typed.

use crate::domain::fact::Position;
use crate::domain::ids::{GaugeClassId, GaugeId};
use crate::domain::instruction::{Ask, EnterForm};
use crate::domain::pin::PIN_DIGITS_LEAST;
use crate::domain::quantity::{Number, number_and_rest};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::state::TravelerState;
use crate::domain::understood::{Said, understood};
use crate::domain::unit::Unit;
use crate::ui::effect::Effect;
use crate::ui::layer::{Turn, saved};
use crate::ui::message::{Outcome, Ticket};
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::words::due;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::Query;
use crate::views::register::GaugeRow;

use super::gauge::{GaugeScreen, choose};
use super::told;

/// What is said of a value that its gauge does not show.
const FINER: &[Said] = &[("{value} is finer than {gauge} shows ({least})", &[])];

/// Whether what was typed as a number holds letters and digits, as badges do.
fn is_like_a_badge(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_alphabetic()) && text.bytes().any(|b| b.is_ascii_digit())
}

/// What is typed, and what is on its way to and from the store.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) field: Field,
    /// The name of what is typed now, as drafts know it.
    slot: Option<String>,
    loading: Option<Ticket>,
    stale: bool,
    pending: Option<Pending>,
    /// Whether the answer to something saved is not shown yet.
    settling: bool,
    gauges: Option<(Ticket, GaugeId)>,
    /// Whether what was typed last may have been a badge.
    after_badge: bool,
}

/// Something on its way to the store.
#[derive(Debug)]
pub(super) struct Pending {
    ticket: Ticket,
    /// What is said once it is saved.
    pub(super) saved: String,
    /// The row of a set that it is about.
    pub(super) row: Option<usize>,
    /// Whether it is something else than what is typed in the field.
    beside: bool,
}

/// What is asked for now on a unit.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A failing reading is to be typed again: which, and its unit where it has one.
    Again(Position, Option<Unit>),
    /// Something of a step: where, the ask's number, the sample, and the ask.
    Ask(StepAt, (u16, u16), Box<Ask>),
    /// Nothing that is typed or answered.
    Nothing,
}

/// A command with what is said once it is saved.
pub(super) type Given = (TravelerCommand, String);

impl Asked {
    /// The class of gauge that the entry is made with.
    pub(super) fn gauge_class(&self) -> Option<&GaugeClassId> {
        let Self::Ask(_, _, ask) = self else { return None };
        match ask.as_ref() {
            Ask::Measure(measure) => measure.gauge.as_ref(),
            Ask::Check { gauge, .. } => gauge.as_ref(),
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Enter { .. }
            | Ask::Wait(_)
            | Ask::Sign(_) => None,
        }
    }

    /// Whether a number is asked for.
    pub(super) fn is_number(&self) -> bool {
        let Self::Ask(_, _, ask) = self else { return matches!(self, Self::Again(_, Some(_))) };
        match ask.as_ref() {
            Ask::Measure(measure) => measure.kind.limits().is_some(),
            Ask::Enter { form, .. } => matches!(form, EnterForm::Number(_)),
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Wait(_)
            | Ask::Sign(_) => false,
        }
    }

    /// The command that records an entry at the ask.
    pub(super) fn given(self, entry: Entry, saved: impl Into<String>) -> Result<Given, Turn> {
        let Self::Ask(at, (ask, sample), _) = self else { return Err(Turn::Stay) };
        Ok((TravelerCommand::Record { at, ask, sample, entry }, saved.into()))
    }

    /// Answers a check, with the gauge of the session where it names a class.
    pub(super) fn answered(self, yes: bool, world: &mut World) -> Result<Given, Turn> {
        let entry = match gauge_of(self.gauge_class(), world)? {
            None => Entry::Answer(yes),
            Some(gauge) => Entry::AnswerWith { yes, gauge },
        };
        self.given(entry, say!(if yes { "saved yes" } else { "saved no" }))
    }

    /// Says whether something conforms, for the first time or again.
    pub(super) fn conforms(self, good: bool, world: &mut World) -> Result<Given, Turn> {
        let value = ReadingValue::Conforms(good);
        if let Self::Again(reading, _) = self {
            return Ok((TravelerCommand::Retype { reading, value }, say!("saved").to_owned()));
        }
        self.reading(value, world)
    }

    /// A reading with the gauge of the session; one is asked for where none is chosen.
    fn reading(self, value: ReadingValue, world: &mut World) -> Result<Given, Turn> {
        let gauge = gauge_of(self.gauge_class(), world)?;
        let saved = say!("saved {value}", value = told::value(&value));
        self.given(Entry::Reading { value, gauge }, saved)
    }
}

/// The gauge that was chosen of a class; where none is, the list of them opens.
pub(super) fn gauge_of(
    class: Option<&GaugeClassId>,
    world: &mut World,
) -> Result<Option<GaugeId>, Turn> {
    let Some(class) = class else { return Ok(None) };
    if let Some(row) = world.gauges.get(class) {
        return Ok(Some(row.gauge.clone()));
    }
    world.warn(say!("not saved yet: choose a {class} first", class));
    Err(Turn::Open(Box::new(GaugeScreen::new(class.clone()))))
}

/// The gauge of a class that is used now, with its due date; none where no gauge is asked for.
pub(super) fn gauge_words(class: Option<&GaugeClassId>, world: &World) -> Option<(String, Role)> {
    let Some(row) = world.gauges.get(class?) else {
        return Some((say!("no gauge yet").to_owned(), Role::Warn));
    };
    let due = row.due.map_or(String::new(), |date| format!(" {}", due(date, world.today())));
    let (soon, role) = if row.soon_days.is_some() { ("! ", Role::Warn) } else { ("", Role::Plain) };
    Some((format!("{soon}{}{due}", row.gauge), role))
}

/// The unit in which a reading is typed: what the chosen gauge shows, else that of the limits.
pub(super) fn reading_unit(class: Option<&GaugeClassId>, limits: Unit, world: &World) -> Unit {
    let row = class.and_then(|class| world.gauges.get(class));
    let unit = row.and_then(|row| row.unit.as_deref()).and_then(Unit::parse);
    limits.usual(unit)
}

/// Warns of a value that is new on a unit and finer than its gauge shows.
pub(super) fn warn_of_finer(before: &TravelerState, now: &TravelerState, world: &mut World) {
    if let Some(words) = now.finer_since(before) {
        let words = tell(&understood(&words, FINER));
        world.announce(format!("! {}", say!("saved, but {words}", words)), Role::Warn);
    }
}

impl Recording {
    pub(super) fn new() -> Self {
        Self {
            field: Field::new(TEXT_MAX),
            slot: None,
            loading: None,
            stale: false,
            pending: None,
            settling: false,
            gauges: None,
            after_badge: false,
        }
    }

    /// What stands in the field.
    pub(super) fn text(&self) -> String {
        self.field.text().trim().to_owned()
    }

    /// Makes a command of what stands in the field; what is no value says so and saves nothing.
    pub(super) fn typed(&mut self, asked: Asked, world: &mut World) -> Result<Given, Turn> {
        let text = self.text();
        if text.is_empty() {
            return Err(Turn::Stay);
        }
        if let Asked::Again(reading, Some(unit)) = asked {
            let value = ReadingValue::Number { number: self.number(&text, world)?, unit };
            let saved = say!("saved {value}", value = told::value(&value));
            return Ok((TravelerCommand::Retype { reading, value }, saved));
        }
        let Asked::Ask(_, _, ask) = &asked else { return Err(Turn::Stay) };
        match ask.as_ref() {
            Ask::Measure(measure) => {
                let (CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits)) =
                    &measure.kind
                else {
                    return Err(Turn::Stay);
                };
                let unit = reading_unit(measure.gauge.as_ref(), limits.unit, world);
                let number = self.number(&text, world)?;
                // Where the gauge is asked for first, what is typed afterwards is the value anew.
                let given = asked.reading(ReadingValue::Number { number, unit }, world);
                given.inspect_err(|_| self.field.refuse())
            }
            Ask::Enter { form: EnterForm::Number(unit), .. } => {
                let saved = say!("saved {value}", value = format!("{text} {unit}"));
                self.number(&text, world)?;
                asked.given(Entry::Text(text), saved)
            }
            Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. } => {
                let saved = say!("saved {value}", value = text);
                asked.given(Entry::Text(text), saved)
            }
            Ask::Check { .. } | Ask::Wait(_) | Ask::Sign(_) => Err(Turn::Stay),
        }
    }

    /// A number that is typed with a decimal comma as it is read, to be seen before it is saved.
    pub(super) fn read_back(&self) -> Option<String> {
        let text = self.field.text();
        let number = Number::parse(number_and_rest(&text).0).ok()?;
        number.text().contains(',').then(|| format!("= {}", number.text().replace(',', ".")))
    }

    /// The number typed; what is none is typed anew.
    ///
    /// Digits alone after what may have been a badge may be a PIN, which is never saved.
    pub(super) fn number(&mut self, text: &str, world: &mut World) -> Result<Number, Turn> {
        let after_badge = std::mem::replace(&mut self.after_badge, is_like_a_badge(text));
        let digits =
            text.len() >= usize::from(PIN_DIGITS_LEAST) && text.bytes().all(|b| b.is_ascii_digit());
        if after_badge && digits {
            self.field.clear();
            world.warn(say!(
                "not saved: if that was a PIN, it is asked for nowhere here; type the value"
            ));
            return Err(Turn::Stay);
        }
        Number::parse(text).map_err(|error| {
            self.field.refuse();
            world.warn(say!("not saved: {why}", why = tell(&error.words())));
            Turn::Stay
        })
    }

    /// Looks something up, once at a time and never while something is on its way to the store; what is
    /// asked meanwhile is asked again afterwards.
    pub(super) fn load(&mut self, query: Query, world: &mut World) {
        self.stale = self.loading.is_some() || self.pending.is_some();
        if !self.stale {
            self.loading = Some(world.load(query));
        }
    }

    /// Whether what is there after this outcome has to be looked up. A refusal lies over the page, which looks
    /// when it comes up again.
    pub(super) fn looks_after(&self, outcome: &Outcome) -> bool {
        let refused = matches!(outcome, Outcome::Refused(_));
        saved(outcome).is_some() || (self.stale && !refused)
    }

    /// Notes that what was looked up is here; tells whether it has to be looked up again: it may be from
    /// before what is on its way to the store now.
    pub(super) fn loaded(&mut self) -> bool {
        self.loading = None;
        std::mem::take(&mut self.stale) || self.pending.is_some()
    }

    /// Notes that what is shown is what is saved.
    pub(super) fn settled(&mut self) {
        self.settling = false;
    }

    /// Nothing came: keys go on, and the next change asks again.
    pub(super) fn nothing_came(&mut self, slot: Option<String>) {
        (self.loading, self.gauges) = (None, None);
        self.settling = false;
        self.slot = slot;
    }

    /// Notes what is on its way to the store, and the row of a set that it is about.
    pub(super) fn sent(&mut self, ticket: Ticket, saved: String, row: Option<usize>) {
        self.pending = Some(Pending { ticket, saved, row, beside: false });
    }

    /// Notes that something else than what is typed is on its way to the store.
    pub(super) fn sent_beside(&mut self, ticket: Ticket, saved: String) {
        self.pending = Some(Pending { ticket, saved, row: None, beside: true });
    }

    /// Takes what became of what was sent; once it is saved the field is empty, and what is shown
    /// has to be looked up.
    pub(super) fn answered(&mut self, outcome: &Outcome, world: &mut World) -> Option<Pending> {
        let pending = self.pending.take()?;
        let saved = saved(outcome).is_some();
        if saved && !pending.beside {
            if let Some(slot) = self.slot.take() {
                world.drop_draft(&slot);
            }
            self.field.clear();
        } else if !saved {
            // It stays to be looked at; what is typed next takes its place.
            self.field.refuse();
        }
        self.settling |= saved;
        Some(pending)
    }

    /// Makes the field ready for what is asked now; tells whether that is something else.
    pub(super) fn ready_for(&mut self, slot: Option<String>, world: &World) -> bool {
        let other = slot != self.slot;
        if other {
            self.field.clear();
            self.slot = slot;
        }
        if self.field.is_empty()
            && let Some(text) = self.slot.as_ref().and_then(|slot| world.drafts.get(slot))
        {
            self.field.keep(text);
        }
        other
    }

    /// Whether an answer is awaited before the next key can be taken.
    pub(super) fn busy(&self) -> bool {
        self.pending.is_some() || self.settling || self.gauges.is_some()
    }

    /// What is typed and not recorded; what is being saved is no draft any more.
    pub(super) fn draft(&self) -> Option<(String, String)> {
        if self.pending.is_some() || self.settling {
            return None;
        }
        self.slot.clone().map(|slot| (slot, self.field.text()))
    }

    /// Keeps what was typed with what is left now.
    pub(super) fn keep_draft(&self, world: &mut World) {
        if let Some((slot, text)) = self.draft()
            && !text.is_empty()
        {
            world.drafts.insert(slot.clone(), text.clone());
            world.ask(Effect::KeepDraft(slot, text));
        }
    }

    /// What the last person typed is theirs.
    pub(super) fn person_changed(&mut self) {
        self.field.clear();
        self.slot = None;
    }

    /// Whether an answer is for this screen.
    pub(super) fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
            || self.pending.as_ref().is_some_and(|pending| pending.ticket == ticket)
            || self.gauges.as_ref().is_some_and(|(asked, _)| *asked == ticket)
    }

    /// Looks up a gauge that was scanned.
    pub(super) fn scanned_gauge(&mut self, gauge: &GaugeId, world: &mut World) {
        let ticket = world.load(Query::Gauges { class: None });
        self.gauges = Some((ticket, gauge.clone()));
    }

    /// Takes the gauge that was scanned, once the list of gauges is here.
    pub(super) fn take_gauge(
        &mut self,
        rows: Vec<GaugeRow>,
        class: Option<&GaugeClassId>,
        world: &mut World,
    ) {
        let Some((_, id)) = self.gauges.take() else { return };
        match rows.into_iter().find(|row| row.gauge == id) {
            Some(row) => choose(row, class, world),
            None => world.warn(say!("gauge {id} is not known here", id)),
        }
    }
}
