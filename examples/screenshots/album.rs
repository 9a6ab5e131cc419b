//! The folder of the pictures. A picture is written whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

/// A folder that pictures can be written to.
pub struct Album(PathBuf);

impl Album {
    /// Makes the folder if it is not there, and checks that it can be written to before anything is played.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let wrong = || format!("no pictures can be kept in {}", folder.display());
        std::fs::create_dir_all(folder).with_context(wrong)?;
        let album = Self(folder.to_owned());
        let part = album.part();
        File::create(&part)
            .and_then(|_empty| std::fs::remove_file(&part))
            .with_context(wrong)?;
        Ok(album)
    }

    /// Writes a picture under its name; returns its path.
    pub fn write(&self, name: &str, image: &egui::ColorImage) -> anyhow::Result<PathBuf> {
        let path = self.0.join(name);
        let part = self.part();
        let written = encode(&part, image).and_then(|()| std::fs::rename(&part, &path));
        if written.is_err() {
            std::fs::remove_file(&part).ok(); // The error that counts is the one before.
        }
        written.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    fn part(&self) -> PathBuf {
        self.0.join(format!(".picture-{}.part", std::process::id()))
    }
}

fn encode(path: &Path, image: &egui::ColorImage) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let too_large = |_error: std::num::TryFromIntError| io::ErrorKind::InvalidInput;
    let width = u32::try_from(image.width()).map_err(too_large)?;
    let height = u32::try_from(image.height()).map_err(too_large)?;
    let mut encoder = png::Encoder::new(&mut file, width, height);
    // The window is opaque.
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let colours = image.pixels.iter();
    let bytes: Vec<u8> = colours.flat_map(|c| [c.r(), c.g(), c.b()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    file.flush()
}

/// Returns pictures of one size as one, in so many columns.
pub fn tiled(images: &[Arc<egui::ColorImage>], columns: usize) -> egui::ColorImage {
    let [width, height] = images.first().map_or([0, 0], |image| image.size);
    let rows = images.len().div_ceil(columns.max(1));
    let mut pixels = Vec::with_capacity(width * height * images.len());
    for row in images.chunks(columns.max(1)) {
        for line in 0..height {
            for image in row {
                pixels.extend_from_slice(&image.pixels[line * width..(line + 1) * width]);
            }
            // The last row may have fewer.
            let missing = (columns - row.len()) * width;
            pixels.extend(std::iter::repeat_n(egui::Color32::BLACK, missing));
        }
    }
    egui::ColorImage::new([columns * width, rows * height], pixels)
}
