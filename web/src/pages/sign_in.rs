//! Signing in: an address, then the code or the link of the letter, confirmed by a form; and the links of a demonstration.
//!
//! Rule: opening a link changes nothing, because mail scanners open links; the answer is the same for every address.

use std::sync::Arc;

use askama::Template;
use civic::error::{Code, Error, Result};
use civic::id::{MemberId, SignInId};
use civic::member::sign_in::{self, LinkState, NewSignIn, Proof, SignedIn};
use civic::member::{NewSession, write};
use civic::{Cx, language::Language};
use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};

use crate::form::{Fields, Form};
use crate::held::{Held, KEPT};
use crate::language::words;
use crate::page::Page;
use crate::session::{self, chance};
use crate::visit::{Visit, html, html_as, redirect};

#[derive(Template)]
#[template(path = "sign_in/ask.html")]
struct AskPage {
    page: Page,
    form: Form,
}

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage {
    page: Page,
    form: Form,
    minutes: i64,
}

#[derive(Template)]
#[template(path = "sign_in/link.html")]
struct LinkPage {
    page: Page,
    form: Form,
    state: LinkState,
    action: String,
}

#[derive(Template)]
#[template(path = "sign_in/demonstration.html")]
struct DemonstrationPage {
    page: Page,
    action: String,
}

fn frame(visit: &Visit) -> Page {
    Page::new(visit, words(visit.language, "sign-in")).via(words(visit.language, "home"), "")
}

/// Asks for the address.
///
/// # Errors
/// None of its own.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    let fields = Fields::default().and("return", visit.query.text("return"));
    html(&AskPage {
        page: frame(&visit),
        form: Form::new(visit.language, fields),
    })
}

/// Sends the letter and leads to where its code is typed.
///
/// # Errors
/// Those of the database.
pub async fn ask(visit: Arc<Visit>) -> Result<Response> {
    if visit.form.has(KEPT) && !visit.form.has("email") {
        // Whoever comes from a form that was too late is asked for the address first.
        return html(&AskPage {
            page: frame(&visit),
            form: Form::new(visit.language, carried(&visit)),
        });
    }
    // Whoever asks once more from the same browser can still type the code of the first letter.
    let browser = visit.browser.clone().unwrap_or_else(|| chance(&visit.cx.city));
    let new = NewSignIn {
        email: visit.form.text("email").to_owned(),
        browser: browser.clone(),
        return_to: visit.form.some("return").unwrap_or(&visit.to("")).to_owned(),
    };
    match sign_in::ask(&visit.cx, new).await {
        Ok(_) => {
            let mut answer = if Held::with(&visit).is_some() {
                html(&code_page(&visit, Form::new(visit.language, carried(&visit))))?
            } else {
                redirect(&visit.to("/sign-in/code"))
            };
            set_cookie(&mut answer, &session::keep_browser(&browser));
            Ok(answer)
        }
        Err(error) => {
            let wait_s = match &error {
                Error::TooMany { retry_after_s, .. } => Some(*retry_after_s),
                _ => None,
            };
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            let status = wait_s.map_or(StatusCode::UNPROCESSABLE_ENTITY, |_| StatusCode::TOO_MANY_REQUESTS);
            let page = frame(&visit);
            let mut answer = html_as(status, &AskPage { page, form })?;
            if let Some(wait_s) = wait_s {
                answer.headers_mut().insert(header::RETRY_AFTER, wait_s.into());
            }
            Ok(answer)
        }
    }
}

/// What goes along from one form of signing in to the next.
fn carried(visit: &Visit) -> Fields {
    let names = ["return", KEPT].into_iter();
    names.fold(Fields::default(), |fields, name| {
        fields.with(name, visit.form.text(name))
    })
}

fn code_page(visit: &Visit, form: Form) -> CodePage {
    let minutes = civic::limits::SIGN_IN_MS / civic::time::MINUTE_MS;
    CodePage {
        page: frame(visit),
        form,
        minutes,
    }
}

/// Asks for the code of the letter.
///
/// # Errors
/// None of its own.
pub async fn code_form(visit: Arc<Visit>) -> Result<Response> {
    html(&code_page(&visit, Form::new(visit.language, Fields::default())))
}

/// Signs in by the code.
///
/// # Errors
/// Those of the database.
pub async fn code(visit: Arc<Visit>) -> Result<Response> {
    let digits: String = visit.form.text("code").chars().filter(char::is_ascii_digit).collect();
    match confirm(&visit, Proof::Digits(digits)).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let form = Form::refused(visit.language, visit.form.clone(), about_code(error))?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &code_page(&visit, form))
        }
    }
}

/// A wrong or late code is a fault of its field.
fn about_code(error: Error) -> Error {
    match error {
        Error::Conflict(code @ (Code::CodeWrong | Code::CodeExpired | Code::TriesUsedUp)) => Error::field("code", code),
        other => other,
    }
}

async fn confirm(visit: &Visit, proof: Proof) -> Result<Response> {
    let browser = visit.browser.as_deref().ok_or(Error::Conflict(Code::CodeExpired))?;
    let signed_in: SignedIn = sign_in::confirm(&visit.cx, proof, browser).await?;
    if let Some(held) = Held::with(visit) {
        let mut answer = held.offer_in(visit, &signed_in.session.token).await?;
        keep(&mut answer, &signed_in.session);
        return Ok(answer);
    }
    let target = if signed_in.is_new {
        let query = Fields::default()
            .and("done", "welcome")
            .and("return", signed_in.return_to);
        visit.to(&format!("/me/settings{}", query.query()))
    } else {
        signed_in.return_to
    };
    Ok(enter(&signed_in.session, &target))
}

/// Keeps the session, forgets the sign-in, and leads on.
fn enter(session: &NewSession, target: &str) -> Response {
    let mut answer = redirect(target);
    keep(&mut answer, session);
    answer
}

fn keep(answer: &mut Response, session: &NewSession) {
    set_cookie(answer, &session::keep(session));
    set_cookie(answer, &session::forget_browser());
}

/// Adds a cookie to an answer.
pub fn set_cookie(answer: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// What the link of the letter shows: a button in the browser that asked, elsewhere where to type the code.
///
/// # Errors
/// `NotFound` for what is no link of ours.
pub async fn link(visit: Arc<Visit>) -> Result<Response> {
    let id: SignInId = visit.id("id")?;
    let state = sign_in::link_state(&visit.cx, id, visit.param("proof"), visit.browser.as_deref()).await?;
    html(&LinkPage {
        page: frame(&visit),
        form: Form::new(visit.language, Fields::default()),
        state,
        action: visit.to(&visit.path),
    })
}

/// Signs in by the link.
///
/// # Errors
/// `NotFound` for what is no link of ours, and those of the database.
pub async fn link_confirm(visit: Arc<Visit>) -> Result<Response> {
    let id: SignInId = visit.id("id")?;
    match confirm(&visit, Proof::Link(id, visit.param("proof").to_owned())).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let form = Form::refused(visit.language, Fields::default(), error)?;
            let (state, action) = (LinkState::Over, visit.to(&visit.path));
            html_as(
                StatusCode::CONFLICT,
                &LinkPage {
                    page: frame(&visit),
                    form,
                    state,
                    action,
                },
            )
        }
    }
}

/// Ends the session of this browser.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(visit: Arc<Visit>) -> Result<Response> {
    if let Some(token) = &visit.session {
        write::sign_out(&visit.cx, token).await?;
    }
    let mut answer = visit.done("", "signed-out");
    set_cookie(&mut answer, &session::forget());
    Ok(answer)
}

/// What a one-click link of a demonstration shows: one button.
///
/// # Errors
/// `NotFound` when this is no demonstration or the link is not ours.
pub async fn demonstration(visit: Arc<Visit>) -> Result<Response> {
    write::check_demonstration(&visit.cx.city, visit.id("member")?, visit.param("proof"))?;
    let action = visit.to(&format!("/demo/{}/{}", visit.param("member"), visit.param("proof")));
    html(&DemonstrationPage {
        page: frame(&visit),
        action,
    })
}

/// Signs in by a one-click link.
///
/// # Errors
/// `NotFound` when this is no demonstration or the link is not ours.
pub async fn demonstration_confirm(visit: Arc<Visit>) -> Result<Response> {
    let member: MemberId = visit.id("member")?;
    let cx: &Cx = &visit.cx;
    let session = write::demonstration_sign_in(cx, member, visit.param("proof")).await?;
    let home = format!("/{}", Language::code(visit.language));
    Ok(enter(&session, &home))
}
