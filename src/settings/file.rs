//! The settings file: read once at start, written by a thread of its own whenever something was set.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::Settings;

/// Where a file goes that cannot be read.
const DAMAGED: &str = "settings-damaged.json";
/// No settings are longer.
const LONGEST: u64 = 1 << 20;

/// Settings as they were found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What the player should know of it.
    pub notice: Option<String>,
}

/// Reads the settings. Whatever is wrong with the file, there are settings afterwards; a file that is none is kept
/// aside.
pub fn load(path: &Path) -> Loaded {
    // An older version, a copy or an editor may have left it open to everybody.
    if let Err(why) = File::open(path).and_then(|file| only_mine(&file))
        && why.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("others may read {}: {why}", path.display());
    }
    let text = match read(path) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Loaded::default(),
        Err(why) => {
            let notice = format!(
                "the settings in {} cannot be read ({why}); everything is at its default",
                path.display()
            );
            return with_notice(Settings::default(), notice);
        }
    };
    match Settings::parse(&text) {
        Ok(parsed) if parsed.wrong.is_empty() => Loaded {
            settings: parsed.settings,
            notice: None,
        },
        Ok(parsed) => {
            let notice = format!(
                "not everything in {} can be used; at its default: {}",
                path.display(),
                parsed.wrong.join(", ")
            );
            with_notice(parsed.settings, notice)
        }
        Err(why) => {
            let aside = path.with_file_name(DAMAGED);
            let kept = match std::fs::rename(path, &aside) {
                Ok(()) => format!("it is kept as {}", aside.display()),
                Err(why) => format!("it cannot be kept aside ({why})"),
            };
            let notice = format!(
                "the settings in {} are damaged ({why}); {kept}, and everything is at its default",
                path.display()
            );
            with_notice(Settings::default(), notice)
        }
    }
}

/// Reads the settings and leaves the file alone, whatever is wrong with it: for whoever shows no settings.
pub fn look(path: &Path) -> Settings {
    let text = read(path).unwrap_or_default();
    Settings::parse(&text).unwrap_or_default().settings
}

fn with_notice(settings: Settings, notice: String) -> Loaded {
    tracing::warn!("{notice}");
    Loaded {
        settings,
        notice: Some(notice),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    Ok(text)
}

/// Writes the settings: temporary file, sync, rename. Only the user may read them: an address can hold a credential.
pub fn save(path: &Path, settings: &Settings) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Two windows may write at once: each has a file of its own until the rename.
    let part = path.with_file_name(format!("settings-{}.part", std::process::id()));
    let written = write(&part, settings.to_text().as_bytes());
    let named = written.and_then(|()| std::fs::rename(&part, path));
    if named.is_err() {
        std::fs::remove_file(&part).ok(); // The error that counts is the one before.
    }
    named?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    // The rights above are for a new file; what a killed program left may have others.
    only_mine(&file)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Takes the rights to a file from everybody else.
#[cfg(unix)]
fn only_mine(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn only_mine(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Writes settings as they are set, away from the window's thread. The newest counts.
#[derive(Debug)]
pub struct Saver {
    /// At most one waits: a newer one takes its place.
    next: watch::Sender<Option<Settings>>,
    /// Rings when something waits; a full bell rings already.
    bell: Option<SyncSender<()>>,
    trouble: watch::Receiver<Option<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    /// Starts the thread.
    pub fn start(path: PathBuf) -> io::Result<Self> {
        let (next, newest) = watch::channel(None);
        let (bell, rings) = sync_channel(1);
        let (told, trouble) = watch::channel(None);
        let thread = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || save_all(&path, newest, &rings, &told))?;
        Ok(Self {
            next,
            bell: Some(bell),
            trouble,
            thread: Some(thread),
        })
    }

    /// Takes settings to be written; never waits.
    pub fn save(&self, settings: &Settings) {
        self.next.send_replace(Some(settings.clone()));
        if let Some(bell) = &self.bell
            && let Err(TrySendError::Disconnected(())) = bell.try_send(())
        {
            tracing::error!("the thread that writes the settings is gone");
        }
    }

    /// Returns why the settings could not be written the last time.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.borrow().clone()
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the settings panicked");
        }
    }
}

fn save_all(
    path: &Path,
    mut newest: watch::Receiver<Option<Settings>>,
    rings: &Receiver<()>,
    told: &watch::Sender<Option<String>>,
) {
    while rings.recv().is_ok() {
        let Some(settings) = newest.borrow_and_update().clone() else {
            continue;
        };
        let trouble = save(path, &settings).err().map(|why| {
            format!(
                "the settings cannot be written to {} ({why}); they last until the window is closed",
                path.display()
            )
        });
        if let Some(trouble) = &trouble {
            tracing::warn!("{trouble}");
        }
        told.send_replace(trouble);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Look;

    fn put(path: &Path, text: &[u8]) {
        let mut file = File::create(path).expect("a file");
        file.write_all(text).expect("written");
    }

    #[test]
    fn what_was_set_is_there_the_next_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pianola").join("settings.json");
        assert_eq!(load(&path), Loaded::default());
        let saver = Saver::start(path.clone()).expect("a thread");
        for scale in [1.0, 1.5, 2.0] {
            let settings = Settings {
                look: Look::Light,
                scale,
                ..Settings::default()
            };
            saver.save(&settings);
        }
        drop(saver);
        let loaded = load(&path);
        assert_eq!(loaded.notice, None);
        assert_eq!(loaded.settings.look, Look::Light);
        assert!((loaded.settings.scale - 2.0).abs() < f32::EPSILON);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path)
                .expect("there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let names = std::fs::read_dir(path.parent().expect("a folder"));
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
            let all = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(path, all).expect("set");
        };
        let mode = |path: &Path| {
            let found = std::fs::metadata(path).expect("there");
            found.permissions().mode() & 0o777
        };
        open_to_all(&path, b"{}");
        load(&path);
        assert_eq!(mode(&path), 0o600, "as soon as it is read");
        open_to_all(&path, b"{}");
        let part = format!("settings-{}.part", std::process::id());
        open_to_all(&folder.path().join(part), b"left by a kill");
        save(&path, &Settings::default()).expect("saved");
        assert_eq!(mode(&path), 0o600, "as soon as it is written");
        open_to_all(&path, b"{ damaged");
        load(&path);
        assert_eq!(mode(&folder.path().join(DAMAGED)), 0o600, "kept aside");
    }

    #[test]
    fn a_broken_file_is_kept_aside_and_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        put(&path, b"{ \"theme\": \"li");
        let loaded = load(&path);
        assert_eq!(loaded.settings, Settings::default());
        let notice = loaded.notice.expect("a notice");
        assert!(notice.contains("settings-damaged.json"), "{notice}");
        assert!(!path.exists());
        let kept = std::fs::read(folder.path().join(DAMAGED)).expect("kept");
        assert_eq!(kept, b"{ \"theme\": \"li");
        assert_eq!(load(&path), Loaded::default(), "said once");
    }

    #[test]
    fn a_wrong_field_is_said_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        put(&path, br#"{ "theme": "light", "scale": [] }"#);
        let loaded = load(&path);
        assert_eq!(loaded.settings.look, Look::Light);
        assert!(loaded.notice.expect("a notice").ends_with("scale"));
    }

    #[test]
    fn a_folder_that_takes_nothing_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a file");
        put(&file, b"");
        let saver = Saver::start(file.join("settings.json")).expect("a thread");
        saver.save(&Settings::default());
        let start = std::time::Instant::now();
        while saver.trouble().is_none() {
            assert!(start.elapsed() < std::time::Duration::from_secs(10));
            std::thread::yield_now();
        }
    }
}
