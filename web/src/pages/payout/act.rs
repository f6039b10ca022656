//! What is done about a promoter's account and a payout: each its own short form.
//!
//! Rule: whatever moves money asks for a fresh second factor, and comes back to the same form after it.

use std::sync::Arc;

use askama::Template;
use civic::campaign::read as campaigns;
use civic::error::{Code, Error, Result};
use civic::id::{BankAccountId, CampaignId, PayoutId};
use civic::limits::{HOLDER_MAX_CHARS, PAYMENT_REFERENCE_MAX_CHARS, REASON_MAX_CHARS};
use civic::payout::read::{self, PayoutCard, PayoutPage};
use civic::payout::write;
use civic::policy::{Act, On};
use civic::time::Timestamp;
use poem::Response;
use poem::http::StatusCode;

use crate::error::{awake, signed_in};
use crate::form::{Fields, Form};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// Longest number of an account as people type it, with spaces.
const IBAN_TYPED_MAX: usize = 50;

/// What a form on an account does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfAccount {
    Enter,
    Verify,
}

impl OfAccount {
    pub(super) const ALL: [Self; 2] = [Self::Enter, Self::Verify];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Verify => "verify",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    const fn act(self) -> Act {
        match self {
            Self::Enter => Act::KeepBankAccount,
            Self::Verify => Act::KeepMoney,
        }
    }

    pub(super) fn is_offered(self, page: &PayoutPage) -> bool {
        match self {
            Self::Enter => page.can_enter_account,
            Self::Verify => page.account.as_ref().is_some_and(|account| account.can_verify),
        }
    }
}

/// What a form on a payout does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfPayout {
    Approve,
    Decline,
    Withdraw,
    Pay,
    SendBack,
}

impl OfPayout {
    pub(super) const ALL: [Self; 5] = [Self::Approve, Self::Decline, Self::Withdraw, Self::Pay, Self::SendBack];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
            Self::Pay => "pay",
            Self::SendBack => "send-back",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    pub(super) const fn is_offered(self, card: &PayoutCard) -> bool {
        match self {
            Self::Approve | Self::Decline => card.can.decide,
            Self::Withdraw => card.can.withdraw,
            Self::Pay => card.can.pay,
            Self::SendBack => card.can.send_back,
        }
    }

    fn fields(self, form: &Form) -> Vec<String> {
        let paper = || {
            vec![
                form.line("on", "date", 0, " required"),
                form.line("evidence", "text", PAYMENT_REFERENCE_MAX_CHARS, " required"),
            ]
        };
        match self {
            Self::Approve | Self::Withdraw => Vec::new(),
            Self::Decline => vec![form.area("reason", 4, REASON_MAX_CHARS)],
            Self::Pay | Self::SendBack => paper(),
        }
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

/// A form's words, where it sends to, and where it leads back.
struct Frame<'a> {
    key: String,
    explained: String,
    action: String,
    campaign: CampaignId,
    title: &'a str,
}

fn page_of(visit: &Visit, frame: Frame<'_>, form: Form, fields: Vec<String>, code: StatusCode) -> Result<Response> {
    let back = format!("/campaigns/{}/payouts", frame.campaign);
    let page = ActPage {
        page: Page::new(visit, words(visit.language, &frame.key))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "payouts"), &back),
        fields,
        explained: frame.explained,
        button: words(visit.language, &frame.key),
        action: visit.to(&frame.action),
        back: visit.to(&back),
        title: frame.title.to_owned(),
        form,
    };
    html_as(code, &page)
}

fn account_page(visit: &Visit, what: OfAccount, about: &PayoutPage, form: Form, code: StatusCode) -> Result<Response> {
    let (language, name) = (visit.language, what.as_str());
    let frame = Frame {
        key: format!("bank-account-{name}"),
        explained: match (&about.account, what) {
            (Some(account), OfAccount::Verify) => {
                let both = format!("{}, {}", account.iban, account.holder);
                words_with(
                    language,
                    "bank-account-explained-verify",
                    &[("text", Value::Text(&both))],
                )
            }
            _ => words(language, "bank-account-explained-enter"),
        },
        action: format!("/campaigns/{}/bank-account/{name}", about.campaign),
        campaign: about.campaign,
        title: &about.title,
    };
    let fields = match (what, &about.account) {
        (OfAccount::Enter, _) => vec![
            form.line("iban", "text", IBAN_TYPED_MAX, " required autocomplete=\"off\""),
            form.line("holder", "text", HOLDER_MAX_CHARS, " required"),
        ],
        // What is verified is what was on the page: another account entered meanwhile is another one.
        (OfAccount::Verify, Some(account)) => {
            vec![format!(
                "<input type=\"hidden\" name=\"account\" value=\"{}\">",
                account.id
            )]
        }
        (OfAccount::Verify, None) => Vec::new(),
    };
    page_of(visit, frame, form, fields, code)
}

/// The form of an act on an account.
///
/// # Errors
/// `NotFound` for one that is not offered.
pub async fn account_form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (what, id): (OfAccount, CampaignId) = (OfAccount::of(&visit)?, visit.id("id")?);
    let facts = campaigns::facts(&visit.cx, id).await?;
    awake(&visit, what.act(), On::Campaign(&facts))?;
    let about = read::of_campaign(&visit.cx, id).await?;
    if !what.is_offered(&about) {
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, Fields::default());
    account_page(&visit, what, &about, form, StatusCode::OK)
}

/// Does it, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn account(visit: Arc<Visit>) -> Result<Response> {
    let (what, id): (OfAccount, CampaignId) = (OfAccount::of(&visit)?, visit.id("id")?);
    let form = &visit.form;
    let done = match what {
        OfAccount::Enter => write::enter_account(&visit.cx, id, form.text("iban"), form.text("holder")).await,
        OfAccount::Verify => match form.text("account").parse::<BankAccountId>() {
            Ok(account) => write::verify_account(&visit.cx, id, account).await,
            Err(_) => Err(Error::Conflict(Code::OutOfDate)),
        },
    };
    let done = done.map(|_| {
        visit.done(
            &format!("/campaigns/{id}/payouts"),
            &format!("bank-account-{}", what.as_str()),
        )
    });
    match done {
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let about = read::of_campaign(&visit.cx, id).await?;
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            account_page(&visit, what, &about, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        done => done,
    }
}

fn payout_page(visit: &Visit, what: OfPayout, card: &PayoutCard, form: Form, code: StatusCode) -> Result<Response> {
    let name = what.as_str();
    let shown = super::Shown::of(visit, card, false);
    let to = format!("{} → {}, … {}", shown.heading, card.holder, card.iban_tail);
    let frame = Frame {
        key: format!("payout-act-{name}"),
        explained: words_with(
            visit.language,
            &format!("payout-explained-{name}"),
            &[("text", Value::Text(&to))],
        ),
        action: format!("/payouts/{}/act/{name}", card.id),
        campaign: card.campaign,
        title: &card.title,
    };
    let fields = what.fields(&form);
    page_of(visit, frame, form, fields, code)
}

/// The form of an act on a payout.
///
/// # Errors
/// `NotFound` for one that is not offered.
pub async fn payout_form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (what, id): (OfPayout, PayoutId) = (OfPayout::of(&visit)?, visit.id("id")?);
    let card = read::one(&visit.cx, id).await?;
    let facts = campaigns::facts(&visit.cx, card.campaign).await?;
    awake(&visit, Act::KeepMoney, On::Campaign(&facts))?;
    if !what.is_offered(&card) {
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, Fields::default());
    payout_page(&visit, what, &card, form, StatusCode::OK)
}

/// Does it, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn payout(visit: Arc<Visit>) -> Result<Response> {
    let (what, id): (OfPayout, PayoutId) = (OfPayout::of(&visit)?, visit.id("id")?);
    let (cx, form) = (&visit.cx, &visit.form);
    let done = match what {
        OfPayout::Approve => write::approve(cx, id).await,
        OfPayout::Decline => write::decline(cx, id, form.text("reason")).await,
        OfPayout::Withdraw => write::withdraw(cx, id).await,
        OfPayout::Pay => match day(&visit) {
            Ok(at) => write::pay(cx, id, at, form.text("evidence")).await,
            Err(error) => Err(error),
        },
        OfPayout::SendBack => match day(&visit) {
            Ok(at) => write::send_back(cx, id, at, form.text("evidence")).await,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(_) => {
            let card = read::one(cx, id).await?;
            let back = format!("/campaigns/{}/payouts", card.campaign);
            Ok(visit.done(&back, &format!("payout-{}", what.as_str())))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let card = read::one(cx, id).await?;
            let form = Form::refused(visit.language, visit.form.clone(), renamed(error))?;
            payout_page(&visit, what, &card, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}

fn renamed(error: Error) -> Error {
    super::super::comment::renamed(error, "at", "on")
}

/// The day that was typed: its beginning, or now when it is today.
fn day(visit: &Visit) -> Result<Timestamp> {
    let typed = visit.form.text("on");
    let zone = &visit.cx.city.settings.zone;
    let at = zone.parse_local(&format!("{typed}T12:00"));
    let at = at.ok_or_else(|| Error::field("on", Code::Malformed))?;
    let today = visit.cx.now.local(zone).date();
    Ok(if at.local(zone).date() == today {
        visit.cx.now
    } else {
        at
    })
}
