//! Bought-in material: what came, what is left, what is blocked.

use crate::domain::ids::PartId;
use crate::ledger::component::built_in;
use crate::ledger::error::LedgerError;
use crate::views::material::MaterialRow;

use super::{Asked, get, id_in, moment_in, parsed};

impl Asked<'_> {
    /// Every lot that came in, of one part or all, the newest first.
    pub(super) fn materials(self, part: Option<&PartId>) -> Result<Vec<MaterialRow>, LedgerError> {
        let today = self.today()?;
        let of_lot = "identity = m.lot AND part = m.part AND becomes IS NOT '\"reusable\"'";
        let used = built_in("pieces", of_lot);
        let sql = format!(
            "SELECT m.*, (SELECT coalesce(sum(pieces), 0) FROM ({used})) AS used
             FROM material_row m WHERE ?1 IS NULL OR m.part = ?1
             ORDER BY m.part, m.came_ms DESC, m.lot"
        );
        self.rows(&sql, [part.map(PartId::as_str)], |row| {
            let expires: Option<jiff::civil::Date> = parsed(row, "expires")?;
            Ok(MaterialRow {
                part: id_in(row, "part")?,
                lot: id_in(row, "lot")?,
                supplier: get(row, "supplier")?,
                quantity: get(row, "quantity")?,
                used: get(row, "used")?,
                expires,
                expired: expires.is_some_and(|last| last < today),
                certificate: get(row, "certificate")?,
                blocked: get(row, "blocked")?,
                came: moment_in(row, "came_ms")?,
            })
        })
    }
}
