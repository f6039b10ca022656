//! What the city does: rules, use cases, the sealed store, and the seams behind which the outside is wired.
//!
//! Rule: every behaviour lives here once; pages, REST and GraphQL parse, make one call and wrap. A noun is four files:
//! `proposal.rs` (types, states, rules: pure), `proposal/write.rs` (use cases that change), `proposal/read.rs` (use
//! cases that look), `proposal/store.rs` (the only SQL). Deliberately absent: HTTP, HTML, and any provider.

use std::net::IpAddr;
use std::sync::Arc;

pub mod actor;
pub mod audit;
pub mod db;
pub mod documents;
pub mod error;
pub mod files;
pub mod iban;
pub mod id;
pub mod language;
pub mod limits;
pub mod mail;
pub mod money;
pub(crate) mod named;
pub mod outbox;
pub mod page;
pub mod payment;
pub mod picture;
pub mod policy;
pub mod rate;
pub mod reconciliation;
pub mod repeat;
pub mod report;
pub mod secret;
pub mod text;
pub mod time;

pub mod application;
pub mod attachment;
pub mod call;
pub mod campaign;
pub mod comment;
pub mod consultation;
pub mod donation;
pub mod ledger;
pub mod match_rule;
pub mod matching;
pub mod member;
pub mod moderation;
pub mod payout;
pub mod proposal;
pub mod receipt;
pub mod statement;
pub mod support;
pub mod tax_code;

use actor::Actor;
use db::{Db, Tx};
use documents::Documents;
use error::{Code, Error, Result};
use files::Files;
use id::{Ids, TypedId};
use language::Language;
use payment::Payments;
use policy::{Act, On};
use receipt::Print;
use secret::Secret;
use time::{Clock, Timestamp, Zone};

/// What an installation says of itself; all of it comes from the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The city's name, as in "Comune di Milano".
    pub city_name: String,
    /// The address under which people reach the site, without a slash at the end.
    pub base_url: String,
    /// The city's time zone.
    pub zone: Zone,
    /// Where people write for help.
    pub contact_email: String,
    /// Where the city's declaration of accessibility is; empty until it has made one.
    pub accessibility_declaration: String,
    /// The legal body that holds the donors' money until the outcome, as in the register.
    pub custodian: String,
    /// The number of its bank account, to which donors transfer; empty where they cannot.
    pub custodian_iban: String,
    /// The number of the city's own bank account, from which it pays its part; empty where it pays by other means.
    pub city_iban: String,
    /// Whether this is a demonstration, where one-click sign-in links exist.
    pub demonstration: bool,
}

/// The handles of one installation, made once at start.
pub struct Handles {
    /// The database.
    pub db: Db,
    /// Where instants come from.
    pub clock: Clock,
    /// Where ids and other chance come from.
    pub ids: Ids,
    /// The index of what may be found.
    pub documents: Arc<dyn Documents>,
    /// Pictures and files.
    pub files: Files,
    /// Who takes payments.
    pub payments: Arc<dyn Payments>,
    /// Who makes papers of receipts.
    pub printer: Arc<dyn Print>,
    /// The installation's key.
    pub secret: Secret,
    /// What the installation says of itself.
    pub settings: Settings,
    /// Rings when something was committed, so that the relay need not wait for its next turn.
    pub bell: tokio::sync::Notify,
    /// Rings when a message of the provider of payments was kept, so that it is worked off at once.
    pub messages: tokio::sync::Notify,
    /// Numbered events as they come, for subscriptions.
    pub live: tokio::sync::broadcast::Sender<outbox::Numbered>,
    /// Becomes true when the program is told to stop, for what would otherwise go on by itself.
    pub stopping: tokio::sync::watch::Sender<bool>,
}

/// One installation: handles, cheap to clone.
#[derive(Clone)]
pub struct City(Arc<Handles>);

impl std::ops::Deref for City {
    type Target = Handles;
    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl City {
    /// An installation from its handles.
    #[must_use]
    pub fn new(handles: Handles) -> Self {
        Self(Arc::new(handles))
    }

    /// One operation: who acts, in which language, at the one instant read here.
    #[must_use]
    pub fn cx(&self, actor: Actor, language: Language) -> Cx {
        Cx {
            city: self.clone(),
            actor,
            language,
            now: self.clock.now(),
            from: None,
            repeat: None,
        }
    }

    /// An operation of the system itself.
    #[must_use]
    pub fn system(&self) -> Cx {
        self.cx(Actor::System, Language::It)
    }
}

/// One operation: who acts, when, in which language, and the handles.
#[derive(Clone)]
pub struct Cx {
    /// The installation.
    pub city: City,
    /// Who acts.
    pub actor: Actor,
    /// The language of the answer.
    pub language: Language,
    /// The one instant at which the operation happens.
    pub now: Timestamp,
    /// The address that it comes from, as the listener saw it; for counting only, it is stored nowhere.
    pub from: Option<IpAddr>,
    /// The key under which a repeat of this request is known, where it has one.
    pub repeat: Option<repeat::Claim>,
}

impl Cx {
    /// A new id that sorts by this operation's instant.
    #[must_use]
    pub fn id<I: TypedId>(&self) -> I {
        self.city.ids.next(self.now)
    }

    /// The connection for looking.
    #[must_use]
    pub fn db(&self) -> &sea_orm::DatabaseConnection {
        self.city.db.read()
    }

    /// Begins the operation's transaction.
    ///
    /// # Errors
    /// `Busy` when no connection is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        self.city.db.begin().await
    }

    /// Commits the operation's transaction with what it gave, so that a repeat of the request gives the same.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn commit<T: serde::Serialize>(&self, tx: Tx, outcome: T) -> Result<T> {
        repeat::record(self, &tx, &outcome).await?;
        tx.commit().await?;
        self.city.bell.notify_one();
        Ok(outcome)
    }

    /// Whether the actor may do `act` on `on`.
    ///
    /// # Errors
    /// `Unauthenticated`, `Denied` or `NotFound`, as the policy says.
    pub fn check(&self, act: Act, on: On<'_>) -> Result<()> {
        policy::may(&self.actor, self.now, act, on)
    }

    /// Whether the actor may, for a read model's `can`.
    #[must_use]
    pub fn can(&self, act: Act, on: On<'_>) -> bool {
        self.check(act, on).is_ok()
    }

    /// Whether a page offers it: the actor may, or may once the second factor was asked again.
    #[must_use]
    pub fn offers(&self, act: Act, on: On<'_>) -> bool {
        matches!(
            self.check(act, on),
            Ok(()) | Err(Error::Denied(Code::SecondFactorNeeded))
        )
    }
}
