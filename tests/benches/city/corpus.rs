//! The city that is measured: the real consultation where it is at hand, else the demonstration, in a folder on a disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use civic::City;
use civic::consultation::import::{ImportOptions, import};
use civic::language::Localised;
use sea_orm::Statement;
use search::Index;
use server::config::{Config, Overrides};
use server::{seed, wiring, work};
use tests::outside::real_data;

/// The wired city with its texts.
pub struct Corpus {
    /// The installation, wired as the program does.
    pub city: City,
    /// Its index.
    pub index: Arc<Index>,
    /// What it is and how large.
    pub said: String,
    /// What the database is asked.
    pub asked: Asked,
    folder: PathBuf,
}

/// Keeps what the database is asked, while somebody listens.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<Option<Vec<Statement>>>>);

impl Asked {
    fn heard(&self, statement: &Statement) {
        if let Some(kept) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            kept.push(statement.clone());
        }
    }

    /// Begins to keep.
    pub fn listen(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// What was asked since, and no more.
    pub fn take(&self) -> Vec<Statement> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.unwrap_or_default()
    }
}

/// The configuration of an installation in this folder.
pub fn config(folder: &Path) -> Result<Config> {
    let overrides = Overrides {
        data_dir: Some(folder.to_owned()),
        ..Overrides::default()
    };
    Config::load(None, &overrides)
}

/// Makes the city and fills it.
pub async fn open() -> Result<Corpus> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (config, asked) = (config(&folder)?, Asked::default());
    let mut db = wiring::database(&config).await?;
    wiring::bring_up(&config, &db).await?;
    let ear = asked.clone();
    db.on_look(move |statement| ear.heard(statement));
    let wired = wiring::city(&config, db)?;
    let city = wired.city.clone();
    let texts = match data() {
        Some(data) => {
            let cx = city.system();
            let title = Localised::same("Consultazione importata");
            let zone = city.settings.zone.clone();
            let report = import(&cx, &data, ImportOptions { title, zone }, &mut |_| {}).await?;
            format!(
                "{} proposals and {} comments of real data",
                report.proposals, report.comments
            )
        }
        None => {
            seed::seed(&city, &mut |_| {}).await?;
            "the demonstration, since ARENGO_DATA is not set".to_owned()
        }
    };
    while civic::outbox::relay(&city).await? > 0 {}
    let indexed = work::index::rebuild(&city, &wired.index, &mut |_| {}).await?;
    Ok(Corpus {
        city,
        index: wired.index,
        said: format!("{texts}, {indexed} texts indexed, SQLite in {}", folder.display()),
        asked,
        folder,
    })
}

/// The folder with the real consultation.
fn data() -> Option<PathBuf> {
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let named = real_data().unwrap_or(near);
    let folder = named.join("consultation");
    folder.join("proposals.csv").is_file().then_some(folder)
}

impl Corpus {
    /// Lets go of the database and the index; the folder stays.
    pub async fn close(self) -> PathBuf {
        self.city.db.clone().close().await;
        self.folder
    }
}
