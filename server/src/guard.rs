//! The listener: our own, because the framework's holds half-open connections for ever (quality.md E1–E7).
//!
//! Rule: whoever connects has a bounded time, a bounded share and a bounded size, and none of it can be had by waiting:
//! when all places are taken, the oldest connection that has not yet sent a request makes room. Deliberately absent: TLS,
//! which a proxy speaks, and HTTP/2, which is only of use with it.

mod body;
mod network;
mod seats;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use civic::error::Code;
use civic::language::Language;
use civic::limits;
use futures_util::FutureExt;
use http::header;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::endpoint::BoxEndpoint;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use body::{Budget, Watch};
pub use network::Network;
use seats::{Held, Seat, Seats};

/// A year, without the city's other sites below the same name, of which we know nothing.
const HTTPS_ONLY: header::HeaderValue = header::HeaderValue::from_static("max-age=31536000");

/// What the listener allows.
#[derive(Debug, Clone)]
pub struct Guard {
    /// How long a header may take.
    pub header: Duration,
    /// How long a request may take.
    pub request: Duration,
    /// How long a request with a file may take.
    pub upload: Duration,
    /// How long what runs may go on after being told to stop.
    pub stop: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one network.
    pub connections_per_network: usize,
    /// Bytes of bodies held at once.
    pub bodies_bytes: usize,
    /// Proxies whose word about the client is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether browsers are told to come by https only.
    pub https_only: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            header: Duration::from_millis(limits::HEADER_MS),
            request: Duration::from_millis(limits::REQUEST_MS),
            upload: Duration::from_millis(limits::UPLOAD_MS),
            stop: Duration::from_millis(limits::STOP_MS),
            connections: limits::CONNECTIONS_MAX,
            connections_per_network: limits::CONNECTIONS_PER_NETWORK,
            bodies_bytes: limits::BODIES_MAX_BYTES,
            trusted_proxies: Vec::new(),
            https_only: false,
        }
    }
}

/// What all connections share.
struct Shared {
    guard: Guard,
    app: BoxEndpoint<'static, Response>,
    budget: Budget,
    stopping: watch::Receiver<bool>,
}

/// Serves `app` until `stop`; then what runs may finish within the guard's time.
///
/// # Errors
/// When the listener has no address.
pub async fn serve(
    listener: TcpListener,
    app: BoxEndpoint<'static, Response>,
    guard: Guard,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let local = listener.local_addr()?;
    let (tell, stopping) = watch::channel(false);
    let seats = Seats::new(guard.connections, guard.connections_per_network);
    let budget = Budget::new(guard.bodies_bytes);
    let shared = Arc::new(Shared {
        guard,
        app,
        budget,
        stopping,
    });
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&mut connections, &shared, &seats, stream, peer, local),
                Err(error) => {
                    tracing::warn!(%error, "nothing is accepted for a moment");
                    sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = tell.send(true);
    seats.close_half_open();
    let all_gone = async {
        while connections.join_next().await.is_some() {}
        // A connection that became a socket is no request any more, but has its place until it is closed.
        seats.all_free().await;
    };
    if timeout(shared.guard.stop, all_gone).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }
    Ok(())
}

fn admit(
    connections: &mut JoinSet<()>,
    shared: &Arc<Shared>,
    seats: &Seats,
    stream: TcpStream,
    peer: SocketAddr,
    local: SocketAddr,
) {
    let trusted = network::is_in(&shared.guard.trusted_proxies, peer.ip());
    let from = (!trusted).then(|| network::network_of(peer.ip()));
    let Some(seat) = seats.take(from) else {
        tracing::debug!(%peer, "no place is free");
        return;
    };
    // Small answers should not wait for more to come; a socket that cannot be told so works all the same.
    let _ = stream.set_nodelay(true);
    connections.spawn(attend(Arc::clone(shared), stream, seat, peer, local, trusted));
}

/// One connection, from its first byte to its last.
async fn attend(
    shared: Arc<Shared>,
    stream: TcpStream,
    seat: Seat,
    peer: SocketAddr,
    local: SocketAddr,
    trusted: bool,
) {
    let seat = Arc::new(seat);
    let due = Arc::new(Deadline::after(shared.guard.header));
    let service = {
        let (shared, seat, due) = (Arc::clone(&shared), Arc::clone(&seat), Arc::clone(&due));
        service_fn(move |request: http::Request<Incoming>| {
            let (shared, seat, due) = (Arc::clone(&shared), Arc::clone(&seat), Arc::clone(&due));
            async move {
                seat.begins();
                let mut answer = answer(&shared, &due, request, peer, local, trusted).await;
                if shared.guard.https_only {
                    answer
                        .headers_mut()
                        .insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
                }
                Ok::<_, Infallible>(answer)
            }
        })
    };
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.guard.header)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_MAX_BYTES)
        .serve_connection(TokioIo::new(Held::new(stream, Arc::clone(&seat))), service)
        .with_upgrades();
    let mut stopping = shared.stopping.clone();
    tokio::pin!(connection);
    let mut told = false;
    loop {
        tokio::select! {
            _ = &mut connection => return,
            () = seat.evicted() => return,
            () = due.over() => return,
            _ = stopping.wait_for(|over| *over), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Until when a connection may do what it does: send a header, a body, or take its answer.
struct Deadline(watch::Sender<Option<Instant>>);

impl Deadline {
    fn after(time: Duration) -> Self {
        Self(watch::Sender::new(Some(Instant::now() + time)))
    }

    fn set(&self, time: Option<Duration>) {
        self.0.send_replace(time.map(|time| Instant::now() + time));
    }

    async fn over(&self) {
        let mut changes = self.0.subscribe();
        loop {
            let due = *changes.borrow_and_update();
            let passed = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = passed => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }
}

type Answer = http::Response<BoxBody<Bytes, io::Error>>;

async fn answer(
    shared: &Shared,
    due: &Deadline,
    request: http::Request<Incoming>,
    peer: SocketAddr,
    local: SocketAddr,
    trusted: bool,
) -> Answer {
    let language = header_of(request.headers(), &header::ACCEPT_LANGUAGE).map_or(Language::It, Language::negotiate);
    let upload = body::is_upload(request.headers());
    let time = if upload {
        shared.guard.upload
    } else {
        shared.guard.request
    };
    let upgrade = request.headers().contains_key(header::UPGRADE);
    // As long again for the answer to be taken.
    due.set(Some(time + shared.guard.request));
    let watch = match Watch::of(&request, upload) {
        Ok(watch) => Arc::new(watch),
        Err(code) => return refuse(413, code, language),
    };
    let client = if trusted {
        network::forwarded(request.headers()).unwrap_or(peer.ip())
    } else {
        peer.ip()
    };
    let (parts, incoming) = request.into_parts();
    let (local, remote) = (
        LocalAddr(Addr::from(local)),
        RemoteAddr(Addr::from(SocketAddr::new(client, peer.port()))),
    );
    let parts = (parts, local, remote, http::uri::Scheme::HTTP).into();
    let request = Request::from_parts(
        parts,
        body::watched(incoming, Arc::clone(&watch), shared.budget.clone()),
    );
    let handled = AssertUnwindSafe(shared.app.get_response(request)).catch_unwind();
    let answer = match timeout(time, handled).await {
        Err(_) => return refuse(503, Code::Busy, language),
        Ok(Err(_)) => return refuse(500, Code::Bug, language),
        Ok(Ok(answer)) => answer,
    };
    if let Some((status, code)) = watch.objection() {
        return refuse(status, code, language);
    }
    if upgrade && answer.status() == http::StatusCode::SWITCHING_PROTOCOLS {
        due.set(None);
    } else {
        due.set(Some(shared.guard.request + shared.guard.header));
    }
    answer.into()
}

fn header_of<'a>(headers: &'a http::HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A refusal of the listener itself, as RFC 9457 has it; the connection ends with it.
fn refuse(status: u16, code: Code, language: Language) -> Answer {
    let problem = serde_json::json!({
        "type": format!("urn:arengo:{}", code.as_str()),
        "title": code.sentence(language),
        "status": status,
        "code": code.as_str(),
    });
    let body = http_body_util::Full::new(Bytes::from(problem.to_string()));
    let answer = http::Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json")
        .header(header::CONNECTION, "close")
        .header(header::RETRY_AFTER, "5")
        .body(body.map_err(|never| match never {}).boxed());
    answer.unwrap_or_default()
}
