//! The form for a call: opening a draft, changing it, and the buttons that publish, rank and close.
//!
//! Rule: the buttons for more rows give the form back with all that is typed; so does a refusal. Once a call is public
//! its terms are frozen, and its form is gone. Deliberately absent: the terms' rules, which are `civic`'s.

mod terms;

use std::sync::Arc;

use askama::Template;
use civic::call::read::{CallPage, EditableCall};
use civic::call::{CallState, LegalForm, read, write};
use civic::consultation::read as consultations;
use civic::error::{Code, Error, Result};
use civic::id::{CallId, ConsultationId, TypedId};
use civic::language::{Language, Localised};
use civic::limits::{PAGE_MAX, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use civic::match_rule::Overfunding;
use civic::page::Paging;
use civic::policy::{Act, On};
use poem::Response;

use self::terms::Rows;
use super::super::comment::renamed;
use super::frame;
use crate::error::{awake, status};
use crate::form::{Choice, Fields, Form};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::pages::call::path as call_path;
use crate::visit::{Visit, html, html_as};

/// Longest part of an address that can be typed.
const SLUG_MAX_CHARS: usize = 80;
/// Longest number, share or amount that can be typed.
const NUMBER_MAX_CHARS: usize = 20;
/// Lines of a summary's field.
const SUMMARY_ROWS: usize = 2;
/// Lines of a description's field.
const DESCRIPTION_ROWS: usize = 8;
/// Lines of a reason's field.
const REASON_ROWS: usize = 3;

/// A choice that can be ticked.
struct Tick {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "desk/call.html")]
struct FormPage {
    page: Page,
    form: Form,
    action: String,
    /// The part of the address of one that is there.
    slug: Option<String>,
    version: i64,
    meanwhile: bool,
    rows: Rows,
    forms: Vec<Tick>,
    consultations: Vec<Choice>,
    places_in: Vec<Tick>,
    places_out: Vec<Tick>,
    kinds: Vec<Choice>,
    overfunding: Vec<Choice>,
}

impl FormPage {
    fn text(&self, name: &str, lang: &str) -> String {
        let field = format!("{name}_{lang}");
        match name {
            "title" => {
                let extra = format!(" lang=\"{lang}\"");
                self.form.line(&field, "text", TITLE_MAX_CHARS, &extra)
            }
            "summary" => self.form.area(&field, SUMMARY_ROWS, REASON_MAX_CHARS),
            _ => self.form.area(&field, DESCRIPTION_ROWS, PROPOSAL_BODY_MAX_CHARS),
        }
    }

    fn address(&self) -> String {
        self.form.line("slug", "text", SLUG_MAX_CHARS, " autocomplete=\"off\"")
    }

    fn minute(&self, name: &str) -> String {
        self.form.line(name, "datetime-local", 0, "")
    }

    fn number(&self, name: &str) -> String {
        let extra = " inputmode=\"decimal\" autocomplete=\"off\"";
        self.form.line(name, "text", NUMBER_MAX_CHARS, extra)
    }

    fn wrong(&self, name: &str) -> String {
        self.form.wrong.of(name).to_owned()
    }
}

async fn form_page(visit: &Visit, about: Option<&EditableCall>, form: Form, rows: Rows) -> Result<FormPage> {
    let language = visit.language;
    let title = match about {
        None => words(language, "desk-new-call"),
        Some(about) => {
            let title = about.terms.title.get(language);
            words_with(language, "desk-changing", &[("text", Value::Text(title))])
        }
    };
    let path = about.map_or_else(
        || "/desk/calls/new".to_owned(),
        |about| format!("/desk/calls/{}", about.terms.slug),
    );
    let every = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let nowhere = Choice {
        value: String::new(),
        label: words(language, "role-everywhere"),
    };
    let consultations = consultations::list(&visit.cx, every).await?.items.into_iter();
    let consultations = consultations.map(|card| Choice {
        value: card.id.to_string(),
        label: card.title.1,
    });
    let districts = match ConsultationId::read(form.fields.text("call_consultation")) {
        Some(id) => consultations::districts(&visit.cx, id).await?,
        None => Vec::new(),
    };
    let ticks = |name: &str| -> Vec<Tick> {
        let chosen = form.fields.all(name);
        let ticks = districts.iter().map(|one| Tick {
            value: one.id.to_string(),
            label: one.name.get(language).to_owned(),
            chosen: chosen.contains(&one.id.to_string().as_str()),
        });
        ticks.collect()
    };
    let chosen = form.fields.all("legal_form");
    let forms = LegalForm::ALL.iter().map(|one| Tick {
        value: one.as_str().to_owned(),
        label: named(language, "legal-form-", one.as_str()),
        chosen: chosen.contains(&one.as_str()),
    });
    let choice = |family: &str, value: &str| Choice {
        value: value.to_owned(),
        label: named(language, family, value),
    };
    let overfunding = Overfunding::ALL.iter().map(|one| choice("overfunding-", one.as_str()));
    Ok(FormPage {
        page: frame(visit, title),
        action: visit.to(&path),
        slug: about.map(|about| about.terms.slug.clone()),
        version: about.map_or(0, |about| about.version),
        meanwhile: false,
        forms: forms.collect(),
        consultations: std::iter::once(nowhere).chain(consultations).collect(),
        places_in: ticks("place_in"),
        places_out: ticks("place_out"),
        kinds: ["co_financing", "per_donation"]
            .map(|kind| choice("rule-kind-", kind))
            .to_vec(),
        overfunding: overfunding.collect(),
        form,
        rows,
    })
}

/// Whether the form is to come back without being kept: for more rows, or for the places of another consultation.
fn is_going_on(form: &Fields) -> bool {
    form.text("do").starts_with("add-") || form.text("do") == "places"
}

/// The empty form.
///
/// # Errors
/// `Unauthenticated`, and `Denied` for others than those who keep calls.
pub async fn new(visit: Arc<Visit>) -> Result<Response> {
    visit.cx.check(Act::KeepCall, On::City)?;
    let form = Form::new(visit.language, terms::fresh(visit.language));
    html(&form_page(&visit, None, form, Rows::fresh(visit.language)).await?)
}

/// Opens a draft.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn open(visit: Arc<Visit>) -> Result<Response> {
    visit.cx.check(Act::KeepCall, On::City)?;
    let (form, rows) = (&visit.form, Rows::typed(&visit.form));
    if is_going_on(form) {
        let shown = Form::new(visit.language, form.clone());
        return html(&form_page(&visit, None, shown, rows.more(form.text("do"))).await?);
    }
    let zone = &visit.cx.city.settings.zone;
    let opened = match terms::read(form, &rows, zone, None) {
        Ok(new) => {
            let slug = new.slug.clone();
            write::open(&visit.cx, new).await.map(|_| slug)
        }
        Err(error) => Err(error),
    };
    match opened {
        Ok(slug) => Ok(visit.done(&format!("/desk/calls/{slug}"), "call-opened")),
        Err(error) => {
            let code = status(&error);
            let form = Form::refused(visit.language, form.clone(), terms::at_fields(form, error))?;
            html_as(code, &form_page(&visit, None, form, rows).await?)
        }
    }
}

/// The draft that the address names, for those who keep calls.
async fn editable(visit: &Visit) -> Result<EditableCall> {
    let id = read::page_by_slug(&visit.cx, visit.param("slug")).await?.card.id;
    read::editable(&visit.cx, id).await
}

/// The form with what is kept.
///
/// # Errors
/// `NotFound`, `Denied` for others than those who keep calls, `Conflict(CallFrozen)` once it is public.
pub async fn edit(visit: Arc<Visit>) -> Result<Response> {
    let about = editable(&visit).await?;
    if about.state != CallState::Draft {
        return Err(Error::Conflict(Code::CallFrozen));
    }
    let zone = &visit.cx.city.settings.zone;
    let (fields, rows) = terms::kept(&about.terms, zone, visit.language);
    let form = Form::new(visit.language, fields);
    html(&form_page(&visit, Some(&about), form, rows).await?)
}

/// Changes a draft.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn change(visit: Arc<Visit>) -> Result<Response> {
    let about = editable(&visit).await?;
    let (form, rows) = (&visit.form, Rows::typed(&visit.form));
    let expected: Option<i64> = form.some("version").and_then(|version| version.parse().ok());
    if is_going_on(form) {
        let shown = Form::new(visit.language, form.clone());
        let mut shown = form_page(&visit, Some(&about), shown, rows.more(form.text("do"))).await?;
        shown.version = expected.unwrap_or(shown.version);
        return html(&shown);
    }
    let zone = &visit.cx.city.settings.zone;
    let changed = match terms::read(form, &rows, zone, Some(&about.terms.slug)) {
        Ok(new) => write::edit(&visit.cx, about.id, expected, new).await,
        Err(error) => Err(error),
    };
    let error = match changed {
        Ok(_) => return Ok(visit.done(&format!("/desk/calls/{}", about.terms.slug), "call-changed")),
        Err(error) => error,
    };
    let meanwhile = error == Error::Conflict(Code::OutOfDate);
    let code = status(&error);
    let shown = Form::refused(visit.language, form.clone(), terms::at_fields(form, error))?;
    // Read again: what was kept meanwhile may be newer than what this request began with.
    let about = editable(&visit).await?;
    let mut page = form_page(&visit, Some(&about), shown, rows).await?;
    page.meanwhile = meanwhile;
    if !meanwhile {
        page.version = expected.unwrap_or(page.version);
    }
    html_as(code, &page)
}

/// What a button on a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Publish,
    Extend,
    Rank,
    PublishRanking,
    Close,
}

impl What {
    const ALL: [Self; 5] = [
        Self::Publish,
        Self::Extend,
        Self::Rank,
        Self::PublishRanking,
        Self::Close,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Extend => "extend",
            Self::Rank => "rank",
            Self::PublishRanking => "publish-ranking",
            Self::Close => "close",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |what: &Self| what.as_str() == visit.param("what");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    fn fields(self, form: &Form) -> Vec<String> {
        match self {
            Self::Extend => vec![
                form.line("closes_at", "datetime-local", 0, " required"),
                form.area("extension_reason_it", REASON_ROWS, REASON_MAX_CHARS),
                form.area("extension_reason_en", REASON_ROWS, REASON_MAX_CHARS),
            ],
            Self::Publish | Self::Rank | Self::PublishRanking | Self::Close => Vec::new(),
        }
    }

    /// A button's endpoint and its form ask the same question.
    const fn is_offered(self, call: &CallPage) -> bool {
        match self {
            Self::Publish => call.can.publish,
            Self::Extend => call.can.extend,
            Self::Rank => call.can.rank,
            Self::PublishRanking => call.can.publish_ranking,
            Self::Close => call.can.close,
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

fn act_page(visit: &Visit, what: What, call: &CallPage, form: Form) -> ActPage {
    let (language, name) = (visit.language, what.as_str());
    let slug = &call.card.slug;
    let title = words(language, &format!("call-act-{name}"));
    ActPage {
        page: frame(visit, title).via(call.card.title.1.clone(), &call_path(slug)),
        fields: what.fields(&form),
        explained: words(language, &format!("call-explained-{name}")),
        button: words(language, &format!("call-button-{name}")),
        action: visit.to(&format!("/desk/calls/{slug}/act/{name}")),
        back: visit.to(&back(what, slug)),
        title: call.card.title.1.clone(),
        form,
    }
}

fn back(what: What, slug: &str) -> String {
    match what {
        What::Publish => format!("/desk/calls/{slug}"),
        _ => format!("/desk/calls/{slug}/applications"),
    }
}

/// The page that asks whether one is sure.
///
/// # Errors
/// `NotFound` for what is not offered.
pub async fn act_form(visit: Arc<Visit>) -> Result<Response> {
    crate::error::signed_in(&visit)?;
    let what = What::of(&visit)?;
    let call = read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    if !what.is_offered(&call) {
        let facts = civic::call::CallFacts {
            id: call.card.id,
            draft: call.card.state == CallState::Draft,
        };
        awake(&visit, Act::SeeApplications, On::Call(&facts))?;
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, Fields::default());
    html(&act_page(&visit, what, &call, form))
}

/// Does it.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn act(visit: Arc<Visit>) -> Result<Response> {
    let what = What::of(&visit)?;
    let call = read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let (cx, id, slug): (_, CallId, _) = (&visit.cx, call.card.id, &call.card.slug);
    let done = match what {
        What::Publish => write::publish(cx, id).await,
        What::Extend => extend(&visit, id).await,
        What::Rank => civic::application::write::rank(cx, id).await,
        What::PublishRanking => civic::application::write::publish_ranking(cx, id).await,
        What::Close => write::close(cx, id).await,
    };
    match done {
        Ok(_) => {
            let to = match what {
                What::Publish | What::Extend | What::Close => call_path(slug),
                What::Rank | What::PublishRanking => format!("{}/ranking", call_path(slug)),
            };
            Ok(visit.done(&to, &format!("call-{}", what.as_str())))
        }
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Busy)) => {
            let code = status(&error);
            let error = match error {
                error if what == What::Extend => renamed(error, "reason", "extension_reason_it"),
                Error::Invalid(faults) => Error::Conflict(faults.first().map_or(Code::Invalid, |fault| fault.code)),
                other => other,
            };
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(code, &act_page(&visit, what, &call, form))
        }
        Err(error) => Err(error),
    }
}

/// Extends the window to the minute that was typed.
async fn extend(visit: &Visit, id: CallId) -> Result<CallId> {
    let form = &visit.form;
    let closes_at = form.choice("closes_at", |text| visit.cx.city.settings.zone.parse_local(text))?;
    let closes_at = closes_at.ok_or_else(|| Error::field("closes_at", Code::Empty))?;
    let reason = Localised::given(form.text("extension_reason_it"), form.text("extension_reason_en"));
    write::extend(&visit.cx, id, closes_at, reason).await
}

/// Both languages' codes, in the order of the form.
pub(super) const LANGUAGES: [Language; 2] = Language::ALL;
