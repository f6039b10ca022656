//! Looking at members: who stands behind a credential, one's own profile, public names.

use std::collections::HashMap;

use super::{Email, store};
use crate::actor::{Actor, Grant, Person, Role, Scope, Within};
use crate::error::{Error, Result};
use crate::id::{CallId, ConsultationId, MemberId, RoleGrantId, SessionId, TypedId};
use crate::language::Language;
use crate::limits::{SEEN_STEP_MS, SESSION_IDLE_MS, STAFF_IDLE_MS};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::secret::hash;
use crate::time::Timestamp;
use crate::{City, Cx, call, consultation};

/// Roles of one member that are read at most.
pub const GRANTS_SHOWN: u64 = 100;

/// One's own profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which member.
    pub id: MemberId,
    /// The public name.
    pub nickname: String,
    /// The address; nobody else sees it, save administrators when one holds a role.
    pub email: Option<String>,
    /// The language of one's letters.
    pub language: Language,
    /// Since when.
    pub created_at: Timestamp,
    /// The roles in force.
    pub roles: Vec<RoleCard>,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
    /// In how many browsers one is signed in.
    pub sessions: u64,
}

/// A role in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleCard {
    /// The grant.
    pub id: RoleGrantId,
    /// Which role.
    pub role: Role,
    /// Where it counts.
    pub within: Within,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// A role in force with who holds it, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantCard {
    /// The grant.
    pub id: RoleGrantId,
    /// Who holds it.
    pub member: MemberId,
    /// Their public name.
    pub nickname: String,
    /// Their address.
    pub email: Option<String>,
    /// Which role.
    pub role: Role,
    /// The title of the consultation or call for which alone it counts.
    pub within: Option<(Language, String)>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Since when.
    pub granted_at: Timestamp,
}

async fn person(cx: &Cx, bearer: store::Bearer) -> Result<Person> {
    // Most members hold no role: for them the one statement was enough.
    let grants = match bearer.roles {
        0 => Vec::new(),
        _ => store::grants(cx.db(), bearer.member_id, cx.now).await?,
    };
    Ok(Person {
        id: bearer.member_id,
        nickname: bearer.nickname,
        language: Language::parse(&bearer.language).unwrap_or_default(),
        grants: grants
            .into_iter()
            .filter_map(|row| {
                Some(Grant {
                    role: Role::parse(&row.role)?,
                    within: row.within(),
                })
            })
            .collect(),
        second_factor_at: None,
        scopes: None,
    })
}

/// Who stands behind a session cookie in this operation; `None` when the session is over.
///
/// # Errors
/// Those of the database.
pub async fn by_session(cx: &Cx, token: &str) -> Result<Option<(Actor, SessionId)>> {
    let now = cx.now;
    let Some((session, bearer)) = store::by_session(cx.db(), &hash(token)).await? else {
        return Ok(None);
    };
    let idle = now.since_ms(session.seen_at);
    if session.expires_at <= now || idle >= SESSION_IDLE_MS || session.created_at > now {
        return Ok(None);
    }
    let mut person = person(cx, bearer).await?;
    // A staff role sleeps when its bearer has been away; being a citizen goes on.
    person.second_factor_at = session.second_factor_at.filter(|_| idle < STAFF_IDLE_MS);
    if idle >= SEEN_STEP_MS {
        let tx = cx.begin().await?;
        store::touch_session(&tx, session.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some((Actor::Member(person), session.id)))
}

/// Who stands behind a bearer token in this operation; `None` when it is over or was revoked.
///
/// # Errors
/// Those of the database.
pub async fn by_token(cx: &Cx, token: &str) -> Result<Option<Actor>> {
    let now = cx.now;
    let Some((row, bearer)) = store::by_token(cx.db(), &hash(token)).await? else {
        return Ok(None);
    };
    if row.revoked_at.is_some() || row.expires_at <= now {
        return Ok(None);
    }
    let mut person = person(cx, bearer).await?;
    person.scopes = Some(row.scopes.split(' ').filter_map(Scope::parse).collect());
    if row.used_at.is_none_or(|used| now.since_ms(used) >= SEEN_STEP_MS) {
        let tx = cx.begin().await?;
        store::touch_token(&tx, row.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Actor::Member(person)))
}

/// One's own profile.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn profile(cx: &Cx) -> Result<Profile> {
    let id = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(id))?;
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    Ok(Profile {
        id,
        nickname: row.nickname,
        email: row.email,
        language: Language::parse(&row.language).unwrap_or_default(),
        created_at: row.created_at,
        roles: roles(cx, id).await?,
        has_second_factor: row.totp_confirmed_at.is_some(),
        sessions: store::sessions_of(cx.db(), id, cx.now).await?,
    })
}

/// The member with this address and their roles in force, for whoever gives and takes roles.
///
/// # Errors
/// `Invalid` in `email`, `NotFound` when nobody has this address, `Denied` for others.
pub async fn holder(cx: &Cx, email: &str) -> Result<(MemberId, Vec<RoleCard>)> {
    cx.check(Act::GrantRoles, On::City)?;
    let key = Email::parse(email)?.key();
    let row = store::find_by_email(cx.db(), &key).await?.ok_or(Error::NotFound)?;
    Ok((row.id, roles(cx, row.id).await?))
}

async fn roles(cx: &Cx, id: MemberId) -> Result<Vec<RoleCard>> {
    let rows = store::grants(cx.db(), id, cx.now).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let role = Role::parse(&row.role)?;
            Some(RoleCard {
                id: row.id,
                role,
                within: row.within(),
                until: row.until_at,
            })
        })
        .collect())
}

/// A page of the roles in force, last given first.
///
/// # Errors
/// `Unauthenticated`, `Denied` for others than administrators, and those of the database.
pub async fn grants(cx: &Cx, paging: Paging) -> Result<Page<GrantCard>> {
    cx.check(Act::ReadSystem, On::City)?;
    let rows = store::grants_in_force(cx.db(), cx.now, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.granted_at.ms(),
        id: row.id.uuid(),
    });
    let members: Vec<MemberId> = page.items.iter().map(|row| row.member_id).collect();
    let known: HashMap<MemberId, (String, Option<String>)> = store::addresses(cx.db(), &members)
        .await?
        .into_iter()
        .map(|(id, nickname, email)| (id, (nickname, email)))
        .collect();
    let named: Vec<ConsultationId> = page.items.iter().filter_map(|row| row.consultation_id).collect();
    let rules = consultation::read::rules_of(cx, &named).await?;
    let named: Vec<CallId> = page.items.iter().filter_map(|row| row.call_id).collect();
    let calls = call::read::titles(cx, &named).await?;
    let title = |within: Within| {
        let title = match within {
            Within::City => return None,
            Within::Consultation(id) => rules.get(&id).map(|rules| &rules.title),
            Within::Call(id) => calls.get(&id),
        };
        let (language, title) = title.map_or((cx.language, ""), |title| title.with_language(cx.language));
        Some((language, title.to_owned()))
    };
    let cards = page.items.iter().filter_map(|row| {
        let (nickname, email) = known.get(&row.member_id).cloned().unwrap_or_default();
        Some(GrantCard {
            id: row.id,
            member: row.member_id,
            nickname,
            email,
            role: Role::parse(&row.role)?,
            within: title(row.within()),
            until: row.until_at,
            granted_at: row.granted_at,
        })
    });
    let cards = cards.collect();
    Ok(page.with(cards))
}

/// The public names of `ids`.
pub(crate) async fn names(cx: &Cx, ids: &[MemberId]) -> Result<HashMap<MemberId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let known = store::addresses(cx.db(), ids).await?.into_iter();
    Ok(known.map(|(id, nickname, _)| (id, nickname)).collect())
}

/// Where a member's letters go and in which language; `None` for those without an address.
///
/// # Errors
/// Those of the database.
pub async fn address(city: &City, id: MemberId) -> Result<Option<(String, Language)>> {
    let row = store::find(city.db.read(), id).await?;
    Ok(row.and_then(|row| Some((row.email?, Language::parse(&row.language).unwrap_or_default()))))
}

/// A role as its letter tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleLetter {
    /// To whom.
    pub email: String,
    /// In which language.
    pub language: Language,
    /// Which role.
    pub role: Role,
    /// The title of the one consultation where it is good.
    pub consultation: Option<String>,
    /// The title of the one call where it is good.
    pub call: Option<String>,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// What the letter about a role says; nothing for those without an address, and of a role that was given nothing once it
/// was taken again.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn role_letter(city: &City, id: RoleGrantId, given: bool) -> Result<Option<RoleLetter>> {
    let row = store::find_grant(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    let role = Role::parse(&row.role).ok_or_else(|| Error::Bug(format!("role {}", row.role)))?;
    let Some((email, language)) = address(city, row.member_id).await? else {
        return Ok(None);
    };
    if given && row.revoked_at.is_some() {
        return Ok(None);
    }
    let consultation = match row.consultation_id {
        None => None,
        Some(id) => {
            let rules = consultation::read::rules(&city.system(), id).await?;
            Some(rules.title.get(language).to_owned())
        }
    };
    let named: Vec<CallId> = row.call_id.into_iter().collect();
    let call = call::read::titles(&city.system(), &named).await?.into_values().next();
    Ok(Some(RoleLetter {
        email,
        language,
        role,
        consultation,
        call: call.map(|title| title.get(language).to_owned()),
        until: row.until_at,
    }))
}
