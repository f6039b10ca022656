//! The installation's key, from which sign-in codes, form tokens and other proofs are derived.
//!
//! Rule: the key never prints and is never stored in the database; what is derived from it is compared in constant
//! time. Each use has its own purpose text, so that a proof made for one is none for another.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// One more than the largest number of six digits.
const SIX_DIGITS: u64 = 1_000_000;

/// The installation's key.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A key of at least 32 bytes; `None` when it is shorter.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= 32).then_some(Self(bytes))
    }

    /// 256 bits for `purpose` of the thing named `of`.
    pub(crate) fn derive(&self, purpose: &str, of: &str) -> [u8; 32] {
        // A key of any length is allowed by HMAC, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(of.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A proof for `purpose` of the thing named `of`: 43 characters that fit an address.
    #[must_use]
    pub fn proof(&self, purpose: &str, of: &str) -> String {
        BASE64URL_NOPAD.encode(&self.derive(purpose, of))
    }

    /// Six digits for `purpose` of the thing named `of`.
    #[must_use]
    pub fn digits(&self, purpose: &str, of: &str) -> String {
        let bytes = self.derive(purpose, of);
        let number = u64::from_be_bytes(bytes[..8].try_into().unwrap_or([0; 8])) % SIX_DIGITS;
        format!("{number:06}")
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The form in which a token is stored: its SHA-256 in hexadecimal.
#[must_use]
pub fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}
