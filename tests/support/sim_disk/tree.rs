//! What the disk in memory consists of: files and folders as they are now, and as they are durable.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Contents, Failure, Flavour, Plan};

#[derive(Debug, Clone)]
pub enum Node {
    File {
        now: Vec<u8>,
        safe: Vec<u8>,
        /// Bytes from here on were written since the last sync.
        dirty_from: Option<usize>,
    },
    Folder {
        now: BTreeMap<String, usize>,
        safe: BTreeMap<String, usize>,
    },
}

impl Node {
    fn folder() -> Self {
        Self::Folder {
            now: BTreeMap::new(),
            safe: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct State {
    pub nodes: Vec<Node>,
    pub operations: u64,
    pub plan: Option<Plan>,
    /// The operation that went wrong first.
    pub fired: Option<String>,
    pub dead: bool,
    /// Whether each operation so far changes anything: a power cut before one that does not is no other cut.
    pub changes: Vec<bool>,
    /// How often each kind of operation went wrong.
    pub hits: BTreeMap<Kind, u64>,
    /// The answer to a query for the free space.
    pub free: u64,
    /// Files and folders that may not be read.
    pub forbidden: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Read,
    Write,
    Sync,
    Name,
    Remove,
}

fn full() -> io::Error {
    io::Error::from(io::ErrorKind::StorageFull)
}

/// EIO has no kind of its own.
fn broken() -> io::Error {
    io::Error::from_raw_os_error(5)
}

fn names(path: &Path) -> Vec<String> {
    let names = path.iter().filter(|name| *name != "/");
    names
        .map(|name| name.to_str().unwrap().to_owned())
        .collect()
}

impl State {
    pub fn new() -> Self {
        Self {
            nodes: vec![Node::folder()],
            operations: 0,
            plan: None,
            fired: None,
            dead: false,
            changes: Vec::new(),
            hits: BTreeMap::new(),
            free: u64::MAX,
            forbidden: Vec::new(),
        }
    }

    /// Counts an operation; fails if it is its turn. `Ok(true)`: write half, then fail.
    pub fn begin(&mut self, kind: Kind, path: &Path) -> io::Result<bool> {
        if self.dead {
            return Err(io::Error::other("the power is out"));
        }
        if kind == Kind::Read && self.forbidden.iter().any(|forbidden| forbidden == path) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let number = self.operations;
        self.operations += 1;
        self.changes.push(kind != Kind::Read);
        let failure = match self.plan {
            Some(Plan::PowerCut(at, flavour)) if at == number => {
                self.fired = Some(format!("{kind:?} {}", path.display()));
                self.cut(flavour);
                return Err(io::Error::other("the power is out"));
            }
            Some(Plan::Once(at, failure)) if at == number => failure,
            Some(Plan::From(at, failure)) if number >= at => failure,
            _ => return Ok(false),
        };
        let hit = match failure {
            Failure::Full => !matches!(kind, Kind::Read | Kind::Remove),
            Failure::Broken => true,
            Failure::Short => kind == Kind::Write,
        };
        if hit {
            *self.hits.entry(kind).or_default() += 1;
        }
        if hit && self.fired.is_none() {
            self.fired = Some(format!("{kind:?} {}", path.display()));
        }
        match failure {
            _ if !hit => Ok(false),
            Failure::Full => Err(full()),
            Failure::Broken => Err(broken()),
            Failure::Short => Ok(true),
        }
    }

    pub fn cut(&mut self, flavour: Flavour) {
        self.dead = true;
        for node in &mut self.nodes {
            match node {
                Node::Folder { now, safe } if flavour.names_kept => safe.clone_from(now),
                Node::Folder { now, safe } => now.clone_from(safe),
                Node::File {
                    now,
                    safe,
                    dirty_from,
                } => {
                    let from = dirty_from.take().unwrap_or(now.len()).min(safe.len());
                    let left = match flavour.contents {
                        Contents::Lost => safe.clone(),
                        Contents::Zeros if safe.is_empty() => Vec::new(),
                        Contents::Zeros => {
                            let mut left = safe[..from].to_vec();
                            left.resize(now.len(), 0);
                            left
                        }
                        Contents::Half => {
                            let new = now.len().saturating_sub(from) / 2;
                            now[..now.len().min(from + new)].to_vec()
                        }
                        Contents::Kept => now.clone(),
                    };
                    now.clone_from(&left);
                    *safe = left;
                }
            }
        }
    }

    pub fn find(&self, path: &Path) -> io::Result<usize> {
        let mut index = 0;
        for name in names(path) {
            let Node::Folder { now, .. } = &self.nodes[index] else {
                return Err(io::ErrorKind::NotADirectory.into());
            };
            index = *now.get(&name).ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(index)
    }

    pub fn parent(&self, path: &Path) -> io::Result<(usize, String)> {
        let mut names = names(path);
        let name = names.pop().unwrap();
        let folder = names.iter().collect::<PathBuf>();
        Ok((self.find(&folder)?, name))
    }

    pub fn folder(&mut self, index: usize) -> io::Result<&mut BTreeMap<String, usize>> {
        match &mut self.nodes[index] {
            Node::Folder { now, .. } => Ok(now),
            Node::File { .. } => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub fn make_folders(&mut self, path: &Path) -> io::Result<()> {
        let mut index = 0;
        for name in names(path) {
            let new = self.nodes.len();
            let child = *self.folder(index)?.entry(name).or_insert(new);
            if child == new {
                self.nodes.push(Node::folder());
            }
            index = child;
        }
        self.folder(index).map(|_| ())
    }

    pub fn open_or_make(&mut self, path: &Path) -> io::Result<usize> {
        let (parent, name) = self.parent(path)?;
        let new = self.nodes.len();
        let index = *self.folder(parent)?.entry(name).or_insert(new);
        if index == new {
            self.nodes.push(Node::File {
                now: Vec::new(),
                safe: Vec::new(),
                dirty_from: Some(0),
            });
        }
        Ok(index)
    }

    /// Overwrites from `offset` on, as much as the failure lets through.
    pub fn overwrite(
        &mut self,
        index: usize,
        offset: usize,
        bytes: &[u8],
        half: bool,
    ) -> io::Result<()> {
        let Node::File {
            now, dirty_from, ..
        } = &mut self.nodes[index]
        else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let written = if half {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        };
        let end = offset + written.len();
        if now.len() < end {
            now.resize(end, 0);
        }
        now[offset..end].copy_from_slice(written);
        *dirty_from = Some(dirty_from.map_or(offset, |from| from.min(offset)));
        if half {
            return Err(full());
        }
        now.truncate(end);
        Ok(())
    }
}
