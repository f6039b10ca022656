//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod command;
mod contract;
mod districts;
mod files;
mod fuzzing;
mod guard;
mod hostile;
mod portable;
mod rest;
mod seed;
mod support;
mod tidy;
