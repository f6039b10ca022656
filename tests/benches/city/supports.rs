//! Supports written per second, each durable before it is acknowledged, beside bare inserts into a table of two columns.

use std::time::{Duration, Instant};

use anyhow::Result;
use civic::actor::{Actor, Person};
use civic::consultation::write::open;
use civic::consultation::{NewConsultation, NewPhase, PhaseKind};
use civic::id::{MemberId, ProposalId, TypedId};
use civic::language::{Language, Localised};
use civic::proposal::ProposalInput;
use civic::time::DAY_MS;
use civic::{Cx, member, proposal, support};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, Statement};

use crate::corpus::Corpus;
use crate::measure::{ROUNDS, Table, median, ms, rate};

/// People who support; each supports one proposal a round.
const PEOPLE: usize = 100;
/// How many do so at once.
const AT_ONCE: [usize; 2] = [1, 20];

/// Measures.
pub async fn measure(corpus: &Corpus, table: &mut Table) -> Result<()> {
    let people = people(corpus).await?;
    let proposals = proposals(corpus, &people, AT_ONCE.len() * (ROUNDS + 1)).await?;
    let mut proposals = proposals.into_iter();
    let owner = corpus.city.db.owner();
    owner
        .execute_unprepared("CREATE TABLE bare (id BLOB PRIMARY KEY, at BIGINT NOT NULL)")
        .await?;
    for at_once in AT_ONCE {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for (round, proposal) in proposals.by_ref().take(ROUNDS + 1).enumerate() {
            let turn = (
                gives(&people, proposal, at_once).await?,
                inserts(corpus, at_once).await?,
            );
            // The first round warms both up.
            if round > 0 {
                ours.push(turn.0);
                bare.push(turn.1);
            }
        }
        let (ours, bare) = (median(&mut ours), median(&mut bare));
        let share = rate(ours) / rate(bare);
        table.say(
            format!("supports, {at_once} at once"),
            format!("{:.0}/s", rate(ours)),
            format!(
                "{} each; bare inserts {:.0}/s, {share:.2} of them",
                ms(ours),
                rate(bare)
            ),
        );
    }
    Ok(())
}

async fn gives(people: &[Cx], proposal: ProposalId, at_once: usize) -> Result<Duration> {
    let start = Instant::now();
    for some in people.chunks(at_once) {
        try_join_all(some.iter().map(|cx| support::write::give(cx, proposal))).await?;
    }
    Ok(start.elapsed() / u32::try_from(people.len())?)
}

/// As many transactions that insert one row and are durable.
async fn inserts(corpus: &Corpus, at_once: usize) -> Result<Duration> {
    let rows: Vec<MemberId> = (0..PEOPLE).map(|_| corpus.city.system().id()).collect();
    let insert = async |id: &MemberId| {
        let tx = corpus.city.db.begin().await?;
        let values = [id.uuid().into(), 1_i64.into()];
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            "INSERT INTO bare (id, at) VALUES (?, ?)",
            values,
        );
        tx.execute_raw(statement).await?;
        tx.commit().await?;
        anyhow::Ok(())
    };
    let start = Instant::now();
    for some in rows.chunks(at_once) {
        try_join_all(some.iter().map(&insert)).await?;
    }
    Ok(start.elapsed() / u32::try_from(rows.len())?)
}

/// The members, each as an operation of theirs.
async fn people(corpus: &Corpus) -> Result<Vec<Cx>> {
    let city = &corpus.city;
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let nickname = format!("Persona {number}");
        let id = member::write::ensure(&city.system(), &format!("p{number}@example.org"), Some(&nickname)).await?;
        let person = Person {
            id,
            nickname,
            language: Language::It,
            grants: Vec::new(),
            second_factor_at: None,
            scopes: None,
        };
        people.push(city.cx(Actor::Member(person), Language::It));
    }
    Ok(people)
}

/// Fresh proposals, one for each round, in a consultation that collects now.
async fn proposals(corpus: &Corpus, people: &[Cx], wanted: usize) -> Result<Vec<ProposalId>> {
    let cx = corpus.city.system();
    let phase = NewPhase {
        kind: PhaseKind::Collection,
        starts_at: cx.now.plus_ms(-DAY_MS),
        ends_at: cx.now.plus_ms(DAY_MS),
    };
    let new = NewConsultation {
        slug: "misura".to_owned(),
        title: Localised::same("Misura"),
        question: Localised::same("Quanto costa un sostegno?"),
        description: Localised::same("Solo per misurare."),
        phases: vec![phase],
        themes: Vec::new(),
        districts: Vec::new(),
        source: None,
    };
    let consultation = open(&cx, new).await?;
    let mut made = Vec::with_capacity(wanted);
    for (number, author) in (0..wanted).zip(people.iter().cycle()) {
        let input = ProposalInput {
            title: Some(format!("Una misura, la numero {number}")),
            body: Some("Un testo breve.".to_owned()),
            ..ProposalInput::default()
        };
        let id = proposal::write::begin(author, consultation, input).await?;
        made.push(proposal::write::publish(author, id).await?);
    }
    Ok(made)
}
