//! What tests of receipts begin with: campaigns whose promoters are of any legal form, gifts by any way, and papers read back.

use civic::application::{ApplicationInput, Promoter, RegisterSection};
use civic::call::{LegalForm, NewCall};
use civic::donation::write::{confirm_by_hand, give};
use civic::donation::{NewDonation, Way};
use civic::id::{CampaignId, DonationId};
use civic::limits::PAGE_MAX;
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::page::Paging;
use civic::receipt::read::{self, ReceiptCard};
use lopdf::Document;

use crate::calls::{terms, whole};
use crate::campaigns::{Admitted, PER_DONATION, confirmed, gift, go_to, open_with, told};
use crate::city::TestCity;
use crate::person::Person;

/// A call without a threshold, for promoters of every form.
pub fn for_all(city: &TestCity) -> NewCall {
    let mut terms = terms(city);
    terms.legal_forms = LegalForm::ALL.to_vec();
    terms.rule = MatchRule::parse(PER_DONATION).expect("a rule");
    terms
}

/// An application of a promoter of this form, with this tax code.
pub fn by(form: LegalForm, section: Option<RegisterSection>, tax_code: &str) -> ApplicationInput {
    let mut input = whole("Un orto", 62_500);
    let promoter = input.promoter.take().expect("a promoter");
    input.promoter = Some(Promoter {
        legal_form: Some(form),
        name: "Orti & Cortili".to_owned(),
        tax_code: tax_code.to_owned(),
        third_sector_number: "123456".to_owned(),
        third_sector_section: section,
        register_number: "MI-1234567".to_owned(),
        ..promoter
    });
    input
}

/// A voluntary organisation's application.
pub fn voluntary() -> ApplicationInput {
    by(
        LegalForm::ThirdSector,
        Some(RegisterSection::Voluntary),
        crate::calls::BODY_CODE,
    )
}

/// Campaigns of these applications, open for gifts.
pub async fn campaigns(city: &TestCity, inputs: Vec<ApplicationInput>) -> (Admitted, Vec<CampaignId>) {
    open_with(city, for_all(city), inputs).await
}

/// Goes to a campaign's end, and lets the worker do all that follows.
pub async fn end(city: &TestCity, id: CampaignId) {
    let page = civic::campaign::read::page(&city.city.system(), id).await;
    go_to(city, page.expect("read").card.ends_at.expect("an end"));
    city.settle().await;
}

/// A gift of a member by card whose money is there.
pub async fn given_by(city: &TestCity, to: CampaignId, person: &Person, cents: i64) -> DonationId {
    let mut new: NewDonation = gift(&person.email, cents);
    new.key = format!("{}-{to}-{cents}", person.id);
    new.email = None;
    let promised = give(&person.cx(city).await, to, new).await.expect("promised");
    told(city, &confirmed(city, promised.donation, cents))
        .await
        .expect("learnt");
    promised.donation
}

/// A gift of a member in cash, taken at the desk.
pub async fn in_cash(city: &TestCity, to: CampaignId, person: &Person, cents: i64) -> DonationId {
    let mut new = gift(&person.email, cents);
    new.key = format!("{}-{to}-{cents}-cash", person.id);
    new.email = None;
    new.way = Way::Cash;
    let promised = give(&person.cx(city).await, to, new).await.expect("promised");
    let desk = city.city.system();
    confirm_by_hand(
        &desk,
        promised.donation,
        Money::eur(cents),
        desk.now,
        &format!("R-{cents}"),
    )
    .await
    .expect("come");
    promised.donation
}

/// The receipts of a gift, last issued first.
pub async fn of(city: &TestCity, gift: DonationId) -> Vec<ReceiptCard> {
    let found = read::of_gift(&city.city.system(), gift, None).await;
    found.expect("read")
}

/// The one receipt of a gift.
pub async fn one(city: &TestCity, gift: DonationId) -> ReceiptCard {
    let all = of(city, gift).await;
    assert_eq!(all.len(), 1, "{all:#?}");
    all.into_iter().next().expect("one")
}

/// All receipts of a campaign, last issued first.
pub async fn all(city: &TestCity, id: CampaignId) -> Vec<ReceiptCard> {
    let paging = Paging {
        limit: 10 * PAGE_MAX,
        after: None,
    };
    let found = read::of_campaign(&city.city.system(), id, paging).await;
    found.expect("read").items
}

/// A paper, read back.
pub struct Paper {
    /// Everything that it says, with one space between words.
    pub text: String,
    /// How many pages it has.
    pub pages: usize,
    /// Whether it is tagged, in which language, and whether its title is shown.
    pub frame: String,
}

/// Reads a PDF back with a library that has nothing to do with the one that wrote it.
pub fn paper(bytes: &[u8]) -> Paper {
    let document = Document::load_mem(bytes).expect("a PDF");
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&numbers).expect("a text");
    let catalog = document.catalog().expect("a catalog");
    let has = |key: &[u8]| catalog.get(key).is_ok();
    let language = catalog
        .get(b"Lang")
        .and_then(|value| value.as_str())
        .map(|text| String::from_utf8_lossy(text).into_owned());
    Paper {
        text: text
            .replace('\u{a0}', " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        pages: numbers.len(),
        frame: format!(
            "{} {} {}",
            has(b"StructTreeRoot") && has(b"MarkInfo"),
            language.unwrap_or_default(),
            has(b"Outlines")
        ),
    }
}

impl Paper {
    /// That it says all of this.
    #[track_caller]
    pub fn says(&self, all: &[&str]) {
        // Where lines end depends on the letters' widths.
        let joined = self.text.replace(' ', "");
        for said in all {
            assert!(joined.contains(&said.replace(' ', "")), "{said}: {}", self.text);
        }
    }

    /// That it says nothing of this.
    #[track_caller]
    pub fn is_silent_about(&self, all: &[&str]) {
        let joined = self.text.replace(' ', "");
        for said in all {
            assert!(!joined.contains(&said.replace(' ', "")), "{said}: {}", self.text);
        }
    }
}
