//! The demonstration: a made-up city of Milan in an empty database, and the links with which anybody signs in there.
//!
//! Rule: everything comes about through use cases, each at an instant of its own, so that what the demonstration holds
//! could have happened. A database that holds a consultation is left as it is. Deliberately absent: the texts, which
//! are in `server/demonstration`.

mod calls;
mod campaigns;
mod payouts;
mod play;
mod receipts;
mod scene;
mod script;
mod talk;
mod told;

use civic::City;
use civic::actor::{Actor, Grant, Person, Role, Within};
use civic::error::Result;
use civic::id::MemberId;
use civic::language::Language;
use civic::member::write::{demonstration_proof, ensure, grant_role};
use civic::member::{NewGrant, read_nickname};
use civic::page::Paging;

/// Days for which the members of the demonstration have been there: longer than its oldest proposal.
const CAST_DAYS_AGO: i64 = 440;
/// Days over which the others came in.
const CROWD_DAYS: i64 = 30;

/// A member of the demonstration, as whom the seed acts.
#[derive(Debug, Clone)]
struct Member {
    id: MemberId,
    nickname: String,
    language: Language,
    role: Option<Role>,
}

impl Member {
    /// The actor that this member is, with the second factor given at the operation's instant.
    fn actor(&self, now: civic::time::Timestamp) -> Actor {
        let grants = self.role.iter().map(|role| Grant {
            role: *role,
            within: Within::City,
        });
        Actor::Member(Person {
            id: self.id,
            nickname: self.nickname.clone(),
            language: self.language,
            grants: grants.collect(),
            second_factor_at: self.role.map(|_| now),
            scopes: None,
        })
    }
}

/// Fills an empty database; gives whether it was empty. Tells from time to time how many things were written.
///
/// # Errors
/// Those of the use cases.
pub async fn seed(city: &City, progress: &mut (dyn FnMut(u64) + Send)) -> Result<bool> {
    let cx = city.system();
    let first = civic::consultation::read::list(&cx, Paging::default()).await?;
    if !first.items.is_empty() {
        return Ok(false);
    }
    let town = script::town()?;
    let mut people = cast(city, &town).await?;
    people.extend(crowd(city, &town, progress).await?);
    play::play(city, &town, people, progress).await?;
    Ok(true)
}

/// One-click links for signing in as a citizen and in each of the roles, whose second factor counts as given; none when this is no demonstration.
///
/// # Errors
/// Those of the use cases.
pub async fn links(city: &City) -> Result<Vec<(String, String)>> {
    if !city.settings.demonstration {
        return Ok(Vec::new());
    }
    let people = cast(city, &script::town()?).await?;
    let first = |role: Option<Role>| people.iter().find(|member| member.role == role);
    let kinds = [None].into_iter().chain(Role::ALL.map(Some));
    let shown = kinds.filter_map(|role| Some((role.map_or("citizen", Role::as_str), first(role)?.id)));
    Ok(shown
        .filter_map(|(who, member)| {
            let proof = demonstration_proof(city, member)?;
            let base = &city.settings.base_url;
            Some((who.to_owned(), format!("{base}/it/demo/{member}/{proof}")))
        })
        .collect())
}

/// The members with a part to play and their roles, made when they are not there.
async fn cast(city: &City, town: &script::Town) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(town.people.len());
    for person in &town.people {
        let mut cx = city.cx(Actor::System, person.language);
        cx.now = play::days_before(cx.now, CAST_DAYS_AGO);
        let id = ensure(&cx, &person.email, Some(&person.nickname)).await?;
        if let Some(role) = person.role {
            let new = NewGrant {
                member: id,
                role,
                within: Within::City,
                until: None,
            };
            // A commission is that of a call, and is named when there is one.
            if role.fits(new.within) {
                grant_role(&cx, new).await?;
            }
        }
        members.push(Member {
            id,
            nickname: person.nickname.clone(),
            language: person.language,
            role: person.role,
        });
    }
    Ok(members)
}

/// Everybody else: a first name and where they live.
async fn crowd(city: &City, town: &script::Town, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    for (place, from) in town.from.iter().enumerate() {
        // Not everybody lives everywhere: every second name here, every third there.
        for (at, name) in town
            .first_names
            .iter()
            .enumerate()
            .skip(place % 3)
            .step_by(2 + place % 2)
        {
            let nickname = format!("{name} {from}");
            let (_, key) = read_nickname(&nickname)?;
            let email = format!("{}@example.org", civic::text::slug(&key));
            let mut cx = city.system();
            let days = i64::try_from(at + place).unwrap_or(0) % CROWD_DAYS;
            cx.now = play::days_before(cx.now, CAST_DAYS_AGO - days);
            members.push(Member {
                id: ensure(&cx, &email, Some(&nickname)).await?,
                nickname,
                language: Language::It,
                role: None,
            });
            progress(members.len() as u64);
        }
    }
    Ok(members)
}
