//! A gift's own page: how to pay it, what became of it, and what happens next; and one's own gifts.
//!
//! Rule: the page knows the truth even when the provider's message is late, because it asks. Whoever gave without an account
//! opens it with the proof in the address. The provider's page is reached by a refresh and a link, never by a form, so that
//! our forms lead to our own pages alone. Deliberately absent: anything of a card, which only the provider sees.

pub mod give;

use std::sync::Arc;

use askama::Template;
use civic::donation::read::{self, DonationCard, DonationPage};
use civic::donation::{DonationState, Way, write};
use civic::error::{Error, Result};
use civic::id::DonationId;
use civic::page::Cursor;
use civic::receipt::read as receipts;
use poem::Response;
use poem::http::header::{HeaderName, HeaderValue};

use super::campaign::path as campaign_path;
use super::receipt::Linked;
use crate::amount::money;
use crate::error::signed_in;
use crate::form::Fields;
use crate::format::{date, moment};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// Leads to another page once this one is there (HTML, "Refresh").
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// The path of a gift's page; the proof is for those who have no account.
#[must_use]
pub fn path(id: DonationId, proof: Option<&str>) -> String {
    let query = proof.map_or_else(String::new, |proof| Fields::default().and("proof", proof).query());
    format!("/donations/{id}{query}")
}

#[derive(Template)]
#[template(path = "donation/show.html")]
struct ShowPage {
    page: Page,
    donation: DonationCard,
    heading: String,
    told: Vec<String>,
    facts: Vec<(&'static str, String)>,
    transfer: Vec<(&'static str, String)>,
    pay: Option<(String, bool)>,
    trouble: Option<String>,
    again: Option<String>,
    look: Option<String>,
    campaign: String,
    refunds: Vec<String>,
    receipts: Vec<Linked>,
}

/// One gift; with `pay` in the query, its donor is led on to the provider's page.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: DonationId = visit.id("id")?;
    let proof = visit.query.some("proof");
    write::look(&visit.cx, id, proof).await?;
    let mut found = read::page(&visit.cx, id, proof).await?;
    let mut session = None;
    let mut trouble = None;
    if found.can.pay && visit.query.some("pay").is_some() {
        match write::pay(&visit.cx, id, proof).await {
            Ok(open) => session = Some(open.url),
            Err(error @ (Error::Unavailable(_) | Error::Conflict(_) | Error::Busy)) => {
                trouble = Some(error.code().sentence(visit.language));
                found = read::page(&visit.cx, id, proof).await?;
            }
            Err(error) => return Err(error),
        }
    }
    let mut shown = show_page(&visit, &found, session.as_deref(), trouble);
    let paper = receipts::of_gift(&visit.cx, id, proof).await?;
    shown.receipts = paper.iter().map(|card| Linked::of(&visit, card, proof)).collect();
    let mut answer = html(&shown)?;
    if let Some(url) = session.and_then(|url| HeaderValue::try_from(format!("0; url={url}")).ok()) {
        answer.headers_mut().insert(REFRESH, url);
    }
    Ok(answer)
}

fn show_page(visit: &Visit, found: &DonationPage, session: Option<&str>, trouble: Option<String>) -> ShowPage {
    let (language, card) = (visit.language, &found.card);
    let proof = visit.query.some("proof");
    let own = visit.to(&path(card.id, proof));
    let mark = if own.contains('?') { '&' } else { '?' };
    let pay = match session {
        Some(url) => Some((url.to_owned(), true)),
        None => found.can.pay.then(|| (format!("{own}{mark}pay=1"), false)),
    };
    let over = matches!(card.state, DonationState::Expired | DonationState::Failed);
    let waits = card.way == Way::Online && matches!(card.state, DonationState::Promised | DonationState::Authorised);
    let refunds = found.refunds.iter().map(|refund| {
        let amount = money(language, refund.amount);
        let state = named(language, "refund-state-", refund.state);
        format!("{amount}: {state}")
    });
    ShowPage {
        page: Page::new(visit, words(language, "donation")).via(words(language, "home"), ""),
        heading: named(language, "donation-heading-", card.state.as_str()),
        told: told(visit, card),
        facts: facts(visit, found),
        transfer: transfer(visit, card),
        pay,
        trouble,
        again: over.then(|| visit.to(&format!("/campaigns/{}/give", card.campaign))),
        look: waits.then_some(own),
        campaign: visit.to(&campaign_path(card.campaign, "")),
        refunds: refunds.collect(),
        receipts: Vec::new(),
        donation: card.clone(),
    }
}

/// What it means that a gift stands where it does.
fn told(visit: &Visit, card: &DonationCard) -> Vec<String> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let mut told = vec![named(language, "donation-told-", card.state.as_str())];
    if card.state == DonationState::Promised {
        let until = moment(language, zone, card.expires_at);
        told.push(words_with(
            language,
            "donation-pay-until",
            &[("text", Value::Text(&until))],
        ));
    }
    if card.late {
        told.push(words(language, "donation-late"));
    }
    if card.quoted.minor() > 0 && card.state == DonationState::Promised {
        let adds = money(language, card.quoted);
        told.push(words_with(language, "donation-quoted", &[("text", Value::Text(&adds))]));
    }
    told
}

fn facts(visit: &Visit, found: &DonationPage) -> Vec<(&'static str, String)> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let card = &found.card;
    let unnamed = || words(language, "donor-unnamed");
    let mut facts = vec![
        ("donation-amount", money(language, card.amount)),
        ("donation-name", card.name_shown.clone().unwrap_or_else(unnamed)),
        ("donation-promised", moment(language, zone, card.promised_at)),
    ];
    facts.extend(
        card.confirmed_at
            .map(|at| ("donation-confirmed", moment(language, zone, at))),
    );
    facts.extend(
        card.method
            .map(|method| ("donation-method", named(language, "method-", method.as_str()))),
    );
    facts.extend(found.message.clone().map(|message| ("donation-message", message)));
    facts
}

/// What a transfer must say, while it is waited for.
fn transfer(visit: &Visit, card: &DonationCard) -> Vec<(&'static str, String)> {
    let settings = &visit.cx.city.settings;
    let waited = card.state == DonationState::Promised;
    let Some(code) = card.reference_code.clone().filter(|_| waited) else {
        return Vec::new();
    };
    vec![
        ("transfer-to", settings.custodian.clone()),
        ("transfer-iban", settings.custodian_iban.clone()),
        ("transfer-amount", money(visit.language, card.amount)),
        ("transfer-code", code),
    ]
}

/// A gift in one's own list.
struct Mine {
    href: String,
    title: String,
    amount: String,
    state: &'static str,
    day: String,
    receipts: Vec<Linked>,
}

#[derive(Template)]
#[template(path = "donation/own.html")]
struct OwnPage {
    page: Page,
    gifts: Vec<Mine>,
    years: Vec<(String, String)>,
    next: Option<String>,
    first: Option<String>,
}

/// One's own gifts, last promised first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let found = read::own(&visit.cx, visit.paging()).await?;
    let ids: Vec<DonationId> = found.items.iter().map(|card| card.id).collect();
    let papers = receipts::of_own_gifts(&visit.cx, &ids).await?;
    let years = receipts::own_years(&visit.cx).await?;
    let zone = &visit.cx.city.settings.zone;
    let mine = found.items.iter().map(|card| Mine {
        href: visit.to(&path(card.id, None)),
        title: card.title.clone(),
        amount: money(visit.language, card.amount),
        state: card.state.as_str(),
        day: date(visit.language, zone, card.promised_at),
        receipts: papers
            .get(&card.id)
            .into_iter()
            .flatten()
            .map(|receipt| Linked::of(&visit, receipt, None))
            .collect(),
    });
    let after = |next: &Cursor| Fields::default().and("after", next.text()).query();
    html(&OwnPage {
        page: Page::new(&visit, words(visit.language, "my-donations"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "my-folder"), "/me"),
        gifts: mine.collect(),
        years: years
            .iter()
            .map(|year| super::receipt::year_link(&visit, year))
            .collect(),
        next: found
            .next
            .as_ref()
            .map(|next| visit.to(&format!("/me/donations{}", after(next)))),
        first: visit.query.some("after").map(|_| visit.to("/me/donations")),
    })
}
