//! Lists of my folder by the page: drafts, proposals, supports, comments.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use civic::comment::read::CommentCard;
use civic::error::{Error, Result};
use civic::id::ProposalId;
use civic::page::Cursor;
use civic::proposal::read::ProposalCard;
use civic::{comment, proposal, support};
use poem::Response;

use super::super::comment::View;
use super::frame;
use crate::error::signed_in;
use crate::form::Fields;
use crate::page::Page;
use crate::visit::{Visit, html};

/// One of my comments, with the proposal it is under.
pub struct Mine {
    pub(super) view: View,
    pub(super) title: String,
    pub(super) title_lang: String,
}

#[derive(Template)]
#[template(path = "me/list.html")]
struct ListPage {
    page: Page,
    what: &'static str,
    cards: Vec<ProposalCard>,
    comments: Vec<Mine>,
    next: Option<String>,
    first: Option<String>,
}

/// My comments with the titles of what they are under, in one statement for all.
pub(super) async fn mine(visit: &Visit, cards: Vec<CommentCard>) -> Result<Vec<Mine>> {
    let ids: Vec<ProposalId> = cards.iter().map(|card| card.proposal).collect();
    let titles: HashMap<ProposalId, (String, String)> = proposal::read::by_ids(&visit.cx, &ids, true)
        .await?
        .into_iter()
        .map(|card| (card.id, (card.title, card.lang.code().to_owned())))
        .collect();
    let of = |card: CommentCard| {
        let (title, title_lang) = titles.get(&card.proposal).cloned().unwrap_or_default();
        Mine {
            view: View::of(visit, card),
            title,
            title_lang,
        }
    };
    Ok(cards.into_iter().map(of).collect())
}

/// One of the lists.
///
/// # Errors
/// `Unauthenticated`, `NotFound` for a list that is none, and those of the database.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    let (cx, paging) = (&visit.cx, visit.paging());
    let what = ["drafts", "proposals", "supports", "comments"]
        .into_iter()
        .find(|what| *what == visit.param("what"))
        .ok_or(Error::NotFound)?;
    signed_in(&visit)?;
    let (mut cards, mut comments) = (Vec::new(), Vec::new());
    let next: Option<Cursor> = match what {
        "comments" => {
            let found = comment::read::own(cx, paging).await?;
            comments = mine(&visit, found.items).await?;
            found.next
        }
        "supports" => {
            let found = support::read::own(cx, paging).await?;
            cards = found.items;
            found.next
        }
        _ => {
            let found = proposal::read::own(cx, what == "drafts", paging).await?;
            cards = found.items;
            found.next
        }
    };
    let here = visit.to(&format!("/me/{what}"));
    html(&ListPage {
        page: frame(&visit, &format!("my-{what}")),
        next: next.map(|next| format!("{here}{}", Fields::default().and("after", next.text()).query())),
        first: visit.query.some("after").map(|_| here),
        what,
        cards,
        comments,
    })
}
