//! How many proposals each value of each filter would show.

use async_graphql::SimpleObject;
use civic::id::{DistrictId, ThemeId};
use civic::proposal::read::Facets;
use poem_openapi::Object;

use super::{Origin, ProposalState};
use crate::wire::Ref;

macro_rules! counts {
    ($($(#[$doc:meta])* $out:ident = $name:literal of $value:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Object, SimpleObject)]
        #[oai(rename = $name)]
        #[graphql(name = $name)]
        pub struct $out {
            /// The value.
            pub value: $value,
            /// How many.
            pub count: u64,
        }
    )*};
}

counts! {
    /// How many proposals have a theme, or one below it.
    ThemeCountOut = "ThemeCount" of Ref<ThemeId>;
    /// How many proposals lie in a district.
    DistrictCountOut = "DistrictCount" of Ref<DistrictId>;
    /// How many proposals stand so.
    StateCountOut = "StateCount" of ProposalState;
    /// How many proposals came in so.
    OriginCountOut = "OriginCount" of Origin;
}

/// How many proposals each value of each filter would show, given the other filters; most first.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Facets")]
#[graphql(name = "Facets")]
pub struct FacetsOut {
    /// All together.
    pub total: u64,
    /// By theme.
    pub themes: Vec<ThemeCountOut>,
    /// By district.
    pub districts: Vec<DistrictCountOut>,
    /// By state.
    pub states: Vec<StateCountOut>,
    /// By origin.
    pub origins: Vec<OriginCountOut>,
}

/// Most first, and of equal ones in the order of their values, so that the same counts are always written the same.
fn sorted<K: Ord, O>(counts: impl IntoIterator<Item = (K, u64)>, wrap: impl Fn(K, u64) -> O) -> Vec<O> {
    let mut counts: Vec<(K, u64)> = counts.into_iter().collect();
    counts.sort_by(|(a, more), (b, fewer)| fewer.cmp(more).then(a.cmp(b)));
    counts.into_iter().map(|(value, count)| wrap(value, count)).collect()
}

impl From<Facets> for FacetsOut {
    fn from(facets: Facets) -> Self {
        Self {
            total: facets.total,
            themes: sorted(facets.themes, |value, count| ThemeCountOut {
                value: Ref(value),
                count,
            }),
            districts: sorted(facets.districts, |value, count| DistrictCountOut {
                value: Ref(value),
                count,
            }),
            states: sorted(facets.states, |value, count| StateCountOut {
                value: value.into(),
                count,
            }),
            origins: sorted(facets.origins, |value, count| OriginCountOut {
                value: value.into(),
                count,
            }),
        }
    }
}
