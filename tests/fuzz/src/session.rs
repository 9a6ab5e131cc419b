//! A session file: read or refused; what is read is written as it was read, checked and filmed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pianola::recording::SessionFile;
use pianola::replay::{Film, check};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = SessionFile::parse(bytes) {
        let text = file.to_text().unwrap();
        assert_eq!(SessionFile::parse(&text).unwrap(), file);
        let mut none = |id: &pianola::protocol::GameId| Err(format!("no file of {id}"));
        check(&file, &mut none);
        Film::of_session(&file, &mut none);
    }
});
