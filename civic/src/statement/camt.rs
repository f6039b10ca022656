//! Statements in XML (ISO 20022 camt.053, of whichever version).
//!
//! Rule: a document type definition is refused, elements are known by their names without prefix, and what does not add up
//! to the closing balance is refused, since then something is missing. An entry of several payments is as many lines.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{RawLine, RawStatement, wrong};
use crate::error::{Code, Result};
use crate::limits::{AMOUNT_MAX_MINOR, STATEMENT_DEPTH_MAX, STATEMENT_LINES_MAX};
use crate::money::Money;

/// An element with what is in it.
#[derive(Debug, Default)]
struct Node {
    name: String,
    currency: Option<String>,
    text: String,
    inner: Vec<Self>,
}

impl Node {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.inner.iter().filter(move |node| node.name == name)
    }

    /// The first element on a path, through whichever of several comes first.
    fn at(&self, path: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else {
            return Some(self);
        };
        let mut fits = self.inner.iter().filter(|node| node.name == *first);
        fits.find_map(|node| node.at(rest))
    }

    fn text_at(&self, path: &[&str]) -> String {
        self.at(path)
            .map(|node| node.text.trim().to_owned())
            .unwrap_or_default()
    }
}

fn unreadable() -> crate::error::Error {
    wrong(Code::StatementUnreadable)
}

/// The whole document as elements.
fn tree(text: &str) -> Result<Node> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|_| unreadable())? {
            Event::DocType(_) | Event::PI(_) => return Err(unreadable()),
            Event::Start(tag) => {
                if open.len() > STATEMENT_DEPTH_MAX {
                    return Err(unreadable());
                }
                open.push(begun(&tag)?);
            }
            Event::Empty(tag) => {
                let node = begun(&tag)?;
                open.last_mut().ok_or_else(unreadable)?.inner.push(node);
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(unreadable)?;
                open.last_mut().ok_or_else(unreadable)?.inner.push(node);
            }
            Event::Text(some) => {
                let some = some.decode().map_err(|_| unreadable())?;
                open.last_mut().ok_or_else(unreadable)?.text.push_str(&some);
            }
            Event::CData(some) => {
                let some = some.decode().map_err(|_| unreadable())?;
                open.last_mut().ok_or_else(unreadable)?.text.push_str(&some);
            }
            Event::GeneralRef(name) => {
                let c = resolved(&name)?;
                open.last_mut().ok_or_else(unreadable)?.text.push(c);
            }
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match <[Node; 1]>::try_from(open) {
        Ok([document]) => Ok(document),
        Err(_) => Err(unreadable()),
    }
}

fn begun(tag: &quick_xml::events::BytesStart<'_>) -> Result<Node> {
    let name = tag.local_name();
    let name = std::str::from_utf8(name.as_ref()).map_err(|_| unreadable())?;
    let currency = tag.attributes().flatten().find(|one| one.key.as_ref() == b"Ccy");
    let currency = currency.map(|one| String::from_utf8_lossy(&one.value).into_owned());
    Ok(Node {
        name: name.to_owned(),
        currency,
        ..Node::default()
    })
}

/// One of XML's own five names, or a character by its number; there are no others without a definition.
fn resolved(name: &quick_xml::events::BytesRef<'_>) -> Result<char> {
    if let Some(c) = name.resolve_char_ref().map_err(|_| unreadable())? {
        return Ok(c);
    }
    match name.decode().map_err(|_| unreadable())?.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(unreadable()),
    }
}

/// An amount with at most two decimals, in euros.
fn amount(node: &Node) -> Result<i64> {
    if node.currency.as_deref() != Some("EUR") {
        return Err(wrong(Code::StatementForeign));
    }
    let text = node.text.trim();
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let cents = cents.trim_end_matches('0');
    if whole.is_empty() || cents.len() > 2 || !digits(whole) || !digits(cents) {
        return Err(unreadable());
    }
    let minor: i64 = format!("{whole}{cents:0<2}").parse().map_err(|_| unreadable())?;
    if minor > AMOUNT_MAX_MINOR {
        return Err(unreadable());
    }
    Ok(minor)
}

/// The same, below nothing when it went out.
fn signed(of: &Node, said: &Node) -> Result<i64> {
    let minor = amount(of)?;
    match said.text_at(&["CdtDbtInd"]).as_str() {
        "CRDT" => Ok(minor),
        "DBIT" => Ok(-minor),
        _ => Err(unreadable()),
    }
}

/// Reads the statements of a file, which must all be of one account.
pub(super) fn parse(text: &str) -> Result<RawStatement> {
    let document = tree(text)?;
    let root = document.at(&["Document", "BkToCstmrStmt"]).ok_or_else(unreadable)?;
    let mut account: Option<String> = None;
    let mut lines = Vec::new();
    for statement in root.all("Stmt") {
        let number = Some(statement.text_at(&["Acct", "Id", "IBAN"])).filter(|iban| !iban.is_empty());
        if account.is_some() && account != number {
            return Err(unreadable());
        }
        account = number;
        let before = lines.len();
        for entry in statement.all("Ntry").filter(|entry| is_booked(entry)) {
            entries(entry, &mut lines)?;
            if lines.len() > STATEMENT_LINES_MAX {
                return Err(wrong(Code::TooMany));
            }
        }
        adds_up(statement, &lines[before..])?;
    }
    Ok(RawStatement { account, lines })
}

fn is_booked(entry: &Node) -> bool {
    let status = entry.text_at(&["Sts", "Cd"]);
    let status = if status.is_empty() {
        entry.text_at(&["Sts"])
    } else {
        status
    };
    status == "BOOK" || status.is_empty()
}

/// Where the opening and the closing balance are said, the lines lead from one to the other.
fn adds_up(statement: &Node, lines: &[RawLine]) -> Result<()> {
    let balance = |kinds: &[&str]| -> Result<Option<i64>> {
        let kind = |node: &&Node| kinds.contains(&node.text_at(&["Tp", "CdOrPrtry", "Cd"]).as_str());
        let Some(found) = statement.all("Bal").find(kind) else {
            return Ok(None);
        };
        let of = found.at(&["Amt"]).ok_or_else(unreadable)?;
        signed(of, found).map(Some)
    };
    let (Some(opened), Some(closed)) = (balance(&["OPBD", "PRCD"])?, balance(&["CLBD"])?) else {
        return Ok(());
    };
    let moved = sum(lines);
    if i128::from(opened) + moved == i128::from(closed) {
        Ok(())
    } else {
        Err(wrong(Code::StatementSums))
    }
}

/// What the lines are together; a file may name more than an amount can hold.
fn sum(lines: &[RawLine]) -> i128 {
    lines.iter().map(|line| i128::from(line.amount.minor())).sum()
}

fn entries(entry: &Node, lines: &mut Vec<RawLine>) -> Result<()> {
    let whole = signed(entry.at(&["Amt"]).ok_or_else(unreadable)?, entry)?;
    let day = [["BookgDt", "Dt"], ["BookgDt", "DtTm"], ["ValDt", "Dt"]]
        .iter()
        .map(|path| entry.text_at(path))
        .find(|text| !text.is_empty())
        .ok_or_else(unreadable)?;
    let booked_on = day.get(..10).and_then(|day| day.parse().ok()).ok_or_else(unreadable)?;
    let reference = named(entry, &[&["AcctSvcrRef"], &["NtryRef"]]);
    let details: Vec<&Node> = entry.all("NtryDtls").flat_map(|all| all.all("TxDtls")).collect();
    if details.len() < 2 {
        let nothing = Node::default();
        let one = details.first().copied().unwrap_or(&nothing);
        lines.push(line(one, whole, booked_on, reference));
        return Ok(());
    }
    let before = lines.len();
    for (number, one) in details.into_iter().enumerate() {
        let of = one.at(&["Amt"]).or_else(|| one.at(&["AmtDtls", "TxAmt", "Amt"]));
        let minor = amount(of.ok_or_else(unreadable)?)?;
        let own = named(one, &[&["Refs", "AcctSvcrRef"]]);
        let reference = own.or_else(|| reference.as_ref().map(|of| format!("{of}/{number}")));
        lines.push(line(one, minor * whole.signum(), booked_on, reference));
    }
    if sum(&lines[before..]) == i128::from(whole) {
        Ok(())
    } else {
        Err(wrong(Code::StatementSums))
    }
}

fn named(node: &Node, paths: &[&[&str]]) -> Option<String> {
    paths
        .iter()
        .map(|path| node.text_at(path))
        .find(|name| !name.is_empty())
}

fn line(one: &Node, minor: i64, booked_on: jiff::civil::Date, reference: Option<String>) -> RawLine {
    // The other side: whoever paid what came, whoever got what went.
    let (who, account) = if minor >= 0 {
        ("Dbtr", "DbtrAcct")
    } else {
        ("Cdtr", "CdtrAcct")
    };
    let text: Vec<String> = one
        .all("RmtInf")
        .flat_map(|info| info.all("Ustrd"))
        .map(|some| some.text.trim().to_owned())
        .collect();
    RawLine {
        reference,
        booked_on,
        amount: Money::eur(minor),
        name: named(one, &[&["RltdPties", who, "Pty", "Nm"], &["RltdPties", who, "Nm"]]).unwrap_or_default(),
        iban: one.text_at(&["RltdPties", account, "Id", "IBAN"]),
        text: text.join(" "),
        end_to_end: named(one, &[&["Refs", "EndToEndId"]])
            .filter(|name| name != "NOTPROVIDED")
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>";

    fn file(balances: &str, entries: &str) -> String {
        format!(
            "{HEAD}<Stmt><Acct><Id><IBAN>IT60X0542811101000000123456</IBAN></Id></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
        )
    }

    fn entry(amount: &str, side: &str, details: &str) -> String {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-11-27</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
        )
    }

    fn balance(kind: &str, amount: &str) -> String {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    }

    #[test]
    fn a_transfer_is_read_with_who_sent_it_and_what_they_wrote() {
        let details = "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Ada &amp; C.</Nm></Pty></Dbtr>\
             <DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>\
             <RmtInf><Ustrd>Dono ABCD</Ustrd><Ustrd>EFGH</Ustrd></RmtInf></TxDtls>";
        let read = parse(&file("", &entry("25.5", "CRDT", details))).expect("read");
        assert_eq!(read.account.as_deref(), Some("IT60X0542811101000000123456"));
        let line = &read.lines[0];
        assert_eq!((line.amount, line.name.as_str()), (Money::eur(2_550), "Ada & C."));
        assert_eq!(
            (line.text.as_str(), line.iban.as_str()),
            ("Dono ABCD EFGH", "DE89370400440532013000")
        );
        assert_eq!((line.reference.as_deref(), line.end_to_end.as_str()), (Some("R1"), ""));
    }

    #[test]
    fn an_entry_of_several_payments_is_as_many_lines_and_the_sums_must_fit() {
        let two = "<TxDtls><Amt Ccy=\"EUR\">10.00</Amt></TxDtls><TxDtls><Amt Ccy=\"EUR\">5.00</Amt></TxDtls>";
        let read = parse(&file("", &entry("15.00", "DBIT", two))).expect("read");
        let amounts: Vec<i64> = read.lines.iter().map(|line| line.amount.minor()).collect();
        assert_eq!(amounts, [-1_000, -500]);
        assert_eq!(read.lines[1].reference.as_deref(), Some("R1/1"));
        let code = |text: &str| parse(text).expect_err("refused").faults()[0].code;
        assert_eq!(code(&file("", &entry("15.01", "DBIT", two))), Code::StatementSums);
        let (opened, closed) = (balance("OPBD", "100.00"), balance("CLBD", "115.00"));
        parse(&file(&format!("{opened}{closed}"), &entry("15.00", "CRDT", ""))).expect("adds up");
        let wrong = file(&format!("{opened}{closed}"), &entry("14.00", "CRDT", ""));
        assert_eq!(code(&wrong), Code::StatementSums);
    }

    #[test]
    fn sums_beyond_every_amount_are_refused_and_break_nothing() {
        let largest = "<TxDtls><Amt Ccy=\"EUR\">90000000000000.00</Amt></TxDtls>".repeat(1_100);
        let refused = parse(&file("", &entry("1.00", "CRDT", &largest)));
        assert_eq!(refused.expect_err("refused").faults()[0].code, Code::StatementSums);
    }

    #[test]
    fn definitions_other_currencies_and_what_is_no_statement_are_refused() {
        let code = |text: &str| parse(text).expect_err("refused").faults()[0].code;
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><Document>&b;</Document>";
        assert_eq!(code(bomb), Code::StatementUnreadable);
        assert_eq!(code("<Document>&b;</Document>"), Code::StatementUnreadable);
        assert_eq!(code("<Document></Other>"), Code::StatementUnreadable);
        assert_eq!(code("<a><b>"), Code::StatementUnreadable);
        let dollars = file("", &entry("1.00", "CRDT", "")).replace("EUR", "USD");
        assert_eq!(code(&dollars), Code::StatementForeign);
        let deep = "<a>".repeat(1_000);
        assert_eq!(code(&deep), Code::StatementUnreadable);
    }
}
