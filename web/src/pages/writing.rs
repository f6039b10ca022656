//! stub
use crate::visit::Visit;
use civic::error::{Error, Result};
use poem::Response;
use std::sync::Arc;
pub async fn begin(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn keep_new(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn edit(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn keep(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn discard(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
