//! The hosted page on which a donor pays: a form that a browser fills in, without a script.

use http::{Method, Response};

use crate::wire::Asked;
use crate::world::World;

/// What a donor can do, by the value that the form sends.
const WAYS: [(&str, &str); 5] = [
    ("card", "Pay with 4242 4242 4242 4242"),
    ("declined", "Pay with 4000 0000 0000 0002 (is declined)"),
    (
        "debit",
        "Pay by debit of IT40 S054 2811 1010 0000 0123 456 (arrives in days)",
    ),
    (
        "debit_fails",
        "Pay by debit of IT60 X054 2811 1010 0000 0123 457 (comes back in days)",
    ),
    ("leave", "Go back"),
];

/// `GET /pay/{session}` shows the form, `POST` does what it says; `who` is the print of the card or account.
pub fn answer(world: &mut World, asked: &Asked) -> Response<String> {
    let id = asked.path.trim_start_matches("/pay/").to_owned();
    let page = world
        .get(&id)
        .filter(|thing| thing["object"] == "checkout.session")
        .cloned();
    let Some(page) = page else {
        return html(404, "<h1>Something went wrong</h1>");
    };
    if page["status"] != "open" {
        return html(410, "<h1>This page is over</h1>");
    }
    if asked.method != Method::POST {
        return html(200, &form(&page["_title"], &page["amount_total"], ""));
    }
    let sent = |name: &str| {
        let found = asked.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (way, who) = (sent("way"), sent("who"));
    let who = if who.is_empty() { format!("print-of-{id}") } else { who };
    world.note("page", serde_json::json!({ "session": id, "way": way }));
    match way.as_str() {
        "card" => world.pay_by_card(&id, &who),
        "debit" | "debit_fails" => world.pay_by_debit(&id, &who, way == "debit_fails"),
        "leave" => return leave(page["cancel_url"].as_str()),
        _ => {
            world.decline(&id);
            return html(
                200,
                &form(&page["_title"], &page["amount_total"], "Your card was declined."),
            );
        }
    }
    leave(page["success_url"].as_str())
}

fn leave(to: Option<&str>) -> Response<String> {
    Response::builder()
        .status(303)
        .header("location", to.unwrap_or("/"))
        .body(String::new())
        .expect("an answer")
}

fn form(title: &serde_json::Value, cents: &serde_json::Value, wrong: &str) -> String {
    let buttons: String = WAYS
        .iter()
        .map(|(way, label)| format!("<p><button name=\"way\" value=\"{way}\">{label}</button></p>"))
        .collect();
    let title = title
        .as_str()
        .unwrap_or_default()
        .replace('&', "&amp;")
        .replace('<', "&lt;");
    format!("<h1>{title}</h1><p>{cents} cents</p><p role=\"alert\">{wrong}</p><form method=\"post\">{buttons}</form>")
}

fn html(status: u16, main: &str) -> Response<String> {
    let page = format!("<!doctype html><html lang=\"en\"><title>Emulated Checkout</title><main>{main}</main></html>");
    Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        .body(page)
        .expect("an answer")
}
