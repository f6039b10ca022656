//! A whole city for one test: its own database, the real routes on a real listener, the index in memory, letters kept.
//!
//! Rule: time stands still until the test moves it, chance repeats, and no worker runs by itself: `settle` does its turn.
//! `with` ends every test by asking that nothing waits in the outbox, that the books balance and that nothing was answered
//! with a fault of ours.
//! `ARENGO_TEST_DATABASE` says on which database (`sqlite` when not set).

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use async_trait::async_trait;
use civic::db::Db;
use civic::files::Files;
use civic::id::Ids;
use civic::mail::{Letter, Mailer};
use civic::payment::Payments;
use civic::secret::Secret;
use civic::time::{Clock, Timestamp, Zone};
use civic::{City, Handles, Settings};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Response};
use search::Index;
use server::guard::{self, Guard};
use server::work::Worker;
use server::work::index::Searching;
use tokio::net::TcpListener;
use tokio::sync::{OnceCell, oneshot};

use crate::cluster::{self, Database};
use crate::http::Client;
use crate::provider::Provider;

/// When every test begins: a Tuesday morning in Milan.
pub const START: &str = "2026-11-24T09:00:00Z";

/// One test's city.
pub struct TestCity {
    /// The installation.
    pub city: City,
    /// Where it is reached.
    pub base: String,
    /// The index behind the seam.
    pub index: Arc<Index>,
    /// Who takes payments.
    pub payments: Arc<Provider>,
    letters: Arc<Letters>,
    worker: tokio::sync::Mutex<Worker>,
    faults: Arc<Mutex<Vec<String>>>,
    url: String,
    _stop: oneshot::Sender<()>,
    _store: Store,
}

/// Where a test's rows lie; gone with this value.
pub enum Store {
    /// In files of a folder in memory.
    File(PathBuf),
    /// In a database of the throw-away cluster.
    Cluster(Database),
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Self::File(folder) = self {
            // A folder in memory that stays behind is no reason to fail a test that passed.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Letters as they went out, oldest first.
#[derive(Default)]
struct Letters(Mutex<Vec<Letter>>);

#[async_trait]
impl Mailer for Letters {
    async fn send(&self, letter: &Letter) -> civic::error::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(letter.clone());
        Ok(())
    }
}

/// Runs one test in a city of its own.
///
/// Panics when the test does, when the outbox is not empty after it, when the books are wrong, or when anything was answered
/// with a 5xx.
pub async fn with(test: impl AsyncFnOnce(&TestCity)) {
    run(None, test).await;
}

/// The same with somebody else who takes payments.
pub async fn with_payments(payments: Arc<dyn Payments>, test: impl AsyncFnOnce(&TestCity)) {
    run(Some(payments), test).await;
}

async fn run(payments: Option<Arc<dyn Payments>>, test: impl AsyncFnOnce(&TestCity)) {
    let city = TestCity::start(payments).await.expect("a city for the test");
    test(&city).await;
    city.settle().await;
    let waiting = civic::outbox::waiting(&city.city).await.expect("the outbox answers");
    assert_eq!(waiting, 0, "events wait in the outbox");
    let books = civic::ledger::verify(&city.city, None).await.expect("the books answer");
    assert_eq!(books.findings, [], "the books are wrong");
    let faults = city.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(faults.is_empty(), "answered with a fault of ours: {faults:#?}");
}

/// Which of the two databases this run is on.
pub fn on_postgres() -> bool {
    std::env::var("ARENGO_TEST_DATABASE").is_ok_and(|kind| kind == "postgres")
}

/// Brings a database up to the program.
pub async fn migrate(url: &str) -> Result<()> {
    let db = Db::connect(url).await?;
    migrations::migrate(db.owner()).await?;
    db.close().await;
    Ok(())
}

/// A folder in memory, so that being durable costs little.
fn memory(name: &str) -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let root = [PathBuf::from("/dev/shm"), std::env::temp_dir()]
        .into_iter()
        .find(|folder| folder.is_dir());
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("arengo-{name}-{}-{number}", std::process::id());
    let folder = root.unwrap_or_default().join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The steps run once; every test copies the file.
async fn sqlite() -> Result<(Store, String)> {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let made = TEMPLATE.get_or_try_init(async || {
        let folder = memory("template")?;
        let file = folder.join("template.sqlite");
        migrate(&format!("sqlite://{}", file.display())).await?;
        let bytes = std::fs::read(&file)?;
        std::fs::remove_dir_all(&folder)?;
        anyhow::Ok(bytes)
    });
    let folder = memory("city")?;
    let file = folder.join("arengo.sqlite");
    std::fs::write(&file, made.await?)?;
    Ok((Store::File(folder), format!("sqlite://{}", file.display())))
}

/// A migrated database for one test, and its address.
///
/// # Errors
/// Those of the file system and of the cluster.
pub async fn store(postgres: bool) -> Result<(Store, String)> {
    if !postgres {
        return sqlite().await;
    }
    let thread = std::thread::current();
    let database = cluster::cluster(migrate)
        .await
        .database(thread.name().unwrap_or("test"));
    let url = database.url.clone();
    Ok((Store::Cluster(database), url))
}

/// The handles of a city on this database, as one program has them.
async fn installation(
    url: &str,
    base: &str,
    index: &Arc<Index>,
    payments: Arc<dyn Payments>,
    seed: u64,
) -> Result<City> {
    Ok(City::new(Handles {
        db: Db::connect(url).await?,
        clock: Clock::manual(Timestamp::parse_rfc3339(START).expect("an instant")),
        ids: Ids::seeded(seed),
        documents: Arc::new(Searching(Arc::clone(index))),
        files: Files::memory(),
        payments,
        printer: Arc::new(web::paper::Printer),
        secret: Secret::new(vec![7; 32]).expect("long enough"),
        settings: Settings {
            city_name: "Comune di Milano".to_owned(),
            base_url: base.to_owned(),
            zone: Zone::named("Europe/Rome").expect("Rome is in the list"),
            contact_email: "aiuto@example.org".to_owned(),
            accessibility_declaration: String::new(),
            custodian: "Fondazione di Comunità Milano".to_owned(),
            custodian_iban: "IT60X0542811101000000123456".to_owned(),
            city_iban: "IT40S0542811101000000123456".to_owned(),
            demonstration: true,
        },
        bell: tokio::sync::Notify::new(),
        messages: tokio::sync::Notify::new(),
        live: tokio::sync::broadcast::Sender::new(1_024),
        stopping: tokio::sync::watch::Sender::new(false),
    }))
}

impl TestCity {
    async fn start(other: Option<Arc<dyn Payments>>) -> Result<Self> {
        let (store, url) = store(on_postgres()).await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let index = Arc::new(Index::in_memory()?);
        let payments = Arc::new(Provider::default());
        let city = installation(
            &url,
            &base,
            &index,
            other.unwrap_or_else(|| Arc::<Provider>::clone(&payments) as _),
            1,
        )
        .await?;
        let letters = Arc::new(Letters::default());
        let worker = Worker::new(city.clone(), Arc::clone(&index), Arc::<Letters>::clone(&letters)).await?;
        let faults = Arc::new(Mutex::new(Vec::new()));
        let app = watched(server::serve::app(&city), Arc::clone(&faults));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let over = async {
                let _ = stopped.await;
            };
            guard::serve(listener, app, Guard::default(), over).await
        });
        Ok(Self {
            city,
            base,
            index,
            payments,
            letters,
            worker: tokio::sync::Mutex::new(worker),
            faults,
            url,
            _stop: stop,
            _store: store,
        })
    }

    /// The same city as another program has it, with connections of its own; its clock stands where this one's stands now.
    pub async fn beside(&self) -> City {
        let payments = Arc::<Provider>::clone(&self.payments) as Arc<dyn Payments>;
        let other = installation(&self.url, &self.base, &self.index, payments, 2)
            .await
            .expect("another program");
        other
            .clock
            .advance_ms(self.city.clock.now().since_ms(other.clock.now()));
        other
    }

    /// Lets every follower of the outbox catch up: after it, search finds what was written and letters are out.
    pub async fn settle(&self) {
        self.worker.lock().await.turn().await;
    }

    /// Moves the clock on.
    pub fn advance_ms(&self, ms: i64) {
        self.city.clock.advance_ms(ms);
    }

    /// The letters that went out to this address, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let all = self.letters.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|letter| letter.to == address).cloned().collect()
    }

    /// What takes the letters of this city, for another worker.
    pub fn mailer(&self) -> Arc<dyn Mailer> {
        Arc::<Letters>::clone(&self.letters)
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        Client::new(&self.base)
    }

    /// Faults of ours that were answered so far, and forgets them: for the tests that cause one on purpose.
    pub fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The same routes, with every answer of 500 and above noted.
fn watched(app: BoxEndpoint<'static, Response>, faults: Arc<Mutex<Vec<String>>>) -> BoxEndpoint<'static, Response> {
    let app = Arc::new(app);
    poem::endpoint::make(move |request| {
        let (app, faults) = (Arc::clone(&app), Arc::clone(&faults));
        async move {
            let asked = format!("{} {}", request.method(), request.uri());
            let answer = app.get_response(request).await;
            if answer.status().is_server_error() {
                let said = format!("{asked}: {}", answer.status());
                faults.lock().unwrap_or_else(PoisonError::into_inner).push(said);
            }
            Ok::<_, poem::Error>(answer)
        }
    })
    .boxed()
}
