//! How one source follows another: what is wanted by settings and command line, what is asked before.

use super::{Behind, Page, Shell};
use crate::engine::GameSource;
use crate::feed::Address;
use crate::host::SourceRequest;
use crate::settings::{SourceKind, recordings_of};
use crate::table::Speed;
use crate::ui::settings_page::Asked;
use crate::ui::source_menu::Chosen;

impl Shell {
    pub(super) fn do_asked(&mut self, asked: Asked) {
        if let Some(chosen) = asked.source {
            self.choose(chosen);
        }
        if let Some(on) = asked.auto_record {
            match &mut self.app {
                Some(app) if matches!(self.behind, Behind::Runs) => app.set_auto_record(on),
                _ => {
                    self.start.settings.auto_record = on;
                    self.start.auto_record = false;
                }
            }
        }
        if let Some(kind) = asked.connect {
            self.start.settings.source = kind;
            self.start.place = None;
            self.restart();
        } else if asked.folder && self.start.out.is_none() {
            self.restart();
        }
    }

    pub(super) fn choose(&mut self, chosen: Chosen) {
        let kind = match chosen {
            Chosen::Speed(speed) => {
                self.start.settings.practice_speed = speed;
                if let Some(GameSource::Practice { speed: forced, .. }) = &mut self.start.place {
                    *forced = speed;
                }
                if !self.start.asks.speed(speed) {
                    self.busy();
                }
                return;
            }
            Chosen::Url => {
                self.page = Page::Settings;
                self.settings_page.ask_for_address();
                return;
            }
            Chosen::Practice => SourceKind::Practice,
            Chosen::Live => SourceKind::Live,
            Chosen::Browser => SourceKind::Browser,
        };
        let runs = matches!(self.behind, Behind::Runs);
        if runs && self.shown.as_ref().is_some_and(|shown| shown.kind == kind) {
            return;
        }
        self.start.settings.source = kind;
        self.start.place = None;
        self.page = Page::Play;
        self.restart();
    }

    /// Returns the speed of the practice table: the command line's, until another one is chosen.
    pub(super) fn speed(&self) -> Speed {
        match self.start.place {
            Some(GameSource::Practice { speed, .. }) => speed,
            _ => self.start.settings.practice_speed,
        }
    }

    /// Returns whether the next source starts with auto-record: by the settings, or by the command line until the player
    /// switches it.
    pub(super) fn starts_auto_record(&self) -> bool {
        self.start.settings.auto_record || self.start.auto_record
    }

    /// Goes to the source that the settings or the command line name.
    pub(super) fn restart(&mut self) {
        match self.wish() {
            Ok(wish) => {
                self.wanted = kind_of(&wish.place);
                if self.would_leave_something() {
                    self.doubtful = Some(Box::new(wish));
                } else {
                    self.ask(wish);
                }
            }
            // What runs goes on.
            Err(why) if matches!(self.behind, Behind::Runs) => self.start.notice = Some(why),
            Err(why) => self.behind = Behind::Nothing(why),
        }
    }

    pub(super) fn ask(&mut self, wish: SourceRequest) {
        if self.start.asks.start(wish) {
            self.behind = Behind::Changing;
        } else {
            self.busy();
        }
    }

    fn busy(&mut self) {
        self.start.notice = Some("The source is still being changed; try again.".to_owned());
    }

    fn wish(&self) -> Result<SourceRequest, String> {
        let settings = &self.start.settings;
        let place = match &self.start.place {
            Some(place) => place.clone(),
            None => match settings.source {
                SourceKind::Practice => GameSource::Practice {
                    seed: None,
                    speed: settings.practice_speed,
                },
                SourceKind::Live => GameSource::Live,
                SourceKind::Browser => {
                    let browser = settings.browser.parse();
                    GameSource::Browser(
                        browser.map_err(|why| format!("The browser cannot be read: {why}."))?,
                    )
                }
                SourceKind::Url => {
                    let address = Address::parse(&settings.url);
                    GameSource::Url(
                        address
                            .map_err(|why| format!("The other address cannot be used: {why}."))?,
                    )
                }
            },
        };
        let origin = place.origin();
        let folder = self
            .start
            .out
            .clone()
            .or_else(|| recordings_of(settings, origin));
        let folder = folder.ok_or(
            "This user has no home folder to keep recordings in; choose one in the settings.",
        )?;
        Ok(SourceRequest {
            place,
            folder,
            auto_record: self.starts_auto_record(),
            raw_capture: settings.raw_capture || self.start.raw_capture,
            limits: settings.limits,
        })
    }

    /// A position or a sidebet at a table ends with it; a local wallet is put down and taken up again.
    fn would_leave_something(&self) -> bool {
        let runs = matches!(self.behind, Behind::Runs);
        let trader = self.app.as_ref().and_then(|app| app.view().trader);
        let holds = |trader: crate::trading::TraderView| {
            // What is held in a browser stays there.
            let here = trader.page.is_none();
            let position = trader
                .held()
                .is_some_and(|held| !held.position_qty.is_zero());
            here && (position || trader.sidebet().is_some())
        };
        runs && trader.is_some_and(holds)
    }
}

fn kind_of(place: &GameSource) -> SourceKind {
    match place {
        GameSource::Practice { .. } => SourceKind::Practice,
        GameSource::Live => SourceKind::Live,
        GameSource::Url(_) => SourceKind::Url,
        GameSource::Browser(_) => SourceKind::Browser,
    }
}
