//! `pianola import` killed a hundred times, and on a full disk: every file is whole at any time, and the next import makes
//! what an import makes that was not killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pianola::recording::{DayIndex, GameFile};

use crate::support::capture_text::capture;
use crate::support::files::{all_below, game_files, overwrite};
use crate::support::process::{Program, pianola, stderr, until};
use crate::support::random::Random;

const KILLS: usize = 100;
const GAMES: usize = 4;

/// Returns the files that a reader sees, by their paths.
fn visible(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = all_below(out).into_iter().filter(|path| path.is_file());
    let named = files.map(|path| {
        let name = path.strip_prefix(out).unwrap().to_owned();
        (name, fs::read(&path).unwrap())
    });
    named
        .filter(|(name, _)| !name.starts_with(".journal"))
        .collect()
}

/// Every file of a reader is whole.
fn assert_whole(out: &Path) {
    for path in game_files(out) {
        let read = GameFile::parse(&fs::read(&path).unwrap());
        assert!(read.is_ok(), "{}: {read:?}", path.display());
    }
    for day in fs::read_dir(out).into_iter().flatten() {
        let index = day.unwrap().path().join("index.json");
        if let Ok(text) = fs::read(&index) {
            assert!(DayIndex::parse(&text).is_ok(), "{}", index.display());
        }
    }
}

fn import(capture: &Path, out: &Path) -> Command {
    let mut import = pianola();
    import.arg("import").arg(capture).arg("--out").arg(out);
    import
}

#[test]
fn killed_a_hundred_times_every_file_is_whole_and_the_next_import_makes_what_a_fresh_one_makes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.jsonl");
    overwrite(&path, capture(11, GAMES).as_bytes());
    let (fresh, out) = (folder.path().join("fresh"), folder.path().join("out"));
    // How long a whole import takes here, so that the kills come all over it.
    let began = Instant::now();
    let output = import(&path, &fresh).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let whole = u64::try_from(began.elapsed().as_micros())
        .unwrap()
        .max(1_000);
    let expected = visible(&fresh);
    assert!(game_files(&fresh).len() >= GAMES);
    let mut random = Random::by_time("kills of an import");
    let (mut ended, mut killed) = (0, 0);
    while killed < KILLS {
        let mut program = import(&path, &out);
        program.stdout(Stdio::null()).stderr(Stdio::null());
        let mut program = Program(program.spawn().unwrap());
        let end = Instant::now() + Duration::from_micros(random.below(whole));
        until("the kill", || {
            let is_over = program.0.try_wait().unwrap().is_some();
            (is_over || Instant::now() >= end).then_some(())
        });
        if program.0.try_wait().unwrap().is_some() {
            ended += 1;
            assert!(ended < 10 * KILLS, "the imports end before they are killed");
            assert_eq!(visible(&out), expected);
        } else {
            program.0.kill().unwrap();
            program.0.wait().unwrap();
            killed += 1;
        }
        assert_whole(&out);
        // Now and then from the beginning.
        if killed % 9 == 5 && out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
    }
    let output = import(&path, &out).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(visible(&out), expected);
}

/// Fills the disk but for some kilobytes, imports, makes room, and imports again.
#[cfg(target_os = "linux")]
const FULL_DISK: &str = r#"
for free in 0 8 32 96; do
  cat /dev/zero > "$0/other" 2>/dev/null
  truncate -s -"${free}k" "$0/other"
  "$@"; echo "full $?"
  rm "$0/other"
done
"$@"; echo "room $?"
cp -r "$0/out" "$0.copy"
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_once_there_is_room_the_same_import_completes_the_recordings() {
    use crate::support::process::stdout;

    let folder = tempfile::tempdir().unwrap();
    let (path, disk) = (
        folder.path().join("capture.jsonl"),
        folder.path().join("disk"),
    );
    overwrite(&path, capture(11, GAMES).as_bytes());
    let Some(mut command) = crate::support::mounted::mounted("size=1m", FULL_DISK, &disk) else {
        return;
    };
    let program = pianola();
    command.arg(program.get_program()).arg("import").arg(&path);
    command.arg("--out").arg(disk.join("out"));
    let output = command.output().unwrap();
    let (text, log) = (stdout(&output), stderr(&output));
    let ends: Vec<_> = text.lines().filter(|line| line.len() < 8).collect();
    assert_eq!(ends[0], "full 1", "{log}");
    assert_eq!(ends.last(), Some(&"room 0"), "{text} {log}");
    assert!(log.contains("make room on the disk"), "{log}");
    assert!(log.contains("then import again"), "{log}");
    let fresh = folder.path().join("fresh");
    assert!(import(&path, &fresh).output().unwrap().status.success());
    assert_eq!(visible(&folder.path().join("disk.copy")), visible(&fresh));
}
