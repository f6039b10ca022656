//! Bearer tokens that a member makes for a program.
//!
//! Rule: a token is shown once and stored hashed, has an end and scopes, and cannot make tokens or change the account.
//! It is derived from the installation's key, so that a repeated request can show it again without its being kept.

use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::store::{self, access_token};
use crate::actor::Scope;
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::id::{AccessTokenId, TypedId};
use crate::limits::{TOKEN_MS, TOKEN_NAME_MAX_CHARS, TOKENS_PER_MEMBER};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::secret::hash;
use crate::text::Title;
use crate::time::{DAY_MS, Timestamp};
use crate::{Cx, audit, repeat};

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// How many days it lives.
    pub days: u32,
}

/// A token that was just made, with the text that is shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeToken {
    /// Which one.
    pub id: AccessTokenId,
    /// The text to send as `Authorization: Bearer …`; never written down.
    #[serde(skip)]
    pub text: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A token as its maker sees it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCard {
    /// Which one.
    pub id: AccessTokenId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to within minutes.
    pub used_at: Option<Timestamp>,
}

/// What every token begins with, so that one that leaked can be recognised.
pub const PREFIX: &str = "arengo_";

/// Makes a token.
///
/// # Errors
/// `Invalid` in `name`, `scopes` or `days`; `TooMany` in `name` when there are enough; `Denied(SecondFactorNeeded)` for
/// the staff scope without a fresh second factor.
pub async fn make(cx: &Cx, new: NewToken) -> Result<MadeToken> {
    if let Some(done) = repeat::earlier::<MadeToken>(cx)? {
        let text = text(cx, done.id);
        return Ok(MadeToken { text, ..done });
    }
    let tx = cx.begin().await?;
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::KeepTokens, On::Member(member))?;
    let mut faults = Faults::new();
    let name = Title::parse(&new.name, 1, TOKEN_NAME_MAX_CHARS).map_err(|problem| problem.fault("name"));
    let name = faults.take(name).map(Title::into_string).unwrap_or_default();
    if new.scopes.is_empty() {
        faults.add(Fault::new("scopes", Code::Empty));
    }
    let days_max = u64::try_from(TOKEN_MS / DAY_MS).unwrap_or(0);
    if new.days == 0 || u64::from(new.days) > days_max {
        faults.add(Fault::over("days", Code::OutOfRange, days_max));
    }
    faults.check()?;
    if new.scopes.contains(&Scope::Staff) {
        cx.check(Act::MakeStaffToken, On::Member(member))?;
    }
    if store::count_tokens(&tx, member, cx.now).await? >= TOKENS_PER_MEMBER {
        return Err(Error::Invalid(vec![Fault::over(
            "name",
            Code::TooMany,
            TOKENS_PER_MEMBER,
        )]));
    }
    let expires_at = cx.now.plus_ms(i64::from(new.days) * DAY_MS);
    let id: AccessTokenId = cx.id();
    let text = text(cx, id);
    let scopes: Vec<&str> = Scope::ALL
        .iter()
        .filter(|s| new.scopes.contains(s))
        .map(|s| s.as_str())
        .collect();
    let row = access_token::ActiveModel {
        id: Set(id),
        member_id: Set(member),
        name: Set(name),
        token_hash: Set(hash(&text)),
        scopes: Set(scopes.join(" ")),
        created_at: Set(cx.now),
        expires_at: Set(expires_at),
        used_at: Set(None),
        revoked_at: Set(None),
    };
    store::insert_token(&tx, row).await?;
    audit::note(&tx, cx, "token_make", &id, &scopes.join(" ")).await?;
    cx.commit(tx, MadeToken { id, text, expires_at }).await
}

/// The text of a token: 256 bits that only the installation's key makes of its id.
fn text(cx: &Cx, id: AccessTokenId) -> String {
    format!("{PREFIX}{}", cx.city.secret.proof("token", &id.to_string()))
}

/// One's tokens, last made first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn list(cx: &Cx, paging: Paging) -> Result<Page<TokenCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::KeepTokens, On::Member(member))?;
    let rows = store::tokens_of(cx.db(), member, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.created_at.ms(),
        id: row.id.uuid(),
    });
    Ok(page.map(|row| TokenCard {
        id: row.id,
        name: row.name,
        scopes: row.scopes.split(' ').filter_map(Scope::parse).collect(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }))
}

/// Revokes one of one's tokens, effective at once.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn revoke(cx: &Cx, id: AccessTokenId) -> Result<AccessTokenId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::KeepTokens, On::Member(member))?;
    if !store::revoke_token(&tx, id, member, cx.now).await? {
        return Err(Error::NotFound);
    }
    audit::note(&tx, cx, "token_revoke", &id, "").await?;
    cx.commit(tx, id).await
}
