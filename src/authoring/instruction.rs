//! Instructions from Markdown: front matter, specification and steps put together.

use super::asks::Given;
use super::check::Beside;
use super::code::Code;
use super::finding::{Checked, Notes, Source, decode, note_deceptive};
use super::front::{self, Front};
use super::steps::{self, Around};
use crate::domain::inspection::asks::unfit;
use crate::domain::instruction::Instruction;
use crate::domain::specification::Specification;

/// Reads an instruction, or says everything that is wrong with it.
pub(super) fn read(source: &Source<'_>, beside: &Beside<'_>) -> Checked<Instruction> {
    let text = decode(source)?;
    let mut notes = Notes::of(source.file, &text);
    note_deceptive(&text, &mut notes);
    let Some((front, page)) = front::read(&text, &mut notes) else { return notes.settle(None) };
    let given = specification(&front, beside.specifications, &mut notes);
    let qualification = front.instruction.as_ref().and_then(|i| i.qualification.as_ref());
    let around = Around { given, standards: beside.standards, qualification };
    let steps = steps::read((&text, page), around, beside.read_picture, &mut notes);
    let inspect_at = front.inspect_at;
    let instruction =
        front.instruction.zip(steps).map(|(front, steps)| Instruction { steps, ..front });
    if let Some((instruction, at)) = instruction.as_ref().zip(inspect_at)
        && let Some(step) = unfit(instruction)
    {
        let what = format!("step {step} cannot be asked of each piece");
        let next = "ask for checks, and for readings with count 1, without when: or sample:";
        notes.add(at, Code::InspectAsks, &what, next);
    }
    notes.settle(instruction)
}

fn specification<'a>(
    front: &Front<'_>,
    specifications: &'a [Specification],
    notes: &mut Notes<'_>,
) -> Given<'a> {
    let Some((part, revision, entry)) = &front.specification else {
        return if front.names_specification { Given::Missing } else { Given::NotNamed };
    };
    if let Some(made) = front.part.as_ref().filter(|made| *made != part) {
        let what = format!("specification of {part} for part {made}");
        notes.add(entry.value_at, Code::SpecificationPart, &what, "mend part: or specification:");
    }
    let of_part: Vec<&Specification> = specifications.iter().filter(|s| s.part == *part).collect();
    if let Some(found) = of_part.iter().find(|s| s.revision == *revision) {
        return Given::Found(found);
    }
    if of_part.is_empty() {
        let what = format!("specification {part} rev {revision}");
        let next = format!("put {part}.csv beside it, or give it too, without findings");
        notes.add(entry.value_at, Code::SpecificationNotFound, &what, &next);
    } else {
        let others: Vec<&str> = of_part.iter().map(|s| s.revision.as_str()).collect();
        let what = format!("rev {revision} of {part}, but found is rev {}", others.join(", "));
        let next = "name the revision that is there, or give the other file";
        notes.add(entry.value_at, Code::SpecificationRevision, &what, next);
    }
    Given::Missing
}
