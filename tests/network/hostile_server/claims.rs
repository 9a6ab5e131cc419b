//! A server that claims to be a practice table.

use pianola::account::ActionSource;
use pianola::disk::RealDisk;
use pianola::engine::{Command, Credential, Engine, PlayerMode, Setup};
use pianola::feed::{Address, FeedConfig};
use pianola::protocol::Pace;
use pianola::protocol::pace::{STEP_EVENT, TABLE_EVENT};
use pianola::recording::{GameFile, Origin, Recorder};
use pianola::trading::Order;
use rust_decimal::Decimal;
use serde_json::json;

use crate::support::bad_server::BadServer;
use crate::support::files::game_files;
use crate::support::process;

/// An event that only a practice table sends changes the speed in the recordings of a server. It brings the server no
/// login, no order and no answer.
#[test]
fn a_server_that_claims_to_be_a_practice_table_gets_nothing_for_it() {
    let server = BadServer::welcoming(|mut socket| {
        let table = json!({
            "pianola": "99.0.0", "orders": true, "paced": true, "speed": 20, "seeded": false,
        });
        for claim in [
            json!([TABLE_EVENT, table]),
            json!([STEP_EVENT, 1]),
            json!([TABLE_EVENT]),
            json!([TABLE_EVENT, { "pianola": 7 }]),
            json!([TABLE_EVENT, "a table", table]),
            json!([TABLE_EVENT, { "pianola": "1", "speed": -1 }]),
            json!([TABLE_EVENT, { "pianola": "1", "speed": "1e999" }]),
            json!([TABLE_EVENT, table]),
            json!(["gameStateUpdate", {
                "gameId": "20261129-0123456789abcdef", "active": true, "rugged": false, "tickCount": 0, "price": 1,
            }]),
        ] {
            if socket.event(&claim.to_string()).is_none() {
                return;
            }
        }
        socket.listen();
    });
    let folder = tempfile::tempdir().unwrap();
    let (recorder, open) = Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    let setup = Setup {
        player: Some(PlayerMode::AtTable(Credential::fresh().unwrap())),
        ..Setup::watching(FeedConfig {
            pace: Some(Pace::Free),
            ..FeedConfig::new(server.address())
        })
    };
    let engine = Engine::start(setup, recorder, open).unwrap();
    process::until("the game", || engine.view().borrow().tick.map(|_| ()));
    let press = Command::Press {
        order: Order::Buy {
            amount: Decimal::new(1, 2),
        },
        source: ActionSource::Key,
        seen: None,
    };
    engine.commands().try_send(press).unwrap();
    // Before a login the program asks over HTTP whether the server is a table.
    process::until("the question", || (server.connections() > 1).then_some(()));
    engine.stop();
    let sent = server.received_by_all();
    assert!(sent.iter().all(|text| !text.starts_with("42")), "{sent:?}");
    let files = game_files(folder.path());
    let file = GameFile::parse(&std::fs::read(&files[0]).unwrap()).unwrap();
    // A server on this computer may announce its speed.
    assert_eq!(file.meta.speed, Some(Decimal::from(20)));
}

#[test]
fn no_server_on_another_computer_and_no_page_is_asked_to_be_a_practice_table() {
    let asked = |config: FeedConfig| {
        let pace = Some(Pace::Step);
        FeedConfig { pace, ..config }.table_pace()
    };
    let at = |url: &str| FeedConfig::new(Address::parse(url).unwrap());
    assert_eq!(asked(at("http://127.0.0.1:1")), Some(Pace::Step));
    assert_eq!(asked(at("https://backend.rugs.fun")), None);
    assert_eq!(asked(at("https://127.0.0.1.evil.example")), None);
    let browser = FeedConfig::browser("127.0.0.1:9222".parse().unwrap());
    assert_eq!(asked(browser), None);
}
