//! One connection to PostgreSQL: its statements, those that wait to go out, and the waiting for answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Statement};

use super::WANTED;
use crate::server::store::error::StoreError;
use crate::server::store::tx::{Added, Question, Statements, Tx};
use crate::server::store::value::{Row, Value};

/// Where servers of one plant tell one another of news.
const NOTIFY: &str = "NOTIFY gemba_news";
const LISTEN: &str = "LISTEN gemba_news";

/// How many statements are sent together, and how many rows of a table.
const QUEUED_MAX: usize = 1_000;
const ROWS_MAX: usize = 4_000;

/// What is to be sent and nobody waits for.
#[derive(Debug)]
enum Queued {
    Statement(Statement, Vec<Value<'static>>),
    Rows(&'static Added, Statement, Vec<Vec<Value<'static>>>),
}

/// A value of a statement, or the values of one column of rows.
enum Column<'a> {
    Value(&'a Value<'static>),
    Values(Vec<&'a Value<'static>>),
}

impl Column<'_> {
    fn as_value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Value(value) => *value,
            Self::Values(values) => values,
        }
    }
}

impl Queued {
    fn statement(&self) -> &Statement {
        match self {
            Self::Statement(statement, _) | Self::Rows(_, statement, _) => statement,
        }
    }

    fn rows_of(&mut self) -> Option<(&'static Added, &mut Vec<Vec<Value<'static>>>)> {
        match self {
            Self::Statement(..) => None,
            Self::Rows(to, _, rows) => Some((to, rows)),
        }
    }

    fn values(&self) -> Vec<Column<'_>> {
        match self {
            Self::Statement(_, values) => values.iter().map(Column::Value).collect(),
            Self::Rows(_, statement, rows) => {
                let columns = 0..statement.params().len();
                let column = |n| rows.iter().filter_map(|row: &Vec<_>| row.get(n)).collect();
                columns.map(|n| Column::Values(column(n))).collect()
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    /// What nobody waits for: it goes out together with the next question, so that the way to the
    /// database and back is waited for once.
    queued: RefCell<Vec<Queued>>,
    /// Whether something failed in this transaction, which can only be undone then.
    failed: Cell<bool>,
    /// Whether the database tells others what one of its sessions says.
    notifies: bool,
}

impl Session {
    /// Begins on a connection, where the database is fit to keep facts.
    pub(super) fn begin(client: Client) -> Result<Self, StoreError> {
        let (statements, queued) = (RefCell::default(), RefCell::default());
        let failed = Cell::new(false);
        // Not every database that is much like PostgreSQL has this.
        let notifies = wait(client.batch_execute(&format!("{LISTEN}; UN{LISTEN}"))).is_ok();
        let session = Self { client, statements, queued, failed, notifies };
        session.check()?;
        Ok(session)
    }

    /// Hears from now on what other sessions tell, where the database tells it.
    pub(super) fn listens(&self) -> Result<bool, StoreError> {
        if self.notifies {
            wait(self.client.batch_execute(LISTEN))?;
        }
        Ok(self.notifies)
    }

    /// Whether the connection ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Refuses a database that loses what it acknowledged, or changes texts.
    fn check(&self) -> Result<(), StoreError> {
        for (setting, wanted, why) in WANTED {
            let sql = "SELECT current_setting(?1)";
            let found = Tx::new(self).one(sql, &[setting.into()], |row| row.text(0))?;
            let found = found.unwrap_or_default();
            if found != wanted {
                let what = format!("{setting} is {found} there, not {wanted}: {why}");
                return Err(StoreError::Unsafe { what });
            }
        }
        Ok(())
    }

    /// Waits for what is on its way.
    fn settle(&self) -> Result<(), StoreError> {
        if self.queued.borrow().is_empty() {
            return Ok(());
        }
        self.noted(self.send_queued())
    }

    /// Begins a transaction.
    pub(super) fn open(&self, sql: &str) -> Result<(), StoreError> {
        self.batch(sql)?;
        self.failed.set(false);
        Ok(())
    }

    /// Undoes it, with what is on its way.
    pub(super) fn roll_back(&self) -> Result<(), StoreError> {
        self.queued.take();
        wait(self.client.batch_execute("ROLLBACK"))?;
        self.failed.set(false);
        Ok(())
    }

    /// A transaction in which something failed is undone by the database without a word.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.settle()?;
        if self.failed.get() {
            let what = "a statement failed and nobody looked".to_owned();
            return Err(StoreError::Failed { what });
        }
        self.batch("COMMIT")
    }

    fn prepared(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = wait(self.client.prepare(&numbered(sql)))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn queue(&self, one: Queued) -> Result<(), StoreError> {
        let mut queued = self.queued.borrow_mut();
        queued.push(one);
        let full = queued.len() >= QUEUED_MAX;
        drop(queued);
        if full { self.settle() } else { Ok(()) }
    }

    fn noted<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if done.is_err() {
            self.failed.set(true);
        }
        done
    }

    /// The statement that adds many rows of a table. What types its columns have is told for one.
    fn adding(&self, to: &'static Added) -> Result<Statement, StoreError> {
        let one = self.prepared(to.one())?;
        self.prepared(&to.many(one.params().iter().map(Type::name)))
    }

    /// Sends what is queued, one after the other without a pause, and waits for all answers.
    fn send_queued(&self) -> Result<(), StoreError> {
        let queued = self.queued.take();
        let sent: Vec<_> = queued.iter().map(Queued::values).collect();
        let sent = queued.iter().zip(&sent).map(|(queued, values)| {
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(Column::as_value).collect();
            async move { self.client.execute(queued.statement(), &values).await }
        });
        let answers = wait(together(sent));
        answers.into_iter().try_for_each(|answer| answer.map(drop))?;
        Ok(())
    }

    fn found(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        let rows = wait(self.client.query(&statement, &given(values)))?;
        rows.iter().map(read).collect()
    }

    fn asked(&self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        let prepared = |(sql, _): &Question<'_>| self.prepared(sql);
        let statements = questions.iter().map(prepared).collect::<Result<Vec<_>, _>>()?;
        let asked = statements.iter().zip(questions).map(|(statement, (_, values))| {
            let values = given(values);
            async move { self.client.query(statement, &values).await }
        });
        let answers = wait(together(asked)).into_iter();
        answers.map(|rows| rows?.iter().map(read).collect()).collect()
    }
}

fn given<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let values: Result<_, _> = (0..row.len()).map(|column| row.try_get(column)).collect();
    Ok(Row(values?))
}

impl Statements for Session {
    fn put(&self, sql: &str, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        let statement = self.noted(self.prepared(sql))?;
        let values = values.into_iter().map(Value::into_owned).collect();
        self.queue(Queued::Statement(statement, values))
    }

    fn add(&self, to: &'static Added, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        let values: Vec<_> = values.into_iter().map(Value::into_owned).collect();
        let mut queued = self.queued.borrow_mut();
        let before = queued.iter_mut().rev().map_while(Queued::rows_of);
        if let Some((_, rows)) = before.into_iter().find(|(of, _)| std::ptr::eq(*of, to)) {
            rows.push(values);
            let full = rows.len() >= ROWS_MAX;
            drop(queued);
            return if full { self.settle() } else { Ok(()) };
        }
        drop(queued);
        let statement = self.noted(self.adding(to))?;
        self.queue(Queued::Rows(to, statement, vec![values]))
    }

    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.settle()?;
        let changed = self
            .prepared(sql)
            .and_then(|statement| Ok(wait(self.client.execute(&statement, &given(values)))?));
        self.noted(changed)
    }

    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.settle()?;
        self.noted(self.found(sql, values))
    }

    fn ask(&self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.settle()?;
        self.noted(self.asked(questions))
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.settle()?;
        self.noted(wait(self.client.batch_execute(sql)).map_err(StoreError::from))
    }

    fn tell_news(&self) -> Result<(), StoreError> {
        if self.notifies { self.put(NOTIFY, Vec::new()) } else { Ok(()) }
    }

    fn clock_sql(&self) -> &'static str {
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    }
}

/// Values stand as `$1` here.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// Waits for an answer on this thread. The connection is driven by its own thread, so this needs no
/// runtime and may be done on any thread that may block.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Waiting(thread::current())));
    let mut answer = pin!(answer);
    loop {
        match answer.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

/// Waits for all answers. A question goes out when its answer is first asked for, so each is asked for
/// once before any is waited for.
async fn together<T>(questions: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut answers: Vec<(Pin<Box<_>>, Option<T>)> =
        questions.map(|question| (Box::pin(question), None)).collect();
    poll_fn(|context| {
        for (answer, found) in &mut answers {
            if let Poll::Ready(answered) = answer.as_mut().poll(context) {
                *found = Some(answered);
            }
        }
        Poll::Ready(())
    })
    .await;
    let mut all = Vec::with_capacity(answers.len());
    for (answer, found) in answers {
        all.push(match found {
            Some(found) => found,
            None => answer.await,
        });
    }
    all
}

struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
