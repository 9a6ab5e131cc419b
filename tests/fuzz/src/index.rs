//! The index of a day: read or refused; what is read is written as it was read, and listed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pianola::recording::DayIndex;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = DayIndex::parse(bytes) {
        let text = index.to_text().unwrap();
        // Times are cut to milliseconds: what is written is what stays as it is.
        let again = DayIndex::parse(&text).unwrap();
        assert_eq!(again.to_text().unwrap(), text);
        let mut again = DayIndex::empty(&index.date);
        for game in &index.games {
            again.put(game.clone());
        }
        for session in &index.sessions {
            again.put_session(session.clone());
        }
        again.to_text().unwrap();
    }
});
