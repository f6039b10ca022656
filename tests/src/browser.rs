//! A real Chromium, driven by `tests/browser/run.mjs`, for what only a browser can tell: accessibility, policy, bytes,
//! shifts, flows. Every call is one process that prints JSON. Two run at a time at most, so that two cores are enough.
//! It is asynchronous, because the server that the browser talks to lives in the same test.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::outside::{report, root};

static WINDOWS: Semaphore = Semaphore::const_new(2);

/// A browser's window: whose cookies it has, and whether scripts run in it.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    cookies: Vec<String>,
    without_scripts: bool,
}

/// What a first visit of a page costs and causes.
#[derive(Debug, Deserialize)]
pub struct Visit {
    /// The page's status.
    pub status: u16,
    /// What came over the wire, compressed and with headers.
    pub bytes: Bytes,
    /// How many requests that took.
    pub requests: u32,
    /// Cumulative layout shift; 0 is none.
    pub shift: f64,
    /// The names of the cookies that stand afterwards.
    pub cookies: Vec<String>,
    /// Broken policy, console errors, requests to other sites, dialogs.
    pub troubles: Vec<String>,
}

/// Bytes by kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Bytes {
    /// The page.
    pub html: u64,
    /// Style sheets.
    pub css: u64,
    /// Scripts.
    pub script: u64,
    /// Fonts.
    pub font: u64,
    /// Pictures.
    pub image: u64,
    /// Anything else.
    pub other: u64,
}

impl Browser {
    /// A visitor's, with scripts.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a cookie, such as a member's session.
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.extend(["--cookie".to_owned(), format!("{name}={value}")]);
        self
    }

    /// With scripts switched off.
    pub fn without_scripts(mut self) -> Self {
        self.without_scripts = true;
        self
    }

    /// Fails unless axe, at 390 and 1280 pixels, finds nothing on any of the pages, and they fit and cause no trouble.
    pub async fn is_accessible(&self, urls: &[String]) {
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        self.run("axe", &urls).await;
    }

    /// Visits a page for the first time, on a window this wide.
    pub async fn visit(&self, url: &str, width: u32) -> Visit {
        let seen = self.run("visit", &[url, &width.to_string()]).await;
        serde_json::from_value(seen).expect("what run.mjs prints for a visit")
    }

    /// Takes a picture of the whole page, for people to look at.
    pub async fn screenshot(&self, url: &str, file: &Path, width: u32) {
        let file = file.to_str().expect("a path in UTF-8");
        self.run("screenshot", &[url, file, &width.to_string()]).await;
    }

    /// Runs `tests/browser/flows/<name>.mjs` with `input` and gives what it returns; fails on any trouble on the way.
    pub async fn flow(&self, name: &str, base: &str, input: &Value) -> Value {
        let mut answer = self.run("flow", &[name, base, &input.to_string()]).await;
        answer["result"].take()
    }

    async fn run(&self, command: &str, words: &[&str]) -> Value {
        let _window = WINDOWS.acquire().await.expect("never closed");
        let output = Command::new("node")
            .arg(root().join("tests/browser/run.mjs"))
            .arg(command)
            .args(&self.cookies)
            .args(self.without_scripts.then_some("--no-js"))
            .args(words)
            .kill_on_drop(true)
            .output()
            .await
            .expect("Node starts");
        assert!(output.status.success(), "{command} {words:?}:\n{}", report(&output));
        serde_json::from_slice(&output.stdout).expect("run.mjs prints JSON")
    }
}
