//! What the papers of receipts say: one receipt on one page, and a donor's receipts of a year.
//!
//! Rule: what belongs on a receipt stands there, whoever reads it: who received how much from whom, when, how and for what,
//! under which number, and what the law gives for it or why it gives nothing.

use civic::Settings;
use civic::error::{Error, Result};
use civic::language::Language;
use civic::receipt::read::{ReceiptCard, ReceiptPage, YearStatement};
use civic::receipt::{Print, Recipient};
use civic::time::Timestamp;

use super::{Block, Paper};
use crate::amount::money;
use crate::format::date;
use crate::language::{Value, named, words, words_with};

/// The columns of a yearly statement, in parts of a hundred of the page.
const COLUMNS: [f32; 5] = [13.0, 20.0, 37.0, 15.0, 15.0];

/// Makes the papers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Printer;

impl Print for Printer {
    fn receipt(&self, settings: &Settings, language: Language, receipt: &ReceiptPage) -> Result<Vec<u8>> {
        Words { settings, language }.receipt(receipt)?.pdf()
    }

    fn statement(&self, settings: &Settings, language: Language, statement: &YearStatement) -> Result<Vec<u8>> {
        Words { settings, language }.statement(statement)?.pdf()
    }
}

/// Whose words, in which language.
struct Words<'a> {
    settings: &'a Settings,
    language: Language,
}

impl Words<'_> {
    fn say(&self, key: &str) -> String {
        words(self.language, key)
    }

    fn put(&self, key: &str, text: &str) -> String {
        words_with(self.language, key, &[("text", Value::Text(text))])
    }

    fn day(&self, at: Timestamp) -> String {
        date(self.language, &self.settings.zone, at)
    }

    fn calendar(&self, at: Timestamp) -> Result<(u16, u8, u8)> {
        let day = at.local(&self.settings.zone).date();
        let wrong = |_| Error::Bug(format!("a paper of {day}"));
        Ok((
            day.year().try_into().map_err(wrong)?,
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        ))
    }

    fn text(&self, key: &str) -> Block {
        plain(self.say(key))
    }

    fn receipt(&self, page: &ReceiptPage) -> Result<Paper> {
        let (card, printed) = (&page.card, &page.printed);
        let mut blocks = Vec::new();
        if let Some((at, reason)) = card.cancelled_at.zip(card.cancel_reason) {
            blocks.push(Block::Text {
                bold: true,
                text: self.put(&format!("receipt-cancelled-{}", reason.as_str()), &self.day(at)),
            });
        }
        blocks.extend([
            Block::Heading(self.say("paper-recipient")),
            Block::Facts(self.recipient(&printed.recipient)),
            Block::Heading(self.say("paper-donor")),
            Block::Facts(self.donor(page)),
            Block::Heading(self.say("paper-gift")),
            Block::Facts(self.gift(page)),
            self.text("paper-liberality"),
        ]);
        if card.reward.minor() > 0 {
            blocks.push(self.text("paper-reward"));
        }
        let values = [
            ("custodian", Value::Text(&printed.custodian)),
            ("site", Value::Text(&self.settings.base_url)),
            ("recipient", Value::Text(&printed.recipient.name)),
        ];
        blocks.push(plain(words_with(self.language, "paper-attested", &values)));
        blocks.push(Block::Heading(self.say("receipt-taxes")));
        blocks.push(plain(named(self.language, "tax-benefit-", card.benefit.as_str())));
        let issued = self.day(card.issued_at);
        let values = [
            ("day", Value::Text(&issued)),
            ("city", Value::Text(&self.settings.city_name)),
        ];
        blocks.push(plain(words_with(self.language, "paper-issued", &values)));
        Ok(Paper {
            language: self.language,
            title: self.put("receipt-name", &card.name()),
            author: printed.recipient.name.clone(),
            day: self.calendar(card.issued_at)?,
            blocks,
        })
    }

    fn recipient(&self, to: &Recipient) -> Vec<(String, String)> {
        let register = to.third_sector_section.map(|section| {
            let section = named(self.language, "register-section-", section.as_str());
            format!("{}, {section}", to.third_sector_number)
        });
        self.facts([
            ("paper-name", Some(to.name.clone())),
            (
                "paper-form",
                to.legal_form
                    .map(|form| named(self.language, "legal-form-", form.as_str())),
            ),
            ("receipt-tax-code", Some(to.tax_code.clone())),
            ("paper-seat", Some(to.seat.clone())),
            ("paper-register", register),
        ])
    }

    fn donor(&self, page: &ReceiptPage) -> Vec<(String, String)> {
        match &page.card.donor {
            Some(donor) => self.facts([
                ("paper-name", Some(donor.name.clone())),
                ("receipt-tax-code", Some(donor.tax_code.clone())),
                ("receipt-address", Some(donor.address.clone())),
            ]),
            None => {
                let unknown = || self.say("receipt-donor-unknown");
                let name = page.printed.donor_name.clone().unwrap_or_else(unknown);
                self.facts([("paper-name", Some(name))])
            }
        }
    }

    fn gift(&self, page: &ReceiptPage) -> Vec<(String, String)> {
        let card = &page.card;
        let has_reward = card.reward.minor() > 0;
        let sum = |amount| money(self.language, amount);
        self.facts([
            ("paper-for", Some(card.title.clone())),
            ("receipt-day", Some(self.day(card.given_at))),
            ("receipt-amount", Some(sum(card.amount))),
            ("receipt-gift", Some(sum(card.gift)).filter(|_| has_reward)),
            ("receipt-reward", Some(sum(card.reward)).filter(|_| has_reward)),
            (
                "donation-method",
                Some(named(self.language, "method-", card.method.as_str())),
            ),
            ("paper-payment", Some(page.printed.payment.clone())),
        ])
    }

    /// Names with their values, those that there are.
    fn facts<const N: usize>(&self, facts: [(&str, Option<String>); N]) -> Vec<(String, String)> {
        facts
            .into_iter()
            .filter_map(|(key, value)| Some((self.say(key), value.filter(|value| !value.is_empty())?)))
            .collect()
    }

    fn statement(&self, statement: &YearStatement) -> Result<Paper> {
        let year = statement.year.to_string();
        let sum = |amount| money(self.language, amount);
        let last = statement.receipts.iter().map(|(card, _)| card.issued_at).max();
        let last = last.ok_or(Error::NotFound)?;
        let donor = statement.receipts.iter().rev().find_map(|(card, _)| card.donor.clone());
        let mut rows: Vec<Vec<String>> = statement.receipts.iter().map(|one| self.line(one)).collect();
        rows.push(vec![
            self.say("paper-sum"),
            String::new(),
            String::new(),
            sum(statement.amount),
            sum(statement.gift),
        ]);
        let mut blocks = vec![self.text("paper-statement-lead")];
        if let Some(donor) = donor {
            blocks.push(Block::Facts(self.facts([
                ("paper-donor", Some(donor.name)),
                ("receipt-tax-code", Some(donor.tax_code)),
            ])));
        }
        let head = [
            "receipt-number",
            "receipt-day",
            "receipt-recipient",
            "receipt-amount",
            "receipt-gift",
        ];
        blocks.push(Block::Table {
            widths: COLUMNS.to_vec(),
            head: head.map(|key| self.say(key)).to_vec(),
            rows,
        });
        blocks.push(plain(self.put("paper-statement-benefits", &sum(statement.benefits))));
        blocks.push(self.text("paper-statement-proof"));
        Ok(Paper {
            language: self.language,
            title: self.put("paper-statement", &year),
            author: self.settings.city_name.clone(),
            day: self.calendar(last)?,
            blocks,
        })
    }

    fn line(&self, (card, recipient): &(ReceiptCard, String)) -> Vec<String> {
        vec![
            card.name(),
            self.day(card.given_at),
            format!("{recipient}: {}", card.title),
            money(self.language, card.amount),
            money(self.language, card.gift),
        ]
    }
}

const fn plain(text: String) -> Block {
    Block::Text { bold: false, text }
}
