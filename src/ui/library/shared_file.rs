//! The names of shared files.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::recording::root_of_session_journal;

/// The ending of a shared file.
pub const ENDING: &str = "pianola";

/// Why the running session is not shared.
pub const RUNNING: &str = "The running session can be shared when it has ended";

/// Whether a file has the name of a shared one.
pub fn is_shared_name(path: &Path) -> bool {
    path.extension() == Some(OsStr::new(ENDING))
}

/// Returns why a file cannot be shared, as far as its path says.
pub fn why_not_shared(path: &Path) -> Option<&'static str> {
    if root_of_session_journal(path).is_some() {
        Some(RUNNING)
    } else if is_shared_name(path) {
        Some("This is a shared file already: pass it on as it is")
    } else {
        None
    }
}

/// Returns a path with the ending of shared files: a double click opens such a file.
pub fn with_ending(path: PathBuf) -> PathBuf {
    if is_shared_name(&path) {
        return path;
    }
    let mut name = path.into_os_string();
    name.push(format!(".{ENDING}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_file_has_its_ending_once() {
        for (typed, path) in [
            ("/a/x", "/a/x.pianola"),
            ("/a/x.pianola", "/a/x.pianola"),
            ("/a/x.zip", "/a/x.zip.pianola"),
        ] {
            assert_eq!(with_ending(PathBuf::from(typed)), PathBuf::from(path));
        }
    }

    #[test]
    fn what_is_no_finished_session_says_why_it_is_not_shared() {
        let words = |path: &str| why_not_shared(Path::new(path));
        assert_eq!(
            words("/r/2026-01-01/sessions/20260101T000000_anonymous_session.json"),
            None
        );
        assert!(words("/r/x.pianola").is_some_and(|why| why.contains("already")));
    }
}
