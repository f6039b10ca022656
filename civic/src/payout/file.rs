//! The files for the bank: SEPA credit transfers (ISO 20022 pain.001.001.09, within the EPC's rules).
//!
//! Rule: gifts are paid from the custodian's account and the grant from the city's, so a set of payouts is two files. Each
//! says the same however often it is fetched, and names itself and its payments by our ids, so that the bank takes it once
//! and its statement can be matched. Deliberately absent: letters beyond SEPA's alphabet, which some banks refuse.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::store::{self, account, row};
use crate::Cx;
use crate::campaign::store as campaigns;
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, PayoutFileId};
use crate::money::Money;
use crate::named::named;
use crate::policy::{Act, On};
use crate::text::plain;
use crate::time::Timestamp;

named! {
    /// Whose account a file pays from.
    pub enum Debtor {
        /// The custodian's, for gifts.
        Custodian = "custodian",
        /// The city's, for its part.
        City = "city",
    }
}

/// The schema of the file.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Longest name in SEPA.
const NAME_MAX_CHARS: usize = 70;
/// Longest text of a payment in SEPA.
const PURPOSE_MAX_CHARS: usize = 140;

/// One transfer of a file.
struct Transfer {
    name: String,
    holder: String,
    iban: String,
    amount: Money,
    purpose: String,
}

/// A file for the bank as it is uploaded there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// What it is called.
    pub name: String,
    /// The XML.
    pub text: String,
}

/// A file of payouts, for a treasurer of the city.
///
/// # Errors
/// `NotFound` when there is none or nothing of it is paid from this account, `Conflict(DebtorAccountMissing)` when the
/// configuration does not name the account, `Denied` for others.
pub async fn of(cx: &Cx, id: PayoutFileId, debtor: Debtor) -> Result<BankFile> {
    cx.check(Act::KeepMoney, On::City)?;
    let made = store::find_file(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let transfers = transfers(cx, id, debtor).await?;
    if transfers.is_empty() {
        return Err(Error::NotFound);
    }
    let settings = &cx.city.settings;
    let (name, iban) = match debtor {
        Debtor::Custodian => (&settings.custodian, &settings.custodian_iban),
        Debtor::City => (&settings.city_name, &settings.city_iban),
    };
    if iban.is_empty() {
        return Err(Error::Conflict(Code::DebtorAccountMissing));
    }
    let message = format!("{}-{}", code(&id), &debtor.as_str()[..1]);
    let written = write(cx, (name, iban), &message, made.made_at, &transfers);
    Ok(BankFile {
        name: format!("{message}.xml"),
        text: written.map_err(|error| Error::Bug(error.to_string()))?,
    })
}

/// An id in letters that every bank takes.
fn code(id: &impl std::fmt::Display) -> String {
    id.to_string().replace('_', "-")
}

async fn transfers(cx: &Cx, file: PayoutFileId, debtor: Debtor) -> Result<Vec<Transfer>> {
    let payouts = store::of_file(cx.db(), file).await?;
    let ids: Vec<CampaignId> = payouts.iter().map(|row| row.campaign_id).collect();
    let titles = campaigns::find_many(cx.db(), &ids).await?;
    let ids: Vec<_> = payouts.iter().map(|row| row.bank_account_id).collect();
    let accounts = store::accounts(cx.db(), &ids).await?;
    let one = |row: &row::Model| {
        let title = titles
            .iter()
            .find(|one| one.id == row.campaign_id)
            .map(|one| one.title.as_str());
        let account = accounts.iter().find(|one| one.id == row.bank_account_id);
        Some(transfer(row, title?, account?, debtor))
    };
    let all: Option<Vec<Transfer>> = payouts.iter().map(one).collect();
    let all = all.ok_or_else(|| Error::Bug(format!("{file} has a payout without campaign or account")))?;
    Ok(all.into_iter().filter(|one| one.amount.minor() > 0).collect())
}

fn transfer(row: &row::Model, title: &str, account: &account::Model, debtor: Debtor) -> Transfer {
    let minor = match debtor {
        Debtor::Custodian => row.gifts_minor,
        Debtor::City => row.grant_minor,
    };
    Transfer {
        name: code(&row.id),
        holder: plain(&account.holder, NAME_MAX_CHARS),
        iban: account.iban.clone(),
        amount: Money::eur(minor),
        purpose: plain(&format!("{} {title}", code(&row.id)), PURPOSE_MAX_CHARS),
    }
}

type Xml = Writer<Vec<u8>>;

/// Cents as euros with a point, as the schema wants them.
fn euros(amount: Money) -> String {
    let minor = amount.minor().unsigned_abs();
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn leaf(xml: &mut Xml, name: &str, text: &str) -> std::io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}

fn write(
    cx: &Cx,
    (debtor, iban): (&str, &str),
    message: &str,
    made_at: Timestamp,
    transfers: &[Transfer],
) -> std::io::Result<String> {
    let zone = &cx.city.settings.zone;
    let made = made_at.local(zone);
    let count = transfers.len().to_string();
    let sum = euros(Money::eur(transfers.iter().map(|one| one.amount.minor()).sum()));
    let debtor = plain(debtor, NAME_MAX_CHARS);
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let document = xml.create_element("Document").with_attribute(("xmlns", NAMESPACE));
    document.write_inner_content(|xml| {
        xml.create_element("CstmrCdtTrfInitn").write_inner_content(|xml| {
            xml.create_element("GrpHdr").write_inner_content(|xml| {
                leaf(xml, "MsgId", message)?;
                leaf(xml, "CreDtTm", &made.strftime("%Y-%m-%dT%H:%M:%S").to_string())?;
                leaf(xml, "NbOfTxs", &count)?;
                leaf(xml, "CtrlSum", &sum)?;
                xml.create_element("InitgPty")
                    .write_inner_content(|xml| leaf(xml, "Nm", &debtor))?;
                Ok(())
            })?;
            xml.create_element("PmtInf").write_inner_content(|xml| {
                leaf(xml, "PmtInfId", message)?;
                leaf(xml, "PmtMtd", "TRF")?;
                leaf(xml, "NbOfTxs", &count)?;
                leaf(xml, "CtrlSum", &sum)?;
                nested(xml, &["PmtTpInf", "SvcLvl"], "Cd", "SEPA")?;
                nested(xml, &["ReqdExctnDt"], "Dt", &made.date().to_string())?;
                nested(xml, &["Dbtr"], "Nm", &debtor)?;
                nested(xml, &["DbtrAcct", "Id"], "IBAN", iban)?;
                nested(xml, &["DbtrAgt", "FinInstnId", "Othr"], "Id", "NOTPROVIDED")?;
                leaf(xml, "ChrgBr", "SLEV")?;
                transfers.iter().try_for_each(|one| write_one(xml, one))
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    String::from_utf8(xml.into_inner()).map_err(std::io::Error::other)
}

/// An element inside others that hold nothing else.
fn nested(xml: &mut Xml, around: &[&str], name: &str, text: &str) -> std::io::Result<()> {
    match around {
        [] => leaf(xml, name, text),
        [outer, inner @ ..] => {
            xml.create_element(*outer)
                .write_inner_content(|xml| nested(xml, inner, name, text))?;
            Ok(())
        }
    }
}

fn write_one(xml: &mut Xml, one: &Transfer) -> std::io::Result<()> {
    xml.create_element("CdtTrfTxInf").write_inner_content(|xml| {
        nested(xml, &["PmtId"], "EndToEndId", &one.name)?;
        xml.create_element("Amt").write_inner_content(|xml| {
            let amount = xml
                .create_element("InstdAmt")
                .with_attribute(("Ccy", one.amount.currency().as_str()));
            amount.write_text_content(BytesText::new(&euros(one.amount)))?;
            Ok(())
        })?;
        nested(xml, &["Cdtr"], "Nm", &one.holder)?;
        nested(xml, &["CdtrAcct", "Id"], "IBAN", &one.iban)?;
        nested(xml, &["RmtInf"], "Ustrd", &one.purpose)
    })?;
    Ok(())
}
