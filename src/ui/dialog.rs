//! The desktop's dialog for a file or a folder. The player may take minutes, so it runs on its own thread. The program
//! does not wait for the thread when it ends: the thread holds nothing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use super::library::ENDING;
use crate::background;

/// What the dialog asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogKind {
    /// A folder.
    Folder,
    /// A recording.
    Recording,
    /// A strategy, or a script.
    Strategy,
    /// The name of a new file for a strategy.
    NewStrategy,
    /// The name of a file to share a session in.
    NewBundle,
}

/// The state of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogResult {
    /// It is still open.
    Open,
    /// The player chose this path.
    Path(PathBuf),
    /// The player cancelled it.
    Cancelled,
    /// This desktop has no file dialog.
    Missing,
}

/// What to do without a dialog beside a field for the path.
pub const TYPE_ABOVE: &str = "Type or paste the path above";
/// The message for a desktop without a dialog. The caller adds what to do instead.
pub const MISSING: &str = "This desktop has no file dialog (no portal and no zenity)";

/// An open dialog.
#[derive(Debug)]
pub struct Dialog(Receiver<DialogResult>);

impl Dialog {
    /// Opens it in the folder `start`; for [`DialogKind::NewBundle`] with this file.
    ///
    /// # Errors
    /// A text for the player if the thread cannot be started.
    pub fn open(
        ctx: &egui::Context,
        kind: DialogKind,
        title: &str,
        start: Option<&Path>,
    ) -> Result<Self, String> {
        let (sender, result) = sync_channel(1);
        let mut dialog = rfd::FileDialog::new().set_title(title);
        let mut folder = start;
        if kind == DialogKind::NewBundle {
            let name = start.and_then(Path::file_name).unwrap_or_default();
            dialog = dialog.set_file_name(name.to_string_lossy());
            folder = start.and_then(Path::parent);
        }
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        let ctx = ctx.clone();
        let ask = move || {
            let chosen = match kind {
                DialogKind::Folder => dialog.pick_folder(),
                DialogKind::Recording => dialog
                    .add_filter("Recordings", &["json", "jsonl", ENDING])
                    .pick_file(),
                DialogKind::Strategy => dialog.pick_file(),
                DialogKind::NewStrategy => dialog.save_file(),
                DialogKind::NewBundle => dialog.add_filter("Shared session", &[ENDING]).save_file(),
            };
            let chosen = match chosen {
                Some(path) => DialogResult::Path(path),
                // The dialog returns the same for a cancelled dialog and a missing one.
                None if can_be_opened() => DialogResult::Cancelled,
                None => DialogResult::Missing,
            };
            sender.send(chosen).ok(); // Fails only after the window has closed.
            ctx.request_repaint();
        };
        background::spawn("dialog", ask)
            .map(|_detached| Self(result))
            .map_err(|why| format!("no dialog can be opened ({why})"))
    }

    /// Returns the state. A result is returned once.
    pub fn take(&mut self) -> DialogResult {
        match self.0.try_recv() {
            Err(TryRecvError::Empty) => DialogResult::Open,
            Ok(chosen) => chosen,
            Err(TryRecvError::Disconnected) => DialogResult::Cancelled,
        }
    }

    /// Takes the path that was chosen in a dialog, and forgets the dialog once it is closed. `None` if none was chosen, or
    /// not yet. The error is a text for the player; `instead` is what to do without a dialog.
    pub fn take_path(dialog: &mut Option<Self>, instead: &str) -> Option<Result<PathBuf, String>> {
        let result = dialog.as_mut()?.take();
        if result == DialogResult::Open {
            return None;
        }
        *dialog = None;
        match result {
            DialogResult::Path(path) if path.to_str().is_some() => Some(Ok(path)),
            DialogResult::Path(_) => {
                Some(Err("This path is no text; choose another one".to_owned()))
            }
            DialogResult::Missing => Some(Err(format!("{MISSING}. {instead}"))),
            DialogResult::Cancelled | DialogResult::Open => None,
        }
    }

    /// Returns a dialog that has ended with this result.
    #[cfg(test)]
    pub fn ended(chosen: DialogResult) -> Self {
        let (sender, result) = sync_channel(1);
        sender.send(chosen).expect("the receiver exists");
        Self(result)
    }
}

/// Whether this desktop has a dialog. Only a Linux desktop may have none.
#[cfg(not(target_os = "linux"))]
fn can_be_opened() -> bool {
    true
}

/// Whether this desktop has a dialog: its portal, or the program `zenity`. Blocks for at most [`linux::TIMEOUT`].
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

    /// Time limit of the request, which also starts a portal that is not running.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Whether one of the folders of a `PATH` has zenity.
    pub fn has_zenity(folders: &OsStr) -> bool {
        std::env::split_paths(folders).any(|folder| folder.join("zenity").is_file())
    }

    /// Whether a portal with a file dialog answers on this bus.
    pub fn has_portal(bus: impl Future<Output = zbus::Result<zbus::Connection>>) -> bool {
        let version = async {
            let property = ("org.freedesktop.portal.FileChooser", "version");
            let portal = Some("org.freedesktop.portal.Desktop");
            let path = "/org/freedesktop/portal/desktop";
            let properties = Some("org.freedesktop.DBus.Properties");
            let bus = bus.await?;
            bus.call_method(portal, path, properties, "Get", &property)
                .await
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        // Without a timer the portal cannot be asked. The dialog then counts as cancelled.
        runtime.map_or(true, |runtime| {
            let answer = runtime.block_on(async { timeout(TIMEOUT, version).await });
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
