//! The one integration-test binary: real routes, a database of its own for every test.

mod accessible;
mod command;
mod contract;
mod districts;
mod files;
mod fuzzing;
mod guard;
mod hostile;
mod me;
mod participation;
mod portable;
mod rest;
mod search_page;
mod second_factor;
mod seed;
mod support;
mod text;
mod tidy;
mod writing;
