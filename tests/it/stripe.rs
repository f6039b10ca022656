//! The provider of payments: our way to it, its messages, and the emulator that stands for it. `tests/emulator/README.md`
//! names for each documented behaviour the test that shows it.

mod audited;
mod browsed;
mod door;
mod emulated;
mod faults;
mod messages;
mod moved;
mod opened;
mod reconciled;
mod verified;
mod whole;

use tests::stripe::Emulator;

/// An emulator of this test's own.
async fn emulator() -> Emulator {
    Emulator::start(env!("CARGO_BIN_EXE_stripe-emulator")).await
}
