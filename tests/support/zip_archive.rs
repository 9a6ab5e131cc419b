//! Zip archives, also such as no program should accept.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// A file of an archive, with what its headers say.
#[derive(Debug, Clone)]
pub struct ZipEntry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    /// Bit 0: encrypted; bit 3: the lengths come after the file.
    pub flags: u16,
    pub rights: u32,
    /// The length that is stated, if it is another one.
    pub stated: Option<u32>,
}

impl ZipEntry {
    pub fn new(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            content: content.to_vec(),
            flags: 0,
            rights: 0o100_644,
            stated: None,
        }
    }
}

/// Returns the archive of these files, compressed as most programs do.
pub fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&entry.content).unwrap();
        let compressed = encoder.finish().unwrap();
        let mut common = vec![20, 0];
        common.extend(entry.flags.to_le_bytes());
        common.extend([8, 0, 0, 0, 0x21, 0]);
        common.extend(crc32fast::hash(&entry.content).to_le_bytes());
        common.extend(number(compressed.len()));
        common.extend(
            entry
                .stated
                .map_or(number(entry.content.len()), u32::to_le_bytes),
        );
        common.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((entry.rights << 16).to_le_bytes());
        directory.extend(number(archive.len()));
        directory.extend(&entry.name);
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(&entry.name);
        archive.extend(compressed);
    }
    let count = u16::try_from(entries.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    let (start, length) = (archive.len(), directory.len());
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count);
    archive.extend(count);
    archive.extend(number(length));
    archive.extend(number(start));
    archive.extend([0, 0]);
    archive
}

/// Returns names and contents of the files of an archive.
pub fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap()) as usize;
    let mut at = number(bytes.len() - 6);
    let mut files = Vec::new();
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let name_bytes = usize::from(u16::from_le_bytes(*bytes[at + 28..].first_chunk().unwrap()));
        let name = String::from_utf8(bytes[at + 46..at + 46 + name_bytes].to_vec()).unwrap();
        let start = number(at + 42) + 30 + name_bytes;
        let mut content = Vec::new();
        let compressed = &bytes[start..start + number(at + 20)];
        DeflateDecoder::new(compressed)
            .read_to_end(&mut content)
            .unwrap();
        files.push((name, content));
        at += 46 + name_bytes;
    }
    files
}
