//! The texts that a window paints, and where: what a reader sees of each, and what is cut.

use egui::{Rect, Shape};
use egui_kittest::Harness;

/// A text as it is painted.
#[derive(Debug, Clone, PartialEq)]
pub struct PaintedText {
    /// What is seen of it: with `…` where it was cut.
    pub text: String,
    /// Where it is.
    pub rect: Rect,
    /// What of that place is drawn.
    pub clip: Rect,
}

/// Returns the texts of the last frame, in the order in which they are painted.
pub fn painted<State>(harness: &Harness<'_, State>) -> Vec<PaintedText> {
    let mut all = Vec::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, clipped.clip_rect, &mut all);
    }
    all.retain(|painted| painted.clip.intersects(painted.rect) && !painted.text.is_empty());
    all
}

fn collect(shape: &Shape, clip: Rect, all: &mut Vec<PaintedText>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, all)),
        Shape::Text(text) if text.fallback_color.a() > 0 || text.override_text_color.is_none() => {
            let rows = text.galley.rows.iter();
            let seen = rows.map(|row| row.glyphs.iter().map(|glyph| glyph.chr).collect::<String>());
            all.push(PaintedText {
                text: seen.collect::<Vec<_>>().join(" ").trim().to_owned(),
                rect: text.galley.rect.translate(text.pos.to_vec2()),
                clip,
            });
        }
        _ => {}
    }
}

/// Whether a text has a number with decimals, or what is left of one.
fn has_amount(text: &str) -> bool {
    let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .any(|three| is_digit(Some(three[0])) && three[1] == '.' && is_digit(Some(three[2])))
}

/// Returns what is wrong with the amounts: each one is whole, and none lies over another text.
pub fn amount_faults(all: &[PaintedText]) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, painted) in all.iter().enumerate() {
        if !has_amount(&painted.text) {
            continue;
        }
        let PaintedText { text, rect, clip } = painted;
        let before = text.trim_end_matches('…');
        if before.len() < text.len() && before.ends_with(|end: char| end.is_ascii_digit()) {
            faults.push(format!("{text} at {rect:?} is cut"));
        }
        if rect.left() < clip.left() - 1.0 || rect.right() > clip.right() + 1.0 {
            faults.push(format!("{text} at {rect:?} reaches out of {clip:?}"));
        }
        let seen = rect.intersect(*clip);
        let others = all.iter().enumerate().filter(|(other, _)| *other != place);
        for (_, other) in others {
            let common = seen.intersect(other.rect.intersect(other.clip));
            if common.width() >= 1.0 && common.height() >= 4.0 {
                let (there, at) = (&other.text, other.rect);
                faults.push(format!("{text} at {rect:?} lies over {there} at {at:?}"));
            }
        }
    }
    faults
}
