//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod guard;
mod hostile;
mod portable;
mod support;
mod tidy;
