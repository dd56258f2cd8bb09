//! A block of values, as it is pasted from a spreadsheet or read from a file: which cell is which value
//! of which piece.

use super::asks::PieceAsk;
use super::by_cell::CellValue;
use crate::domain::ids::GaugeId;
use crate::domain::traveler::typed::value;
use crate::domain::unit::Unit;

/// What a head calls the column of the pieces.
const PIECE: &str = "piece";

/// Why a line without anything is not passed over: everything below it would move up by a piece.
pub const GAP: &str = "nothing stands there, and nobody can tell whether a piece was left out: take the \
    line out, or name the pieces in a column \"piece\"";

/// Lines taken apart into cells.
pub type Rows = Vec<Vec<String>>;

/// Takes pasted lines apart: at tabs, else at semicolons; a comma may be a decimal one.
pub fn split(text: &str) -> Rows {
    let separator = if text.contains('\t') { '\t' } else { ';' };
    let cells = |line: &str| line.split(separator).map(|cell| cell.trim().to_owned()).collect();
    let mut rows: Rows = text.replace("\r\n", "\n").split(['\n', '\r']).map(cells).collect();
    while rows.last().is_some_and(|row| says_nothing(row)) {
        rows.pop();
    }
    rows
}

fn says_nothing(row: &[String]) -> bool {
    row.iter().all(String::is_empty)
}

/// The first line in which nothing stands between others, by its number.
pub fn gap(text: &str) -> Option<usize> {
    split(text).iter().position(|row| says_nothing(row)).map(|at| at + 1)
}

/// Whether a block says by itself of which piece each line is.
pub fn names_pieces(rows: &[Vec<String>]) -> bool {
    let is = |text: &String| text.trim().eq_ignore_ascii_case(PIECE);
    rows.first().is_some_and(|head| head.iter().any(is))
}

/// Whether a text is more than one value.
pub fn is_block(text: &str) -> bool {
    text.trim_matches(['\n', '\r', ' ']).contains(['\n', '\r', '\t', ';'])
}

/// Where a block begins, and what the columns are.
#[derive(Debug, Clone, Copy)]
pub struct Into<'a> {
    /// Everything that is asked of a piece.
    pub asks: &'a [PieceAsk],
    /// The pieces of the sample from the one on that the first line is of.
    pub pieces: &'a [u32],
    /// The rank of the ask that the first cell is of, from 0.
    pub column: usize,
}

/// What stands in a column.
enum Column {
    Piece,
    /// The rank of an ask.
    Value(usize),
}

/// With what the values of an ask were read, and the unit that it shows.
pub type Gauge = (Option<GaugeId>, Option<Unit>);

/// The values of a block, each with the gauge of its column. One cell that is none keeps all of them
/// out, and is told by its line.
pub fn values(
    rows: &[Vec<String>],
    into: Into<'_>,
    gauge: impl Fn(u16, &PieceAsk) -> Gauge,
) -> Result<Vec<CellValue>, String> {
    let (columns, skip) = columns(rows.first().map_or(&[][..], Vec::as_slice), into)?;
    let mut pieces = into.pieces.iter();
    let mut found = Vec::new();
    for (number, row) in (1..).zip(rows).skip(skip) {
        let wrong = |why: String| format!("line {number}: {why}");
        let named = columns.iter().zip(row).find(|(column, _)| matches!(column, Column::Piece));
        let by_name = columns.iter().any(|column| matches!(column, Column::Piece));
        if says_nothing(row) {
            if by_name {
                continue;
            }
            return Err(wrong(GAP.to_owned()));
        }
        let piece = match named {
            None if by_name => return Err(wrong("it does not say which piece it is of".into())),
            Some((_, text)) => text.parse().map_err(|_| wrong(format!("{text:?} is no piece")))?,
            None => {
                *pieces.next().ok_or_else(|| wrong("there are more lines than pieces".into()))?
            }
        };
        if row.len() > columns.len() {
            let (cells, most) = (row.len(), columns.len());
            return Err(wrong(format!("it has {cells} cells, and there is room for {most}")));
        }
        for (column, text) in columns.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
            let Column::Value(rank) = column else { continue };
            let Some(asked) = into.asks.get(*rank) else { continue };
            let ask = u16::try_from(rank + 1).unwrap_or(u16::MAX);
            let (gauge, unit) = gauge(ask, asked);
            let value = value(text, &asked.kind, unit)
                .map_err(|why| wrong(format!("{}: {text:?}: {why}", asked.name)))?;
            found.push(CellValue { piece, ask, value, gauge });
        }
    }
    if found.is_empty() {
        return Err("there is no value in it".to_owned());
    }
    Ok(found)
}

/// What the columns are, by the head where the block has one; tells how many lines that is.
fn columns(first: &[String], into: Into<'_>) -> Result<(Vec<Column>, usize), String> {
    let is = |text: &str, name: &str| text.trim().eq_ignore_ascii_case(name.trim());
    let by_balloon = |ask: &PieceAsk, text: &str| {
        ask.balloon.as_deref().is_some_and(|balloon| is(text, balloon))
    };
    let of = |text: &str| {
        let by = |ask: &PieceAsk| is(text, &ask.name) || by_balloon(ask, text);
        let mut found = (0..).zip(into.asks).filter(|(_, ask)| by(ask)).map(|(rank, _)| rank);
        match (found.next(), found.next()) {
            (Some(rank), None) => Ok(rank),
            (None, _) => Err(format!("line 1: nothing is called {text:?}")),
            (Some(_), Some(_)) => Err(format!("line 1: {text:?} is several columns")),
        }
    };
    // A balloon is a number, and so is a value: a head has at least one name in it.
    let named = |text: &String| is(text, PIECE) || into.asks.iter().any(|ask| is(text, &ask.name));
    if !first.iter().any(named) {
        let mut below = first.iter().zip(into.asks.get(into.column..).unwrap_or_default());
        if first.len() > 1 && below.all(|(text, ask)| by_balloon(ask, text)) {
            return Err("line 1: balloons or values? name one of the columns".to_owned());
        }
        let columns: Vec<Column> = (into.column..into.asks.len()).map(Column::Value).collect();
        return Ok((columns, 0));
    }
    let mut columns = Vec::new();
    for text in first {
        let column = if is(text, PIECE) { Column::Piece } else { Column::Value(of(text)?) };
        columns.push(column);
    }
    Ok((columns, 1))
}
