//! The one integration-test binary: real routes, a database of its own for every test.

mod contract;
mod fuzzing;
mod guard;
mod portable;
mod rest;
mod support;
mod tidy;
