//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod authz;
mod comment;
mod consultation;
mod districts;
mod guard;
mod hostile;
mod import;
mod letters;
mod list;
mod me;
mod member;
mod outbox;
mod pages;
mod participation;
mod portable;
mod proposal;
mod search;
mod search_page;
mod second_factor;
mod seed;
mod support;
mod text;
mod tidy;
mod writing;
