//! The schema behind its limits: the one way in which a document is run.
//!
//! Rule: a document is measured, then run for a bounded time, and its errors are told in the reader's language. A socket
//! takes subscriptions only.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response};
use civic::error::{Code, Error};
use civic::language::Language;
use civic::limits::GRAPHQL_MS;
use civic::{City, Cx};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, once};

use super::CitySchema;
use super::asker::{Asker, Caller};
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

    /// Runs one document as one operation.
    pub async fn run(&self, request: Request, cx: Cx) -> Response {
        let language = cx.language;
        let mut answer = self.attempt(request, cx).await;
        tell(&mut answer, language);
        answer
    }

    async fn attempt(&self, mut request: Request, cx: Cx) -> Response {
        let document = match limits::read(&request.query) {
            Ok(document) => document,
            Err(error) => return Response::from_errors(vec![error]),
        };
        let changes = limits::holds(&document, OperationType::Mutation);
        request.set_parsed_query(document);
        let asker = Asker::Request(cx);
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
