//! A session file: read or refused; what is read is written as it was read, checked and filmed, each of its games having
//! the prices of one known game.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pianola::protocol::GameId;
use pianola::recording::{GameFile, SessionFile};
use pianola::replay::{Timeline, check};

static GAME: LazyLock<GameFile> =
    LazyLock::new(|| GameFile::parse(include_bytes!("../../fixtures/example.game.json")).unwrap());

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = SessionFile::parse(bytes) {
        let text = file.to_text().unwrap();
        // Times are cut to milliseconds: what is written is what stays as it is.
        let again = SessionFile::parse(&text).unwrap();
        assert_eq!(again.to_text().unwrap(), text);
        let mut find = |id: &GameId| {
            let mut game = GAME.clone();
            game.meta.game_id = id.clone();
            Ok(game)
        };
        check(&file, &mut find);
        if let Some(timeline) = Timeline::of_session(file, &mut find, []) {
            for place in 0..timeline.positions() {
                timeline.at(timeline.position(place));
            }
        }
    }
});
