//! A faithful Stripe for tests, as a process of its own: Checkout with its page, payments, refunds, disputes, movements,
//! events, idempotency as documented, signed messages with retries, and faults on demand. `README.md` beside it says
//! what is promised of it, with the test of each.
//!
//! Rule: it behaves as the provider's documentation says, not as our program would like; it shares no code with the
//! program. Time stands still until it is moved from outside. Deliberately absent: subscriptions, Connect, customers,
//! anything that we do not ask for.

#![allow(clippy::print_stdout, reason = "it says where it listens")]

mod api;
mod control;
mod create;
mod deliver;
mod idempotency;
mod life;
mod list;
mod page;
mod params;
mod refund;
mod wire;
mod world;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Mutex;

use world::World;

/// `stripe-emulator [--listen ADDRESS] [--now SECONDS] [--auto]`: with `--auto`, messages go out by themselves.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.get(at + 1).cloned()
    };
    let listener = TcpListener::bind(after("--listen").unwrap_or_else(|| "127.0.0.1:0".to_owned())).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let now = after("--now")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_795_000_000);
    let world = Arc::new(Mutex::new(World::new(base.clone(), now)));
    if arguments.iter().any(|one| one == "--auto") {
        tokio::spawn(deliver::always(Arc::clone(&world)));
    }
    println!("emulating on {base}");
    wire::serve(listener, world).await
}
