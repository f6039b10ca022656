//! Payouts at the treasurer's desk: what waits for a second person, what goes to the bank, and what the bank has done.
//!
//! Rule: the file is made by one act and fetched as often as it is needed; it always says the same.

use std::sync::Arc;

use askama::Template;
use civic::error::{Error, Result};
use civic::id::PayoutFileId;
use civic::page::Paging;
use civic::payout::file::{self, Debtor};
use civic::payout::read::{self, PayableCard, PayoutFileCard};
use civic::payout::{PayoutState, write};
use civic::policy::{Act, On};
use poem::Response;
use poem::http::header;

use super::super::payout::Shown;
use super::frame;
use crate::amount::money;
use crate::error::{awake, signed_in};
use crate::form::Fields;
use crate::format::moment;
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// Files that the page shows: older ones are in REST.
const FILES: u64 = 10;

/// A state to choose.
struct Filter {
    label: String,
    href: String,
    chosen: bool,
}

/// A file, in words, with where it is fetched.
struct File {
    made: String,
    what: String,
    links: Vec<(String, String)>,
}

/// A campaign of which a part is due, in words.
struct DuePart {
    title: String,
    href: String,
    what: String,
}

#[derive(Template)]
#[template(path = "desk/payouts.html")]
struct PayoutsPage {
    page: Page,
    filters: Vec<Filter>,
    payouts: Vec<Shown>,
    send: Option<String>,
    due: Vec<DuePart>,
    files: Vec<File>,
    next: Option<String>,
    first: Option<String>,
}

/// The states that a treasurer chooses from: those in which something waits come first.
const STATES: [PayoutState; 7] = [
    PayoutState::Requested,
    PayoutState::Approved,
    PayoutState::Sent,
    PayoutState::Paid,
    PayoutState::Returned,
    PayoutState::Declined,
    PayoutState::Withdrawn,
];

/// Payouts, those that wait to be decided unless another state is chosen.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let chosen = visit
        .query
        .choice("state", PayoutState::parse)?
        .unwrap_or(PayoutState::Requested);
    let found = read::list(&visit.cx, Some(chosen), visit.paging()).await?;
    let here = |state: PayoutState| Fields::default().and("state", state.as_str());
    let address = |fields: Fields| visit.to(&format!("/desk/payouts{}", fields.query()));
    let files = read::files(&visit.cx, few()).await?;
    let due = read::payable(&visit.cx, Paging::default()).await?;
    html(&PayoutsPage {
        page: frame(&visit, words(visit.language, "desk-payouts")).twin("/api/v1/payouts"),
        filters: STATES
            .into_iter()
            .map(|state| Filter {
                label: words(visit.language, &format!("payout-state-{}", state.as_str())),
                href: address(here(state)),
                chosen: state == chosen,
            })
            .collect(),
        payouts: found.items.iter().map(|card| Shown::of(&visit, card, true)).collect(),
        send: (chosen == PayoutState::Approved && !found.items.is_empty()).then(|| visit.to("/desk/payouts")),
        due: due.items.iter().filter_map(|card| due_part(&visit, card)).collect(),
        files: files.items.iter().map(|card| shown(&visit, card)).collect(),
        next: found
            .next
            .as_ref()
            .map(|next| address(here(chosen).and("after", next.text()))),
        first: visit.query.some("after").map(|_| address(here(chosen))),
    })
}

const fn few() -> Paging {
    Paging {
        limit: FILES,
        after: None,
    }
}

fn due_part(visit: &Visit, card: &PayableCard) -> Option<DuePart> {
    let part = card.due?;
    let number = (part.number + 1).to_string();
    let name = words_with(visit.language, "payout-part", &[("text", Value::Text(&number))]);
    Some(DuePart {
        title: card.title.clone(),
        href: visit.to(&format!("/campaigns/{}/payouts", card.campaign)),
        what: format!("{name}: {}", money(visit.language, part.sums.whole())),
    })
}

fn shown(visit: &Visit, card: &PayoutFileCard) -> File {
    let language = visit.language;
    let of = [
        (Debtor::Custodian, "payout-file-custodian", card.sums.gifts),
        (Debtor::City, "payout-file-city", card.sums.grant),
    ];
    let links = of
        .into_iter()
        .filter(|(_, _, sum)| sum.minor() > 0)
        .map(|(debtor, key, sum)| {
            let address = visit.to(&format!("/desk/payouts/{}/{}", card.id, debtor.as_str()));
            let sum = money(language, sum);
            (words_with(language, key, &[("text", Value::Text(&sum))]), address)
        });
    File {
        made: moment(language, &visit.cx.city.settings.zone, card.made_at),
        what: words_with(language, "payout-file-of", &[("n", Value::Number(card.payouts))]),
        links: links.collect(),
    }
}

/// Puts every approved payout into a file, and leads back.
///
/// # Errors
/// Those of the use case.
pub async fn send(visit: Arc<Visit>) -> Result<Response> {
    awake(&visit, Act::KeepMoney, On::City)?;
    write::send(&visit.cx).await?;
    Ok(visit.done("/desk/payouts?state=sent", "payouts-sent"))
}

/// One file for the bank.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than treasurers of the city.
pub async fn fetch(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    awake(&visit, Act::KeepMoney, On::City)?;
    let id: PayoutFileId = visit.id("id")?;
    let debtor = Debtor::parse(visit.param("what")).ok_or(Error::NotFound)?;
    let file = file::of(&visit.cx, id, debtor).await?;
    Ok(Response::builder()
        .content_type("application/xml; charset=utf-8")
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        )
        .header(header::CACHE_CONTROL, "no-store")
        .body(file.text))
}
