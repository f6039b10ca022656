//! Comments over REST.

use civic::Cx;
use civic::comment::{read, write};
use civic::id::{CommentId, ProposalId};
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, Call, CommentList, Done, Made, One, Shown, ThreadList, WordingList, expected};
use super::body::{Body, Patch};
use crate::wire::Ref;
use crate::wire::comment::{CommentIn, CommentOut, CommentSort, WordingIn};
use crate::wire::support::TallyOut;

/// The operations on comments.
pub struct Comments;

async fn shown(cx: &Cx, id: CommentId) -> Answered<One<CommentOut>> {
    let card = read::one(cx, id).await?;
    let version = card.version;
    Ok(One(card.into(), version))
}

#[OpenApi(tag = "Tag::Comments")]
impl Comments {
    /// List the threads under a proposal
    #[oai(path = "/proposals/:id/comments", method = "get", operation_id = "comment_threads")]
    async fn threads(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        /// In which order; the newest first when not said.
        sort: Query<Option<CommentSort>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ThreadList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let sort = sort.0.map_or(read::Sort::Newest, Into::into);
        Ok(Shown(read::threads(&call.0, id.0.0, sort, paging).await?.into()))
    }

    /// Comment a proposal, or answer a comment of it
    #[oai(path = "/proposals/:id/comments", method = "post", operation_id = "comment_write")]
    async fn write(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<CommentIn>,
    ) -> Answered<Made<CommentOut>> {
        let made = write::write(&call.0, id.0.0, input.0.into()).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/comments/{made}")))
    }

    /// Show a comment
    #[oai(path = "/comments/:id", method = "get", operation_id = "comment_get")]
    async fn get(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
    ) -> Answered<One<CommentOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Change one's comment
    ///
    /// This is possible for an hour; the earlier wording is kept.
    #[oai(path = "/comments/:id", method = "patch", operation_id = "comment_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Patch<WordingIn>,
    ) -> Answered<One<CommentOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, &input.0.body).await?;
        shown(&call.0, id.0.0).await
    }

    /// Remove one's comment
    ///
    /// Its place in the thread stays, its text is gone.
    #[oai(path = "/comments/:id", method = "delete", operation_id = "comment_remove")]
    async fn remove(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
    ) -> Answered<Done> {
        write::remove(&call.0, id.0.0).await?;
        Ok(Done)
    }

    /// List the thread of a comment, oldest first
    #[oai(path = "/comments/:id/thread", method = "get", operation_id = "comment_thread")]
    async fn thread(
        &self,
        call: Call,
        /// A comment of the thread.
        id: Path<Ref<CommentId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CommentList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::thread(&call.0, id.0.0, paging).await?.into()))
    }

    /// List the wordings of a comment
    #[oai(path = "/comments/:id/wordings", method = "get", operation_id = "comment_wordings")]
    async fn wordings(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
    ) -> Answered<Shown<WordingList>> {
        Ok(Shown(read::wordings(&call.0, id.0.0).await?.into()))
    }

    /// Support a comment
    #[oai(path = "/comments/:id/support", method = "put", operation_id = "comment_support")]
    async fn support(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
    ) -> Answered<Shown<TallyOut>> {
        Ok(Shown(write::support(&call.0, id.0.0, true).await?.into()))
    }

    /// Take one's support of a comment back
    #[oai(
        path = "/comments/:id/support",
        method = "delete",
        operation_id = "comment_take_back"
    )]
    async fn take_back(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
    ) -> Answered<Shown<TallyOut>> {
        Ok(Shown(write::support(&call.0, id.0.0, false).await?.into()))
    }
}
