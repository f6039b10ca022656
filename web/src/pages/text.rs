//! stub
use crate::visit::Visit;
use civic::error::{Error, Result};
use poem::Response;
use std::sync::Arc;
pub async fn show(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}
