//! What is done with a report: begun and handed in by the promoter, sent back or accepted by the office, and what of the
//! city's part is paid back.

use std::sync::Arc;

use askama::Template;
use civic::campaign;
use civic::error::{Code, Error, Result};
use civic::id::CampaignId;
use civic::limits::{PAYMENT_REFERENCE_MAX_CHARS, REASON_MAX_CHARS};
use civic::money::Money;
use civic::policy::{Act, On};
use civic::report::read::{self, ReportPage};
use civic::report::write;
use poem::Response;
use poem::http::StatusCode;

use super::super::comment::renamed;
use crate::amount::{read as read_amount, typed};
use crate::error::{awake, signed_in};
use crate::form::{Fields, Form};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// Longest amount as people type it.
const AMOUNT_TYPED_MAX: usize = 20;

/// What a form on a report does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Begin,
    Submit,
    SendBack,
    Close,
    PayBack,
}

impl What {
    pub(super) const ALL: [Self; 5] = [Self::Begin, Self::Submit, Self::SendBack, Self::Close, Self::PayBack];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Submit => "submit",
            Self::SendBack => "send-back",
            Self::Close => "close",
            Self::PayBack => "pay-back",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    pub(super) const fn is_offered(self, page: &ReportPage) -> bool {
        match self {
            // A report that is there is begun.
            Self::Begin => false,
            Self::Submit => page.can.submit,
            Self::SendBack | Self::Close => page.can.review,
            Self::PayBack => page.can.pay_back,
        }
    }

    const fn act(self) -> Act {
        match self {
            Self::Begin | Self::Submit => Act::EditCampaign,
            Self::SendBack | Self::Close => Act::ReviewCampaign,
            Self::PayBack => Act::KeepMoney,
        }
    }

    fn fields(self, form: &Form) -> Vec<String> {
        let amount = |name| {
            form.line(
                name,
                "text",
                AMOUNT_TYPED_MAX,
                " inputmode=\"decimal\" autocomplete=\"off\" required",
            )
        };
        match self {
            Self::Begin | Self::Submit => Vec::new(),
            Self::SendBack => vec![form.area("reason", 4, REASON_MAX_CHARS)],
            Self::Close => vec![amount("eligible")],
            Self::PayBack => vec![
                amount("sum"),
                form.line("evidence", "text", PAYMENT_REFERENCE_MAX_CHARS, " required"),
            ],
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

async fn page_of(visit: &Visit, what: What, id: CampaignId, form: Form, code: StatusCode) -> Result<Response> {
    let (language, name) = (visit.language, what.as_str());
    let about = campaign::read::page(&visit.cx, id).await?;
    let own = super::campaign_path(id, &about.card.slug);
    let back = match what {
        What::Begin => own.clone(),
        _ => format!("/campaigns/{id}/report"),
    };
    let page = ActPage {
        page: Page::new(visit, words(language, &format!("report-{name}")))
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .via(about.card.title.clone(), &own),
        fields: what.fields(&form),
        explained: words(language, &format!("report-explained-{name}")),
        button: words(language, &format!("report-{name}")),
        action: visit.to(&format!("/campaigns/{id}/report/act/{name}")),
        back: visit.to(&back),
        title: about.card.title,
        form,
    };
    html_as(code, &page)
}

/// The form for one act.
///
/// # Errors
/// `NotFound` for an act that is not offered.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (what, id): (What, CampaignId) = (What::of(&visit)?, visit.id("id")?);
    let facts = campaign::read::facts(&visit.cx, id).await?;
    awake(&visit, what.act(), On::Campaign(&facts))?;
    let mut fields = Fields::default();
    if what == What::Begin {
        visit.cx.check(what.act(), On::Campaign(&facts))?;
    } else {
        let report = read::page(&visit.cx, id).await?;
        if !what.is_offered(&report) {
            return Err(Error::NotFound);
        }
        fields = match what {
            What::Close => fields.and("eligible", typed(visit.language, report.spent)),
            What::PayBack => fields.and("sum", typed(visit.language, report.owed_back)),
            What::Begin | What::Submit | What::SendBack => fields,
        };
    }
    page_of(&visit, what, id, Form::new(visit.language, fields), StatusCode::OK).await
}

/// Does it, and leads back to the report.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn submit(visit: Arc<Visit>) -> Result<Response> {
    let (what, id): (What, CampaignId) = (What::of(&visit)?, visit.id("id")?);
    match act(&visit, what, id).await {
        Ok(()) if what == What::Begin => Ok(visit.done(&format!("/campaigns/{id}/report/edit"), "report-begin")),
        Ok(()) => Ok(visit.done(&format!("/campaigns/{id}/report"), &format!("report-{}", what.as_str()))),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let error = renamed(renamed(error, "eligible_minor", "eligible"), "amount_minor", "sum");
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page_of(&visit, what, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

async fn act(visit: &Visit, what: What, id: CampaignId) -> Result<()> {
    let (cx, form) = (&visit.cx, &visit.form);
    match what {
        What::Begin => write::begin(cx, id).await.map(drop),
        What::Submit => write::submit(cx, id, None).await.map(drop),
        What::SendBack => write::send_back(cx, id, form.text("reason")).await.map(drop),
        What::Close => write::close(cx, id, Some(amount(form, "eligible")?)).await.map(drop),
        What::PayBack => write::pay_back(cx, id, amount(form, "sum")?, form.text("evidence"))
            .await
            .map(drop),
    }
}

fn amount(form: &Fields, name: &'static str) -> Result<Money> {
    read_amount(form.text(name)).ok_or_else(|| Error::field(name, Code::Malformed))
}
