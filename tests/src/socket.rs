//! A small WebSocket client for tests: `graphql-transport-ws` over one connection, text frames only.
//! Whatever goes wrong on the wire panics, because a test has nothing better to do with it.
//! Absent: fragments, compression, and chance in keys and masks, which are of no use to a test.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than anything should take, so that a message that never comes fails and says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a socket received.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A message in JSON.
    Json(Value),
    /// The end, with its code.
    Closed(u16),
}

/// One open socket.
pub struct Socket {
    stream: TcpStream,
}

impl Socket {
    /// Opens a socket at `path` of the server at `base`.
    pub async fn open(base: &str, path: &str) -> Self {
        let authority = base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).await.expect("the server listens");
        let asked = format!(
            "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        );
        stream.write_all(asked.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        Self { stream }
    }

    /// The same, with the first message sent and acknowledged.
    pub async fn begin(base: &str, path: &str, token: Option<&str>) -> Self {
        let mut socket = Self::open(base, path).await;
        let payload = token.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        socket
            .send(&json!({ "type": "connection_init", "payload": payload.unwrap_or_else(|| json!({})) }))
            .await;
        let answer = socket.next().await;
        assert_eq!(answer, Message::Json(json!({ "type": "connection_ack" })));
        socket
    }

    /// Begins a subscription.
    pub async fn subscribe(&mut self, id: &str, document: &str) {
        let message = json!({ "id": id, "type": "subscribe", "payload": { "query": document } });
        self.send(&message).await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let length = u16::try_from(text.len()).expect("a small message");
        // A final text frame, masked by zeros; lengths above 125 stand in two bytes of their own.
        let mut frame = vec![0x81];
        if length > 125 {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        } else {
            frame.push(0x80 | u8::try_from(length).expect("checked"));
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).await.expect("sent");
    }

    /// The next message.
    pub async fn next(&mut self) -> Message {
        match tokio::time::timeout(PATIENCE, self.read()).await {
            Ok(message) => message,
            Err(_) => panic!("no message within {PATIENCE:?}"),
        }
    }

    async fn read(&mut self) -> Message {
        loop {
            let kind = self.stream.read_u8().await.expect("a frame") & 0x0f;
            let length = match self.stream.read_u8().await.expect("a length") & 0x7f {
                126 => usize::from(self.stream.read_u16().await.expect("a length")),
                127 => usize::try_from(self.stream.read_u64().await.expect("a length")).expect("it fits"),
                short => usize::from(short),
            };
            let mut bytes = vec![0; length];
            self.stream.read_exact(&mut bytes).await.expect("a message");
            match kind {
                1 => return Message::Json(serde_json::from_slice(&bytes).expect("JSON")),
                8 => return Message::Closed(bytes.first_chunk().map_or(0, |code| u16::from_be_bytes(*code))),
                _ => {}
            }
        }
    }
}
