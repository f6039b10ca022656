//! The page on which paying is tried out, where the provider of payments moves no money. With any other provider it is not
//! there.
//!
//! Rule: it says on top, in words, that nothing is paid. It asks for no card and shows nothing that looks like a real one's
//! fields.

use std::sync::Arc;

use askama::Template;
use civic::error::{Code, Error, Result};
use civic::payment::{Attempt, Trial, Trying};
use poem::Response;

use crate::amount::money;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html, redirect};

#[derive(Template)]
#[template(path = "sandbox/sandbox.html")]
struct SandboxPage {
    page: Page,
    trying: Trying,
    amount: String,
    refused: bool,
    action: String,
    attempts: &'static [Attempt],
}

fn trial(visit: &Visit) -> Result<&dyn Trial> {
    visit.cx.city.payments.trial().ok_or(Error::NotFound)
}

/// What would be paid, and what may happen.
///
/// # Errors
/// `NotFound` when no such page was opened, or money moves here.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let trying = trial(&visit)?.show(&visit.cx, visit.param("proof")).await?;
    html(&SandboxPage {
        page: Page::new(&visit, words(visit.language, "sandbox-title")),
        amount: money(visit.language, trying.amount),
        trying,
        refused: visit.query.some("refused").is_some(),
        action: visit.to(&visit.path),
        attempts: Attempt::ALL,
    })
}

/// Lets happen what was chosen, and leads back to where the donor came from.
///
/// # Errors
/// `NotFound` as above; `Invalid` for what cannot be chosen.
pub async fn pay(visit: Arc<Visit>) -> Result<Response> {
    let (trial, name) = (trial(&visit)?, visit.param("proof"));
    let chosen = Attempt::parse(visit.form.text("attempt"));
    let chosen = chosen.ok_or_else(|| Error::field("attempt", Code::UnknownValue))?;
    let trying = trial.show(&visit.cx, name).await?;
    match trial.attempt(&visit.cx, name, chosen).await {
        // Somebody pressed twice, or came back: what was done is done.
        Ok(true) | Err(Error::Conflict(_)) => Ok(redirect(&trying.return_url)),
        Ok(false) => Ok(redirect(&format!("{}?refused=card", visit.to(&visit.path)))),
        Err(error) => Err(error),
    }
}
