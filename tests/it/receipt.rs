//! Receipts: issued by the worker when a gift is final, once and without gaps, cancelled when the gift changes, completed with
//! tax data once, printed with the line that the law gives or the reason why there is none, and summed by year.

mod final_gifts;
mod programs;
mod years;

use civic::application::RegisterSection;
use civic::call::LegalForm;
use civic::id::DonationId;
use civic::mail::Letter;
use civic::receipt::{ReceiptState, TaxBenefit};
use tests::calls::{BODY_CODE, PERSON_CODE};
use tests::campaigns::given;
use tests::city::{self, TestCity};
use tests::form::{send, submit};
use tests::person::citizen;
use tests::receipts::{Paper, by, campaigns, end, given_by, in_cash, one, paper, voluntary};

/// Tax data as a donor types it.
pub const TYPED: &[(&str, &str)] = &[
    ("name", "Anna Bianchi"),
    ("tax_code", "rssmra 80a01 f205x"),
    ("address", "Via Roma 1, 20121 Milano"),
];

/// What opens a gift's page for somebody without an account.
pub fn proof(city: &TestCity, gift: DonationId) -> String {
    city.city.secret.proof("donation", &gift.to_string())
}

/// The letters to somebody about receipts.
pub fn about_receipts(city: &TestCity, email: &str) -> Vec<Letter> {
    let mut all = city.letters_to(email);
    all.retain(|letter| letter.message_id.starts_with("<rcp_"));
    all
}

async fn fetched(city: &TestCity, path: &str) -> Paper {
    let answer = city.visitor().get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    paper(&answer.body)
}

#[tokio::test]
async fn a_gift_to_a_funded_campaign_has_one_receipt_that_the_donor_is_written_of_and_reads_by_the_proof_alone() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let gift = given(city, open[0], "anna@example.org", 5_000).await;
        city.settle().await;
        assert!(tests::receipts::of(city, gift).await.is_empty(), "nothing is final yet");
        end(city, open[0]).await;
        city.settle().await;
        let receipt = one(city, gift).await;
        assert_eq!((receipt.year, receipt.number, receipt.amount.minor()), (2027, 1, 5_000));
        let letters = about_receipts(city, "anna@example.org");
        assert_eq!(letters.len(), 1, "once: {letters:#?}");
        let text = &letters[0].text;
        for said in ["n. 1/2027", "50\u{a0}€", "«Un orto»", "codice fiscale"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let link = text
            .lines()
            .find_map(|line| line.strip_prefix(&city.base))
            .expect("a link");
        let page = city.visitor().get(link).await.expect(200).text();
        assert!(
            page.contains("Orti &amp; Cortili") || page.contains("Orti &#38; Cortili"),
            "{page}"
        );

        let query = format!("?proof={}", proof(city, gift));
        let own = format!("/it/receipts/{}", receipt.id);
        let gift_page = city
            .visitor()
            .get(&format!("/it/donations/{gift}{query}"))
            .await
            .expect(200);
        assert!(
            gift_page.text().contains(&own),
            "the gift's own page leads to it: {gift_page}"
        );
        for closed in [own.clone(), format!("{own}/pdf"), format!("{own}/tax-data")] {
            city.visitor().get(&closed).await.expect(404);
            city.visitor().get(&format!("{closed}?proof=guessed")).await.expect(404);
            let other = citizen(city, &format!("altra{}", closed.len())).await;
            other.pages.get(&closed).await.expect(404);
        }
        let italian = fetched(city, &format!("{own}/pdf{query}")).await;
        italian.says(&[
            "Ricevuta n. 1/2027",
            "Orti & Cortili",
            BODY_CODE,
            "Via Nascosta 1, Milano",
            "123456, Organizzazioni di volontariato",
            "Un orto",
            "1º febbraio 2027",
            "50 €",
            "Con carta",
            &format!("pi_{gift}"),
            "erogazione liberale",
            "Fondazione di Comunità Milano ha raccolto i soldi",
            "manca il codice fiscale di chi dona",
            "Emessa il 2 aprile 2027",
        ]);
        italian.is_silent_about(&["35%", "anna@example.org"]);
        assert_eq!((italian.pages, italian.frame.as_str()), (1, "true it true"));
        let english = fetched(city, &format!("/en/receipts/{}/pdf{query}", receipt.id)).await;
        english.says(&["Receipt no. 1/2027", "1 February 2027", "€50", "By card"]);
        assert_eq!(english.frame, "true en true");
        let again = |path: String| async move { city.visitor().get(&path).await.expect(200).body };
        let path = format!("{own}/pdf{query}");
        let first = again(path.clone()).await;
        city.advance_ms(1_000);
        assert!(first == again(path).await, "the same receipt is the same bytes");
    })
    .await;
}

#[tokio::test]
async fn tax_data_is_given_once_a_wrong_code_gives_the_form_back_and_the_number_stays() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let gift = given(city, open[0], "anna@example.org", 5_000).await;
        end(city, open[0]).await;
        let before = one(city, gift).await;
        let visitor = city.visitor();
        let form = format!("/it/receipts/{}/tax-data?proof={}", before.id, proof(city, gift));
        let wrong = [
            ("name", "Anna <b>Bianchi"),
            ("tax_code", "RSSMRA80A01F205Y"),
            ("address", ""),
        ];
        let refused = submit(&visitor, &form, &form, &wrong).await.expect(422).text();
        for said in [
            "value=\"RSSMRA80A01F205Y\"",
            "href=\"#tax_code\"",
            "href=\"#address\"",
            "Bianchi\"",
        ] {
            assert!(refused.contains(said), "{said}: {refused}");
        }
        assert!(!refused.contains("<b>Bianchi"), "what is typed stays text");
        let hidden = tests::form::keys(&visitor, &form).await;
        let done = send(&visitor, &form, &hidden, TYPED).await.expect(303);
        let shown = visitor.get(done.location()).await.expect(200).text();
        assert!(shown.contains("RSSMRA80A01F205X") && shown.contains("35%"), "{shown}");
        visitor.get(&form).await.expect(404);
        send(&visitor, &form, &hidden, TYPED).await.expect(422);

        let after = one(city, gift).await;
        assert_eq!((after.id, after.number), (before.id, before.number));
        assert_eq!(after.benefit, TaxBenefit::Credit35);
        let path = format!("/it/receipts/{}/pdf?proof={}", after.id, proof(city, gift));
        let paper = fetched(city, &path).await;
        paper.says(&[
            "Anna Bianchi",
            PERSON_CODE,
            "Via Roma 1, 20121 Milano",
            "35%",
            "art. 83",
        ]);
        assert_eq!(paper.pages, 1);
    })
    .await;
}

#[tokio::test]
async fn a_company_cash_and_a_reward_have_no_line_on_taxes_but_a_sentence_that_says_why() {
    city::with(async |city| {
        let company = by(LegalForm::Company, None, "01199250158");
        let social = by(
            LegalForm::ThirdSector,
            Some(RegisterSection::SocialPromotion),
            BODY_CODE,
        );
        let (_, open) = campaigns(city, vec![company, social]).await;
        let ada = citizen(city, "ada").await;
        let to_company = given_by(city, open[0], &ada, 4_000).await;
        let by_card = given_by(city, open[1], &ada, 5_000).await;
        let cash = in_cash(city, open[1], &ada, 6_000).await;
        end(city, open[0]).await;
        end(city, open[1]).await;
        // A session ends sooner than a campaign.
        let ada = citizen(city, "ada").await;
        for (gift, benefit, said) in [
            (to_company, TaxBenefit::NotForThem, "non è un ente del terzo settore"),
            (by_card, TaxBenefit::Credit30, "30%"),
            (cash, TaxBenefit::Cash, "è stata fatta in contanti"),
        ] {
            let receipt = one(city, gift).await;
            let form = format!("/it/receipts/{}/tax-data", receipt.id);
            submit(&ada.pages, &form, &form, TYPED).await.expect(303);
            let receipt = one(city, gift).await;
            assert_eq!(receipt.benefit, benefit);
            let answer = ada
                .pages
                .get(&format!("/it/receipts/{}/pdf", receipt.id))
                .await
                .expect(200);
            let paper = paper(&answer.body);
            paper.says(&[said, PERSON_CODE]);
            if !benefit.is_there() {
                paper.is_silent_about(&["30%", "35%", "dedurre il dono"]);
            }
        }
        let asked: Vec<bool> = about_receipts(city, &ada.email)
            .iter()
            .map(|letter| letter.text.contains("codice fiscale"))
            .collect();
        assert_eq!(
            asked.iter().filter(|asks| **asks).count(),
            1,
            "only where it earns something"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_reward_asks_for_stands_apart_and_is_no_gift() {
    city::with(async |city| {
        let admitted = tests::campaigns::admitted_with(city, tests::receipts::for_all(city), vec![voluntary()]).await;
        let cx = city.city.system();
        let id = civic::campaign::write::begin(&cx, admitted.applications[0])
            .await
            .expect("begun");
        let reward = civic::campaign::NewReward {
            title: "Una cassetta di verdura".to_owned(),
            description: String::new(),
            amount: civic::money::Money::eur(2_000),
            stock: None,
        };
        let input = civic::campaign::CampaignInput {
            rewards: Some(vec![reward]),
            ..civic::campaign::CampaignInput::default()
        };
        civic::campaign::write::edit(&cx, id, None, input).await.expect("kept");
        civic::campaign::write::submit(&cx, id, None).await.expect("handed in");
        civic::campaign::write::schedule(&cx, id, civic::campaign::Run::Round(0))
            .await
            .expect("scheduled");
        let page = civic::campaign::read::page(&cx, id).await.expect("read");
        tests::campaigns::go_to(city, page.card.opens_at.expect("opens"));
        city.settle().await;
        let mut new = tests::campaigns::gift("anna@example.org", 5_000);
        new.reward = Some(page.rewards[0].id);
        let promised = civic::donation::write::give(&tests::campaigns::stranger(city), id, new)
            .await
            .expect("promised");
        let fact = tests::campaigns::confirmed(city, promised.donation, 5_000);
        tests::campaigns::told(city, &fact).await.expect("learnt");
        end(city, id).await;
        let receipt = one(city, promised.donation).await;
        assert_eq!(
            (receipt.amount.minor(), receipt.gift.minor(), receipt.reward.minor()),
            (5_000, 3_000, 2_000)
        );
        assert_eq!(receipt.state, ReceiptState::Issued);
        let path = format!("/it/receipts/{}/pdf?proof={}", receipt.id, promised.proof);
        fetched(city, &path).await.says(&[
            "Di cui dono 30 €",
            "Di cui ricompensa 20 €",
            "Il valore della ricompensa non è un dono",
        ]);
    })
    .await;
}
