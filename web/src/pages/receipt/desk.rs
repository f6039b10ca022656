//! The receipts of a campaign, for its promoter and treasurers, and the yearly file of what the promoter tells the tax office.
//!
//! Rule: the file is read page by page before it is sent, so that nobody takes half of a year for the whole. A cell that a
//! program for tables would take for a formula is made a text.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use civic::campaign;
use civic::error::{Error, Result};
use civic::id::CampaignId;
use civic::limits::LEDGER_PAGE;
use civic::page::{Cursor, Paging};
use civic::receipt::read::{self, ReceiptCard, ToldGift};
use poem::Response;

use super::{file, path};
use crate::amount::money;
use crate::error::signed_in;
use crate::form::Fields;
use crate::format::date;
use crate::language::{named, words};
use crate::page::Page;
use crate::pages::campaign::path as campaign_path;
use crate::visit::{Visit, html};

/// The names of the columns, as in the interface for programs.
const COLUMNS: &str = "number,year,campaign,name,tax_code,address,given_on,gift_minor,method\r\n";
/// How the file's name ends in its address.
const CSV: &str = ".csv";

/// A receipt, in words.
struct Row {
    name: String,
    href: String,
    day: String,
    donor: String,
    amount: String,
    method: String,
    state: &'static str,
}

fn row(visit: &Visit, card: &ReceiptCard) -> Row {
    let unknown = || words(visit.language, "receipt-donor-unknown");
    Row {
        name: card.name(),
        href: visit.to(&path(card.id, None)),
        day: date(visit.language, &visit.cx.city.settings.zone, card.given_at),
        donor: card.donor.as_ref().map_or_else(unknown, |donor| donor.name.clone()),
        amount: money(visit.language, card.amount),
        method: named(visit.language, "method-", card.method.as_str()),
        state: card.state.as_str(),
    }
}

#[derive(Template)]
#[template(path = "receipt/campaign.html")]
struct CampaignReceipts {
    page: Page,
    campaign: (String, String, String),
    receipts: Vec<Row>,
    years: Vec<(i64, String)>,
    next: Option<String>,
    first: Option<String>,
}

/// The receipts of a campaign, last issued first.
///
/// # Errors
/// `NotFound` and `Denied` for others than the promoter and treasurers.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: CampaignId = visit.id("id")?;
    let found = read::of_campaign(&visit.cx, id, visit.paging()).await?;
    let years = read::years(&visit.cx, id).await?;
    let about = campaign::read::page(&visit.cx, id).await?;
    let (own, here) = (campaign_path(id, &about.card.slug), format!("/campaigns/{id}/receipts"));
    let after = |next: &Cursor| Fields::default().and("after", next.text()).query();
    html(&CampaignReceipts {
        page: Page::new(&visit, words(visit.language, "receipts"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "campaigns"), "/campaigns")
            .via(about.card.title.clone(), &own)
            .twin(format!("/api/v1/campaigns/{id}/receipts")),
        campaign: (
            visit.to(&own),
            about.card.title.clone(),
            about.card.lang.code().to_owned(),
        ),
        receipts: found.items.iter().map(|card| row(&visit, card)).collect(),
        years: years
            .iter()
            .map(|year| (*year, visit.to(&format!("{here}/{year}{CSV}"))))
            .collect(),
        next: found
            .next
            .as_ref()
            .map(|next| visit.to(&format!("{here}{}", after(next)))),
        first: visit.query.some("after").map(|_| visit.to(&here)),
    })
}

/// What the promoter tells the tax office of one year, as CSV.
///
/// # Errors
/// As for the receipts.
pub async fn year(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: CampaignId = visit.id("id")?;
    let year = visit
        .param("what")
        .strip_suffix(CSV)
        .and_then(|year| year.parse::<i64>().ok());
    let year = year.ok_or(Error::NotFound)?;
    let mut text = COLUMNS.to_owned();
    let mut paging = Paging {
        limit: LEDGER_PAGE,
        after: None,
    };
    loop {
        let found = read::told_gifts(&visit.cx, id, year, paging).await?;
        for gift in &found.items {
            line(&mut text, gift);
        }
        paging.after = found.next;
        if paging.after.is_none() {
            break;
        }
    }
    Ok(file(
        "text/csv; charset=utf-8; header=present",
        &format!("{year}{CSV}"),
        text.into_bytes(),
    ))
}

fn line(text: &mut String, gift: &ToldGift) {
    // Writing into a text cannot fail.
    let _ = write!(
        text,
        "{},{},{},{},{},{},{},{},{}\r\n",
        gift.number,
        gift.year,
        cell(&gift.title),
        cell(&gift.donor.name),
        gift.donor.tax_code,
        cell(&gift.donor.address),
        gift.given_on,
        gift.gift.minor(),
        gift.method.as_str(),
    );
}

/// What somebody typed as a cell: always a text, never a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let before = if formula { "'" } else { "" };
    format!("\"{before}{}\"", text.replace('"', "\"\""))
}
