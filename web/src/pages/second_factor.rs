//! stub
use crate::visit::Visit;
use civic::error::{Error, Result};
use poem::Response;
use std::sync::Arc;
pub async fn form(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn give(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn setup(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn confirm(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
