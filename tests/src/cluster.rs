//! A PostgreSQL cluster of our own, made from Debian's binaries when the first test asks and gone when the process is.
//! Durability is as in production (fsync on); the files lie in memory, so that being durable costs little.
//! It knows no schema: the caller migrates one template, and every test gets a copy of it.
//!
//! It cannot outlive us. A small shell holds the reading end of a pipe whose other end is ours: when this process
//! ends, however it ends, the shell reads end-of-file, stops the server and removes the folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tokio::sync::OnceCell;

const MEMORY: &str = "/dev/shm";
const PREFIX: &str = "arengo-tests-";
const TEMPLATE: &str = "template_arengo";

/// What stops the server: it waits for our end of the pipe to close, and then leaves nothing behind.
const WATCHDOG: &str = r#"read -r _; "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2""#;

/// The running cluster of this process. Get it from [`cluster`].
pub struct Cluster {
    folder: PathBuf,
    admin: Mutex<Psql>,
    next: AtomicU32,
    _watchdog: Child,
}

/// One test's database; it is dropped with this value, whoever may still be connected to it.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
    /// Where to connect, as sqlx and libpq read it.
    pub url: String,
}

/// The cluster of this process: started, and its template migrated by `migrate` (called with the template's URL), once.
///
/// Panics when it cannot be had, and says what is missing: a suite without its database must fail.
pub async fn cluster<F>(migrate: F) -> &'static Cluster
where
    F: AsyncFnOnce(&str) -> Result<()>,
{
    static CLUSTER: OnceCell<Result<Cluster>> = OnceCell::const_new();
    let started = CLUSTER.get_or_init(|| Cluster::start(migrate)).await;
    started
        .as_ref()
        .unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error:#}"))
}

impl Cluster {
    async fn start(migrate: impl AsyncFnOnce(&str) -> Result<()>) -> Result<Self> {
        let bin = binaries()?;
        let owner = Owner::find()?;
        remove_stale(&bin, &owner);
        let folder = Path::new(MEMORY).join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        owner.give(&folder)?;
        let watchdog = owner
            .command("/bin/sh")
            .args(["-c", WATCHDOG, "sh"])
            .args([&bin, &folder])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        create_files(&bin, &owner, &folder)?;
        start_server(&bin, &owner, &folder)?;
        let cluster = Self {
            admin: Mutex::new(Psql::open(&bin, &owner, &folder)?),
            folder,
            next: AtomicU32::new(1),
            _watchdog: watchdog,
        };
        cluster.run(&format!("create database {TEMPLATE}"))?;
        migrate(&cluster.url(TEMPLATE))
            .await
            .context("migrating the template")?;
        Ok(cluster)
    }

    /// A migrated database for one test; `label` (the test's name, say) helps to recognise it in the server's log.
    pub fn database(&'static self, label: &str) -> Database {
        let label: String = label.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{number}_{}", label.to_ascii_lowercase());
        self.run(&format!("create database {name} template {TEMPLATE}"))
            .unwrap_or_else(|error| panic!("no database for {label}: {error:#}"));
        Database {
            cluster: self,
            url: self.url(&name),
            name,
        }
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@localhost/{database}?host={}",
            self.folder.display()
        )
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.admin
            .lock()
            .map_err(|_| anyhow!("the admin session broke"))?
            .run(sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = self.cluster.run(&format!("drop database {} with (force)", self.name));
        if let Err(error) = dropped
            && !std::thread::panicking()
        {
            panic!("dropping {}: {error:#}", self.name);
        }
    }
}

/// Who runs the server: PostgreSQL refuses root, so there it is Debian's `postgres`, and elsewhere ourselves.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find() -> Result<Self> {
        if std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self")?) != 0 {
            return Ok(Self(None));
        }
        let users = fs::read_to_string("/etc/passwd")?;
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let ids = fields
            .filter(|fields| fields.first() == Some(&"postgres"))
            .find_map(|fields| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)));
        ids.map(|ids| Self(Some(ids)))
            .context("no user `postgres` (apt-get install postgresql makes it)")
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
            .current_dir("/")
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", "/usr/bin:/bin");
        command
    }

    fn give(&self, folder: &Path) -> Result<()> {
        let (user, group) = self.0.unzip();
        std::os::unix::fs::chown(folder, user, group).context("handing the folder to the server's user")
    }
}

fn binaries() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            Some((folder.file_name()?.to_str()?.parse().ok()?, folder.join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let (_, newest) = found
        .pop()
        .context("PostgreSQL is not installed (apt-get install postgresql)")?;
    Ok(newest)
}

/// Folders whose process is gone although its watchdog could not clean up, as after a power cut of a container.
fn remove_stale(bin: &Path, owner: &Owner) {
    for entry in fs::read_dir(MEMORY).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            let data = entry.path().join("data");
            let _ = owner
                .command(bin.join("pg_ctl"))
                .arg("-D")
                .arg(data)
                .args(["-m", "immediate", "stop"])
                .output();
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn create_files(bin: &Path, owner: &Owner, folder: &Path) -> Result<()> {
    let output = owner
        .command(bin.join("initdb"))
        .arg("-D")
        .arg(folder.join("data"))
        .args([
            "--username=postgres",
            "--auth=trust",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
        ])
        .args(["--no-sync", "--no-instructions"])
        .output()?;
    ensure!(
        output.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Only a socket in our own folder is opened, so there is no port to choose, and nobody else's to meet.
fn start_server(bin: &Path, owner: &Owner, folder: &Path) -> Result<()> {
    let settings = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=300 -c fsync=on \
         -c synchronous_commit=on -c shared_buffers=128MB -c max_wal_size=256MB -c timezone=UTC -c jit=off",
        folder.display()
    );
    let output = owner
        .command(bin.join("pg_ctl"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-l")
        .arg(folder.join("log"))
        .args(["-w", "-t", "60", "-o", &settings, "start"])
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if output.success() {
        return Ok(());
    }
    bail!(
        "the server did not start: {}",
        fs::read_to_string(folder.join("log")).unwrap_or_default()
    )
}

/// One `psql` kept open for `create` and `drop`: it belongs to no async runtime, and a database costs no new process.
struct Psql {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _process: Child,
}

impl Psql {
    fn open(bin: &Path, owner: &Owner, folder: &Path) -> Result<Self> {
        let mut process = owner
            .command(bin.join("psql"))
            .args(["-qAtX", "-U", "postgres", "-d", "postgres", "-h"])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = process.stdin.take().context("psql has no input")?;
        let output = BufReader::new(process.stdout.take().context("psql has no output")?);
        Ok(Self {
            input,
            output,
            _process: process,
        })
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        writeln!(self.input, "{sql};\n\\echo :ERROR :LAST_ERROR_MESSAGE")?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        ensure!(
            answer.trim_end() == "false" || answer.starts_with("false "),
            "{sql}: {}",
            answer.trim_end()
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnectionTrait, Database as Connection};

    async fn migrate(url: &str) -> Result<()> {
        let template = Connection::connect(url).await?;
        template.execute_unprepared("create table thing (name text)").await?;
        template.close().await.context("closing the template")
    }

    async fn one(url: &str, sql: &str) -> String {
        let connection = Connection::connect(url).await.expect("a connection");
        let row = connection
            .query_one_raw(sea_orm::Statement::from_string(connection.get_database_backend(), sql))
            .await;
        let value = row
            .expect("an answer")
            .expect("a row")
            .try_get_by_index(0)
            .expect("a text");
        connection.close().await.expect("closed");
        value
    }

    #[tokio::test]
    async fn every_test_gets_a_migrated_database_of_its_own_that_is_durable_and_goes_with_it() {
        let cluster = cluster(migrate).await;
        let (first, second) = (cluster.database("first one"), cluster.database("second; drop"));
        assert_ne!(first.url, second.url);
        assert_eq!(
            one(&first.url, "insert into thing values ('x') returning name").await,
            "x"
        );
        assert_eq!(one(&second.url, "select count(*)::text from thing").await, "0");
        assert_eq!(one(&second.url, "show fsync").await, "on");
        assert_eq!(one(&second.url, "show synchronous_commit").await, "on");
        let name = second.name.clone();
        drop(second);
        let left = format!("select count(*)::text from pg_database where datname = '{name}'");
        assert_eq!(one(&first.url, &left).await, "0");
    }

    #[tokio::test]
    async fn a_refused_statement_is_an_error_with_its_reason() {
        let cluster = cluster(migrate).await;
        let error = cluster
            .run("create database template_arengo")
            .expect_err("it is there already");
        assert!(error.to_string().contains("already exists"), "{error}");
    }
}
