//! A bundle: opened or refused, and what is opened can be played. Notes alone: read or refused, and written as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pianola::library::open_bundle;
use pianola::recording::SessionNotes;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(bundle) = open_bundle(bytes) {
        assert!(bundle.timeline.session().is_some());
        assert_eq!(bundle.games.len(), bundle.timeline.games().len());
    }
    if let Ok(notes) = SessionNotes::parse(bytes) {
        assert_eq!(notes.check(), Ok(()));
    }
});
