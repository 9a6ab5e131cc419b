//! Colours and sizes, the only place for both. Green and red are for money, amber for "look here", blue for sidebets,
//! violet for replay; one accent for what can be pressed.

use egui::{Color32, FontFamily, FontId, Stroke, TextStyle, Visuals};

/// Everything lies on this grid.
pub const GRID: f32 = 4.0;
/// The one corner radius.
pub const RADIUS: u8 = 4;
/// Height of what is written on charts.
pub const CHART_TEXT: f32 = 11.0;
/// Width of the price axis: the widest price fits, so that the plot keeps its width.
pub const CHART_AXIS: f32 = 64.0;
/// Radius of a dot on a chart.
pub const DOT: f32 = 4.0;
/// Half the width of a triangle on a chart.
pub const MARK: f32 = 5.0;
/// Width of a price line.
pub const LINE: f32 = 1.5;
/// Below this width there is less room than everything would like.
pub const NARROW: f32 = 1_000.0;

/// How much something wants to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// All is well.
    Fine,
    /// Nothing to say.
    Quiet,
    /// Look here.
    Look,
    /// Something is wrong.
    Wrong,
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
    /// Look here.
    pub alert: Color32,
    /// Sidebets.
    pub sidebet: Color32,
    /// Replay.
    pub replay: Color32,
    /// What can be pressed.
    pub accent: Color32,
    /// The same as text, readable on the ground.
    pub accent_text: Color32,
    /// The price.
    pub price: Color32,
    /// Where I came in: entries and what they cost me.
    pub entry: Color32,
    /// What matters less.
    pub quiet: Color32,
    /// Grid lines and frames.
    pub line: Color32,
    /// The ground.
    pub ground: Color32,
    /// A panel on it.
    pub panel: Color32,
    /// Text.
    pub text: Color32,
    /// Text on the colour that says look here.
    pub on_alert: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Text on the colour of sidebets.
    pub on_sidebet: Color32,
    /// Text on the colour of replay.
    pub on_replay: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

impl Theme {
    /// Returns the dark theme.
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
    /// Returns the light theme.
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

    /// Returns the theme that the context shows.
    pub fn of(ui: &egui::Ui) -> Self {
        if ui.visuals().dark_mode {
            Self::DARK
        } else {
            Self::LIGHT
        }
    }

    /// Returns the colour of an amount of money.
    pub fn money(&self, sign: std::cmp::Ordering) -> Color32 {
        match sign {
            std::cmp::Ordering::Less => self.loss,
            std::cmp::Ordering::Equal => self.text,
            std::cmp::Ordering::Greater => self.gain,
        }
    }

    /// Returns the colour of what wants to be looked at so much.
    pub fn level(&self, level: Level) -> Color32 {
        match level {
            Level::Fine => self.text,
            Level::Quiet => self.quiet,
            // Red is for money; a sign and a word tell the two apart.
            Level::Look | Level::Wrong => self.alert,
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
            // Not as an override: what is chosen has the text of its own ground.
            widget.fg_stroke.color = self.text;
        }
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.line);
        visuals
    }

    /// Puts both themes into a context, with the sizes and fonts that they share.
    pub fn install(ctx: &egui::Context) {
        // The monospaced font has the round signs that the other one lacks.
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
                (
                    TextStyle::Small,
                    FontId::new(11.0, FontFamily::Proportional),
                ),
                (TextStyle::Body, FontId::new(13.0, FontFamily::Proportional)),
                (
                    TextStyle::Button,
                    FontId::new(13.0, FontFamily::Proportional),
                ),
                (
                    TextStyle::Heading,
                    FontId::new(18.0, FontFamily::Proportional),
                ),
                (
                    TextStyle::Monospace,
                    FontId::new(13.0, FontFamily::Monospace),
                ),
            ]
            .into();
            // Nothing fades or slides where a number is to be read.
            style.animation_time = 0.0;
        });
    }
}

/// Returns text with monospaced digits.
pub fn digits(text: impl Into<String>, size: f32) -> egui::RichText {
    egui::RichText::new(text).monospace().size(size)
}

/// Returns the font of what is written on charts.
pub fn chart_font() -> FontId {
    FontId::monospace(CHART_TEXT)
}
