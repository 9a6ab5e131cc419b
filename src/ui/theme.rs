//! All colours and sizes of the window. Green and red mean money, amber means a warning, blue means sidebets, violet
//! means replay; the accent marks controls.

use egui::{Color32, FontFamily, FontId, RichText, Stroke, TextStyle, Visuals};
use rust_decimal::Decimal;

/// The layout grid, in points.
pub const GRID: f32 = 4.0;
/// Corner radius of every control.
pub const RADIUS: u8 = 4;
/// Height of text on charts.
pub const CHART_TEXT: f32 = 11.0;
/// Width of the price axis. The widest price fits, so that the plot keeps its width.
pub const CHART_AXIS: f32 = 64.0;
/// Radius of a dot on a chart.
pub const DOT: f32 = 4.0;
/// Half the width of a triangle on a chart.
pub const MARK: f32 = 5.0;
/// Width of a price line.
pub const LINE: f32 = 1.5;
/// Windows below this width use the narrow layout.
pub const NARROW: f32 = 1_000.0;

/// How much attention a message or a lamp needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusLevel {
    /// Normal operation.
    Ok,
    /// Not important, or unknown.
    Muted,
    /// The player should look at it.
    Warning,
    /// Something failed.
    Error,
}

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Light or dark.
    pub dark: bool,
    /// Money gained.
    pub gain: Color32,
    /// Money lost.
    pub loss: Color32,
    /// Warnings and errors.
    pub alert: Color32,
    /// Sidebets.
    pub sidebet: Color32,
    /// Replay.
    pub replay: Color32,
    /// Ground of controls.
    pub accent: Color32,
    /// The accent as a text colour, readable on the ground.
    pub accent_text: Color32,
    /// The price.
    pub price: Color32,
    /// Entries and the average cost.
    pub entry: Color32,
    /// Secondary text.
    pub quiet: Color32,
    /// Grid lines and frames.
    pub line: Color32,
    /// Ground of the window.
    pub ground: Color32,
    /// Ground of panels.
    pub panel: Color32,
    /// Text.
    pub text: Color32,
    /// Text on [`Self::alert`].
    pub on_alert: Color32,
    /// Text on [`Self::accent`].
    pub on_accent: Color32,
    /// Text on [`Self::sidebet`].
    pub on_sidebet: Color32,
    /// Text on [`Self::replay`].
    pub on_replay: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

impl Theme {
    /// The dark theme.
    pub const DARK: Self = Self {
        dark: true,
        gain: rgb(0x4C_C3_8A),
        loss: rgb(0xF0_6A_6A),
        alert: rgb(0xE8_B3_39),
        sidebet: rgb(0x5A_A9_F0),
        replay: rgb(0xB0_8C_F0),
        accent: rgb(0x1E_7A_91),
        accent_text: rgb(0x6F_C7_D6),
        price: rgb(0xE6_E9_EE),
        entry: rgb(0x6F_C7_D6),
        quiet: rgb(0x9A_A4_B2),
        line: rgb(0x2C_33_3D),
        ground: rgb(0x12_16_1B),
        panel: rgb(0x1A_1F_26),
        text: rgb(0xE6_E9_EE),
        on_alert: rgb(0x12_16_1B),
        on_accent: rgb(0xFF_FF_FF),
        on_sidebet: rgb(0x12_16_1B),
        on_replay: rgb(0x12_16_1B),
    };
    /// The light theme.
    pub const LIGHT: Self = Self {
        dark: false,
        gain: rgb(0x12_7A_4B),
        loss: rgb(0xC0_2F_2F),
        alert: rgb(0x9A_62_00),
        sidebet: rgb(0x1B_62_B5),
        replay: rgb(0x6A_3F_C0),
        accent: rgb(0x0B_6B_7A),
        accent_text: rgb(0x0B_6B_7A),
        price: rgb(0x1B_21_28),
        entry: rgb(0x0B_6B_7A),
        quiet: rgb(0x58_62_70),
        line: rgb(0xD4_D9_E0),
        ground: rgb(0xF3_F5_F8),
        panel: rgb(0xFF_FF_FF),
        text: rgb(0x1B_21_28),
        on_alert: rgb(0xFF_FF_FF),
        on_accent: rgb(0xFF_FF_FF),
        on_sidebet: rgb(0xFF_FF_FF),
        on_replay: rgb(0xFF_FF_FF),
    };

    /// Returns the theme in use.
    pub fn of(ui: &egui::Ui) -> Self {
        if ui.visuals().dark_mode {
            Self::DARK
        } else {
            Self::LIGHT
        }
    }

    /// Returns the colour of a gain, a loss or zero.
    pub fn money(&self, amount: Decimal) -> Color32 {
        match amount.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Less => self.loss,
            std::cmp::Ordering::Equal => self.text,
            std::cmp::Ordering::Greater => self.gain,
        }
    }

    /// Returns the text colour of a level.
    pub fn level(&self, level: StatusLevel) -> Color32 {
        match level {
            StatusLevel::Ok => self.text,
            StatusLevel::Muted => self.quiet,
            // Red means money. A sign and a word distinguish the two.
            StatusLevel::Warning | StatusLevel::Error => self.alert,
        }
    }

    fn visuals(&self) -> Visuals {
        let mut visuals = if self.dark {
            Visuals::dark()
        } else {
            Visuals::light()
        };
        visuals.panel_fill = self.ground;
        visuals.window_fill = self.panel;
        visuals.extreme_bg_color = self.panel;
        visuals.faint_bg_color = self.panel;
        visuals.selection.bg_fill = self.accent;
        visuals.selection.stroke = Stroke::new(1.0, self.on_accent);
        visuals.hyperlink_color = self.accent_text;
        let radius = egui::CornerRadius::same(RADIUS);
        visuals.window_corner_radius = radius;
        visuals.menu_corner_radius = radius;
        for widget in [
            &mut visuals.widgets.noninteractive,
            &mut visuals.widgets.inactive,
            &mut visuals.widgets.hovered,
            &mut visuals.widgets.active,
            &mut visuals.widgets.open,
        ] {
            widget.corner_radius = radius;
            // Not an override: selected text keeps the colour that fits its own ground.
            widget.fg_stroke.color = self.text;
        }
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.line);
        visuals
    }

    /// Installs both themes, the sizes and the fonts.
    pub fn install(ctx: &egui::Context) {
        // The monospaced font has the round signs that the proportional font lacks.
        let mut fonts = egui::FontDefinitions::default();
        let names = fonts.families.entry(FontFamily::Proportional).or_default();
        names.push("Hack".to_owned());
        ctx.set_fonts(fonts);
        ctx.set_visuals_of(egui::Theme::Dark, Self::DARK.visuals());
        ctx.set_visuals_of(egui::Theme::Light, Self::LIGHT.visuals());
        ctx.all_styles_mut(|style| {
            style.spacing.item_spacing = egui::vec2(2.0 * GRID, GRID);
            style.spacing.button_padding = egui::vec2(2.0 * GRID, GRID);
            style.spacing.interact_size.y = 6.0 * GRID;
            style.text_styles = [
                (TextStyle::Small, FontId::proportional(11.0)),
                (TextStyle::Body, FontId::proportional(13.0)),
                (TextStyle::Button, FontId::proportional(13.0)),
                (TextStyle::Heading, FontId::proportional(18.0)),
                (TextStyle::Monospace, FontId::monospace(13.0)),
            ]
            .into();
            // Numbers must be readable at once: nothing fades or slides.
            style.animation_time = 0.0;
        });
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

/// Returns the font of text on charts.
pub fn chart_font() -> FontId {
    FontId::monospace(CHART_TEXT)
}
