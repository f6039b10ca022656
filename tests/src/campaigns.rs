//! What tests of campaigns and gifts begin with: campaigns in their round, open ones, donors, gifts and what becomes of them.

use civic::Cx;
use civic::actor::{Actor, Role};
use civic::application::ApplicationInput;
use civic::call::NewCall;
use civic::campaign::{CampaignInput, Run, Unit, write as campaigns};
use civic::donation::write::{Learned, give, learn};
use civic::donation::{Given, NewDonation, Way};
use civic::error::Result;
use civic::id::{ApplicationId, CallId, CampaignId, DonationId, PotId};
use civic::language::Language;
use civic::ledger::{self, Account, CampaignAccount, CustodianAccount, PotAccount};
use civic::money::Money;
use civic::payment::{Fact, Method};
use civic::time::Timestamp;

use crate::calls::{WINDOW_MS, handed_in, published, whole};
use crate::city::TestCity;
use crate::person::{Person, citizen, staff_of_call};
use crate::provider::payment_of;

/// The city adds 0.60 to each euro: at most on 1,000 of a gift, 2,000 of a donor and 50,000 of a project; no threshold.
pub const PER_DONATION: &str = r#"{"kind":"per_donation","version":1,"rate_ppm":600000,"threshold_ppm":0,
    "cap_per_donation_minor":100000,"cap_per_donor_minor":200000,"cap_per_project_minor":5000000}"#;

/// A call whose applications are all admitted.
pub struct Admitted {
    /// The call.
    pub call: CallId,
    /// Its pot.
    pub pot: PotId,
    /// Who promotes all of them.
    pub promoter: Person,
    /// The applications, in their order.
    pub applications: Vec<ApplicationId>,
}

fn projects(costs: &[i64]) -> Vec<ApplicationInput> {
    let project = |(number, cost): (usize, &i64)| whole(&format!("Progetto {number}"), *cost);
    costs.iter().enumerate().map(project).collect()
}

/// A call with these terms, and an admitted application for each cost in euros.
pub async fn admitted(city: &TestCity, terms: NewCall, costs: &[i64]) -> Admitted {
    admitted_with(city, terms, projects(costs)).await
}

/// A call with these terms, and these applications, admitted.
pub async fn admitted_with(city: &TestCity, terms: NewCall, inputs: Vec<ApplicationInput>) -> Admitted {
    let call = published(city, terms).await;
    let promoter = citizen(city, "promotrice").await;
    let judge = staff_of_call(city, "commissaria", Role::Commissioner, call).await;
    let mut applications = Vec::new();
    for input in inputs {
        applications.push(handed_in(city, &promoter, call, input).await);
    }
    let cx = city.city.system();
    for id in &applications {
        civic::application::write::find_admissible(&cx, *id)
            .await
            .expect("admissible");
        civic::application::write::score(&judge.cx(city).await, *id, &[10, 10])
            .await
            .expect("scored");
    }
    city.advance_ms(WINDOW_MS);
    let cx = city.city.system();
    civic::application::write::rank(&cx, call).await.expect("drawn up");
    civic::application::write::publish_ranking(&cx, call)
        .await
        .expect("public");
    let pot = civic::call::read::page(&cx, call).await.expect("read").pot;
    Admitted {
        call,
        pot,
        promoter,
        applications,
    }
}

/// The campaign of an application, in the first round of its call.
pub async fn scheduled(city: &TestCity, application: ApplicationId) -> CampaignId {
    let cx = city.city.system();
    let id = campaigns::begin(&cx, application).await.expect("begun");
    campaigns::submit(&cx, id, None).await.expect("handed in");
    campaigns::schedule(&cx, id, Run::Round(0)).await.expect("scheduled")
}

/// A call with these terms whose projects of so many euros all raise money now, with their round just begun.
pub async fn open(city: &TestCity, terms: NewCall, costs: &[i64]) -> (Admitted, Vec<CampaignId>) {
    open_with(city, terms, projects(costs)).await
}

/// A call with these terms, where these applications raise money now, with their round just begun.
pub async fn open_with(city: &TestCity, terms: NewCall, inputs: Vec<ApplicationInput>) -> (Admitted, Vec<CampaignId>) {
    let first = terms.rounds.first().expect("a round").clone();
    let admitted = admitted_with(city, terms, inputs).await;
    let mut open = Vec::new();
    for application in &admitted.applications {
        open.push(scheduled(city, *application).await);
    }
    let window = first.window(&city.city.settings.zone).expect("days");
    go_to(city, window.start);
    turn(city).await;
    (admitted, open)
}

/// A fund for trees, begun by this keeper of calls, that takes gifts now.
pub async fn fund(city: &TestCity, keeper: &Person) -> CampaignId {
    let input = CampaignInput {
        title: Some("Alberi".to_owned()),
        summary: Some("Un albero per ogni cortile.".to_owned()),
        story: Some("Ogni **30 euro** diventano un albero.".to_owned()),
        unit: Some(Some(Unit {
            label: "un albero".to_owned(),
            price: Money::eur(3_000),
        })),
        ..CampaignInput::default()
    };
    let own = keeper.cx(city).await;
    let id = campaigns::begin_fund(&own, input).await.expect("begun");
    campaigns::submit(&own, id, None).await.expect("handed in");
    let cx = city.city.system();
    let opens = cx.now.plus_ms(1_000);
    campaigns::schedule(&cx, id, Run::From(opens)).await.expect("scheduled");
    go_to(city, opens);
    turn(city).await;
    id
}

/// Moves the clock to an instant.
pub fn go_to(city: &TestCity, at: Timestamp) {
    city.advance_ms(at.since_ms(city.city.clock.now()));
}

/// Lets the worker do what is due for money.
pub async fn turn(city: &TestCity) -> u64 {
    civic::donation::write::turn(&city.city).await.expect("turned")
}

/// One operation of somebody who is not signed in.
pub fn stranger(city: &TestCity) -> Cx {
    city.city.cx(Actor::Visitor, Language::It)
}

/// A gift of so many cents by this address, under a key of its own.
pub fn gift(email: &str, cents: i64) -> NewDonation {
    NewDonation {
        key: format!("key-of-{email}-{cents}-0123456789"),
        amount: Money::eur(cents),
        way: Way::Online,
        email: Some(email.to_owned()),
        name_shown: None,
        message: None,
        reward: None,
        insider: false,
        expected: None,
        terms: true,
    }
}

/// A promise of so many cents by this address.
pub async fn promise(city: &TestCity, campaign: CampaignId, email: &str, cents: i64) -> Given {
    let given = give(&stranger(city), campaign, gift(email, cents)).await;
    given.expect("promised")
}

/// That the money of a gift by card is there now.
pub fn confirmed(city: &TestCity, id: DonationId, cents: i64) -> Fact {
    Fact::Confirmed {
        donation: id,
        payment: payment_of(id),
        amount: Money::eur(cents),
        method: Method::Card,
        fingerprint: None,
        at: city.city.clock.now(),
    }
}

/// Learns a fact, as the worker does.
pub async fn told(city: &TestCity, fact: &Fact) -> Result<Learned> {
    learn(&city.city.system(), fact).await
}

/// A gift of so many cents by this address whose money is there.
pub async fn given(city: &TestCity, campaign: CampaignId, email: &str, cents: i64) -> DonationId {
    let id = promise(city, campaign, email, cents).await.donation;
    told(city, &confirmed(city, id, cents)).await.expect("learnt");
    id
}

/// What is on an account, in cents.
pub async fn cents(city: &TestCity, account: Account) -> i64 {
    let balance = ledger::balance(&city.city.system(), account).await;
    balance.expect("open").minor()
}

/// What is on the accounts of a pot: available, held, reserved, committed.
pub async fn in_pot(city: &TestCity, pot: PotId) -> [i64; 4] {
    let all = ledger::read::pot(&city.city.system(), pot).await.expect("open");
    [all.available, all.held, all.reserved, all.committed].map(Money::minor)
}

/// What is on the accounts of a campaign: donors' funds, payable, receivable.
pub async fn in_campaign(city: &TestCity, campaign: CampaignId) -> [i64; 3] {
    let all = ledger::read::campaign(&city.city.system(), campaign)
        .await
        .expect("open");
    [all.donor_funds, all.payable, all.receivable].map(Money::minor)
}

/// What is on each account of the custodian, in the order of their declaration.
pub async fn with_custodian(city: &TestCity) -> Vec<i64> {
    let mut all = Vec::new();
    for account in CustodianAccount::ALL {
        all.push(cents(city, Account::Custodian(*account)).await);
    }
    all
}

/// One account of a campaign.
pub const fn of_campaign(campaign: CampaignId, account: CampaignAccount) -> Account {
    Account::Campaign(campaign, account)
}

/// One account of a pot.
pub const fn of_pot(pot: PotId, account: PotAccount) -> Account {
    Account::Pot(pot, account)
}
