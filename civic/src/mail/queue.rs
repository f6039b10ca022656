//! Letters that wait to be sent: what each is about, and when it is due.
//!
//! Rule: a letter is taken by putting its due time off in its own row, so of several servers one sends it, and another
//! takes it up when that one died meanwhile. Each letter waits for its own next try and holds up none behind it. Nobody's
//! address and no words lie here: a letter is written when it goes out, from what is true then. Changes of one text within
//! the quiet time are one letter to each reader, about the last of them.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::City;
use crate::application::ApplicationNews;
use crate::campaign::CampaignState;
use crate::db::Tx;
use crate::donation::news::DonationNews;
use crate::error::{Error, Result};
use crate::id::{
    ApplicationId, BankAccountId, CampaignId, DecisionId, DonationId, LetterId, MemberId, PayoutId, ProposalId,
    ReceiptId, RefundId, RoleGrantId, SignInId,
};
use crate::limits::{LETTER_AGAIN_MAX_MS, LETTER_AGAIN_MS, LETTER_HELD_MS, LETTER_KEPT_MS, LETTER_QUIET_MS};
use crate::outbox;
use crate::payout::PayoutState;
use crate::receipt::ReceiptState;
use crate::time::Timestamp;

/// What a letter is about, and to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Due {
    /// To whoever wants to sign in: the code and the link.
    SignIn { sign_in: SignInId },
    /// To the author of what a moderator decided on.
    Decided { decision: DecisionId, author: MemberId },
    /// To whoever was given a role, or lost it.
    Role { grant: RoleGrantId, given: bool },
    /// To who wrote an application, about what happened to it in the event of this number.
    Application {
        application: ApplicationId,
        news: ApplicationNews,
        number: i64,
    },
    /// To one who supports a proposal whose text changed.
    Corrected {
        proposal: ProposalId,
        version: i64,
        reader: MemberId,
    },
    /// To one who wrote or supports a proposal of which the city said what becomes of it.
    Answered { proposal: ProposalId, reader: MemberId },
    /// To a donor, about what became of their gift in the event of this number.
    Gift {
        donation: DonationId,
        news: DonationNews,
        refund: Option<RefundId>,
        number: i64,
    },
    /// To a donor, about what became of the campaign.
    Outcome {
        campaign: CampaignId,
        state: CampaignState,
        donation: DonationId,
    },
    /// To the promoter of a campaign, about a payout that went to the bank or came back.
    Payout { payout: PayoutId, state: PayoutState },
    /// To the promoter of a campaign, about this account that was entered for them.
    BankAccount {
        campaign: CampaignId,
        account: BankAccountId,
    },
    /// To a donor, about a receipt that was issued or cancelled.
    Receipt { receipt: ReceiptId, state: ReceiptState },
    /// No letter: those to all donors of a campaign after one of them, which it is replaced by.
    Outcomes {
        campaign: CampaignId,
        state: CampaignState,
        after: Option<DonationId>,
    },
}

/// Letters that are sent one after the other. Whoever signs in waits in front of a screen, and so behind nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Letters with a code.
    SignIn,
    /// All others.
    Other,
}

impl Queue {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Other => "other",
        }
    }
}

impl Due {
    const fn queue(&self) -> Queue {
        match self {
            Self::SignIn { .. } => Queue::SignIn,
            Self::Decided { .. }
            | Self::Role { .. }
            | Self::Application { .. }
            | Self::Corrected { .. }
            | Self::Answered { .. }
            | Self::Gift { .. }
            | Self::Outcome { .. }
            | Self::Payout { .. }
            | Self::BankAccount { .. }
            | Self::Receipt { .. }
            | Self::Outcomes { .. } => Queue::Other,
        }
    }

    /// How long it waits for more of its kind, in milliseconds.
    const fn quiet_ms(&self) -> i64 {
        match self {
            // Money may be back at once: first comes the letter that says why.
            Self::Gift {
                news: DonationNews::RefundMade | DonationNews::RefundFailed,
                ..
            } => LETTER_QUIET_MS,
            Self::SignIn { .. }
            | Self::Decided { .. }
            | Self::Role { .. }
            | Self::Application { .. }
            | Self::Gift { .. }
            | Self::Outcome { .. }
            | Self::Payout { .. }
            | Self::BankAccount { .. }
            | Self::Receipt { .. }
            | Self::Outcomes { .. } => 0,
            Self::Corrected { .. } | Self::Answered { .. } => LETTER_QUIET_MS,
        }
    }

    /// What only one waiting letter is about; none where each is another.
    fn topic(&self) -> Option<String> {
        match self {
            Self::SignIn { .. }
            | Self::Decided { .. }
            | Self::Role { .. }
            | Self::Application { .. }
            | Self::Gift { .. }
            | Self::Outcome { .. }
            | Self::Payout { .. }
            | Self::BankAccount { .. }
            | Self::Receipt { .. }
            | Self::Outcomes { .. } => None,
            Self::Corrected { proposal, reader, .. } => Some(format!("corrected {proposal} {reader}")),
            Self::Answered { proposal, reader } => Some(format!("answered {proposal} {reader}")),
        }
    }

    fn payload(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Bug(error.to_string()))
    }
}

/// A letter that this process took and nobody else sends meanwhile.
#[derive(Debug)]
pub struct Taken {
    id: LetterId,
    /// What it is about.
    pub due: Due,
    tries: i64,
    queued_at: Timestamp,
}

mod row {
    use super::{LetterId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "letter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LetterId,
        pub queue: String,
        pub topic: Option<String>,
        pub payload: String,
        pub tries: i64,
        pub queued_at: Timestamp,
        pub due_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows that one statement inserts: below the number of parameters that both databases take.
const ROWS_AT_ONCE: usize = 200;

/// Queues the letters that the events between two places call for, and moves the follower there, both or neither; false
/// when another process did so first.
///
/// # Errors
/// Those of the database.
pub async fn put(city: &City, follower: &str, (from, to): (i64, i64), letters: &[Due]) -> Result<bool> {
    let now = city.system().now;
    let tx = city.db.begin().await?;
    if !outbox::pass(&tx, now, follower, (from, to)).await? {
        return Ok(false);
    }
    insert(city, &tx, now, letters).await?;
    tx.commit().await?;
    Ok(true)
}

/// Replaces what was taken by other letters, both or neither; false when another process did so first.
///
/// # Errors
/// Those of the database.
pub async fn spread(city: &City, taken: &Taken, letters: &[Due]) -> Result<bool> {
    let now = city.system().now;
    let tx = city.db.begin().await?;
    let replaced = row::Entity::delete_by_id(taken.id).exec(&*tx).await?;
    if replaced.rows_affected == 0 {
        return Ok(false);
    }
    insert(city, &tx, now, letters).await?;
    tx.commit().await?;
    Ok(true)
}

async fn insert(city: &City, tx: &Tx, now: Timestamp, letters: &[Due]) -> Result<()> {
    // A waiting letter about the same tells of the newest change; when it goes out stays as it was.
    let joined = OnConflict::column(row::Column::Topic)
        .update_column(row::Column::Payload)
        .to_owned();
    for some in last_of_each(letters).chunks(ROWS_AT_ONCE) {
        let mut rows = Vec::with_capacity(some.len());
        for due in some {
            rows.push(row::ActiveModel {
                id: Set(city.ids.next(now)),
                queue: Set(due.queue().as_str().to_owned()),
                topic: Set(due.topic()),
                payload: Set(due.payload()?),
                tries: Set(0),
                queued_at: Set(now),
                due_at: Set(now.plus_ms(due.quiet_ms())),
            });
        }
        row::Entity::insert_many(rows)
            .on_conflict(joined.clone())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// The letters without those that a later one about the same replaces: one statement must not meet a row twice.
fn last_of_each(letters: &[Due]) -> Vec<&Due> {
    let last: HashMap<String, usize> = letters
        .iter()
        .enumerate()
        .filter_map(|(at, due)| Some((due.topic()?, at)))
        .collect();
    let kept = |(at, due): &(usize, &Due)| due.topic().is_none_or(|topic| last.get(&topic) == Some(at));
    letters.iter().enumerate().filter(kept).map(|(_, due)| due).collect()
}

/// Takes the letter that has been due for longest; none when nothing is due.
///
/// # Errors
/// Those of the database.
pub async fn take(city: &City, queue: Queue) -> Result<Option<Taken>> {
    loop {
        let now = city.system().now;
        let found = row::Entity::find()
            .filter(row::Column::Queue.eq(queue.as_str()))
            .filter(row::Column::DueAt.lte(now))
            .order_by_asc(row::Column::DueAt)
            .order_by_asc(row::Column::Id)
            .limit(1)
            .one(city.db.read())
            .await?;
        let Some(row) = found else { return Ok(None) };
        let tx = city.db.begin().await?;
        let Ok(due) = serde_json::from_str(&row.payload) else {
            // Written by a program that knew other kinds of letters: no try of ours would ever end.
            tracing::error!(letter = %row.id, "a letter that cannot be read is left out");
            row::Entity::delete_by_id(row.id).exec(&*tx).await?;
            tx.commit().await?;
            continue;
        };
        let taken = row::Entity::update_many()
            .col_expr(row::Column::DueAt, now.plus_ms(LETTER_HELD_MS).ms().into())
            .col_expr(row::Column::Tries, Expr::col(row::Column::Tries).add(1))
            .filter(row::Column::Id.eq(row.id))
            .filter(row::Column::DueAt.eq(row.due_at))
            .exec(&*tx)
            .await?;
        tx.commit().await?;
        if taken.rows_affected == 1 {
            return Ok(Some(Taken {
                id: row.id,
                due,
                tries: row.tries,
                queued_at: row.queued_at,
            }));
        }
    }
}

/// Forgets a letter that went out or that nobody is to get; one that was joined by a newer change meanwhile waits anew.
///
/// # Errors
/// Those of the database; then it goes out once more, under the same name.
pub async fn done(city: &City, letter: &Taken) -> Result<()> {
    let tx = city.db.begin().await?;
    let forgotten = row::Entity::delete_many()
        .filter(row::Column::Id.eq(letter.id))
        .filter(row::Column::Payload.eq(letter.due.payload()?))
        .exec(&*tx)
        .await?;
    if forgotten.rows_affected == 0 {
        let now = city.system().now;
        row::Entity::update_many()
            .col_expr(row::Column::DueAt, now.plus_ms(letter.due.quiet_ms()).ms().into())
            .col_expr(row::Column::QueuedAt, now.ms().into())
            .col_expr(row::Column::Tries, 0_i64.into())
            .filter(row::Column::Id.eq(letter.id))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await
}

/// Puts a letter off until its next try; false when it has been tried for so long that it is given up.
///
/// # Errors
/// Those of the database; then it is tried again when nobody holds it any more.
pub async fn put_off(city: &City, letter: &Taken) -> Result<bool> {
    let now = city.system().now;
    if now.since_ms(letter.queued_at) >= LETTER_KEPT_MS {
        done(city, letter).await?;
        return Ok(false);
    }
    let doubled = 1_i64 << letter.tries.clamp(0, MOST_DOUBLED);
    let wait = Ord::min(LETTER_AGAIN_MS * doubled, LETTER_AGAIN_MAX_MS);
    let tx = city.db.begin().await?;
    row::Entity::update_many()
        .col_expr(row::Column::DueAt, now.plus_ms(wait).ms().into())
        .filter(row::Column::Id.eq(letter.id))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Doubled so often, every wait is at its longest.
const MOST_DOUBLED: i64 = 16;
