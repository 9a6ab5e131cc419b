//! The help sheet with all keys, and the version of the program.

use super::command::{KeyCommand, KeyScope};
use super::key_bindings::bindings;
use super::key_table::{KEYS, KeyBinding};
use super::keys::take_key;
use super::theme::GRID;
use super::widgets::{link_ui, modal_panel_ui};

/// The address of the release page. Packages are built with it; other builds do not know one.
const RELEASES: Option<&str> = option_env!("PIANOLA_RELEASES");
/// The width from which on the parts are side by side.
const WIDE: f32 = 960.0;
/// The widths of the sheet with the parts side by side and below each other, and the height of everything around them.
const WIDTH: f32 = 940.0;
const NARROW_WIDTH: f32 = 420.0;
const AROUND: f32 = 76.0;
/// The parts, by the scope of their keys; side by side they are in three columns of about the same height.
const PARTS: [(&str, Option<KeyScope>); 5] = [
    ("The game", Some(KeyScope::Live)),
    ("The library", Some(KeyScope::Library)),
    ("A replay", Some(KeyScope::Replay)),
    ("The lab", Some(KeyScope::Lab)),
    ("More than one page", None),
];

/// Draws the sheet over the window. Returns false once it is closed.
pub fn help_ui(ctx: &egui::Context) -> bool {
    let window = ctx.content_rect();
    let is_wide = window.width() > WIDE;
    let width = if is_wide { WIDTH } else { NARROW_WIDTH };
    let mut is_closed = false;
    let stays = modal_panel_ui(ctx, "keys", "Keys", width, |ui, _| {
        is_closed = take_key(ui.ctx(), KeyCommand::Help);
        // As high as the window allows; the rest scrolls.
        let room = window.height() - AROUND;
        ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
        let scroll = egui::ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room);
        scroll.show(ui, |ui| {
            if is_wide {
                ui.horizontal_top(|ui| {
                    for parts in [&PARTS[..2], &PARTS[2..4], &PARTS[4..]] {
                        ui.vertical(|ui| column_ui(ui, parts));
                        ui.add_space(2.0 * GRID);
                    }
                });
            } else {
                column_ui(ui, &PARTS);
            }
        });
    });
    stays && !is_closed
}

/// Draws parts below each other, and the version below the last part.
fn column_ui(ui: &mut egui::Ui, parts: &[(&str, Option<KeyScope>)]) {
    for part in parts {
        keys_ui(ui, *part);
        ui.add_space(2.0 * GRID);
        if part.1.is_none() {
            version_ui(ui, RELEASES);
        }
    }
}

/// Draws the version, and a link to the release page if its address is known. Nothing is fetched: the link opens the
/// page in the player's browser.
fn version_ui(ui: &mut egui::Ui, releases: Option<&str>) {
    ui.horizontal(|ui| {
        ui.label(concat!("Pianola ", env!("CARGO_PKG_VERSION")));
        if let Some(address) = releases.filter(|address| address.starts_with("https://"))
            && link_ui(ui, "Release page").on_hover_text(address).clicked()
        {
            ui.ctx().open_url(egui::OpenUrl::new_tab(address));
        }
    });
}

fn keys_ui(ui: &mut egui::Ui, (title, scope): (&str, Option<KeyScope>)) {
    ui.strong(title);
    let bindings = bindings(ui.ctx());
    egui::Grid::new(title).num_columns(2).show(ui, |ui| {
        let mut key = |shown: &str, text: &str| {
            ui.monospace(shown);
            ui.label(text);
            ui.end_row();
        };
        for KeyBinding { command, text, .. } in
            KEYS.iter().filter(|row| row.command.scope() == scope)
        {
            key(&bindings.key_name(*command), text);
        }
        match scope {
            Some(KeyScope::Live | KeyScope::Review | KeyScope::Settings) => {}
            Some(KeyScope::Lab) => {
                key("Ctrl Enter", "Run the strategies");
                key("Ctrl S", "Save the strategy");
            }
            Some(KeyScope::Library) => key("Esc", "Back to the game"),
            Some(KeyScope::Replay) => key("Esc", "Back to the live game"),
            None => {
                key("Ctrl Enter", "Let the piano play, or save a note");
                key("Esc", "Close this, a question, or a page");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::{KEYS, help_ui, version_ui};
    use crate::ui::theme::Theme;

    /// Returns the help's last line with this address, drawn and settled.
    fn line(releases: Option<&'static str>) -> Harness<'static> {
        let mut harness = Harness::new_ui(move |ui| version_ui(ui, releases));
        harness.run();
        harness
    }

    #[test]
    fn the_release_page_is_opened_by_a_click_and_never_before() {
        let address = "https://example.invalid/releases";
        let mut harness = line(Some(address));
        let opened = |harness: &Harness<'_>| -> Vec<String> {
            let commands = &harness.output().platform_output.commands;
            let urls = commands.iter().filter_map(|command| match command {
                egui::OutputCommand::OpenUrl(open) => Some(open.url.clone()),
                _ => None,
            });
            urls.collect()
        };
        assert!(opened(&harness).is_empty());
        harness.get_by_label("Release page").click();
        harness.step();
        let first = opened(&harness);
        harness.step();
        assert_eq!([first, opened(&harness)].concat(), [address]);
    }

    #[test]
    fn on_a_low_screen_every_key_and_the_version_are_in_sight_and_the_parts_apart() {
        let size = egui::vec2(1_366.0, 688.0);
        let builder = Harness::builder().with_size(size);
        let builder = builder.with_context_setup(Theme::install);
        let mut harness = builder.build_ui(|ui| {
            help_ui(ui.ctx());
        });
        harness.run();
        let version = concat!("Pianola ", env!("CARGO_PKG_VERSION"));
        let others = [version, "Run the strategies", "Save the strategy"];
        for text in KEYS.iter().map(|row| row.text).chain(others) {
            for node in harness.get_all_by_label(text) {
                let rect = node.rect();
                assert!(rect.bottom() <= size.y - 8.0, "{text}: {rect:?}");
                assert!(rect.right() <= size.x, "{text}: {rect:?}");
            }
        }
        // The last key of the game, and the title of the part below it.
        let above = harness.get_by_label("Scroll right 40 ticks").rect();
        let below = harness.get_by_label("The library").rect();
        assert!(below.top() - above.bottom() >= 8.0, "{above:?} {below:?}");
    }

    #[test]
    fn without_an_address_there_is_only_the_version() {
        for releases in [None, Some("file:///etc/passwd")] {
            let harness = line(releases);
            harness.get_by_label(concat!("Pianola ", env!("CARGO_PKG_VERSION")));
            assert!(harness.query_by_label("Release page").is_none());
        }
    }
}
