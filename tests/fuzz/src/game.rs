//! A game file, ours or the Python original's: read or refused; what is read is written as it was read, and judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pianola::library::PythonRecording;
use pianola::recording::GameFile;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = GameFile::parse(bytes) {
        let text = file.to_text().unwrap();
        // Times are cut to milliseconds: what is written is what stays as it is.
        let again = GameFile::parse(&text).unwrap();
        assert_eq!(again.to_text().unwrap(), text);
        let game = file.into_game();
        assert!(!game.complete() || game.prices.missing() == 0);
    }
    if let Ok(original) = PythonRecording::parse(bytes) {
        original.faults();
    }
});
