//! What is so at Stripe, in our own words: pages, payments, charges, refunds, disputes and movements made facts.
//!
//! Rule: every amount is checked to be in euros; what is of another currency is an error and no fact. What carries no name
//! of ours is somebody else's and says nothing. Deliberately absent: calls, which are `stripe.rs`'s.

use civic::id::{DonationId, RefundId};
use civic::money::Money;
use civic::payment::{DisputeState, Fact, Method, Movement, MovementKind, PaymentError, RefundState};
use civic::time::{SECOND_MS, Timestamp};
use stripe_shared::{
    BalanceTransaction, BalanceTransactionSource, BalanceTransactionType, Charge, ChargeStatus, CheckoutSession,
    CheckoutSessionPaymentStatus, CheckoutSessionStatus, Dispute, DisputeStatus, PaymentIntent, PaymentIntentStatus,
    Refund,
};

/// The name under which Stripe keeps our id of a gift.
pub const DONATION: &str = "arengo_donation";
/// The name under which Stripe keeps our id of a refund.
pub const REFUND: &str = "arengo_refund";

type Found<T> = Result<T, PaymentError>;

/// A payment that arrived, from whichever source.
pub struct Paid<'a> {
    /// Our gift.
    pub donation: DonationId,
    /// Stripe's name of the payment.
    pub payment: &'a str,
    /// In cents.
    pub amount: i64,
    /// As Stripe writes it.
    pub currency: &'a str,
    /// As Stripe writes it.
    pub method: &'a str,
    /// What is the same for every payment from one card or account.
    pub fingerprint: Option<&'a str>,
    /// In seconds.
    pub at_s: i64,
}

impl Paid<'_> {
    /// The fact that it arrived.
    ///
    /// # Errors
    /// `Unknown` for an amount in another currency.
    pub fn confirmed(&self) -> Found<Fact> {
        Ok(Fact::Confirmed {
            donation: self.donation,
            payment: self.payment.to_owned(),
            amount: euros(self.amount, self.currency)?,
            method: method(self.method),
            fingerprint: self.fingerprint.map(ToOwned::to_owned),
            at: instant(self.at_s),
        })
    }
}

fn method(kind: &str) -> Method {
    match kind {
        "card" => Method::Card,
        "sepa_debit" => Method::SepaDebit,
        "paypal" => Method::Paypal,
        _ => Method::Other,
    }
}

/// An instant from Stripe's seconds.
#[must_use]
pub const fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds.saturating_mul(SECOND_MS))
}

/// An amount, when it is in euros.
///
/// # Errors
/// `Unknown` for another currency.
pub fn euros(minor: i64, currency: &str) -> Found<Money> {
    if currency.eq_ignore_ascii_case("eur") {
        Ok(Money::eur(minor))
    } else {
        Err(PaymentError::Unknown(format!("an amount in {currency}")))
    }
}

/// Which gift a page is for; none when it is not ours.
#[must_use]
pub fn donation_of_page(page: &CheckoutSession) -> Option<DonationId> {
    page.client_reference_id.as_deref()?.parse().ok()
}

/// What is so of a page; the payment itself is `of_payment`'s, where there is one.
#[must_use]
pub fn of_page(page: &CheckoutSession) -> Vec<Fact> {
    let Some(donation) = donation_of_page(page) else {
        return Vec::new();
    };
    match page.status {
        Some(CheckoutSessionStatus::Expired) => vec![Fact::Expired { donation }],
        _ => Vec::new(),
    }
}

/// Whether the page can be paid no longer because somebody did what it asks for.
#[must_use]
pub fn is_complete(page: &CheckoutSession) -> bool {
    page.status == Some(CheckoutSessionStatus::Complete)
        && page.payment_status != CheckoutSessionPaymentStatus::NoPaymentRequired
}

/// What is so of a payment: under way, arrived, or refused. `over` says that no other card can be tried on its page.
///
/// # Errors
/// `Unknown` for another currency, or a charge that was not put in.
pub fn of_payment(payment: &PaymentIntent, over: bool) -> Found<Vec<Fact>> {
    let Some(donation) = ours(&payment.metadata) else {
        return Ok(Vec::new());
    };
    let name = || payment.id.to_string();
    Ok(match payment.status {
        PaymentIntentStatus::Succeeded => {
            let charge = payment.latest_charge.as_ref().and_then(|charge| charge.as_object());
            of_charge(charge.ok_or_else(|| PaymentError::Unknown("a payment without its charge".to_owned()))?)?
        }
        PaymentIntentStatus::Processing => vec![Fact::Authorised {
            donation,
            payment: name(),
        }],
        PaymentIntentStatus::Canceled | PaymentIntentStatus::RequiresPaymentMethod if over => vec![Fact::Failed {
            donation,
            payment: name(),
        }],
        _ => Vec::new(),
    })
}

fn ours(metadata: &std::collections::HashMap<String, String>) -> Option<DonationId> {
    metadata.get(DONATION)?.parse().ok()
}

/// What is so of a charge, with its fee where that was put in.
///
/// # Errors
/// `Unknown` for another currency.
pub fn of_charge(charge: &Charge) -> Found<Vec<Fact>> {
    let payment = charge.payment_intent.as_ref().map(|payment| payment.id().to_string());
    let (Some(donation), Some(payment)) = (ours(&charge.metadata), payment) else {
        return Ok(Vec::new());
    };
    if charge.status != ChargeStatus::Succeeded {
        return Ok(Vec::new());
    }
    let details = charge.payment_method_details.as_ref();
    let card = details.and_then(|details| details.card.as_ref()?.fingerprint.as_deref());
    let debit = details.and_then(|details| details.sepa_debit.as_ref()?.fingerprint.as_deref());
    let paid = Paid {
        donation,
        payment: &payment,
        amount: charge.amount,
        currency: &charge.currency.to_string(),
        method: details.map_or("", |details| &details.type_),
        fingerprint: card.or(debit),
        at_s: charge.created,
    };
    let mut facts = vec![paid.confirmed()?];
    let movement = charge
        .balance_transaction
        .as_ref()
        .and_then(|movement| movement.as_object());
    if let Some(movement) = movement {
        facts.extend(fee(&payment, movement)?);
    }
    Ok(facts)
}

/// What Stripe kept of a movement; nothing when it kept nothing.
fn fee(payment: &str, movement: &BalanceTransaction) -> Found<Option<Fact>> {
    if movement.fee == 0 {
        return Ok(None);
    }
    Ok(Some(Fact::Charged {
        payment: payment.to_owned(),
        reference: movement.id.to_string(),
        fee: euros(movement.fee, &movement.currency.to_string())?,
        at: instant(movement.created),
    }))
}

/// What is so of a refund, with its fee where that was put in; none when it is of no payment that we could have opened.
///
/// # Errors
/// `Unknown` for another currency, or a state that we do not know.
pub fn of_refund(refund: &Refund) -> Found<Vec<Fact>> {
    let Some(payment) = refund.payment_intent.as_ref().map(|payment| payment.id().to_string()) else {
        return Ok(Vec::new());
    };
    let state = match refund.status.as_deref() {
        Some("pending" | "requires_action") => RefundState::Pending,
        Some("succeeded") => RefundState::Succeeded,
        Some("failed" | "canceled") => RefundState::Failed,
        other => return Err(PaymentError::Unknown(format!("a refund in state {other:?}"))),
    };
    let own = refund.metadata.as_ref().and_then(|metadata| metadata.get(REFUND));
    let mut facts = vec![Fact::Refunded {
        payment: payment.clone(),
        reference: refund.id.to_string(),
        refund: own.and_then(|text| text.parse::<RefundId>().ok()),
        amount: euros(refund.amount, &refund.currency.to_string())?,
        state,
        at: instant(refund.created),
    }];
    let movement = refund
        .balance_transaction
        .as_ref()
        .and_then(|movement| movement.as_object());
    if let Some(movement) = movement {
        facts.extend(fee(&payment, movement)?);
    }
    Ok(facts)
}

/// What is so of a dispute, with what Stripe charged for it.
///
/// # Errors
/// `Unknown` for another currency, or a state that we do not know.
pub fn of_dispute(dispute: &Dispute) -> Found<Vec<Fact>> {
    let Some(payment) = dispute.payment_intent.as_ref().map(|payment| payment.id().to_string()) else {
        return Ok(Vec::new());
    };
    let state = match &dispute.status {
        // An inquiry that was closed took no money and so gives none back.
        DisputeStatus::WarningNeedsResponse
        | DisputeStatus::WarningUnderReview
        | DisputeStatus::WarningClosed
        | DisputeStatus::Prevented => DisputeState::Inquiry,
        DisputeStatus::NeedsResponse | DisputeStatus::UnderReview => DisputeState::Open,
        DisputeStatus::Won => DisputeState::Won,
        DisputeStatus::Lost => DisputeState::Lost,
        other => return Err(PaymentError::Unknown(format!("a dispute in state {}", other.as_str()))),
    };
    let mut facts = vec![Fact::Disputed {
        payment: payment.clone(),
        reference: dispute.id.to_string(),
        amount: euros(dispute.amount, &dispute.currency.to_string())?,
        state,
        at: instant(dispute.created),
    }];
    for movement in &dispute.balance_transactions {
        facts.extend(fee(&payment, movement)?);
    }
    Ok(facts)
}

const fn kind(type_: &BalanceTransactionType) -> MovementKind {
    use BalanceTransactionType as Type;
    match type_ {
        Type::Payout | Type::PayoutCancel | Type::PayoutFailure | Type::Topup | Type::TopupReversal => {
            MovementKind::Bank
        }
        Type::StripeFee | Type::StripeFxFee | Type::TaxFee => MovementKind::Fee,
        _ => MovementKind::Payment,
    }
}

/// One movement on the account.
///
/// # Errors
/// `Unknown` for another currency.
pub fn movement(from: &BalanceTransaction) -> Found<Movement> {
    let currency = from.currency.to_string();
    let (source, mut facts) = match from.source.as_ref().and_then(|source| source.as_object()) {
        Some(BalanceTransactionSource::Charge(charge)) => {
            let payment = charge.payment_intent.as_ref().map(|payment| payment.id().to_string());
            let mut facts = of_charge(charge)?;
            if let (Some(payment), false) = (&payment, facts.is_empty()) {
                facts.extend(fee(payment, from)?);
            }
            (payment.or_else(|| Some(charge.id.to_string())), facts)
        }
        Some(BalanceTransactionSource::Refund(refund)) => (Some(refund.id.to_string()), of_refund(refund)?),
        Some(BalanceTransactionSource::Dispute(dispute)) => (Some(dispute.id.to_string()), of_dispute(dispute)?),
        Some(_) => (None, Vec::new()),
        None => (from.source.as_ref().map(|source| source.id().to_string()), Vec::new()),
    };
    facts.dedup();
    Ok(Movement {
        reference: from.id.to_string(),
        kind: kind(&from.type_),
        source,
        amount: euros(from.amount, &currency)?,
        fee: euros(from.fee, &currency)?,
        at: instant(from.created),
        facts,
    })
}
