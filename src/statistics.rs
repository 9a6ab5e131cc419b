//! The statistics that several modules show: the interval of a share.

/// Of a normal distribution 95 % lie within this many standard deviations.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Returns the Wilson interval (95 %) of a share that was `share` in `trials` trials; the trials may be an effective number.
/// Of none and of all the end is exact.
pub fn wilson(share: f64, trials: f64) -> (f64, f64) {
    if trials.is_nan() || trials <= 0.0 {
        return (0.0, 1.0);
    }
    let z2 = Z_95 * Z_95 / trials;
    let centre = share + z2 / 2.0;
    let reach = Z_95 * (share * (1.0 - share) / trials + z2 / (4.0 * trials)).sqrt();
    let low = if share > 0.0 {
        (centre - reach) / (1.0 + z2)
    } else {
        0.0
    };
    let high = if share < 1.0 {
        (centre + reach) / (1.0 + z2)
    } else {
        1.0
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near((low, high): (f64, f64), expected: (f64, f64), off: f64) {
        let is_near = (low - expected.0).abs() < off && (high - expected.1).abs() < off;
        assert!(is_near, "{low} to {high} instead of {expected:?}");
    }

    #[test]
    fn the_limits_are_those_of_published_examples() {
        // 15 of 100 (Brown, Cai, DasGupta 2001 give the formula; values of statsmodels).
        let of_100 = (0.093_059_852_8, 0.232_835_595_9);
        assert_near(wilson(0.15, 100.0), of_100, 1e-9);
        // 6 of 9 (Agresti and Coull 1998), and 5 of 10.
        assert_near(wilson(6.0 / 9.0, 9.0), (0.354, 0.879), 5e-4);
        assert_near(wilson(0.5, 10.0), (0.2366, 0.7634), 1e-4);
    }

    #[test]
    fn of_none_and_of_all_the_end_is_exact() {
        assert_near(wilson(0.0, 10.0), (0.0, 0.2775), 1e-4);
        assert_eq!(wilson(0.0, 10.0).0.to_bits(), 0.0f64.to_bits());
        assert_eq!(wilson(1.0, 10.0).1.to_bits(), 1.0f64.to_bits());
        assert_eq!(wilson(0.5, 0.0), (0.0, 1.0));
    }
}
