//! Members: people who take part, how they come in, and what they may do besides.
//!
//! Rule: a member is known by a public nickname, never by the e-mail address. Signing in needs the mailbox and the
//! browser that asked; a staff role acts only after a second factor. Codes and links are derived from the
//! installation's key, so that the database holds nothing with which to sign in. Deliberately absent: passwords.

pub mod read;
pub mod second_factor;
pub mod sign_in;
pub(crate) mod store;
pub mod token;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::actor::{Role, Within};
use crate::error::{Code, Error, Fault, Result};
use crate::id::MemberId;
use crate::limits::{EMAIL_MAX_CHARS, NICKNAME_MAX_CHARS, NICKNAME_MIN_CHARS};
use crate::text::{Title, fold};
use crate::time::Timestamp;

/// An e-mail address that could exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address: one `@`, something before it, a dotted name after it, no white space.
    ///
    /// # Errors
    /// `Invalid` in `email`.
    pub fn parse(raw: &str) -> Result<Self> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(Error::field("email", Code::Empty));
        }
        if text.chars().count() > EMAIL_MAX_CHARS {
            return Err(Error::Invalid(vec![Fault::over(
                "email",
                Code::TooLong,
                EMAIL_MAX_CHARS as u64,
            )]));
        }
        let shaped = text.rsplit_once('@').is_some_and(|(person, host)| {
            let allowed = |c: char| {
                !(c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@' | '\\'))
            };
            let labels = host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
            !person.is_empty() && person.len() <= 64 && person.chars().all(allowed) && host.contains('.') && labels
        });
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::field("email", Code::EmailMalformed))
        }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which addresses are told apart: no two people have addresses that differ by case alone.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Parts of a nickname that would make others take its bearer for the city.
const IMITATING: [&str; 10] = [
    "comune",
    "municipio",
    "municipality",
    "sindac",
    "assessor",
    "moderat",
    "amministrat",
    "administrat",
    "staff",
    "arengo",
];

/// Reads a public name; gives it and the key by which names are told apart.
///
/// # Errors
/// `Invalid` in `nickname`.
pub fn read_nickname(raw: &str) -> Result<(String, String)> {
    let name = Title::parse(raw, NICKNAME_MIN_CHARS, NICKNAME_MAX_CHARS)
        .map_err(|problem| Error::Invalid(vec![problem.fault("nickname")]))?
        .into_string();
    let key = fold(&name);
    let letters: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    let address = name.contains('@') || key.contains("://") || key.contains("www.");
    if address || letters.is_empty() || IMITATING.iter().any(|part| letters.contains(part)) {
        return Err(Error::field("nickname", Code::NicknameRefused));
    }
    Ok((name, key))
}

/// What the names begin with that we make up for whoever comes for the first time.
pub(crate) const MADE_UP: &str = "abitante-";

/// Whether a public name is still the one that we made up.
#[must_use]
pub fn is_made_up(nickname: &str) -> bool {
    nickname.starts_with(MADE_UP)
}

/// A session that has just begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSession {
    /// Whose.
    pub member: MemberId,
    /// The token for the cookie; only its hash is stored.
    pub token: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A role to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub member: MemberId,
    /// Which.
    pub role: Role,
    /// Where it counts.
    pub within: Within,
    /// Until when; `None` for no end.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_exist_are_refused() {
        for bad in [
            "", "a", "a@", "@b.it", "a b@c.it", "a@b", "a@b..it", "a@-b.it", "<a@b.it>", "a@b@c.it",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            Email::parse(" Ada.L+x@Example.ORG ").map(|email| email.key()),
            Ok("ada.l+x@example.org".to_owned())
        );
    }

    #[test]
    fn a_nickname_is_no_address_and_imitates_nobody() {
        for bad in [
            "ab",
            "ada@x.it",
            "http://x",
            "Comune di Milano",
            "Moderàtore",
            "s.t.a.f.f",
            "---",
        ] {
            assert!(read_nickname(bad).is_err(), "{bad}");
        }
        assert_eq!(read_nickname(" Ada  L ").map(|(name, _)| name), Ok("Ada L".to_owned()));
    }
}
