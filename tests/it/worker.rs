//! The worker: who follows holds up nobody else, two servers send a letter once, and what everybody has passed is forgotten.

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use civic::actor::{Actor, Role};
use civic::attachment::write::{NewAttachment, add, remove};
use civic::documents::read::{Search, find};
use civic::error::Error;
use civic::files::{Files, S3};
use civic::id::{Ids, ProposalId};
use civic::language::Language;
use civic::limits::{LETTER_AGAIN_MS, LETTER_HELD_MS, LETTER_KEPT_MS, LETTER_QUIET_MS, OUTBOX_KEPT_MS};
use civic::mail::{Letter, Mailer};
use civic::moderation::{Subject, write::hide};
use civic::outbox;
use civic::proposal::ProposalInput;
use civic::proposal::write::correct;
use civic::secret::Secret;
use civic::support::write::give;
use civic::{City, Handles};
use search::Index;
use server::work::{Worker, clean};
use tests::city::{self, TestCity};
use tests::person::{Person, citizen, staff};
use tests::{given, rows};
use tokio::sync::{Notify, oneshot};

/// Longer than anything should take, so that what never comes fails and says so.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server that keeps what it takes, is silent or busy for some mailboxes, and says when it was asked.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<String>>,
    silent: Option<String>,
    busy: Option<String>,
    asked: Notify,
}

impl Post {
    fn sent(&self) -> Vec<String> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sent.sort();
        sent
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, letter: &Letter) -> civic::error::Result<()> {
        self.asked.notify_one();
        if self.silent.as_ref() == Some(&letter.to) {
            return pending().await;
        }
        if self.busy.as_ref() == Some(&letter.to) {
            return Err(Error::Busy);
        }
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push(letter.to.clone());
        Ok(())
    }
}

async fn worker(city: &TestCity, post: &Arc<Post>) -> Worker {
    let post = Arc::<Post>::clone(post);
    let worker = Worker::new(city.city.clone(), Arc::clone(&city.index), post).await;
    worker.expect("a worker")
}

/// A proposal with supporters who are to be told of a correction; the supporters' addresses.
async fn supported(city: &TestCity, number: usize) -> (Person, ProposalId, Vec<String>) {
    let consultation = given::consultation(city).await;
    let author = citizen(city, "autrice").await;
    let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
    let mut addresses = Vec::new();
    for number in 0..number {
        let person = citizen(city, &format!("persona{number}")).await;
        give(&person.cx(city).await, proposal).await.expect("supported");
        addresses.push(person.email);
    }
    (author, proposal, addresses)
}

async fn corrected(city: &TestCity, proposal: ProposalId) {
    let input = ProposalInput {
        title: Some("Piste ciclabili più sicure".to_owned()),
        ..ProposalInput::default()
    };
    // By nobody in particular: an editor would get a letter about the role, among those that the tests look at.
    let done = correct(&city.city.system(), proposal, None, input, "Ortografia").await;
    done.expect("corrected");
}

async fn wants_to_sign_in(city: &TestCity, email: &str) {
    let browser = city.visitor();
    tests::form::submit(&browser, "/it/sign-in", "/it/sign-in", &[("email", email)])
        .await
        .expect(303);
}

/// Waits until something is so.
async fn until(so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("in time");
}

async fn found(city: &TestCity, text: &str) -> u64 {
    let search = Search {
        text: text.to_owned(),
        limit: 20,
        ..Search::default()
    };
    let cx = city.city.cx(Actor::Visitor, Language::It);
    find(&cx, &search).await.expect("found").total
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_send_each_letter_once() {
    city::with(async |city| {
        let (_, proposal, mut addresses) = supported(city, 12).await;
        let post = Arc::new(Post::default());
        let (mut one, mut other) = (worker(city, &post).await, worker(city, &post).await);
        corrected(city, proposal).await;
        wants_to_sign_in(city, "ada@example.org").await;
        one.turn().await;
        city.advance_ms(LETTER_QUIET_MS);
        for _ in 0..3 {
            let both = futures_util::future::join(one.turn(), other.turn());
            both.await;
        }
        addresses.push("ada@example.org".to_owned());
        addresses.sort();
        assert_eq!(post.sent(), addresses);
        assert_eq!(rows::number(city, "select count(*) from letter").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_letter_of_a_server_that_died_is_sent_by_another() {
    city::with(async |city| {
        wants_to_sign_in(city, "ada@example.org").await;
        let silent = Arc::new(Post {
            silent: Some("ada@example.org".to_owned()),
            ..Post::default()
        });
        let mut dying = worker(city, &silent).await;
        tokio::select! {
            () = dying.turn() => panic!("it waits for the mail server"),
            () = silent.asked.notified() => {}
        }
        drop(dying);
        let post = Arc::new(Post::default());
        let mut other = worker(city, &post).await;
        other.turn().await;
        assert!(post.sent().is_empty(), "the first may still be at it");
        city.advance_ms(LETTER_HELD_MS);
        other.turn().await;
        assert_eq!(post.sent(), ["ada@example.org"]);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_puts_us_off_delays_no_letter_behind_it_and_is_given_up_after_days() {
    city::with(async |city| {
        let (_, proposal, mut addresses) = supported(city, 4).await;
        let post = Arc::new(Post {
            busy: Some(addresses.remove(0)),
            ..Post::default()
        });
        let mut worker = worker(city, &post).await;
        corrected(city, proposal).await;
        worker.turn().await;
        city.advance_ms(LETTER_QUIET_MS);
        worker.turn().await;
        assert_eq!(post.sent(), addresses, "all the others");
        let waiting = "select count(*) from letter";
        assert_eq!(rows::number(city, waiting).await, 1);
        city.advance_ms(LETTER_AGAIN_MS);
        worker.turn().await;
        assert_eq!(rows::number(city, waiting).await, 1);
        city.advance_ms(LETTER_KEPT_MS);
        worker.turn().await;
        assert_eq!(rows::number(city, waiting).await, 0);
        assert_eq!(post.sent(), addresses, "and each once");
    })
    .await;
}

#[tokio::test]
async fn the_title_of_a_proposal_that_was_hidden_meanwhile_is_not_told() {
    city::with(async |city| {
        let (_, proposal, addresses) = supported(city, 1).await;
        corrected(city, proposal).await;
        city.settle().await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        hide(&moderator.cx(city).await, Subject::Proposal(proposal), "Insulti")
            .await
            .expect("hidden");
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        assert!(city.letters_to(&addresses[0]).is_empty());
        assert_eq!(city.letters_to("autrice@example.org").len(), 1);
    })
    .await;
}

/// The same installation with a storage that takes no connection.
fn without_files(city: &TestCity) -> City {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let s3 = S3 {
        endpoint: format!("http://{}", closed.expect("a port")),
        region: "eu-south-1".to_owned(),
        bucket: "nowhere".to_owned(),
        access_key: "key".to_owned(),
        secret_key: "secret".to_owned(),
    };
    let here = &city.city;
    City::new(Handles {
        db: here.db.clone(),
        clock: here.clock.clone(),
        ids: Ids::seeded(2),
        documents: Arc::clone(&here.documents),
        files: Files::s3(&s3).expect("named"),
        payments: Arc::clone(&here.payments),
        printer: Arc::clone(&here.printer),
        secret: Secret::new(vec![7; 32]).expect("long enough"),
        settings: here.settings.clone(),
        bell: Notify::new(),
        messages: Notify::new(),
        live: tokio::sync::broadcast::Sender::new(1),
        stopping: tokio::sync::watch::Sender::new(false),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn neither_a_silent_mailbox_nor_a_storage_that_is_away_holds_up_anything_else() {
    city::with(async |city| {
        let (author, proposal, addresses) = supported(city, 1).await;
        corrected(city, proposal).await;
        city.settle().await;
        city.advance_ms(LETTER_QUIET_MS);
        let attached = NewAttachment {
            name: "piano.pdf".to_owned(),
            description: "Il piano".to_owned(),
            bytes: bytes::Bytes::from_static(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
        };
        let cx = author.cx(city).await;
        let file = add(&cx, proposal, attached).await.expect("added");
        remove(&cx, file).await.expect("removed");
        let post = Arc::new(Post {
            silent: Some(addresses[0].clone()),
            ..Post::default()
        });
        let mailer = Arc::<Post>::clone(&post);
        let worker = Worker::new(without_files(city), Arc::clone(&city.index), mailer).await;
        let (stop, stopped) = oneshot::channel::<()>();
        let working = tokio::spawn(worker.expect("a worker").run(async {
            let _ = stopped.await;
        }));
        until(async || found(city, "piste sicure").await == 1).await;
        post.asked.notified().await;
        // Now one post waits for the silent mailbox, and the files for their storage.
        wants_to_sign_in(city, "ada@example.org").await;
        until(async || post.sent() == ["ada@example.org"]).await;
        let consultation = given::another_consultation(city, "altra").await;
        given::proposal(city, &author, consultation, "Fontanelle in ogni piazza").await;
        until(async || found(city, "fontanelle").await == 1).await;
        stop.send(()).expect("it works");
        working.abort();
        assert!(working.await.is_err(), "it waited for the mailbox");
        city.settle().await;
        let removed = "select max(number) from outbox where kind = 'attachment_removed'";
        let place = outbox::place(&city.city, "files").await.expect("read");
        assert!(place >= rows::number(city, removed).await, "now the bytes are gone");
    })
    .await;
}

#[tokio::test]
async fn events_that_everybody_has_passed_are_forgotten_after_a_month_and_an_index_that_was_away_is_built_anew() {
    city::with(async |city| {
        let (author, proposal, _) = supported(city, 3).await;
        let attached = NewAttachment {
            name: "piano.pdf".to_owned(),
            description: "Il piano".to_owned(),
            bytes: bytes::Bytes::from_static(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
        };
        let cx = author.cx(city).await;
        let file = add(&cx, proposal, attached).await.expect("added");
        city.settle().await;
        let away = Arc::new(Index::in_memory().expect("an index"));
        server::work::index::Follower::new(city.city.clone(), Arc::clone(&away))
            .catch_up()
            .await
            .expect("caught up");
        remove(&cx, file).await.expect("removed");
        corrected(city, proposal).await;
        city.settle().await;
        let events = "select count(*) from outbox";
        let before = rows::number(city, events).await;
        city.advance_ms(OUTBOX_KEPT_MS);
        clean(&city.city).await.expect("cleaned");
        assert_eq!(rows::number(city, events).await, before, "a month is not over");
        city.advance_ms(1);
        clean(&city.city).await.expect("cleaned");
        let left = rows::number(city, events).await;
        assert!(left < before, "{left} of {before} are left");
        assert!(
            outbox::place(&city.city, "files").await.expect("read")
                <= outbox::last_number(&city.city).await.expect("read")
        );
        let trail = rows::number(city, "select count(*) from audit").await;
        assert!(trail > 0, "the trail stays");
        server::work::index::Follower::new(city.city.clone(), Arc::clone(&away))
            .catch_up()
            .await
            .expect("caught up");
        let last = outbox::last_number(&city.city).await.expect("read");
        assert_eq!(away.number().expect("read"), u64::try_from(last).expect("positive"));
    })
    .await;
}
