//! Which ones: the filters of lists and of search, which REST has as parameters.

use async_graphql::InputObject;
use civic::documents::read::Search;
use civic::id::{ConsultationId, DistrictId, MemberId, ThemeId};
use civic::proposal::read::Filter;

use crate::wire::Ref;
use crate::wire::comment::Stance;
use crate::wire::proposal::{Origin, ProposalState};
use crate::wire::search::Kind;

/// Which proposals; values of one field are alternatives, fields add up.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProposalFilter {
    /// Of this consultation.
    pub consultation: Option<Ref<ConsultationId>>,
    /// With one of these themes, or one below them.
    #[graphql(default)]
    pub themes: Vec<Ref<ThemeId>>,
    /// In one of these districts or quarters.
    #[graphql(default)]
    pub districts: Vec<Ref<DistrictId>>,
    /// In this state.
    pub state: Option<ProposalState>,
    /// That came in this way.
    pub origin: Option<Origin>,
    /// By this member.
    pub author: Option<Ref<MemberId>>,
}

impl From<ProposalFilter> for Filter {
    fn from(given: ProposalFilter) -> Self {
        Self {
            consultation: given.consultation.map(|id| id.0),
            themes: given.themes.into_iter().map(|id| id.0).collect(),
            districts: given.districts.into_iter().map(|id| id.0).collect(),
            state: given.state.map(Into::into),
            origin: given.origin.map(Into::into),
            author: given.author.map(|id| id.0),
        }
    }
}

/// Which results of a search.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SearchFilter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only in this consultation.
    pub consultation: Option<Ref<ConsultationId>>,
    /// Only with this theme.
    pub theme: Option<Ref<ThemeId>>,
    /// Only in this district.
    pub district: Option<Ref<DistrictId>>,
    /// Only in this state.
    pub state: Option<ProposalState>,
    /// Only those that came in this way.
    pub origin: Option<Origin>,
    /// Only comments of this stance.
    pub stance: Option<Stance>,
}

impl From<SearchFilter> for Search {
    fn from(given: SearchFilter) -> Self {
        let state = given.state.map(civic::proposal::ProposalState::from);
        let origin = given.origin.map(civic::proposal::Origin::from);
        let stance = given.stance.map(civic::comment::Stance::from);
        let filters = [
            given.theme.map(|id| ("theme", id.0.to_string())),
            given.district.map(|id| ("district", id.0.to_string())),
            state.map(|state| ("state", state.as_str().to_owned())),
            origin.map(|origin| ("origin", origin.as_str().to_owned())),
            stance.map(|stance| ("stance", stance.as_str().to_owned())),
        ];
        Self {
            kind: given.kind.map(Into::into),
            consultation: given.consultation.map(|id| id.0),
            filters: filters.into_iter().flatten().collect(),
            ..Self::default()
        }
    }
}
