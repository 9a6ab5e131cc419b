//! Whole numbers as doubles.

/// Returns a count as a double. The lab's counts are far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "counts are below 2^53")]
pub(super) fn as_f64(count: u64) -> f64 {
    count as f64
}
