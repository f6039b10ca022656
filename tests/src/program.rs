//! The real program on a fresh data folder of its own, as an operator starts it.
//!
//! Rule: it is ready when it says its address, and it is told to stop as a service manager does. Its folder goes with it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::outside::arengo;

/// A running program.
pub struct Program {
    /// Where it is reached, without a slash at the end.
    pub base: String,
    /// Its data folder.
    pub data: PathBuf,
    /// What it said when it started.
    pub said: Vec<String>,
    child: Child,
}

impl Program {
    /// Starts a demonstration city and waits until it answers.
    pub async fn serve() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let data = std::env::temp_dir().join(format!("arengo-program-{}-{number}", std::process::id()));
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let listen = port.expect("a free port").to_string();
        let mut child = Command::new(arengo())
            .args(["serve", "--listen", &listen, "--data-dir"])
            .arg(&data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut said = Vec::new();
        while let Some(line) = lines.next_line().await.expect("lines of text") {
            let ready = line.starts_with("Letters are written to ");
            said.push(line);
            if ready {
                // What it says later must find room too.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                let base = format!("http://{listen}");
                return Self {
                    base,
                    data,
                    said,
                    child,
                };
            }
        }
        panic!("the program ended before it was ready: {said:#?}");
    }

    /// Tells it to stop, waits until it has, and removes its folder.
    pub async fn stop(mut self) -> ExitStatus {
        let id = self.child.id().expect("still running").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.is_ok_and(|status| status.success()), "told to stop");
        self.child.wait().await.expect("it ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
