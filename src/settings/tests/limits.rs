//! The limits of orders in the file: off only by `null`, never looser than what was written.

use super::*;

#[test]
fn a_risk_limit_is_off_only_where_the_file_says_null() {
    let risk = |value: &str| {
        let text = format!(
            "{{\"limits\": {{\"max_loss_a_day\": {value}, \"max_orders_a_minute\": {value}, \"slippage_percent\": {value}}}}}"
        );
        let parsed = read(&text);
        (parsed.settings.limits.risk, names(&parsed))
    };
    assert_eq!(risk("null"), (RiskLimits::OFF, vec![]));
    let all = ["max_loss_a_day", "max_orders_a_minute", "slippage_percent"].map(str::to_owned);
    let strictest = RiskLimits {
        max_loss_a_day: Some(d("0.000000001")),
        max_orders_a_minute: Some(1),
        slippage_percent: Some(d("0.01")),
    };
    for value in [
        "\"0.5 SOL\"",
        "\"abc\"",
        "\"\"",
        "\" \"",
        "-1",
        "0",
        "[]",
        "{}",
        "true",
        "\"1_0\"",
        "\"+1\"",
        "\".5\"",
        "\"1.\"",
        "\"0,5\"",
        "\"NaN\"",
        "\"inf\"",
        "\"null\"",
        "\"off\"",
        "\"١\"",
        "1e-40",
        "\" 1\"",
    ] {
        assert_eq!(risk(value), (strictest, all.to_vec()), "{value}");
    }
    // A count has no fraction.
    let (set, wrong) = risk("2.5");
    assert_eq!(set.max_orders_a_minute, Some(1));
    assert_eq!(wrong, ["max_orders_a_minute"]);
    // Above the highest, the highest.
    let (set, wrong) = risk("1e12");
    assert_eq!(set.max_loss_a_day, Some(d("1000000")));
    assert_eq!(set.max_orders_a_minute, Some(1_000));
    assert_eq!(set.slippage_percent, Some(d("1000")));
    assert_eq!(wrong, all);
    // Numbers and texts of numbers are the same.
    for value in ["30", "\"30\"", "3e1", "30.0"] {
        let thirty = RiskLimits {
            max_loss_a_day: Some(d("30")),
            max_orders_a_minute: Some(30),
            slippage_percent: Some(d("30")),
        };
        assert_eq!(risk(value), (thirty, vec![]), "{value}");
    }
    // A field that is missing is at its default.
    let parsed = read("{\"limits\": {}}");
    assert_eq!(parsed.settings.limits, OrderLimits::default());
    assert_eq!(parsed.wrong, []);
}

#[test]
fn a_guard_that_cannot_be_read_is_named_with_what_was_found_and_what_is_used() {
    let parsed =
        read(r#"{ "limits": { "max_loss_a_day": "0.5 SOL", "max_orders_a_minute": 5000 } }"#);
    let said: Vec<_> = parsed.wrong.iter().map(ToString::to_string).collect();
    let right = [
        "max_loss_a_day is \"0.5 SOL\" (used: 0.000000001 SOL, the strictest)",
        "max_orders_a_minute is 5000 (used: 1000, the highest)",
    ];
    assert_eq!(said, right);
    let long = format!("{{ \"limits\": \"{}\" }}", "x\u{202e}".repeat(500));
    let said = read(&long).wrong[0].to_string();
    assert!(
        said.chars().count() < 100 && !said.contains('\u{202e}'),
        "{said}"
    );
    // An address may hold a credential.
    let secret = format!(
        "{{ \"url\": \"https://me:hunter2@x/{}\" }}",
        "x".repeat(5_000)
    );
    let said = read(&secret).wrong[0].to_string();
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_largest_order_that_cannot_be_read_is_never_above_its_default() {
    let limits = |text: &str| {
        let parsed = read(&format!("{{\"limits\": {{{text}}}}}"));
        let OrderLimits {
            min_buy,
            max_buy,
            min_sidebet,
            max_sidebet,
            ..
        } = parsed.settings.limits;
        let all = [min_buy, max_buy, min_sidebet, max_sidebet];
        (all.map(|limit| limit.to_string()).join(" "), names(&parsed))
    };
    let default = "0.001 1 0.001 5";
    assert_eq!(limits(""), (default.to_owned(), vec![]));
    for value in ["\"abc\"", "null", "-1", "0", "\"1_0\""] {
        let (set, wrong) = limits(&format!("\"max_buy\": {value}, \"max_sidebet\": {value}"));
        assert_eq!(set, "0.001 0.001 0.001 0.001", "{value}");
        assert_eq!(wrong, ["max_buy", "max_sidebet"]);
        let (set, wrong) = limits(&format!("\"min_buy\": {value}"));
        assert_eq!((set.as_str(), wrong), (default, vec!["min_buy".to_owned()]));
        // Whatever the smallest order is.
        let (set, wrong) = limits(&format!("\"max_buy\": {value}, \"min_buy\": 7"));
        assert_eq!(set, "1 1 0.001 5");
        assert_eq!(wrong, ["max_buy", "min_buy"]);
    }
    // Of two that cross, the largest order counts, and this is said.
    let (set, wrong) = limits("\"min_buy\": \"0.5\", \"max_buy\": \"0.2\", \"min_sidebet\": 10");
    assert_eq!(set, "0.2 0.2 5 5");
    assert_eq!(wrong, ["min_buy", "min_sidebet"]);
    // No limits at all: the strictest.
    for value in ["null", "[]", "\"abc\"", "1"] {
        let parsed = read(&format!("{{\"limits\": {value}}}"));
        assert_eq!(parsed.settings.limits, strictest());
        assert_eq!(names(&parsed), ["limits"]);
    }
    assert_eq!(strictest().max_buy, d("0.001"));
    assert_eq!(strictest().risk.max_orders_a_minute, Some(1));
}

#[test]
fn a_typed_limit_is_a_number_in_its_range_and_off_only_when_empty() {
    let read = |limit: Limit, text: &str| limit.parse_typed(text).map_err(|why| why.to_string());
    for limit in Limit::ALL {
        assert_eq!(read(limit, "2"), Ok(Some(d("2"))));
        let off = read(limit, " ");
        assert_eq!(off == Ok(None), limit.may_be_off(), "{limit:?}");
        for text in [
            "0.5 SOL", "-1", "0", "abc", "1_0", "+1", ".5", "1.", "1,000.5", "1e99", "1e7",
        ] {
            assert!(read(limit, text).is_err(), "{limit:?} {text}");
        }
    }
    assert_eq!(read(Limit::MaxBuy, "0,5"), Ok(Some(d("0.5"))));
    assert_eq!(
        read(Limit::MaxBuy, "0"),
        Err("at least 0.000000001".to_owned())
    );
    assert_eq!(
        read(Limit::OrdersPerMinute, "1001"),
        Err("at most 1000".to_owned())
    );
    assert_eq!(
        read(Limit::OrdersPerMinute, "2,5"),
        Err("a whole number is needed".to_owned())
    );
    assert_eq!(
        read(Limit::Slippage, "0.001"),
        Err("at least 0.01".to_owned())
    );
}

#[test]
fn a_limit_that_crosses_its_partner_moves_it_and_says_which() {
    let limits = OrderLimits::default();
    let (moved, which) = with_limit(limits, Limit::MinBuy, Some(d("2")));
    assert_eq!((moved.min_buy, moved.max_buy), (d("2"), d("2")));
    assert_eq!(which, Some(Limit::MaxBuy));
    let (moved, which) = with_limit(limits, Limit::MaxSidebet, Some(d("0.0001")));
    assert_eq!(
        (moved.min_sidebet, moved.max_sidebet),
        (d("0.0001"), d("0.0001"))
    );
    assert_eq!(which, Some(Limit::MinSidebet));
    let (moved, which) = with_limit(limits, Limit::MaxBuy, Some(d("0.001")));
    assert_eq!((moved.min_buy, moved.max_buy), (d("0.001"), d("0.001")));
    assert_eq!(which, None);
    let (moved, which) = with_limit(limits, Limit::OrdersPerMinute, None);
    assert_eq!((moved.risk.max_orders_a_minute, which), (None, None));
}

proptest! {
    #[test]
    fn no_value_of_a_guard_turns_it_off_but_null(
        limit in prop::sample::select(Limit::ALL.to_vec()),
        value in prop_oneof![
            "-?[0-9]{1,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,4})?", "\"[ -!#-\\[\\]-~]{0,20}\"", "\"[-+0-9.,_e ]{0,8}\"",
            Just("[]".to_owned()), Just("{}".to_owned()), any::<bool>().prop_map(|on| on.to_string()),
        ],
    ) {
        let Ok(parsed) = Settings::parse(format!("{{\"limits\":{{\"{}\":{value}}}}}", limit.key()).as_bytes()) else {
            return Ok(());
        };
        let read = limit.of(&parsed.settings.limits);
        let text = value.trim_matches('"');
        let number = number::parse(text).filter(|number| *number > Decimal::ZERO);
        prop_assert!(read.is_some());
        if let Some(number) = number {
            prop_assert!(read <= Some(number.max(limit.range()[0])), "never looser than the text");
        }
        if parsed.wrong.is_empty() {
            prop_assert_eq!(read, number);
        } else {
            let default = limit.of(&OrderLimits::default());
            let highest = limit.range()[1];
            let is_clamped = number.is_some_and(|number| number > highest);
            let is_min = matches!(limit, Limit::MinBuy | Limit::MinSidebet);
            prop_assert!(is_min || default.is_none() || read <= default || is_clamped, "{read:?} for {value}");
        }
    }
}
