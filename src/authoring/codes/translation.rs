//! Codes about translations.

use super::{Row, row, warning};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::TranslationAlone,
        "a translation without its original",
        "it is nothing but words for what the original says",
        "gemba check WI-1040.de.md (without WI-1040.md beside it, or with findings in that)",
        "gemba check WI-1040.de.md (beside a clean WI-1040.md)",
    ),
    row(
        Code::TranslationLanguage,
        "a translation into no language, or into that of the original",
        "an instruction has one text in each language of ISO 639-1, and English is that of one that \
         says nothing else",
        "gemba check WI-1040.en.md (beside a WI-1040.md without language:)",
        "gemba check WI-1040.de.md (beside a WI-1040.md without language:)",
    ),
    row(
        Code::TranslationRevision,
        "a translation of another revision",
        "somebody has gone through it for this revision, or it may say what was changed since",
        "rev: A",
        "rev: B",
    ),
    row(
        Code::TranslationDiffers,
        "not as in the original",
        "a translation has words only; what is asked, measured and decided is said once",
        "min: 2 min",
        "min: 20 min",
    ),
    row(
        Code::TranslationSteps,
        "other steps than the original",
        "whoever reads the translation does the same steps in the same order",
        "## Warten {#wait}",
        "## Aushärten lassen {#cure}",
    ),
    row(
        Code::TranslationAsks,
        "other blocks than the original",
        "the same is asked of everybody, and words go to what is asked by their order",
        "```check\nask: Ist der Deckel sauber?\n```",
        "```check\nask: Liegt der Deckel eben auf?\n```",
    ),
    row(
        Code::TranslationCallouts,
        "other warnings than the original",
        "a warning that is lost in a translation hurts somebody",
        "Die Kante ist scharf. Handschuhe tragen.",
        "> [!WARNING]\n> Die Kante ist scharf. Handschuhe tragen.",
    ),
    row(
        Code::TranslationBlocks,
        "other paragraphs, lists, tables or pictures than the original",
        "each is compared with its own, so that no sentence is lost and no number goes elsewhere",
        "Nicht drehen.",
        "Einmal aufsetzen und 5 s lang mit 12 N andrücken.",
    ),
    row(
        Code::TranslationFigures,
        "other figures than the original",
        "a number that is wrong in one language is wrong work; each stands with its sign and unit, \
         those of one unit in the original's order, with a decimal comma or point as the language \
         has it",
        "Einmal aufsetzen und 5 s lang mit 21 N andrücken.",
        "Einmal aufsetzen und 5 s lang mit 12 N andrücken.",
    ),
    warning(row(
        Code::TranslationLeft,
        "a text is left as it was",
        "whoever reads the translation may not understand it",
        "ask: Does the cover sit flat?",
        "ask: Liegt der Deckel eben auf?",
    )),
    row(
        Code::TranslationIncluded,
        "the standard step was released without the language",
        "its words are those with which it was released, in each language",
        "gemba check WI-1040.fr.md (where STD-CLEAN.fr.md was not released with STD-CLEAN.md)",
        "gemba check WI-1040.de.md (where STD-CLEAN.de.md was)",
    ),
    warning(row(
        Code::TranslationUnit,
        "a unit in a word that is not known",
        "units are compared by their symbols and by their words in English and German; another word \
         may say another unit",
        "Colocar una sola vez y presionar con 12 N durante 5 segundos.",
        "Colocar una sola vez y presionar con 12 N durante 5 s.",
    )),
];
