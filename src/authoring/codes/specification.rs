//! Codes about specifications.

use super::{Row, row};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::HeadMissing,
        "no head line",
        "without it nobody knows which part this is",
        "id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\nc-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
        "# part: P-9   rev: A   drawing: D-9 rev A\nid,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\nc-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::BadColumns,
        "columns missing, unknown or doubled",
        "a column that is not read looks as if it had been obeyed",
        "# part: P-9   rev: A   drawing: D-9 rev A\nid,balloon,location,requirement,name,nominal,lower,uper,unit,class,kind,gauge,sample\nc-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
        "# part: P-9   rev: A   drawing: D-9 rev A\nid,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\nc-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::CellCount,
        "too many or too few cells",
        "values would stand under the wrong column",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::BadQuote,
        "a quote that is open or inside a cell",
        "the rest of the line would be taken for one cell",
        "c-a,1,1/A1,\"max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
        "c-a,1,1/A1,\"max 0.05\",Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::NoRows,
        "no characteristics",
        "there is nothing to measure",
        "(nothing)",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::CharacteristicTwice,
        "a characteristic id stands twice",
        "a reading would belong to two requirements",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,\nc-a,2,1/A2,max 0.07,Play,,,0.07,mm,minor,measured,feeler,",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,\nc-b,2,1/A2,max 0.07,Play,,,0.07,mm,minor,measured,feeler,",
    ),
    row(
        Code::BalloonTwice,
        "a balloon stands twice",
        "a number on the drawing names one requirement",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,\nc-b,1,1/A2,max 0.07,Play,,,0.07,mm,minor,measured,feeler,",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,\nc-b,2,1/A2,max 0.07,Play,,,0.07,mm,minor,measured,feeler,",
    ),
    row(
        Code::RequirementDiffers,
        "limits that contradict the requirement",
        "people read the requirement, the verdict comes from the limits",
        "c-a,1,1/A1,max 0.04,Gap,,,0.05,mm,minor,measured,feeler,",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
];
