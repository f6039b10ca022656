//! Home: what is open now and until when, what was decided, and a box to search in.

use std::sync::Arc;

use askama::Template;
use civic::consultation::Standing;
use civic::error::Result;
use civic::page::Paging;
use civic::proposal::ProposalState;
use civic::proposal::read::{Filter, ProposalCard, Sort};
use civic::{consultation, proposal};
use poem::Response;

use super::consultation::Card;
use crate::page::Page;
use crate::visit::{Visit, html};

/// Decided proposals that home shows of each outcome.
const DECIDED: u64 = 3;

#[derive(Template)]
#[template(path = "home/home.html")]
struct Home {
    page: Page,
    open: Vec<Card>,
    coming: Vec<Card>,
    decided: Vec<ProposalCard>,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub async fn home(visit: Arc<Visit>) -> Result<Response> {
    let cx = &visit.cx;
    let page = Page::new(&visit, visit.cx.city.settings.city_name.clone()).twin("/api/v1/consultations");
    let all = consultation::read::list(cx, Paging::default()).await?.items;
    let mut open: Vec<_> = all.iter().filter(|card| card.standing == Standing::Open).collect();
    open.sort_by_key(|card| card.phase.as_ref().map(|phase| phase.window.end));
    let coming = all.iter().filter(|card| card.standing == Standing::Coming);
    let mut decided = Vec::new();
    for state in [
        ProposalState::Delivered,
        ProposalState::Accepted,
        ProposalState::Declined,
    ] {
        let filter = Filter {
            state: Some(state),
            ..Filter::default()
        };
        let paging = Paging {
            limit: DECIDED,
            after: None,
        };
        decided.extend(proposal::read::list(cx, &filter, Sort::Newest, paging).await?.items);
    }
    html(&Home {
        open: open.into_iter().map(|card| Card::of(&visit, card)).collect(),
        coming: coming.map(|card| Card::of(&visit, card)).collect(),
        decided,
        page,
    })
}
