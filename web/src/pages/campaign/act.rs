//! What is done with a campaign: its promoter hands it in and tells its news; the office schedules it, sends it back, moves
//! its end, cancels it, ends a fund and records the agreement.
//!
//! Rule: a button and its endpoint ask the same question. Each says why where the city's books or the donors will ask.
//! Deliberately absent: what follows for gifts and match, which is `civic`'s.

use std::sync::Arc;

use askama::Template;
use civic::call::CallFacts;
use civic::call::read as calls;
use civic::campaign::read::{self, CampaignPage};
use civic::campaign::{Run, write};
use civic::error::{Code, Error, Result};
use civic::id::CampaignId;
use civic::limits::{APPLICATION_LINE_MAX_CHARS, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use civic::policy::{Act, On};
use poem::Response;
use poem::http::StatusCode;

use super::path;
use crate::error::{awake, signed_in};
use crate::form::{Choice, Fields, Form};
use crate::format::date;
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// What a form on a campaign does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Submit,
    Tell,
    Schedule,
    SendBack,
    Extend,
    Cancel,
    End,
    Agree,
}

impl What {
    pub(super) const ALL: [Self; 8] = [
        Self::Submit,
        Self::Tell,
        Self::Schedule,
        Self::SendBack,
        Self::Extend,
        Self::Cancel,
        Self::End,
        Self::Agree,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Tell => "tell",
            Self::Schedule => "schedule",
            Self::SendBack => "send-back",
            Self::Extend => "extend",
            Self::Cancel => "cancel",
            Self::End => "end",
            Self::Agree => "agree",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    pub(super) const fn is_offered(self, page: &CampaignPage) -> bool {
        match self {
            Self::Submit => page.can.submit,
            Self::Tell => page.can.tell,
            Self::Schedule | Self::SendBack => page.can.review,
            Self::Extend => page.can.extend,
            Self::Cancel => page.can.cancel,
            Self::End => page.can.end,
            Self::Agree => page.can.agree,
        }
    }

    const fn is_own(self) -> bool {
        matches!(self, Self::Submit | Self::Tell)
    }

    async fn fields(self, visit: &Visit, form: &Form, about: &CampaignPage) -> Result<Vec<String>> {
        let reason = || form.area("reason", 4, REASON_MAX_CHARS);
        Ok(match self {
            Self::Submit | Self::End => Vec::new(),
            Self::Tell => vec![
                form.line("title", "text", TITLE_MAX_CHARS, ""),
                form.area("body", 8, PROPOSAL_BODY_MAX_CHARS),
            ],
            Self::Schedule => vec![when(visit, form, about).await?],
            Self::SendBack | Self::Cancel => vec![reason()],
            Self::Extend => vec![form.line("more_days", "number", 0, " min=\"1\" required"), reason()],
            Self::Agree => vec![form.line("agreement", "text", APPLICATION_LINE_MAX_CHARS, " required")],
        })
    }
}

/// The rounds of its call to choose from; a fund begins on a day.
async fn when(visit: &Visit, form: &Form, about: &CampaignPage) -> Result<String> {
    let Some(call) = about.card.call else {
        return Ok(form.line("opens_on", "date", 0, " required"));
    };
    let zone = &visit.cx.city.settings.zone;
    let rounds = calls::page(&visit.cx, call).await?.rounds;
    let rounds = rounds.iter().enumerate().map(|(at, round)| {
        let from = date(visit.language, zone, round.window.start);
        // The end is the first instant after it; people are told the last day.
        let to = date(visit.language, zone, round.window.end.plus_ms(-1));
        let number = (at + 1).to_string();
        let name = words_with(visit.language, "call-round", &[("text", Value::Text(&number))]);
        Choice {
            value: at.to_string(),
            label: format!("{name}: {from} – {to}"),
        }
    });
    Ok(form.radio("round", &rounds.collect::<Vec<_>>()))
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

async fn page_of(visit: &Visit, what: What, about: &CampaignPage, form: Form, code: StatusCode) -> Result<Response> {
    let (language, name) = (visit.language, what.as_str());
    let own = path(about.card.id, &about.card.slug);
    let page = ActPage {
        page: Page::new(visit, words(language, &format!("campaign-act-{name}")))
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .via(about.card.title.clone(), &own),
        fields: what.fields(visit, &form, about).await?,
        explained: words(language, &format!("campaign-explained-{name}")),
        button: words(language, &format!("campaign-act-{name}")),
        action: visit.to(&format!("/campaigns/{}/act/{name}", about.card.id)),
        back: visit.to(&own),
        title: about.card.title.clone(),
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
    let about = read::page(&visit.cx, id).await?;
    if !what.is_offered(&about) {
        if let (false, Some(call)) = (what.is_own(), about.card.call) {
            let facts = CallFacts { id: call, draft: false };
            awake(&visit, Act::ReviewCampaign, On::Call(&facts))?;
        }
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, Fields::default());
    page_of(&visit, what, &about, form, StatusCode::OK).await
}

/// Does it, and leads back to the campaign.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn submit(visit: Arc<Visit>) -> Result<Response> {
    let (what, id): (What, CampaignId) = (What::of(&visit)?, visit.id("id")?);
    match act(&visit, what, id).await {
        Ok(()) => {
            let card = read::page(&visit.cx, id).await?.card;
            Ok(visit.done(&path(id, &card.slug), &format!("campaign-{}", what.as_str())))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::TooMany { .. } | Error::Busy)) => {
            let about = read::page(&visit.cx, id).await?;
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page_of(&visit, what, &about, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

async fn act(visit: &Visit, what: What, id: CampaignId) -> Result<()> {
    let (cx, form) = (&visit.cx, &visit.form);
    let reason = form.text("reason");
    match what {
        What::Submit => write::submit(cx, id, None).await.map(drop),
        What::Tell => write::tell(cx, id, form.text("title"), form.text("body"), None)
            .await
            .map(drop),
        What::Schedule => write::schedule(cx, id, run(visit)?).await.map(drop),
        What::SendBack => write::send_back(cx, id, reason).await.map(drop),
        What::Extend => write::extend(cx, id, days(form)?, reason).await.map(drop),
        What::Cancel => write::cancel(cx, id, reason).await.map(drop),
        What::End => write::end(cx, id).await.map(drop),
        What::Agree => write::agree(cx, id, form.text("agreement")).await.map(drop),
    }
}

fn run(visit: &Visit) -> Result<Run> {
    let form = &visit.form;
    if let Some(day) = form.some("opens_on") {
        let at = visit.cx.city.settings.zone.parse_local(&format!("{day}T00:00"));
        return at
            .map(Run::From)
            .ok_or_else(|| Error::field("opens_on", Code::Malformed));
    }
    let round = form.some("round").ok_or_else(|| Error::field("round", Code::Empty))?;
    let round = round.parse().map_err(|_| Error::field("round", Code::UnknownValue))?;
    Ok(Run::Round(round))
}

fn days(form: &Fields) -> Result<u32> {
    form.text("more_days")
        .trim()
        .parse()
        .map_err(|_| Error::field("more_days", Code::Malformed))
}
