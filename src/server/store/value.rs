//! Values that go into statements and come out of rows, alike for every database.

use std::borrow::Cow;
use std::mem;

use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::error::StoreError;

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Bytes(Cow<'a, [u8]>),
    Null,
}

impl Value<'_> {
    /// The same, to be kept.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Integer(number) => Value::Integer(number),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Self::Null => Value::Null,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a LedgerId> for Value<'a> {
    fn from(ledger: &'a LedgerId) -> Self {
        ledger.as_str().into()
    }
}

impl From<&Hash> for Value<'_> {
    fn from(hash: &Hash) -> Self {
        hash.to_string().into()
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u64> for Value<'_> {
    /// Numbers in a store are signed; ours are not.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Integer(flag.into())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer. What is read is taken out of it.
#[derive(Debug)]
pub(super) struct Row(pub(super) Vec<Value<'static>>);

impl Row {
    fn take(&mut self, column: usize) -> Value<'static> {
        self.0.get_mut(column).map_or(Value::Null, |value| mem::replace(value, Value::Null))
    }

    fn wrong(column: usize, wanted: &str, found: &Value<'_>) -> StoreError {
        StoreError::damaged(format!("column {column} is no {wanted}: {found:?}"))
    }

    pub(super) fn is_null(&self, column: usize) -> bool {
        self.0.get(column).is_none_or(|value| *value == Value::Null)
    }

    pub(super) fn text(&mut self, column: usize) -> Result<String, StoreError> {
        self.text_or_none(column)?.ok_or_else(|| Self::wrong(column, "text", &Value::Null))
    }

    pub(super) fn text_or_none(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.take(column) {
            Value::Text(text) => Ok(Some(text.into_owned())),
            Value::Null => Ok(None),
            other @ (Value::Integer(_) | Value::Bytes(_)) => {
                Err(Self::wrong(column, "text", &other))
            }
        }
    }

    pub(super) fn bytes(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.take(column) {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            other @ (Value::Integer(_) | Value::Text(_) | Value::Null) => {
                Err(Self::wrong(column, "bytes", &other))
            }
        }
    }

    fn integer(&mut self, column: usize) -> Result<i64, StoreError> {
        match self.take(column) {
            Value::Integer(number) => Ok(number),
            other @ (Value::Bytes(_) | Value::Text(_) | Value::Null) => {
                Err(Self::wrong(column, "number", &other))
            }
        }
    }

    pub(super) fn number(&mut self, column: usize) -> Result<u64, StoreError> {
        let number = self.integer(column)?;
        u64::try_from(number).map_err(|_| Self::wrong(column, "count", &number.into()))
    }

    pub(super) fn epoch(&mut self, column: usize) -> Result<u32, StoreError> {
        let number = self.integer(column)?;
        u32::try_from(number).map_err(|_| Self::wrong(column, "epoch", &number.into()))
    }

    pub(super) fn flag(&mut self, column: usize) -> Result<bool, StoreError> {
        Ok(self.integer(column)? != 0)
    }

    pub(super) fn hash(&mut self, column: usize) -> Result<Hash, StoreError> {
        let text = self.text(column)?;
        Hash::parse(&text).ok_or_else(|| StoreError::damaged(format!("{text:?} is no hash")))
    }

    pub(super) fn ledger(&mut self, column: usize) -> Result<LedgerId, StoreError> {
        let text = self.text(column)?;
        LedgerId::parse(&text).map_err(|error| StoreError::damaged(error.to_string()))
    }
}
