//! Plays the campaigns: one in every state that can be reached, with gifts of all methods and in all states.
//!
//! Rule: who gives, how much and how follows from places in the script; what a provider would tell is told as facts. What
//! is to go back is told to have gone back, but for transfers and cash, which wait for the treasurer.

use std::collections::HashMap;

use civic::actor::{Actor, Role};
use civic::campaign::{CampaignInput, CampaignState, Need, NewReward, Run, TeamMember, Unit, read, write};
use civic::donation::write::{confirm_by_hand, give, refund};
use civic::donation::{NewDonation, Way};
use civic::error::{Error, Result};
use civic::id::{ApplicationId, CampaignId, DonationId};
use civic::language::Language;
use civic::money::Money;
use civic::payment::{DisputeState, Fact, Method, RefundState};
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

use super::Member;
use super::play::{STRIDE, Stage};
use super::script::{Campaign, campaigns};
use super::told::{of_the_provider, told};

/// Cents of one euro.
const CENTS: i64 = 100;
/// A campaign is begun, handed in and scheduled so many days before its round.
const BEGUN_BEFORE_DAYS: i64 = 8;
const SUBMITTED_BEFORE_DAYS: i64 = 6;
const SCHEDULED_BEFORE_DAYS: i64 = 4;
/// The agreement is signed so many days after the outcome, and lapses after so many.
const AGREED_AFTER_DAYS: i64 = 20;
const LAPSED_AFTER_DAYS: i64 = 61;
/// Tenths by which gifts differ from their average; they add up to as many whole ones as there are.
const SHARES: [i64; 5] = [6, 14, 10, 8, 12];
/// A debit takes so many days.
const DEBIT_DAYS: i64 = 6;
/// The gift that has a fate of its own.
const FATE_CENTS: i64 = 2_000;
/// What the fund raised so far.
const FUND_EUROS: i64 = 3_000;
/// What the fund's unit costs.
const TREE_EUROS: i64 = 30;

/// The applications of the play, by title, and who wrote each.
pub(super) type Written = HashMap<String, (ApplicationId, Member)>;

/// A gift whose money is there.
struct Gift {
    id: DonationId,
    cents: i64,
    online: bool,
}

/// Plays all campaigns of the script, and a fund.
pub(super) async fn play(stage: &mut Stage<'_>, written: &Written) -> Result<()> {
    for script in campaigns()? {
        let (application, author) = written
            .get(&script.application)
            .ok_or_else(|| Error::Bug(format!("no application is called {}", script.application)))?;
        campaign(stage, &script, *application, author).await?;
    }
    let fund = fund(stage).await?;
    super::receipts::play(stage, fund).await
}

async fn campaign(stage: &mut Stage<'_>, script: &Campaign, application: ApplicationId, author: &Member) -> Result<()> {
    let office = stage.staff(Role::Office)?;
    let call = civic::application::read::page(&stage.city.system(), application)
        .await?
        .card
        .call;
    let rounds = civic::call::read::page(&stage.city.system(), call).await?.rounds;
    let round = rounds.get(script.round as usize).map(|round| round.window);
    let round = round.ok_or_else(|| Error::Bug(format!("{} has no round", script.application)))?;
    let lately = stage.now.plus_ms(-HOUR_MS);
    let before = |days: i64| {
        round
            .start
            .plus_ms(-days * DAY_MS)
            .min(lately.plus_ms(-days * MINUTE_MS))
    };
    let own = stage.cx(author, before(BEGUN_BEFORE_DAYS));
    let id = write::begin(&own, application).await?;
    write::edit(&own, id, None, input(script)).await?;
    stage.wrote();
    if script.end == CampaignState::Draft {
        return Ok(());
    }
    write::submit(&stage.cx(author, before(SUBMITTED_BEFORE_DAYS)), id, None).await?;
    if script.end == CampaignState::InReview {
        return Ok(());
    }
    let cx = stage.cx(&office, before(SCHEDULED_BEFORE_DAYS));
    write::schedule(&cx, id, Run::Round(script.round)).await?;
    let gifts = gifts(stage, script, id, (round.start, round.end.min(lately))).await?;
    if let Some((title, body)) = &script.news {
        let at = round.start.plus_ms(2 * DAY_MS).min(lately);
        write::tell(&stage.cx(author, at), id, title, body, None).await?;
    }
    end(stage, script, id, author, (&office, round.end), &gifts).await
}

fn input(script: &Campaign) -> CampaignInput {
    let needs = script.needs.iter().map(|(what, number)| Need {
        what: what.clone(),
        number: *number,
    });
    let team = script.team.iter().map(|(name, task)| TeamMember {
        name: name.clone(),
        task: task.clone(),
    });
    let rewards = script
        .rewards
        .iter()
        .map(|(title, description, euros, stock)| NewReward {
            title: title.clone(),
            description: description.clone(),
            amount: Money::eur(euros * CENTS),
            stock: Some(*stock),
        });
    CampaignInput {
        story: Some(script.story.clone()),
        needs: Some(needs.collect()),
        team: Some(team.collect()),
        rewards: Some(rewards.collect()),
        ..CampaignInput::default()
    }
}

/// What becomes of a campaign after its gifts.
async fn end(
    stage: &mut Stage<'_>,
    script: &Campaign,
    id: CampaignId,
    author: &Member,
    (office, ends): (&Member, Timestamp),
    gifts: &[Gift],
) -> Result<()> {
    let now = |at: Timestamp| {
        let mut cx = stage.city.system();
        cx.now = at.min(stage.now);
        cx
    };
    let page = read::page(&stage.city.system(), id).await?;
    let decided = page.grace_ends_at.unwrap_or(ends).plus_ms(HOUR_MS);
    let returned = ends.plus_ms(DAY_MS).min(stage.now);
    if script.end == CampaignState::WaitingForFunds {
        // A transfer that was promised before the deadline and is awaited.
        let cx = stage.cx(&stage.member(None, 5)?, ends.plus_ms(-DAY_MS));
        give(&cx, id, new("awaited", 2 * FATE_CENTS, Way::BankTransfer)).await?;
    }
    match script.end {
        CampaignState::Open | CampaignState::WaitingForFunds => {
            write::turn(&now(stage.now)).await?;
        }
        CampaignState::Cancelled => {
            let because = script.because.as_deref().unwrap_or_default();
            write::cancel(&stage.cx(office, ends.plus_ms(-DAY_MS)), id, because).await?;
            go_back(stage, gifts, ends).await?;
        }
        CampaignState::Unfunded => {
            write::turn(&now(decided)).await?;
            go_back(stage, gifts, decided).await?;
        }
        CampaignState::Funded => {
            write::turn(&now(decided)).await?;
        }
        CampaignState::Agreed | CampaignState::Settled | CampaignState::Reporting | CampaignState::Closed => {
            write::turn(&now(decided)).await?;
            let at = decided.plus_ms(AGREED_AFTER_DAYS * DAY_MS);
            write::agree(&stage.cx(office, at), id, "PG 0412").await?;
            super::payouts::play(stage, script, id, author, at.plus_ms(DAY_MS)).await?;
        }
        CampaignState::Lapsed => {
            write::turn(&now(decided)).await?;
            let at = decided.plus_ms(LAPSED_AFTER_DAYS * DAY_MS);
            write::turn(&now(at)).await?;
            go_back(stage, gifts, at).await?;
        }
        CampaignState::Draft | CampaignState::InReview | CampaignState::Scheduled => {}
    }
    if script.end == CampaignState::Open {
        every_fate(stage, id, returned).await?;
    }
    Ok(())
}

/// What the provider gave back.
async fn go_back(stage: &Stage<'_>, gifts: &[Gift], at: Timestamp) -> Result<()> {
    for gift in gifts.iter().filter(|gift| gift.online) {
        told(
            &stage.city.system(),
            given_back(gift.id, gift.cents, at, RefundState::Succeeded),
        )
        .await?;
    }
    Ok(())
}

fn payment(id: DonationId) -> String {
    format!("demo_{id}")
}

pub(super) fn given_back(id: DonationId, cents: i64, at: Timestamp, state: RefundState) -> Fact {
    Fact::Refunded {
        payment: payment(id),
        reference: format!("back_{id}"),
        refund: None,
        amount: Money::eur(cents),
        state,
        at,
    }
}

fn new(name: &str, cents: i64, way: Way) -> NewDonation {
    NewDonation {
        key: format!("demonstration-{name}-{cents}"),
        amount: Money::eur(cents),
        way,
        email: Some(format!("{name}@example.org")),
        name_shown: None,
        message: None,
        reward: None,
        insider: false,
        expected: None,
        terms: true,
    }
}

/// The gifts of a campaign, spread over its round.
async fn gifts(
    stage: &mut Stage<'_>,
    script: &Campaign,
    id: CampaignId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Gift>> {
    let mut rewards = read::page(&stage.city.system(), id).await?.rewards;
    let mut all = Vec::new();
    let step = until.since_ms(from) / (script.gifts + 1);
    for number in 0..script.gifts {
        let place = usize::try_from(number).unwrap_or(0);
        let cents = script.raised * CENTS / script.gifts * SHARES[place % SHARES.len()] / 10;
        let at = from.plus_ms((number + 1) * step);
        let way = match place % 9 {
            3 | 7 => Way::BankTransfer,
            8 if cents < civic::limits::CASH_MAX_MINOR => Way::Cash,
            _ => Way::Online,
        };
        let mut gift = new(&format!("{place}.{id}"), cents, way);
        let member = stage.member(None, place * STRIDE)?;
        // Two of three are members, and two of five show their name.
        let cx = if place % 3 == 0 {
            let mut cx = stage.city.cx(Actor::Visitor, Language::It);
            cx.now = at;
            cx
        } else {
            stage.cx(&member, at)
        };
        gift.name_shown = (place % 5 < 2).then(|| member.nickname.clone());
        gift.message = (place % 10 == 1).then(|| "Avanti così!".to_owned());
        let fits = |reward: &&mut read::RewardCard| reward.amount.minor() <= cents && reward.left != Some(0);
        if place % 4 == 1
            && let Some(reward) = rewards.iter_mut().rev().find(fits)
        {
            gift.reward = Some(reward.id);
            reward.left = reward.left.map(|left| left - 1);
        }
        let given = give(&cx, id, gift).await?;
        pay(stage, given.donation, (cents, way, place), (at, until)).await?;
        stage.wrote();
        all.push(Gift {
            id: given.donation,
            cents,
            online: way == Way::Online,
        });
    }
    Ok(all)
}

/// What becomes known of a gift's money.
async fn pay(
    stage: &Stage<'_>,
    id: DonationId,
    (cents, way, place): (i64, Way, usize),
    (at, until): (Timestamp, Timestamp),
) -> Result<()> {
    if way != Way::Online {
        let treasurer = stage.staff(Role::Treasurer)?;
        let cx = stage.cx(&treasurer, at.plus_ms(2 * DAY_MS).min(until));
        confirm_by_hand(&cx, id, Money::eur(cents), cx.now, &format!("MOV-{id}")).await?;
        return Ok(());
    }
    let method = match place % 9 {
        0 | 4 => Method::Paypal,
        5 => Method::SepaDebit,
        _ => Method::Card,
    };
    let took = if method == Method::SepaDebit {
        DEBIT_DAYS * DAY_MS
    } else {
        MINUTE_MS
    };
    let mut cx = stage.city.system();
    cx.now = at.plus_ms(took).min(until);
    told(&cx, confirmed(id, cents, method, cx.now)).await?;
    let fee = Fact::Charged {
        payment: payment(id),
        reference: format!("fee_{id}"),
        fee: Money::eur(25 + cents * 15 / 1_000),
        at: cx.now,
    };
    told(&cx, fee).await
}

fn confirmed(id: DonationId, cents: i64, method: Method, at: Timestamp) -> Fact {
    Fact::Confirmed {
        donation: id,
        payment: payment(id),
        amount: Money::eur(cents),
        method,
        fingerprint: None,
        at,
    }
}

/// One gift for each fate that a payment can have.
async fn every_fate(stage: &Stage<'_>, campaign: CampaignId, at: Timestamp) -> Result<()> {
    let at = at.plus_ms(-HOUR_MS);
    let system = stage.city.system();
    let promise = async |name: &str| {
        let mut cx = stage.city.cx(Actor::Visitor, Language::It);
        cx.now = at;
        Ok::<_, Error>(give(&cx, campaign, new(name, FATE_CENTS, Way::Online)).await?.donation)
    };
    let disputed = |id: DonationId, state| Fact::Disputed {
        payment: payment(id),
        reference: format!("dispute_{id}"),
        amount: Money::eur(FATE_CENTS),
        state,
        at,
    };
    told(
        &system,
        Fact::Expired {
            donation: promise("expired").await?,
        },
    )
    .await?;
    let id = promise("failed").await?;
    told(
        &system,
        Fact::Failed {
            donation: id,
            payment: payment(id),
        },
    )
    .await?;
    let id = promise("authorised").await?;
    told(
        &system,
        Fact::Authorised {
            donation: id,
            payment: payment(id),
        },
    )
    .await?;
    for (name, facts) in [
        ("disputed", vec![DisputeState::Open]),
        ("lost", vec![DisputeState::Open, DisputeState::Lost]),
    ] {
        let id = promise(name).await?;
        told(&system, confirmed(id, FATE_CENTS, Method::Card, at)).await?;
        for state in facts {
            told(&system, disputed(id, state)).await?;
        }
    }
    for (name, cents) in [("refunded", FATE_CENTS), ("partly", 500)] {
        let id = promise(name).await?;
        told(&system, confirmed(id, FATE_CENTS, Method::Card, at)).await?;
        told(&system, given_back(id, cents, at, RefundState::Succeeded)).await?;
    }
    let id = promise("refunding").await?;
    told(&system, confirmed(id, FATE_CENTS, Method::Card, at)).await?;
    let treasurer = stage.staff(Role::Treasurer)?;
    refund(&stage.cx(&treasurer, at.plus_ms(MINUTE_MS)), id, None).await?;
    of_the_provider(&system, at).await?;
    // One is being paid right now.
    let mut cx = stage.city.cx(Actor::Visitor, Language::It);
    cx.now = stage.now;
    give(&cx, campaign, new("promised", FATE_CENTS, Way::Online))
        .await
        .map(|_| ())
}

/// A fund without a deadline: a tree for so many euros.
async fn fund(stage: &mut Stage<'_>) -> Result<CampaignId> {
    let editor = stage.staff(Role::Editor)?;
    let office = stage.staff(Role::Office)?;
    let begun = stage.now.plus_ms(-90 * DAY_MS);
    let input = CampaignInput {
        title: Some("Un albero per ogni cortile".to_owned()),
        summary: Some("Il fondo della città per piantare alberi dove mancano.".to_owned()),
        story: Some("Ogni **30 euro** diventano un albero, piantato in autunno e curato per tre anni.".to_owned()),
        unit: Some(Some(Unit {
            label: "un albero".to_owned(),
            price: Money::eur(TREE_EUROS * CENTS),
        })),
        ..CampaignInput::default()
    };
    let own = stage.cx(&editor, begun);
    let id = write::begin_fund(&own, input).await?;
    write::submit(&own, id, None).await?;
    let opens = begun.plus_ms(DAY_MS);
    write::schedule(&stage.cx(&office, begun.plus_ms(HOUR_MS)), id, Run::From(opens)).await?;
    let script = Campaign {
        application: String::new(),
        payout: None,
        round: 0,
        end: CampaignState::Open,
        because: None,
        raised: FUND_EUROS,
        gifts: 30,
        rewards: Vec::new(),
        needs: Vec::new(),
        team: Vec::new(),
        news: None,
        story: String::new(),
    };
    gifts(stage, &script, id, (opens, stage.now.plus_ms(-HOUR_MS))).await?;
    stage.wrote();
    Ok(id)
}
