//! The program itself, as operators run it: its commands, its configuration, its start and its end.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tests::city::{self, on_postgres};
use tests::cluster;
use tests::http::Client;
use tests::outside::arengo;
use tests::socket::{Message, Socket};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// After being told to end, the program may take so long.
const END: Duration = Duration::from_secs(15);

/// What a socket is told when the program ends (RFC 6455, 7.4.1).
const GOING_AWAY: u16 = 1001;

/// A folder for one run, in memory; gone with this value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new("/dev/shm").join(format!("arengo-command-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder in memory");
        Self(folder)
    }

    /// The program with this folder for its data, and nothing of the tester's own configuration.
    fn arengo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(arengo());
        command.args(arguments).arg("--data-dir").arg(&self.0);
        command.env_remove("ARENGO_CONFIG").kill_on_drop(true);
        command
    }

    /// Runs it to its end; gives whether it was content, and all that it said.
    async fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
        let mut command = self.arengo(arguments);
        let Output { status, stdout, stderr } = command.envs(settings.iter().copied()).output().await.expect("it runs");
        let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        (status.success(), said)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder in memory that stays behind is no reason to fail a test that passed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_fresh_folder_becomes_a_city_that_answers_and_ends_when_told() {
    let folder = Folder::new("fresh");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port").to_string();
    let mut serve = folder.arengo(&["serve", "--listen", &address]);
    let mut running = serve
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(running.stdout.take().expect("piped")).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.expect("text") {
        let last = line.starts_with("Letters are written to");
        said.push(line);
        if last {
            break;
        }
    }
    let base = format!("http://{address}");
    assert!(said[0].ends_with(&format!(" on {base}")), "{said:#?}");
    for who in ["citizen", "moderator", "editor", "administrator"] {
        let line = said.iter().find(|line| line.trim_start().starts_with(who));
        let link = line
            .and_then(|line| line.split_whitespace().last())
            .expect("a link for each role");
        let path = link.strip_prefix(&base).expect("a link that leads here");
        Client::new(&base).get(path).await.expect(200);
    }
    Client::new(&base).get("/it").await.expect(200);
    let mut listening = Socket::begin(&base, "/graphql/ws", None).await;
    let pid = running.id().expect("it runs").to_string();
    let told = Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .await
        .expect("kill runs");
    assert!(told.success());
    assert_eq!(listening.next().await, Message::Closed(GOING_AWAY), "a socket is told");
    let ended = tokio::time::timeout(END, running.wait())
        .await
        .expect("in time")
        .expect("waited for");
    assert!(ended.success(), "{ended}");
}

#[tokio::test]
async fn the_commands_of_operators_work_on_the_database_of_this_run() {
    let folder = Folder::new("operators");
    let database = if on_postgres() {
        Some(cluster::cluster(city::migrate).await.database("commands"))
    } else {
        None
    };
    let url = database.as_ref().map_or_else(
        || format!("sqlite:{}", folder.0.join("city.sqlite").display()),
        |database| database.url.clone(),
    );
    let on = ["--database-url", &url];
    let run = async |arguments: &[&str]| folder.run(&[arguments, &on].concat(), &[]).await;

    for _ in 0..2 {
        let (good, said) = run(&["migrate"]).await;
        assert!(good && said.contains("up to date"), "{said}");
    }
    let (good, first) = run(&["member", "make", "ada@example.org", "--nickname", "Ada di Niguarda"]).await;
    assert!(good && first.starts_with("mem_"), "{first}");
    let (good, again) = run(&["member", "make", "ADA@example.org"]).await;
    assert!(good);
    assert_eq!(
        again.lines().next(),
        first.lines().next(),
        "the same address is the same member"
    );
    for _ in 0..2 {
        let (good, said) = run(&["member", "grant", "ada@example.org", "editor"]).await;
        assert!(good && said.contains("editor"), "{said}");
    }
    for (email, good) in [
        ("ada@example.org", true),
        ("ada@example.org", false),
        ("nobody@example.org", false),
    ] {
        let (done, said) = run(&["member", "revoke", email, "editor"]).await;
        assert!(
            done == good && said.contains(if good { "not editor any more" } else { "not" }),
            "{said}"
        );
    }
    let (good, said) = run(&["member", "reset-second-factor", "ada@example.org"]).await;
    assert!(!good && said.contains("not found"), "none was set up: {said}");
    let (good, said) = run(&["member", "grant", "ada@example.org", "king"]).await;
    assert!(
        !good && said.contains("moderator, editor, office, commissioner, treasurer, administrator"),
        "{said}"
    );
    let (good, said) = run(&["reindex"]).await;
    assert!(good && said.contains("The index holds"), "{said}");
    let (good, said) = run(&["ledger", "verify"]).await;
    assert!(good && said.contains("0 txns with 0 entries, balanced"), "{said}");
    let (good, said) = run(&["ledger", "verify", "--kept", "3:abc"]).await;
    assert!(!good && said.contains("kept_head"), "{said}");
    let (good, said) = run(&["ledger", "balance"]).await;
    assert!(good && said.contains("0.00 EUR  custodian:cash_desk"), "{said}");
    let (good, said) = run(&["ledger", "balance", "custodian:bank"]).await;
    assert!(good && said == "0.00 EUR  custodian:bank\n", "{said}");
    let (good, said) = run(&["ledger", "balance", "custodian:gold"]).await;
    assert!(!good && said.contains("is no account"), "{said}");
    let (good, said) = run(&["doctor"]).await;
    assert!(good && !said.contains("BAD") && said.contains("books"), "{said}");
    assert!(
        said.contains("durable") && said.contains("the storage answers") && said.contains("no money moves"),
        "{said}"
    );
}

#[tokio::test]
async fn production_refuses_a_demonstration_and_made_up_content() {
    let folder = Folder::new("production");
    let production = ("ARENGO__ENVIRONMENT", "production");
    for command in ["serve", "seed", "check-config"] {
        let (good, said) = folder.run(&[command], &[production]).await;
        assert!(!good && said.contains("demonstration = false"), "{command}: {said}");
    }
    let settings = [
        production,
        ("ARENGO__DEMONSTRATION", "false"),
        ("ARENGO__CITY__BASE_URL", "https://partecipa.example.org"),
        ("ARENGO__MAIL__HOST", "mail.example.org"),
    ];
    let (good, said) = folder.run(&["check-config"], &settings).await;
    assert!(
        !good && said.contains("gifts be given without money"),
        "the sandbox is for trying out: {said}"
    );
    let settings = [&settings[..], &[("ARENGO__PAYMENTS__PROVIDER", "none")]].concat();
    let (good, said) = folder.run(&["check-config"], &settings).await;
    assert!(good, "{said}");
    let (good, said) = folder.run(&["seed"], &settings).await;
    assert!(!good && said.contains("no content for production"), "{said}");
    let (good, said) = folder.run(&["serve"], &settings).await;
    assert!(
        !good && said.contains("arengo migrate"),
        "steps do not run by themselves: {said}"
    );
}

#[tokio::test]
async fn an_unknown_key_is_refused_wherever_it_stands() {
    let folder = Folder::new("unknown");
    let (good, said) = folder.run(&["check-config"], &[("ARENGO__CITY__NMAE", "Milano")]).await;
    assert!(!good && said.contains("nmae"), "{said}");
    let file = folder.0.join("arengo.toml");
    std::fs::write(&file, "[citty]\nname = \"Milano\"\n").expect("written");
    let named = file.display().to_string();
    let (good, said) = folder.run(&["check-config", "--config", &named], &[]).await;
    assert!(!good && said.contains("citty"), "{said}");
    let (good, said) = folder.run(&["check-config", "--config", "/nowhere.toml"], &[]).await;
    assert!(!good && said.contains("/nowhere.toml"), "{said}");
}

#[tokio::test]
async fn a_secret_is_in_nothing_that_the_program_says() {
    let folder = Folder::new("secret");
    let settings = [
        ("ARENGO__MAIL__PASSWORD", "hunter2"),
        ("ARENGO__FILES__SECRET_KEY", "hunter2"),
        ("ARENGO__FILES__ACCESS_KEY", "hunter2"),
        ("ARENGO__PAYMENTS__PROVIDER", "stripe"),
        ("ARENGO__PAYMENTS__SECRET_KEY", "sk_test_hunter2"),
        ("ARENGO__PAYMENTS__WEBHOOK_SECRETS", "whsec_hunter2,whsec_hunter2"),
    ];
    // Nobody listens on port 1, so that the error of connecting is among what is said.
    let url = ["--database-url", "postgres://city:hunter2@127.0.0.1:1/city"];
    for (command, content) in [("check-config", true), ("doctor", false), ("migrate", false)] {
        let (good, said) = folder.run(&[&[command], &url[..]].concat(), &settings).await;
        assert_eq!(good, content, "{command}: {said}");
        assert!(!said.contains("hunter2"), "{command}: {said}");
    }
}
