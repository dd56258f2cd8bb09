//! The store's tables. Migrations are numbered by their rank and only appended.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::LedgerError;

/// Marks an SQLite file as a store of ours: `gemb`.
const APPLICATION_ID: i64 = 0x6765_6d62;

/// Every migration ever; one is never changed, only followed by another.
const MIGRATIONS: [&str; 11] =
    [FIRST, SIGNED, WANTED, UNDATED, NUMBERED, PERMITS, SET_ASIDE, LEFT_OUT, STUBS, BUILT_IN, LONG];

const FIRST: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
    arrival INTEGER PRIMARY KEY,
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL,
    bytes TEXT NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    UNIQUE (ledger, epoch, seq)
) STRICT;
CREATE INDEX fact_subject ON fact (subject, arrival);
CREATE INDEX fact_deviation ON fact (ledger, epoch) WHERE kind = 'DeviationRaised';
CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact never changes'); END;
CREATE TRIGGER fact_never_goes BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;

CREATE TABLE effective (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    head BLOB NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (ledger, epoch, last_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    feed TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    rolling BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE card (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    badge TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    pin_verifier TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Who signed in which session; evaluated for what is signed only. Bytes that somebody damaged are
/// a finding of the audit, not a reason to fail.
const SIGNED: &str = "
CREATE INDEX fact_signed ON fact (
    CASE WHEN json_valid(bytes) THEN json_extract(bytes, '$.session') END,
    CASE WHEN json_valid(bytes) THEN json_extract(bytes, '$.actor') END
) WHERE kind IN ('Signed', 'Dispositioned', 'DispositionApproved');
";

/// Names and badges of people who have no PIN yet; no facts, like their cards.
const WANTED: &str = "
CREATE TABLE card_wanted (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    badge TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A card counts for as long as the site says that badges count without the server; no card has an
/// end of its own.
const UNDATED: &str = "ALTER TABLE card DROP COLUMN expires;";

/// What this station numbered, to find the next numbers.
const NUMBERED: &str = "
CREATE INDEX fact_help ON fact (ledger, epoch) WHERE kind = 'HelpCalled';
CREATE INDEX fact_handover ON fact (ledger, epoch) WHERE kind = 'HandoverGiven';
CREATE INDEX fact_redline ON fact (ledger, epoch) WHERE kind = 'RedlineProposed';
";

/// Permits that this station numbered.
const PERMITS: &str = "
CREATE INDEX fact_permit ON fact (ledger, epoch) WHERE kind = 'PermitProposed';
";

/// What was saved here at positions that the server gave to other facts, as it was written. It is said
/// again at other positions; only what lies here may leave its place among the facts.
const SET_ASIDE: &str = "
CREATE TABLE set_aside (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL,
    bytes TEXT NOT NULL,
    id BLOB NOT NULL,
    now_ledger TEXT NOT NULL,
    now_epoch INTEGER NOT NULL,
    now_seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch, seq, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER set_aside_never_changes BEFORE UPDATE ON set_aside
BEGIN SELECT RAISE(ABORT, 'a fact never changes'); END;
CREATE TRIGGER set_aside_never_goes BEFORE DELETE ON set_aside
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;
DROP TRIGGER fact_never_goes;
CREATE TRIGGER fact_never_goes BEFORE DELETE ON fact
WHEN NOT EXISTS (
    SELECT 1 FROM set_aside AS s WHERE s.ledger = OLD.ledger AND s.epoch = OLD.epoch
    AND s.seq = OLD.seq AND s.id = OLD.id AND s.bytes = OLD.bytes
)
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;
";

/// Streams that the snapshot left out by which the store began; an order of each, to fetch it by.
const LEFT_OUT: &str = "
CREATE TABLE left_out (subject TEXT PRIMARY KEY, order_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX left_out_order ON left_out (order_id);
";

/// What is left of facts that were pruned (R14): identity and id. A fact leaves its place for a stub
/// only where its stream is noted as left out and the server's receipt covers it, and a stub only for
/// the fact that it is of. Places that were heard by pruned facts alone stay heard.
const STUBS: &str = "
CREATE TABLE backed_up (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE stub (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stub_subject ON stub (subject);
CREATE INDEX stub_deviation ON stub (ledger, epoch) WHERE kind = 'DeviationRaised';
CREATE TABLE pruned_contact (
    place TEXT NOT NULL,
    ledger TEXT NOT NULL,
    utc_ms INTEGER NOT NULL,
    PRIMARY KEY (place, ledger)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_wanted (order_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE VIEW standing (ledger, epoch, seq, id) AS
SELECT ledger, epoch, seq, id FROM fact UNION ALL SELECT ledger, epoch, seq, id FROM stub;
CREATE TRIGGER stub_is_of_a_fact BEFORE INSERT ON stub
WHEN NOT EXISTS (
    SELECT 1 FROM fact AS f WHERE f.ledger = NEW.ledger AND f.epoch = NEW.epoch
    AND f.seq = NEW.seq AND f.id = NEW.id AND f.kind = NEW.kind AND f.subject = NEW.subject
)
BEGIN SELECT RAISE(ABORT, 'a stub is what is left of a fact'); END;
CREATE TRIGGER stub_never_changes BEFORE UPDATE ON stub
BEGIN SELECT RAISE(ABORT, 'a fact never changes'); END;
CREATE TRIGGER stub_never_goes BEFORE DELETE ON stub
WHEN NOT EXISTS (
    SELECT 1 FROM fact AS f WHERE f.ledger = OLD.ledger AND f.epoch = OLD.epoch
    AND f.seq = OLD.seq AND f.id = OLD.id
)
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;
CREATE TRIGGER fact_is_that_of_its_stub BEFORE INSERT ON fact
WHEN EXISTS (
    SELECT 1 FROM stub AS s WHERE s.ledger = NEW.ledger AND s.epoch = NEW.epoch
    AND s.seq = NEW.seq AND (s.id <> NEW.id OR s.kind <> NEW.kind OR s.subject <> NEW.subject)
)
BEGIN SELECT RAISE(ABORT, 'a fact never changes'); END;
DROP TRIGGER fact_never_goes;
CREATE TRIGGER fact_never_goes BEFORE DELETE ON fact
WHEN NOT EXISTS (
    SELECT 1 FROM set_aside AS s WHERE s.ledger = OLD.ledger AND s.epoch = OLD.epoch
    AND s.seq = OLD.seq AND s.id = OLD.id AND s.bytes = OLD.bytes
) AND NOT (
    EXISTS (
        SELECT 1 FROM stub AS s WHERE s.ledger = OLD.ledger AND s.epoch = OLD.epoch
        AND s.seq = OLD.seq AND s.id = OLD.id
    ) AND EXISTS (SELECT 1 FROM left_out AS l WHERE l.subject = OLD.subject)
    AND EXISTS (
        SELECT 1 FROM backed_up AS b WHERE b.ledger = OLD.ledger AND b.epoch = OLD.epoch
        AND b.last_seq >= OLD.seq
    )
)
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;
";

/// What was built into units that were pruned: a serial is not free again, and a lot not full again,
/// because its unit went. Each goes when the fact that says it comes back. Of units that were pruned
/// before, it is not known.
const BUILT_IN: &str = "
CREATE TABLE pruned_component (
    position TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    part TEXT NOT NULL,
    identity TEXT NOT NULL,
    by_lot INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    utc_ms INTEGER NOT NULL,
    becomes TEXT,
    removed_ms INTEGER,
    made TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX pruned_component_identity ON pruned_component (identity);
CREATE INDEX pruned_component_plain ON pruned_component (identity COLLATE NOCASE);
CREATE INDEX pruned_component_made ON pruned_component (made) WHERE made NOT NULL;
CREATE TABLE pruned_unknown (subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO pruned_unknown SELECT DISTINCT subject FROM stub WHERE kind = 'ComponentInstalled';
";

/// Streams as folded up to a fact; what is lost of it is made again.
const LONG: &str = "
CREATE TABLE long_stream (
    subject TEXT PRIMARY KEY,
    arrival INTEGER NOT NULL,
    count INTEGER NOT NULL,
    version TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The first schema that can set facts aside.
pub(super) const WITH_SET_ASIDE: i64 = 7;
/// The first schema with stubs.
pub(super) const WITH_STUBS: i64 = 9;

/// The number of the last migration.
pub(super) fn latest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, LedgerError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Whether a file is new, that is without any table and mark.
pub(super) fn is_blank(connection: &Connection) -> Result<bool, LedgerError> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    Ok(tables == 0 && pragma(connection, "application_id")? == 0)
}

/// Refuses what is not a store of ours or of a newer version; tells the schema found.
pub(super) fn check(connection: &Connection) -> Result<i64, LedgerError> {
    let found = pragma(connection, "user_version")?;
    if pragma(connection, "application_id")? != APPLICATION_ID || found < 1 {
        return Err(LedgerError::damaged("the file is no store of gemba"));
    }
    let known = latest();
    if found > known { Err(LedgerError::Newer { found, known }) } else { Ok(found) }
}

/// Brings a store to the latest schema, each migration once.
pub(super) fn migrate(transaction: &Transaction<'_>) -> Result<(), LedgerError> {
    let found = pragma(transaction, "user_version")?;
    let done = usize::try_from(found).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", latest())?;
    Ok(())
}

/// A write transaction: decided, appended and committed as one.
pub(super) fn begin(connection: &Connection) -> Result<Transaction<'_>, LedgerError> {
    Ok(Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?)
}
