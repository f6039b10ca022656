//! GraphQL: queries through loaders, mutations one-to-one with the operations of REST.

use async_graphql::ComplexObject;
use civic::City;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response, Route};

use crate::wire::comment::CommentOut;
use crate::wire::consultation::ConsultationOut;
use crate::wire::proposal::ProposalOut;

#[ComplexObject]
impl ConsultationOut {}

#[ComplexObject]
impl ProposalOut {}

#[ComplexObject]
impl CommentOut {}

/// Everything below `/graphql`.
#[must_use]
pub fn app(_city: City) -> BoxEndpoint<'static, Response> {
    Route::new().map_to_response().boxed()
}
