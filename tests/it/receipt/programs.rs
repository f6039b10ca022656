//! Receipts for programs: one's own listed and read, completed, and the promoter's list and year, by REST and GraphQL.

use poem::http::Method;
use serde_json::json;
use tests::calls::PERSON_CODE;
use tests::campaigns::given;
use tests::city;
use tests::person::citizen;
use tests::receipts::{campaigns, end, given_by, one, paper, voluntary};

use super::proof;

#[tokio::test]
async fn a_program_lists_reads_completes_and_prints_receipts_and_a_promoters_lists_them() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let ada = citizen(city, "ada").await;
        let hers = given_by(city, open[0], &ada, 5_000).await;
        let strangers = given(city, open[0], "anna@example.org", 4_000).await;
        end(city, open[0]).await;
        // A token ends sooner than a campaign.
        let ada = citizen(city, "ada").await;
        let own = ada.api.get("/api/v1/me/receipts").await.expect(200).json();
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "{own}");
        assert_eq!(own["items"][0]["donation_id"], hers.to_string());
        assert_eq!(own["items"][0]["tax_benefit"], "no_tax_code");
        let id = own["items"][0]["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/receipts/{id}");
        let shown = ada.api.get(&path).await.expect(200).json();
        assert_eq!(shown["recipient"]["name"], "Orti & Cortili");
        assert_eq!(shown["can_give_tax_data"], true);
        city.visitor().get(&path).await.expect(404);
        let data = json!({ "name": "Ada", "tax_code": "x", "address": "Via Roma 1" });
        let tax = format!("{path}/tax-data");
        let refused = ada.api.send_json(Method::POST, &tax, &data).await.expect(422).json();
        assert_eq!(refused["errors"][0]["code"], "tax_code_wrong");
        let data = json!({ "name": "Ada", "tax_code": PERSON_CODE, "address": "Via Roma 1" });
        let done = ada.api.send_json(Method::POST, &tax, &data).await.expect(200).json();
        assert_eq!(done["tax_benefit"], "credit_35");
        let again = ada.api.send_json(Method::POST, &tax, &data).await.expect(409).json();
        assert_eq!(again["code"], "already_done");
        let pdf = ada.api.get(&format!("{path}/pdf")).await.expect(200);
        assert_eq!(pdf.header("content-type"), "application/pdf");
        let name = format!("n. {}/2027", own["items"][0]["number"]);
        paper(&pdf.body).says(&[&name, PERSON_CODE]);

        let of_stranger = one(city, strangers).await;
        let document = "mutation ($id: ID!, $input: TaxDataIn!) { receiptGiveTaxData(id: $id, input: $input) \
                        { receipt { number taxBenefit donor { taxCode } } } }";
        let input =
            json!({ "name": "Anna", "taxCode": "01199250158", "address": "Milano", "proof": proof(city, strangers) });
        let variables = json!({ "id": of_stranger.id.to_string(), "input": input });
        let done = city.visitor().graphql(document, variables).await.expect(200).json();
        let receipt = &done["data"]["receiptGiveTaxData"]["receipt"];
        assert_eq!(receipt["taxBenefit"], "DEDUCTION_10", "a body deducts: {done}");
        let document = "query ($id: ID!) { me { receipts { edges { node { number } } } } \
                        receipts(campaign: $id) { edges { node { number } } } \
                        toldGifts(campaign: $id, year: 2027) { edges { node { number giftMinor donor { taxCode } } } } }";
        let promoter = citizen(city, "promotrice").await;
        let all = promoter
            .api
            .graphql(document, json!({ "id": open[0].to_string() }))
            .await
            .expect(200)
            .json();
        assert_eq!(
            all["data"]["receipts"]["edges"].as_array().map(Vec::len),
            Some(2),
            "{all}"
        );
        assert_eq!(all["data"]["me"]["receipts"]["edges"], json!([]));
        assert_eq!(
            all["data"]["toldGifts"]["edges"].as_array().map(Vec::len),
            Some(2),
            "{all}"
        );
        let year = format!("/api/v1/campaigns/{}/receipts/2027", open[0]);
        let told = promoter.api.get(&year).await.expect(200).json();
        let sum: i64 = told["items"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["gift_minor"].as_i64())
            .sum();
        assert_eq!(sum, 9_000, "{told}");
        ada.api.get(&year).await.expect(403);
        city.visitor().get(&year).await.expect(401);
        let list = format!("/api/v1/campaigns/{}/receipts?limit=1", open[0]);
        let page = promoter.api.get(&list).await.expect(200).json();
        assert!(page["next"].is_string(), "paged: {page}");
    })
    .await;
}
