//! My tokens: making one for a program, seeing which there are, revoking one.
//!
//! Rule: the text of a token is in the answer to the form that made it, which no browser may keep, and nowhere else.

use std::sync::Arc;

use askama::Template;
use civic::actor::Scope;
use civic::error::{Code, Error, Result};
use civic::id::AccessTokenId;
use civic::limits::{TOKEN_MS, TOKEN_NAME_MAX_CHARS};
use civic::member::token::{self, NewToken, TokenCard};
use civic::time::DAY_MS;
use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};

use super::super::comment::renamed;
use super::frame;
use crate::error::signed_in;
use crate::form::{Choice, Fields, Form};
use crate::format::{date, moment};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// A token as its row shows it.
struct Row {
    card: TokenCard,
    scopes: String,
    until: String,
    used: String,
}

/// A scope that can be chosen.
struct Scoped {
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "me/tokens.html")]
struct TokensPage {
    page: Page,
    form: Form,
    scopes: Vec<Scoped>,
    days: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "me/token_made.html")]
struct MadePage {
    page: Page,
    text: String,
    until: String,
    base_url: String,
}

impl TokensPage {
    fn name(&self) -> String {
        self.form.line("token_name", "text", TOKEN_NAME_MAX_CHARS, " required")
    }
}

/// Lives that are offered, in days.
const LIVES: [i64; 4] = [7, 30, 90, TOKEN_MS / DAY_MS];

async fn tokens_page(visit: &Visit, form: Form) -> Result<TokensPage> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let found = token::list(&visit.cx, visit.paging()).await?;
    let roles = visit.cx.actor.person().is_some_and(|person| !person.grants.is_empty());
    let asked = form.fields.all("scopes");
    let scopes = Scope::ALL.into_iter().filter(|scope| roles || *scope != Scope::Staff);
    let scopes = scopes.map(|scope| Scoped {
        name: scope.as_str(),
        chosen: asked.contains(&scope.as_str()),
    });
    let days = LIVES.into_iter().map(|days| Choice {
        value: days.to_string(),
        label: words_with(language, "n-days", &[("n", Value::Number(days))]),
    });
    let row = |card: TokenCard| Row {
        scopes: card
            .scopes
            .iter()
            .map(|scope| named(language, "scope-", scope.as_str()))
            .collect::<Vec<_>>()
            .join(", "),
        until: date(language, zone, card.expires_at),
        used: card.used_at.map_or_else(String::new, |at| moment(language, zone, at)),
        card,
    };
    Ok(TokensPage {
        page: frame(visit, "tokens"),
        scopes: scopes.collect(),
        days: days.collect(),
        next: found.next.as_ref().map(|next| {
            visit.to(&format!(
                "/me/tokens{}",
                Fields::default().and("after", next.text()).query()
            ))
        }),
        rows: found.items.into_iter().map(row).collect(),
        form,
    })
}

/// One's tokens, and the form to make one; the address may bring what the form begins with.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn tokens(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let fields = if visit.query.has("token_name") {
        visit.query.clone()
    } else {
        Fields::default()
            .and("days", "30")
            .and("scopes", Scope::ReadOwn.as_str())
    };
    html(&tokens_page(&visit, Form::new(visit.language, fields)).await?)
}

/// Makes a token and shows it, this once.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn make_token(visit: Arc<Visit>) -> Result<Response> {
    let made = match read(&visit.form) {
        Ok(new) => token::make(&visit.cx, new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let mut answer = html(&MadePage {
                page: frame(&visit, "token-made").via(words(visit.language, "tokens"), "/me/tokens"),
                until: date(visit.language, &visit.cx.city.settings.zone, made.expires_at),
                base_url: visit.cx.city.settings.base_url.clone(),
                text: made.text,
            })?;
            let headers = answer.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(answer)
        }
        // The second factor is asked on a page of its own: the form waits in the address to come back to.
        Err(Error::Denied(Code::SecondFactorNeeded)) => {
            let typed = visit.form.with("once", "").with("csrf", "");
            let back = visit.to(&format!("/me/tokens{}", typed.query()));
            let query = Fields::default().and("return", back).query();
            Ok(redirect(&visit.to(&format!("/second-factor{query}"))))
        }
        Err(error) => {
            let error = renamed(error, "name", "token_name");
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &tokens_page(&visit, form).await?)
        }
    }
}

fn read(form: &Fields) -> Result<NewToken> {
    let scopes = form.all("scopes").into_iter().map(Scope::parse);
    let scopes: Option<Vec<Scope>> = scopes.collect();
    Ok(NewToken {
        name: form.text("token_name").to_owned(),
        scopes: scopes.ok_or_else(|| Error::field("scopes", Code::UnknownValue))?,
        days: form.text("days").parse().unwrap_or(0),
    })
}

/// Revokes one of one's tokens.
///
/// # Errors
/// `NotFound` when there is none, and those of the database.
pub async fn revoke_token(visit: Arc<Visit>) -> Result<Response> {
    let id: AccessTokenId = visit.id("id")?;
    token::revoke(&visit.cx, id).await?;
    Ok(visit.done("/me/tokens", "token-revoked"))
}
