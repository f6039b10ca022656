//! The commands of operators, and what each takes.
//!
//! Rule: a command parses, calls one use case and says what came of it; running one twice does no harm.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "commands answer on the terminal"
)]

pub mod check;
pub mod import;
pub mod ledger;
pub mod member;

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use civic::City;
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, Overrides};
use crate::terminal::Progress;
use crate::{seed, serve, telemetry, wiring, work};

/// The software with which a city and its people decide and pay for things together.
#[derive(Debug, Parser)]
#[command(name = "arengo", version, about, arg_required_else_help = true)]
pub struct Arengo {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Common {
    /// A configuration file that goes over the default
    #[arg(long, global = true, env = "ARENGO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The folder for the database (if SQLite), the search index, files, letters and the key
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages, REST and GraphQL
    Serve {
        /// Where to listen, as ADDRESS:PORT
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Bring the database up to this program
    Migrate,
    /// Fill an empty database with the demonstration city
    Seed,
    /// Bring in what exists elsewhere
    #[command(subcommand)]
    Import(import::Import),
    /// Build the search index anew, while searching goes on
    Reindex,
    /// Make a member, give or take a role, reset a second factor
    #[command(subcommand)]
    Member(member::Member),
    /// Check the books, print balances
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Look whether everything is as it must be
    Doctor,
    /// Check the configuration and print it without secrets
    CheckConfig {
        /// Print the default configuration with its comments instead
        #[arg(long)]
        default: bool,
    },
}

/// Runs one command.
///
/// # Errors
/// Says what went wrong.
pub async fn run(arengo: Arengo) -> anyhow::Result<()> {
    let listen = match &arengo.command {
        Command::Serve { listen } => listen.clone(),
        _ => None,
    };
    let overrides = Overrides {
        database_url: arengo.common.database_url,
        data_dir: arengo.common.data_dir,
        listen,
    };
    if let Command::CheckConfig { default: true } = arengo.command {
        print!("{}", crate::config::DEFAULT);
        return Ok(());
    }
    let config = Config::load(arengo.common.config.as_deref(), &overrides)?;
    telemetry::start(&config.log).context("log.filter")?;
    match arengo.command {
        Command::Serve { .. } => serve(&config).await,
        Command::Migrate => migrate(&config).await,
        Command::Seed => seed_city(&config).await,
        Command::Import(what) => import::run(&config, what).await,
        Command::Reindex => reindex(&config).await,
        Command::Member(what) => member::run(&config, what).await,
        Command::Ledger(what) => ledger::run(&config, what).await,
        Command::Doctor => check::doctor(&config).await,
        Command::CheckConfig { .. } => {
            println!("{config:#?}");
            Ok(())
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    if config.demonstration {
        fill(&wired.city).await?;
    }
    let stop = serve::told_to_stop()?;
    let listener = serve::listen(config).await?;
    println!("{} on {}", config.city.name, config.city.base_url);
    if config.demonstration {
        println!("A demonstration. Sign in with one click as");
        for (who, link) in seed::links(&wired.city).await? {
            println!("  {who:<14} {link}");
        }
    }
    if config.mail.host.is_empty() {
        println!("Letters are written to {}", wiring::letters_folder(config).display());
    }
    serve::serve(config, &wired, listener, stop).await
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let db = wiring::database(config).await?;
    let ran = migrations::migrate(db.owner()).await?;
    for step in &ran {
        println!("{step}");
    }
    println!("The database is up to date ({} steps ran).", ran.len());
    Ok(())
}

async fn fill(city: &City) -> anyhow::Result<bool> {
    let mut progress = Progress::new("demonstration: things written");
    let filled = seed::seed(city, &mut |done| progress.reach(done)).await?;
    progress.finish();
    Ok(filled)
}

async fn seed_city(config: &Config) -> anyhow::Result<()> {
    ensure!(
        config.environment == Environment::Development,
        "the demonstration is no content for production: set environment = \"development\""
    );
    let wired = wiring::open(config).await?;
    if !fill(&wired.city).await? {
        bail!("the database holds a consultation already; only an empty one is filled");
    }
    println!("The demonstration city is there.");
    Ok(())
}

async fn reindex(config: &Config) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    let mut progress = Progress::new("texts indexed");
    // What was committed while no server ran is numbered first, so that the new index stands after it.
    while civic::outbox::relay(&wired.city).await? > 0 {}
    let read = work::index::rebuild(&wired.city, &wired.index, &mut |done| progress.reach(done)).await?;
    progress.finish();
    println!("The index holds {read} texts.");
    Ok(())
}
