//! What a typed or scanned text names: everything that it may mean, else what is nearest.

use crate::domain::ids::RevisionId;
use crate::domain::nearest::nearest;
use crate::domain::revision::RevisionState;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traced::{Traced, revised};
use crate::ledger::error::LedgerError;
use crate::views::thread::{Named, NamedRow};

use super::super::{Asked, get};

/// The most things of one number that are offered; more are as ambiguous as these.
const SAME_NAME_MAX: u32 = 20;
/// The most names that are compared with a text that names nothing.
const COMPARED_MAX: u32 = 2_000;

impl Asked<'_> {
    /// Everything that a text may mean.
    pub(in crate::ledger::query) fn meant_by(self, text: &str) -> Result<Named, LedgerError> {
        let text = text.trim();
        let mut found = Vec::new();
        // What is written out, such as gauge/TW-07, is meant so, even where it is another's name.
        for traced in Traced::parse(text).into_iter().chain(self.candidates(text)?) {
            if found.iter().any(|row: &NamedRow| row.traced == traced) {
                continue;
            }
            let Some(what) = self.known_as(&traced)? else { continue };
            let alone = traced.to_string() == text;
            found.push(NamedRow { traced, what });
            if alone {
                break;
            }
        }
        let nearest = if found.is_empty() { self.nearest_to(text)? } else { None };
        Ok(Named { found, nearest })
    }

    /// What a thing is, in words; none where nothing is known of it here.
    pub(in crate::ledger::query) fn known_as(
        self,
        of: &Traced,
    ) -> Result<Option<String>, LedgerError> {
        let text = |sql: &str, key: String| -> Result<Option<String>, LedgerError> {
            Ok(self.rows(sql, [key], |row| Ok(row.get(0)?))?.into_iter().next())
        };
        Ok(match of {
            Traced::Unit(id) => {
                let subject = Subject::Traveler(id.clone()).to_string();
                let part = text("SELECT part FROM traveler_row WHERE subject = ?1", subject)?;
                match part {
                    None => None,
                    Some(part) => Some(format!("{part}, {}", self.unit_now(id)?.standing)),
                }
            }
            Traced::Order(id) => text(
                "SELECT part || ', ' || units || ' units' || iif(closed, ', closed', '')
                 FROM order_row WHERE order_id = ?1",
                id.to_string(),
            )?,
            Traced::Material(id) => text(
                "SELECT part || ' from ' || supplier ||
                    coalesce(', good until ' || expires, '') || coalesce(', blocked: ' || blocked, '')
                 FROM material_row WHERE part || '/' || lot = ?1 AND lot = substr(?1, 1 + instr(?1, '/'))",
                id.to_string(),
            )?,
            Traced::Component { part, number } => {
                let units = self.built_from(part.as_str(), number, false)?.len();
                (units > 0).then(|| format!("{part}, built in {units} times"))
            }
            Traced::Gauge(id) => text(
                "SELECT name || ', ' || class || coalesce(', failed: ' || failed, '')
                 FROM gauge_row WHERE gauge = ?1",
                id.to_string(),
            )?,
            Traced::Person(id) => {
                let known = text("SELECT person FROM person_row WHERE person = ?1", id.to_string())?;
                known.map(|_| self.name(Some(id))).transpose()?
            }
            Traced::Place(id) => {
                text("SELECT name FROM place_row WHERE place = ?1", id.to_string())?
            }
            Traced::Instruction(id, revision) => {
                self.titled(&Subject::Instruction(id.clone()), revision.as_ref())?
            }
            Traced::Specification(part, revision) => {
                self.titled(&Subject::Specification(part.clone()), revision.as_ref())?
            }
            Traced::Characteristic(part, id) => {
                let units = self.links(of)?.len();
                let known = units > 0 || self.characteristic_now(part, id)?.is_some();
                known.then(|| format!("measured on {units} units"))
            }
            Traced::Redline(id) => text(
                "SELECT 'proposed for ' || instruction || iif(answered, ', answered', '')
                 FROM redline_row WHERE redline = ?1",
                id.to_string(),
            )?,
            Traced::Permit(id) => text(
                "SELECT 'for ' || part || ', through ' || through || iif(open, '', ', withdrawn')
                 FROM permit_row WHERE permit = ?1",
                id.to_string(),
            )?,
            Traced::Deviation(id) => {
                let on = self.unit_of_deviation(id.as_str())?;
                on.first().map(|unit| format!("raised on {unit}"))
            }
        })
    }

    fn titled(
        self,
        subject: &Subject,
        revision: Option<&RevisionId>,
    ) -> Result<Option<String>, LedgerError> {
        let Some(known) = self.revisions_of(subject)? else { return Ok(None) };
        let mut list = known.list.iter();
        let wanted =
            |r: &&RevisionState| revision.is_none_or(|wanted| r.submitted.revision == *wanted);
        Ok(list.rfind(wanted).map(|r| r.submitted.title.clone()))
    }

    /// What a text without a kind may name, whether or not it is known.
    fn candidates(self, text: &str) -> Result<Vec<Traced>, LedgerError> {
        let mut list: Vec<Traced> = Vec::new();
        list.extend(TravelerId::parse(text).map(Traced::Unit));
        let units = "SELECT substr(subject, 10) FROM traveler_row WHERE unit = ?1
                     ORDER BY order_open DESC, subject";
        let kinds: [(&str, &str); 4] = [
            ("unit", units),
            (
                "material",
                "SELECT part || '/' || lot FROM material_row WHERE lot = ?1 ORDER BY part",
            ),
            (
                "component",
                "SELECT DISTINCT part || '/' || identity FROM component_row c
                 WHERE identity = ?1 AND made IS NULL AND NOT EXISTS (
                     SELECT 1 FROM material_row m WHERE m.lot = c.identity AND m.part = c.part)
                 ORDER BY part",
            ),
            (
                "characteristic",
                "SELECT DISTINCT t.part || '/' || l.id FROM link_row l
                 JOIN traveler_row t ON t.subject = l.subject
                 WHERE l.kind = 'characteristic' AND l.id = ?1",
            ),
        ];
        for (kind, sql) in kinds {
            let sql = format!("{sql} LIMIT ?2");
            let ids = self.rows(&sql, (text, SAME_NAME_MAX), |row| Ok(row.get::<_, String>(0)?))?;
            list.extend(ids.iter().filter_map(|id| Traced::parse(&format!("{kind}/{id}"))));
        }
        let plain =
            ["material", "order", "gauge", "person", "place", "deviation", "permit", "redline"];
        for kind in plain {
            list.extend(Traced::parse(&format!("{kind}/{text}")));
        }
        if let Some((id, revision)) = revised(text) {
            let revision = revision.map_or_else(String::new, |revision| format!("/{revision}"));
            for kind in ["instruction", "specification"] {
                list.extend(Traced::parse(&format!("{kind}/{id}{revision}")));
            }
        }
        Ok(list)
    }

    /// What somebody probably meant: by its number, among what has names in registers and among the
    /// units of the order, else of any.
    fn nearest_to(self, text: &str) -> Result<Option<Traced>, LedgerError> {
        let (kind, id) = match text.split_once('/') {
            Some((kind, id)) if KINDS.contains(&kind) => (Some(kind), id),
            _ => (None, text),
        };
        let order = id.split_once('/').map_or(id, |(order, _)| order);
        let sql = format!(
            "SELECT 'order/' || order_id AS name FROM order_row
             UNION ALL SELECT 'unit/' || substr(subject, 10) FROM traveler_row
                 WHERE order_id = ?1 OR unit >= substr(?1, 1, 2)
             UNION ALL SELECT 'material/' || part || '/' || lot FROM material_row
             UNION ALL SELECT 'gauge/' || gauge FROM gauge_row
             UNION ALL SELECT 'person/' || person FROM person_row
             UNION ALL SELECT 'place/' || place FROM place_row
             UNION ALL SELECT 'deviation/' || deviation FROM deviation_row
             UNION ALL SELECT 'permit/' || permit FROM permit_row
             UNION ALL SELECT 'redline/' || redline FROM redline_row
             UNION ALL SELECT DISTINCT subject FROM revision_row
             LIMIT {COMPARED_MAX}"
        );
        let names = self.rows(&sql, [order], |row| get::<String>(row, "name"))?;
        let wanted = |name: &&String| kind.is_none_or(|kind| name.starts_with(&format!("{kind}/")));
        let names: Vec<&String> = names.iter().filter(wanted).collect();
        let bare = |name: &&String| {
            // Of a unit or a lot its own number is typed as often as with its order or part.
            let (_, id) = name.split_once('/').unwrap_or(("", name));
            let last = id.rsplit('/').next().unwrap_or(id);
            if text.contains('/') { id.to_owned() } else { last.to_owned() }
        };
        let keys: Vec<String> = names.iter().map(bare).collect();
        let near = nearest(id, keys.iter().map(String::as_str));
        let at = near.and_then(|near| keys.iter().position(|key| key == near));
        Ok(at.and_then(|at| Traced::parse(names.get(at)?)))
    }
}

/// The words that a written name begins with.
const KINDS: [&str; 13] = [
    "unit",
    "order",
    "material",
    "component",
    "gauge",
    "person",
    "place",
    "instruction",
    "specification",
    "characteristic",
    "deviation",
    "permit",
    "redline",
];
