//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod districts;
mod files;
mod guard;
mod hostile;
mod portable;
mod seed;
mod support;
mod tidy;
