//! The real program over the same data: from its start to its first answer, and the memory that it takes.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tests::http::Client;
use tokio::net::TcpStream;

use crate::measure::{Table, median, ms};

/// How often the program is started.
const STARTS: usize = 5;
/// Requests before its memory is read again.
const REQUESTS: usize = 500;
/// How often somebody knocks.
const KNOCK: Duration = Duration::from_millis(2);
/// How long the first answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is ended with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures.
pub async fn measure(folder: &Path, table: &mut Table) -> Result<()> {
    let program = build()?;
    let mut starts = Vec::new();
    for number in 0..=STARTS {
        let (running, address, took) = start(&program, folder).await?;
        if number < STARTS {
            starts.push(took);
            continue;
        }
        let fresh = resident_kb(&running)?;
        let client = Client::new(&format!("http://{address}"));
        for _ in 0..REQUESTS {
            client.get("/it/proposals").await.expect(200);
        }
        let used = resident_kb(&running)?;
        table.say(
            "start to first answer",
            ms(median(&mut starts)),
            format!("{STARTS} starts"),
        );
        table.say(
            "memory after the first answer",
            format!("{} MB", fresh / 1_024),
            "resident",
        );
        table.say(
            format!("memory after {REQUESTS} pages"),
            format!("{} MB", used / 1_024),
            "resident",
        );
    }
    Ok(())
}

/// The program of this same profile, built when it is not there or is of before.
fn build() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent).context("no target folder")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--locked", "--workspace", "--bin", "arengo"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "the program could not be built");
    Ok(folder.join("arengo"))
}

async fn start(program: &Path, folder: &Path) -> Result<(Running, SocketAddr, Duration)> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let start = Instant::now();
    let child = Command::new(program)
        .args(["serve", "--listen", &address.to_string(), "--data-dir"])
        .arg(folder)
        .env("ARENGO__DEMONSTRATION", "false")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let running = Running(child);
    let mut knocks = tokio::time::interval(KNOCK);
    while TcpStream::connect(address).await.is_err() {
        ensure!(start.elapsed() < PATIENCE, "no answer");
        knocks.tick().await;
    }
    Client::new(&format!("http://{address}")).get("/it").await.expect(200);
    Ok((running, address, start.elapsed()))
}

fn resident_kb(running: &Running) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmRSS")?;
    Ok(number.parse()?)
}
