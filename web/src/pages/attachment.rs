//! stub
use crate::visit::Visit;
use civic::error::{Error, Result};
use poem::Response;
use std::sync::Arc;
pub async fn bytes(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn add(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn remove(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
