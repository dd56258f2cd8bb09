//! A permit that is proposed: what is to pass, for which units and until when, filled in as far as that
//! is known, and the signature of one of engineering and quality. The other grants it afterwards.

use crate::domain::ids::{CharacteristicId, OrderId, PartId};
use crate::domain::people::Action;
use crate::domain::permit::PermitWanted;
use crate::domain::quantity::{Number, QuantityError, number_and_unit};
use crate::domain::stream::TravelerId;
use crate::domain::unit::Unit;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::DeviationView;
use crate::views::scan::ScanMeaning;

use super::fields::{COLUMN, Entry, Fields, Kind, day};
use super::to_sign::ToSign;
use super::told;

const PURPOSE: &str = "Propose that a limit be widened before the fact, for units that are named or for \
    so many, until a day. One of engineering and quality signs the proposal, the other grants it.";
const ABOUT: &str = "For what is measured once it is granted, not for what is found already.";
const LIMIT: &str = "a value, with its unit where that is another one; blank: as specified";
const WHOM: &str = "orders and units, such as WO-1881 WO-1882/0003; blank: of any order";
const HOW_MANY: &str = "how many units, or pieces of lots; blank: all that are named";

const PART: &str = "Part";
const CHARACTERISTIC: &str = "Characteristic";
const LOWER: &str = "Lower limit";
const UPPER: &str = "Upper limit";
const FOR: &str = "For";
const QUANTITY: &str = "How many";
const THROUGH: &str = "Through";
const WHY: &str = "Why?";
const RESTS_ON: &str = "Rests on";

/// What is known where somebody begins to propose.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The part.
    pub part: Option<PartId>,
    /// What was measured.
    pub characteristic: Option<CharacteristicId>,
    /// What is required of it.
    pub required: String,
    /// What was found.
    pub found: String,
    /// The unit on which.
    pub unit: Option<TravelerId>,
    /// What it rests on.
    pub reference: String,
}

impl Known {
    /// What a deviation knows.
    pub fn of(view: &DeviationView) -> Self {
        let unit = view.unit();
        Self {
            part: unit.and_then(|unit| unit.part.clone()),
            characteristic: unit.and_then(|unit| unit.characteristic.clone()),
            required: view.required.clone(),
            found: view.found.clone(),
            unit: unit.map(|unit| unit.traveler.clone()),
            reference: view.id.to_string(),
        }
    }
}

/// The form, for who may propose; else before it whoever may signs it there.
pub fn propose(known: Known, world: &mut World) -> Turn {
    let form = Box::new(ProposeScreen::new(known));
    match may::refused(&[Action::Permit], world) {
        Some(refusal) => world.not_for_role(&refusal, Some(form)),
        None => Turn::Open(form),
    }
}

/// The form, and its signature.
#[derive(Debug)]
pub struct ProposeScreen {
    known: Known,
    fields: Fields,
    /// What is signed now.
    wanted: Option<(PartId, Box<PermitWanted>)>,
    signs: ToSign,
    pending: Option<Ticket>,
    done: bool,
}

fn entries(known: &Known) -> Vec<Entry> {
    let measured = known.characteristic.iter();
    let measured = measured.map(|id| (id.to_string(), known.required.clone())).collect();
    vec![
        Entry::must(PART, Kind::Typed("the part")),
        Entry::must(CHARACTERISTIC, Kind::OneOf(measured)),
        Entry::may(LOWER, Kind::Typed(LIMIT)),
        Entry::may(UPPER, Kind::Typed(LIMIT)),
        Entry::may(FOR, Kind::Words).hinting(WHOM),
        Entry::may(QUANTITY, Kind::Typed(HOW_MANY)),
        Entry::must(THROUGH, Kind::Day),
        Entry::must(WHY, Kind::Words),
        Entry::may(RESTS_ON, Kind::Words).hinting("a deviation, or the customer's concession"),
    ]
}

/// A limit as typed, with its unit where one stands behind it.
fn limit(text: Option<String>) -> Result<(Option<Number>, Option<Unit>), String> {
    let Some(text) = text else { return Ok((None, None)) };
    let error = |error: QuantityError| match error {
        QuantityError::Number(error) => tell(&error.words()),
        QuantityError::Unit(unit) => say!("unknown unit {unit}", unit = format!("{unit:?}")),
    };
    let read = number_and_unit(&text)
        .map_err(|wrong| say!("{text} is no limit: {error}", text, error = error(wrong)))?;
    Ok((Some(read.0), read.1))
}

impl ProposeScreen {
    /// The form, with what is known.
    pub fn new(known: Known) -> Self {
        let mut fields = Fields::new(entries(&known));
        let text = |id: Option<String>| id.unwrap_or_default();
        fields.give(PART, &text(known.part.as_ref().map(ToString::to_string)));
        fields.give(CHARACTERISTIC, &text(known.characteristic.as_ref().map(ToString::to_string)));
        fields.give(FOR, &text(known.unit.as_ref().map(|unit| unit.order.to_string())));
        fields.give(RESTS_ON, &known.reference);
        if known.characteristic.is_some() {
            fields.mark(UPPER);
        }
        let (wanted, pending, done) = (None, None, false);
        Self { known, fields, wanted, signs: ToSign::new(), pending, done }
    }

    fn key_of_draft(&self) -> String {
        let what = self.known.unit.as_ref().map_or_else(String::new, ToString::to_string);
        let id = self.known.characteristic.as_ref();
        format!("permit {what} {}", id.map_or_else(String::new, ToString::to_string))
    }

    /// What is asked for, or what is wrong with what was typed.
    fn read(&self, world: &World) -> Result<(PartId, PermitWanted), String> {
        let text = |label| self.fields.text(label);
        let (part, measured) = (text(PART), text(CHARACTERISTIC));
        let part =
            PartId::parse(&part.unwrap_or_default()).map_err(|error| tell(&error.words()))?;
        let characteristic = CharacteristicId::parse(&measured.unwrap_or_default());
        let characteristic = characteristic.map_err(|error| tell(&error.words()))?;
        let (lower, of_lower) = limit(text(LOWER))?;
        let (upper, of_upper) = limit(text(UPPER))?;
        if lower.is_none() && upper.is_none() {
            return Err(
                say!("type the limit that is to be wider: the lower one, the upper one").to_owned()
            );
        }
        if of_lower.zip(of_upper).is_some_and(|(one, other)| one != other) {
            return Err(say!("the limits are in two units: type both in one").to_owned());
        }
        let quantity = text(QUANTITY).map(|text| text.parse::<u32>());
        let quantity =
            quantity.transpose().map_err(|_| say!("type how many as a number").to_owned())?;
        let mut wanted = PermitWanted {
            only: None,
            characteristic,
            lower,
            upper,
            unit: of_lower.or(of_upper),
            orders: std::collections::BTreeSet::new(),
            units: std::collections::BTreeSet::new(),
            quantity,
            from: None,
            through: day(&text(THROUGH).unwrap_or_default(), world)?,
            reason: text(WHY).unwrap_or_default(),
            reference: text(RESTS_ON),
        };
        let whom = text(FOR).unwrap_or_default();
        let each = whom.split([' ', ',', ';']).filter(|one| !one.is_empty());
        for one in each {
            if one.contains('/') {
                wanted.units.insert(
                    TravelerId::parse(one).ok_or_else(|| say!("{one} names no unit", one))?,
                );
            } else {
                wanted.orders.insert(OrderId::parse(one).map_err(|error| tell(&error.words()))?);
            }
        }
        Ok((part, wanted))
    }

    /// What is signed.
    fn lines(&self, world: &World) -> Vec<Line> {
        let Some((part, wanted)) = &self.wanted else { return Vec::new() };
        let unit = wanted.unit.map_or_else(String::new, |unit| format!(" {unit}"));
        let side = |number: &Option<Number>| {
            let kept = || say!("as specified").to_owned();
            number.as_ref().map_or_else(kept, |number| format!("{number}{unit}"))
        };
        let mut rows = vec![
            (PART, part.to_string()),
            (CHARACTERISTIC, wanted.characteristic.to_string()),
            ("Required", told::required(&self.known.required)),
            (LOWER, side(&wanted.lower)),
            (UPPER, side(&wanted.upper)),
            (FOR, tell(&wanted.units_words())),
            (THROUGH, wanted.through.to_string()),
            ("Why", wanted.reason.clone()),
            (RESTS_ON, wanted.reference.clone().unwrap_or_default()),
        ];
        rows.retain(|(_, value)| !value.is_empty());
        rows.push(("Meaning", say!("approved").to_owned()));
        let rows: Vec<(&str, String)> =
            rows.into_iter().map(|(name, value)| (say!(name), value)).collect();
        Sheet::of(world).rows(16, &rows)
    }

    fn enter(&mut self, act: Act, world: &mut World) {
        if let Some((part, wanted)) = self.wanted.clone() {
            if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
                self.pending = Some(world.sign(badge, pin, Signing::ProposePermit(part, wanted)));
            }
        } else if self.fields.are_filled(world) {
            match self.read(world) {
                Ok((part, wanted)) => {
                    self.wanted = Some((part, Box::new(wanted)));
                    self.signs = ToSign::new();
                    self.signs.proof.again_by_pin(world);
                }
                Err(why) => world.say(why, Role::Warn),
            }
        }
    }
}

impl Layer for ProposeScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.known.unit.as_ref()
    }

    fn focus(&self, world: &World) -> Focus {
        if self.wanted.is_some() {
            self.signs.focus(&self.lines(world), world)
        } else {
            Focus::Text
        }
    }

    fn has_words(&self) -> bool {
        self.wanted.is_none() && self.fields.has_words()
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        match self.wanted {
            Some(_) => self.signs.acts(&self.lines(world), world),
            None => vec![Act::Next],
        }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let open = self.pending.is_none() && !self.done;
        open.then(|| (self.key_of_draft(), self.fields.draft()))
    }

    fn person_changed(&mut self) {
        self.fields.begin_anew();
        self.signs = ToSign::new();
        self.wanted = None;
    }

    fn shown(&mut self, world: &mut World) {
        if let Some(draft) = world.drafts.get(&self.key_of_draft()) {
            self.fields.take_draft(draft);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Back {
            self.enter(act, world);
            return Turn::Stay;
        }
        if self.wanted.take().is_none() { Turn::Back } else { Turn::Stay }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.wanted.is_some() {
            let lines = self.lines(world);
            self.signs.key(key, &lines, world);
        } else {
            self.fields.key(key);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.wanted.is_some() {
            self.signs.proof.field().insert(text);
        } else if let Some(field) = self.fields.field() {
            field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if self.wanted.is_some() {
            self.signs.proof.field().take_back(characters);
        } else if let Some(field) = self.fields.field() {
            field.take_back(characters);
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        if *meaning == ScanMeaning::Badge && self.wanted.is_some() {
            self.signs.proof.badge(code);
            return Some(Turn::Stay);
        }
        None
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            self.done = true;
            world.drop_draft(&self.key_of_draft());
            world.has_signed(&self.signs.proof.badge_text());
            world.outcome(
                outcome,
                say!("saved: a permit is proposed; the other of engineering and quality grants it"),
            );
            return Turn::Back;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Propose a permit"), Role::Title);
        let unit = self.known.unit.as_ref().map_or_else(String::new, ToString::to_string);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &unit, Role::Plain);
        canvas.rule(2);
        if self.wanted.is_some() {
            self.signs.view(&self.lines(world), world, canvas);
            return;
        }
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(say!(ABOUT), cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        let Known { required, found, .. } = &self.known;
        for (label, value) in
            [("Required", told::required(required)), ("Found", told::found(found))]
        {
            if !value.is_empty() {
                canvas.put_in((3, y), COLUMN - 4, say!(label), Role::Muted);
                canvas.put_in((COLUMN, y), cells.saturating_sub(COLUMN), &value, Role::Plain);
                y += 1;
            }
        }
        self.fields.view(y + 1, canvas);
    }
}
