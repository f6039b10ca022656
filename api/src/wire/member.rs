//! Members on the wire: only oneself is ever shown whole; others are a public name.

use async_graphql::{Enum, SimpleObject};
use civic::id::{CallId, ConsultationId, MemberId, RoleGrantId};
use civic::member::read::{Profile, RoleCard};
use poem_openapi::{Enum as ApiEnum, Object};

use super::{Language, Moment, Ref, all};

/// A staff role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::actor::Role")]
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

/// A role in force.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "RoleGrant", skip_serializing_if_is_none)]
#[graphql(name = "RoleGrant")]
pub struct RoleOut {
    /// The grant.
    pub id: Ref<RoleGrantId>,
    /// Which role.
    pub role: Role,
    /// Only for this consultation; the whole city when neither is said.
    pub consultation_id: Option<Ref<ConsultationId>>,
    /// Only for this call.
    pub call_id: Option<Ref<CallId>>,
    /// Until when; without an end when not said.
    pub until: Option<Moment>,
}

impl From<RoleCard> for RoleOut {
    fn from(card: RoleCard) -> Self {
        Self {
            id: Ref(card.id),
            role: card.role.into(),
            consultation_id: card.within.consultation().map(Ref),
            call_id: card.within.call().map(Ref),
            until: card.until.map(Moment),
        }
    }
}

/// One's own profile.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Profile", skip_serializing_if_is_none)]
#[graphql(name = "Profile")]
pub struct MemberOut {
    /// Which member.
    pub id: Ref<MemberId>,
    /// The public name.
    pub nickname: String,
    /// The address; nobody else sees it.
    pub email: Option<String>,
    /// The language of one's letters.
    pub language: Language,
    /// Since when.
    pub created_at: Moment,
    /// The roles in force.
    pub roles: Vec<RoleOut>,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
    /// In how many browsers one is signed in.
    pub session_count: u64,
}

impl From<Profile> for MemberOut {
    fn from(profile: Profile) -> Self {
        Self {
            id: Ref(profile.id),
            nickname: profile.nickname,
            email: profile.email,
            language: profile.language.into(),
            created_at: Moment(profile.created_at),
            roles: all(profile.roles),
            has_second_factor: profile.has_second_factor,
            session_count: profile.sessions,
        }
    }
}
