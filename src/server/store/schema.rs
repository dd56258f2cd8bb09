//! The server's tables. Migrations are numbered by their rank and only appended.
//!
//! They are written in SQLite's words; what PostgreSQL calls otherwise is put in its words here.

/// Marks an SQLite file as a server's store: `gems`.
pub(super) const APPLICATION_ID: i64 = 0x6765_6d73;

/// Every migration ever; one is never changed, only followed by another.
pub(super) const MIGRATIONS: [Migration; 10] = [
    Migration { tables: FIRST, sqlite: FACTS_STAY_SQLITE, postgres: FACTS_STAY_POSTGRES },
    Migration { tables: CARD_FACTS, sqlite: "", postgres: "" },
    Migration { tables: FEED_REACHED, sqlite: "", postgres: "" },
    Migration { tables: LEASE, sqlite: "", postgres: "" },
    Migration { tables: TABLES, sqlite: "", postgres: "" },
    Migration { tables: "", sqlite: FEED_ROW_ONCE, postgres: "" },
    Migration { tables: "DROP INDEX reading_attempt;", sqlite: "", postgres: "" },
    Migration { tables: REVOKED_ARE_TOLD, sqlite: "", postgres: "" },
    Migration { tables: UNJUDGED, sqlite: "", postgres: "" },
    Migration { tables: BLOB_PARTS, sqlite: "", postgres: "" },
];

/// What came of blobs before the line broke.
const BLOB_PARTS: &str = "
CREATE TABLE blob_part (
    ledger TEXT NOT NULL,
    hash TEXT NOT NULL,
    from_byte INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (ledger, hash, from_byte)
) STRICT;
";

/// Facts that came after what follows them in their ledger was judged: a server that was restored gets
/// back parts first, and the whole from elsewhere.
const UNJUDGED: &str = "
CREATE TABLE unjudged (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
";

/// That a station was revoked is a fact since; of those that were before it is told now.
const REVOKED_ARE_TOLD: &str = "UPDATE station SET announced = 0 WHERE revoked = 1;";

/// One step from a schema to the next.
#[derive(Debug)]
pub(super) struct Migration {
    /// For every database.
    tables: &'static str,
    /// What only SQLite takes.
    sqlite: &'static str,
    /// What only PostgreSQL takes.
    postgres: &'static str,
}

impl Migration {
    /// SQLite has no exact decimals and no moments; both are texts there.
    pub(super) fn sqlite(&self) -> String {
        let word = |word: &'static str| match word {
            "DECIMAL" | "MOMENT" => "TEXT",
            other => other,
        };
        in_words(self.tables, word) + self.sqlite
    }

    /// Text is compared byte by byte there as well, so that both give one order.
    pub(super) fn postgres(&self) -> String {
        let word = |word: &'static str| match word {
            "TEXT" => "TEXT COLLATE \"C\"",
            "INTEGER" => "BIGINT",
            "BLOB" => "BYTEA",
            "STRICT" => "",
            "DECIMAL" => "NUMERIC",
            "MOMENT" => "TIMESTAMPTZ",
            other => other,
        };
        in_words(self.tables, word) + self.postgres
    }
}

fn in_words(text: &'static str, word: impl Fn(&'static str) -> &'static str) -> String {
    let parts = text.split_inclusive(|c: char| !c.is_ascii_alphabetic());
    let words = parts.map(|part| {
        let end = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).len();
        [word(&part[..end]), &part[end..]].concat()
    });
    words.collect()
}

/// Facts that brought a card, so that each brings one only.
const CARD_FACTS: &str = "
CREATE TABLE card_fact (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
";

/// How far each station has a feed, by its pulls.
const FEED_REACHED: &str = "
CREATE TABLE feed_reached (
    ledger TEXT NOT NULL,
    feed TEXT NOT NULL,
    position INTEGER NOT NULL,
    utc TEXT NOT NULL,
    PRIMARY KEY (ledger, feed)
) STRICT;
";

/// Which server judges, and until when it need not say so again.
const LEASE: &str = "
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
";

/// For whoever asks the database itself; see `tables.rs`.
const TABLES: &str = "
CREATE TABLE reading (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    traveler TEXT NOT NULL,
    order_id TEXT NOT NULL,
    attempt TEXT NOT NULL,
    ask INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    operation INTEGER,
    step TEXT,
    characteristic TEXT,
    name TEXT NOT NULL,
    requirement TEXT NOT NULL,
    lower_limit DECIMAL,
    upper_limit DECIMAL,
    unit TEXT,
    value DECIMAL,
    value_text TEXT NOT NULL,
    verdict TEXT,
    first_value DECIMAL,
    first_text TEXT NOT NULL,
    first_verdict TEXT,
    corrections INTEGER NOT NULL DEFAULT 0,
    gauge TEXT,
    person TEXT,
    place TEXT,
    taken_at MOMENT NOT NULL,
    received_at MOMENT NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
CREATE INDEX reading_characteristic ON reading (characteristic, taken_at);
CREATE INDEX reading_traveler ON reading (traveler);
CREATE INDEX reading_attempt ON reading (attempt);
CREATE INDEX reading_taken_at ON reading (taken_at);
CREATE INDEX reading_gauge ON reading (gauge, taken_at);
CREATE TABLE reading_correction (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    of_ledger TEXT NOT NULL,
    of_epoch INTEGER NOT NULL,
    of_seq INTEGER NOT NULL,
    value DECIMAL,
    value_text TEXT NOT NULL,
    verdict TEXT,
    reason TEXT NOT NULL,
    person TEXT,
    corrected_at MOMENT NOT NULL,
    received_at MOMENT NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
CREATE INDEX reading_correction_of ON reading_correction (of_ledger, of_epoch, of_seq);
CREATE TABLE traveler (
    traveler TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    part TEXT,
    specification TEXT,
    pieces INTEGER,
    started_at MOMENT,
    started_by TEXT,
    place TEXT,
    shipped_at MOMENT,
    shipped_by TEXT,
    taken_back_at MOMENT,
    taken_back_by TEXT,
    last_at MOMENT NOT NULL
) STRICT;
CREATE INDEX traveler_order ON traveler (order_id);
CREATE INDEX traveler_part ON traveler (part, started_at);
CREATE TABLE deviation (
    deviation TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    kind TEXT,
    traveler TEXT,
    code TEXT,
    required TEXT,
    found TEXT,
    note TEXT,
    raised_at MOMENT,
    raised_by TEXT,
    place TEXT,
    cause TEXT,
    disposition TEXT,
    dispositioned_at MOMENT,
    dispositioned_by TEXT,
    closed_at MOMENT,
    closed_by TEXT,
    effective INTEGER
) STRICT;
CREATE INDEX deviation_traveler ON deviation (traveler);
CREATE INDEX deviation_raised_at ON deviation (raised_at);
CREATE TABLE signature (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    subject TEXT NOT NULL,
    signer TEXT NOT NULL,
    role TEXT NOT NULL,
    meaning TEXT NOT NULL,
    covers INTEGER NOT NULL,
    place TEXT,
    signed_at MOMENT NOT NULL,
    received_at MOMENT NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
CREATE INDEX signature_subject ON signature (subject);
CREATE INDEX signature_signer ON signature (signer, signed_at);
";

/// A row of a feed lies in the index by its position and nowhere else: each fact is in several feeds.
const FEED_ROW_ONCE: &str = "
ALTER TABLE feed_row RENAME TO feed_row_twice;
CREATE TABLE feed_row (
    feed TEXT NOT NULL,
    position INTEGER NOT NULL,
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    rolling TEXT NOT NULL,
    PRIMARY KEY (feed, position),
    UNIQUE (ledger, epoch, seq, feed)
) STRICT, WITHOUT ROWID;
INSERT INTO feed_row SELECT feed, position, ledger, epoch, seq, rolling FROM feed_row_twice
ORDER BY feed, position;
DROP TABLE feed_row_twice;
";

const FIRST: &str = "
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE station (
    ledger TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    code TEXT NOT NULL,
    token_sha256 TEXT UNIQUE,
    work_centers TEXT NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0,
    announced INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE ledger_epoch (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_id TEXT NOT NULL,
    frozen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ledger, epoch)
) STRICT;
CREATE TABLE fact (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev TEXT NOT NULL,
    bytes TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    received_utc TEXT NOT NULL,
    PRIMARY KEY (ledger, epoch, seq)
) STRICT;
CREATE INDEX fact_subject ON fact (subject);
CREATE TABLE seal (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    head TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (ledger, epoch, last_seq)
) STRICT;
CREATE TABLE quarantine (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received_utc TEXT NOT NULL,
    page TEXT NOT NULL,
    PRIMARY KEY (ledger, epoch)
) STRICT;

CREATE TABLE feed_head (
    feed TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    rolling TEXT NOT NULL
) STRICT;
CREATE TABLE feed_row (
    feed TEXT NOT NULL,
    position INTEGER NOT NULL,
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    rolling TEXT NOT NULL,
    PRIMARY KEY (feed, position),
    UNIQUE (ledger, epoch, seq, feed)
) STRICT;
CREATE TABLE subject_order (
    subject TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (subject, order_id)
) STRICT;
CREATE INDEX subject_order_order ON subject_order (order_id);
CREATE TABLE order_route (
    order_id TEXT NOT NULL,
    work_center TEXT NOT NULL,
    PRIMARY KEY (order_id, work_center)
) STRICT;
CREATE INDEX order_route_work_center ON order_route (work_center);
CREATE TABLE order_feed (
    order_id TEXT NOT NULL,
    feed TEXT NOT NULL,
    PRIMARY KEY (order_id, feed)
) STRICT;
CREATE TABLE work_center_area (
    work_center TEXT NOT NULL,
    area TEXT NOT NULL,
    PRIMARY KEY (work_center, area)
) STRICT;
CREATE TABLE judged (
    ledger TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    PRIMARY KEY (ledger, epoch)
) STRICT;

CREATE TABLE blob (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE enrollment_code (
    code_sha256 TEXT PRIMARY KEY,
    station TEXT NOT NULL,
    work_centers TEXT NOT NULL,
    expires_utc TEXT NOT NULL,
    used_by TEXT
) STRICT;
CREATE TABLE card (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    badge TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    pin_verifier TEXT NOT NULL
) STRICT;
";

/// No statement changes a fact, whoever sends it.
const FACTS_STAY_SQLITE: &str = "
CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact never changes'); END;
CREATE TRIGGER fact_never_goes BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is kept forever'); END;
";

const FACTS_STAY_POSTGRES: &str = "
CREATE FUNCTION fact_stays() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''a fact never changes and is kept forever''; END';
CREATE TRIGGER fact_never_changes BEFORE UPDATE OR DELETE ON fact
FOR EACH ROW EXECUTE FUNCTION fact_stays();
CREATE TRIGGER fact_never_goes BEFORE TRUNCATE ON fact
FOR EACH STATEMENT EXECUTE FUNCTION fact_stays();
";
