//! What a donor is told of their gift.
//!
//! Rule: news follow from what was known of the gift before and what is known now, so each is told once, however often and
//! in whatever order its causes are learnt. Whoever leaves the provider's page knows it; nobody writes to them. Deliberately
//! absent: disputes, which donors begin themselves, and the words.

use super::known::{Known, Return};
use super::{DonationState, Way};
use crate::id::{RefundId, TypedId};
use crate::named::named;

named! {
    /// What became of a gift.
    pub enum DonationNews {
        /// It was promised, and how to pay it must be told.
        Promised = "promised",
        /// Its money is there.
        Confirmed = "confirmed",
        /// Its money did not come in time.
        Expired = "expired",
        /// Its payment was under way, and came to nothing.
        Failed = "failed",
        /// Some of it is to go back.
        RefundBegun = "refund_begun",
        /// Some of it is back.
        RefundMade = "refund_made",
        /// Some of it could not go back, and is owed.
        RefundFailed = "refund_failed",
    }
}

/// What is news when `after` is known where `before` was; with the refund that it is about.
pub(crate) fn of(way: Way, before: &Known, after: &Known) -> Vec<(DonationNews, Option<RefundId>)> {
    let mut news = Vec::new();
    if before.captured == 0 && after.captured > 0 {
        news.push((DonationNews::Confirmed, None));
    }
    match (before.state(), after.state()) {
        (DonationState::Authorised, DonationState::Failed) => news.push((DonationNews::Failed, None)),
        (DonationState::Promised, DonationState::Expired) if way != Way::Online => {
            news.push((DonationNews::Expired, None));
        }
        _ => {}
    }
    for refund in &after.refunds {
        let known = before.refunds.iter().find(|one| one.name == refund.name);
        let was = known.map(|one| one.state);
        let told = match refund.state {
            Return::Wanted | Return::Pending if was.is_none() => DonationNews::RefundBegun,
            Return::Succeeded | Return::Settled if was != Some(refund.state) => DonationNews::RefundMade,
            Return::Failed if was != Some(Return::Failed) => DonationNews::RefundFailed,
            Return::Wanted
            | Return::Pending
            | Return::Succeeded
            | Return::Settled
            | Return::Failed
            | Return::Dropped => continue,
        };
        news.push((told, RefundId::read(&refund.name)));
    }
    news
}
