use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Parsed {
    Settings::parse(text.as_bytes()).expect("an object")
}

fn changed() -> Settings {
    Settings {
        look: Look::Light,
        scale: 1.25,
        recordings: Some(std::env::temp_dir()),
        source: SourceKind::Browser,
        url: "http://127.0.0.1:4000".to_owned(),
        browser: "127.0.0.1:9333".to_owned(),
        practice_speed: Speed::Max,
        auto_record: true,
        limits: Rules {
            max_buy: Decimal::new(25, 2),
            guards: Guards {
                max_loss_a_day: Some(Decimal::new(15, 1)),
                max_orders_a_minute: None,
                slippage_percent: Some(Decimal::new(25, 1)),
            },
            ..Rules::default()
        },
        ignore_double_press: false,
        candles: true,
        log_axis: true,
        welcome: false,
        raw_capture: true,
        unknown: Map::new(),
    }
}

#[test]
fn what_is_written_is_read() {
    for settings in [Settings::default(), changed()] {
        let parsed = read(&settings.to_text());
        assert_eq!(parsed.settings, settings);
        assert_eq!(parsed.wrong, [""; 0]);
    }
}

#[test]
fn a_wrong_field_costs_itself() {
    let text = r#"{ "theme": "pink", "scale": 1.5, "recordings": "relative", "source": 3, "practice_speed": 20,
        "limits": { "min_buy": "-1", "max_buy": "0.5", "min_sidebet": 10 }, "welcome": "yes" }"#;
    let parsed = read(text);
    let settings = parsed.settings;
    assert_eq!(settings.look, Look::Dark);
    assert!((settings.scale - 1.5).abs() < f32::EPSILON);
    assert_eq!(settings.practice_speed, Speed::Times(20.0));
    assert_eq!(settings.limits.min_buy, Rules::default().min_buy);
    assert_eq!(settings.limits.max_buy, Decimal::new(5, 1));
    assert_eq!(
        settings.limits.max_sidebet,
        Decimal::from(10),
        "never below the smallest"
    );
    assert!(settings.welcome);
    let wrong = ["theme", "recordings", "source", "min_buy", "welcome"];
    assert_eq!(parsed.wrong, wrong);
}

#[test]
fn numbers_are_brought_within_their_limits() {
    for (text, scale) in [
        ("0.1", 0.75),
        ("1e9", 3.0),
        ("\"inf\"", 3.0),
        ("\"NaN\"", 1.0),
    ] {
        let parsed = read(&format!("{{\"scale\": {text}}}"));
        assert!(
            (parsed.settings.scale - scale).abs() < f32::EPSILON,
            "{text}"
        );
    }
    let parsed = read("{\"practice_speed\": 5000}");
    assert_eq!(parsed.settings.practice_speed, Speed::default());
    assert_eq!(parsed.wrong, ["practice_speed"]);
}

#[test]
fn what_a_newer_version_wrote_stays() {
    let text = r#"{ "version": 9, "theme": "light", "piano": { "speed": 2 } }"#;
    let again = read(&read(text).settings.to_text());
    assert_eq!(again.settings.look, Look::Light);
    let written: Value = serde_json::from_str(&again.settings.to_text()).expect("JSON");
    assert_eq!(written["version"], json!(9));
    assert_eq!(written["piano"], json!({ "speed": 2 }));
}

#[test]
fn each_guard_may_be_off_and_a_wrong_one_costs_itself() {
    let text = r#"{ "limits": { "max_loss_a_day": "-1", "max_orders_a_minute": null, "slippage_percent": 5 } }"#;
    let parsed = read(text);
    let guards = parsed.settings.limits.guards;
    assert_eq!(guards.max_loss_a_day, None);
    assert_eq!(guards.max_orders_a_minute, None);
    assert_eq!(guards.slippage_percent, Some(Decimal::from(5)));
    assert_eq!(parsed.wrong, ["max_loss_a_day"]);
    let text = r#"{ "limits": { "max_orders_a_minute": 0, "slippage_percent": "" } }"#;
    let parsed = read(text);
    // Off is the default of that one.
    assert_eq!(parsed.settings.limits.guards, Guards::default());
    assert_eq!(Guards::default().max_orders_a_minute, Some(30));
    assert_eq!(parsed.wrong, ["max_orders_a_minute"]);
    let text = r#"{ "limits": { "max_orders_a_minute": 1e9, "max_loss_a_day": 1e12, "slippage_percent": 1e9 } }"#;
    let guards = read(text).settings.limits.guards;
    assert_eq!(guards.max_loss_a_day, Some(Decimal::from(1_000_000)));
    assert_eq!(guards.slippage_percent, Some(Decimal::from(1_000)));
    let text = r#"{ "limits": { "max_orders_a_minute": 5000 } }"#;
    let guards = read(text).settings.limits.guards;
    assert_eq!(guards.max_orders_a_minute, Some(1_000));
}

proptest! {
    #[test]
    fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        Settings::parse(&text).ok();
    }

    #[test]
    fn any_value_in_any_field_gives_settings_that_can_be_written(
        name in prop::sample::select(vec![
            "theme", "scale", "recordings", "source", "url", "practice_speed", "auto_record", "limits", "candles",
            "log_axis", "welcome", "raw_capture", "ignore_double_press", "version", "other",
        ]),
        value in prop_oneof![
            Just("null".to_owned()), Just("[[]]".to_owned()), Just("{\"min_buy\":{}}".to_owned()), Just("{\"max_orders_a_minute\":-3}".to_owned()),
            "-?[0-9]{1,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,4})?", "\"[ -!#-\\[\\]-~]{0,40}\"",
            any::<bool>().prop_map(|on| on.to_string()),
        ],
    ) {
        if let Ok(parsed) = Settings::parse(format!("{{\"{name}\":{value}}}").as_bytes()) {
            let settings = parsed.settings;
            prop_assert!(SCALE.contains(&settings.scale));
            prop_assert!(settings.limits.min_buy <= settings.limits.max_buy);
            let again = Settings::parse(settings.to_text().as_bytes()).expect("our own text");
            prop_assert_eq!(again.wrong, [""; 0]);
            prop_assert_eq!(again.settings, settings);
        }
    }
}
