//! A form that came too late: after its session had ended, or with the keys of an earlier one.
//!
//! Rule: it is kept by the pages themselves, as a hidden field that goes along through signing in, and at the end it
//! stands there again as it was filled in, with keys of the new session. Nothing happens until the person sends it.
//! Deliberately absent: a store, a cookie, and files, which must be chosen again.

use askama::Template;
use civic::error::{Error, Result};
use civic::language::Language;
use data_encoding::BASE64URL_NOPAD;
use poem::Response;
use poem::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::form::label;
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// The hidden field that carries one.
pub const KEPT: &str = "kept";

/// A filled form that was not received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Where it goes, behind the language.
    action: String,
    /// The page that it was filled in on, behind the language.
    page: String,
    /// Whether a file came with it.
    file: bool,
    fields: Vec<(String, String)>,
}

/// A text that somebody wrote in a form.
pub struct Typed {
    /// The name of its field.
    pub name: String,
    /// The words of its field.
    pub label: String,
    /// The text.
    pub text: String,
}

#[derive(Template)]
#[template(path = "parts/held.html")]
struct HeldPage {
    page: Page,
    action: String,
    file: bool,
    typed: Vec<Typed>,
    hidden: Vec<(String, String)>,
}

/// Fields that people write in even when it is one word.
const WRITTEN: [&str; 25] = [
    "summary",
    "plan",
    "place",
    "promoter_name",
    "promoter_tax_code",
    "promoter_representative",
    "promoter_representative_tax_code",
    "promoter_third_sector_number",
    "promoter_register_number",
    "promoter_seat",
    "promoter_email",
    "promoter_phone",
    "withdraw_reason",
    "exclude_reason",
    "completion_text",
    "conflict_reason",
    "title",
    "body",
    "comment",
    "note",
    "answer",
    "reason",
    "nickname",
    "token_name",
    "description",
];

/// Fields of rows: they go along unseen, so that each stays in its row, and are a reason to go along.
const OF_ROWS: [&str; 5] = ["partner_name", "partner_code", "cost_label", "cost_amount", "points"];

/// Fields that do not belong to what somebody wrote: the keys of a form, a code that is good once, and a form on its way.
const OF_OTHERS: [&str; 4] = ["once", "csrf", "code", KEPT];

impl Held {
    /// The form that a visit sent; `None` when nobody wrote anything in it, as what was chosen is chosen again more
    /// quickly.
    #[must_use]
    pub fn of(visit: &Visit) -> Option<Self> {
        let fields = visit.form.pairs().filter(|(name, _)| !OF_OTHERS.contains(name));
        let held = Self {
            action: format!("{}{}", visit.path, visit.query.query()),
            page: visit.filled_on.clone().unwrap_or_default(),
            file: visit.upload.is_some(),
            fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        };
        let wrote = |(name, text): &(String, String)| OF_ROWS.contains(&&**name) && !text.trim().is_empty();
        (!held.typed(visit.language).is_empty() || held.fields.iter().any(wrote)).then_some(held)
    }

    /// The one that goes along with a form.
    #[must_use]
    pub fn with(visit: &Visit) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(visit.form.text(KEPT).as_bytes()).ok()?;
        let held: Self = serde_json::from_slice(&bytes).ok()?;
        held.action.starts_with('/').then_some(held)
    }

    /// The value of the hidden field.
    #[must_use]
    pub fn packed(&self) -> String {
        BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// What somebody wrote in it.
    #[must_use]
    pub fn typed(&self, language: Language) -> Vec<Typed> {
        let (typed, _) = self.split(language);
        typed
    }

    /// What was written, and all the rest.
    fn split(&self, language: Language) -> (Vec<Typed>, Vec<(String, String)>) {
        let (mut typed, mut rest) = (Vec::new(), Vec::new());
        for (name, text) in self.fields.clone() {
            let label = label(language, &name);
            let wrote = WRITTEN.contains(&&*name) || text.trim().contains(char::is_whitespace);
            if wrote && !OF_ROWS.contains(&&*name) && !label.starts_with("field-") && !text.trim().is_empty() {
                typed.push(Typed { name, label, text });
            } else {
                rest.push((name, text));
            }
        }
        (typed, rest)
    }

    /// The form again, filled in, for who is signed in now.
    ///
    /// # Errors
    /// `Bug` when the template fails.
    pub fn offer(&self, visit: &Visit, status: StatusCode) -> Result<Response> {
        let mut on = visit.clone();
        on.filled_on = Some(self.page.clone());
        let (typed, hidden) = self.split(visit.language);
        let template = HeldPage {
            page: Page::new(&on, words(visit.language, "typed-title")),
            action: visit.to(&self.action),
            file: self.file,
            typed,
            hidden,
        };
        html_as(status, &template)
    }

    /// The form again, filled in, for the session that has just begun.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn offer_in(&self, visit: &Visit, token: &str) -> Result<Response> {
        let found = civic::member::read::by_session(&visit.cx, token).await?;
        let (actor, _) = found.ok_or(Error::Unauthenticated)?;
        let mut signed_in = visit.clone();
        signed_in.cx.actor = actor;
        signed_in.session = Some(token.to_owned());
        self.offer(&signed_in, StatusCode::OK)
    }
}
