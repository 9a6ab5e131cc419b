//! Search and filters of the library.

use std::fmt::Display;

use chrono::NaiveDate;
use egui::{Align, Align2, Layout, Popup, PopupCloseBehavior, TextEdit, Ui, vec2};

use super::texts::{ORIGINS, origin_name};
use crate::fairness::ProofStatus;
use crate::library::{Bounds, Catalog, PnlSign, Query, RowKind};
use crate::protocol::{Tick, number};
use crate::ui::command::{KeyCommand, LibraryKey};
use crate::ui::format::{count, escaped};
use crate::ui::theme::role::{TABLE, TABLE_MONO};
use crate::ui::theme::{CONTROL, GRID, Theme};
use crate::ui::widgets::{PushButton, Segment, SegmentStyle, named, segmented_ui};

/// Width of the names of the filters.
const NAME: f32 = 64.0;
/// Width of the lines of tags, and the most tags in them.
const TAGS: f32 = 360.0;
const MOST_TAGS: usize = 40;

/// The texts of the filters as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    ticks: [String; 2],
    peak: [String; 2],
    dates: [String; 2],
}

impl Filters {
    /// Draws the kinds, the search and the filters. Returns whether Enter left the search for the list.
    pub fn ui(&mut self, ui: &mut Ui, catalog: &mut Catalog, focus: bool) -> bool {
        let mut to_list = false;
        let mut query = catalog.query().clone();
        kinds_ui(ui, &mut query, catalog);
        let results = [
            Segment::text(None, "All results"),
            Segment::text(Some(PnlSign::Gain), "Won"),
            Segment::text(Some(PnlSign::Loss), "Lost"),
        ];
        // The search takes what the other controls leave.
        let rest = ui.available_width() - 300.0;
        let key = KeyCommand::InLibrary(LibraryKey::Search).key_name(ui.ctx());
        let field = TextEdit::singleline(&mut query.text)
            .hint_text(format!("Search date, game, player, note ({key})"))
            .desired_width(rest.clamp(70.0, 240.0));
        let field = named(ui.add(field), "Search");
        if focus {
            field.request_focus();
        }
        let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
        to_list |= field.lost_focus() && enter;
        if query.kind != RowKind::Damaged
            && let Some(sign) = segmented_ui(ui, Some(query.pnl), &results, SegmentStyle::default())
        {
            query.pnl = sign;
        }
        let active = active_filters(&query);
        let name = match active {
            0 => "Filters".to_owned(),
            active => format!("Filters ({active})"),
        };
        let button = ui.add(PushButton::new(&name).size(0.0, CONTROL));
        // Not a menu: its fields and choices have their frames.
        Popup::from_toggle_button_response(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.choices_ui(ui, &mut query, catalog));
        let clear = PushButton::new("Clear").size(0.0, CONTROL);
        if (active > 0 || !query.text.is_empty()) && ui.add(clear).clicked() {
            query = Query {
                kind: query.kind,
                ..Query::default()
            };
            *self = Self::default();
        }
        change_query(catalog, |current| *current = query);
        to_list
    }

    fn choices_ui(&mut self, ui: &mut Ui, query: &mut Query, catalog: &Catalog) {
        let origins = ORIGINS.map(|origin| (origin, origin_name(origin)));
        ui.spacing_mut().item_spacing.y = 2.0 * GRID;
        if query.kind != RowKind::Damaged {
            choice_ui(ui, "Source", &mut query.origin, &origins);
        }
        if query.kind == RowKind::Games {
            let proofs = [
                (ProofStatus::Proven, "Proven"),
                (ProofStatus::Repaired, "Repaired"),
                (ProofStatus::Mismatch, "Mismatch"),
                (ProofStatus::Unverifiable, "Unverifiable"),
            ];
            choice_ui(ui, "Proof", &mut query.proof, &proofs);
            let complete = [(true, "Complete"), (false, "Not complete")];
            choice_ui(ui, "Complete", &mut query.complete, &complete);
            let played = [(true, "I played"), (false, "Watched")];
            choice_ui(ui, "Played", &mut query.played, &played);
        }
        if query.kind == RowKind::Sessions {
            notes_ui(ui, query, catalog);
        }
        if query.kind == RowKind::Games {
            range_ui(ui, "Ticks", &mut self.ticks, &mut query.ticks, |text| {
                Tick::try_from(number::parse_whole(text)?).ok()
            });
            range_ui(ui, "Peak", &mut self.peak, &mut query.peak, |text| {
                number::parse_typed(text.strip_suffix('x').unwrap_or(text)).ok()
            });
        }
        range_ui(ui, "Date", &mut self.dates, &mut query.dates, |text| {
            text.parse::<NaiveDate>().ok()
        });
    }
}

/// Changes the query of a catalog. An equal query does not sort the rows again.
pub fn change_query(catalog: &mut Catalog, change: impl FnOnce(&mut Query)) {
    let mut query = catalog.query().clone();
    change(&mut query);
    if query != *catalog.query() {
        catalog.set_query(query);
    }
}

/// Returns the number of active filters, of those that the kind has.
fn active_filters(query: &Query) -> usize {
    let of_games = [
        query.ticks != Bounds::default(),
        query.peak != Bounds::default(),
        query.proof.is_some(),
        query.complete.is_some(),
        query.played.is_some(),
    ];
    let of_sessions = [query.starred, query.noted, query.tag.is_some()];
    let of_both = [query.origin.is_some(), query.pnl.is_some()];
    let of_all = [query.dates != Bounds::default()];
    let kinds: &[&[bool]] = match query.kind {
        RowKind::Games => &[&of_all, &of_both, &of_games],
        RowKind::Sessions => &[&of_all, &of_both, &of_sessions],
        RowKind::Damaged => &[&of_all],
    };
    let active = kinds.iter().copied().flatten();
    active.filter(|active| **active).count()
}

/// Draws the filters by star, notes and tag.
fn notes_ui(ui: &mut Ui, query: &mut Query, catalog: &Catalog) {
    let now = (query.starred, query.noted);
    let choices = [
        Segment::text((false, false), "All"),
        Segment::text((true, false), "With a star"),
        Segment::text((false, true), "With notes"),
    ];
    row_ui(ui, "Notes", |ui| {
        if let Some(chosen) = segmented_ui(ui, Some(now), &choices, SegmentStyle::default()) {
            (query.starred, query.noted) = chosen;
        }
    });
    let tags = catalog.tags();
    if tags.is_empty() && query.tag.is_none() {
        return;
    }
    ui.set_max_width(TAGS);
    ui.horizontal_wrapped(|ui| {
        name_ui(ui, "Tag");
        // A tag that no session has any more can still be turned off.
        let chosen = query.tag.clone();
        let gone = chosen.iter().map(String::as_str);
        let gone = gone.filter(|tag| !tags.contains(tag));
        for tag in gone.chain(tags.iter().copied()).take(MOST_TAGS) {
            let is_chosen = chosen.as_deref() == Some(tag);
            let text = format!("#{}", escaped(tag));
            if ui.selectable_label(is_chosen, text).clicked() {
                query.tag = (!is_chosen).then(|| tag.to_owned());
            }
        }
    });
}

fn kinds_ui(ui: &mut Ui, query: &mut Query, catalog: &Catalog) {
    let texts = [
        (RowKind::Sessions, "session"),
        (RowKind::Games, "game"),
        (RowKind::Damaged, "damaged file"),
    ]
    .map(|(kind, thing)| (kind, count(catalog.count(kind), thing)));
    let segments: Vec<_> = texts
        .iter()
        .map(|(kind, text)| Segment::text(*kind, text))
        .collect();
    if let Some(kind) = segmented_ui(ui, Some(query.kind), &segments, SegmentStyle::default()) {
        query.kind = kind;
    }
}

/// Draws a line of the filters: its name, and what chooses.
fn row_ui(ui: &mut Ui, name: &str, draw: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        name_ui(ui, name);
        draw(ui);
    });
}

fn name_ui(ui: &mut Ui, name: &str) {
    let quiet = Theme::of(ui).quiet;
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(NAME, CONTROL), layout, |ui| {
        ui.set_min_width(NAME);
        ui.label(TABLE.text(name).color(quiet));
    });
}

/// Draws a filter with one of several values, or none. A combo box would close the menu it is in.
fn choice_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    value: &mut Option<T>,
    choices: &[(T, &str)],
) {
    let all = Segment::text(None, "All");
    let choices = choices
        .iter()
        .map(|(choice, text)| Segment::text(Some(*choice), text));
    let segments: Vec<_> = std::iter::once(all).chain(choices).collect();
    row_ui(ui, name, |ui| {
        if let Some(chosen) = segmented_ui(ui, Some(*value), &segments, SegmentStyle::default()) {
            *value = chosen;
        }
    });
}

/// Draws a filter from one value to another. Text that is not a value is amber and sets no bound. A bound that was set
/// elsewhere replaces the text.
fn range_ui<T: PartialEq + Copy + Display>(
    ui: &mut Ui,
    name: &str,
    texts: &mut [String; 2],
    bounds: &mut Bounds<T>,
    parse: impl Fn(&str) -> Option<T>,
) {
    let theme = Theme::of(ui);
    let size = vec2(if name == "Date" { 104.0 } else { 72.0 }, CONTROL);
    let field = |ui: &mut Ui, text: &mut String, which: &str, end: &mut Option<T>| {
        if parse(text.trim()) != *end {
            *text = end.map_or(String::new(), |end| end.to_string());
        }
        let wrong = parse(text.trim()).is_none() && !text.trim().is_empty();
        let edit = TextEdit::singleline(text)
            .font(TABLE_MONO.font())
            .align(Align2::LEFT_CENTER)
            .hint_text(TABLE.text(which))
            .text_color_opt(wrong.then_some(theme.amber));
        let edit = named(ui.add_sized(size, edit), &format!("{name} {which}"));
        if edit.changed() {
            *end = parse(text.trim());
        }
        if wrong {
            edit.on_hover_text("This is no such value; it is passed over");
        } else if name == "Date" {
            edit.on_hover_text("A day, for example 2026-11-28");
        }
    };
    row_ui(ui, name, |ui| {
        field(ui, &mut texts[0], "from", &mut bounds.least);
        field(ui, &mut texts[1], "to", &mut bounds.most);
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn the_fields_of_the_dates_show_the_day_that_was_chosen_elsewhere() {
        let show = |ui: &mut Ui, (filters, query): &mut (Filters, Query)| {
            filters.choices_ui(ui, query, &Catalog::default());
        };
        let state = (Filters::default(), Query::default());
        let mut harness = Harness::builder()
            .with_context_setup(Theme::install)
            .build_ui_state(show, state);
        let value = |harness: &Harness<'_, (Filters, Query)>, name: &str| {
            harness.get_by_label(name).accesskit_node().value()
        };
        harness.get_by_label("Date from").focus();
        harness.run_steps(2);
        harness.event(egui::Event::Text("2026-11-01".to_owned()));
        harness.run_steps(2);
        assert_eq!(harness.state().1.dates.least, day("2026-11-01"));
        // As by a click on a day beside the list.
        harness.state_mut().1.dates = Bounds {
            least: day("2026-11-28"),
            most: day("2026-11-28"),
        };
        harness.run_steps(2);
        for name in ["Date from", "Date to"] {
            let shown = value(&harness, name);
            assert_eq!(shown.as_deref(), Some("2026-11-28"), "{name}");
        }
        harness.state_mut().1.dates = Bounds::default();
        harness.run_steps(2);
        assert_eq!(value(&harness, "Date from").as_deref(), Some(""));
        // Text that is no value stays, with no bound.
        harness.event(egui::Event::Text("last week".to_owned()));
        harness.run_steps(2);
        assert_eq!(value(&harness, "Date from").as_deref(), Some("last week"));
        assert_eq!(harness.state().1.dates, Bounds::default());
    }

    #[test]
    fn only_filters_of_the_shown_kind_are_counted() {
        let active = |kind: RowKind| {
            active_filters(&Query {
                kind,
                pnl: Some(PnlSign::Gain),
                complete: Some(true),
                starred: true,
                noted: true,
                dates: Bounds {
                    least: day("2026-11-01"),
                    most: None,
                },
                ..Query::default()
            })
        };
        let kinds = [RowKind::Games, RowKind::Sessions, RowKind::Damaged];
        assert_eq!(kinds.map(active), [3, 4, 1]);
    }
}
