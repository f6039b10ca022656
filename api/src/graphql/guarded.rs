//! The schema behind its limits: the one way in which a document is run.
//!
//! Rule: a document is measured, then run for a bounded time, and its errors are told in the reader's language. A socket
//! takes subscriptions only.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response, Value};
use civic::actor::Actor;
use civic::error::{Code, Error};
use civic::language::Language;
use civic::limits::GRAPHQL_MS;
use civic::repeat::{self, Claimed};
use civic::{City, Cx};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, once};

use super::CitySchema;
use super::asker::{Asker, Caller, Keyed};
use super::error::{refusal, tell};
use super::limits;
use super::loaders::loaders;

/// The schema behind its limits.
#[derive(Clone)]
pub struct Guarded {
    schema: CitySchema,
    /// The installation.
    pub city: City,
}

impl Guarded {
    /// The schema for an installation.
    #[must_use]
    pub const fn new(schema: CitySchema, city: City) -> Self {
        Self { schema, city }
    }

    /// Runs one document as one operation; with a key, its changes once.
    pub async fn run(&self, request: Request, cx: Cx, key: Option<Keyed>) -> Response {
        let language = cx.language;
        let mut answer = self.attempt(request, cx, key).await;
        tell(&mut answer, language);
        answer
    }

    async fn attempt(&self, mut request: Request, cx: Cx, key: Option<Keyed>) -> Response {
        let document = match limits::read(&request.query) {
            Ok(document) => document,
            Err(error) => return Response::from_errors(vec![error]),
        };
        let changes = limits::holds(&document, OperationType::Mutation);
        request.set_parsed_query(document);
        // Looking again may give something new, and a visitor may write nothing.
        match key.filter(|_| changes && cx.actor != Actor::Visitor) {
            None => {
                self.execute_in_time(request, Asker::Request(Box::new(cx), None), changes)
                    .await
            }
            Some(key) => self.once(request, cx, key).await.unwrap_or_else(refusal),
        }
    }

    /// Runs a document unless it was answered before. Its answer is kept when all of it was done; else what was done is
    /// known by the keys of its mutations, and the rest may be tried again.
    async fn once(&self, request: Request, cx: Cx, key: Keyed) -> civic::error::Result<Response> {
        let bug = |error: serde_json::Error| Error::Bug(error.to_string());
        let claim = match repeat::claim(&cx, &key.route, &key.key, &key.digest).await? {
            Claimed::Run(claim) => claim,
            Claimed::Answered(kept) => {
                return Ok(Response::new(serde_json::from_str::<Value>(&kept).map_err(bug)?));
            }
        };
        let asker = Asker::Request(Box::new(cx), Some(key.clone()));
        let answer = self.execute_in_time(request, asker, true).await;
        let settled = if answer.errors.is_empty() {
            let kept = serde_json::to_string(&answer.data).map_err(bug)?;
            claim.answer(&self.city, &kept).await
        } else {
            key.give_back(&self.city).await;
            claim.give_back(&self.city).await
        };
        if let Err(lost) = settled {
            tracing::warn!(error = %lost, "the answer to a key was not kept");
        }
        Ok(answer)
    }

    async fn execute_in_time(&self, request: Request, asker: Asker, changes: bool) -> Response {
        let request = request.data(loaders(asker.clone())).data(asker);
        let ran = tokio::time::timeout(Duration::from_millis(GRAPHQL_MS), self.schema.execute(request)).await;
        // A change that was not done in time met others; a query that was not asked too much.
        ran.unwrap_or_else(|_| {
            refusal(if changes {
                Error::Busy
            } else {
                Error::Conflict(Code::QueryTooCostly)
            })
        })
    }

    fn listen(&self, mut request: Request, session: Arc<Data>) -> BoxStream<'static, Response> {
        let caller = session
            .get(&TypeId::of::<Caller>())
            .and_then(|data| data.downcast_ref::<Caller>());
        let Some(caller) = caller.cloned() else {
            return alone(refusal(Error::Unauthenticated), Language::It);
        };
        let language = caller.language;
        let document = match limits::read(&request.query) {
            Ok(document) => document,
            Err(error) => return alone(Response::from_errors(vec![error]), language),
        };
        let others = [OperationType::Query, OperationType::Mutation];
        if others.into_iter().any(|kind| limits::holds(&document, kind)) {
            return alone(refusal(Error::Conflict(Code::BadRequest)), language);
        }
        request.set_parsed_query(document);
        let asker = Asker::Socket(caller);
        let request = request.data(loaders(asker.clone())).data(asker);
        self.schema
            .execute_stream_with_session_data(request, session)
            .map(move |mut answer| {
                tell(&mut answer, language);
                answer
            })
            .boxed()
    }
}

/// A stream of this answer alone.
fn alone(mut answer: Response, language: Language) -> BoxStream<'static, Response> {
    tell(&mut answer, language);
    once(std::future::ready(answer)).boxed()
}

impl Executor for Guarded {
    /// Only sockets run documents by this trait, and they take subscriptions only.
    async fn execute(&self, _: Request) -> Response {
        refusal(Error::Conflict(Code::BadRequest))
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.listen(request, session.unwrap_or_default())
    }
}
