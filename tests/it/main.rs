//! The one integration-test binary: real routes, a database of its own for every test.

mod comment;
mod consultation;
mod guard;
mod letters;
mod list;
mod member;
mod outbox;
mod portable;
mod proposal;
mod search;
mod support;
mod tidy;
