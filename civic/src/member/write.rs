//! Changing members: their profile, their sessions, their roles, and those that an import brings.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;

use super::sign_in::{begin_session, find_or_make};
use super::store::{self, grant as given, row};
use super::{Email, NewGrant, NewSession, read_nickname};
use crate::actor::{Role, Within};
use crate::db::{Tx, is_duplicate};
use crate::error::{Code, Error, Result};
use crate::id::{MemberId, RoleGrantId};
use crate::language::Language;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::secret::{hash, same};
use crate::time::Timestamp;
use crate::{City, Cx, audit, call, consultation, repeat};

/// Changes the public name and the language of one's letters.
///
/// # Errors
/// `Invalid` in `nickname`, which may be taken.
pub async fn change_profile(cx: &Cx, nickname: Option<&str>, language: Option<Language>) -> Result<MemberId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let id = own(cx)?;
    let mut change = row::ActiveModel::default();
    if let Some(raw) = nickname {
        let (name, key) = read_nickname(raw)?;
        change.nickname = Set(name);
        change.nickname_key = Set(key);
    }
    if let Some(language) = language {
        change.language = Set(language.code().to_owned());
    }
    if nickname.is_some() || language.is_some() {
        change_row(&tx, id, change).await?;
    }
    cx.commit(tx, id).await
}

async fn change_row(tx: &Tx, id: MemberId, change: row::ActiveModel) -> Result<()> {
    store::update(tx, id, change).await.map_err(|error| {
        if is_duplicate(&error) {
            Error::field("nickname", Code::NicknameTaken)
        } else {
            error.into()
        }
    })
}

/// The member who acts, when they may change their own things.
pub(crate) fn own(cx: &Cx) -> Result<MemberId> {
    let id = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::KeepOwn, On::Member(id))?;
    Ok(id)
}

/// Ends the session with this token.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(cx: &Cx, token: &str) -> Result<()> {
    let tx = cx.begin().await?;
    store::delete_session(&tx, &hash(token)).await?;
    cx.commit(tx, ()).await
}

/// Ends all one's sessions and revokes all one's tokens, on every device, at once.
///
/// # Errors
/// Those of the database.
pub async fn sign_out_everywhere(cx: &Cx) -> Result<()> {
    let tx = cx.begin().await?;
    let id = own(cx)?;
    end_all(cx, &tx, id).await?;
    audit::note(&tx, cx, "member_sign_out_everywhere", &id, "").await?;
    cx.commit(tx, ()).await
}

/// Ends whatever speaks for this member: sessions and tokens.
pub(crate) async fn end_all(cx: &Cx, tx: &Tx, id: MemberId) -> Result<()> {
    store::delete_sessions_of(tx, id).await?;
    store::revoke_tokens_of(tx, id, cx.now).await
}

const DEMONSTRATION: &str = "demonstration";

/// The last part of a one-click sign-in link; there are such links in a demonstration only.
#[must_use]
pub fn demonstration_proof(city: &City, member: MemberId) -> Option<String> {
    city.settings
        .demonstration
        .then(|| city.secret.proof(DEMONSTRATION, &member.to_string()))
}

/// Whether a one-click link is ours, for the page that it shows first.
///
/// # Errors
/// `NotFound` when this is no demonstration or the link is not ours.
pub fn check_demonstration(city: &City, member: MemberId, proof: &str) -> Result<()> {
    let wanted = demonstration_proof(city, member).ok_or(Error::NotFound)?;
    if same(proof, &wanted) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Signs in by a one-click link, with the second factor taken as given.
///
/// # Errors
/// `NotFound` when this is no demonstration or the link is not ours.
pub async fn demonstration_sign_in(cx: &Cx, member: MemberId, proof: &str) -> Result<NewSession> {
    check_demonstration(&cx.city, member, proof)?;
    let tx = cx.begin().await?;
    let row = store::lock(&tx, member).await?;
    let session = begin_session(cx, &tx, row.id, Some(cx.now)).await?;
    cx.commit(tx, ()).await?;
    Ok(session)
}

/// The member with this address, made when there is none; for the command line and the demonstration.
///
/// # Errors
/// `Invalid` in `email` or `nickname`, `Denied` for others than the system.
pub async fn ensure(cx: &Cx, email: &str, nickname: Option<&str>) -> Result<MemberId> {
    let email = Email::parse(email)?;
    let tx = cx.begin().await?;
    cx.check(Act::GrantRoles, On::City)?;
    let (id, is_new) = find_or_make(cx, &tx, &email).await?;
    if let Some(nickname) = nickname.filter(|_| is_new) {
        let (name, key) = read_nickname(nickname)?;
        let change = row::ActiveModel {
            nickname: Set(name),
            nickname_key: Set(key),
            ..Default::default()
        };
        change_row(&tx, id, change).await?;
    }
    cx.commit(tx, id).await
}

/// Gives a role; the same role twice is given once.
///
/// # Errors
/// `NotFound` for an unknown member, `Invalid` in `consultation`, `call` or `until`, `Denied` for others than administrators with a fresh second factor.
pub async fn grant_role(cx: &Cx, new: NewGrant) -> Result<RoleGrantId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::GrantRoles, On::City)?;
    let id = grant(cx, &tx, new).await?;
    cx.commit(tx, id).await
}

/// Gives a role to whoever has this address, a member or not yet.
///
/// # Errors
/// `Invalid` in `email`, `consultation`, `call` or `until`, `Denied` for others than administrators with a fresh second
/// factor.
pub async fn grant_role_to(
    cx: &Cx,
    email: &str,
    role: Role,
    within: Within,
    until: Option<Timestamp>,
) -> Result<RoleGrantId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::GrantRoles, On::City)?;
    let email = Email::parse(email)?;
    let (member, _) = find_or_make(cx, &tx, &email).await?;
    let new = NewGrant {
        member,
        role,
        within,
        until,
    };
    let id = grant(cx, &tx, new).await?;
    cx.commit(tx, id).await
}

async fn grant(cx: &Cx, tx: &Tx, new: NewGrant) -> Result<RoleGrantId> {
    if new.until.is_some_and(|until| until <= cx.now) {
        return Err(Error::field("until", Code::OutOfRange));
    }
    check_within(cx, new.role, new.within).await?;
    store::lock(tx, new.member).await?;
    let same_grant = |held: &&given::Model| {
        held.role == new.role.as_str() && held.within() == new.within && held.until_at == new.until
    };
    let held = store::grants(&**tx, new.member, cx.now).await?;
    if let Some(held) = held.iter().find(same_grant) {
        return Ok(held.id);
    }
    let id: RoleGrantId = cx.id();
    let row = given::ActiveModel {
        id: Set(id),
        member_id: Set(new.member),
        role: Set(new.role.as_str().to_owned()),
        consultation_id: Set(new.within.consultation()),
        call_id: Set(new.within.call()),
        until_at: Set(new.until),
        granted_by: Set(cx.actor.member()),
        granted_at: Set(cx.now),
        revoked_at: Set(None),
    };
    store::insert_grant(tx, row).await?;
    outbox::put(tx, cx, &Event::RoleChanged { grant: id, given: true }).await?;
    audit::note(tx, cx, "role_grant", &new.member, new.role.as_str()).await?;
    Ok(id)
}

/// Whether there is such a consultation or call, and the role fits it.
async fn check_within(cx: &Cx, role: Role, within: Within) -> Result<()> {
    let (field, known) = match within {
        Within::City => ("call", true),
        Within::Consultation(id) => ("consultation", consultation::read::rules(cx, id).await.is_ok()),
        Within::Call(id) => ("call", call::read::exists(cx, id).await?),
    };
    match (known, role.fits(within)) {
        (true, true) => Ok(()),
        (true, false) if within == Within::City => Err(Error::field(field, Code::Empty)),
        (_, _) => Err(Error::field(field, Code::UnknownValue)),
    }
}

/// Takes a role away; effective with the member's next request.
///
/// # Errors
/// `NotFound` when there is no such role in force.
pub async fn revoke_role(cx: &Cx, id: RoleGrantId) -> Result<RoleGrantId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::GrantRoles, On::City)?;
    if !store::revoke_grant(&tx, id, cx.now).await? {
        return Err(Error::NotFound);
    }
    outbox::put(
        &tx,
        cx,
        &Event::RoleChanged {
            grant: id,
            given: false,
        },
    )
    .await?;
    audit::note(&tx, cx, "role_revoke", &id, "").await?;
    cx.commit(tx, id).await
}

/// The members that an import names by their ids there; those that are missing are made, without an address.
pub(crate) async fn import_authors(
    cx: &Cx,
    tx: &Tx,
    source: &str,
    external: &[String],
) -> Result<HashMap<String, MemberId>> {
    let mut known: HashMap<String, MemberId> = store::of_source(&**tx, source, external).await?.into_iter().collect();
    let missing: Vec<&String> = external.iter().filter(|id| !known.contains_key(*id)).collect();
    let rows = missing
        .iter()
        .map(|external| {
            let nickname = format!("{external} ({source})");
            row::ActiveModel {
                id: Set(cx.id()),
                nickname_key: Set(crate::text::fold(&nickname)),
                nickname: Set(nickname),
                language: Set(Language::It.code().to_owned()),
                created_at: Set(cx.now),
                email: Set(None),
                email_key: Set(None),
                source: Set(Some(source.to_owned())),
                external_id: Set(Some((*external).clone())),
                ..Default::default()
            }
        })
        .collect();
    store::insert_many(tx, rows).await?;
    let made: Vec<String> = missing.into_iter().cloned().collect();
    known.extend(store::of_source(&**tx, source, &made).await?);
    Ok(known)
}

/// Deletes sessions and sign-ins that have been over for a day, and counts that are over; the worker calls it.
///
/// # Errors
/// Those of the database.
pub async fn forget_expired(city: &City) -> Result<()> {
    let cx = city.system();
    let tx = cx.begin().await?;
    store::delete_expired(&tx, cx.now.plus_ms(-crate::time::DAY_MS)).await?;
    crate::rate::forget_over(&cx, &tx).await?;
    tx.commit().await
}
