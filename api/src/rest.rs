//! REST at `/api/v1`, its description at `/api/openapi.json`, and a page to browse it at `/api`.
//!
//! Rule: an operation parses, makes one call to `civic` and wraps; whatever surrounds it (who asks, repeats, caching,
//! problems) is in `envelope`. Operations are named `noun_verb`, and GraphQL's mutations mirror them. Deliberately absent:
//! making tokens, changing the account, giving roles and moving money, for which the policy asks a session.

mod answer;
mod application;
mod attachment;
mod body;
mod call;
mod campaign;
mod comment;
mod consultation;
mod description;
mod donation;
mod envelope;
mod ledger;
mod me;
mod moderation;
mod payout;
mod proposal;
mod receipt;
mod reconciliation;
mod reference;
mod report;
mod search;

use std::sync::Arc;

use civic::{City, Settings};
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::header;
use poem::{EndpointExt, Response, Route, get};
use poem_openapi::{OpenApiService, Tags};

use description::Routes;
use envelope::Envelope;

/// What operations are about.
#[derive(Tags)]
enum Tag {
    /// Dated participatory processes on one question.
    Consultations,
    /// Citizens' ideas, from draft to the city's answer.
    Proposals,
    /// Pictures and files of proposals.
    Attachments,
    /// What people say about proposals.
    Comments,
    /// The city's calls for projects, their rules and lists.
    Calls,
    /// What is handed in for a call, and how it is judged.
    Applications,
    /// How admitted projects and the city's funds raise money.
    Campaigns,
    /// What people give, and what becomes of it.
    Donations,
    /// What promoters are paid and when, and what they report of it.
    Payouts,
    /// The public books: every move of money, and where it is.
    Ledger,
    /// Hiding and restoring, with reasons.
    Moderation,
    /// Finding proposals and comments by their words.
    Search,
    /// One's own drafts, supports and comments.
    Me,
    /// The system itself.
    System,
}

type Operations = (
    consultation::Consultations,
    proposal::Proposals,
    attachment::Attachments,
    comment::Comments,
    call::Calls,
    application::Applications,
    campaign::Campaigns,
    (donation::Donations, receipt::Receipts),
    payout::Payouts,
    report::Reports,
    ledger::Ledger,
    reconciliation::Reconciliation,
    moderation::Moderation,
    search::Finding,
    me::Me,
    search::System,
);

fn routed() -> OpenApiService<Operations, ()> {
    let operations = (
        consultation::Consultations,
        proposal::Proposals,
        attachment::Attachments,
        comment::Comments,
        call::Calls,
        application::Applications,
        campaign::Campaigns,
        (donation::Donations, receipt::Receipts),
        payout::Payouts,
        report::Reports,
        ledger::Ledger,
        reconciliation::Reconciliation,
        moderation::Moderation,
        search::Finding,
        me::Me,
        search::System,
    );
    OpenApiService::new(operations, "Arengo", env!("CARGO_PKG_VERSION"))
}

/// The description of REST in OpenAPI for an installation, as pretty JSON.
#[must_use]
pub fn openapi(settings: &Settings) -> String {
    let document = description::document(&routed().spec(), settings);
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// Everything below `/api`.
#[must_use]
pub fn app(city: City) -> BoxEndpoint<'static, Response> {
    let document = description::document(&routed().spec(), &city.settings);
    let routes = Arc::new(Routes::of(&document));
    let page = reference::page(&document, &city.settings);
    let text = document.to_string();
    let inner = Route::new()
        .at("/api", get(shown("text/html; charset=utf-8", page)))
        .at(
            "/api/reference.css",
            get(shown("text/css; charset=utf-8", reference::STYLE.to_owned())),
        )
        .at("/api/openapi.json", get(shown("application/json", text)))
        .nest("/api/v1", routed())
        .map_to_response()
        .boxed();
    Envelope { city, inner, routes }.boxed()
}

/// A text that is the same for everybody.
fn shown(media: &'static str, text: String) -> impl poem::Endpoint<Output = Response> + 'static {
    make_sync(move |_| {
        let mut answer = Response::builder()
            .header(header::CACHE_CONTROL, "public, no-cache")
            .header(header::CONTENT_LANGUAGE, "en")
            .header(header::ETAG, format!("\"{}\"", civic::secret::hash(&text)));
        if media.starts_with("text/html") {
            answer = answer.header(header::CONTENT_SECURITY_POLICY, reference::POLICY);
        }
        answer.content_type(media).body(text.clone())
    })
}
