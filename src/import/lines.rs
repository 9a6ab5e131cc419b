//! The lines of a file of any length, one in memory at a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use crate::open_file::{MAX_BYTES, OpenError, open_regular, read_line};

/// Bytes that are read from the disk at once.
const BUFFER: usize = 1 << 20;
/// The mark that some editors put at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file line by line.
pub(super) struct FileLines {
    source: BufReader<File>,
    line: Vec<u8>,
    number: usize,
    bytes: u64,
}

/// A line of a file.
pub(super) struct FileLine<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    /// The text without the space around it; `None` if it is longer than the limit.
    pub(super) text: Option<&'a [u8]>,
    /// Whether its end is in the file.
    pub(super) is_whole: bool,
}

impl FileLines {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self {
            source: BufReader::with_capacity(BUFFER, open_regular(path)?),
            line: Vec::new(),
            number: 0,
            bytes: 0,
        })
    }

    /// Returns how many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the next line; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<FileLine<'_>>, OpenError> {
        self.number += 1;
        let is_too_long = match read_line(&mut self.source, MAX_BYTES, &mut self.line) {
            Ok(false) => return Ok(None),
            Ok(true) => false,
            Err(OpenError::TooLong { .. }) => true,
            Err(why) => return Err(why),
        };
        self.bytes += self.line.len() as u64;
        let mut is_whole = self.line.last() == Some(&b'\n');
        if is_too_long && !is_whole {
            // The rest of it, without keeping it.
            self.bytes += self.source.skip_until(b'\n')? as u64;
            is_whole = true;
        }
        let mut text = self.line.as_slice();
        if self.number == 1 {
            text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        }
        Ok(Some(FileLine {
            number: self.number,
            text: (!is_too_long).then(|| text.trim_ascii()),
            is_whole,
        }))
    }
}
