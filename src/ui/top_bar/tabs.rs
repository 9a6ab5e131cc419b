//! The tabs of the window: Play, Library, Review, Lab, Settings.

use egui::{Color32, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::TopBarAction;
use crate::ui::command::KeyCommand;
use crate::ui::hints::Spot;
use crate::ui::layout::Breakpoint;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, STRONG, TABLE, TABLE_STRONG};
use crate::ui::widgets::{paint_line, text_galley};

/// A tab of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The game.
    Play,
    /// The recordings.
    Library,
    /// What sessions were worth.
    Review,
    /// The lab.
    Lab,
    /// The settings.
    Settings,
}

impl Tab {
    pub(super) const ALL: [Self; 5] = [
        Self::Play,
        Self::Library,
        Self::Review,
        Self::Lab,
        Self::Settings,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Play => "Play",
            Self::Library => "Library",
            Self::Review => "Review",
            Self::Lab => "Lab",
            Self::Settings => "Settings",
        }
    }

    /// Returns the command of its key; the game has none.
    fn command(self) -> Option<KeyCommand> {
        match self {
            Self::Play => None,
            Self::Library => Some(KeyCommand::Library),
            Self::Review => Some(KeyCommand::Review),
            Self::Lab => Some(KeyCommand::Lab),
            Self::Settings => Some(KeyCommand::Settings),
        }
    }
}

/// Returns the width of all tabs.
pub fn width(ui: &Ui, breakpoint: Breakpoint) -> f32 {
    let widths = Tab::ALL.map(|tab| tab_width(ui, tab, breakpoint));
    widths.iter().sum()
}

/// Draws the tabs side by side.
pub fn tabs_ui(ui: &mut Ui, breakpoint: Breakpoint, chosen: Tab, actions: &mut Vec<TopBarAction>) {
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 0.0);
    for tab in Tab::ALL {
        let response = tab_ui(ui, tab, tab == chosen, breakpoint);
        if tab == Tab::Library {
            Spot::Library.note(ui.ctx(), response.rect);
        }
        let tip = tab.command().map(|command| command.tip(ui.ctx()));
        let response = match tip {
            Some(tip) => response.on_hover_text(tip),
            None => response,
        };
        if response.clicked() {
            actions.push(TopBarAction::Tab(tab));
        }
    }
    ui.spacing_mut().item_spacing.x = gap;
}

/// Returns the width of a tab, chosen or not.
fn tab_width(ui: &Ui, tab: Tab, breakpoint: Breakpoint) -> f32 {
    let role = breakpoint.pick([TABLE_STRONG, STRONG, STRONG, STRONG]);
    let text = text_galley(ui, (role, tab.name(), Color32::WHITE));
    (text.size().x + 2.0 * tab_padding(breakpoint)).ceil()
}

fn tab_padding(breakpoint: Breakpoint) -> f32 {
    breakpoint.pick([6.0, 10.0, 12.0, 12.0])
}

fn tab_ui(ui: &mut Ui, tab: Tab, chosen: bool, breakpoint: Breakpoint) -> Response {
    let theme = Theme::of(ui);
    let size = vec2(tab_width(ui, tab, breakpoint), ui.available_height());
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, tab.name()));
    let [strong, plain] = breakpoint.pick([
        [TABLE_STRONG, TABLE],
        [STRONG, BODY],
        [STRONG, BODY],
        [STRONG, BODY],
    ]);
    let (role, ink) = match (chosen, response.hovered()) {
        (true, _) => (strong, theme.text),
        (false, true) => (plain, theme.text),
        (false, false) => (plain, theme.quiet),
    };
    let text = text_galley(ui, (role, tab.name(), ink));
    let left = rect.center().x - text.size().x / 2.0;
    paint_line(ui.painter(), pos2(left, rect.center().y), text);
    if chosen {
        let line = rect.shrink2(vec2(tab_padding(breakpoint), 0.0));
        let line = line.with_min_y(line.bottom() - 2.0);
        ui.painter().rect_filled(line, 0.0, theme.text);
    }
    response
}
