//! Changing receipts: the mutation is the operation of REST with the same name.

use async_graphql::{Context, Object, SimpleObject};
use civic::id::ReceiptId;
use civic::receipt::{read, write};

use super::{Changed, changed};
use crate::wire::Ref;
use crate::wire::receipt::{ReceiptPageOut, TaxDataIn};

/// A receipt after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReceiptPayload {
    /// As it is now.
    pub receipt: ReceiptPageOut,
}

/// Changing receipts.
#[derive(Default)]
pub struct Receipts;

#[Object]
impl Receipts {
    /// Completes a receipt with its donor's tax data, once.
    async fn receipt_give_tax_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipt.")] id: Ref<ReceiptId>,
        #[graphql(desc = "The tax data.")] input: TaxDataIn,
    ) -> Changed<ReceiptPayload> {
        changed(ctx, async |cx| {
            let (proof, data) = input.parts();
            let id = write::give_tax_data(&cx, id.0, proof.as_deref(), &data).await?;
            let receipt = read::page(&cx, id, proof.as_deref()).await?.into();
            Ok(ReceiptPayload { receipt })
        })
        .await
    }
}
