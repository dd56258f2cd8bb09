//! Values as PostgreSQL takes and gives them, by the types of its columns.

use bytes::BytesMut;
use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::Wrong;
use crate::server::store::value::Value;

/// Moments are counted from the year 2000 there.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => {
                i32::try_from(*number)?.to_sql(kind, out)
            }
            Self::Integer(number) => number.to_sql_checked(kind, out),
            Self::Text(text) if *kind == Type::NUMERIC => {
                Decimal::from_str_exact(text)?.to_sql(kind, out)
            }
            Self::Text(text) if *kind == Type::TIMESTAMPTZ => {
                let moment: Timestamp = text.parse()?;
                (moment.as_microsecond() - EPOCH_MICROSECONDS).to_sql(&Type::INT8, out)
            }
            Self::Text(text) => text.as_ref().to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value<'static> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Wrong> {
        Ok(match *kind {
            Type::INT8 => i64::from_sql(kind, raw)?.into(),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?).into(),
            Type::BYTEA => Value::Bytes(raw.to_vec().into()),
            _ => String::from_sql(kind, raw)?.into(),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Wrong> {
        Ok(Value::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BYTEA].contains(kind)
            || <String as FromSql<'_>>::accepts(kind)
    }
}
