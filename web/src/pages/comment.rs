//! Comments: a thread on its own page, writing, editing with a trace, removing one's own, supporting, hiding.

use std::sync::Arc;

use askama::Template;
use civic::comment::read::{self, CommentCard, Gone, Wording};
use civic::comment::{NewComment, Stance, write as comment};
use civic::error::{Error, Result};
use civic::id::{CommentId, ProposalId, TypedId};
use civic::limits::{COMMENT_BODY_MAX_CHARS, REASON_MAX_CHARS};
use civic::moderation::{self, Subject};
use civic::page::Cursor;
use civic::policy::{Act, On};
use poem::Response;
use poem::http::StatusCode;

use super::proposal::{path, stances, with_comment};
use crate::form::{Choice, Fields, Form};
use crate::format::{moment, number};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// A comment with its dates and numbers as people read them.
pub struct View {
    /// The comment.
    pub card: CommentCard,
    /// Its text.
    pub html: String,
    /// When it was written.
    pub when: String,
    /// When it was edited; empty when it was not.
    pub edited: String,
    /// How many support it.
    pub supports: String,
    /// Where its buttons lead.
    pub action: String,
    /// Whether it was removed by its author.
    pub removed: bool,
    /// Whether a moderator hid it.
    pub hidden: bool,
}

impl View {
    /// What a page shows of a comment.
    #[must_use]
    pub fn of(visit: &Visit, card: CommentCard) -> Self {
        let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
        Self {
            html: card
                .body
                .as_ref()
                .map_or_else(String::new, |body| body.to_html().to_string()),
            when: moment(language, zone, card.written_at),
            edited: card.edited_at.map_or_else(String::new, |at| moment(language, zone, at)),
            supports: number(language, card.supports),
            action: visit.to(&format!("/comments/{}", card.id)),
            removed: card.gone == Some(Gone::Removed),
            hidden: card.gone == Some(Gone::Hidden),
            card,
        }
    }
}

impl View {
    /// Who wrote it, for links that must read alone.
    #[must_use]
    pub fn who(&self) -> String {
        format!(
            "{}, {}",
            self.card.author.as_ref().map_or("", |author| &author.name),
            self.when
        )
    }
}

#[derive(Template)]
#[template(path = "comment/thread.html")]
struct ThreadPage {
    page: Page,
    comments: Vec<View>,
    proposal_title: String,
    proposal_path: String,
    next: Option<String>,
    action: String,
    form: Form,
    stances: Vec<Choice>,
    parent: String,
    replies_open: bool,
}

#[derive(Template)]
#[template(path = "comment/edit.html")]
struct EditPage {
    page: Page,
    form: Form,
    action: String,
    back: String,
    wordings: Vec<Wording>,
}

#[derive(Template)]
#[template(path = "comment/moderate.html")]
struct ModeratePage {
    page: Page,
    form: Form,
    action: String,
    back: String,
    shown: View,
    explained: String,
    button: String,
}

/// One comment with what answers it, and a form to answer.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn thread(visit: Arc<Visit>) -> Result<Response> {
    let form = Form::new(visit.language, Fields::default());
    html(&thread_page(&visit, visit.id("id")?, form).await?)
}

async fn thread_page(visit: &Visit, id: CommentId, form: Form) -> Result<ThreadPage> {
    let root = read::one(&visit.cx, id).await?;
    let found = read::thread(&visit.cx, id, visit.paging()).await?;
    let proposal = civic::proposal::read::page(&visit.cx, root.proposal).await?;
    let own = path(root.proposal, &proposal.card.slug);
    let replies_open = root.can.reply;
    let mut cards = found.items;
    if visit.query.some("after").is_none() && cards.iter().all(|card| card.id != id) {
        cards.insert(0, root);
    }
    let next = found.next.as_ref().map(Cursor::text);
    Ok(ThreadPage {
        page: Page::new(visit, words(visit.language, "thread"))
            .via(words(visit.language, "home"), "")
            .via(proposal.card.title.clone(), &own)
            .twin(format!("/api/v1/comments/{id}")),
        comments: cards.into_iter().map(|card| View::of(visit, card)).collect(),
        proposal_path: visit.to(&own),
        next: next.map(|after| {
            visit.to(&format!(
                "{}{}",
                visit.path,
                Fields::default().and("after", after).query()
            ))
        }),
        action: visit.to(&format!("/proposals/{}/comments", proposal.card.id)),
        stances: stances(visit.language),
        parent: id.to_string(),
        proposal_title: proposal.card.title,
        replies_open,
        form,
    })
}

/// Writes a comment, or an answer to one.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn write(visit: Arc<Visit>) -> Result<Response> {
    let id: ProposalId = visit.id("id")?;
    // An answer to what cannot be there is no comment on the proposal.
    let parent = match visit.form.some("parent") {
        Some(parent) => Some(CommentId::read(parent).ok_or(Error::NotFound)?),
        None => None,
    };
    match add(&visit, id, parent).await {
        Ok(written) => {
            let proposal = civic::proposal::read::page(&visit.cx, id).await?;
            Ok(visit.done(&format!("{}#{written}", path(id, &proposal.card.slug)), "comment"))
        }
        Err(error @ (Error::Unauthenticated | Error::NotFound | Error::Denied(_))) => Err(error),
        Err(error) => match parent {
            None => with_comment(&visit, id, error).await,
            Some(parent) => {
                let form = Form::refused(visit.language, visit.form.clone(), error)?;
                html_as(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    &thread_page(&visit, parent, form).await?,
                )
            }
        },
    }
}

async fn add(visit: &Visit, id: ProposalId, parent: Option<CommentId>) -> Result<CommentId> {
    let stance = visit.form.choice("stance", Stance::parse)?;
    let new = NewComment {
        body: visit.form.text("comment").to_owned(),
        stance,
        parent,
        lang: None,
    };
    comment::write(&visit.cx, id, new)
        .await
        .map_err(|error| renamed(error, "body", "comment"))
}

/// The same error with a field called as the form calls it.
pub(super) fn renamed(error: Error, from: &str, to: &'static str) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|fault| fault.field == from) {
                fault.field = to.into();
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

async fn edit_page(visit: &Visit, id: CommentId, form: Form) -> Result<EditPage> {
    let card = read::one(&visit.cx, id).await?;
    let back = visit.to(&format!("/comments/{id}"));
    Ok(EditPage {
        page: Page::new(visit, words(visit.language, "edit-comment"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "thread"), &format!("/comments/{id}")),
        wordings: if card.version > 1 {
            read::wordings(&visit.cx, id).await?
        } else {
            Vec::new()
        },
        action: visit.to(&visit.path),
        back,
        form,
    })
}

/// The form to change one's comment.
///
/// # Errors
/// `NotFound` when it cannot be changed.
pub async fn edit_form(visit: Arc<Visit>) -> Result<Response> {
    crate::error::signed_in(&visit)?;
    let id: CommentId = visit.id("id")?;
    let card = read::one(&visit.cx, id).await?;
    let body = card.body.as_ref().filter(|_| card.can.edit).ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .and("comment", body.as_str())
        .and("version", card.version.to_string());
    html(&edit_page(&visit, id, Form::new(visit.language, fields)).await?)
}

/// Changes one's comment.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn edit(visit: Arc<Visit>) -> Result<Response> {
    let id: CommentId = visit.id("id")?;
    let expected = visit.form.some("version").and_then(|version| version.parse().ok());
    match comment::edit(&visit.cx, id, expected, visit.form.text("comment")).await {
        Ok(_) => back(&visit, id, "edited").await,
        Err(error) => {
            let form = Form::refused(visit.language, visit.form.clone(), renamed(error, "body", "comment"))?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&visit, id, form).await?)
        }
    }
}

async fn back(visit: &Visit, id: CommentId, done: &str) -> Result<Response> {
    let card = read::one(&visit.cx, id).await?;
    Ok(visit.done(&format!("/proposals/{}#{id}", card.proposal), done))
}

/// Removes one's comment; its place in the thread stays.
///
/// # Errors
/// Those of the use case.
pub async fn remove(visit: Arc<Visit>) -> Result<Response> {
    let id: CommentId = visit.id("id")?;
    comment::remove(&visit.cx, id).await?;
    back(&visit, id, "removed").await
}

/// Supports a comment or takes the support back.
///
/// # Errors
/// Those of the use case.
pub async fn support(visit: Arc<Visit>) -> Result<Response> {
    let id: CommentId = visit.id("id")?;
    comment::support(&visit.cx, id, visit.form.text("wanted") != "no").await?;
    let card = read::one(&visit.cx, id).await?;
    let proposal = civic::proposal::read::page(&visit.cx, card.proposal).await?;
    Ok(redirect(
        &visit.to(&format!("{}#{id}", path(card.proposal, &proposal.card.slug))),
    ))
}

async fn moderate_page(visit: &Visit, id: CommentId, form: Form) -> Result<ModeratePage> {
    let card = read::one(&visit.cx, id).await?;
    let hides = visit.param("what") == "hide";
    let fits = card.can.moderate
        && hides == (card.gone != Some(Gone::Hidden))
        && matches!(visit.param("what"), "hide" | "restore");
    if !fits {
        let above = civic::proposal::read::page(&visit.cx, card.proposal).await?;
        crate::error::awake(visit, Act::Moderate, On::Consultation(above.card.consultation))?;
        return Err(Error::NotFound);
    }
    let name = if hides { "hide" } else { "restore" };
    Ok(ModeratePage {
        page: Page::new(visit, words(visit.language, &format!("act-{name}")))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "thread"), &format!("/comments/{id}")),
        explained: words(visit.language, &format!("act-{name}-explained")),
        button: words(visit.language, &format!("act-{name}-button")),
        action: visit.to(&visit.path),
        back: visit.to(&format!("/comments/{id}")),
        shown: View::of(visit, card),
        form,
    })
}

impl ModeratePage {
    fn reason(&self) -> String {
        self.form.area("reason", 4, REASON_MAX_CHARS)
    }
}

impl ThreadPage {
    fn body(&self) -> String {
        self.form.area("comment", 5, COMMENT_BODY_MAX_CHARS)
    }
}

impl EditPage {
    fn body(&self) -> String {
        self.form.area("comment", 6, COMMENT_BODY_MAX_CHARS)
    }
}

/// The form by which a moderator hides or restores a comment.
///
/// # Errors
/// `NotFound` for others.
pub async fn moderate_form(visit: Arc<Visit>) -> Result<Response> {
    crate::error::signed_in(&visit)?;
    let form = Form::new(visit.language, Fields::default());
    html(&moderate_page(&visit, visit.id("id")?, form).await?)
}

/// Hides or restores a comment with a reason.
///
/// # Errors
/// Those of the use case; a missing reason gives the form back.
pub async fn moderate(visit: Arc<Visit>) -> Result<Response> {
    let id: CommentId = visit.id("id")?;
    let (subject, reason) = (Subject::Comment(id), visit.form.text("reason"));
    let done = match visit.param("what") {
        "hide" => moderation::write::hide(&visit.cx, subject, reason).await,
        "restore" => moderation::write::restore(&visit.cx, subject, reason).await,
        _ => return Err(Error::NotFound),
    };
    match done {
        Ok(_) => back(&visit, id, visit.param("what")).await,
        Err(error) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(
                StatusCode::UNPROCESSABLE_ENTITY,
                &moderate_page(&visit, id, form).await?,
            )
        }
    }
}
