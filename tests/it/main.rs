//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod comment;
mod consultation;
mod contract;
mod districts;
mod fuzzing;
mod graphql;
mod guard;
mod hostile;
mod letters;
mod list;
mod member;
mod outbox;
mod portable;
mod proposal;
mod rest;
mod search;
mod seed;
mod support;
mod tidy;
