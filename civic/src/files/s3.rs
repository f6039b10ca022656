//! S3-compatible storage: how it is named, and the wire on which it is reached.
//!
//! Rule: TLS is rustls with ring and the roots that browsers trust, as for mail; the keys never print. Signing is the
//! storage library's. Deliberately absent: kept connections, since pictures are few and the storage is near.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper::Uri;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::{BackoffConfig, RetryConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::limits::{FILES_ANSWER_MS, FILES_CONNECT_MS, FILES_RETRIES, FILES_RETRY_MS};

/// Where the storage is and how to come in.
#[derive(Clone)]
pub struct S3 {
    /// Its address, such as `https://s3.example.org`.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3({}/{})", self.endpoint, self.bucket)
    }
}

/// The storage, ready to be asked; nothing is sent yet.
pub(super) fn open(s3: &S3) -> Result<AmazonS3, object_store::Error> {
    AmazonS3Builder::new()
        .with_endpoint(&s3.endpoint)
        .with_allow_http(s3.endpoint.starts_with("http://"))
        .with_region(&s3.region)
        .with_bucket_name(&s3.bucket)
        .with_access_key_id(&s3.access_key)
        .with_secret_access_key(&s3.secret_key)
        // A page waits for the answer: better to say soon that the storage is away than to try for minutes.
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: FILES_RETRIES,
            retry_timeout: Duration::from_millis(FILES_RETRY_MS),
        })
        // One thing is deleted at a time, by a request that every such storage knows.
        .with_disable_bulk_delete(true)
        .with_http_connector(Wire)
        .build()
}

/// Makes the client for the storage library.
#[derive(Debug)]
struct Wire;

impl HttpConnector for Wire {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: Box::new(error),
            })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(HttpClient::new(Client(Arc::new(config))))
    }
}

/// One connection for each request.
#[derive(Debug)]
struct Client(Arc<ClientConfig>);

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let connecting = timeout(
            Duration::from_millis(FILES_CONNECT_MS),
            self.connect(request.uri().clone()),
        );
        let mut sender = connecting.await.map_err(failed(HttpErrorKind::Connect))??;
        let request = origin_form(request)?;
        let answering = timeout(Duration::from_millis(FILES_ANSWER_MS), sender.send_request(request));
        let answer = answering.await.map_err(failed(HttpErrorKind::Timeout))?;
        let (parts, body) = answer.map_err(failed(HttpErrorKind::Request))?.into_parts();
        let body = HttpResponseBody::new(body.map_err(failed(HttpErrorKind::Interrupted)));
        Ok(HttpResponse::from_parts(parts, body))
    }
}

impl Client {
    async fn connect(&self, uri: Uri) -> Result<SendRequest<HttpRequestBody>, HttpError> {
        let connect = failed::<std::io::Error>(HttpErrorKind::Connect);
        let host = uri.host().unwrap_or_default();
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port))
            .await
            .map_err(&connect)?;
        if !encrypted {
            return converse(stream).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(failed(HttpErrorKind::Connect))?;
        let secured = TlsConnector::from(Arc::clone(&self.0)).connect(name, stream).await;
        converse(secured.map_err(&connect)?).await
    }
}

async fn converse<S>(stream: S) -> Result<SendRequest<HttpRequestBody>, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(failed(HttpErrorKind::Connect))?;
    tokio::spawn(async move {
        // What went wrong is told to whoever waits for the answer.
        let _ = connection.await;
    });
    Ok(sender)
}

/// The request as a server wants it: its path, with the host in a header.
fn origin_form(mut request: HttpRequest) -> Result<HttpRequest, HttpError> {
    let unknown = HttpErrorKind::Unknown;
    let host = request.uri().authority().map_or("", |authority| authority.as_str());
    let host = HeaderValue::from_str(host).map_err(failed(unknown))?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let path: Uri = path.parse().map_err(failed(unknown))?;
    request.headers_mut().insert(HOST, host);
    *request.uri_mut() = path;
    Ok(request)
}

fn failed<E: std::error::Error + Send + Sync + 'static>(kind: HttpErrorKind) -> impl Fn(E) -> HttpError {
    move |error| HttpError::new(kind, error)
}
