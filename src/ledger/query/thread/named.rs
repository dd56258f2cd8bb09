//! What a typed or scanned text names: everything that it may mean, else what is nearest.

use rusqlite::Row;

use crate::domain::ids::RevisionId;
use crate::domain::nearest::nearest;
use crate::domain::revision::RevisionState;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traced::{Traced, revised};
use crate::domain::words::{Words, words};
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
    ) -> Result<Option<Words>, LedgerError> {
        Ok(match of {
            Traced::Unit(id) => {
                let subject = Subject::Traveler(id.clone()).to_string();
                let sql = "SELECT part FROM traveler_row WHERE subject = ?1";
                let part = self.one(sql, subject, |row| get::<String>(row, "part"))?;
                let Some(part) = part else { return Ok(None) };
                let standing = self.unit_now(id)?.standing;
                Some(words!("{part}, {standing}", part, standing => standing))
            }
            Traced::Order(id) => {
                let sql = "SELECT part, units, closed FROM order_row WHERE order_id = ?1";
                self.one(sql, id.to_string(), order)?
            }
            Traced::Material(id) => {
                let sql = "SELECT part, supplier, expires, blocked FROM material_row
                    WHERE part || '/' || lot = ?1 AND lot = substr(?1, 1 + instr(?1, '/'))";
                self.one(sql, id.to_string(), material)?
            }
            Traced::Component { part, number } => {
                let units = self.built_from(part.as_str(), number, false)?.len();
                (units > 0).then(|| words!("{part}, built in {units} times", part, units))
            }
            Traced::Gauge(id) => {
                let sql = "SELECT name, class, failed FROM gauge_row WHERE gauge = ?1";
                self.one(sql, id.to_string(), gauge)?
            }
            Traced::Person(id) => {
                let sql = "SELECT person FROM person_row WHERE person = ?1";
                let known = self.one(sql, id.to_string(), |_| Ok(()))?;
                known.map(|()| self.name(Some(id))).transpose()?.map(Words::given)
            }
            Traced::Place(id) => {
                let sql = "SELECT name FROM place_row WHERE place = ?1";
                let name = self.one(sql, id.to_string(), |row| get::<String>(row, "name"))?;
                name.map(Words::given)
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
                known.then(|| words!("measured on {units} units", units))
            }
            Traced::Redline(id) => {
                let sql = "SELECT instruction, answered FROM redline_row WHERE redline = ?1";
                self.one(sql, id.to_string(), redline)?
            }
            Traced::Permit(id) => {
                let sql = "SELECT part, through, open FROM permit_row WHERE permit = ?1";
                self.one(sql, id.to_string(), permit)?
            }
            Traced::Deviation(id) => {
                let on = self.unit_of_deviation(id.as_str())?;
                on.first().map(|unit| words!("raised on {unit}", unit))
            }
        })
    }

    /// The first row of what has a name, read.
    fn one<T>(
        self,
        sql: &str,
        name: String,
        read: impl FnMut(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        Ok(self.rows(sql, [name], read)?.into_iter().next())
    }

    fn titled(
        self,
        subject: &Subject,
        revision: Option<&RevisionId>,
    ) -> Result<Option<Words>, LedgerError> {
        let Some(known) = self.revisions_of(subject)? else { return Ok(None) };
        let mut list = known.list.iter();
        let wanted =
            |r: &&RevisionState| revision.is_none_or(|wanted| r.submitted.revision == *wanted);
        Ok(list.rfind(wanted).map(|r| Words::given(&r.submitted.title)))
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

fn order(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (part, units): (String, u32) = (get(row, "part")?, get(row, "units")?);
    Ok(if get(row, "closed")? {
        words!("{part}, {units} units, closed", part, units)
    } else {
        words!("{part}, {units} units", part, units)
    })
}

fn material(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (part, supplier): (String, String) = (get(row, "part")?, get(row, "supplier")?);
    let (expires, blocked): (Option<String>, Option<String>) =
        (get(row, "expires")?, get(row, "blocked")?);
    let said = [
        Some(words!("{part} from {supplier}", part, supplier)),
        expires.map(|date| words!("good until {date}", date)),
        blocked.map(|why| words!("blocked: {why}", why)),
    ];
    Ok(Words::listed(said.into_iter().flatten(), "{these}, {one}"))
}

fn gauge(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (name, class): (String, String) = (get(row, "name")?, get(row, "class")?);
    let failed: Option<String> = get(row, "failed")?;
    let failed = failed.map(|found| words!("failed: {found}", found));
    let known = [Words::given(name), Words::given(class)].into_iter().chain(failed);
    Ok(Words::listed(known, "{these}, {one}"))
}

fn redline(row: &Row<'_>) -> Result<Words, LedgerError> {
    let instruction: String = get(row, "instruction")?;
    Ok(if get(row, "answered")? {
        words!("proposed for {instruction}, answered", instruction)
    } else {
        words!("proposed for {instruction}", instruction)
    })
}

fn permit(row: &Row<'_>) -> Result<Words, LedgerError> {
    let (part, date): (String, String) = (get(row, "part")?, get(row, "through")?);
    Ok(if get(row, "open")? {
        words!("for {part}, through {date}", part, date)
    } else {
        words!("for {part}, through {date}, withdrawn", part, date)
    })
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
