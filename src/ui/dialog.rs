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
    /// It was cancelled, or this desktop has no dialog.
    Nothing,
}

/// A dialog that is open.
#[derive(Debug)]
pub struct Dialog(Receiver<Option<PathBuf>>);

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
            Ok(Some(path)) => Chosen::Path(path),
            Ok(None) | Err(TryRecvError::Disconnected) => Chosen::Nothing,
        }
    }
}
