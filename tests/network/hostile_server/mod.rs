//! A hostile server: true games with malformed messages in between. The run goes on, and the true games are recorded.

mod claims;
mod clocks;
mod servers;

use std::sync::Mutex;
use std::time::Duration;

use pianola::disk::RealDisk;
use pianola::engine::{Engine, Setup, View};
use pianola::feed::FeedConfig;
use pianola::recording::{GameFile, Origin, Recorder};
use pianola::table::{FaultyStream, GameStream, Message, StepKind};

use crate::support::bad_server::{BadServer, Socket};
use crate::support::files::game_files;
use crate::support::process;
use crate::support::table_updates::{self, truth};

const SEED: u64 = 21;
const GAMES: usize = 2;

/// Says one step of the true stream; `None` when the other side is gone.
fn say(socket: &mut Socket, messages: &[Message]) -> Option<()> {
    for message in messages {
        let mut frame = vec![serde_json::Value::String(message.event.clone())];
        frame.extend(message.args.iter().cloned());
        socket.event(&serde_json::to_string(&frame).unwrap())?;
    }
    Some(())
}

/// Records a server that sends two true games and calls `harm` before each of their steps. Returns the
/// folder, the last view, and the server's own record of what we sent.
fn record(
    harm: impl Fn(&mut Socket, StepKind, &str) -> Option<()> + Send + Sync + 'static,
) -> (tempfile::TempDir, View, Vec<String>) {
    let stream = Mutex::new(FaultyStream::new(GameStream::seeded(SEED), &[]));
    let server = BadServer::welcoming(move |mut socket| {
        let mut stream = stream.lock().unwrap();
        let mut id = String::new();
        let mut play_games = || {
            say(&mut socket, &stream.greeting())?;
            let mut genesis = 0;
            while genesis <= GAMES {
                let step = stream.next_step();
                let update = step.messages.iter().find(|m| m.event == "gameStateUpdate");
                if let Some(update) = update {
                    update.args[0]["gameId"]
                        .as_str()
                        .unwrap()
                        .clone_into(&mut id);
                }
                harm(&mut socket, step.kind, &id)?;
                say(&mut socket, &step.messages)?;
                genesis += usize::from(step.kind == StepKind::Genesis);
            }
            Some(())
        };
        if play_games().is_some() {
            drop(stream);
            socket.listen();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let (recorder, open) = Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    let mut config = FeedConfig::new(server.address());
    config.limits.backoff_first = Duration::from_millis(20);
    config.limits.backoff_max = Duration::from_millis(50);
    let engine = Engine::start(Setup::watching(config), recorder, open).unwrap();
    let view = engine.view();
    let truth = truth(&table_updates::updates(SEED, GAMES, &[]));
    let whole = |path: &std::path::PathBuf| {
        let file = GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
        truth.contains_key(file.meta.game_id.as_str()) && file.meta.server_seed.is_some()
    };
    process::until("the true games", || {
        let files = game_files(folder.path());
        (files.iter().filter(|path| whole(path)).count() >= GAMES).then_some(())
    });
    assert!(view.borrow().recorder.trouble.is_none());
    let last = engine.stop();
    let sent = server.received_by_all();
    (folder, last, sent)
}

/// A server that sends, as fast as it can, another game with each message.
fn inventive(games: u32) -> BadServer {
    let next = std::sync::atomic::AtomicU32::new(0);
    BadServer::welcoming(move |mut socket| {
        loop {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            if number >= games {
                break;
            }
            let update = serde_json::json!(["gameStateUpdate", {
                "gameId": format!("20261129-{number:016x}"), "active": true, "rugged": false, "tickCount": 0, "price": 1,
            }]);
            if socket.event(&update.to_string()).is_none() {
                return;
            }
        }
        socket.event(r#"["theLastOne",{}]"#);
        socket.listen();
    })
}
