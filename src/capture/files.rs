//! The files of a capture: `capture-<UTC start>-<n>.jsonl`, whole lines each, the newest kept.
//!
//! A disk that takes nothing costs lines, which are counted; after a pause the next file is tried.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::capture::line::{header, lost};
use crate::capture::shelf::Shelf;
use crate::capture::{Capture, CaptureState};

const START: &str = "capture-";
const ENDING: &str = ".jsonl";
/// Numbers that are tried for a name that nobody has; two captures of one second are the usual reason.
const NAMES: u32 = 1_000;
/// More than the first line of a file takes.
const HEADER: u64 = 256;

/// The file that is written to.
struct Current {
    path: PathBuf,
    /// What is in it for certain.
    bytes: u64,
}

/// Writes lines into files.
pub(super) struct Files {
    shelf: Box<dyn Shelf>,
    plan: Capture,
    start: String,
    part: u32,
    current: Option<Current>,
    /// Lines for the current file that are not written yet, and how many pieces they are.
    gathered: Vec<u8>,
    pieces: u64,
    /// Pieces that are missing since the last line.
    gap: u64,
    /// Pieces that the disk did not take.
    lost: u64,
    connected: bool,
    trouble: Option<String>,
    retry_at: Option<Instant>,
}

impl Files {
    pub fn new(
        shelf: Box<dyn Shelf>,
        plan: Capture,
        start: DateTime<Utc>,
        connected: bool,
    ) -> Self {
        Self {
            shelf,
            plan,
            start: start.format("%Y%m%dT%H%M%SZ").to_string(),
            part: 0,
            current: None,
            gathered: Vec::new(),
            pieces: 0,
            gap: 0,
            lost: 0,
            connected,
            trouble: None,
            retry_at: None,
        }
    }

    /// Notes that pieces are missing before the next line.
    pub fn note_gap(&mut self, pieces: u64) {
        self.gap += pieces;
    }

    /// Notes how the connection is after the lines so far.
    pub fn note_connected(&mut self, connected: bool) {
        self.connected = connected;
    }

    /// Takes the line of one piece; [`Self::flush`] writes it.
    pub fn take(&mut self, at: DateTime<Utc>, line: &[u8]) {
        if self
            .retry_at
            .is_some_and(|retry_at| Instant::now() < retry_at)
        {
            self.lose(1);
            return;
        }
        let gap = self.gap_line(at);
        let longest = self.plan.file_bytes.saturating_sub(HEADER);
        if (gap.len() + line.len()) as u64 > longest {
            self.lose(1);
            return;
        }
        let room = |files: &Self, bytes: usize| {
            let current = files.current.as_ref().map_or(0, |current| current.bytes);
            let all = current + (files.gathered.len() + bytes) as u64;
            files.current.is_some() && all <= files.plan.file_bytes
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
        self.pieces += 1;
    }

    /// Writes the last line about what is missing.
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

    fn lose(&mut self, pieces: u64) {
        self.gap += pieces;
        self.lost += pieces;
    }

    /// How much waits to be written.
    pub fn gathered(&self) -> usize {
        self.gathered.len()
    }

    /// Writes what was taken.
    pub fn flush(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let Some(current) = &mut self.current else {
            return;
        };
        match self
            .shelf
            .append(&current.path, current.bytes, &self.gathered)
        {
            Ok(()) => {
                current.bytes += self.gathered.len() as u64;
                self.gathered.clear();
                self.pieces = 0;
            }
            Err(why) => {
                // A part of it may be in the file: whole lines only. If that fails, too, the reader copes.
                self.shelf.cut(&current.path, current.bytes).ok();
                self.fail(&why);
            }
        }
    }

    /// Gives the file up; another one is tried later.
    fn fail(&mut self, why: &io::Error) {
        let pieces = std::mem::take(&mut self.pieces);
        self.lose(pieces);
        self.gathered.clear();
        self.current = None;
        let trouble = format!(
            "the raw capture cannot be written to {}: {why}; it is tried again, and the recording goes on",
            self.plan.folder.display()
        );
        if self.trouble.as_ref() != Some(&trouble) {
            tracing::warn!("{trouble}");
        }
        self.trouble = Some(trouble);
        self.retry_at = Instant::now().checked_add(self.plan.retry);
    }

    fn next_file(&mut self, at: DateTime<Utc>) -> io::Result<()> {
        self.current = None;
        self.shelf.make_folder(&self.plan.folder)?;
        for _ in 0..NAMES {
            self.part = self.part.saturating_add(1);
            let name = format!("{START}{}-{}{ENDING}", self.start, self.part);
            let path = self.plan.folder.join(&name);
            match self.shelf.create(&path) {
                Ok(()) => {}
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(why) => return Err(why),
            }
            self.gathered = header(at, self.part, self.connected);
            self.current = Some(Current { path, bytes: 0 });
            self.trouble = None;
            self.retry_at = None;
            self.forget_old(&name);
            return Ok(());
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Keeps the newest files and removes the others; never the one that is written to.
    fn forget_old(&self, own: &str) {
        let names = match self.shelf.list(&self.plan.folder) {
            Ok(names) => names,
            Err(why) => {
                let folder = self.plan.folder.display();
                tracing::warn!("old captures stay in {folder}: {why}");
                return;
            }
        };
        let others = names.iter().filter(|name| *name != own);
        let mut captures: Vec<_> = others
            .filter_map(|name| Some((age_of(name)?, name)))
            .collect();
        captures.sort_unstable();
        let kept = self.plan.files.saturating_sub(1);
        let old = captures.len().saturating_sub(kept);
        // One that cannot be removed (a folder of that name) does not keep the others.
        for (_, name) in captures.into_iter().take(old) {
            let path = self.plan.folder.join(name);
            if let Err(why) = self.shelf.remove(&path) {
                tracing::warn!(file = %path.display(), %why, "an old capture cannot be removed; remove it by hand");
            }
        }
    }

    /// Returns what is to be shown.
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

/// What orders captures by age: when they began, then their number. `None`: it is none of ours.
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
    fn only_captures_are_counted_as_such() {
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
