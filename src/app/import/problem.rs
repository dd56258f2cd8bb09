//! What is wrong with a file that is imported, by line and column.

use serde::Serialize;

use crate::domain::refusal::Reason;

/// What kind of thing is wrong; what the rules of the shop refuse has their own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The file is no text that can be read.
    Unreadable,
    /// The head names a column that is not known.
    ColumnUnknown,
    /// The head lacks a column, or names one twice.
    ColumnMissing,
    /// A cell that must say something is empty.
    CellEmpty,
    /// A cell says something that it cannot mean.
    CellUnread,
    /// A row does not fit the head.
    RowShape,
    /// Two rows name the same thing.
    Twice,
    /// What is known here is not changed by an import.
    NotByImport,
    /// A secret is in the file.
    Secret,
}

impl Trouble {
    /// The code, stable for scripts and documents.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "I01",
            Self::ColumnUnknown => "I02",
            Self::ColumnMissing => "I03",
            Self::CellEmpty => "I04",
            Self::CellUnread => "I05",
            Self::RowShape => "I06",
            Self::Twice => "I07",
            Self::NotByImport => "I08",
            Self::Secret => "I09",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column as its head calls it; none where the whole row is meant.
    pub column: Option<String>,
    /// What kind of thing.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub next: String,
}

impl Problem {
    /// Something wrong with a row as a whole.
    pub fn of_row(line: u64, trouble: Trouble, what: impl Into<String>, next: &str) -> Self {
        let (what, next) = (what.into(), next.to_owned());
        Self { line, column: None, code: trouble.code(), what, next }
    }

    /// What the rules of the shop say against a row.
    pub fn of_reason(line: u64, reason: &Reason) -> Self {
        let (code, what, next) =
            (reason.code(), reason.what().to_string(), reason.next().to_string());
        Self { line, column: None, code, what, next }
    }

    /// The same, in one column.
    #[must_use]
    pub fn in_column(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {} {} → {}", self.code, self.what, self.next)
    }
}
