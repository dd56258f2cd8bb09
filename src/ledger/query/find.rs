//! What is found by words, at this station and as it is now.

use std::collections::BTreeMap;

use crate::domain::effectivity::Use;
use crate::domain::ids::{CharacteristicId, PartId, PersonId, RevisionId};
use crate::domain::revision::RevisionState;
use crate::domain::specification::{Characteristic, Specification};
use crate::domain::stream::Subject;
use crate::domain::traced::Traced;
use crate::domain::words::Words;
use crate::ledger::error::LedgerError;
use crate::ledger::find::index::{Hit, Index};
use crate::ledger::find::last_arrival;
use crate::ledger::find::words::{has_all, question, words};
use crate::views::find::{Found, FoundRow};

use super::{Asked, get, id_in};

/// How many hits of a tier are looked at for each that is told: what is not in effect any more is left out.
const LOOKED_AT: usize = 8;

/// The revision of each definition that is in effect, as far as it was looked up.
type InEffect = BTreeMap<Subject, Option<RevisionId>>;

impl Asked<'_> {
    /// What has each of these words, the best first. Whatever is typed is plain words.
    pub(super) fn find(self, text: &str, limit: usize) -> Result<Found, LedgerError> {
        let Some(question) = question(text) else { return Ok(Found::default()) };
        let mut rows = self.people_called(text)?;
        let (mut hits, behind) = {
            let mut held = self.ledger.find.borrow_mut();
            let ledger = &self.ledger.identity.ledger;
            let index = Index::of(&mut held, &self.ledger.connection, ledger)?;
            let hits = index.find(&question, limit.saturating_mul(LOOKED_AT))?;
            (hits, last_arrival(self.connection)? - index.arrival()?)
        };
        // What is called so comes before what only speaks of it.
        let wanted = words(text);
        hits.sort_by_key(|hit| !has_all(&hit.title, &wanted));
        let mut in_effect = InEffect::new();
        for hit in hits {
            if rows.len() >= limit {
                break;
            }
            rows.extend(self.as_now(hit, &mut in_effect)?);
        }
        rows.truncate(limit);
        Ok(Found { rows, behind: u64::try_from(behind).unwrap_or(0) })
    }

    /// A hit as it stands now; none where it is not here any more or not in effect.
    fn as_now(self, hit: Hit, in_effect: &mut InEffect) -> Result<Option<FoundRow>, LedgerError> {
        let Some(of) = Traced::parse(&hit.traced) else { return Ok(None) };
        if let Some((subject, revision)) = definition(&of)
            && self.revision_now(subject, in_effect)? != revision
        {
            return Ok(None);
        }
        let step = Some(hit.step).filter(|step| !step.is_empty());
        if let (Traced::Specification(part, _), Some(step)) = (&of, &step) {
            let Ok(id) = CharacteristicId::parse(step) else { return Ok(None) };
            let of = Traced::Characteristic(part.clone(), id);
            return Ok(Some(FoundRow {
                of,
                step: None,
                what: Words::given(hit.title),
                line: hit.line,
            }));
        }
        let Some(what) = self.known_as(&of)? else { return Ok(None) };
        Ok(Some(FoundRow { of, step, what, line: hit.line }))
    }

    /// The revision of a definition that is in effect, looked up once.
    fn revision_now(
        self,
        subject: Subject,
        in_effect: &mut InEffect,
    ) -> Result<Option<RevisionId>, LedgerError> {
        if let Some(known) = in_effect.get(&subject) {
            return Ok(known.clone());
        }
        let now = self.runs_now(&subject)?.map(|state| state.submitted.revision);
        in_effect.insert(subject, now.clone());
        Ok(now)
    }

    fn runs_now(self, subject: &Subject) -> Result<Option<RevisionState>, LedgerError> {
        let Some(revisions) = self.revisions_of(subject)? else { return Ok(None) };
        let wanted = Use { today: self.today()?, traveler: None };
        self.in_effect(&revisions, &wanted)
    }

    /// The specification of a part that is in effect, where its text is here.
    pub(super) fn specification_now(
        self,
        part: &PartId,
    ) -> Result<Option<Specification>, LedgerError> {
        let now = self.runs_now(&Subject::Specification(part.clone()))?;
        now.map_or(Ok(None), |state| self.compiled(&state.submitted.hash))
    }

    /// A characteristic as the specification in effect has it.
    pub(super) fn characteristic_now(
        self,
        part: &PartId,
        id: &CharacteristicId,
    ) -> Result<Option<Characteristic>, LedgerError> {
        let specification = self.specification_now(part)?;
        Ok(specification.and_then(|specification| specification.characteristic(id).cloned()))
    }

    /// People by the names on their cards, by their roles and badges: as far as this station has them.
    fn people_called(self, text: &str) -> Result<Vec<FoundRow>, LedgerError> {
        let wanted = words(text);
        let sql =
            "SELECT p.person, p.roles, c.name FROM person_row p LEFT JOIN card c USING (person)
                   WHERE NOT revoked ORDER BY c.name, p.person";
        let rows = self.rows(sql, (), |row| {
            let (person, roles): (PersonId, String) = (id_in(row, "person")?, get(row, "roles")?);
            let name: Option<String> = get(row, "name")?;
            let roles: Vec<String> = serde_json::from_str(&roles)
                .map_err(|error| LedgerError::damaged(format!("roles: {error}")))?;
            let (name, roles) = (name.unwrap_or_else(|| person.to_string()), roles.join(", "));
            let fits = has_all(&format!("{name} {person} {roles}"), &wanted);
            Ok(fits.then(|| FoundRow {
                of: Traced::Person(person),
                step: None,
                what: Words::given(&name),
                line: format!("{name}, {roles}"),
            }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }
}

/// The stream and the revision of a definition; none of what is none.
fn definition(of: &Traced) -> Option<(Subject, Option<RevisionId>)> {
    if let Traced::Instruction(id, revision) = of {
        return Some((Subject::Instruction(id.clone()), revision.clone()));
    }
    let Traced::Specification(part, revision) = of else { return None };
    Some((Subject::Specification(part.clone()), revision.clone()))
}
