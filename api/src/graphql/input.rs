//! Which ones: the filters of lists, which REST has as parameters.

use async_graphql::InputObject;
use civic::id::{ConsultationId, DistrictId, MemberId, ThemeId};
use civic::proposal::read::Filter;

use crate::wire::Ref;
use crate::wire::proposal::{Origin, ProposalState};

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
