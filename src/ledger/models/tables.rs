//! The tables of the read models: live ones, and shadows that a rebuild fills.

use rusqlite::{Connection, Params};

use crate::domain::stream::Subject;
use crate::ledger::error::LedgerError;
use crate::ledger::store::{meta, put_meta};

/// Grows with every change of a table, a projection, or what a fact does to a state; a store with another
/// one is rebuilt, and what was kept of long streams is not used.
pub(in crate::ledger) const VERSION: &str = "37";
const VERSION_KEY: &str = "models_version";
const GENERATION_KEY: &str = "models_generation";

/// One table.
#[derive(Debug)]
struct Table {
    name: &'static str,
    columns: &'static str,
    /// Columns of each further index, and which rows it has.
    indexes: &'static [&'static str],
}

/// Units on hold are few, and counted on the first screen.
const HELD: &str = "(hold_why) WHERE hold_why NOT NULL";

/// Units that are shipped, whose certificate may not be valid any more.
const SHIPPED: &str = "(shipped_ms) WHERE shipped_ms NOT NULL";

/// Units that are finished and did not go out.
const TO_SHIP: &str = "(order_id, unit, hold_why)
    WHERE finished_ms NOT NULL AND shipped_ms IS NULL AND ended IS NULL";

/// Units that go on upon evidence are few, and listed on the board.
const ACCEPTED: &str = "(accepted) WHERE accepted NOT NULL";

/// Units of which a step asks for a signature next.
const TO_SIGN: &str = "(last_ms) WHERE to_sign NOT NULL";

/// What was measured with a gauge, by time (R10).
const BY_GAUGE: &str = "(gauge, utc_ms) WHERE gauge NOT NULL";

/// What was measured of a characteristic at a place, by time.
const BY_PLACE: &str = "(place, coalesce(characteristic, name), utc_ms)";

/// Of the units that were counted, those that were to be measured (R16).
const SAMPLED: &str = "(ledger, place, counter, epoch, seq) WHERE sampled";

/// Of those, the few that nobody measured yet.
const OWED: &str = "(ledger, place, counter) WHERE standing = 'owed'";

/// Of what was counted, what bounds a suspect range (R16).
const BOUNDS: &str = "(place, counter, ledger, epoch, seq) WHERE check_found = 'good'";

/// The few that failed.
const BAD: &str = "(place, counter, ledger, checked_epoch, checked) WHERE check_found = 'bad'";

/// Until when something was in work.
const UNTIL: &str = "(place, counter, ledger, until_epoch, until)";

/// What is held because it is suspect.
const SUSPECT: &str = "(place, counter, epoch, seq) WHERE standing IN ('untouched', 'raised')";

/// Every table of the read models.
static TABLES: [Table; 33] = [
    Table {
        name: "traveler_row",
        columns: "subject TEXT PRIMARY KEY, order_id TEXT NOT NULL, unit TEXT NOT NULL,
            part TEXT NOT NULL, quantity INTEGER, due TEXT, priority INTEGER NOT NULL,
            order_open INTEGER NOT NULL, route TEXT NOT NULL, instruction TEXT,
            title TEXT NOT NULL, operation INTEGER, operation_name TEXT NOT NULL,
            work_center TEXT, step TEXT, step_rank INTEGER NOT NULL, steps INTEGER NOT NULL,
            started_ms INTEGER, finished_ms INTEGER, finished_place TEXT, last_ms INTEGER,
            last_place TEXT, first_pass INTEGER NOT NULL, ended TEXT, paused TEXT,
            hold_why TEXT, hold_deviation TEXT, hold_place TEXT, accepted TEXT,
            operations TEXT, shipped_ms INTEGER, certificate TEXT, not_valid TEXT, to_sign TEXT",
        indexes: &[
            "(order_id)",
            "(unit)",
            "(unit COLLATE NOCASE)",
            "(order_open, work_center)",
            "(finished_ms)",
            "(last_place, last_ms)",
            SHIPPED,
            TO_SHIP,
            HELD,
            ACCEPTED,
            TO_SIGN,
        ],
    },
    Table {
        name: "reading_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, operation INTEGER NOT NULL,
            step TEXT NOT NULL, attempt INTEGER NOT NULL, characteristic TEXT,
            name TEXT NOT NULL, sample INTEGER NOT NULL, value TEXT NOT NULL,
            first_value TEXT NOT NULL, verdict TEXT, first_verdict TEXT, gauge TEXT,
            place TEXT, person TEXT, utc_ms INTEGER NOT NULL, corrections INTEGER NOT NULL,
            confirmed INTEGER NOT NULL, margin TEXT, margin_unit TEXT, PRIMARY KEY (subject, position)",
        indexes: &["(utc_ms)", BY_GAUGE, BY_PLACE],
    },
    Table {
        name: "sample_row",
        columns: "ledger TEXT NOT NULL, place TEXT NOT NULL, counter TEXT NOT NULL,
            epoch INTEGER NOT NULL, seq INTEGER NOT NULL, subject TEXT NOT NULL,
            sampled INTEGER NOT NULL, standing TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (ledger, place, counter, epoch, seq)",
        indexes: &["(subject)", SAMPLED, OWED],
    },
    Table {
        name: "made_row",
        columns: "place TEXT NOT NULL, counter TEXT NOT NULL, ledger TEXT NOT NULL,
            epoch INTEGER NOT NULL, seq INTEGER NOT NULL, ask INTEGER NOT NULL,
            subject TEXT NOT NULL, check_found TEXT, checked_epoch INTEGER, checked INTEGER,
            until_epoch INTEGER, until INTEGER, body TEXT NOT NULL,
            PRIMARY KEY (place, counter, ledger, epoch, seq, ask)",
        indexes: &["(subject)", BOUNDS, BAD, UNTIL],
    },
    Table {
        name: "suspect_row",
        columns: "place TEXT NOT NULL, counter TEXT NOT NULL, failed TEXT NOT NULL,
            subject TEXT NOT NULL, position TEXT NOT NULL, standing TEXT NOT NULL,
            measured INTEGER NOT NULL, ended_at TEXT, ledger TEXT NOT NULL,
            epoch INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (subject, position)",
        indexes: &["(place, counter, ledger, epoch, seq)", "(failed)", SUSPECT],
    },
    Table {
        name: "check_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, operation INTEGER NOT NULL,
            step TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, gauge TEXT NOT NULL,
            place TEXT, utc_ms INTEGER NOT NULL, PRIMARY KEY (subject, position)",
        indexes: &["(gauge, utc_ms)"],
    },
    Table {
        name: "gauge_hold",
        columns: "failed TEXT NOT NULL, subject TEXT NOT NULL, reading TEXT NOT NULL,
            released INTEGER NOT NULL, PRIMARY KEY (failed, subject, reading)",
        indexes: &["(subject)"],
    },
    Table {
        name: "recall_hold",
        columns: "traced TEXT NOT NULL, subject TEXT NOT NULL, position TEXT NOT NULL,
            released INTEGER NOT NULL, by_fact TEXT NOT NULL, PRIMARY KEY (traced, subject, position)",
        indexes: &[],
    },
    Table {
        name: "split_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, origin TEXT NOT NULL,
            utc_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (subject, position)",
        indexes: &["(origin)"],
    },
    Table {
        name: "pieces_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, order_id TEXT NOT NULL,
            operation INTEGER NOT NULL, place TEXT, utc_ms INTEGER NOT NULL,
            good INTEGER NOT NULL, scrap INTEGER NOT NULL, rework INTEGER NOT NULL,
            PRIMARY KEY (subject, position)",
        indexes: &["(utc_ms)", "(order_id)"],
    },
    Table {
        name: "component_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, part TEXT NOT NULL,
            identity TEXT NOT NULL, by_lot INTEGER NOT NULL, pieces INTEGER NOT NULL,
            operation INTEGER NOT NULL, step TEXT NOT NULL, person TEXT, place TEXT,
            utc_ms INTEGER NOT NULL, becomes TEXT, removed_ms INTEGER, made TEXT,
            PRIMARY KEY (subject, position)",
        indexes: &[
            "(identity, by_lot, part, becomes, pieces)",
            "(identity COLLATE NOCASE)",
            "(made) WHERE made NOT NULL",
        ],
    },
    Table {
        name: "material_row",
        columns: "part TEXT NOT NULL, lot TEXT NOT NULL, supplier TEXT NOT NULL,
            quantity INTEGER, expires TEXT, certificate TEXT NOT NULL, blocked TEXT,
            came_ms INTEGER, PRIMARY KEY (part, lot)",
        indexes: &["(lot)", "(lot COLLATE NOCASE)"],
    },
    Table {
        name: "inspection_row",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, lot TEXT NOT NULL,
            waits INTEGER NOT NULL, opened_ms INTEGER NOT NULL,
            PRIMARY KEY (subject, position)",
        indexes: &["(opened_ms) WHERE waits"],
    },
    Table {
        name: "link_row",
        columns: "kind TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL,
            utc_ms INTEGER NOT NULL, position TEXT NOT NULL, PRIMARY KEY (kind, id, subject)",
        indexes: &["(subject)"],
    },
    Table {
        name: "blob_wanted",
        columns: "hash BLOB NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (hash, subject)",
        indexes: &["(subject)"],
    },
    Table {
        name: "running_wait",
        columns: "subject TEXT NOT NULL, position TEXT NOT NULL, ledger TEXT NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (subject, position)",
        indexes: &["(ledger)"],
    },
    Table {
        name: "order_row",
        columns: "order_id TEXT PRIMARY KEY, part TEXT NOT NULL, units INTEGER NOT NULL,
            due TEXT, priority INTEGER NOT NULL, closed INTEGER NOT NULL",
        indexes: &["(part)"],
    },
    Table {
        name: "deviation_row",
        columns: "deviation TEXT PRIMARY KEY, traveler TEXT, raised_ms INTEGER NOT NULL,
            place TEXT, severity TEXT, disposed INTEGER NOT NULL, closed INTEGER NOT NULL,
            to_check INTEGER NOT NULL, due TEXT, gated INTEGER NOT NULL",
        indexes: &["(closed, raised_ms)", "(place, raised_ms)"],
    },
    Table {
        name: "deviation_unit",
        columns: "deviation TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (deviation, subject)",
        indexes: &["(subject)"],
    },
    Table {
        name: "revision_row",
        columns: "subject TEXT NOT NULL, rank INTEGER NOT NULL, revision TEXT NOT NULL,
            title TEXT NOT NULL, hash BLOB NOT NULL, released TEXT, approvals_open TEXT NOT NULL,
            PRIMARY KEY (subject, rank)",
        indexes: &[],
    },
    Table {
        name: "blob_named",
        columns: "subject TEXT NOT NULL, rank INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY (subject, rank, hash)",
        indexes: &["(hash)"],
    },
    Table {
        name: "gauge_row",
        columns: "gauge TEXT PRIMARY KEY, name TEXT NOT NULL, class TEXT NOT NULL, unit TEXT,
            resolution TEXT, due TEXT, range TEXT, interval TEXT, calibrated TEXT,
            failed TEXT",
        indexes: &[],
    },
    Table {
        name: "person_row",
        columns: "person TEXT PRIMARY KEY, roles TEXT NOT NULL, qualifications TEXT NOT NULL,
            revoked INTEGER NOT NULL",
        indexes: &[],
    },
    Table {
        name: "place_row",
        columns: "place TEXT PRIMARY KEY, name TEXT NOT NULL, site TEXT NOT NULL,
            area TEXT NOT NULL, work_center TEXT NOT NULL, per_hour INTEGER, held TEXT",
        indexes: &[],
    },
    Table {
        name: "help_row",
        columns: "call TEXT PRIMARY KEY, place TEXT NOT NULL, utc_ms INTEGER NOT NULL,
            answered INTEGER NOT NULL, cleared INTEGER NOT NULL",
        indexes: &["(cleared, utc_ms)"],
    },
    Table {
        name: "handover_row",
        columns: "handover TEXT PRIMARY KEY, place TEXT NOT NULL, utc_ms INTEGER NOT NULL,
            accepted INTEGER NOT NULL",
        indexes: &["(utc_ms)"],
    },
    Table {
        name: "redline_row",
        columns: "redline TEXT PRIMARY KEY, instruction TEXT NOT NULL, utc_ms INTEGER NOT NULL,
            answered INTEGER NOT NULL",
        indexes: &["(instruction)", "(answered, utc_ms)"],
    },
    Table {
        name: "permit_row",
        columns: "permit TEXT PRIMARY KEY, part TEXT NOT NULL, utc_ms INTEGER NOT NULL,
            through TEXT NOT NULL, open INTEGER NOT NULL",
        indexes: &["(part)", "(open, through)"],
    },
    Table {
        name: "review_row",
        columns: "station TEXT NOT NULL, fact TEXT NOT NULL, verdict TEXT NOT NULL,
            reasons TEXT NOT NULL, PRIMARY KEY (station, fact)",
        indexes: &["(fact)"],
    },
    Table {
        name: "judged_row",
        columns: "ledger TEXT NOT NULL, epoch INTEGER NOT NULL, from_seq INTEGER NOT NULL,
            to_seq INTEGER NOT NULL, judge TEXT NOT NULL, station TEXT NOT NULL,
            PRIMARY KEY (ledger, epoch, from_seq)",
        indexes: &[],
    },
    Table {
        name: "enrolled_row",
        columns: "ledger TEXT PRIMARY KEY, station TEXT NOT NULL, key TEXT NOT NULL,
            enrolled_at TEXT, revoked_at TEXT, revoked_ms INTEGER, work_centers TEXT NOT NULL",
        indexes: &[],
    },
    Table {
        name: "contact_row",
        columns: "place TEXT NOT NULL, ledger TEXT NOT NULL, utc_ms INTEGER NOT NULL,
            PRIMARY KEY (place, ledger)",
        indexes: &[],
    },
    Table {
        name: "orphan_row",
        columns: "subject TEXT PRIMARY KEY, facts INTEGER NOT NULL",
        indexes: &[],
    },
];

/// The live tables or their shadows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Models {
    suffix: &'static str,
}

impl Models {
    /// Those that queries read.
    pub(in crate::ledger) const LIVE: Self = Self { suffix: "" };
    /// Those that a rebuild fills.
    pub(in crate::ledger) const SHADOW: Self = Self { suffix: "_shadow" };

    /// Names the tables of an SQL text: `{traveler_row}`.
    pub(in crate::ledger) fn name(self, sql: &str) -> String {
        sql.replace('{', "").replace('}', self.suffix)
    }

    /// Runs a statement.
    pub(in crate::ledger) fn run(
        self,
        connection: &Connection,
        sql: &str,
        params: impl Params,
    ) -> Result<(), LedgerError> {
        connection.prepare_cached(&self.name(sql))?.execute(params)?;
        Ok(())
    }

    /// Makes the tables, empty, instead of those of the same name.
    pub(in crate::ledger) fn create(self, connection: &Connection) -> Result<(), LedgerError> {
        let generation: u64 = meta(connection, GENERATION_KEY)?
            .and_then(|text| text.parse().ok())
            .map_or(1, |generation: u64| generation + 1);
        put_meta(connection, GENERATION_KEY, &generation.to_string())?;
        self.drop_all(connection)?;
        for Table { name, columns, indexes } in &TABLES {
            let suffix = self.suffix;
            let sql = format!("CREATE TABLE {name}{suffix} ({columns}) STRICT, WITHOUT ROWID");
            connection.execute_batch(&sql)?;
            for (n, index) in indexes.iter().enumerate() {
                // An index keeps its name when its table is renamed; the generation tells them apart.
                let sql = format!("CREATE INDEX {name}_{generation}_{n} ON {name}{suffix} {index}");
                connection.execute_batch(&sql)?;
            }
        }
        Ok(())
    }

    /// Takes away the rows of a stream that is not here any more.
    pub(in crate::ledger) fn drop_stream(
        self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<(), LedgerError> {
        let text = subject.to_string();
        for table in TABLES.iter().filter(|table| table.columns.contains("subject TEXT")) {
            let sql = format!("DELETE FROM {{{}}} WHERE subject = ?1", table.name);
            self.run(connection, &sql, [&text])?;
        }
        if let Subject::Order(order) = subject {
            for table in ["order_row", "traveler_row"] {
                let sql = format!("DELETE FROM {{{table}}} WHERE order_id = ?1");
                self.run(connection, &sql, [order.as_str()])?;
            }
        }
        if let Subject::Deviation(deviation) = subject {
            for table in ["deviation_row", "deviation_unit"] {
                let sql = format!("DELETE FROM {{{table}}} WHERE deviation = ?1");
                self.run(connection, &sql, [deviation.as_str()])?;
            }
        }
        Ok(())
    }

    /// Drops the tables.
    pub(in crate::ledger) fn drop_all(self, connection: &Connection) -> Result<(), LedgerError> {
        for table in &TABLES {
            let sql = format!("DROP TABLE IF EXISTS {}{}", table.name, self.suffix);
            connection.execute_batch(&sql)?;
        }
        Ok(())
    }

    /// Puts the shadows in the place of the live tables.
    pub(in crate::ledger) fn swap(connection: &Connection) -> Result<(), LedgerError> {
        Self::LIVE.drop_all(connection)?;
        for table in &TABLES {
            let (name, shadow) = (table.name, Self::SHADOW.suffix);
            connection.execute_batch(&format!("ALTER TABLE {name}{shadow} RENAME TO {name}"))?;
        }
        put_meta(connection, VERSION_KEY, VERSION)
    }

    /// Whether the live tables are those of this version.
    pub(in crate::ledger) fn are_current(connection: &Connection) -> Result<bool, LedgerError> {
        Ok(meta(connection, VERSION_KEY)?.as_deref() == Some(VERSION))
    }

    /// Says that the live tables are not those of the facts: whoever opens the store to write makes
    /// them anew first.
    pub(in crate::ledger) fn doubt(connection: &Connection) -> Result<(), LedgerError> {
        put_meta(connection, VERSION_KEY, "")
    }

    /// Makes the first live tables of a new store.
    pub(in crate::ledger) fn create_first(connection: &Connection) -> Result<(), LedgerError> {
        Self::LIVE.create(connection)?;
        put_meta(connection, VERSION_KEY, VERSION)
    }

    /// The tables whose live and shadow rows differ, with how many rows each way.
    pub(in crate::ledger) fn differences(
        connection: &Connection,
    ) -> Result<Vec<(&'static str, i64, i64)>, LedgerError> {
        let mut different = Vec::new();
        for table in &TABLES {
            let (name, shadow) = (table.name, Self::SHADOW.suffix);
            let count = |one: &str, other: &str| -> Result<i64, LedgerError> {
                let sql = format!(
                    "SELECT count(*) FROM (SELECT * FROM {one} EXCEPT SELECT * FROM {other})"
                );
                Ok(connection.query_row(&sql, (), |row| row.get(0))?)
            };
            let shadow = format!("{name}{shadow}");
            let (kept, rebuilt) = (count(name, &shadow)?, count(&shadow, name)?);
            if (kept, rebuilt) != (0, 0) {
                different.push((name, kept, rebuilt));
            }
        }
        Ok(different)
    }
}
