//! The official peers through kill, stop and resume: our client at the npm server, the npm client at our table.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use pianola::feed::{Address, FeedState, RequestOutcome};
use pianola::table::{Speed, Table, TableConfig};
use serde_json::json;

use crate::support::feed_client::{self, Player, SOON, config, eventually, millis};
use crate::support::node::{node_is_there, script};
use crate::support::process;

/// A port without a listener, for a server that comes back to it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A program whose lines are read as they come.
struct LineReader {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl LineReader {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        // Ends with the program's stdout.
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                tell.send(line).ok(); // The receiver may be gone.
            }
        });
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    fn read(&mut self) {
        self.said.extend(self.lines.try_iter());
    }

    /// Waits for a line behind the first `from` that begins so; returns its place.
    #[track_caller]
    fn until(&mut self, from: usize, begin: &str) -> usize {
        let start = Instant::now();
        loop {
            self.read();
            let found = self.said[from..].iter().position(|l| l.starts_with(begin));
            if let Some(found) = found {
                return from + found;
            }
            let last = self.said.last();
            assert!(start.elapsed() < SOON, "no {begin:?}; last {last:?}");
            std::thread::park_timeout(millis(2));
        }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for LineReader {
    fn drop(&mut self) {
        self.child.kill().ok(); // It may have ended.
        self.child.wait().ok();
    }
}

fn npm_server(port: u16) -> LineReader {
    let mut server = LineReader::start(script("serve.mjs").arg(port.to_string()));
    server.until(0, "listening");
    server
}

#[test]
fn our_client_comes_back_to_the_npm_server_after_kill_and_stop() {
    if !node_is_there() {
        return;
    }
    let port = free_port();
    let mut server = npm_server(port);
    let mut config = config(Address::parse(&format!("http://127.0.0.1:{port}")).unwrap());
    config.limits.stale = millis(300);
    config.limits.silence = millis(900);
    config.limits.silence_max = millis(900);
    let mut player = Player::start(config);
    player.until("numbers", SOON, |player| player.events("number").len() > 10);
    assert_eq!(
        player.ask("ask", vec![json!("one")]),
        RequestOutcome::Done(vec![json!({"heard": "one"})])
    );

    server.kill();
    player.until_downs(1);
    let not_sent = player.ask("ask", vec![json!("two")]);
    assert_eq!(not_sent, RequestOutcome::NotConnected);
    let mut server = npm_server(port);
    let seen = player.events("number").len();
    player.until("numbers of the new server", SOON, |player| {
        player.events("number").len() > seen + 10
    });

    // Stopped, it holds the connection and says nothing: stale, then reconnected as soon as it goes on.
    let downs = player.downs().len();
    process::signal(&server.child, "-STOP");
    player.until("stale", SOON, |player| {
        matches!(player.state(), FeedState::Stale { .. })
    });
    let lost = player.ask("ask", vec![json!("three")]);
    assert!(matches!(lost, RequestOutcome::Unknown(_)), "{lost:?}");
    player.until_downs(downs + 1);
    process::signal(&server.child, "-CONT");
    let seen = player.events("number").len();
    player.until("numbers after the pause", SOON, |player| {
        matches!(player.state(), FeedState::Up { .. }) && player.events("number").len() > seen + 10
    });
    assert_eq!(
        player.ask("ask", vec![json!("four")]),
        RequestOutcome::Done(vec![json!({"heard": "four"})])
    );
    // What was unknown arrived once or not at all; what was not connected never.
    server.until(0, "ask four");
    let heard = |what: &str| server.said.iter().filter(|line| *line == what).count();
    assert_eq!(heard("ask two"), 0);
    assert!(heard("ask three") <= 1);
    assert_eq!(heard("ask four"), 1);
    feed_client::check_order(&player.finish());
}

#[test]
fn the_npm_client_comes_back_to_our_table_after_kill_stop_and_resume() {
    if !node_is_there() {
        return;
    }
    let port = free_port();
    let args = ["table", "--speed", "10", "--seed", "5"];
    let table = || LineReader::start(process::pianola().args(args).arg(format!("--port={port}")));
    let mut first = table();
    first.until(0, "http://");
    let mut client = LineReader::start(script("stay.mjs").arg(format!("http://127.0.0.1:{port}")));
    client.until(0, "connect");
    let seen = client.until(0, "update");

    first.kill();
    let gone = client.until(seen, "disconnect");
    let mut second = table();
    second.until(0, "http://");
    let back = client.until(gone, "connect");
    let snapshot = client.until(back, "snapshot");
    assert_eq!(snapshot, back + 1, "{:?}", &client.said[gone..]);

    // Stopped and resumed, the same connection goes on.
    client.until(snapshot, "update");
    process::signal(&second.child, "-STOP");
    let mut quiet = (client.said.len(), Instant::now());
    eventually("silence", SOON, || {
        client.read();
        if quiet.0 != client.said.len() {
            quiet = (client.said.len(), Instant::now());
        }
        quiet.1.elapsed() > millis(500)
    });
    process::signal(&second.child, "-CONT");
    client.until(quiet.0, "update");
    assert!(client.said[snapshot..].iter().all(|l| !l.starts_with('d')));
}

#[test]
fn a_client_that_is_stopped_or_killed_costs_our_table_nothing() {
    if !node_is_there() {
        return;
    }
    let table = Table::start(TableConfig {
        seed: Some(5),
        speed: Speed::Times(100.0),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let mut watcher = LineReader::start(script("stay.mjs").arg(table.url()));
    watcher.until(0, "update");
    let tasks = table.tasks();
    let mut client = LineReader::start(script("stay.mjs").arg(table.url()));
    client.until(0, "update");
    assert_eq!(table.clients(), 2);

    // It reads nothing: it is dropped when its queue is full, and the other one misses nothing.
    process::signal(&client.child, "-STOP");
    // On a busy machine the table is slower: the buffers of the connection and the queue fill later.
    let limit = Duration::from_mins(2);
    eventually("dropped for reading nothing", limit, || {
        table.clients() == 1
    });
    assert_eq!(table.overrun(), 1);
    let before = client.said.len();
    process::signal(&client.child, "-CONT");
    let gone = client.until(before, "disconnect");
    client.until(gone, "snapshot");
    assert_eq!(table.clients(), 2);
    client.kill();
    eventually("gone", SOON, || table.clients() == 1);
    eventually("its tasks", SOON, || table.tasks() == tasks);
    watcher.read();
    assert!(watcher.said.iter().all(|line| !line.starts_with('d')));
}
