//! The commission's list of a call: places, scores by criterion, and what became of each, in words.
//!
//! Rule: what is not public yet says so on top; who sees it is `civic`'s to say.

use std::sync::Arc;

use askama::Template;
use civic::application::ApplicationState;
use civic::application::ranking::Score;
use civic::application::read::{self as applications, RankedEntry};
use civic::call::{Criterion, read};
use civic::error::Result;
use civic::language::Language;
use poem::Response;

use crate::amount::money;
use crate::form::Fields;
use crate::format::{comma, number};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::pages::application::path as application_path;
use crate::visit::{Visit, html};

/// A place on the list.
struct Row {
    place: i64,
    title: String,
    lang: String,
    href: String,
    promoter: Option<String>,
    state: &'static str,
    score: String,
    /// Each criterion with its language and average.
    points: Vec<(String, &'static str, String)>,
    passes: bool,
    cost: String,
    /// What is set aside for it; none where each gift takes its own part.
    reservation: Option<String>,
}

#[derive(Template)]
#[template(path = "call/ranking.html")]
struct RankingPage {
    page: Page,
    call: (String, String, &'static str),
    public: bool,
    criteria: Vec<(String, &'static str, String)>,
    rows: Vec<Row>,
    /// What the score is measured by.
    measure: String,
    reserved: Option<String>,
    next: Option<String>,
    first: Option<String>,
}

/// Thousandths of a point that are shown.
const HUNDREDTH: i64 = 10;

/// An average with two decimals, rounded down.
#[must_use]
pub fn average(language: Language, score: Score) -> String {
    let hundredths = score.milli() / HUNDREDTH;
    let whole = number(language, hundredths / 100);
    format!("{whole}{}{:02}", comma(language), hundredths % 100)
}

/// The list.
///
/// # Errors
/// `NotFound` when there is no such call, or no list that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let language = visit.language;
    let call = read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let found = applications::ranking(&visit.cx, call.card.id, visit.paging()).await?;
    let here = format!("/calls/{}/ranking", call.card.slug);
    let least = number(language, found.min_score);
    let most = number(language, found.most_points);
    let values = [("least", Value::Text(&least)), ("most", Value::Text(&most))];
    let measure = if found.min_score > 0 {
        words_with(language, "call-min-score", &values)
    } else {
        words_with(language, "ranking-most", &values)
    };
    let criteria = found.criteria.iter().map(|one| {
        let (lang, name) = one.name.with_language(language);
        let most = number(language, i64::from(one.max_points));
        let weight = number(language, i64::from(one.weight));
        let values = [("most", Value::Text(&most)), ("weight", Value::Text(&weight))];
        let measure = words_with(language, "ranking-criterion", &values);
        (name.to_owned(), lang.code(), measure)
    });
    let title = words_with(language, "ranking-title", &[("text", Value::Text(&call.card.title.1))]);
    html(&RankingPage {
        page: Page::new(&visit, title)
            .via(words(language, "home"), "")
            .via(words(language, "calls"), "/calls")
            .via(call.card.title.1.clone(), &super::path(&call.card.slug))
            .twin(format!("/api/v1/calls/{}/ranking", call.card.id)),
        public: found.public,
        criteria: criteria.collect(),
        measure,
        reserved: (found.reserved.minor() > 0 && found.public).then(|| money(language, found.reserved)),
        next: found.entries.next.as_ref().map(|next| {
            let query = Fields::default().and("after", next.text()).query();
            visit.to(&format!("{here}{query}"))
        }),
        first: visit.query.some("after").map(|_| visit.to(&here)),
        rows: found
            .entries
            .items
            .iter()
            .map(|entry| row(&visit, &found.criteria, entry))
            .collect(),
        call: (
            call.card.title.1.clone(),
            visit.to(&super::path(&call.card.slug)),
            call.card.title.0.code(),
        ),
    })
}

fn row(visit: &Visit, criteria: &[Criterion], entry: &RankedEntry) -> Row {
    let (language, card) = (visit.language, &entry.card);
    // Nothing is set aside for whoever is out, or only waits.
    let gets = matches!(card.state, ApplicationState::Admitted | ApplicationState::Ranked);
    let score = card.score.unwrap_or(Score { points: 0, voters: 0 });
    let points = criteria.iter().zip(&entry.criterion_points).map(|(criterion, points)| {
        let (lang, name) = criterion.name.with_language(language);
        let one = Score {
            points: *points,
            voters: score.voters,
        };
        (name.to_owned(), lang.code(), average(language, one))
    });
    Row {
        place: card.place.unwrap_or(0),
        title: card.title.clone(),
        lang: card.lang.code().to_owned(),
        href: visit.to(&application_path(card.id, &card.slug)),
        promoter: card.promoter.clone(),
        state: card.state.as_str(),
        score: average(language, score),
        points: points.collect(),
        passes: entry.passes,
        cost: money(language, card.cost),
        reservation: (gets && entry.reservation.minor() > 0).then(|| money(language, entry.reservation)),
    }
}
