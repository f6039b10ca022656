//! Receipts over REST. Whoever gave without an account shows the gift's own proof.

use civic::id::{CampaignId, ReceiptId};
use civic::page::Paging;
use civic::receipt::{read, write};
use poem::http::header;
use poem::{IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::answer::{Answered, Call, ReceiptList, Shown, ToldGiftList};
use super::body::Body;
use crate::wire::Ref;
use crate::wire::receipt::{ReceiptPageOut, TaxDataIn};

/// The operations on receipts.
pub struct Receipts;

/// What papers are.
const PDF: &str = "application/pdf";

/// A receipt's paper.
pub struct Paper(Vec<u8>);

impl IntoResponse for Paper {
    fn into_response(self) -> Response {
        Response::builder()
            .header(header::CONTENT_DISPOSITION, "attachment")
            .content_type(PDF)
            .body(self.0)
    }
}

impl ApiResponse for Paper {
    fn meta() -> MetaResponses {
        let binary = MetaSchema::new_with_format("string", "binary");
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The paper.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: PDF,
                    schema: MetaSchemaRef::Inline(Box::new(binary)),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

#[OpenApi(tag = "Tag::Donations")]
impl Receipts {
    /// Show a receipt, to its donor, to whoever has the gift's proof, to its promoter and to a treasurer
    #[oai(path = "/receipts/:id", method = "get", operation_id = "receipt_get")]
    async fn get(
        &self,
        call: Call,
        /// The receipt.
        id: Path<Ref<ReceiptId>>,
        /// The gift's own proof; not needed from its signed-in donor.
        proof: Query<Option<String>>,
    ) -> Answered<Shown<ReceiptPageOut>> {
        Ok(Shown(read::page(&call.0, id.0.0, proof.0.as_deref()).await?.into()))
    }

    /// Get a receipt's paper
    #[oai(path = "/receipts/:id/pdf", method = "get", operation_id = "receipt_pdf")]
    async fn pdf(
        &self,
        call: Call,
        /// The receipt.
        id: Path<Ref<ReceiptId>>,
        /// The gift's own proof; not needed from its signed-in donor.
        proof: Query<Option<String>>,
    ) -> Answered<Paper> {
        Ok(Paper(read::paper(&call.0, id.0.0, proof.0.as_deref()).await?))
    }

    /// Complete a receipt with its donor's tax data, once
    #[oai(
        path = "/receipts/:id/tax-data",
        method = "post",
        operation_id = "receipt_give_tax_data"
    )]
    async fn give_tax_data(
        &self,
        call: Call,
        /// The receipt.
        id: Path<Ref<ReceiptId>>,
        input: Body<TaxDataIn>,
    ) -> Answered<Shown<ReceiptPageOut>> {
        let (proof, data) = input.0.parts();
        let id = write::give_tax_data(&call.0, id.0.0, proof.as_deref(), &data).await?;
        Ok(Shown(read::page(&call.0, id, proof.as_deref()).await?.into()))
    }

    /// List the receipts of a campaign, last issued first, as its promoter or a treasurer
    #[oai(path = "/campaigns/:id/receipts", method = "get", operation_id = "receipt_list")]
    async fn list(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ReceiptList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::of_campaign(&call.0, id.0.0, paging).await?.into()))
    }

    /// List what the promoter of a campaign tells the tax office of one year, as the promoter or a treasurer
    ///
    /// Gifts that left a trace, with their donor's tax code, less what went back; by the numbers of their receipts.
    #[oai(
        path = "/campaigns/:id/receipts/:year",
        method = "get",
        operation_id = "receipt_year"
    )]
    async fn year(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The year of the gifts.
        year: Path<i64>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ToldGiftList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::told_gifts(&call.0, id.0.0, year.0, paging).await?.into()))
    }
}
