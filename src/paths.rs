//! Writes a path as text, in lines for people and in JSON, so that every path can be read back exactly.

use std::path::{Path, PathBuf};

/// Returns a path as text.
///
/// A path that is UTF-8 and has no backslash and no control character is written as it is. On Unix a path may hold any
/// byte: a byte that is not UTF-8, and each byte of a control character or of an invisible one, is written `\xNN` (two
/// hexadecimal digits), and a backslash `\\`, so that the path can be read back from the text and never breaks a line. On
/// Windows, where the backslash separates folders, they are escaped as `\u{NNNN}`.
#[cfg(not(windows))]
pub(crate) fn text(path: &Path) -> String {
    use std::fmt::Write as _;

    let bytes = path.as_os_str().as_encoded_bytes();
    let mut text = String::with_capacity(bytes.len());
    let escape = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            write!(text, r"\x{byte:02x}").expect("writing to a String does not fail");
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => text.push_str(r"\\"),
                c if is_hidden(c) => escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => text.push(c),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text
}

/// Returns a path as text on Windows, where a name is UTF-16.
#[cfg(windows)]
pub(crate) fn text(path: &Path) -> String {
    use std::os::windows::ffi::OsStrExt as _;

    let wide = path.as_os_str().encode_wide();
    let shown = |unit: Result<char, std::char::DecodeUtf16Error>| match unit {
        Ok(c) if is_hidden(c) => c.escape_unicode().to_string(),
        Ok(c) => String::from(c),
        Err(odd) => format!(r"\u{{{:x}}}", odd.unpaired_surrogate()),
    };
    char::decode_utf16(wide).map(shown).collect()
}

/// Returns a path as [`text`] does, as `~/games` if it is below the home folder.
pub(crate) fn short(path: &Path) -> String {
    text(&home_shortened(path))
}

/// Returns a path as `~/games` if it is below this user's home folder.
pub(crate) fn home_shortened(path: &Path) -> PathBuf {
    let dirs = directories::BaseDirs::new();
    below_home(path, dirs.as_ref().map(directories::BaseDirs::home_dir))
}

/// Returns a path as `~/games` if it is below this home folder.
pub(crate) fn below_home(path: &Path, home: Option<&Path>) -> PathBuf {
    let below = home.and_then(|home| path.strip_prefix(home).ok());
    below.map_or_else(|| path.to_owned(), |below| Path::new("~").join(below))
}

/// Whether a character is invisible or moves visible ones: controls, line ends, direction marks, zero width.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the first dangling link on the way to `path`, from its end, with its target.
pub(crate) fn dangling_link(path: &Path) -> Option<(PathBuf, PathBuf)> {
    for place in path.ancestors() {
        let Ok(found) = std::fs::symlink_metadata(place) else {
            continue;
        };
        let leads_nowhere = || {
            let why = std::fs::metadata(place).err();
            why.is_some_and(|why| why.kind() == std::io::ErrorKind::NotFound)
        };
        if !found.is_symlink() || !leads_nowhere() {
            return None;
        }
        let target = std::fs::read_link(place).ok()?;
        return Some((place.to_owned(), target));
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use proptest::prelude::*;

    use super::*;

    fn of(bytes: &[u8]) -> String {
        text(Path::new(OsStr::from_bytes(bytes)))
    }

    /// Reads a path back from its text.
    fn back(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            (bytes, rest) = match (first, after) {
                (b'\\', [b'\\', after @ ..]) => ([&bytes[..], b"\\"].concat(), after),
                (b'\\', [b'x', high, low, after @ ..]) => {
                    let digits = [*high, *low];
                    let digits = std::str::from_utf8(&digits).expect("two digits");
                    let byte = u8::from_str_radix(digits, 16).expect("hexadecimal");
                    ([&bytes[..], &[byte]].concat(), after)
                }
                (b'\\', _) => panic!("no such escape in {text}"),
                (byte, after) => ([&bytes[..], &[*byte]].concat(), after),
            };
        }
        bytes
    }

    #[test]
    fn a_path_is_written_as_it_is_and_only_other_bytes_and_the_backslash_are_escaped() {
        assert_eq!(
            of("/home/jörg/漢字/a b.json".as_bytes()),
            "/home/jörg/漢字/a b.json"
        );
        assert_eq!(of(b"/home/j\xf6rg"), r"/home/j\xf6rg");
        assert_eq!(of(br"/a\xf6"), r"/a\\xf6");
        assert_eq!(of(b"\xff\xfe/\xe2\x82"), r"\xff\xfe/\xe2\x82");
        assert_eq!(of(b"/a\nb\x1b[2J"), r"/a\x0ab\x1b[2J");
        assert_eq!(of("a\u{202e}b".as_bytes()), r"a\xe2\x80\xaeb");
        assert_eq!(of(b""), "");
    }

    proptest! {
        #[test]
        fn every_path_can_be_read_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let text = of(&bytes);
            prop_assert!(!text.chars().any(is_hidden), "{}", text);
            prop_assert_eq!(back(&text), bytes);
        }

        #[test]
        fn also_one_that_looks_like_an_escape(name in r"[\\xf0-9a]{0,12}") {
            prop_assert_eq!(back(&of(name.as_bytes())), name.as_bytes());
        }
    }

    #[test]
    fn a_link_to_nothing_is_found_wherever_it_is_on_the_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).expect("a link");
        let found = Some((link.clone(), PathBuf::from("nowhere")));
        assert_eq!(dangling_link(&link), found);
        assert_eq!(dangling_link(&link.join("live").join("deep")), found);
        assert_eq!(dangling_link(&folder.path().join("not there")), None);
        std::fs::create_dir(folder.path().join("nowhere")).expect("a folder");
        assert_eq!(dangling_link(&link), None);
        assert_eq!(dangling_link(&link.join("live")), None);
        assert_eq!(dangling_link(Path::new("")), None);
    }
}
