//! What was typed and not recorded, on its way to the store: what could not be written is tried again.

use std::collections::BTreeMap;
use std::sync::mpsc;

use crate::app::store_handle::{Answers, StoreHandle};
use crate::domain::ids::PersonId;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::ui::message::Message;

/// One stay at one terminal, among those of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay(pub u64);

/// Whose draft, and its key.
pub type Draft = (PersonId, String);

/// Changes of drafts that could not be written yet.
#[derive(Debug, Default)]
pub struct Unkept(BTreeMap<Draft, Change>);

#[derive(Debug)]
struct Change {
    /// The text, or none where the draft is to be forgotten.
    text: Option<String>,
    before: Before,
    stay: Stay,
}

/// What the store had of a draft when it was changed: what it has beside that by now is newer.
#[derive(Debug)]
enum Before {
    Had(Option<String>),
    /// It could not be read.
    Unknown,
}

impl Change {
    fn write(&self, ledger: &mut Ledger, (person, key): &Draft) -> Result<(), LedgerError> {
        match (&self.text, &self.before) {
            (Some(text), Before::Had(before)) => {
                ledger.put_draft_over(person, key, (before.as_deref(), text))
            }
            (None, Before::Had(before)) => ledger.drop_draft_of(person, key, before.as_deref()),
            // Nothing tells that what the store has is newer than what is known to have been typed.
            (Some(text), Before::Unknown) => ledger.put_draft(person, key, text),
            (None, Before::Unknown) => ledger.drop_draft(person, key),
        }
    }
}

impl Unkept {
    /// Writes a change. What could not be written of the same draft before matters no more.
    ///
    /// # Errors
    /// Why it is not written; it will be.
    pub fn change(
        &mut self,
        ledger: &mut Ledger,
        (draft, text): (Draft, Option<String>),
        stay: Stay,
    ) -> Result<(), String> {
        let (person, key) = &draft;
        let before = ledger.draft(person, key).map_or(Before::Unknown, Before::Had);
        let written = match &text {
            Some(text) => ledger.put_draft(person, key, text),
            None => ledger.drop_draft(person, key),
        };
        match written {
            Ok(()) => {
                self.0.remove(&draft);
                Ok(())
            }
            Err(error) => {
                self.0.insert(draft, Change { text, before, stay });
                Err(error.to_string())
            }
        }
    }

    /// Writes what could not be written before, whoever's it is.
    ///
    /// # Errors
    /// The first reason why something of this stay still cannot be.
    pub fn again(&mut self, ledger: &mut Ledger, stay: Stay) -> Result<(), String> {
        let (mut busy, mut trouble) = (false, None);
        self.0.retain(|draft, change| {
            // A store that is busy is so for the next one, too, and each would wait for it.
            let written = if busy { Err(LedgerError::Busy) } else { change.write(ledger, draft) };
            let Err(why) = written else { return false };
            busy = matches!(why, LedgerError::Busy);
            if change.stay == stay {
                trouble.get_or_insert(why.to_string());
            }
            true
        });
        trouble.map_or(Ok(()), Err)
    }

    /// Which drafts could not be written yet, and whose they are.
    pub fn whose(&self) -> Vec<String> {
        self.0.keys().map(|(person, key)| format!("{key} of {person}")).collect()
    }
}

impl StoreHandle {
    /// Keeps what was typed and not recorded, or forgets it. Where that cannot be written, it is told
    /// by [`Message::DraftsKept`] and done later.
    pub fn keep_draft(&self, draft: Draft, text: Option<String>, (stay, answers): (Stay, Answers)) {
        self.on_writer(move |writing| {
            let kept = writing.unkept.change(&mut writing.station.ledger, (draft, text), stay);
            if kept.is_err() {
                answers.send(Message::DraftsKept(kept)).ok();
            }
        });
    }

    /// Tries again what could not be written of drafts, and answers with [`Message::DraftsKept`] how it
    /// is with those of this stay.
    pub fn keep_drafts_again(&self, (stay, answers): (Stay, Answers)) {
        self.on_writer(move |writing| {
            let kept = writing.unkept.again(&mut writing.station.ledger, stay);
            answers.send(Message::DraftsKept(kept)).ok();
        });
    }

    /// Hands out a person's drafts as [`Message::Draft`], once those that could not be written are tried
    /// again: whoever typed them may have gone to another terminal. The one who writes does it, so that
    /// nobody who signs in next is handed what is left of them.
    pub fn drafts(&self, person: PersonId, (stay, answers): (Stay, Answers)) {
        self.on_writer(move |writing| {
            let ledger = &mut writing.station.ledger;
            // How it is with what is not kept yet is told where that is tried again.
            writing.unkept.again(ledger, stay).unwrap_or_default();
            for (key, text) in ledger.drafts(&person).unwrap_or_default() {
                answers.send(Message::Draft(key, text)).ok();
            }
        });
    }

    /// Waits until everything that was asked of the one who writes is done.
    ///
    /// # Errors
    /// Why something that was typed in this stay is not kept.
    pub fn kept(&self, stay: Stay) -> Result<(), String> {
        let (done, waits) = mpsc::channel();
        self.on_writer(move |writing| {
            done.send(writing.unkept.again(&mut writing.station.ledger, stay)).ok();
        });
        waits.recv().map_err(|error| error.to_string())?
    }

    /// Waits as [`Self::kept`] does, of every stay that there was.
    ///
    /// # Errors
    /// Whose drafts are not kept, and which.
    pub fn all_kept(&self) -> Result<(), String> {
        self.kept(self.begins())?;
        let (done, waits) = mpsc::channel();
        self.on_writer(move |writing| {
            done.send(writing.unkept.whose()).ok();
        });
        let whose = waits.recv().map_err(|error| error.to_string())?;
        if whose.is_empty() { Ok(()) } else { Err(whose.join(", ")) }
    }
}
