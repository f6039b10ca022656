//! The one integration-test binary: real routes, a database of its own for every test.

mod guard;
mod portable;
mod seed;
mod support;
mod tidy;
