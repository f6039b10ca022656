//! No provider of payments: what a city has that has configured none.
//!
//! Rule: it refuses everything and has done nothing, so that gifts by card are refused with a reason, and transfers and cash
//! go on. Deliberately absent: any money.

use async_trait::async_trait;
use civic::id::DonationId;
use civic::payment::{Fact, Movements, NewRefund, NewSession, PaymentError, Payments, Session, Told};
use civic::time::Timestamp;

/// Nobody who takes payments.
pub struct Nobody;

fn refused<T>() -> Result<T, PaymentError> {
    Err(PaymentError::Refused("no provider is configured".to_owned()))
}

#[async_trait]
impl Payments for Nobody {
    async fn open(&self, _: &NewSession) -> Result<Session, PaymentError> {
        refused()
    }

    async fn close(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Ok(Vec::new())
    }

    async fn look(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Ok(Vec::new())
    }

    async fn find(&self, _: DonationId, _: Timestamp) -> Result<Option<Session>, PaymentError> {
        Ok(None)
    }

    async fn refund(&self, _: &NewRefund) -> Result<Fact, PaymentError> {
        refused()
    }

    async fn refunds(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Ok(Vec::new())
    }

    async fn movements(&self, _: Timestamp, _: Option<&str>) -> Result<Movements, PaymentError> {
        Ok(Movements {
            items: Vec::new(),
            next: None,
        })
    }

    fn read(&self, _: &[u8], _: &str, _: Timestamp) -> Result<Told, PaymentError> {
        Err(PaymentError::Forged("no provider is configured".to_owned()))
    }
}
