//! The configuration: the commented default, then a file, then the environment.
//!
//! Rule: an unknown key is refused, what cannot work together is refused with the way out, and a secret never prints.

mod payments;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use civic::time::Zone;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::guard::{Guard, Network};

pub use payments::{PaymentsConfig, Provider};

/// The default configuration with its comments, as `arengo check-config --default` prints it.
pub const DEFAULT: &str = include_str!("../arengo.toml");

/// What the program is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether real people use this installation.
    pub environment: Environment,
    /// Whether an empty database is filled with a made-up city.
    pub demonstration: bool,
    /// Whose installation this is.
    pub city: CityConfig,
    /// Where it listens.
    pub server: ServerConfig,
    /// What its listener allows.
    pub guard: GuardConfig,
    /// Where its database is.
    pub database: DatabaseConfig,
    /// Where its files are.
    pub data: DataConfig,
    /// Where its pictures and files are.
    pub files: FilesConfig,
    /// Where its key is.
    pub secret: SecretConfig,
    /// How its letters go out.
    pub mail: MailConfig,
    /// Who takes payments.
    pub payments: PaymentsConfig,
    /// What it logs.
    pub log: LogConfig,
}

/// Whether real people use this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Somebody tries it out.
    Development,
    /// People rely on it.
    Production,
}

/// Whose installation this is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityConfig {
    /// As people call the body that runs it.
    pub name: String,
    /// Where people reach the site.
    pub base_url: String,
    /// The city's time zone by its IANA name.
    pub time_zone: String,
    /// Where people write for help.
    pub contact_email: String,
    /// The address of the declaration of accessibility; empty until there is one.
    pub accessibility_declaration: String,
}

/// Where the program listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port.
    pub listen: String,
}

/// What the listener allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardConfig {
    /// Networks of proxies that are believed.
    pub trusted_proxies: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one network.
    pub connections_per_network: usize,
}

/// Where the database is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Its address, which may hold a password.
    pub url: Hidden,
}

/// Where the installation's own files are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The folder.
    pub dir: PathBuf,
}

/// Where pictures and files lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// In a folder or in S3-compatible storage.
    pub store: Store,
    /// The storage's address.
    pub endpoint: String,
    /// The bucket there.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The name of the key.
    pub access_key: Hidden,
    /// The key.
    pub secret_key: Hidden,
}

/// What kind of storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// The data folder.
    Folder,
    /// S3-compatible storage.
    S3,
}

/// Where the installation's key is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretConfig {
    /// The file; empty for one in the data folder.
    pub file: PathBuf,
}

/// How letters go out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The SMTP server; empty for a folder.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub encryption: Encryption,
    /// The account there.
    pub username: String,
    /// Its password.
    pub password: Hidden,
    /// The sender of all letters.
    pub from: String,
}

/// Whether the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Begins in the clear and turns to TLS.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: only for a server on the same machine.
    None,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A tracing filter.
    pub filter: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A text that never prints, not even where it was given as something else.
#[derive(Clone)]
pub struct Hidden(String);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Hidden;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(WANTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Hidden, E> {
                Ok(Hidden(text.to_owned()))
            }

            // The usual errors would quote the value.
            fn visit_bool<E: Error>(self, _: bool) -> Result<Hidden, E> {
                Err(E::custom(WANTED))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Hidden, E> {
                Err(E::custom(WANTED))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Hidden, E> {
                Err(E::custom(WANTED))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Hidden, E> {
                Err(E::custom(WANTED))
            }
        }
        from.deserialize_any(Text)
    }
}

/// What a secret must be.
const WANTED: &str = "a text in quotes is expected";

/// Settings that are secrets. What the environment says of them is taken to the letter: to the parser, `0123` is a number.
const SECRETS: [&str; 6] = [
    "database.url",
    "files.access_key",
    "files.secret_key",
    "mail.password",
    "payments.secret_key",
    "payments.webhook_secrets",
];

/// The environment over what was read so far.
fn with_environment(figment: Figment, environment: &Env, said: impl Iterator<Item = (String, String)>) -> Figment {
    let plain = environment
        .clone()
        .filter(|key| !SECRETS.iter().any(|secret| key == *secret));
    said.filter(|(key, _)| SECRETS.contains(&key.as_str()))
        .fold(figment.merge(plain), |figment, secret| figment.merge(secret))
}

impl Hidden {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "…" })
    }
}

/// What the command line says over the configuration.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The database's address.
    pub database_url: Option<String>,
    /// The data folder.
    pub data_dir: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<String>,
}

impl Config {
    /// Reads the default, `file` where there is one, the environment, and what the command line says.
    ///
    /// # Errors
    /// Says which key is unknown, of the wrong kind, or cannot go with another.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULT));
        if let Some(file) = file {
            ensure!(file.is_file(), "the configuration file {} is not there", file.display());
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment = Env::prefixed("ARENGO__").split("__");
        let said = environment.iter().map(|(key, value)| (key.as_str().to_owned(), value));
        figment = with_environment(figment, &environment, said);
        let mut config: Self = figment.extract().context("the configuration cannot be used")?;
        if let Some(url) = &overrides.database_url {
            config.database.url = Hidden(url.clone());
        }
        if let Some(dir) = &overrides.data_dir {
            config.data.dir.clone_from(dir);
        }
        if let Some(listen) = &overrides.listen {
            // A demonstration is reached where it listens, unless somebody says otherwise.
            if config.city.base_url == format!("http://{}", config.server.listen) {
                config.city.base_url = format!("http://{listen}");
            }
            config.server.listen.clone_from(listen);
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.zone()?;
        self.guard()?;
        ensure!(
            !self.city.base_url.ends_with('/'),
            "city.base_url must not end with a slash"
        );
        ensure!(
            self.city.base_url.starts_with("http://") || self.city.base_url.starts_with("https://"),
            "city.base_url must begin with http:// or https://"
        );
        self.check_files()?;
        ensure!(
            self.city.accessibility_declaration.is_empty()
                || self
                    .city
                    .accessibility_declaration
                    .starts_with("https://form.agid.gov.it/"),
            "city.accessibility_declaration must be empty or begin with https://form.agid.gov.it/"
        );
        if self.environment == Environment::Production {
            if self.demonstration {
                bail!("a demonstration lets anybody in as anybody: set demonstration = false for production");
            }
            ensure!(
                self.city.base_url.starts_with("https://"),
                "in production city.base_url must begin with https://"
            );
            ensure!(
                !self.mail.host.is_empty(),
                "in production letters must go out: set mail.host"
            );
        }
        self.payments.check(self.environment)
    }

    fn check_files(&self) -> anyhow::Result<()> {
        let files = &self.files;
        if files.store == Store::Folder {
            return Ok(());
        }
        let secured = files.endpoint.starts_with("https://");
        ensure!(
            secured || (files.endpoint.starts_with("http://") && self.environment == Environment::Development),
            "files.endpoint must begin with https:// (http:// is for development)"
        );
        for (name, value) in [
            ("bucket", files.bucket.as_str()),
            ("region", files.region.as_str()),
            ("access_key", files.access_key.reveal()),
            ("secret_key", files.secret_key.reveal()),
        ] {
            ensure!(!value.is_empty(), "files.store = \"s3\" needs files.{name}");
        }
        Ok(())
    }

    /// The city's time zone.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn zone(&self) -> anyhow::Result<Zone> {
        let name = &self.city.time_zone;
        Zone::named(name).with_context(|| format!("city.time_zone: there is no time zone called {name}"))
    }

    /// What the listener allows.
    ///
    /// # Errors
    /// When a proxy's network is none.
    pub fn guard(&self) -> anyhow::Result<Guard> {
        let read = |text: &String| {
            Network::parse(text)
                .with_context(|| format!("guard.trusted_proxies: {text} is no network such as 10.0.0.0/8"))
        };
        Ok(Guard {
            trusted_proxies: self
                .guard
                .trusted_proxies
                .iter()
                .map(read)
                .collect::<anyhow::Result<_>>()?,
            connections: self.guard.connections,
            connections_per_network: self.guard.connections_per_network,
            https_only: self.environment == Environment::Production && self.city.base_url.starts_with("https://"),
            ..Guard::default()
        })
    }

    /// The database's address; a SQLite file in the data folder when none is set.
    #[must_use]
    pub fn database_url(&self) -> String {
        match self.database.url.reveal() {
            "" => format!("sqlite://{}", self.data.dir.join("arengo.sqlite").display()),
            url => url.to_owned(),
        }
    }

    /// The file with the installation's key.
    #[must_use]
    pub fn secret_file(&self) -> PathBuf {
        if self.secret.file.as_os_str().is_empty() {
            self.data.dir.join("secret.key")
        } else {
            self.secret.file.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> anyhow::Result<Config> {
        let figment = Figment::from(Toml::string(DEFAULT)).merge(Toml::string(text));
        let config: Config = figment.extract()?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn the_default_is_complete_and_an_unknown_key_is_refused() {
        assert!(with("").is_ok());
        assert!(with("[city]\nnmae = \"x\"").is_err());
    }

    #[test]
    fn production_refuses_the_demonstration() {
        let refused = with("environment = \"production\"").expect_err("must be refused");
        assert!(refused.to_string().contains("demonstration = false"));
    }

    #[test]
    fn storage_outside_is_named_whole_and_reached_in_the_clear_only_in_development() {
        let named = "[files]\nstore = \"s3\"\nbucket = \"b\"\naccess_key = \"a\"\nsecret_key = \"hunter2\"\n";
        assert!(with(named).is_err(), "no endpoint");
        let near = with(&format!("{named}endpoint = \"http://127.0.0.1:9000\"")).expect("development");
        assert!(!format!("{near:?}").contains("hunter2"));
        let production = "environment = \"production\"\ndemonstration = false\n";
        let refused = with(&format!("{production}{named}endpoint = \"http://127.0.0.1:9000\"")).expect_err("refused");
        assert!(refused.to_string().contains("https://"), "{refused}");
    }

    #[test]
    fn a_secret_never_prints() {
        let config =
            with("[mail]\npassword = \"hunter2\"\n[database]\nurl = \"postgres://u:hunter2@h/d\"").expect("good");
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_of_digits_is_taken_to_the_letter_from_the_environment_and_never_quoted_from_a_file() {
        let said = [("mail.password", "00123"), ("city.name", "not by this way")];
        let said = said.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let none = Env::prefixed("ARENGO_NOTHING_BEGINS_SO__").split("__");
        let figment = with_environment(Figment::from(Toml::string(DEFAULT)), &none, said.into_iter());
        let config: Config = figment.extract().expect("good");
        assert_eq!(config.mail.password.reveal(), "00123");
        assert_ne!(config.city.name, "not by this way");
        for value in ["12345678", "-12345678", "12345678.5", "true"] {
            let refused = with(&format!("[mail]\npassword = {value}")).expect_err("refused");
            let said = format!("{refused:#} {refused:?}");
            assert!(said.contains(WANTED) && !said.contains(value), "{said}");
        }
    }

    #[test]
    fn browsers_are_told_to_come_by_https_only_in_production() {
        let production = "environment = \"production\"\ndemonstration = false\n[mail]\nhost = \"mail.example.org\"\n\
                          [payments]\nprovider = \"none\"\n[city]\nbase_url = \"https://arengo.example.org\"";
        let read = |text| with(text).expect("good").guard().expect("good").https_only;
        assert!(read(production) && !read("[city]\nbase_url = \"https://arengo.example.org\""));
    }
}
