//! Looking at applications: one's own, those that the office and the commission have to do with, and the public list.
//!
//! Rule: who is behind an application is for its author and the office; everybody else reads what is public of it, and a
//! person's name is not. Scores of others are there once the list is drawn up. A read model carries `can`.

mod desk;
mod letter;
mod page;

use std::collections::HashMap;

use super::ranking::Score;
use super::store::{self, Listed, row};
use super::{ApplicationFacts, ApplicationState, Promoter, public_name};
use crate::Cx;
use crate::call::{self, Criterion, LegalForm, read::CallCard, store as calls};
use crate::consultation;
use crate::error::{Error, Result};
use crate::id::{ApplicationId, CallId, DistrictId, TypedId};
use crate::language::Lang;
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::proposal::read::Named;
use crate::text::slug;
use crate::time::Timestamp;

pub use super::jury::Progress;
pub use desk::{Standing, judged_by_me, standing};
pub use letter::{ApplicationLetter, letter};
pub use page::{ApplicationPage, ApplicationPermissions, Assessment, Completion, CriterionScore, Party, Private, page};

/// What a list shows of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationCard {
    /// Which one.
    pub id: ApplicationId,
    /// The readable tail of its address.
    pub slug: String,
    /// For which call.
    pub call: CallId,
    /// The project's title.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// The language it is written in.
    pub lang: Lang,
    /// Who applies, where that is no person's name or the reader may know it.
    pub promoter: Option<String>,
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// The district.
    pub district: Option<Named<DistrictId>>,
    /// What the project costs.
    pub cost: Money,
    /// Where it stands.
    pub state: ApplicationState,
    /// Its place on the list, from one.
    pub place: Option<i64>,
    /// Its score on the list.
    pub score: Option<Score>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// Until when it can be completed as the office asked, while it can; for the author and the office.
    pub completion_due_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// The commission's list of a call.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The call.
    pub call: CallCard,
    /// Whether everybody may read it; else only those who see applications.
    pub public: bool,
    /// By what applications were judged.
    pub criteria: Vec<Criterion>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// The most that they can be.
    pub most_points: i64,
    /// What the rule sets aside for all that are admitted.
    pub reserved: Money,
    /// The places, first to last.
    pub entries: Page<RankedEntry>,
}

/// A place on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedEntry {
    /// The application.
    pub card: ApplicationCard,
    /// The points of each criterion, unweighted, all commissioners together.
    pub criterion_points: Vec<i64>,
    /// Whether it reaches every least score.
    pub passes: bool,
    /// What the rule sets aside for it.
    pub reservation: Money,
}

/// The card as this reader may see it; `knows` says whether they may know who is behind it, `ranked` whether the list is
/// public.
fn card(cx: &Cx, row: &row::Model, ranked: bool, names: &HashMap<DistrictId, String>) -> Result<ApplicationCard> {
    let facts = row.facts(ranked)?;
    let promoter: Promoter = calls::json(&row.promoter)?;
    let knows = cx.can(Act::ReadPromoter, On::Application(&facts));
    let sees_list = facts.listed || cx.can(Act::SeeApplications, On::Application(&facts));
    // What the office and the commission are about to publish is nobody else's before that.
    let state = match row.state()? {
        ApplicationState::Ranked if !sees_list => ApplicationState::Admissible,
        state => state,
    };
    Ok(ApplicationCard {
        id: row.id,
        slug: slug(&row.title),
        call: row.call_id,
        title: row.title.clone(),
        summary: row.summary.clone(),
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        promoter: if knows {
            Some(promoter.name).filter(|name| !name.is_empty())
        } else {
            public_name(promoter.legal_form, &promoter.name)
        },
        legal_form: promoter.legal_form,
        district: row.district_id.map(|id| Named {
            id,
            name: names.get(&id).cloned().unwrap_or_default(),
        }),
        cost: Money::eur(row.cost_minor),
        state,
        place: row.place_on_list.filter(|_| sees_list),
        score: row.score().filter(|_| sees_list),
        created_at: row.created_at,
        submitted_at: row.submitted_at,
        completion_due_at: row
            .completion_due_at
            .filter(|_| knows && row.state().is_ok_and(|state| state == ApplicationState::Submitted))
            .filter(|_| row.awaits_completion(cx.now)),
        version: row.version,
    })
}

/// What permissions on an application depend on, when the actor may know of it.
pub(crate) async fn facts(cx: &Cx, id: ApplicationId) -> Result<ApplicationFacts> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let call = calls::find(cx.db(), row.call_id).await?.ok_or(Error::NotFound)?;
    let facts = row.facts(call.ranked_at.is_some())?;
    cx.check(Act::ReadApplication, On::Application(&facts))?;
    Ok(facts)
}

async fn names(cx: &Cx, rows: &[row::Model]) -> Result<HashMap<DistrictId, String>> {
    let mut ids: Vec<DistrictId> = rows.iter().filter_map(|row| row.district_id).collect();
    ids.sort_unstable();
    ids.dedup();
    consultation::read::district_names(cx, &ids).await
}

/// A page of the actor's own applications, last begun first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<ApplicationCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    let rows = store::of_author(cx.db(), member, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.created_at.ms(),
        id: row.id.uuid(),
    });
    let ids: Vec<CallId> = page.items.iter().map(|row| row.call_id).collect();
    let calls = calls::find_many(cx.db(), &ids).await?;
    let ranked = |id: CallId| calls.iter().any(|call| call.id == id && call.ranked_at.is_some());
    let names = names(cx, &page.items).await?;
    let cards = page
        .items
        .iter()
        .map(|row| card(cx, row, ranked(row.call_id), &names))
        .collect::<Result<_>>()?;
    Ok(page.with(cards))
}

/// A page of the applications for a call that were handed in, first handed in first: for the office all, for the commission
/// those that it has to do with; for everybody those on a public list.
///
/// # Errors
/// `NotFound` when there is no such call that the actor may know of.
pub async fn of_call(
    cx: &Cx,
    call: CallId,
    state: Option<ApplicationState>,
    paging: Paging,
) -> Result<Page<ApplicationCard>> {
    let (row, facts) = call::read::known(cx, call).await?;
    let ranked = row.ranked_at.is_some();
    let office = cx.can(Act::RankApplications, On::Call(&facts)) || cx.can(Act::KeepCall, On::Call(&facts));
    let commission = cx.can(Act::ScoreApplication, On::Call(&facts));
    let may_see = |one: &ApplicationState| match one {
        ApplicationState::Draft => false,
        ApplicationState::Submitted | ApplicationState::Excluded => office,
        ApplicationState::Withdrawn => office || ranked,
        ApplicationState::Admissible | ApplicationState::Ranked => office || commission,
        ApplicationState::Admitted | ApplicationState::Reserve | ApplicationState::Rejected => {
            office || commission || ranked
        }
    };
    let states = ApplicationState::ALL.iter().copied();
    let states: Vec<ApplicationState> = states
        .filter(|one| state.is_none_or(|wanted| wanted == *one) && may_see(one))
        .collect();
    let rows = store::of_call(cx.db(), call, &Listed::In(states), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.submitted_at.map_or(0, Timestamp::ms),
        id: row.id.uuid(),
    });
    let names = names(cx, &page.items).await?;
    // Of those withdrawn before the list was out, nobody but the office knows.
    let known = page
        .items
        .iter()
        .filter(|row| office || row.place_on_list.is_some() || row.withdrawn_at.is_none());
    let cards = known.map(|row| card(cx, row, ranked, &names)).collect::<Result<_>>()?;
    Ok(page.with(cards))
}

/// A page of the commission's list: public once the call's is, and before that for those who see its applications.
///
/// # Errors
/// `NotFound` when there is no such call, or no list that the actor may know of.
pub async fn ranking(cx: &Cx, call: CallId, paging: Paging) -> Result<Ranking> {
    let (row, facts) = call::read::known(cx, call).await?;
    let public = row.ranked_at.is_some();
    if !public {
        cx.check(Act::SeeApplications, On::Call(&facts))
            .map_err(|_| Error::NotFound)?;
    }
    let terms = row.terms(&[])?;
    let rows = store::of_call(cx.db(), call, &Listed::Placed, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.place_on_list.unwrap_or(0),
        id: row.id.uuid(),
    });
    if page.items.is_empty() && paging.after.is_none() {
        return Err(Error::NotFound);
    }
    let names = names(cx, &page.items).await?;
    let entries = page.items.iter().map(|row| {
        let card = card(cx, row, public, &names)?;
        let criterion_points: Vec<i64> = calls::json(row.criterion_points.as_deref().unwrap_or("[]"))?;
        let passes = card
            .score
            .is_some_and(|score| super::ranking::passes(&terms.criteria, terms.min_score, score, &criterion_points));
        Ok(RankedEntry {
            reservation: terms.rule.reservation(card.cost),
            passes,
            criterion_points,
            card,
        })
    });
    let entries = entries.collect::<Result<_>>()?;
    let costs = store::admitted_costs(cx.db(), call).await?.into_iter();
    let reserved = costs.map(|cost| terms.rule.reservation(Money::eur(cost)).minor()).sum();
    Ok(Ranking {
        call: call::read::card(cx, &row)?,
        public,
        most_points: call::most_points(&terms.criteria),
        criteria: terms.criteria,
        min_score: terms.min_score,
        reserved: Money::eur(reserved),
        entries: page.with(entries),
    })
}
