//! Search: one box over proposals and comments, kinds as tabs with counts, filters with counts, matches marked.
//!
//! Rule: a mark is a piece of text of its own, never markup inside one. While typing, a script asks for this very page and
//! puts its results in place. Deliberately absent: any judgement on what may be shown, which is civic's.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use civic::comment::Stance;
use civic::consultation;
use civic::consultation::read::ConsultationPage;
use civic::documents::read::{Search, SearchPage, SearchResult, Thing, find};
use civic::documents::{Kind, Span};
use civic::error::Result;
use civic::id::{ConsultationId, DistrictId, ThemeId, TypedId};
use civic::limits::{PAGE_DEFAULT, SEARCH_MAX_CHARS};
use civic::proposal::{Origin, ProposalState};
use poem::Response;

use super::proposal::list::{Chip, Group, chip};
use super::proposal::path;
use crate::form::Fields;
use crate::format::{date, number};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html};

/// The filters beside the kind and the consultation, in the order in which they are shown.
const FILTERS: [&str; 5] = ["theme", "district", "state", "origin", "stance"];
/// Values of one filter that are read from an address.
const VALUES: usize = 20;

/// One result as the page shows it.
struct Shown {
    is_comment: bool,
    href: String,
    title: Vec<Span>,
    title_lang: String,
    excerpt: Vec<Span>,
    lang: String,
    state: &'static str,
    stance: &'static str,
    facts: Vec<String>,
    supports: i64,
    comments: i64,
}

#[derive(Template)]
#[template(path = "search/search.html")]
struct SearchView {
    page: Page,
    text: String,
    hidden: Vec<(String, String)>,
    within: Option<String>,
    said: String,
    tabs: Vec<Chip>,
    groups: Vec<Group>,
    chosen: Vec<Chip>,
    results: Vec<Shown>,
    did_you_mean: Option<(String, String)>,
    next: Option<String>,
    first: Option<String>,
    unfiltered: Option<String>,
}

/// Names of what the index knows by id only.
#[derive(Default)]
struct Names {
    consultations: HashMap<String, (String, String)>,
    others: HashMap<String, String>,
}

/// The page, with or without something to look for.
///
/// # Errors
/// `NotFound` for an unknown consultation, `Unavailable` when the index cannot be read, and those of the database.
pub async fn search(visit: Arc<Visit>) -> Result<Response> {
    let (cx, query) = (&visit.cx, &visit.query);
    let within = match query.some("consultation") {
        None => None,
        Some(slug) => Some(consultation::read::page_by_slug(cx, slug).await?),
    };
    let text: String = query.text("q").trim().chars().take(SEARCH_MAX_CHARS).collect();
    let asked = Search {
        text: query.text("q").to_owned(),
        kind: query.some("kind").and_then(Kind::parse),
        consultation: within.as_ref().map(|one| one.card.id),
        filters: filters(query),
        typing: query.has("typing"),
        limit: PAGE_DEFAULT,
        offset: query.some("after").and_then(|after| after.parse().ok()).unwrap_or(0),
    };
    let found = find(cx, &asked).await?;
    let names = names(&visit, within.as_ref(), &found).await?;
    let groups = groups(&visit, &names, &found);
    let chosen = chosen(&visit, within.as_ref(), &names);
    let here = query.with("typing", "").with("done", "");
    let lead = |fields: Fields| visit.to(&format!("/search{}", fields.query()));
    let bare = Fields::default().and("q", text.clone());
    html(&SearchView {
        page: frame(&visit, &text, within.as_ref(), &here),
        hidden: hidden(query),
        within: within.map(|one| one.card.title.1),
        said: said(&visit, &text, &found, asked.offset),
        tabs: tabs(&visit, asked.kind, &count_of(&found, "kind")),
        did_you_mean: found
            .did_you_mean
            .as_ref()
            .map(|better| (better.clone(), lead(here.with("after", "").with("q", better)))),
        next: found
            .next_offset
            .map(|next| lead(here.with("after", &next.to_string()))),
        first: (asked.offset > 0).then(|| lead(here.with("after", ""))),
        unfiltered: (!chosen.is_empty() || asked.kind.is_some()).then(|| lead(bare)),
        results: found.items.into_iter().map(|item| shown(&visit, item)).collect(),
        groups,
        chosen,
        text,
    })
}

fn frame(visit: &Visit, text: &str, within: Option<&ConsultationPage>, here: &Fields) -> Page {
    let title = if text.is_empty() {
        words(visit.language, "search")
    } else {
        words_with(visit.language, "search-of", &[("text", Value::Text(text))])
    };
    let page = Page::new(visit, title).via(words(visit.language, "home"), "");
    if text.is_empty() {
        return page;
    }
    let consultation = within.map_or_else(String::new, |one| one.card.id.to_string());
    page.twin(format!(
        "/api/v1/search{}",
        here.with("consultation", &consultation).query()
    ))
}

/// The exact values that the address asks for; what is none of them is left out.
fn filters(query: &Fields) -> Vec<(&'static str, String)> {
    let fits = |name: &str, value: &str| match name {
        "theme" => ThemeId::read(value).is_some(),
        "district" => DistrictId::read(value).is_some(),
        "state" => ProposalState::parse(value).is_some(),
        "origin" => Origin::parse(value).is_some(),
        _ => Stance::parse(value).is_some(),
    };
    FILTERS
        .into_iter()
        .flat_map(|name| {
            let values = query.all(name).into_iter().take(VALUES);
            let fitting = values.filter(move |value| fits(name, value));
            fitting.map(move |value| (name, value.to_owned()))
        })
        .collect()
}

/// What the form sends besides the words, so that a new search keeps the tab and the filters.
fn hidden(query: &Fields) -> Vec<(String, String)> {
    ["kind", "consultation"]
        .into_iter()
        .filter_map(|name| Some((name, query.some(name)?.to_owned())))
        .chain(filters(query))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn count_of(found: &SearchPage, name: &str) -> Vec<(String, u64)> {
    let counts = found.counts.iter().find(|(known, _)| *known == name);
    counts.map_or_else(Vec::new, |(_, values)| values.clone())
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many there are: on the last page as many as are really shown, since the index may lag.
fn said(visit: &Visit, text: &str, found: &SearchPage, offset: u64) -> String {
    let total = match found.next_offset {
        Some(_) => found.total,
        None => (offset + found.items.len() as u64).min(found.total),
    };
    let shown = number(visit.language, whole(total));
    let values = [
        ("n", Value::Number(whole(total))),
        ("shown", Value::Text(&shown)),
        ("text", Value::Text(text)),
    ];
    if text.is_empty() {
        String::new()
    } else {
        words_with(visit.language, "search-found", &values)
    }
}

fn tabs(visit: &Visit, kind: Option<Kind>, kinds: &[(String, u64)]) -> Vec<Chip> {
    let query = visit.query.with("after", "").with("typing", "").with("done", "");
    let tab = |name: &str, label: &str, count: u64, chosen| Chip {
        label: words(visit.language, label),
        count: whole(count),
        chosen,
        href: visit.to(&format!("/search{}", query.with("kind", name).query())),
    };
    let of = |kind: Kind| {
        kinds
            .iter()
            .find(|(name, _)| name == kind.as_str())
            .map_or(0, |(_, n)| *n)
    };
    let all = kinds.iter().map(|(_, number)| number).sum();
    vec![
        tab("", "search-all", all, kind.is_none()),
        tab(
            "proposal",
            "proposals",
            of(Kind::Proposal),
            kind == Some(Kind::Proposal),
        ),
        tab("comment", "comments", of(Kind::Comment), kind == Some(Kind::Comment)),
    ]
}

async fn names(visit: &Visit, within: Option<&ConsultationPage>, found: &SearchPage) -> Result<Names> {
    let (cx, language) = (&visit.cx, visit.language);
    let mut names = Names::default();
    let ids: Vec<ConsultationId> = count_of(found, "consultation")
        .iter()
        .filter_map(|(id, _)| ConsultationId::read(id))
        .collect();
    if within.is_none() && !ids.is_empty() {
        let cards = consultation::read::by_ids(cx, &ids).await?;
        names.consultations = cards
            .into_iter()
            .map(|card| (card.id.to_string(), (card.slug, card.title.1)))
            .collect();
    }
    // Themes and districts belong to one consultation: they are offered once it is clear which.
    let one = within.map(|one| one.card.id).or(match ids[..] {
        [one] => Some(one),
        _ => None,
    });
    if let Some(id) = one {
        let (themes, districts) = match within {
            Some(one) => (one.themes.clone(), one.districts.clone()),
            None => (
                consultation::read::themes(cx, id).await?,
                consultation::read::districts(cx, id).await?,
            ),
        };
        let themes = themes
            .iter()
            .map(|theme| (theme.id.to_string(), theme.name.get(language).to_owned()));
        let districts = districts
            .iter()
            .map(|place| (place.id.to_string(), place.name.get(language).to_owned()));
        names.others = themes.chain(districts).collect();
    }
    Ok(names)
}

fn label(visit: &Visit, names: &Names, name: &str, value: &str) -> Option<String> {
    match name {
        "theme" | "district" => names.others.get(value).cloned(),
        _ => Some(named(visit.language, &format!("{name}-"), value)),
    }
}

fn groups(visit: &Visit, names: &Names, found: &SearchPage) -> Vec<Group> {
    let consultations = count_of(found, "consultation");
    let consultations = consultations.iter().filter_map(|(id, count)| {
        let (slug, title) = names.consultations.get(id)?;
        Some(chip(visit, "consultation", slug, title.clone(), whole(*count)))
    });
    let first = Group {
        key: "consultation",
        chips: consultations.collect(),
    };
    let others = FILTERS.into_iter().map(|name| {
        let counts = count_of(found, name);
        let chips = counts.iter().filter_map(|(value, count)| {
            let label = label(visit, names, name, value)?;
            Some(chip(visit, name, value, label, whole(*count)))
        });
        Group {
            key: name,
            chips: chips.collect(),
        }
    });
    // One value that everything has divides nothing.
    std::iter::once(first)
        .chain(others)
        .filter(|group| group.chips.len() > 1)
        .collect()
}

/// The filters in force, each with the way to take it away.
fn chosen(visit: &Visit, within: Option<&ConsultationPage>, names: &Names) -> Vec<Chip> {
    let consultation = within.map(|one| chip(visit, "consultation", &one.card.slug, one.card.title.1.clone(), 0));
    let others = filters(&visit.query).into_iter().map(|(name, value)| {
        let label = label(visit, names, name, &value);
        let label = label.unwrap_or_else(|| words(visit.language, &format!("filter-{name}")));
        chip(visit, name, &value, label, 0)
    });
    consultation.into_iter().chain(others).collect()
}

fn shown(visit: &Visit, item: SearchResult) -> Shown {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let plain = |text: String| vec![Span { text, marked: false }];
    match item.thing {
        Thing::Proposal(card) => Shown {
            is_comment: false,
            href: visit.to(&path(card.id, &card.slug)),
            title: item.title,
            title_lang: card.lang.code().to_owned(),
            excerpt: item.excerpt,
            lang: card.lang.code().to_owned(),
            state: card.state.as_str(),
            stance: "",
            facts: card
                .theme
                .map(|theme| theme.name)
                .into_iter()
                .chain(card.district.map(|place| place.name))
                .collect(),
            supports: card.supports,
            comments: card.comments,
        },
        Thing::Comment(card, above) => Shown {
            is_comment: true,
            href: visit.to(&format!("/comments/{}#{}", card.id, card.id)),
            title: plain(above.title),
            title_lang: above.lang.code().to_owned(),
            excerpt: item.excerpt,
            lang: card.lang.code().to_owned(),
            state: "",
            stance: card.stance.map_or("", Stance::as_str),
            facts: card
                .author
                .map(|author| author.name)
                .into_iter()
                .chain([date(language, zone, card.written_at)])
                .collect(),
            supports: card.supports,
            comments: 0,
        },
    }
}
