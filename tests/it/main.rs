//! The one integration-test binary: real routes, a database of its own for every test.

mod comment;
mod consultation;
mod guard;
mod list;
mod member;
mod portable;
mod proposal;
mod support;
mod tidy;
