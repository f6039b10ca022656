//! Writing a campaign: made from an admitted application, and changed until it is handed in.
//!
//! Rule: what was typed is kept as it is, complete or not; a row with nothing in it is none. Deliberately absent: the costs,
//! which are the application's and which the office mends.

use std::sync::Arc;

use askama::Template;
use civic::campaign::read::{self, CampaignPage};
use civic::campaign::{CampaignInput, Need, NewReward, TeamMember, write};
use civic::error::{Code, Error, Result};
use civic::id::{ApplicationId, CampaignId};
use civic::limits::{REASON_MAX_CHARS, STORY_MAX_CHARS, TITLE_MAX_CHARS};
use poem::Response;
use poem::http::StatusCode;

use super::path;
use crate::amount::{read as read_amount, typed};
use crate::error::signed_in;
use crate::form::{Fields, Form};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as, redirect};

/// Empty rows that a form offers.
const MORE: usize = 2;

/// A row of several fields, as they were typed.
pub(crate) type Row = Vec<String>;

#[derive(Template)]
#[template(path = "campaign/edit.html")]
struct EditPage {
    page: Page,
    form: Form,
    rewards: Vec<Row>,
    needs: Vec<Row>,
    team: Vec<Row>,
    action: String,
    back: String,
}

impl EditPage {
    fn title(&self) -> String {
        self.form.line("title", "text", TITLE_MAX_CHARS, "")
    }

    fn summary(&self) -> String {
        self.form.area("summary", 3, REASON_MAX_CHARS)
    }

    fn story(&self) -> String {
        self.form.area("story", 14, STORY_MAX_CHARS)
    }
}

/// The names of the fields of each kind of row.
const REWARD: [&str; 4] = ["reward_title", "reward_description", "reward_amount", "reward_stock"];
const NEED: [&str; 2] = ["need_number", "need_what"];
const TEAM: [&str; 2] = ["team_name", "team_task"];

pub(crate) fn rows(fields: &Fields, names: &[&str]) -> Vec<Row> {
    let columns: Vec<Vec<&str>> = names.iter().map(|name| fields.all(name)).collect();
    let length = columns.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |column: &Vec<&str>, at: usize| column.get(at).copied().unwrap_or_default().trim().to_owned();
    let all = (0..length).map(|at| columns.iter().map(|column| cell(column, at)).collect::<Row>());
    all.filter(|row| row.iter().any(|text| !text.is_empty())).collect()
}

fn kept(visit: &Visit, page: &CampaignPage) -> Fields {
    let mut fields = Fields::default()
        .and("title", page.card.title.clone())
        .and("summary", page.card.summary.clone())
        .and("story", page.story.as_str())
        .and("version", page.card.version.to_string());
    for reward in &page.rewards {
        let stock = reward.stock.map_or_else(String::new, |stock| stock.to_string());
        let amount = typed(visit.language, reward.amount);
        let texts = [reward.title.clone(), reward.description.clone(), amount, stock];
        for (name, text) in REWARD.into_iter().zip(texts) {
            fields = fields.and(name, text);
        }
    }
    for need in &page.needs {
        fields = fields
            .and(NEED[0], need.number.to_string())
            .and(NEED[1], need.what.clone());
    }
    for member in &page.team {
        fields = fields
            .and(TEAM[0], member.name.clone())
            .and(TEAM[1], member.task.clone());
    }
    fields
}

fn page_of(visit: &Visit, about: &CampaignPage, form: Form, code: StatusCode) -> Result<Response> {
    let own = path(about.card.id, &about.card.slug);
    let with_more = |names: &[&str]| {
        let mut all = rows(&form.fields, names);
        all.extend(std::iter::repeat_n(vec![String::new(); names.len()], MORE));
        all
    };
    let page = EditPage {
        page: Page::new(visit, words(visit.language, "campaign-edit"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "campaigns"), "/campaigns")
            .via(about.card.title.clone(), &own),
        rewards: with_more(&REWARD),
        needs: with_more(&NEED),
        team: with_more(&TEAM),
        action: visit.to(&format!("/campaigns/{}/edit", about.card.id)),
        back: visit.to(&own),
        form,
    };
    html_as(code, &page)
}

/// Makes the campaign of an admitted application, and leads to writing it.
///
/// # Errors
/// Those of the use case.
pub async fn begin(visit: Arc<Visit>) -> Result<Response> {
    let application: ApplicationId = visit.id("id")?;
    let id = write::begin(&visit.cx, application).await?;
    Ok(redirect(&visit.to(&format!("/campaigns/{id}/edit"))))
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
    let about = read::page(&visit.cx, id).await?;
    match kept {
        Ok(_) => Ok(visit.done(&path(id, &about.card.slug), "campaign-kept")),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Busy)) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            page_of(&visit, &about, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error),
    }
}

fn input(form: &Fields) -> Result<CampaignInput> {
    let malformed = |field| Error::field(field, Code::Malformed);
    let mut rewards = Vec::new();
    for row in rows(form, &REWARD) {
        let [title, description, amount, stock] = <[String; 4]>::try_from(row).map_err(|_| malformed("rewards"))?;
        rewards.push(NewReward {
            title,
            description,
            amount: read_amount(&amount).ok_or_else(|| malformed("rewards"))?,
            stock: match stock.as_str() {
                "" => None,
                stock => Some(stock.parse().map_err(|_| malformed("rewards"))?),
            },
        });
    }
    let mut needs = Vec::new();
    for row in rows(form, &NEED) {
        let [number, what] = <[String; 2]>::try_from(row).map_err(|_| malformed("needs"))?;
        let number = number.parse().map_err(|_| malformed("needs"))?;
        needs.push(Need { what, number });
    }
    let mut team = Vec::new();
    for row in rows(form, &TEAM) {
        let [name, task] = <[String; 2]>::try_from(row).map_err(|_| malformed("team"))?;
        team.push(TeamMember { name, task });
    }
    Ok(CampaignInput {
        title: Some(form.text("title").to_owned()),
        summary: Some(form.text("summary").to_owned()),
        story: Some(form.text("story").to_owned()),
        needs: Some(needs),
        team: Some(team),
        rewards: Some(rewards),
        ..CampaignInput::default()
    })
}
