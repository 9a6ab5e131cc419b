//! The settings file: read once at start, and written after each change, see [`Saver`](super::Saver).
//!
//! A file that cannot be read is never overwritten: it is renamed first, or nothing is saved.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Settings, apply_changes, fields_of, text_of};
use crate::disk::{Disk as _, FileAccess, RealDisk, ReplaceError, replace_file_after};
use crate::paths;

/// The longest file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Settings as they were read at start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadedSettings {
    /// The settings.
    pub settings: Settings,
    /// A message for the player.
    pub notice: Option<String>,
}

/// Reads the settings. A file that cannot be read is renamed, and settings with the strictest limits replace it.
pub fn load(path: &Path) -> LoadedSettings {
    // An older version, a copy or an editor may have left it readable for others.
    if let Err(why) = restrict_to_owner(path) {
        tracing::warn!("others may read {}: {why}", paths::text(path));
    }
    let notice = match read(path) {
        Ok(None) => return LoadedSettings::default(),
        Ok(Some(fields)) => {
            let parsed = Settings::from_fields(&fields);
            let wrong: Vec<_> = parsed.wrong.iter().map(ToString::to_string).collect();
            let notice = (!wrong.is_empty()).then(|| {
                format!(
                    "Not everything in the settings file {} can be used: {}.",
                    paths::text(path),
                    wrong.join("; ")
                )
            });
            return with_notice(parsed.settings, notice);
        }
        Err(why) => {
            let path = paths::text(path);
            format!("The settings in {path} are damaged or cannot be read ({why}).")
        }
    };
    let settings = Settings::of_unreadable_file();
    let fields = settings.to_fields();
    let result = match save(path, &fields, &fields) {
        Ok(Some(aside)) => format!("The file is kept as {}.", paths::text(&aside)),
        Ok(None) => String::new(),
        Err(why) => format!("The file stays as it is: {why}."),
    };
    let limits = "Everything is at its default, and the limits are at their strictest: set them in the settings before \
                  you buy.";
    with_notice(settings, Some(format!("{notice} {result} {limits}")))
}

/// Reads the settings and never changes the file: for a command that shows no settings.
pub fn read_only(path: &Path) -> Settings {
    match read(path) {
        Ok(fields) => Settings::from_fields(&fields.unwrap_or_default()).settings,
        Err(why) => {
            tracing::warn!(
                "the settings in {} cannot be read: {why}",
                paths::text(path)
            );
            Settings::of_unreadable_file()
        }
    }
}

fn with_notice(settings: Settings, notice: Option<String>) -> LoadedSettings {
    if let Some(notice) = &notice {
        tracing::warn!("{notice}");
    }
    LoadedSettings { settings, notice }
}

/// Returns the fields of the file; `None` when there is none.
///
/// # Errors
/// The reason why the file cannot be read.
fn read(path: &Path) -> Result<Option<Map<String, Value>>, String> {
    let text = match RealDisk.read_at_most(path, MAX_BYTES) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            // A dangling link is not an absent file.
            if path.is_symlink() {
                return Err("it is a link to a file that does not exist".to_owned());
            }
            return Ok(None);
        }
        Err(why) => return Err(why.to_string()),
    };
    fields_of(&text).map(Some).map_err(|why| why.to_string())
}

/// Writes the change from `before` to `after` into the file: temporary file, sync, rename. Everything else in the file
/// stays. A new file is readable by its owner only: an address can hold a credential. Behind a link the target is
/// written, and keeps its permissions.
///
/// Returns the new name of a file that could not be read.
///
/// # Errors
/// [`ReplaceError`] says whether the old file is unchanged.
pub(super) fn save(
    path: &Path,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Option<PathBuf>, ReplaceError> {
    let (fields, unread) = match read(path) {
        Ok(found) => (
            apply_changes(found.unwrap_or_default(), before, after),
            None,
        ),
        Err(why) => (after.clone(), Some(why)),
    };
    let written = write(path, text_of(fields).as_bytes(), unread.is_some());
    written.map_err(|failed| match (failed, unread) {
        (ReplaceError::Unchanged(why), Some(unread)) => {
            let text = format!("it cannot be read ({unread}) and cannot be replaced ({why})");
            io::Error::other(text).into()
        }
        (failed, _) => failed,
    })
}

/// Replaces the file. With `keep` the old file gets another name before, which is returned.
fn write(path: &Path, text: &[u8], keep: bool) -> Result<Option<PathBuf>, ReplaceError> {
    replace_file_after(path, text, FileAccess::Owner, |target, found| {
        found
            .filter(|_| keep)
            .map(|found| keep_aside(target, found.is_dir()))
            .transpose()
    })
}

/// Renames a file to a name that is free.
fn keep_aside(target: &Path, is_dir: bool) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let name = match number {
            1 => "settings-damaged.json".to_owned(),
            number => format!("settings-damaged-{number}.json"),
        };
        let aside = target.with_file_name(name);
        // The name is created first, so that two windows never use the same one.
        let taken = if is_dir {
            let is_there = fs::symlink_metadata(&aside).is_ok();
            (!is_there)
                .then_some(())
                .ok_or(io::ErrorKind::AlreadyExists.into())
        } else {
            File::create_new(&aside).map(drop)
        };
        match taken {
            Ok(()) => {}
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(why) => return Err(why),
        }
        if let Err(why) = fs::rename(target, &aside) {
            fs::remove_file(&aside).ok(); // It holds the name only.
            return Err(why);
        }
        return Ok(aside);
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Makes the file readable and writable for its owner only. The target of a link keeps its permissions.
#[cfg(unix)]
fn restrict_to_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() && found.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn restrict_to_owner(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
