//! Codes about steps and their text.

use super::{Row, row};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::NoSteps,
        "no steps",
        "there is nothing to do",
        "(nothing)",
        "## Fit {#fit}\nFit the cover.",
    ),
    row(
        Code::StepIdMissing,
        "a step without an id",
        "records quote the id, which stays when the title changes",
        "## Fit\nFit the cover.",
        "## Fit {#fit}\nFit the cover.",
    ),
    row(
        Code::StepIdTwice,
        "a step id stands twice",
        "a record would point to two steps",
        "## Fit {#fit}\nFit the cover.\n\n## Press {#fit}\nPress it down.",
        "## Fit {#fit}\nFit the cover.\n\n## Press {#press}\nPress it down.",
    ),
    row(
        Code::HeadingLevel,
        "a heading of another level",
        "one ## heading is one step, and there is nothing above or below it",
        "# Fit {#fit}\nFit the cover.",
        "## Fit {#fit}\nFit the cover.",
    ),
    row(
        Code::OutsideStep,
        "content before the first step",
        "the screen shows one step at a time and would never show this",
        "Fit the cover.\n\n## Fit {#fit}\nPress it down.",
        "## Fit {#fit}\nFit the cover.\n\nPress it down.",
    ),
    row(
        Code::StepTitle,
        "not a step title",
        "the title is one plain line in the list of steps",
        "## {#fit}\nFit the cover.",
        "## Fit {#fit}\nFit the cover.",
    ),
    row(
        Code::RawHtml,
        "HTML in the text",
        "a terminal shows no HTML",
        "Press it<br>down.",
        "Press it **down**.\n\n<!-- A comment stays in the source. -->",
    ),
    row(
        Code::MarkupNotShown,
        "markup that no screen shows",
        "the reader would miss it without knowing",
        "See [the drawing](D-1.pdf).",
        "See the drawing `D-1.pdf`.",
    ),
    row(
        Code::CalloutUnknown,
        "a quote that is no call-out",
        "a box is either a note, a caution or a warning",
        "> [!DANGER]\n> The solvent burns.",
        "> [!WARNING]\n> The solvent burns.",
    ),
    row(
        Code::PictureMissing,
        "a picture that cannot be read",
        "a step that refers to it cannot be done",
        "![The cover](img/absent.png)",
        "![The cover](img/cover.png)",
    ),
    row(
        Code::PictureForm,
        "neither PNG nor JPEG",
        "other forms cannot be shown everywhere",
        "![The cover](img/cover.txt)",
        "![The cover](img/cover.png)",
    ),
    row(
        Code::PictureTooLarge,
        "a picture over 16 MiB",
        "it would not come through a slow line",
        "![The cover](img/huge.png)",
        "![The cover](img/cover.png)",
    ),
    row(
        Code::PictureOutside,
        "a picture outside the folder",
        "the source and its pictures move together",
        "![The cover](../cover.png)",
        "![The cover](img/cover.png)",
    ),
    row(
        Code::PictureWords,
        "a picture without words",
        "many terminals show no picture, only its words",
        "![](img/cover.png)",
        "![The cover](img/cover.png)",
    ),
    row(
        Code::AskInside,
        "an ask inside a list or quote",
        "asks come in the order of the step, below its text",
        "- Look at it.\n  ```check\n  ask: Does it sit flat?\n  ```",
        "- Look at it.\n\n```check\nask: Does it sit flat?\n```",
    ),
];
