//! The practice table over its socket, watched with the client library of the feed.

mod clients;
mod stream;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use pianola::table::{Fault, Speed, Table, TableConfig};

use crate::support::socket_watcher::LIMIT;

const SEED: u64 = 11;

fn table(speed: f64, faults: &[Fault]) -> Table {
    let config = TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(speed),
        faults: faults.to_vec(),
        ..TableConfig::default()
    };
    Table::start(config).unwrap()
}

/// Polls until `done`.
fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LIMIT, "{what}");
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// One plain HTTP request; returns the whole answer.
fn get(table: &Table, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(table.address()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let host = if headers.to_lowercase().contains("host:") {
        ""
    } else {
        "Host: 127.0.0.1\r\n"
    };
    write!(
        stream,
        "GET {path} HTTP/1.1\r\n{host}{headers}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
