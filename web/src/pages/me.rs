//! My folder: what waits for me, what I wrote and support, my settings and my tokens.
//!
//! Rule: what is hidden is here too, with the reason, because its author is told. A token's text is shown in the answer
//! that made it and never again.

mod list;
mod token;

use std::sync::Arc;

use askama::Template;
use civic::error::Result;
use civic::language::Language;
use civic::limits::NICKNAME_MAX_CHARS;
use civic::member::read::Profile;
use civic::member::{self, sign_in, write};
use civic::page::Paging;
use civic::proposal::read::ProposalCard;
use civic::{application, campaign, comment, proposal, support};
use poem::Response;
use poem::http::StatusCode;

use self::list::Mine;
use super::application::Mine as Application;
use super::campaign::Card as CampaignCard;
use super::sign_in::set_cookie;
use crate::error::signed_in;
use crate::form::{Choice, Fields, Form};
use crate::format::date;
use crate::language::words;
use crate::page::Page;
use crate::session;
use crate::visit::{Visit, html, html_as, redirect};

pub use list::list;
pub use token::{make_token, revoke_token, tokens};

/// Things of each kind that the folder itself shows.
const SHOWN: u64 = 3;
/// Applications that it shows beside those that wait.
const ROWS: usize = 3;

#[derive(Template)]
#[template(path = "me/folder.html")]
struct FolderPage {
    page: Page,
    profile: Profile,
    since: String,
    made_up: bool,
    drafts: Vec<ProposalCard>,
    has_more_drafts: bool,
    proposals: Vec<ProposalCard>,
    supports: Vec<ProposalCard>,
    comments: Vec<Mine>,
    /// Applications that wait for something.
    waiting: Vec<Application>,
    rows: Vec<Application>,
    campaigns: Vec<CampaignCard>,
}

#[derive(Template)]
#[template(path = "me/settings.html")]
struct SettingsPage {
    page: Page,
    form: Form,
    profile: Profile,
    sessions: i64,
    languages: Vec<Choice>,
}

impl SettingsPage {
    fn nickname(&self) -> String {
        let extra = " autocomplete=\"nickname\" required";
        self.form.line("nickname", "text", NICKNAME_MAX_CHARS, extra)
    }
}

impl FolderPage {
    /// Whether a staff role waits for a second factor that was never set up.
    fn wants_factor(&self) -> bool {
        !self.profile.roles.is_empty() && !self.profile.has_second_factor
    }

    fn nothing_waits(&self) -> bool {
        self.drafts.is_empty()
            && self.waiting.is_empty()
            && !self.made_up
            && !self.wants_factor()
            && !self.page.factor_missing
    }
}

/// The folder.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn folder(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let cx = &visit.cx;
    let few = || Paging {
        limit: SHOWN,
        after: None,
    };
    let profile = member::read::profile(cx).await?;
    let drafts = proposal::read::own(cx, true, few()).await?;
    let proposals = proposal::read::own(cx, false, few()).await?.items;
    let comments = list::mine(&visit, comment::read::own(cx, few()).await?.items).await?;
    let applications = application::read::own(cx, Paging::default()).await?.items;
    let applications = super::application::mine(&visit, applications).await?;
    let campaigns = campaign::read::own(cx, few()).await?.items;
    let waits = |one: &Application| one.write.is_some() || one.complete.is_some();
    let (waiting, others): (Vec<_>, Vec<_>) = applications.into_iter().partition(waits);
    html(&FolderPage {
        waiting,
        rows: others.into_iter().take(ROWS).collect(),
        campaigns: campaigns.iter().map(|card| CampaignCard::of(&visit, card)).collect(),
        page: frame(&visit, "my-folder"),
        since: date(visit.language, &cx.city.settings.zone, profile.created_at),
        made_up: member::is_made_up(&profile.nickname),
        has_more_drafts: drafts.next.is_some(),
        drafts: drafts.items,
        supports: support::read::own(cx, few()).await?.items,
        proposals,
        comments,
        profile,
    })
}

/// The frame of a page of mine: home, and the folder where it is below that.
fn frame(visit: &Visit, title: &str) -> Page {
    let page = Page::new(visit, words(visit.language, title)).via(words(visit.language, "home"), "");
    if visit.path == "/me" {
        page
    } else {
        page.via(words(visit.language, "my-folder"), "/me")
    }
}

async fn settings_page(visit: &Visit, form: Form) -> Result<SettingsPage> {
    let languages = Language::ALL.into_iter().map(|language| Choice {
        value: language.code().to_owned(),
        label: words(visit.language, &format!("language-{}", language.code())),
    });
    let profile = member::read::profile(&visit.cx).await?;
    Ok(SettingsPage {
        page: frame(visit, "settings"),
        sessions: i64::try_from(profile.sessions).unwrap_or(i64::MAX),
        profile,
        languages: languages.collect(),
        form,
    })
}

/// One's settings, as they are.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn settings(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let profile = member::read::profile(&visit.cx).await?;
    let fields = Fields::default()
        .and("nickname", profile.nickname)
        .and("language", profile.language.code())
        .and("return", visit.query.text("return"));
    html(&settings_page(&visit, Form::new(visit.language, fields)).await?)
}

/// Changes one's settings; whoever was on the way somewhere goes on from here.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn change(visit: Arc<Visit>) -> Result<Response> {
    let changed = match visit.form.choice("language", Language::parse) {
        Ok(language) => write::change_profile(&visit.cx, Some(visit.form.text("nickname")), language).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Ok(match visit.form.some("return") {
            Some(return_to) => redirect(sign_in::local_path(return_to)),
            None => visit.done("/me/settings", "settings"),
        }),
        Err(error) => {
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &settings_page(&visit, form).await?)
        }
    }
}

/// Ends all one's sessions, this one too.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn sign_out_everywhere(visit: Arc<Visit>) -> Result<Response> {
    write::sign_out_everywhere(&visit.cx).await?;
    let mut answer = visit.done("", "signed-out-everywhere");
    set_cookie(&mut answer, &session::forget());
    Ok(answer)
}
