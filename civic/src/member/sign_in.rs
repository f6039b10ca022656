//! Signing in: a link and six digits by e-mail, for the browser that asked.
//!
//! Rule: the answer is the same whether the address is known or not. Mails to one address are counted by the network that
//! asks and in all, and sign-ins by network, so that a stranger's requests keep nobody out for long. A sign-in lives ten
//! minutes, counts five tries, and is used once; another request, of whomever, ends none that is open. An address that
//! proves itself for the first time becomes a member. What the mail carries is derived, never stored.

use sea_orm::ActiveValue::Set;

use super::store::{self, row, session, sign_in};
use super::{Email, MADE_UP, NewSession, read_nickname};
use crate::error::{Code, Error, Result};
use crate::id::{MemberId, SignInId};
use crate::language::Language;
use crate::limits::{
    SESSION_MS, SIGN_IN_MAILS_IN_ALL_PER_DAY, SIGN_IN_MAILS_IN_ALL_PER_HOUR, SIGN_IN_MAILS_PER_DAY,
    SIGN_IN_MAILS_PER_HOUR, SIGN_IN_MS, SIGN_INS_PER_NETWORK_DAY, SIGN_INS_PER_NETWORK_HOUR,
};
use crate::outbox::{self, Event};
use crate::rate::{self, Rate};
use crate::secret::{hash, same};
use crate::time::Timestamp;
use crate::{City, Cx, db::Tx, repeat};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};

/// What somebody typed to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignIn {
    /// The address.
    pub email: String,
    /// The random token that this browser keeps in its sign-in cookie.
    pub browser: String,
    /// Where they wanted to go: a path of ours.
    pub return_to: String,
}

/// How somebody proves that the mail reached them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The six digits.
    Digits(String),
    /// The link's two parts.
    Link(SignInId, String),
}

/// What became of a proof.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignedIn {
    /// The session that began.
    pub session: NewSession,
    /// Whether the address was new; then a nickname is asked for.
    pub is_new: bool,
    /// Where they wanted to go.
    pub return_to: String,
}

/// What a link leads to, before anything is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// A button that signs in.
    Confirmable,
    /// Opened in another browser than the one that asked: there the digits must be typed.
    OtherBrowser,
    /// Over, used, or never one of ours.
    Over,
}

/// What the letter of a sign-in says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLetter {
    /// To whom.
    pub email: String,
    /// In which language.
    pub language: Language,
    /// The six digits.
    pub digits: String,
    /// The last part of the link.
    pub link_proof: String,
    /// When both are over.
    pub expires_at: Timestamp,
}

const DIGITS: &str = "sign-in digits";
const LINK: &str = "sign-in link";

/// Counts a request of this network.
async fn count_network(cx: &Cx, tx: &Tx, network: &str) -> Result<()> {
    for rate in [
        Rate::hourly(SIGN_INS_PER_NETWORK_HOUR),
        Rate::daily(SIGN_INS_PER_NETWORK_DAY),
    ] {
        rate::take(cx, tx, "sign-in of network", network, rate).await?;
    }
    Ok(())
}

/// Whether one more mail may go to this address when this network asks for it.
async fn may_mail(cx: &Cx, tx: &Tx, email_key: &str, network: &str) -> Result<bool> {
    let from_here = format!("{email_key} {network}");
    let counts = [
        (
            "mail to address",
            email_key,
            Rate::hourly(SIGN_IN_MAILS_IN_ALL_PER_HOUR),
        ),
        ("mail to address", email_key, Rate::daily(SIGN_IN_MAILS_IN_ALL_PER_DAY)),
        ("mail from network", &*from_here, Rate::hourly(SIGN_IN_MAILS_PER_HOUR)),
        ("mail from network", &*from_here, Rate::daily(SIGN_IN_MAILS_PER_DAY)),
    ];
    for (what, of, rate) in counts {
        match rate::take(cx, tx, what, of, rate).await {
            Err(Error::TooMany { .. }) => return Ok(false),
            taken => taken?,
        }
    }
    Ok(true)
}

/// Asks for a sign-in: same answer for every address.
///
/// # Errors
/// `Invalid` for an address that cannot exist, `TooMany` when too many came from this network.
pub async fn ask(cx: &Cx, new: NewSignIn) -> Result<SignInId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let email = Email::parse(&new.email)?;
    let tx = cx.begin().await?;
    let key = email.key();
    let id: SignInId = cx.id();
    let network = cx.from.map(rate::network);
    if let Some(network) = &network {
        count_network(cx, &tx, network).await?;
    }
    if !may_mail(cx, &tx, &key, network.as_deref().unwrap_or_default()).await? {
        // The letters already sent still work; nobody learns from the answer that there were too many.
        return Ok(id);
    }
    let row = sign_in::ActiveModel {
        id: Set(id),
        email: Set(email.as_str().to_owned()),
        email_key: Set(key),
        browser_hash: Set(hash(&new.browser)),
        language: Set(cx.language.code().to_owned()),
        return_to: Set(local_path(&new.return_to).to_owned()),
        tries: Set(0),
        created_at: Set(cx.now),
        expires_at: Set(cx.now.plus_ms(SIGN_IN_MS)),
        used_at: Set(None),
    };
    store::insert_sign_in(&tx, row).await?;
    outbox::put(&tx, cx, &Event::SignInAsked { sign_in: id }).await?;
    cx.commit(tx, id).await
}

/// Only a path of our own site is returned to; anything else leads home.
#[must_use]
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 1_000
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.is_ascii();
    if local { path } else { "/" }
}

/// What the letter of a sign-in says, or nothing when it is over.
///
/// # Errors
/// Those of the database.
pub async fn letter(city: &City, id: SignInId) -> Result<Option<SignInLetter>> {
    let now = city.system().now;
    let found = store::find_sign_in(city.db.read(), id).await?;
    Ok(found
        .filter(|row| row.used_at.is_none() && row.expires_at > now)
        .map(|row| SignInLetter {
            email: row.email,
            language: Language::parse(&row.language).unwrap_or_default(),
            digits: city.secret.digits(DIGITS, &id.to_string()),
            link_proof: city.secret.proof(LINK, &id.to_string()),
            expires_at: row.expires_at,
        }))
}

/// What a link leads to in this browser.
///
/// # Errors
/// Those of the database.
pub async fn link_state(cx: &Cx, id: SignInId, proof: &str, browser: Option<&str>) -> Result<LinkState> {
    let Some(row) = store::find_sign_in(cx.db(), id).await? else {
        return Ok(LinkState::Over);
    };
    let ours = same(proof, &cx.city.secret.proof(LINK, &id.to_string()));
    if !ours || row.used_at.is_some() || row.expires_at <= cx.now {
        return Ok(LinkState::Over);
    }
    let asked_here = browser.is_some_and(|token| same(&hash(token), &row.browser_hash));
    Ok(if asked_here {
        LinkState::Confirmable
    } else {
        LinkState::OtherBrowser
    })
}

/// Signs in with the digits or the link, in the browser that asked.
///
/// # Errors
/// `Conflict(CodeWrong)`, `Conflict(CodeExpired)` or `Conflict(TriesUsedUp)`.
pub async fn confirm(cx: &Cx, proof: Proof, browser: &str) -> Result<SignedIn> {
    let tx = cx.begin().await?;
    let mut open = store::open_sign_ins(&*tx, &hash(browser), cx.now).await?;
    if let Proof::Link(id, _) = &proof {
        open.retain(|row| row.id == *id);
    }
    if open.is_empty() {
        return Err(Error::Conflict(Code::CodeExpired));
    }
    // Letters overtake each other: what one types may be of any of them, and is a try of each.
    let (mut tried, mut right) = (false, None);
    for row in open {
        if store::count_try(&tx, row.id).await? {
            tried = true;
            right = right.or_else(|| is_right(cx, &row, &proof).then_some(row));
        }
    }
    if !tried {
        return Err(Error::Conflict(Code::TriesUsedUp));
    }
    let Some(row) = right else {
        // The try counts even though the sign-in failed.
        tx.commit().await?;
        return Err(Error::Conflict(Code::CodeWrong));
    };
    if !store::use_sign_in(&tx, row.id, cx.now).await? {
        return Err(Error::Conflict(Code::CodeExpired));
    }
    let (member, is_new) = find_or_make(cx, &tx, &Email::parse(&row.email)?).await?;
    let session = begin_session(cx, &tx, member, None).await?;
    // What is committed may be kept for repeats, and a session's token is kept nowhere.
    cx.commit(tx, ()).await?;
    Ok(SignedIn {
        session,
        is_new,
        return_to: row.return_to,
    })
}

fn is_right(cx: &Cx, row: &sign_in::Model, proof: &Proof) -> bool {
    let id = row.id.to_string();
    match proof {
        Proof::Digits(digits) => {
            let typed: String = digits.chars().filter(char::is_ascii_digit).collect();
            same(&typed, &cx.city.secret.digits(DIGITS, &id))
        }
        Proof::Link(_, proof) => same(proof, &cx.city.secret.proof(LINK, &id)),
    }
}

/// The member with this address; one with a made-up name when there is none yet.
pub(crate) async fn find_or_make(cx: &Cx, tx: &Tx, email: &Email) -> Result<(MemberId, bool)> {
    if let Some(found) = store::find_by_email(&**tx, &email.key()).await? {
        return Ok((found.id, false));
    }
    let id: MemberId = cx.id();
    loop {
        let mut chance = [0_u8; 5];
        cx.city.ids.fill(&mut chance);
        let made_up = format!("{MADE_UP}{}", BASE32_NOPAD.encode(&chance).to_lowercase());
        let (nickname, nickname_key) = read_nickname(&made_up)?;
        let row = row::ActiveModel {
            id: Set(id),
            email: Set(Some(email.as_str().to_owned())),
            email_key: Set(Some(email.key())),
            nickname: Set(nickname),
            nickname_key: Set(nickname_key),
            language: Set(cx.language.code().to_owned()),
            created_at: Set(cx.now),
            ..Default::default()
        };
        if store::insert(tx, row).await? {
            return Ok((id, true));
        }
        // Either the made-up name was taken, or the same address came in at the same moment.
        if let Some(found) = store::find_by_email(&**tx, &email.key()).await? {
            return Ok((found.id, false));
        }
    }
}

/// Begins a session: 256 bits of chance for the cookie, their hash for the database.
pub(crate) async fn begin_session(
    cx: &Cx,
    tx: &Tx,
    member: MemberId,
    second_factor_at: Option<Timestamp>,
) -> Result<NewSession> {
    let mut chance = [0_u8; 32];
    cx.city.ids.fill(&mut chance);
    let token = BASE64URL_NOPAD.encode(&chance);
    let expires_at = cx.now.plus_ms(SESSION_MS);
    let row = session::ActiveModel {
        id: Set(cx.id()),
        token_hash: Set(hash(&token)),
        member_id: Set(member),
        created_at: Set(cx.now),
        seen_at: Set(cx.now),
        expires_at: Set(expires_at),
        second_factor_at: Set(second_factor_at),
    };
    store::insert_session(tx, row).await?;
    Ok(NewSession {
        member,
        token,
        expires_at,
    })
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_a_path_of_our_own_is_returned_to() {
        for foreign in [
            "https://x.it",
            "//x.it",
            "/\\x.it",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: b",
            "",
        ] {
            assert_eq!(local_path(foreign), "/", "{foreign}");
        }
        assert_eq!(local_path("/it/proposals?sort=newest"), "/it/proposals?sort=newest");
    }
}
