//! The desk: where staff begin. What their roles let them do, and the way to each.
//!
//! Rule: whoever holds a role sees the desk, and on it only what `civic` lets them do. Deliberately absent: the queue of
//! what waits for moderators; until it is here, the newest proposals of each consultation are linked.

mod consultation;
mod roles;
mod rows;

use std::sync::Arc;

use askama::Template;
use civic::actor::Within;
use civic::consultation::read::DeskCard;
use civic::error::Result;
use civic::member::read::RoleCard;
use civic::policy::{Act, On};
use civic::{consultation as consultations, member};
use poem::Response;

use crate::form::Fields;
use crate::format::date;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html};

pub use consultation::{change, edit, new, open};
pub use roles::{give, roles, take};

/// A role of the reader's.
struct Mine {
    role: &'static str,
    everywhere: bool,
    until: Option<String>,
}

impl Mine {
    fn of(visit: &Visit, card: &RoleCard) -> Self {
        let zone = &visit.cx.city.settings.zone;
        Self {
            role: card.role.as_str(),
            everywhere: card.within == Within::City,
            // An end is the first instant after it; people are told the last day.
            until: card.until.map(|until| date(visit.language, zone, until.plus_ms(-1))),
        }
    }
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
struct DeskPage {
    page: Page,
    mine: Vec<Mine>,
    opens: bool,
    administers: bool,
    cards: Vec<DeskCard>,
    next: Option<String>,
}

/// What waits here for whom.
///
/// # Errors
/// `Unauthenticated`, `Denied` for those without a role, and those of the database.
pub async fn desk(visit: Arc<Visit>) -> Result<Response> {
    let cx = &visit.cx;
    let found = consultations::read::desk(cx, visit.paging()).await?;
    let profile = member::read::profile(cx).await?;
    let next = found.next.as_ref().map(|next| {
        let query = Fields::default().and("after", next.text()).query();
        visit.to(&format!("/desk{query}"))
    });
    html(&DeskPage {
        page: Page::new(&visit, words(visit.language, "desk")).via(words(visit.language, "home"), ""),
        mine: profile.roles.iter().map(|card| Mine::of(&visit, card)).collect(),
        opens: cx.can(Act::KeepConsultation, On::City),
        administers: cx.can(Act::ReadSystem, On::City),
        cards: found.items,
        next,
    })
}

/// The frame of a page below the desk.
fn frame(visit: &Visit, title: impl Into<String>) -> Page {
    Page::new(visit, title)
        .via(words(visit.language, "home"), "")
        .via(words(visit.language, "desk"), "/desk")
}
