//! The files of a capture: `capture-<UTC start>-<n>.jsonl`, with whole lines; the newest files are kept.
//!
//! A failing disk costs lines, which are counted; after a pause the capture tries the next file.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::config::{CaptureConfig, CaptureState};
use super::line::{header, lost};
use crate::disk::Disk;
use crate::paths;

const START: &str = "capture-";
const ENDING: &str = ".jsonl";
/// Numbers to try for an unused name; two captures of the same second are the usual reason.
const MAX_NAMES: u32 = 1_000;
/// More bytes than the first line of a file takes.
const MAX_HEADER: u64 = 256;

/// The file that is being written.
struct CurrentFile {
    path: PathBuf,
    /// Bytes that were certainly written.
    bytes: u64,
}

/// Writes lines into files.
pub(super) struct CaptureFiles {
    disk: Box<dyn Disk>,
    config: CaptureConfig,
    start: String,
    part: u32,
    current: Option<CurrentFile>,
    /// Lines for the current file that are not written yet, and the number of their records.
    gathered: Vec<u8>,
    records: u64,
    /// Records that are missing since the last line.
    gap: u64,
    /// Records that could not be written.
    lost: u64,
    connected: bool,
    trouble: Option<String>,
    retry_at: Option<Instant>,
}

impl CaptureFiles {
    pub fn new(
        disk: Box<dyn Disk>,
        config: CaptureConfig,
        start: DateTime<Utc>,
        connected: bool,
    ) -> Self {
        Self {
            disk,
            config,
            start: start.format("%Y%m%dT%H%M%SZ").to_string(),
            part: 0,
            current: None,
            gathered: Vec::new(),
            records: 0,
            gap: 0,
            lost: 0,
            connected,
            trouble: None,
            retry_at: None,
        }
    }

    /// Notes records that are missing before the next line.
    pub fn note_gap(&mut self, records: u64) {
        self.gap += records;
    }

    /// Notes the state of the connection after the lines so far.
    pub fn note_connected(&mut self, connected: bool) {
        self.connected = connected;
    }

    /// Takes the line of one record; [`Self::flush`] writes it.
    pub fn take(&mut self, at: DateTime<Utc>, line: &[u8]) {
        if self
            .retry_at
            .is_some_and(|retry_at| Instant::now() < retry_at)
        {
            self.lose(1);
            return;
        }
        let gap = self.gap_line(at);
        let longest = self.config.file_bytes.saturating_sub(MAX_HEADER);
        if (gap.len() + line.len()) as u64 > longest {
            self.lose(1);
            return;
        }
        let room = |files: &Self, bytes: usize| {
            let current = files.current.as_ref().map_or(0, |current| current.bytes);
            let all = current + (files.gathered.len() + bytes) as u64;
            files.current.is_some() && all <= files.config.file_bytes
        };
        if !room(self, gap.len() + line.len()) {
            self.flush();
            if let Err(why) = self.next_file(at) {
                self.fail(&why);
                self.lose(1);
                return;
            }
        }
        self.gathered.extend_from_slice(&gap);
        self.gap = 0;
        self.gathered.extend_from_slice(line);
        self.records += 1;
    }

    /// Writes the last line about missing records.
    pub fn end(&mut self, at: DateTime<Utc>) {
        if self.current.is_some() {
            let gap = self.gap_line(at);
            self.gathered.extend_from_slice(&gap);
            self.gap = 0;
        }
        self.flush();
    }

    fn gap_line(&self, at: DateTime<Utc>) -> Vec<u8> {
        if self.gap == 0 {
            return Vec::new();
        }
        lost(at, self.gap)
    }

    fn lose(&mut self, records: u64) {
        self.gap += records;
        self.lost += records;
    }

    /// Returns the number of bytes that wait to be written.
    pub fn gathered(&self) -> usize {
        self.gathered.len()
    }

    /// Writes the waiting lines.
    pub fn flush(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let Some(current) = &mut self.current else {
            return;
        };
        match self
            .disk
            .append(&current.path, current.bytes, &self.gathered)
        {
            Ok(()) => {
                current.bytes += self.gathered.len() as u64;
                self.gathered.clear();
                self.records = 0;
            }
            Err(why) => {
                // A part may be in the file: keep whole lines only. If this fails too, the reader skips the last line.
                self.disk.append(&current.path, current.bytes, &[]).ok();
                self.fail(&why);
            }
        }
    }

    /// Abandons the file; the capture tries another one later.
    fn fail(&mut self, why: &io::Error) {
        let records = std::mem::take(&mut self.records);
        self.lose(records);
        self.gathered.clear();
        self.current = None;
        let trouble = format!(
            "the raw capture cannot be written to {}: {why}; it is tried again, and the recording goes on",
            paths::text(&self.config.folder)
        );
        if self.trouble.as_ref() != Some(&trouble) {
            tracing::warn!("{trouble}");
        }
        self.trouble = Some(trouble);
        self.retry_at = Instant::now().checked_add(self.config.retry);
    }

    fn next_file(&mut self, at: DateTime<Utc>) -> io::Result<()> {
        self.current = None;
        self.disk.create_private_dir_all(&self.config.folder)?;
        for _ in 0..MAX_NAMES {
            self.part = self.part.saturating_add(1);
            let name = format!("{START}{}-{}{ENDING}", self.start, self.part);
            let path = self.config.folder.join(&name);
            let header = header(at, self.part, self.connected, self.config.origin);
            match self.disk.create_private(&path, &header) {
                Ok(()) => {}
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(why) => return Err(why),
            }
            let bytes = header.len() as u64;
            self.current = Some(CurrentFile { path, bytes });
            self.trouble = None;
            self.retry_at = None;
            self.remove_old(&name);
            return Ok(());
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Removes all but the newest files, and never the current one.
    fn remove_old(&self, own: &str) {
        let found = match self.disk.list(&self.config.folder) {
            Ok(found) => found,
            Err(why) => {
                let folder = paths::text(&self.config.folder);
                tracing::warn!("old captures stay in {folder}: {why}");
                return;
            }
        };
        let names = found.iter().map(|entry| entry.name.as_str());
        let others = names.filter(|name| *name != own);
        let mut captures: Vec<_> = others
            .filter_map(|name| Some((age_of(name)?, name)))
            .collect();
        captures.sort_unstable();
        let kept = self.config.files.saturating_sub(1);
        let old = captures.len().saturating_sub(kept);
        // A file that cannot be removed (a folder of that name) does not stop the removal of the others.
        for (_, name) in captures.into_iter().take(old) {
            let path = self.config.folder.join(name);
            if let Err(why) = self.disk.remove(&path) {
                tracing::warn!(file = %paths::text(&path), %why, "an old capture cannot be removed; remove it by hand");
            }
        }
    }

    /// Returns the state for the screen.
    pub fn state(&self, on: bool) -> CaptureState {
        let current = self.current.as_ref();
        CaptureState {
            on,
            file: current.map(|current| current.path.clone()),
            bytes: current.map_or(0, |current| current.bytes),
            lost: self.lost,
            trouble: self.trouble.clone(),
        }
    }
}

/// Returns the order of a capture by age: its start, then its number. `None` for any other file.
fn age_of(name: &str) -> Option<(&str, u32)> {
    let middle = name.strip_prefix(START)?.strip_suffix(ENDING)?;
    let (start, part) = middle.split_once('-')?;
    let is_start = start.len() == 16 && start.ends_with('Z');
    Some((start, part.parse().ok()?)).filter(|_| is_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_captures_have_an_age() {
        assert_eq!(
            age_of("capture-20261122T150000Z-12.jsonl"),
            Some(("20261122T150000Z", 12))
        );
        for name in [
            "capture-.jsonl",
            "capture-1-2.jsonl",
            "x.jsonl",
            "capture-20261122T150000Z-x.jsonl",
        ] {
            assert_eq!(age_of(name), None, "{name}");
        }
    }
}
