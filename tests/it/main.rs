//! The one integration-test binary: real routes, a database of its own for every test.

mod authz;
mod comment;
mod consultation;
mod guard;
mod import;
mod letters;
mod list;
mod member;
mod outbox;
mod pages;
mod portable;
mod proposal;
mod search;
mod support;
mod tidy;
