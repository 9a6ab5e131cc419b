//! The practice table over its socket, watched with the client library of the feed.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Seen, Watcher};
use pianola::table::{Fault, Message, Script, Speed, Stream, Table, TableConfig};

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

/// The messages of the seed, as the first client gets them.
fn expected(faults: &[Fault], enough: usize) -> Vec<Seen> {
    let mut stream = Stream::new(Script::seeded(SEED), faults);
    let mut messages = stream.greeting();
    while messages.len() < enough {
        messages.extend(stream.next_step().messages);
    }
    messages
        .into_iter()
        .map(|Message { event, args }| (event, args))
        .collect()
}

#[test]
fn the_first_client_gets_the_snapshot_and_then_every_message_of_the_seed() {
    let table = table(100.0, &[]);
    let watcher = Watcher::connect(&table.url());
    let seen = watcher.wait("three hundred events", |events| events.len() >= 300);
    let expected = expected(&[], seen.len());
    for (number, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
        assert_eq!(seen, expected, "event {number}");
    }
    table.stop();
}
