//! Applications for a call: one as its reader may see it, and one's own.
//!
//! Rule: what waits for the reader comes first: to go on writing, to complete, to judge. Whoever is behind an application
//! is shown to its author and the office alone. Deliberately absent: deciding any of that, which is `civic`'s.

pub mod act;
pub mod check;
pub mod fields;
pub mod files;
pub mod step;

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use civic::application::ranking::Score;
use civic::application::read::{self, ApplicationCard, ApplicationPage, Assessment};
use civic::application::{ApplicationState, Promoter};
use civic::call::read as calls;
use civic::call::{CallStanding, LegalForm};
use civic::error::Result;
use civic::id::{ApplicationId, CallId};
use civic::page::Paging;
use poem::Response;

use super::call::ranking::average;
use super::call::{Card as CallCard, path as call_path};
use crate::amount::money;
use crate::error::signed_in;
use crate::form::Fields;
use crate::format::{moment, number, until};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, redirect};

/// The path of an application's page.
#[must_use]
pub fn path(id: ApplicationId, slug: &str) -> String {
    if slug.is_empty() {
        format!("/applications/{id}")
    } else {
        format!("/applications/{id}-{slug}")
    }
}

/// A criterion with what an application got.
struct Judged {
    name: String,
    lang: &'static str,
    points: String,
}

/// What a commissioner said, in words.
struct SaidBy {
    who: String,
    what: String,
}

/// What the office asked to be completed, as its page shows it.
struct Asked {
    html: String,
    due: String,
    left: String,
    done: Option<String>,
    open: bool,
}

#[derive(Template)]
#[template(path = "application/show.html")]
struct ShowPage {
    page: Page,
    application: ApplicationPage,
    call: CallCard,
    own: bool,
    /// A draft whose call takes no more applications.
    too_late: bool,
    facts: Vec<(&'static str, String)>,
    costs: Vec<(String, String)>,
    total: String,
    partners: Vec<String>,
    private: Vec<(&'static str, String)>,
    private_partners: Vec<String>,
    completion: Option<Asked>,
    withdrawn: Option<(String, String)>,
    score: Option<String>,
    criteria: Vec<Judged>,
    mine: Option<SaidBy>,
    assessments: Vec<SaidBy>,
    progress: Option<String>,
    base: String,
}

impl ShowPage {
    fn plan(&self) -> String {
        self.application.plan.to_html().to_string()
    }
}

/// One application.
///
/// # Errors
/// `NotFound` when there is none that the reader may know of.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: ApplicationId = visit.id("id")?;
    let found = read::page(&visit.cx, id).await?;
    let real = path(id, &found.card.slug);
    if visit.path != real {
        return Ok(redirect(&visit.to(&format!("{real}{}", visit.query.query()))));
    }
    html(&show_page(&visit, found))
}

fn show_page(visit: &Visit, found: ApplicationPage) -> ShowPage {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let card = &found.card;
    let title = if card.title.is_empty() {
        words(language, "writing-untitled")
    } else {
        card.title.clone()
    };
    let own = found.private.as_ref().map(|private| private.author.id) == visit.cx.actor.member()
        && visit.cx.actor.member().is_some();
    let mut facts = vec![(
        "application-promoter",
        party(visit, card.promoter.as_deref(), card.legal_form),
    )];
    let place = [
        card.district.as_ref().map(|one| one.name.clone()),
        Some(found.place.clone()).filter(|place| !place.is_empty()),
    ];
    let place: Vec<String> = place.into_iter().flatten().collect();
    facts.extend((!place.is_empty()).then(|| ("application-where", place.join(", "))));
    facts.push(("application-cost", money(language, card.cost)));
    facts.extend(
        card.submitted_at
            .map(|at| ("application-handed-in", moment(language, zone, at))),
    );
    facts.extend(card.place.map(|place| ("application-place", number(language, place))));
    let own_promoter = found.private.as_ref().map(|private| &private.promoter);
    let asked = found.completion.as_ref().map(|asked| Asked {
        html: asked.text.to_html().to_string(),
        due: moment(language, zone, asked.due_at),
        left: until(language, visit.cx.now, asked.due_at),
        done: asked.done_at.map(|at| moment(language, zone, at)),
        open: asked.open,
    });
    let said = |one: &Assessment| said_by(visit, &found, one);
    ShowPage {
        page: Page::new(visit, title)
            .via(words(language, "home"), "")
            .via(words(language, "calls"), "/calls")
            .via(found.call.title.1.clone(), &call_path(&found.call.slug))
            .twin(format!("/api/v1/applications/{}", card.id)),
        call: CallCard::of(visit, &found.call),
        too_late: card.state == ApplicationState::Draft && found.call.standing != CallStanding::Open,
        own,
        facts,
        costs: found
            .cost_lines
            .iter()
            .map(|line| (line.label.clone(), money(language, line.amount)))
            .collect(),
        total: money(language, card.cost),
        partners: found
            .partners
            .iter()
            .map(|one| party(visit, one.name.as_deref(), one.legal_form))
            .collect(),
        private: own_promoter.map_or_else(Vec::new, |promoter| promoter_facts(visit, promoter)),
        private_partners: found.private.as_ref().map_or_else(Vec::new, |private| {
            let partners = private.partners.iter();
            partners
                .map(|one| {
                    let who = party(visit, Some(&one.name), one.legal_form);
                    format!("{who} – {}", one.tax_code)
                })
                .collect()
        }),
        completion: asked,
        withdrawn: found
            .withdrawn
            .as_ref()
            .map(|(at, reason)| (moment(language, zone, *at), reason.clone())),
        score: card.score.map(|score| average(language, score)),
        criteria: judged(visit, &found),
        mine: found.mine.as_ref().map(said),
        assessments: found.assessments.iter().map(said).collect(),
        progress: found.progress.map(|progress| {
            let of = |n: u64| number(language, i64::try_from(n).unwrap_or(i64::MAX));
            let (scored, expected) = (of(progress.scored), of(progress.expected));
            let values = [("scored", Value::Text(&scored)), ("expected", Value::Text(&expected))];
            words_with(language, "application-progress", &values)
        }),
        base: visit.to(&format!("/applications/{}", card.id)),
        application: found,
    }
}

/// Who it is, and what they are by law; a person without a name here.
fn party(visit: &Visit, name: Option<&str>, form: Option<LegalForm>) -> String {
    let what = form.map(|form| named(visit.language, "legal-form-", form.as_str()));
    match (name.filter(|name| !name.is_empty()), what) {
        (Some(name), Some(what)) => format!("{name} ({what})"),
        (Some(name), None) => name.to_owned(),
        (None, Some(what)) => what,
        (None, None) => words(visit.language, "application-nobody-yet"),
    }
}

fn promoter_facts(visit: &Visit, promoter: &Promoter) -> Vec<(&'static str, String)> {
    let section = promoter.third_sector_section;
    let section = section.map_or_else(String::new, |one| {
        named(visit.language, "register-section-", one.as_str())
    });
    let all = [
        ("field-promoter-name", promoter.name.clone()),
        ("field-promoter-tax-code", promoter.tax_code.clone()),
        ("field-promoter-representative", promoter.representative.clone()),
        (
            "field-promoter-representative-tax-code",
            promoter.representative_tax_code.clone(),
        ),
        (
            "field-promoter-third-sector-number",
            promoter.third_sector_number.clone(),
        ),
        ("field-promoter-third-sector-section", section),
        ("field-promoter-register-number", promoter.register_number.clone()),
        ("field-promoter-seat", promoter.seat.clone()),
        ("field-promoter-email", promoter.email.clone()),
        ("field-promoter-phone", promoter.phone.clone()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn judged(visit: &Visit, found: &ApplicationPage) -> Vec<Judged> {
    let voters = found.card.score.map_or(0, |score| score.voters);
    let judged = found.criteria.iter().filter_map(|one| {
        let (lang, name) = one.criterion.name.with_language(visit.language);
        let score = Score {
            points: one.points?,
            voters,
        };
        Some(Judged {
            name: name.to_owned(),
            lang: lang.code(),
            points: average(visit.language, score),
        })
    });
    if voters == 0 { Vec::new() } else { judged.collect() }
}

fn said_by(visit: &Visit, found: &ApplicationPage, one: &Assessment) -> SaidBy {
    let language = visit.language;
    let what = match (&one.points, &one.conflict) {
        (Some(points), _) => {
            let each = found.criteria.iter().zip(points).map(|(criterion, points)| {
                let name = criterion.criterion.name.get(language);
                format!("{name}: {}", number(language, i64::from(*points)))
            });
            each.collect::<Vec<_>>().join("; ")
        }
        (None, Some(reason)) if !reason.is_empty() => words_with(
            language,
            "application-conflict-because",
            &[("text", Value::Text(reason))],
        ),
        (None, _) => words(language, "application-conflict"),
    };
    SaidBy {
        who: one.commissioner.name.clone(),
        what,
    }
}

/// One of my applications, with its call.
pub struct Mine {
    pub(super) title: String,
    pub(super) lang: String,
    pub(super) state: &'static str,
    pub(super) href: String,
    pub(super) call: (String, &'static str),
    pub(super) cost: String,
    /// It can be written on; until when.
    pub(super) write: Option<(String, String)>,
    /// It is to be completed; until when.
    pub(super) complete: Option<(String, String)>,
}

/// My applications with the titles of their calls, in one statement for all.
pub(super) async fn mine(visit: &Visit, cards: Vec<ApplicationCard>) -> Result<Vec<Mine>> {
    let ids: Vec<CallId> = cards.iter().map(|card| card.call).collect();
    let calls: HashMap<CallId, calls::CallCard> = calls::by_ids(&visit.cx, &ids)
        .await?
        .into_iter()
        .map(|card| (card.id, card))
        .collect();
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let of = |card: ApplicationCard| {
        let call = calls.get(&card.call);
        let open = call.filter(|call| call.standing == CallStanding::Open);
        let writes = open.filter(|_| card.state == ApplicationState::Draft);
        Mine {
            title: card.title.clone(),
            lang: card.lang.code().to_owned(),
            state: card.state.as_str(),
            href: visit.to(&path(card.id, &card.slug)),
            call: call.map_or_else(Default::default, |call| (call.title.1.clone(), call.title.0.code())),
            cost: money(language, card.cost),
            write: writes.map(|call| {
                let href = visit.to(&format!("/applications/{}/edit/project", card.id));
                (href, moment(language, zone, call.closes_at))
            }),
            complete: card.completion_due_at.map(|due| {
                let href = visit.to(&format!("/applications/{}/act/complete", card.id));
                (href, moment(language, zone, due))
            }),
        }
    };
    Ok(cards.into_iter().map(of).collect())
}

#[derive(Template)]
#[template(path = "application/own.html")]
struct OwnPage {
    page: Page,
    rows: Vec<Mine>,
    next: Option<String>,
    first: Option<String>,
}

/// All my applications.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let found = read::own(&visit.cx, visit.paging()).await?;
    let here = visit.to("/me/applications");
    html(&OwnPage {
        page: Page::new(&visit, words(visit.language, "my-applications"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "my-folder"), "/me"),
        next: found
            .next
            .as_ref()
            .map(|next| format!("{here}{}", Fields::default().and("after", next.text()).query())),
        first: visit.query.some("after").map(|_| here.clone()),
        rows: mine(&visit, found.items).await?,
    })
}

/// My applications for one call that I have not handed in.
pub(super) async fn drafts_for(visit: &Visit, call: CallId) -> Result<Vec<Mine>> {
    let found = read::own(&visit.cx, Paging::default()).await?.items;
    let drafts = found
        .into_iter()
        .filter(|card| card.call == call && card.state == ApplicationState::Draft);
    mine(visit, drafts.collect()).await
}
