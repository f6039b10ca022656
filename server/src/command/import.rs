//! `arengo import`: consultations held elsewhere, and the districts of a consultation.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use civic::consultation::DistrictKind;
use civic::consultation::import::{ImportOptions, ImportProgress};
use civic::language::Localised;
use civic::time::Zone;
use clap::Subcommand;

use crate::config::Config;
use crate::districts::{self, Shape};
use crate::terminal::Progress;
use crate::{wiring, work};

/// What can be brought in.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Proposals and comments of a consultation, from proposals.csv and comments.csv in a folder
    Consultation {
        /// The folder
        dir: PathBuf,
        /// The consultation's title, which the files do not say
        #[arg(long)]
        title: Option<String>,
        /// The time zone of the files' dates, by its IANA name; the city's when not said
        #[arg(long)]
        timezone: Option<String>,
    },
    /// Districts or quarters of a consultation, from a GeoJSON file in degrees
    Districts {
        /// The file
        file: PathBuf,
        /// The consultation's part of the address; needed when there are several
        #[arg(long)]
        consultation: Option<String>,
        /// The property with the city's own code
        #[arg(long, default_value = "id_nil", value_name = "PROPERTY")]
        code: String,
        /// The property with the name
        #[arg(long, default_value = "nil", value_name = "PROPERTY")]
        name: String,
        /// The features are districts (in Milan the Municipi), not quarters
        #[arg(long)]
        large: bool,
    },
}

/// Brings something in and says what came of it.
///
/// # Errors
/// Those of the import; single bad rows are reported and are none.
pub async fn run(config: &Config, what: Import) -> anyhow::Result<()> {
    match what {
        Import::Consultation { dir, title, timezone } => consultation(config, &dir, title, timezone).await,
        Import::Districts {
            file,
            consultation,
            code,
            name,
            large,
        } => {
            let kind = if large {
                DistrictKind::District
            } else {
                DistrictKind::Quarter
            };
            parts(config, &file, consultation.as_deref(), &Shape { kind, code, name }).await
        }
    }
}

async fn consultation(
    config: &Config,
    dir: &Path,
    title: Option<String>,
    timezone: Option<String>,
) -> anyhow::Result<()> {
    ensure!(dir.is_dir(), "{} is no folder", dir.display());
    let zone = match &timezone {
        Some(name) => Zone::named(name).with_context(|| format!("there is no time zone called {name}"))?,
        None => config.zone()?,
    };
    let wired = wiring::open(config).await?;
    // Without a title the folder's name is one: it is at least how the operator calls it.
    let folder = dir.canonicalize()?;
    let title = title
        .or_else(|| folder.file_name().map(|name| name.to_string_lossy().into_owned()))
        .context("say the consultation's title with --title")?;
    let options = ImportOptions {
        title: Localised::same(&title),
        zone,
    };
    let mut progress = Progress::new("proposals.csv: rows");
    let mut show = |at: ImportProgress| {
        progress.turn_to(match at.file {
            civic::consultation::import::COMMENTS => "comments.csv: rows",
            _ => "proposals.csv: rows",
        });
        progress.reach(at.rows);
    };
    let report = civic::consultation::import::import(&wired.city.system(), dir, options, &mut show).await?;
    progress.finish();
    for problem in &report.problems {
        let outcome = if problem.taken { "taken" } else { "left out" };
        println!("{} line {}: {} ({outcome})", problem.file, problem.line, problem.reason);
    }
    println!(
        "{} proposals and {} comments are new, {} rows were there before.",
        report.proposals, report.comments, report.known
    );
    index(&wired).await
}

/// A running server would follow by itself; without one the index is brought up here, so that searching finds all.
async fn index(wired: &wiring::Wired) -> anyhow::Result<()> {
    while civic::outbox::relay(&wired.city).await? > 0 {}
    work::index::Follower::new(wired.city.clone(), wired.index.clone())
        .catch_up()
        .await?;
    Ok(())
}

async fn parts(config: &Config, file: &Path, slug: Option<&str>, shape: &Shape) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    let report = districts::import(&wired.city, slug, file, shape).await?;
    for problem in &report.problems {
        println!("{}: {problem} (left out)", file.display());
    }
    let put = report.put;
    println!(
        "{} are new, {} have another outline, {} were there before.",
        put.new, put.changed, put.same
    );
    Ok(())
}
