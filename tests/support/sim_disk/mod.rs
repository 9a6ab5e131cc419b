//! A disk in memory that knows what is durable, loses the rest when its power is cut, and fails on demand.
//!
//! Contents are durable after `sync`, names after `sync_dir` of their folder. A failed `sync` loses what it should
//! have made durable without saying so a second time, as Linux does: only what is written again is safe.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "a helper of tests, each of which uses its part"
)]

mod tree;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use pianola::disk::{DirEntry, Disk};

pub use tree::Kind;
use tree::{Node, State};

/// What becomes of contents that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// As they were at the last sync.
    Lost,
    /// The new length, nothing in it; a file that was never synced is empty.
    Zeros,
    /// Half of what is new.
    Half,
    /// All there.
    Kept,
}

/// What a power cut takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flavour {
    pub contents: Contents,
    /// Creates, renames and removes since the last `sync_dir` stay.
    pub names_kept: bool,
}

pub const FLAVOURS: [Flavour; 8] = {
    const fn of(contents: Contents, names_kept: bool) -> Flavour {
        Flavour {
            contents,
            names_kept,
        }
    }
    [
        of(Contents::Lost, false),
        of(Contents::Zeros, false),
        of(Contents::Half, false),
        of(Contents::Kept, false),
        of(Contents::Lost, true),
        of(Contents::Zeros, true),
        of(Contents::Half, true),
        of(Contents::Kept, true),
    ]
};

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// ENOSPC; reading and removing still work.
    Full,
    /// EIO.
    Broken,
    /// Half of the bytes are written, then ENOSPC; only writes fail.
    Short,
}

/// What goes wrong, and at which operation (the first is 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    PowerCut(u64, Flavour),
    Once(u64, Failure),
    From(u64, Failure),
}

/// A handle; clones share the disk.
#[derive(Debug, Clone)]
pub struct SimDisk(Arc<Mutex<State>>);

impl SimDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State::new())))
    }

    /// An independent copy, with everything that is durable and not.
    pub fn fork(&self) -> Self {
        Self(Arc::new(Mutex::new(self.state().clone())))
    }

    /// From now on this goes wrong; operations count from 0 again.
    pub fn plan(&self, plan: Plan) {
        let mut state = self.state();
        state.plan = Some(plan);
        state.fired = None;
        state.operations = 0;
        state.changes.clear();
    }

    /// Nothing goes wrong any more.
    pub fn repair(&self) {
        self.state().plan = None;
    }

    /// The operation at which the plan came true, as `Sync /folder`.
    pub fn fired(&self) -> Option<String> {
        self.state().fired.clone()
    }

    /// How often each kind of operation went wrong so far, whatever the plan was.
    pub fn hits(&self) -> BTreeMap<Kind, u64> {
        self.state().hits.clone()
    }

    /// The number of operations so far, and of each whether it changed something.
    pub fn changes(&self) -> Vec<bool> {
        self.state().changes.clone()
    }

    /// Whether the power is out.
    pub fn dead(&self) -> bool {
        self.state().dead
    }

    /// Cuts the power now.
    pub fn cut(&self, flavour: Flavour) {
        self.state().cut(flavour);
    }

    /// The power is back.
    pub fn reboot(&self) {
        let mut state = self.state();
        state.dead = false;
        state.plan = None;
    }

    /// Puts a durable file there, with its folders.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.state();
        state.make_folders(path.parent().unwrap()).unwrap();
        state.open_or_make(path).unwrap();
        let file = state.find(path).unwrap();
        state.nodes[file] = Node::File {
            now: bytes.to_vec(),
            safe: bytes.to_vec(),
            dirty_from: None,
        };
        for node in &mut state.nodes {
            if let Node::Folder { now, safe } = node {
                safe.clone_from(now);
            }
        }
    }

    /// From now on this file or folder may not be read.
    pub fn forbid(&self, path: &Path) {
        self.state().forbidden.push(path.to_owned());
    }

    /// From now on so many bytes are free. Only a query shows it; a disk that is full is a `Plan`.
    pub fn set_free(&self, bytes: u64) {
        self.state().free = bytes;
    }

    /// Takes a folder and everything in it away, as a person would.
    pub fn take_away(&self, path: &Path) {
        let mut state = self.state();
        let (parent, name) = state.parent(path).unwrap();
        if let Node::Folder { now, safe } = &mut state.nodes[parent] {
            now.remove(&name);
            safe.remove(&name);
        }
    }

    /// Every file, with its path.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let state = self.state();
        let mut files = BTreeMap::new();
        let mut folders = vec![(PathBuf::from("/"), 0)];
        while let Some((path, index)) = folders.pop() {
            let Node::Folder { now, .. } = &state.nodes[index] else {
                continue;
            };
            for (name, child) in now {
                match &state.nodes[*child] {
                    Node::Folder { .. } => folders.push((path.join(name), *child)),
                    Node::File { now, .. } => {
                        files.insert(path.join(name), now.clone());
                    }
                }
            }
        }
        files
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Disk for SimDisk {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin(Kind::Name, path)?;
        state.make_folders(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        state.begin(Kind::Read, path)?;
        let index = state.find(path)?;
        match &state.nodes[index] {
            Node::File { now, .. } => Ok(now.clone()),
            Node::Folder { .. } => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let mut state = self.state();
        state.begin(Kind::Read, path)?;
        let index = state.find(path)?;
        let entries = state.folder(index)?.clone();
        let found = entries.into_iter().map(|(name, child)| DirEntry {
            name,
            is_dir: matches!(state.nodes[child], Node::Folder { .. }),
        });
        Ok(found.collect())
    }

    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let half = state.begin(Kind::Write, path)?;
        let offset = usize::try_from(offset).unwrap();
        let index = if offset == 0 {
            state.open_or_make(path)?
        } else {
            state.find(path)?
        };
        if matches!(&state.nodes[index], Node::File { now, .. } if now.len() < offset) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.overwrite(index, offset, bytes, half)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let half = state.begin(Kind::Write, path)?;
        let index = state.open_or_make(path)?;
        if let Node::File { now, .. } = &mut state.nodes[index] {
            now.clear();
        }
        state.overwrite(index, 0, bytes, half)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let begun = state.begin(Kind::Sync, path);
        if state.dead {
            return begun.map(|_| ());
        }
        let index = state.find(path)?;
        let Node::File {
            now,
            safe,
            dirty_from,
        } = &mut state.nodes[index]
        else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let from = dirty_from.take();
        begun?;
        if let Some(from) = from {
            safe.resize(from, 0);
            safe.extend_from_slice(&now[from.min(now.len())..]);
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin(Kind::Name, to)?;
        let (parent, old) = state.parent(from)?;
        let (target, new) = state.parent(to)?;
        let index = state.folder(parent)?.remove(&old);
        let index = index.ok_or(io::ErrorKind::NotFound)?;
        state.folder(target)?.insert(new, index);
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin(Kind::Sync, path)?;
        let index = state.find(path)?;
        match &mut state.nodes[index] {
            Node::Folder { now, safe } => safe.clone_from(now),
            Node::File { .. } => return Err(io::ErrorKind::NotADirectory.into()),
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin(Kind::Remove, path)?;
        let (parent, name) = state.parent(path)?;
        let folder = state.folder(parent)?;
        folder
            .remove(&name)
            .map(|_| ())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin(Kind::Remove, path)?;
        let index = state.find(path)?;
        if !state.folder(index)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let (parent, name) = state.parent(path)?;
        state.folder(parent)?.remove(&name);
        Ok(())
    }

    fn exists(&self, path: &Path) -> bool {
        let state = self.state();
        !state.dead && state.find(path).is_ok()
    }

    /// A look costs nothing and is no operation of the plan.
    fn free_space(&self, _: &Path) -> io::Result<u64> {
        let state = self.state();
        if state.dead {
            return Err(io::Error::other("the power is out"));
        }
        Ok(state.free)
    }
}
