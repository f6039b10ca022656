//! Stripe: hosted pages, refunds, movements and messages, behind the seam of `civic::payment`.
//!
//! Rule: every call that changes something carries our own id as its key and is made once; asking again is the caller's.
//! An answer that does not come in time or cannot be read is `Unknown`, never "not charged", because Stripe may have done
//! it. Deliberately absent: the library's own retries, which use another key each time, and its check of messages, which
//! reads more than it must.

pub mod facts;
pub mod message;
pub mod signature;

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use civic::id::DonationId;
use civic::language::Language;
use civic::limits::{PAYMENT_PAGE_MARGIN_MS, PAYMENT_PAGES_MAX};
use civic::payment::{Envelope, Fact, Movements, NewRefund, NewSession, PaymentError, Payments, Session, Told};
use civic::time::{MINUTE_MS, SECOND_MS, Timestamp};
use stripe::{ApiErrorsType, Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ListCheckoutSession, ProductData,
    RetrieveCheckoutSession,
};
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::charge::RetrieveCharge;
use stripe_core::dispute::{ListDispute, RetrieveDispute};
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_shared::{
    BalanceTransaction, CheckoutSession, CheckoutSessionLocale, CheckoutSessionMode, CheckoutSessionSubmitType,
    PaymentIntent,
};
use stripe_types::{Currency, List, RangeBoundsTs, RangeQueryTs};

/// Things on one page of a list, the most that Stripe gives.
const PAGE: i64 = 100;
/// How far Stripe's clock may lie behind ours when a page is looked for.
const CLOCKS_DIFFER_MS: i64 = 10 * MINUTE_MS;

/// How one account is reached.
pub struct Access {
    /// The secret key.
    pub key: String,
    /// The secrets of the addresses for messages, all in force.
    pub secrets: Vec<String>,
    /// Where the interface is; empty for Stripe itself.
    pub base: String,
    /// How long one call may take.
    pub patience: Duration,
}

/// One account at Stripe.
pub struct Stripe {
    client: Client,
    secrets: Vec<String>,
    patience: Duration,
}

type Answer<T> = Result<T, PaymentError>;

impl Stripe {
    /// An account; nothing is called yet.
    ///
    /// # Errors
    /// When the key or the address cannot be used at all.
    pub fn new(access: Access) -> anyhow::Result<Self> {
        let mut builder = ClientBuilder::new(access.key).request_strategy(RequestStrategy::Once);
        if !access.base.is_empty() {
            builder = builder.url(format!("{}/", access.base.trim_end_matches('/')));
        }
        Ok(Self {
            client: builder
                .build()
                .context("the key or the address of the provider of payments")?,
            secrets: access.secrets,
            patience: access.patience,
        })
    }

    /// Waits for an answer, for as long as one call may take.
    async fn ask<T>(&self, call: impl Future<Output = Result<T, StripeError>> + Send) -> Answer<T> {
        self.wait(call).await.map_err(meaning)
    }

    async fn wait<T>(&self, call: impl Future<Output = Result<T, StripeError>> + Send) -> Result<T, StripeError> {
        let answer = tokio::time::timeout(self.patience, call).await;
        answer.unwrap_or(Err(StripeError::Timeout))
    }

    /// What is so of a page, its payment, and all that came of that.
    async fn facts_of_page(&self, page: &CheckoutSession) -> Answer<Vec<Fact>> {
        let mut facts = facts::of_page(page);
        if let (true, Some(payment)) = (facts::is_complete(page), &page.payment_intent) {
            facts.extend(match payment.as_object() {
                Some(payment) => self.facts_of_payment(payment, true).await?,
                None => self.payment(payment.id().as_ref(), true).await?,
            });
        }
        Ok(facts)
    }

    async fn facts_of_payment(&self, payment: &PaymentIntent, over: bool) -> Answer<Vec<Fact>> {
        let mut facts = facts::of_payment(payment, over)?;
        let charge = payment.latest_charge.as_ref().and_then(|charge| charge.as_object());
        // A refund that failed is counted by nothing, so they are always listed with their charge.
        match charge.and_then(|charge| charge.refunds.as_ref()) {
            Some(refunds) if !refunds.has_more => {
                for refund in &refunds.data {
                    facts.extend(facts::of_refund(refund)?);
                }
            }
            Some(_) => facts.extend(self.refunds(payment.id.as_str()).await?),
            None => {}
        }
        if charge.is_some_and(|charge| charge.disputed) {
            let disputes = ListDispute::new().payment_intent(payment.id.as_str()).limit(PAGE);
            for dispute in self.ask(disputes.send(&self.client)).await?.data {
                facts.extend(facts::of_dispute(&dispute)?);
            }
        }
        Ok(facts)
    }

    /// What is so of a payment. One that has not succeeded is asked about at its page, which knows whether it is over.
    async fn payment(&self, name: &str, over: bool) -> Answer<Vec<Fact>> {
        let fields = expanded(&["latest_charge.balance_transaction", "latest_charge.refunds"]);
        let asked = RetrievePaymentIntent::new(name).expand(fields);
        let payment = self.ask(asked.send(&self.client)).await?;
        if over || payment.latest_charge.is_some() && is_under_way(&payment) {
            return self.facts_of_payment(&payment, over).await;
        }
        let asked = ListCheckoutSession::new().payment_intent(name).limit(1);
        let pages = self.ask(asked.send(&self.client)).await?;
        match pages.data.first() {
            Some(page) if facts::is_complete(page) => self.facts_of_payment(&payment, true).await,
            Some(page) => Ok(facts::of_page(page)),
            None => self.facts_of_payment(&payment, false).await,
        }
    }

    async fn movements_page(
        &self,
        since: Timestamp,
        after: Option<&str>,
        whole: bool,
    ) -> Result<List<BalanceTransaction>, StripeError> {
        let mut asked = ListBalanceTransaction::new().created(from(since)).limit(PAGE);
        if let Some(after) = after {
            asked = asked.starting_after(after);
        }
        if whole {
            asked = asked.expand(expanded(&["data.source"]));
        }
        self.wait(asked.send(&self.client)).await
    }
}

/// The one key of ours under which something is asked for.
fn under(id: &str) -> Answer<RequestStrategy> {
    let key = IdempotencyKey::new(id).map_err(|error| PaymentError::Refused(error.to_string()))?;
    Ok(RequestStrategy::Idempotent(key))
}

/// Whether a payment is on its way or there.
fn is_under_way(payment: &PaymentIntent) -> bool {
    use stripe_shared::PaymentIntentStatus::{Processing, Succeeded};
    matches!(payment.status, Processing | Succeeded)
}

fn expanded(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

fn from(since: Timestamp) -> RangeQueryTs {
    RangeQueryTs::gte(since.ms() / SECOND_MS)
}

/// What an error of a call means for what was asked.
fn meaning(error: StripeError) -> PaymentError {
    match error {
        StripeError::Stripe(said, status) => {
            let why = format!("{status}: {}", said.message.as_deref().unwrap_or(said.type_.as_str()));
            match status {
                // A key that is refused is the operator's to mend; then the same is asked again.
                401 | 403 | 429 => PaymentError::Later(why),
                // Somebody else asks the same at this moment, or asked under this key for something else.
                409 => PaymentError::Unknown(why),
                400..=499 if said.type_ == ApiErrorsType::IdempotencyError => PaymentError::Unknown(why),
                400..=499 => PaymentError::Refused(why),
                _ => PaymentError::Unknown(why),
            }
        }
        // The library says in words only whether a connection was made. Without one, nothing was done.
        StripeError::ClientError(why) if why.contains("(Connect)") => PaymentError::Later(why),
        StripeError::ConfigError(why) => PaymentError::Later(why),
        other => PaymentError::Unknown(other.to_string()),
    }
}

/// What only looks cannot be refused: a no means that nothing is known.
fn looking(error: PaymentError) -> PaymentError {
    match error {
        PaymentError::Refused(why) => PaymentError::Unknown(why),
        other => other,
    }
}

fn opened(page: &CheckoutSession) -> Option<Session> {
    Some(Session {
        reference: page.id.to_string(),
        url: page.url.clone()?,
        expires_at: facts::instant(page.expires_at),
    })
}

fn named(key: &str, id: &str) -> HashMap<String, String> {
    // One name only: a map has no order, and the same request must be the same text.
    HashMap::from([(key.to_owned(), id.to_owned())])
}

#[async_trait]
impl Payments for Stripe {
    async fn open(&self, session: &NewSession) -> Answer<Session> {
        let id = session.donation.to_string();
        let mut price = CreateCheckoutSessionLineItemsPriceData::new(Currency::EUR);
        price.unit_amount = Some(session.amount.minor());
        price.product_data = Some(ProductData::new(session.title.clone()));
        let mut line = CreateCheckoutSessionLineItems::new();
        line.price_data = Some(price);
        line.quantity = Some(1);
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.description = Some(session.title.clone());
        payment.metadata = Some(named(facts::DONATION, &id));
        let expires_at = session.expires_at.plus_ms(PAYMENT_PAGE_MARGIN_MS).ms() / SECOND_MS;
        let mut page = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .submit_type(CheckoutSessionSubmitType::Donate)
            .client_reference_id(id.clone())
            .metadata(named(facts::DONATION, &id))
            .payment_intent_data(payment)
            .line_items(vec![line])
            .locale(match session.language {
                Language::It => CheckoutSessionLocale::It,
                Language::En => CheckoutSessionLocale::En,
            })
            .success_url(session.return_url.clone())
            .cancel_url(session.return_url.clone())
            .expires_at(expires_at);
        if let Some(email) = &session.email {
            page = page.customer_email(email.clone());
        }
        let asked = page.customize().request_strategy(under(&id)?);
        let page = self.ask(asked.send(&self.client)).await?;
        opened(&page).ok_or_else(|| PaymentError::Unknown("a page without an address".to_owned()))
    }

    async fn close(&self, session: &str) -> Answer<Vec<Fact>> {
        // Closing twice is refused and changes nothing, so it needs no key; what is so then is looked up.
        let asked = ExpireCheckoutSession::new(session);
        match self.ask(asked.send(&self.client)).await {
            Ok(page) => self.facts_of_page(&page).await.map_err(looking),
            Err(PaymentError::Refused(_)) => self.look(session).await,
            Err(other) => Err(other),
        }
    }

    async fn look(&self, reference: &str) -> Answer<Vec<Fact>> {
        let looked = async {
            match reference.split_once('_').map_or("", |(kind, _)| kind) {
                "cs" => {
                    let fields = expanded(&[
                        "payment_intent.latest_charge.balance_transaction",
                        "payment_intent.latest_charge.refunds",
                    ]);
                    let asked = RetrieveCheckoutSession::new(reference).expand(fields);
                    let page = self.ask(asked.send(&self.client)).await?;
                    self.facts_of_page(&page).await
                }
                "pi" => self.payment(reference, false).await,
                "ch" | "py" => {
                    let charge = self.ask(RetrieveCharge::new(reference).send(&self.client)).await?;
                    match &charge.payment_intent {
                        Some(payment) => self.payment(payment.id().as_ref(), false).await,
                        None => Ok(Vec::new()),
                    }
                }
                "re" | "pyr" => {
                    let fields = expanded(&["balance_transaction"]);
                    let asked = RetrieveRefund::new(reference).expand(fields);
                    facts::of_refund(&self.ask(asked.send(&self.client)).await?)
                }
                "dp" | "du" | "pdp" => {
                    let asked = RetrieveDispute::new(reference);
                    facts::of_dispute(&self.ask(asked.send(&self.client)).await?)
                }
                _ => Err(PaymentError::Unknown(format!(
                    "{reference} is nothing that can be looked at"
                ))),
            }
        };
        looked.await.map_err(looking)
    }

    async fn find(&self, donation: DonationId, since: Timestamp) -> Answer<Option<Session>> {
        let since = since.plus_ms(-CLOCKS_DIFFER_MS).ms() / SECOND_MS;
        let bounds = RangeBoundsTs {
            gte: Some(since),
            ..RangeBoundsTs::default()
        };
        let mut after: Option<String> = None;
        for _ in 0..PAYMENT_PAGES_MAX {
            let mut asked = ListCheckoutSession::new()
                .created(RangeQueryTs::Bounds(bounds))
                .limit(PAGE);
            if let Some(after) = &after {
                asked = asked.starting_after(after.clone());
            }
            let pages = self.ask(asked.send(&self.client)).await.map_err(looking)?;
            let ours = |page: &&CheckoutSession| facts::donation_of_page(page) == Some(donation);
            if let Some(page) = pages.data.iter().find(ours) {
                // One that is over has no address any more, and is found all the same.
                let session = Session {
                    reference: page.id.to_string(),
                    url: page.url.clone().unwrap_or_default(),
                    expires_at: facts::instant(page.expires_at),
                };
                return Ok(Some(session));
            }
            after = pages
                .data
                .last()
                .map(|page| page.id.to_string())
                .filter(|_| pages.has_more);
            if after.is_none() {
                return Ok(None);
            }
        }
        Err(PaymentError::Unknown(
            "there are more pages than are gone through".to_owned(),
        ))
    }

    async fn refund(&self, refund: &NewRefund) -> Answer<Fact> {
        let id = refund.refund.to_string();
        let asked = CreateRefund::new()
            .payment_intent(refund.payment.clone())
            .amount(refund.amount.minor())
            .metadata(named(facts::REFUND, &id));
        let asked = asked.customize().request_strategy(under(&id)?);
        let made = self.ask(asked.send(&self.client)).await?;
        let fact = facts::of_refund(&made)?.into_iter().next();
        fact.ok_or_else(|| PaymentError::Unknown("a refund of no payment".to_owned()))
    }

    async fn refunds(&self, payment: &str) -> Answer<Vec<Fact>> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAYMENT_PAGES_MAX {
            let fields = expanded(&["data.balance_transaction"]);
            let mut asked = ListRefund::new().payment_intent(payment).limit(PAGE).expand(fields);
            if let Some(after) = &after {
                asked = asked.starting_after(after.clone());
            }
            let some = self.ask(asked.send(&self.client)).await.map_err(looking)?;
            for refund in &some.data {
                all.extend(facts::of_refund(refund)?);
            }
            after = some
                .data
                .last()
                .map(|refund| refund.id.to_string())
                .filter(|_| some.has_more);
            if after.is_none() {
                return Ok(all);
            }
        }
        Err(PaymentError::Unknown(
            "there are more refunds than are gone through".to_owned(),
        ))
    }

    async fn movements(&self, since: Timestamp, after: Option<&str>) -> Answer<Movements> {
        let some = match self.movements_page(since, after, true).await {
            // A source of a kind that the library does not know must not hide all others: they are looked at one by one.
            Err(StripeError::JSONDeserialize(_)) => self.movements_page(since, after, false).await,
            other => other,
        };
        let some = some.map_err(|error| looking(meaning(error)))?;
        let mut items = Vec::with_capacity(some.data.len());
        for one in &some.data {
            let mut item = facts::movement(one)?;
            let unread = one
                .source
                .as_ref()
                .filter(|source| !source.is_object())
                .and(item.source.as_deref());
            if let Some(source) = unread.filter(|source| is_about_gifts(source)) {
                item.facts = self.look(source).await?;
            }
            items.push(item);
        }
        let next = some
            .data
            .last()
            .map(|last| last.id.to_string())
            .filter(|_| some.has_more);
        Ok(Movements { items, next })
    }

    fn receive(&self, body: &[u8], header: &str, now: Timestamp) -> Answer<Envelope> {
        signature::check(header, body, now, &self.secrets).map_err(|why| PaymentError::Forged(why.to_owned()))?;
        message::envelope(body)
    }

    fn read(&self, body: &[u8]) -> Answer<Told> {
        message::read(body)
    }
}

/// Whether a movement's source can be a gift's: a charge, a refund or a dispute.
fn is_about_gifts(source: &str) -> bool {
    ["ch_", "py_", "re_", "pyr_", "dp_", "du_", "pdp_"]
        .iter()
        .any(|kind| source.starts_with(kind))
}
