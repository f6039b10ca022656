//! What the integration tests stand on: a throw-away PostgreSQL, an HTTP client, an SMTP server, a browser, outlines.
//! Anything may be imported here and nothing imports this crate, so it never reaches the product.

pub mod browser;
pub mod bucket;
pub mod calls;
pub mod campaigns;
pub mod city;
pub mod cluster;
pub mod form;
pub mod given;
pub mod hostile;
pub mod http;
pub mod outline;
pub mod outside;
pub mod person;
pub mod program;
pub mod provider;
pub mod receipts;
pub mod rows;
pub mod simulation;
pub mod smtp_sink;
pub mod snapshot;
pub mod socket;
pub mod statements;
pub mod stripe;
