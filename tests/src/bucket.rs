//! A tiny S3-compatible storage on loopback: one bucket in memory, reached by path, for signed requests only.
//!
//! Absent: checking signatures, which are the client library's own, lists, and anything that we do not ask for.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The name of the bucket.
pub const NAME: &str = "arengo";
/// The name of the key with which requests must be signed.
pub const ACCESS_KEY: &str = "test-key";

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// The storage; it stops with this value.
pub struct Bucket {
    address: SocketAddr,
    objects: Objects,
    task: JoinHandle<()>,
}

impl Bucket {
    /// Starts one on a free loopback port.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let objects = Objects::default();
        let shared = Arc::clone(&objects);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let objects = Arc::clone(&shared);
                let answer = service_fn(move |request| answer(request, Arc::clone(&objects)));
                let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                // A client that hangs up half-way is its own test's affair.
                tokio::spawn(async move { serving.await.ok() });
            }
        });
        Ok(Self { address, objects, task })
    }

    /// Its address, as a configuration names it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What lies in it: keys and sizes.
    pub fn sizes(&self) -> BTreeMap<String, usize> {
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.iter().map(|(key, bytes)| (key.clone(), bytes.len())).collect()
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(request: Request<Incoming>, objects: Objects) -> Result<Response<Full<Bytes>>, Infallible> {
    let say = |status: StatusCode, body: Bytes| {
        let etag = format!("\"{}\"", body.len());
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = status;
        answer.headers_mut().insert("etag", etag.parse().expect("a header"));
        let at = "Tue, 24 Nov 2026 09:00:00 GMT".parse().expect("a header");
        answer.headers_mut().insert("last-modified", at);
        Ok(answer)
    };
    let signed = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if !signed.is_some_and(|value| value.starts_with(&format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/"))) {
        return say(StatusCode::FORBIDDEN, Bytes::new());
    }
    let Some(key) = request
        .uri()
        .path()
        .strip_prefix(&format!("/{NAME}/"))
        .map(str::to_owned)
    else {
        return say(StatusCode::NOT_FOUND, Bytes::new());
    };
    let method = request.method().clone();
    let Ok(body) = request.into_body().collect().await else {
        return say(StatusCode::BAD_REQUEST, Bytes::new());
    };
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    match method {
        Method::PUT => {
            objects.insert(key, body.to_bytes());
            say(StatusCode::OK, Bytes::new())
        }
        Method::GET => match objects.get(&key) {
            Some(bytes) => say(StatusCode::OK, bytes.clone()),
            None => say(StatusCode::NOT_FOUND, Bytes::new()),
        },
        Method::DELETE => {
            objects.remove(&key);
            say(StatusCode::NO_CONTENT, Bytes::new())
        }
        _ => say(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
    }
}
