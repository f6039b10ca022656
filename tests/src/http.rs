//! A small HTTP/1.1 client for tests that talk to a real listener: cookies kept, redirects shown and not followed.
//! Whatever goes wrong on the wire panics, because a test has nothing better to do with it.
//! Absent: TLS, compression unless asked for, connection reuse (a test that wants one holds its own socket).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Longer than any answer may take by the server's own deadline, so that a hang fails and says where.
const PATIENCE: Duration = Duration::from_secs(60);

/// One person's browser, or one program: its cookies and its bearer token.
pub struct Client {
    authority: String,
    cookies: Mutex<BTreeMap<String, String>>,
    bearer: Option<String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The request it answers, for messages.
    pub asked: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as sent, compressed if that was asked for.
    pub body: Bytes,
}

impl Client {
    /// A visitor of the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Self {
        let authority = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self {
            authority,
            cookies: Mutex::default(),
            bearer: None,
        }
    }

    /// The same server, asked with an API token.
    pub fn with_bearer(base: &str, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..Self::new(base)
        }
    }

    /// GET, as a browser asks for a page.
    pub async fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header(ACCEPT, "text/html,*/*;q=0.8");
        self.send(request.body(Bytes::new()).expect("a GET")).await
    }

    /// GET, expecting JSON.
    pub async fn get_json(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header(ACCEPT, "application/json");
        self.send(request.body(Bytes::new()).expect("a GET")).await
    }

    /// A form of our own pages, posted as a browser does: with the origin it comes from.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("fields can always be encoded");
        let request = self
            .request(Method::POST, path)
            .header(ORIGIN, format!("http://{}", self.authority))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).expect("a form")).await
    }

    /// A form with a file in its field `file`, posted as a browser does; the file's own name comes first.
    pub async fn post_file(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        const BOUNDARY: &str = "----arengo-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            file.0
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.1);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = self
            .request(Method::POST, path)
            .header(ORIGIN, format!("http://{}", self.authority))
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        self.send(request.body(body.into()).expect("a form with a file")).await
    }

    /// A JSON body by any method.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header(CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).expect("a JSON request"))
            .await
    }

    /// One GraphQL document with its variables.
    pub async fn graphql(&self, document: &str, variables: Value) -> Answer {
        let body = serde_json::json!({ "query": document, "variables": variables });
        self.send_json(Method::POST, "/graphql", &body).await
    }

    /// A request to add headers and a body to, for [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder().method(method).uri(path)
    }

    /// Sends any request; the host, the cookies and the token are added, unless it brings its own.
    pub async fn send(&self, mut request: Request<Bytes>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        self.add(&mut request, HOST, Some(self.authority.clone()));
        self.add(&mut request, COOKIE, self.cookie_line());
        self.add(
            &mut request,
            AUTHORIZATION,
            self.bearer.as_ref().map(|token| format!("Bearer {token}")),
        );
        let answered = tokio::time::timeout(PATIENCE, self.exchange(request)).await;
        let (status, headers, body) = match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("{asked}: {error:#}"),
            Err(_) => panic!("{asked}: no answer within {PATIENCE:?}"),
        };
        self.keep_cookies(&headers);
        Answer {
            asked,
            status,
            headers,
            body,
        }
    }

    /// The value of a cookie that the server set, if it still stands.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).cloned()
    }

    /// Every cookie that stands, by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.jar().clone()
    }

    /// Puts a cookie there, or takes it away with an empty value.
    pub fn set_cookie(&self, name: &str, value: &str) {
        if value.is_empty() {
            self.jar().remove(name);
        } else {
            self.jar().insert(name.to_owned(), value.to_owned());
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> anyhow::Result<(StatusCode, HeaderMap, Bytes)> {
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let (parts, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        connection.abort();
        Ok((parts.status, parts.headers, body))
    }

    fn add(&self, request: &mut Request<Bytes>, name: HeaderName, value: Option<String>) {
        if let Some(value) = value
            && !request.headers().contains_key(&name)
        {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(&value).expect("a header of plain text"));
        }
    }

    fn cookie_line(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .jar()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let gone = parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0"));
            self.set_cookie(name, if gone { "" } else { value });
        }
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; panics with the whole answer when it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self}"))
    }

    /// The hidden keys with which a form of this page may be sent.
    pub fn keys(&self) -> [(&'static str, String); 2] {
        let page = self.text();
        ["once", "csrf"].map(|name| {
            let (_, rest) = page
                .split_once(&format!("name=\"{name}\" value=\""))
                .unwrap_or_else(|| panic!("no `{name}` in {self}"));
            (name, rest.split('"').next().unwrap_or_default().to_owned())
        })
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The same answer, if it has this status; otherwise the test ends with what came instead.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} answered {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "\n{}", self.text())
    }
}
