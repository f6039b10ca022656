//! Compares the city with the oracle: gifts and campaigns as pages show them, and every account of the books.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use civic::ledger::{self, Account, CampaignAccount, CustodianAccount};
use civic::money::Money;
use civic::page::Paging;

use super::Life;

use super::oracle_gift::Stage;

/// More messages than one simulation has between two looks.
const MESSAGES_MOST: u64 = 100_000;

/// What a refund's stage is called.
const fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Wanted => "wanted",
        Stage::Sent => "pending",
        Stage::Done => "succeeded",
        Stage::Failed => "failed",
        Stage::Settled => "settled",
        Stage::Dropped => "dropped",
    }
}

/// These gifts and their campaigns.
pub async fn gifts(life: &mut Life, touched: &BTreeSet<usize>) -> Result<()> {
    let cx = life.town.city.system();
    let mut campaigns = BTreeSet::new();
    for gift in touched {
        let page = civic::donation::read::page(&cx, life.gifts[*gift].id, None)
            .await
            .context("a gift")?;
        for card in &page.refunds {
            life.key_of_card(*gift, card);
        }
        let of = &life.oracle.gifts[*gift];
        campaigns.insert(of.campaign);
        let card = &page.card;
        let found = (
            card.state.as_str(),
            card.late,
            card.left.minor(),
            card.refunded.minor(),
            card.matched_base.minor(),
        );
        let wanted = (of.state(), of.late, of.left(), of.refunded(), of.base);
        ensure!(found == wanted, "gift {gift} is {found:?}, and not {wanted:?}: {of:?}");
        ensure!(
            card.expires_at.ms() == of.expires,
            "gift {gift} can be paid until {}: {of:?}",
            card.expires_at.ms()
        );
        let mut found: Vec<(i64, &str)> = page.refunds.iter().map(|one| (one.amount.minor(), one.state)).collect();
        let mut wanted: Vec<(i64, &str)> = of.refunds.iter().map(|one| (one.amount, word(one.stage))).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        // What was told of a payment before its money came waits unseen.
        ensure!(
            found == wanted || of.captured == 0,
            "of gift {gift} {found:?} goes back, and not {wanted:?}: {of:?}"
        );
    }
    for place in campaigns {
        campaign(life, place).await?;
    }
    Ok(())
}

async fn campaign(life: &Life, place: usize) -> Result<()> {
    let cx = life.town.city.system();
    let card = civic::campaign::read::page(&cx, life.town.campaigns[place])
        .await
        .context("a campaign")?
        .card;
    let found = (card.state.as_str(), card.raised.minor());
    let wanted = (life.oracle.state_at(place, cx.now.ms()), life.oracle.raised(place));
    ensure!(found == wanted, "campaign {place} is {found:?}, and not {wanted:?}");
    Ok(())
}

/// Every account of the books.
pub async fn balances(life: &mut Life) -> Result<()> {
    let cx = life.town.city.system();
    let (all, _) = ledger::read::balances(&cx, None).await.context("balances")?;
    let of = |account: Account| {
        all.iter()
            .find(|(one, _)| *one == account)
            .map_or(0, |(_, money)| money.minor())
    };
    for (account, wanted) in CustodianAccount::ALL.iter().zip(life.oracle.custodian()) {
        let found = of(Account::Custodian(*account));
        ensure!(found == wanted, "{} is {found}, and not {wanted}", account.as_str());
    }
    for (place, id) in life.town.campaigns.iter().enumerate() {
        for (account, wanted) in CampaignAccount::ALL.iter().zip(life.oracle.campaign(place)) {
            let found = of(Account::Campaign(*id, *account));
            ensure!(
                found == wanted,
                "{} of campaign {place} is {found}, and not {wanted}",
                account.as_str()
            );
        }
    }
    let mut exhausted = false;
    for (place, id) in life.town.pots.iter().enumerate() {
        let pot = ledger::read::pot(&cx, *id).await.context("a pot")?;
        let found = [
            pot.available,
            pot.held,
            pot.reserved,
            pot.committed,
            pot.payable,
            pot.paid,
        ]
        .map(Money::minor);
        let wanted = life.oracle.pot(place);
        ensure!(found == wanted, "pot {place} is {found:?}, and not {wanted:?}");
        ensure!(
            found.iter().all(|part| *part >= 0),
            "pot {place} promised more than there is: {found:?}"
        );
        ensure!(
            found.iter().sum::<i64>() == life.oracle.pots[place],
            "pot {place} is not what was put in: {found:?}"
        );
        exhausted |= place == 1 && found[0] == 0;
    }
    if exhausted && !std::mem::replace(&mut life.exhausted, true) {
        life.counts.fault("pot exhausted");
    }
    Ok(())
}

/// No message waits because of a fault of ours.
pub async fn messages(life: &Life) -> Result<()> {
    let all = civic::payment::read::beginning(&life.town.city, "evt_", MESSAGES_MOST)
        .await
        .context("messages")?;
    for message in all.iter().filter(|message| message.worked_at.is_none()) {
        let why = message.error.as_deref().unwrap_or_default();
        let outside = why.is_empty()
            || ["no answer", "busy", "an error", "not to be read"]
                .iter()
                .any(|said| why.contains(said));
        ensure!(outside, "message {} waits: {why}", message.reference);
    }
    Ok(())
}

/// Every gift, every campaign, and every hash of the books.
pub async fn whole(life: &mut Life) -> Result<()> {
    let cx = life.town.city.system();
    for place in 0..life.town.campaigns.len() {
        campaign(life, place).await?;
        let mut after = None;
        loop {
            let paging = Paging { limit: 100, after };
            let page = civic::donation::read::of_campaign(&cx, life.town.campaigns[place], paging)
                .await
                .context("gifts")?;
            for card in &page.items {
                let gift = life.ids[&card.id];
                let of = &life.oracle.gifts[gift];
                let found = (
                    card.state.as_str(),
                    card.late,
                    card.left.minor(),
                    card.refunded.minor(),
                    card.matched_base.minor(),
                );
                let wanted = (of.state(), of.late, of.left(), of.refunded(), of.base);
                ensure!(found == wanted, "gift {gift} is {found:?}, and not {wanted:?}: {of:?}");
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let books = ledger::verify(&life.town.city, None).await.context("the books")?;
    ensure!(books.findings.is_empty(), "the books are wrong: {:?}", books.findings);
    Ok(())
}
