//! The outbox: every effect of a change leaves through a row written in the change's own transaction.
//!
//! Rule: one relay numbers committed rows under a lock, and every follower (index, letters, live) reads by that number
//! only, so none can skip a transaction that committed late. A follower may see a row twice, never not at all; each of
//! its steps must bear that.

mod follower;

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use crate::City;
use crate::Cx;
use crate::application::ApplicationNews;
use crate::campaign::CampaignState;
use crate::db::Tx;
use crate::donation::news::DonationNews;
use crate::error::{Error, Result};
use crate::id::{
    ApplicationId, AttachmentId, BankAccountId, CallId, CampaignId, CommentId, DecisionId, DonationId, EventId,
    MemberId, PayoutId, ProposalId, ReceiptId, RefundId, RoleGrantId, SignInId,
};
use crate::payout::PayoutState;
use crate::receipt::ReceiptState;
use crate::time::Timestamp;

pub(crate) use follower::pass;
pub use follower::{forget_passed, move_to, place};

/// What happened, as the followers read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A sign-in was asked for; its letter must go out.
    SignInAsked { sign_in: SignInId },
    /// A proposal became public, changed, or ceased to be public; read it to know which.
    ProposalChanged { proposal: ProposalId },
    /// The text of a supported proposal changed; its supporters are told.
    ProposalCorrected { proposal: ProposalId, version: i64 },
    /// The city said what becomes of a proposal; its author and supporters are told.
    ProposalAnswered {
        proposal: ProposalId,
        author: Option<MemberId>,
    },
    /// The number of a proposal's supports changed.
    ProposalTallied { proposal: ProposalId },
    /// A comment was written.
    CommentWritten { comment: CommentId, proposal: ProposalId },
    /// A comment was edited, removed, hidden or restored.
    CommentChanged { comment: CommentId, proposal: ProposalId },
    /// The number of a comment's supports changed.
    CommentTallied { comment: CommentId, proposal: ProposalId },
    /// A moderator decided on what a member wrote; the member is told.
    Decided {
        decision: DecisionId,
        author: Option<MemberId>,
    },
    /// A role was given, or taken; its holder is told.
    RoleChanged { grant: RoleGrantId, given: bool },
    /// A picture or file was removed; its bytes can go.
    AttachmentRemoved { attachment: AttachmentId },
    /// A call became public, or changed since; read it to know how.
    CallChanged { call: CallId },
    /// An application was handed in, completed, checked, put on the list or withdrawn, or its completion was asked for.
    ApplicationChanged {
        application: ApplicationId,
        call: CallId,
        news: ApplicationNews,
    },
    /// A payout was decided, sent, paid or came back; its promoter is told.
    PayoutChanged { payout: PayoutId, state: PayoutState },
    /// The bank account of a campaign's promoter was entered or changed; the promoter is told.
    BankAccountChanged {
        campaign: CampaignId,
        account: BankAccountId,
    },
    /// A campaign became public, or changed since; read it to know how.
    CampaignChanged { campaign: CampaignId },
    /// A gift was promised, or more is known of its money; read it to know what.
    DonationChanged { donation: DonationId, campaign: CampaignId },
    /// Something became of a gift that its donor is told.
    DonorTold {
        donation: DonationId,
        news: DonationNews,
        refund: Option<RefundId>,
    },
    /// A receipt was issued or cancelled; its donor is told.
    ReceiptChanged { receipt: ReceiptId, state: ReceiptState },
    /// A campaign got its outcome, was cancelled, or lapsed; its donors are told.
    CampaignDecided { campaign: CampaignId, state: CampaignState },
    /// Many things changed at once (an import); followers that copy should rebuild.
    Imported { proposals: u64, comments: u64 },
}

impl Event {
    fn kind(&self) -> &'static str {
        match self {
            Self::SignInAsked { .. } => "sign_in_asked",
            Self::ProposalChanged { .. } => "proposal_changed",
            Self::ProposalCorrected { .. } => "proposal_corrected",
            Self::ProposalAnswered { .. } => "proposal_answered",
            Self::ProposalTallied { .. } => "proposal_tallied",
            Self::CommentWritten { .. } => "comment_written",
            Self::CommentChanged { .. } => "comment_changed",
            Self::CommentTallied { .. } => "comment_tallied",
            Self::Decided { .. } => "decided",
            Self::RoleChanged { .. } => "role_changed",
            Self::AttachmentRemoved { .. } => "attachment_removed",
            Self::CallChanged { .. } => "call_changed",
            Self::ApplicationChanged { .. } => "application_changed",
            Self::CampaignChanged { .. } => "campaign_changed",
            Self::PayoutChanged { .. } => "payout_changed",
            Self::BankAccountChanged { .. } => "bank_account_changed",
            Self::DonationChanged { .. } => "donation_changed",
            Self::DonorTold { .. } => "donor_told",
            Self::ReceiptChanged { .. } => "receipt_changed",
            Self::CampaignDecided { .. } => "campaign_decided",
            Self::Imported { .. } => "imported",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::SignInAsked { sign_in } => sign_in.to_string(),
            Self::ProposalChanged { proposal }
            | Self::ProposalCorrected { proposal, .. }
            | Self::ProposalAnswered { proposal, .. }
            | Self::ProposalTallied { proposal } => proposal.to_string(),
            Self::CommentWritten { comment, .. }
            | Self::CommentChanged { comment, .. }
            | Self::CommentTallied { comment, .. } => comment.to_string(),
            Self::Decided { decision, .. } => decision.to_string(),
            Self::RoleChanged { grant, .. } => grant.to_string(),
            Self::AttachmentRemoved { attachment } => attachment.to_string(),
            Self::CallChanged { call } => call.to_string(),
            Self::ApplicationChanged { application, .. } => application.to_string(),
            Self::CampaignChanged { campaign }
            | Self::CampaignDecided { campaign, .. }
            | Self::BankAccountChanged { campaign, .. } => campaign.to_string(),
            Self::PayoutChanged { payout, .. } => payout.to_string(),
            Self::DonationChanged { donation, .. } | Self::DonorTold { donation, .. } => donation.to_string(),
            Self::ReceiptChanged { receipt, .. } => receipt.to_string(),
            Self::Imported { .. } => String::new(),
        }
    }
}

/// An event with the number by which followers read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its place in the one order of committed changes.
    pub number: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
}

pub(crate) mod row {
    use super::{EventId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EventId,
        pub number: Option<i64>,
        pub kind: String,
        pub subject: String,
        pub payload: String,
        pub recorded_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod relay {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "relay")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub last_number: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Writes `event` in the change's own transaction.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &Tx, cx: &Cx, event: &Event) -> Result<()> {
    let payload = serde_json::to_string(event).map_err(|error| Error::Bug(error.to_string()))?;
    let row = row::ActiveModel {
        id: Set(cx.id()),
        number: Set(None),
        kind: Set(event.kind().to_owned()),
        subject: Set(event.subject()),
        payload: Set(payload),
        recorded_at: Set(cx.now),
    };
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// How many rows the relay numbers, and a follower reads, at a time.
pub const BATCH: u64 = 500;

/// Numbers the committed rows that have no number yet; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn relay(city: &City) -> Result<u64> {
    let waiting = row::Entity::find()
        .filter(row::Column::Number.is_null())
        .limit(1)
        .one(city.db.read())
        .await?;
    if waiting.is_none() {
        return Ok(0);
    }
    let tx = city.db.begin().await?;
    // The update takes the row's lock on both databases, so two relays never number at once.
    relay::Entity::update_many()
        .col_expr(relay::Column::LastNumber, Expr::col(relay::Column::LastNumber).add(0))
        .filter(relay::Column::Id.eq(1))
        .exec(&*tx)
        .await?;
    let last = relay::Entity::find_by_id(1)
        .one(&*tx)
        .await?
        .map_or(0, |row| row.last_number);
    let rows: Vec<EventId> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::Column::Number.is_null())
        .order_by_asc(row::Column::RecordedAt)
        .order_by_asc(row::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(&*tx)
        .await?;
    let mut number = last;
    for id in &rows {
        number += 1;
        row::Entity::update_many()
            .col_expr(row::Column::Number, number.into())
            .filter(row::Column::Id.eq(*id))
            .exec(&*tx)
            .await?;
    }
    relay::ActiveModel {
        id: Set(1),
        last_number: Set(number),
    }
    .update(&*tx)
    .await?;
    tx.commit().await?;
    Ok(rows.len() as u64)
}

#[derive(FromQueryResult)]
struct Stored {
    number: i64,
    payload: String,
    recorded_at: Timestamp,
}

/// The numbered events after `number`, at most `BATCH`.
///
/// # Errors
/// Those of the database; `Bug` when a row cannot be read.
pub async fn after(city: &City, number: i64) -> Result<Vec<Numbered>> {
    let query = Query::select()
        .columns([row::Column::Number, row::Column::Payload, row::Column::RecordedAt])
        .from(row::Entity)
        .and_where(Expr::col(row::Column::Number).gt(number))
        .order_by(row::Column::Number, Order::Asc)
        .limit(BATCH)
        .to_owned();
    let db = city.db.read();
    let rows = Stored::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let event = serde_json::from_str(&row.payload).map_err(|error| Error::Bug(error.to_string()))?;
            Ok(Numbered {
                number: row.number,
                recorded_at: row.recorded_at,
                event,
            })
        })
        .collect()
}

/// The number of the last committed and numbered event.
///
/// # Errors
/// Those of the database.
pub async fn last_number(city: &City) -> Result<i64> {
    let row = relay::Entity::find_by_id(1).one(city.db.read()).await?;
    Ok(row.map_or(0, |row| row.last_number))
}

/// How many events wait for a number; zero when the outbox is empty.
///
/// # Errors
/// Those of the database.
pub async fn waiting(city: &City) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(row::Entity::find()
        .filter(row::Column::Number.is_null())
        .count(city.db.read())
        .await?)
}
