//! Damaged files and indexes in a folder.

use std::fs;

use pianola::game::EndReason;

use super::{DAY, expected_index, games, index, open, pianola, recorded};
use crate::support::files::overwrite;
use crate::support::made_games::{complete, facts, id};
use crate::support::process::stdout;

#[test]
fn a_damaged_index_is_rebuilt() {
    let folder = recorded();
    let path = folder.path().join(DAY).join("index.json");
    let good = fs::read(&path).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let first = games(folder.path())[0]
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let damages = [
        b"garbage".to_vec(),
        good[..good.len() / 2].to_vec(),
        Vec::new(),
        text.replace("\"date\": \"2025-12-15\"", "\"date\": \"2025-12-16\"")
            .into_bytes(),
        text.replace(&first, "20251215T000000_nowhere.game.json")
            .into_bytes(),
        text.replace("\"duration_ticks\": 5", "\"duration_ticks\": 6")
            .into_bytes(),
    ];
    for damage in damages {
        assert_ne!(damage, good);
        overwrite(&path, &damage);
        open(folder.path());
        assert_eq!(
            fs::read(&path).unwrap(),
            good,
            "after {}",
            String::from_utf8_lossy(&damage)
        );
    }
    fs::remove_file(&path).unwrap();
    let listed = pianola(&["library", "--out"], folder.path());
    assert_eq!(stdout(&listed).lines().count(), 4);
    assert!(!path.exists(), "looking changes nothing");
    let rebuilt = pianola(&["library", "--rebuild", "--out"], folder.path());
    assert!(rebuilt.status.success());
    assert_eq!(fs::read(&path).unwrap(), good);
}

#[test]
fn damaged_game_files_are_left_alone_listed_with_the_reason_and_counted() {
    let folder = recorded();
    let good = games(folder.path());
    let text = fs::read(&good[0]).unwrap();
    let newer = String::from_utf8(text.clone())
        .unwrap()
        .replace("\"format\": 1", "\"format\": 99");
    let damages: [(&str, &[u8]); 5] = [
        ("20251215T020000_empty", b""),
        ("20251215T020000_foreign", b"{\"hello\": \"world\"}"),
        ("20251215T020000_garbage", &[0xff; 100]),
        ("20251215T020000_newer", newer.as_bytes()),
        ("20251215T020000_torn", &text[..text.len() / 2]),
    ];
    let path = |name: &str| good[0].with_file_name(format!("{name}.game.json"));
    // Damaged after it was recorded, and its index entry is there.
    overwrite(&good[1], &text[..20]);
    open(folder.path());
    assert_eq!(index(folder.path()).games, expected_index(folder.path()));

    for (name, content) in damages {
        overwrite(&path(name), content);
    }
    let (mut recorder, _) = open(folder.path());
    let later = facts(&id("later"), "2025-12-15T09:00:00Z", 4);
    recorder.take(complete(&later, EndReason::Rug));
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    drop(recorder);
    for rebuild in [
        &["library", "--out"][..],
        &["library", "--rebuild", "--out"],
    ] {
        let listed = pianola(rebuild, folder.path());
        assert_eq!(listed.status.code(), Some(1));
        let text = stdout(&listed);
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("unreadable "))
                .count(),
            6,
            "{text}"
        );
        for (name, _) in damages {
            let line_start = format!("unreadable {} [", path(name).display());
            assert!(text.contains(&line_start), "{text}");
        }
        assert!(text.contains("format 99 is newer"), "{text}");
        assert!(text.contains("3 games in "), "{text}");
    }
    let verified = pianola(&["verify"], folder.path());
    assert_eq!(verified.status.code(), Some(1));
    assert!(
        stdout(&verified).ends_with("3 unverifiable, 6 unreadable\n"),
        "{}",
        stdout(&verified)
    );
    for (name, content) in damages {
        assert_eq!(fs::read(path(name)).unwrap(), content);
    }
    assert_eq!(index(folder.path()).games, expected_index(folder.path()));
}
