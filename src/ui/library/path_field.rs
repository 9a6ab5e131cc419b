//! The field with the path of the folder that is shown. The player types a path to open another folder or a file.

use std::path::{Path, PathBuf};

use crate::ui::format::path_to_edit;
use crate::ui::theme::Theme;
use crate::ui::widgets::named;

/// Least width of the field.
const LEAST_WIDTH: f32 = 80.0;

/// The state of the field.
#[derive(Debug, Default)]
pub struct PathField {
    text: String,
    /// Whether the player has changed the text.
    changed: bool,
    /// The path that is being opened.
    opening: Option<PathBuf>,
    /// Why the path cannot be opened.
    error: Option<String>,
    focus: bool,
}

impl PathField {
    /// Draws the field. Returns the path to open when Enter is pressed.
    pub fn ui(&mut self, ui: &mut egui::Ui, folder: Option<&Path>) -> Option<PathBuf> {
        let width = ui.available_width().max(LEAST_WIDTH);
        let wrong = self.error.clone();
        let field = egui::TextEdit::singleline(&mut self.text)
            .hint_text("Path of a folder or file")
            .text_color_opt(wrong.as_ref().map(|_| Theme::of(ui).amber))
            .desired_width(width - 2.0 * ui.spacing().item_spacing.x);
        let tip = "A folder to list or a recording to play; Enter opens it";
        let field = named(ui.add(field), "Path").on_hover_text(tip);
        if std::mem::take(&mut self.focus) {
            field.request_focus();
        }
        if field.changed() {
            self.changed = true;
            self.error = None;
        }
        if !field.lost_focus() {
            return None;
        }
        if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.reset(folder);
        }
        if !ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            return None;
        }
        // The name of a folder may not be UTF-8, but the path of the one that is shown is known.
        if !self.changed {
            return folder.map(Path::to_owned);
        }
        let path = typed_path(&self.text);
        if path.is_none() {
            self.error = Some("Type the path of a folder or of a recording first".to_owned());
        }
        path
    }

    /// Returns why the path cannot be opened.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Moves the focus to the field.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// Notes that the path is being opened.
    pub fn set_opening(&mut self, path: PathBuf) {
        self.opening = Some(path);
        self.error = None;
    }

    /// Whether the path is being opened.
    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    /// Notes that the path is not opened: the player opens something else.
    pub fn give_up(&mut self) {
        self.opening = None;
    }

    /// Notes that a folder is shown now.
    pub fn set_folder(&mut self, folder: &Path) {
        // Text that is being typed stays, unless it names this folder.
        if !self.changed || self.opening.as_deref() == Some(folder) {
            self.reset(Some(folder));
        }
    }

    /// Notes that a file cannot be opened. Returns whether it is the file of this field, which then shows the reason.
    pub fn take_error(&mut self, path: &Path, error: &str) -> bool {
        let own = self.opening.as_deref() == Some(path);
        if own {
            self.opening = None;
            self.error = Some(error.to_owned());
            self.focus = true;
        }
        own
    }

    /// Shows the path of the current folder again.
    pub fn reset(&mut self, folder: Option<&Path>) {
        *self = Self {
            text: folder.map_or(String::new(), path_to_edit),
            ..Self::default()
        };
    }
}

/// Returns the path in a typed text: without spaces and quotes around it, `~` as this user's home folder.
pub fn typed_path(text: &str) -> Option<PathBuf> {
    let dirs = directories::BaseDirs::new();
    parse_path(text, dirs.as_ref().map(directories::BaseDirs::home_dir))
}

fn parse_path(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    let unquoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let text = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    let below_home = match text.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(std::path::is_separator),
        None => None,
    };
    Some(match (below_home, home) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_is_trimmed_and_its_tilde_is_the_home_folder() {
        let home = Path::new("/home/ada");
        for (text, path) in [
            ("/data/games", Some("/data/games")),
            ("  /data/my games \n", Some("/data/my games")),
            ("\"/data/a b\"", Some("/data/a b")),
            ("'/data/a b'", Some("/data/a b")),
            ("~", Some("/home/ada/")),
            ("~/games", Some("/home/ada/games")),
            ("~bob/games", Some("~bob/games")),
            ("games/~", Some("games/~")),
            ("", None),
            ("  ", None),
            ("\"\"", None),
        ] {
            assert_eq!(
                parse_path(text, Some(home)),
                path.map(PathBuf::from),
                "{text}"
            );
        }
        assert_eq!(parse_path("~/games", None), Some(PathBuf::from("~/games")));
    }

    #[test]
    fn a_folder_below_home_is_shown_short_and_read_back() {
        let dirs = directories::BaseDirs::new().expect("a home");
        let folder = dirs.home_dir().join("my \u{202e}games");
        let mut field = PathField::default();
        field.set_folder(&folder);
        let separator = std::path::MAIN_SEPARATOR;
        assert_eq!(field.text, format!("~{separator}my \u{202e}games"));
        assert_eq!(typed_path(&field.text), Some(folder));
        field.reset(Some(Path::new("/srv/games")));
        assert_eq!(field.text, "/srv/games");
    }

    #[test]
    fn typed_text_stays_when_the_folder_is_read_again() {
        let mut field = PathField::default();
        field.set_folder(Path::new("/a"));
        assert_eq!(field.text, "/a");
        field.text = "/a/b".to_owned();
        field.changed = true;
        field.set_folder(Path::new("/a"));
        assert_eq!(field.text, "/a/b");
        field.set_opening(PathBuf::from("/a/b"));
        assert!(!field.take_error(Path::new("/other"), "no"));
        assert!(field.take_error(Path::new("/a/b"), "no such file"));
        assert_eq!(field.error.as_deref(), Some("no such file"));
        field.set_opening(PathBuf::from("/a/b"));
        field.set_folder(Path::new("/a/b"));
        assert_eq!((field.text.as_str(), field.changed), ("/a/b", false));
    }
}
