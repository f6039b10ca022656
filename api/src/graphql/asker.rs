//! Who asks in a GraphQL request, and the operation that a resolver makes.
//!
//! Rule: over HTTP there is one operation, with one instant, for the whole request; each mutation in it that has the
//! request's key claims a key of its own, so that a repeat does again what failed and nothing else. A socket lives long, so
//! whoever is behind it is looked up again every few seconds: a token that was revoked meanwhile opens nothing more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use civic::actor::Actor;
use civic::error::{Code, Error, Result};
use civic::language::Language;
use civic::limits::{GRAPHQL_SUBSCRIPTIONS, SOCKET_TOKEN_MS};
use civic::repeat::{self, Claim, Claimed};
use civic::time::Timestamp;
use civic::{City, Cx, member};

use super::loaders::Loading;

/// Who asks.
#[derive(Clone)]
pub enum Asker {
    /// By a request, which may have a key.
    Request(Box<Cx>, Option<Keyed>),
    /// Over a socket.
    Socket(Caller),
}

impl Asker {
    /// The operation to make.
    ///
    /// # Errors
    /// `Unauthenticated` when the socket's token opens nothing any more, and those of the database.
    pub async fn cx(&self) -> Result<Cx> {
        match self {
            Self::Request(cx, _) => Ok(Cx::clone(cx)),
            Self::Socket(caller) => caller.cx().await,
        }
    }
}

/// The key of a request, under which its mutations are known.
#[derive(Clone)]
pub struct Keyed {
    /// As the request said it.
    pub key: String,
    /// The hash of the request's body.
    pub digest: String,
    /// Under what the whole document is known.
    pub route: String,
    claims: Arc<Mutex<Vec<Claim>>>,
}

impl Keyed {
    /// The key of one document.
    #[must_use]
    pub fn new(key: String, digest: String, route: String) -> Self {
        Self {
            key,
            digest,
            route,
            claims: Arc::default(),
        }
    }

    /// The operation of the mutation that answers under `name`.
    async fn claim(&self, cx: Cx, name: &str) -> Result<Cx> {
        let route = format!("{} {name}", self.route);
        match repeat::claim(&cx, &route, &self.key, &self.digest).await? {
            Claimed::Run(claim) => {
                let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
                claims.push(claim.clone());
                Ok(Cx {
                    repeat: Some(claim),
                    ..cx
                })
            }
            // Answers are kept for whole documents.
            Claimed::Answered(_) => Err(Error::Bug("a mutation's answer was kept".to_owned())),
        }
    }

    /// Gives back what was claimed by mutations that changed nothing.
    pub async fn give_back(&self, city: &City) {
        let claims = std::mem::take(&mut *self.claims.lock().unwrap_or_else(PoisonError::into_inner));
        for claim in claims {
            if let Err(lost) = claim.give_back(city).await {
                tracing::warn!(error = %lost, "a key was not given back");
            }
        }
    }
}

/// The operation of the mutation that this resolver makes.
///
/// # Errors
/// As `Asker::cx`; `Conflict(KeyReused)` and `Conflict(KeyBusy)` for the request's key.
pub async fn mutating(ctx: &Context<'_>) -> Result<Cx> {
    let asker = ctx.data_unchecked::<Asker>();
    let cx = asker.cx().await?;
    match asker {
        Asker::Request(_, Some(keyed)) => keyed.claim(cx, ctx.item.node.response_key().node.as_str()).await,
        Asker::Request(_, None) | Asker::Socket(_) => Ok(cx),
    }
}

/// Who is behind a socket.
#[derive(Clone)]
pub struct Caller {
    /// The installation.
    pub city: City,
    /// The bearer token that the socket was opened with.
    pub token: Option<String>,
    /// The language of its sentences.
    pub language: Language,
    open: Arc<AtomicUsize>,
    /// Who it was when it was last looked up, and when that was.
    known: Arc<Mutex<Option<(Timestamp, Actor)>>>,
}

impl Caller {
    /// Somebody with this token, or a visitor.
    #[must_use]
    pub fn new(city: City, token: Option<String>, language: Language) -> Self {
        Self {
            city,
            token,
            language,
            open: Arc::default(),
            known: Arc::default(),
        }
    }

    /// A new operation of theirs.
    ///
    /// # Errors
    /// `Unauthenticated` when the token opens nothing, and those of the database.
    pub async fn cx(&self) -> Result<Cx> {
        let mut cx = self.city.cx(Actor::Visitor, self.language);
        let Some(token) = &self.token else { return Ok(cx) };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, actor)) = known
            && cx.now.since_ms(at) < SOCKET_TOKEN_MS
        {
            cx.actor = actor;
            return Ok(cx);
        }
        let found = member::read::by_token(&cx, token).await?;
        cx.actor = found.ok_or(Error::Unauthenticated)?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((cx.now, cx.actor.clone()));
        Ok(cx)
    }

    /// Takes one of the socket's places for subscriptions, for as long as the value lives.
    ///
    /// # Errors
    /// `Conflict(TooMany)` when all are taken.
    pub fn place(&self) -> Result<Place> {
        let before = self.open.fetch_add(1, Ordering::AcqRel);
        let place = Place(Arc::clone(&self.open));
        if before < GRAPHQL_SUBSCRIPTIONS {
            Ok(place)
        } else {
            Err(Error::Conflict(Code::TooMany))
        }
    }
}

/// One subscription's place on its socket.
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The operation that this resolver makes.
///
/// # Errors
/// As `Asker::cx`.
pub async fn cx(ctx: &Context<'_>) -> Result<Cx> {
    ctx.data_unchecked::<Asker>().cx().await
}

/// The loaders of this request.
#[must_use]
pub fn loading<'a>(ctx: &Context<'a>) -> &'a Loading {
    ctx.data_unchecked::<Loading>()
}
