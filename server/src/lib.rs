//! The program `arengo`: configuration, wiring, the listener, the worker, and the commands of operators.
//!
//! Rule: nothing is decided here; what the city does is civic's. Deliberately absent: routes, which are the surfaces' own.

pub mod command;
pub mod config;
pub mod districts;
pub mod guard;
pub mod key;
pub mod sandbox;
pub mod seed;
pub mod serve;
pub mod smtp;
pub mod stripe;
pub mod telemetry;
pub mod terminal;
pub mod wiring;
pub mod work;
