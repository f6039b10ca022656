//! Who acts: a visitor, a member with the roles in force, or the system itself.
//!
//! Rule: a role is a grant with a scope and an end; a staff role counts only after the second factor, and through a
//! token only within the token's scopes. How a credential becomes an actor is `member::read::by_session` and
//! `member::read::by_token`.

use serde::{Deserialize, Serialize};

use crate::id::{CallId, ConsultationId, MemberId};
use crate::language::Language;
use crate::limits::{SECOND_FACTOR_FRESH_MS, STAFF_SESSION_MS};
use crate::time::Timestamp;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is not signed in.
    Visitor,
    /// A member, with what they may do besides being one.
    Member(Person),
    /// The program itself: imports, the worker, the command line.
    System,
}

/// A member who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Which member.
    pub id: MemberId,
    /// The public name.
    pub nickname: String,
    /// The language of their letters.
    pub language: Language,
    /// The roles in force.
    pub grants: Vec<Grant>,
    /// When the second factor was given in this session.
    pub second_factor_at: Option<Timestamp>,
    /// What a token allows; `None` for a session, which allows all.
    pub scopes: Option<Vec<Scope>>,
}

/// A role in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Which role.
    pub role: Role,
    /// Where it counts.
    pub within: Within,
}

/// Where a role counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within {
    /// Everywhere.
    City,
    /// In this consultation alone.
    Consultation(ConsultationId),
    /// In this call alone.
    Call(CallId),
}

impl Within {
    /// The consultation for which alone it counts.
    #[must_use]
    pub const fn consultation(self) -> Option<ConsultationId> {
        match self {
            Self::Consultation(id) => Some(id),
            Self::City | Self::Call(_) => None,
        }
    }

    /// The call for which alone it counts.
    #[must_use]
    pub const fn call(self) -> Option<CallId> {
        match self {
            Self::Call(id) => Some(id),
            Self::City | Self::Consultation(_) => None,
        }
    }
}

/// A staff role. Being a citizen needs no grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Hides and restores what people wrote, with reasons.
    Moderator,
    /// Keeps consultations and calls, and marks corrections.
    Editor,
    /// Checks the applications for a call, and draws up its list.
    Office,
    /// Scores the applications for one call.
    Commissioner,
    /// Sees and keeps the money: transfers, cash, refunds, payouts.
    Treasurer,
    /// Gives roles and sees the state of the system.
    Administrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Moderator,
        Self::Editor,
        Self::Office,
        Self::Commissioner,
        Self::Treasurer,
        Self::Administrator,
    ];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Editor => "editor",
            Self::Office => "office",
            Self::Commissioner => "commissioner",
            Self::Treasurer => "treasurer",
            Self::Administrator => "administrator",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it may be given there: a commission is that of one call, and what has to do with calls is in none of the
    /// consultations.
    #[must_use]
    pub const fn fits(self, within: Within) -> bool {
        match (self, within) {
            (Self::Moderator | Self::Editor | Self::Administrator, Within::City | Within::Consultation(_))
            | (Self::Office | Self::Treasurer, Within::City | Within::Call(_))
            | (Self::Commissioner, Within::Call(_)) => true,
            (Self::Moderator | Self::Editor | Self::Administrator, Within::Call(_))
            | (Self::Office | Self::Treasurer, Within::Consultation(_))
            | (Self::Commissioner, Within::City | Within::Consultation(_)) => false,
        }
    }
}

/// What a token may be used for, besides reading what is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read one's own drafts, supports and comments.
    ReadOwn,
    /// Write proposals, comments and supports.
    Participate,
    /// Act in the staff roles that one has.
    Staff,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ReadOwn, Self::Participate, Self::Staff];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOwn => "read_own",
            Self::Participate => "participate",
            Self::Staff => "staff",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl Actor {
    /// The member who acts, if it is one.
    #[must_use]
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Member(person) => Some(person),
            Self::Visitor | Self::System => None,
        }
    }

    /// The id of the member who acts, if it is one.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        self.person().map(|person| person.id)
    }

    /// How the actor is named in the audit trail and for repeated requests.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Visitor => "visitor".to_owned(),
            Self::Member(person) => person.id.to_string(),
            Self::System => "system".to_owned(),
        }
    }
}

impl Person {
    /// Whether the member holds `role` there (or for the whole city).
    #[must_use]
    pub fn holds(&self, role: Role, within: Within) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role == role && (grant.within == Within::City || grant.within == within))
    }

    /// Whether the token or session covers `scope`.
    #[must_use]
    pub fn covers(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&scope))
    }

    /// Whether staff roles count now: after the second factor, or through a token made after it.
    #[must_use]
    pub fn second_factor_holds(&self, now: Timestamp) -> bool {
        match (&self.scopes, self.second_factor_at) {
            (Some(scopes), _) => scopes.contains(&Scope::Staff),
            (None, Some(at)) => now.since_ms(at) < STAFF_SESSION_MS,
            (None, None) => false,
        }
    }

    /// Whether the second factor was given within the last minutes, as roles and money ask.
    #[must_use]
    pub fn second_factor_is_fresh(&self, now: Timestamp) -> bool {
        self.scopes.is_none()
            && self
                .second_factor_at
                .is_some_and(|at| now.since_ms(at) < SECOND_FACTOR_FRESH_MS)
    }
}
