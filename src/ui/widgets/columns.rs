//! The columns of a table that have room.

/// Returns the columns that have room side by side, in their order, with their widths. A column is given with its width and
/// how soon it gives way: the highest first; 0 stays.
pub fn fitting_columns<T: Copy>(columns: &[(T, f32, u8)], gap: f32, width: f32) -> Vec<(T, f32)> {
    let mut shown = columns.to_vec();
    while shown.iter().map(|(_, width, _)| width + gap).sum::<f32>() > width {
        let first = shown.iter().enumerate();
        let first = first.max_by_key(|(_, (.., gives))| *gives);
        match first {
            Some((place, (.., gives))) if *gives > 0 => shown.remove(place),
            _ => break,
        };
    }
    let shown = shown.into_iter();
    shown.map(|(column, width, _)| (column, width)).collect()
}
