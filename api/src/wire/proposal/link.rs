//! A proposal by its name, where one says which other it has to do with.

use async_graphql::SimpleObject;
use civic::id::ProposalId;
use civic::proposal::read::ProposalLink;
use poem_openapi::Object;

use crate::wire::Ref;

/// Another proposal, named.
#[derive(Debug, Clone, PartialEq, Eq, Object, SimpleObject)]
#[oai(rename = "ProposalLink")]
#[graphql(name = "ProposalLink")]
pub struct ProposalLinkOut {
    /// Which.
    pub id: Ref<ProposalId>,
    /// The readable tail of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The language of its title (ISO 639-1).
    pub lang: String,
}

impl From<ProposalLink> for ProposalLinkOut {
    fn from(link: ProposalLink) -> Self {
        Self {
            id: Ref(link.id),
            slug: link.slug,
            title: link.title,
            lang: link.lang.code().to_owned(),
        }
    }
}
