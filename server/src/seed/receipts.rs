//! Plays the receipts: what is final gets one, some donors complete theirs, and some of what was given goes back.
//!
//! Rule: the worker's own turn issues and cancels them. Tax data is the tax office's usual example, and nobody's.

use civic::error::Result;
use civic::id::CampaignId;
use civic::limits::PAGE_MAX;
use civic::page::Paging;
use civic::payment::{Method, RefundState};
use civic::receipt::write::{give_tax_data, turn};
use civic::receipt::{ReceiptState, TaxData, read};

use super::campaigns::given_back;
use super::play::Stage;
use super::told::told;

/// The tax code of everybody in the demonstration.
const TAX_CODE: &str = "RSSMRA80A01F205X";
/// What goes back of a gift of which a part does.
const PART_CENTS: i64 = 500;

/// Plays the receipts of all campaigns; of the fund's gifts some go back.
pub(super) async fn play(stage: &Stage<'_>, fund: CampaignId) -> Result<()> {
    turn(stage.city).await?;
    let paging = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    for member in &stage.members {
        let cx = stage.cx(member, stage.now);
        for receipt in read::own(&cx, paging).await?.items.into_iter().step_by(2) {
            let data = TaxData {
                name: member.nickname.clone(),
                tax_code: TAX_CODE.to_owned(),
                address: "Via Esempio 1, 20100 Milano".to_owned(),
            };
            if receipt.state == ReceiptState::Issued && receipt.donor.is_none() {
                give_tax_data(&cx, receipt.id, None, &data).await?;
            }
        }
    }
    let system = stage.city.system();
    let mut cards = read::of_campaign(&system, fund, paging).await?.items;
    cards.retain(|receipt| receipt.method == Method::Card && receipt.amount.minor() > PART_CENTS);
    for (place, receipt) in cards.iter().take(2).enumerate() {
        let cents = if place == 0 { receipt.amount.minor() } else { PART_CENTS };
        let fact = given_back(receipt.donation, cents, stage.now, RefundState::Succeeded);
        told(&system, fact).await?;
    }
    turn(stage.city).await.map(drop)
}
