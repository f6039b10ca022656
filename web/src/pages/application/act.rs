//! What is done with an application that was handed in: completing and withdrawing it; and what the office and the
//! commission do: ask, find admissible, exclude, score, declare a conflict of interest.

use std::sync::Arc;

use askama::Template;
use civic::application::read::{self, ApplicationPage};
use civic::application::write;
use civic::call::read::{self as calls, CallPage};
use civic::call::{CallFacts, CallState};
use civic::error::{Code, Error, Result};
use civic::id::ApplicationId;
use civic::limits::REASON_MAX_CHARS;
use civic::policy::{Act, On};
use civic::time::{MINUTE_MS, Timestamp};
use poem::Response;
use poem::http::StatusCode;

use super::super::comment::renamed;
use super::fields::{Sheet, at_fields, is_going_on, kept, typed_rows, typed_whole};
use super::path;
use crate::error::{awake, signed_in, status};
use crate::form::{Fields, Form};
use crate::format::moment;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// What a form on an application does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Withdraw,
    Complete,
    AskCompletion,
    FindAdmissible,
    Exclude,
    Score,
    Conflict,
}

impl What {
    const ALL: [Self; 7] = [
        Self::Withdraw,
        Self::Complete,
        Self::AskCompletion,
        Self::FindAdmissible,
        Self::Exclude,
        Self::Score,
        Self::Conflict,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Complete => "complete",
            Self::AskCompletion => "ask-completion",
            Self::FindAdmissible => "find-admissible",
            Self::Exclude => "exclude",
            Self::Score => "score",
            Self::Conflict => "conflict",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    /// A button's endpoint and its form ask the same question.
    const fn is_offered(self, page: &ApplicationPage) -> bool {
        match self {
            Self::Withdraw => page.can.withdraw,
            Self::Complete => page.can.complete,
            Self::AskCompletion => page.can.ask_completion,
            Self::FindAdmissible | Self::Exclude => page.can.check,
            Self::Score | Self::Conflict => page.can.score,
        }
    }

    /// Of what staff does, the act that needs a role.
    const fn of_staff(self) -> Option<Act> {
        match self {
            Self::Withdraw | Self::Complete => None,
            Self::AskCompletion | Self::FindAdmissible | Self::Exclude => Some(Act::CheckApplication),
            Self::Score | Self::Conflict => Some(Act::ScoreApplication),
        }
    }

    /// The field in which it is said why; another for each, since another reads it.
    const fn reason(self) -> &'static str {
        match self {
            Self::Exclude => "exclude_reason",
            Self::Conflict => "conflict_reason",
            _ => "withdraw_reason",
        }
    }

    fn fields(self, form: &Form) -> Vec<String> {
        match self {
            Self::Withdraw | Self::Exclude | Self::Conflict => vec![form.area(self.reason(), 4, REASON_MAX_CHARS)],
            Self::AskCompletion => vec![
                form.area("completion_text", 6, REASON_MAX_CHARS),
                form.line("due", "date", 0, " required"),
            ],
            Self::Complete | Self::FindAdmissible | Self::Score => Vec::new(),
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

#[derive(Template)]
#[template(path = "application/complete.html")]
struct CompletePage {
    page: Page,
    sheet: Sheet,
    asked: String,
    due: String,
    files: Vec<String>,
    files_at: String,
    action: String,
    back: String,
}

/// A criterion that is scored.
struct Scored {
    name: String,
    lang: &'static str,
    most: String,
    weight: String,
    /// The least on average; none where there is no least.
    least: Option<String>,
    given: String,
}

#[derive(Template)]
#[template(path = "application/score.html")]
struct ScorePage {
    page: Page,
    form: Form,
    application: ApplicationPage,
    plan: String,
    scored: Vec<Scored>,
    action: String,
    conflict: String,
    back: String,
    again: bool,
}

fn frame(visit: &Visit, what: What, about: &ApplicationPage) -> Page {
    Page::new(
        visit,
        words(visit.language, &format!("application-act-{}", what.as_str())),
    )
    .via(words(visit.language, "home"), "")
    .via(about.card.title.clone(), &path(about.card.id, &about.card.slug))
}

fn action(visit: &Visit, what: What, about: &ApplicationPage) -> String {
    visit.to(&format!("/applications/{}/act/{}", about.card.id, what.as_str()))
}

/// The filled form, of whatever kind.
async fn page_of(visit: &Visit, what: What, about: &ApplicationPage, form: Form, code: StatusCode) -> Result<Response> {
    let (language, name) = (visit.language, what.as_str());
    let back = visit.to(&path(about.card.id, &about.card.slug));
    match what {
        What::Complete => {
            let call = calls::page(&visit.cx, about.card.call).await?;
            html_as(code, &complete_page(visit, about, &call, form, back))
        }
        What::Score => html_as(code, &score_page(visit, about, form, back)),
        _ => html_as(
            code,
            &ActPage {
                page: frame(visit, what, about),
                fields: what.fields(&form),
                explained: words(language, &format!("application-explained-{name}")),
                button: words(language, &format!("application-button-{name}")),
                action: action(visit, what, about),
                title: about.card.title.clone(),
                back,
                form,
            },
        ),
    }
}

fn complete_page(visit: &Visit, about: &ApplicationPage, call: &CallPage, form: Form, back: String) -> CompletePage {
    let rows = if form.fields.has("title") && !form.fields.all("cost_label").is_empty() {
        typed_rows(&form.fields)
    } else {
        let (_, partners, costs) = kept(visit.language, about);
        (partners, costs)
    };
    let zone = &visit.cx.city.settings.zone;
    let completion = about.completion.as_ref();
    CompletePage {
        page: frame(visit, What::Complete, about),
        asked: completion.map_or_else(String::new, |one| one.text.to_html().to_string()),
        due: completion.map_or_else(String::new, |one| moment(visit.language, zone, one.due_at)),
        files: about.attachments.iter().map(|file| file.description.clone()).collect(),
        files_at: visit.to(&format!("/applications/{}/edit/files", about.card.id)),
        action: action(visit, What::Complete, about),
        sheet: Sheet::of(visit, call, form, rows),
        back,
    }
}

fn score_page(visit: &Visit, about: &ApplicationPage, form: Form, back: String) -> ScorePage {
    let typed = form.fields.all("points");
    let mine = about.mine.as_ref().and_then(|mine| mine.points.clone());
    let scored = about.criteria.iter().enumerate().map(|(at, one)| {
        let (lang, name) = one.criterion.name.with_language(visit.language);
        let kept = mine.as_ref().and_then(|points| points.get(at)).map(u32::to_string);
        Scored {
            name: name.to_owned(),
            lang: lang.code(),
            most: one.criterion.max_points.to_string(),
            weight: one.criterion.weight.to_string(),
            least: (one.criterion.min_points > 0).then(|| one.criterion.min_points.to_string()),
            given: typed
                .get(at)
                .map(|text| (*text).to_owned())
                .or(kept)
                .unwrap_or_default(),
        }
    });
    ScorePage {
        page: frame(visit, What::Score, about),
        plan: about.plan.to_html().to_string(),
        scored: scored.collect(),
        action: action(visit, What::Score, about),
        conflict: action(visit, What::Conflict, about),
        again: mine.is_some(),
        application: about.clone(),
        back,
        form,
    }
}

/// The form for one act.
///
/// # Errors
/// `NotFound` for an act that is not offered.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (what, id): (What, ApplicationId) = (What::of(&visit)?, visit.id("id")?);
    let about = read::page(&visit.cx, id).await?;
    if !what.is_offered(&about) {
        if what.of_staff().is_some() {
            let facts = CallFacts {
                id: about.card.call,
                draft: about.call.state == CallState::Draft,
            };
            awake(&visit, Act::SeeApplications, On::Call(&facts))?;
        }
        return Err(Error::NotFound);
    }
    let fields = match what {
        What::Complete => kept(visit.language, &about).0,
        _ => Fields::default(),
    };
    let form = Form::new(visit.language, fields);
    page_of(&visit, what, &about, form, StatusCode::OK).await
}

/// Does it, and leads back to the application.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn submit(visit: Arc<Visit>) -> Result<Response> {
    let (what, id): (What, ApplicationId) = (What::of(&visit)?, visit.id("id")?);
    if what == What::Complete && is_going_on(&visit.form) {
        let about = read::page(&visit.cx, id).await?;
        let form = Form::new(visit.language, visit.form.clone());
        return page_of(&visit, what, &about, form, StatusCode::OK).await;
    }
    if let Some(needed) = what.of_staff() {
        // Who may not is answered so whatever is typed.
        let about = read::page(&visit.cx, id).await?;
        let facts = CallFacts {
            id: about.card.call,
            draft: about.call.state == CallState::Draft,
        };
        visit.cx.check(needed, On::Call(&facts))?;
    }
    let error = match act(&visit, what, id).await {
        Ok(id) => {
            let card = read::page(&visit.cx, id).await?.card;
            let done = format!("application-{}", what.as_str());
            return Ok(visit.done(&path(id, &card.slug), &done));
        }
        Err(error) => error,
    };
    if !matches!(
        error,
        Error::Invalid(_) | Error::Conflict(_) | Error::TooMany { .. } | Error::Busy
    ) {
        return Err(error);
    }
    let about = read::page(&visit.cx, id).await?;
    let code = status(&error);
    let form = Form::refused(visit.language, visit.form.clone(), at_fields(error))?;
    page_of(&visit, what, &about, form, code).await
}

async fn act(visit: &Visit, what: What, id: ApplicationId) -> Result<ApplicationId> {
    let (cx, form) = (&visit.cx, &visit.form);
    let reason = form.text(what.reason());
    let done = match what {
        What::Withdraw => write::withdraw(cx, id, reason).await,
        What::Complete => write::complete(cx, id, None, typed_whole(form)?).await,
        What::AskCompletion => {
            let asked = write::ask_completion(cx, id, form.text("completion_text"), due(visit)?).await;
            asked.map_err(|error| renamed(renamed(error, "text", "completion_text"), "due_at", "due"))
        }
        What::FindAdmissible => write::find_admissible(cx, id).await,
        What::Exclude => write::exclude(cx, id, reason).await,
        What::Score => write::score(cx, id, &points(form)?).await,
        What::Conflict => write::declare_conflict(cx, id, reason).await,
    };
    done.map_err(|error| renamed(error, "reason", what.reason()))
}

/// The last minute of the day that was typed.
fn due(visit: &Visit) -> Result<Timestamp> {
    let Some(day) = visit.form.some("due") else {
        return Err(Error::field("due", Code::Empty));
    };
    let end = visit.cx.city.settings.zone.day_end(day);
    let end = end.ok_or_else(|| Error::field("due", Code::Malformed))?;
    Ok(end.plus_ms(-MINUTE_MS))
}

fn points(form: &Fields) -> Result<Vec<u32>> {
    let given = form.all("points").into_iter().map(|text| match text.trim() {
        "" => Err(Error::field("points", Code::Empty)),
        text => text.parse().map_err(|_| Error::field("points", Code::Malformed)),
    });
    given.collect()
}
