//! The settings file: whatever is in it, the settings that come of it are written and read as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pianola::settings::Settings;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(parsed) = Settings::parse(bytes) {
        let text = parsed.settings.to_text();
        let again = Settings::parse(text.as_bytes()).ok().unwrap();
        assert_eq!(again.settings, parsed.settings);
    }
});
