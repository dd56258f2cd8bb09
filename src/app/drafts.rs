//! What was typed and not recorded, on its way to the store: what could not be written is tried again.

use std::collections::BTreeMap;

use crate::domain::ids::PersonId;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

/// Changes of drafts that could not be written yet, by person and key: the text, or none where it is to
/// be forgotten.
#[derive(Debug, Default)]
pub struct Unkept(BTreeMap<(PersonId, String), Option<String>>);

impl Unkept {
    /// Writes a change. What could not be written of the same draft before matters no more.
    ///
    /// # Errors
    /// Not everything is written; what is not will be.
    pub fn change(
        &mut self,
        ledger: &mut Ledger,
        (draft, text): ((PersonId, String), Option<String>),
    ) -> Result<(), LedgerError> {
        self.0.insert(draft, text);
        self.again(ledger)
    }

    /// Writes what could not be written before.
    ///
    /// # Errors
    /// The first reason why something still cannot be.
    pub fn again(&mut self, ledger: &mut Ledger) -> Result<(), LedgerError> {
        let mut trouble = None;
        self.0.retain(|(person, key), text| {
            // A store that is busy is so for the next one, too, and each would wait for it.
            if matches!(trouble, Some(LedgerError::Busy)) {
                return true;
            }
            let written = match text {
                Some(text) => ledger.put_draft(person, key, text),
                None => ledger.drop_draft(person, key),
            };
            let Err(error) = written else { return false };
            trouble.get_or_insert(error);
            true
        });
        trouble.map_or(Ok(()), Err)
    }
}
