//! Pruning (R14): whole orders that are over for long and lie in a backup of the server go, one
//! transaction each; a stub of each fact stays, and the order is fetched again when it matters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::domain::fact::Position;
use crate::domain::feeds::Feed;
use crate::domain::fold::Folded;
use crate::domain::ids::{LedgerId, OrderId};
use crate::domain::moment::Moment;
use crate::domain::over;
use crate::domain::prune::{Around, KEEP_DAYS, Kept, OrderKnown, why_kept};
use crate::domain::stream::Subject;

use super::append::from_sql;
use super::error::LedgerError;
use super::find::last_arrival;
use super::models::tables::Models;
use super::rebuild::Progress;
use super::store::Ledger;
use super::streams::stored;
use super::{schema, shipping, stub};

/// How many pages are given back to the disk before others may write.
const PAGES: u32 = 256;
/// How often an order is looked at anew, because something was recorded meanwhile.
const TRIES_MAX: u32 = 8;

/// What was pruned, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Orders.
    pub orders: u64,
    /// Their streams.
    pub streams: u64,
    /// The facts of those.
    pub facts: u64,
    /// The bytes of those.
    pub bytes: u64,
    /// Orders that stay, by why.
    pub kept: BTreeMap<Kept, u64>,
}

/// An order with all of its streams.
struct Whole {
    order: OrderId,
    streams: Vec<(Subject, Arc<Folded>)>,
    facts: Vec<Fact>,
    bytes: u64,
    referred: u64,
}

/// What is needed of a fact to let it go.
struct Fact {
    at: Position,
    moment: Timestamp,
    contact: (String, String, i64),
}

impl Ledger {
    /// For how many days the site keeps orders that are over.
    pub fn keep_days(&self) -> Result<u32, LedgerError> {
        let policy = self.site_policy(&self.connection, None)?;
        Ok(policy.map_or(KEEP_DAYS, |policy| policy.rules.keep_days()))
    }

    /// Lets every order go that need not stay, or only tells what would go.
    pub fn prune(
        &mut self,
        (days, now): (u32, &Moment),
        dry_run: bool,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Pruned, LedgerError> {
        let around = self.around(Around::days_before(now.effective(), days))?;
        let orders = self.known_orders()?;
        let mut pruned = Pruned::default();
        let mut at = Progress { done: 0, total: orders.len() as u64 };
        for order in &orders {
            match self.prune_order(order, &around, dry_run)? {
                Ok(whole) => {
                    pruned.orders += 1;
                    pruned.streams += whole.streams.len() as u64;
                    pruned.facts += whole.facts.len() as u64;
                    pruned.bytes += whole.bytes;
                }
                Err(why) => *pruned.kept.entry(why).or_default() += 1,
            }
            at.done += 1;
            progress(at);
        }
        if pruned.orders > 0 && !dry_run {
            // What was searched of them goes, too.
            self.empty_find()?;
            self.give_back()?;
        }
        Ok(pruned)
    }

    /// Lets one order go in one transaction, or tells why it stays. It is looked at before, so that
    /// nobody who records waits for that; where something of it was recorded meanwhile, it is looked at
    /// anew.
    fn prune_order(
        &mut self,
        order: &OrderId,
        around: &Around,
        dry_run: bool,
    ) -> Result<Result<Whole, Kept>, LedgerError> {
        for _ in 0..TRIES_MAX {
            let last = last_arrival(&self.connection)?;
            let whole = self.whole(order)?;
            if let Some(why) = whole.why_kept(around) {
                return Ok(Err(why));
            }
            if dry_run {
                return Ok(Ok(whole));
            }
            let transaction = schema::begin(&self.connection)?;
            if whole.has_moved(&transaction, last)? {
                continue;
            }
            whole.leave(&transaction)?;
            transaction.commit()?;
            self.streams.borrow_mut().forget();
            return Ok(Ok(whole));
        }
        Ok(Err(Kept::Recent))
    }

    fn around(&self, until: Timestamp) -> Result<Around, LedgerError> {
        let feeds = self.cursors()?.into_iter().filter_map(|cursor| Feed::parse(&cursor.feed));
        let judges = shipping::judges(&self.connection)?;
        let parsed = judges.iter().filter_map(|judge| LedgerId::parse(judge).ok());
        Ok(Around {
            until,
            judged: shipping::judged(&self.connection)?,
            judges: parsed.collect(),
            backed_up: self.backed_up()?.reach(),
            feeds: feeds.collect(),
        })
    }

    fn known_orders(&self) -> Result<Vec<OrderId>, LedgerError> {
        let sql = "SELECT order_id FROM order_row ORDER BY order_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let texts = statement.query_map((), |row| row.get::<_, String>(0))?;
        let wrong = |_| LedgerError::damaged("an order has no name");
        texts.map(|text| OrderId::parse(&text?).map_err(wrong)).collect()
    }

    /// An order with all of its streams; what is open needs no look at its units.
    fn whole(&self, order: &OrderId) -> Result<Whole, LedgerError> {
        let own = Subject::Order(order.clone());
        let folded = self.load(&self.connection, &own)?;
        let streams = vec![(own, folded)];
        let order = order.clone();
        let mut whole = Whole { order, streams, facts: Vec::new(), bytes: 0, referred: 0 };
        if whole.is_open() {
            return Ok(whole);
        }
        for subject in subjects(&self.connection, &whole.order)? {
            let folded = self.load(&self.connection, &subject)?;
            whole.streams.push((subject, folded));
        }
        for (subject, _) in &whole.streams {
            whole.facts.extend(facts(&self.connection, subject)?);
            whole.bytes += bytes(&self.connection, subject)?;
        }
        whole.referred = referred(&self.connection, &whole.order)?;
        Ok(whole)
    }

    /// Gives the room of what is gone back to the disk, little by little: whoever records waits for a
    /// few pages at the most. A store that was made before stores could do that uses the room itself.
    fn give_back(&self) -> Result<(), LedgerError> {
        let number = |name: &str| -> Result<i64, LedgerError> {
            Ok(self.connection.pragma_query_value(None, name, |row| row.get(0))?)
        };
        let mut free = number("freelist_count")?;
        while free > 0 {
            let sql = format!("PRAGMA incremental_vacuum({PAGES})");
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query(())?;
            while rows.next()?.is_some() {}
            drop(rows);
            let left = number("freelist_count")?;
            if left >= free {
                break;
            }
            free = left;
        }
        Ok(())
    }
}

impl Whole {
    fn known(&self) -> OrderKnown<'_> {
        OrderKnown {
            states: self.streams.iter().map(|(_, folded)| &folded.stream.state).collect(),
            facts: self.facts.iter().map(|fact| (fact.at.clone(), fact.moment)).collect(),
            waiting: self.streams.iter().map(|(_, folded)| folded.waiting.len()).sum(),
            referred: self.referred,
        }
    }

    fn is_open(&self) -> bool {
        let mut states = self.streams.iter().map(|(_, folded)| &folded.stream.state);
        states.any(|state| over::open(state).is_some())
    }

    fn why_kept(&self, around: &Around) -> Option<Kept> {
        why_kept(&self.known(), around)
    }

    /// Whether anything that bears on the order was stored since it was looked at.
    fn has_moved(&self, transaction: &Connection, since: i64) -> Result<bool, LedgerError> {
        let known: BTreeSet<String> = self.streams.iter().map(|(s, _)| s.to_string()).collect();
        let (from, to) = bounds(&self.order);
        let mut statement =
            transaction.prepare_cached("SELECT subject FROM fact WHERE arrival > ?1")?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let subject: String = row.get(0)?;
            if known.contains(&subject) || (&from..&to).contains(&&subject) {
                return Ok(true);
            }
        }
        let streams = subjects(transaction, &self.order)?.len() + 1;
        Ok(streams != self.streams.len() || referred(transaction, &self.order)? > 0)
    }

    /// Leaves stubs, takes the rows of the read models away, and keeps what places were heard.
    fn leave(&self, transaction: &Connection) -> Result<(), LedgerError> {
        let sql = "INSERT INTO pruned_contact (place, ledger, utc_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET utc_ms = max(utc_ms, excluded.utc_ms)";
        let mut contacts = transaction.prepare_cached(sql)?;
        for Fact { contact: (place, ledger, ms), .. } in &self.facts {
            contacts.execute((place, ledger, ms))?;
        }
        for (subject, _) in &self.streams {
            stub::leave(transaction, subject, &self.order)?;
            Models::LIVE.drop_stream(transaction, subject)?;
        }
        Ok(())
    }
}

/// The bounds between which the streams of an order's units lie; `0` is the character after `/`.
fn bounds(order: &OrderId) -> (String, String) {
    (format!("traveler/{order}/"), format!("traveler/{order}0"))
}

/// The streams of an order's units, and of the deviations that were raised on them.
fn subjects(connection: &Connection, order: &OrderId) -> Result<BTreeSet<Subject>, LedgerError> {
    let sql = "SELECT DISTINCT subject FROM fact WHERE subject >= ?1 AND subject < ?2
               UNION SELECT 'deviation/' || deviation FROM deviation_row
               WHERE traveler >= ?1 AND traveler < ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let texts = statement.query_map(bounds(order), |row| row.get::<_, String>(0))?;
    let mut subjects = BTreeSet::new();
    for text in texts {
        let wrong = || LedgerError::damaged("a stream has no name");
        subjects.insert(Subject::parse(&text?).ok_or_else(wrong)?);
    }
    Ok(subjects)
}

/// How many things of other orders rest on this one: units that contain one of it, lots that were split
/// off, deviations of both.
fn referred(connection: &Connection, order: &OrderId) -> Result<u64, LedgerError> {
    let sql = "SELECT (SELECT count(*) FROM component_row WHERE made >= ?1 AND made < ?2
                   AND NOT (subject >= ?1 AND subject < ?2))
             + (SELECT count(*) FROM split_row WHERE origin >= ?1 AND origin < ?2
                   AND NOT (subject >= ?1 AND subject < ?2))
             + (SELECT count(*) FROM deviation_unit u JOIN deviation_unit o
                   ON o.deviation = u.deviation AND NOT (o.subject >= ?1 AND o.subject < ?2)
                   WHERE u.subject >= ?1 AND u.subject < ?2)
             + (SELECT count(*) FROM deviation_unit u LEFT JOIN deviation_row d
                   ON d.deviation = u.deviation WHERE u.subject >= ?1 AND u.subject < ?2
                   AND NOT coalesce(d.traveler >= ?1 AND d.traveler < ?2, 0))";
    from_sql(connection.prepare_cached(sql)?.query_row(bounds(order), |row| row.get(0))?)
}

fn facts(connection: &Connection, subject: &Subject) -> Result<Vec<Fact>, LedgerError> {
    let facts = stored(connection, subject, 0)?.into_iter().map(|stored| {
        let fact = stored.fact;
        let contact = Models::contact(&fact);
        Fact { at: fact.head.position.clone(), moment: fact.head.moment.effective(), contact }
    });
    Ok(facts.collect())
}

fn bytes(connection: &Connection, subject: &Subject) -> Result<u64, LedgerError> {
    let sql = "SELECT coalesce(sum(octet_length(bytes)), 0) FROM fact WHERE subject = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    from_sql(statement.query_row([subject.to_string()], |row| row.get(0))?)
}
