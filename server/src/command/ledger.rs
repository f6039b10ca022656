//! `arengo ledger`: whether the books are right, and what is on which account.

use anyhow::{Context, bail};
use civic::ledger::read::{Reached, balances};
use civic::ledger::verify::{Head, Verified};
use civic::ledger::{Account, balance, verify};
use civic::money::Money;
use clap::Subcommand;

use crate::config::Config;
use crate::wiring;

/// What can be asked of the books.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Compute every hash and every balance anew; says where the chain ends, to be kept elsewhere
    Verify {
        /// An end that was kept, as NUMBER:HASH; it must still be in the chain
        #[arg(long, value_name = "NUMBER:HASH")]
        kept: Option<String>,
    },
    /// Print the balance of one account, or of all
    Balance {
        /// The account, such as custodian:bank
        account: Option<String>,
    },
}

/// Asks, and says what the answer is.
///
/// # Errors
/// When something is wrong with the books.
pub async fn run(config: &Config, what: Ledger) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    match what {
        Ledger::Verify { kept } => {
            let kept = kept.as_deref().map(read_head).transpose()?;
            let found = verify(&wired.city, kept.as_ref()).await?;
            for finding in &found.findings {
                let at = finding
                    .number
                    .map_or_else(|| "the whole".to_owned(), |number| format!("txn {number}"));
                println!("{at}: {} ({})", finding.wrong.as_str(), finding.detail);
            }
            println!("{}", judge(&found)?);
        }
        Ledger::Balance { account } => {
            let cx = wired.city.system();
            if let Some(code) = account {
                let account = Account::parse(&code).with_context(|| format!("{code} is no account"))?;
                say(account, balance(&cx, account).await.context("the account is not open")?);
                return Ok(());
            }
            let mut next: Option<Reached> = None;
            loop {
                let (page, after) = balances(&cx, next.as_ref()).await?;
                for (account, balance) in page {
                    say(account, balance);
                }
                if after.is_none() {
                    break;
                }
                next = after;
            }
        }
    }
    Ok(())
}

/// One line for books that are right.
///
/// # Errors
/// With how much is wrong, and where it begins.
pub fn judge(found: &Verified) -> anyhow::Result<String> {
    if found.wrong > 0 {
        let first = found
            .first_broken()
            .map_or_else(String::new, |number| format!(", first at txn {number}"));
        bail!("{} things are wrong with the books{first}", found.wrong);
    }
    let Head { number, hash } = &found.head;
    Ok(format!(
        "{} txns with {} entries, balanced and unchanged; the chain ends at {number}:{hash}",
        found.txns, found.entries
    ))
}

fn read_head(text: &str) -> anyhow::Result<Head> {
    let parts = text.split_once(':');
    let head = parts.and_then(|(number, hash)| {
        Some(Head {
            number: number.parse().ok()?,
            hash: hash.to_owned(),
        })
    });
    head.context("an end of the chain is written NUMBER:HASH")
}

fn say(account: Account, balance: Money) {
    let (sign, minor) = (
        if balance.minor() < 0 { "-" } else { "" },
        balance.minor().unsigned_abs(),
    );
    println!("{sign}{}.{:02} EUR  {account}", minor / 100, minor % 100);
}
