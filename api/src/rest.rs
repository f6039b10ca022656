//! REST at `/api/v1`.

use civic::City;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response, Route};

/// Everything below `/api`.
#[must_use]
pub fn app(_city: City) -> BoxEndpoint<'static, Response> {
    Route::new().map_to_response().boxed()
}
