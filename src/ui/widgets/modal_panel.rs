//! Modal panels over the window: one way to show them, a title with a button that closes, the main button, rows of facts.

use egui::{
    Align, Context, Frame, Id, Key, Layout, Margin, Modal, Modifiers, Popup, Stroke, Ui, vec2,
};

use super::{Icon, PushButton, icon_button_ui};
use crate::ui::keys::with_modal_input;
use crate::ui::theme::role::{TABLE, TITLE};
use crate::ui::theme::{CARD_RADIUS, Theme};

/// Returns the frame of what is drawn over the window.
pub fn modal_frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, theme.line2))
        .corner_radius(CARD_RADIUS)
        .inner_margin(Margin::symmetric(16, 12))
}

/// Shows a modal panel. Every one is shown here: the keys of a frame reach the topmost one, and nothing behind it. A menu or
/// popup that is open when it opens closes.
/// Returns what `content` returned, and whether the player closes the panel by Escape or by a click beside it.
pub fn modal_ui<T>(ctx: &Context, modal: Modal, content: impl FnOnce(&mut Ui) -> T) -> (T, bool) {
    let top = ctx.memory(egui::Memory::top_modal_layer);
    let layer = modal.area.layer();
    let is_top = top.is_none_or(|top| top == layer);
    if !ctx.memory(|memory| memory.areas().visible_last_frame(&layer)) {
        // It just opens. A popup behind it gets no keys, and while one is open a modal does not close by Escape.
        Popup::close_all(ctx);
    }
    let show = || {
        let shown = modal.show(ctx, content);
        let closes = shown.should_close();
        (shown.inner, closes)
    };
    if is_top {
        with_modal_input(ctx, show)
    } else {
        show()
    }
}

/// Adds the main button of a modal panel. Enter presses it too, unless another control has the focus. Returns whether it
/// was pressed.
pub fn main_button_ui(ui: &mut Ui, is_enabled: bool, button: PushButton<'_>) -> bool {
    let is_clicked = ui.add_enabled(is_enabled, button).clicked();
    let takes_enter = is_enabled && ui.memory(|memory| memory.focused().is_none());
    let enter = (Modifiers::NONE, Key::Enter);
    is_clicked || takes_enter && ui.input_mut(|input| input.consume_key(enter.0, enter.1))
}

/// Draws the panel, at most `width` wide. Returns whether it stays open: not after its button, Escape, or a click beside it.
pub fn modal_panel_ui(
    ctx: &Context,
    name: &str,
    title: &str,
    width: f32,
    content: impl FnOnce(&mut Ui, Theme),
) -> bool {
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let modal = Modal::new(Id::unique(name)).frame(modal_frame(&theme));
    let (is_closed, closes) = modal_ui(ctx, modal, |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 64.0));
        let head = ui.horizontal(|ui| {
            ui.label(TITLE.text(title));
            let right = Layout::right_to_left(Align::Center);
            let close = ui.with_layout(right, |ui| icon_button_ui(ui, Icon::Cross, "Close", false));
            close.inner.clicked()
        });
        content(ui, theme);
        head.inner
    });
    !is_closed && !closes
}

/// Draws a row of a panel: a name, and its value in what is left. `size` is the width of the name and the height.
pub fn fact_row_ui(ui: &mut Ui, name: &str, size: egui::Vec2, value: impl FnOnce(&mut Ui)) {
    let quiet = Theme::of(ui).quiet;
    let row = vec2(ui.available_width(), size.y);
    let left = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(row, left, |ui| {
        ui.allocate_ui_with_layout(size, left, |ui| {
            ui.set_min_width(size.x);
            ui.label(TABLE.text(name).color(quiet));
        });
        value(ui);
    });
}

#[cfg(test)]
mod tests {
    use egui::{Event, LayerId, RawInput, pos2};

    use super::*;
    use crate::ui::keys::release_modal_input;

    #[test]
    fn escape_closes_a_panel_that_opened_while_a_popup_was_open() {
        let ctx = Context::default();
        let popup = Id::unique("behind");
        let pass = |events: Vec<Event>, is_modal: bool| {
            ctx.begin_pass(RawInput {
                events,
                ..RawInput::default()
            });
            Popup::new(popup, ctx.clone(), pos2(9.0, 9.0), LayerId::background())
                .open_memory(None)
                .show(|ui| ui.label("behind"));
            let modal = Modal::new(Id::unique("panel"));
            let closes = is_modal && modal_ui(&ctx, modal, |ui| ui.label("panel")).1;
            release_modal_input(&ctx);
            ctx.end_pass().textures_delta.clear();
            closes
        };
        Popup::open_id(&ctx, popup);
        for is_modal in [false, true, true] {
            assert!(!pass(Vec::new(), is_modal));
        }
        let escape = Event::Key {
            key: Key::Escape,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        assert!(pass(vec![escape], true));
        assert!(!Popup::is_id_open(&ctx, popup));
    }
}
