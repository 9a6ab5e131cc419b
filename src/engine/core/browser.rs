//! What the page in the player's browser asks the server for, and what it is answered.

use serde_json::Value;

use super::SessionCore;
use crate::game::Time;
use crate::protocol::{Ack, Request};
use crate::trading::Trader;

impl SessionCore {
    /// Takes a request that the page in the player's browser was seen sending.
    pub(super) fn seen(&mut self, name: &str, args: &[Value], id: Option<u64>, at: Time) {
        if !self.trader.as_ref().is_some_and(Trader::is_in_browser) {
            return;
        }
        let request = match Request::from_page(name, args, &mut self.counts) {
            Ok(None) => return,
            Ok(Some(request)) => request,
            Err(why) => {
                let words = format!("a {name} of the browser is not recorded: {why}");
                self.said.push(words);
                return;
            }
        };
        let mut unrecorded = None;
        self.with_trader(at, |trader, ctx| {
            unrecorded = trader.page_order(&request, id, ctx).err();
        });
        if let Some(why) = unrecorded {
            self.said.push(format!("{name}: {why}"));
        }
    }

    /// Takes the server's answer to a request of that page.
    pub(super) fn page_acked(&mut self, id: u64, args: &[Value], at: Time) {
        // Most are answers to pings, and those of requests from before we looked.
        if self
            .trader
            .as_ref()
            .is_some_and(|trader| trader.awaits_page_answer(id))
        {
            let ack = Ack::from_args(args, &mut self.counts);
            self.with_trader(at, |trader, ctx| trader.page_answer(id, ack, ctx));
        }
    }
}
