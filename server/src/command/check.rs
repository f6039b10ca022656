//! `arengo doctor`: whether everything is as it must be, one line for each thing looked at.

use anyhow::{bail, ensure};

use crate::config::{Config, Provider};
use crate::smtp::Post;
use crate::wiring::{self, Wired};

/// Looks at everything and says what it found.
///
/// # Errors
/// When something is not as it must be.
pub async fn doctor(config: &Config) -> anyhow::Result<()> {
    let mut bad = 0_u32;
    let mut say = |what: &str, found: anyhow::Result<String>| match found {
        Ok(how) => println!("good  {what}: {how}"),
        Err(error) => {
            bad += 1;
            println!("BAD   {what}: {error:#}");
        }
    };
    say("configuration", Ok(format!("{:?}", config.environment)));
    match wiring::database(config).await {
        Err(error) => say("database", Err(error)),
        Ok(db) => {
            say("database", Ok(format!("{}, durable", db.kind())));
            let pending = migrations::pending(db.owner()).await?;
            say("steps of the database", steps(&pending));
            if pending.is_empty() {
                match wiring::city(config, db) {
                    Err(error) => say("key, index and files", Err(error)),
                    Ok(wired) => {
                        say("key, index and files", Ok("can be opened".to_owned()));
                        say("index", index(&wired).await);
                        say("files", files(&wired).await);
                        say("books", books(&wired).await);
                        say("payments", payments(config, &wired).await);
                    }
                }
            }
        }
    }
    say("mail", mail(config).await);
    if bad > 0 {
        bail!("{bad} things are not as they must be");
    }
    Ok(())
}

fn steps(pending: &[String]) -> anyhow::Result<String> {
    if pending.is_empty() {
        return Ok("all there".to_owned());
    }
    bail!("missing {}: run `arengo migrate`", pending.join(", "))
}

async fn index(wired: &Wired) -> anyhow::Result<String> {
    let last = civic::outbox::last_number(&wired.city).await?;
    let waiting = civic::outbox::waiting(&wired.city).await?;
    let position = wired.city.documents.position().await?;
    Ok(format!("at {position} of {last}, {waiting} events not yet numbered"))
}

async fn files(wired: &Wired) -> anyhow::Result<String> {
    wired.city.files.check().await?;
    Ok("the storage answers".to_owned())
}

async fn books(wired: &Wired) -> anyhow::Result<String> {
    let found = civic::ledger::verify(&wired.city, None).await?;
    super::ledger::judge(&found)
}

/// The provider is asked for its newest movement, which tells whether the key is right; and nothing may wait for long.
async fn payments(config: &Config, wired: &Wired) -> anyhow::Result<String> {
    let now = wired.city.system().now;
    wired.city.payments.movements(now, None).await?;
    let (late, why) = civic::payment::read::late(&wired.city).await?;
    ensure!(
        late == 0,
        "{late} messages of the provider wait for more than an hour: {}",
        why.unwrap_or_default()
    );
    let overdue = civic::reconciliation::read::overdue(&wired.city).await?;
    ensure!(
        !overdue.comparison,
        "the provider's account was not compared with the books for two days: see the warnings in the log"
    );
    ensure!(
        overdue.open == 0,
        "{} movements at the provider are unexplained for more than a day: see the desk, Reconciliation",
        overdue.open
    );
    let said = &config.payments;
    Ok(match said.provider {
        Provider::None => "nobody takes any".to_owned(),
        Provider::Sandbox => "tried out only, no money moves".to_owned(),
        Provider::Stripe => format!(
            "Stripe answers; messages come to {}{} under {} secrets; held by {}",
            config.city.base_url,
            api::hooks::PATH,
            said.secrets().len(),
            said.custodian
        ),
    })
}

async fn mail(config: &Config) -> anyhow::Result<String> {
    let post = Post::new(&config.mail, wiring::letters_folder(config))?;
    post.check().await?;
    let to = if config.mail.host.is_empty() {
        "a folder"
    } else {
        config.mail.host.as_str()
    };
    Ok(format!("letters go to {to}"))
}
