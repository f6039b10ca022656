//! Letters by SMTP, or into a folder where no server is configured.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use civic::error::{Code, Error, Result};
use civic::mail::{Letter, Mailer};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config::{Encryption, MailConfig};

/// How long one letter may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands letters over to a mail server or writes them into a folder.
pub struct Post {
    from: Mailbox,
    by: Transport,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

impl Post {
    /// The transport that the configuration asks for; letters without a server go to `folder`.
    ///
    /// # Errors
    /// When the sender is no address, the server's name is none, or the folder cannot be made.
    pub fn new(config: &MailConfig, folder: PathBuf) -> anyhow::Result<Self> {
        let from = config
            .from
            .parse()
            .with_context(|| format!("mail.from is no address: {}", config.from))?;
        if config.host.is_empty() {
            std::fs::create_dir_all(&folder)?;
            return Ok(Self {
                from,
                by: Transport::Folder(AsyncFileTransport::new(folder)),
            });
        }
        let host = config.host.as_str();
        let mut builder = match config.encryption {
            Encryption::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host)?,
            Encryption::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host)?,
            Encryption::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
        };
        builder = builder.port(config.port).timeout(Some(PATIENCE));
        if !config.username.is_empty() {
            let password = config.password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(config.username.clone(), password));
        }
        Ok(Self {
            from,
            by: Transport::Smtp(builder.build()),
        })
    }

    /// Whether the mail server answers; a folder always does.
    ///
    /// # Errors
    /// When it cannot be reached or refuses the account.
    pub async fn check(&self) -> anyhow::Result<()> {
        if let Transport::Smtp(smtp) = &self.by {
            anyhow::ensure!(smtp.test_connection().await?, "the mail server does not answer");
        }
        Ok(())
    }

    fn message(&self, letter: &Letter) -> anyhow::Result<Message> {
        Ok(Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse()?)
            .subject(&letter.subject)
            .message_id(Some(letter.message_id.clone()))
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))?)
    }
}

/// Answers about the mailbox that will not change: it is unknown, moved, or not one at all.
const NO_MAILBOX: [u16; 4] = [501, 550, 551, 553];

/// What a failure means: a mailbox that is none, one that is put off, or a server that cannot be used now.
fn refusal(error: &lettre::transport::smtp::Error) -> Error {
    let status = error.status().map(u16::from);
    if status.is_some_and(|status| NO_MAILBOX.contains(&status)) {
        Error::field("email", Code::EmailMalformed)
    } else if error.is_transient() {
        Error::Busy
    } else {
        Error::Unavailable(error.to_string())
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, letter: &Letter) -> Result<()> {
        let message = self.message(letter).map_err(|error| Error::Bug(error.to_string()))?;
        match &self.by {
            Transport::Smtp(smtp) => {
                smtp.send(message).await.map_err(|error| refusal(&error))?;
            }
            Transport::Folder(folder) => {
                folder
                    .send(message)
                    .await
                    .map_err(|error| Error::Unavailable(error.to_string()))?;
            }
        }
        Ok(())
    }
}
