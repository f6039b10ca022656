//! The program `arengo`: reads the command line and runs one command.
//!
//! Rule: what went wrong is said in a sentence with its causes, and the exit code is 1.

use std::process::ExitCode;

use clap::Parser;
use server::command::Arengo;

#[tokio::main]
async fn main() -> ExitCode {
    match server::command::run(Arengo::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("arengo: {error:#}");
            ExitCode::FAILURE
        }
    }
}
