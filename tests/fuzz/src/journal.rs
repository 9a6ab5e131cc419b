//! The journal of a game or of a session, as a crash or a bad disk may leave it: the start after it neither panics nor
//! fails, and what it publishes can be read.
//!
//! The first byte says which journal it is and how it goes on: as it is, or as lines that get the checksum without which
//! nothing of them would be looked at.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pianola::recording::{GameFile, Origin, Recorder, SessionFile};

#[allow(dead_code)]
#[path = "../../support/sim_disk/mod.rs"]
mod sim_disk;

fn with_checksums(lines: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines.split(|byte| *byte == b'\n') {
        text.extend_from_slice(format!("{:08x} ", crc32fast::hash(line)).as_bytes());
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    let ending = if how & 1 == 0 { "journal" } else { "session" };
    let bytes = if how & 2 == 0 {
        bytes.to_vec()
    } else {
        with_checksums(bytes)
    };
    let root = Path::new("/recordings");
    let disk = sim_disk::SimDisk::new();
    disk.put(
        &root
            .join(".journal/20251215T011755_one-1")
            .with_extension(ending),
        &bytes,
    );
    let (mut recorder, _open) =
        Recorder::open(disk.clone(), root.to_owned(), Origin::Practice).unwrap();
    recorder.finish();
    for (path, text) in disk.files() {
        let name = path.to_string_lossy();
        let readable = if name.ends_with(".game.json") {
            GameFile::parse(&text).map(drop)
        } else if name.ends_with("_session.json") {
            SessionFile::parse(&text).map(drop)
        } else {
            Ok(())
        };
        assert_eq!(readable, Ok(()), "{name}");
    }
});
