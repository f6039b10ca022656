//! Money, simulated: seeded chance lets donors, a provider full of faults, treasurers and time act on the product's own use
//! cases, and after each act an independent oracle is asked what every cent must have become.
//!
//! Rule: one seed is one life, and the same each time on SQLite. Time is the city's own manual clock. Whatever the city is
//! told, the oracle is told, in the same order, and nothing else. Deliberately absent: two at once (`it/simulation/race.rs`),
//! letters, and faults of disks.

pub mod bank;
pub mod bank_answers;
pub mod banks;
pub mod check;
pub mod counts;
pub mod deeds;
pub mod desk;
pub mod end;
pub mod heard;
pub mod oracle;
pub mod oracle_gift;
pub mod oracle_match;
pub mod oracle_payout;
pub mod payouts;
pub mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use civic::donation::NewDonation;
use civic::id::{BankAccountId, DonationId, PayoutId};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use counts::Counts;
use oracle::Oracle;
use town::Town;

/// Everything is compared after so many acts; what an act touched, after each.
const WHOLE_EVERY: u64 = 400;

/// A gift as its donor knows it.
pub struct Given {
    pub id: DonationId,
    pub proof: String,
    pub new: NewDonation,
    pub donor: i64,
    pub promised_at: i64,
}

/// How a campaign's promoter is paid.
#[derive(Default)]
pub struct Paying {
    account: Option<BankAccountId>,
    asked: Option<PayoutId>,
    sent: Vec<Sent>,
}

/// A payout that left.
#[derive(Clone)]
pub struct Sent {
    id: PayoutId,
    part: usize,
    sums: (i64, i64),
    paid: bool,
}

/// One simulation.
pub struct Life {
    pub town: Town,
    pub oracle: Oracle,
    pub gifts: Vec<Given>,
    pub counts: Counts,
    chance: StdRng,
    ids: BTreeMap<DonationId, usize>,
    paying: BTreeMap<usize, Paying>,
    touched: BTreeSet<usize>,
    promises: BTreeMap<i64, Vec<i64>>,
    /// The city's names of refunds that were begun outside, and the provider's numbers of them.
    outside: BTreeMap<u128, u128>,
    skew_ms: i64,
    number: u128,
    exhausted: bool,
}

impl Life {
    async fn begin(seed: u64, postgres: bool) -> Result<Self> {
        let mut chance = StdRng::seed_from_u64(seed);
        let (town, oracle) = Town::build(seed, postgres, &mut chance).await?;
        let mut life = Self {
            town,
            oracle,
            gifts: Vec::new(),
            counts: Counts::default(),
            chance,
            ids: BTreeMap::new(),
            paying: BTreeMap::new(),
            touched: BTreeSet::new(),
            promises: BTreeMap::new(),
            outside: BTreeMap::new(),
            skew_ms: 0,
            number: 0,
            exhausted: false,
        };
        if life.town.refused > 0 {
            life.counts.fault("pot refused a campaign");
        }
        Ok(life)
    }

    /// A number that nothing else has.
    fn number(&mut self) -> u128 {
        self.number += 1;
        self.number
    }

    fn odds(&mut self, of: u32, among: u32) -> bool {
        self.chance.random_ratio(of, among)
    }

    fn now(&self) -> i64 {
        self.town.city.clock.now().ms()
    }

    /// Compares what the last act touched, and now and then everything.
    pub async fn compare(&mut self, step: u64) -> Result<()> {
        let touched = std::mem::take(&mut self.touched);
        check::gifts(self, &touched).await?;
        check::balances(self).await?;
        if step.is_multiple_of(WHOLE_EVERY) {
            check::whole(self).await?;
        }
        let wrongs = std::mem::take(&mut self.town.bank.truth().wrongs);
        ensure!(wrongs.is_empty(), "at the provider: {wrongs:?}");
        Ok(())
    }
}

/// Lets one life run for so many acts and then to its end; what happened in it.
///
/// # Errors
/// The first act after which something is not as the oracle says.
pub async fn run(seed: u64, acts: u64, postgres: bool) -> Result<Counts> {
    let mut life = Life::begin(seed, postgres)
        .await
        .with_context(|| format!("seed {seed}, step 0"))?;
    for step in 1..=acts {
        let act = deeds::Act::draw(&mut life);
        let done = async {
            life.act(act).await?;
            if act.is_outside() {
                Ok(())
            } else {
                life.compare(step).await
            }
        };
        done.await
            .with_context(|| format!("seed {seed}, step {step}, {act:?}"))?;
    }
    let ended = end::drain(&mut life).await;
    ended.with_context(|| format!("seed {seed}, at the end"))?;
    let mut counts = life.counts;
    counts.merge(&life.town.bank.truth().counts);
    Ok(counts)
}

/// What came of several lives.
pub struct Lives {
    pub counts: Counts,
    /// What was wrong, each with its seed and step.
    pub wrong: Vec<String>,
}

/// Lets these lives run, each on a thread of its own, as many at once as there are processors.
#[must_use]
pub fn run_all(seeds: &[u64], acts: u64, postgres: bool) -> Lives {
    let none = Lives {
        counts: Counts::default(),
        wrong: Vec::new(),
    };
    let (next, all) = (AtomicUsize::new(0), Mutex::new(none));
    let at_once = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..at_once.min(seeds.len()) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.expect("a runtime");
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let done = runtime.block_on(run(*seed, acts, postgres));
                    let mut all = all.lock().expect("nobody panicked");
                    match done {
                        Ok(counts) => all.counts.merge(&counts),
                        Err(error) => all.wrong.push(format!("{error:#}")),
                    }
                }
            });
        }
    });
    all.into_inner().expect("nobody panicked")
}

/// The number that the environment gives under a name.
#[must_use]
pub fn told(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
