//! Makes the bundle of a session.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::archive::{ArchiveFile, is_good_name, pack};
use super::manifest::BundleManifest;
use super::{BUNDLE_ENDING, MANIFEST, MAX_FILES, MAX_TOTAL_BYTES, is_archive};
use crate::disk::Disk;
use crate::game::Time;
use crate::library::game_finder::GameFinder;
use crate::library::open::{RecordingFile, open};
use crate::library::reviewed_session::no_game_text;
use crate::paths;
use crate::recording::format::names::{GAMES, SESSIONS, is_game_name, is_session_name, notes_name};
use crate::recording::format::read::MAX_FILE_BYTES;
use crate::recording::{
    GameFile, SessionFile, game_file_name, read_notes, root_of_session_journal, session_file_name,
    write_whole,
};
use crate::replay::games_needed;

/// What the bundle of a session would have in it. Nothing is packed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundlePlan {
    /// What would be in it.
    pub content: BundleContent,
    names: bool,
    files: Vec<ArchiveFile>,
}

/// A bundle that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedBundle {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// What is in it.
    pub content: BundleContent,
}

/// What is in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleContent {
    /// When the session began.
    pub start: Time,
    /// The name that suits the file.
    pub name: String,
    /// How many games are in it.
    pub games: usize,
    /// The notes are in it.
    pub has_notes: bool,
    /// What is not in it and why, in words.
    pub missing: Vec<String>,
}

/// Why a bundle was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareFailure {
    /// There is a file of that name.
    Exists,
    /// Another reason, with what to do.
    Failed(String),
}

/// Makes the bundle of a session file: collects it ([`plan_share`]) and packs it.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub fn share<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
    names: bool,
) -> Result<SharedBundle, String> {
    let plan = plan_share(disk, path, out, names)?;
    let BundlePlan {
        content,
        names,
        mut files,
    } = plan;
    let manifest = BundleManifest::of(&files, names).to_text();
    let manifest = manifest.map_err(|why| refused(path, &why))?;
    files.insert(0, ArchiveFile::new(MANIFEST.to_owned(), manifest));
    let bytes = pack(&files).map_err(|why| refused(path, &why))?;
    Ok(SharedBundle { bytes, content })
}

/// Collects what the bundle of a session file would have in it. The player's name and id are in it only if `names`. Games
/// are searched beside the session, then in `out`.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub fn plan_share<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
    names: bool,
) -> Result<BundlePlan, String> {
    let shown = paths::text(path);
    if root_of_session_journal(path).is_some() {
        return Err(format!(
            "{shown} is still being recorded; share it when it has ended"
        ));
    }
    let RecordingFile::Session(session) = open(disk, path)? else {
        return Err(format!(
            "{shown} is no session; share a session (…_session.json)"
        ));
    };
    if session.game_ids().is_empty() {
        return Err(no_game_text(path));
    }
    let refused = |why: &dyn Display| refused(path, why);
    let (name, text) = if names {
        let text = disk.read_at_most(path, MAX_FILE_BYTES);
        let meta = &session.meta;
        let name = name_in_bundle(
            path,
            |copy| session_file_name(meta.username.as_deref(), meta.session_start, copy),
            // The notes beside it have a longer name.
            |name| is_session_name(name) && is_good_name(&notes_name(name)),
        );
        (name, text.map_err(|why| refused(&why))?)
    } else {
        let start = session.meta.session_start;
        let text = masked(&session).to_text().map_err(|why| refused(&why))?;
        (session_file_name(None, start, 1), text)
    };
    let mut missing = Vec::new();
    let mut files = vec![ArchiveFile::new(format!("{SESSIONS}/{name}"), text)];
    let notes = read_notes(disk, path);
    let has_notes = notes.fault.is_none() && !notes.words.is_empty();
    if let Some(fault) = notes.fault {
        missing.push(format!("the notes: {fault}"));
    } else if has_notes {
        let text = notes.words.to_text().map_err(|why| refused(&why))?;
        let name = format!("{SESSIONS}/{}", notes_name(&name));
        files.push(ArchiveFile::new(name, text));
    }
    let finder = GameFinder::beside(disk.clone(), path, out);
    let needed = games_needed(&session);
    let mut games = Vec::new();
    for id in session.game_ids() {
        match finder
            .find_file(&id)
            .and_then(|(path, file)| game(disk, &path, &file, &games))
        {
            Ok(game) => games.push(game),
            Err(why) if needed.contains_key(&id) => missing.push(format!("game {id}: {why}")),
            // Its presale is all that was seen: it has no file.
            Err(_) => {}
        }
    }
    games.sort_by(|a, b| a.name.cmp(&b.name));
    let shared = games.len();
    files.extend(games);
    let total: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    if files.len() > MAX_FILES || total > MAX_TOTAL_BYTES {
        return Err(refused(&format!(
            "it has {shared} games and {} MiB, more than one file can have",
            total >> 20
        )));
    }
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    Ok(BundlePlan {
        content: BundleContent {
            start: session.meta.session_start,
            name: format!("{stem}{BUNDLE_ENDING}"),
            games: shared,
            has_notes,
            missing,
        },
        names,
        files,
    })
}

fn refused(path: &Path, why: &dyn Display) -> String {
    format!("cannot share {}: {why}", paths::text(path))
}

/// Writes a bundle completely or not at all, with the folders above it. A file of that name is replaced only if
/// `replaces`.
///
/// # Errors
///
/// Nothing half-written is left on the disk. The text says whether a file of that name is as it was before, or is the
/// bundle, but not for sure after a power cut.
pub fn save_bundle(
    disk: &dyn Disk,
    target: &Path,
    bundle: &SharedBundle,
    replaces: bool,
) -> Result<(), ShareFailure> {
    let shown = paths::text(target);
    if disk.exists(target) {
        if disk.list(target).is_ok() {
            let why = format!("{shown} is a folder; name a file");
            return Err(ShareFailure::Failed(why));
        }
        if !replaces {
            return Err(ShareFailure::Exists);
        }
    }
    let written = write_whole(disk, target, &bundle.bytes);
    written.map_err(|failed| ShareFailure::Failed(failed.text(target)))
}

/// Returns a session without the player's name and id.
fn masked(session: &SessionFile) -> SessionFile {
    let mut masked = session.clone();
    (masked.meta.player_id, masked.meta.username) = (None, None);
    masked
}

/// Returns the name of a file, or if a bundle cannot have it, the first of the names under which it is recorded that it can.
fn name_in_bundle(
    path: &Path,
    as_recorded: impl Fn(u32) -> String,
    is_possible: impl Fn(&str) -> bool,
) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    let good = name.filter(|name| is_good_name(name) && is_possible(name));
    let mut others = (1..).map(as_recorded);
    let name = good.map(ToOwned::to_owned);
    name.or_else(|| others.find(|name| is_possible(name)))
        .unwrap_or_default()
}

/// Returns the file of a game beside those that are in the bundle already.
fn game(
    disk: &dyn Disk,
    path: &Path,
    file: &GameFile,
    others: &[ArchiveFile],
) -> Result<ArchiveFile, String> {
    let bytes = disk.read_at_most(path, MAX_FILE_BYTES);
    let bytes = bytes.map_err(|why: io::Error| format!("{}: {why}", paths::text(path)))?;
    let meta = &file.meta;
    let start = meta.start_time.unwrap_or_default();
    let place = |name: &str| format!("{GAMES}/{name}");
    let name = name_in_bundle(
        path,
        |copy| game_file_name(&meta.game_id, start, copy),
        |name| is_game_name(name) && others.iter().all(|other| other.name != place(name)),
    );
    debug_assert!(!is_archive(&bytes), "it was read as a game");
    Ok(ArchiveFile::new(place(&name), bytes))
}
