//! The bank's statements at the treasurer's desk: taking one in, and deciding of the lines that are left.
//!
//! Rule: what is matched by itself needs nobody; of the rest each line is given to a gift by its code, or set aside with a
//! reason. Taking in and deciding ask for a fresh second factor.

use std::sync::Arc;

use askama::Template;
use civic::donation::read as gifts;
use civic::error::{Code, Error, Result};
use civic::id::StatementLineId;
use civic::limits::{PAYMENT_REFERENCE_MAX_CHARS, REASON_MAX_CHARS};
use civic::page::Paging;
use civic::policy::{Act, On};
use civic::statement::LineState;
use civic::statement::read::{self, LineCard};
use civic::statement::write;
use poem::Response;
use poem::http::StatusCode;

use super::frame;
use crate::amount::money;
use crate::error::{awake, signed_in, status};
use crate::form::{Fields, Form};
use crate::format::{date, moment};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// Statements that the page names: the last ones.
const SHOWN: u64 = 5;

/// A state to choose.
struct Filter {
    label: String,
    href: String,
    chosen: bool,
}

/// A line, in words.
struct Line {
    state: &'static str,
    amount: String,
    day: String,
    from: String,
    text: String,
    note: Option<String>,
    links: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "desk/statements.html")]
struct StatementsPage {
    page: Page,
    form: Form,
    action: String,
    last: Vec<String>,
    filters: Vec<Filter>,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<String>,
}

const STATES: [LineState; 4] = [LineState::Open, LineState::New, LineState::Matched, LineState::SetAside];

async fn page_of(visit: &Visit, form: Form, code: StatusCode) -> Result<Response> {
    let chosen = visit
        .query
        .choice("state", LineState::parse)?
        .unwrap_or(LineState::Open);
    let found = read::lines(&visit.cx, chosen, visit.paging()).await?;
    let few = Paging {
        limit: SHOWN,
        after: None,
    };
    let last = read::list(&visit.cx, few).await?.items;
    let here = |state: LineState| Fields::default().and("state", state.as_str());
    let address = |fields: Fields| visit.to(&format!("/desk/statements{}", fields.query()));
    let page = StatementsPage {
        page: frame(visit, words(visit.language, "statements")),
        action: visit.to("/desk/statements"),
        last: last
            .iter()
            .map(|one| {
                let at = moment(visit.language, &visit.cx.city.settings.zone, one.imported_at);
                let of = words_with(visit.language, "statement-lines", &[("n", Value::Number(one.lines))]);
                format!("{at}: {of}")
            })
            .collect(),
        filters: STATES
            .into_iter()
            .map(|state| Filter {
                label: words(
                    visit.language,
                    &format!("line-state-{}", state.as_str().replace('_', "-")),
                ),
                href: address(here(state)),
                chosen: state == chosen,
            })
            .collect(),
        lines: found.items.iter().map(|card| line(visit, card)).collect(),
        next: found
            .next
            .as_ref()
            .map(|next| address(here(chosen).and("after", next.text()))),
        first: visit.query.some("after").map(|_| address(here(chosen))),
        form,
    };
    html_as(code, &page)
}

fn line(visit: &Visit, card: &LineCard) -> Line {
    let language = visit.language;
    let word = |key: &str| words(language, key);
    let act = |what: &str| {
        let address = visit.to(&format!("/desk/statements/{}/{what}", card.id));
        (word(&format!("line-{what}")), address)
    };
    let links = match card.state {
        LineState::New | LineState::Open if card.amount.minor() > 0 => vec![act("assign"), act("set-aside")],
        LineState::New | LineState::Open => vec![act("set-aside")],
        LineState::Matched | LineState::SetAside => Vec::new(),
    };
    let gift = card
        .donation
        .map(|id| (word("line-see-gift"), visit.to(&format!("/donations/{id}"))));
    let text = |key: &str, text: &str| words_with(language, key, &[("text", Value::Text(text))]);
    Line {
        state: card.state.as_str(),
        amount: money(language, card.amount),
        day: date(language, &visit.cx.city.settings.zone, card.booked_at),
        from: [card.name.as_str(), card.iban.as_str()].join(" ").trim().to_owned(),
        text: card.text.clone(),
        note: match (&card.reason, card.suggested, card.state) {
            (Some(reason), _, _) => Some(text("line-set-aside-because", reason)),
            (None, Some(_), LineState::Open) => Some(word("line-suggested")),
            _ => None,
        },
        links: links.into_iter().chain(gift).collect(),
    }
}

/// The statements, and the lines that wait for a person.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    page_of(&visit, Form::new(visit.language, Fields::default()), StatusCode::OK).await
}

/// Takes in the statement that came with the form, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn import(visit: Arc<Visit>) -> Result<Response> {
    awake(&visit, Act::KeepMoney, On::City)?;
    let taken = match visit.upload.as_ref() {
        None => Err(Error::field("file", Code::Empty)),
        Some(upload) => write::import(&visit.cx, upload.bytes.clone()).await,
    };
    match taken {
        Ok(_) => Ok(visit.done("/desk/statements", "statement-import")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let code = status(&error);
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page_of(&visit, form, code).await
        }
        Err(error) => Err(error),
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

async fn act_page(visit: &Visit, id: StatementLineId, form: Form, code: StatusCode) -> Result<Response> {
    let what = visit.param("what");
    let field = match what {
        "assign" => form.line(
            "gift_code",
            "text",
            PAYMENT_REFERENCE_MAX_CHARS,
            " required autocomplete=\"off\"",
        ),
        "set-aside" => form.area("reason", 3, REASON_MAX_CHARS),
        _ => return Err(Error::NotFound),
    };
    let card = read::line(&visit.cx, id).await?;
    let shown = line(visit, &card);
    let key = format!("line-{what}");
    let page = ActPage {
        page: frame(visit, words(visit.language, &key)).via(words(visit.language, "statements"), "/desk/statements"),
        fields: vec![field],
        explained: words(visit.language, &format!("line-explained-{what}")),
        button: words(visit.language, &key),
        action: visit.to(&format!("/desk/statements/{id}/{what}")),
        back: visit.to("/desk/statements"),
        title: format!("{}, {}: {} {}", shown.day, shown.amount, shown.from, shown.text),
        form,
    };
    html_as(code, &page)
}

/// The form of a decision on a line.
///
/// # Errors
/// `NotFound` for a line that is decided.
pub async fn line_form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    awake(&visit, Act::KeepMoney, On::City)?;
    let id: StatementLineId = visit.id("id")?;
    let card = read::line(&visit.cx, id).await?;
    if !matches!(card.state, LineState::New | LineState::Open) {
        return Err(Error::NotFound);
    }
    let mut fields = Fields::default();
    if let Some(gift) = card.suggested {
        let found = gifts::page(&visit.cx, gift, None).await?;
        fields = fields.and("gift_code", found.card.reference_code.unwrap_or_default());
    }
    act_page(&visit, id, Form::new(visit.language, fields), StatusCode::OK).await
}

/// Decides of a line, and leads back.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn line_act(visit: Arc<Visit>) -> Result<Response> {
    let id: StatementLineId = visit.id("id")?;
    let what = visit.param("what").to_owned();
    let done = match what.as_str() {
        "assign" => assign(&visit, id).await,
        "set-aside" => write::set_aside(&visit.cx, id, visit.form.text("reason")).await,
        _ => Err(Error::NotFound),
    };
    match done {
        Ok(_) => Ok(visit.done("/desk/statements", &format!("line-{what}"))),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            act_page(&visit, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

async fn assign(visit: &Visit, id: StatementLineId) -> Result<StatementLineId> {
    match gifts::by_reference_code(&visit.cx, visit.form.text("gift_code")).await {
        Ok(gift) => write::assign(&visit.cx, id, gift.card.id).await,
        Err(Error::NotFound) => Err(Error::field("gift_code", Code::UnknownValue)),
        Err(error) => Err(error),
    }
}
