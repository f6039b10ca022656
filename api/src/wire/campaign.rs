//! Campaigns on the wire. Sure and expected money stand apart, and what the city adds is told as the rule says it.

mod input;

use async_graphql::{Enum, SimpleObject};
use civic::campaign::read::{CampaignCard, CampaignPage, CampaignPermissions, CityPart, RewardCard, UpdateCard};
use civic::campaign::{Need, TeamMember, Unit};
use civic::id::{ApplicationId, CallId, CampaignId, CampaignUpdateId, RewardId};
use poem_openapi::{Enum as ApiEnum, Object};

use super::application::CostLineOut;
use super::money::Cents;
use super::{Moment, Ref, all};

pub use input::{
    AgreementIn, CampaignExtensionIn, CampaignIn, CostsIn, NeedIn, RewardIn, ScheduleIn, TeamMemberIn, UnitIn, UpdateIn,
};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::campaign::CampaignState")]
pub enum CampaignState {
    /// Being written by its promoter.
    Draft,
    /// The office looks at it.
    InReview,
    /// It has its round, and its match is reserved.
    Scheduled,
    /// It takes gifts.
    Open,
    /// Its deadline has passed, and gifts promised before may still come in.
    WaitingForFunds,
    /// It reached its target; what the city adds is fixed.
    Funded,
    /// It did not; every gift goes back.
    Unfunded,
    /// Ended by a reasoned act; every gift goes back.
    Cancelled,
    /// The agreement is signed.
    Agreed,
    /// The first money is paid out.
    Settled,
    /// The promoter reports what was spent.
    Reporting,
    /// The final grant is fixed and settled.
    Closed,
    /// Nobody signed the agreement by its date; every gift goes back.
    Lapsed,
}

/// What the city adds to a campaign, as it can be told now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "CityPart", skip_serializing_if_is_none)]
#[graphql(name = "CityPart")]
pub struct CityPartOut {
    /// What it adds as things stand: nothing below the threshold.
    pub now_minor: Cents,
    /// What it adds when the threshold is just reached; not there where each gift brings its own.
    pub at_target_minor: Option<Cents>,
    /// Whether that is fixed, or the threshold is reached.
    pub secured: bool,
    /// Whether a further gift lowers what the city adds.
    pub lowered_by_more: bool,
}

impl From<CityPart> for CityPartOut {
    fn from(part: CityPart) -> Self {
        Self {
            now_minor: part.now.into(),
            at_target_minor: part.at_target.map(Into::into),
            secured: part.secured,
            lowered_by_more: part.lowered_by_more,
        }
    }
}

/// What a fund counts in.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Unit")]
#[graphql(name = "Unit")]
pub struct UnitOut {
    /// One of it.
    pub label: String,
    /// What one costs.
    pub price_minor: Cents,
}

impl From<Unit> for UnitOut {
    fn from(unit: Unit) -> Self {
        Self {
            label: unit.label,
            price_minor: unit.price.into(),
        }
    }
}

/// A campaign as lists show it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Campaign", skip_serializing_if_is_none)]
#[graphql(name = "CampaignCard")]
pub struct CampaignOut {
    /// Which one.
    pub id: Ref<CampaignId>,
    /// The readable tail of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// The language it is written in (ISO 639).
    pub lang: String,
    /// Of which call; none for a fund.
    pub call_id: Option<Ref<CallId>>,
    /// Where it stands now.
    pub state: CampaignState,
    /// What it costs.
    pub cost_minor: Cents,
    /// What the crowd must raise; nothing for a fund.
    pub target_minor: Cents,
    /// What is there.
    pub raised_minor: Cents,
    /// The part of it that counts towards the target.
    pub towards_minor: Cents,
    /// What the city adds.
    pub city: CityPartOut,
    /// What a fund counts in.
    pub unit: Option<UnitOut>,
    /// How many of it are paid for.
    pub unit_count: Option<i64>,
    /// How many gifts count.
    pub gift_count: i64,
    /// From when it takes gifts.
    pub opens_at: Option<Moment>,
    /// The first instant in which it takes none.
    pub ends_at: Option<Moment>,
    /// Days left, today among them, by the city's calendar; while it is open.
    pub day_left_count: Option<i64>,
    /// When it was begun.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i64,
}

impl From<CampaignCard> for CampaignOut {
    fn from(card: CampaignCard) -> Self {
        Self {
            id: Ref(card.id),
            slug: card.slug,
            title: card.title,
            summary: card.summary,
            lang: card.lang.code().to_owned(),
            call_id: card.call.map(Ref),
            state: card.state.into(),
            cost_minor: card.cost.into(),
            target_minor: card.target.into(),
            raised_minor: card.raised.into(),
            towards_minor: card.towards.into(),
            city: card.city.into(),
            unit: card.unit.map(Into::into),
            unit_count: card.units,
            gift_count: card.gifts,
            opens_at: card.opens_at.map(Moment),
            ends_at: card.ends_at.map(Moment),
            day_left_count: card.days_left,
            created_at: Moment(card.created_at),
            version: card.version,
        }
    }
}

/// Something that a project needs and that is no money.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Need")]
#[graphql(name = "Need")]
pub struct NeedOut {
    /// What.
    pub what: String,
    /// How many.
    pub number: u32,
}

impl From<Need> for NeedOut {
    fn from(need: Need) -> Self {
        Self {
            what: need.what,
            number: need.number,
        }
    }
}

/// Somebody who works on a project.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "TeamMember")]
#[graphql(name = "TeamMember")]
pub struct TeamMemberOut {
    /// Their name.
    pub name: String,
    /// What they do in it.
    pub task: String,
}

impl From<TeamMember> for TeamMemberOut {
    fn from(member: TeamMember) -> Self {
        Self {
            name: member.name,
            task: member.task,
        }
    }
}

/// A reward as it is offered.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Reward", skip_serializing_if_is_none)]
#[graphql(name = "Reward")]
pub struct RewardOut {
    /// Which.
    pub id: Ref<RewardId>,
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The least that a gift must be for it.
    pub amount_minor: Cents,
    /// How many there are; as many as are asked for when not said.
    pub stock_count: Option<i64>,
    /// How many are left.
    pub left_count: Option<i64>,
}

impl From<RewardCard> for RewardOut {
    fn from(reward: RewardCard) -> Self {
        Self {
            id: Ref(reward.id),
            title: reward.title,
            description: reward.description,
            amount_minor: reward.amount.into(),
            stock_count: reward.stock,
            left_count: reward.left,
        }
    }
}

/// News of a campaign.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CampaignUpdate")]
#[graphql(name = "CampaignUpdate")]
pub struct UpdateOut {
    /// Which.
    pub id: Ref<CampaignUpdateId>,
    /// Its title.
    pub title: String,
    /// What it says, in Markdown.
    pub body: String,
    /// The same as safe HTML.
    pub html: String,
    /// The language it is written in (ISO 639).
    pub lang: String,
    /// When it was told.
    pub published_at: Moment,
}

impl From<UpdateCard> for UpdateOut {
    fn from(card: UpdateCard) -> Self {
        Self {
            id: Ref(card.id),
            title: card.title,
            html: card.body.to_html().to_string(),
            body: card.body.into_string(),
            lang: card.lang.code().to_owned(),
            published_at: Moment(card.published_at),
        }
    }
}

/// What the asking member may do with a campaign now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "CampaignPermissions")]
#[graphql(name = "CampaignPermissions")]
pub struct CampaignPermissionsOut {
    /// Change the draft.
    pub edit: bool,
    /// Hand it in.
    pub submit: bool,
    /// Tell its news.
    pub tell: bool,
    /// Mend its costs, send it back or schedule it.
    pub review: bool,
    /// Extend it.
    pub extend: bool,
    /// Cancel it.
    pub cancel: bool,
    /// End a fund.
    pub end: bool,
    /// Record that the agreement is signed.
    pub agree: bool,
    /// Give to it.
    pub give: bool,
    /// See its gifts with what is not public of them.
    pub see_donations: bool,
}

impl From<CampaignPermissions> for CampaignPermissionsOut {
    fn from(can: CampaignPermissions) -> Self {
        Self {
            edit: can.edit,
            submit: can.submit,
            tell: can.tell,
            review: can.review,
            extend: can.extend,
            cancel: can.cancel,
            end: can.end,
            agree: can.agree,
            give: can.give,
            see_donations: can.see_donations,
        }
    }
}

/// A campaign with all that its page shows.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CampaignPage", skip_serializing_if_is_none)]
#[graphql(name = "Campaign")]
pub struct CampaignPageOut {
    /// What lists show too.
    #[oai(flatten)]
    #[graphql(flatten)]
    pub card: CampaignOut,
    /// The story in Markdown.
    pub story: String,
    /// The same as safe HTML.
    pub html: String,
    /// Who promotes it; a person's name is not public.
    pub promoter: Option<String>,
    /// The application that it was made from.
    pub application_id: Option<Ref<ApplicationId>>,
    /// What it costs.
    pub cost_lines: Vec<CostLineOut>,
    /// What it needs beside money.
    pub needs: Vec<NeedOut>,
    /// Who works on it.
    pub team: Vec<TeamMemberOut>,
    /// What donors get.
    pub rewards: Vec<RewardOut>,
    /// What is promised and not there yet; it may still come to nothing.
    pub expected_minor: Cents,
    /// Until when promised money is waited for.
    pub grace_ends_at: Option<Moment>,
    /// Why the deadline was moved.
    pub extension_reason: Option<String>,
    /// When the outcome was fixed.
    pub outcome_at: Option<Moment>,
    /// What the city gives, once fixed.
    pub granted_minor: Option<Cents>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Why the office sent it back; for its promoter and the office.
    pub sent_back_reason: Option<String>,
    /// Until when the agreement is to be signed.
    pub agree_by: Option<Moment>,
    /// When it was.
    pub agreed_at: Option<Moment>,
    /// What the asking member may do.
    pub can: CampaignPermissionsOut,
}

impl From<CampaignPage> for CampaignPageOut {
    fn from(page: CampaignPage) -> Self {
        Self {
            card: page.card.into(),
            html: page.story.to_html().to_string(),
            story: page.story.into_string(),
            promoter: page.promoter,
            application_id: page.application.map(Ref),
            cost_lines: all(page.cost_lines),
            needs: all(page.needs),
            team: all(page.team),
            rewards: all(page.rewards),
            expected_minor: page.expected.into(),
            grace_ends_at: page.grace_ends_at.map(Moment),
            extension_reason: page.extension_reason,
            outcome_at: page.outcome_at.map(Moment),
            granted_minor: page.granted.map(Into::into),
            cancel_reason: page.cancel_reason,
            sent_back_reason: page.sent_back_reason,
            agree_by: page.agree_by.map(Moment),
            agreed_at: page.agreed_at.map(Moment),
            can: page.can.into(),
        }
    }
}
