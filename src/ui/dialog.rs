//! The desktop's dialog for a file or a folder. It may take minutes: it runs on a thread of its own and is not waited
//! for at the end, for it holds nothing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// A folder.
    Folder,
    /// A recording.
    Recording,
}

/// What became of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// It is open.
    NotYet,
    /// This was chosen.
    Path(PathBuf),
    /// It was cancelled.
    Nothing,
    /// This desktop has no dialog.
    Missing,
}

/// What is said of a desktop without a dialog; what to do instead follows.
pub const MISSING: &str = "This desktop has no file dialog (no portal and no zenity)";

/// A dialog that is open.
#[derive(Debug)]
pub struct Dialog(Receiver<Chosen>);

impl Dialog {
    /// Opens it; the error says why it cannot be.
    pub fn open(
        ctx: &egui::Context,
        pick: Pick,
        title: &str,
        start: Option<&Path>,
    ) -> Result<Self, String> {
        let (tell, told) = sync_channel(1);
        let mut dialog = rfd::FileDialog::new().set_title(title);
        if let Some(start) = start {
            dialog = dialog.set_directory(start);
        }
        let ctx = ctx.clone();
        let ask = move || {
            let chosen = match pick {
                Pick::Folder => dialog.pick_folder(),
                Pick::Recording => dialog
                    .add_filter("Recordings", &["json", "jsonl"])
                    .pick_file(),
            };
            let chosen = match chosen {
                Some(path) => Chosen::Path(path),
                // The dialog's own answer is the same for a cancelled dialog and for none at all.
                None if can_be_opened() => Chosen::Nothing,
                None => Chosen::Missing,
            };
            tell.send(chosen).ok(); // The window is closed already.
            ctx.request_repaint();
        };
        std::thread::Builder::new()
            .name("dialog".to_owned())
            .spawn(ask)
            .map(|_not_waited_for| Self(told))
            .map_err(|why| format!("no dialog can be opened ({why})"))
    }

    /// Returns what was chosen, once.
    pub fn take(&mut self) -> Chosen {
        match self.0.try_recv() {
            Err(TryRecvError::Empty) => Chosen::NotYet,
            Ok(chosen) => chosen,
            Err(TryRecvError::Disconnected) => Chosen::Nothing,
        }
    }

    /// Returns a dialog that has ended like this already.
    #[cfg(test)]
    pub fn ended(chosen: Chosen) -> Self {
        let (tell, told) = sync_channel(1);
        tell.send(chosen).expect("the receiver is here");
        Self(told)
    }
}

/// Whether this desktop has a dialog: everywhere but on Linux it always has.
#[cfg(not(target_os = "linux"))]
fn can_be_opened() -> bool {
    true
}

/// Whether this desktop has a dialog: its portal, or the program `zenity`. Blocks, at most [`linux::PATIENCE`].
#[cfg(target_os = "linux")]
fn can_be_opened() -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    linux::has_zenity(&folders) || linux::has_portal(zbus::Connection::session())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsStr;
    use std::time::Duration;

    use tokio::time::timeout;

    /// A portal that is not running yet is started by the question.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// Whether one of the folders of a `PATH` has zenity.
    pub fn has_zenity(folders: &OsStr) -> bool {
        std::env::split_paths(folders).any(|folder| folder.join("zenity").is_file())
    }

    /// Whether a portal with a file dialog answers on this bus.
    pub fn has_portal(bus: impl Future<Output = zbus::Result<zbus::Connection>>) -> bool {
        let version = async {
            let what = ("org.freedesktop.portal.FileChooser", "version");
            let portal = Some("org.freedesktop.portal.Desktop");
            let path = "/org/freedesktop/portal/desktop";
            let properties = Some("org.freedesktop.DBus.Properties");
            let bus = bus.await?;
            bus.call_method(portal, path, properties, "Get", &what)
                .await
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        // Without a timer nothing can be asked; then it was cancelled, which says nothing wrong.
        runtime.map_or(true, |runtime| {
            let answer = runtime.block_on(async { timeout(PATIENCE, version).await });
            matches!(answer, Ok(Ok(_)))
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::{has_portal, has_zenity};

    #[test]
    fn zenity_is_looked_for_in_every_folder_of_the_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = std::env::join_paths(["/no/such/folder".as_ref(), folder.path()]);
        let path = path.expect("no colon in it");
        assert!(!has_zenity(&path) && !has_zenity("".as_ref()));
        std::fs::create_dir(folder.path().join("zenity")).expect("a folder that is no program");
        assert!(!has_zenity(&path));
        std::fs::remove_dir(folder.path().join("zenity")).expect("it is empty");
        std::fs::copy("/proc/self/exe", folder.path().join("zenity")).expect("a program");
        assert!(has_zenity(&path));
    }

    #[test]
    fn a_bus_that_is_not_there_has_no_portal() {
        let nowhere = async {
            let builder = zbus::connection::Builder::address("unix:path=/no/such/bus")?;
            builder.build().await
        };
        assert!(!has_portal(nowhere));
    }
}
