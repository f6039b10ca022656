//! The treasurer's desk: where the money of each call is, transfers and cash that are waited for, what is owed to donors,
//! disputes, and campaigns at risk.
//!
//! Rule: what a person says of money is one short form for each gift and each refund, with the facts above it, and asks for
//! a fresh second factor. Deliberately absent: payouts, which have their own page, and sums over people.

use std::sync::Arc;

use askama::Template;
use civic::campaign::read::{self as campaigns, CampaignCard};
use civic::donation::read::desk::{self, RefundPage};
use civic::donation::read::{self, DonationCard, DonationPage, RefundCard};
use civic::donation::{Way, write};
use civic::error::{Code, Error, Result};
use civic::id::{CampaignId, DonationId, RefundId};
use civic::ledger::books::{self, PotCard};
use civic::limits::PAYMENT_REFERENCE_MAX_CHARS;
use civic::page::{Cursor, Paging};
use civic::policy::{Act, On};
use civic::time::Timestamp;
use poem::Response;
use poem::http::StatusCode;

use super::frame;
use crate::amount::{money, read as amount, typed};
use crate::error::{awake, signed_in};
use crate::form::{Choice, Fields, Form};
use crate::format::{date, moment};
use crate::language::{named, words};
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// Longest amount that is typed.
pub(super) const AMOUNT_TYPED_MAX: usize = 20;
/// Longest reference that is typed, with what a bank puts around it.
const CODE_TYPED_MAX: usize = 40;

/// A line of a list, in words, with where it leads.
struct Line {
    href: String,
    title: String,
    what: String,
}

/// A list with the key of its words, and where it goes on.
struct List {
    key: &'static str,
    lines: Vec<Line>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/money.html")]
struct MoneyPage {
    page: Page,
    form: Form,
    pots: Vec<(Line, Vec<(&'static str, String)>)>,
    more_pots: Option<String>,
    lists: Vec<List>,
}

/// Where the list that an address names begins; the others begin at their first line.
fn paging(visit: &Visit, list: &str) -> Paging {
    Paging {
        after: visit.query.some(list).and_then(Cursor::read),
        ..Paging::default()
    }
}

fn go_on(visit: &Visit, list: &str, next: Option<&Cursor>) -> Option<String> {
    let query = Fields::default().and(list, next?.text()).query();
    Some(visit.to(&format!("/desk/money{query}#{list}")))
}

/// What there is to do; `?code=` looks for the gift that a transfer names.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let cx = &visit.cx;
    let mut form = Form::new(visit.language, visit.query.clone());
    if let Some(code) = visit.query.some("reference") {
        match read::by_reference_code(cx, code).await {
            Ok(found) => return Ok(redirect(&visit.to(&format!("/desk/money/donations/{}", found.card.id)))),
            Err(Error::NotFound) => {
                let missing = Error::field("reference", Code::UnknownValue);
                form = Form::refused(visit.language, visit.query.clone(), missing)?;
            }
            Err(error) => return Err(error),
        }
    }
    let waited = desk::waited(cx, paging(&visit, "waited")).await?;
    let owed = read::owed(cx, paging(&visit, "owed")).await?;
    let disputed = desk::disputed(cx, paging(&visit, "disputed")).await?;
    let risky = campaigns::at_risk(cx, paging(&visit, "at-risk")).await?;
    let pots = books::pots(cx, paging(&visit, "pots")).await?;
    let gift = |card: &DonationCard| gift_line(&visit, card);
    html(&MoneyPage {
        page: frame(&visit, words(visit.language, "desk-money")),
        form,
        pots: pots.items.iter().map(|card| pot(&visit, card)).collect(),
        more_pots: go_on(&visit, "pots", pots.next.as_ref()),
        lists: vec![
            List {
                key: "waited",
                lines: waited.items.iter().map(gift).collect(),
                next: go_on(&visit, "waited", waited.next.as_ref()),
            },
            List {
                key: "owed",
                lines: owed.items.iter().map(|card| refund_line(&visit, card)).collect(),
                next: go_on(&visit, "owed", owed.next.as_ref()),
            },
            List {
                key: "disputed",
                lines: disputed.items.iter().map(gift).collect(),
                next: go_on(&visit, "disputed", disputed.next.as_ref()),
            },
            List {
                key: "at-risk",
                lines: risky.items.iter().map(|card| campaign_line(&visit, card)).collect(),
                next: go_on(&visit, "at-risk", risky.next.as_ref()),
            },
        ],
    })
}

fn pot(visit: &Visit, card: &PotCard) -> (Line, Vec<(&'static str, String)>) {
    let of = card.balances;
    let all = [
        ("total", of.total),
        ("available", of.available),
        ("held", of.held),
        ("reserved", of.reserved),
        ("committed", of.committed),
        ("payable", of.payable),
        ("paid", of.paid),
        ("released", card.released),
    ];
    let line = Line {
        href: visit.to(&format!("/books?pot={}", card.pot)),
        title: card.title.1.clone(),
        what: card.title.0.code().to_owned(),
    };
    let sums = all.map(|(key, sum)| (key, money(visit.language, sum)));
    (line, sums.into())
}

fn gift_line(visit: &Visit, card: &DonationCard) -> Line {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let way = named(language, "desk-way-", card.way.as_str());
    let code = card.reference_code.as_deref().unwrap_or_default();
    let day = date(language, zone, card.promised_at);
    Line {
        href: visit.to(&format!("/desk/money/donations/{}", card.id)),
        title: format!("{} – {}", money(language, card.amount), card.title),
        what: format!("{way} {code} · {day}"),
    }
}

fn refund_line(visit: &Visit, card: &RefundCard) -> Line {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    Line {
        href: visit.to(&format!("/desk/money/refunds/{}", card.id)),
        title: money(language, card.amount),
        what: format!(
            "{} · {}",
            named(language, "desk-refund-", &card.reason),
            date(language, zone, card.wanted_at)
        ),
    }
}

fn campaign_line(visit: &Visit, card: &CampaignCard) -> Line {
    let bar = super::super::campaign::Card::of(visit, card);
    let state = named(visit.language, "campaign-state-", card.state.as_str());
    let sums = [card.raised, card.cost].map(|sum| money(visit.language, sum));
    Line {
        href: bar.href,
        title: card.title.clone(),
        what: format!("{state} · {} / {}", sums[0], sums[1]),
    }
}

/// A short form about money, with the facts above it.
#[derive(Template)]
#[template(path = "desk/money_act.html")]
pub(super) struct ActPage {
    pub page: Page,
    pub form: Form,
    pub facts: Vec<(&'static str, String)>,
    pub note: Option<&'static str>,
    pub more: Option<(String, &'static str)>,
    pub fields: Vec<String>,
    pub action: String,
    pub button: &'static str,
}

pub(super) fn about(visit: &Visit, found: &DonationPage) -> Vec<(&'static str, String)> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let card = &found.card;
    let mut facts = vec![
        ("desk-money-campaign", card.title.clone()),
        ("donation-amount", money(language, card.amount)),
        ("desk-money-way", named(language, "desk-way-", card.way.as_str())),
        (
            "desk-money-state",
            named(language, "donation-state-", card.state.as_str()),
        ),
        ("donation-promised", moment(language, zone, card.promised_at)),
    ];
    facts.extend(card.reference_code.clone().map(|code| ("transfer-code", code)));
    facts.extend(found.email.clone().map(|email| ("desk-money-email", email)));
    facts.extend(
        card.confirmed_at
            .map(|at| ("donation-confirmed", moment(language, zone, at))),
    );
    facts
}

fn donation_page(visit: &Visit, found: &DonationPage, form: Form, code: StatusCode) -> Result<Response> {
    let id = found.card.id;
    let fields = vec![
        form.line(
            "received",
            "text",
            AMOUNT_TYPED_MAX,
            " required inputmode=\"decimal\" autocomplete=\"off\"",
        ),
        form.line("on", "date", 0, " required"),
        form.line(
            "evidence",
            "text",
            PAYMENT_REFERENCE_MAX_CHARS,
            " required autocomplete=\"off\"",
        ),
    ];
    let template = ActPage {
        page: frame(visit, words(visit.language, "desk-money-gift"))
            .via(words(visit.language, "desk-money"), "/desk/money"),
        form,
        facts: about(visit, found),
        note: (!found.can.confirm).then_some("desk-money-nothing-to-confirm"),
        more: found.can.refund.then(|| {
            let address = visit.to(&format!("/desk/money/donations/{id}/refund"));
            (address, "desk-money-give-back")
        }),
        fields: if found.can.confirm { fields } else { Vec::new() },
        action: visit.to(&format!("/desk/money/donations/{id}")),
        button: "desk-money-confirm",
    };
    html_as(code, &template)
}

pub(super) async fn wake(visit: &Visit, campaign: CampaignId) -> Result<()> {
    let facts = campaigns::facts(&visit.cx, campaign).await?;
    awake(visit, Act::KeepMoney, On::Campaign(&facts))
}

/// A gift, and the form that says that its transfer or cash has come.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn donation(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: DonationId = visit.id("id")?;
    let found = read::page(&visit.cx, id, None).await?;
    let facts = campaigns::facts(&visit.cx, found.card.campaign).await?;
    visit.cx.check(Act::SeeDonations, On::Campaign(&facts))?;
    if found.can.confirm {
        wake(&visit, found.card.campaign).await?;
    }
    let begin = Fields::default().and("received", typed(visit.language, found.card.amount));
    donation_page(&visit, &found, Form::new(visit.language, begin), StatusCode::OK)
}

/// Says so, and leads back to the gift.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn confirm(visit: Arc<Visit>) -> Result<Response> {
    let id: DonationId = visit.id("id")?;
    let found = read::page(&visit.cx, id, None).await?;
    match said(&visit, &found).await {
        Ok(_) => Ok(visit.done(&format!("/desk/money/donations/{id}"), "money-confirmed")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let error = super::super::comment::renamed(error, "amount_minor", "received");
            let error = super::super::comment::renamed(error, "at", "on");
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            donation_page(&visit, &found, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}

async fn said(visit: &Visit, found: &DonationPage) -> Result<DonationId> {
    let sum = amount(visit.form.text("received")).ok_or_else(|| Error::field("received", Code::Malformed))?;
    let at = day(visit, found.card.promised_at)?;
    write::confirm_by_hand(&visit.cx, found.card.id, sum, at, visit.form.text("evidence").trim()).await
}

/// The day that was typed, at noon; the first and the last day that are possible end where the time does.
fn day(visit: &Visit, since: Timestamp) -> Result<Timestamp> {
    let zone = &visit.cx.city.settings.zone;
    let at = zone.parse_local(&format!("{}T12:00", visit.form.text("on")));
    let at = at.ok_or_else(|| Error::field("on", Code::Malformed))?;
    let same = |other: Timestamp| at.local(zone).date() == other.local(zone).date();
    Ok(if same(visit.cx.now) {
        visit.cx.now
    } else if same(since) {
        since
    } else {
        at
    })
}

fn refund_page(visit: &Visit, found: &RefundPage, form: Form, code: StatusCode) -> Result<Response> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let card = &found.card;
    let ways = [Way::BankTransfer, Way::Cash].map(|way| Choice {
        value: way.as_str().to_owned(),
        label: named(language, "desk-way-", way.as_str()),
    });
    let mut facts = vec![
        ("desk-money-campaign", found.title.clone()),
        ("donation-amount", money(language, card.amount)),
        ("desk-money-reason", named(language, "desk-refund-", &card.reason)),
        ("desk-money-state", named(language, "refund-state-", card.state)),
        ("desk-money-wanted", moment(language, zone, card.wanted_at)),
    ];
    facts.extend(found.email.clone().map(|email| ("desk-money-email", email)));
    let fields = vec![form.radio("paid_by", &ways)];
    let template = ActPage {
        page: frame(visit, words(language, "desk-money-refund")).via(words(language, "desk-money"), "/desk/money"),
        form,
        facts,
        note: (!found.can_settle).then_some("desk-money-nothing-to-settle"),
        more: None,
        fields: if found.can_settle { fields } else { Vec::new() },
        action: visit.to(&format!("/desk/money/refunds/{}", card.id)),
        button: "desk-money-settle",
    };
    html_as(code, &template)
}

/// A refund, and the form that says that it is paid.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn refund(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let found = desk::refund(&visit.cx, visit.id("id")?).await?;
    if found.can_settle {
        wake(&visit, found.campaign).await?;
    }
    let form = Form::new(visit.language, Fields::default());
    refund_page(&visit, &found, form, StatusCode::OK)
}

/// Says so, and leads back to it.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn settle(visit: Arc<Visit>) -> Result<Response> {
    let id: RefundId = visit.id("id")?;
    let way = visit.form.choice("paid_by", Way::parse);
    let way = way.and_then(|way| way.ok_or_else(|| Error::field("paid_by", Code::UnknownValue)));
    let done = match way {
        Ok(way) => write::settle_refund(&visit.cx, id, way).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(visit.done(&format!("/desk/money/refunds/{id}"), "money-settled")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let error = super::super::comment::renamed(error, "way", "paid_by");
            let found = desk::refund(&visit.cx, id).await?;
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            refund_page(&visit, &found, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}
