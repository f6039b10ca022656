//! Every version of a proposal, with what changed from one to the next.

use std::sync::Arc;

use askama::Template;
use civic::error::Result;
use civic::id::ProposalId;
use civic::proposal::read::{self, Version};
use poem::Response;

use super::path;
use crate::form::Fields;
use crate::format::moment;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html};

/// A version as its page shows it.
struct Step {
    version: Version,
    kind: String,
    when: String,
}

#[derive(Template)]
#[template(path = "proposal/versions.html")]
struct VersionsPage {
    page: Page,
    title: String,
    steps: Vec<Step>,
    first: Option<String>,
    next: Option<String>,
}

/// A page of the versions, last first.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: ProposalId = visit.id("id")?;
    let proposal = read::page(&visit.cx, id).await?;
    let language = visit.language;
    let own = path(id, &proposal.card.slug);
    let found = read::versions(&visit.cx, id, visit.paging()).await?;
    let at = |query: &str| visit.to(&format!("/proposals/{id}/versions{query}"));
    let next = found
        .next
        .as_ref()
        .map(|next| at(&Fields::default().and("after", next.text()).query()));
    let steps = found.items.into_iter().map(|version| Step {
        kind: words(language, &format!("version-{}", version.kind.as_str())),
        when: moment(language, &visit.cx.city.settings.zone, version.written_at),
        version,
    });
    html(&VersionsPage {
        page: Page::new(&visit, words(language, "versions"))
            .via(words(language, "home"), "")
            .via(proposal.card.title.clone(), &own)
            .twin(format!("/api/v1/proposals/{id}/versions")),
        title: proposal.card.title,
        steps: steps.collect(),
        first: visit.query.some("after").map(|_| at("")),
        next,
    })
}
