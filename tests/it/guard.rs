//! The listener under pressure: half-open clients, large and slow bodies, foreign proxies, and the end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Request, Response, Route, get, handler, post};
use server::guard::{Guard, Network, serve};
use tests::http::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on a free port, and how to end it.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

#[handler]
fn who(request: &Request) -> String {
    request.remote_addr().to_string()
}

#[handler]
async fn length(body: Vec<u8>) -> String {
    body.len().to_string()
}

#[handler]
async fn never() -> Response {
    std::future::pending().await
}

#[handler]
fn broken() -> Response {
    panic!("on purpose")
}

fn app() -> BoxEndpoint<'static, Response> {
    let app = Route::new()
        .at("/", get(who))
        .at("/length", post(length))
        .at("/never", get(never))
        .at("/broken", get(broken));
    // Where a handler cannot read the body, the framework answers; the guard says why.
    app.map_to_response().boxed()
}

async fn start(guard: Guard) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let over = async {
            let _ = stopped.await;
        };
        serve(listener, app(), guard, over).await
    });
    Served { address, stop, task }
}

impl Served {
    fn client(&self) -> Client {
        Client::new(&format!("http://{}", self.address))
    }

    async fn end(self) {
        self.stop.send(()).expect("it still runs");
        self.task.await.expect("no panic").expect("a clean end");
    }
}

/// A client from another loopback address that sends half a header and waits.
async fn half_open(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::new(IpAddr::V4(from), 0))
        .expect("a loopback address");
    let mut stream = socket.connect(to).await.expect("connected");
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        .await
        .expect("sent");
    stream
}

/// Whether the server has closed this connection; waits until it has.
async fn is_closed(mut stream: TcpStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest).await {
        Ok(_) | Err(_) => true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_half_open_clients_keep_nobody_out_directly_or_through_a_proxy() {
    let proxy = Network::parse("127.0.0.99").expect("a network");
    let served = start(Guard {
        connections: 256,
        trusted_proxies: vec![proxy],
        ..Guard::default()
    })
    .await;
    let mut waiting = Vec::new();
    for number in 0..500_u16 {
        let [high, low] = number.to_be_bytes();
        waiting.push(half_open(Ipv4Addr::new(127, 9, high, low), served.address).await);
    }
    for _ in 0..20 {
        let answer = served.client().get("/").await.expect(200);
        assert!(answer.text().contains("127.0.0.1"));
        assert_eq!(through_proxy(served.address, "203.0.113.7").await, "203.0.113.7");
    }
    let began = std::time::Instant::now();
    served.end().await;
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "it ended after {:?}",
        began.elapsed()
    );
    for stream in waiting {
        assert!(is_closed(stream).await);
    }
}

/// One request as a proxy at 127.0.0.99 sends it; the address of the client that the server then names.
async fn through_proxy(to: SocketAddr, client: &str) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.99:0".parse().expect("an address"))
        .expect("a loopback address");
    let mut stream = socket.connect(to).await.expect("connected");
    let request =
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, {client}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    let body = answer.rsplit("\r\n").next().unwrap_or_default();
    body.trim_start_matches("socket://")
        .rsplit_once(':')
        .map_or_else(String::new, |(address, _)| address.to_owned())
}

#[tokio::test]
async fn a_header_that_does_not_come_ends_the_connection() {
    let served = start(Guard {
        header: Duration::from_millis(200),
        ..Guard::default()
    })
    .await;
    assert!(is_closed(half_open(Ipv4Addr::LOCALHOST, served.address).await).await);
    served.end().await;
}

#[tokio::test]
async fn one_network_cannot_take_all_places() {
    let served = start(Guard {
        connections_per_network: 3,
        ..Guard::default()
    })
    .await;
    let mut first = half_open(Ipv4Addr::new(127, 3, 3, 3), served.address).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(half_open(Ipv4Addr::new(127, 3, 3, 3), served.address).await);
    }
    let mut rest = Vec::new();
    assert!(
        matches!(first.read_to_end(&mut rest).await, Ok(0) | Err(_)),
        "the oldest makes room"
    );
    served.client().get("/").await.expect(200);
    served.end().await;
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_by_its_length_and_while_it_comes() {
    let served = start(Guard::default()).await;
    let large = vec![b'x'; 70_000];
    let said = served
        .client()
        .request(http::Method::POST, "/length")
        .body(large.clone().into())
        .expect("a request");
    let answer = served.client().send(said).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (413, Some("body_too_large"))
    );
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    let head = "POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let chunk = [
        format!("{:x}\r\n", large.len()).into_bytes(),
        large,
        b"\r\n0\r\n\r\n".to_vec(),
    ]
    .concat();
    // The server may stop reading before everything is sent.
    let _ = stream.write_all(&chunk).await;
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("answered");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
    served.end().await;
}

#[tokio::test]
async fn bodies_that_together_hold_too_much_are_put_off() {
    let served = start(Guard {
        bodies_bytes: 1_000,
        ..Guard::default()
    })
    .await;
    let request = served
        .client()
        .request(http::Method::POST, "/length")
        .body(vec![b'x'; 2_000].into());
    let answer = served.client().send(request.expect("a request")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (503, Some("busy"))
    );
    let small = served
        .client()
        .request(http::Method::POST, "/length")
        .body(vec![b'x'; 900].into())
        .expect("a request");
    assert_eq!(served.client().send(small).await.text(), "900");
    served.end().await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_and_one_that_breaks_are_answered() {
    let served = start(Guard {
        request: Duration::from_millis(200),
        ..Guard::default()
    })
    .await;
    assert_eq!(served.client().get("/never").await.status, 503);
    assert_eq!(served.client().get("/broken").await.status, 500);
    served.client().get("/").await.expect(200);
    served.end().await;
}

#[tokio::test]
async fn every_answer_sends_browsers_to_https_where_the_city_is_reached_by_it() {
    let served = start(Guard {
        https_only: true,
        request: Duration::from_millis(200),
        ..Guard::default()
    })
    .await;
    for path in ["/", "/nowhere", "/never", "/broken"] {
        let answer = served.client().get(path).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}");
    }
    served.end().await;
    let plain = start(Guard::default()).await;
    assert_eq!(plain.client().get("/").await.header("strict-transport-security"), "");
    plain.end().await;
}

#[tokio::test]
async fn a_client_cannot_say_where_it_comes_from() {
    let served = start(Guard::default()).await;
    let request = served
        .client()
        .request(http::Method::GET, "/")
        .header("x-forwarded-for", "203.0.113.7");
    let answer = served
        .client()
        .send(request.body(bytes::Bytes::new()).expect("a request"))
        .await;
    assert!(answer.text().contains("127.0.0.1"));
    served.end().await;
}

#[tokio::test]
async fn the_end_waits_for_a_running_request_no_longer_than_it_may() {
    let served = start(Guard {
        stop: Duration::from_millis(300),
        ..Guard::default()
    })
    .await;
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    stream
        .write_all(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("sent");
    // A second request that is answered shows that the first was taken in.
    served.client().get("/").await.expect(200);
    served.end().await;
    assert!(is_closed(stream).await);
}
