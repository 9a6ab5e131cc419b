//! The card of the chart: the multiplier over the plot, the tools, what covers the plot between games, and the last games
//! below it.

use chrono::{DateTime, Utc};
use egui::{Rect, Ui, vec2};

use super::header::{HeaderForm, header_ui};
use super::plot::{PlotArea, empty_ui, moves_in, plot_ui, sweep};
use super::presale::{PresaleBuy, countdown_ui};
use super::result_card::{ResultAction, result_card_ui, result_rect};
use super::toolbar::{TOOLBAR, toolbar_ui};
use super::{Chart, description};
use crate::account::Statistics;
use crate::engine::View;
use crate::game::Phase;
use crate::recording::NotePlace;
use crate::ui::degraded::minimal_notice;
use crate::ui::game_history::{STRIP, game_history_ui};
use crate::ui::guide::{guide_ui, needs_guide};
use crate::ui::hints::Spot;
use crate::ui::layout::{Breakpoint, Regions};
use crate::ui::motion;
use crate::ui::notes::ShownNote;
use crate::ui::page_part::{NoteSubject, PageAction};
use crate::ui::panels::panel_is_open;
use crate::ui::widgets::pixel;

/// Height of the tick axis.
const TICK_AXIS: f32 = 24.0;

/// Draws the card in the rectangle of the chart, with flags at the notes of the game. `host` is the server that a guide
/// names, `now` the time of the window.
pub fn chart_card_ui(
    ui: &mut Ui,
    chart: &mut Chart,
    (view, notes, results): (&View, &[ShownNote], &Statistics),
    host: &str,
    now: DateTime<Utc>,
    regions: &Regions,
    actions: &mut Vec<PageAction>,
) {
    let breakpoint = regions.breakpoint;
    let replays = regions.transport.is_some();
    let card = regions.chart;
    // In a replay the transport has the games.
    let strip = if replays { 0.0 } else { breakpoint.pick(STRIP) };
    let (above, below) = card.split_top_bottom_at_y(card.bottom() - strip);
    let axis = breakpoint.pick([56.0, 64.0, 64.0, 64.0]);
    let plot = Rect::from_min_max(above.min, above.max - vec2(axis, TICK_AXIS));

    Spot::BelowPlot.note(ui.ctx(), card.with_min_y(plot.bottom()));

    let presale = is_presale(view);
    let result = chart.result(view).filter(|_| !replays);
    let rug = chart.rug_age(view, moves_in(ui, view), ui.input(|input| input.time));
    let form = match () {
        () if presale => HeaderForm::LastGame,
        () if result.is_some() => HeaderForm::Game,
        () => HeaderForm::Price,
    };
    let marks = chart.update_marks(view);
    let area = PlotArea {
        card: above,
        plot,
        headroom: form.height(breakpoint, plot.height()),
        labels: breakpoint > Breakpoint::Tight,
        presale,
        covered: panel_is_open(ui.ctx()),
        result: result.as_ref().map(|result| result_rect(result, plot).0),
    };
    let notice = minimal_notice(view, "Price chart");
    let drawn = notice.is_none() && view.series.newest().is_some();
    let (response, hair) = if drawn {
        let output = plot_ui(ui, chart, (view, notes), &marks, area);
        let rules = output.auto_sell;
        actions.extend(rules.map(|rules| PageAction::AutoSell(Some(rules))));
        (output.response, output.crosshair)
    } else {
        let words = notice.as_deref().unwrap_or(description::empty_chart(view));
        let words = if presale || needs_guide(view) {
            ""
        } else {
            words
        };
        (empty_ui(ui, words, plot), None)
    };
    if !drawn && !replays && needs_guide(view) {
        let chosen = guide_ui(ui, view, host, now, plot);
        actions.extend(chosen.map(PageAction::Guide));
        game_history_ui(ui, view, results, breakpoint, below, actions);
        return;
    }
    let name = || match &notice {
        Some(words) => words.clone(),
        None => description::chart(view, &marks, notes, hair),
    };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Figure, true, name()));

    toolbar_ui(ui, chart, plot);
    let room = plot.with_max_x(plot.right() - TOOLBAR);
    header_ui(
        ui,
        view,
        now,
        chart.replayed.as_ref(),
        form,
        breakpoint,
        room,
    );
    if presale {
        countdown_ui(ui, view, &PresaleBuy::of(view), plot);
    }
    if let Some(result) = result {
        let since_sweep = rug - motion::FLASH;
        if since_sweep < motion::CARD {
            ui.request_repaint();
        }
        if since_sweep < 0.0 {
            sweep(ui, rug / motion::FLASH, plot);
        } else {
            let opacity = pixel((since_sweep / motion::CARD).min(1.0));
            let chosen = result_card_ui(ui, view, &result, opacity, plot);
            if let Some((chosen, game)) = chosen.zip(view.series.game_id.clone()) {
                actions.push(match chosen {
                    ResultAction::Replay => PageAction::ReplayGame(game),
                    ResultAction::Note => PageAction::Note(NoteSubject::Place(NotePlace::Tick {
                        game_id: game,
                        tick: view.series.rug_tick,
                    })),
                });
            }
        }
    } else if rug < motion::FLASH {
        ui.request_repaint();
        sweep(ui, rug / motion::FLASH, plot);
    }
    if !replays {
        game_history_ui(ui, view, results, breakpoint, below, actions);
    }
}

/// Whether the presale of the next game runs while the chart still has the last game, or none.
fn is_presale(view: &View) -> bool {
    view.phase == Phase::Presale
}
