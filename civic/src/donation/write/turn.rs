//! What time does with gifts: pages that nobody pays are closed, lost answers are looked up, what is to go back goes.
//!
//! Rule: each thing is done under its own locks and found done by whoever comes second, so that a turn may be broken off
//! anywhere and be taken again, also by two servers at once. A provider that does not answer is asked again later; it holds
//! up none of the others.

use super::super::Way;
use super::super::store;
use super::super::store::money;
use super::super::store::row;
use super::learn::learn;
use super::{pay, refund};
use crate::campaign;
use crate::error::{Error, Result};
use crate::limits::PAYMENT_UNDER_WAY_MS;
use crate::payment::{Fact, PaymentError};
use crate::{City, Cx};

/// Does everything that is due for gifts and campaigns; gives how many things were done.
///
/// # Errors
/// Those of the database.
pub async fn turn(city: &City) -> Result<u64> {
    let mut done = find_lost(city).await?;
    done += close_overdue(city).await?;
    done += look_again(city).await?;
    done += campaign::write::turn(&city.system()).await?;
    done += begin_returns(city).await?;
    done += ask_refunds(city).await?;
    Ok(done)
}

/// One thing's failure is no other's: it is told in the log, and taken again at the next turn.
fn counted(what: &str, done: Result<bool>) -> Result<u64> {
    match done {
        Ok(done) => Ok(u64::from(done)),
        Err(error @ (Error::Busy | Error::Conflict(_) | Error::Unavailable(_) | Error::Bug(_) | Error::NotFound)) => {
            tracing::warn!(%error, what, "money waits for the next turn");
            Ok(0)
        }
        Err(error) => Err(error),
    }
}

/// Looks for pages whose answer was lost.
async fn find_lost(city: &City) -> Result<u64> {
    let (mut done, mut after) = (0, None);
    loop {
        let cx = city.system();
        let rows = store::unanswered(city.db.read(), pay::asked_before(&cx), cx.now, after).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.id);
        for row in rows {
            done += counted("a lost page", find(&cx, &row).await.map(|found| found.is_some()))?;
        }
    }
}

/// The page that was opened for a gift; none when there is none.
async fn find(cx: &Cx, row: &row::Model) -> Result<Option<String>> {
    pay::note_asked(cx, row.id).await?;
    match cx.city.payments.find(row.id, row.promised_at).await {
        Ok(Some(session)) => {
            pay::keep(cx, row.id, &session).await?;
            Ok(Some(session.reference))
        }
        Ok(None) => Ok(None),
        Err(error) => Err(unanswered(&error)),
    }
}

fn unanswered(error: &PaymentError) -> Error {
    Error::Unavailable(error.to_string())
}

/// Ends promises whose time is over: by the provider's word where it was asked, else by our own.
async fn close_overdue(city: &City) -> Result<u64> {
    let (mut done, mut after) = (0, None);
    loop {
        let cx = city.system();
        let rows = store::overdue(city.db.read(), cx.now, pay::asked_before(&cx), after).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.id);
        for row in rows {
            done += counted("an overdue gift", close(&cx, &row).await)?;
        }
    }
}

async fn close(cx: &Cx, row: &row::Model) -> Result<bool> {
    let asked = row.way()? == Way::Online && row.asked_at.is_some();
    let session = match &row.session {
        Some(session) => Some(session.clone()),
        None if asked => find(cx, row).await?,
        None => None,
    };
    let facts = match session {
        Some(session) => {
            pay::note_asked(cx, row.id).await?;
            let told = cx.city.payments.close(&session).await;
            told.map_err(|error| unanswered(&error))?
        }
        None => vec![Fact::Expired { donation: row.id }],
    };
    for fact in &facts {
        learn(cx, fact).await?;
    }
    Ok(!facts.is_empty())
}

/// Looks up payments that are under way for long, should their news be lost.
async fn look_again(city: &City) -> Result<u64> {
    let (mut done, mut after) = (0, None);
    loop {
        let cx = city.system();
        let asked = cx.now.plus_ms(-PAYMENT_UNDER_WAY_MS);
        let rows = store::under_way(city.db.read(), asked, after).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.id);
        for row in rows {
            let Some(session) = row.session else { continue };
            pay::note_asked(&cx, row.id).await?;
            done += counted("a payment under way", pay::look_at(&cx, &session).await)?;
        }
    }
}

/// Begins to give back what is to go back.
async fn begin_returns(city: &City) -> Result<u64> {
    let (mut done, mut after) = (0, None);
    loop {
        let ids = store::to_return(city.db.read(), after).await?;
        let Some(last) = ids.last() else { return Ok(done) };
        after = Some(*last);
        for id in ids {
            done += counted("a gift that goes back", refund::begin(&city.system(), id).await)?;
        }
    }
}

/// Asks the provider for the refunds that are due.
async fn ask_refunds(city: &City) -> Result<u64> {
    let (mut done, mut after) = (0, None);
    loop {
        let cx = city.system();
        let rows = money::due_refunds(city.db.read(), cx.now, after).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.id);
        for row in rows {
            done += counted("a refund", refund::ask(&cx, &row).await)?;
        }
    }
}
