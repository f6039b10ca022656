//! The commands on the page for developers: run as they stand there, so that page and program cannot differ.

use std::process::Output;

use tests::outside::report;
use tests::{city, given, person};
use tokio::process::Command;

use super::me::page;

/// `curl` as a reader types it, but silent, and failing where the answer is an error.
const SHELL: &str = "set -e; curl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n";

/// The texts of the page's code blocks.
fn blocks(html: &str) -> Vec<String> {
    let blocks = html.split("<pre><code>").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("</code></pre>").next());
    blocks
        .map(|block| {
            block
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&#x27;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .trim()
                .to_owned()
        })
        .collect()
}

async fn run(command: &str) -> Output {
    let shell = Command::new("bash").arg("-c").arg(format!("{SHELL}{command}")).output();
    shell.await.expect("bash is there")
}

#[tokio::test]
async fn every_command_on_the_page_for_developers_works() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Parcheggi per biciclette").await;
        city.settle().await;
        for language in ["it", "en"] {
            let html = page(&city.visitor(), &format!("/{language}/developers")).await;
            let blocks = blocks(&html);
            let filled = |text: &str| {
                text.replace("arengo_…", &ada.token)
                    .replace("prp_…", &proposal.to_string())
            };
            let (commands, others): (Vec<_>, Vec<_>) = blocks.iter().partition(|block| block.starts_with("curl "));
            assert!(commands.len() >= 5, "{blocks:#?}");
            for command in &commands {
                let output = run(&filled(command)).await;
                let said = report(&output);
                assert!(output.status.success(), "{command}\n{said}");
                let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
                assert!(answer.get("errors").is_none(), "{command}\n{answer}");
                assert!(
                    !answer["items"].as_array().is_some_and(Vec::is_empty),
                    "{command} finds nothing"
                );
            }
            // What is no command of its own is an option for those that write.
            let writes = commands.iter().find(|command| command.contains("-X PUT"));
            for option in others {
                let command = format!("{} {option}", filled(writes.expect("a command that writes")));
                let output = run(&command).await;
                assert!(output.status.success(), "{command}\n{}", report(&output));
            }
            let again = format!(
                "{} -X DELETE",
                filled(writes.expect("a command that writes")).replace("-X PUT ", "")
            );
            assert!(run(&again).await.status.success(), "{again}");
        }
    })
    .await;
}
