//! Calls for projects: the list, one call with all its terms, and the way to its list of projects.
//!
//! Rule: whoever comes sees first what is funded, how much, until which minute and whether they may apply; then the rule,
//! in words and as data. Deliberately absent: the applications, and the city's form, which is at the desk.

pub mod ranking;
pub mod rule;

use std::sync::Arc;

use askama::Template;
use civic::call::read::{CallCard, CallPage};
use civic::call::{CallStanding, CallState, read};
use civic::error::Result;
use civic::page::{Cursor, Paging};
use civic::policy::{Act, On};
use civic::text::Markdown;
use poem::Response;

use crate::amount::{money, share};
use crate::form::Form;
use crate::format::{date, moment, until};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// A call as lists show it.
pub struct Card {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The language of the title.
    pub lang: &'static str,
    /// What it is.
    pub summary: String,
    /// The language of the summary.
    pub summary_lang: &'static str,
    /// How it stands.
    pub standing: &'static str,
    /// The minute at which its window opens or closes; empty when it is over.
    pub when: String,
    /// How long until then.
    pub left: String,
    /// What a project may cost.
    pub costs: String,
    /// What the pot holds.
    pub pot: String,
}

impl Card {
    /// What lists show of a call.
    #[must_use]
    pub fn of(visit: &Visit, card: &CallCard) -> Self {
        let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
        let turn = match card.standing {
            CallStanding::Coming => Some(card.opens_at),
            CallStanding::Open => Some(card.closes_at),
            _ => None,
        };
        Self {
            slug: card.slug.clone(),
            title: card.title.1.clone(),
            lang: card.title.0.code(),
            summary: card.summary.1.clone(),
            summary_lang: card.summary.0.code(),
            standing: card.standing.as_str(),
            when: turn.map_or_else(String::new, |at| moment(language, zone, at)),
            left: turn.map_or_else(String::new, |at| until(language, visit.cx.now, at)),
            costs: between(visit, card),
            pot: money(language, card.pot),
        }
    }
}

/// From how much to how much a project may cost.
pub(in crate::pages) fn between(visit: &Visit, card: &CallCard) -> String {
    let language = visit.language;
    let (least, most) = (money(language, card.cost_min), money(language, card.cost_max));
    let values = [("least", Value::Text(&least)), ("most", Value::Text(&most))];
    words_with(language, "call-between", &values)
}

/// The path of a call's page.
#[must_use]
pub fn path(slug: &str) -> String {
    format!("/calls/{slug}")
}

#[derive(Template)]
#[template(path = "call/list.html")]
struct ListPage {
    page: Page,
    groups: Vec<(&'static str, Vec<Card>)>,
    next: Option<String>,
    first: Option<String>,
}

/// All calls, by how they stand.
///
/// # Errors
/// Those of the database.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    let found = read::list(&visit.cx, visit.paging()).await?;
    let page = Page::new(&visit, words(visit.language, "calls"))
        .via(words(visit.language, "home"), "")
        .twin("/api/v1/calls");
    let of = |standing: CallStanding| -> Vec<Card> {
        let cards = found.items.iter().filter(|card| card.standing == standing);
        cards.map(|card| Card::of(&visit, card)).collect()
    };
    // What can be done now comes first.
    let order = [
        CallStanding::Open,
        CallStanding::Coming,
        CallStanding::Assessing,
        CallStanding::Ranked,
        CallStanding::Closed,
    ];
    let groups = order.map(|standing| (standing.as_str(), of(standing)));
    html(&ListPage {
        groups: groups.into_iter().filter(|(_, cards)| !cards.is_empty()).collect(),
        next: found
            .next
            .as_ref()
            .map(Cursor::text)
            .map(|after| visit.query.with("after", &after).query()),
        first: visit.query.some("after").map(|_| visit.to("/calls")),
        page,
    })
}

/// The calls that take applications now, those that close first in front, and those that will.
///
/// # Errors
/// Those of the database.
pub(super) async fn open_and_coming(visit: &Visit) -> Result<(Vec<Card>, Vec<Card>)> {
    let every = Paging {
        limit: civic::limits::PAGE_MAX,
        after: None,
    };
    let mut all = read::list(&visit.cx, every).await?.items;
    all.sort_by_key(|card| (card.closes_at, card.id));
    let of = |standing| {
        let some = all.iter().filter(move |card| card.standing == standing);
        some.map(|card| Card::of(visit, card)).collect()
    };
    Ok((of(CallStanding::Open), of(CallStanding::Coming)))
}

/// A row of the criteria.
struct CriterionRow {
    name: String,
    lang: &'static str,
    weight: u32,
    most: u32,
    /// The least points; none where there is no least.
    least: Option<u32>,
}

/// A round, or a part of the grant: what, and when.
struct Dated {
    name: String,
    when: String,
}

/// A later end of the window, as the page tells it.
struct Extended {
    said: String,
    reason: String,
    lang: &'static str,
}

#[derive(Template)]
#[template(path = "call/show.html")]
struct ShowPage {
    page: Page,
    card: Card,
    /// Its whole window, to the minute.
    window: (String, String),
    extensions: Vec<Extended>,
    description: String,
    description_lang: &'static str,
    draft: bool,
    can: civic::call::CallPermissions,
    signed_in: bool,
    judges: bool,
    forms: Vec<String>,
    places_in: Vec<String>,
    places_out: Vec<String>,
    criteria: Vec<CriterionRow>,
    min_score: Option<String>,
    places: Option<String>,
    reserve: Option<String>,
    rounds: Vec<Dated>,
    contributors: Vec<(String, String)>,
    tranches: Vec<Dated>,
    grace: i64,
    rule: Vec<String>,
    rule_data: String,
    rule_hash: String,
    form: Form,
    per_donation: bool,
    cost_needed: bool,
    results: Vec<String>,
    submitted: Option<i64>,
    admitted: Option<i64>,
    has_ranking: bool,
    books: Option<String>,
}

/// One call; `?cost=` and its like ask its calculator.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let found = read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let (form, results) = rule::calculated(&visit, &found).await?;
    html(&show_page(&visit, found, form, results))
}

fn show_page(visit: &Visit, found: CallPage, form: Form, results: Vec<String>) -> ShowPage {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let facts = civic::call::CallFacts {
        id: found.card.id,
        draft: found.card.state == CallState::Draft,
    };
    let number = |n: u32| crate::format::number(language, i64::from(n));
    let criteria = found.criteria.iter().map(|one| {
        let (lang, name) = one.name.with_language(language);
        CriterionRow {
            name: name.to_owned(),
            lang: lang.code(),
            weight: one.weight,
            most: one.max_points,
            least: (one.min_points > 0).then_some(one.min_points),
        }
    });
    let min_score = (found.min_score > 0).then(|| {
        let least = crate::format::number(language, found.min_score);
        let most = crate::format::number(language, found.most_points);
        let values = [("least", Value::Text(&least)), ("most", Value::Text(&most))];
        words_with(language, "call-min-score", &values)
    });
    let is_per_donation = matches!(found.rule, civic::match_rule::MatchRule::PerDonation(_));
    ShowPage {
        page: Page::new(visit, found.card.title.1.clone())
            .via(words(language, "home"), "")
            .via(words(language, "calls"), "/calls")
            .twin(format!("/api/v1/calls/{}", found.card.id)),
        window: (
            moment(language, zone, found.card.opens_at),
            moment(language, zone, found.card.closes_at),
        ),
        extensions: extensions(visit, &found),
        description: found.description.1.to_html().to_string(),
        description_lang: found.description.0.code(),
        draft: facts.draft,
        can: found.can,
        signed_in: visit.cx.actor.member().is_some(),
        judges: visit.cx.can(Act::SeeApplications, On::Call(&facts)) && !facts.draft,
        forms: forms(visit, &found),
        places_in: found
            .places_in
            .iter()
            .map(|one| one.name.get(language).to_owned())
            .collect(),
        places_out: found
            .places_out
            .iter()
            .map(|one| one.name.get(language).to_owned())
            .collect(),
        criteria: criteria.collect(),
        min_score,
        places: found.admitted_most.map(number),
        reserve: found.reserve_most.map(number),
        rounds: rounds(visit, &found),
        contributors: found
            .contributors
            .iter()
            .map(|one| (one.name.clone(), money(language, one.amount)))
            .collect(),
        tranches: tranches(visit, &found),
        grace: i64::from(found.grace_days),
        rule: rule::sentences(language, &found),
        rule_data: found.rule_text.clone(),
        rule_hash: found.rule_hash.clone(),
        per_donation: is_per_donation,
        cost_needed: !is_per_donation,
        form,
        results,
        submitted: found.submitted.and_then(|n| i64::try_from(n).ok()),
        admitted: found.admitted.and_then(|n| i64::try_from(n).ok()),
        has_ranking: found.card.ranked_at.is_some(),
        books: (!facts.draft).then(|| visit.to(&format!("/books?pot={}", found.pot))),
        card: Card::of(visit, &found.card),
    }
}

fn extensions(visit: &Visit, found: &CallPage) -> Vec<Extended> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let told = found.extensions.iter().map(|one| {
        let at = |at| moment(language, zone, at);
        let (made, was, closes) = (date(language, zone, one.made_at), at(one.was), at(one.closes_at));
        let values = [
            ("made", Value::Text(&made)),
            ("was", Value::Text(&was)),
            ("closes", Value::Text(&closes)),
        ];
        let (lang, reason) = one.reason.with_language(language);
        Extended {
            said: words_with(language, "call-extended-from", &values),
            reason: Markdown::from_stored(reason.to_owned()).to_html().to_string(),
            lang: lang.code(),
        }
    });
    told.collect()
}

/// Who may apply, by name.
fn forms(visit: &Visit, found: &CallPage) -> Vec<String> {
    let forms = found.legal_forms.iter();
    forms
        .map(|form| named(visit.language, "legal-form-", form.as_str()))
        .collect()
}

fn rounds(visit: &Visit, found: &CallPage) -> Vec<Dated> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let days = |days: u32| words_with(language, "n-days", &[("n", Value::Number(i64::from(days)))]);
    let rounds = found.rounds.iter().enumerate().map(|(at, round)| {
        let number = (at + 1).to_string();
        let from = date(language, zone, round.window.start);
        // The end is the first instant after it; people are told the last day.
        let to = date(language, zone, round.window.end.plus_ms(-1));
        Dated {
            name: words_with(language, "call-round", &[("text", Value::Text(&number))]),
            when: format!("{from} – {to} ({})", days(round.days)),
        }
    });
    rounds.collect()
}

/// When the grant is paid, with what is held back at the end.
fn tranches(visit: &Visit, found: &CallPage) -> Vec<Dated> {
    let language = visit.language;
    let parts = found.tranches.iter().map(|part| Dated {
        name: share(language, part.share_ppm),
        when: words_with(
            language,
            "call-after-outcome",
            &[("n", Value::Number(i64::from(part.days_after_outcome)))],
        ),
    });
    let held = (found.hold_back_ppm > 0).then(|| Dated {
        name: share(language, found.hold_back_ppm),
        when: words(language, "call-after-report"),
    });
    parts.chain(held).collect()
}
