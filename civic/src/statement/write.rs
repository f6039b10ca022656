//! Taking statements in, finding what each line is, and what a person decides of the rest.
//!
//! Rule: a file is taken whole or not at all, and the same movement once, in however many files it comes. What is matched
//! by itself names a gift's code and brings exactly what was promised, or names a payout and takes exactly what was sent.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sha2::{Digest, Sha256};

use super::store::{self, line, row};
use super::{LineState, LineStep, RawLine, RawStatement, parse, wrong};
use crate::audit;
use crate::db::{Tx, duplicate_as};
use crate::donation::write::{CODE_LEN, Learned, take_in};
use crate::donation::{DonationState, Way, store as gifts};
use crate::error::{Code, Error, Result};
use crate::iban::Iban;
use crate::id::{DonationId, PayoutId, StatementId, StatementLineId};
use crate::limits::{MONEY_TURN, PAYMENT_REFERENCE_MAX_CHARS, STATEMENT_MAX_BYTES, STATEMENT_TEXT_MAX_CHARS};
use crate::money::Money;
use crate::payment::{Fact, Method};
use crate::payout::{PayoutState, store as payouts};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::read_reason;
use crate::{City, Cx};

/// Takes a statement in. Gives its id; its lines are looked at right after.
///
/// # Errors
/// `Invalid` on `file` for what is no statement of the custodian's account, `Conflict(AlreadyDone)` for a file that was
/// taken in before.
pub async fn import(cx: &Cx, bytes: Vec<u8>) -> Result<StatementId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    cx.check(Act::KeepMoney, On::City)?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if bytes.len() > STATEMENT_MAX_BYTES {
        return Err(wrong(Code::FileTooLarge));
    }
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    let read = tokio::task::spawn_blocking(move || parse(&bytes))
        .await
        .map_err(|error| Error::Bug(error.to_string()))??;
    let own = &cx.city.settings.custodian_iban;
    if read
        .account
        .as_ref()
        .is_some_and(|account| !own.is_empty() && account != own)
    {
        return Err(wrong(Code::StatementForeign));
    }
    let tx = cx.begin().await?;
    let id: StatementId = cx.id();
    let lines = rows(cx, id, &read)?;
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let new = row::ActiveModel {
        id: Set(id),
        content_hash: Set(hash),
        account: Set(read.account),
        imported_by: Set(by),
        imported_at: Set(cx.now),
        lines: Set(count),
        known: Set(0),
    };
    store::insert(&tx, new)
        .await
        .map_err(|error| duplicate_as(error, Code::AlreadyDone))?;
    let added = store::insert_lines(&tx, lines).await?;
    store::set_known(&tx, id, count - i64::try_from(added).unwrap_or(count)).await?;
    audit::note(&tx, cx, "statement_import", &id, &count.to_string()).await?;
    cx.commit(tx, id).await
}

/// The lines as rows. Those that move nothing are none.
fn rows(cx: &Cx, id: StatementId, read: &RawStatement) -> Result<Vec<line::ActiveModel>> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut rows = Vec::with_capacity(read.lines.len());
    for raw in read.lines.iter().filter(|raw| raw.amount.minor() != 0) {
        let alike = seen.entry(key(raw)).or_default();
        let line_key = format!("{}/{alike}", key(raw));
        *alike += 1;
        let noon = raw.booked_on.at(12, 0, 0, 0);
        let booked_at = cx
            .city
            .settings
            .zone
            .at(noon)
            .ok_or_else(|| wrong(Code::StatementUnreadable))?;
        rows.push(line::ActiveModel {
            id: Set(cx.id()),
            statement_id: Set(id),
            line_key: Set(line_key),
            booked_at: Set(booked_at),
            amount_minor: Set(raw.amount.minor()),
            name: Set(short(&raw.name, PAYMENT_REFERENCE_MAX_CHARS)),
            iban: Set(Iban::parse(&raw.iban, "iban").map_or_else(|_| String::new(), |iban| iban.as_str().to_owned())),
            text: Set(short(&raw.text, STATEMENT_TEXT_MAX_CHARS)),
            end_to_end: Set(short(&raw.end_to_end, PAYMENT_REFERENCE_MAX_CHARS)),
            state: Set(LineState::New.as_str().to_owned()),
            version: Set(1),
            donation_id: Set(None),
            payout_id: Set(None),
            suggested_id: Set(None),
            reason: Set(None),
            decided_by: Set(None),
            decided_at: Set(None),
        });
    }
    Ok(rows)
}

fn short(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max_chars).collect()
}

/// What tells a movement from every other: the bank's own name for it with day and amount, else all that is said of it.
fn key(raw: &RawLine) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{}\n{}\n", raw.booked_on, raw.amount.minor()));
    match &raw.reference {
        Some(reference) => hash.update(reference),
        None => hash.update(format!(
            "\n{}\n{}\n{}\n{}",
            raw.name, raw.iban, raw.text, raw.end_to_end
        )),
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// Looks at the lines that nobody looked at; gives how many there were.
///
/// # Errors
/// Those of the database.
pub async fn turn(city: &City) -> Result<u64> {
    let mut looked = 0;
    let mut after = None;
    loop {
        let lines = store::new_lines(city.db.read(), after, MONEY_TURN).await?;
        let Some(last) = lines.last() else { return Ok(looked) };
        after = Some(last.id);
        for one in &lines {
            looked += 1;
            look(&city.system(), one).await?;
        }
    }
}

/// Finds what one line is, or leaves it to a person with what it may be.
async fn look(cx: &Cx, one: &line::Model) -> Result<()> {
    let outcome = match one.amount_minor {
        1.. => look_in(cx, one).await,
        _ => look_out(cx, one).await,
    };
    let suggested = match outcome {
        Ok(Found::Taken) => return Ok(()),
        Ok(Found::Perhaps(id)) => Some(id),
        Ok(Found::Nothing) => None,
        // Whatever stands in the way of this line is for a person, and holds up no other.
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::NotFound)) => {
            tracing::info!(line = %one.id, %error, "a line of a statement is left to a person");
            None
        }
        Err(error) => return Err(error),
    };
    let tx = cx.begin().await?;
    let mut after = one.moved(LineStep::Leave)?;
    after.suggested_id = Set(suggested);
    store::change_line(&tx, one, after).await?;
    tx.commit().await?;
    Ok(())
}

/// What was found.
enum Found {
    Taken,
    Perhaps(DonationId),
    Nothing,
}

/// Everything in a text that may be a gift's code, with or without signs between its letters.
fn codes(text: &str) -> Vec<String> {
    let letters: Vec<char> = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    letters.windows(CODE_LEN).map(|some| some.iter().collect()).collect()
}

async fn look_in(cx: &Cx, one: &line::Model) -> Result<Found> {
    let codes = codes(&format!("{} {}", one.text, one.end_to_end));
    let named = gifts::find_by_reference_codes(cx.db(), &codes).await?;
    let [gift] = named.as_slice() else {
        return Ok(named.first().map_or(Found::Nothing, |gift| Found::Perhaps(gift.id)));
    };
    let waits = matches!(
        gift.state()?,
        DonationState::Promised | DonationState::Expired | DonationState::Failed
    );
    if gift.amount_minor != one.amount_minor || !waits {
        return Ok(Found::Perhaps(gift.id));
    }
    let tx = cx.begin().await?;
    take(&tx, cx, one, gift.id).await?;
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(Found::Taken)
}

/// The line is this gift.
async fn take(tx: &Tx, cx: &Cx, one: &line::Model, gift: DonationId) -> Result<()> {
    let fact = Fact::Confirmed {
        donation: gift,
        payment: format!("{}:{}", Method::BankTransfer.as_str(), one.id),
        amount: Money::eur(one.amount_minor),
        method: Method::BankTransfer,
        fingerprint: Some(one.iban.clone())
            .filter(|iban| !iban.is_empty())
            .map(|iban| fingerprint(cx, &iban)),
        at: one.booked_at.min(cx.now),
    };
    if take_in(tx, cx, &fact).await? == Learned::Known {
        return Err(Error::Conflict(Code::WrongState));
    }
    let mut after = one.moved(LineStep::Match)?;
    after.donation_id = Set(Some(gift));
    after.decided_by = Set(cx.actor.member());
    after.decided_at = Set(Some(cx.now));
    store::change_line(tx, one, after).await
}

/// What tells an account from others without saying which it is.
fn fingerprint(cx: &Cx, iban: &str) -> String {
    cx.city.secret.proof("iban", iban)
}

async fn look_out(cx: &Cx, one: &line::Model) -> Result<Found> {
    let name = one.end_to_end.replace('-', "_").to_ascii_lowercase();
    let Ok(id) = name.parse::<PayoutId>() else {
        return Ok(Found::Nothing);
    };
    let Some(payout) = payouts::find(cx.db(), id).await? else {
        return Ok(Found::Nothing);
    };
    let ours = one.id.to_string();
    let fits = payout.gifts_minor == -one.amount_minor;
    match payout.state()? {
        PayoutState::Sent if fits => {
            let at = payout.sent_at.map_or(one.booked_at, |sent| sent.max(one.booked_at));
            crate::payout::write::pay(cx, id, at.min(cx.now), &ours).await?;
        }
        // It was paid by this very line, and the line not noted.
        PayoutState::Paid if payout.evidence.as_deref() == Some(ours.as_str()) => {}
        _ => return Ok(Found::Nothing),
    }
    let tx = cx.begin().await?;
    let mut after = one.moved(LineStep::Match)?;
    after.payout_id = Set(Some(id));
    after.decided_at = Set(Some(cx.now));
    store::change_line(&tx, one, after).await?;
    tx.commit().await?;
    Ok(Found::Taken)
}

async fn begun(cx: &Cx, id: StatementLineId) -> Result<line::Model> {
    cx.check(Act::KeepMoney, On::City)?;
    store::find_line(cx.db(), id).await?.ok_or(Error::NotFound)
}

/// Says which gift a line is, whatever it brought.
///
/// # Errors
/// `Conflict(WrongState)` for a line that is decided and a gift that is paid online or has come, `NotFound`.
pub async fn assign(cx: &Cx, id: StatementLineId, gift: DonationId) -> Result<StatementLineId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let one = begun(cx, id).await?;
    let row = gifts::find(cx.db(), gift).await?.ok_or(Error::NotFound)?;
    one.state()?.after(LineStep::Match)?;
    if row.way()? != Way::BankTransfer || one.amount_minor < 1 {
        return Err(Error::Conflict(Code::WrongState));
    }
    let tx = cx.begin().await?;
    take(&tx, cx, &one, gift).await?;
    audit::note(&tx, cx, "statement_assign", &id, &gift.to_string()).await?;
    cx.commit(tx, id).await
}

/// Says that a line is none of ours, and why.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` for a line that is decided.
pub async fn set_aside(cx: &Cx, id: StatementLineId, reason: &str) -> Result<StatementLineId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let one = begun(cx, id).await?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let mut after = one.moved(LineStep::SetAside)?;
    after.reason = Set(Some(read_reason(reason)?));
    after.decided_by = Set(Some(by));
    after.decided_at = Set(Some(cx.now));
    let tx = cx.begin().await?;
    store::change_line(&tx, &one, after).await?;
    audit::note(&tx, cx, "statement_set_aside", &id, "").await?;
    cx.commit(tx, id).await
}
