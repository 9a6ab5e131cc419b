//! The last test of the last test program of a run (cargo takes the programs by name, and a program its tests): how
//! many tests were skipped, and why.

use crate::support::skipped;

#[test]
fn skipped_tests_are_summed_up() {
    skipped::report_summary();
}
