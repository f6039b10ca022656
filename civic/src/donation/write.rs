//! Changing gifts: promise one, pay it, learn what became of it, give it back.
//!
//! Rule: no provider is called while a transaction is open. What is locked is locked in one order: payment, pot, campaign,
//! gift, and the books last. `learn` is the one way in which anything becomes known of a gift's money.

mod desk;
mod give;
mod learn;
mod pay;
mod refund;
mod settle;
mod turn;

pub use desk::{confirm_by_hand, refund, settle_refund};
pub(crate) use give::{CODE_LEN, PROOF};
pub use give::{give, quote};
pub(crate) use learn::take_in;
pub use learn::{Gifts, Learned, learn};
pub(crate) use pay::proves;
pub use pay::{look, pay};
pub use turn::turn;
