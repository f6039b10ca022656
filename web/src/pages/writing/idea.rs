//! The first step: title and text, with a preview, and with what says something like it already.
//!
//! Rule: when somebody else, or oneself in another window, changed the text meanwhile, both texts are shown and the typed
//! one stays in the form.

use askama::Template;
use civic::consultation::read::ConsultationCard;
use civic::error::{Code, Error, Result};
use civic::limits::{PROPOSAL_BODY_MAX_CHARS, TITLE_MAX_CHARS};
use civic::page::Paging;
use civic::proposal::read::{self, Editing, ProposalCard};
use civic::proposal::{ProposalInput, ProposalState, check_wording, write};
use civic::text::{Change, Markdown, difference};
use poem::Response;

use super::super::proposal::similar;
use super::{Around, Step, closed, expected, frame, frame_of, is_of_the_form, marks, onward, place};
use crate::error::status;
use crate::form::{Fields, Form};
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// A text as it will look.
pub(super) struct Preview {
    title: String,
    html: String,
}

/// The text that was kept meanwhile, and what the typed one would change in it.
struct Meanwhile {
    title: String,
    body: String,
    changes: Vec<Change>,
}

impl Meanwhile {
    fn of(about: &Editing, typed: &Fields) -> Self {
        let kept = &about.page;
        Self {
            title: kept.card.title.clone(),
            body: kept.body.as_str().to_owned(),
            changes: difference(
                &format!("{}\n\n{}", kept.card.title, kept.body.as_str()),
                &format!(
                    "{}\n\n{}",
                    typed.text("title"),
                    typed.text("body").replace("\r\n", "\n")
                ),
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "writing/idea.html")]
pub(super) struct IdeaPage {
    page: Page,
    form: Form,
    around: Around,
    preview: Option<Preview>,
    similar: Vec<ProposalCard>,
    drafts: Vec<(String, String)>,
    meanwhile: Option<Meanwhile>,
    version: i64,
    title_max: usize,
    body_max: usize,
}

fn preview(visit: &Visit) -> Option<Preview> {
    (visit.form.text("do") == "preview").then(|| {
        let body: String = visit.form.text("body").chars().take(PROPOSAL_BODY_MAX_CHARS).collect();
        Preview {
            title: visit.form.text("title").trim().to_owned(),
            html: Markdown::from_stored(body).to_html().to_string(),
        }
    })
}

fn typed(visit: &Visit) -> ProposalInput {
    ProposalInput {
        title: Some(visit.form.text("title").to_owned()),
        body: Some(visit.form.text("body").to_owned()),
        ..ProposalInput::default()
    }
}

fn words_of(fields: &Fields) -> String {
    format!("{} {}", fields.text("title"), fields.text("body"))
}

/// The step of a proposal that is not begun yet.
pub(super) async fn fresh(
    visit: &Visit,
    card: &ConsultationCard,
    form: Form,
    preview: Option<Preview>,
) -> Result<IdeaPage> {
    let home = format!("/consultations/{}", card.slug);
    let around = Around {
        consultation: card.title.1.clone(),
        action: visit.to(&format!("/proposals/new?consultation={}", card.slug)),
        marks: marks(visit, Step::Idea, &Step::ALL, None),
        place: place(Step::Idea, &Step::ALL),
        back: visit.to(&home),
        published: false,
        version: 0,
    };
    let drafts = read::own(&visit.cx, true, Paging::default()).await?.items.into_iter();
    let drafts = drafts.filter(|draft| draft.consultation == card.id);
    Ok(IdeaPage {
        page: frame(visit, Step::Idea, &around, (&card.title.1, &home)),
        drafts: drafts
            .map(|draft| (draft.title, visit.to(&format!("/proposals/{}/edit/idea", draft.id))))
            .collect(),
        similar: similar(visit, card.id, &words_of(&form.fields), None).await?,
        preview,
        meanwhile: None,
        version: 0,
        title_max: TITLE_MAX_CHARS,
        body_max: PROPOSAL_BODY_MAX_CHARS,
        form,
        around,
    })
}

/// Begins the draft.
pub(super) async fn keep_new(visit: &Visit, card: &ConsultationCard) -> Result<Response> {
    if let Some(preview) = preview(visit) {
        let form = Form::new(visit.language, visit.form.clone());
        return html(&fresh(visit, card, form, Some(preview)).await?);
    }
    let kept = match complete(visit) {
        Ok(()) => write::begin(&visit.cx, card.id, typed(visit)).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(id) if is_saving(visit) => Ok(visit.done(&format!("/proposals/{id}/edit/idea"), "kept")),
        Ok(id) => Ok(redirect(&visit.to(&format!("/proposals/{id}/edit/details")))),
        Err(error) => {
            let status = status(&error);
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(status, &fresh(visit, card, form, None).await?)
        }
    }
}

/// A draft may be kept unfinished; who goes on is told at once what is missing.
fn complete(visit: &Visit) -> Result<()> {
    if is_saving(visit) {
        return Ok(());
    }
    check_wording(visit.form.text("title"), visit.form.text("body"))
}

fn is_saving(visit: &Visit) -> bool {
    visit.form.text("do") == "save"
}

/// The step of a proposal that was begun.
pub(super) async fn show(visit: &Visit, about: &Editing) -> Result<Response> {
    let title = visit.query.some("title").unwrap_or(&about.page.card.title);
    let fields = Fields::default()
        .and("title", title)
        .and("body", about.page.body.as_str());
    let form = Form::new(visit.language, fields);
    html(&begun(visit, about, form).await?)
}

async fn begun(visit: &Visit, about: &Editing, form: Form) -> Result<IdeaPage> {
    let around = Around::of(visit, Step::Idea, about);
    let card = &about.page.card;
    let similar = match card.state {
        ProposalState::Draft => similar(visit, card.consultation, &words_of(&form.fields), Some(card.id)).await?,
        _ => Vec::new(),
    };
    Ok(IdeaPage {
        page: frame_of(visit, Step::Idea, &around, about),
        preview: preview(visit),
        similar,
        drafts: Vec::new(),
        meanwhile: None,
        version: card.version,
        title_max: TITLE_MAX_CHARS,
        body_max: PROPOSAL_BODY_MAX_CHARS,
        form,
        around,
    })
}

/// Keeps the step.
pub(super) async fn keep(visit: &Visit, about: &Editing) -> Result<Response> {
    let expected = expected(visit);
    if visit.form.text("do") == "preview" {
        let form = Form::new(visit.language, visit.form.clone());
        let mut shown = begun(visit, about, form).await?;
        // The version on which the typing began: a change meanwhile is still told when it is kept.
        shown.version = expected.unwrap_or(shown.version);
        return html(&shown);
    }
    let id = about.page.card.id;
    let kept = match complete(visit) {
        Ok(()) => write::edit(&visit.cx, id, expected, typed(visit)).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(_) if is_saving(visit) => Ok(visit.done(&format!("/proposals/{id}/edit/idea"), "kept")),
        Ok(_) => {
            let about = read::editing(&visit.cx, id).await?;
            Ok(onward(visit, &about, Step::Details))
        }
        Err(error) if is_of_the_form(&error) => refuse(visit, id, error, expected).await,
        Err(error) => closed::by_rule(visit, id, error).await,
    }
}

async fn refuse(visit: &Visit, id: civic::id::ProposalId, error: Error, expected: Option<i64>) -> Result<Response> {
    // Read again: what was kept meanwhile may be newer than what this request began with.
    let about = read::editing(&visit.cx, id).await?;
    let status = status(&error);
    let meanwhile = (error == Error::Conflict(Code::OutOfDate)).then(|| Meanwhile::of(&about, &visit.form));
    let form = Form::refused(visit.language, visit.form.clone(), error)?;
    let mut shown = begun(visit, &about, form).await?;
    if meanwhile.is_none() {
        shown.version = expected.unwrap_or(shown.version);
    }
    shown.meanwhile = meanwhile;
    html_as(status, &shown)
}
