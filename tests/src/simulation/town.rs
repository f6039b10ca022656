//! The city of one simulation: a database that survives when the program is killed, two calls with their pots, campaigns
//! of both rules in rounds that follow each other, and a fund.
//!
//! Rule: everything is made by the product's own use cases. Killing the program means that its connections are dropped and
//! that it goes on with a copy of the files as they lay there.

use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use civic::actor::{Actor, Grant, Person, Role, Within};
use civic::application::CostLine;
use civic::call::{Contributor, NewCall, Round, Tranche};
use civic::campaign::{CampaignInput, Run, write as campaigns};
use civic::db::Db;
use civic::documents::{Document, Documents, Found, Hit, Kind, Question};
use civic::error::Code;
use civic::files::Files;
use civic::id::{ApplicationId, CallId, CampaignId, Ids, MemberId, PotId};
use civic::language::Language;
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::payment::Payments;
use civic::secret::Secret;
use civic::time::{Clock, DAY_MS, MINUTE_MS, Timestamp, Zone};
use civic::{City, Cx, Handles, Settings};
use rand::RngExt;
use rand::rngs::StdRng;

use super::bank::Bank;
use super::oracle::{Oracle, Rule, midnight};
use crate::calls::{WINDOW_MS, terms_from, whole};
use crate::city::{Store, store};

/// The first day on which a simulation may begin, counted from 1970: 24 November 2026.
const FIRST_DAY: i64 = 20_781;
/// Within so many days of it one begins, so that rounds cross the night in which clocks are moved on.
const BEGINS_WITHIN: i64 = 110;
const NOON_MS: i64 = DAY_MS / 2;
/// What a project costs at least, in cents.
const COST_LEAST: i64 = 100_000;

/// An index that nobody asks.
struct Unread;

#[async_trait]
impl Documents for Unread {
    async fn apply(&self, _: Vec<Document>, _: Vec<String>, _: i64) -> civic::error::Result<()> {
        Ok(())
    }

    async fn position(&self) -> civic::error::Result<i64> {
        Ok(0)
    }

    async fn find(&self, _: &Question) -> civic::error::Result<Found> {
        Ok(Found::default())
    }

    async fn similar(
        &self,
        _: &str,
        _: Kind,
        _: &[(&'static str, String)],
        _: Option<&str>,
        _: usize,
    ) -> civic::error::Result<Vec<Hit>> {
        Ok(Vec::new())
    }
}

/// Who acts besides donors.
struct People {
    promoter: MemberId,
    keeper: MemberId,
    judge: MemberId,
    treasurers: [MemberId; 2],
}

/// The city.
pub struct Town {
    pub city: City,
    pub bank: Arc<Bank>,
    pub campaigns: Vec<CampaignId>,
    pub pots: Vec<PotId>,
    pub refused: u64,
    people: People,
    clock: Clock,
    seed: u64,
    lives: u64,
    url: String,
    _store: Store,
}

fn open(db: Db, clock: &Clock, bank: &Arc<Bank>, seed: u64) -> City {
    City::new(Handles {
        db,
        clock: clock.clone(),
        ids: Ids::seeded(seed),
        documents: Arc::new(Unread),
        files: Files::memory(),
        payments: Arc::<Bank>::clone(bank) as Arc<dyn Payments>,
        printer: Arc::new(web::paper::Printer),
        secret: Secret::new(vec![7; 32]).expect("long enough"),
        settings: Settings {
            city_name: "Comune di Milano".to_owned(),
            base_url: "https://example.org".to_owned(),
            zone: Zone::named("Europe/Rome").expect("Rome is in the list"),
            contact_email: "aiuto@example.org".to_owned(),
            accessibility_declaration: String::new(),
            custodian: "Fondazione di Comunità Milano".to_owned(),
            custodian_iban: "IT60X0542811101000000123456".to_owned(),
            city_iban: "IT40S0542811101000000123456".to_owned(),
            demonstration: true,
        },
        bell: tokio::sync::Notify::new(),
        messages: tokio::sync::Notify::new(),
        live: tokio::sync::broadcast::Sender::new(16),
        stopping: tokio::sync::watch::Sender::new(false),
    })
}

fn acting(id: MemberId, role: Role, within: Within, now: Timestamp) -> Actor {
    Actor::Member(Person {
        id,
        nickname: "Persona".to_owned(),
        language: Language::It,
        grants: vec![Grant { role, within }],
        second_factor_at: Some(now),
        scopes: None,
    })
}

/// A number between two, each size as likely as any other.
pub fn sized(chance: &mut StdRng, least: i64, most: i64) -> i64 {
    let doublings = (most / least).ilog2() + 1;
    let size = chance.random_range(0..doublings);
    let from = least << size;
    chance.random_range(from..=(from * 2 - 1).min(most))
}

fn all_of(cost: i64) -> CostLine {
    CostLine {
        label: "Tutto".to_owned(),
        amount: Money::eur(cost),
    }
}

fn date(day: i64) -> String {
    Timestamp::from_ms(midnight(day) + NOON_MS).rfc3339()[..10].to_owned()
}

impl Town {
    /// A city in which campaigns are scheduled, and what the oracle knows of it.
    pub async fn build(seed: u64, postgres: bool, chance: &mut StdRng) -> Result<(Self, Oracle)> {
        let (store, url) = store(postgres).await?;
        let today = FIRST_DAY + chance.random_range(0..BEGINS_WITHIN);
        let start = midnight(today) + NOON_MS;
        let clock = Clock::manual(Timestamp::from_ms(start));
        let bank = Arc::new(Bank::new(seed, start));
        let city = open(Db::connect(&url).await?, &clock, &bank, seed);
        let member = async |name: &str| {
            civic::member::write::ensure(&city.system(), &format!("{name}@example.org"), Some(name)).await
        };
        let people = People {
            promoter: member("promotrice").await?,
            keeper: member("curatrice").await?,
            judge: member("commissaria").await?,
            treasurers: [member("tesoriera").await?, member("tesoriere").await?],
        };
        let mut town = Self {
            city,
            bank,
            campaigns: Vec::new(),
            pots: Vec::new(),
            refused: 0,
            people,
            clock,
            seed,
            lives: 1,
            url,
            _store: store,
        };
        let mut oracle = Oracle::default();
        let number = chance.random_range(3..=4);
        town.call(chance, &mut oracle, today, number, false)
            .await
            .context("a call by shares")?;
        let number = chance.random_range(3..=5);
        town.call(chance, &mut oracle, today, number, true)
            .await
            .context("a call by gifts")?;
        town.fund(&mut oracle).await.context("a fund")?;
        let passed = town.city.clock.now().ms() - start;
        town.bank.truth().now += passed;
        town.bank.belongs_to(&town.city);
        Ok((town, oracle))
    }

    /// A call with its ranking public, and its campaigns scheduled as far as the pot allows.
    async fn call(
        &mut self,
        chance: &mut StdRng,
        oracle: &mut Oracle,
        today: i64,
        number: u32,
        by_gifts: bool,
    ) -> Result<()> {
        let costs: Vec<i64> = (0..number).map(|_| sized(chance, 150_000, 4_000_000)).collect();
        let mut rounds: Vec<(i64, i64)> = (0..3)
            .map(|place| {
                (
                    today + 1 + place * chance.random_range(2..9),
                    chance.random_range(3..14),
                )
            })
            .collect();
        rounds.sort_unstable();
        let grace_days = chance.random_range(1..6);
        let rule = if by_gifts { rate(chance) } else { share(chance) };
        let wanted: i64 = costs.iter().map(|cost| reservation(rule, *cost)).sum();
        let pot = if by_gifts {
            sized(chance, 20_000, 200_000)
        } else {
            wanted - chance.random_range(0..=wanted / 4)
        };
        let hold_back = if chance.random_ratio(1, 4) { 0 } else { 200_000 };
        let tranche = (1_000_000 - hold_back, chance.random_range(0..6));
        // Windows begin on a minute.
        self.clock.advance_ms(MINUTE_MS - self.clock.now().ms() % MINUTE_MS);
        let terms = NewCall {
            slug: format!("bando-{}", self.pots.len()),
            cost_min: Money::eur(COST_LEAST),
            cost_max: Money::eur(5_000_000),
            rounds: rounds
                .iter()
                .map(|(first, days)| Round {
                    first_day: date(*first),
                    days: u32::try_from(*days).expect("few"),
                })
                .collect(),
            contributors: vec![Contributor {
                name: "Comune di Milano".to_owned(),
                amount: Money::eur(pot),
            }],
            tranches: vec![Tranche {
                share_ppm: u32::try_from(tranche.0)?,
                days_after_outcome: u32::try_from(tranche.1)?,
            }],
            hold_back_ppm: u32::try_from(hold_back)?,
            grace_days: u32::try_from(grace_days)?,
            rule: MatchRule::parse(&stored(rule))?,
            ..terms_from(self.city.clock.now())
        };
        let (call, applications) = self.admitted(terms, costs.len()).await?;
        self.pots
            .push(civic::call::read::page(&self.city.system(), call).await?.pot);
        oracle.pots.push(pot);
        let place = oracle.pots.len() - 1;
        for (application, cost) in applications.into_iter().zip(costs) {
            let round = chance.random_range(0..rounds.len());
            let (first, days) = rounds[round];
            let cx = self.city.system();
            let id = campaigns::begin(&cx, application).await.context("begun")?;
            campaigns::submit(&cx, id, None).await?;
            // Whoever applied for more than the pot has would not be admitted; the costs grow in the review.
            campaigns::edit_costs(&cx, id, None, vec![all_of(cost)])
                .await
                .context("mended")?;
            let scheduled = campaigns::schedule(&cx, id, Run::Round(u32::try_from(round)?)).await;
            let window = (midnight(first), Some(first + days));
            let fits = oracle.schedule(rule, Some(place), cost, window, grace_days, tranche);
            match scheduled {
                Ok(id) if fits => self.campaigns.push(id),
                Err(error) if !fits && error.code() == Code::PotExceeded => self.refused += 1,
                other => anyhow::bail!("the pot has {}: {other:?}", if fits { "enough" } else { "not so much" }),
            }
        }
        Ok(())
    }

    async fn admitted(&self, terms: NewCall, number: usize) -> Result<(CallId, Vec<ApplicationId>)> {
        use civic::application::write;
        let cx = self.city.system();
        let call = civic::call::write::open(&cx, terms).await?;
        civic::call::write::publish(&cx, call).await?;
        let mut all = Vec::new();
        for number in 0..number {
            self.clock.advance_ms(1);
            let cx = self.city.cx(
                acting(
                    self.people.promoter,
                    Role::Editor,
                    Within::Call(call),
                    self.city.clock.now(),
                ),
                Language::It,
            );
            let mut input = whole(&format!("Progetto {number}"), 20_000);
            input.cost_lines = Some(vec![all_of(COST_LEAST)]);
            let id = write::begin(&cx, call, input).await?;
            all.push(write::submit(&cx, id, None).await?);
        }
        let judge = acting(
            self.people.judge,
            Role::Commissioner,
            Within::Call(call),
            self.city.clock.now(),
        );
        for id in &all {
            write::find_admissible(&self.city.system(), *id)
                .await
                .context("admissible")?;
        }
        for id in &all {
            let cx = self.city.cx(judge.clone(), Language::It);
            write::score(&cx, *id, &[10, 10]).await.context("scored")?;
        }
        self.clock.advance_ms(WINDOW_MS);
        write::rank(&self.city.system(), call).await.context("ranked")?;
        write::publish_ranking(&self.city.system(), call).await?;
        Ok((call, all))
    }

    async fn fund(&mut self, oracle: &mut Oracle) -> Result<()> {
        let input = CampaignInput {
            title: Some("Alberi".to_owned()),
            summary: Some("Un albero per ogni cortile.".to_owned()),
            story: Some("Ogni **30 euro** diventano un albero.".to_owned()),
            ..CampaignInput::default()
        };
        let keeper = acting(self.people.keeper, Role::Editor, Within::City, self.city.clock.now());
        let own = self.city.cx(keeper, Language::It);
        let id = campaigns::begin_fund(&own, input).await?;
        campaigns::submit(&own, id, None).await?;
        let opens = self.city.clock.now().plus_ms(DAY_MS);
        campaigns::schedule(&self.city.system(), id, Run::From(opens)).await?;
        oracle.schedule(Rule::Fund, None, 0, (opens.ms(), None), 14, (1_000_000, 0));
        self.campaigns.push(id);
        Ok(())
    }

    /// One of the two treasurers, who has just given the second factor.
    pub fn treasurer(&self, which: usize) -> Cx {
        let id = self.people.treasurers[which];
        self.city.cx(
            acting(id, Role::Treasurer, Within::City, self.city.clock.now()),
            Language::It,
        )
    }

    /// Somebody of the office.
    pub fn office(&self) -> Cx {
        let office = acting(self.people.keeper, Role::Office, Within::City, self.city.clock.now());
        self.city.cx(office, Language::It)
    }

    /// Moves the clock on, for everybody.
    pub fn advance_ms(&self, ms: i64) {
        self.clock.advance_ms(ms);
        self.bank.truth().now += ms;
    }

    /// Moves the program's clock alone.
    pub fn step_ms(&self, ms: i64) {
        self.clock.advance_ms(ms);
    }

    /// The program is killed, and started again on what lies on the disk.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(file) = self.url.strip_prefix("sqlite://") {
            let copy = format!(
                "{}.{}",
                file.trim_end_matches(|c: char| c.is_ascii_digit())
                    .trim_end_matches('.'),
                self.lives
            );
            for end in ["", "-wal"] {
                std::fs::copy(format!("{file}{end}"), format!("{copy}{end}"))?;
            }
            self.city.db.clone().close().await;
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{file}{end}"));
            }
            self.url = format!("sqlite://{copy}");
        } else {
            self.city.db.clone().close().await;
        }
        let db = Db::connect(&self.url).await?;
        let seed = self.seed.wrapping_add(self.lives << 32);
        self.city = open(db, &self.clock, &self.bank, seed);
        self.bank.belongs_to(&self.city);
        self.lives += 1;
        Ok(())
    }
}

fn reservation(rule: Rule, cost: i64) -> i64 {
    match rule {
        Rule::Share { share, cap, .. } => (cost / 1_000_000 * share + cost % 1_000_000 * share / 1_000_000).min(cap),
        Rule::Fund | Rule::Rate { .. } => 0,
    }
}

fn share(chance: &mut StdRng) -> Rule {
    Rule::Share {
        share: [600_000, 500_000, 333_333][chance.random_range(0..3)],
        threshold: [400_000, 500_000, 100_001][chance.random_range(0..3)],
        cap: sized(chance, 100_000, 6_000_000),
        kept: chance.random(),
    }
}

fn rate(chance: &mut StdRng) -> Rule {
    Rule::Rate {
        rate: [600_000, 1_000_000, 333_333, 1_500_000][chance.random_range(0..4)],
        threshold: [0, 0, 100_000, 333_333][chance.random_range(0..4)],
        gift: sized(chance, 20_000, 1_000_000),
        donor: sized(chance, 50_000, 2_000_000),
        project: sized(chance, 300_000, 5_000_000),
    }
}

fn stored(rule: Rule) -> String {
    match rule {
        Rule::Fund => String::new(),
        Rule::Share {
            share,
            threshold,
            cap,
            kept,
        } => format!(
            r#"{{"kind":"co_financing","version":1,"share_ppm":{share},"threshold_ppm":{threshold},
            "cap_per_project_minor":{cap},"overfunding":"{}"}}"#,
            if kept { "kept" } else { "reduces_grant" }
        ),
        Rule::Rate {
            rate,
            threshold,
            gift,
            donor,
            project,
        } => format!(
            r#"{{"kind":"per_donation","version":1,"rate_ppm":{rate},"threshold_ppm":{threshold},
            "cap_per_donation_minor":{gift},"cap_per_donor_minor":{donor},"cap_per_project_minor":{project}}}"#
        ),
    }
}
