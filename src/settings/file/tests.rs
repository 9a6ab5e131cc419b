use std::io::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::settings::{Saver, ThemeChoice};

/// Saves settings as a window does that has just loaded the file.
fn save_over(path: &Path, settings: &Settings) -> Option<String> {
    let mut saver = Saver::start(path.to_owned(), &load(path).settings).expect("a thread");
    save_with(&mut saver, settings)
}

/// Saves settings and returns what is said of it.
fn save_with(saver: &mut Saver, settings: &Settings) -> Option<String> {
    saver.save(settings);
    let start = Instant::now();
    while saver.is_saving() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::yield_now();
    }
    let trouble = saver.new_trouble();
    assert_eq!(trouble, saver.trouble());
    assert_eq!(saver.new_trouble(), None, "once");
    trouble
}

fn light() -> Settings {
    Settings {
        look: ThemeChoice::Light,
        ..Settings::default()
    }
}

/// Returns the names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed");
    let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().expect("text"))
        .collect();
    names.sort();
    names
}

fn put(path: &Path, text: &[u8]) {
    let mut file = File::create(path).expect("a file");
    file.write_all(text).expect("written");
}

#[test]
fn what_was_set_is_there_the_next_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pianola").join("settings.json");
    assert_eq!(load(&path), LoadedSettings::default());
    let saver = Saver::start(path.clone(), &Settings::default()).expect("a thread");
    for scale in [1.0, 1.5, 2.0] {
        let settings = Settings {
            look: ThemeChoice::Light,
            scale,
            ..Settings::default()
        };
        saver.save(&settings);
    }
    drop(saver);
    let loaded = load(&path);
    assert_eq!(loaded.notice, None);
    assert_eq!(loaded.settings.look, ThemeChoice::Light);
    assert!((loaded.settings.scale - 2.0).abs() < f32::EPSILON);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let names = fs::read_dir(path.parent().expect("a folder"));
    assert_eq!(names.expect("listed").count(), 1, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_settings_whatever_was_there_before() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let open_to_all = |path: &Path, text: &[u8]| {
        put(path, text);
        let all = fs::Permissions::from_mode(0o644);
        fs::set_permissions(path, all).expect("set");
    };
    let mode = |path: &Path| {
        let found = fs::metadata(path).expect("there");
        found.permissions().mode() & 0o777
    };
    open_to_all(&path, b"{}");
    load(&path);
    assert_eq!(mode(&path), 0o600, "as soon as it is read");
    open_to_all(&path, b"{}");
    save_over(&path, &light());
    assert_eq!(mode(&path), 0o600, "as soon as it is written");
    open_to_all(&path, b"{ damaged");
    load(&path);
    for name in ["settings.json", "settings-damaged.json"] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_broken_file_is_kept_aside_under_a_fresh_name_and_the_limits_are_at_their_strictest() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let broken: [&[u8]; 5] = [b"{ \"theme\": \"li", b"", b"[]", b"\xff\xfe{\0}\0", b"null"];
    for (number, text) in broken.into_iter().enumerate() {
        put(&path, text);
        let loaded = load(&path);
        assert_eq!(loaded.settings, Settings::of_unreadable_file());
        let aside = match number {
            0 => "settings-damaged.json".to_owned(),
            number => format!("settings-damaged-{}.json", number + 1),
        };
        let notice = loaded.notice.expect("a notice");
        assert!(notice.contains(&format!("{aside}.")), "{notice}");
        assert!(notice.contains("limits are at their strictest"), "{notice}");
        let kept = fs::read(folder.path().join(&aside)).expect("kept");
        assert_eq!(kept, text, "{aside}");
        // Said once; but no guard is off the next time.
        let again = load(&path);
        assert_eq!(again.notice, None);
        assert_eq!(again.settings, loaded.settings);
    }
    assert_eq!(names(folder.path()).len(), 1 + broken.len());
}

#[test]
fn a_file_of_other_programs_is_read_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    put(&path, "\u{feff}{ \"theme\": \"light\" }".as_bytes());
    let loaded = load(&path);
    assert_eq!(
        (loaded.settings.look, loaded.notice),
        (ThemeChoice::Light, None)
    );
    assert_eq!(names(folder.path()), ["settings.json"]);
    let mut text = b"{ \"theme\": \"light\", \"x\": \"".to_vec();
    text.resize(usize::try_from(MAX_BYTES).expect("fits") + 1, b'x');
    put(&path, &text);
    let loaded = load(&path);
    let notice = loaded.notice.expect("a notice");
    assert!(notice.contains("more than 1 MiB"), "{notice}");
    let kept = fs::metadata(folder.path().join("settings-damaged.json")).expect("kept");
    assert_eq!(kept.len(), text.len() as u64, "whole");
}

#[test]
fn a_file_that_became_unreadable_while_the_window_was_open_is_kept_aside_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let mut saver = Saver::start(path.clone(), &Settings::default()).expect("a thread");
    assert_eq!(save_with(&mut saver, &light()), None);
    put(&path, b"{ \"theme\": oops }");
    let said = save_with(&mut saver, &Settings::default()).expect("said");
    assert!(said.contains("settings-damaged.json"), "{said}");
    let kept = fs::read(folder.path().join("settings-damaged.json")).expect("kept");
    assert_eq!(kept, b"{ \"theme\": oops }");
    assert_eq!(
        load(&path),
        LoadedSettings::default(),
        "and what was set is saved"
    );
}

#[test]
fn two_windows_keep_what_the_other_one_has_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let mut both = [(); 2].map(|()| {
        let settings = load(&path).settings;
        (
            Saver::start(path.clone(), &settings).expect("a thread"),
            settings,
        )
    });
    both[0].1.limits.risk.max_loss_a_day = Some(rust_decimal::Decimal::ONE);
    both[1].1.candles = true;
    for _ in 0..3 {
        for (saver, settings) in &mut both {
            settings.welcome = !settings.welcome;
            assert_eq!(save_with(saver, settings), None);
        }
    }
    let loaded = load(&path);
    assert_eq!(loaded.notice, None);
    let risk = loaded.settings.limits.risk;
    assert_eq!(risk.max_loss_a_day, Some(rust_decimal::Decimal::ONE));
    assert!(loaded.settings.candles);
    assert_eq!(names(folder.path()), ["settings.json"]);
}

#[test]
fn two_windows_that_save_at_once_leave_a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    std::thread::scope(|scope| {
        for url in ["a", "b"] {
            let path = &path;
            scope.spawn(move || {
                let mut before = Settings::default().to_fields();
                for length in 0..50 {
                    let settings = Settings {
                        url: url.repeat(length),
                        ..Settings::default()
                    };
                    let after = settings.to_fields();
                    assert!(matches!(save(path, &before, &after), Ok(None)));
                    before = after;
                }
            });
        }
        for _ in 0..50 {
            assert_eq!(load(&path).notice, None);
        }
    });
    assert_eq!(load(&path).settings.url.len(), 49);
    assert_eq!(names(folder.path()), ["settings.json"]);
}

#[test]
fn a_wrong_field_is_said_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    put(&path, br#"{ "theme": "light", "scale": [] }"#);
    let loaded = load(&path);
    assert_eq!(loaded.settings.look, ThemeChoice::Light);
    let notice = loaded.notice.expect("a notice");
    assert!(
        notice.ends_with("scale is [] (used: the default)."),
        "{notice}"
    );
    // It stays in the file until that field is set.
    let settings = Settings {
        candles: true,
        ..loaded.settings
    };
    assert_eq!(save_over(&path, &settings), None);
    assert!(load(&path).notice.is_some());
}

#[test]
fn a_folder_that_takes_nothing_is_told_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a file");
    put(&file, b"");
    let path = file.join("settings.json");
    let loaded = load(&path);
    assert_eq!(loaded.settings, Settings::of_unreadable_file());
    let notice = loaded.notice.expect("a notice");
    assert!(notice.contains("stays as it is"), "{notice}");
    let mut saver = Saver::start(path, &loaded.settings).expect("a thread");
    for settings in [light(), Settings::default()] {
        let said = save_with(&mut saver, &settings).expect("said");
        assert!(said.starts_with("Settings not saved to "), "{said}");
        assert!(said.contains("cannot be read"), "{said}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        let found = fs::metadata(path).expect("there");
        found.permissions().mode() & 0o777
    }

    #[test]
    fn a_link_is_followed_and_its_target_keeps_its_rights() {
        let folder = tempfile::tempdir().expect("a folder");
        let dotfiles = folder.path().join("dotfiles");
        fs::create_dir(&dotfiles).expect("made");
        let target = dotfiles.join("pianola.json");
        let path = folder.path().join("settings.json");
        let between = folder.path().join("between.json");
        symlink("dotfiles/pianola.json", &between).expect("linked");
        symlink("between.json", &path).expect("linked");
        put(&target, br#"{ "candles": true, "x": 1 }"#);
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).expect("set");
        let loaded = load(&path);
        assert!(loaded.settings.candles);
        assert_eq!(mode(&target), 0o644, "as it was");
        let settings = Settings {
            look: ThemeChoice::Light,
            ..loaded.settings
        };
        assert_eq!(save_over(&path, &settings), None);
        assert!(path.is_symlink() && between.is_symlink() && !target.is_symlink());
        assert_eq!(mode(&target), 0o644, "as it was");
        assert_eq!(load(&path).settings, settings);
        assert_eq!(names(&dotfiles), ["pianola.json"]);
        // A damaged one is kept beside it; the links stay.
        put(&target, b"{");
        let notice = load(&path).notice.expect("a notice");
        assert!(notice.contains("dotfiles"), "{notice}");
        assert_eq!(
            fs::read(dotfiles.join("settings-damaged.json")).expect("kept"),
            b"{"
        );
        assert!(path.is_symlink() && between.is_symlink());
        assert_eq!(mode(&target), 0o644);
        assert_eq!(load(&path).settings, Settings::of_unreadable_file());
    }

    #[test]
    fn a_link_to_nothing_a_device_or_itself_is_no_settings_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        let to = folder.path().join("later.json");
        symlink(&to, &path).expect("linked");
        let loaded = load(&path);
        assert!(loaded.notice.expect("a notice").contains("does not exist"));
        assert_eq!(loaded.settings, Settings::of_unreadable_file());
        assert!(path.is_symlink());
        assert_eq!(
            load(&path).settings,
            loaded.settings,
            "no guard is off the next time"
        );
        for to in [
            "/dev/null",
            "/dev/zero",
            "settings.json",
            ".",
            "/nowhere/settings.json",
        ] {
            fs::remove_file(&path).expect("removed");
            symlink(to, &path).expect("linked");
            let loaded = load(&path);
            assert_eq!(loaded.settings, Settings::of_unreadable_file(), "{to}");
            let said = save_over(&path, &light()).expect("said");
            assert!(said.contains("not saved"), "{said}");
            assert_eq!(fs::read_link(&path).expect("still a link"), Path::new(to));
        }
        assert_eq!(names(folder.path()), ["later.json", "settings.json"]);
    }

    #[test]
    fn a_folder_and_a_pipe_are_kept_aside_and_hang_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        fs::create_dir(&path).expect("made");
        put(&path.join("inside"), b"x");
        let notice = load(&path).notice.expect("a notice");
        assert!(notice.contains("settings-damaged.json"), "{notice}");
        assert!(folder.path().join("settings-damaged.json/inside").exists());
        fs::remove_file(&path).expect("removed");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        assert_eq!(read_only(&path), Settings::of_unreadable_file());
        let notice = load(&path).notice.expect("a notice");
        assert!(notice.contains("settings-damaged-2.json"), "{notice}");
        assert_eq!(load(&path).notice, None);
        assert_eq!(names(folder.path()).len(), 3);
    }
}
