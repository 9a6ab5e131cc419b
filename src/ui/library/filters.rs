//! Search and filters of the library.

use chrono::NaiveDate;

use super::asks;
use crate::fairness::ProofStatus;
use crate::library::{Bounds, Catalog, PnlSign, Query, RowKind};
use crate::protocol::{Tick, number};
use crate::recording::Origin;
use crate::ui::format::count;
use crate::ui::theme::{GRID, Theme};

/// What was asked beside the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Out of the search, to its first row.
    ToTheList,
}

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    open: bool,
    ticks: [String; 2],
    peak: [String; 2],
    dates: [String; 2],
}

impl Filters {
    /// Draws the kinds, the search and the filters.
    pub fn ui(&mut self, ui: &mut egui::Ui, catalog: &mut Catalog, focus: bool) -> Option<Asked> {
        let mut asked = None;
        let mut query = catalog.query().clone();
        ui.horizontal_wrapped(|ui| {
            kinds_ui(ui, &mut query, catalog);
            ui.separator();
            let field = egui::TextEdit::singleline(&mut query.text)
                .hint_text("Search id, date, player (/)")
                .desired_width(220.0);
            let field = ui.add(field);
            ui.ctx()
                .accesskit_node_builder(field.id, |node| node.set_label("Search"));
            if focus {
                field.request_focus();
            }
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
            if field.lost_focus() && enter {
                asked = Some(Asked::ToTheList);
            }
            let set = active(&query);
            let name = match set {
                0 => "Filters".to_owned(),
                set => format!("Filters ({set})"),
            };
            ui.toggle_value(&mut self.open, name);
            if (set > 0 || !query.text.is_empty()) && ui.button("Clear").clicked() {
                query = Query {
                    kind: query.kind,
                    ..Query::default()
                };
                *self = Self {
                    open: self.open,
                    ..Self::default()
                };
            }
        });
        if self.open {
            ui.horizontal_wrapped(|ui| self.choices_ui(ui, &mut query));
        }
        asks(catalog, |asked| *asked = query);
        asked
    }

    fn choices_ui(&mut self, ui: &mut egui::Ui, query: &mut Query) {
        let origins = [Origin::Live, Origin::Practice, Origin::Browser, Origin::Url];
        let origins = origins.map(|origin| (Some(origin), origin.as_str()));
        choice(ui, "Origin", &mut query.origin, &origins);
        if query.kind == RowKind::Games {
            let proofs = [
                ProofStatus::Proven,
                ProofStatus::Repaired,
                ProofStatus::Mismatch,
                ProofStatus::Unverifiable,
            ];
            let proofs = proofs.map(|proof| (Some(proof), proof.as_str()));
            choice(ui, "Proof", &mut query.proof, &proofs);
            let whole = [(Some(true), "complete"), (Some(false), "not complete")];
            choice(ui, "Complete", &mut query.complete, &whole);
            let mine = [(Some(true), "played"), (Some(false), "watched")];
            choice(ui, "Played", &mut query.played, &mine);
        }
        let signs = [(Some(PnlSign::Gain), "gain"), (Some(PnlSign::Loss), "loss")];
        choice(ui, "My P&L", &mut query.pnl, &signs);
        if query.kind == RowKind::Games {
            range(ui, "Ticks", &mut self.ticks, &mut query.ticks, |text| {
                Tick::try_from(number::parse_whole(text)?).ok()
            });
            range(ui, "Peak", &mut self.peak, &mut query.peak, |text| {
                number::parse_typed(text.strip_suffix('x').unwrap_or(text)).ok()
            });
        }
        range(ui, "Date", &mut self.dates, &mut query.dates, |text| {
            text.parse::<NaiveDate>().ok()
        });
    }
}

/// How many filters are set.
fn active(query: &Query) -> usize {
    let ranges = [
        query.ticks != Bounds::default(),
        query.peak != Bounds::default(),
        query.dates != Bounds::default(),
        query.origin.is_some(),
        query.proof.is_some(),
        query.complete.is_some(),
        query.pnl.is_some(),
        query.played.is_some(),
    ];
    ranges.into_iter().filter(|set| *set).count()
}

fn kinds_ui(ui: &mut egui::Ui, query: &mut Query, catalog: &Catalog) {
    let n = |kind| u64::try_from(catalog.count(kind)).unwrap_or(u64::MAX);
    for (kind, text) in [
        (RowKind::Sessions, count(n(RowKind::Sessions), "session")),
        (RowKind::Games, count(n(RowKind::Games), "game")),
        (RowKind::Damaged, format!("{} damaged", n(RowKind::Damaged))),
    ] {
        let wrong = kind == RowKind::Damaged && n(kind) > 0 && query.kind != kind;
        let mut text = egui::RichText::new(text);
        if wrong {
            text = text.color(Theme::of(ui).alert);
        }
        ui.selectable_value(&mut query.kind, kind, text);
    }
}

/// A filter with some choices, or none of them.
fn choice<T: PartialEq + Copy>(
    ui: &mut egui::Ui,
    name: &str,
    value: &mut Option<T>,
    choices: &[(Option<T>, &str)],
) {
    let now = choices.iter().find(|(choice, _)| choice == value);
    let text = match now {
        Some((_, text)) => format!("{name}: {text}"),
        None => format!("{name}: all"),
    };
    let combo = egui::ComboBox::from_id_salt(name)
        .selected_text(&text)
        .show_ui(ui, |ui| {
            ui.selectable_value(value, None, "all");
            for (choice, text) in choices {
                ui.selectable_value(value, *choice, *text);
            }
        });
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &text));
}

/// A filter from one value to another; what is typed and is none is amber and open.
fn range<T: PartialEq + Copy>(
    ui: &mut egui::Ui,
    name: &str,
    texts: &mut [String; 2],
    bounds: &mut Bounds<T>,
    parse: impl Fn(&str) -> Option<T>,
) {
    let theme = Theme::of(ui);
    let field = |ui: &mut egui::Ui, text: &mut String, which: &str, end: &mut Option<T>| {
        let read = parse(text.trim());
        let wrong = read.is_none() && !text.trim().is_empty();
        let edit = egui::TextEdit::singleline(text)
            .hint_text(which)
            .text_color_opt(wrong.then_some(theme.alert))
            .desired_width(16.0 * GRID + if name == "Date" { 8.0 * GRID } else { 0.0 });
        let edit = ui.add(edit);
        let label = format!("{name} {which}");
        ui.ctx()
            .accesskit_node_builder(edit.id, |node| node.set_label(label.as_str()));
        if edit.changed() {
            *end = parse(text.trim());
        }
        if wrong {
            edit.on_hover_text("This is no such value; it is passed over");
        }
    };
    ui.horizontal(|ui| {
        ui.label(name);
        field(ui, &mut texts[0], "from", &mut bounds.least);
        field(ui, &mut texts[1], "to", &mut bounds.most);
    });
}
