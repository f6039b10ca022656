//! The list of twenty over REST and as a page, beside the same SQL run bare and a bare handler that answers the same bytes.
//!
//! The same SQL is what one such request was heard to ask of the database, all of it; of the cards, every column is read.
//! Both are asked in process, without a socket, so that what is measured is the work and not the loopback.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, EndpointExt, Request, RequestParts, Response};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, TryGetable};
use uuid::Uuid;

use crate::corpus::Corpus;
use crate::measure::{ROUNDS, Table, median, ms, rate};

/// Requests of one round.
const REQUESTS: u32 = 100;

type App = BoxEndpoint<'static, Response>;

/// Measures.
pub async fn measure(corpus: &Corpus, table: &mut Table) -> Result<()> {
    let app = server::serve::app(&corpus.city);
    for (name, path) in [
        ("REST list of 20", "/api/v1/proposals?limit=20&sort=newest"),
        ("page of 20", "/it/proposals?sort=newest"),
    ] {
        corpus.asked.listen();
        let bytes = ask(&app, path).await?;
        let same_sql = corpus.asked.take();
        let fixed = bare(bytes.clone());
        let (mut ours, mut sql, mut same) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let turn = [
                requests(&app, path).await?,
                statements(corpus, &same_sql).await?,
                requests(&fixed, path).await?,
            ];
            // The first round warms all three up.
            if round > 0 {
                ours.push(turn[0]);
                sql.push(turn[1]);
                same.push(turn[2]);
            }
        }
        let (ours, sql, same) = (median(&mut ours), median(&mut sql), median(&mut same));
        table.say(
            name,
            format!("{:.0}/s", rate(ours)),
            format!("{} each, {} bytes", ms(ours), bytes.len()),
        );
        table.say(
            format!("{name}: SQL bare"),
            format!("{:.0}/s", rate(sql)),
            format!("{} for its {} statements", ms(sql), same_sql.len()),
        );
        table.say(
            format!("{name}: same bytes bare"),
            format!("{:.0}/s", rate(same)),
            format!("{} each", ms(same)),
        );
        let share = rate(ours) / rate(sql);
        table.say(
            format!("{name} against SQL bare"),
            format!("{share:.2}"),
            "goal at least 0.8",
        );
    }
    Ok(())
}

async fn ask(app: &App, path: &str) -> Result<Bytes> {
    // As the listener makes it of what came over the wire: the routes read the address from there.
    let asked = http::Request::get(path)
        .header("host", "127.0.0.1")
        .body(())?
        .into_parts()
        .0;
    let nowhere = Addr::SocketAddr(([127, 0, 0, 1], 0).into());
    let parts = (asked, LocalAddr(nowhere.clone()), RemoteAddr(nowhere), Scheme::HTTP);
    let request = Request::from_parts(RequestParts::from(parts), Body::empty());
    let mut answer = app.get_response(request).await;
    let status = answer.status();
    ensure!(status.is_success(), "{path} answers {status}");
    Ok(answer.take_body().into_bytes().await?)
}

fn bare(bytes: Bytes) -> App {
    make_sync(move |_| {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .body(bytes.clone())
    })
    .map_to_response()
    .boxed()
}

async fn requests(app: &App, path: &str) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..REQUESTS {
        ask(app, path).await?;
    }
    Ok(start.elapsed() / REQUESTS)
}

async fn statements(corpus: &Corpus, same_sql: &[Statement]) -> Result<Duration> {
    let db = corpus.city.db.read();
    let start = Instant::now();
    for _ in 0..REQUESTS {
        for statement in same_sql {
            for row in db.query_all_raw(statement.clone()).await? {
                if statement.sql.contains("excerpt") {
                    std::hint::black_box(columns(&row)?);
                }
            }
        }
    }
    Ok(start.elapsed() / REQUESTS)
}

/// Reads every column of a card by its place: whoever shows the list needs them all.
fn columns(row: &QueryResult) -> Result<Columns, DbErr> {
    let ids: [Option<Uuid>; 6] = [
        at(row, 0)?,
        at(row, 1)?,
        at(row, 2)?,
        at(row, 5)?,
        at(row, 9)?,
        at(row, 10)?,
    ];
    let texts: [Option<String>; 8] = [
        at(row, 3)?,
        at(row, 4)?,
        at(row, 6)?,
        at(row, 7)?,
        at(row, 8)?,
        at(row, 17)?,
        at(row, 18)?,
        at(row, 19)?,
    ];
    let numbers: [Option<i64>; 6] = [
        at(row, 11)?,
        at(row, 12)?,
        at(row, 13)?,
        at(row, 14)?,
        at(row, 15)?,
        at(row, 16)?,
    ];
    Ok((ids, texts, numbers))
}

fn at<T: TryGetable>(row: &QueryResult, place: usize) -> Result<Option<T>, DbErr> {
    row.try_get_by_index(place)
}

type Columns = ([Option<Uuid>; 6], [Option<String>; 8], [Option<i64>; 6]);
