//! The columns of the trades table: which ones fit into a width, and where they are. Pure.

use egui::Rangef;

/// Space left and right of the cells.
pub const MARGIN: f32 = 8.0;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeColumn {
    Time,
    Tick,
    Side,
    Amount,
    Price,
    Pnl,
    Balance,
    Millis,
}

impl TradeColumn {
    const ALL: [Self; 8] = [
        Self::Time,
        Self::Tick,
        Self::Side,
        Self::Amount,
        Self::Price,
        Self::Pnl,
        Self::Balance,
        Self::Millis,
    ];
    /// Without room these are left out, in this order.
    const DROPPED: [Self; 3] = [Self::Millis, Self::Balance, Self::Time];

    /// Returns its head.
    pub fn head(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Tick => "Game / tick",
            Self::Side => "Side",
            Self::Amount => "Amount",
            Self::Price => "Price",
            Self::Pnl => "P&L",
            Self::Balance => "Balance",
            Self::Millis => "ms",
        }
    }

    /// Whether its texts are at the right.
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Time | Self::Tick | Self::Side)
    }

    /// Whether it takes a share of the room that is left.
    fn grows(self) -> bool {
        !matches!(self, Self::Time | Self::Millis)
    }

    /// Returns its least width.
    fn width(self) -> f32 {
        match self {
            Self::Time => 62.0,
            Self::Tick | Self::Price | Self::Pnl => 66.0,
            // The longest verb with the mark of who sold: `SELL 100 % piano`.
            Self::Side => 128.0,
            Self::Amount => 54.0,
            Self::Balance => 58.0,
            Self::Millis => 38.0,
        }
    }
}

/// Returns the columns that fit between two edges, from left to right, each with its place.
pub fn columns(room: Rangef) -> Vec<(TradeColumn, Rangef)> {
    let width = |columns: &[TradeColumn]| columns.iter().map(|column| column.width()).sum::<f32>();
    let room = Rangef::new(room.min + MARGIN, room.max - MARGIN);
    let mut shown = TradeColumn::ALL.to_vec();
    for dropped in TradeColumn::DROPPED {
        if width(&shown) > room.span() {
            shown.retain(|column| *column != dropped);
        }
    }
    let growing = shown.iter().filter(|column| column.grows());
    let growing: f32 = growing.map(|_| 1.0).sum();
    let share = (room.span() - width(&shown)).max(0.0) / growing;
    let mut left = room.min;
    let mut place = |column: TradeColumn| {
        let more = if column.grows() { share } else { 0.0 };
        let right = left + column.width() + more;
        let place = Rangef::new(std::mem::replace(&mut left, right), right);
        (column, place)
    };
    shown.into_iter().map(&mut place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(width: f32) -> Vec<TradeColumn> {
        let columns = columns(Rangef::new(100.0, 100.0 + width));
        columns.into_iter().map(|(column, _)| column).collect()
    }

    #[test]
    fn without_room_the_columns_go_in_their_order() {
        use TradeColumn::{Amount, Balance, Millis, Pnl, Price, Side, Tick, Time};
        let all = [Time, Tick, Side, Amount, Price, Pnl, Balance, Millis];
        assert_eq!(names(648.0), all);
        assert_eq!(names(536.0), all[..7]);
        assert_eq!(names(500.0), all[..6]);
        assert_eq!(names(408.0), [Tick, Side, Amount, Price, Pnl]);
        assert_eq!(names(100.0), [Tick, Side, Amount, Price, Pnl]);
    }

    #[test]
    fn the_columns_fill_the_width_without_a_gap() {
        for width in (400..1_200u16).step_by(10) {
            let room = Rangef::new(20.0, 20.0 + f32::from(width));
            let columns = columns(room);
            let mut left = room.min + MARGIN;
            for (_, place) in &columns {
                assert!((place.min - left).abs() < 0.01);
                left = place.max;
            }
            assert!((left - (room.max - MARGIN)).abs() < 0.1, "{width}");
        }
    }
}
