//! How a campaign's promoter is paid: the account, the parts with their days, and every payout with what may be done to it.
//!
//! Rule: a button and its endpoint ask the same question. The promoter reads the same page as the treasurer and sees of the
//! account only its last characters. Deliberately absent: what is due, which is `civic`'s.

pub mod act;

use std::sync::Arc;

use askama::Template;
use civic::error::Result;
use civic::id::CampaignId;
use civic::payout::read::{self, BankAccountCard, PayoutCard, PayoutPage};
use civic::payout::{Part, PayoutState};
use civic::policy::{Act, On};
use civic::{campaign, money::Money};
use poem::Response;

use self::act::{OfAccount, OfPayout};
use super::campaign::path as campaign_path;
use crate::amount::money;
use crate::error::{awake, signed_in};
use crate::format::{date, moment};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// The account, in words.
struct Account {
    facts: Vec<(&'static str, String)>,
    note: String,
}

/// A part of what the promoter gets, in words.
struct Row {
    name: String,
    due: String,
    gifts: String,
    grant: String,
    state: String,
}

/// A payout, in words, with what may be done to it.
pub struct Shown {
    /// Of which campaign, with its address; where the page is of several.
    pub campaign: Option<(String, String)>,
    /// Which part and how much.
    pub heading: String,
    /// Where it stands.
    pub state: &'static str,
    /// What is to be known.
    pub facts: Vec<(&'static str, String)>,
    /// What the reader may do, with the address of each.
    pub acts: Vec<(String, String)>,
}

impl Shown {
    /// What pages show of a payout; with its campaign where the page is of several.
    #[must_use]
    pub fn of(visit: &Visit, card: &PayoutCard, of_several: bool) -> Self {
        let path = format!("/campaigns/{}/payouts", card.campaign);
        let both = money(visit.language, card.sums.whole());
        let number = (card.part + 1).to_string();
        let part = words_with(visit.language, "payout-part", &[("text", Value::Text(&number))]);
        Self {
            campaign: of_several.then(|| (visit.to(&path), card.title.clone())),
            heading: format!("{part}: {both}"),
            state: card.state.as_str(),
            facts: facts(visit, card),
            acts: OfPayout::ALL
                .into_iter()
                .filter(|what| what.is_offered(card))
                .map(|what| {
                    let name = what.as_str();
                    let address = visit.to(&format!("/payouts/{}/act/{name}", card.id));
                    (words(visit.language, &format!("payout-act-{name}")), address)
                })
                .collect(),
        }
    }
}

fn facts(visit: &Visit, card: &PayoutCard) -> Vec<(&'static str, String)> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let at = |key, at: Option<civic::time::Timestamp>| at.map(|at| (key, moment(language, zone, at)));
    let day = |key, at: Option<civic::time::Timestamp>| at.map(|at| (key, date(language, zone, at)));
    let sum = |key, amount: Money| (amount.minor() > 0).then(|| (key, money(language, amount)));
    let text = |key, text: &Option<String>| text.clone().map(|text| (key, text));
    [
        sum("payout-gifts", card.sums.gifts),
        sum("payout-grant", card.sums.grant),
        Some(("payout-to", format!("{}, … {}", card.holder, card.iban_tail))),
        at("payout-requested-at", Some(card.requested_at)),
        at("payout-decided-at", card.decided_at),
        text("payout-reason", &card.reason),
        day("payout-sent-at", card.sent_at),
        day("payout-paid-at", card.paid_at),
        day("payout-returned-at", card.returned_at),
        text("payout-evidence", &card.evidence),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[derive(Template)]
#[template(path = "payout/show.html")]
struct ShowPage {
    page: Page,
    campaign: (String, String),
    state: &'static str,
    account: Option<Account>,
    acts: Vec<(String, String)>,
    parts: Vec<Row>,
    request: Option<String>,
    payouts: Vec<Shown>,
    receivable: Option<String>,
    report: Option<(String, String)>,
}

/// How a campaign's promoter is paid.
///
/// # Errors
/// `NotFound` and `Denied` for others than the promoter, the office and treasurers.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: CampaignId = visit.id("id")?;
    let found = read::of_campaign(&visit.cx, id).await?;
    let about = campaign::read::page(&visit.cx, id).await?;
    let language = visit.language;
    let own = campaign_path(id, &about.card.slug);
    let acts = OfAccount::ALL
        .into_iter()
        .filter(|what| what.is_offered(&found))
        .map(|what| {
            let name = what.as_str();
            let address = visit.to(&format!("/campaigns/{id}/bank-account/{name}"));
            (words(language, &format!("bank-account-{name}")), address)
        });
    html(&ShowPage {
        page: Page::new(&visit, words(language, "payouts"))
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .via(found.title.clone(), &own)
            .twin(format!("/api/v1/campaigns/{id}/payouts")),
        campaign: (visit.to(&own), found.title.clone()),
        state: found.state.as_str(),
        account: found.account.as_ref().map(|account| shown_account(&visit, account)),
        acts: acts.collect(),
        parts: found.parts.iter().map(|part| row(&visit, &found, part)).collect(),
        request: found.can_request.then(|| visit.to(&format!("/campaigns/{id}/payouts"))),
        payouts: found
            .payouts
            .iter()
            .map(|card| Shown::of(&visit, card, false))
            .collect(),
        receivable: (found.receivable.minor() > 0).then(|| money(language, found.receivable)),
        report: super::report::link(&visit, &about),
    })
}

fn shown_account(visit: &Visit, account: &BankAccountCard) -> Account {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let with = |key: &str, text: &str| words_with(language, key, &[("text", Value::Text(text))]);
    let note = match account.verified_at {
        None => words(language, "bank-account-unverified"),
        Some(_) if account.usable_at > visit.cx.now => {
            with("bank-account-rests", &moment(language, zone, account.usable_at))
        }
        Some(at) => with("bank-account-verified", &date(language, zone, at)),
    };
    Account {
        facts: vec![
            ("bank-account-iban", account.iban.clone()),
            ("bank-account-holder", account.holder.clone()),
        ],
        note,
    }
}

fn row(visit: &Visit, found: &PayoutPage, part: &Part) -> Row {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let live = |card: &&PayoutCard| {
        card.part == part.number
            && !matches!(
                card.state,
                PayoutState::Declined | PayoutState::Withdrawn | PayoutState::Returned
            )
    };
    let payout = found.payouts.iter().find(live);
    let sums = payout.map_or(part.sums, |card| card.sums);
    let number = (part.number + 1).to_string();
    let state = match (payout, part.due_at) {
        (Some(card), _) => words(language, &format!("payout-state-{}", card.state.as_str())),
        (None, Some(at)) if at <= visit.cx.now && sums.whole().minor() > 0 => words(language, "payout-is-due"),
        (None, _) => words(language, "payout-not-due"),
    };
    Row {
        name: words_with(language, "payout-part", &[("text", Value::Text(&number))]),
        due: part
            .due_at
            .map_or_else(|| words(language, "payout-after-report"), |at| date(language, zone, at)),
        gifts: money(language, sums.gifts),
        grant: money(language, sums.grant),
        state,
    }
}

/// Asks for the part that is due, and leads back.
///
/// # Errors
/// Those of the use case; a state that does not allow it is told on a page with a way back.
pub async fn request(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let facts = campaign::read::facts(&visit.cx, id).await?;
    awake(&visit, Act::KeepMoney, On::Campaign(&facts))?;
    civic::payout::write::request(&visit.cx, id).await?;
    Ok(visit.done(&format!("/campaigns/{id}/payouts"), "payout-requested"))
}
