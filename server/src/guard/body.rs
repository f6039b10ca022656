//! What a request brings: how much it may be, and how much all requests together may hold.

use std::io;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use civic::error::Code;
use civic::limits::{BODY_MAX_BYTES, GRAPHQL_BODY_MAX_BYTES, PAYMENT_MESSAGE_MAX_BYTES, UPLOAD_MAX_BYTES};
use futures_util::{Stream, stream};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bytes that all bodies together may hold.
#[derive(Clone)]
pub struct Budget(Arc<Semaphore>);

impl Budget {
    /// So many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }
}

const FINE: u8 = 0;
const TOO_LARGE: u8 = 1;
const NO_ROOM: u8 = 2;

/// One body under way: its limit, what it holds of the budget, and what there is to object to it.
pub struct Watch {
    most: usize,
    read: AtomicUsize,
    objection: AtomicU8,
    held: Mutex<Vec<OwnedSemaphorePermit>>,
}

/// Whether a request brings a file.
#[must_use]
pub fn is_upload(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
    })
}

impl Watch {
    /// The watch over a request's body.
    ///
    /// # Errors
    /// `BodyTooLarge` when the request itself says that it is.
    pub fn of(request: &http::Request<Incoming>, upload: bool) -> Result<Self, Code> {
        let most = if upload {
            UPLOAD_MAX_BYTES + BODY_MAX_BYTES
        } else if request.uri().path().starts_with("/graphql") {
            GRAPHQL_BODY_MAX_BYTES
        } else if request.uri().path() == api::hooks::PATH {
            PAYMENT_MESSAGE_MAX_BYTES
        } else {
            BODY_MAX_BYTES
        };
        let said = request.headers().get(header::CONTENT_LENGTH);
        let said = said.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|length| length > most) {
            return Err(Code::BodyTooLarge);
        }
        Ok(Self {
            most,
            read: AtomicUsize::new(0),
            objection: AtomicU8::new(FINE),
            held: Mutex::default(),
        })
    }

    /// What was wrong with the body, with the status that says so.
    pub fn objection(&self) -> Option<(u16, Code)> {
        match self.objection.load(Ordering::Relaxed) {
            TOO_LARGE => Some((413, Code::BodyTooLarge)),
            NO_ROOM => Some((503, Code::Busy)),
            _ => None,
        }
    }

    fn take(&self, piece: &Bytes, budget: &Budget) -> io::Result<()> {
        let refuse = |objection, why| {
            self.objection.store(objection, Ordering::Relaxed);
            Err(io::Error::other(why))
        };
        if self.read.fetch_add(piece.len(), Ordering::Relaxed) + piece.len() > self.most {
            return refuse(TOO_LARGE, "the body is too large");
        }
        let bytes = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        match Arc::clone(&budget.0).try_acquire_many_owned(bytes) {
            Ok(permit) => self.held.lock().unwrap_or_else(PoisonError::into_inner).push(permit),
            Err(_) => return refuse(NO_ROOM, "too many bodies at once"),
        }
        Ok(())
    }
}

/// The same body, cut off where its watch objects.
pub fn watched(incoming: Incoming, watch: Arc<Watch>, budget: Budget) -> poem::Body {
    poem::Body::from_bytes_stream(pieces(incoming, watch, budget))
}

fn pieces(
    incoming: Incoming,
    watch: Arc<Watch>,
    budget: Budget,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold(Some((incoming, watch, budget)), |state| async move {
        let (mut incoming, watch, budget) = state?;
        loop {
            let piece = match incoming.frame().await? {
                Ok(frame) => frame.into_data().ok(),
                Err(error) => return Some((Err(io::Error::other(error)), None)),
            };
            // Trailers are no data and are left out.
            let Some(piece) = piece else { continue };
            return match watch.take(&piece, &budget) {
                Ok(()) => Some((Ok(piece), Some((incoming, watch, budget)))),
                Err(error) => Some((Err(error), None)),
            };
        }
    })
}
