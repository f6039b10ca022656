//! The two surfaces for programs: REST with its description, and GraphQL.
//!
//! Rule: a handler parses, makes one call to `civic` and wraps; what goes over the wire is one struct for each noun that
//! both surfaces share. Deliberately absent: rules, permissions and sentences, which are `civic`'s.

pub mod auth;
pub mod graphql;
pub mod problem;
pub mod rest;
pub mod wire;
