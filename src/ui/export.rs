//! Writes files that the player exports, on a thread of its own: figures as CSV, and parts of the window as PNG.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use eframe::icon_data::IconDataExt as _;
use egui::{ColorImage, Context, Rect};

use super::format::{escaped, short_path};
use super::native::waker;
use super::notices::{NoticeLink, Notices};
use super::picture::take_picture;
use super::theme::StatusLevel;
use crate::background::{self, Waker};
use crate::disk::{RealDisk, ReplaceError};
use crate::game::Time;
use crate::recording::{free_name, write_whole};

/// Results that wait to be shown: more than a player presses buttons between two frames.
const QUEUE: usize = 8;

/// The path of a file that was written, or why it was not, for the player.
pub type ExportResult = Result<PathBuf, String>;

/// Files that are being written. When it is dropped, it waits for them: a file that the player exported is not cut off by
/// the end of the program.
#[derive(Debug)]
pub struct Export {
    results: Option<Receiver<ExportResult>>,
    writers: Writers,
}

/// Starts the threads that write.
#[derive(Debug, Clone)]
struct Writers {
    sender: SyncSender<ExportResult>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Default for Export {
    fn default() -> Self {
        let (sender, results) = sync_channel(QUEUE);
        let threads = Arc::default();
        let writers = Writers { sender, threads };
        Self {
            results: Some(results),
            writers,
        }
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        // The threads end with their file.
        drop(self.results.take());
        for thread in std::mem::take(&mut *self.writers.lock()) {
            background::join(&mut Some(thread), "the thread of an export panicked");
        }
    }
}

impl Export {
    /// Returns the next result.
    pub fn take(&self) -> Option<ExportResult> {
        self.results.as_ref()?.try_recv().ok()
    }

    /// Writes figures to a new file in `folder`; `name` is without its ending, and the thread makes the text.
    pub fn csv(
        &self,
        ctx: &Context,
        folder: &Path,
        name: String,
        text: impl FnOnce() -> String + Send + 'static,
    ) {
        let folder = folder.to_owned();
        self.writers.write(waker(ctx), move || {
            store(&folder, &name, "csv", text().as_bytes())
        });
    }

    /// Writes a part of the window to a new file in `folder`, once it is painted; `name` is without its ending.
    pub fn png(&self, ctx: &Context, folder: &Path, name: String, part: Rect) {
        let (writers, waker, folder) = (self.writers.clone(), waker(ctx), folder.to_owned());
        take_picture(ctx, part, move |image| {
            writers.write(waker, move || {
                let bytes = png(&image)?;
                store(&folder, &name, "png", &bytes)
            });
        });
    }
}

/// Returns what the player should know of an export.
pub fn export_text(result: &ExportResult) -> String {
    match result {
        Ok(path) => format!("Saved to {}", short_path(path)),
        Err(why) => escaped(why),
    }
}

/// Notes the result of an export among the messages, with a link to its folder.
pub fn note_export(notices: &mut Notices, result: &ExportResult, at: Time) {
    let folder = result.as_ref().ok().and_then(|path| path.parent());
    let level = if result.is_ok() {
        StatusLevel::Ok
    } else {
        StatusLevel::Warning
    };
    let link = folder.map(|folder| NoticeLink::Folder(folder.to_owned()));
    notices.push_linked(level, export_text(result), at, link);
}

impl Writers {
    /// Does the work on a thread of its own and sends its result.
    fn write(&self, waker: Waker, work: impl FnOnce() -> ExportResult + Send + 'static) {
        let there = self.sender.clone();
        let spawned = background::spawn("export", move || {
            // Fails only after the window has closed.
            if let Err(SendError(Err(why))) = there.send(work()) {
                tracing::error!(why, "a file was not exported");
            }
            waker();
        });
        match spawned {
            Ok(thread) => {
                let mut threads = self.lock();
                threads.retain(|thread| !thread.is_finished());
                threads.push(thread);
            }
            Err(why) => {
                let text = format!("Nothing was exported: no thread can be started ({why})");
                self.sender.try_send(Err(text)).ok(); // A full queue has errors enough.
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a new file, whole or not at all.
fn store(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> ExportResult {
    // Two exports at the same time would find the same name free.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = folder.join(free_name(&RealDisk, folder, |number| match number {
        1 => format!("{name}.{ending}"),
        number => format!("{name}-{number}.{ending}"),
    }));
    match write_whole(&RealDisk, &path, bytes) {
        Ok(()) => Ok(path),
        Err(failed @ ReplaceError::Unchanged(_)) => {
            Err(format!("Nothing was exported: {}", failed.text(&path)))
        }
        Err(failed @ ReplaceError::NotDurable(_)) => Err(failed.text(&path)),
    }
}

fn png(image: &ColorImage) -> Result<Vec<u8>, String> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(|why| why.to_string());
    let icon = egui::IconData {
        width: side(image.width())?,
        height: side(image.height())?,
        rgba: image.as_raw().to_vec(),
    };
    icon.to_png_bytes()
        .map_err(|why| format!("The picture cannot be made: {why}"))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_second_export_with_the_same_name_has_a_name_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("lab");
        for (text, name) in [("first", "lab.csv"), ("second", "lab-2.csv")] {
            let path = store(&folder, "lab", "csv", text.as_bytes()).expect("written");
            assert_eq!(path, folder.join(name));
            assert_eq!(std::fs::read_to_string(path).expect("a file"), text);
        }
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 2);
        let below = folder.join("lab.csv");
        let why = store(&below, "lab", "png", b"x").expect_err("a file is no folder");
        assert!(
            why.starts_with("Nothing was exported: cannot write ")
                && why.contains("; remove or rename what is there"),
            "{why}"
        );
    }

    /// More files than results have a place, as on a slow disk: the window waits for all of them when it closes. Each has
    /// a name of its own.
    #[test]
    fn closing_waits_for_every_file_that_is_being_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let export = Export::default();
        for _ in 0..2 * QUEUE {
            let (ctx, name) = (Context::default(), "lab".to_owned());
            export.csv(&ctx, folder.path(), name, || "whole".to_owned());
        }
        drop(export);
        let files = std::fs::read_dir(folder.path()).expect("a folder");
        assert_eq!(files.count(), 2 * QUEUE);
    }

    #[test]
    fn a_picture_is_read_back_with_its_size_and_its_colours() {
        let image = ColorImage::new([3, 2], vec![egui::Color32::RED; 6]);
        let bytes = png(&image).expect("a picture");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!((info.width, info.height), (3, 2));
        assert_eq!(&pixels[..3], &[255, 0, 0]);
    }

    #[test]
    fn an_export_is_a_message_with_a_link_to_its_folder() {
        let mut notices = Notices::default();
        let at = Time::UNIX_EPOCH;
        note_export(&mut notices, &Ok("exports/a.png".into()), at);
        let newest = notices.newest().expect("a message").clone();
        assert!(newest.text.starts_with("Saved to "), "{newest:?}");
        assert_eq!(newest.link, Some(NoticeLink::Folder("exports".into())));
        note_export(&mut notices, &Err("no room".to_owned()), at);
        let newest = notices.newest().expect("a message");
        assert_eq!(
            (newest.text.as_str(), newest.link.as_ref()),
            ("no room", None)
        );
    }
}
