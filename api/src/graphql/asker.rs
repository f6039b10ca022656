//! Who asks in a GraphQL request, and the operation that a resolver makes.
//!
//! Rule: over HTTP there is one operation, with one instant, for the whole request. A socket lives long, so whoever is
//! behind it is looked up again for every event: a token that was revoked meanwhile opens nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::Context;
use civic::actor::Actor;
use civic::error::{Code, Error, Result};
use civic::language::Language;
use civic::limits::GRAPHQL_SUBSCRIPTIONS;
use civic::{City, Cx, member};

use super::loaders::Loading;

/// Who asks.
#[derive(Clone)]
pub enum Asker {
    /// By a request.
    Request(Cx),
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
            Self::Request(cx) => Ok(cx.clone()),
            Self::Socket(caller) => caller.cx().await,
        }
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
        }
    }

    /// A new operation of theirs.
    ///
    /// # Errors
    /// `Unauthenticated` when the token opens nothing, and those of the database.
    pub async fn cx(&self) -> Result<Cx> {
        let actor = match &self.token {
            None => Actor::Visitor,
            Some(token) => member::read::by_token(&self.city, token)
                .await?
                .ok_or(Error::Unauthenticated)?,
        };
        Ok(self.city.cx(actor, self.language))
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
