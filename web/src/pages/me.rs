//! stub
use crate::visit::Visit;
use civic::error::{Error, Result};
use poem::Response;
use std::sync::Arc;
pub async fn folder(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn settings(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn change(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn tokens(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn make_token(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn revoke_token(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn sign_out_everywhere(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
pub async fn list(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
