//! Writes the results of a run beside the recordings: the figures as CSV, and the picture of the page as PNG.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use chrono::{DateTime, Utc};
use eframe::icon_data::IconDataExt as _;
use egui::{ColorImage, Context, Rect};

use crate::background::{self, Waker};
use crate::disk::{FileAccess, replace_file};
use crate::ui::format::short_path;
use crate::ui::native::waker;

/// Results that wait to be shown: more than a player presses buttons between two frames.
const QUEUE: usize = 8;

/// The path of a file that was written, or why it was not, for the player.
pub type ExportResult = Result<PathBuf, String>;

/// Files that are being written.
#[derive(Debug)]
pub struct Export {
    results: Receiver<ExportResult>,
    sender: SyncSender<ExportResult>,
}

impl Default for Export {
    fn default() -> Self {
        let (sender, results) = sync_channel(QUEUE);
        Self { results, sender }
    }
}

impl Export {
    /// Returns the next result.
    pub fn take(&self) -> Option<ExportResult> {
        self.results.try_recv().ok()
    }

    /// Writes figures to a new file in `folder`.
    pub fn csv(&self, ctx: &Context, folder: &Path, text: String, now: DateTime<Utc>) {
        let folder = folder.to_owned();
        write(&self.sender, waker(ctx), move || {
            store(&folder, now, "csv", text.as_bytes())
        });
    }

    /// Writes a part of the window to a new file in `folder`, once it is painted.
    pub fn png(&self, ctx: &Context, folder: &Path, part: Rect, now: DateTime<Utc>) {
        let (scale, whole) = (ctx.pixels_per_point(), ctx.content_rect());
        let (sender, waker, folder) = (self.sender.clone(), waker(ctx), folder.to_owned());
        ctx.request_screenshot(move |image: Arc<ColorImage>| {
            let image = image.region(&part.intersect(whole), Some(scale));
            write(&sender, waker, move || {
                let bytes = png(&image)?;
                store(&folder, now, "png", &bytes)
            });
        });
    }
}

/// Does the work on a thread of its own and sends its result.
fn write(
    sender: &SyncSender<ExportResult>,
    waker: Waker,
    work: impl FnOnce() -> ExportResult + Send + 'static,
) {
    let there = sender.clone();
    let spawned = background::spawn("export", move || {
        there.send(work()).ok(); // Fails only after the window has closed.
        waker();
    });
    if let Err(why) = spawned {
        let text = format!("Nothing was exported: no thread can be started ({why})");
        sender.try_send(Err(text)).ok(); // A full queue has errors enough.
    }
}

/// Writes a new file, whole or not at all.
fn store(folder: &Path, now: DateTime<Utc>, ending: &str, bytes: &[u8]) -> ExportResult {
    let name = format!("lab-{}", now.format("%Y%m%dT%H%M%SZ"));
    let names = (1..).map(|number: u32| match number {
        1 => format!("{name}.{ending}"),
        number => format!("{name}-{number}.{ending}"),
    });
    let mut free = names
        .map(|name| folder.join(name))
        .skip_while(|path| path.exists());
    let path = free.next().unwrap_or_default();
    replace_file(&path, bytes, FileAccess::AsBefore).map_err(|why| {
        let shown = short_path(&path);
        format!("Cannot write {shown}: {why}; make room, or make the folder writable")
    })?;
    Ok(path)
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
    fn a_second_export_in_the_same_second_has_a_name_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("lab");
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        for (text, name) in [
            ("first", "lab-20270115T080000Z.csv"),
            ("second", "lab-20270115T080000Z-2.csv"),
        ] {
            let path = store(&folder, now, "csv", text.as_bytes()).expect("written");
            assert_eq!(path, folder.join(name));
            assert_eq!(std::fs::read_to_string(path).expect("a file"), text);
        }
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 2);
        let below = folder.join("lab-20270115T080000Z.csv");
        let why = store(&below, now, "png", b"x").expect_err("a file is no folder");
        assert!(
            why.starts_with("Cannot write ") && why.contains("; make room"),
            "{why}"
        );
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
}
