//! Who is connected: how many in all and from each network, and who has not asked for anything yet.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::network::Network;

/// All places.
#[derive(Clone)]
pub struct Seats(Arc<Mutex<Book>>);

struct Book {
    most: usize,
    most_per_network: usize,
    /// Connections that hold a place, with their network; one that was told to go holds none any more.
    placed: HashMap<u64, Option<Network>>,
    by_network: HashMap<Network, usize>,
    /// Connections that have sent no request yet, oldest first.
    half_open: BTreeMap<u64, (Option<Network>, Arc<Notify>)>,
    /// Rings when a place is given back.
    freed: Arc<Notify>,
    next: u64,
}

/// One place; it is free again when the connection is gone.
pub struct Seat {
    seats: Seats,
    number: u64,
    evicted: Arc<Notify>,
    begun: AtomicBool,
}

impl Seats {
    /// So many places, and so many for one network.
    pub fn new(most: usize, most_per_network: usize) -> Self {
        Self(Arc::new(Mutex::new(Book {
            most,
            most_per_network,
            placed: HashMap::new(),
            by_network: HashMap::new(),
            half_open: BTreeMap::new(),
            freed: Arc::default(),
            next: 0,
        })))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection from `network` (none for a trusted proxy); the oldest half-open one makes room when
    /// there is none, first of the same network.
    pub fn take(&self, network: Option<Network>) -> Option<Seat> {
        let mut book = self.book();
        let of_network = network
            .and_then(|network| book.by_network.get(&network).copied())
            .unwrap_or(0);
        if of_network >= book.most_per_network && !book.evict(|other| other == network) {
            return None;
        }
        if book.placed.len() >= book.most && !book.evict(|_| true) {
            return None;
        }
        let (number, evicted) = (book.next, Arc::new(Notify::new()));
        book.next += 1;
        book.placed.insert(number, network);
        if let Some(network) = network {
            *book.by_network.entry(network).or_default() += 1;
        }
        book.half_open.insert(number, (network, Arc::clone(&evicted)));
        drop(book);
        Some(Seat {
            seats: self.clone(),
            number,
            evicted,
            begun: AtomicBool::new(false),
        })
    }

    /// Ends every connection that has sent no request.
    pub fn close_half_open(&self) {
        while self.book().evict(|_| true) {}
    }

    /// Waits until nobody has a place any more.
    pub async fn all_free(&self) {
        let freed = Arc::clone(&self.book().freed);
        loop {
            let next = freed.notified();
            if self.book().placed.is_empty() {
                return;
            }
            next.await;
        }
    }
}

impl Book {
    /// Tells the oldest half-open connection that fits to go; its place is counted as free at once.
    fn evict(&mut self, fits: impl Fn(Option<Network>) -> bool) -> bool {
        let found = self
            .half_open
            .iter()
            .find(|(_, (network, _))| fits(*network))
            .map(|(number, _)| *number);
        let Some((number, (_, notify))) = found.and_then(|number| self.half_open.remove_entry(&number)) else {
            return false;
        };
        notify.notify_one();
        self.free(number);
        true
    }

    /// Gives a connection's place back; once, however often it is asked.
    fn free(&mut self, number: u64) {
        self.freed.notify_waiters();
        if let Some(Some(network)) = self.placed.remove(&number)
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }
}

impl Seat {
    /// A whole request has come: the connection is no longer one that waits.
    pub fn begins(&self) {
        if !self.begun.swap(true, Ordering::Relaxed) && self.seats.book().half_open.remove(&self.number).is_none() {
            // It was told to go at this very moment, and its place was given away: it stays gone.
            self.evicted.notify_one();
        }
    }

    /// Ends when the place is needed by another.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut book = self.seats.book();
        book.half_open.remove(&self.number);
        book.free(self.number);
    }
}

/// A stream with its place, so that an upgraded connection keeps it too.
pub struct Held {
    stream: TcpStream,
    _seat: Arc<Seat>,
}

impl Held {
    /// The stream of a connection that has a place.
    pub const fn new(stream: TcpStream, seat: Arc<Seat>) -> Self {
        Self { stream, _seat: seat }
    }
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::Seats;

    #[test]
    fn a_place_is_given_back_once_even_when_a_request_comes_while_it_is_taken_away() {
        let seats = Seats::new(2, 2);
        let evicted = [seats.take(None), seats.take(None)].map(|seat| seat.expect("free"));
        let others = [seats.take(None), seats.take(None)].map(|seat| seat.expect("the oldest make room"));
        for seat in &evicted {
            // The request came in at the very moment.
            seat.begins();
        }
        drop(evicted);
        for seat in &others {
            seat.begins();
        }
        assert!(seats.take(None).is_none(), "both places are held");
        drop(others);
        let all = [seats.take(None), seats.take(None)];
        assert!(all.iter().all(Option::is_some), "both are free again");
    }
}
