//! Damaged and hostile bundles: every damage is found, and no archive does harm.

use std::time::{Duration, Instant};

use pianola::library::{OpenedBundle, open_bundle};
use serde_json::{Value, json};

use crate::bundle::{shared, with_notes};
use crate::support::random::Random;
use crate::support::recorded_session::RecordedSession;
use crate::support::zip_archive::{ZipEntry, unzip, zip};

/// Returns the archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entry = |(name, content): &(&str, &[u8])| ZipEntry::new(name, content);
    zip(&files.iter().map(entry).collect::<Vec<_>>())
}

#[test]
fn every_flipped_byte_is_found_or_harmless() {
    let recorded = with_notes();
    let bundle = shared(&recorded, false).bytes;
    let whole = open_bundle(&bundle).unwrap();
    let (mut found, mut flips) = (0, 0);
    for place in 0..bundle.len() {
        for flip in [0x01, 0x80] {
            let mut bytes = bundle.clone();
            bytes[place] ^= flip;
            match open_bundle(&bytes) {
                Err(why) => {
                    assert!(!why.is_empty());
                    found += 1;
                }
                // Another way to compress the same content.
                Ok(opened) => assert!(opened == whole, "byte {place}: something else is shown"),
            }
            flips += 1;
        }
    }
    eprintln!("{} bytes: {found} of {flips} flips found", bundle.len());
    assert!(found * 100 > flips * 99, "{found} of {flips}");
}

/// Checks that what is wrong with a bundle is named: as a fault of it, or as the reason why it is refused.
fn assert_found(opened: Result<OpenedBundle, String>, expected: Result<&str, &str>) {
    let found = opened.map(|opened| opened.faults.join("\n"));
    let is_named = match (&found, expected) {
        (Ok(found), Ok(text)) | (Err(found), Err(text)) => found.contains(text),
        _ => false,
    };
    assert!(is_named, "{expected:?}: {found:?}");
}

#[test]
fn what_does_not_hold_is_said() {
    let recorded = with_notes();
    let bundle = shared(&recorded, false).bytes;
    let whole = open_bundle(&bundle).unwrap();
    let changed = |change: &dyn Fn(&str, &mut Vec<u8>)| {
        let mut files = unzip(&bundle);
        for (name, content) in &mut files {
            change(name, content);
        }
        let files: Vec<_> = files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
            .collect();
        open_bundle(&archive(&files))
    };
    // Packed again it is the same.
    assert_eq!(changed(&|_, _| {}).unwrap(), whole);
    let edit = |content: &mut Vec<u8>, edit: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_slice(content).unwrap();
        edit(&mut value);
        *content = serde_json::to_vec(&value).unwrap();
    };
    let of_session = |name: &str| name.ends_with("_session.json");
    assert_found(
        changed(&|name, content| {
            if of_session(name) {
                edit(content, &|session| {
                    session["actions"][0]["balance_after"] = json!("7");
                });
            }
        }),
        Ok("the replay finds "),
    );
    assert_found(
        changed(&|name, content| {
            if name.starts_with("games/") {
                edit(content, &|game| game["prices"][3] = json!("1.5"));
            }
        }),
        Ok("was changed after the bundle was made"),
    );
    assert_found(
        changed(&|name, content| {
            if name.starts_with("games/") {
                edit(content, &|game| game["meta"]["server_seed"] = json!("00"));
            }
        }),
        Ok("contradicts its seed"),
    );
    assert_found(
        changed(&|name, content| {
            if of_session(name) {
                content.clear();
            }
        }),
        Err("damaged"),
    );
    assert_found(
        changed(&|name, content| {
            if name == "manifest.json" {
                edit(content, &|manifest| manifest["format"] = json!(2));
            }
        }),
        Err("newer than this program"),
    );
    assert_found(
        changed(&|name, content| {
            if name == "manifest.json" {
                edit(content, &|manifest| {
                    drop(manifest["files"].as_array_mut().unwrap().pop());
                });
            }
        }),
        Err("its manifest lists"),
    );
}

/// Checks that nothing of an archive is shown, and that it takes neither time nor memory.
fn assert_refused(name: &str, bytes: &[u8]) -> String {
    let start = Instant::now();
    let why = open_bundle(bytes).expect_err(name);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{name} took {:?}",
        start.elapsed()
    );
    assert!(!why.is_empty() && why.len() < 1_000, "{name}: {why}");
    why
}

#[test]
#[expect(clippy::too_many_lines, reason = "one archive after the other")]
fn hostile_archives_are_refused() {
    let recorded = RecordedSession::new();
    let bundle = shared(&recorded, false).bytes;
    let files = unzip(&bundle);
    let with = |name: &str, content: &[u8]| {
        let mut all: Vec<_> = files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
            .collect();
        all.push((name, content));
        archive(&all)
    };
    for name in [
        "../evil",
        "/etc/passwd",
        "games/../../evil",
        "C:\\evil",
        "a/b/c",
        "games/",
        ".hidden",
        "games/.x.game.json",
        "games/\u{202e}x.game.json",
        "x",
        "manifest.json/x",
        &"x".repeat(300),
    ] {
        assert_refused(name, &with(name, b"x"));
    }
    // A bomb: 300 MB of zeros in 300 kB.
    let zeros = vec![0; 100 << 20];
    let why = assert_refused(
        "bomb",
        &archive(&[
            ("manifest.json", &zeros[..60 << 20]),
            ("a", &zeros[..60 << 20]),
            ("b", &zeros[..60 << 20]),
        ]),
    );
    assert!(why.contains("too long"), "{why}");
    assert_refused("one long file", &archive(&[("manifest.json", &zeros)]));
    drop(zeros);
    let entry = |name: &str| ZipEntry::new(name, b"{}");
    let link = ZipEntry {
        rights: 0o120_777,
        ..entry("manifest.json")
    };
    let why = assert_refused("link", &zip(&[link]));
    assert!(why.contains("headers"), "{why}");
    let why = assert_refused(
        "twice",
        &zip(&[entry("manifest.json"), entry("manifest.json")]),
    );
    assert!(why.contains("no file of a bundle"), "{why}");
    assert_refused(
        "encrypted",
        &zip(&[ZipEntry {
            flags: 1,
            ..entry("manifest.json")
        }]),
    );
    assert_refused(
        "lengths after the file",
        &zip(&[ZipEntry {
            flags: 8,
            ..entry("manifest.json")
        }]),
    );
    for stated in [0, 1, 3, 1 << 20, u32::MAX] {
        assert_refused(
            "length",
            &zip(&[ZipEntry {
                stated: Some(stated),
                ..entry("manifest.json")
            }]),
        );
    }
    assert_refused(
        "no text",
        &zip(&[ZipEntry {
            name: vec![0xff, 0xfe],
            ..entry("")
        }]),
    );
    // A million files: what the end states counts before anything is read.
    let end = bundle.len() - 22;
    let mut many = bundle.clone();
    many[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    let why = assert_refused("65,535 files", &many);
    assert!(why.contains("65535 files"), "{why}");
    let mut long = bundle[..end].to_vec();
    long.extend(b"PK\x06\x07".iter().chain(&[0; 16]));
    long.extend(&bundle[end..]);
    assert_refused("zip64", &long);
    let million: Vec<_> = (0..70_000)
        .map(|number| entry(&number.to_string()))
        .collect();
    assert_refused("70,000 files", &zip(&million));
    let three: Vec<_> = (0..3).map(|number| entry(&format!("f{number}"))).collect();
    assert_refused("no manifest", &zip(&three));
    // Two entries of the directory lead to the same bytes.
    let mut overlap = zip(&[entry("f0"), entry("f1")]);
    let second = overlap.windows(2).rposition(|part| part == b"f1").unwrap();
    overlap[second - 4..second].fill(0);
    assert_refused("overlap", &overlap);
    // A comment, another archive's bytes before it, and after it; and every beginning of it.
    let mut comment = bundle.clone();
    let last = comment.len();
    comment[last - 2] = 3;
    comment.extend(b"abc");
    assert_refused("comment", &comment);
    assert_refused("before", &[b"PK\x03\x04junk", &bundle[..]].concat());
    assert_refused("after", &[&bundle[..], b"x"].concat());
    for length in (0..bundle.len()).step_by(97) {
        assert_refused("cut", &bundle[..length]);
    }
    for (name, content) in [
        ("empty", &b""[..]),
        ("no archive", b"{}"),
        ("signature", b"PK\x03\x04"),
    ] {
        assert_refused(name, content);
    }
}

/// Changes an archive at random: bytes, parts, lengths.
fn mutate(bundle: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bundle.to_vec();
    let below = |random: &mut Random, limit: usize| {
        usize::try_from(random.below(limit.max(1) as u64)).unwrap()
    };
    for _ in 0..=random.below(4) {
        let place = below(random, bytes.len());
        match random.below(7) {
            0 | 1 => bytes[place] = u8::try_from(random.below(256)).unwrap(),
            2 => bytes[place] ^= 1 << random.below(8),
            3 => bytes.truncate(place.max(1)),
            4 => {
                // A header's number becomes an extreme one.
                let signatures = [&b"PK\x01\x02"[..], b"PK\x03\x04", b"PK\x05\x06"];
                let wanted = signatures[below(random, 3)];
                let places: Vec<_> = (0..bytes.len().saturating_sub(46))
                    .filter(|at| bytes[*at..].starts_with(wanted))
                    .collect();
                if let Some(at) = places.get(below(random, places.len())) {
                    let field = at + 4 + below(random, 38);
                    let value = [0, 0xff, 0x7f][below(random, 3)];
                    let end = (field + [1, 2, 4][below(random, 3)]).min(bytes.len());
                    bytes[field..end].fill(value);
                }
            }
            5 => {
                let length = below(random, 64).min(bytes.len() - place);
                let part = bytes[place..place + length].to_vec();
                let to = below(random, bytes.len());
                bytes.splice(to..to, part);
            }
            _ => {
                let end = (place + below(random, 64)).min(bytes.len());
                bytes.drain(place..end);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Opens changed bundles for `PIANOLA_FUZZ_SECONDS`, or some hundred of them.
#[test]
fn changed_bundles_never_panic_and_show_what_was_shared_or_say_what_does_not_hold() {
    let recorded = with_notes();
    let bundle = shared(&recorded, false).bytes;
    let whole = open_bundle(&bundle).unwrap();
    let seconds = std::env::var("PIANOLA_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let mut random = Random::by_time("changed bundles");
    let start = Instant::now();
    let (mut tried, mut opened) = (0_u64, 0_u64);
    loop {
        let is_over = match seconds {
            Some(seconds) => start.elapsed() >= Duration::from_secs(seconds),
            None => tried >= 400,
        };
        if is_over {
            break;
        }
        tried += 1;
        if let Ok(found) = open_bundle(&mutate(&bundle, &mut random)) {
            opened += 1;
            assert!(found == whole || !found.changed.is_empty());
        }
    }
    eprintln!("{tried} changed bundles, {opened} opened");
}
