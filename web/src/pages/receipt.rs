//! A receipt's own page with its paper, the form that completes it with tax data, and the yearly statement of a donor.
//!
//! Rule: whoever gave without an account opens it with the gift's proof in the address, and completes it so too. A paper is
//! made when it is asked for, in the language of the page. Deliberately absent: what is on the paper, which `paper` knows.

pub mod desk;

use std::sync::Arc;

use askama::Template;
use civic::donation;
use civic::error::{Error, Result};
use civic::id::ReceiptId;
use civic::limits::RECEIPT_LINE_MAX_CHARS;
use civic::receipt::read::{self, ReceiptCard, ReceiptPage, YearCard};
use civic::receipt::{ReceiptState, TaxData, write};
use poem::Response;
use poem::http::{StatusCode, header};

use super::donation::path as donation_path;
use crate::amount::money;
use crate::error::signed_in;
use crate::form::{Fields, Form};
use crate::format::date;
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Longest tax code as people type it, with spaces.
const CODE_TYPED_MAX: usize = 30;

/// The path of a receipt's page; the proof is for those who have no account.
#[must_use]
pub fn path(id: ReceiptId, proof: Option<&str>) -> String {
    with_proof(&format!("/receipts/{id}"), proof)
}

fn with_proof(path: &str, proof: Option<&str>) -> String {
    let query = proof.map_or_else(String::new, |proof| Fields::default().and("proof", proof).query());
    format!("{path}{query}")
}

/// A receipt as pages of gifts lead to it.
pub struct Linked {
    /// What it is called.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Whether it does not hold any more.
    pub cancelled: bool,
}

impl Linked {
    /// A link to this receipt.
    #[must_use]
    pub fn of(visit: &Visit, card: &ReceiptCard, proof: Option<&str>) -> Self {
        Self {
            name: words_with(visit.language, "receipt-name", &[("text", Value::Text(&card.name()))]),
            href: visit.to(&path(card.id, proof)),
            cancelled: card.state == ReceiptState::Cancelled,
        }
    }
}

/// The link to a donor's statement of one year.
#[must_use]
pub fn year_link(visit: &Visit, year: &YearCard) -> (String, String) {
    let (number, amount) = (year.year.to_string(), money(visit.language, year.amount));
    let values = [
        ("year", Value::Text(&number)),
        ("n", Value::Number(year.receipts)),
        ("amount", Value::Text(&amount)),
    ];
    (
        words_with(visit.language, "receipt-year", &values),
        visit.to(&format!("/me/receipts/{}", year.year)),
    )
}

#[derive(Template)]
#[template(path = "receipt/show.html")]
struct ShowPage {
    page: Page,
    title: String,
    cancelled: Option<String>,
    facts: Vec<(&'static str, String)>,
    tax: String,
    asks: Option<String>,
    donor: Vec<(&'static str, String)>,
    pdf: String,
    gift: Option<String>,
}

/// One receipt.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let (id, proof): (ReceiptId, _) = (visit.id("id")?, visit.query.some("proof"));
    let found = read::page(&visit.cx, id, proof).await?;
    let (language, card) = (visit.language, &found.card);
    let own = donation::read::page(&visit.cx, card.donation, proof).await.is_ok();
    let tax_path = with_proof(&format!("/receipts/{id}/tax-data"), proof);
    let donor = card.donor.as_ref().map(|donor| {
        vec![
            ("receipt-donor", donor.name.clone()),
            ("receipt-tax-code", donor.tax_code.clone()),
            ("receipt-address", donor.address.clone()),
        ]
    });
    html(&ShowPage {
        page: Page::new(
            &visit,
            words_with(language, "receipt-name", &[("text", Value::Text(&card.name()))]),
        )
        .via(words(language, "home"), ""),
        title: card.title.clone(),
        cancelled: cancelled(&visit, card),
        facts: facts(&visit, &found),
        tax: named(language, "tax-benefit-", card.benefit.as_str()),
        asks: found.can.give_tax_data.then(|| visit.to(&tax_path)),
        donor: donor.unwrap_or_default(),
        pdf: visit.to(&with_proof(&format!("/receipts/{id}/pdf"), proof)),
        gift: own.then(|| visit.to(&donation_path(card.donation, proof))),
    })
}

/// Why a receipt does not hold, in a sentence.
fn cancelled(visit: &Visit, card: &ReceiptCard) -> Option<String> {
    let (at, reason) = card.cancelled_at.zip(card.cancel_reason)?;
    let day = date(visit.language, &visit.cx.city.settings.zone, at);
    let key = format!("receipt-cancelled-{}", reason.as_str());
    Some(words_with(visit.language, &key, &[("text", Value::Text(&day))]))
}

fn facts(visit: &Visit, found: &ReceiptPage) -> Vec<(&'static str, String)> {
    let (language, card, zone) = (visit.language, &found.card, &visit.cx.city.settings.zone);
    let mut facts = vec![
        ("receipt-recipient", found.printed.recipient.name.clone()),
        ("receipt-day", date(language, zone, card.given_at)),
        ("receipt-amount", money(language, card.amount)),
    ];
    if card.reward.minor() > 0 {
        facts.push(("receipt-gift", money(language, card.gift)));
        facts.push(("receipt-reward", money(language, card.reward)));
    }
    facts.push(("donation-method", named(language, "method-", card.method.as_str())));
    facts.push(("receipt-issued", date(language, zone, card.issued_at)));
    facts
}

/// A file of ours that is made when it is asked for.
fn file(media: &str, name: &str, bytes: Vec<u8>) -> Response {
    Response::builder()
        .content_type(media)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .body(bytes)
}

/// A receipt's paper.
///
/// # Errors
/// As for its page.
pub async fn pdf(visit: Arc<Visit>) -> Result<Response> {
    let (id, proof): (ReceiptId, _) = (visit.id("id")?, visit.query.some("proof"));
    let bytes = read::paper(&visit.cx, id, proof).await?;
    Ok(file("application/pdf", &format!("{id}.pdf"), bytes))
}

/// The paper of one's own receipts for one year.
///
/// # Errors
/// `Unauthenticated`, and `NotFound` when there is none.
pub async fn statement(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let year: i64 = visit.param("what").parse().map_err(|_| Error::NotFound)?;
    let bytes = read::statement_paper(&visit.cx, year).await?;
    Ok(file("application/pdf", &format!("{year}.pdf"), bytes))
}

#[derive(Template)]
#[template(path = "proposal/act.html")]
struct TaxPage {
    page: Page,
    form: Form,
    fields: Vec<String>,
    explained: String,
    button: String,
    action: String,
    back: String,
    title: String,
}

fn tax_page(visit: &Visit, card: &ReceiptCard, form: Form, code: StatusCode) -> Result<Response> {
    let (language, proof) = (visit.language, visit.query.some("proof"));
    let own = path(card.id, proof);
    let name = words_with(language, "receipt-name", &[("text", Value::Text(&card.name()))]);
    html_as(
        code,
        &TaxPage {
            page: Page::new(visit, words(language, "receipt-give-tax-data"))
                .via(words(language, "home"), "")
                .via(name.clone(), &own),
            fields: vec![
                form.line(
                    "name",
                    "text",
                    RECEIPT_LINE_MAX_CHARS,
                    " required autocomplete=\"name\"",
                ),
                form.line("tax_code", "text", CODE_TYPED_MAX, " required autocomplete=\"off\""),
                form.line(
                    "address",
                    "text",
                    RECEIPT_LINE_MAX_CHARS,
                    " required autocomplete=\"street-address\"",
                ),
            ],
            explained: words(language, "receipt-tax-data-explained"),
            button: words(language, "receipt-keep-tax-data"),
            action: visit.to(&with_proof(&format!("/receipts/{}/tax-data", card.id), proof)),
            back: visit.to(&own),
            title: name,
            form,
        },
    )
}

/// The form that completes a receipt with tax data.
///
/// # Errors
/// `NotFound` when it is none that the reader may complete, or complete now.
pub async fn tax_form(visit: Arc<Visit>) -> Result<Response> {
    let found = read::page(&visit.cx, visit.id("id")?, visit.query.some("proof")).await?;
    if !found.can.give_tax_data {
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, Fields::default());
    tax_page(&visit, &found.card, form, StatusCode::OK)
}

/// Completes it, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn tax(visit: Arc<Visit>) -> Result<Response> {
    let (id, proof): (ReceiptId, _) = (visit.id("id")?, visit.query.some("proof"));
    let text = |name: &str| visit.form.text(name).to_owned();
    let data = TaxData {
        name: text("name"),
        tax_code: text("tax_code"),
        address: text("address"),
    };
    match write::give_tax_data(&visit.cx, id, proof, &data).await {
        Ok(_) => Ok(visit.done(&path(id, proof), "receipt-tax-data")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let found = read::page(&visit.cx, id, proof).await?;
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            tax_page(&visit, &found.card, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}
