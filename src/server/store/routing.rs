//! Gives each stored fact its place in the feeds, by the table of scopes.
//!
//! An order's feeds follow from its route. When a route, an area or the order of a deviation
//! becomes known late, the facts that are there already are appended to the feeds that are new.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deviation::DeviationFact;
use crate::domain::fact::{Fact, Position};
use crate::domain::feeds::{Feed, Scope};
use crate::domain::hash::Hash;
use crate::domain::ids::{AreaId, StationId, WorkCenterId};
use crate::domain::kinds::FactBody;
use crate::domain::order::OrderFact;
use crate::domain::place::PlaceFact;
use crate::domain::station::StationFact;
use crate::domain::stream::Subject;

use super::error::StoreError;
use super::judged::Run;
use super::tx::{self, FactKey, Question, Tx};
use super::value::Row;
use super::{Plant, feed_epoch, judged};

/// The orders of a subject, as far as they are known; several of a deviation.
const ORDERS: &str = "SELECT order_id FROM subject_order WHERE subject = ?1 ORDER BY order_id";
/// The feeds of an order.
const FEEDS_OF_ORDER: &str = "SELECT feed FROM order_feed WHERE order_id = ?1 ORDER BY feed";

/// The feeds that an order's route asks for.
const ROUTED: &str = "SELECT 'work-center/' || work_center FROM order_route WHERE order_id = ?1
    UNION SELECT 'area/' || a.area FROM order_route r
    JOIN work_center_area a ON a.work_center = r.work_center WHERE r.order_id = ?1 ORDER BY 1";
/// The facts of a subject, as they came.
const KEYS: &str = "SELECT ledger, epoch, seq, id FROM fact WHERE subject = ?1
    ORDER BY received_utc, ledger, epoch, seq";
/// The first facts of an order, to see whether there are several.
const FEW_KEYS: &str = "SELECT f.ledger, f.epoch, f.seq, f.id
    FROM subject_order s JOIN fact f ON f.subject = s.subject WHERE s.order_id = ?1 LIMIT 2";

/// Collects what a transaction adds to feeds, and adds it in the end, feeds in sorted order.
#[derive(Debug)]
pub(super) struct Routing<'a> {
    tx: &'a Tx<'a>,
    plant: &'a Plant,
    site: String,
    pending: BTreeMap<String, Vec<FactKey>>,
    /// What was stored before and comes to a work center only now.
    late: BTreeMap<String, BTreeSet<Position>>,
    /// The orders of subjects, and the feeds of orders, as far as they were asked for.
    orders: BTreeMap<String, Vec<String>>,
    feeds: BTreeMap<String, Vec<String>>,
    /// What was stored before of subjects, as far as it was asked for.
    earlier: BTreeMap<String, Vec<FactKey>>,
    /// What this transaction stored of subjects, and all of it.
    stored: BTreeMap<String, Vec<FactKey>>,
    fresh: BTreeSet<Position>,
    /// Whether something of it has its place already.
    flushed: bool,
}

/// Whether only the server writes it.
fn is_the_servers(fact: &Fact) -> bool {
    matches!(
        fact.body,
        FactBody::Station(
            StationFact::PageJudged { .. }
                | StationFact::StationEnrolled { .. }
                | StationFact::StationRevoked { .. }
        )
    )
}

/// Whether every station is to know it: by a station's key what it signs, and until when that counts.
fn is_of_all(fact: &Fact) -> bool {
    matches!(
        fact.body,
        FactBody::Station(StationFact::StationEnrolled { .. } | StationFact::StationRevoked { .. })
    )
}

/// Whether a station writes it of itself only.
fn is_of_itself(fact: &Fact) -> bool {
    matches!(
        fact.body,
        FactBody::Station(
            StationFact::EpochOpened { .. }
                | StationFact::ClockStepped { .. }
                | StationFact::Heartbeat {}
                | StationFact::SignInRefused { .. }
                | StationFact::StationLocked { .. }
                | StationFact::StationUnlocked { .. }
        )
    )
}

impl<'a> Routing<'a> {
    pub(super) fn new(tx: &'a Tx<'a>, plant: &'a Plant) -> Self {
        let site = Feed::Site(plant.site.clone()).to_string();
        Self {
            tx,
            plant,
            site,
            pending: BTreeMap::new(),
            late: BTreeMap::new(),
            orders: BTreeMap::new(),
            feeds: BTreeMap::new(),
            earlier: BTreeMap::new(),
            stored: BTreeMap::new(),
            fresh: BTreeSet::new(),
            flushed: false,
        }
    }

    /// The subjects of facts that go by their orders.
    pub(super) fn wanted<'f>(facts: impl Iterator<Item = &'f Fact>) -> BTreeSet<String> {
        let routed = facts.filter(|fact| fact.subject.scope() == Scope::Route);
        routed.map(|fact| fact.subject.to_string()).collect()
    }

    /// Asks for the orders of a subject.
    pub(super) fn question(subject: &str) -> Question<'_> {
        (ORDERS, vec![subject.into()])
    }

    /// Takes the answer to that.
    pub(super) fn know(&mut self, subject: String, rows: Vec<Row>) -> Result<(), StoreError> {
        let orders = rows.into_iter().map(|mut row| row.text(0)).collect::<Result<_, _>>()?;
        self.orders.insert(subject, orders);
        Ok(())
    }

    /// Asks at once for the feeds of all the orders that are known, and for the facts of subjects whose
    /// orders are not.
    pub(super) fn know_feeds(&mut self) -> Result<(), StoreError> {
        let orders: BTreeSet<&String> = self.orders.values().flatten().collect();
        let orders: Vec<_> = orders.into_iter().filter(|order| *order != EVERYWHERE).collect();
        let unknown = self.orders.iter().filter(|(_, orders)| orders.is_empty());
        let subjects: Vec<_> = unknown.map(|(subject, _)| subject).collect();
        let of_orders = orders.iter().map(|order| (FEEDS_OF_ORDER, vec![(*order).into()]));
        let of_subjects = subjects.iter().map(|subject| (KEYS, vec![(*subject).into()]));
        let questions: Vec<Question<'_>> = of_orders.chain(of_subjects).collect();
        let mut answers = self.tx.ask(&questions)?.into_iter();
        for (order, rows) in orders.iter().zip(&mut answers) {
            let feeds = rows.into_iter().map(|mut row| row.text(0)).collect::<Result<_, _>>()?;
            self.feeds.insert((*order).clone(), feeds);
        }
        for (subject, rows) in subjects.into_iter().zip(&mut answers) {
            self.earlier.insert(subject.clone(), keys(rows)?);
        }
        Ok(())
    }

    /// Routes a fact that was just stored.
    pub(super) fn route(&mut self, fact: &Fact, key: &FactKey) -> Result<(), StoreError> {
        self.fresh.insert(key.at.clone());
        self.put(&self.site.clone(), key);
        match (fact.subject.scope(), &fact.subject) {
            // A judgement that a station made up is told to nobody, also while it is not judged.
            (Scope::Station, Subject::Station(_))
                if is_the_servers(fact) && key.at.ledger != self.plant.judge => {}
            // Nor is a lock that one station would put on another.
            (Scope::Station, Subject::Station(station))
                if is_of_itself(fact) && !self.is_ledger_of(station, key)? => {}
            (Scope::Station, Subject::Station(station)) => {
                self.put(&Feed::Station(station.clone()).to_string(), key);
                if is_of_all(fact) {
                    self.accept(key)?;
                }
            }
            (Scope::Station, _) => {}
            (Scope::Catalog, _) => {
                // The server's own definitions were decided here; nobody judges them again.
                if key.at.ledger == self.plant.judge {
                    self.accept(key)?;
                }
            }
            (Scope::Route, _) => self.route_by_order(fact, key)?,
        }
        self.learn(fact, key)
    }

    /// Whether a station wrote a fact itself, or the server did for it.
    fn is_ledger_of(&self, station: &StationId, key: &FactKey) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM station WHERE ledger = ?1 AND code = ?2";
        let own = self.tx.any(sql, &[(&key.at.ledger).into(), station.as_str().into()])?;
        Ok(own || key.at.ledger == self.plant.judge)
    }

    /// Takes from a fact what decides about feeds: routes, areas, judgements.
    fn learn(&mut self, fact: &Fact, key: &FactKey) -> Result<(), StoreError> {
        if let (Subject::Order(order), FactBody::Order(OrderFact::OrderOpened(opened))) =
            (&fact.subject, &fact.body)
        {
            let centers: Vec<_> = opened.route.iter().map(|op| &op.work_center).collect();
            self.set_route(order.as_str(), &centers)?;
        }
        if let FactBody::Place(PlaceFact::PlaceDefined(place)) = &fact.body {
            self.set_area(&place.work_center, &place.area)?;
        }
        if let FactBody::Station(StationFact::PageJudged { from, to_seq, exceptions, .. }) =
            &fact.body
            && key.at.ledger == self.plant.judge
        {
            judged::take(self, self.tx, (from, *to_seq), (exceptions, key))?;
        }
        Ok(())
    }

    /// Appends a fact to the catalog, unless it is there.
    pub(super) fn accept(&mut self, key: &FactKey) -> Result<(), StoreError> {
        self.put_once(&Feed::Catalog.to_string(), key)
    }

    /// Hands on what a person let through. What was stored before the server knew its stream is on
    /// its way only now.
    pub(super) fn let_through(&mut self, fact: &Fact, key: &FactKey) -> Result<(), StoreError> {
        match fact.subject.scope() {
            Scope::Catalog => self.accept(key),
            Scope::Route if !self.is_handed_on(key)? => self.route_by_order(fact, key),
            Scope::Route | Scope::Station => Ok(()),
        }
    }

    /// Hands a judgement, which was just stored, on to a work center that has a fact that it is about:
    /// whoever releases a unit to ship must know that its facts are judged.
    pub(super) fn follow(&mut self, feed: &str, judgement: &FactKey) {
        let here = matches!(Feed::parse(feed), Some(Feed::WorkCenter(_) | Feed::Area(_)));
        if here && !self.waits(feed, judgement) {
            self.put(feed, judgement);
        }
    }

    /// The feeds for which facts of a run wait that this transaction stored.
    pub(super) fn waiting(&self, from: &Position, to_seq: u64) -> Vec<String> {
        let within = |at: &Position| {
            at.seq <= to_seq && (&at.ledger, at.epoch) == (&from.ledger, from.epoch)
        };
        if !self.fresh.range(from..).next().is_some_and(within) {
            return Vec::new();
        }
        let waits = |key: &FactKey| from.seq <= key.at.seq && within(&key.at);
        let feeds = self.pending.iter().filter(|(_, keys)| keys.iter().any(waits));
        feeds.map(|(feed, _)| feed.clone()).collect()
    }

    fn waits(&self, feed: &str, key: &FactKey) -> bool {
        self.pending.get(feed).is_some_and(|keys| keys.contains(key))
    }

    /// Whether a fact is in any feed besides the site's, or will be.
    fn is_handed_on(&self, key: &FactKey) -> Result<bool, StoreError> {
        let mut others = self.pending.iter().filter(|(feed, _)| **feed != self.site);
        if others.any(|(_, keys)| keys.contains(key)) {
            return Ok(true);
        }
        self.tx.is_beyond(&self.site, &key.at)
    }

    fn put(&mut self, feed: &str, key: &FactKey) {
        let is_late = !self.fresh.contains(&key.at) && key.at.ledger != self.plant.judge;
        if is_late && matches!(Feed::parse(feed), Some(Feed::WorkCenter(_))) {
            self.late.entry(feed.to_owned()).or_default().insert(key.at.clone());
        }
        self.pending.entry(feed.to_owned()).or_default().push(key.clone());
    }

    fn route_by_order(&mut self, fact: &Fact, key: &FactKey) -> Result<(), StoreError> {
        let subject = fact.subject.to_string();
        if self.fresh.contains(&key.at) {
            self.stored.entry(subject.clone()).or_default().push(key.clone());
        }
        // None of a deviation whose raising fact is not here yet.
        let known = self.orders_of(&subject)?;
        let mut feeds = BTreeSet::new();
        for order in &known {
            feeds.extend(self.feeds_of_order(order)?);
        }
        // It is in no feed but the site's yet.
        for feed in &feeds {
            self.put(feed, key);
        }
        let Some(order) = order_of(fact).filter(|order| !known.contains(order)) else {
            return Ok(());
        };
        let sql = "INSERT INTO subject_order (subject, order_id) VALUES (?1, ?2)";
        self.tx.put(sql, vec![(&subject).into(), (&order).into()])?;
        self.orders.entry(subject.clone()).or_default().push(order.clone());
        // With the order just known, facts of the subject that came before get its feeds too.
        let keys = self.keys_of(&subject)?;
        for feed in self.feeds_of_order(&order)? {
            for other in keys.iter().filter(|other| *other != key) {
                self.put_once(&feed, other)?;
            }
            if !feeds.contains(&feed) {
                self.put(&feed, key);
            }
        }
        Ok(())
    }

    /// Appends a fact to a feed, unless it is there: a deviation concerns units of several orders.
    fn put_once(&mut self, feed: &str, key: &FactKey) -> Result<(), StoreError> {
        // What this transaction stored is in a feed where it waits for it, or had its place before.
        let is_new = self.fresh.contains(&key.at) && !self.flushed;
        if !self.waits(feed, key) && (is_new || !self.tx.feed_has(feed, &key.at)?) {
            self.put(feed, key);
        }
        Ok(())
    }

    /// The facts of a subject, those that this transaction stored among them.
    fn keys_of(&self, subject: &str) -> Result<Vec<FactKey>, StoreError> {
        let Some(earlier) = self.earlier.get(subject) else {
            return self.tx.all(KEYS, &[subject.into()], tx::key);
        };
        let stored = self.stored.get(subject).into_iter().flatten();
        Ok(earlier.iter().chain(stored).cloned().collect())
    }

    fn orders_of(&mut self, subject: &str) -> Result<Vec<String>, StoreError> {
        if let Some(known) = self.orders.get(subject) {
            return Ok(known.clone());
        }
        let orders = self.tx.all(ORDERS, &[subject.into()], |row| row.text(0))?;
        self.orders.insert(subject.to_owned(), orders.clone());
        Ok(orders)
    }

    fn feeds_of_order(&mut self, order: &str) -> Result<Vec<String>, StoreError> {
        if order == EVERYWHERE {
            return Ok(vec![Feed::Catalog.to_string()]);
        }
        if let Some(known) = self.feeds.get(order) {
            return Ok(known.clone());
        }
        let feeds = self.tx.all(FEEDS_OF_ORDER, &[order.into()], |row| row.text(0))?;
        self.feeds.insert(order.to_owned(), feeds.clone());
        Ok(feeds)
    }

    fn set_route(&mut self, order: &str, centers: &[&WorkCenterId]) -> Result<(), StoreError> {
        for center in centers {
            let sql = "INSERT INTO order_route (order_id, work_center) VALUES (?1, ?2)
                       ON CONFLICT (order_id, work_center) DO NOTHING";
            self.tx.put(sql, vec![order.into(), center.as_str().into()])?;
        }
        self.spread(order)
    }

    fn set_area(&mut self, center: &WorkCenterId, area: &AreaId) -> Result<(), StoreError> {
        let sql = "INSERT INTO work_center_area (work_center, area) VALUES (?1, ?2)
                   ON CONFLICT (work_center, area) DO NOTHING";
        if self.tx.run(sql, &[center.as_str().into(), area.as_str().into()])? == 0 {
            return Ok(());
        }
        let sql = "SELECT order_id FROM order_route WHERE work_center = ?1 ORDER BY order_id";
        let orders = self.tx.all(sql, &[center.as_str().into()], |row| row.text(0))?;
        orders.iter().try_for_each(|order| self.spread(order))
    }

    /// Brings all facts of an order to the feeds of its route that do not have them yet.
    fn spread(&mut self, order: &str) -> Result<(), StoreError> {
        let about = || vec![order.into()];
        let questions = [(ROUTED, about()), (FEEDS_OF_ORDER, about()), (FEW_KEYS, about())];
        let mut answers = self.tx.ask(&questions)?.into_iter();
        let mut texts = || {
            let rows = answers.next().unwrap_or_default().into_iter();
            rows.map(|mut row| row.text(0)).collect::<Result<Vec<_>, _>>()
        };
        let (routed, known) = (texts()?, texts()?);
        let few = answers.next().unwrap_or_default();
        self.feeds.remove(order);
        let new: Vec<String> = routed.into_iter().filter(|feed| !known.contains(feed)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let keys = if few.len() > 1 {
            // What came before has its place before.
            self.flush()?;
            self.tx.keys_of_order(order, &self.site)?
        } else {
            keys(few)?
        };
        for feed in new {
            let sql = "INSERT INTO order_feed (order_id, feed) VALUES (?1, ?2)";
            self.tx.put(sql, vec![order.into(), (&feed).into()])?;
            for key in &keys {
                self.put_once(&feed, key)?;
            }
        }
        Ok(())
    }

    /// Adds everything to the feeds.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.follow_late()?;
        self.flush()
    }

    /// Hands on the judgements of what was judged before it came to a work center.
    fn follow_late(&mut self) -> Result<(), StoreError> {
        for (feed, facts) in std::mem::take(&mut self.late) {
            let mut run: Option<Run> = None;
            for at in &facts {
                if run.as_ref().is_none_or(|run| !run.covers(at)) {
                    run = judged::run_of(self.tx, (&self.site, &self.plant.judge), at)?;
                    if let Some(run) = &run {
                        self.put_once(&feed, &run.judgement)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds what there is to the feeds; the counter of each is taken within this transaction.
    fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.flushed = true;
        let epoch = feed_epoch(self.tx)?;
        let pending = std::mem::take(&mut self.pending);
        let counts = pending.iter().map(|(feed, keys)| (feed.as_str(), keys.len() as u64));
        let heads = self.tx.take_positions(epoch, &counts.collect::<Vec<_>>())?;
        let mut ends = Vec::new();
        for ((feed, keys), before) in pending.iter().zip(heads) {
            let (mut position, mut rolling) = (before.position, before.rolling);
            for key in keys {
                position += 1;
                rolling = Hash::of(&[&rolling.0, &key.id.0]);
                self.tx.insert_row(feed, position, key, &rolling)?;
            }
            ends.push((feed, rolling));
        }
        ends.iter().try_for_each(|(feed, rolling)| self.tx.set_rolling(feed, rolling))?;
        self.tx.tell_news()
    }
}

fn keys(rows: Vec<Row>) -> Result<Vec<FactKey>, StoreError> {
    rows.into_iter().map(|mut row| tx::key(&mut row)).collect()
}

/// Stands for an order where a deviation was found on no unit.
const EVERYWHERE: &str = "*";

/// The order that a fact's stream belongs to, where the fact tells.
fn order_of(fact: &Fact) -> Option<String> {
    match &fact.subject {
        Subject::Traveler(traveler) => Some(traveler.order.to_string()),
        Subject::Order(order) => Some(order.to_string()),
        Subject::Deviation(_) => {
            let FactBody::Deviation(body) = &fact.body else { return None };
            // What was found on no unit may concern every station.
            let nowhere = matches!(body, DeviationFact::DeviationRaised(_));
            let everywhere = nowhere.then(|| EVERYWHERE.to_owned());
            body.unit().map(|unit| unit.traveler.order.to_string()).or(everywhere)
        }
        Subject::Instruction(_)
        | Subject::Specification(_)
        | Subject::Gauge(_)
        | Subject::Material(_)
        | Subject::Person(_)
        | Subject::Place(_)
        | Subject::Station(_)
        | Subject::Site(_)
        | Subject::Help(_)
        | Subject::Handover(_)
        | Subject::Series(_)
        | Subject::Permit(_)
        | Subject::Redline(_)
        | Subject::Newer(_) => None,
    }
}
