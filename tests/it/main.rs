//! The one integration-test binary: real routes, a database of its own for every test.

mod guard;
mod portable;
mod support;
mod tidy;
mod writing;
