//! Statements as tables (CSV): a line of headings, then a line for each movement.
//!
//! Rule: columns are known by their headings, in Italian or English, as banks call them; what comes and what goes may be one
//! column with a sign or two columns. What cannot be read is refused as a whole, with nothing taken.

use csv::{ReaderBuilder, StringRecord};

use super::{RawLine, RawStatement, wrong};
use crate::error::{Code, Error, Result};
use crate::limits::{AMOUNT_MAX_MINOR, STATEMENT_LINES_MAX};
use crate::money::Money;
use crate::text::fold;

/// What each column may be called, folded.
const DAY: &[&str] = &[
    "data contabile",
    "data registrazione",
    "data operazione",
    "data",
    "booking date",
    "date",
];
const AMOUNT: &[&str] = &["importo", "amount"];
const CAME: &[&str] = &["avere", "entrate", "accrediti", "credit"];
const WENT: &[&str] = &["dare", "uscite", "addebiti", "debit"];
const TEXT: &[&str] = &[
    "descrizione",
    "causale",
    "descrizione operazione",
    "description",
    "remittance",
    "text",
];
const NAME: &[&str] = &["ordinante", "controparte", "nome", "counterparty", "name"];
const IBAN: &[&str] = &["iban", "iban controparte", "iban ordinante", "counterparty iban"];
const REFERENCE: &[&str] = &["riferimento", "riferimento banca", "cro", "trn", "reference"];
const END_TO_END: &[&str] = &["end to end", "endtoendid", "end to end id"];
const CURRENCY: &[&str] = &["divisa", "valuta", "currency"];

/// Where each column is.
struct Columns {
    day: usize,
    amount: Option<usize>,
    came: Option<usize>,
    went: Option<usize>,
    text: Option<usize>,
    name: Option<usize>,
    iban: Option<usize>,
    reference: Option<usize>,
    end_to_end: Option<usize>,
    currency: Option<usize>,
}

fn unreadable() -> Error {
    wrong(Code::StatementUnreadable)
}

impl Columns {
    fn of(headings: &StringRecord) -> Result<Self> {
        let folded: Vec<String> = headings.iter().map(|one| fold(one.trim())).collect();
        let at = |names: &[&str]| names.iter().find_map(|name| folded.iter().position(|one| one == name));
        let columns = Self {
            day: at(DAY).ok_or_else(unreadable)?,
            amount: at(AMOUNT),
            came: at(CAME),
            went: at(WENT),
            text: at(TEXT),
            name: at(NAME),
            iban: at(IBAN),
            reference: at(REFERENCE),
            end_to_end: at(END_TO_END),
            currency: at(CURRENCY),
        };
        let sums = columns.amount.is_some() || (columns.came.is_some() && columns.went.is_some());
        if sums { Ok(columns) } else { Err(unreadable()) }
    }
}

/// Reads a table; the headings say what is what.
pub(super) fn parse(text: &str) -> Result<RawStatement> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|sign| {
        let sign = char::from(*sign);
        first.chars().filter(|c| *c == sign).count()
    });
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b';'))
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|_| unreadable())?)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if lines.len() == STATEMENT_LINES_MAX {
            return Err(wrong(Code::TooMany));
        }
        lines.push(line(&record, &columns)?);
    }
    Ok(RawStatement { account: None, lines })
}

fn line(record: &StringRecord, columns: &Columns) -> Result<RawLine> {
    let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim();
    if !matches!(cell(columns.currency), "" | "EUR" | "€") {
        return Err(wrong(Code::StatementForeign));
    }
    let minor = match columns.amount {
        Some(_) => signed(cell(columns.amount))?,
        None => match (cell(columns.came), cell(columns.went)) {
            (came, "") => signed(came)?,
            // Some banks write what went with a sign, others without.
            ("", went) => -signed(went)?.abs(),
            _ => return Err(unreadable()),
        },
    };
    Ok(RawLine {
        reference: Some(cell(columns.reference).to_owned()).filter(|name| !name.is_empty()),
        booked_on: day(cell(Some(columns.day)))?,
        amount: Money::eur(minor),
        name: cell(columns.name).to_owned(),
        iban: cell(columns.iban).to_owned(),
        text: cell(columns.text).to_owned(),
        end_to_end: cell(columns.end_to_end).to_owned(),
    })
}

/// `2026-11-30`, `30/11/2026` or `30.11.2026`.
fn day(text: &str) -> Result<jiff::civil::Date> {
    if let Ok(day) = text.parse() {
        return Ok(day);
    }
    let parts: Vec<i16> = text
        .split(['/', '.', '-'])
        .filter_map(|part| part.parse().ok())
        .collect();
    let [day, month, year] = parts.as_slice() else {
        return Err(unreadable());
    };
    let small = |number: &i16| i8::try_from(*number).map_err(|_| unreadable());
    jiff::civil::Date::new(*year, small(month)?, small(day)?).map_err(|_| unreadable())
}

/// An amount with its sign, in cents: the last of `,` and `.` begins the cents when two digits or one follow it.
fn signed(text: &str) -> Result<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, cents) = match text.rfind([',', '.']) {
        Some(at) if (1..=2).contains(&(text.len() - at - 1)) => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    let whole: String = whole.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    let digits = format!("{whole}{cents:0<2}");
    if whole.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(unreadable());
    }
    let minor: i64 = digits.parse().map_err(|_| unreadable())?;
    if minor > AMOUNT_MAX_MINOR {
        return Err(unreadable());
    }
    Ok(sign * minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_italian_and_other_banks_say_the_same() {
        let one = "Data contabile;Divisa;Importo;Descrizione;Ordinante\n27/11/2026;EUR;1.025,50;Dono ABC;Ada Bo\n28/11/2026;EUR;-3,00;Spese;\n\n";
        let other =
            "date,debit,credit,description,name\n2026-11-27,,\"1,025.50\",Dono ABC,Ada Bo\n2026-11-28,3.00,,Spese,\n";
        let read = parse(one).expect("read");
        assert_eq!(read, parse(other).expect("read"));
        let amounts: Vec<i64> = read.lines.iter().map(|line| line.amount.minor()).collect();
        assert_eq!(amounts, [102_550, -300]);
        assert_eq!(read.lines[0].booked_on.to_string(), "2026-11-27");
    }

    #[test]
    fn what_is_no_table_of_movements_is_refused() {
        let code = |text: &str| parse(text).expect_err("refused").faults()[0].code;
        for text in [
            "",
            "hello",
            "data;descrizione\n1/1/2026;x",
            "data;importo\nieri;3",
            "data;importo\n1/1/2026;tre",
            "data;dare;avere\n1/1/2026;1;2",
        ] {
            assert_eq!(code(text), Code::StatementUnreadable, "{text}");
        }
        assert_eq!(code("data;importo;divisa\n1/1/2026;3;USD"), Code::StatementForeign);
    }
}
