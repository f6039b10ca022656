//! `POST /hooks/stripe`: where the provider of payments brings its messages.
//!
//! Rule: 2xx is answered only when the message is stored, and to a message that was stored before; anything else makes the
//! provider come again. A stranger learns nothing but no. Deliberately absent: what a message means, which is worked off
//! later, and a place in the description of REST, because no other program has business here.

use civic::City;
use civic::error::Error;
use civic::limits::PAYMENT_MESSAGE_MAX_BYTES;
use civic::payment::write::{Receipt, receive};
use poem::endpoint::{BoxEndpoint, make};
use poem::error::ReadBodyError;
use poem::http::{StatusCode, header};
use poem::{EndpointExt, Request, Response, Route, post};

/// The path of the door.
pub const PATH: &str = "/hooks/stripe";

/// Everything below `/hooks`.
#[must_use]
pub fn app(city: City) -> BoxEndpoint<'static, Response> {
    let door = make(move |request: Request| {
        let city = city.clone();
        async move { Ok::<_, poem::Error>(take(&city, request).await) }
    });
    Route::new().at(PATH, post(door)).map_to_response().boxed()
}

async fn take(city: &City, mut request: Request) -> Response {
    let signature = request.header("stripe-signature").unwrap_or_default().to_owned();
    let body = request.take_body().into_bytes_limit(PAYMENT_MESSAGE_MAX_BYTES).await;
    let body = match body {
        Ok(body) => body,
        Err(ReadBodyError::PayloadTooLarge) => return answer(StatusCode::PAYLOAD_TOO_LARGE, "too large"),
        Err(_) => return answer(StatusCode::BAD_REQUEST, "not whole"),
    };
    match receive(city, &body, &signature).await {
        Ok(Receipt::Kept) => answer(StatusCode::OK, "kept"),
        Ok(Receipt::Known) => answer(StatusCode::OK, "known"),
        Ok(Receipt::Forged(why)) => {
            tracing::warn!(why, "a message was refused that said it was the provider's");
            answer(StatusCode::BAD_REQUEST, "refused")
        }
        Err(error) => {
            if matches!(error, Error::Bug(_)) {
                tracing::error!(%error, "a message of the provider could not be kept");
            }
            answer(StatusCode::SERVICE_UNAVAILABLE, "come again")
        }
    }
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    Response::builder()
        .status(status)
        .header(header::CACHE_CONTROL, "no-store")
        .content_type("text/plain; charset=utf-8")
        .body(text)
}
