//! Campaigns: the list, and one with its bar in words, its story, what it costs, its rewards, news and gifts.
//!
//! Rule: whoever comes by a shared link reads at once how much is there, what the city adds and until when, and finds one
//! button: give. Sure and expected money stand apart. Deliberately absent: what the city adds to whom, which is `civic`'s.

pub mod act;
pub mod bar;
pub mod edit;

use std::sync::Arc;

use askama::Template;
use civic::call::read as calls;
use civic::campaign::CampaignState;
use civic::campaign::read::{self, CampaignCard, CampaignPage, UpdateCard};
use civic::donation::read as gifts;
use civic::donation::read::PublicGift;
use civic::error::Result;
use civic::id::CampaignId;
use civic::page::{Cursor, Paging};
use poem::Response;

use self::act::What;
use self::bar::Bar;
use crate::amount::money;
use crate::error::signed_in;
use crate::form::Fields;
use crate::format::{date, moment};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, redirect};

/// Gifts and news that a campaign's own page shows.
const SHOWN: u64 = 5;

/// The path of a campaign's page.
#[must_use]
pub fn path(id: CampaignId, slug: impl AsRef<str>) -> String {
    let slug = slug.as_ref();
    if slug.is_empty() {
        format!("/campaigns/{id}")
    } else {
        format!("/campaigns/{id}-{slug}")
    }
}

/// A campaign as lists show it.
pub struct Card {
    /// Where it is.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The language that it is written in.
    pub lang: String,
    /// What it is.
    pub summary: String,
    /// How it stands.
    pub state: &'static str,
    /// How much is there.
    pub bar: Bar,
}

impl Card {
    /// What lists show of a campaign.
    #[must_use]
    pub fn of(visit: &Visit, card: &CampaignCard) -> Self {
        Self {
            href: visit.to(&path(card.id, &card.slug)),
            title: card.title.clone(),
            lang: card.lang.code().to_owned(),
            summary: card.summary.clone(),
            state: card.state.as_str(),
            bar: Bar::of(visit, card),
        }
    }
}

#[derive(Template)]
#[template(path = "campaign/list.html")]
struct ListPage {
    page: Page,
    cards: Vec<Card>,
    next: Option<String>,
    first: Option<String>,
    own: bool,
}

/// All campaigns, those that opened last first.
///
/// # Errors
/// Those of the database.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    let found = read::list(&visit.cx, None, visit.paging()).await?;
    html(&ListPage {
        page: Page::new(&visit, words(visit.language, "campaigns"))
            .via(words(visit.language, "home"), "")
            .twin("/api/v1/campaigns"),
        cards: found.items.iter().map(|card| Card::of(&visit, card)).collect(),
        next: next(&visit, "/campaigns", found.next.as_ref()),
        first: first(&visit, "/campaigns"),
        own: false,
    })
}

/// One's own campaigns, last begun first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let found = read::own(&visit.cx, visit.paging()).await?;
    html(&ListPage {
        page: Page::new(&visit, words(visit.language, "my-campaigns"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "my-folder"), "/me")
            .twin("/api/v1/me/campaigns"),
        cards: found.items.iter().map(|card| Card::of(&visit, card)).collect(),
        next: next(&visit, "/me/campaigns", found.next.as_ref()),
        first: first(&visit, "/me/campaigns"),
        own: true,
    })
}

fn next(visit: &Visit, path: &str, next: Option<&Cursor>) -> Option<String> {
    let after = Fields::default().and("after", next?.text()).query();
    Some(visit.to(&format!("{path}{after}")))
}

fn first(visit: &Visit, path: &str) -> Option<String> {
    visit.query.some("after").map(|_| visit.to(path))
}

/// A gift as everybody sees it, in words.
pub struct Gift {
    name: Option<String>,
    amount: String,
    day: String,
}

fn gift(visit: &Visit, gift: &PublicGift) -> Gift {
    let zone = &visit.cx.city.settings.zone;
    // The day is one of the city's calendar; a day that could not be read is shown as it stands.
    let at = zone.parse_local(&format!("{}T12:00", gift.day));
    Gift {
        name: gift.name.clone(),
        amount: money(visit.language, gift.amount),
        day: at.map_or_else(|| gift.day.clone(), |at| date(visit.language, zone, at)),
    }
}

/// News, in words.
struct News {
    title: String,
    lang: String,
    body: String,
    day: String,
}

fn news(visit: &Visit, update: &UpdateCard) -> News {
    News {
        title: update.title.clone(),
        lang: update.lang.code().to_owned(),
        body: update.body.to_html().to_string(),
        day: date(visit.language, &visit.cx.city.settings.zone, update.published_at),
    }
}

/// A reward, in words.
struct Reward {
    title: String,
    description: String,
    from: String,
    left: Option<String>,
    give: Option<String>,
}

#[derive(Template)]
#[template(path = "campaign/show.html")]
struct ShowPage {
    page: Page,
    card: Card,
    lang: String,
    promoter: Option<String>,
    call: Option<(String, String, &'static str)>,
    notes: Vec<String>,
    give: Option<String>,
    story: String,
    costs: Vec<(String, String)>,
    total: String,
    rewards: Vec<Reward>,
    needs: Vec<String>,
    team: Vec<(String, String)>,
    news: Vec<News>,
    gifts: Vec<Gift>,
    all_gifts: Option<String>,
    promises: Vec<String>,
    books: Option<String>,
    share: String,
    acts: Vec<(String, String)>,
}

/// One campaign.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let found = read::page(&visit.cx, id).await?;
    let real = path(id, &found.card.slug);
    if visit.path != real {
        return Ok(redirect(&visit.to(&format!("{real}{}", visit.query.query()))));
    }
    let few = || Paging {
        limit: SHOWN,
        after: None,
    };
    let told = read::updates(&visit.cx, id, few()).await?.items;
    let given = gifts::public(&visit.cx, id, few()).await?;
    let call = match found.card.call {
        Some(call) => {
            let card = calls::page(&visit.cx, call).await?.card;
            Some((
                visit.to(&super::call::path(&card.slug)),
                card.title.1,
                card.title.0.code(),
            ))
        }
        None => None,
    };
    let language = visit.language;
    let give = visit.to(&format!("/campaigns/{id}/give"));
    let rewards = found.rewards.iter().map(|reward| Reward {
        title: reward.title.clone(),
        description: reward.description.clone(),
        from: money(language, reward.amount),
        left: reward
            .left
            .map(|left| words_with(language, "reward-left", &[("n", Value::Number(left))])),
        give: (found.can.give && reward.left != Some(0)).then(|| format!("{give}?reward={}", reward.id)),
    });
    html(&ShowPage {
        page: Page::new(&visit, found.card.title.clone())
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .twin(format!("/api/v1/campaigns/{id}")),
        card: Card::of(&visit, &found.card),
        lang: found.card.lang.code().to_owned(),
        promoter: found.promoter.clone(),
        call,
        notes: notes(&visit, &found),
        give: found.can.give.then(|| give.clone()),
        story: found.story.to_html().to_string(),
        costs: found
            .cost_lines
            .iter()
            .map(|line| (line.label.clone(), money(language, line.amount)))
            .collect(),
        total: money(language, found.card.cost),
        rewards: rewards.collect(),
        needs: found
            .needs
            .iter()
            .map(|need| format!("{} × {}", need.number, need.what))
            .collect(),
        team: found
            .team
            .iter()
            .map(|member| (member.name.clone(), member.task.clone()))
            .collect(),
        news: told.iter().map(|update| news(&visit, update)).collect(),
        all_gifts: given
            .next
            .as_ref()
            .map(|_| visit.to(&format!("/campaigns/{id}/donations"))),
        gifts: given.items.iter().map(|one| gift(&visit, one)).collect(),
        promises: bar::promises(language, &found.card),
        books: found.card.opens_at.map(|_| visit.to(&format!("/books?campaign={id}"))),
        share: format!("{}{}", visit.cx.city.settings.base_url, visit.to(&real)),
        acts: acts(&visit, &found),
    })
}

/// What its promoter and the office can do with it, with the address of each.
fn acts(visit: &Visit, found: &CampaignPage) -> Vec<(String, String)> {
    let base = format!("/campaigns/{}", found.card.id);
    let word = |key: &str| words(visit.language, key);
    let edit = found
        .can
        .edit
        .then(|| (word("campaign-edit"), visit.to(&format!("{base}/edit"))));
    let others = What::ALL.into_iter().filter(|what| what.is_offered(found)).map(|what| {
        let name = what.as_str();
        let address = visit.to(&format!("{base}/act/{name}"));
        (word(&format!("campaign-act-{name}")), address)
    });
    let payouts = found
        .can
        .see_payouts
        .then(|| (word("payouts"), visit.to(&format!("{base}/payouts"))));
    let report = super::report::link(visit, found);
    let receipts = found
        .can
        .see_receipts
        .then(|| (word("receipts"), visit.to(&format!("{base}/receipts"))));
    let own = edit.into_iter().chain(others);
    own.chain(payouts).chain(report).chain(receipts).collect()
}

/// What else is to be known of how it stands: reasons, and dates that it waits for.
fn notes(visit: &Visit, found: &CampaignPage) -> Vec<String> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let with = |key: &str, text: &str| words_with(language, key, &[("text", Value::Text(text))]);
    let mut notes = Vec::new();
    let given = |key: &str, text: &Option<String>| text.as_deref().map(|text| with(key, text));
    notes.extend(given("campaign-extended", &found.extension_reason));
    notes.extend(given("campaign-cancelled", &found.cancel_reason));
    notes.extend(given("campaign-sent-back", &found.sent_back_reason));
    if found.expected.minor() > 0 && !found.card.state.has_outcome() {
        notes.push(with("campaign-expected", &money(language, found.expected)));
    }
    if found.card.state == CampaignState::WaitingForFunds {
        notes.extend(
            found
                .grace_ends_at
                .map(|at| with("campaign-waits-until", &date(language, zone, at))),
        );
    }
    if found.card.state == CampaignState::Funded {
        notes.extend(
            found
                .agree_by
                .map(|at| with("campaign-agree-by", &date(language, zone, at))),
        );
    }
    if found.card.state == CampaignState::Scheduled {
        notes.extend(
            found
                .card
                .opens_at
                .map(|at| with("campaign-opens", &moment(language, zone, at))),
        );
    }
    notes
}

#[derive(Template)]
#[template(path = "campaign/donations.html")]
struct DonationsPage {
    page: Page,
    campaign: (String, String, String),
    total: String,
    gifts: Vec<Gift>,
    next: Option<String>,
    first: Option<String>,
}

/// Every gift to a campaign, as everybody may see it.
///
/// # Errors
/// `NotFound` when there is no such campaign that the reader may know of.
pub async fn donations(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let campaign = read::page(&visit.cx, id).await?;
    let found = gifts::public(&visit.cx, id, visit.paging()).await?;
    let (own, here) = (path(id, &campaign.card.slug), format!("/campaigns/{id}/donations"));
    html(&DonationsPage {
        page: Page::new(&visit, words(visit.language, "campaign-donations"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "campaigns"), "/campaigns")
            .via(campaign.card.title.clone(), &own)
            .twin(format!("/api/v1/campaigns/{id}/donations")),
        total: money(visit.language, campaign.card.raised),
        campaign: (
            visit.to(&own),
            campaign.card.title.clone(),
            campaign.card.lang.code().to_owned(),
        ),
        gifts: found.items.iter().map(|one| gift(&visit, one)).collect(),
        next: next(&visit, &here, found.next.as_ref()),
        first: first(&visit, &here),
    })
}
