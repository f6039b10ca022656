//! Every typed id: a UUID version 7 inside, `prp_…` outside.
//!
//! Rule: an id of one kind can never be read as another, because its prefix is checked on the way in. The text form is
//! Crockford's base 32 of the sixteen bytes, lower case, so that it sorts by time, survives being read out loud and
//! needs no escaping in an address. Deliberately absent: numbers in sequence, which would tell how many there are.

use std::sync::Mutex;

use data_encoding::{Encoding, Specification};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::time::Timestamp;

/// What all typed ids have in common, for code that is generic over them.
pub trait TypedId: Copy + Send + Sync + 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
    /// Wraps a UUID that is known to be of this kind.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The text form, as it appears in addresses and answers.
    fn text(self) -> String {
        let mut text = String::with_capacity(Self::PREFIX.len() + 1 + LETTERS);
        text.push_str(Self::PREFIX);
        text.push('_');
        encoding().encode_append(self.uuid().as_bytes(), &mut text);
        text
    }
    /// Reads the text form; `None` when it is not exactly one.
    fn read(text: &str) -> Option<Self> {
        let letters = text.strip_prefix(Self::PREFIX)?.strip_prefix('_')?;
        let bytes = encoding().decode(letters.as_bytes()).ok()?;
        Some(Self::from_uuid(Uuid::from_slice(&bytes).ok()?))
    }
}

/// Length of the part after the underscore.
pub const LETTERS: usize = 26;

fn encoding() -> &'static Encoding {
    static ENCODING: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut specification = Specification::new();
        specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        specification
            .encoding()
            .unwrap_or_else(|_| data_encoding::BASE32HEX_NOPAD.clone())
    });
    &ENCODING
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
        pub struct $name(Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn uuid(self) -> Uuid { self.0 }
            fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.text()) }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> { Self::read(text).ok_or(NotAnId { prefix: $prefix }) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(&self.text()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// A member of the city's assembly.
    MemberId = "mem";
    /// One role given to one member.
    RoleGrantId = "rol";
    /// One signed-in browser.
    SessionId = "ses";
    /// One sign-in under way.
    SignInId = "sin";
    /// A bearer token that a member made for a program.
    AccessTokenId = "tok";
    /// A participatory process on one question.
    ConsultationId = "con";
    /// A dated step of a consultation.
    PhaseId = "pha";
    /// A subject of a consultation.
    ThemeId = "thm";
    /// A part of the city: a district or a quarter.
    DistrictId = "dis";
    /// A proposal.
    ProposalId = "prp";
    /// A comment.
    CommentId = "com";
    /// A picture or file of a proposal.
    AttachmentId = "att";
    /// A moderator's reasoned decision.
    DecisionId = "dec";
    /// A row of the outbox.
    EventId = "evt";
    /// A letter that waits to be sent.
    LetterId = "let";
    /// A row of the audit trail.
    AuditId = "aud";
    /// A call for projects.
    CallId = "cal";
    /// An application for a call.
    ApplicationId = "app";
    /// A campaign.
    CampaignId = "cam";
    /// A pot from which gifts are matched.
    PotId = "pot";
    /// A txn of the ledger.
    TxnId = "txn";
    /// A donation.
    DonationId = "don";
    /// A refund of a donation, or of a part of it.
    RefundId = "ref";
    /// A reward of a campaign.
    RewardId = "rew";
    /// News of a campaign.
    CampaignUpdateId = "upd";
    /// A payout to a promoter.
    PayoutId = "pay";
    /// A promoter's bank account.
    BankAccountId = "bnk";
    /// A statement of the bank.
    StatementId = "sta";
    /// A line of a statement.
    StatementLineId = "lin";
    /// A file with payouts for the bank.
    PayoutFileId = "pfi";
    /// A receipt for a donation.
    ReceiptId = "rcp";
    /// A daily comparison with the provider's account.
    ReconciliationId = "rcl";
    /// A movement on the provider's account.
    MovementId = "mov";
    /// A message of the provider of payments.
    PaymentMessageId = "pmg";
}

/// Says that a text is not the id that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with {prefix}_")]
pub struct NotAnId {
    prefix: &'static str,
}

/// Where new ids come from: chance in a city, a seed in a test.
#[derive(Debug)]
pub enum Ids {
    /// The operating system's chance.
    Random,
    /// The same ids in each run.
    Seeded(Box<Mutex<StdRng>>),
}

impl Ids {
    /// Ids that repeat from run to run.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// A new id that sorts by `now`.
    pub fn next<I: TypedId>(&self, now: Timestamp) -> I {
        let mut chance = [0_u8; 10];
        self.fill(&mut chance);
        let milliseconds = u64::try_from(now.ms()).unwrap_or(0);
        I::from_uuid(uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid())
    }

    /// Fills `bytes` with chance that nobody can guess (in a test: that repeats).
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::Random => rand::rng().fill_bytes(bytes),
            Self::Seeded(rng) => {
                rng.lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .fill_bytes(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_way_out_and_back() {
        let id: ProposalId = Ids::seeded(1).next(Timestamp::from_ms(1_700_000_000_000));
        assert_eq!(ProposalId::read(&id.text()), Some(id));
        assert_eq!(id.text().len(), "prp_".len() + LETTERS);
    }

    #[test]
    fn an_id_of_one_kind_is_not_read_as_another() {
        let id: ProposalId = Ids::seeded(1).next(Timestamp::from_ms(5));
        assert_eq!(CommentId::read(&id.text()), None);
        assert_eq!(ProposalId::read("prp_"), None);
        assert_eq!(ProposalId::read("prp_ÀÈ"), None);
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids = Ids::seeded(7);
        let early: CommentId = ids.next(Timestamp::from_ms(1_000));
        let late: CommentId = ids.next(Timestamp::from_ms(2_000));
        assert!(early.text() < late.text());
    }
}
