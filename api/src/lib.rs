//! stub
pub mod rest {
    pub fn app(_city: civic::City) -> poem::endpoint::BoxEndpoint<'static, poem::Response> {
        use poem::EndpointExt;
        poem::Route::new().map_to_response().boxed()
    }
}
pub mod graphql {
    pub fn app(_city: civic::City) -> poem::endpoint::BoxEndpoint<'static, poem::Response> {
        use poem::EndpointExt;
        poem::Route::new().map_to_response().boxed()
    }
}
