//! The chain: the one text of a txn that is hashed, and the hash.
//!
//! Rule: the text holds everything that was posted, one thing a line, in words that do not change, and anybody can make it
//! from the public books and hash it with SHA-256. What would lead to a person stands in it under a seal: cause and
//! instants are a text of their own, of which only the hash is in the text. So the books can leave these out of what is
//! about one gift and the chain can be checked all the same; a donor, who knows the gift's id, can open its seal. The hash
//! of the txn before is in the text too, so one kept hash vouches for all that went before. Deliberately absent: a secret.
//! The chain shows a change to whoever kept a hash; it stops nobody who can write the tables from making all of it anew,
//! which is why heads are to be kept elsewhere.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::store::{entry, txn};
use crate::id::{TxnId, TypedId};

/// The first line of every text.
const FORM: &str = "arengo ledger 2";

/// What the first txn names as the hash before it.
pub(crate) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn sha256(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// The seal of a txn: the hash of its cause and its instants. The id of a gift in the cause is chance enough that nobody
/// finds the text by trying.
#[must_use]
pub(crate) fn seal(txn: &txn::Model) -> String {
    sha256(&format!(
        "cause {}\neffective {}\nrecorded {}\n",
        txn.cause,
        txn.effective_at.ms(),
        txn.recorded_at.ms(),
    ))
}

/// The text of a txn that is hashed.
#[must_use]
pub(crate) fn text(txn: &txn::Model, entries: &[entry::Model]) -> String {
    let reverses = txn.reverses.map_or_else(|| "nothing".to_owned(), TxnId::text);
    let mut text = format!(
        "{FORM}\nnumber {}\nbefore {}\nid {}\nkind {}\nreverses {reverses}\nseal {}\n",
        txn.number,
        txn.previous_hash,
        txn.id,
        txn.kind,
        seal(txn),
    );
    for entry in entries {
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "entry {} {} {} {} EUR",
            entry.position, entry.debit, entry.credit, entry.amount_minor
        );
    }
    text
}

/// The hash of a txn: SHA-256 of its text, in hexadecimal.
#[must_use]
pub(crate) fn hash(txn: &txn::Model, entries: &[entry::Model]) -> String {
    sha256(&text(txn, entries))
}
