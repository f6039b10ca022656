//! Giving a gift back because somebody asks for it: all that is left, or a part.
//!
//! Rule: it goes back the way it came; by the provider at once, a transfer or cash by a second person at the desk. Asks for
//! a fresh second factor.

use std::sync::Arc;

use civic::donation::read::{self, DonationPage};
use civic::donation::write;
use civic::error::{Code, Error, Result};
use civic::id::{DonationId, RefundId};
use poem::Response;
use poem::http::StatusCode;

use super::frame;
use super::money::{AMOUNT_TYPED_MAX, ActPage, about, wake};
use crate::amount::{read as amount, typed};
use crate::error::signed_in;
use crate::form::{Fields, Form};
use crate::language::words;
use crate::visit::{Visit, html_as};

fn page(visit: &Visit, found: &DonationPage, form: Form, code: StatusCode) -> Result<Response> {
    let id = found.card.id;
    let field = form.line(
        "give_back",
        "text",
        AMOUNT_TYPED_MAX,
        " required inputmode=\"decimal\" autocomplete=\"off\"",
    );
    let page = ActPage {
        page: frame(visit, words(visit.language, "desk-money-give-back"))
            .via(words(visit.language, "desk-money"), "/desk/money"),
        form,
        facts: about(visit, found),
        note: Some("desk-money-goes-back"),
        more: None,
        fields: vec![field],
        action: visit.to(&format!("/desk/money/donations/{id}/refund")),
        button: "desk-money-give-back",
    };
    html_as(code, &page)
}

/// The gift, and the form that gives it back.
///
/// # Errors
/// `NotFound` when nothing of it can go back now.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let found = read::page(&visit.cx, visit.id("id")?, None).await?;
    if !found.can.refund {
        return Err(Error::NotFound);
    }
    wake(&visit, found.card.campaign).await?;
    let begin = Fields::default().and("give_back", typed(visit.language, found.card.left));
    page(&visit, &found, Form::new(visit.language, begin), StatusCode::OK)
}

/// Gives it back, and leads to the gift.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn submit(visit: Arc<Visit>) -> Result<Response> {
    let id: DonationId = visit.id("id")?;
    match give_back(&visit, id).await {
        Ok(_) => Ok(visit.done(&format!("/desk/money/donations/{id}"), "money-goes-back")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let found = read::page(&visit.cx, id, None).await?;
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page(&visit, &found, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}

async fn give_back(visit: &Visit, id: DonationId) -> Result<RefundId> {
    let sum = amount(visit.form.text("give_back")).ok_or_else(|| Error::field("give_back", Code::Malformed))?;
    write::refund(&visit.cx, id, Some(sum)).await
}
