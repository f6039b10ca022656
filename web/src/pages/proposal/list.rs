//! The list of proposals: filters as chips with their counts, the orders, and the page after.

use std::sync::Arc;

use askama::Template;
use civic::consultation;
use civic::consultation::read::ConsultationPage;
use civic::error::Result;
use civic::id::{ConsultationId, DistrictId, MemberId, ThemeId, TypedId};
use civic::limits::PAGE_MAX;
use civic::page::Paging;
use civic::proposal::read::{self, Facets, Filter, ProposalCard, Sort};
use civic::proposal::{Origin, ProposalState};
use poem::Response;

use crate::form::{Choice, Fields};
use crate::language::{named, words};
use crate::page::{Page, seed_of};
use crate::session::chance;
use crate::visit::{Visit, html, redirect};

/// A value of a filter, as a chip: its words, how many there are, and where choosing it leads.
pub struct Chip {
    pub(in crate::pages) label: String,
    pub(in crate::pages) count: i64,
    pub(in crate::pages) chosen: bool,
    pub(in crate::pages) href: String,
}

/// Values of one filter.
pub struct Group {
    pub(in crate::pages) key: &'static str,
    pub(in crate::pages) chips: Vec<Chip>,
}

#[derive(Template)]
#[template(path = "proposal/list.html")]
struct ListPage {
    page: Page,
    consultation: Option<ConsultationPage>,
    consultations: Vec<Choice>,
    cards: Vec<ProposalCard>,
    total: Option<i64>,
    groups: Vec<Group>,
    sorts: Vec<Chip>,
    chosen: Vec<Chip>,
    next: Option<String>,
    first: Option<String>,
    writes: bool,
    /// Where the same is shown on a map, where there is one.
    map: Option<String>,
}

/// The list, with filters and counts.
///
/// # Errors
/// Those of the database; a filter that is none is left out.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    let cx = &visit.cx;
    let consultation = match visit.query.some("consultation") {
        None => None,
        Some(slug) => Some(consultation::read::page_by_slug(cx, slug).await?),
    };
    let Some(seed) = seed(&visit, consultation.as_ref()) else {
        let seed = seed_of(&chance(&cx.city)) % SEEDS;
        let query = visit.query.with("sort", "random").with("seed", &seed.to_string());
        return Ok(redirect(&visit.to(&format!("/proposals{}", query.query()))));
    };
    let filter = filter(&visit.query, consultation.as_ref().map(|found| found.card.id));
    let sort = visit
        .query
        .some("sort")
        .and_then(|sort| Sort::parse(sort, seed))
        .unwrap_or(Sort::Newest);
    let found = read::list(cx, &filter, sort, visit.paging()).await?;
    let facets = match &consultation {
        None => None,
        Some(one) => Some(read::facets(cx, one.card.id, &filter).await?),
    };
    let title = words(visit.language, "proposals");
    let mut page = Page::new(&visit, title).via(words(visit.language, "home"), "");
    if let Some(one) = &consultation {
        page = page.via(one.card.title.1.clone(), &format!("/consultations/{}", one.card.slug));
    }
    let page = page.twin(twin(&filter, sort, visit.query.text("after")));
    let writes = consultation.as_ref().is_none_or(|one| one.card.collects);
    let map = match &consultation {
        Some(one) if consultation::read::has_outlines(cx, one.card.id).await? => {
            let query = visit.query.with("after", "").with("done", "").query();
            Some(visit.to(&format!("/proposals/map{query}")))
        }
        _ => None,
    };
    let consultations = if consultation.is_some() {
        Vec::new()
    } else {
        choices(&visit).await?
    };
    html(&ListPage {
        groups: groups(&visit, consultation.as_ref(), facets.as_ref()),
        chosen: chosen(&visit, consultation.as_ref()),
        sorts: sorts(&visit, sort),
        total: facets.map(|facets| i64::try_from(facets.total).unwrap_or(i64::MAX)),
        next: found
            .next
            .as_ref()
            .map(|next| visit.query.with("after", &next.text()).query()),
        first: visit
            .query
            .some("after")
            .map(|_| visit.to(&format!("/proposals{}", visit.query.with("after", "").query()))),
        cards: found.items,
        consultations,
        consultation,
        writes,
        map,
        page,
    })
}

/// Orders that visitors are told apart by: as many as fit five digits.
const SEEDS: u32 = 100_000;

/// The seed of the fair order; `None` when it is asked for without one. While proposals are being collected it is the
/// order of a first visit, so that early ones have no advantage.
fn seed(visit: &Visit, consultation: Option<&ConsultationPage>) -> Option<u32> {
    let collecting = consultation.is_some_and(|one| one.card.collects);
    let seed = visit.query.some("seed").and_then(|seed| seed.parse().ok());
    match visit.query.some("sort") {
        Some("random") => seed,
        None if collecting => None,
        _ => Some(seed.unwrap_or(0)),
    }
}

async fn choices(visit: &Visit) -> Result<Vec<Choice>> {
    let every = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let all = consultation::read::list(&visit.cx, every).await?;
    Ok(all
        .items
        .into_iter()
        .map(|card| Choice {
            value: card.slug,
            label: card.title.1,
        })
        .collect())
}

fn ids<I: TypedId>(query: &Fields, name: &str) -> Vec<I> {
    query.all(name).into_iter().filter_map(I::read).collect()
}

/// What the query asks for.
#[must_use]
pub fn filter(query: &Fields, consultation: Option<ConsultationId>) -> Filter {
    Filter {
        consultation,
        themes: ids(query, "theme"),
        districts: ids(query, "district"),
        state: query.some("state").and_then(ProposalState::parse),
        origin: query.some("origin").and_then(Origin::parse),
        author: query.some("author").and_then(MemberId::read),
    }
}

/// The very same list in JSON.
fn twin(filter: &Filter, sort: Sort, after: &str) -> String {
    let ids = |name, ids: Vec<String>| ids.into_iter().map(move |id| (name, Some(id)));
    let themes = ids("theme", filter.themes.iter().map(ToString::to_string).collect());
    let districts = ids("district", filter.districts.iter().map(ToString::to_string).collect());
    let seed = match sort {
        Sort::Random(seed) => Some(seed.to_string()),
        Sort::Newest | Sort::MostSupported | Sort::MostDiscussed => None,
    };
    let consultation = [("consultation", filter.consultation.map(|id| id.to_string()))];
    let others = [
        ("state", filter.state.map(|state| state.as_str().to_owned())),
        ("origin", filter.origin.map(|origin| origin.as_str().to_owned())),
        ("author", filter.author.map(|id| id.to_string())),
        ("sort", Some(sort.as_str().to_owned())),
        ("seed", seed),
        ("after", Some(after.to_owned()).filter(|after| !after.is_empty())),
    ];
    let all = consultation.into_iter().chain(themes).chain(districts).chain(others);
    let fields = all.fold(Fields::default(), |fields, (name, value)| match value {
        Some(value) => fields.and(name, value),
        None => fields,
    });
    format!("/api/v1/proposals{}", fields.query())
}

fn groups(visit: &Visit, consultation: Option<&ConsultationPage>, facets: Option<&Facets>) -> Vec<Group> {
    let (Some(one), Some(facets)) = (consultation, facets) else {
        return Vec::new();
    };
    let language = visit.language;
    let count = |found: Option<&u64>| i64::try_from(found.copied().unwrap_or(0)).unwrap_or(i64::MAX);
    let themes = one.themes.iter().map(|theme| {
        chip(
            visit,
            "theme",
            &theme.id.to_string(),
            theme.name.get(language).to_owned(),
            count(facets.themes.get(&theme.id)),
        )
    });
    let districts = one.districts.iter().map(|place| {
        let found = count(facets.districts.get(&place.id));
        chip(
            visit,
            "district",
            &place.id.to_string(),
            place.name.get(language).to_owned(),
            found,
        )
    });
    let states = ProposalState::ALL
        .into_iter()
        .filter(|state| state.is_listed() || *state == ProposalState::Withdrawn);
    let states = states.map(|state| {
        let label = named(language, "state-", state.as_str());
        chip(visit, "state", state.as_str(), label, count(facets.states.get(&state)))
    });
    let origins = Origin::ALL.into_iter().map(|origin| {
        let label = named(language, "origin-", origin.as_str());
        chip(
            visit,
            "origin",
            origin.as_str(),
            label,
            count(facets.origins.get(&origin)),
        )
    });
    let shown = |chips: Vec<Chip>| chips.into_iter().filter(|chip| chip.count > 0 || chip.chosen).collect();
    [
        Group {
            key: "theme",
            chips: shown(themes.collect()),
        },
        Group {
            key: "district",
            chips: shown(districts.collect()),
        },
        Group {
            key: "state",
            chips: shown(states.collect()),
        },
        Group {
            key: "origin",
            chips: shown(origins.collect()),
        },
    ]
    .into_iter()
    .filter(|group| !group.chips.is_empty())
    .collect()
}

/// The chip of one value; it leads to the very list it stands in, with the value chosen or taken away.
pub(in crate::pages) fn chip(visit: &Visit, name: &str, value: &str, label: String, count: i64) -> Chip {
    let chosen = visit.query.all(name).contains(&value);
    let query = visit.query.with("after", "").with("done", "").with("typing", "");
    let query = if chosen {
        query.with(name, "")
    } else {
        query.with(name, value)
    };
    Chip {
        label,
        count,
        chosen,
        href: visit.to(&format!("{}{}", visit.path, query.query())),
    }
}

/// The filters in force, each with the way to take it away.
pub(super) fn chosen(visit: &Visit, consultation: Option<&ConsultationPage>) -> Vec<Chip> {
    let language = visit.language;
    let name_of = |name: &str, value: &str| -> Option<String> {
        match name {
            "theme" => {
                let id = ThemeId::read(value)?;
                let theme = consultation?.themes.iter().find(|theme| theme.id == id)?;
                Some(theme.name.get(language).to_owned())
            }
            "district" => {
                let id = DistrictId::read(value)?;
                let place = consultation?.districts.iter().find(|place| place.id == id)?;
                Some(place.name.get(language).to_owned())
            }
            "state" => ProposalState::parse(value).map(|state| named(language, "state-", state.as_str())),
            "origin" => Origin::parse(value).map(|origin| named(language, "origin-", origin.as_str())),
            "author" => Some(words(language, "one-author")),
            _ => None,
        }
    };
    ["theme", "district", "state", "origin", "author"]
        .into_iter()
        .filter_map(|name| {
            let value = visit.query.some(name)?;
            Some(chip(visit, name, value, name_of(name, value)?, 0))
        })
        .collect()
}

fn sorts(visit: &Visit, sort: Sort) -> Vec<Chip> {
    ["random", "newest", "most_supported", "most_discussed"]
        .into_iter()
        .map(|name| {
            let query = visit.query.with("after", "").with("sort", name);
            let query = if name == "random" {
                query
            } else {
                query.with("seed", "")
            };
            Chip {
                label: named(visit.language, "sort-", name),
                count: 0,
                chosen: sort.as_str() == name,
                href: visit.to(&format!("/proposals{}", query.query())),
            }
        })
        .collect()
}
