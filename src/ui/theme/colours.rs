//! The colours of the window, in light, dark and for colour-blind eyes. Money is never shown by a colour alone.
#![expect(
    clippy::unreadable_literal,
    reason = "RRGGBB, as the design names them"
)]

use egui::Color32;
use rust_decimal::Decimal;

use crate::ui::format::shown_sign;

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

/// The colours of a theme. Text colours are readable on `panel`, white text on each fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Light or dark.
    pub dark: bool,
    /// Ground of the window.
    pub ground: Color32,
    /// Ground of cards, the top bar, the status line and the chart.
    pub panel: Color32,
    /// Ground of chips, neutral pills and header rows.
    pub raised: Color32,
    /// Ground of what is hovered or chosen.
    pub hover: Color32,
    /// Grid lines and frames of cards.
    pub line: Color32,
    /// Frames of controls.
    pub line2: Color32,
    /// Text and the price line.
    pub text: Color32,
    /// Labels, axes and headers.
    pub quiet: Color32,
    /// Dashes and placeholders, on `panel` or `ground` only.
    pub faint: Color32,
    /// Ground of controls that cannot be used.
    pub off: Color32,
    /// Text on [`Self::off`].
    pub off_text: Color32,
    /// Money won, price up.
    pub gain: Color32,
    /// Ground behind [`Self::gain`].
    pub gain_bg: Color32,
    /// Money lost, price down, a rug.
    pub loss: Color32,
    /// Ground behind [`Self::loss`].
    pub loss_bg: Color32,
    /// What the player should look at: drift, old data, a second press.
    pub amber: Color32,
    /// Ground behind [`Self::amber`].
    pub amber_bg: Color32,
    /// Sidebets.
    pub side: Color32,
    /// Ground behind [`Self::side`].
    pub side_bg: Color32,
    /// Replays.
    pub replay: Color32,
    /// Ground behind [`Self::replay`].
    pub replay_bg: Color32,
    /// Links, the focus ring, the average cost, the presale.
    pub accent: Color32,
    /// Pill of a game above 10x, star.
    pub gold: Color32,
    /// Ground behind [`Self::gold`].
    pub gold_bg: Color32,
    /// Ground of BUY.
    pub buy_fill: Color32,
    /// Ground of SELL, RUGGED and STOPPED.
    pub sell_fill: Color32,
    /// Ground of SIDEBET.
    pub side_fill: Color32,
    /// Ground of what the piano presses, and of "Replay".
    pub replay_fill: Color32,
    /// Ground of the primary button, of a switch that is on and of a slider.
    pub accent_fill: Color32,
    /// The lamp of the recorder.
    pub rec: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

impl Theme {
    /// Text on every fill.
    pub const ON_FILL: Color32 = Color32::WHITE;
    /// The dark theme.
    pub const DARK: Self = Self {
        dark: true,
        ground: rgb(0x0C0F14),
        panel: rgb(0x12171E),
        raised: rgb(0x1B222B),
        hover: rgb(0x252E39),
        line: rgb(0x232B36),
        line2: rgb(0x3A4554),
        text: rgb(0xE8ECF2),
        quiet: rgb(0x9CA7B6),
        faint: rgb(0x76828F),
        off: rgb(0x1A2028),
        off_text: rgb(0x8B96A4),
        gain: rgb(0x43D08F),
        gain_bg: rgb(0x12281F),
        loss: rgb(0xFF7077),
        loss_bg: rgb(0x2E181C),
        amber: rgb(0xF2B544),
        amber_bg: rgb(0x2C2312),
        side: rgb(0x6EA8FF),
        side_bg: rgb(0x14233C),
        replay: rgb(0xB99CFF),
        replay_bg: rgb(0x241C3A),
        accent: rgb(0x5FC9D6),
        gold: rgb(0xE9C46A),
        gold_bg: rgb(0x2B2516),
        buy_fill: rgb(0x137A54),
        sell_fill: rgb(0xBE3340),
        side_fill: rgb(0x2B62C4),
        replay_fill: rgb(0x7A4FE0),
        accent_fill: rgb(0x12707D),
        rec: rgb(0xE5484D),
    };
    /// The light theme.
    pub const LIGHT: Self = Self {
        dark: false,
        ground: rgb(0xEEF1F5),
        panel: rgb(0xFFFFFF),
        raised: rgb(0xF1F4F8),
        hover: rgb(0xE4E9F0),
        line: rgb(0xDCE2EA),
        line2: rgb(0xB4BECB),
        text: rgb(0x161C24),
        quiet: rgb(0x55606F),
        faint: rgb(0x697484),
        off: rgb(0xEEF1F5),
        off_text: rgb(0x5F6A79),
        gain: rgb(0x0B7A4B),
        gain_bg: rgb(0xE4F5EC),
        loss: rgb(0xC42B37),
        loss_bg: rgb(0xFCEAEB),
        amber: rgb(0x8A5A00),
        amber_bg: rgb(0xFFF3D9),
        side: rgb(0x1D5BC0),
        side_bg: rgb(0xE5EEFC),
        replay: rgb(0x6A3FC8),
        replay_bg: rgb(0xF0EAFD),
        accent: rgb(0x0B6F7D),
        gold: rgb(0x7A5B00),
        gold_bg: rgb(0xFBF2D5),
        buy_fill: rgb(0x0F7A50),
        sell_fill: rgb(0xC42B37),
        side_fill: rgb(0x1D5BC0),
        replay_fill: rgb(0x6A3FC8),
        accent_fill: rgb(0x0B6F7D),
        rec: rgb(0xE5484D),
    };
    /// The dark theme with gains in blue and losses in orange.
    pub const DARK_BLUE_ORANGE: Self = Self {
        gain: rgb(0x5AA9FF),
        gain_bg: rgb(0x10243C),
        loss: rgb(0xFF9F45),
        loss_bg: rgb(0x33210F),
        buy_fill: rgb(0x1F66C9),
        sell_fill: rgb(0xB3540A),
        side: rgb(0x2FD0B5),
        side_bg: rgb(0x0D2A27),
        side_fill: rgb(0x0B7568),
        amber: rgb(0xFBE27A),
        amber_bg: rgb(0x2A2710),
        gold: rgb(0xFBE27A),
        gold_bg: rgb(0x2A2710),
        ..Self::DARK
    };
    /// The light theme with gains in blue and losses in orange.
    pub const LIGHT_BLUE_ORANGE: Self = Self {
        gain: rgb(0x0B5FC2),
        gain_bg: rgb(0xE3EEFB),
        loss: rgb(0xA84A00),
        loss_bg: rgb(0xFDEEDF),
        buy_fill: rgb(0x0B5FC2),
        sell_fill: rgb(0xA84A00),
        side: rgb(0x0A6F62),
        side_bg: rgb(0xE0F4F0),
        side_fill: rgb(0x0A6F62),
        amber: rgb(0x6B5900),
        amber_bg: rgb(0xFFF8D6),
        gold: rgb(0x6B5900),
        gold_bg: rgb(0xFFF8D6),
        ..Self::LIGHT
    };
    /// All themes.
    pub const ALL: [Self; 4] = [
        Self::DARK,
        Self::LIGHT,
        Self::DARK_BLUE_ORANGE,
        Self::LIGHT_BLUE_ORANGE,
    ];

    /// Returns the theme in use.
    pub fn of(ui: &egui::Ui) -> Self {
        Self::of_visuals(ui.visuals())
    }

    /// Returns the theme of a style. The palette is recognised by its colour of errors.
    pub fn of_visuals(visuals: &egui::Visuals) -> Self {
        let default = if visuals.dark_mode {
            Self::DARK
        } else {
            Self::LIGHT
        };
        Self::ALL
            .into_iter()
            .find(|theme| theme.dark == visuals.dark_mode && theme.loss == visuals.error_fg_color)
            .unwrap_or(default)
    }

    /// Returns the ground of text fields.
    pub fn input(&self) -> Color32 {
        if self.dark { self.ground } else { self.panel }
    }

    /// Returns the colour of a gain, a loss, or what is shown as zero.
    pub fn money(&self, amount: Decimal) -> Color32 {
        match shown_sign(amount) {
            std::cmp::Ordering::Less => self.loss,
            std::cmp::Ordering::Equal => self.quiet,
            std::cmp::Ordering::Greater => self.gain,
        }
    }

    /// Returns the colour of a note: gold with a star.
    pub fn note(&self, starred: bool) -> Color32 {
        if starred { self.gold } else { self.accent }
    }

    /// Returns the text colour of a level.
    pub fn level(&self, level: StatusLevel) -> Color32 {
        match level {
            StatusLevel::Ok => self.text,
            StatusLevel::Muted => self.quiet,
            // Red means money. A sign and a word distinguish the two.
            StatusLevel::Warning | StatusLevel::Error => self.amber,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the relative luminance (WCAG 2).
    fn luminance(colour: Color32) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.039_28 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[track_caller]
    fn check(theme: &Theme, name: &str, ink: Color32, ground: Color32, least: f64) {
        let contrast = contrast(ink, ground);
        let dark = theme.dark;
        assert!(
            contrast >= least,
            "{name} (dark: {dark}): {contrast:.2} < {least}"
        );
    }

    #[test]
    fn every_text_is_readable() {
        for theme in &Theme::ALL {
            for (name, ink) in [
                ("text", theme.text),
                ("quiet", theme.quiet),
                ("faint", theme.faint),
                ("gain", theme.gain),
                ("loss", theme.loss),
                ("amber", theme.amber),
                ("side", theme.side),
                ("replay", theme.replay),
                ("accent", theme.accent),
                ("gold", theme.gold),
            ] {
                check(theme, name, ink, theme.panel, 4.5);
                if name != "faint" {
                    check(theme, name, ink, theme.raised, 4.5);
                    check(theme, name, ink, theme.ground, 4.5);
                }
            }
            for (name, ink, ground) in [
                ("off", theme.off_text, theme.off),
                ("off on panel", theme.off_text, theme.panel),
                ("chosen", theme.text, theme.hover),
                ("gain", theme.gain, theme.gain_bg),
                ("loss", theme.loss, theme.loss_bg),
                ("amber", theme.amber, theme.amber_bg),
                ("side", theme.side, theme.side_bg),
                ("replay", theme.replay, theme.replay_bg),
                ("gold", theme.gold, theme.gold_bg),
                ("field", theme.text, theme.input()),
            ] {
                check(theme, name, ink, ground, 4.5);
            }
        }
    }

    #[test]
    fn white_is_readable_on_every_fill_and_lamps_are_seen() {
        for theme in &Theme::ALL {
            for (name, fill) in [
                ("buy", theme.buy_fill),
                ("sell", theme.sell_fill),
                ("side", theme.side_fill),
                ("replay", theme.replay_fill),
                ("accent", theme.accent_fill),
            ] {
                check(theme, name, Theme::ON_FILL, fill, 5.0);
            }
            check(theme, "rec", theme.rec, theme.panel, 3.0);
        }
    }

    #[test]
    fn the_style_names_the_palette() {
        for theme in Theme::ALL {
            let palette = Theme::ALL
                .iter()
                .filter(|other| other.dark == theme.dark && other.loss == theme.loss);
            assert_eq!(palette.count(), 1);
        }
    }
}
