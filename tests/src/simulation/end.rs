//! The end of a simulation: nothing fails any more, everything that waits is told, time goes on, and within its last dates
//! every gift, refund and campaign must be in a final state, with the provider's truth and the books the same.

use anyhow::{Context, Result, ensure};
use civic::page::Paging;
use civic::payment::{DisputeState, Method, RefundState};
use civic::time::{DAY_MS, HOUR_MS};

use super::bank::Status;
use super::deeds::{deliver, work};
use super::{Life, check};

/// Longer than the longest round, its grace, the signing of the agreement and a debit's wait take.
const DAYS: i64 = 160;
/// The worker is not idle for longer.
const STEP_MS: i64 = 6 * HOUR_MS;

/// Lets everything come to its end, and looks at all of it.
///
/// # Errors
/// Whatever is not over, or not as the oracle says.
pub async fn drain(life: &mut Life) -> Result<()> {
    life.set_clock();
    life.town.bank.truth().heal();
    end_funds(life).await?;
    for _ in 0..DAYS * DAY_MS / STEP_MS {
        outside(life);
        let queue = std::mem::take(&mut life.town.bank.truth().queue);
        for number in queue {
            deliver(&life.town.city, number).await;
            life.listen()?;
        }
        work(&life.town.city).await;
        life.turn().await?;
        let compared = life.compare(1).await;
        if compared.is_err() {
            check::messages(life).await?;
        }
        compared?;
        settle_all(life).await?;
        sign(life).await?;
        let over = life
            .oracle
            .campaigns
            .iter()
            .all(|of| !of.is_open() && of.state != "funded");
        if over && is_final(life).is_ok() {
            break;
        }
        let leap = if over { STEP_MS } else { DAY_MS };
        life.town.advance_ms(leap);
    }
    is_final(life)?;
    // Whatever message failed waits an hour at most.
    life.town.advance_ms(2 * HOUR_MS);
    work(&life.town.city).await;
    life.listen()?;
    check::whole(life).await?;
    check::balances(life).await?;
    finished(life).await
}

async fn end_funds(life: &mut Life) -> Result<()> {
    for place in 0..life.oracle.campaigns.len() {
        let now = life.now();
        let of = &life.oracle.campaigns[place];
        if of.last_day.is_none() && life.oracle.state_at(place, now) == "open" {
            civic::campaign::write::end(&life.town.city.system(), life.town.campaigns[place])
                .await
                .context("a fund ends")?;
            life.oracle.end(place, now);
        }
    }
    Ok(())
}

/// Agreements are signed, but those that nobody signs.
async fn sign(life: &mut Life) -> Result<()> {
    for place in 0..life.oracle.campaigns.len() {
        let of = &life.oracle.campaigns[place];
        if of.state == "funded" && life.is_signed(place) {
            life.agree(place).await?;
        }
    }
    Ok(())
}

/// Banks and the provider come to their decisions.
fn outside(life: &mut Life) {
    let mut truth = life.town.bank.truth();
    let ids: Vec<_> = truth.payments.keys().copied().collect();
    for (number, id) in ids.into_iter().enumerate() {
        let payment = truth.payments[&id].clone();
        match payment.status {
            Status::Open if truth.over(id) => truth.become_(id, Status::Over),
            Status::UnderWay => truth.become_(id, if number % 4 == 0 { Status::Failed } else { Status::Paid }),
            Status::Open | Status::Over | Status::Paid | Status::Failed => {}
        }
        for (place, back) in payment.refunds.iter().enumerate() {
            if back.state == RefundState::Pending {
                truth.refund_becomes(id, place, RefundState::Succeeded);
            }
        }
        for (place, (_, _, state)) in payment.disputes.iter().enumerate() {
            match state {
                DisputeState::Inquiry => truth.dispute(id, Some(place), 0, DisputeState::Open),
                DisputeState::Open if number % 2 == 0 && payment.method != Method::SepaDebit => {
                    truth.dispute(id, Some(place), 0, DisputeState::Won);
                }
                DisputeState::Open => truth.dispute(id, Some(place), 0, DisputeState::Lost),
                DisputeState::Won | DisputeState::Lost => {}
            }
        }
    }
}

/// The treasurer works off the list of what is owed.
async fn settle_all(life: &mut Life) -> Result<()> {
    let cx = life.town.treasurer(1);
    let mut after = None;
    loop {
        let page = civic::donation::read::owed(&cx, Paging { limit: 100, after })
            .await
            .context("a list")?;
        for card in &page.items {
            life.settle_one(card).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Whether every gift and refund is in a final state.
fn is_final(life: &Life) -> Result<()> {
    for (place, gift) in life.oracle.gifts.iter().enumerate() {
        let of = &life.oracle.campaigns[gift.campaign];
        let over = match gift.state() {
            "expired" | "failed" | "lost" | "refunded" => true,
            "confirmed" => gift.counted && !of.returns_gifts(),
            _ => false,
        };
        ensure!(
            over,
            "gift {place} is {} and its campaign {}: {gift:?}",
            gift.state(),
            of.state
        );
        ensure!(
            gift.state() == "lost" || !life.goes_back(place),
            "gift {place} is not back: {gift:?}"
        );
    }
    Ok(())
}

/// What must be so when nothing is left to do.
async fn finished(life: &mut Life) -> Result<()> {
    for (place, of) in life.oracle.campaigns.iter().enumerate() {
        ensure!(
            !of.is_open() && of.state != "funded",
            "campaign {place} is {}",
            of.state
        );
        ensure!(
            life.oracle.campaign(place)[0] == 0,
            "campaign {place} still has gifts of donors"
        );
    }
    for place in 0..life.oracle.pots.len() {
        let [_, held, reserved, ..] = life.oracle.pot(place);
        ensure!(
            (held, reserved) == (0, 0),
            "pot {place} still keeps {held} and {reserved}"
        );
    }
    let [clearing, _, _, _, suspense, _, hold] = life.oracle.custodian();
    ensure!(
        (suspense, hold) == (0, 0),
        "something is still held: {suspense}, {hold}"
    );
    let balance = life.town.bank.truth().balance();
    ensure!(
        balance == clearing,
        "the provider has {balance} of ours, and the books say {clearing}"
    );
    let (late, why) = civic::payment::read::late(&life.town.city).await.context("messages")?;
    ensure!(late == 0, "{late} messages wait: {why:?}");
    Ok(())
}
