//! Giving: how much, for which reward, under which name, and how it is paid.
//!
//! Rule: one form filled in is one gift, whatever is pressed twice; a form filled in otherwise is another. What the city adds
//! to each amount is said beside it where the rule says so of a single gift, and a gift on a smaller sum is refused.
//! Deliberately absent: paying, which is the gift's own page.

use std::sync::Arc;

use askama::Template;
use civic::campaign::read::{self as campaigns, CampaignPage};
use civic::donation::{Given, NewDonation, Way, write};
use civic::error::{Code, Error, Result};
use civic::id::{CampaignId, RewardId, TypedId};
use civic::limits::{DONATION_MESSAGE_MAX_CHARS, DONOR_NAME_MAX_CHARS, EMAIL_MAX_CHARS};
use civic::money::Money;
use civic::secret::hash;
use poem::Response;
use poem::http::StatusCode;

use super::super::campaign::bar::{Bar, brings, promises};
use super::super::campaign::path as campaign_path;
use crate::amount::{money, read};
use crate::form::{Choice, Fields, Form};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html_as, redirect};

/// What is offered in one tap, in cents: around what people give on average (money.md, 2020: 75 euros).
const OFFERED: [i64; 4] = [1_000, 2_500, 5_000, 10_000];
/// What is chosen when nobody chose.
const USUAL: i64 = 2_500;
/// Digits of an amount that somebody types.
const AMOUNT_CHARS: usize = 12;

#[derive(Template)]
#[template(path = "donation/give.html")]
struct GivePage {
    page: Page,
    campaign: CampaignPage,
    bar: Bar,
    form: Form,
    amounts: Vec<Choice>,
    told: String,
    rewards: Vec<Choice>,
    ways: Vec<Choice>,
    visitor: bool,
    promises: Vec<String>,
    terms: String,
    action: String,
    back: String,
}

impl GivePage {
    fn amount(&self) -> String {
        let extra = " inputmode=\"decimal\" autocomplete=\"off\"";
        self.form.line("amount_minor", "text", AMOUNT_CHARS, extra)
    }

    fn name(&self) -> String {
        let extra = " autocomplete=\"name\"";
        self.form.line("name_shown", "text", DONOR_NAME_MAX_CHARS, extra)
    }

    fn email(&self) -> String {
        let extra = " autocomplete=\"email\" required";
        self.form.line("email", "email", EMAIL_MAX_CHARS, extra)
    }

    fn message(&self) -> String {
        self.form.area("message", 3, DONATION_MESSAGE_MAX_CHARS)
    }
}

/// The form.
///
/// # Errors
/// `NotFound` when there is no such campaign that the reader may know of.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let begin = Fields::default()
        .and("amount", USUAL.to_string())
        .and("reward", visit.query.text("reward"))
        .and("way", Way::Online.as_str());
    page(&visit, id, Form::new(visit.language, begin), StatusCode::OK).await
}

async fn page(visit: &Visit, id: CampaignId, form: Form, code: StatusCode) -> Result<Response> {
    let campaign = campaigns::page(&visit.cx, id).await?;
    let language = visit.language;
    let (mut amounts, mut told) = (Vec::new(), Fields::default());
    for minor in OFFERED {
        let (gift, quote) = (Money::eur(minor), write::quote(&visit.cx, id, Money::eur(minor)).await?);
        let adds = quote.map_or(Money::eur(0), |quote| quote.brings);
        if quote.is_some() {
            told = told.and(&minor.to_string(), adds.minor().to_string());
        }
        amounts.push(Choice {
            value: minor.to_string(),
            label: brings(language, gift, adds).unwrap_or_else(|| money(language, gift)),
        });
    }
    let custodian = &visit.cx.city.settings.custodian;
    let own = campaign_path(id, &campaign.card.slug);
    let page = GivePage {
        page: Page::new(visit, words(language, "give-title"))
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .via(campaign.card.title.clone(), &own),
        bar: Bar::of(visit, &campaign.card),
        amounts,
        told: told.query().trim_start_matches('?').to_owned(),
        rewards: rewards(visit, &campaign),
        ways: ways(visit),
        visitor: visit.cx.actor.member().is_none(),
        promises: promises(language, &campaign.card),
        terms: words_with(language, "give-terms", &[("text", Value::Text(custodian))]),
        action: visit.to(&format!("/campaigns/{id}/give")),
        back: visit.to(&own),
        campaign,
        form,
    };
    html_as(code, &page)
}

/// The rewards that are left, after the choice of none.
fn rewards(visit: &Visit, campaign: &CampaignPage) -> Vec<Choice> {
    let offered = campaign.rewards.iter().filter(|reward| reward.left != Some(0));
    let offered: Vec<Choice> = offered
        .map(|reward| {
            let from = money(visit.language, reward.amount);
            let values = [("title", Value::Text(&reward.title)), ("from", Value::Text(&from))];
            Choice {
                value: reward.id.to_string(),
                label: words_with(visit.language, "give-reward", &values),
            }
        })
        .collect();
    if offered.is_empty() {
        return offered;
    }
    let none = Choice {
        value: String::new(),
        label: words(visit.language, "give-no-reward"),
    };
    std::iter::once(none).chain(offered).collect()
}

/// How a gift can be paid; by transfer where the custodian's account is known.
fn ways(visit: &Visit) -> Vec<Choice> {
    let transfer = !visit.cx.city.settings.custodian_iban.is_empty();
    let ways = [Some(Way::Online), transfer.then_some(Way::BankTransfer)];
    ways.into_iter()
        .flatten()
        .map(|way| Choice {
            value: way.as_str().to_owned(),
            label: named(visit.language, "way-", way.as_str()),
        })
        .collect()
}

/// Receives the form and leads on to the gift's page, and from there to paying.
///
/// # Errors
/// Those that no correction of the form helps against.
pub async fn give(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    match attempt(&visit, id).await {
        Ok(given) => {
            let query = Fields::default().and("proof", given.proof);
            let query = match given.way {
                Way::Online => query.and("pay", "1"),
                Way::BankTransfer | Way::Cash => query,
            };
            Ok(redirect(&visit.to(&format!(
                "/donations/{}{}",
                given.donation,
                query.query()
            ))))
        }
        Err(error) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page(&visit, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn attempt(visit: &Visit, id: CampaignId) -> Result<Given> {
    let form = &visit.form;
    let amount = amount(form)?;
    let reward = form.choice("reward", RewardId::read)?;
    let way = form.choice("way", Way::parse)?.unwrap_or(Way::Online);
    let told = Fields::parse(form.text("told"));
    let expected = told
        .some(&amount.minor().to_string())
        .and_then(|minor| minor.parse().ok());
    let new = NewDonation {
        // The same form sent twice is one gift; filled in otherwise after going back, it is another.
        key: hash(&form.with("csrf", "").query()),
        amount,
        way,
        email: form.some("email").map(ToOwned::to_owned),
        name_shown: form.some("name_shown").map(ToOwned::to_owned),
        message: form.some("message").map(ToOwned::to_owned),
        reward,
        insider: form.has("insider"),
        expected: expected.map(Money::eur),
        terms: form.has("terms"),
    };
    write::give(&visit.cx, id, new).await
}

/// What was typed, or else what was chosen.
fn amount(form: &Fields) -> Result<Money> {
    let wrong = || Error::field("amount_minor", Code::Malformed);
    match form.some("amount_minor") {
        Some(typed) => read(typed).ok_or_else(wrong),
        None => form.text("amount").parse().map(Money::eur).map_err(|_| wrong()),
    }
}
