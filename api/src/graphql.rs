//! GraphQL: queries through loaders, mutations one-to-one with the operations of REST, subscriptions over a socket.
//!
//! Rule: thin over the same use cases and wire structs as REST. Whatever comes in is measured before the library looks at
//! it, and every error that goes out has our code and sentence. Deliberately absent: cookies, so that no other site can
//! act in a reader's name; uploads; queries by GET.

mod asker;
mod books;
mod connection;
mod error;
mod fields;
mod giving;
mod guarded;
mod http;
mod input;
mod limits;
mod loaders;
mod me;
mod mutation;
mod node;
mod page;
mod paying;
mod payload;
mod query;
mod receipts;
mod socket;
mod subscription;

use async_graphql::{SDLExportOptions, Schema};
use civic::City;
use civic::limits::{GRAPHQL_COMPLEXITY, GRAPHQL_DEPTH, GRAPHQL_DIRECTIVES};
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response, Route};

use guarded::Guarded;
pub(crate) use limits::times;
use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// Our schema.
type CitySchema = Schema<Query, Mutation, Subscription>;

fn schema() -> CitySchema {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_output_type::<node::Node>()
        .limit_depth(GRAPHQL_DEPTH)
        .limit_complexity(GRAPHQL_COMPLEXITY)
        .limit_directives(GRAPHQL_DIRECTIVES)
        .disable_suggestions()
        .finish()
}

/// The schema as text, in an order that does not change by itself.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    schema().sdl_with_options(options)
}

/// Everything below `/graphql`.
#[must_use]
pub fn app(city: City) -> BoxEndpoint<'static, Response> {
    let guarded = Guarded::new(schema(), city);
    Route::new()
        .at("/graphql", http::Post(guarded.clone()))
        .at("/graphql/ws", socket::Socket(guarded))
        .around(http::answered)
        .map_to_response()
        .boxed()
}

/// The page at `/graphiql`; `asset` gives the address of a built file.
#[must_use]
pub fn page(asset: fn(&str) -> String) -> BoxEndpoint<'static, Response> {
    Route::new()
        .at("/graphiql", page::Graphiql(asset))
        .around(http::answered)
        .map_to_response()
        .boxed()
}
