//! The report as text, JSON and HTML.

use chrono::NaiveDate;

use super::super::{DayFacts, OwnResults, Report};
use super::sample::{at, day, facts, game, session};
use crate::account::ActionKind;
use crate::dataset::finding::{Finding, FindingKind};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
}

/// A day of recording with a few results and hostile names.
fn sample() -> (Vec<DayFacts>, Vec<Finding>) {
    let mut first = facts("2025-12-15");
    day(
        &mut first,
        at("2025-12-15T00:00:03Z"),
        at("2025-12-15T09:00:00Z"),
    );
    let results = [
        (ActionKind::Buy, "x"),
        (ActionKind::Sell, "0.002"),
        (ActionKind::Liquidated, "-0.005"),
        (ActionKind::SidebetWin, "0.04"),
        (ActionKind::SidebetLose, "-0.01"),
        (ActionKind::SidebetLose, "-0.01"),
    ];
    let (row, actions) = session(&results);
    first.add_session(&row, &actions, &[]);
    let finding = Finding {
        kind: FindingKind::Unreadable,
        file: "<script>alert('x')</script>\n\u{7}&.json".to_owned(),
        id: None,
        text: "it is no \"game\" file".to_owned(),
    };
    (vec![first], vec![finding])
}

#[test]
fn the_text_says_how_much_there_is_and_what_is_wrong() {
    let (facts, findings) = sample();
    let report = Report::new(&facts, &findings, today());
    let text = report.to_text();
    let games = facts[0].row.games_seen;
    assert!(
        text.starts_with(&format!(
            "{games} games, 100.0 % proven, 9.0 hours covered, 0.0 hours missing"
        )),
        "{text}"
    );
    for part in [
        "SELF-CHECKS: rugs.fun (live)",
        "Chance of a rug per tick",
        "consistent",
        "Own P&L: +0.017 SOL in 5 results (2 sales and liquidations, 1 with profit: -0.003; 3 sidebets, 1 won: +0.02); too few for a mean",
        "2025-12-15 live      degraded",
        "unreadable        <script>alert('x')</script>\u{fffd}\u{fffd}&.json: it is no \"game\" file",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("edge"));
}

#[test]
fn the_page_shows_hostile_names_as_text_and_needs_nothing_from_elsewhere() {
    let (facts, findings) = sample();
    let page = Report::new(&facts, &findings, today()).to_html();
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    assert!(page.contains("9.0 h recorded, – in 0 gaps"), "{page}");
    for part in ["<script", "http:", "https:", "@import", "url(", "edge"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("prefers-color-scheme: dark"));
    // Calendar, survival curve and sidebet curve.
    assert!(page.matches("<svg").count() >= 3 && page.contains("class=\"band\""));
    let open = page.matches("<section>").count();
    assert_eq!(open, page.matches("</section>").count());
    for tag in ["table", "tr", "td", "svg", "div", "span"] {
        let (open, close) = (
            page.matches(&format!("<{tag}")).count(),
            page.matches(&format!("</{tag}>")).count(),
        );
        assert_eq!(open, close, "{tag}");
    }
}

#[test]
fn the_json_returns_as_the_same_report() {
    let (facts, findings) = sample();
    let report = Report::new(&facts, &findings, today());
    let text = report.to_json().unwrap();
    let read = Report::parse(&text).unwrap();
    assert_eq!(read.to_text(), report.to_text());
    assert_eq!(read.to_html(), report.to_html());
}

#[test]
fn an_empty_data_set_has_a_report() {
    let report = Report::new(&[], &[], today());
    assert!(report.to_text().starts_with("0 games, 0.0 % proven"));
    assert!(
        report
            .to_html()
            .contains("Too few games for the self-checks")
    );
    assert!(Report::parse(&report.to_json().unwrap()).is_ok());
}

#[test]
fn practice_games_are_compared_apart_from_real_ones() {
    let mut practice = DayFacts::new("practice", NaiveDate::from_ymd_opt(2025, 12, 15).unwrap());
    let mut live = facts("2025-12-15");
    let mut browser = DayFacts::new("browser", NaiveDate::from_ymd_opt(2025, 12, 15).unwrap());
    for (n, day) in [&mut practice, &mut live, &mut browser]
        .into_iter()
        .enumerate()
    {
        let game = game(at("2025-12-15T10:00:00Z"), &n.to_string());
        day.add_game(&game.row, &game.prices);
    }
    let facts = vec![practice, live, browser];
    let report = Report::new(&facts, &[], today());
    let groups: Vec<_> = report
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.observed_games))
        .collect();
    assert_eq!(groups, [("rugs.fun", 2), ("practice table", 1)]);
}

#[test]
fn own_sidebets_of_seeded_games_are_results_and_no_check() {
    let (row, actions) = session(&[
        (ActionKind::SidebetWin, "0.04"),
        (ActionKind::SidebetLose, "-0.01"),
    ]);
    let mut own = OwnResults::default();
    for seeded in [false, true, row.seeded] {
        for action in &actions {
            own.add(action, seeded);
        }
    }
    assert_eq!(
        (
            own.sidebets,
            own.unseeded_sidebets,
            own.unseeded_sidebets_won
        ),
        (6, 4, 2)
    );
    assert_eq!(own.pnl().to_string(), "0.09");
    assert_eq!(own.mean(), None);
    for _ in 0..20 {
        let mut more = OwnResults::default();
        for action in &actions {
            more.add(action, false);
        }
        own.merge(&more);
    }
    let (mean, low, high) = own.mean().unwrap();
    // 23 pairs of 0.04 and -0.01: mean 0.015, deviation 0.0253.
    assert!(
        (mean - 0.015).abs() < 1e-12 && (high - mean - 0.007_305).abs() < 1e-4,
        "{low} {high}"
    );
}
