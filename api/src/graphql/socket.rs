//! Subscriptions: a WebSocket that speaks `graphql-transport-ws`.
//!
//! Rule: the token comes in the header or in the first message, never in a cookie, so another site's page can listen to
//! nothing but what is public. A socket says who it is soon, sends small messages, and does not live for ever; when we
//! end it, its program is told why and may open another.

use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::WebSocketProtocols;
use async_graphql_poem::{GraphQLProtocol, GraphQLWebSocket};
use civic::City;
use civic::error::{Code, Error, Result};
use civic::language::Language;
use civic::limits::{GRAPHQL_BODY_MAX_BYTES, HEADER_MS, SOCKET_MS};
use futures_util::{SinkExt, StreamExt};
use poem::http::header;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream};
use poem::{Endpoint, FromRequest, IntoResponse, Request, Response};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::asker::Caller;
use super::error::Failed;
use super::guarded::Guarded;
use super::http::{language, refuse};
use crate::auth;

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// What a socket is told that did not say who it is in time, as its protocol has it.
const INITIALISATION_TIMEOUT: CloseCode = CloseCode::Reserved(4408);

/// Takes sockets.
pub struct Socket(pub Guarded);

impl Endpoint for Socket {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let language = language(&request);
        Ok(match self.open(request, language).await {
            Ok(answer) => answer,
            Err(error) => refuse(error, language),
        })
    }
}

impl Socket {
    async fn open(&self, request: Request, language: Language) -> Result<Response> {
        let spoken = request.header(header::SEC_WEBSOCKET_PROTOCOL).unwrap_or("");
        if !spoken.split(',').any(|name| name.trim() == PROTOCOL) {
            return Err(Error::Conflict(Code::BadRequest));
        }
        let said = request.header(header::AUTHORIZATION).map(ToOwned::to_owned);
        auth::cx(&self.0.city, &request, language).await?;
        let (request, mut body) = request.split();
        let socket = WebSocket::from_request(&request, &mut body).await;
        let socket = socket.map_err(|_| Error::Conflict(Code::BadRequest))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(GRAPHQL_BODY_MAX_BYTES))
            .max_frame_size(Some(GRAPHQL_BODY_MAX_BYTES));
        let guarded = self.0.clone();
        let upgraded = socket
            .protocols([PROTOCOL])
            .config(config)
            .on_upgrade(move |stream| attend(stream, guarded, said, language));
        Ok(upgraded.into_response())
    }
}

/// One socket, from its first message to its last.
async fn attend(stream: WebSocketStream, guarded: Guarded, said: Option<String>, language: Language) {
    let city = guarded.city.clone();
    let mut stopping = city.stopping.subscribe();
    let (begun, began) = oneshot::channel::<()>();
    let (mut sink, stream) = stream.split();
    let protocol = GraphQLProtocol(WebSocketProtocols::GraphQLWS);
    let socket = GraphQLWebSocket::new_with_pair(&mut sink, stream, guarded, protocol).on_connection_init(
        move |payload| async move {
            // Whoever waits for this may be gone with the socket.
            let _ = begun.send(());
            let caller = introduce(city, payload, said, language).await.map_err(Failed)?;
            let mut data = Data::default();
            data.insert(caller);
            Ok(data)
        },
    );
    let silent = async {
        match timeout(Duration::from_millis(HEADER_MS), began).await {
            Err(_) => INITIALISATION_TIMEOUT,
            Ok(_) => {
                sleep(Duration::from_millis(SOCKET_MS)).await;
                CloseCode::Away
            }
        }
    };
    let why = tokio::select! {
        // Whoever ended it has said so.
        () = socket.serve() => return,
        why = silent => why,
        _ = stopping.wait_for(|over| *over) => CloseCode::Away,
    };
    // Whoever takes nothing in is not waited for longer than anybody.
    let _ = timeout(
        Duration::from_millis(HEADER_MS),
        sink.send(Message::close_with(why, "")),
    )
    .await;
}

/// Who opened the socket; the first message may carry the token under the header's name.
async fn introduce(city: City, payload: Value, said: Option<String>, language: Language) -> Result<Caller> {
    let given = payload.as_object().and_then(|fields| {
        let named = fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        named.and_then(|(_, value)| value.as_str()).map(ToOwned::to_owned)
    });
    let token = match given.or(said) {
        None => None,
        Some(said) => Some(auth::bearer(&said).ok_or(Error::Unauthenticated)?.to_owned()),
    };
    let caller = Caller::new(city, token, language);
    caller.cx().await?;
    Ok(caller)
}
