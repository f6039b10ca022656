//! The public books as CSV: the same movements as the page and the interface for programs, first to last.
//!
//! Rule: however long the books are, a few pages of them are in memory at once. When reading fails on the way, the answer
//! breaks off, so that nobody takes half of the books for the whole.

use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use civic::Cx;
use civic::error::{Error, Result};
use civic::ledger::books::{self, BookEntry, Direction, Moves};
use civic::limits::LEDGER_PAGE;
use civic::page::{Page, Paging};
use civic::time::Timestamp;
use poem::http::header;
use poem::{Body, Response};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::which;
use crate::visit::Visit;

/// The names of the columns, as in the interface for programs.
const COLUMNS: &str = "number,position,txn_id,kind,cause,reverses,day,effective_at,recorded_at,seal,debit,credit,\
                       amount_minor,previous_hash,hash\r\n";

/// Pages that wait to be sent.
const WAITING: usize = 2;

/// All movements, or those that the filters ask for.
///
/// # Errors
/// As the page's, before the answer begins.
pub async fn fetch(visit: Arc<Visit>) -> Result<Response> {
    let which = which(&visit)?;
    let first = page(&visit.cx, which, whole()).await?;
    let (to, from) = channel(WAITING);
    tokio::spawn(send(visit.cx.clone(), which, first, to));
    let pages = Pages {
        from,
        rest: Bytes::from_static(COLUMNS.as_bytes()),
    };
    Ok(Response::builder()
        .content_type("text/csv; charset=utf-8; header=present")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"books.csv\"")
        .body(Body::from_async_read(pages)))
}

const fn whole() -> Paging {
    Paging {
        limit: LEDGER_PAGE,
        after: None,
    }
}

async fn page(cx: &Cx, which: Moves, paging: Paging) -> Result<Page<BookEntry>> {
    books::entries(cx, which, Direction::OldestFirst, paging).await
}

/// Sends page after page, as fast as they are taken; ends when nobody listens any more.
async fn send(cx: Cx, which: Moves, first: Page<BookEntry>, to: Sender<io::Result<Bytes>>) {
    let mut found = Ok(first);
    loop {
        let next = match found {
            Ok(ready) => {
                let text: String = ready.items.iter().map(row).collect();
                if to.send(Ok(text.into())).await.is_err() {
                    return;
                }
                ready.next
            }
            Err(error) => {
                tracing::error!(%error, "the books broke off");
                // Whoever does not listen any more need not be told.
                let _ = to.send(Err(broken(&error))).await;
                return;
            }
        };
        let Some(after) = next else { return };
        let paging = Paging {
            after: Some(after),
            ..whole()
        };
        found = page(&cx, which, paging).await;
    }
}

fn broken(error: &Error) -> io::Error {
    io::Error::other(error.code().as_str())
}

/// One line. No value holds a comma, a quote or the sign of a formula: all are ids, names of ours, days and numbers.
fn row(entry: &BookEntry) -> String {
    let instant = |at: Option<Timestamp>| at.map(Timestamp::rfc3339).unwrap_or_default();
    let reverses = entry.reverses.map(|id| id.to_string()).unwrap_or_default();
    let mut row = String::new();
    // Writing into a text cannot fail.
    let _ = write!(
        row,
        "{},{},{},{},{},{reverses},{},{},{},{},{},{},{},{},{}\r\n",
        entry.number,
        entry.position,
        entry.txn,
        entry.kind.as_str(),
        entry.cause,
        entry.day,
        instant(entry.effective_at),
        instant(entry.recorded_at),
        entry.seal,
        entry.debit,
        entry.credit,
        entry.amount.minor(),
        entry.previous_hash,
        entry.hash,
    );
    row
}

/// Pages as they come, read as one text.
struct Pages {
    from: Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl AsyncRead for Pages {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(self.from.poll_recv(cx)) {
                Some(page) => self.rest = page?,
                None => return Poll::Ready(Ok(())),
            }
        }
        let take = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest[..take]);
        self.rest.advance(take);
        Poll::Ready(Ok(()))
    }
}
