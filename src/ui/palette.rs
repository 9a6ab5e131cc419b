//! The command palette: finds a command by its name and runs it. It dims the window, and no trade key acts while it is
//! open.

use egui::{
    Align, Align2, Area, Context, Frame, Id, Key, Layout, Modal, Modifiers, Order, Role,
    ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use super::command::{KeyCommand, KeyScope};
use super::key_table::KEYS;
use super::theme::role::{BODY, CAPTION, STRONG, TABLE};
use super::theme::{CARD_RADIUS, GRID, RADIUS, Theme};
use super::widgets::{Icon, icon_ui, key_cap_ui, line_galley, named, paint_line};

/// Width of the palette.
const WIDTH: f32 = 560.0;
/// Distance from the top of the window.
const TOP: f32 = 112.0;
/// Height of a row.
const ROW: f32 = 36.0;
/// Rows in sight.
const ROWS: f32 = 8.0;

/// The palette.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    open: bool,
    text: String,
    chosen: usize,
}

/// Whether a command can be found in the palette where the scope is on the screen.
fn is_listed(command: KeyCommand, scope: KeyScope) -> bool {
    let elsewhere = command.trades() || command.changes_ticket() || command == KeyCommand::Stop;
    let moves_only = matches!(command, KeyCommand::InLibrary(key) if key.moves());
    !elsewhere && !moves_only && command != KeyCommand::Palette && command.acts_in(scope)
}

/// Returns the commands whose names contain every word of the text.
fn matches(text: &str, scope: KeyScope) -> Vec<KeyCommand> {
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |name: &str| {
        let name = name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let commands = KEYS.iter().map(|row| row.command);
    commands
        .filter(|command| is_listed(*command, scope) && fits(command.text()))
        .collect()
}

impl Palette {
    /// Opens it, or closes it.
    pub fn toggle(&mut self) {
        *self = Self {
            open: !self.open,
            ..Self::default()
        };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws the palette if it is open. Returns the command to run.
    pub fn ui(&mut self, ctx: &Context, scope: KeyScope) -> Option<KeyCommand> {
        if !self.open {
            return None;
        }
        let theme = Theme::of_visuals(&ctx.global_style().visuals);
        let window = ctx.content_rect();
        let top = TOP.min(window.height() * 0.12);
        let width = WIDTH.min(window.width() - 8.0 * GRID);
        let id = Id::unique("palette");
        let area = Area::new(id)
            .kind(egui::UiKind::Modal)
            .order(Order::Foreground)
            .anchor(Align2::CENTER_TOP, vec2(0.0, top))
            .interactable(true);
        let frame = Frame::new()
            .fill(theme.panel)
            .stroke(Stroke::new(1.0, theme.line2))
            .corner_radius(CARD_RADIUS)
            .inner_margin(2.0 * GRID);
        let modal = Modal::new(id).area(area).frame(frame);
        let shown = modal.show(ctx, |ui| {
            ui.set_width(width);
            self.content_ui(ui, theme, scope)
        });
        if shown.inner.is_some() || shown.should_close() {
            self.open = false;
        }
        shown.inner
    }

    fn content_ui(&mut self, ui: &mut Ui, theme: Theme, scope: KeyScope) -> Option<KeyCommand> {
        let [down, up, enter] = [Key::ArrowDown, Key::ArrowUp, Key::Enter]
            .map(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
        let all = matches("", scope).len();
        ui.horizontal(|ui| {
            icon_ui(ui, Icon::Search, 16.0, theme.quiet);
            let room = ui.available_width() - 140.0;
            let field = TextEdit::singleline(&mut self.text)
                .frame(Frame::NONE)
                .hint_text("Search commands")
                .desired_width(room);
            let field = named(ui.add(field), "Search commands");
            if field.changed() {
                self.chosen = 0;
            }
            field.request_focus();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let found = matches(&self.text, scope).len();
                let text = format!("{found} of {all} commands");
                ui.label(TABLE.text(text).color(theme.quiet));
            });
        });
        ui.separator();
        let found = matches(&self.text, scope);
        let last = found.len().saturating_sub(1);
        match (down, up) {
            (true, _) => {
                self.chosen = if self.chosen >= last {
                    0
                } else {
                    self.chosen + 1
                }
            }
            (_, true) => self.chosen = self.chosen.checked_sub(1).unwrap_or(last),
            _ => {}
        }
        self.chosen = self.chosen.min(last);
        let mut run = None;
        let room = (ui.ctx().content_rect().bottom() - ui.cursor().top() - 80.0).max(ROW);
        let scroll = ScrollArea::vertical().max_height(room.min(ROWS * ROW));
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, command) in found.iter().enumerate() {
                let chosen = place == self.chosen;
                let row = row_ui(ui, theme, *command, chosen);
                if chosen && (down || up) {
                    row.scroll_to_me(None);
                }
                if row.clicked() {
                    run = Some(*command);
                }
            }
            if found.is_empty() {
                ui.add_space(GRID);
                let text = "No command has these words. Clear the search to see all.";
                ui.label(BODY.text(text).color(theme.quiet));
            }
        });
        ui.separator();
        ui.horizontal(|ui| {
            for (keys, text) in [
                (&["↑", "↓"][..], "choose"),
                (&["Enter"], "run"),
                (&["Esc"], "close"),
            ] {
                for key in keys {
                    key_cap_ui(ui, key);
                }
                ui.label(CAPTION.text(text).color(theme.quiet));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = "Trading keys are off while this is open";
                ui.add(egui::Label::new(CAPTION.text(text).color(theme.quiet)).truncate());
            });
        });
        run.or_else(|| found.get(self.chosen).copied().filter(|_| enter))
    }
}

fn row_ui(ui: &mut Ui, theme: Theme, command: KeyCommand, chosen: bool) -> egui::Response {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = command.text();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.hover);
    }
    let inside = rect.shrink2(vec2(3.0 * GRID, 0.0));
    let role = if chosen { STRONG } else { BODY };
    let text = line_galley(ui, &[(role, name, theme.text)], 0.0, inside.width() - 140.0);
    paint_line(ui.painter(), inside.left_center(), text);
    let keys = egui::UiBuilder::new()
        .max_rect(inside)
        .layout(Layout::right_to_left(Align::Center));
    let mut keys = ui.new_child(keys);
    for key in command.key_name(ui.ctx()).split(' ').rev() {
        key_cap_ui(&mut keys, key);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::ReplayKey;

    #[test]
    fn commands_are_found_by_parts_of_their_words_where_they_act() {
        let replay = matches("REPL", KeyScope::Live);
        assert_eq!(replay, [KeyCommand::ReplayGame]);
        let next = KeyCommand::Replay(ReplayKey::NextRug);
        assert_eq!(matches("rug next", KeyScope::Replay), [next]);
        assert!(matches("rug", KeyScope::Live).is_empty());
        for scope in KeyScope::ALL {
            let all = matches("", scope);
            assert!(all.len() > 5, "{scope:?}");
            assert!(
                !all.iter()
                    .any(|command| command.trades() || command.changes_ticket())
            );
        }
    }
}
