use super::*;

fn layout_of(size: Vec2, sizes: PanelSizes, replay: bool) -> Regions {
    layout(
        Rect::from_min_size(pos2(0.0, 0.0), size),
        sizes,
        replay,
        false,
    )
}

fn at(width: f32, height: f32, replay: bool) -> Regions {
    layout_of(vec2(width, height), PanelSizes::default(), replay)
}

/// Calls the function for every window from 700 x 600 to 3840 x 2160, in a game and in a replay, as it is and with
/// edges dragged to their ends.
fn each(mut check: impl FnMut(Vec2, bool, &Regions)) {
    let far = |length| PanelSizes {
        trade_panel: Some(length),
        bottom: Some(length),
        session: Some(length),
    };
    for width in (700..=3_840).step_by(20) {
        for height in (600..=2_160).step_by(20) {
            #[expect(clippy::cast_precision_loss, reason = "window sizes")]
            let size = vec2(width as f32, height as f32);
            for replay in [false, true] {
                for sizes in [PanelSizes::default(), far(0), far(u16::MAX)] {
                    check(size, replay, &layout_of(size, sizes, replay));
                }
            }
        }
    }
}

/// All parts that are drawn.
fn parts(regions: &Regions) -> Vec<Rect> {
    let bottom = &regions.bottom;
    let open = bottom.form != BottomForm::Closed;
    [
        Some(regions.top_bar),
        Some(regions.chart),
        regions.transport,
        open.then_some(bottom.tabs),
        bottom.by_game,
        bottom.session,
        Some(regions.trade_panel.rect),
        Some(regions.status_line),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn no_part_overlaps_another_or_leaves_the_window_at_any_size() {
    each(|size, replay, regions| {
        let window = Rect::from_min_size(pos2(0.0, 0.0), size);
        let parts = parts(regions);
        for (place, part) in parts.iter().enumerate() {
            let case = format!("{size:?} replay {replay}: {regions:?}");
            assert!(part.is_positive() && window.contains_rect(*part), "{case}");
            for other in &parts[place + 1..] {
                let common = part.intersect(*other);
                assert!(common.width() <= 0.0 || common.height() <= 0.0, "{case}");
            }
        }
    });
}

#[test]
fn the_chart_is_never_low_or_narrow_and_the_trade_panel_never_narrow() {
    each(|size, replay, regions| {
        let case = format!("{size:?} replay {replay}: {regions:?}");
        assert!(regions.chart.height() >= LEAST_CHART - 0.01, "{case}");
        assert!(regions.chart.width() >= LEAST_COLUMN - 0.01, "{case}");
        assert!(
            TRADE_PANEL.contains(&regions.trade_panel.rect.width()),
            "{case}"
        );
        // The panel ends where the window does: STOP is always at the same place.
        assert!(
            (regions.trade_panel.rect.right() - (size.x - GAP)).abs() < 0.01,
            "{case}"
        );
        for edge in Edge::ALL {
            let rect = edge.rect(regions);
            assert!(
                rect.is_none_or(|rect| rect.is_positive()),
                "{case} {edge:?}"
            );
        }
    });
}

#[expect(clippy::float_cmp, reason = "sizes are whole numbers")]
#[test]
fn sizes_at_the_breakpoints_are_those_of_the_design() {
    let of = |width, height, replay| {
        let regions = at(width, height, replay);
        let bottom = &regions.bottom;
        let width = |card: Option<Rect>| card.map_or(0.0, |card| card.width());
        [
            regions.top_bar.height(),
            regions.status_line.height(),
            regions.trade_panel.rect.width(),
            bottom.tabs.height(),
            width(bottom.by_game),
            width(bottom.session),
            regions
                .transport
                .map_or(0.0, |transport| transport.height()),
        ]
    };
    for (width, height, replay, expected) in [
        (
            700.0,
            600.0,
            false,
            [44.0, 24.0, 268.0, 120.0, 0.0, 0.0, 0.0],
        ),
        (
            700.0,
            600.0,
            true,
            [44.0, 24.0, 268.0, 28.0, 0.0, 0.0, 104.0],
        ),
        (
            700.0,
            800.0,
            true,
            [44.0, 24.0, 268.0, 120.0, 0.0, 0.0, 104.0],
        ),
        (
            1_024.0,
            768.0,
            false,
            [48.0, 28.0, 288.0, 176.0, 0.0, 0.0, 0.0],
        ),
        (
            1_400.0,
            900.0,
            false,
            [48.0, 28.0, 320.0, 208.0, 0.0, 400.0, 0.0],
        ),
        (
            1_400.0,
            900.0,
            true,
            [48.0, 28.0, 320.0, 208.0, 0.0, 400.0, 148.0],
        ),
        // A low window gives more of its height to the chart.
        (
            1_366.0,
            712.0,
            false,
            [48.0, 28.0, 320.0, 176.0, 0.0, 400.0, 0.0],
        ),
        // The chart keeps its height, the cards give way, then only their tabs are left.
        (
            1_400.0,
            680.0,
            true,
            [48.0, 28.0, 320.0, 176.0, 0.0, 400.0, 148.0],
        ),
        (
            1_400.0,
            600.0,
            true,
            [48.0, 28.0, 320.0, 104.0, 0.0, 400.0, 148.0],
        ),
        (
            1_400.0,
            590.0,
            true,
            [48.0, 28.0, 320.0, 32.0, 0.0, 0.0, 148.0],
        ),
        (
            1_400.0,
            520.0,
            true,
            [48.0, 28.0, 320.0, 0.0, 0.0, 0.0, 148.0],
        ),
        (
            1_920.0,
            1_080.0,
            false,
            [48.0, 28.0, 360.0, 248.0, 320.0, 440.0, 0.0],
        ),
    ] {
        assert_eq!(
            of(width, height, replay),
            expected,
            "{width} x {height} {replay}"
        );
    }
}

#[test]
fn a_low_window_drops_the_daily_limit_and_then_the_last_order() {
    let of = |width, height| {
        let panel = at(width, height, false).trade_panel;
        (panel.size, panel.daily_limit, panel.last_order)
    };
    assert_eq!(of(700.0, 600.0), (PanelSize::Compact, false, false));
    assert_eq!(of(700.0, 1_000.0), (PanelSize::Compact, true, true));
    assert_eq!(of(1_400.0, 679.0), (PanelSize::Compact, false, false));
    assert_eq!(of(1_024.0, 768.0), (PanelSize::Normal, false, true));
    assert_eq!(of(1_400.0, 900.0), (PanelSize::Normal, true, true));
    assert_eq!(of(1_920.0, 900.0), (PanelSize::Normal, true, true));
    assert_eq!(of(1_920.0, 1_080.0), (PanelSize::Large, true, true));
}

#[test]
fn a_dragged_edge_follows_the_pointer() {
    let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_400.0, 900.0));
    let mut sizes = PanelSizes::default();
    for (edge, delta) in [
        (Edge::TradePanel, vec2(-30.0, 5.0)),
        (Edge::Bottom, vec2(5.0, -40.0)),
        (Edge::Session, vec2(20.0, 5.0)),
    ] {
        let regions = layout(window, sizes, false, false);
        let before = edge.rect(&regions).map(|rect| rect.center());
        sizes = dragged(edge, &regions, sizes, delta);
        let after = edge.rect(&layout(window, sizes, false, false));
        let moved = after
            .zip(before)
            .map(|(after, before)| after.center() - before);
        let along = if edge == Edge::Bottom {
            moved.map(|moved| moved.y - delta.y)
        } else {
            moved.map(|moved| moved.x - delta.x)
        };
        assert!(
            along.is_some_and(|along| along.abs() < 0.6),
            "{edge:?} {moved:?}"
        );
    }
}

#[test]
fn turned_over_the_cards_fold_where_they_have_room_and_open_over_the_chart_elsewhere() {
    let of = |size, replay| {
        let window = Rect::from_min_size(pos2(0.0, 0.0), size);
        [false, true].map(|turned| layout(window, PanelSizes::default(), replay, turned))
    };
    let [open, folded] = of(vec2(1_400.0, 900.0), false);
    assert_eq!(open.bottom.form, BottomForm::Cards);
    assert_eq!(folded.bottom.form, BottomForm::TabRow);
    assert!((folded.bottom.tabs.height() - 32.0).abs() < 0.01);
    assert!(folded.chart.height() > open.chart.height() + 150.0);
    for size in [vec2(700.0, 600.0), vec2(1_400.0, 520.0)] {
        let [row, open] = of(size, true);
        assert_ne!(row.bottom.form, BottomForm::Cards);
        assert_eq!(open.bottom.form, BottomForm::Cards);
        assert_eq!(open.chart, row.chart, "it is over the chart");
        assert!(
            open.bottom.tabs.height() > 100.0 && open.bottom.tabs.top() > open.top_bar.bottom()
        );
    }
}
