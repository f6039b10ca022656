//! The desk: where staff begin. What their roles let them do, and the way to each.
//!
//! Rule: whoever holds a role sees the desk, and on it only what `civic` lets them do. Deliberately absent: the queue of
//! what waits for moderators; until it is here, the newest proposals of each consultation are linked.

mod applications;
mod call;
mod consultation;
pub mod give_back;
mod money;
mod payouts;
mod reconciliation;
mod roles;
mod rows;
mod statements;

use std::sync::Arc;

use askama::Template;
use civic::actor::Within;
use civic::call::read::{self as calls, CallCard};
use civic::call::{CallFacts, CallState};
use civic::consultation::read::DeskCard;
use civic::error::Result;
use civic::member::read::RoleCard;
use civic::page::Paging;
use civic::policy::{Act, On};
use civic::{consultation as consultations, member};
use poem::Response;

use super::call::Card;
use crate::form::Fields;
use crate::format::date;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html};

pub use applications::list as applications;
pub use call::{act as call_act, act_form as call_act_form, change as change_call, edit as edit_call};
pub use call::{new as new_call, open as open_call};
pub use consultation::{change, edit, new, open};
pub use money::{confirm as confirm_gift, donation as gift, refund, settle as settle_refund, show as money};
pub use payouts::{fetch as payout_file, list as payouts, send as send_payouts};
pub use reconciliation::{act as movement_act, act_form as movement_form, show as reconciliation};
pub use roles::{give, roles, take};
pub use statements::{import as import_statement, line_act, line_form, list as statements};

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

/// A call as the desk shows it.
struct DeskCall {
    card: Card,
    draft: bool,
    keeps: bool,
    sees: bool,
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
struct DeskPage {
    page: Page,
    mine: Vec<Mine>,
    opens: bool,
    administers: bool,
    pays: bool,
    keeps_money: bool,
    cards: Vec<DeskCard>,
    opens_calls: bool,
    calls: Vec<DeskCall>,
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
        pays: cx.can(Act::SeePayouts, On::City),
        keeps_money: cx.can(Act::SeeDonations, On::City),
        cards: found.items,
        opens_calls: cx.can(Act::KeepCall, On::City),
        calls: desk_calls(&visit).await?,
        next,
    })
}

/// The calls that the reader has to do with: drafts first, then the others as their list has them.
async fn desk_calls(visit: &Visit) -> Result<Vec<DeskCall>> {
    let cx = &visit.cx;
    let mut cards = Vec::new();
    if cx.can(Act::KeepCall, On::City) {
        cards.extend(calls::drafts(cx, Paging::default()).await?.items);
    }
    if cx.can(Act::SeeApplications, On::City) {
        cards.extend(calls::list(cx, Paging::default()).await?.items);
    }
    let mine = calls::mine(cx).await?.into_iter();
    let mine: Vec<_> = mine
        .filter(|one| cards.iter().all(|known| known.id != one.id))
        .collect();
    cards.extend(mine);
    let of = |card: &CallCard| {
        let draft = card.state == CallState::Draft;
        let facts = CallFacts { id: card.id, draft };
        let can = |act| cx.can(act, On::Call(&facts));
        DeskCall {
            card: Card::of(visit, card),
            keeps: draft && can(Act::KeepCall),
            sees: !draft && can(Act::SeeApplications),
            draft,
        }
    };
    Ok(cards
        .iter()
        .map(of)
        .filter(|one| one.keeps || one.sees || one.draft)
        .collect())
}

/// The frame of a page below the desk.
fn frame(visit: &Visit, title: impl Into<String>) -> Page {
    Page::new(visit, title)
        .via(words(visit.language, "home"), "")
        .via(words(visit.language, "desk"), "/desk")
}
