//! The second factor of staff: setting it up, and giving it when an act asks for it.
//!
//! Rule: looking at a page changes nothing, so a secret is made by a form; giving the factor begins a new session and leads
//! back to where one was. A wrong code is told beside its field, and after some of them how long to wait.

use std::sync::Arc;

use askama::Template;
use civic::error::{Code, Error, Result};
use civic::member::second_factor::{self, Setup};
use civic::member::{self, NewSession, sign_in};
use civic::time::MINUTE_MS;
use poem::Response;
use poem::http::{StatusCode, header};

use super::sign_in::set_cookie;
use crate::error::signed_in;
use crate::form::{Fields, Form};
use crate::held::{Held, KEPT};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::session;
use crate::visit::{Visit, html, html_as, redirect};

/// Longest code that is read: six digits with a blank between.
const CODE_MAX_CHARS: usize = 7;

#[derive(Template)]
#[template(path = "second_factor/give.html")]
struct GivePage {
    page: Page,
    form: Form,
    contact: String,
}

#[derive(Template)]
#[template(path = "second_factor/setup.html")]
struct SetupPage {
    page: Page,
    form: Form,
    setup: Option<Setup>,
}

impl GivePage {
    fn code(&self) -> String {
        code_field(&self.form)
    }
}

impl SetupPage {
    fn code(&self) -> String {
        code_field(&self.form)
    }

    /// The square of dots as a part of the page.
    fn picture(&self) -> &str {
        let picture = self.setup.as_ref().map_or("", |setup| &setup.picture);
        picture.find("<svg").map_or("", |at| &picture[at..])
    }

    /// The secret in groups of four, as people type it.
    fn secret(&self) -> String {
        let secret = self.setup.as_ref().map_or("", |setup| &setup.secret);
        let mut spaced = String::with_capacity(secret.len() + secret.len() / 4);
        for (at, letter) in secret.chars().enumerate() {
            if at > 0 && at.is_multiple_of(4) {
                spaced.push(' ');
            }
            spaced.push(letter);
        }
        spaced
    }
}

fn code_field(form: &Form) -> String {
    let extra = " inputmode=\"numeric\" autocomplete=\"one-time-code\" required";
    form.line("code", "text", CODE_MAX_CHARS, extra)
}

fn frame(visit: &Visit, title: &str) -> Page {
    Page::new(visit, words(visit.language, title))
        .via(words(visit.language, "home"), "")
        .via(words(visit.language, "my-folder"), "/me")
}

fn fields(visit: &Visit) -> Fields {
    Fields::default().and("return", visit.query.text("return"))
}

/// Asks for the code; whoever has set nothing up yet is led there.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    if !member::read::profile(&visit.cx).await?.has_second_factor {
        return Ok(redirect(
            &visit.to(&format!("/second-factor/setup{}", fields(&visit).query())),
        ));
    }
    html(&give_page(&visit, Form::new(visit.language, fields(&visit))))
}

fn give_page(visit: &Visit, form: Form) -> GivePage {
    GivePage {
        page: frame(visit, "second-factor"),
        contact: visit.cx.city.settings.contact_email.clone(),
        form,
    }
}

/// Takes the code, begins a session that has the second factor, and leads back.
///
/// # Errors
/// Those of the use case; a wrong code gives the form back.
pub async fn give(visit: Arc<Visit>) -> Result<Response> {
    let session = visit.session.as_deref().ok_or(Error::Unauthenticated)?;
    if visit.form.has(KEPT) && !visit.form.has("code") {
        // Whoever comes from a form that was too late is asked for the code first.
        if !member::read::profile(&visit.cx).await?.has_second_factor {
            return Ok(redirect(&visit.to("/second-factor/setup")));
        }
        return html(&give_page(&visit, Form::new(visit.language, visit.form.clone())));
    }
    match second_factor::give(&visit.cx, visit.form.text("code"), session).await {
        Ok(session) => match Held::with(&visit) {
            Some(held) => {
                let mut answer = held.offer_in(&visit, &session.token).await?;
                set_cookie(&mut answer, &session::keep(&session));
                Ok(answer)
            }
            None => Ok(enter(&visit, &session)),
        },
        Err(error) => {
            let (status, form, wait_s) = refused(&visit, error)?;
            answer(html_as(status, &give_page(&visit, form))?, wait_s)
        }
    }
}

/// Keeps the new session and leads to where one was.
fn enter(visit: &Visit, session: &NewSession) -> Response {
    let back = visit.form.some("return").map(sign_in::local_path);
    let mut answer = match back.filter(|back| *back != "/") {
        Some(back) => redirect(back),
        None => visit.done("/me", "second-factor"),
    };
    set_cookie(&mut answer, &session::keep(session));
    answer
}

/// The form after a wrong code, or while too many wrong ones wait to be forgotten.
fn refused(visit: &Visit, error: Error) -> Result<(StatusCode, Form, Option<u64>)> {
    let mut form = Form::new(visit.language, visit.form.with("code", ""));
    match error {
        Error::Conflict(Code::CodeWrong) => {
            let told = words(visit.language, "factor-code-wrong");
            form.wrong.fields.push(("code".to_owned(), told));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form, None))
        }
        Error::TooMany { retry_after_s, .. } => {
            let wait_ms = i64::try_from(retry_after_s).unwrap_or(0).saturating_mul(1_000);
            let minutes = wait_ms / MINUTE_MS + 1;
            let told = words_with(visit.language, "factor-paused", &[("n", Value::Number(minutes))]);
            form.wrong.whole = Some(told);
            Ok((StatusCode::TOO_MANY_REQUESTS, form, Some(retry_after_s)))
        }
        other => Err(other),
    }
}

fn answer(mut answer: Response, wait_s: Option<u64>) -> Result<Response> {
    if let Some(wait_s) = wait_s {
        answer.headers_mut().insert(header::RETRY_AFTER, wait_s.into());
    }
    Ok(answer)
}

/// What setting up is, and, once begun, the picture for the authenticator app.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn setup(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    if member::read::profile(&visit.cx).await?.has_second_factor {
        return Ok(redirect(
            &visit.to(&format!("/second-factor{}", fields(&visit).query())),
        ));
    }
    let form = Form::new(visit.language, fields(&visit));
    secret(html(&setup_page(&visit, form).await?)?)
}

/// A page with a secret is kept by no browser.
fn secret(mut answer: Response) -> Result<Response> {
    let never = header::HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, never);
    Ok(answer)
}

async fn setup_page(visit: &Visit, form: Form) -> Result<SetupPage> {
    Ok(SetupPage {
        page: frame(visit, "factor-setup"),
        setup: second_factor::begun(&visit.cx).await?,
        form,
    })
}

/// Begins to set up, or, with a first code, ends it.
///
/// # Errors
/// Those of the use case; a wrong code gives the form back with the same secret.
pub async fn confirm(visit: Arc<Visit>) -> Result<Response> {
    let session = visit.session.as_deref().ok_or(Error::Unauthenticated)?;
    if !visit.form.has("code") {
        second_factor::begin(&visit.cx).await?;
        let query = Fields::default().and("return", visit.form.text("return"));
        return Ok(redirect(&visit.to(&format!("/second-factor/setup{}", query.query()))));
    }
    match second_factor::confirm(&visit.cx, visit.form.text("code"), session).await {
        Ok(session) => Ok(enter(&visit, &session)),
        Err(error) => {
            let (status, form, wait_s) = refused(&visit, error)?;
            let page = setup_page(&visit, form).await?;
            secret(answer(html_as(status, &page)?, wait_s)?)
        }
    }
}

/// Takes the second factor away, and with it every session and token: this browser is signed out too.
///
/// # Errors
/// `Denied(SecondFactorNeeded)` when it was not given within the last minutes, which leads there and back.
pub async fn remove(visit: Arc<Visit>) -> Result<Response> {
    second_factor::remove(&visit.cx).await?;
    let mut answer = visit.done("", "factor-removed");
    set_cookie(&mut answer, &session::forget());
    Ok(answer)
}
