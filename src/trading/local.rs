//! A wallet on this computer: where it stands, for the next run.

use crate::account::{LocalWallet, SessionEvent};
use crate::trading::{Now, Trader, TraderEvent, Wallet};

impl Trader {
    /// Returns the local wallet as it stands, to be kept for the next run; `None` when the wallet is the server's.
    pub fn local_wallet(&self) -> Option<LocalWallet> {
        match (&self.wallet, &self.seat) {
            (Wallet::Server | Wallet::Mirror, _) => None,
            (Wallet::Local(wallet), None) => Some(wallet.clone()),
            (Wallet::Local(_), Some(seat)) => Some(seat.put_down()),
        }
    }

    /// After an action with a local wallet: how it stands now, for the next run.
    pub(super) fn put_down(&self, first: usize, out: &mut Vec<TraderEvent>) {
        let acted =
            |told: &TraderEvent| matches!(told, TraderEvent::Session(SessionEvent::Action { .. }));
        if let Some(wallet) = self.local_wallet()
            && out[first..].iter().any(acted)
        {
            let wallet = Box::new(wallet);
            out.push(TraderEvent::Session(SessionEvent::WalletChanged { wallet }));
        }
    }

    /// Fills the local wallet anew; what was open in it is gone. Does nothing when the wallet is the server's.
    pub fn reset_wallet(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if !matches!(self.wallet, Wallet::Local(_)) {
            return;
        }
        self.stop(now, out);
        self.wallet = Wallet::Local(LocalWallet::full());
        self.board(&[], now, out);
        let wallet = Box::new(LocalWallet::full());
        out.push(TraderEvent::Session(SessionEvent::WalletChanged { wallet }));
    }
}
