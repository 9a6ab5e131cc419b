//! The colours of a strategy's text, and the marks under what cannot be read. Pure.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Stroke};

use crate::strategy::StrategyError;
use crate::ui::theme::Theme;
use crate::ui::theme::role::TABLE_MONO;

/// Words at the start of a line that say when it acts or what it sets.
const HEADS: [&str; 10] = [
    "name", "stake", "in", "when", "whenever", "at", "after", "stop", "and", "presale",
];

/// Keeps the text with its colours as long as the text and the theme are the same.
#[derive(Debug, Clone, Default)]
pub struct Highlighter {
    kept: Option<(Theme, LayoutJob)>,
}

impl Highlighter {
    /// Returns the text with its colours; these errors are those of every call with the text.
    pub fn job(&mut self, text: &str, errors: &[StrategyError], theme: Theme) -> &LayoutJob {
        let kept = self.kept.take();
        let kept = kept.filter(|(of, job)| *of == theme && job.text == text);
        let new = || (theme, highlighted(text, errors, &theme));
        &self.kept.insert(kept.unwrap_or_else(new)).1
    }
}

/// Returns the text with its colours. What the errors name is underlined. The errors are in the order of the lines.
fn highlighted(text: &str, errors: &[StrategyError], theme: &Theme) -> LayoutJob {
    let mut job = LayoutJob {
        wrap: egui::text::TextWrapping::no_max_width(),
        ..LayoutJob::default()
    };
    let mut errors = errors.iter().peekable();
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let of_line = std::iter::from_fn(|| errors.next_if(|error| error.line <= number));
        let wrong: Vec<_> = of_line.map(|error| bytes(line, error)).collect();
        for (word, range) in words(line) {
            let mut from = range.start;
            // A word is cut where a mark begins or ends.
            let cuts = wrong.iter().flat_map(|wrong| [wrong.start, wrong.end]);
            let mut cuts: Vec<_> = cuts.filter(|cut| range.contains(cut)).collect();
            cuts.push(range.end);
            cuts.sort_unstable();
            cuts.dedup();
            for to in cuts.into_iter().filter(|to| *to > range.start) {
                let is_wrong = wrong.iter().any(|wrong| wrong.contains(&from));
                let format = format_of(word, is_wrong, theme);
                job.append(&line[from..to], 0.0, format);
                from = to;
            }
        }
    }
    job
}

fn format_of(word: CodePart<'_>, is_wrong: bool, theme: &Theme) -> TextFormat {
    let colour = match word {
        CodePart::Comment => theme.quiet,
        CodePart::Of("buy") => theme.gain,
        CodePart::Of("sell") => theme.loss,
        CodePart::Of("sidebet") => theme.side,
        CodePart::Of(word) if HEADS.contains(&word) => theme.replay,
        CodePart::Of(_) => theme.text,
    };
    TextFormat {
        font_id: TABLE_MONO.font(),
        color: if is_wrong { theme.amber } else { colour },
        underline: if is_wrong {
            Stroke::new(1.5, theme.amber)
        } else {
            Stroke::new(0.0, Color32::TRANSPARENT)
        },
        ..TextFormat::default()
    }
}

/// Returns the bytes of a line that an error names; at least one character, if the line has one there.
fn bytes(line: &str, error: &StrategyError) -> Range<usize> {
    let at = |chars: usize| {
        line.char_indices()
            .nth(chars)
            .map_or(line.len(), |(at, _)| at)
    };
    let from = error.column.saturating_sub(1);
    at(from)..at(from + error.length.max(1))
}

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
enum CodePart<'a> {
    /// A word, or the space between two.
    Of(&'a str),
    /// From `#` to the end of the line.
    Comment,
}

/// Returns the parts of a line, in order, without gaps.
fn words(line: &str) -> Vec<(CodePart<'_>, Range<usize>)> {
    let code = line.find('#').unwrap_or(line.len());
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, letter) in line[..code].char_indices() {
        let before = line[from..at].chars().next_back();
        let starts = before.is_some_and(|before| before.is_whitespace() != letter.is_whitespace());
        if starts {
            parts.push((CodePart::Of(&line[from..at]), from..at));
            from = at;
        }
    }
    if from < code {
        parts.push((CodePart::Of(&line[from..code]), from..code));
    }
    if code < line.len() {
        parts.push((CodePart::Comment, code..line.len()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::ByteRangeExt as _;

    use super::*;
    use crate::strategy::Strategy;

    /// The parts that have a mark.
    fn marked(text: &str) -> Vec<String> {
        let errors = Strategy::parse(text).err();
        let errors = errors.as_ref().map_or(&[][..], |errors| errors.as_slice());
        let job = highlighted(text, errors, &Theme::DARK);
        assert_eq!(job.text, text, "nothing is lost");
        let sections = job.sections.iter();
        let wrong = sections.filter(|section| section.format.underline.width > 0.0);
        wrong
            .map(|section| job.text[section.byte_range.as_usize()].to_owned())
            .collect()
    }

    #[test]
    fn what_cannot_be_read_is_marked_where_it_is() {
        let right = "# a comment\nstake 0.01\nin presale buy stake\nwhen price >= 2 sell 50%\n";
        assert_eq!(marked(right), Vec::<String>::new());
        assert_eq!(marked("in presale bye 0.01"), ["bye"]);
        // Behind letters of more than one byte, and in two lines.
        let both = marked("in presale hold 1 # grün\nwhen prize >= 2 sell 50%\n");
        assert_eq!(both, ["hold", "prize"]);
    }

    #[test]
    fn the_colours_are_made_again_only_for_another_text_or_theme() {
        let mut highlighter = Highlighter::default();
        let mut sections = |text: &str, theme: Theme| {
            let job = highlighter.job(text, &[], theme);
            assert_eq!(job.text, text);
            job.sections.as_ptr()
        };
        let first = sections("in presale buy 1", Theme::DARK);
        assert_eq!(sections("in presale buy 1", Theme::DARK), first);
        let job = highlighter.job("in presale buy 1", &[], Theme::LIGHT);
        assert_eq!(job.sections[0].format.color, Theme::LIGHT.replay);
        let job = highlighter.job("buy", &[], Theme::LIGHT);
        assert_eq!(job.sections[0].format.color, Theme::LIGHT.gain);
    }

    #[test]
    fn words_comments_and_spaces_are_the_whole_line() {
        let line = "  when price # grün\n";
        let parts = words(line);
        let all: String = parts
            .iter()
            .map(|(_, range)| &line[range.clone()])
            .collect();
        assert_eq!(all, line);
        assert!(parts.iter().any(|(word, _)| *word == CodePart::Of("when")));
        assert_eq!(parts.last().map(|(word, _)| *word), Some(CodePart::Comment));
    }
}
