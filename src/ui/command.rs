//! The commands of the window. [`super::key_table`] gives each its key and its text.

/// A command of a key, a menu entry or a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCommand {
    /// Buy for the amount of the ticket.
    Buy,
    /// Sell the chosen share.
    Sell,
    /// Place a sidebet of the amount of the ticket.
    Sidebet,
    /// Choose a share to sell, in percent.
    Share(u8),
    /// Raise the amount by the smallest chip.
    AmountUp,
    /// Lower the amount by the smallest chip.
    AmountDown,
    /// Make the chart follow the newest tick.
    Follow,
    /// Show the whole game.
    WholeGame,
    /// Scroll the chart to earlier ticks.
    ScrollLeft,
    /// Scroll the chart to later ticks.
    ScrollRight,
    /// Show fewer ticks.
    ZoomIn,
    /// Show more ticks.
    ZoomOut,
    /// Press the emergency stop.
    Stop,
    /// Turn the trade keys on or off.
    ToggleTradeKeys,
    /// Turn recording on or off.
    Record,
    /// Turn auto-record on or off.
    AutoRecord,
    /// Line or candles.
    Candles,
    /// Linear or logarithmic price axis.
    LogAxis,
    /// Show or hide the help sheet.
    Help,
    /// Open or close the settings.
    Settings,
    /// Open or close the library.
    Library,
    /// Open or close the review.
    Review,
    /// Open or close the lab.
    Lab,
    /// Fold or open the cards below the chart.
    BottomCards,
    /// Replay the game on the screen, or the last one.
    ReplayGame,
    /// Write a note on what is on the screen.
    Note,
    /// Open the panel that lets the piano play a strategy.
    Piano,
    /// Search all commands.
    Palette,
    /// Full screen on or off.
    FullScreen,
    /// Make the window compact, or whole again.
    Compact,
    /// Keep the window on top of others, or not.
    KeepOnTop,
    /// Share the session that is shown or chosen.
    ShareSession,
    /// A command of the replay.
    Replay(ReplayKey),
    /// A command of the library.
    InLibrary(LibraryKey),
}

/// A command of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LibraryKey {
    /// Go to the row above.
    Up,
    /// Go to the row below.
    Down,
    /// Go up by a page.
    PageUp,
    /// Go down by a page.
    PageDown,
    /// Go to the first row.
    First,
    /// Go to the last row.
    Last,
    /// Open the row.
    Open,
    /// Move the focus to the search.
    Search,
}

/// A command of the replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplayKey {
    /// Play or pause.
    PlayPause,
    /// One tick back.
    PreviousTick,
    /// One tick forward.
    NextTick,
    /// Back by forty ticks.
    Back,
    /// Forward by forty ticks.
    Forward,
    /// To the previous action.
    PreviousAction,
    /// To the next action.
    NextAction,
    /// To the beginning.
    Start,
    /// To the end.
    End,
    /// To the previous game.
    PreviousGame,
    /// To the next game.
    NextGame,
    /// To the next game that the player played.
    NextPlayed,
    /// To the next buy.
    NextEntry,
    /// To the next sale.
    NextSale,
    /// To the next peak.
    NextPeak,
    /// To the next rug.
    NextRug,
    /// To the next difference between recorded and computed.
    NextDifference,
    /// Set the start of a loop, set its end, clear it.
    Loop,
    /// Play slower.
    Slower,
    /// Play faster.
    Faster,
    /// 250 ms per tick, or as recorded.
    Pace,
    /// Back to the live game.
    Live,
}

/// Where a key acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyScope {
    /// On the live game.
    Live,
    /// On a replay.
    Replay,
    /// In the library.
    Library,
    /// In the review.
    Review,
    /// In the lab.
    Lab,
    /// In the settings.
    Settings,
}

impl LibraryKey {
    /// Whether it only moves the selection.
    pub fn moves(self) -> bool {
        !matches!(self, Self::Open | Self::Search)
    }
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 6] = [
        Self::Live,
        Self::Replay,
        Self::Library,
        Self::Review,
        Self::Lab,
        Self::Settings,
    ];
}

impl KeyCommand {
    /// Whether it sends an order.
    pub fn trades(self) -> bool {
        matches!(self, Self::Buy | Self::Sell | Self::Sidebet)
    }

    /// Whether it changes the ticket.
    pub fn changes_ticket(self) -> bool {
        matches!(self, Self::Share(_) | Self::AmountUp | Self::AmountDown)
    }

    /// Whether the owner of the pages executes it: it goes to another page, or opens the palette.
    pub fn is_of_app(self) -> bool {
        matches!(
            self,
            Self::Settings
                | Self::Library
                | Self::Review
                | Self::Lab
                | Self::Note
                | Self::Palette
                | Self::Compact
                | Self::KeepOnTop
                | Self::ShareSession
        )
    }

    /// Whether it opens a modal panel: the keys after it are for that panel.
    pub fn opens_modal(self) -> bool {
        let opens = [Self::Palette, Self::Help, Self::Piano, Self::ShareSession];
        opens.contains(&self)
    }

    /// Returns the only scope of its key; `None` if the key acts in more than one of them.
    pub fn scope(self) -> Option<KeyScope> {
        match self {
            Self::Replay(_) => Some(KeyScope::Replay),
            Self::InLibrary(_) => Some(KeyScope::Library),
            Self::Follow
            | Self::WholeGame
            | Self::ScrollLeft
            | Self::ScrollRight
            | Self::ToggleTradeKeys
            | Self::ReplayGame
            | Self::Piano
            | Self::Stop => Some(KeyScope::Live),
            _ => (self.trades() || self.changes_ticket()).then_some(KeyScope::Live),
        }
    }

    /// Whether its key acts in a scope.
    pub fn acts_in(self, scope: KeyScope) -> bool {
        let on_chart = matches!(
            self,
            Self::ZoomIn | Self::ZoomOut | Self::Candles | Self::LogAxis | Self::BottomCards
        );
        let shows_chart = matches!(scope, KeyScope::Live | KeyScope::Replay);
        let shows_session = matches!(
            scope,
            KeyScope::Replay | KeyScope::Library | KeyScope::Review
        );
        match self {
            Self::ShareSession | Self::Note => shows_session || scope == KeyScope::Live,
            _ => self.scope().is_none_or(|only| only == scope) && (shows_chart || !on_chart),
        }
    }

    /// Whether it is in the menu. Commands that trade or have a button are not; a replay has the same menu as the live
    /// game.
    pub fn is_in_menu(self) -> bool {
        let has_button = self.trades() || self.changes_ticket() || self == Self::Stop;
        !has_button && self.acts_in(KeyScope::Live)
    }

    /// Whether a held key repeats it. Only commands that move a view, a playhead or a selection repeat; one press is one
    /// order, one change of the amount, one switch.
    pub fn repeats(self) -> bool {
        use ReplayKey::{Live, Loop, Pace, PlayPause};
        match self {
            Self::ScrollLeft | Self::ScrollRight | Self::ZoomIn | Self::ZoomOut => true,
            Self::Replay(key) => !matches!(key, PlayPause | Loop | Pace | Live),
            Self::InLibrary(key) => key.moves(),
            _ => false,
        }
    }
}
