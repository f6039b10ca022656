//! A citizen with the real program and a real browser: without scripts on a phone, without a mouse, and too late.

use serde_json::json;
use tests::browser::Browser;
use tests::outside::without;
use tests::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_finds_supports_answers_and_writes_on_a_phone_without_scripts() {
    evening(
        Browser::new().without_scripts(),
        false,
        390,
        "Rastrelliere coperte davanti alle biblioteche",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_finds_supports_answers_and_writes_with_the_keyboard_alone() {
    evening(
        Browser::new(),
        true,
        1280,
        "Pompe per gonfiare davanti alle biblioteche",
    )
    .await;
}

async fn evening(browser: Browser, keyboard: bool, width: u32, title: &str) {
    if without("browser") {
        return;
    }
    let program = Program::serve().await;
    let input = json!({
        "letters": program.data.join("letters"),
        "address": "vicina@example.org",
        "name": "Vicina di via Padova",
        "misspelt": "biciclette sicurre",
        "finds": "bici|ciclabil",
        "title": title,
        "keyboard": keyboard,
        "width": width,
    });
    let result = browser.flow("participate", &program.base, &input).await;
    assert!(result["found_ms"].as_u64().is_some_and(|ms| ms <= 2_000), "{result}");
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_sent_too_late_is_there_again_after_signing_in_without_scripts() {
    if without("browser") {
        return;
    }
    let program = Program::serve().await;
    let input = json!({
        "letters": program.data.join("letters"),
        "address": "vicino@example.org",
        "comment": "Sì, ma \"prima\" le scuole.\nPoi <tutto> il resto & i viali.",
        "width": 390,
    });
    let browser = Browser::new().without_scripts();
    browser.flow("late-form", &program.base, &input).await;
    program.stop().await;
}
