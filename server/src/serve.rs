//! Serving: the three surfaces on one listener, the worker beside it, until the program is told to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use civic::City;
use civic::limits::STOP_WORK_MS;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, IntoEndpoint, Response, Route};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::config::Config;
use crate::guard;
use crate::smtp::Post;
use crate::wiring::{Wired, letters_folder};
use crate::work::Worker;

/// Everything that answers requests, as the listener and the tests call it.
#[must_use]
pub fn app(city: &City) -> BoxEndpoint<'static, Response> {
    let app = Route::new()
        .nest_no_strip("/api", api::rest::app(city.clone()))
        .nest_no_strip("/graphql", api::graphql::app(city.clone()))
        .nest_no_strip("/graphiql", api::graphql::page(web::assets::asset))
        .nest_no_strip("/hooks", api::hooks::app(city.clone()))
        .nest_no_strip("/", web::app(city.clone()));
    app.into_endpoint().map_to_response().boxed()
}

/// Listens where the configuration says.
///
/// # Errors
/// When the address is taken or is none.
pub async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let at = &config.server.listen;
    TcpListener::bind(at)
        .await
        .with_context(|| format!("listening on {at}"))
}

/// Serves until `stop`, then lets what runs finish for a bounded time.
///
/// # Errors
/// When the worker cannot start or the listener breaks.
pub async fn serve(
    config: &Config,
    wired: &Wired,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let mailer = Arc::new(Post::new(&config.mail, letters_folder(config))?);
    let worker = Worker::new(wired.city.clone(), Arc::clone(&wired.index), mailer).await?;
    let city = wired.city.clone();
    let stop = async move {
        stop.await;
        city.stopping.send_replace(true);
    };
    let (told, mut ending) = watch::channel(false);
    let mut working = tokio::spawn(worker.run(async move {
        // A sender that is gone means the same: it is over.
        let _ = ending.wait_for(|over| *over).await;
    }));
    let served = guard::serve(listener, app(&wired.city), config.guard()?, stop).await;
    let _ = told.send(true);
    match timeout(Duration::from_millis(STOP_WORK_MS), &mut working).await {
        Ok(ended) => ended?,
        // What it was doing is done again by the next that starts.
        Err(_) => working.abort(),
    }
    served.context("serving")
}

/// Ends when the program is told to: by SIGTERM, or by the keyboard.
///
/// # Errors
/// When signals cannot be listened to.
pub fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
