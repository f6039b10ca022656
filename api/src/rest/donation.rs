//! Gifts over REST. Somebody who is not signed in gives too, and shows a gift's own proof to see it again. Deliberately
//! absent: saying that money came or is to go back, for which the policy asks a session with a fresh second factor.

use civic::Cx;
use civic::donation::{read, write};
use civic::id::{CampaignId, DonationId};
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::Tag;
use super::answer::{Answered, Call, DonationList, GiftList, One, RefundList, Shown};
use super::body::Body;
use crate::wire::Ref;
use crate::wire::donation::{DonationIn, DonationPageOut, GivenOut, PaymentPageOut, ProofIn, QuoteOut};
use crate::wire::money::Cents;

/// The operations on gifts.
pub struct Donations;

async fn shown(cx: &Cx, id: DonationId, proof: Option<&str>) -> Answered<One<DonationPageOut>> {
    let page = read::page(cx, id, proof).await?;
    let version = page.card.version;
    Ok(One(page.into(), version))
}

#[OpenApi(tag = "Tag::Donations")]
impl Donations {
    /// Promise a gift
    ///
    /// The same `key` again is the same gift. A reward is taken and a quote kept while the gift can be paid.
    #[oai(path = "/campaigns/:id/donations", method = "post", operation_id = "donation_give")]
    async fn give(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<DonationIn>,
    ) -> Answered<Shown<GivenOut>> {
        let given = write::give(&call.0, id.0.0, input.0.into()).await?;
        Ok(Shown(given.into()))
    }

    /// List the public gifts of a campaign, last confirmed first
    #[oai(path = "/campaigns/:id/donations", method = "get", operation_id = "donation_public")]
    async fn public(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<GiftList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::public(&call.0, id.0.0, paging).await?.into()))
    }

    /// List all gifts to a campaign, as a treasurer
    #[oai(
        path = "/campaigns/:id/donations/all",
        method = "get",
        operation_id = "donation_list"
    )]
    async fn list(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<DonationList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::of_campaign(&call.0, id.0.0, paging).await?.into()))
    }

    /// Tell what the city would add to a gift now
    ///
    /// Nothing is kept until the gift is promised. Where gifts do not each bring their own, it is nothing.
    #[oai(path = "/campaigns/:id/quote", method = "get", operation_id = "donation_quote")]
    async fn quote(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The gift, in cents.
        amount_minor: Query<Cents>,
    ) -> Answered<Shown<QuoteOut>> {
        let nothing = QuoteOut {
            base_minor: Cents(0),
            brings_minor: Cents(0),
            held_minor: Cents(0),
        };
        let quote = write::quote(&call.0, id.0.0, amount_minor.0.into()).await?;
        Ok(Shown(quote.map_or(nothing, Into::into)))
    }

    /// Show a gift, to its donor, to whoever has its proof, and to a treasurer
    #[oai(path = "/donations/:id", method = "get", operation_id = "donation_get")]
    async fn get(
        &self,
        call: Call,
        /// The gift.
        id: Path<Ref<DonationId>>,
        /// The gift's own proof; not needed from its signed-in donor.
        proof: Query<Option<String>>,
    ) -> Answered<One<DonationPageOut>> {
        shown(&call.0, id.0.0, proof.0.as_deref()).await
    }

    /// Get the provider's page on which a gift is paid
    #[oai(path = "/donations/:id/pay", method = "post", operation_id = "donation_pay")]
    async fn pay(
        &self,
        call: Call,
        /// The gift.
        id: Path<Ref<DonationId>>,
        input: Body<ProofIn>,
    ) -> Answered<Shown<PaymentPageOut>> {
        let page = write::pay(&call.0, id.0.0, input.0.proof.as_deref()).await?;
        Ok(Shown(page.into()))
    }

    /// Ask the provider what became of a gift, then show it
    #[oai(path = "/donations/:id/look", method = "post", operation_id = "donation_look")]
    async fn look(
        &self,
        call: Call,
        /// The gift.
        id: Path<Ref<DonationId>>,
        input: Body<ProofIn>,
    ) -> Answered<One<DonationPageOut>> {
        let proof = input.0.proof.as_deref();
        write::look(&call.0, id.0.0, proof).await?;
        shown(&call.0, id.0.0, proof).await
    }

    /// List what is owed to donors and must be paid by a person, as a treasurer
    #[oai(path = "/refunds/owed", method = "get", operation_id = "refund_owed")]
    async fn owed(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<RefundList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::owed(&call.0, paging).await?.into()))
    }

    /// Find the gift that a transfer's reference names, as a treasurer
    #[oai(path = "/donations", method = "get", operation_id = "donation_by_code")]
    async fn by_code(
        &self,
        call: Call,
        /// The reference as the statement shows it.
        reference_code: Query<String>,
    ) -> Answered<One<DonationPageOut>> {
        let page = read::by_reference_code(&call.0, &reference_code.0).await?;
        let version = page.card.version;
        Ok(One(page.into(), version))
    }
}
