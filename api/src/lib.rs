//! The surfaces for programs: REST with its description, GraphQL, and the door for the provider of payments.
//!
//! Rule: a handler parses, makes one call to `civic` and wraps; what goes over the wire is one struct for each noun that
//! both surfaces share. Deliberately absent: rules, permissions and sentences, which are `civic`'s.

pub mod auth;
pub mod graphql;
pub mod hooks;
pub mod problem;
pub mod rest;
pub mod wire;
