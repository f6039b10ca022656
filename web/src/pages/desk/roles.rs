//! Roles: who holds which, giving one to an address, taking one away.
//!
//! Rule: changing roles asks for a second factor of the last minutes, and leads back here; the address typed never stands in
//! a link.

use std::sync::Arc;

use askama::Template;
use civic::actor::{Role, Within};
use civic::call::read as calls;
use civic::consultation::read as consultations;
use civic::error::{Code, Error, Result};
use civic::id::{CallId, ConsultationId, RoleGrantId, TypedId};
use civic::limits::{EMAIL_MAX_CHARS, PAGE_MAX};
use civic::member::read::{GrantCard, grants};
use civic::member::write;
use civic::page::Paging;
use civic::policy::{Act, On};
use civic::time::{Timestamp, Zone};
use poem::Response;
use poem::http::StatusCode;

use super::super::comment::renamed;
use super::frame;
use crate::form::{Choice, Fields, Form};
use crate::format::date;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// A role as its row shows it.
struct Row {
    card: GrantCard,
    until: Option<String>,
    since: String,
}

#[derive(Template)]
#[template(path = "desk/roles.html")]
struct RolesPage {
    page: Page,
    form: Form,
    /// Whether the second factor is fresh enough to change anything.
    fresh: bool,
    roles: Vec<Choice>,
    scopes: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
}

impl RolesPage {
    fn email(&self) -> String {
        let extra = " autocomplete=\"off\" required";
        self.form.line("holder_email", "email", EMAIL_MAX_CHARS, extra)
    }
}

async fn roles_page(visit: &Visit, form: Form) -> Result<RolesPage> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let found = grants(&visit.cx, visit.paging()).await?;
    let last = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let scopes = consultations::list(&visit.cx, last).await?.items.into_iter();
    let everywhere = Choice {
        value: String::new(),
        label: words(language, "role-everywhere"),
    };
    let scopes = scopes.map(|card| Choice {
        value: card.id.to_string(),
        label: card.title.1,
    });
    let calls = calls::list(&visit.cx, last).await?.items.into_iter();
    let calls = calls.map(|card| Choice {
        value: card.id.to_string(),
        label: card.title.1,
    });
    let roles = Role::ALL.map(|role| Choice {
        value: role.as_str().to_owned(),
        label: words(language, &format!("role-{}", role.as_str())),
    });
    let row = |card: GrantCard| Row {
        // An end is the first instant after it; people are told the last day.
        until: card.until.map(|until| date(language, zone, until.plus_ms(-1))),
        since: date(language, zone, card.granted_at),
        card,
    };
    Ok(RolesPage {
        page: frame(visit, words(language, "desk-roles")),
        fresh: visit.cx.can(Act::GrantRoles, On::City),
        roles: roles.to_vec(),
        scopes: std::iter::once(everywhere).chain(scopes).chain(calls).collect(),
        next: found.next.as_ref().map(|next| {
            let query = Fields::default().and("after", next.text()).query();
            visit.to(&format!("/desk/roles{query}"))
        }),
        rows: found.items.into_iter().map(row).collect(),
        form,
    })
}

/// Who holds which role; the address may bring what the form begins with.
///
/// # Errors
/// `Unauthenticated`, and `Denied` for others than administrators.
pub async fn roles(visit: Arc<Visit>) -> Result<Response> {
    let form = Form::new(visit.language, visit.query.clone());
    html(&roles_page(&visit, form).await?)
}

/// Gives a role.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn give(visit: Arc<Visit>) -> Result<Response> {
    // Who may not is answered so whatever is typed.
    let given = match visit.cx.check(Act::GrantRoles, On::City).and_then(|()| read(&visit)) {
        Ok((role, within, until)) => {
            let email = visit.form.text("holder_email");
            write::grant_role_to(&visit.cx, email, role, within, until).await
        }
        Err(error) => Err(error),
    };
    match given {
        Ok(_) => Ok(visit.done("/desk/roles", "role-given")),
        // The second factor is asked on a page of its own: all but the address waits in the link back.
        Err(Error::Denied(Code::SecondFactorNeeded)) => {
            let mut typed = Fields::default();
            for name in ["role", "consultation", "until"] {
                if let Some(text) = visit.form.some(name) {
                    typed = typed.and(name, text);
                }
            }
            let back = visit.to(&format!("/desk/roles{}", typed.query()));
            let query = Fields::default().and("return", back).query();
            Ok(redirect(&visit.to(&format!("/second-factor{query}"))))
        }
        Err(error) => {
            // One list offers what a role may be for.
            let error = renamed(renamed(error, "email", "holder_email"), "call", "consultation");
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &roles_page(&visit, form).await?)
        }
    }
}

fn read(visit: &Visit) -> Result<(Role, Within, Option<Timestamp>)> {
    let form = &visit.form;
    let role = form.choice("role", Role::parse)?;
    let role = role.ok_or_else(|| Error::field("role", Code::Empty))?;
    let within = form.choice("consultation", |text| {
        let consultation = ConsultationId::read(text).map(Within::Consultation);
        consultation.or_else(|| CallId::read(text).map(Within::Call))
    })?;
    let within = within.unwrap_or(Within::City);
    let zone = &visit.cx.city.settings.zone;
    let until = form.some("until").map(|day| end_of(zone, day)).transpose()?;
    Ok((role, within, until))
}

/// The first instant after a day.
fn end_of(zone: &Zone, day: &str) -> Result<Timestamp> {
    zone.day_end(day).ok_or_else(|| Error::field("until", Code::Malformed))
}

/// Takes a role away.
///
/// # Errors
/// `NotFound` when it is not in force, `Denied` for others than administrators with a fresh second factor.
pub async fn take(visit: Arc<Visit>) -> Result<Response> {
    let id: RoleGrantId = visit.id("id")?;
    write::revoke_role(&visit.cx, id).await?;
    Ok(visit.done("/desk/roles", "role-taken"))
}
