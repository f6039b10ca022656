//! An editor's form for a consultation: opening one, and changing one.
//!
//! Rule: the preview and the buttons for more rows give the form back with all that is typed; so does a refusal. What was
//! changed meanwhile by somebody else is told before it is written over.

use std::sync::Arc;

use askama::Template;
use civic::consultation::days::read_days;
use civic::consultation::read::{EditableConsultation, editable};
use civic::consultation::{ConsultationChange, DistrictKind, NewConsultation, PhaseKind, write};
use civic::error::{Code, Error, Result};
use civic::language::{Language, Localised};
use civic::limits::{DISTRICT_CODE_MAX_CHARS, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use civic::policy::{Act, On};
use civic::text::{Markdown, slug};
use poem::Response;
use poem::http::StatusCode;

use super::frame;
use super::rows::Rows;
use crate::form::{Choice, Fields, Form};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Longest part of an address that can be typed.
const SLUG_MAX_CHARS: usize = 80;
/// Lines of a question's field.
const QUESTION_ROWS: usize = 2;
/// Lines of a description's field.
const DESCRIPTION_ROWS: usize = 8;

/// A text as it will look in one language.
struct Preview {
    lang: &'static str,
    title: String,
    question: String,
    html: String,
}

#[derive(Template)]
#[template(path = "desk/consultation.html")]
struct FormPage {
    page: Page,
    form: Form,
    action: String,
    /// The part of the address of one that is there.
    slug: Option<String>,
    version: i64,
    meanwhile: bool,
    previews: Vec<Preview>,
    rows: Rows,
    phase_kinds: Vec<Choice>,
    district_kinds: Vec<Choice>,
    title_max: usize,
    code_max: usize,
}

impl FormPage {
    fn title(&self, lang: &str) -> String {
        let extra = format!(" lang=\"{lang}\"");
        self.form
            .line(&format!("title_{lang}"), "text", TITLE_MAX_CHARS, &extra)
    }

    fn question(&self, lang: &str) -> String {
        self.form
            .area(&format!("question_{lang}"), QUESTION_ROWS, REASON_MAX_CHARS)
    }

    fn description(&self, lang: &str) -> String {
        self.form.area(
            &format!("description_{lang}"),
            DESCRIPTION_ROWS,
            PROPOSAL_BODY_MAX_CHARS,
        )
    }

    fn address(&self) -> String {
        self.form.line("slug", "text", SLUG_MAX_CHARS, " autocomplete=\"off\"")
    }
}

fn form_page(visit: &Visit, about: Option<&EditableConsultation>, form: Form, rows: Rows) -> FormPage {
    let language = visit.language;
    let title = match about {
        None => words(language, "desk-open"),
        Some(about) => {
            let title = about.title.get(language);
            words_with(language, "desk-changing", &[("text", Value::Text(title))])
        }
    };
    let path = about.map_or_else(
        || "/desk/consultations/new".to_owned(),
        |about| format!("/desk/consultations/{}", about.slug),
    );
    let choice = |value: &str, family: &str| Choice {
        value: value.to_owned(),
        label: words(language, &format!("{family}{value}")),
    };
    let districts = [DistrictKind::District, DistrictKind::Quarter];
    FormPage {
        page: frame(visit, title),
        action: visit.to(&path),
        slug: about.map(|about| about.slug.clone()),
        version: about.map_or(0, |about| about.version),
        meanwhile: false,
        previews: previews(visit),
        phase_kinds: PhaseKind::ALL.map(|kind| choice(kind.as_str(), "phase-")).to_vec(),
        district_kinds: districts.map(|kind| choice(kind.as_str(), "field-")).to_vec(),
        title_max: TITLE_MAX_CHARS,
        code_max: DISTRICT_CODE_MAX_CHARS,
        form,
        rows,
    }
}

fn previews(visit: &Visit) -> Vec<Preview> {
    let form = &visit.form;
    if form.text("do") != "preview" {
        return Vec::new();
    }
    let text = |field: &str| Localised::given(form.text(&format!("{field}_it")), form.text(&format!("{field}_en")));
    let (title, question, description) = (text("title"), text("question"), text("description"));
    let shown = Language::ALL.into_iter().map(|language| {
        let body: String = description
            .own(language)
            .chars()
            .take(PROPOSAL_BODY_MAX_CHARS)
            .collect();
        Preview {
            lang: language.code(),
            title: title.own(language).trim().to_owned(),
            question: question.own(language).to_owned(),
            html: Markdown::from_stored(body).to_html().to_string(),
        }
    });
    let says = |one: &Preview| !(one.title.is_empty() && one.question.is_empty() && one.html.is_empty());
    shown.filter(says).collect()
}

/// Whether the form is to come back without being kept: for a preview or for more rows.
fn is_going_on(form: &Fields) -> bool {
    matches!(form.text("do"), "preview" | "add-phase" | "add-theme" | "add-district")
}

/// The texts that were typed.
fn texts(form: &Fields) -> [Localised; 3] {
    ["title", "question", "description"]
        .map(|field| Localised::given(form.text(&format!("{field}_it")), form.text(&format!("{field}_en"))))
}

/// The empty form.
///
/// # Errors
/// `Unauthenticated`, and `Denied` for others than editors of the whole city.
pub async fn new(visit: Arc<Visit>) -> Result<Response> {
    visit.cx.check(Act::KeepConsultation, On::City)?;
    let form = Form::new(visit.language, Fields::default());
    html(&form_page(&visit, None, form, Rows::fresh()))
}

/// Opens a consultation.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn open(visit: Arc<Visit>) -> Result<Response> {
    visit.cx.check(Act::KeepConsultation, On::City)?;
    let (form, rows) = (&visit.form, Rows::typed(&visit.form));
    if is_going_on(form) {
        let shown = Form::new(visit.language, form.clone());
        return html(&form_page(&visit, None, shown, rows.more(form.text("do"))));
    }
    let opened = match read_new(&visit, &rows) {
        Ok(new) => {
            let slug = new.slug.clone();
            write::open(&visit.cx, new).await.map(|_| slug)
        }
        Err(error) => Err(error),
    };
    match opened {
        Ok(slug) => Ok(visit.done(&format!("/desk/consultations/{slug}"), "consultation-opened")),
        Err(error) => {
            let (status, form) = refused(&visit, error)?;
            html_as(status, &form_page(&visit, None, form, rows))
        }
    }
}

fn read_new(visit: &Visit, rows: &Rows) -> Result<NewConsultation> {
    let [title, question, description] = texts(&visit.form);
    let asked = visit.form.some("slug");
    Ok(NewConsultation {
        slug: asked.map_or_else(|| slug(title.get(Language::It)), str::to_owned),
        title,
        question,
        description,
        phases: read_days(&visit.cx.city.settings.zone, &rows.planned()?, &[])?,
        themes: rows.themes(),
        districts: rows.districts(&[], visit.language)?,
        source: None,
    })
}

/// The form with what is kept.
///
/// # Errors
/// `NotFound`, `Unauthenticated`, and `Denied` for others than its editors.
pub async fn edit(visit: Arc<Visit>) -> Result<Response> {
    let about = editable(&visit.cx, visit.param("slug")).await?;
    let mut fields = Fields::default();
    for (name, text) in [
        ("title", &about.title),
        ("question", &about.question),
        ("description", &about.description),
    ] {
        for language in Language::ALL {
            fields = fields.and(&format!("{name}_{}", language.code()), text.own(language));
        }
    }
    let rows = Rows::kept(&about, &visit.cx.city.settings.zone, visit.language);
    html(&form_page(
        &visit,
        Some(&about),
        Form::new(visit.language, fields),
        rows,
    ))
}

/// Changes a consultation.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn change(visit: Arc<Visit>) -> Result<Response> {
    let about = editable(&visit.cx, visit.param("slug")).await?;
    let (form, rows) = (&visit.form, Rows::typed(&visit.form));
    let expected: Option<i64> = form.some("version").and_then(|version| version.parse().ok());
    if is_going_on(form) {
        let shown = Form::new(visit.language, form.clone());
        let mut shown = form_page(&visit, Some(&about), shown, rows.more(form.text("do")));
        shown.version = expected.unwrap_or(shown.version);
        return html(&shown);
    }
    let changed = match read_change(&visit, &about, &rows) {
        Ok(change) => write::change(&visit.cx, about.id, expected, change).await,
        Err(error) => Err(error),
    };
    let error = match changed {
        Ok(_) => {
            let path = format!("/desk/consultations/{}", about.slug);
            return Ok(visit.done(&path, "consultation-changed"));
        }
        Err(error) => error,
    };
    let meanwhile = error == Error::Conflict(Code::OutOfDate);
    let (status, form) = refused(&visit, error)?;
    // Read again: what was kept meanwhile may be newer than what this request began with.
    let about = editable(&visit.cx, &about.slug).await?;
    let mut shown = form_page(&visit, Some(&about), form, rows);
    shown.meanwhile = meanwhile;
    if !meanwhile {
        shown.version = expected.unwrap_or(shown.version);
    }
    html_as(status, &shown)
}

fn read_change(visit: &Visit, about: &EditableConsultation, rows: &Rows) -> Result<ConsultationChange> {
    let [title, question, description] = texts(&visit.form);
    let zone = &visit.cx.city.settings.zone;
    Ok(ConsultationChange {
        title: Some(title),
        question: Some(question),
        description: Some(description),
        phases: Some(read_days(zone, &rows.planned()?, &about.phases)?),
        themes: Some(rows.themes()),
        districts: Some(rows.districts(&about.districts, visit.language)?),
    })
}

/// The refused form, with each fault at the field where it was typed.
fn refused(visit: &Visit, error: Error) -> Result<(StatusCode, Form)> {
    let status = match error {
        Error::Conflict(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let error = match error {
        Error::Conflict(code @ Code::NameTaken) => Error::field("slug", code),
        Error::Conflict(code @ Code::PhasesOverlap) => Error::field("phases", code),
        Error::Conflict(code @ Code::ThemeInUse) => Error::field("themes", code),
        Error::Conflict(code @ Code::DistrictInUse) => Error::field("districts", code),
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                if let Some(field) = texted(&visit.form, &fault.field, fault.limit) {
                    fault.field = field.into();
                }
            }
            Error::Invalid(faults)
        }
        other => other,
    };
    Ok((status, Form::refused(visit.language, visit.form.clone(), error)?))
}

/// The field of the language in which a text is wrong: the Italian one, unless only the English one passes the limit.
fn texted(form: &Fields, field: &str, limit: Option<u64>) -> Option<String> {
    if !matches!(field, "title" | "question" | "description") {
        return None;
    }
    let long = |lang: &str| {
        let length = form.text(&format!("{field}_{lang}")).chars().count() as u64;
        limit.is_some_and(|limit| length > limit)
    };
    let lang = if long("en") && !long("it") { "en" } else { "it" };
    Some(format!("{field}_{lang}"))
}
