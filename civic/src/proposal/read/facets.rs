//! How many proposals each value of each filter would show, counted by the database in one statement.

use std::collections::HashMap;

use super::{Filter, store};
use crate::Cx;
use crate::consultation;
use crate::error::Result;
use crate::id::{ConsultationId, DistrictId, ThemeId};
use crate::proposal::{Origin, ProposalState};

/// How many proposals each value of each filter would show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// All together.
    pub total: u64,
    /// By theme (a theme counts those below it).
    pub themes: HashMap<ThemeId, u64>,
    /// By district and by quarter.
    pub districts: HashMap<DistrictId, u64>,
    /// By state.
    pub states: HashMap<ProposalState, u64>,
    /// By origin.
    pub origins: HashMap<Origin, u64>,
}

/// How many proposals of a consultation each value of each filter shows, given the other filters.
///
/// # Errors
/// `Invalid` for a filter over its limit, and those of the database.
pub async fn facets(cx: &Cx, consultation: ConsultationId, filter: &Filter) -> Result<Facets> {
    filter.check()?;
    let parents = consultation::read::theme_parents(cx, consultation).await?;
    let filter = &Filter {
        consultation: Some(consultation),
        ..filter.clone()
    };
    let rows = store::facets(cx.db(), filter).await?;
    let mut facets = Facets::default();
    for row in rows {
        let number = u64::try_from(row.number).unwrap_or(0);
        let parent = row.theme_id.and_then(|theme| parents.get(&theme).copied().flatten());
        let theme_fits = filter.themes.is_empty()
            || [row.theme_id, parent]
                .into_iter()
                .flatten()
                .any(|theme| filter.themes.contains(&theme));
        let district_fits = filter.districts.is_empty() || places(&row).any(|place| filter.districts.contains(&place));
        let (Some(state), Some(origin)) = (ProposalState::parse(&row.state), Origin::parse(&row.origin)) else {
            continue;
        };
        let state_fits = filter.state.is_none_or(|wanted| wanted == state);
        let origin_fits = filter.origin.is_none_or(|wanted| wanted == origin);
        if theme_fits && district_fits && state_fits && origin_fits {
            facets.total += number;
        }
        if district_fits && state_fits && origin_fits {
            for theme in [row.theme_id, parent].into_iter().flatten() {
                *facets.themes.entry(theme).or_default() += number;
            }
        }
        if theme_fits && state_fits && origin_fits {
            for place in places(&row) {
                *facets.districts.entry(place).or_default() += number;
            }
        }
        if theme_fits && district_fits && origin_fits {
            *facets.states.entry(state).or_default() += number;
        }
        if theme_fits && district_fits && state_fits {
            *facets.origins.entry(origin).or_default() += number;
        }
    }
    Ok(facets)
}

/// Where a group lies: its district, its quarter, both or neither.
fn places(row: &store::FacetRow) -> impl Iterator<Item = DistrictId> + use<> {
    row.district_id.into_iter().chain(row.quarter_id)
}
