//! The fonts and the roles of text: Inter for words, `JetBrains Mono` for numbers that can change.

use std::sync::{Arc, LazyLock};

use egui::{FontData, FontDefinitions, FontFamily, FontId, RichText};

static SEMIBOLD: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("semibold".into()));
static MONO_BOLD: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("mono-bold".into()));

/// A font of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Regular,
    Semibold,
    Mono,
    MonoBold,
}

/// The size and the font of a kind of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Role {
    /// Size of the text, in points.
    pub size: f32,
    /// Height of a line, in points.
    pub line: f32,
    face: Face,
}

const fn role(face: Face, size: f32, line: f32) -> Role {
    Role { size, line, face }
}

/// The multiplier over the chart.
pub const MULTIPLIER: Role = role(Face::MonoBold, 64.0, 68.0);
/// The seconds until the game starts.
pub const PRESALE: Role = role(Face::MonoBold, 96.0, 112.0);
/// P&L of the position.
pub const POSITION: Role = role(Face::MonoBold, 30.0, 40.0);
/// The sum on the card of a rug.
pub const RUG_SUM: Role = role(Face::MonoBold, 40.0, 48.0);
/// The verb of a trade button.
pub const BUTTON_VERB: Role = role(Face::Semibold, 18.0, 24.0);
/// The amount of a trade button, of the ticket and of a tile.
pub const AMOUNT: Role = role(Face::MonoBold, 18.0, 24.0);
/// The second line of a trade button.
pub const BUTTON_NOTE: Role = role(Face::Regular, 12.0, 16.0);
/// Money in a line, a tile in a card.
pub const MONEY: Role = role(Face::MonoBold, 15.0, 20.0);
/// The title of a page or a card.
pub const TITLE: Role = role(Face::Semibold, 15.0, 20.0);
/// Text.
pub const BODY: Role = role(Face::Regular, 13.0, 20.0);
/// Text of buttons and of what is chosen.
pub const STRONG: Role = role(Face::Semibold, 13.0, 20.0);
/// Words in tables, chips and pills.
pub const TABLE: Role = role(Face::Regular, 12.0, 16.0);
/// Chosen words in tables and controls.
pub const TABLE_STRONG: Role = role(Face::Semibold, 12.0, 16.0);
/// Numbers in tables and chips.
pub const TABLE_MONO: Role = role(Face::Mono, 12.0, 16.0);
/// Numbers in pills.
pub const PILL: Role = role(Face::MonoBold, 12.0, 16.0);
/// Captions and heads of tables.
pub const CAPTION: Role = role(Face::Regular, 11.0, 16.0);
/// Numbers on an axis, key caps.
pub const AXIS: Role = role(Face::Mono, 11.0, 16.0);

impl Role {
    /// Returns the role in another size.
    pub fn sized(self, size: f32) -> Self {
        let line = self.line * size / self.size;
        Self { size, line, ..self }
    }

    /// Returns the font.
    pub fn font(self) -> FontId {
        let family = match self.face {
            Face::Regular => FontFamily::Proportional,
            Face::Semibold => SEMIBOLD.clone(),
            Face::Mono => FontFamily::Monospace,
            Face::MonoBold => MONO_BOLD.clone(),
        };
        FontId::new(self.size, family)
    }

    /// Returns text in this role.
    pub fn text(self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(self.font())
    }
}

/// Returns the fonts: ours first, egui's own behind them for what ours lack.
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let defaults = fonts.families.clone();
    for (family, base, name, bytes) in [
        (
            FontFamily::Proportional,
            FontFamily::Proportional,
            "Inter",
            include_bytes!("../../../assets/fonts/Inter-Regular-sub.otf").as_slice(),
        ),
        (
            SEMIBOLD.clone(),
            FontFamily::Proportional,
            "Inter SemiBold",
            include_bytes!("../../../assets/fonts/Inter-SemiBold-sub.otf"),
        ),
        (
            FontFamily::Monospace,
            FontFamily::Monospace,
            "JetBrains Mono",
            include_bytes!("../../../assets/fonts/JBM-Medium-sub.ttf"),
        ),
        (
            MONO_BOLD.clone(),
            FontFamily::Monospace,
            "JetBrains Mono Bold",
            include_bytes!("../../../assets/fonts/JBM-Bold-sub.ttf"),
        ),
    ] {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.to_owned(), data);
        let mut names = vec![name.to_owned()];
        names.extend(defaults.get(&base).into_iter().flatten().cloned());
        // The monospaced font has the round signs that the proportional one lacks.
        names.push("Hack".to_owned());
        fonts.families.insert(family, names);
    }
    fonts
}
