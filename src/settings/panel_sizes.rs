//! The sizes that the player dragged the parts of the window to.

use serde::{Deserialize, Serialize};

/// Sizes in points; `None`: as the size of the window says. The window brings each into the range that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelSizes {
    /// Width of the trade panel.
    pub trade_panel: Option<u16>,
    /// Height of the cards below the chart.
    pub bottom: Option<u16>,
    /// Width of the session card.
    pub session: Option<u16>,
}
