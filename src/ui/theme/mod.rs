//! The look of the window: colours, roles of text, sizes, and how egui's own widgets use them.

mod colours;
pub mod role;

use egui::{FontId, RichText, Stroke, TextStyle, Visuals};

pub use colours::{StatusLevel, Theme};

/// The layout grid, in points.
pub const GRID: f32 = 4.0;
/// Gap between cards.
pub const GAP: f32 = 8.0;
/// Space inside a card, at its sides.
pub const PADDING: f32 = 16.0;
/// Corner radius of every control.
pub const RADIUS: u8 = 4;
/// Corner radius of cards and trade buttons.
pub const CARD_RADIUS: u8 = 8;
/// Height of a button.
pub const BUTTON: f32 = 32.0;
/// Height of chips, text fields and segmented controls.
pub const CONTROL: f32 = 28.0;
/// Height of a table row and of a pill.
pub const ROW: f32 = 24.0;
/// Radius of a dot on a chart.
pub const DOT: f32 = 4.0;
/// Half the width of a triangle on a chart.
pub const MARK: f32 = 5.0;
/// Width of a scroll bar.
const SCROLL_BAR: f32 = 4.0;
/// Width of a curve.
pub const LINE: f32 = 1.5;
/// Opacity of egui's own widgets that cannot be used: their text stays readable.
const DISABLED: f32 = 0.7;

/// Returns egui's visuals in the colours of a theme.
fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    visuals.panel_fill = theme.ground;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = Stroke::new(1.0, theme.line2);
    visuals.window_shadow = egui::Shadow::NONE;
    visuals.popup_shadow = egui::Shadow::NONE;
    visuals.extreme_bg_color = theme.input();
    visuals.text_edit_bg_color = Some(theme.input());
    visuals.code_bg_color = theme.raised;
    visuals.faint_bg_color = theme.raised;
    visuals.weak_text_color = Some(theme.quiet);
    visuals.selection.bg_fill = theme.hover;
    visuals.selection.stroke = Stroke::new(1.0, theme.text);
    visuals.hyperlink_color = theme.accent;
    visuals.warn_fg_color = theme.amber;
    visuals.error_fg_color = theme.loss;
    visuals.disabled_alpha = DISABLED;
    let radius = egui::CornerRadius::same(RADIUS);
    visuals.window_corner_radius = egui::CornerRadius::same(CARD_RADIUS);
    visuals.menu_corner_radius = egui::CornerRadius::same(CARD_RADIUS);
    let widgets = &mut visuals.widgets;
    for (widget, fill, frame) in [
        (&mut widgets.noninteractive, theme.panel, theme.line),
        (&mut widgets.inactive, theme.raised, theme.line2),
        (&mut widgets.hovered, theme.hover, theme.line2),
        (&mut widgets.active, theme.hover, theme.line2),
        (&mut widgets.open, theme.hover, theme.line2),
    ] {
        widget.corner_radius = radius;
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, frame);
        widget.expansion = 0.0;
        // Not an override: selected text keeps the colour that fits its own ground.
        widget.fg_stroke = Stroke::new(1.5, theme.text);
    }
    visuals
}

impl Theme {
    /// Installs the colours, the sizes and the fonts.
    pub fn install(ctx: &egui::Context) {
        ctx.set_fonts(role::fonts());
        Self::set_palette(ctx, false);
        ctx.all_styles_mut(|style| {
            style.spacing.item_spacing = egui::vec2(2.0 * GRID, GRID);
            style.spacing.button_padding = egui::vec2(2.0 * GRID, GRID);
            style.spacing.interact_size.y = ROW;
            style.text_styles = [
                (TextStyle::Small, role::CAPTION.font()),
                (TextStyle::Body, role::BODY.font()),
                (TextStyle::Button, role::BODY.font()),
                (TextStyle::Heading, role::TITLE.font()),
                (TextStyle::Monospace, FontId::monospace(13.0)),
            ]
            .into();
            // A bar has room of its own beside what scrolls, and is there as soon as something is out of sight.
            style.spacing.scroll = egui::style::ScrollStyle {
                bar_width: SCROLL_BAR,
                floating_width: SCROLL_BAR,
                floating_allocated_width: SCROLL_BAR + 2.0,
                dormant_handle_opacity: 0.35,
                ..egui::style::ScrollStyle::floating()
            };
            // Numbers must be readable at once: nothing of egui's own fades or slides.
            style.animation_time = 0.0;
        });
    }

    /// Chooses the palette: gains in green and losses in red, or in blue and orange.
    pub fn set_palette(ctx: &egui::Context, blue_orange: bool) {
        let [dark, light] = if blue_orange {
            [Theme::DARK_BLUE_ORANGE, Theme::LIGHT_BLUE_ORANGE]
        } else {
            [Theme::DARK, Theme::LIGHT]
        };
        ctx.set_visuals_of(egui::Theme::Dark, visuals(&dark));
        ctx.set_visuals_of(egui::Theme::Light, visuals(&light));
    }
}

/// Returns text with monospaced digits.
pub fn digits(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).monospace().size(size)
}

/// Returns small text.
pub fn small(text: impl Into<String>) -> RichText {
    RichText::new(text).small()
}
