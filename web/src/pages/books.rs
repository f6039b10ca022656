//! The public books: where the money of each pot is, in numbers and in words, and every movement with what it was for.
//!
//! Rule: everybody reads the same, in a page, as CSV and as JSON. Filters are a form without scripts, and stand in the
//! address. Deliberately absent: who gave, which is on a campaign's page, for those who want to be named.

pub mod csv;

use std::sync::Arc;

use askama::Template;
use civic::error::Result;
use civic::id::{CampaignId, PotId, TypedId};
use civic::ledger::books::{self, BookEntry, CampaignBooks, Direction, Moves, Names, PotCard};
use civic::ledger::{Account, Kind};
use civic::limits::PAGE_MAX;
use civic::page::Paging;
use poem::Response;

use crate::amount::money;
use crate::form::{Choice, Fields, Form};
use crate::format::{date, number};
use crate::language::{named, words};
use crate::page::Page;
use crate::visit::{Visit, html};

/// The title of a pot's call or of a campaign, with its language and where it is.
struct Titled {
    title: String,
    lang: String,
    href: String,
}

/// One balance: the key of its words, and how much.
struct Balance {
    key: &'static str,
    amount: String,
}

/// A pot or a campaign with its balances.
struct Balances {
    of: Titled,
    balances: Vec<Balance>,
    moves: String,
}

/// A movement, in words.
struct Move {
    number: String,
    day: String,
    what: String,
    of: Option<Titled>,
    cause: String,
    debit: String,
    credit: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "books/books.html")]
struct BooksPage {
    page: Page,
    pots: Vec<Balances>,
    more_pots: Option<String>,
    campaign: Option<Balances>,
    form: Form,
    choices: (Vec<Choice>, Vec<Choice>),
    kept: Option<CampaignId>,
    all: Option<String>,
    moves: Vec<Move>,
    head: Option<(String, String)>,
    csv: String,
    next: Option<String>,
    first: Option<String>,
}

/// Which movements an address asks for.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub(super) fn which(visit: &Visit) -> Result<Moves> {
    Ok(Moves {
        pot: visit.query.choice("pot", PotId::read)?,
        campaign: visit.query.choice("campaign", CampaignId::read)?,
        kind: visit.query.choice("kind", Kind::parse)?,
    })
}

/// The filters as they stand in an address.
fn filters(which: Moves) -> Fields {
    let pot = which.pot.map(|id| id.to_string()).unwrap_or_default();
    let campaign = which.campaign.map(|id| id.to_string()).unwrap_or_default();
    Fields::default()
        .with("pot", &pot)
        .with("campaign", &campaign)
        .with("kind", which.kind.map_or("", Kind::as_str))
}

/// The books, newest movement first.
///
/// # Errors
/// `NotFound` for a pot or campaign that the reader may not know of, `Invalid` for a filter that is none.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let (cx, which) = (&visit.cx, which(&visit)?);
    let found = books::entries(cx, which, Direction::NewestFirst, visit.paging()).await?;
    let names = books::names(cx, &found.items).await?;
    let whole = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let all_pots = books::pots(cx, whole).await?.items;
    let (pots, next_pots) = match (which.pot, which.campaign) {
        (Some(id), _) => (vec![books::pot(cx, id).await?], None),
        (None, Some(_)) => (Vec::new(), None),
        (None, None) => {
            let after = visit.query.some("pots").and_then(civic::page::Cursor::read);
            let paging = Paging {
                after,
                ..Paging::default()
            };
            let page = books::pots(cx, paging).await?;
            (page.items, page.next)
        }
    };
    let campaign = match which.campaign {
        Some(id) => Some(of_campaign(&visit, &books::of_campaign(cx, id).await?)),
        None => None,
    };
    let address = |fields: Fields| visit.to(&format!("/books{}", fields.query()));
    let filtered = filters(which);
    let first = visit.query.some("after").is_none();
    let head = found
        .items
        .first()
        .filter(|_| first && which == Moves::default())
        .map(|entry| (number(visit.language, entry.number), entry.hash.clone()));
    html(&BooksPage {
        page: Page::new(&visit, words(visit.language, "books"))
            .via(words(visit.language, "home"), "")
            .twin(format!("/api/v1/ledger/entries{}", filtered.query())),
        pots: pots.iter().map(|card| of_pot(&visit, card)).collect(),
        more_pots: next_pots.map(|next| address(Fields::default().and("pots", next.text()))),
        campaign,
        choices: (pot_choices(&visit, &all_pots), kind_choices(&visit)),
        kept: which.campaign,
        form: Form::new(visit.language, filtered.clone()),
        all: (which != Moves::default()).then(|| visit.to("/books")),
        moves: found.items.iter().map(|entry| moved(&visit, &names, entry)).collect(),
        head,
        csv: visit.to(&format!("/books.csv{}", filtered.query())),
        next: found
            .next
            .as_ref()
            .map(|next| address(filtered.clone().and("after", next.text()))),
        first: (!first).then(|| address(filtered.clone())),
    })
}

fn pot_choices(visit: &Visit, pots: &[PotCard]) -> Vec<Choice> {
    let every = Choice {
        value: String::new(),
        label: words(visit.language, "books-every-pot"),
    };
    let pots = pots.iter().map(|card| Choice {
        value: card.pot.to_string(),
        label: card.title.1.clone(),
    });
    std::iter::once(every).chain(pots).collect()
}

fn kind_choices(visit: &Visit) -> Vec<Choice> {
    let every = Choice {
        value: String::new(),
        label: words(visit.language, "books-every-kind"),
    };
    let kinds = Kind::ALL.iter().map(|kind| Choice {
        value: kind.as_str().to_owned(),
        label: named(visit.language, "books-kind-", kind.as_str()),
    });
    std::iter::once(every).chain(kinds).collect()
}

fn of_pot(visit: &Visit, card: &PotCard) -> Balances {
    let of = card.balances;
    let all = [
        ("total", of.total),
        ("available", of.available),
        ("held", of.held),
        ("reserved", of.reserved),
        ("committed", of.committed),
        ("payable", of.payable),
        ("paid", of.paid),
        ("released", card.released),
    ];
    let balances = all.map(|(key, amount)| Balance {
        key,
        amount: money(visit.language, amount),
    });
    Balances {
        of: Titled {
            title: card.title.1.clone(),
            lang: card.title.0.code().to_owned(),
            href: visit.to(&super::call::path(&card.slug)),
        },
        balances: balances.into(),
        moves: visit.to(&format!("/books?pot={}", card.pot)),
    }
}

fn of_campaign(visit: &Visit, books: &CampaignBooks) -> Balances {
    let of = books.balances;
    let all = [
        ("donor_funds", of.donor_funds),
        ("owed", of.payable),
        ("receivable", of.receivable),
    ];
    let balances = all.map(|(key, amount)| Balance {
        key,
        amount: money(visit.language, amount),
    });
    Balances {
        of: Titled {
            title: books.title.clone(),
            lang: books.lang.code().to_owned(),
            href: visit.to(&format!("/campaigns/{}", books.campaign)),
        },
        balances: balances.into(),
        moves: visit.to(&format!("/books?campaign={}", books.campaign)),
    }
}

fn moved(visit: &Visit, names: &Names, entry: &BookEntry) -> Move {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let at = zone.parse_local(&format!("{}T12:00", entry.day));
    let of = [entry.debit, entry.credit]
        .into_iter()
        .find_map(|account| match account {
            Account::Pot(id, _) => names.pots.get(&id).map(|(slug, (lang, title))| Titled {
                title: title.clone(),
                lang: lang.code().to_owned(),
                href: visit.to(&super::call::path(slug)),
            }),
            Account::Campaign(id, _) => names.campaigns.get(&id).map(|(title, lang)| Titled {
                title: title.clone(),
                lang: lang.code().to_owned(),
                href: visit.to(&format!("/campaigns/{id}")),
            }),
            Account::Custodian(_) => None,
        });
    Move {
        number: number(language, entry.number),
        day: at.map_or_else(|| entry.day.clone(), |at| date(language, zone, at)),
        what: named(language, "books-kind-", entry.kind.as_str()),
        of,
        cause: entry.cause.clone(),
        debit: account(visit, entry.debit),
        credit: account(visit, entry.credit),
        amount: money(language, entry.amount),
    }
}

fn account(visit: &Visit, account: Account) -> String {
    let family = match account {
        Account::Pot(..) => "books-pot-",
        Account::Campaign(..) => "books-campaign-",
        Account::Custodian(_) => "books-custodian-",
    };
    named(visit.language, family, account.place().as_str())
}
