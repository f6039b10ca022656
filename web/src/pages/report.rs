//! A report of what was spent: read by everybody once it is accepted, before that by the promoter, the office and treasurers.
//!
//! Rule: the papers are named to insiders only. Deliberately absent: what of it is eligible, which the office says.

pub mod act;
pub mod edit;

use std::sync::Arc;

use askama::Template;
use civic::campaign;
use civic::campaign::CampaignState;
use civic::campaign::read::CampaignPage;
use civic::error::Result;
use civic::id::CampaignId;
use civic::report::read::{self, ReportPage};
use poem::Response;

use self::act::What;
use super::campaign::path as campaign_path;
use crate::amount::money;
use crate::format::date;
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// The link from a campaign to its report, where there may be one: reading it, or beginning it.
#[must_use]
pub fn link(visit: &Visit, about: &CampaignPage) -> Option<(String, String)> {
    let id = about.card.id;
    match about.card.state {
        CampaignState::Settled if about.can.tell => {
            let begin = visit.to(&format!("/campaigns/{id}/report/act/begin"));
            Some((words(visit.language, "report-begin"), begin))
        }
        CampaignState::Closed => Some((
            words(visit.language, "report"),
            visit.to(&format!("/campaigns/{id}/report")),
        )),
        CampaignState::Reporting if about.can.see_payouts => Some((
            words(visit.language, "report"),
            visit.to(&format!("/campaigns/{id}/report")),
        )),
        _ => None,
    }
}

/// Something that was spent, in words.
struct Line {
    line: String,
    what: String,
    document: String,
    day: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "report/show.html")]
struct ShowPage {
    page: Page,
    campaign: (String, String),
    lang: String,
    status: String,
    notes: Vec<String>,
    text: String,
    papers: bool,
    lines: Vec<Line>,
    total: String,
    sums: Vec<(&'static str, String)>,
    acts: Vec<(String, String)>,
}

/// The report of a campaign.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: CampaignId = visit.id("id")?;
    let found = read::page(&visit.cx, id).await?;
    let about = campaign::read::page(&visit.cx, id).await?;
    let language = visit.language;
    let own = campaign_path(id, &about.card.slug);
    let lines: Vec<Line> = found.spendings.iter().map(|one| line(&visit, &found, one)).collect();
    html(&ShowPage {
        page: Page::new(&visit, words(language, "report"))
            .via(words(language, "home"), "")
            .via(words(language, "campaigns"), "/campaigns")
            .via(found.title.clone(), &own)
            .twin(format!("/api/v1/campaigns/{id}/report")),
        campaign: (visit.to(&own), found.title.clone()),
        lang: found.lang.code().to_owned(),
        status: status(&visit, &found),
        notes: found
            .sent_back_reason
            .iter()
            .map(|reason| words_with(language, "report-sent-back", &[("text", Value::Text(reason))]))
            .collect(),
        text: found.text.to_html().to_string(),
        papers: lines.iter().any(|line| !line.document.is_empty()),
        lines,
        total: money(language, found.spent),
        sums: sums(&visit, &found),
        acts: acts(&visit, &found),
    })
}

fn status(visit: &Visit, found: &ReportPage) -> String {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let (key, at) = match (found.closed_at, found.submitted_at) {
        (Some(at), _) => ("report-closed-at", at),
        (None, Some(at)) => ("report-submitted-at", at),
        (None, None) => return words(language, "report-being-written"),
    };
    words_with(language, key, &[("text", Value::Text(&date(language, zone, at)))])
}

fn line(visit: &Visit, found: &ReportPage, one: &civic::report::Spending) -> Line {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let of = usize::try_from(one.cost_line)
        .ok()
        .and_then(|place| found.cost_lines.get(place));
    let at = zone.parse_local(&format!("{}T12:00", one.day));
    Line {
        line: of.map(|line| line.label.clone()).unwrap_or_default(),
        what: one.what.clone(),
        document: one.document.clone(),
        day: at.map_or_else(|| one.day.clone(), |at| date(language, zone, at)),
        amount: money(language, one.amount),
    }
}

fn sums(visit: &Visit, found: &ReportPage) -> Vec<(&'static str, String)> {
    let shown = |amount| money(visit.language, amount);
    let mut sums = vec![("report-spent", shown(found.spent))];
    sums.extend(found.eligible.map(|amount| ("report-eligible", shown(amount))));
    if found.granted.minor() > 0 {
        sums.push(("report-granted", shown(found.granted)));
        sums.extend(found.final_grant.map(|amount| ("report-final", shown(amount))));
    }
    if found.owed_back.minor() > 0 {
        sums.push(("report-owed-back", shown(found.owed_back)));
    }
    sums
}

fn acts(visit: &Visit, found: &ReportPage) -> Vec<(String, String)> {
    let base = format!("/campaigns/{}/report", found.campaign);
    let edit = found
        .can
        .edit
        .then(|| (words(visit.language, "report-edit"), visit.to(&format!("{base}/edit"))));
    let others = What::ALL.into_iter().filter(|what| what.is_offered(found)).map(|what| {
        let name = what.as_str();
        let address = visit.to(&format!("{base}/act/{name}"));
        (words(visit.language, &format!("report-{name}")), address)
    });
    edit.into_iter().chain(others).collect()
}
