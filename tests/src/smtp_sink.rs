//! A real SMTP server on loopback that keeps what it is sent, so that the mailer is tested over the wire.
//! It can be told to turn mail away, as servers do. Absent: TLS, authentication, relaying.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One mail as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed, still encoded as sent.
    pub data: String,
}

/// The server; it stops with this value.
pub struct SmtpSink {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    mails: watch::Sender<Vec<Mail>>,
    refusal: watch::Sender<Option<String>>,
}

impl SmtpSink {
    /// Starts one on a free loopback port.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            mails: watch::Sender::new(vec![]),
            refusal: watch::Sender::new(None),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // A client that hangs up half-way is its own test's affair: what counts is what was accepted.
                tokio::spawn(async move { converse(stream, &state).await.ok() });
            }
        });
        Ok(Self { address, state, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every mail accepted so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.mails.borrow().clone()
    }

    /// Waits until `count` mails have been accepted, and gives them all.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut mails = self.state.mails.subscribe();
        let enough = mails.wait_for(|mails| mails.len() >= count).await;
        enough.expect("the sink lives as long as this borrow").clone()
    }

    /// From now on every recipient is answered with `line` (`"451 try later"`, `"550 unknown"`), or accepted again.
    pub fn refuse(&self, line: Option<&str>) {
        self.state.refusal.send_replace(line.map(str::to_owned));
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (input, mut output) = stream.into_split();
    let mut lines = BufReader::new(input).lines();
    let mut mail = Mail {
        from: String::new(),
        to: vec![],
        data: String::new(),
    };
    output.write_all(b"220 sink ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned(),
            "HELO" | "NOOP" => "250 ok".to_owned(),
            "RSET" => {
                mail = Mail {
                    from: String::new(),
                    to: vec![],
                    data: String::new(),
                };
                "250 ok".to_owned()
            }
            "MAIL" => {
                mail.from = address_in(&line);
                "250 ok".to_owned()
            }
            "RCPT" => state.refusal.borrow().clone().unwrap_or_else(|| {
                mail.to.push(address_in(&line));
                "250 ok".to_owned()
            }),
            "DATA" if mail.to.is_empty() => "503 no recipient".to_owned(),
            "DATA" => {
                output.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.data.push('\n');
                }
                let complete = std::mem::replace(
                    &mut mail,
                    Mail {
                        from: String::new(),
                        to: vec![],
                        data: String::new(),
                    },
                );
                state.mails.send_modify(|mails| mails.push(complete));
                "250 kept".to_owned()
            }
            "QUIT" => {
                output.write_all(b"221 bye\r\n").await?;
                break;
            }
            _ => "502 not here".to_owned(),
        };
        output.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn address_in(line: &str) -> String {
    let after = line.split_once('<').map_or("", |(_, rest)| rest);
    after.split('>').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn say(address: SocketAddr, lines: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(lines.as_bytes()).await.expect("sent");
        let mut answers = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answers)
            .await
            .expect("answers");
        answers
    }

    #[tokio::test]
    async fn a_mail_is_kept_as_sent_and_a_refused_one_is_not() {
        let sink = SmtpSink::start().await.expect("a port");
        let mail = "EHLO me\r\nMAIL FROM:<a@x.it> SIZE=9\r\nRCPT TO:<b@x.it>\r\nDATA\r\nSubject: s\r\n\r\n..dot\r\n.\r\nQUIT\r\n";
        assert!(say(sink.address(), mail).await.ends_with("250 kept\r\n221 bye\r\n"));
        let kept = Mail {
            from: "a@x.it".into(),
            to: vec!["b@x.it".into()],
            data: "Subject: s\n\n.dot\n".into(),
        };
        assert_eq!(sink.wait_for(1).await, [kept]);
        sink.refuse(Some("451 later"));
        assert!(
            say(sink.address(), mail)
                .await
                .contains("451 later\r\n503 no recipient")
        );
        assert_eq!(sink.mails().len(), 1);
    }
}
