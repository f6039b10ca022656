//! The second step: theme, language, how it came in, and pictures and files with what they show.
//!
//! Rule: one form holds it all, so that sending a file or removing one keeps what was chosen beside it.

use askama::Template;
use bytes::Bytes;
use civic::attachment::read::AttachmentCard;
use civic::attachment::write::{self as attachment, NewAttachment};
use civic::consultation::Theme;
use civic::consultation::read as consultation;
use civic::error::{Code, Error, Result};
use civic::id::{ThemeId, TypedId};
use civic::language::Language;
use civic::limits::{ATTACHMENTS_PER_PROPOSAL, FILE_NAME_MAX_CHARS, UPLOAD_MAX_BYTES};
use civic::proposal::read::{Editing, ProposalCard};
use civic::proposal::{Origin, ProposalInput, ProposalState, write};
use civic::text::{self, detect};
use civic::{Cx, id::ProposalId};
use poem::Response;

use super::super::proposal::similar;
use super::{Around, Step, closed, expected, frame_of, is_of_the_form, onward};
use crate::error::status;
use crate::form::{Choice, Fields, Form};
use crate::format::number;
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Similar proposals above the form: more of them would push it out of a phone's first screen.
const SIMILAR: usize = 3;

/// Bytes in a megabyte, as the limit counts them.
const MEGABYTE: usize = 1024 * 1024;

#[derive(Template)]
#[template(path = "writing/details.html")]
struct DetailsPage {
    page: Page,
    form: Form,
    around: Around,
    similar: Vec<ProposalCard>,
    themes: Vec<Choice>,
    languages: Vec<Choice>,
    origins: Vec<Choice>,
    files: Vec<AttachmentCard>,
    upload: String,
    limits: String,
    room: bool,
    description_max: usize,
}

/// The step as it is kept.
pub(super) async fn show(visit: &Visit, about: &Editing) -> Result<Response> {
    let form = Form::new(visit.language, kept(about));
    html(&details(visit, about, form).await?)
}

fn kept(about: &Editing) -> Fields {
    let card = &about.page.card;
    let guessed = detect(about.page.body.as_str()).is_some_and(|lang| lang == card.lang);
    Fields::default()
        .and(
            "theme",
            card.theme
                .as_ref()
                .map_or_else(String::new, |theme| theme.id.to_string()),
        )
        .and("lang", if guessed { "" } else { card.lang.code() })
        .and("origin", card.origin.as_str())
}

async fn details(visit: &Visit, about: &Editing, form: Form) -> Result<DetailsPage> {
    let (language, card) = (visit.language, &about.page.card);
    let around = Around::of(visit, Step::Details, about);
    let similar = match card.state {
        ProposalState::Draft => {
            let text = format!("{} {}", card.title, about.page.body.as_str());
            let mut found = similar(visit, card.consultation, &text, Some(card.id)).await?;
            found.truncate(SIMILAR);
            found
        }
        _ => Vec::new(),
    };
    let files = about.page.attachments.clone();
    let many = number(language, i64::try_from(ATTACHMENTS_PER_PROPOSAL).unwrap_or(i64::MAX));
    let size = number(language, i64::try_from(UPLOAD_MAX_BYTES / MEGABYTE).unwrap_or(i64::MAX));
    Ok(DetailsPage {
        page: frame_of(visit, Step::Details, &around, about),
        similar,
        themes: themes(language, consultation::themes(&visit.cx, card.consultation).await?),
        languages: languages(language, about),
        origins: origins(language, about),
        upload: visit.to(&format!("/proposals/{}/attachments", card.id)),
        limits: words_with(
            language,
            "writing-file-limits",
            &[("many", Value::Text(&many)), ("size", Value::Text(&size))],
        ),
        room: (files.len() as u64) < ATTACHMENTS_PER_PROPOSAL,
        files,
        description_max: FILE_NAME_MAX_CHARS,
        form,
        around,
    })
}

fn unchosen(language: Language, key: &str) -> Choice {
    Choice {
        value: String::new(),
        label: words(language, key),
    }
}

fn themes(language: Language, all: Vec<Theme>) -> Vec<Choice> {
    if all.is_empty() {
        return Vec::new();
    }
    let name = |theme: &Theme| theme.name.get(language).to_owned();
    let above = |theme: &Theme| all.iter().find(|other| Some(other.id) == theme.parent).map(name);
    let themes = all.iter().map(|theme| Choice {
        value: theme.id.to_string(),
        label: match above(theme) {
            Some(above) => format!("{above}: {}", name(theme)),
            None => name(theme),
        },
    });
    std::iter::once(unchosen(language, "writing-choose-theme"))
        .chain(themes)
        .collect()
}

fn languages(language: Language, about: &Editing) -> Vec<Choice> {
    let guess = detect(about.page.body.as_str());
    let name = |code: &str| words(language, &format!("lang-{code}"));
    let detected = match guess {
        Some(lang) => words_with(
            language,
            "writing-lang-detected",
            &[("text", Value::Text(&name(lang.code())))],
        ),
        None => words(language, "writing-lang-detect"),
    };
    let first = Choice {
        value: String::new(),
        label: detected,
    };
    let all = text::languages().map(|code| Choice {
        value: code.to_owned(),
        label: name(code),
    });
    std::iter::once(first).chain(all).collect()
}

fn origins(language: Language, about: &Editing) -> Vec<Choice> {
    if !about.can_say_origin {
        return Vec::new();
    }
    let origins = Origin::ALL.into_iter().map(|origin| Choice {
        value: origin.as_str().to_owned(),
        label: named(language, "origin-", origin.as_str()),
    });
    origins.collect()
}

fn typed(visit: &Visit) -> Result<ProposalInput> {
    let form = &visit.form;
    Ok(ProposalInput {
        theme: form
            .has("theme")
            .then(|| form.choice("theme", ThemeId::read))
            .transpose()?,
        lang: form.has("lang").then(|| form.text("lang").trim().to_owned()),
        origin: form.choice("origin", Origin::parse)?,
        ..ProposalInput::default()
    })
}

/// Keeps the step with the file that came with it, and leads on; back here when it was sent for the file's sake.
pub(super) async fn keep(visit: &Visit, about: &Editing) -> Result<Response> {
    let kept = match visit.form.text("do") {
        "upload" => Kept::Upload,
        _ => Kept::All,
    };
    keep_as(visit, about, kept).await
}

/// For whose sake the form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Kept {
    /// To go on.
    All,
    /// To add a file.
    Upload,
}

/// The same, for the addresses that add files.
pub(in crate::pages) async fn keep_as(visit: &Visit, about: &Editing, kept: Kept) -> Result<Response> {
    let id = about.page.card.id;
    match change(visit, id, kept).await {
        Ok(()) if kept == Kept::Upload => Ok(visit.done(&format!("/proposals/{id}/edit/details#files"), "file-added")),
        Ok(()) => Ok(onward(visit, about, Step::Place)),
        Err(error) if is_of_the_form(&error) => {
            let status = status(&error);
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(status, &details(visit, about, form).await?)
        }
        Err(error) => closed::by_rule(visit, id, error).await,
    }
}

/// The fields first, then the file under the key of the form: sent again, the fields are the same and the file is known.
async fn change(visit: &Visit, id: ProposalId, kept: Kept) -> Result<()> {
    let adds = kept == Kept::Upload || visit.upload.is_some();
    if !adds {
        return write::edit(&visit.cx, id, expected(visit), typed(visit)?)
            .await
            .map(|_| ());
    }
    change_fields(visit, id).await?;
    let upload = visit.upload.as_ref();
    let upload = upload.ok_or_else(|| Error::field("file", Code::Empty))?;
    let new = NewAttachment {
        name: upload.name.clone(),
        description: visit.form.text("description").to_owned(),
        bytes: Bytes::from(upload.bytes.clone()),
    };
    attachment::add(&visit.cx, id, new).await.map(|_| ())
}

/// Keeps what is chosen beside a file, without using up the key of the form.
pub(in crate::pages) async fn change_fields(visit: &Visit, id: ProposalId) -> Result<()> {
    let unkeyed = Cx {
        repeat: None,
        ..visit.cx.clone()
    };
    write::edit(&unkeyed, id, expected(visit), typed(visit)?)
        .await
        .map(|_| ())
}
