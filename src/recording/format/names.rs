//! Names of files and folders. Texts from the wire are made safe here.

use std::fmt::Write as _;

use crate::game::Time;
use crate::protocol::GameId;

/// The longest part of a name that comes from the wire.
const MAX_CHARS: usize = 50;
/// Characters of the game id in a file name.
const SHORT_ID_CHARS: usize = 8;

/// Returns the text with only `a-z 0-9 . _ -` left, in lower case, at most 50 characters, never with a leading dot;
/// `fallback` when nothing is left.
pub fn safe_name(text: &str, fallback: &str) -> String {
    let safe = text.chars().map(|c| c.to_ascii_lowercase());
    let safe = safe.filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-'));
    let name: String = safe.skip_while(|c| *c == '.').take(MAX_CHARS).collect();
    if name.is_empty() {
        fallback.to_owned()
    } else {
        name
    }
}

/// Name of the folder of journals inside the recordings' folder.
pub(crate) const JOURNAL: &str = ".journal";
/// Name of the index inside a day's folder.
pub(crate) const INDEX: &str = "index.json";
/// Name of the folder of game files inside a day's folder.
pub(crate) const GAMES: &str = "games";
/// Name of the folder of session files inside a day's folder.
pub(crate) const SESSIONS: &str = "sessions";
/// The folder of what the player exports and shares.
pub const EXPORTS: &str = "exports";

/// Returns the folder of a day, `2025-12-15`, in UTC.
pub fn day_of(start: Time) -> String {
    start.format("%Y-%m-%d").to_string()
}

/// Returns the file name of a game, `20251215T011800_1a211bfc.game.json`; `copy` from 2 on is appended.
pub fn game_file_name(id: &GameId, start: Time, copy: u32) -> String {
    let mut name = format!("{}_{}", start.format("%Y%m%dT%H%M%S"), short_id(id));
    if copy > 1 {
        write!(name, "-{copy}").expect("writing to a String does not fail");
    }
    name + GAME_ENDING
}

/// Returns the part of a game's file name that comes from its id.
pub(crate) fn short_id(id: &GameId) -> String {
    let tail = id.as_str().rsplit('-').next().unwrap_or_default();
    let short: String = tail.chars().take(SHORT_ID_CHARS).collect();
    safe_name(&short, "unknown")
}

/// Returns the file name of a session, `20251215T011755_dutch_session.json`; `copy` from 2 on is appended to the name:
/// `20251215T011755_dutch-2_session.json`.
pub fn session_file_name(username: Option<&str>, start: Time, copy: u32) -> String {
    let mut name = session_stem(username, start);
    if copy > 1 {
        write!(name, "-{copy}").expect("writing to a String does not fail");
    }
    name + SESSION_ENDING
}

fn session_stem(username: Option<&str>, start: Time) -> String {
    let player = safe_name(username.unwrap_or_default(), "anonymous");
    format!("{}_{player}", start.format("%Y%m%dT%H%M%S"))
}

/// The ending of every session file's name.
const SESSION_ENDING: &str = "_session.json";

/// Returns the possible names of a session's journal: with a number that distinguishes those of one player and second.
pub(crate) fn session_journal_names(
    username: Option<&str>,
    start: Time,
) -> impl Iterator<Item = String> {
    let stem = session_stem(username, start);
    (1..).map(move |copy: u32| format!("{stem}-{copy}{SESSION_JOURNAL_ENDING}"))
}

/// Returns the number in the name of a session's journal; 1 if there is none.
pub(crate) fn number_of_journal(name: &str) -> u32 {
    let stem = name.strip_suffix(SESSION_JOURNAL_ENDING);
    let number = stem.and_then(|stem| stem.rsplit_once('-')?.1.parse().ok());
    number.unwrap_or(1)
}

/// The ending of the name of every session's journal.
pub(crate) const SESSION_JOURNAL_ENDING: &str = ".session";

/// The ending of the name of every file of notes.
pub(crate) const NOTES_ENDING: &str = ".notes.json";

/// Returns the name of the notes of a session, from the name of its file or of its journal.
pub(crate) fn notes_name(session: &str) -> String {
    let stem = match session.strip_suffix(SESSION_JOURNAL_ENDING) {
        // The number of a first journal is not in the name of the file.
        Some(stem) => format!("{}_session", stem.strip_suffix("-1").unwrap_or(stem)),
        None => session.strip_suffix(".json").unwrap_or(session).to_owned(),
    };
    stem + NOTES_ENDING
}

/// The ending of every game file's name.
const GAME_ENDING: &str = ".game.json";

/// Whether a name is one of a published game.
pub(crate) fn is_game_name(name: &str) -> bool {
    name.ends_with(GAME_ENDING) && !name.starts_with('.')
}

/// Whether a name is one of a published session.
pub(crate) fn is_session_name(name: &str) -> bool {
    name.ends_with(SESSION_ENDING) && !name.starts_with('.')
}

/// Returns the possible names of a game's journal: with a number that distinguishes games with one id.
pub(crate) fn journal_names(id: &GameId) -> impl Iterator<Item = String> {
    (1..).map(|copy| journal_name(id, copy))
}

/// Returns a name of a game's journal. Two ids that look alike once made safe differ in the checksum.
fn journal_name(id: &GameId, copy: u32) -> String {
    let crc = crc32fast::hash(id.as_str().as_bytes());
    let mut name = format!("{}-{crc:08x}", safe_name(id.as_str(), "unknown"));
    if copy > 1 {
        write!(name, "-{copy}").expect("writing to a String does not fail");
    }
    name + JOURNAL_ENDING
}

/// The ending of the name of every game's journal.
pub(crate) const JOURNAL_ENDING: &str = ".journal";

/// Returns the name under which a file is written before it is renamed to its own.
pub(crate) fn temporary_name(name: &str) -> String {
    format!("{TEMPORARY_START}{name}")
}

/// The beginning of the name of every unfinished file.
pub(crate) const TEMPORARY_START: &str = ".tmp-";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> GameId {
        GameId::new(text).expect("a game id")
    }

    #[test]
    fn a_game_is_named_by_its_start_and_the_tail_of_its_id() {
        let start = "2025-12-15T01:18:00.218Z".parse().expect("a time");
        let game = id("20251215-1a211bfc7caf41d6");
        assert_eq!(
            game_file_name(&game, start, 1),
            "20251215T011800_1a211bfc.game.json"
        );
        assert_eq!(
            game_file_name(&game, start, 3),
            "20251215T011800_1a211bfc-3.game.json"
        );
        assert_eq!(
            game_file_name(&id("x-../../e"), start, 1),
            "20251215T011800_e.game.json"
        );
        assert_eq!(
            game_file_name(&id("\u{1b}[2J"), start, 1),
            "20251215T011800_2j.game.json"
        );
        assert_eq!(
            game_file_name(&id("-"), start, 1),
            "20251215T011800_unknown.game.json"
        );
    }

    #[test]
    fn a_session_is_named_by_its_start_and_its_player_and_no_name_leaves_the_folder() {
        let start = "2025-12-15T01:17:55.999Z".parse().expect("a time");
        let long = "X".repeat(300);
        for (username, copy, name) in [
            (Some("Dutch"), 1, "dutch_session.json"),
            (Some("Dutch"), 2, "dutch-2_session.json"),
            (Some("../../evil"), 1, "evil_session.json"),
            (Some("\u{1b}[2J"), 1, "2j_session.json"),
            (Some(""), 1, "anonymous_session.json"),
            (Some("..."), 3, "anonymous-3_session.json"),
            (Some("a/b\\c:d*e?f"), 1, "abcdef_session.json"),
            (Some("con\0\n.json"), 1, "con.json_session.json"),
            (Some("\u{202e}gnp.exe"), 1, "gnp.exe_session.json"),
            (Some("é日本🚀"), 1, "anonymous_session.json"),
            (None, 1, "anonymous_session.json"),
        ] {
            let expected = format!("20251215T011755_{name}");
            assert_eq!(session_file_name(username, start, copy), expected);
        }
        let name = session_file_name(Some(&long), start, 1);
        let cut = "x".repeat(MAX_CHARS);
        assert_eq!(name, format!("20251215T011755_{cut}_session.json"));
    }

    #[test]
    fn ids_that_look_alike_have_different_journals() {
        assert_ne!(journal_name(&id("a/b"), 1), journal_name(&id("ab"), 1));
        assert_ne!(journal_name(&id("ab"), 1), journal_name(&id("ab"), 2));
    }

    proptest! {
        #[test]
        fn no_text_leaves_the_folder(text in "\\PC{0,80}|[./\\\\a-z\u{0}]{0,80}") {
            let name = safe_name(&text, "anonymous");
            prop_assert!(!name.is_empty() && name.len() <= MAX_CHARS && !name.starts_with('.'));
            prop_assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c)));
        }
    }
}
