//! Which proposal lives on in which other.
//!
//! Rule: one statement for all that a page or a document shows; what a moderator hid is named nowhere.

use std::collections::HashMap;

use super::store;
use crate::Cx;
use crate::error::Result;
use crate::id::ProposalId;
use crate::language::Lang;
use crate::limits::MERGED_SHOWN;
use crate::text::slug;

/// Another proposal, named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalLink {
    /// Which.
    pub id: ProposalId,
    /// The readable tail of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The language of its title.
    pub lang: Lang,
}

/// What was joined to what, around some proposals.
#[derive(Debug, Default)]
pub(super) struct Merges {
    links: HashMap<ProposalId, ProposalLink>,
    from: HashMap<ProposalId, Vec<ProposalId>>,
}

impl Merges {
    /// Those into which `rows` were joined, and those that were joined to `rows`.
    pub(super) async fn around(cx: &Cx, rows: &[&store::row::Model]) -> Result<Self> {
        let ids: Vec<ProposalId> = rows.iter().map(|row| row.id).collect();
        let targets: Vec<ProposalId> = rows.iter().filter_map(|row| row.merged_into).collect();
        let mut merges = Self::default();
        for row in store::merged_around(cx.db(), &ids, &targets).await? {
            if let Some(into) = row.merged_into {
                merges.from.entry(into).or_default().push(row.id);
            }
            let link = ProposalLink {
                id: row.id,
                slug: slug(&row.title),
                lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
                title: row.title,
            };
            merges.links.insert(row.id, link);
        }
        Ok(merges)
    }

    /// The one with this id, where everybody may read it.
    pub(super) fn link(&self, id: ProposalId) -> Option<ProposalLink> {
        self.links.get(&id).cloned()
    }

    /// Those that live on in this one.
    pub(super) fn joined_to(&self, id: ProposalId) -> Vec<ProposalLink> {
        let from = self.from.get(&id).into_iter().flatten();
        from.filter_map(|id| self.link(*id))
            .take(MERGED_SHOWN as usize)
            .collect()
    }
}
