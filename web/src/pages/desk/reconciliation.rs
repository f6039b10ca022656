//! The provider's account at the treasurer's desk: how the last comparison ended, what nobody can explain, and what is in our
//! books and not there.
//!
//! Rule: each difference says how old it is and what to do next; deciding asks for a fresh second factor.

use std::sync::Arc;

use askama::Template;
use civic::error::{Error, Result};
use civic::id::MovementId;
use civic::limits::REASON_MAX_CHARS;
use civic::money::Money;
use civic::policy::{Act, On};
use civic::reconciliation::read::{self, AstrayCard, MovementCard, RunCard};
use civic::reconciliation::write::decide;
use civic::reconciliation::{MovementState, MovementStep};
use civic::time::{DAY_MS, Timestamp};
use poem::Response;
use poem::http::StatusCode;

use super::frame;
use crate::amount::money;
use crate::error::{awake, signed_in};
use crate::form::{Fields, Form};
use crate::format::{date, moment};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// A state to choose.
struct Filter {
    label: String,
    href: String,
    chosen: bool,
}

/// A movement, in words.
struct Line {
    state: &'static str,
    amount: String,
    fee: Option<String>,
    day: String,
    name: String,
    note: Option<String>,
    links: Vec<(String, String)>,
}

/// Something that the provider does not have, in words.
struct Missing {
    href: String,
    title: String,
    what: String,
}

#[derive(Template)]
#[template(path = "desk/reconciliation.html")]
struct ReconciliationPage {
    page: Page,
    last: Option<String>,
    broken: Option<String>,
    sums: Vec<(&'static str, String)>,
    gifts: Vec<Missing>,
    refunds: Vec<Missing>,
    filters: Vec<Filter>,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<String>,
}

/// What the last comparison found, and the movements in a state.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let chosen = visit.query.choice("state", MovementState::parse)?;
    let chosen = chosen.unwrap_or(MovementState::Open);
    let found = read::movements(&visit.cx, chosen, visit.paging()).await?;
    let last = read::last(&visit.cx).await?;
    let astray = read::astray(&visit.cx).await?;
    let here = |state: MovementState| Fields::default().and("state", state.as_str());
    let address = |fields: Fields| visit.to(&format!("/desk/reconciliation{}", fields.query()));
    html(&ReconciliationPage {
        page: frame(&visit, words(visit.language, "reconciliation")),
        last: last.as_ref().map(|run| told(&visit, run)),
        broken: last.as_ref().and_then(|run| run.error.clone()),
        sums: last.as_ref().map_or_else(Vec::new, |run| sums(&visit, run)),
        gifts: astray.gifts.iter().map(|card| missing(&visit, card)).collect(),
        refunds: astray.refunds.iter().map(|card| missing(&visit, card)).collect(),
        filters: MovementState::ALL
            .iter()
            .map(|state| Filter {
                label: named(visit.language, "movement-state-", state.as_str()),
                href: address(here(*state)),
                chosen: *state == chosen,
            })
            .collect(),
        lines: found.items.iter().map(|card| line(&visit, card)).collect(),
        next: found
            .next
            .as_ref()
            .map(|next| address(here(chosen).and("after", next.text()))),
        first: visit.query.some("after").map(|_| address(here(chosen))),
    })
}

fn told(visit: &Visit, run: &RunCard) -> String {
    let zone = &visit.cx.city.settings.zone;
    let (key, at) = match run.ended_at {
        Some(at) => ("reconciliation-ended", at),
        None => ("reconciliation-begun", run.begun_at),
    };
    let at = moment(visit.language, zone, at);
    let values = [
        ("at", Value::Text(&at)),
        ("n", Value::Number(run.movements)),
        ("news", Value::Number(run.news)),
    ];
    words_with(visit.language, key, &values)
}

/// What each side says, once a comparison was ended.
fn sums(visit: &Visit, run: &RunCard) -> Vec<(&'static str, String)> {
    if run.ended_at.is_none() {
        return Vec::new();
    }
    let apart = run.clearing.minor().saturating_sub(run.provider.minor());
    [
        ("clearing", run.clearing),
        ("provider", run.provider),
        ("difference", Money::eur(apart)),
    ]
    .map(|(key, sum)| (key, money(visit.language, sum)))
    .into()
}

fn age(visit: &Visit, since: Timestamp) -> String {
    let days = visit.cx.now.ms().saturating_sub(since.ms()).max(0) / DAY_MS;
    words_with(visit.language, "movement-age", &[("n", Value::Number(days))])
}

fn missing(visit: &Visit, card: &AstrayCard) -> Missing {
    let zone = &visit.cx.city.settings.zone;
    Missing {
        href: visit.to(&format!("/desk/money/donations/{}", card.donation)),
        title: money(visit.language, card.amount),
        what: format!(
            "{} · {} · {}",
            date(visit.language, zone, card.since),
            age(visit, card.since),
            card.reference
        ),
    }
}

fn line(visit: &Visit, card: &MovementCard) -> Line {
    let language = visit.language;
    let act = |what: &str| {
        let address = visit.to(&format!("/desk/reconciliation/{}/{what}", card.id));
        (words(language, &format!("movement-{what}")), address)
    };
    let links = match card.state {
        MovementState::Open => vec![act("bank"), act("charge")],
        MovementState::Known | MovementState::Banked | MovementState::Charged => Vec::new(),
    };
    let day = date(language, &visit.cx.city.settings.zone, card.happened_at);
    let because = |reason: &String| words_with(language, "movement-because", &[("text", Value::Text(reason))]);
    Line {
        state: card.state.as_str(),
        amount: money(language, card.amount),
        fee: (card.fee.minor() != 0).then(|| {
            words_with(
                language,
                "movement-fee",
                &[("sum", Value::Text(&money(language, card.fee)))],
            )
        }),
        name: match &card.source {
            Some(source) if *source != card.reference => format!("{} · {source}", card.reference),
            _ => card.reference.clone(),
        },
        note: card.reason.as_ref().map(because),
        day: match card.state {
            MovementState::Open => format!("{day} · {}", age(visit, card.seen_at)),
            MovementState::Known | MovementState::Banked | MovementState::Charged => day,
        },
        links,
    }
}

#[derive(Template)]
#[template(path = "proposal/act.html")]
struct ActPage {
    page: Page,
    form: Form,
    fields: Vec<String>,
    explained: String,
    button: String,
    action: String,
    back: String,
    title: String,
}

/// The step that an address names.
fn step(what: &str) -> Result<MovementStep> {
    match what {
        "bank" => Ok(MovementStep::Bank),
        "charge" => Ok(MovementStep::Charge),
        _ => Err(Error::NotFound),
    }
}

async fn act_page(visit: &Visit, id: MovementId, form: Form, code: StatusCode) -> Result<Response> {
    let what = visit.param("what");
    step(what)?;
    let shown = line(visit, &read::movement(&visit.cx, id).await?);
    let key = format!("movement-{what}");
    let page = ActPage {
        page: frame(visit, words(visit.language, &key))
            .via(words(visit.language, "reconciliation"), "/desk/reconciliation"),
        fields: vec![form.area("reason", 3, REASON_MAX_CHARS)],
        explained: words(visit.language, &format!("movement-explained-{what}")),
        button: words(visit.language, &key),
        action: visit.to(&format!("/desk/reconciliation/{id}/{what}")),
        back: visit.to("/desk/reconciliation"),
        title: format!("{}, {}: {}", shown.day, shown.amount, shown.name),
        form,
    };
    html_as(code, &page)
}

/// The form of a decision on a movement.
///
/// # Errors
/// `NotFound` for one that is explained.
pub async fn act_form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    awake(&visit, Act::KeepMoney, On::City)?;
    let id: MovementId = visit.id("id")?;
    if read::movement(&visit.cx, id).await?.state != MovementState::Open {
        return Err(Error::NotFound);
    }
    act_page(&visit, id, Form::new(visit.language, Fields::default()), StatusCode::OK).await
}

/// Decides of a movement, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn act(visit: Arc<Visit>) -> Result<Response> {
    let id: MovementId = visit.id("id")?;
    let what = visit.param("what").to_owned();
    match decide(&visit.cx, id, step(&what)?, visit.form.text("reason")).await {
        Ok(_) => Ok(visit.done("/desk/reconciliation", &format!("movement-{what}"))),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            act_page(&visit, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}
