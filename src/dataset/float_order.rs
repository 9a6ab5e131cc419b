//! Makes the minimum and maximum of doubles readable.
//!
//! Parquet 60 marks the order of doubles with a new name in the footer, and readers that do not know it ignore minimum
//! and maximum. Without NaN and negative zero, of which a data set has none, the old name is right as well.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

/// Bytes of one entry of the list of orders: a field that is a struct, and the ends of struct and entry.
const ENTRY_BYTES: usize = 3;
/// The end of the footer, its length, and the magic number.
const END_BYTES: usize = 1 + 4 + 4;
/// The order of the type.
const TYPE_DEFINED: [u8; ENTRY_BYTES] = [0x1c, 0, 0];
/// The total order of doubles.
const TOTAL_ORDER: [u8; ENTRY_BYTES] = [0x2c, 0, 0];

/// Passes a Parquet file on and renames the order of doubles at its end.
pub(super) struct FloatOrder<W> {
    out: W,
    /// The newest bytes: they may be the list of orders.
    tail: Vec<u8>,
    tail_bytes: usize,
    columns: usize,
    failure: Failure,
}

/// The kind of the output's first error. Parquet's own errors do not always have it.
pub(super) type Failure = Arc<OnceLock<io::ErrorKind>>;

impl<W: Write> FloatOrder<W> {
    /// Returns the writer for a file with so many columns, each with one leaf.
    pub fn new(out: W, columns: usize) -> Self {
        let tail_bytes = columns * ENTRY_BYTES + END_BYTES;
        Self {
            out,
            tail: Vec::with_capacity(tail_bytes),
            tail_bytes,
            columns,
            failure: Failure::default(),
        }
    }

    /// Returns the place where the kind of the output's first error will be.
    pub fn failure(&self) -> Failure {
        Arc::clone(&self.failure)
    }

    fn noted<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if let Err(why) = &result {
            self.failure.get_or_init(|| why.kind());
        }
        result
    }

    fn pass_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        // What the new bytes push out of the tail.
        let pushed = (self.tail.len() + bytes.len()).saturating_sub(self.tail_bytes);
        let old = pushed.min(self.tail.len());
        self.out.write_all(&self.tail[..old])?;
        self.tail.drain(..old);
        let (through, kept) = bytes.split_at(pushed - old);
        self.out.write_all(through)?;
        self.tail.extend_from_slice(kept);
        Ok(())
    }

    /// Writes the rest of the file and returns the output.
    ///
    /// # Errors
    ///
    /// The output failed, or the file does not end with its list of orders.
    pub fn finish(mut self) -> io::Result<W> {
        let is_footer = self.tail.len() == self.tail_bytes && self.tail.ends_with(b"PAR1");
        let (entries, end) = self.tail.split_at_mut(self.columns * ENTRY_BYTES);
        let is_order = |entry: &[u8]| entry == TYPE_DEFINED || entry == TOTAL_ORDER;
        if !is_footer || end[0] != 0 || !entries.chunks(ENTRY_BYTES).all(is_order) {
            let why = "the footer of the Parquet file has another form than expected";
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        for entry in entries.chunks_mut(ENTRY_BYTES) {
            entry.copy_from_slice(&TYPE_DEFINED);
        }
        self.out.write_all(&self.tail)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for FloatOrder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let passed = self.pass_on(bytes);
        self.noted(passed)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
