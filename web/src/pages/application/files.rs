//! The step of pictures and documents, which is also there while an application is being completed.
//!
//! Rule: adding and removing are forms of their own, so nothing else is typed here that could be lost.

use std::sync::Arc;

use askama::Template;
use bytes::Bytes;
use civic::application::ApplicationState;
use civic::application::read::{self, ApplicationPage};
use civic::attachment::read::AttachmentCard;
use civic::attachment::write::{self as attachment, NewAttachment};
use civic::call::read::{self as calls, CallPage};
use civic::error::{Code, Error, Result};
use civic::id::ApplicationId;
use civic::limits::{ATTACHMENTS_PER_APPLICATION, FILE_NAME_MAX_CHARS, UPLOAD_MAX_BYTES};
use poem::Response;

use super::step::{Around, Step, frame};
use crate::error::{signed_in, status};
use crate::form::{Fields, Form};
use crate::format::number;
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Bytes in a megabyte, as the limit counts them.
const MEGABYTE: usize = 1024 * 1024;

#[derive(Template)]
#[template(path = "application/files.html")]
struct FilesPage {
    page: Page,
    around: Around,
    form: Form,
    files: Vec<AttachmentCard>,
    upload: String,
    limits: String,
    room: bool,
    description_max: usize,
    /// Where completing goes on; none while it is a draft.
    completing: Option<String>,
}

fn files_page(visit: &Visit, about: &ApplicationPage, call: &CallPage, form: Form) -> FilesPage {
    let (language, id) = (visit.language, about.card.id);
    let around = Around::of(visit, Step::Files, call, Some(id));
    let completing = about.card.state != ApplicationState::Draft;
    let many = number(language, i64::try_from(ATTACHMENTS_PER_APPLICATION).unwrap_or(i64::MAX));
    let size = number(language, i64::try_from(UPLOAD_MAX_BYTES / MEGABYTE).unwrap_or(i64::MAX));
    let values = [("many", Value::Text(&many)), ("size", Value::Text(&size))];
    let mut page = frame(visit, Step::Files, &around, call);
    if completing {
        page.title = words(language, "applying-files-question");
    }
    FilesPage {
        page,
        upload: visit.to(&format!("/applications/{id}/attachments")),
        limits: words_with(language, "writing-file-limits", &values),
        room: (about.attachments.len() as u64) < ATTACHMENTS_PER_APPLICATION,
        files: about.attachments.clone(),
        description_max: FILE_NAME_MAX_CHARS,
        completing: completing.then(|| visit.to(&format!("/applications/{id}/act/complete"))),
        form,
        around,
    }
}

/// The step as it is kept.
pub(super) fn show(visit: &Visit, about: &ApplicationPage, call: &CallPage) -> Result<Response> {
    let form = Form::new(visit.language, Fields::default());
    html(&files_page(visit, about, call, form))
}

/// Adds the file that came with the form, and comes back here.
pub(super) async fn keep(visit: &Visit, about: &ApplicationPage, call: &CallPage) -> Result<Response> {
    let id = about.card.id;
    let added = match visit.upload.as_ref() {
        None => Err(Error::field("file", Code::Empty)),
        Some(upload) => {
            let new = NewAttachment {
                name: upload.name.clone(),
                description: visit.form.text("description").to_owned(),
                bytes: Bytes::from(upload.bytes.clone()),
            };
            attachment::add(&visit.cx, id, new).await
        }
    };
    match added {
        Ok(_) => Ok(visit.done(&format!("/applications/{id}/edit/files#files"), "file-added")),
        Err(error) => {
            let status = status(&error);
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(status, &files_page(visit, about, call, form))
        }
    }
}

/// Adds a picture or document to an application.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn add(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: ApplicationId = visit.id("id")?;
    let about = read::page(&visit.cx, id).await?;
    let call = calls::page(&visit.cx, about.card.call).await?;
    keep(&visit, &about, &call).await
}

/// Where the files of an application are listed for those who change them.
#[must_use]
pub fn back(id: ApplicationId) -> String {
    format!("/applications/{id}/edit/files#files")
}
