//! Writing a report: what was done, and each spending with its line of the costs, its day and its paper.
//!
//! Rule: what was typed is given back as it is; a row with nothing in it is none.

use std::sync::Arc;

use askama::Template;
use civic::error::{Code, Error, Result};
use civic::id::CampaignId;
use civic::limits::STORY_MAX_CHARS;
use civic::report::read::{self, ReportPage};
use civic::report::{ReportInput, Spending, write};
use poem::Response;
use poem::http::StatusCode;

use super::super::campaign::edit::{Row, rows};
use crate::amount::{read as read_amount, typed};
use crate::error::signed_in;
use crate::form::{Choice, Fields, Form};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as};

/// Empty rows that the form offers.
const MORE: usize = 3;
/// The names of the fields of a row.
const SPENDING: [&str; 5] = ["cost_line", "what", "document", "day", "amount"];

#[derive(Template)]
#[template(path = "report/edit.html")]
struct EditPage {
    page: Page,
    form: Form,
    lines: Vec<Choice>,
    rows: Vec<Row>,
    action: String,
    back: String,
    title: String,
}

impl EditPage {
    fn text(&self) -> String {
        self.form.area("text", 10, STORY_MAX_CHARS)
    }
}

fn kept(visit: &Visit, page: &ReportPage) -> Fields {
    let fields = Fields::default()
        .and("text", page.text.as_str())
        .and("version", page.version.to_string());
    page.spendings.iter().fold(fields, |fields, one| {
        let texts = [
            one.cost_line.to_string(),
            one.what.clone(),
            one.document.clone(),
            one.day.clone(),
            typed(visit.language, one.amount),
        ];
        SPENDING
            .into_iter()
            .zip(texts)
            .fold(fields, |fields, (name, text)| fields.and(name, text))
    })
}

/// The rows that say something: a line of the costs alone, which a browser always sends, is nothing.
fn filled(fields: &Fields) -> Vec<Row> {
    let said = |row: &Row| row.iter().skip(1).any(|text| !text.is_empty());
    rows(fields, &SPENDING).into_iter().filter(said).collect()
}

fn page_of(visit: &Visit, about: &ReportPage, form: Form, code: StatusCode) -> Result<Response> {
    let back = format!("/campaigns/{}/report", about.campaign);
    let mut all = filled(&form.fields);
    all.extend(std::iter::repeat_n(vec![String::new(); SPENDING.len()], MORE));
    let lines = about.cost_lines.iter().enumerate().map(|(at, line)| Choice {
        value: at.to_string(),
        label: line.label.clone(),
    });
    let page = EditPage {
        page: Page::new(visit, words(visit.language, "report-edit"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "campaigns"), "/campaigns")
            .via(words(visit.language, "report"), &back),
        lines: lines.collect(),
        rows: all,
        action: visit.to(&format!("{back}/edit")),
        back: visit.to(&back),
        title: about.title.clone(),
        form,
    };
    html_as(code, &page)
}

/// The form.
///
/// # Errors
/// `NotFound` for others than its promoter, and once it is handed in.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let about = read::page(&visit.cx, visit.id("id")?).await?;
    if !about.can.edit {
        return Err(Error::NotFound);
    }
    let form = Form::new(visit.language, kept(&visit, &about));
    page_of(&visit, &about, form, StatusCode::OK)
}

/// Keeps what was typed.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn keep(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let version = visit.form.some("version").and_then(|text| text.parse().ok());
    let kept = match input(&visit.form) {
        Ok(input) => write::edit(&visit.cx, id, version, input).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(_) => Ok(visit.done(&format!("/campaigns/{id}/report"), "report-kept")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let about = read::page(&visit.cx, id).await?;
            let form = Form::refused(visit.language, visit.form.clone(), gathered(error))?;
            page_of(&visit, &about, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}

/// Faults of rows are told at their group.
fn gathered(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|fault| fault.field.starts_with("spendings.")) {
                fault.field = "spendings".into();
            }
            faults.dedup();
            Error::Invalid(faults)
        }
        other => other,
    }
}

fn input(form: &Fields) -> Result<ReportInput> {
    let malformed = || Error::field("spendings", Code::Malformed);
    let mut spendings = Vec::new();
    for row in filled(form) {
        let [line, what, document, day, amount] = <[String; 5]>::try_from(row).map_err(|_| malformed())?;
        spendings.push(Spending {
            cost_line: line.parse().map_err(|_| malformed())?,
            what,
            document,
            day,
            amount: read_amount(&amount).ok_or_else(malformed)?,
        });
    }
    Ok(ReportInput {
        text: Some(form.text("text").to_owned()),
        lang: None,
        spendings: Some(spendings),
    })
}
