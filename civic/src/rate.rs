//! How often something may happen: counts that all servers share through the database.
//!
//! Rule: a count is one row that runs from the first taking to the end of its window, so that two at the same moment wait
//! for each other and never both take the last place. What is counted is named by a keyed hash, so that no address of a
//! person or a machine stands here. Deliberately absent: places given back; dropping the transaction does that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::Cx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::time::{DAY_MS, HOUR_MS, Timestamp};

mod row {
    use super::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rate")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub taken: i64,
        pub ends_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// So many in so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Places.
    pub most: u64,
    /// How long they are counted, in milliseconds.
    pub window_ms: i64,
}

impl Rate {
    /// So many in an hour.
    #[must_use]
    pub const fn hourly(most: u64) -> Self {
        Self {
            most,
            window_ms: HOUR_MS,
        }
    }

    /// So many in a day.
    #[must_use]
    pub const fn daily(most: u64) -> Self {
        Self {
            most,
            window_ms: DAY_MS,
        }
    }
}

/// Takes one place for `of` under the name `what`.
///
/// # Errors
/// `TooMany` when none is left, with the time until there are new ones; then the transaction must be dropped. Those of the
/// database.
pub async fn take(cx: &Cx, tx: &Tx, what: &str, of: &str, rate: Rate) -> Result<()> {
    let name = cx.city.secret.proof("rate", &format!("{what} {} {of}", rate.window_ms));
    let ends_at = cx.now.plus_ms(rate.window_ms);
    let fresh = row::ActiveModel {
        name: Set(name.clone()),
        taken: Set(1),
        ends_at: Set(ends_at),
    };
    let col = |column: row::Column| Expr::col((row::Entity, column));
    let runs = || col(row::Column::EndsAt).gt(cx.now);
    let counted = OnConflict::column(row::Column::Name)
        .value(
            row::Column::Taken,
            Expr::case(runs(), col(row::Column::Taken).add(1)).finally(1),
        )
        .value(
            row::Column::EndsAt,
            Expr::case(runs(), col(row::Column::EndsAt)).finally(ends_at),
        )
        .to_owned();
    row::Entity::insert(fresh)
        .on_conflict(counted)
        .exec_without_returning(&**tx)
        .await?;
    let now = row::Entity::find_by_id(name).one(&**tx).await?.ok_or(Error::Busy)?;
    if u64::try_from(now.taken).unwrap_or(u64::MAX) <= rate.most {
        return Ok(());
    }
    let wait_ms = now.ends_at.since_ms(cx.now);
    Err(Error::TooMany {
        limit: rate.most,
        retry_after_s: u64::try_from(wait_ms / 1_000).unwrap_or(0) + 1,
    })
}

/// Forgets the counts whose windows are over.
///
/// # Errors
/// Those of the database.
pub async fn forget_over(cx: &Cx, tx: &Tx) -> Result<()> {
    row::Entity::delete_many()
        .filter(row::Column::EndsAt.lte(cx.now))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The network by which people are counted together: a household or an office, as far as an address tells.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn neighbours_are_counted_together_and_others_are_not() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("192.0.2.7"), of("::ffff:192.0.2.200"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1:2::7"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::7"), of("2001:db8:1:3::7"));
    }
}
