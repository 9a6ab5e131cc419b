//! The zip archive of a bundle. Every zip program can read it; this one reads only what it writes itself: each header must
//! be, byte by byte, the one that its file has.
//!
//! So a changed byte is found, and nothing that zip can do besides is there to be misused: no second name for a file, no
//! link, no encryption, no 64-bit lengths, no comment, no gap. (The crate `zip` reads all of these, and brings the parts of
//! its encryption along.) Deflate is that of `flate2`.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::{MAX_FILES, MAX_TOTAL_BYTES};
use crate::recording::format::read::MAX_FILE_BYTES;

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
/// The length of an entry of the directory without its name.
const CENTRAL_BYTES: usize = 46;
/// The length of the end of an archive.
const END_BYTES: usize = 22;
/// Midnight of the first day that zip knows, 1980-01-01.
const TIME: [u8; 4] = [0, 0, 0x21, 0];
/// Made on Unix, where an entry has the rights of a file.
const MADE_BY: [u8; 2] = [20, 3];
/// A regular file that its owner can change.
const RIGHTS: u32 = 0o100_644 << 16;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArchiveFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl ArchiveFile {
    /// Returns a file of this name.
    pub fn new(name: String, bytes: Vec<u8>) -> Self {
        Self { name, bytes }
    }
}

/// What the headers of a file say.
struct Header<'a> {
    name: &'a [u8],
    crc: u32,
    compressed: u32,
    length: u32,
    /// Where it begins.
    offset: u32,
}

impl Header<'_> {
    /// Appends the numbers that both headers have.
    fn common(&self, header: &mut Vec<u8>) {
        // Version 2.0; no flags; deflate.
        header.extend([20, 0, 0, 0, 8, 0]);
        header.extend(TIME);
        for number in [self.crc, self.compressed, self.length] {
            header.extend(number.to_le_bytes());
        }
        let name = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        header.extend(name.to_le_bytes());
        // Nothing further.
        header.extend([0, 0]);
    }

    /// Returns the header before the file.
    fn local(&self) -> Vec<u8> {
        let mut header = LOCAL.to_vec();
        self.common(&mut header);
        header.extend(self.name);
        header
    }

    /// Returns the entry of the directory.
    fn central(&self) -> Vec<u8> {
        let mut header = CENTRAL.to_vec();
        header.extend(MADE_BY);
        self.common(&mut header);
        // No comment, the first disk, no text.
        header.extend([0; 6]);
        header.extend(RIGHTS.to_le_bytes());
        header.extend(self.offset.to_le_bytes());
        header.extend(self.name);
        header
    }
}

/// Returns the end of an archive: so many files, and where their directory lies.
fn end(files: u16, directory_bytes: u32, directory: u32) -> Vec<u8> {
    let mut end = END.to_vec();
    end.extend([0; 4]);
    end.extend(files.to_le_bytes());
    end.extend(files.to_le_bytes());
    end.extend(directory_bytes.to_le_bytes());
    end.extend(directory.to_le_bytes());
    end.extend([0; 2]);
    end
}

/// Returns the archive of some files.
///
/// # Errors
///
/// They are more, or longer, than an archive can have.
pub(super) fn pack(files: &[ArchiveFile]) -> std::io::Result<Vec<u8>> {
    let limit = |_too_large| std::io::Error::from(std::io::ErrorKind::FileTooLarge);
    let number = |n: usize| u32::try_from(n).map_err(limit);
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&file.bytes)?;
        let compressed = encoder.finish()?;
        let header = Header {
            name: file.name.as_bytes(),
            crc: crc32fast::hash(&file.bytes),
            compressed: number(compressed.len())?,
            length: number(file.bytes.len())?,
            offset: number(archive.len())?,
        };
        archive.extend(header.local());
        archive.extend(compressed);
        directory.extend(header.central());
    }
    let start = number(archive.len())?;
    let count = u16::try_from(files.len()).map_err(limit)?;
    archive.extend(&directory);
    archive.extend(end(count, number(directory.len())?, start));
    Ok(archive)
}

/// Returns the files of an archive, in its order. Nothing is written to the disk, so a name leads nowhere.
///
/// # Errors
///
/// The text says why it is not read: it is damaged, or is not as a bundle is.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<ArchiveFile>, String> {
    let (files, mut directory) = directory_of(bytes)?;
    let start = bytes.len() - END_BYTES - directory.len();
    let (mut offset, mut left) = (0, MAX_TOTAL_BYTES);
    let mut unpacked: Vec<ArchiveFile> = Vec::new();
    for _ in 0..files {
        let number = |at: usize| -> Option<u32> {
            let number = directory.get(at..at + 4)?.first_chunk()?;
            Some(u32::from_le_bytes(*number))
        };
        let cut = "its directory is cut";
        let name_bytes = directory
            .get(28..30)
            .and_then(<[u8]>::first_chunk)
            .ok_or(cut)?;
        let entry_bytes = CENTRAL_BYTES + usize::from(u16::from_le_bytes(*name_bytes));
        let name = directory.get(CENTRAL_BYTES..entry_bytes).ok_or(cut)?;
        let header = Header {
            name,
            crc: number(16).ok_or(cut)?,
            compressed: number(20).ok_or(cut)?,
            length: number(24).ok_or(cut)?,
            offset: u32::try_from(offset).map_err(|_too_large| cut)?,
        };
        let name = std::str::from_utf8(name).unwrap_or_default().to_owned();
        if !is_good_name(&name) || unpacked.iter().any(|file| file.name == name) {
            return Err(format!("{name:?} in it is no file of a bundle"));
        }
        let (local, central) = (header.local(), header.central());
        let content = offset + local.len()..offset + local.len() + header.compressed as usize;
        let is_as_written = directory.starts_with(&central)
            && content.end <= start
            && bytes[offset..].starts_with(&local);
        if !is_as_written {
            return Err(format!(
                "the headers of {name:?} in it are not as they were written"
            ));
        }
        if u64::from(header.length) > left.min(MAX_FILE_BYTES) {
            return Err(format!("{name:?} in it is too long"));
        }
        left -= u64::from(header.length);
        offset = content.end;
        let content = inflate(&bytes[content], &header)
            .ok_or_else(|| format!("{name:?} in it is damaged"))?;
        unpacked.push(ArchiveFile {
            name,
            bytes: content,
        });
        directory = &directory[entry_bytes..];
    }
    if !directory.is_empty() || offset != start {
        return Err("there is something in it between its files".to_owned());
    }
    Ok(unpacked)
}

/// Returns the content of a file; `None` if it is not what the header says, to the last byte.
fn inflate(compressed: &[u8], header: &Header<'_>) -> Option<Vec<u8>> {
    let mut decoder = DeflateDecoder::new(compressed);
    let mut content = Vec::new();
    let limit = u64::from(header.length) + 1;
    (&mut decoder).take(limit).read_to_end(&mut content).ok()?;
    let is_whole = decoder.total_in() == u64::from(header.compressed)
        && decoder.total_out() == u64::from(header.length);
    (is_whole && crc32fast::hash(&content) == header.crc).then_some(content)
}

/// Returns the number of files and their directory.
fn directory_of(bytes: &[u8]) -> Result<(u16, &[u8]), String> {
    let start = bytes.len().checked_sub(END_BYTES);
    let found = start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    if !found.starts_with(END) {
        return Err("it does not end as a bundle does: it was cut or changed".to_owned());
    }
    let number =
        |at: usize| u32::from_le_bytes([found[at], found[at + 1], found[at + 2], found[at + 3]]);
    let (files, length, first) = (
        u16::from_le_bytes([found[10], found[11]]),
        number(12),
        number(16),
    );
    // Beside the files of the manifest there is the manifest.
    if usize::from(files) > MAX_FILES + 1 {
        return Err(format!("it has {files} files, more than {MAX_FILES}"));
    }
    let range = first as usize..(first as usize).saturating_add(length as usize);
    if found != end(files, length, first) || Some(range.end) != start {
        return Err("it does not end as a bundle does: it was cut or changed".to_owned());
    }
    let directory = bytes.get(range).ok_or("its directory is cut")?;
    Ok((files, directory))
}

/// Whether a name is one that a bundle can have: at most one folder, and only characters of the names of recordings.
pub(super) fn is_good_name(name: &str) -> bool {
    let is_good = |part: &str| {
        let good = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-');
        (1..=100).contains(&part.len()) && !part.starts_with('.') && part.chars().all(good)
    };
    name.split('/').count() <= 2 && name.split('/').all(is_good)
}
