//! One request for a page, parsed: who asks, in which language, with which fields; and the answers a page can give.
//!
//! Rule: a form must come from our own page (its proof, and where the browser says it comes from), and a form that is
//! sent twice is done once: its hidden key is a repeat key. A form that was refused gets its key back.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use civic::actor::Actor;
use civic::error::{Code, Error, Result};
use civic::id::TypedId;
use civic::language::Language;
use civic::page::{Cursor, Paging};
use civic::repeat::{self, Claimed};
use civic::secret::{hash, same};
use civic::{City, Cx};
use data_encoding::HEXLOWER;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use sha2::{Digest, Sha256};

use crate::error;
use crate::form::{self, Fields, Upload};
use crate::session;

/// One request for a page.
#[derive(Clone)]
pub struct Visit {
    /// The operation that the page makes.
    pub cx: Cx,
    /// The language of the address.
    pub language: Language,
    /// What stands behind `?`.
    pub query: Fields,
    /// What a form sent; empty for a GET.
    pub form: Fields,
    /// The file that a form sent.
    pub upload: Option<Upload>,
    /// The path behind the language, such as `/proposals`.
    pub path: String,
    /// Of a form: the page on which it was filled in, as `path`; home when the browser does not say.
    pub filled_on: Option<String>,
    /// Whether the browser itself said that a form came from a page of ours.
    pub from_own_page: bool,
    /// The token of the session, for those who are signed in.
    pub session: Option<String>,
    /// The token of a browser that is signing in.
    pub browser: Option<String>,
    params: Vec<(&'static str, String)>,
}

/// The names that parts of our paths have.
const PARAMS: [&str; 9] = [
    "id", "slug", "step", "what", "member", "proof", "variant", "text", "language",
];

/// A handler made an endpoint.
pub struct Handled<F> {
    city: City,
    handle: F,
}

/// Makes an endpoint of a handler.
pub fn on<F, Fut>(city: &City, handle: F) -> Handled<F>
where
    F: Fn(Arc<Visit>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Response>> + Send,
{
    Handled {
        city: city.clone(),
        handle,
    }
}

impl<F, Fut> Endpoint for Handled<F>
where
    F: Fn(Arc<Visit>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Response>> + Send,
{
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let mut visit = match Visit::arrive(&self.city, &request).await {
            Ok(visit) => visit,
            Err(failed) => return Ok(error::plain(&self.city, language_of(&request), &failed)),
        };
        if *request.method() == Method::POST {
            match visit.receive(&mut request).await {
                Ok(None) => {}
                Ok(Some(earlier)) => return Ok(redirect(&earlier)),
                Err(refused) => return Ok(error::answer(&visit, refused)),
            }
        }
        let claim = visit.cx.repeat.clone();
        let visit = Arc::new(visit);
        let answer = match (self.handle)(Arc::clone(&visit)).await {
            Ok(answer) => answer,
            Err(failed) => error::answer(&visit, failed),
        };
        if let Some(claim) = claim {
            let kept = match answer.header(header::LOCATION) {
                Some(location) if answer.status().is_redirection() => claim.answer(&self.city, location).await,
                _ => claim.give_back(&self.city).await,
            };
            if let Err(lost) = kept {
                tracing::warn!(error = %lost, "a form's key was not kept");
            }
        }
        Ok(answer)
    }
}

impl Visit {
    async fn arrive(city: &City, request: &Request) -> Result<Self> {
        let params = PARAMS
            .iter()
            .filter_map(|name| Some((*name, request.raw_path_param(name)?.to_owned())))
            .collect();
        let path = request.original_uri().path();
        let (language, rest) = split_language(path).ok_or(Error::NotFound)?;
        let mut cx = city.cx(Actor::Visitor, language);
        let (actor, session) = session::actor(&cx, request).await?;
        cx.actor = actor;
        cx.from = request.remote_addr().as_socket_addr().map(SocketAddr::ip);
        Ok(Self {
            cx,
            language,
            query: Fields::parse(request.original_uri().query().unwrap_or("")),
            form: Fields::default(),
            upload: None,
            path: rest.to_owned(),
            filled_on: None,
            from_own_page: false,
            session,
            browser: session::cookie(request, session::SIGN_IN).map(ToOwned::to_owned),
            params,
        })
    }

    /// Reads the form; the address where its earlier sending led, if it was done already.
    async fn receive(&mut self, request: &mut Request) -> Result<Option<String>> {
        let said = request.header("sec-fetch-site");
        let from = said.unwrap_or("same-origin");
        let origin = request.header(header::ORIGIN).map(ToOwned::to_owned);
        let host = request.header(header::HOST).unwrap_or("").to_owned();
        let page = request.header(header::REFERER).and_then(|page| own_page(page, &host));
        self.filled_on = Some(page.unwrap_or_default());
        let tells = origin.is_some();
        let own = origin.is_none_or(|origin| origin.split_once("://").is_some_and(|(_, from)| from == host));
        if !own || !matches!(from, "same-origin" | "none") {
            return Err(Error::Denied(Code::ForeignForm));
        }
        self.from_own_page = tells || said == Some("same-origin");
        let mut body: poem::RequestBody = poem::RequestBody::new(request.take_body());
        (self.form, self.upload) = form::read(request, &mut body).await?;
        let once = self.form.text("once");
        let proof = session::form_proof(&self.cx.city, self.session.as_deref(), once);
        if once.is_empty() || !same(self.form.text("csrf"), &proof) {
            // A page that stayed open longer than its session was ours all the same, also when the browser has forgotten
            // the session's cookie meanwhile.
            let ended = self.session.is_none() && !once.is_empty() && !self.form.text("csrf").is_empty();
            return Err(if ended {
                Error::Unauthenticated
            } else {
                Error::Denied(Code::ForeignForm)
            });
        }
        if self.cx.actor == Actor::Visitor {
            return Ok(None);
        }
        // Another text under the same key, after going back in the browser, is another form.
        let file = self.upload.as_ref().map(|upload| Sha256::digest(&upload.bytes));
        let file = file.map_or_else(String::new, |digest| HEXLOWER.encode(&digest));
        let content = hash(&format!("{}{file}", self.form.with("csrf", "").query()));
        match repeat::claim(&self.cx, &self.path, &content, &content).await? {
            Claimed::Run(claim) => {
                self.cx.repeat = Some(claim);
                Ok(None)
            }
            Claimed::Answered(location) => Ok(Some(location)),
        }
    }

    /// A part of the path by its name.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }

    /// The id that a part of the path begins with; its readable tail is for people.
    ///
    /// # Errors
    /// `NotFound` when it is none.
    pub fn id<I: TypedId>(&self, name: &str) -> Result<I> {
        let text = self.param(name);
        I::read(text.split('-').next().unwrap_or(text)).ok_or(Error::NotFound)
    }

    /// Where in a list the page begins, from `?after=`; a place that is none is the beginning.
    #[must_use]
    pub fn paging(&self) -> Paging {
        Paging {
            after: self.query.some("after").and_then(Cursor::read),
            ..Paging::default()
        }
    }

    /// The address of a path of ours in the language of this page.
    #[must_use]
    pub fn to(&self, path: &str) -> String {
        format!("/{}{path}", self.language.code())
    }

    /// Leads to another page of ours, with a message about what was done.
    #[must_use]
    pub fn done(&self, path: &str, done: &str) -> Response {
        let (path, anchor) = path
            .split_once('#')
            .map_or((path, String::new()), |(path, at)| (path, format!("#{at}")));
        let mark = if path.contains('?') { '&' } else { '?' };
        redirect(&self.to(&format!("{path}{mark}done={done}{anchor}")))
    }
}

/// The path behind the language of a page of ours, with what stands behind `?`.
fn own_page(referer: &str, host: &str) -> Option<String> {
    let (_, rest) = referer.split_once("://")?;
    let path = rest.strip_prefix(host)?;
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let (_, page) = split_language(&path[..end])?;
    let query = path[end..].split('#').next().unwrap_or_default();
    let query = Fields::parse(query.trim_start_matches('?')).with("done", "").query();
    Some(format!("{page}{query}"))
}

/// The language of the address, or else the one that the reader likes best.
fn language_of(request: &Request) -> Language {
    let liked = || Language::negotiate(request.header(header::ACCEPT_LANGUAGE).unwrap_or(""));
    split_language(request.original_uri().path()).map_or_else(liked, |(language, _)| language)
}

/// The language at the beginning of a path, and the rest.
#[must_use]
pub fn split_language(path: &str) -> Option<(Language, &str)> {
    let inside = path.strip_prefix('/')?;
    let (code, rest) = inside.find('/').map_or((inside, ""), |at| inside.split_at(at));
    Some((Language::parse(code)?, rest))
}

/// Leads elsewhere by a GET.
#[must_use]
pub fn redirect(location: &str) -> Response {
    Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, location)
        .finish()
}

/// A filled template as an answer.
///
/// # Errors
/// `Bug` when the template fails.
pub fn html(template: &impl Template) -> Result<Response> {
    html_as(StatusCode::OK, template)
}

/// A filled template as an answer of another status.
///
/// # Errors
/// `Bug` when the template fails.
pub fn html_as(status: StatusCode, template: &impl Template) -> Result<Response> {
    let page = template.render().map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(page))
}
