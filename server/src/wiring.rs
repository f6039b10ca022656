//! How the handles of a city are put together from the configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use civic::db::Db;
use civic::files::{Files, S3};
use civic::id::Ids;
use civic::limits::PAYMENT_CALL_MS;
use civic::outbox::Numbered;
use civic::payment::{Nobody, Payments};
use civic::secret::Secret;
use civic::time::Clock;
use civic::{City, Handles, Settings};
use search::Index;

use crate::config::{Config, Environment, PaymentsConfig, Provider, Store};
use crate::key;
use crate::sandbox::Sandbox;
use crate::stripe::{Access, Stripe};
use crate::work::index::Searching;

/// Events that a slow subscription may lie behind before it is told to read anew.
const LIVE_EVENTS: usize = 1_024;

/// An installation, and the index behind its seam.
pub struct Wired {
    /// The handles.
    pub city: City,
    /// The index, for the worker and for `reindex`.
    pub index: Arc<Index>,
}

/// Connects to the database that the configuration names and checks that it is durable.
///
/// # Errors
/// When it cannot be reached, or is set up more weakly than it must be.
pub async fn database(config: &Config) -> anyhow::Result<Db> {
    std::fs::create_dir_all(&config.data.dir)
        .with_context(|| format!("making the data folder {}", config.data.dir.display()))?;
    let db = Db::connect(&config.database_url())
        .await
        .context("opening the database")?;
    db.check().await?;
    Ok(db)
}

/// Brings the database up to the program, where that may happen without asking; in production an operator does it.
///
/// # Errors
/// In production, when steps are missing.
pub async fn bring_up(config: &Config, db: &Db) -> anyhow::Result<()> {
    let pending = migrations::pending(db.owner()).await?;
    if pending.is_empty() {
        return Ok(());
    }
    ensure!(
        config.environment == Environment::Development,
        "the database is {} steps behind this program: run `arengo migrate` first",
        pending.len()
    );
    migrations::migrate(db.owner()).await?;
    Ok(())
}

/// Where letters go that no server takes.
#[must_use]
pub fn letters_folder(config: &Config) -> PathBuf {
    config.data.dir.join("letters")
}

/// Puts the handles together over a database that is up to date.
///
/// # Errors
/// When the key, the index or the folder of files cannot be opened.
pub fn city(config: &Config, db: Db) -> anyhow::Result<Wired> {
    let index = Arc::new(Index::open(&config.data.dir.join("search")).context("opening the search index")?);
    let secret = key::read_or_make(&config.secret_file())?;
    let (payments, sandbox) = payments(config, &secret)?;
    let handles = Handles {
        db,
        clock: Clock::System,
        ids: Ids::Random,
        documents: Arc::new(Searching(Arc::clone(&index))),
        files: files(config)?,
        payments,
        printer: Arc::new(web::paper::Printer),
        secret,
        settings: settings(config)?,
        bell: tokio::sync::Notify::new(),
        messages: tokio::sync::Notify::new(),
        live: tokio::sync::broadcast::Sender::<Numbered>::new(LIVE_EVENTS),
        stopping: tokio::sync::watch::Sender::new(false),
    };
    let city = City::new(handles);
    if let Some(sandbox) = sandbox {
        sandbox.attach(&city);
    }
    Ok(Wired { city, index })
}

/// Where the configuration says that pictures and files lie.
///
/// # Errors
/// When the folder cannot be made or the storage cannot be named so.
pub fn files(config: &Config) -> anyhow::Result<Files> {
    let said = &config.files;
    match said.store {
        Store::Folder => Files::folder(&config.data.dir.join("files")).context("opening the folder of files"),
        Store::S3 => {
            let s3 = S3 {
                endpoint: said.endpoint.clone(),
                region: said.region.clone(),
                bucket: said.bucket.clone(),
                access_key: said.access_key.reveal().to_owned(),
                secret_key: said.secret_key.reveal().to_owned(),
            };
            Files::s3(&s3).context("files.endpoint and files.bucket")
        }
    }
}

/// Who takes payments; a sandbox twice, because it wants to know its city afterwards.
type Takes = (Arc<dyn Payments>, Option<Arc<Sandbox>>);

/// Who takes payments, as the configuration says.
fn payments(config: &Config, secret: &Secret) -> anyhow::Result<Takes> {
    let said = &config.payments;
    Ok(match said.provider {
        Provider::None => (Arc::new(Nobody), None),
        Provider::Sandbox => {
            let sandbox = Arc::new(Sandbox::new(&config.city.base_url, secret));
            (Arc::<Sandbox>::clone(&sandbox), Some(sandbox))
        }
        Provider::Stripe => (Arc::new(stripe(said)?), None),
    })
}

/// The account that the configuration names.
///
/// # Errors
/// When its key or its address cannot be used at all.
pub fn stripe(said: &PaymentsConfig) -> anyhow::Result<Stripe> {
    Stripe::new(Access {
        key: said.secret_key.reveal().to_owned(),
        secrets: said.secrets(),
        base: said.api_base.clone(),
        patience: Duration::from_millis(PAYMENT_CALL_MS),
    })
}

fn settings(config: &Config) -> anyhow::Result<Settings> {
    Ok(Settings {
        city_name: config.city.name.clone(),
        base_url: config.city.base_url.clone(),
        zone: config.zone()?,
        contact_email: config.city.contact_email.clone(),
        accessibility_declaration: config.city.accessibility_declaration.clone(),
        custodian: config.payments.custodian.clone(),
        custodian_iban: config.payments.custodian_iban.clone(),
        city_iban: config.payments.city_iban.clone(),
        demonstration: config.demonstration,
    })
}

/// Everything at once: database, steps, handles.
///
/// # Errors
/// Those of its parts.
pub async fn open(config: &Config) -> anyhow::Result<Wired> {
    let db = database(config).await?;
    bring_up(config, &db).await?;
    city(config, db)
}
