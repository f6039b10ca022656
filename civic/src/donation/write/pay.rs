//! Paying a gift: the provider's page for it.
//!
//! Rule: that the page is asked for stands in the database before it is; our id is the provider's key, so that asking twice
//! opens one page. An answer that was lost is looked up later, never taken for a no.

use sea_orm::ActiveValue::Set;

use super::super::store::{self, row};
use super::super::{DonationState, Way, language};
use super::give::PROOF;
use super::learn::learn;
use super::settle::{locked, settle};
use crate::Cx;
use crate::campaign::store as campaigns;
use crate::error::{Code, Error, Result};
use crate::id::DonationId;
use crate::limits::{DONATION_SESSION_MS, DONATIONS_PER_DONOR_HOUR, PAYMENT_BACK_MS, PAYMENT_LOOK_MS};
use crate::member;
use crate::money::Money;
use crate::payment::{Fact, NewSession, PaymentError, Session};
use crate::policy::{Act, On};
use crate::secret;
use crate::time::Timestamp;

/// Gives the page of the provider on which a gift is paid; asked again, the same one.
///
/// # Errors
/// `Conflict(GiftPaidElsewhere)` when the same gift was paid in another window meanwhile,
/// `Conflict(TooLate)` when its time is over, `Conflict(WrongState)` when it is paid, came to nothing or is not paid so,
/// `Conflict(PaymentRefused)` when the provider takes no such payment, `Unavailable` when it does not answer.
pub async fn pay(cx: &Cx, id: DonationId, proof: Option<&str>) -> Result<Session> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    cx.check(
        Act::PayDonation,
        On::Donation(&row.facts(&campaign, proves(cx, id, proof))),
    )?;
    if row.way()? != Way::Online || row.state()? != DonationState::Promised {
        return Err(Error::Conflict(Code::WrongState));
    }
    if row.expires_at <= cx.now {
        return Err(Error::Conflict(Code::TooLate));
    }
    if let Some(session) = session_of(&row) {
        return Ok(session);
    }
    close_twins(cx, &row).await?;
    let asked = ask(cx, &row, &campaign).await?;
    match cx.city.payments.open(&asked).await {
        Ok(session) => {
            keep(cx, id, &session).await?;
            Ok(session)
        }
        Err(PaymentError::Refused(_)) => {
            refuse(cx, id).await?;
            Err(Error::Conflict(Code::PaymentRefused))
        }
        Err(error @ (PaymentError::Later(_) | PaymentError::Unknown(_))) => Err(Error::Unavailable(error.to_string())),
        Err(error @ PaymentError::Forged(_)) => Err(Error::Bug(error.to_string())),
    }
}

/// Closes the pages of the same gift in other windows, so that it is charged once, whichever is filled in.
async fn close_twins(cx: &Cx, row: &row::Model) -> Result<()> {
    for twin in store::twins(cx.db(), row, DONATIONS_PER_DONOR_HOUR).await? {
        let Some(session) = twin.session else { continue };
        let told = cx.city.payments.close(&session).await;
        let told = told.map_err(|error| Error::Unavailable(error.to_string()))?;
        for fact in &told {
            learn(&cx.city.system(), fact).await?;
        }
        if told
            .iter()
            .any(|fact| matches!(fact, Fact::Authorised { .. } | Fact::Confirmed { .. }))
        {
            return Err(Error::Conflict(Code::GiftPaidElsewhere));
        }
    }
    Ok(())
}

/// Asks the provider what became of a gift, for the page to which its donor comes back: the provider's own message may be
/// late. It asks only now and then, whoever wants to know.
///
/// # Errors
/// `NotFound` and `Denied` for others than the donor, and those of the database.
pub async fn look(cx: &Cx, id: DonationId, proof: Option<&str>) -> Result<()> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    cx.check(
        Act::PayDonation,
        On::Donation(&row.facts(&campaign, proves(cx, id, proof))),
    )?;
    let lately = row.asked_at.is_none_or(|at| cx.now.since_ms(at) < PAYMENT_BACK_MS);
    match row.session {
        Some(session) if row.captured_minor == 0 && !lately => {
            note_asked(cx, id).await?;
            look_at(&cx.city.system(), &session).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Learns what is so of a page; whether anything was told. A provider that does not answer is asked again later.
pub(super) async fn look_at(cx: &Cx, session: &str) -> Result<bool> {
    let Ok(facts) = cx.city.payments.look(session).await else {
        return Ok(false);
    };
    for fact in &facts {
        learn(cx, fact).await?;
    }
    Ok(!facts.is_empty())
}

/// Whether somebody shows a gift's own proof.
pub(crate) fn proves(cx: &Cx, id: DonationId, proof: Option<&str>) -> bool {
    let right = cx.city.secret.proof(PROOF, &id.to_string());
    proof.is_some_and(|proof| secret::same(proof, &right))
}

fn session_of(row: &row::Model) -> Option<Session> {
    let (reference, url) = row.session.clone().zip(row.session_url.clone())?;
    Some(Session {
        reference,
        url,
        expires_at: row.expires_at,
    })
}

/// Notes that the page is asked for, and gives what is asked.
async fn ask(cx: &Cx, row: &row::Model, campaign: &campaigns::row::Model) -> Result<NewSession> {
    let expires_at = note_page(cx, row.id).await?;
    let email = match (&row.email, row.member_id) {
        (Some(email), _) => Some(email.clone()),
        (None, Some(member)) => member::read::address(&cx.city, member)
            .await?
            .map(|(address, _)| address),
        (None, None) => None,
    };
    let proof = cx.city.secret.proof(PROOF, &row.id.to_string());
    Ok(NewSession {
        donation: row.id,
        amount: Money::eur(row.amount_minor),
        title: campaign.title.clone(),
        email,
        language: language(&row.language),
        return_url: format!(
            "{}/{}/donations/{}?proof={proof}",
            cx.city.settings.base_url,
            language(&row.language).code(),
            row.id
        ),
        expires_at,
    })
}

/// Notes that a page is asked for, and until when it lives: a full session from the first asking on, so that whoever
/// thought a while has as long as others; asked again, the same instant, since it is the same page.
async fn note_page(cx: &Cx, id: DonationId) -> Result<Timestamp> {
    let tx = cx.begin().await?;
    let row = store::lock(&tx, id).await?;
    let expires_at = match row.asked_at {
        Some(_) => row.expires_at,
        None => cx.now.plus_ms(DONATION_SESSION_MS),
    };
    let after = row::ActiveModel {
        version: Set(row.version + 1),
        asked_at: Set(Some(cx.now)),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    store::change(&tx, &row, after).await?;
    tx.commit().await?;
    Ok(expires_at)
}

/// Notes that the provider is asked about a gift now, so that it is not asked again for a while.
pub(super) async fn note_asked(cx: &Cx, id: DonationId) -> Result<()> {
    let tx = cx.begin().await?;
    let row = store::lock(&tx, id).await?;
    let after = row::ActiveModel {
        version: Set(row.version + 1),
        asked_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::change(&tx, &row, after).await?;
    tx.commit().await
}

/// Keeps the page that was opened.
pub(super) async fn keep(cx: &Cx, id: DonationId, session: &Session) -> Result<()> {
    let tx = cx.begin().await?;
    let row = store::lock(&tx, id).await?;
    if row.session.is_none() {
        let after = row::ActiveModel {
            version: Set(row.version + 1),
            session: Set(Some(session.reference.clone())),
            session_url: Set(Some(session.url.clone())),
            ..Default::default()
        };
        store::change(&tx, &row, after).await?;
    }
    tx.commit().await
}

/// The provider said no and did nothing: the gift comes to nothing.
async fn refuse(cx: &Cx, id: DonationId) -> Result<()> {
    let tx = cx.begin().await?;
    let gift = locked(&tx, id).await?;
    if gift.row.state()? == DonationState::Promised && gift.row.failed_at.is_none() {
        let mut row = gift.row.clone();
        row.failed_at = Some(cx.now);
        settle(&tx, cx, &gift, row, cx.now).await?;
    }
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(())
}

/// Before this instant a provider was asked long enough ago to be asked again.
pub(super) fn asked_before(cx: &Cx) -> Timestamp {
    cx.now.plus_ms(-PAYMENT_LOOK_MS)
}
