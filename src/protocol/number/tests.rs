use super::*;
use proptest::prelude::*;

#[test]
fn exponents_become_plain_digits() {
    for (wire, plain) in [
        ("1.6263e-05", "0.000016263"),
        ("5e-9", "0.000000005"),
        ("1", "1"),
        ("1.0", "1.0"),
        ("1.5e3", "1500"),
        ("-2.25E+1", "-22.5"),
        ("12e-1", "1.2"),
        ("0.020000000000000018", "0.020000000000000018"),
    ] {
        assert_eq!(
            parse(wire).map(|d| d.to_string()).as_deref(),
            Some(plain),
            "{wire}"
        );
    }
}

#[test]
fn a_number_that_a_decimal_cannot_hold_is_refused_and_never_rounded() {
    for text in [
        "1e40",
        "5e-324",
        "0.00000000000000000000000000000123",
        "1e999999999999",
        "1e",
        "",
        "abc",
        "1e-2147483648",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert_eq!(from_json(&Value::String("1".into())), None);
}

/// A price of a file keeps as many of its digits as fit, as long as they denote the same double.
#[test]
fn a_price_with_too_many_digits_still_has_its_double() {
    let read = |price: &str| {
        let list = &mut serde_json::Deserializer::from_str(price);
        text::list::deserialize(list).map(|list| list[0])
    };
    let exact = "0.977745638763575453111798196914605796337127685546875";
    let cut = read(&format!("[\"{exact}\"]"))
        .expect("a price")
        .expect("one");
    assert_eq!(cut.to_string(), exact[..cut.to_string().len()]);
    assert!(denotes(cut, 0.977_745_638_763_575_5));
    assert!(!is_shortest(cut, 0.977_745_638_763_575_5));
    // A little more than halfway between two doubles: cut digits would denote the lower one.
    let above = "1.000000000000000111022302462515654042363166809082031250000000001";
    let kept = read(&format!("[\"{above}\"]")).expect("a price");
    assert_eq!(kept, parse("1.0000000000000002"));
    assert!(read("[\"1e-400\"]").is_err(), "no double is so small");
}

#[test]
fn longer_and_neighbouring_decimals_are_not_the_shortest() {
    let double = 0.977_745_638_763_575_5;
    for (text, is) in [
        ("0.9777456387635755", true),
        ("0.97774563876357550", false),
        ("0.9777456387635754", false),
        ("0.97774563876357545", false),
    ] {
        let value = parse(text).expect("a number");
        assert!(denotes(value, double), "{text}");
        assert_eq!(is_shortest(value, double), is, "{text}");
    }
    for (text, double) in [
        ("1", 1.0),
        ("0.5", 0.5),
        ("0.0000001", 1e-7),
        ("1000000000000000000000000", 1e24),
    ] {
        assert!(
            is_shortest(parse(text).expect("a number"), double),
            "{text}"
        );
    }
    assert!(!is_shortest(parse("1.0").expect("a number"), 1.0));
}

fn is_quickly_shortest(value: Decimal, double: f64) -> bool {
    Distance::between(value, double).is_some_and(|distance| distance.is_shortest())
}

#[test]
fn nearly_every_price_takes_only_the_quick_check() {
    let prices = (1..2_000).map(|n| f64::from(n).sqrt() / 7.0);
    let slow = prices.filter(|p| !shortest(*p).is_some_and(|d| is_quickly_shortest(d, *p)));
    assert!(slow.count() < 20);
}

#[test]
fn doubles_are_written_as_javascript_writes_them() {
    for (double, text) in [
        (1.0, "1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (5e-9, "5e-9"),
        (1e-6, "0.000001"),
        (0.0, "0"),
        (1e21, "1e21"),
    ] {
        assert_eq!(shortest_text(double), text);
    }
}

#[test]
fn the_largest_numbers_have_a_text() {
    for (value, places, text) in [
        (Decimal::MAX, 4, "79228162514264337593543950335.0000"),
        (Decimal::MIN, 9, "-79228162514264337593543950335.000000000"),
        (Decimal::new(5, 1), 0, "0"),
        (Decimal::new(-4, 5), 4, "0.0000"),
        (Decimal::new(-15, 1), 0, "-2"),
        (Decimal::new(12, 1), 30, "1.200000000000000000000000000000"),
    ] {
        assert_eq!(rounded(value, places), text);
    }
}

/// Any decimal, the largest ones and those of 28 digits included.
fn any_decimal() -> impl Strategy<Value = Decimal> {
    let mantissa = prop_oneof![
        any::<i128>().prop_map(|digits| digits >> 32),
        any::<i64>().prop_map(i128::from),
        Just(Decimal::MAX.mantissa()),
        Just(Decimal::MIN.mantissa()),
        Just(9_999_999_999_999_999_999_999_999_999),
    ];
    (mantissa, 0..=Decimal::MAX_SCALE).prop_map(|(mantissa, scale)| {
        Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or(Decimal::MAX)
    })
}

proptest! {
    #[test]
    fn every_decimal_has_a_text_with_fixed_decimals(value in any_decimal(), places in 0u32..40) {
        let text = rounded(value, places);
        let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
        prop_assert_eq!(digits, places as usize, "{}", text);
        let again = Parts::split(&text).and_then(|parts| parts.value());
        prop_assert_eq!(again, Some(value.round_dp(places)), "{}", text);
        prop_assert_eq!(text.starts_with('-'), value.round_dp(places) < Decimal::ZERO);
        let plus = with_sign(value, places);
        prop_assert_eq!(plus.trim_start_matches('+'), text);
    }

    #[test]
    fn the_shortest_decimal_denotes_its_double(double in 1e-9f64..1e9) {
        let decimal = shortest(double).expect("inside the range of Decimal");
        prop_assert_eq!(to_f64_lossy(decimal).to_bits(), double.to_bits());
    }

    #[test]
    fn the_quick_check_agrees_with_the_double_of_the_text(
        double in prop_oneof![1e-9f64..1e9, 0.01f64..10.0, any::<u32>().prop_map(|n| f64::from(n) / 1_000.0)],
        off in -12i64..=12,
        zeros in 0u32..3,
    ) {
        let exact = shortest(double).expect("inside the range of Decimal");
        let step = |places| Decimal::new(off, places);
        let mut longer = exact;
        longer.rescale(exact.scale() + zeros);
        let shorter = exact.round_dp(exact.scale().saturating_sub(1));
        let candidates = [
            exact, longer, shorter, exact + step(exact.scale()), exact + step(exact.scale() + 1),
            -exact, Decimal::new(off, 3),
        ];
        for value in candidates {
            let right = value == exact;
            prop_assert!(right || !is_quickly_shortest(value, double), "{value} for {double}");
            let text: f64 = value.to_string().parse().expect("digits");
            let is_equal = text.total_cmp(&double).is_eq();
            prop_assert_eq!(denotes(value, double), is_equal, "{} for {}", value, double);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[-0-9.eE+]{0,40}") {
        let _value = parse(&text);
    }
}

/// Finds out by itself, letter by letter, whether a text is `-?digits[.digits][e[+-]digits]`, as a table of states.
fn is_number_by_states(text: &str) -> bool {
    let step = |state: u8, letter: char| match (state, letter) {
        (0, '-') => Some(1),
        (0..=2, '0'..='9') => Some(2),
        (2, '.') => Some(3),
        (3 | 4, '0'..='9') => Some(4),
        (2 | 4, 'e' | 'E') => Some(5),
        (5, '+' | '-') => Some(6),
        (5..=7, '0'..='9') => Some(7),
        _ => None,
    };
    let end = text.chars().try_fold(0, step);
    matches!(end, Some(2 | 4 | 7))
}

#[test]
fn only_the_one_spelling_of_a_number_is_read() {
    let wrong = [
        "1_0",
        "+1",
        "+1.02",
        "1.02_54",
        ".5",
        "1.",
        "-.5",
        "-",
        "--1",
        "1 0",
        " 1",
        "1 ",
        "1,5",
        "1,000.5",
        "1e",
        "1e+",
        "1e1.5",
        "1.2.3",
        "e5",
        "0x10",
        "NaN",
        "inf",
        "Infinity",
        "١٢",
        "１",
        "1\u{a0}000",
        "1'000",
        "½",
        "0.5 SOL",
        "−1",
        "1\n",
        "1\0",
    ];
    for text in wrong {
        assert_eq!(parse(text), None, "{text:?}");
        assert!(!is_number(text), "{text:?}");
        assert!(!is_number_by_states(text), "{text:?}");
    }
    for (text, plain) in [
        ("0", "0"),
        ("007.50", "7.50"),
        ("-0.5", "-0.5"),
        ("1e0", "1"),
        ("-0", "0"),
        ("0.000", "0.000"),
        ("0e50", "0"),
        ("1.00000000000000000000000000000000000000000", "1"),
        ("10000000000000000000000000000000000000000e-40", "1"),
        ("1.02540000000000000e+00", "1.02540000000000000"),
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
        (
            "0.0000000000000000000000000001",
            "0.0000000000000000000000000001",
        ),
    ] {
        assert!(is_number(text), "{text}");
        let value = parse(text).map(|value| value.to_string());
        assert_eq!(value.as_deref(), Some(plain), "{text}");
    }
}

#[test]
fn a_typed_number_may_have_one_decimal_comma() {
    let read = |text: &str| parse_typed(text).map(|value| value.to_string());
    assert_eq!(read("0,5").as_deref(), Ok("0.5"));
    assert_eq!(read("-1,5e3").as_deref(), Ok("-1500"));
    assert_eq!(read(" 0.50 ").as_deref(), Ok("0.50"), "pasted with spaces");
    for text in ["1,000.5", "1,2,3", "1.5,2", ",,"] {
        assert_eq!(read(text), Err(NumberError::Separators), "{text}");
    }
    for text in [
        ",5", "5,", "1_0", "+1", ".5", "1.", "1 000", "٣", "0.5 SOL", "1.2.3",
    ] {
        assert_eq!(read(text), Err(NumberError::NotANumber), "{text}");
    }
    for text in ["", " ", "\n"] {
        assert_eq!(read(text), Err(NumberError::Empty), "{text:?}");
    }
    for text in [
        "1e40",
        "1e999999999999",
        "0,00000000000000000000000000000123",
    ] {
        assert_eq!(read(text), Err(NumberError::TooManyDigits), "{text}");
    }
}

#[test]
fn a_whole_number_has_no_fraction_and_no_sign() {
    for (text, value) in [
        ("30", Some(30)),
        ("3e1", Some(30)),
        ("30.0", Some(30)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("2.5", None),
        ("-1", None),
        ("+1", None),
        ("1_0", None),
        ("", None),
    ] {
        assert_eq!(parse_whole(text), value, "{text}");
    }
}

proptest! {
    #[test]
    fn the_grammar_matches_its_state_table(
        text in prop_oneof![
            "[-+0-9.eE_, ]{0,12}",
            "-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,4})?",
            "-?[0-9]{0,3}\\.?[0-9]{0,3}[eE]?[-+]?[0-9]{0,3}",
            any::<String>(),
        ],
    ) {
        let right = is_number_by_states(&text);
        prop_assert_eq!(is_number(&text), right);
        prop_assert!(right || parse(&text).is_none());
        // The standard library reads the same number, to the precision of a double.
        if let Some(value) = parse(&text) {
            prop_assert_eq!(value.normalize().to_string().parse::<f64>(), text.parse::<f64>().map(|double| double + 0.0));
        }
    }

    #[test]
    fn every_decimal_is_read_from_its_text_and_from_any_exponent(
        high in any::<i32>(), low in any::<u64>(), places in 0u32..=28, shift in -40i32..=40,
    ) {
        let value = Decimal::from_i128_with_scale((i128::from(high) << 64) + i128::from(low), places);
        let text = value.to_string();
        prop_assert_eq!(parse(&text).map(|read| read.to_string()), Some(text));
        // The same value with its point moved by the exponent.
        let mantissa = value.mantissa();
        let moved = format!("{mantissa}{}e{}", "0".repeat(40), shift - 40 - places.cast_signed());
        let expected = (0..shift.unsigned_abs()).try_fold(value, |value, _| {
            if shift > 0 { value.checked_mul(Decimal::TEN) } else { divided_exactly(value) }
        });
        prop_assert_eq!(parse(&moved), expected, "{}", moved);
    }

    #[test]
    fn typed_text_is_read_as_the_grammar_with_a_point(text in "[-0-9.,e]{0,9}") {
        let commas = text.matches(',').count();
        let right = commas + text.matches('.').count() <= 1 && is_number_by_states(&text.replace(',', "."));
        prop_assert_eq!(parse_typed(&text).ok(), parse(&text.replace(',', ".")).filter(|_| right));
    }
}

#[test]
fn a_rounded_number_goes_half_to_even_and_zero_has_no_sign() {
    let d = |text: &str| parse(text).expect("a number");
    let texts = |text: &str| [rounded(d(text), 0), with_sign(d(text), 0)];
    for (number, plain, signed) in [
        ("-97.6", "-98", "-98"),
        ("368.5", "368", "+368"),
        ("369.5", "370", "+370"),
        ("0.5", "0", "0"),
        ("-0.5", "0", "0"),
        ("-0.51", "-1", "-1"),
        ("0.7", "1", "+1"),
    ] {
        assert_eq!(texts(number), [plain, signed], "{number}");
    }
    assert_eq!(with_sign(d("-0.00004"), 4), "0.0000");
    assert_eq!(with_sign(d("0.00015"), 4), "+0.0002");
    assert_eq!(rounded(d("2"), 4), "2.0000");
}

/// Returns a tenth; `None` if a `Decimal` has no room for it.
fn divided_exactly(value: Decimal) -> Option<Decimal> {
    let value = value.normalize();
    if value.scale() < Decimal::MAX_SCALE {
        return Some(Decimal::from_i128_with_scale(
            value.mantissa(),
            value.scale() + 1,
        ));
    }
    value.is_zero().then_some(value)
}
