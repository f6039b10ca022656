//! Comments on the wire.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::comment::NewComment;
use civic::comment::read::{CommentCard, Permissions, Thread, Wording};
use civic::id::{CommentId, ProposalId};
use civic::limits::REPLIES_PER_PAGE;
use poem_openapi::{Enum as ApiEnum, Object};

use super::proposal::AuthorOut;
use super::{ChangeOut, Moment, Ref, all};
use crate::graphql::times;

/// Where a comment stands towards the proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::comment::Stance")]
pub enum Stance {
    /// Speaks for it.
    For,
    /// Speaks against it.
    Against,
    /// Neither.
    Neutral,
}

/// Why a comment's text is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::comment::read::Gone")]
pub enum Gone {
    /// Its author removed it.
    Removed,
    /// A moderator hid it.
    Hidden,
}

/// In which order threads are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::comment::read::Sort")]
pub enum CommentSort {
    /// Last begun first.
    Newest,
    /// First begun first.
    Oldest,
    /// Most supports first.
    MostSupported,
}

/// What the asking member may do with a comment now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "CommentPermissions")]
#[graphql(name = "CommentPermissions")]
#[allow(clippy::struct_excessive_bools, reason = "one for each button")]
pub struct CommentPermissionsOut {
    /// Change it.
    pub edit: bool,
    /// Remove it.
    pub remove: bool,
    /// Support it.
    pub support: bool,
    /// Take one's support back.
    pub take_back: bool,
    /// Answer it.
    pub reply: bool,
    /// Hide or restore it.
    pub moderate: bool,
}

impl From<Permissions> for CommentPermissionsOut {
    fn from(can: Permissions) -> Self {
        Self {
            edit: can.edit,
            remove: can.remove,
            support: can.support,
            take_back: can.take_back,
            reply: can.reply,
            moderate: can.moderate,
        }
    }
}

/// A comment.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Comment", skip_serializing_if_is_none)]
#[graphql(complex, name = "Comment")]
pub struct CommentOut {
    /// Which one.
    pub id: Ref<CommentId>,
    /// Under which proposal.
    pub proposal_id: Ref<ProposalId>,
    /// The first comment of its thread.
    pub thread_id: Ref<CommentId>,
    /// Which comment it answers.
    pub parent_id: Option<Ref<CommentId>>,
    /// How deep it is shown, from 0.
    pub depth: i64,
    /// Who wrote it.
    pub author: Option<AuthorOut>,
    /// Where it stands.
    pub stance: Option<Stance>,
    /// The text in Markdown; not there when it is gone.
    pub body: Option<String>,
    /// The text as safe HTML; not there when it is gone.
    pub html: Option<String>,
    /// The language it is written in (ISO 639-1).
    pub lang: String,
    /// Whether and why it is gone; its author and moderators may see both this and the text.
    pub gone: Option<Gone>,
    /// Why a moderator hid it; for its author and moderators.
    pub hidden_reason: Option<String>,
    /// How many support it.
    pub support_count: i64,
    /// How many objected in the source of an import.
    pub objection_count: i64,
    /// Whether the asking member supports it.
    pub supported: bool,
    /// Grows with each change of the text.
    pub version: i64,
    /// When it was written.
    pub written_at: Moment,
    /// When it was changed.
    pub edited_at: Option<Moment>,
    /// What the asking member may do.
    pub can: CommentPermissionsOut,
}

impl From<CommentCard> for CommentOut {
    fn from(card: CommentCard) -> Self {
        Self {
            id: Ref(card.id),
            proposal_id: Ref(card.proposal),
            thread_id: Ref(card.thread),
            parent_id: card.parent.map(Ref),
            depth: card.depth,
            author: card.author.map(Into::into),
            stance: card.stance.map(Into::into),
            html: card.body.as_ref().map(|body| body.to_html().as_str().to_owned()),
            body: card.body.map(civic::text::Markdown::into_string),
            lang: card.lang.code().to_owned(),
            gone: card.gone.map(Into::into),
            hidden_reason: card.hidden_reason,
            support_count: card.supports,
            objection_count: card.objections,
            supported: card.supported,
            version: card.version,
            written_at: Moment(card.written_at),
            edited_at: card.edited_at.map(Moment),
            can: card.can.into(),
        }
    }
}

/// A thread as its proposal shows it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Thread")]
#[graphql(name = "Thread")]
pub struct ThreadOut {
    /// Its beginning.
    pub root: CommentOut,
    /// The answers, each after what it answers.
    #[graphql(complexity = "times(REPLIES_PER_PAGE, child_complexity)")]
    pub replies: Vec<CommentOut>,
    /// Whether the whole thread has more.
    pub more: bool,
}

impl From<Thread> for ThreadOut {
    fn from(thread: Thread) -> Self {
        Self {
            root: thread.root.into(),
            replies: all(thread.replies),
            more: thread.more,
        }
    }
}

/// A wording of a comment, with what changed since the one before.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Wording")]
#[graphql(name = "Wording")]
pub struct WordingOut {
    /// Its number, from 1.
    pub number: i64,
    /// The text in Markdown.
    pub body: String,
    /// When it was written.
    pub written_at: Moment,
    /// What changed.
    pub changes: Vec<ChangeOut>,
}

impl From<Wording> for WordingOut {
    fn from(wording: Wording) -> Self {
        Self {
            number: wording.number,
            body: wording.body.into_string(),
            written_at: Moment(wording.written_at),
            changes: all(wording.changes),
        }
    }
}

/// A comment to be written.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CommentIn {
    /// The text in Markdown: at most 4,000 characters.
    pub body: String,
    /// Where it stands.
    pub stance: Option<Stance>,
    /// Which comment of the same proposal it answers.
    pub parent: Option<Ref<CommentId>>,
    /// The language it is written in (ISO 639-1); detected when not said.
    pub lang: Option<String>,
}

impl From<CommentIn> for NewComment {
    fn from(given: CommentIn) -> Self {
        Self {
            body: given.body,
            stance: given.stance.map(Into::into),
            parent: given.parent.map(|id| id.0),
            lang: given.lang,
        }
    }
}

/// A comment's new wording.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct WordingIn {
    /// The text in Markdown: at most 4,000 characters.
    pub body: String,
}
