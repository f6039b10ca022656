//! Plays what follows an agreement: the account, payouts left in every state, and reports under way and accepted.
//!
//! Rule: two treasurers act in turn, as the rules want it. Each step is a day after the one before.

use civic::Cx;
use civic::actor::Role;
use civic::campaign::CampaignState;
use civic::error::Result;
use civic::id::{CampaignId, PayoutId};
use civic::money::Money;
use civic::payout::{PayoutState, write};
use civic::report::{self, ReportInput, Spending};
use civic::time::{DAY_MS, Timestamp};

use super::Member;
use super::play::Stage;
use super::script::Campaign;

/// The account of every promoter of the demonstration; it belongs to nobody.
const IBAN: &str = "IT60X0542811101000000123456";
/// A promoter reports so many days after the first payout.
const REPORTED_AFTER_DAYS: i64 = 60;

/// The persons who pay, and the day that it is.
struct Desk<'a, 's> {
    stage: &'a Stage<'s>,
    both: [Member; 2],
    campaign: CampaignId,
    at: Timestamp,
}

impl Desk<'_, '_> {
    /// An operation of one of the treasurers, a day after the last.
    fn next(&mut self, who: usize) -> Cx {
        self.at = self.at.plus_ms(DAY_MS);
        self.stage.cx(&self.both[who], self.at)
    }

    async fn approved(&mut self) -> Result<PayoutId> {
        let id = write::request(&self.next(0), self.campaign).await?;
        write::approve(&self.next(1), id).await
    }

    async fn sent(&mut self) -> Result<PayoutId> {
        let id = self.approved().await?;
        write::send(&self.next(0)).await?;
        Ok(id)
    }

    async fn paid(&mut self) -> Result<PayoutId> {
        let id = self.sent().await?;
        let cx = self.next(0);
        write::pay(&cx, id, cx.now, "riga 12").await
    }
}

/// Plays what the script says of a campaign whose agreement is signed.
pub(super) async fn play(
    stage: &Stage<'_>,
    script: &Campaign,
    campaign: CampaignId,
    author: &Member,
    at: Timestamp,
) -> Result<()> {
    let both = stage.treasurers()?;
    let account = write::enter_account(&stage.cx(author, at), campaign, IBAN, &author.nickname).await?;
    write::verify_account(&stage.cx(&both[0], at), campaign, account).await?;
    let mut desk = Desk {
        stage,
        both,
        campaign,
        at,
    };
    match script.end {
        CampaignState::Settled => {
            let came_back = desk.sent().await?;
            let cx = desk.next(1);
            write::send_back(&cx, came_back, cx.now, "riga 9").await?;
            desk.paid().await?;
        }
        CampaignState::Reporting => {
            desk.paid().await?;
            reported(&mut desk, author).await?;
        }
        CampaignState::Closed => {
            desk.paid().await?;
            reported(&mut desk, author).await?;
            let office = stage.staff(Role::Office)?;
            desk.at = desk.at.plus_ms(DAY_MS);
            report::write::close(&stage.cx(&office, desk.at), campaign, None).await?;
            desk.sent().await?;
        }
        _ => first(&mut desk, script.payout).await?,
    }
    Ok(())
}

/// The first payout, left where the script says, after two that came to nothing.
async fn first(desk: &mut Desk<'_, '_>, left: Option<PayoutState>) -> Result<()> {
    if left == Some(PayoutState::Approved) {
        return desk.approved().await.map(drop);
    }
    let declined = write::request(&desk.next(0), desk.campaign).await?;
    write::decline(&desk.next(1), declined, "Manca il visto della direzione.").await?;
    let withdrawn = write::request(&desk.next(0), desk.campaign).await?;
    write::withdraw(&desk.next(0), withdrawn).await?;
    write::request(&desk.next(0), desk.campaign).await.map(drop)
}

/// The promoter says what was spent, and hands it in.
async fn reported(desk: &mut Desk<'_, '_>, author: &Member) -> Result<()> {
    desk.at = desk.at.plus_ms(REPORTED_AFTER_DAYS * DAY_MS);
    let cx = desk.stage.cx(author, desk.at);
    let page = civic::campaign::read::page(&cx, desk.campaign).await?;
    let day = cx.now.local(&cx.city.settings.zone).date().to_string();
    let spendings = (0_u32..).zip(&page.cost_lines).map(|(number, line)| Spending {
        cost_line: number,
        what: line.label.clone(),
        document: format!("Fattura {}", number + 1),
        day: day.clone(),
        amount: Money::eur(line.amount.minor()),
    });
    report::write::begin(&cx, desk.campaign).await?;
    let input = ReportInput {
        text: Some("Abbiamo fatto quello che avevamo promesso, **insieme** a chi abita qui.".to_owned()),
        lang: Some("it".to_owned()),
        spendings: Some(spendings.collect()),
    };
    report::write::edit(&cx, desk.campaign, None, input).await?;
    report::write::submit(&cx, desk.campaign, None).await.map(drop)
}
