//! The chain: the one text of a txn that is hashed, and the hash.
//!
//! Rule: the text holds everything that was posted, one thing a line, in words that do not change; anybody can make it
//! from the exported books and hash it with SHA-256. The hash of the txn before is among it, so one kept hash vouches for
//! all that went before. Deliberately absent: a secret. The chain shows a change to whoever kept a hash; it stops nobody
//! who can write the tables from making all of it anew, which is why heads are to be kept elsewhere.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::store::{entry, txn};
use crate::id::{TxnId, TypedId};

/// The first line of every text.
const FORM: &str = "arengo ledger 1";

/// What the first txn names as the hash before it.
pub(crate) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The text of a txn that is hashed.
#[must_use]
pub(crate) fn text(txn: &txn::Model, entries: &[entry::Model]) -> String {
    let reverses = txn.reverses.map_or_else(|| "nothing".to_owned(), TxnId::text);
    let mut text = format!(
        "{FORM}\nnumber {}\nbefore {}\nid {}\nkind {}\ncause {}\nreverses {reverses}\neffective {}\nrecorded {}\n",
        txn.number,
        txn.previous_hash,
        txn.id,
        txn.kind,
        txn.cause,
        txn.effective_at.ms(),
        txn.recorded_at.ms(),
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
    HEXLOWER.encode(&Sha256::digest(text(txn, entries).as_bytes()))
}
