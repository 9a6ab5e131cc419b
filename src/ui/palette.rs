//! The command palette: finds a command, a game of the session or a setting by its name, and goes there. It dims the
//! window, and no trade key acts while it is open.

use egui::{
    Align, Align2, Area, Context, Frame, Id, Key, Layout, Modal, Modifiers, Order, Role,
    ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use super::command::{KeyCommand, KeyScope};
use super::format::{exact_multiplier, signed};
use super::game_name::name_of;
use super::key_table::KEYS;
use super::keys::take_key;
use super::settings_page::SETTING_NAMES;
use super::theme::role::{BODY, CAPTION, STRONG, TABLE};
use super::theme::{CARD_RADIUS, GRID, RADIUS, Theme};
use super::widgets::{Icon, icon_ui, key_cap_ui, line_galley, modal_ui, named, paint_line};
use crate::account::Statistics;
use crate::engine::View;
use crate::protocol::GameId;

/// Width of the palette.
const WIDTH: f32 = 560.0;
/// Distance from the top of the window.
const TOP: f32 = 112.0;
/// Height of a row.
const ROW: f32 = 36.0;
/// Rows in sight.
const ROWS: f32 = 8.0;

/// A game of the session, which can be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteGame {
    /// Its id.
    pub id: GameId,
    /// What it is called, as `Game 18:05:12, peak 4.45x, you −0.0669`.
    pub name: String,
}

impl PaletteGame {
    /// Returns the games that the player traded in, the newest first.
    pub fn of(view: &View, results: &Statistics) -> Vec<Self> {
        let named = results.games.iter().rev().map(|game| {
            let (id, pnl) = (&game.game_id, game.pnl);
            let peak = view.seen_game(id).and_then(|seen| seen.peak);
            let peak = peak.map(|peak| format!(", peak {}", exact_multiplier(peak)));
            let peak = peak.unwrap_or_default();
            let name = format!("{}{peak}, you {}", name_of(view, id), signed(pnl));
            Self {
                id: id.clone(),
                name,
            }
        });
        named.collect()
    }
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaletteChoice {
    /// Run a command.
    Command(KeyCommand),
    /// Replay a game of the session.
    Game(GameId),
    /// Show a setting, by its name on the page.
    Setting(&'static str),
}

/// A line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    choice: PaletteChoice,
}

impl Entry {
    /// Returns the title of its part.
    fn part(&self) -> &'static str {
        match self.choice {
            PaletteChoice::Command(_) => "Commands",
            PaletteChoice::Game(_) => "Games",
            PaletteChoice::Setting(_) => "Settings",
        }
    }
}

/// The palette.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    open: bool,
    /// The games of the session when it was opened.
    games: Vec<PaletteGame>,
    text: String,
    chosen: usize,
}

/// Whether a command can be found in the palette where the scope is on the screen.
fn is_listed(command: KeyCommand, scope: KeyScope) -> bool {
    let elsewhere = command.trades() || command.changes_ticket() || command == KeyCommand::Stop;
    let moves_only = matches!(command, KeyCommand::InLibrary(key) if key.moves());
    !elsewhere && !moves_only && command != KeyCommand::Palette && command.acts_in(scope)
}

/// Returns everything whose name contains every word of the text: the commands of the scope, the games, the settings.
fn matches(text: &str, scope: KeyScope, games: &[PaletteGame]) -> Vec<Entry> {
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |entry: &Entry| {
        let name = entry.name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let commands = KEYS.iter().map(|row| row.command);
    let commands = commands.filter(|command| is_listed(*command, scope));
    let commands = commands.map(|command| Entry {
        name: command.text().to_owned(),
        choice: PaletteChoice::Command(command),
    });
    let games = games.iter().map(|game| Entry {
        name: game.name.clone(),
        choice: PaletteChoice::Game(game.id.clone()),
    });
    let settings = SETTING_NAMES.iter().map(|name| Entry {
        name: (*name).to_owned(),
        choice: PaletteChoice::Setting(name),
    });
    commands.chain(games).chain(settings).filter(fits).collect()
}

impl Palette {
    /// Opens it with the games of the session, or closes it.
    pub fn toggle(&mut self, games: Vec<PaletteGame>) {
        *self = Self {
            open: !self.open,
            games,
            ..Self::default()
        };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws the palette if it is open. Returns what was chosen.
    pub fn ui(&mut self, ctx: &Context, scope: KeyScope) -> Option<PaletteChoice> {
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
        let ((choice, is_closed), closes) = modal_ui(ctx, modal, |ui| {
            ui.set_width(width);
            let is_closed = take_key(ui.ctx(), KeyCommand::Palette);
            (self.content_ui(ui, theme, scope), is_closed)
        });
        self.open = choice.is_none() && !is_closed && !closes;
        choice
    }

    fn content_ui(&mut self, ui: &mut Ui, theme: Theme, scope: KeyScope) -> Option<PaletteChoice> {
        let [down, up, enter] = [Key::ArrowDown, Key::ArrowUp, Key::Enter]
            .map(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
        let all = matches("", scope, &self.games).len();
        ui.horizontal(|ui| {
            icon_ui(ui, Icon::Search, 16.0, theme.quiet);
            let room = ui.available_width() - 140.0;
            let field = TextEdit::singleline(&mut self.text)
                .frame(Frame::NONE)
                .hint_text("Search commands, games and settings")
                .align(Align2::LEFT_CENTER)
                .desired_width(room);
            let field = named(ui.add(field), "Search commands");
            if field.changed() {
                self.chosen = 0;
            }
            field.request_focus();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let found = matches(&self.text, scope, &self.games).len();
                let text = format!("{found} of {all}");
                ui.label(TABLE.text(text).color(theme.quiet));
            });
        });
        ui.separator();
        let found = matches(&self.text, scope, &self.games);
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
            let mut part = "";
            for (place, entry) in found.iter().enumerate() {
                if part != entry.part() {
                    part = entry.part();
                    part_title_ui(ui, theme, part);
                }
                let chosen = place == self.chosen;
                let row = row_ui(ui, theme, entry, chosen);
                if chosen && (down || up) {
                    row.scroll_to_me(None);
                }
                if row.clicked() {
                    run = Some(entry.choice.clone());
                }
            }
            if found.is_empty() {
                ui.add_space(GRID);
                let text = "Nothing has these words. Clear the search to see all.";
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
        run.or_else(|| {
            let chosen = found.get(self.chosen).filter(|_| enter);
            chosen.map(|entry| entry.choice.clone())
        })
    }
}

fn part_title_ui(ui: &mut Ui, theme: Theme, part: &str) {
    ui.add_space(GRID);
    ui.horizontal(|ui| {
        ui.add_space(3.0 * GRID);
        ui.label(CAPTION.text(part).color(theme.quiet));
    });
}

fn row_ui(ui: &mut Ui, theme: Theme, entry: &Entry, chosen: bool) -> egui::Response {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = entry.name.as_str();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.hover);
    }
    let inside = rect.shrink2(vec2(3.0 * GRID, 0.0));
    let role = if chosen { STRONG } else { BODY };
    let text = line_galley(ui, &[(role, name, theme.text)], 0.0, inside.width() - 140.0);
    let PaletteChoice::Command(command) = entry.choice else {
        paint_line(ui.painter(), inside.left_center(), text);
        return response;
    };
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
        let commands = |text: &str, scope| -> Vec<KeyCommand> {
            let found = matches(text, scope, &[]).into_iter();
            let command = found.filter_map(|entry| match entry.choice {
                PaletteChoice::Command(command) => Some(command),
                _ => None,
            });
            command.collect()
        };
        assert_eq!(commands("REPL", KeyScope::Live), [KeyCommand::ReplayGame]);
        let next = KeyCommand::Replay(ReplayKey::NextRug);
        assert_eq!(commands("rug next", KeyScope::Replay), [next]);
        assert!(commands("rug", KeyScope::Live).is_empty());
        for scope in KeyScope::ALL {
            let all = commands("", scope);
            assert!(all.len() > 5, "{scope:?}");
            assert!(
                !all.iter()
                    .any(|command| command.trades() || command.changes_ticket())
            );
        }
    }

    #[test]
    fn the_commands_begin_with_the_pages_then_trading_recording_and_the_chart() {
        let listed = matches("", KeyScope::Live, &[]);
        let place = |command: KeyCommand| {
            let wanted = PaletteChoice::Command(command);
            listed.iter().position(|entry| entry.choice == wanted)
        };
        let order = [
            KeyCommand::Library,
            KeyCommand::Review,
            KeyCommand::Lab,
            KeyCommand::Settings,
            KeyCommand::Piano,
            KeyCommand::Record,
            KeyCommand::ReplayGame,
            KeyCommand::Follow,
            KeyCommand::ScrollLeft,
            KeyCommand::FullScreen,
        ];
        let places = order.map(place);
        assert!(places.iter().all(Option::is_some), "{places:?}");
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(places[0], Some(0));
    }

    #[test]
    fn games_and_settings_are_found_after_the_commands() {
        let id = GameId::new("one").expect("an id");
        let games = [PaletteGame {
            id: id.clone(),
            name: "Game 18:05:12, peak 4.45x, you −0.0669".to_owned(),
        }];
        let found = |text: &str| -> Vec<PaletteChoice> {
            let found = matches(text, KeyScope::Live, &games).into_iter();
            found.map(|entry| entry.choice).collect()
        };
        assert_eq!(found("18:05"), [PaletteChoice::Game(id.clone())]);
        assert_eq!(found("reduce"), [PaletteChoice::Setting("Reduce motion")]);
        let both = found("game");
        let first_game = both
            .iter()
            .position(|one| *one == PaletteChoice::Game(id.clone()));
        let last_command = both
            .iter()
            .rposition(|one| matches!(one, PaletteChoice::Command(_)));
        assert!(first_game > last_command, "{both:?}");
    }
}
