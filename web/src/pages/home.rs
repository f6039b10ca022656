//! Home: what is open now and until when, what was decided lately, how much came together, and a box to search in.

use std::sync::Arc;

use askama::Template;
use civic::consultation::Standing;
use civic::consultation::read::Figures;
use civic::error::Result;
use civic::limits::PAGE_MAX;
use civic::page::Paging;
use civic::proposal::read::ProposalCard;
use civic::{campaign, consultation, proposal};
use poem::Response;

use super::call::{Card as CallCard, open_and_coming};
use super::campaign::Card as CampaignCard;
use super::consultation::Card;
use crate::page::Page;
use crate::visit::{Visit, html};

/// Answered proposals that home shows.
const DECIDED: u64 = 6;
/// Campaigns that home shows: those that end soonest.
const CAMPAIGNS: u64 = 6;

#[derive(Template)]
#[template(path = "home/home.html")]
struct Home {
    page: Page,
    open: Vec<Card>,
    coming: Vec<Card>,
    open_campaigns: Vec<CampaignCard>,
    open_calls: Vec<CallCard>,
    coming_calls: Vec<CallCard>,
    decided: Vec<ProposalCard>,
    figures: Figures,
    share: i64,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub async fn home(visit: Arc<Visit>) -> Result<Response> {
    let cx = &visit.cx;
    let page = Page::new(&visit, visit.cx.city.settings.city_name.clone()).twin("/api/v1/consultations");
    let every = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let all = consultation::read::list(cx, every).await?.items;
    let mut open: Vec<_> = all.iter().filter(|card| card.standing == Standing::Open).collect();
    open.sort_by_key(|card| card.phase.as_ref().map(|phase| phase.window.end));
    let mut coming: Vec<_> = all.iter().filter(|card| card.standing == Standing::Coming).collect();
    coming.sort_by_key(|card| card.next_phase.as_ref().map(|phase| phase.window.start));
    let (open_calls, coming_calls) = open_and_coming(&visit).await?;
    let figures = consultation::read::figures(cx).await?;
    html(&Home {
        open: open.into_iter().map(|card| Card::of(&visit, card)).collect(),
        coming: coming.into_iter().map(|card| Card::of(&visit, card)).collect(),
        open_campaigns: campaign::read::open(cx, CAMPAIGNS)
            .await?
            .iter()
            .map(|card| CampaignCard::of(&visit, card))
            .collect(),
        open_calls,
        coming_calls,
        decided: proposal::read::answered_lately(cx, DECIDED).await?,
        share: figures.answered * 100 / figures.proposals.max(1),
        figures,
        page,
    })
}
